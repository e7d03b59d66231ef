/*
 * GATT server: what a service is made of beside characteristics and their values. Secondary and included services,
 * Extended Properties, Server Characteristic Configuration, Presentation Format (GATT/SR/GAD, GPA), and Client Supported
 * Features (GATT/SR/GAS). Vol 3 Part G 3.1, 3.2, 3.3.3, 7.2. The handles follow from server.h:
 *
 *	01 secondary A010                      09 include 04..06, which has 128 bits
 *	02 characteristic B010, READ           0A characteristic B011, all but INDICATE
 *	03   value 01                          0B   value 64
 *	04 secondary 128-bit                   0C   0x2902
 *	05 characteristic B010, READ           0D   0x2903
 *	06   value 01                          0E   0x2900, Reliable Write
 *	07 primary A011                        0F   0x2904, percent
 *	08 include 01..03
 */
#include "kit.h"

#define UUID_INCLUDED "00 01 02 03 04 05 06 07 08 09 0A 0B 0C A0 0E 0F"

static const uint8_t base[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static uint8_t one = 1, level = 0x64;
static const struct ble_format percent = { .format = 4, .exponent = -1, .unit = 0x27AD, .name_space = 1,
	.description = 0x0106 };
static const struct ble_characteristic b010 = { .uuid = 0xB010, .permission = BLE_READ, .size = 1, .length = 1,
	.value = &one };
static const struct ble_characteristic b010_again = { .uuid = 0xB010, .permission = BLE_READ, .size = 1, .length = 1,
	.value = &one };
static const struct ble_characteristic b011 = { .uuid = 0xB011,
	.permission = BLE_READ | BLE_WRITE | BLE_NOTIFY | BLE_BROADCAST | BLE_WRITE_RELIABLE, .size = 1, .length = 1,
	.value = &level, .format = &percent };
static const struct ble_service a010 = { .uuid = 0xA010, .secondary = true, .characteristics = BLE_LIST(&b010) };
static const struct ble_service a00c = { .uuid = 0xA00C, .base_uuid = base, .secondary = true,
	.characteristics = BLE_LIST(&b010_again) };
static const struct ble_service a011 = { .uuid = 0xA011, .characteristics = BLE_LIST(&b011),
	.includes = BLE_INCLUDES(&a010, &a00c) };

static void described_by(struct kit *k, const struct ble_host_config *config)
{
	kit_host(k, config);
	assert_int_equal(ble_server_add(k->host, &a010, NULL), 0);
	assert_int_equal(ble_server_add(k->host, &a00c, NULL), 0);
	assert_int_equal(ble_server_add(k->host, &a011, NULL), 0);
	ut_peripheral(k);
}

static void described(struct kit *k)
{
	described_by(k, &(struct ble_host_config){ .parts = KIT_PARTS(ble_bare_server) });
}

/* The same behind GAP and GATT. The hash is OpenSSL's, as in suite_gatt_caching.c. */
static void known_hash(void **state)
{
	described_by(*state, NULL);
	ATT(*state, "T 08 01 00 FF FF 2A 2B", "I 09 12 0F 00 11 7B BF 4A 9D 70 35 A1 25 BD A8 59 00 63 45 48");
}

/* 4.5.1: an inclusion has room for a UUID of 16 bits; one of 128 is read where the service is declared. */
static void included_services(void **state)
{
	described(*state);
	ATT(*state, "T 08 07 00 0F 00 02 28", "I 09 08 08 00 01 00 03 00 10 A0", "T 08 09 00 0F 00 02 28",
		"I 09 06 09 00 04 00 06 00", "T 0A 04 00", "I 0B " UUID_INCLUDED, "T 08 0A 00 0F 00 02 28",
		"I 01 08 0A 00 0A");
	ATT(*state, "T 08 01 00 06 00 02 28", "I 01 08 01 00 0A"); /* those two include nothing */
}

static void include_declaration(void **state)
{
	described(*state);
	ATT(*state, "T 04 08 00 09 00", "I 05 01 08 00 02 28 09 00 02 28", "T 0A 08 00", "I 0B 01 00 03 00 10 A0",
		"T 0A 09 00", "I 0B 04 00 06 00", "T 12 08 00 01 00 03 00 10 A0", "I 01 12 08 00 03");
}

/* 3.1: its type is another than that of a primary service, so that it is not found as one. */
static void secondary_declaration(void **state)
{
	described(*state);
	ATT(*state, "T 08 01 00 FF FF 01 28", "I 09 04 01 00 10 A0", "T 08 02 00 FF FF 01 28",
		"I 09 12 04 00 " UUID_INCLUDED, "T 08 05 00 FF FF 01 28", "I 01 08 05 00 0A");
	ATT(*state, "T 10 01 00 FF FF 01 28", "I 11 06 01 00 03 00 10 A0", "T 0A 01 00", "I 0B 10 A0", "T 10 01 00 FF FF 00 28",
		"I 11 06 07 00 0F 00 11 A0", "T 06 01 00 FF FF 00 28 10 A0", "I 01 06 01 00 0A", "T 12 01 00 10 A0",
		"I 01 12 01 00 03");
}

/* 3.3.3.1. The Characteristic Properties, 9B, have its bit. */
static void extended_properties(void **state)
{
	described(*state);
	ATT(*state, "T 0A 0A 00", "I 0B 9B 0B 00 11 B0", "T 04 0E 00 0E 00", "I 05 01 0E 00 00 29", "T 0A 0E 00", "I 0B 01 00",
		"T 12 0E 00 00 00", "I 01 12 0E 00 03");
}

/* 3.3.3.4: one for all clients, so that the second of them reads what the first has written. */
static void server_configuration(void **state)
{
	struct kit *k = *state;
	described(k);
	ATT(k, "T 04 0D 00 0D 00", "I 05 01 0D 00 03 29", "T 0A 0D 00", "I 0B 00 00", "T 12 0D 00 01 00", "I 13");
	assert_int_equal(k->count[BLE_EV_BROADCAST], 1);
	assert_int_equal(k->last[BLE_EV_BROADCAST].subscribed.bits, 1);
	lt_disconnect(&k->lt);
	kit_run(k, 100);
	ut_peripheral(k);
	ATT(k, "T 0A 0D 00", "I 0B 01 00", "T 12 0D 00 01", "I 01 12 0D 00 0D", "T 12 0D 00 00 00", "I 13", "T 0A 0D 00",
		"I 0B 00 00");
	assert_int_equal(k->last[BLE_EV_BROADCAST].subscribed.bits, 0);
}

/* 3.3.3.5: format, exponent, unit, name space, description. */
static void presentation_format(void **state)
{
	described(*state);
	ATT(*state, "T 04 0F 00 0F 00", "I 05 01 0F 00 04 29", "T 0A 0F 00", "I 0B 04 FF AD 27 01 06 01",
		"T 12 0F 00 04 FF AD 27 01 06 01", "I 01 12 0F 00 03");
}

/* 7.2: each of two clients has its own; what is set is not cleared, and ends with the connection of a stranger. */
static void supported_features(void **state)
{
	struct kit *k = *state;
	kit_host(k, &(struct ble_host_config){ .connections = 2 });
	ut_peripheral(k);
	k->at = kit_find(k, 0x2B29, NULL);
	ATT(k, "T 0A @", "I 0B 00", "T 12 @ 01", "I 13", "T 12 @ 00", "I 01 12 @ 13", "T 12 @ 04", "I 01 12 @ 13", "T 0A @",
		"I 0B 01", "T 12 @ 05", "I 13", "T 0A @", "I 0B 05");
	kit_second(k);
	ut_peripheral(k);
	ATT(k, "T 0A @", "I 0B 00", "T 12 @ 04", "I 13", "T 0A @", "I 0B 04");
	k->tester = &k->lt;
	ATT(k, "T 0A @", "I 0B 05");
	lt_disconnect(&k->lt);
	kit_run(k, 100);
	ut_peripheral(k);
	ATT(k, "T 0A @", "I 0B 00");
	k->tester = &k->second;
	ATT(k, "T 0A @", "I 0B 04");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAD/BV-03-C", included_services),
		CASE("GATT/SR/GPA/BV-02-C", secondary_declaration),
		CASE("GATT/SR/GPA/BV-03-C", include_declaration),
		CASE("GATT/SR/GPA/BV-05-C", extended_properties),
		CASE("GATT/SR/GPA/BV-08-C", server_configuration),
		CASE("GATT/SR/GPA/BV-12-C", presentation_format),
		CASE("GATT/SR/GAS/BV-03-C", supported_features),
		CASE("ATT/ROB/hash-db", known_hash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
