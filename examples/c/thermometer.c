/*
 * A thermometer as the Health Thermometer service (0x1809) wants it: its measurements are
 * indicated, and an indication is confirmed by whoever got it. Each is kept until then, and only
 * then comes the next: none is lost on the way.
 */
#include <ble/ble.h>
#include <stdio.h>

enum { FLAGS_CELSIUS = 0, SIZE = 5 }; /* flags, FLOAT; no time stamp, no type */
enum { NOT_A_NUMBER = 0x7FFFFF };     /* the mantissa, with exponent 0 */

/* Not to be read: a measurement is told to those who have asked for it. */
static struct ble_characteristic temperature = {
	.uuid = 0x2A1C,
	.permission = BLE_INDICATE,
	.size = SIZE,
	.type = BLE_BYTES,
};
static uint8_t ear = 3;
static struct ble_characteristic type = {
	.uuid = 0x2A1D, .permission = BLE_READ, .size = 1, .value = &ear
};
static struct ble_service thermometer = { .uuid = 0x1809,
	.characteristics = BLE_LIST(&temperature, &type) };

static enum { NOTHING, TAKEN, SENT } progress; /* of one measurement */

/* FLOAT of IEEE 11073-20601: a mantissa of 24 bits times ten to the power of an exponent of 8, in
 * two's complement. The exponent tells the precision, too: 37.0 is 370 and -1, 37 is 37 and 0. */
static void put_float(uint8_t at[4], int32_t mantissa, int8_t exponent)
{
	at[0] = (uint8_t)mantissa;
	at[1] = (uint8_t)(mantissa >> 8);
	at[2] = (uint8_t)(mantissa >> 16);
	at[3] = (uint8_t)exponent;
}

/* A device has a sensor here. Tenths of a degree; each fifth time it has slipped out of the ear. */
static void measure(uint8_t value[SIZE])
{
	static int count;
	value[0] = FLAGS_CELSIUS;
	if (++count % 5 == 0)
		put_float(value + 1, NOT_A_NUMBER, 0);
	else
		put_float(value + 1, 363 + count, -1);
}

/* Also if it has not been: the central has gone (BLE_ECONN), or has been silent for 30 s. By the
 * specification such a connection takes no further indication, so it is of no use. */
static void on_confirmed(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ctx;
	progress = ev->confirmed.err ? TAKEN : NOTHING;
	printf("%s\n", ev->confirmed.err ? ble_strerror(ev->confirmed.err) : "confirmed");
	fflush(stdout);
	if (ev->confirmed.err == BLE_ETIMEOUT)
		(void)ble_disconnect(ble, ev->conn);
}

static int serve(struct ble *ble)
{
	uint8_t value[SIZE];
	for (;;) {
		int err = ble_run(ble, 1000);
		if (err)
			return err;
		if (progress == NOTHING) {
			measure(value);
			progress = TAKEN;
		}
		if (progress == TAKEN && ble_notify(ble, &temperature, 0, value, sizeof value) == 0)
			progress = SENT; /* else nobody has subscribed: it is tried again */
	}
}

static int begin(struct ble *ble)
{
	int err = ble_gap(
		ble, &(struct ble_gap_params){ .appearance = 0x0301 }); /* Ear Thermometer */
	if (!err)
		err = ble_add_service(ble, &thermometer);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_CONFIRMED, on_confirmed, NULL);
	if (!err)
		err = ble_advertising(
			ble, &(struct ble_advertising_params){ .auto_restart = true });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	return err;
}

/* What was refused, in one sentence: ble is NULL where ble_open() has. */
static void failed(const struct ble *ble, const struct ble_fault *fault, int err)
{
	char why[200];
	fprintf(stderr, "thermometer: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(fault, err, why, sizeof why));
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	int err = ble_open(&ble, &(struct ble_options){ .name = "Thermometer", .fault = &fault });
	if (!err)
		err = begin(ble);
	if (!err)
		err = serve(ble);
	failed(ble, &fault, err);
	ble_close(ble);
	return 1;
}
