/*
 * Every procedure of the client against our own server, over the air: inclusions, lists by UUID, several values at once,
 * long and reliable writes, subscriptions, and a service that goes away. Handles are where server.h says that they lie.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "pair_kit.h"

static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };
static const uint8_t far_uuid[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x10, 0xA0, 15, 16 }; /* 0xA010 */

static uint8_t level_value[1] = { 0x63 }, name_value[3] = { 'a', 'b', 'c' }, big_value[512], second_value[40];

static struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .length = 1,
	.value = level_value };
static struct ble_characteristic far_name = { .uuid = 0xB001, .base_uuid = base, .permission = BLE_READ, .size = 3,
	.length = 3, .value = name_value };
static struct ble_characteristic big = { .uuid = 0xB002, .size = 512, .value = big_value,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE };
static struct ble_characteristic second = { .uuid = 0xB003, .size = 40, .value = second_value,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE | BLE_INDICATE };
static struct ble_characteristic lonely = { .uuid = 0xB004, .permission = BLE_READ, .size = 1, .length = 1,
	.value = level_value };

static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static const struct ble_service distant = { .uuid = 0xA010, .base_uuid = base, .secondary = true,
	.characteristics = BLE_LIST(&far_name) };
static const struct ble_service main_service = { .uuid = 0xA001, .characteristics = BLE_LIST(&big, &second),
	.includes = BLE_INCLUDES(&battery, &distant) };
static const struct ble_service late = { .uuid = 0xA002, .characteristics = BLE_LIST(&lonely) };

static struct pair_peer central, peripheral;
static char logged[8192];
static size_t used;

static void put(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	used += (size_t)vsnprintf(logged + used, sizeof logged - used, format, args);
	va_end(args);
	assert_true(used < sizeof logged);
}

static unsigned short_of(uint16_t uuid, const uint8_t *uuid128)
{
	return uuid128 ? 0x10000u | uuid128[12] | (unsigned)uuid128[13] << 8 : uuid;
}

static void put_value(const struct ble_event *ev)
{
	put("value %u+%u (%u)%s", ev->value.handle, ev->value.offset, ev->value.len, ev->value.cut ? " cut" : "");
	for (unsigned i = 0; i < ev->value.len && i < 4; i++)
		put(" %02X", ev->value.data[i]);
	put("\n");
}

static void on_central(struct pair_peer *p, const struct ble_event *ev)
{
	(void)p;
	if (ev->type == BLE_EV_INCLUDED)
		put("included %u: %u-%u %X\n", ev->included.handle, ev->included.start, ev->included.end,
			short_of(ev->included.uuid, ev->included.uuid128));
	else if (ev->type == BLE_EV_CHARACTERISTIC)
		put("characteristic %u %X\n", ev->characteristic.handle,
			short_of(ev->characteristic.uuid, ev->characteristic.uuid128));
	else if (ev->type == BLE_EV_VALUE)
		put_value(ev);
	else if (ev->type == BLE_EV_NOTIFIED)
		put("%s %u (%u)\n", ev->value.indication ? "indicated" : "notified", ev->value.handle, ev->value.len);
	else if (ev->type == BLE_EV_SERVICE_CHANGED)
		put("changed %u-%u\n", ev->service_changed.start, ev->service_changed.end);
	else if (ev->type == BLE_EV_DONE)
		put("done %d\n", ev->done.err);
}

/* The program of the server: what is written, is kept. */
static void on_peripheral(struct pair_peer *p, const struct ble_event *ev)
{
	(void)p;
	if (ev->type != BLE_EV_WRITTEN)
		return;
	struct ble_characteristic *ch = ev->written.characteristic == &big ? &big : &second;
	memcpy(ch->value, ev->written.data, ev->written.len);
	ch->length = ev->written.len;
}

static int up(void **state)
{
	static const struct ble_part *const beside[] = { &ble_prepared, &ble_multiple };
	struct ble_world *w = ble_world_new(&(struct ble_world_options){ .seed = 3 });
	*state = w;
	pair_add(&peripheral, w, &(struct ble_node_options){ 0 },
		&(struct ble_host_config){ .prepared_octets = 700,
			.rooms = BLE_ROOMS(&ble_prepared_room, &ble_multiple_room) });
	pair_add(&central, w, &(struct ble_node_options){ .x_m = 3 }, NULL);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(ble_host_attach(peripheral.host, beside[i]), 0);
	assert_int_equal(ble_server_add(peripheral.host, &battery, NULL), 0);
	assert_int_equal(ble_server_add(peripheral.host, &distant, NULL), 0);
	assert_int_equal(ble_server_add(peripheral.host, &main_service, NULL), 0);
	assert_int_equal(ble_adv_set(peripheral.host, &(struct ble_adv_params){ 0 }), 0);
	assert_int_equal(ble_adv_start(peripheral.host), 0);
	pair_expect(&peripheral, BLE_EV_ADV_STARTED, 1000);
	pair_connect(&central, &peripheral,
		&(struct ble_conn_params){ .interval_min_us = 7500, .interval_max_us = 7500 });
	big.length = second.length = 0;
	central.hook = on_central;
	peripheral.hook = on_peripheral;
	used = 0;
	return 0;
}

