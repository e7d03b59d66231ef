/*
 * Goodput of notifications: what fits in an interval is sent in it. The arithmetic is that of the air (Vol 6 Part B
 * 2.1, 2.2, 4.1.1): an exchange is an empty PDU of the central's, T_IFS, a PDU of 251 octets and T_IFS again, 2,468
 * us on 1M and 1,392 us on 2M, and as many as fit are in an interval, 244 octets of a value in each. bench/goodput.c
 * counts all cells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/kit/star.h"

static void fill(uint32_t interval_us, uint8_t phy, bool encrypted, unsigned exchanges)
{
	struct star s = { .world = ble_world_new(NULL), .count = 1, .interval_us = interval_us, .phy = phy,
		.subscribes = true, .drift_ppm = 20 };
	assert_true(star_open(&s));
	ble_world_run_until(s.world, ble_world_now(s.world) + 2000000);
	assert_true(!encrypted || star_encrypt(&s));
	star_stream(&s.peripherals[0], true);
	ble_world_run_until(s.world, ble_world_now(s.world) + 2000000);
	uint64_t octets = s.central.octets;
	ble_world_run_until(s.world, ble_world_now(s.world) + 40 * (uint64_t)interval_us);
	octets = s.central.octets - octets;
	assert_in_range(octets, 40 * 244 * exchanges * 98 / 100, 40 * 244 * (exchanges + 1));
	ble_world_free(s.world);
	star_close(&s);
}

static void fills(uint32_t interval_us, uint8_t phy, unsigned exchanges)
{
	fill(interval_us, phy, false, exchanges);
}

static void test_1m(void **state)
{
	(void)state;
	fills(7500, 1, 3);
	fills(50000, 1, 20);
	fills(400000, 1, 162);
}

static void test_2m(void **state)
{
	(void)state;
	fills(7500, 2, 5);
	fills(50000, 2, 35);
	fills(400000, 2, 287);
}

/* With a MIC an exchange is 1,408 us. */
static void test_2m_encrypted(void **state)
{
	(void)state;
	fill(7500, 2, true, 5);
	fill(50000, 2, true, 35);
	fill(400000, 2, true, 284);
}

/* What the hosts ask for at bring-up is enough. */
static void test_by_default(void **state)
{
	(void)state;
	fills(30000, 0, 21);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_1m),
		cmocka_unit_test(test_2m),
		cmocka_unit_test(test_2m_encrypted),
		cmocka_unit_test(test_by_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
