/*
 * GATT server: MTU, discovery, and what declarations and descriptors look like (GATT/SR/GAC, GAD, GPA). The octets
 * follow from the table of program.h by Vol 3 Part F 3.4 and Part G 3.
 */
#include "program.h"

/* The smaller of 40 and ours, 247, holds afterwards. */
static void mtu(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 0A 05 00", "I 0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15");
	ATT(k, "T 02 28 00", "I 03 F7 00");
	assert_int_equal(k->last[BLE_EV_MTU].mtu.mtu, 40);
	ATT(k, "T 0A 05 00",
		"I 0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F"
		" 20 21 22 23 24 25 26");
}

static void all_services(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 10 01 00 FF FF 00 28", "I 11 06 01 00 0C 00 01 A0 0D 00 14 00 02 A0");
	ATT(k, "T 10 15 00 FF FF 00 28", "I 11 14 15 00 19 00 " UUID_SERVICE);
	ATT(k, "T 10 1A 00 FF FF 00 28", "I 11 06 1A 00 1F 00 01 A0");
	ATT(k, "T 10 20 00 FF FF 00 28", "I 01 10 20 00 0A");
}

static void service_by_uuid(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 06 01 00 FF FF 00 28 01 A0", "I 07 01 00 0C 00 1A 00 1F 00", "T 06 20 00 FF FF 00 28 01 A0",
		"I 01 06 20 00 0A");
	ATT(k, "T 06 01 00 FF FF 00 28 " UUID_SERVICE, "I 07 15 00 19 00", "T 06 1A 00 FF FF 00 28 " UUID_SERVICE,
		"I 01 06 1A 00 0A");
	ATT(k, "T 06 01 00 FF FF 00 28 99 A0", "I 01 06 01 00 0A");
}

static void all_characteristics(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 08 01 00 0C 00 03 28", "I 09 07 02 00 0A 03 00 01 B0 04 00 0A 05 00 02 B0 07 00 02 08 00 03 B0");
	ATT(k, "T 08 08 00 0C 00 03 28", "I 09 07 09 00 08 0A 00 04 B0 0B 00 06 0C 00 05 B0", "T 08 0C 00 0C 00 03 28",
		"I 01 08 0C 00 0A");
	ATT(k, "T 08 15 00 19 00 03 28", "I 09 15 16 00 02 17 00 " UUID_CHARACTERISTIC, "T 08 17 00 19 00 03 28",
		"I 09 07 18 00 02 19 00 01 B0", "T 08 19 00 19 00 03 28", "I 01 08 19 00 0A");
}

/* The tester looks for B007 and for the 128-bit one. */
static void characteristic_by_uuid(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 08 0D 00 14 00 03 28", "I 09 07 0E 00 12 0F 00 06 B0 12 00 20 13 00 07 B0", "T 08 13 00 14 00 03 28",
		"I 01 08 13 00 0A");
	ATT(k, "T 08 15 00 19 00 03 28", "I 09 15 16 00 02 17 00 " UUID_CHARACTERISTIC);
}

/* Formats are not mixed: the 128-bit value at 17 ends a list of 16-bit types, and has one of its own. */
static void all_descriptors(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 04 10 00 11 00", "I 05 01 10 00 02 29 11 00 01 29", "T 04 06 00 06 00", "I 05 01 06 00 01 29");
	ATT(k, "T 04 16 00 19 00", "I 05 01 16 00 03 28", "T 04 17 00 19 00", "I 05 02 17 00 " UUID_CHARACTERISTIC);
	ATT(k, "T 04 20 00 FF FF", "I 01 04 20 00 0A");
}

/* Vol 3 Part G 3.1: readable by whoever asks, not writable. */
static void service_declaration(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 08 01 00 FF FF 00 28", "I 09 04 01 00 01 A0 0D 00 02 A0", "T 0A 0D 00", "I 0B 02 A0");
	ATT(k, "T 0A 15 00", "I 0B " UUID_SERVICE, "T 12 01 00 03 A0", "I 01 12 01 00 03");
}

/* 3.3.1 */
static void characteristic_declaration(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 0A 02 00", "I 0B 0A 03 00 01 B0", "T 0A 16 00", "I 0B 02 17 00 " UUID_CHARACTERISTIC);
	ATT(k, "T 0A 1D 00", "I 0B 30 1E 00 09 B0", "T 12 02 00 00", "I 01 12 02 00 03");
}

/* 3.3.3.2: no permission to write is claimed, and none is given. */
static void user_description(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 08 0D 00 14 00 01 29", "I 09 07 11 00 4C 65 76 65 6C", "T 0A 11 00", "I 0B 4C 65 76 65 6C");
	ATT(k, "T 12 11 00 41", "I 01 12 11 00 03");
}

/* 3.3.3.3: two octets, 0 in a new connection, readable and writable. */
static void client_configuration(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 08 01 00 FF FF 02 29", "I 09 04 10 00 00 00 14 00 00 00 1F 00 00 00");
	ATT(k, "T 12 10 00 01 00", "I 13", "T 0A 10 00", "I 0B 01 00", "T 0A 14 00", "I 0B 00 00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAC/BV-01-C", mtu),
		CASE("GATT/SR/GAD/BV-01-C", all_services),
		CASE("GATT/SR/GAD/BV-02-C", service_by_uuid),
		CASE("GATT/SR/GAD/BV-04-C", all_characteristics),
		CASE("GATT/SR/GAD/BV-05-C", characteristic_by_uuid),
		CASE("GATT/SR/GAD/BV-06-C", all_descriptors),
		CASE("GATT/SR/GPA/BV-01-C", service_declaration),
		CASE("GATT/SR/GPA/BV-04-C", characteristic_declaration),
		CASE("GATT/SR/GPA/BV-06-C", user_description),
		CASE("GATT/SR/GPA/BV-07-C", client_configuration),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
