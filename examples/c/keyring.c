/*
 * A key ring that can be found, and that cries when it is left behind. A phone writes an alert
 * level to Immediate Alert and the ring beeps at once; it leaves a level in Link Loss, and the ring
 * uses it when the link is lost. Whoever disconnects properly (reason 0x13) leaves it silent.
 */
#include <ble/ble.h>
#include <stdio.h>

/* Alert Level (0x2A06): the larger numbers are reserved. */
static const char *const levels[] = { "silent", "beeping", "ringing" };
enum { NO_ALERT, HIGH_ALERT = 2 };

enum {
	CONNECTION_TIMEOUT = 0x08
}; /* Vol 1 Part F 2.8: nothing was heard for the supervision time-out */

static void sound(const char *why, int64_t level)
{
	if (level > HIGH_ALERT)
		return;
	printf("%s: %s\n", why, levels[level]);
	fflush(stdout);
}

/* A Write Command: the phone is not answered, so it costs neither side more than one packet. */
static void on_alert(
	struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	int64_t level;
	(void)write;
	(void)ctx;
	if (ble_get_number(ble, ch, &level) == 0)
		sound("the phone calls", level);
}

static struct ble_characteristic alert = {
	.uuid = 0x2A06,
	.permission = BLE_WRITE_WO,
	.size = 1,
	.type = BLE_NUMBER,
	.on_write = on_alert,
};
static struct ble_service immediate_alert = { .uuid = 0x1802, .characteristics = BLE_LIST(&alert) };

/* Nothing is to be done when this one is written: it is stored until it is asked for. */
static struct ble_characteristic loss_alert = {
	.uuid = 0x2A06,
	.permission = BLE_READ | BLE_WRITE,
	.size = 1,
	.type = BLE_NUMBER,
};
static struct ble_service link_loss = { .uuid = 0x1803, .characteristics = BLE_LIST(&loss_alert) };

static void on_connected(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	char text[BLE_BTOS_SIZE];
	(void)ble;
	(void)ctx;
	sound(ble_btos(&ev->connected.peer, text), NO_ALERT);
}

static void on_disconnected(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	int64_t level = NO_ALERT;
	(void)ctx;
	if (ev->disconnected.reason != CONNECTION_TIMEOUT)
		sound("the phone has said goodbye", NO_ALERT);
	else if (ble_get_number(ble, &loss_alert, &level) == 0)
		sound("the phone is lost", level);
}

static int serve(struct ble *ble)
{
	int err = ble_add_service(ble, &immediate_alert);
	if (!err)
		err = ble_add_service(ble, &link_loss);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_CONNECTED, on_connected, NULL);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_DISCONNECTED, on_disconnected, NULL);
	if (!err)
		err = ble_gap(ble,
			&(struct ble_gap_params){ .appearance = 0x0240 }); /* Generic Keyring */
	if (!err)
		err = ble_advertising(
			ble, &(struct ble_advertising_params){ .auto_restart = true });
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
	fprintf(stderr, "keyring: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(fault, err, why, sizeof why));
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	int err = ble_open(&ble, &(struct ble_options){ .name = "Key ring", .fault = &fault });
	if (!err)
		err = serve(ble);
	failed(ble, &fault, err);
	ble_close(ble);
	return 1;
}