static int down(void **state)
{
	central.hook = peripheral.hook = NULL;
	assert_int_equal(ble_conn_disconnect(central.host, central.conn, 0), 0);
	pair_expect(&central, BLE_EV_DISCONNECTED, 10000);
	if (!peripheral.count[BLE_EV_DISCONNECTED])
		pair_expect(&peripheral, BLE_EV_DISCONNECTED, 10000);
	pair_free(&central);
	pair_free(&peripheral);
	ble_world_free(*state);
	return 0;
}

/* A verb has begun; its procedure ends, and has told exactly this. */
static void gives(int err, const char *lines)
{
	assert_int_equal(err, 0);
	pair_expect(&central, BLE_EV_DONE, 5000);
	logged[used] = 0;
	used = 0;
	assert_string_equal(logged, lines);
}

static uint16_t at(const struct ble_characteristic *ch)
{
	uint16_t handle = ble_server_handle(peripheral.host, ch);
	assert_int_not_equal(handle, 0);
	return handle;
}

/* The handle of the declaration of the first characteristic lies behind service and inclusions. */
static void inclusions(void **state)
{
	char lines[200];
	(void)state;
	uint16_t first = (uint16_t)(at(&big) - 4), b = (uint16_t)(at(&level) - 2), d = (uint16_t)(at(&far_name) - 2);
	(void)snprintf(lines, sizeof lines, "included %u: %u-%u 180F\nincluded %u: %u-%u 1A010\ndone 0\n", first + 1, b, b + 3,
		first + 2, d, d + 2);
	gives(ble_client_includes(central.host, central.conn, first, 0xFFFF), lines);
	gives(ble_client_includes(central.host, central.conn, 1, 0xFFFF), lines);
	gives(ble_client_services(central.host, central.conn, far_uuid, 16), "done 0\n"); /* secondary: not found so */
}

static void by_uuid(void **state)
{
	char lines[200];
	(void)state;
	(void)snprintf(lines, sizeof lines, "characteristic %u 2A19\ndone 0\n", at(&level) - 1);
	gives(ble_client_characteristics_by_uuid(central.host, central.conn, 1, 0xFFFF, "\x19\x2A", 2), lines);
	(void)snprintf(lines, sizeof lines, "value %u+0 (1) 63\ndone 0\n", at(&level));
	gives(ble_client_read_uuid(central.host, central.conn, 1, 0xFFFF, "\x19\x2A", 2), lines);
	(void)snprintf(lines, sizeof lines, "done %d\n", BLE_EATT(0x0A));
	gives(ble_client_read_uuid(central.host, central.conn, 1, 0xFFFF, "\x1A\x2A", 2), lines);
}

static void several_at_once(void **state)
{
	char lines[200];
	const uint16_t handles[2] = { at(&level), at(&far_name) };
	(void)state;
	gives(ble_client_read_multiple(central.host, central.conn, handles, 2), "value 0+0 (4) 63 61 62 63\ndone 0\n");
	(void)snprintf(lines, sizeof lines, "value %u+0 (1) 63\nvalue %u+0 (3) 61 62 63\ndone 0\n", handles[0], handles[1]);
	gives(ble_client_read_multiple_variable(central.host, central.conn, handles, 2), lines);
}

static void long_write_and_read(uint16_t mtu)
{
	static uint8_t octets[512];
	for (unsigned i = 0; i < sizeof octets; i++)
		octets[i] = (uint8_t)(i * 7 + mtu);
	gives(ble_client_write(central.host, central.conn, at(&big), octets, 512), "done 0\n");
	assert_int_equal(big.length, 512);
	assert_memory_equal(big.value, octets, 512);
	assert_int_equal(ble_client_read(central.host, central.conn, at(&big)), 0);
	pair_expect(&central, BLE_EV_DONE, 5000);
	assert_int_equal(central.event.done.err, 0);
	assert_int_equal(central.count[BLE_EV_VALUE], (512u + mtu - 2) / (mtu - 1u));
}

static void a_long_value(void **state)
{
	(void)state;
	long_write_and_read(23);
	central.count[BLE_EV_VALUE] = 0;
	assert_int_equal(ble_client_exchange_mtu(central.host, central.conn), 0);
	pair_expect(&central, BLE_EV_DONE, 5000);
	used = 0;
	long_write_and_read(247);
}

