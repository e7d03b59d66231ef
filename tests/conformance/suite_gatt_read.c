/*
 * GATT server: reads by handle, by UUID, in parts, and what is refused (GATT/SR/GAR). The octets follow from the table
 * of program.h by Vol 3 Part F 3.4.4; error codes are those of 3.4.1.1.
 */
#include "program.h"

/* One request and its answer, where cases differ in nothing else. */
static void exchange(void **state, const char *request, const char *answer)
{
	program_connected(*state);
	ATT(*state, request, answer);
}

static void read_not_permitted(void **state)
{
	exchange(state, "T 0A 0A 00", "I 01 0A 0A 00 02");
}

static void read_invalid_handle(void **state)
{
	exchange(state, "T 0A 20 00", "I 01 0A 20 00 01");
	ATT(*state, "T 0A 00 00", "I 01 0A 00 00 01");
}

static void read_authorization(void **state)
{
	exchange(state, "T 0A 1C 00", "I 01 0A 1C 00 08");
}

static void type_not_permitted(void **state)
{
	exchange(state, "T 08 01 00 FF FF 04 B0", "I 01 08 0A 00 02");
}

static void type_not_found(void **state)
{
	exchange(state, "T 08 01 00 FF FF 99 B0", "I 01 08 01 00 0A");
	ATT(*state, "T 08 04 00 18 00 01 B0", "I 01 08 04 00 0A");
}

static void type_invalid_range(void **state)
{
	exchange(state, "T 08 00 00 FF FF 01 B0", "I 01 08 00 00 01");
	ATT(*state, "T 08 05 00 04 00 01 B0", "I 01 08 05 00 01");
}

static void type_authorization(void **state)
{
	exchange(state, "T 08 01 00 FF FF 08 B0", "I 01 08 1C 00 08");
}

static void blob_not_permitted(void **state)
{
	exchange(state, "T 0C 0A 00 00 00", "I 01 0C 0A 00 02");
}

static void blob_invalid_offset(void **state)
{
	exchange(state, "T 0C 05 00 3D 00", "I 01 0C 05 00 07");
	ATT(*state, "T 0C 11 00 06 00", "I 01 0C 11 00 07");
}

static void blob_invalid_handle(void **state)
{
	exchange(state, "T 0C 20 00 01 00", "I 01 0C 20 00 01");
	ATT(*state, "T 0C 00 00 00 00", "I 01 0C 00 00 01");
}

static void blob_authorization(void **state)
{
	exchange(state, "T 0C 1C 00 00 00", "I 01 0C 1C 00 08");
}

/* The program computes handle 1C, and takes a second. */
static void defers(struct kit *k, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_READ)
		assert_int_equal(ble_server_defer(k->host, ev->read.token), 0);
}

/*
 * A value that is there is given at once, so the second request finds the first answered, in order. While the program
 * still thinks about the first, a second breaks Vol 3 Part F 3.3.2 and is dropped.
 */
static void second_read_before_the_answer(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 0A 03 00", "T 0A 08 00", "I 0B 01 02 03 04", "I 0B AA BB", "I -");
	k->program = defers;
	ATT(k, "T 0A 1C 00", "T 0A 03 00", "I -");
	assert_int_equal(ble_server_reply(k->host, k->last[BLE_EV_READ].read.token, 0, "\x77", 1), 0);
	kit_wake(k);
	ATT(k, "I 0B 77", "I -", "T 0A 08 00", "I 0B AA BB");
	k->violations = true;
}

static void short_value(void **state)
{
	exchange(state, "T 0A 03 00", "I 0B 01 02 03 04");
	ATT(*state, "T 0A 17 00", "I 0B 5A");
}

static void by_uuid(void **state)
{
	exchange(state, "T 08 01 00 FF FF 01 B0", "I 09 06 03 00 01 02 03 04 19 00 05 06 07 08");
	ATT(*state, "T 08 01 00 FF FF " UUID_CHARACTERISTIC, "I 09 03 17 00 5A");
}

static void long_value(void **state)
{
	exchange(state, "T 0A 05 00", "I 0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15");
	ATT(*state, "T 0C 05 00 16 00", "I 0D 16 17 18 19 1A 1B 1C 1D 1E 1F 20 21 22 23 24 25 26 27 28 29 2A 2B");
	ATT(*state, "T 0C 05 00 2C 00", "I 0D 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 3A 3B");
	ATT(*state, "T 0C 05 00 3C 00", "I 0D");
}

static void descriptor(void **state)
{
	exchange(state, "T 0A 11 00", "I 0B 4C 65 76 65 6C");
	ATT(*state, "T 0A 10 00", "I 0B 00 00");
}

/* "This description is lo" "nger than one PDU." */
static void long_descriptor(void **state)
{
	exchange(state, "T 0C 06 00 00 00", "I 0D 54 68 69 73 20 64 65 73 63 72 69 70 74 69 6F 6E 20 69 73 20 6C 6F");
	ATT(*state, "T 0C 06 00 16 00", "I 0D 6E 67 65 72 20 74 68 61 6E 20 6F 6E 65 20 50 44 55 2E");
}

static void end_of_a_long_descriptor(void **state)
{
	exchange(state, "T 0C 06 00 28 00", "I 0D");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAR/BI-01-C", read_not_permitted),
		CASE("GATT/SR/GAR/BI-02-C", read_invalid_handle),
		CASE("GATT/SR/GAR/BI-03-C", read_authorization),
		CASE("GATT/SR/GAR/BI-06-C", type_not_permitted),
		CASE("GATT/SR/GAR/BI-07-C", type_not_found),
		CASE("GATT/SR/GAR/BI-08-C", type_invalid_range),
		CASE("GATT/SR/GAR/BI-09-C", type_authorization),
		CASE("GATT/SR/GAR/BI-12-C", blob_not_permitted),
		CASE("GATT/SR/GAR/BI-13-C", blob_invalid_offset),
		CASE("GATT/SR/GAR/BI-14-C", blob_invalid_handle),
		CASE("GATT/SR/GAR/BI-15-C", blob_authorization),
		CASE("GATT/SR/GAR/BI-45-C", second_read_before_the_answer),
		CASE("GATT/SR/GAR/BV-01-C", short_value),
		CASE("GATT/SR/GAR/BV-03-C", by_uuid),
		CASE("GATT/SR/GAR/BV-04-C", long_value),
		CASE("GATT/SR/GAR/BV-06-C", descriptor),
		CASE("GATT/SR/GAR/BV-07-C", long_descriptor),
		CASE("GATT/SR/GAR/BV-08-C", end_of_a_long_descriptor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
