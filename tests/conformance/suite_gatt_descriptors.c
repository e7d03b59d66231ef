/*
 * GATT server: descriptors of the program's own (GATT/SR/GAW, GPA; Vol 3 Part G 3.3.3.1, 3.3.3.2, 3.3.3.6, 4.12.4). The
 * value of B020 is a temperature and a humidity. The handles follow from server.h:
 *
 *	01 service A020                        08 0x2904, humidity
 *	02 characteristic B020, READ           09 0x2905
 *	03   value 34 08 32                    0A 128-bit descriptor, READ
 *	04   0x2900, Writable Auxiliaries      0B characteristic B021, READ
 *	05   0x2904, temperature               0C   value 07
 *	06   0x2901, READ WRITE, at most 64    0D characteristic B022, READ WRITE, reliable
 *	07   0x2906, READ                      0E   value 08
 *	                                       0F   0x2900, Reliable Write and Writable Auxiliaries
 *	                                       10   0x2901, WRITE, at most 4
 */
#include <string.h>

#include "kit.h"

static const uint8_t base[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static uint8_t text[64] = "Outside", odd = 7, eight = 8, limits[4] = { 0, 0, 0xA0, 0x0F }, pair[3] = { 0x34, 0x08, 50 };
static const struct ble_format celsius = { .format = 0x0E, .exponent = -2, .unit = 0x272F, .name_space = 1 };
static const struct ble_format percent = { .format = 0x04, .unit = 0x27AD, .name_space = 1, .description = 0x0106 };
static const struct ble_characteristic b020 = { .uuid = 0xB020, .permission = BLE_READ, .size = 3, .length = 3,
	.value = pair, .format = &celsius };
static struct ble_characteristic description = { .uuid = 0x2901, .type = BLE_DESCRIPTOR,
	.permission = BLE_READ | BLE_WRITE, .size = sizeof text, .length = 7, .value = text };
static const struct ble_characteristic range = { .uuid = 0x2906, .type = BLE_DESCRIPTOR, .permission = BLE_READ,
	.size = 4, .length = 4, .value = limits };
static const struct ble_characteristic humidity = { .uuid = 0x2904, .type = BLE_DESCRIPTOR, .permission = BLE_READ,
	.format = &percent };
static const struct ble_characteristic both = { .uuid = 0x2905, .type = BLE_DESCRIPTOR, .permission = BLE_READ };
static const struct ble_characteristic odder = { .uuid = 0xA00D, .base_uuid = base, .type = BLE_DESCRIPTOR,
	.permission = BLE_READ, .size = 1, .length = 1, .value = &odd };
static const struct ble_characteristic b021 = { .uuid = 0xB021, .permission = BLE_READ, .size = 1, .length = 1,
	.value = &odd };
static const struct ble_characteristic b022 = { .uuid = 0xB022,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE, .size = 1, .length = 1, .value = &eight };
static struct ble_characteristic hidden = { .uuid = 0x2901, .type = BLE_DESCRIPTOR, .permission = BLE_WRITE, .size = 4 };
static const struct ble_service a020 = { .uuid = 0xA020, .characteristics = BLE_LIST(&b020, &description, &range,
	&humidity, &both, &odder, &b021, &b022, &hidden) };

static void program(struct kit *k, const struct ble_event *ev)
{
	(void)k;
	if (ev->type != BLE_EV_WRITTEN || ev->written.characteristic != &description)
		return;
	memcpy(text, ev->written.data, ev->written.len);
	description.length = ev->written.len;
}

static void described(struct kit *k)
{
	kit_host(k, &(struct ble_host_config){ .parts = KIT_PARTS(ble_bare_server) });
	k->program = program;
	assert_int_equal(ble_server_add(k->host, &a020, NULL), 0);
	ut_peripheral(k);
}

/* 4.12.4, with 23 octets of MTU; 3.3.3.2 for who may be written. */
static void long_descriptor(void **state)
{
	struct kit *k = *state;
	described(k);
	ATT(k, "T 0A 02 00", "I 0B 82 03 00 20 B0", "T 0A 04 00", "I 0B 02 00", "T 0A 06 00", "I 0B 4F 75 74 73 69 64 65");
	ATT(k, "T 16 06 00 00 00 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D 4E 4F 50 51 52",
		"I 17 06 00 00 00 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D 4E 4F 50 51 52", "T 16 06 00 12 00 53 54 55 56 57 58",
		"I 17 06 00 12 00 53 54 55 56 57 58", "T 0A 06 00", "I 0B 4F 75 74 73 69 64 65", "T 18 01", "I 19");
	assert_int_equal(k->count[BLE_EV_WRITTEN], 1);
	assert_ptr_equal(k->last[BLE_EV_WRITTEN].written.characteristic, &description);
	assert_int_equal(k->last[BLE_EV_WRITTEN].written.handle, 6);
	ATT(k, "T 0A 06 00", "I 0B 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D 4E 4F 50 51 52 53 54 55 56", "T 0C 06 00 16 00",
		"I 0D 57 58");
	ATT(k, "T 16 06 00 40 00 01", "I 17 06 00 40 00 01", "T 18 01", "I 01 18 06 00 07"); /* 24 octets are there */
	ATT(k, "T 0A 0F 00", "I 0B 03 00", "T 12 10 00 31", "I 13", "T 0A 10 00", "I 01 0A 10 00 02");
}

/* 3.3.3.6: the handles of the formats, in their order. */
static void aggregate_format(void **state)
{
	struct kit *k = *state;
	described(k);
	ATT(k, "T 04 03 00 0C 00", "I 05 01 03 00 20 B0 04 00 00 29 05 00 04 29 06 00 01 29 07 00 06 29", "T 04 08 00 0C 00",
		"I 05 01 08 00 04 29 09 00 05 29", "T 04 0A 00 0A 00",
		"I 05 02 0A 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0D A0 0E 0F");
	ATT(k, "T 0A 09 00", "I 0B 05 00 08 00", "T 12 09 00 05 00", "I 01 12 09 00 03", "T 16 09 00 00 00 05",
		"I 01 16 09 00 03", "T 08 01 00 FF FF 05 29", "I 09 06 09 00 05 00 08 00");
	ATT(k, "T 0A 05 00", "I 0B 0E FE 2F 27 01 00 00", "T 0A 08 00", "I 0B 04 00 AD 27 01 06 01", "T 12 08 00 04",
		"I 01 12 08 00 03", "T 0A 07 00", "I 0B 00 00 A0 0F", "T 12 07 00 00", "I 01 12 07 00 03", "T 0A 0A 00", "I 0B 07");
	ATT(k, "T 06 01 00 FF FF 03 28 02 0C 00 21 B0", "I 07 0B 00 0C 00", "T 0A 0C 00", "I 0B 07"); /* and behind it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAW/BV-09-C", long_descriptor),
		CASE("GATT/SR/GPA/BV-11-C", aggregate_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