static void reliable(void **state)
{
	static uint8_t octets[40] = { 1, 2, 3 };
	const struct ble_client_value values[2] = { { at(&second), 40, octets }, { at(&big), 2, octets + 1 } };
	const struct ble_client_value wrong[2] = { { at(&second), 1, octets }, { at(&level), 1, octets } };
	char lines[32];
	(void)state;
	gives(ble_client_write_reliable(central.host, central.conn, values, 2), "done 0\n");
	assert_int_equal(second.length, 40);
	assert_int_equal(big.length, 2);
	assert_int_equal(big_value[0], 2);
	(void)snprintf(lines, sizeof lines, "done %d\n", BLE_EATT(0x03)); /* Write Not Permitted */
	gives(ble_client_write_reliable(central.host, central.conn, wrong, 2), lines);
	assert_int_equal(second.length, 40); /* nothing of it was written */
	gives(ble_client_write_reliable(central.host, central.conn, values, 2), "done 0\n"); /* the queue was emptied */
}

static void subscriptions(void **state)
{
	char lines[200];
	(void)state;
	(void)snprintf(lines, sizeof lines, "done 0\n");
	gives(ble_client_subscribe(central.host, central.conn, at(&level), 0, 1), lines);
	assert_int_equal(central.event.done.handle, at(&level) + 1);
	gives(ble_client_subscribe(central.host, central.conn, at(&second), 0, 2), lines);
	assert_int_equal(ble_server_notify(peripheral.host, peripheral.conn, at(&level), "x", 1), 0);
	ble_node_wake(peripheral.node);
	pair_expect(&central, BLE_EV_NOTIFIED, 1000);
	assert_int_equal(ble_server_notify(peripheral.host, peripheral.conn, at(&second), "xy", 2), 0);
	pair_expect(&peripheral, BLE_EV_CONFIRMED, 1000);
	(void)snprintf(lines, sizeof lines, "notified %u (1)\nindicated %u (2)\ndone %d\n", at(&level), at(&second), BLE_ENOENT);
	gives(ble_client_subscribe(central.host, central.conn, at(&far_name), 0, 1), lines); /* it has no CCCD */
	gives(ble_client_subscribe(central.host, central.conn, at(&level), 0, 0), "done 0\n");
	assert_int_equal(ble_server_notify(peripheral.host, peripheral.conn, at(&level), "x", 1), BLE_ENOENT);
}

/* Client Supported Features (Vol 3 Part G 7.2) says that many values may come in one. */
static void many_in_one(void **state)
{
	const struct ble_notification list[2] = { { at(&level), 1, "x" }, { at(&level), 1, "y" } };
	char lines[64];
	(void)state;
	assert_int_equal(ble_client_read_uuid(central.host, central.conn, 1, 0xFFFF, "\x29\x2B", 2), 0);
	pair_expect(&central, BLE_EV_VALUE, 5000);
	uint16_t features = central.event.value.handle;
	pair_expect(&central, BLE_EV_DONE, 5000);
	used = 0;
	gives(ble_client_write(central.host, central.conn, features, "\x04", 1), "done 0\n");
	gives(ble_client_subscribe(central.host, central.conn, at(&level), 0, 1), "done 0\n");
	assert_int_equal(ble_server_notify_many(peripheral.host, peripheral.conn, list, 2), 2);
	ble_node_wake(peripheral.node);
	pair_expect(&central, BLE_EV_NOTIFIED, 1000);
	assert_int_equal(central.count[BLE_EV_NOTIFIED], 2);
	(void)snprintf(lines, sizeof lines, "notified %u (1)\nnotified %u (1)\n", at(&level), at(&level));
	assert_string_equal(logged, lines);
}

static void a_service_comes(void **state)
{
	char lines[64];
	uint16_t first;
	(void)state;
	assert_int_equal(ble_client_characteristics_by_uuid(central.host, central.conn, 1, 0xFFFF, "\x05\x2A", 2), 0);
	pair_expect(&central, BLE_EV_CHARACTERISTIC, 5000);
	uint16_t changed = central.event.characteristic.value_handle;
	pair_expect(&central, BLE_EV_DONE, 5000);
	used = 0;
	gives(ble_client_subscribe(central.host, central.conn, changed, 0, 2), "done 0\n");
	assert_int_equal(ble_server_add(peripheral.host, &late, &first), 0);
	ble_node_wake(peripheral.node);
	pair_expect(&central, BLE_EV_SERVICE_CHANGED, 1000);
	(void)snprintf(lines, sizeof lines, "changed %u-%u\n", first, first + 2);
	assert_string_equal(logged, lines);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(inclusions),
		TEST(by_uuid),
		TEST(several_at_once),
		TEST(a_long_value),
		TEST(reliable),
		TEST(subscriptions),
		TEST(many_in_one),
		TEST(a_service_comes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
