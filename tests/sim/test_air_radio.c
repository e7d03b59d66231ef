/*
 * The radio seam over the air, two raw radios: packets arrive whole, air time and T_IFS to the
 * nanosecond, windows at both edges, what is late, what is cut, what is cancelled.
 */
#include "air_kit.h"

#include <string.h>

#include "sim/air.h"

static uint8_t adv[2 + 37] = { 0x00, 37, 1, 2, 3, 4, 5, 6, 0xaa };

struct pair {
	struct ble_world *w;
	struct kit_radio a, b;
};

static int setup(void **state)
{
	static struct pair p;
	p.w = ble_world_new(&(struct ble_world_options){ .seed = 1 });
	kit_add(&p.a, p.w, &(struct ble_node_options){ .x_m = 0 });
	kit_add(&p.b, p.w, &(struct ble_node_options){ .x_m = 2 });
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;
	ble_world_free(p->w);
	return 0;
}

/* Vol 6 Part B 2.1: 1M: 8 us an octet, 10 octets around the payload; 2M: 4 us, 11 octets. */
static void test_air_time(void **state)
{
	(void)state;
	assert_int_equal(air_time_ns(BLE_PHY_1M, 2 + 0), 80000);
	assert_int_equal(air_time_ns(BLE_PHY_1M, 2 + 27), 296000);
	assert_int_equal(air_time_ns(BLE_PHY_1M, 2 + 37), 376000);
	assert_int_equal(air_time_ns(BLE_PHY_1M, 2 + 251), 2088000);
	assert_int_equal(air_time_ns(BLE_PHY_1M, 2 + 255), 2120000);
	assert_int_equal(air_time_ns(BLE_PHY_2M, 2 + 0), 44000);
	assert_int_equal(air_time_ns(BLE_PHY_2M, 2 + 251), 1048000);
	assert_int_equal(air_time_ns(BLE_PHY_2M, 2 + 255), 1064000);
}

static void test_packet_arrives(void **state)
{
	struct pair *p = *state;
	kit_tx(&p->a, 1000, adv, BLE_RADIO_STOP);
	kit_rx(&p->b, 900, 500, BLE_RADIO_STOP);
	ble_world_run_until(p->w, 10000);
	assert_int_equal(p->a.count, 1);
	assert_int_equal(p->a.results[0].status, BLE_RADIO_SENT);
	assert_int_equal(p->a.results[0].start_us, 1000);
	assert_int_equal(p->a.results[0].end_us, 1376);
	assert_int_equal(p->b.count, 1);
	assert_int_equal(p->b.results[0].status, BLE_RADIO_RECEIVED);
	assert_true(p->b.results[0].crc_ok);
	assert_int_equal(p->b.results[0].start_us, 1000);
	assert_int_equal(p->b.results[0].end_us, 1376);
	assert_int_equal(p->b.results[0].rssi_dbm, -46); /* 40 dB at 1 m, 6 at 2 m */
	assert_memory_equal(p->b.rx, adv, sizeof adv);
	assert_int_equal(ble_world_now(p->w), 10000);
}

/* ADV_IND, SCAN_REQ, SCAN_RSP: T_IFS of 150 us between, measured in the trace. */
static void test_turns(void **state)
{
	struct pair *p = *state;
	uint8_t req[2 + 12] = { 0x03, 12 }, rsp[2 + 6] = { 0x04, 6 }, a_rx[257];
	struct ble_radio_next of_a[] = { { .pdu = a_rx, .then = BLE_RADIO_TURN },
		{ .pdu = rsp, .then = BLE_RADIO_STOP } };
	struct ble_radio_next of_b[] = { { .pdu = req, .then = BLE_RADIO_TURN },
		{ .pdu = p->b.rx, .then = BLE_RADIO_STOP } };
	struct kit_trace t;
	kit_trace_init(&t);
	ble_world_trace(p->w, &t.sink);
	p->a.answers = of_a;
	p->b.answers = of_b;
	p->a.answer_count = p->b.answer_count = 2;
	kit_tx(&p->a, 1000, adv, BLE_RADIO_TURN);
	kit_rx(&p->b, 1000, 0, BLE_RADIO_TURN); /* a window of one instant */
	ble_world_run_until(p->w, 10000);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.t_us[0], 1000);
	assert_int_equal(t.t_us[1], 1000 + 376 + 150);
	assert_int_equal(t.t_us[2], 1000 + 376 + 150 + (10 + 12) * 8 + 150);
	assert_int_equal(p->a.count, 3);
	assert_int_equal(p->b.count, 3);
	assert_int_equal(p->a.results[1].status, BLE_RADIO_RECEIVED);
	assert_int_equal(p->b.results[2].status, BLE_RADIO_RECEIVED);
	assert_true(p->b.results[2].crc_ok);
	assert_memory_equal(p->b.rx, rsp, sizeof rsp);
	kit_trace_free(&t);
}

/* Nothing after our packet: known when an access address would have been there, 40 us after the
 * window. */
