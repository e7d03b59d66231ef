/*
 * The battery of `glint demo` where the example program has not been built: the same service by the
 * host's own verbs. A level a second, notified to whoever subscribed.
 */
#include "glint.h"

#include <ble/adv.h>
#include <ble/server.h>

#include <stddef.h>

enum { SECOND_US = 1000000, FULL = 100 };

static uint8_t level = FULL;

static const struct ble_characteristic battery_level = {
	.uuid = 0x2A19,
	.permission = BLE_READ | BLE_NOTIFY,
	.type = BLE_NUMBER,
	.size = 1,
	.length = 1,
	.descriptor = "Battery Level",
	.value = &level,
};
static const struct ble_service battery = {
	.uuid = 0x180F,
	.characteristics = BLE_LIST(&battery_level),
};

/* Flags, the service's UUID, the name: CSS Part A 1 */
static const uint8_t advertising[] = { 2, 0x01, 0x06, 3, 0x03, 0x0F, 0x18, 6, 0x09, 'G', 'l', 'i',
	'n', 't' };

static int begin(struct ble_host *host)
{
	const struct ble_adv_params params = { .auto_restart = true };
	int err = ble_server_add(host, &battery, NULL);
	if (!err)
		err = ble_adv_set(host, &params);
	if (!err)
		err = ble_adv_data(host, advertising, sizeof advertising, NULL, 0);
	return err ? err : ble_adv_start(host);
}

static void use_some(struct ble_host *host)
{
	level = level ? (uint8_t)(level - 1) : FULL;
	uint16_t handle = ble_server_handle(host, &battery_level);
	for (ble_conn_id conn = 0; (conn = ble_conn_next(host, conn)) != 0;)
		ble_server_notify(
			host, conn, handle, &level, 1); /* who cannot take it gets the next */
}

int cmd_demo_battery(int argc, char **argv)
{
	static const struct opt none[] = { { 0 } };
	struct link link;
	int status;
	if (!opts_read(argc, argv, none, &status))
		return status;
	const struct ble_host_config config = { .parts = BLE_PARTS(&ble_peripheral, &ble_server),
		.name = "Glint" };
	if (!link_open(&link, argv[0], NULL, &config))
		return EXIT_FAILED;
	int err = begin(link.host);
	if (err)
		link_complain(&link, err);
	uint64_t next = ble_posix_now() + SECOND_US;
	for (struct ble_event ev; !err && !link_ended();) {
		if (link_next(&link, next, &ev) || ble_posix_now() < next)
			continue;
		use_some(link.host);
		next += SECOND_US;
	}
	link_close(&link);
	return err ? EXIT_FAILED : EXIT_DONE;
}
