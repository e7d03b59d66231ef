/*
 * GAP: the GAP service as a client reads it (GAP/GAT, GAP/IDLE/NAMP): Vol 3 Part C 12. Read through the module, since
 * a program names its device there.
 */
#include "kit.h"

/* A device of this name, connected. Appearance 0x0341 is a blood pressure wrist sensor. */
static void device(struct kit *k)
{
	kit_module(k, &(struct ble_options){ .name = "A B" });
	assert_int_equal(ble_gap(k->ble, &(struct ble_gap_params){ .appearance = 0x0341, .interval_min_us = 30000,
				 .interval_max_us = 50000, .latency = 2, .supervision_ms = 4000 }),
		0);
	ut_start(k);
	ut_peripheral(k);
}

static uint8_t properties_of(struct kit *k, uint16_t uuid)
{
	uint8_t properties = 0;
	k->at = kit_find(k, uuid, &properties);
	return properties;
}

/* Exactly one of each, inside the one GAP service. Read is mandatory, write is not offered. */
static void name_and_appearance(void **state)
{
	struct kit *k = *state;
	device(k);
	ATT(k, "T 06 01 00 FF FF 00 28 00 18", "I 07 01 00 .. 00");
	assert_int_equal(properties_of(k, 0x2A00), BLE_READ);
	assert_in_range(k->at, 1, 7);
	ATT(k, "T 0A @", "I 0B 41 20 42");
	assert_int_equal(properties_of(k, 0x2A01), BLE_READ);
	assert_in_range(k->at, 1, 7);
	ATT(k, "T 0A @", "I 0B 41 03");
}

/* 30 ms and 50 ms in units of 1.25 ms, 4 s in units of 10 ms: 12.3. */
static void preferred_parameters(void **state)
{
	struct kit *k = *state;
	device(k);
	assert_int_equal(properties_of(k, 0x2A04), BLE_READ);
	ATT(k, "T 08 01 00 FF FF 04 2A", "I 09 0A @ 18 00 28 00 02 00 90 01");
}

static void device_name(void **state)
{
	struct kit *k = *state;
	device(k);
	k->at = kit_find(k, 0x2A00, NULL);
	ATT(k, "T 08 01 00 FF FF 00 2A", "I 09 05 @ 41 20 42");
}

static void appearance(void **state)
{
	struct kit *k = *state;
	device(k);
	k->at = kit_find(k, 0x2A01, NULL);
	ATT(k, "T 08 01 00 FF FF 01 2A", "I 09 04 @ 41 03");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/GAT/BV-01-C", name_and_appearance),
		CASE("GAP/GAT/BV-04-C", preferred_parameters),
		CASE("GAP/GAT/BV-16-C", device_name),
		CASE("GAP/GAT/BV-17-C", appearance),
		CASE("GAP/IDLE/NAMP/BV-02-C", device_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