static void test_turn_into_silence(void **state)
{
	struct pair *p = *state;
	struct ble_radio_next of_a[] = { { .pdu = p->a.rx, .then = BLE_RADIO_TURN } };
	p->a.answers = of_a;
	p->a.answer_count = 1;
	kit_tx(&p->a, 1000, adv, BLE_RADIO_TURN);
	ble_world_run_until(p->w, 10000);
	assert_int_equal(p->a.count, 2);
	assert_int_equal(p->a.results[1].status, BLE_RADIO_SILENCE);
	assert_int_equal(p->a.results[1].end_us, 1376 + 150 + 2 + 40);
}

static void expect_window(uint64_t open, uint32_t width, uint8_t status)
{
	struct ble_world *w = ble_world_new(NULL);
	struct kit_radio a, b;
	kit_add(&a, w, NULL);
	kit_add(&b, w, NULL);
	kit_tx(&a, 1000, adv, BLE_RADIO_STOP);
	kit_rx(&b, open, width, BLE_RADIO_STOP);
	ble_world_run_until(w, 10000);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.results[0].status, status);
	if (status == BLE_RADIO_SILENCE)
		assert_int_equal(b.results[0].end_us, open + width);
	ble_world_free(w);
}

/* A packet is heard when its preamble begins within the window, edges included. */
static void test_window_edges(void **state)
{
	(void)state;
	expect_window(1000, 0, BLE_RADIO_RECEIVED);
	expect_window(900, 100, BLE_RADIO_RECEIVED);
	expect_window(900, 99, BLE_RADIO_SILENCE);
	expect_window(1001, 5000, BLE_RADIO_SILENCE);
}

static void test_late(void **state)
{
	struct pair *p = *state;
	uint16_t lead = p->a.radio->caps->lead_us;
	ble_world_run_until(p->w, 5000);
	struct ble_radio_op op = kit_op(BLE_RADIO_TX, 5000u + lead - 1, adv);
	assert_int_equal(p->a.radio->post(p->a.radio->ctx, &op), 0);
	assert_int_equal(p->a.count, 0); /* not from within post */
	assert_int_equal(p->a.radio->post(p->a.radio->ctx, &op), BLE_EBUSY);
	ble_world_run_until(p->w, 5000);
	assert_int_equal(p->a.count, 1);
	assert_int_equal(p->a.results[0].status, BLE_RADIO_LATE);
	kit_tx(&p->a, 5000u + lead, adv, BLE_RADIO_STOP);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->a.count, 2);
	assert_int_equal(p->a.results[1].status, BLE_RADIO_SENT);
}

static void test_refused(void **state)
{
	struct pair *p = *state;
	struct ble_radio *r = p->a.radio;
	struct ble_radio_op op = kit_op(BLE_RADIO_TX, 1000, adv);
	op.phy = BLE_PHY_CODED;
	assert_int_equal(r->post(r->ctx, &op), BLE_ENOTSUP);
	op = kit_op(BLE_RADIO_TX, 1000, adv);
	op.channel = 40;
	assert_int_equal(r->post(r->ctx, &op), BLE_EINVAL);
	op = kit_op(BLE_RADIO_TX, UINT64_MAX, adv);
	assert_int_equal(r->post(r->ctx, &op), BLE_EINVAL);
	r->cancel(r->ctx);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->a.count, 0);
}

/* A packet longer than the buffer is cut there and has a bad CRC; what lies behind stays. */
static void test_cut(void **state)
{
	struct pair *p = *state;
	struct ble_radio_op op = kit_op(BLE_RADIO_RX, 900, p->b.rx);
	memset(p->b.rx, 0x77, sizeof p->b.rx);
	op.window_us = 500;
	op.rx_octets = 20;
	kit_tx(&p->a, 1000, adv, BLE_RADIO_STOP);
	assert_int_equal(p->b.radio->post(p->b.radio->ctx, &op), 0);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->b.results[0].status, BLE_RADIO_RECEIVED);
	assert_false(p->b.results[0].crc_ok);
	assert_memory_equal(p->b.rx, adv, 22);
	assert_int_equal(p->b.rx[22], 0x77);
}

/* Cut off in the middle: the sender hears ABORTED at once, the receiver gets a bad CRC at the
 * end. */
static void test_cancel_sending(void **state)
{
	struct pair *p = *state;
	kit_tx(&p->a, 1000, adv, BLE_RADIO_STOP);
	kit_rx(&p->b, 900, 500, BLE_RADIO_STOP);
	ble_world_run_until(p->w, 1200);
	p->a.radio->cancel(p->a.radio->ctx);
	assert_int_equal(p->a.count, 1);
	assert_int_equal(p->a.results[0].status, BLE_RADIO_ABORTED);
	ble_world_remove(p->a.node);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->b.count, 1);
	assert_false(p->b.results[0].crc_ok);
}

