/*
 * Clocks that run fast and slow: what a node thinks a time is, where its packets fall in the
 * world's time, T_IFS in the turning node's own clock, and that the conversions lose nothing.
 */
#include "air_kit.h"

#include "sim/drift.h"
#include "sim/prng.h"

#define HOUR_US UINT64_C(3600000000)

static uint8_t adv[2 + 37] = { 0x00, 37 };

/* 500 ppm of an hour are 1.8 s. */
static void test_an_hour(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct kit_radio fast, slow;
	struct kit_trace t;
	kit_trace_init(&t);
	kit_add(&fast, w, &(struct ble_node_options){ .drift_ppm = 500 });
	kit_add(&slow, w, &(struct ble_node_options){ .drift_ppm = -500 });
	ble_world_trace(w, &t.sink);
	kit_tx(&fast, HOUR_US, adv, BLE_RADIO_STOP);
	kit_tx(&slow, HOUR_US, adv, BLE_RADIO_STOP);
	ble_world_run_until(w, HOUR_US);
	assert_int_equal(fast.radio->now(fast.radio->ctx), HOUR_US + 1800000);
	assert_int_equal(slow.radio->now(slow.radio->ctx), HOUR_US - 1800000);
	ble_world_run_until(w, 2 * HOUR_US);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.t_us[0], 3598200899); /* HOUR / 1.0005 */
	assert_int_equal(t.t_us[1], 3601800900); /* HOUR / 0.9995 */
	assert_int_equal(fast.results[0].start_us, HOUR_US);
	assert_int_equal(slow.results[0].start_us, HOUR_US);
	kit_trace_free(&t);
	ble_world_free(w);
}

/* A fast node turns in 150 us of its own: 149.925 us of the world's. It still finds the other's
 * window. */
static void test_turn_in_own_clock(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct kit_radio a, b;
	kit_add(&a, w, &(struct ble_node_options){ .drift_ppm = -500 });
	kit_add(&b, w, &(struct ble_node_options){ .drift_ppm = 500 });
	struct ble_radio_next of_a = { .pdu = a.rx }, of_b = { .pdu = adv };
	a.answers = &of_a;
	b.answers = &of_b;
	a.answer_count = b.answer_count = 1;
	kit_tx(&a, 1000, adv, BLE_RADIO_TURN);
	kit_rx(&b, 900, 300, BLE_RADIO_TURN);
	ble_world_run_until(w, 10000);
	assert_int_equal(a.results[1].status, BLE_RADIO_RECEIVED);
	assert_true(a.results[1].crc_ok);
	assert_int_equal(b.results[1].start_us - b.results[0].end_us, 150);
	assert_int_equal(
		drift_span(&(struct drift){ .ppm = 500 }, 150000), 149926); /* rounded up */
	assert_int_equal(drift_span(&(struct drift){ .ppm = 0 }, 150000), 150000);
	ble_world_free(w);
}

/* A node born later starts with the world's time. */
static void test_birth(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct kit_radio a;
	ble_world_run_until(w, 1000000);
	kit_add(&a, w, &(struct ble_node_options){ .drift_ppm = 100 });
	assert_int_equal(a.radio->now(a.radio->ctx), 1000000);
	ble_world_run_until(w, 2000000);
	assert_int_equal(a.radio->now(a.radio->ctx), 2000100);
	ble_world_free(w);
}

/* to_world(l) is the first nanosecond at which the clock shows l. */
static void test_conversions(void **state)
{
	(void)state;
	struct prng r;
	prng_seed(&r, 3, 3);
	for (int i = 0; i < 20000; i++) {
		struct drift d = { .birth_ns = prng_next(&r) >> 20,
			.ppm = (int32_t)prng_below(&r, 1001) - 500 };
		uint64_t local = d.birth_ns + 1 + (prng_next(&r) >> (8 + prng_below(&r, 48)));
		uint64_t world = drift_to_world(&d, local);
		assert_true(drift_to_local(&d, world) >= local);
		assert_true(drift_to_local(&d, world - 1) < local);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_hour),
		cmocka_unit_test(test_turn_in_own_clock),
		cmocka_unit_test(test_birth),
		cmocka_unit_test(test_conversions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
