/*
 * A peripheral of two centrals sends one of them away. Their connection events drift through one another, and where they
 * overlap one of them is passed over; the event in which the central acknowledges LL_TERMINATE_IND must not be it, for
 * the central is gone after that, and the peripheral would wait for the supervision time-out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "pair_kit.h"

enum { WORLDS = 80, INTERVAL_US = 50000 };

static struct pair_peer peripheral, centrals[2];

/* The connection that leaves, how long both have been up, and where their events lie: all different in each world. */
static uint64_t leave_us(unsigned n)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = n });
	struct pair_peer *left = &centrals[n & 1];
	ble_conn_id ids[2];
	pair_add(&peripheral, world, NULL, &(struct ble_host_config){ .connections = 2 });
	for (int i = 0; i < 2; i++) {
		pair_add(&centrals[i], world, NULL, NULL);
		assert_int_equal(ble_adv_start(peripheral.host), 0);
		pair_connect(&centrals[i], &peripheral, &(struct ble_conn_params){ .interval_max_us = INTERVAL_US });
		ids[i] = peripheral.conn;
	}
	ble_world_run_until(world, ble_world_now(world) + (n * 7919 % 97) * 10000);
	uint64_t asked_us = ble_world_now(world);
	assert_int_equal(ble_conn_disconnect(peripheral.host, ids[n & 1], 0), 0);
	assert_int_equal(pair_expect(&peripheral, BLE_EV_DISCONNECTED, 10000)->disconnected.reason, 0x16);
	uint64_t took_us = ble_world_now(world) - asked_us;
	if (!left->count[BLE_EV_DISCONNECTED])
		pair_expect(left, BLE_EV_DISCONNECTED, 1000);
	assert_int_equal(centrals[!(n & 1)].count[BLE_EV_DISCONNECTED], 0);
	for (int i = 0; i < 2; i++)
		pair_free(&centrals[i]);
	pair_free(&peripheral);
	ble_world_free(world);
	return took_us;
}

static void one_of_two_leaves_within_a_few_events(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= WORLDS; n++) {
		uint64_t us = leave_us(n);
		if (us > 4 * INTERVAL_US) /* to the next event, to the acknowledgement, and a place given up before */
			fail_msg("world %u: it took %u ms", n, (unsigned)(us / 1000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_of_two_leaves_within_a_few_events) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
