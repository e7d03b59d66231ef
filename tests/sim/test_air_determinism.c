/*
 * One seed, one trace: a crowd of raw radios that advertise and listen at random times with loss
 * and collisions, run twice. And the trace itself: its CRC is the one of src/spec.
 */
#include "air_kit.h"

#include <string.h>

#include "sim/air_crc.h"
#include "sim/prng.h"
#include "spec/crc24.h"

#define CROWD 40

static uint8_t pdus[CROWD][2 + 37];

static void again(struct kit_radio *k, const struct ble_radio_result *result)
{
	const struct ble_platform *p = ble_node_platform(k->node);
	uint8_t dice[2];
	unsigned i = ble_node_number(k->node) - 1u;
	p->random(p->ctx, dice, sizeof dice);
	struct ble_radio_op op = kit_op(dice[0] & 1 ? BLE_RADIO_TX : BLE_RADIO_RX,
		result->end_us + 100 + dice[1] * 8u, dice[0] & 1 ? pdus[i] : k->rx);
	op.channel = (uint8_t)(37 + (dice[0] >> 1) % 3);
	op.window_us = 3000;
	assert_int_equal(k->radio->post(k->radio->ctx, &op), 0);
}

static void run(uint64_t seed, struct kit_trace *t, struct ble_world_stats *stats)
{
	static struct kit_radio crowd[CROWD];
	struct ble_world *w =
		ble_world_new(&(struct ble_world_options){ .seed = seed, .loss_ppm = 50000 });
	kit_trace_init(t);
	ble_world_trace(w, &t->sink);
	for (unsigned i = 0; i < CROWD; i++) {
		pdus[i][1] = (uint8_t)(6 + i % 32);
		pdus[i][2] = (uint8_t)i;
		kit_add(&crowd[i], w,
			&(struct ble_node_options){ .x_m = i * 3, .drift_ppm = (int16_t)(i - 20) });
		crowd[i].hook = again;
		again(&crowd[i], &(struct ble_radio_result){ .end_us = 1000 });
	}
	ble_world_run_until(w, 300000);
	ble_world_stats(w, stats);
	ble_world_free(w);
}

static void test_same_seed(void **state)
{
	(void)state;
	struct kit_trace a, b, c;
	struct ble_world_stats sa, sb, sc;
	run(1, &a, &sa);
	run(1, &b, &sb);
	run(2, &c, &sc);
	assert_true(a.count > 1000 && sa.receptions > 100 && sa.collisions > 100 && sa.losses > 10);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.octets, b.octets, a.len);
	assert_memory_equal(&sa, &sb, sizeof sa);
	assert_false(a.len == c.len && !memcmp(a.octets, c.octets, a.len));
	kit_trace_free(&a);
	kit_trace_free(&b);
	kit_trace_free(&c);
}

static void test_crc_is_the_specs(void **state)
{
	(void)state;
	struct prng r;
	prng_seed(&r, 1, 1);
	for (unsigned len = 0; len <= 257; len++) {
		uint8_t octets[257], crc[3];
		uint32_t init = prng_below(&r, 1 << 24);
		prng_fill(&r, octets, len);
		air_crc(crc, init, octets, len);
		uint32_t want = crc24(init, octets, len);
		assert_int_equal(
			(uint32_t)crc[0] | (uint32_t)crc[1] << 8 | (uint32_t)crc[2] << 16, want);
	}
}

static void test_trace_octets(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(&(struct ble_world_options){ .epoch_us = 5000000 });
	struct kit_radio a;
	struct kit_trace t;
	kit_trace_init(&t);
	ble_world_trace(w, &t.sink);
	kit_add(&a, w, NULL);
	struct ble_air_raw raw = { .node = 1,
		.channel = 37,
		.phy = BLE_PHY_1M,
		.access_address = KIT_AA,
		.crc_init = KIT_CRC,
		.start_us = 1000,
		.pdu = (uint8_t[]){ 0x02, 1, 7 },
		.len = 3 };
	assert_int_equal(ble_world_transmit(w, &raw), 0);
	ble_world_run_until(w, 2000);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.t_us[0], 5001000);
	static const uint8_t head[] = { 0xd6, 0xbe, 0x89, 0x8e, 0x02, 1, 7 };
	assert_int_equal(t.len, 16 + sizeof head + 3);
	assert_memory_equal(t.octets + 16, head, sizeof head);
	kit_trace_free(&t);
	ble_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed),
		cmocka_unit_test(test_crc_is_the_specs),
		cmocka_unit_test(test_trace_octets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
