/*
 * Two packets at one receiver: every relation of time and of power, against what the rules of air.c
 * say. Power by distance: at exponent 2, 20 dB a decade, so 1 m gives -40 dBm and 10 m -60 dBm.
 */
#include "air_kit.h"

static uint8_t first_pdu[2 + 37] = { 0x00, 37, 1 }, second_pdu[2 + 37] = { 0x00, 37, 2 };

enum outcome { FIRST, SECOND, BAD, NOTHING };

struct meeting {
	double first_m, second_m; /* distances from the receiver */
	unsigned after_us;        /* the second starts this long after the first */
	enum outcome outcome;
};

static enum outcome meet(const struct meeting *m, unsigned channel_of_second)
{
	struct ble_world *w = ble_world_new(NULL);
	struct kit_radio a, b, r;
	kit_add(&r, w, NULL);
	kit_add(&a, w, &(struct ble_node_options){ .x_m = m->first_m });
	kit_add(&b, w, &(struct ble_node_options){ .x_m = -m->second_m });
	kit_rx(&r, 900, 5000, BLE_RADIO_STOP);
	kit_tx(&a, 1000, first_pdu, BLE_RADIO_STOP);
	struct ble_radio_op op = kit_op(BLE_RADIO_TX, 1000 + m->after_us, second_pdu);
	op.channel = (uint8_t)channel_of_second;
	assert_int_equal(b.radio->post(b.radio->ctx, &op), 0);
	ble_world_run_until(w, 10000);
	enum outcome o = NOTHING;
	if (r.results[0].status == BLE_RADIO_RECEIVED)
		o = !r.results[0].crc_ok ? BAD : r.rx[2] == 1 ? FIRST : SECOND;
	struct ble_world_stats stats;
	ble_world_stats(w, &stats);
	assert_int_equal(stats.transmissions, 2);
	ble_world_free(w);
	return o;
}

static void test_matrix(void **state)
{
	(void)state;
	static const struct meeting meetings[] = {
		/* equal: both lost before the first's access address is out, later a bad CRC */
		{ 1, 1, 0, NOTHING },
		{ 1, 1, 39, NOTHING },
		{ 1, 1, 40, BAD },
		{ 1, 1, 375, BAD },
		{ 1, 1, 376, FIRST }, /* end to start: no collision */
		/* the first 20 dB stronger: it survives throughout */
		{ 1, 10, 0, FIRST },
		{ 1, 10, 39, FIRST },
		{ 1, 10, 200, FIRST },
		/* the second 20 dB stronger: it takes the lock while the first is in its
		 * preamble, else spoils */
		{ 10, 1, 0, SECOND },
		{ 10, 1, 39, SECOND },
		{ 10, 1, 40, BAD },
		/* 8 dB is enough, 7 is not: 2.52 m is 8.03 dB, 2.2 m is 6.8 dB */
		{ 1, 2.52, 100, FIRST },
		{ 1, 2.2, 100, BAD },
		/* the first out of reach (-95 dBm is 562 m): only noise, and too weak for that */
		{ 600, 1, 10, SECOND },
	};
	for (size_t i = 0; i < sizeof meetings / sizeof meetings[0]; i++) {
		enum outcome o = meet(&meetings[i], 37);
		if (o != meetings[i].outcome)
			print_error("meeting %zu gives %d\n", i, (int)o);
		assert_int_equal(o, meetings[i].outcome);
	}
}

static void test_other_channel(void **state)
{
	(void)state;
	assert_int_equal(meet(&(struct meeting){ 1, 1, 0, FIRST }, 38), FIRST);
}

static int received_at(
	double m, uint32_t access_address, uint32_t crc_init, uint8_t phy, int8_t *rssi)
{
	struct ble_world *w = ble_world_new(NULL);
	struct kit_radio a, r;
	kit_add(&r, w, NULL);
	kit_add(&a, w, &(struct ble_node_options){ .x_m = m });
	struct ble_radio_op op = kit_op(BLE_RADIO_RX, 900, r.rx);
	op.window_us = 500;
	op.access_address = access_address;
	op.crc_init = crc_init;
	op.phy = phy;
	assert_int_equal(r.radio->post(r.radio->ctx, &op), 0);
	kit_tx(&a, 1000, first_pdu, BLE_RADIO_STOP);
	ble_world_run_until(w, 10000);
	*rssi = r.results[0].rssi_dbm;
	int result = r.results[0].status != BLE_RADIO_RECEIVED ? 0 : r.results[0].crc_ok ? 2 : 1;
	ble_world_free(w);
	return result;
}

static void test_reach(void **state)
{
	(void)state;
	int8_t rssi;
	assert_int_equal(received_at(0, KIT_AA, KIT_CRC, BLE_PHY_1M, &rssi), 2);
	assert_int_equal(rssi, -40);
	assert_int_equal(received_at(10, KIT_AA, KIT_CRC, BLE_PHY_1M, &rssi), 2);
	assert_int_equal(rssi, -60);
	assert_int_equal(received_at(100, KIT_AA, KIT_CRC, BLE_PHY_1M, &rssi), 2);
	assert_int_equal(rssi, -80);
	assert_int_equal(received_at(550, KIT_AA, KIT_CRC, BLE_PHY_1M, &rssi), 2);
	assert_int_equal(received_at(700, KIT_AA, KIT_CRC, BLE_PHY_1M, &rssi), 0);
}

static void test_what_is_not_for_us(void **state)
{
	(void)state;
	int8_t rssi;
	assert_int_equal(received_at(1, KIT_AA ^ 1, KIT_CRC, BLE_PHY_1M, &rssi), 0);
	assert_int_equal(received_at(1, KIT_AA, KIT_CRC ^ 1, BLE_PHY_1M, &rssi), 1);
	assert_int_equal(received_at(1, KIT_AA, KIT_CRC, BLE_PHY_2M, &rssi), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_other_channel),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_what_is_not_for_us),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