static void test_cancel_listening(void **state)
{
	struct pair *p = *state;
	kit_rx(&p->b, 900, 5000, BLE_RADIO_STOP);
	ble_world_run_until(p->w, 1200);
	p->b.radio->cancel(p->b.radio->ctx);
	assert_int_equal(p->b.count, 1);
	assert_int_equal(p->b.results[0].status, BLE_RADIO_ABORTED);
	kit_tx(&p->a, 2000, adv, BLE_RADIO_STOP);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->b.count, 1);
}

static void send_raw(struct ble_world *w, uint16_t node, uint64_t at, bool bad)
{
	struct ble_air_raw raw = { .node = node,
		.channel = 37,
		.phy = BLE_PHY_1M,
		.access_address = KIT_AA,
		.crc_init = KIT_CRC,
		.start_us = at,
		.pdu = adv,
		.len = sizeof adv,
		.bad_crc = bad };
	assert_int_equal(ble_world_transmit(w, &raw), 0);
}

/* keep_open: bad CRCs are told and the window goes on; the first good packet ends it. */
static void test_keep_open(void **state)
{
	struct pair *p = *state;
	struct ble_radio_op op = kit_op(BLE_RADIO_RX, 900, p->b.rx);
	op.window_us = 5000;
	op.keep_open = true;
	assert_int_equal(p->b.radio->post(p->b.radio->ctx, &op), 0);
	send_raw(p->w, 1, 1000, true);
	send_raw(p->w, 1, 2000, true);
	send_raw(p->w, 1, 3000, false);
	send_raw(p->w, 1, 4000, false);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->b.count, 3);
	assert_false(p->b.results[0].crc_ok);
	assert_false(p->b.results[1].crc_ok);
	assert_true(p->b.results[2].crc_ok);
}

/* ... and a packet that outlasts the window is told, then the silence. */
static void test_keep_open_past_the_end(void **state)
{
	struct pair *p = *state;
	struct ble_radio_op op = kit_op(BLE_RADIO_RX, 900, p->b.rx);
	op.window_us = 200;
	op.keep_open = true;
	assert_int_equal(p->b.radio->post(p->b.radio->ctx, &op), 0);
	send_raw(p->w, 1, 1000, true);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->b.count, 2);
	assert_int_equal(p->b.results[0].status, BLE_RADIO_RECEIVED);
	assert_int_equal(p->b.results[1].status, BLE_RADIO_SILENCE);
	assert_int_equal(p->b.results[1].end_us, 1376);
}

/* A bad CRC may be answered too: an acknowledgement is due even then. */
static void test_answer_to_bad_crc(void **state)
{
	struct pair *p = *state;
	struct ble_radio_next of_b[] = { { .pdu = adv, .then = BLE_RADIO_STOP } };
	p->b.answers = of_b;
	p->b.answer_count = 1;
	kit_rx(&p->b, 900, 500, BLE_RADIO_TURN);
	send_raw(p->w, 1, 1000, true);
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->b.count, 2);
	assert_int_equal(p->b.results[1].status, BLE_RADIO_SENT);
	assert_int_equal(p->b.results[1].start_us, 1000 + 376 + 150);
}

static void post_again(struct kit_radio *k, const struct ble_radio_result *result)
{
	struct ble_radio_op op = kit_op(BLE_RADIO_TX, result->end_us + 500, adv);
	assert_int_equal(k->radio->post(k->radio->ctx, &op), k->count < 3 ? 0 : BLE_EBUSY);
}

static void cancel_in_handler(struct kit_radio *k, const struct ble_radio_result *result)
{
	(void)result;
	k->hook = NULL;
	k->radio->cancel(k->radio->ctx);
}

static void test_from_within_the_handler(void **state)
{
	struct pair *p = *state;
	p->a.hook = post_again;
	kit_tx(&p->a, 1000, adv, BLE_RADIO_STOP);
	ble_world_run_until(p->w, 1000 + 2 * 376 + 500);
	assert_int_equal(p->a.count, 2);
	p->a.hook = NULL;
	ble_world_run_until(p->w, 9000);
	assert_int_equal(p->a.count, 3);
	struct ble_radio_next of_a[] = { { .pdu = p->a.rx } };
	p->a.answers = of_a;
	p->a.answer_count = 1;
	p->a.hook = cancel_in_handler;
	kit_tx(&p->a, 10000, adv, BLE_RADIO_TURN);
	ble_world_run_until(p->w, 20000);
	assert_int_equal(p->a.count, 5); /* SENT, and ABORTED from within; the answer is void */
	assert_int_equal(p->a.results[4].status, BLE_RADIO_ABORTED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_air_time),
		TEST(test_packet_arrives),
		TEST(test_turns),
		TEST(test_turn_into_silence),
		cmocka_unit_test(test_window_edges),
		TEST(test_late),
		TEST(test_refused),
		TEST(test_cut),
		TEST(test_cancel_sending),
		TEST(test_cancel_listening),
		TEST(test_keep_open),
		TEST(test_keep_open_past_the_end),
		TEST(test_answer_to_bad_crc),
		TEST(test_from_within_the_handler),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
