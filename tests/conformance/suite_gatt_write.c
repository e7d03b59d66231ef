/*
 * GATT server: writes by request and by command, and opcodes that nobody knows (GATT/SR/GAW, GATT/SR/UNS, and the ATT
 * robustness cases of the same kind). The octets follow from the table of program.h by Vol 3 Part F 3.4.5, 3.3.
 */
#include "program.h"

static void invalid_handle(void **state)
{
	program_connected(*state);
	ATT(*state, "T 12 20 00 01", "I 01 12 20 00 01", "T 12 00 00 01", "I 01 12 00 00 01");
}

static void not_permitted(void **state)
{
	program_connected(*state);
	ATT(*state, "T 12 08 00 01", "I 01 12 08 00 03", "T 0A 08 00", "I 0B AA BB");
}

static void authorization(void **state)
{
	program_connected(*state);
	ATT(*state, "T 12 1C 00 01", "I 01 12 1C 00 08");
}

static void too_long(void **state)
{
	program_connected(*state);
	ATT(*state, "T 12 0A 00 01 02 03 04 05", "I 01 12 0A 00 0D", "T 12 10 00 01 00 00", "I 01 12 10 00 0D");
}

static void too_long_changes_nothing(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 12 03 00 01 01 01 01 01 01 01 01 01", "I 01 12 03 00 0D", "T 0A 03 00", "I 0B 01 02 03 04");
	assert_int_equal(k->count[BLE_EV_WRITTEN], 0);
}

static void command(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 52 0C 00 AA", "I -", "T 0A 0C 00", "I 0B AA");
	assert_int_equal(k->last[BLE_EV_WRITTEN].written.kind, BLE_WRITTEN_COMMAND);
}

static void request(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 12 03 00 09 08 07", "I 13", "T 0A 03 00", "I 0B 09 08 07");
	assert_int_equal(k->last[BLE_EV_WRITTEN].written.kind, BLE_WRITTEN_REQUEST);
}

static void descriptor(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 12 1F 00 02 00", "I 13", "T 0A 1F 00", "I 0B 02 00");
	assert_int_equal(k->last[BLE_EV_SUBSCRIBED].subscribed.bits, 2);
}

static void unknown_request(void **state)
{
	program_connected(*state);
	ATT(*state, "T 3E", "I 01 3E 00 00 06", "T 2C 01 02 03", "I 01 2C 00 00 06", "T 0A 03 00", "I 0B 01 02 03 04");
}

/* Bit 6 of the opcode says that it is a command: Vol 3 Part F 3.3.1. */
static void unknown_command(void **state)
{
	program_connected(*state);
	ATT(*state, "T 7E 01 02", "I -", "T 4A", "I -", "T 0A 03 00", "I 0B 01 02 03 04");
}

static void plain_unknown_request(void **state)
{
	program_connected(*state);
	ATT(*state, "T BF", "I 01 BF 00 00 06", "T 0A 03 00", "I 0B 01 02 03 04");
}

static void plain_unknown_command(void **state)
{
	program_connected(*state);
	ATT(*state, "T FF 00", "I -", "T 0A 03 00", "I 0B 01 02 03 04");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAW/BI-02-C", invalid_handle),
		CASE("GATT/SR/GAW/BI-03-C", not_permitted),
		CASE("GATT/SR/GAW/BI-04-C", authorization),
		CASE("GATT/SR/GAW/BI-32-C", too_long),
		CASE("GATT/SR/GAW/BI-39-C", too_long_changes_nothing),
		CASE("GATT/SR/GAW/BV-01-C", command),
		CASE("GATT/SR/GAW/BV-03-C", request),
		CASE("GATT/SR/GAW/BV-08-C", descriptor),
		CASE("GATT/SR/UNS/BI-01-C", unknown_request),
		CASE("GATT/SR/UNS/BI-02-C", unknown_command),
		CASE("ATT/ROB/unknown-request", plain_unknown_request),
		CASE("ATT/ROB/unknown-command", plain_unknown_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
