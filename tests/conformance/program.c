/* See program.h. What is written is stored, as a program would. */
#include "program.h"

#include <string.h>

const char program_description[41] = "This description is longer than one PDU.";

static uint8_t short_value[8], long_value[64], read_value[2], written_value[4], command_value[4], level[1],
	indicated[2], odd[1] = { 0x5A }, second[4] = { 5, 6, 7, 8 }, both_value[1];
static const uint8_t base[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static struct ble_characteristic b001 = { .uuid = 0xB001, .permission = BLE_READ | BLE_WRITE, .size = 8,
	.value = short_value };
static struct ble_characteristic b002 = { .uuid = 0xB002, .permission = BLE_READ | BLE_WRITE, .size = 64,
	.value = long_value, .descriptor = program_description };
static struct ble_characteristic b003 = { .uuid = 0xB003, .permission = BLE_READ, .size = 2, .value = read_value };
static struct ble_characteristic b004 = { .uuid = 0xB004, .permission = BLE_WRITE, .size = 4,
	.value = written_value };
static struct ble_characteristic b005 = { .uuid = 0xB005, .permission = BLE_READ | BLE_WRITE_WO, .size = 4,
	.value = command_value };
static struct ble_characteristic b006 = { .uuid = 0xB006, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.value = level, .descriptor = "Level" };
static struct ble_characteristic b007 = { .uuid = 0xB007, .permission = BLE_INDICATE, .size = 2, .value = indicated };
static struct ble_characteristic c128 = { .uuid = 0xA00D, .base_uuid = base, .permission = BLE_READ, .size = 1,
	.length = 1, .value = odd };
static struct ble_characteristic b001_again = { .uuid = 0xB001, .permission = BLE_READ, .size = 4, .length = 4,
	.value = second };
/* Without memory: every access is an event. */
static struct ble_characteristic b008 = { .uuid = 0xB008, .permission = BLE_READ | BLE_WRITE, .size = 4,
	.events = BLE_WRITE | BLE_WRITE_RELIABLE };
static struct ble_characteristic b009 = { .uuid = 0xB009, .permission = BLE_NOTIFY | BLE_INDICATE, .size = 1,
	.value = both_value };

static const struct ble_service services[] = {
	{ .uuid = 0xA001, .characteristics = BLE_LIST(&b001, &b002, &b003, &b004, &b005) },
	{ .uuid = 0xA002, .characteristics = BLE_LIST(&b006, &b007) },
	{ .uuid = 0xA00C, .base_uuid = base, .characteristics = BLE_LIST(&c128, &b001_again) },
	{ .uuid = 0xA001, .characteristics = BLE_LIST(&b008, &b009) },
};

static void set(struct ble_characteristic *c, const void *data, uint16_t len)
{
	memcpy(c->value, data, len);
	c->length = len;
}

static void reset(void)
{
	uint8_t count[60];
	for (uint8_t i = 0; i < sizeof count; i++)
		count[i] = i;
	set(&b001, "\1\2\3\4", 4);
	set(&b002, count, sizeof count);
	set(&b003, "\xAA\xBB", 2);
	set(&b004, "", 0);
	set(&b005, "\x11\x22\x33\x44", 4);
	set(&b006, "\x64", 1);
	set(&b007, "\xAA\xBB", 2);
	set(&b009, "\7", 1);
}

static void program(struct kit *k, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_READ && ev->read.characteristic == &b008)
		assert_int_equal(ble_server_reply(k->host, ev->read.token, BLE_EATT(0x08), NULL, 0), 0);
	if (ev->type != BLE_EV_WRITTEN)
		return;
	if (ev->written.characteristic == &b008)
		assert_int_equal(ble_server_reply(k->host, ev->written.token, BLE_EATT(0x08), NULL, 0), 0);
	else /* the objects are ours, and not const */
		set((struct ble_characteristic *)(uintptr_t)ev->written.characteristic, ev->written.data,
			ev->written.len);
}

void program_start(struct kit *k)
{
	reset();
	kit_host(k, &(struct ble_host_config){ .parts = KIT_PARTS(ble_bare_server) });
	k->program = program;
	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
		assert_int_equal(ble_server_add(k->host, &services[i], NULL), 0);
}

void program_connected(struct kit *k)
{
	program_start(k);
	ut_peripheral(k);
}
