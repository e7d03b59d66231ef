/*
 * Scripted faults and random loss: a stranger sends numbered packets, a listener writes down which
 * of them came, and whether they came well.
 */
#include "air_kit.h"

#include <string.h>

#define PACKETS 12

enum { LOST = '.', BAD = 'x', GOOD = 'o' };

struct listener {
	struct kit_radio k;
	char heard[PACKETS + 1];
	unsigned packet;
	uint64_t opened;
};

static void listen(struct listener *l, unsigned packet)
{
	l->packet = packet;
	kit_rx(&l->k, 1000 + 1000 * (uint64_t)packet, 10, BLE_RADIO_STOP);
}

static void on_result(struct kit_radio *k, const struct ble_radio_result *r)
{
	struct listener *l = (struct listener *)(void *)k;
	l->heard[l->packet] = (char)(r->status != BLE_RADIO_RECEIVED ? LOST
			: r->crc_ok                                  ? GOOD
								     : BAD);
	if (l->packet + 1 < PACKETS)
		listen(l, l->packet + 1);
}

struct scene {
	struct ble_world *w;
	struct kit_radio sender;
	struct listener one, two;
};

static int setup(void **state)
{
	static struct scene s;
	memset(&s, 0, sizeof s);
	s.w = ble_world_new(NULL);
	kit_add(&s.sender, s.w, NULL); /* node 1 */
	kit_add(&s.one.k, s.w, NULL);  /* node 2 */
	kit_add(&s.two.k, s.w, NULL);  /* node 3 */
	s.one.k.hook = s.two.k.hook = on_result;
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;
	ble_world_free(s->w);
	return 0;
}

/* Packets 0..11 at 1005 us + n ms; headers as given, in turn. */
static void play(struct scene *s, const uint8_t (*pdus)[3], unsigned pdu_count, uint32_t aa)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		struct ble_air_raw raw = { .node = 1,
			.channel = 37,
			.phy = BLE_PHY_1M,
			.access_address = aa,
			.crc_init = KIT_CRC,
			.start_us = 1005 + 1000 * i,
			.pdu = pdus[i % pdu_count],
			.len = 3 };
		assert_int_equal(ble_world_transmit(s->w, &raw), 0);
	}
	listen(&s->one, 0);
	listen(&s->two, 0);
	ble_world_run_until(s->w, 1000000);
}

static const uint8_t plain[1][3] = { { 0x00, 1, 0 } };

static void fault(struct scene *s, struct ble_air_fault f)
{
	assert_int_equal(ble_world_fault(s->w, &f), 0);
}

static void expect(struct scene *s, const char *one, const char *two)
{
	assert_string_equal(s->one.heard, one);
	assert_string_equal(s->two.heard, two);
}

static void test_none(void **state)
{
	struct scene *s = *state;
	play(s, plain, 1, KIT_AA);
	expect(s, "oooooooooooo", "oooooooooooo");
}

static void test_drop_counts_packets(void **state)
{
	struct scene *s = *state;
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_DROP, .skip = 2, .count = 3 });
	play(s, plain, 1, KIT_AA);
	expect(s, "oo...ooooooo", "oo...ooooooo");
	struct ble_world_stats stats;
	ble_world_stats(s->w, &stats);
	assert_int_equal(stats.faults, 3);
}

static void test_corrupt_at_one_receiver(void **state)
{
	struct scene *s = *state;
	fault(s,
		(struct ble_air_fault){
			.action = BLE_FAULT_CORRUPT, .to = 2, .skip = 1, .count = 2 });
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_DROP, .to = 3, .count = 1 });
	play(s, plain, 1, KIT_AA);
	expect(s, "oxxooooooooo", ".ooooooooooo");
}

/* The first that matches and is not used up acts; then the next has its turn. */
static void test_in_order(void **state)
{
	struct scene *s = *state;
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_CORRUPT, .count = 2 });
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_DROP, .count = 1 });
	play(s, plain, 1, KIT_AA);
	expect(s, "xx.ooooooooo", "xx.ooooooooo");
}

/* A jammed interval takes whatever touches it: 2,900..4,200 us meets those at 3,005 and 4,005. */
static void test_jam(void **state)
{
	struct scene *s = *state;
	fault(s,
		(struct ble_air_fault){ .action = BLE_FAULT_JAM,
			.channel_plus_1 = 37 + 1,
			.begin_us = 2900,
			.end_us = 4200 });
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_JAM, .channel_plus_1 = 38 + 1 });
	play(s, plain, 1, KIT_AA);
	expect(s, "oo..oooooooo", "oo..oooooooo");
	struct ble_air_fault f = { .action = BLE_FAULT_JAM, .from = 1 };
	assert_int_equal(ble_world_fault(s->w, &f), BLE_EINVAL);
	ble_world_clear_faults(s->w);
	memset(s->one.heard, 0, sizeof s->one.heard);
}

