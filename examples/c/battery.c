/*
 * A battery: one number that whoever is connected can read and be notified of, another every
 * second. When a central has gone, advertising begins again, because the program asks for it.
 */
#include <ble/ble.h>
#include <stdio.h>
#include <stdlib.h>

static struct ble_characteristic level = {
	.uuid = 0x2A19,
	.permission = BLE_READ | BLE_NOTIFY,
	.size = 1,
	.descriptor = "Battery Level",
	.type = BLE_NUMBER,
};
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

static void on_disconnected(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	printf("disconnected: %s (0x%02X)\n", ble_strerror(BLE_EHCI(ev->disconnected.reason)),
		ev->disconnected.reason);
	fflush(stdout);
}

/* What was refused, in one sentence: ble is NULL where ble_open() has. */
static int failed(const struct ble *ble, const struct ble_fault *fault, int err)
{
	char why[200];
	fprintf(stderr, "battery: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(fault, err, why, sizeof why));
	return 1;
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	int err = ble_open(&ble, &(struct ble_options){ .name = "Glint", .fault = &fault });
	if (!err)
		err = ble_add_service(ble, &battery);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_DISCONNECTED, on_disconnected, NULL);
	if (!err)
		err = ble_advertising(
			ble, &(struct ble_advertising_params){ .auto_restart = true });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	while (!err) {
		err = ble_run(ble, 1000); /* serve for a second */
		if (!err)
			err = ble_set_number(ble, &level, rand() % 101);
		if (err == BLE_EBUSY)
			err = 0; /* a central that is slow to listen: it is stored */
	}
	return failed(ble, &fault, err);
}
