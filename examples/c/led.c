/*
 * A lamp that a phone switches: a write callback, a value in 128-bit UUIDs, and advertising that begins again when the
 * phone has gone. Writing 1 to characteristic A002 switches on, 0 off.
 */
#include <ble/ble.h>
#include <stdio.h>

static const uint8_t base[16] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x00, 0x00,
	0x0F, 0x10 }; /* 100Fxxxx-0C0B-0A09-0807-060504030201 */

static void on_write(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	int64_t number;
	(void)write;
	(void)ctx;
	if (ble_get_number(ble, ch, &number) == 0)
		printf("LED %s\n", number ? "on" : "off");
	fflush(stdout);
}

static void on_connected(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	char text[BLE_BTOS_SIZE];
	(void)ble;
	(void)ctx;
	printf("connected: %s\n", ble_btos(&ev->connected.peer, text));
	fflush(stdout);
}

static struct ble_characteristic led = {
	.uuid = 0xA002, .base_uuid = base, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO, .size = 1,
	.descriptor = "LED", .type = BLE_NUMBER, .on_write = on_write,
};
static struct ble_service lamp = { .uuid = 0xA001, .base_uuid = base, .characteristics = BLE_LIST(&led) };

static int serve(struct ble *ble)
{
	int err = ble_add_service(ble, &lamp);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_CONNECTED, on_connected, NULL);
	if (!err)
		err = ble_advertising(ble, &(struct ble_advertising_params){ .interval_us = 100000, .auto_restart = true });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	return err ? err : ble_run(ble, BLE_FOREVER);
}

/* What was refused, in one sentence: ble is NULL where ble_open() has. */
static void failed(const struct ble *ble, const struct ble_fault *fault, int err)
{
	char why[200];
	fprintf(stderr, "led: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(fault, err, why, sizeof why));
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	int err = ble_open(&ble, &(struct ble_options){ .name = "Lamp", .fault = &fault });
	if (!err)
		err = serve(ble);
	failed(ble, &fault, err);
	ble_close(ble);
	return 1;
}
