/*
 * GATT server: several values in one answer (GATT/SR/GAR, Read Multiple). The octets follow from the table of program.h
 * by Vol 3 Part F 3.4.4.7, 3.4.4.8.
 */
#include "program.h"

static void exchange(void **state, const char *request, const char *answer)
{
	program_connected(*state);
	ATT(*state, request, answer);
}

static void not_permitted(void **state)
{
	exchange(state, "T 0E 03 00 0A 00", "I 01 0E 0A 00 02");
}

static void invalid_handle(void **state)
{
	exchange(state, "T 0E 03 00 20 00", "I 01 0E 20 00 01");
	ATT(*state, "T 0E 00 00 03 00", "I 01 0E 00 00 01");
}

static void authorization(void **state)
{
	exchange(state, "T 0E 03 00 1C 00", "I 01 0E 1C 00 08");
}

/* The second set is longer than the 22 octets that there is room for. */
static void values(void **state)
{
	exchange(state, "T 0E 03 00 08 00", "I 0F 01 02 03 04 AA BB");
	ATT(*state, "T 0E 03 00 05 00",
		"I 0F 01 02 03 04 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAR/BI-18-C", not_permitted),
		CASE("GATT/SR/GAR/BI-19-C", invalid_handle),
		CASE("GATT/SR/GAR/BI-20-C", authorization),
		CASE("GATT/SR/GAR/BV-05-C", values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