static void test_by_time_and_sender(void **state)
{
	struct scene *s = *state;
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_DROP, .from = 2 });
	fault(s,
		(struct ble_air_fault){
			.action = BLE_FAULT_DROP, .from = 1, .begin_us = 3005, .end_us = 5005 });
	play(s, plain, 1, KIT_AA);
	expect(s, "oo..oooooooo", "oo..oooooooo");
}

static void test_advertising_types(void **state)
{
	struct scene *s = *state;
	static const uint8_t pdus[3][3] = { { 0x40, 1, 0 }, { 0x03, 1, 0 }, { 0x04, 1, 0 } };
	fault(s,
		(struct ble_air_fault){
			.action = BLE_FAULT_DROP, .pdu = BLE_FAULT_ADV, .type = 3 + 1 });
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_DROP, .pdu = BLE_FAULT_DATA });
	fault(s,
		(struct ble_air_fault){ .action = BLE_FAULT_CORRUPT,
			.pdu = BLE_FAULT_ADV,
			.type = 0 + 1,
			.count = 1 });
	play(s, pdus, 3, KIT_AA);
	expect(s, "x.oo.oo.oo.o", "x.oo.oo.oo.o");
}

/* Data: LLID 2, LLID 1, control opcode 0x0c, control opcode 0x02. */
static void test_data_types(void **state)
{
	struct scene *s = *state;
	static const uint8_t pdus[4][3] = { { 0x02, 1, 9 }, { 0x01, 1, 9 }, { 0x03, 1, 0x0c },
		{ 0x03, 1, 2 } };
	fault(s,
		(struct ble_air_fault){
			.action = BLE_FAULT_DROP, .pdu = BLE_FAULT_DATA, .type = 1 });
	fault(s,
		(struct ble_air_fault){
			.action = BLE_FAULT_CORRUPT, .pdu = BLE_FAULT_CONTROL, .type = 0x0c + 1 });
	fault(s, (struct ble_air_fault){ .action = BLE_FAULT_DROP, .pdu = BLE_FAULT_ADV });
	play(s, pdus, 4, 0x12345678);
	expect(s, "............", "............"); /* they listen to another address */
	struct ble_world_stats stats;
	ble_world_stats(s->w, &stats);
	assert_int_equal(stats.faults, 6);
}

static void test_refused(void **state)
{
	struct scene *s = *state;
	struct ble_air_fault f = { .action = 0 };
	assert_int_equal(ble_world_fault(s->w, &f), BLE_EINVAL);
	f = (struct ble_air_fault){ .action = BLE_FAULT_DROP, .pdu = 4 };
	assert_int_equal(ble_world_fault(s->w, &f), BLE_EINVAL);
	f = (struct ble_air_fault){ .action = BLE_FAULT_DROP, .channel_plus_1 = 41 };
	assert_int_equal(ble_world_fault(s->w, &f), BLE_EINVAL);
	struct ble_air_raw raw = {
		.node = 9, .channel = 37, .phy = BLE_PHY_1M, .pdu = plain[0], .len = 3
	};
	assert_int_equal(ble_world_transmit(s->w, &raw), BLE_ENOENT);
	raw.node = 1;
	raw.len = 258;
	assert_int_equal(ble_world_transmit(s->w, &raw), BLE_ETOOBIG);
}

static void count_silence(struct kit_radio *k, const struct ble_radio_result *r)
{
	if (k->count == 4000)
		return;
	if (r->status != BLE_RADIO_RECEIVED)
		k->answered++;
	kit_rx(k, r->start_us / 1000 * 1000 + 1000, 10, BLE_RADIO_STOP);
}

/* 10 % of 4,000: mean 400, sigma 19; five sigma on either side. */
static void test_random_loss(void **state)
{
	(void)state;
	struct ble_world *w =
		ble_world_new(&(struct ble_world_options){ .seed = 7, .loss_ppm = 100000 });
	struct kit_radio a, b;
	kit_add(&a, w, NULL);
	kit_add(&b, w, NULL);
	b.hook = count_silence;
	for (unsigned i = 0; i < 4000; i++) {
		struct ble_air_raw raw = { .node = 1,
			.channel = 37,
			.phy = BLE_PHY_1M,
			.access_address = KIT_AA,
			.crc_init = KIT_CRC,
			.start_us = 1005 + 1000 * i,
			.pdu = plain[0],
			.len = 3 };
		assert_int_equal(ble_world_transmit(w, &raw), 0);
	}
	kit_rx(&b, 1000, 10, BLE_RADIO_STOP);
	ble_world_run_until(w, 5000000);
	struct ble_world_stats stats;
	ble_world_stats(w, &stats);
	assert_int_equal(b.count, 4000);
	assert_int_equal(stats.receptions + stats.losses, 4000);
	assert_in_range(stats.losses, 400 - 95, 400 + 95);
	ble_world_free(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),
		TEST(test_drop_counts_packets),
		TEST(test_corrupt_at_one_receiver),
		TEST(test_in_order),
		TEST(test_jam),
		TEST(test_by_time_and_sender),
		TEST(test_advertising_types),
		TEST(test_data_types),
		TEST(test_refused),
		cmocka_unit_test(test_random_loss),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
