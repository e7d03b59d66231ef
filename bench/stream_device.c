/*
 * A peripheral that notifies as fast as it may: `bench_stream_device OCTETS`. The first four octets of each value count
 * up from 0, from the moment that a central has subscribed. bench/stream measures it, and what does the same in Python.
 */
#include <ble/ble.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t octets[244];
static struct ble_characteristic value = {
	.uuid = 0x2A19, .permission = BLE_NOTIFY, .size = sizeof octets, .type = BLE_BYTES
};
static struct ble_service service = { .uuid = 0x180F, .characteristics = BLE_LIST(&value) };
static uint32_t number;

/* Until there is no room; BLE_EV_SENT says when there is some. */
static void send_more(struct ble *ble, const struct ble_event *ev, void *len)
{
	int err = 0;
	(void)ev;
	while (!err) {
		memcpy(octets, &number, sizeof number);
		err = ble_notify(ble, &value, 0, octets, *(const size_t *)len);
		number += !err;
	}
	if (err != BLE_EBUSY)
		fprintf(stderr, "stream_device: %s\n", ble_strerror(err));
}

static void on_subscribed(struct ble *ble, const struct ble_event *ev, void *len)
{
	if (ev->subscribed.bits)
		send_more(ble, ev, len);
}

int main(int argc, char **argv)
{
	static size_t len = 20;
	struct ble *ble;
	if (argc > 1)
		len = strtoul(argv[1], NULL, 10);
	int err = ble_open(&ble, &(struct ble_options){ .name = "Stream", .tx_queue = 16 });
	if (!err)
		err = ble_add_service(ble, &service);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_SUBSCRIBED, on_subscribed, &len);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_SENT, send_more, &len);
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	while (!err)
		err = ble_run(ble, BLE_FOREVER);
	fprintf(stderr, "stream_device: %s\n", ble_strerror(err));
	return 1;
}
