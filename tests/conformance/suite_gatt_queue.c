/*
 * GATT server: the queue of prepared writes (GATT/SR/GAW, and the ATT robustness case of the same kind). The octets
 * follow from the table of program.h by Vol 3 Part F 3.4.6.
 */
#include "program.h"

static void invalid_handle(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 20 00 00 00 01", "I 01 16 20 00 01", "T 16 00 00 00 00 01", "I 01 16 00 00 01");
}

static void not_permitted(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 08 00 00 00 01", "I 01 16 08 00 03", "T 18 01", "I 19", "T 0A 08 00", "I 0B AA BB");
}

/* The program refuses this client: the queue stays empty. */
static void not_authorised(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 16 1C 00 00 00 01", "I 01 16 1C 00 08", "T 16 1C 00 02 00 01", "I 01 16 1C 00 08");
	assert_int_equal(k->count[BLE_EV_WRITTEN], 2);
	assert_int_equal(k->last[BLE_EV_WRITTEN].written.kind, BLE_WRITTEN_PREPARE);
	ATT(k, "T 18 01", "I 19");
	assert_int_equal(k->count[BLE_EV_WRITTEN], 2);
}

/* Four octets are there and eight may be: 9 is outside in any case. */
static void invalid_offset(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 03 00 09 00 01", "I 17 03 00 09 00 01", "T 18 01", "I 01 18 03 00 07");
	ATT(*state, "T 0A 03 00", "I 0B 01 02 03 04");
}

static void too_long(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 03 00 00 00 09 09 09 09 09", "I 17 03 00 00 00 09 09 09 09 09");
	ATT(*state, "T 16 03 00 05 00 09 09 09 09", "I 17 03 00 05 00 09 09 09 09", "T 18 01", "I 01 18 03 00 0D");
	ATT(*state, "T 0A 03 00", "I 0B 01 02 03 04");
}

static void long_value(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 16 05 00 00 00 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF B0 B1",
		"I 17 05 00 00 00 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF B0 B1");
	ATT(k, "T 16 05 00 12 00 B2 B3 B4 B5 B6 B7", "I 17 05 00 12 00 B2 B3 B4 B5 B6 B7");
	ATT(k, "T 0A 05 00", "I 0B 00 01 02 03 04 *"); /* nothing is written before */
	ATT(k, "T 18 01", "I 19", "T 0A 05 00",
		"I 0B A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF B0 B1 B2 B3 B4 B5");
}

static void reliable(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 03 00 00 00 0A 0B 0C 0D", "I 17 03 00 00 00 0A 0B 0C 0D", "T 16 05 00 00 00 EE",
		"I 17 05 00 00 00 EE", "T 18 01", "I 19", "T 0A 03 00", "I 0B 0A 0B 0C 0D", "T 0A 05 00", "I 0B EE *");
}

static void cancelled(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 03 00 00 00 0A", "I 17 03 00 00 00 0A", "T 16 05 00 00 00 EE", "I 17 05 00 00 00 EE", "T 18 00",
		"I 19", "T 18 01", "I 19", "T 0A 03 00", "I 0B 01 02 03 04", "T 0A 05 00", "I 0B 00 01 *");
}

static void alternating(void **state)
{
	program_connected(*state);
	ATT(*state, "T 16 03 00 00 00 0A 0B", "I 17 03 00 00 00 0A 0B", "T 16 05 00 00 00 E0 E1", "I 17 05 00 00 00 E0 E1");
	ATT(*state, "T 16 03 00 02 00 0C 0D", "I 17 03 00 02 00 0C 0D", "T 16 05 00 02 00 E2 E3", "I 17 05 00 02 00 E2 E3");
	ATT(*state, "T 18 01", "I 19", "T 0A 03 00", "I 0B 0A 0B 0C 0D", "T 0A 05 00", "I 0B E0 E1 E2 E3 *");
}

static void empty(void **state)
{
	program_connected(*state);
	ATT(*state, "T 18 01", "I 19", "T 18 00", "I 19");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAW/BI-07-C", invalid_handle),
		CASE("GATT/SR/GAW/BI-08-C", not_permitted),
		CASE("GATT/SR/GAW/BI-09-C", invalid_offset),
		CASE("GATT/SR/GAW/BI-11-C", not_authorised),
		CASE("GATT/SR/GAW/BI-33-C", too_long),
		CASE("GATT/SR/GAW/BV-05-C", long_value),
		CASE("GATT/SR/GAW/BV-06-C", reliable),
		CASE("GATT/SR/GAW/BV-07-C", cancelled),
		CASE("GATT/SR/GAW/BV-10-C", alternating),
		CASE("GATT/SR/GAW/BV-11-C", empty),
		CASE("ATT/ROB/no-reliable-characteristic", reliable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
