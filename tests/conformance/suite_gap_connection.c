/*
 * GAP: the life of a connection as a peripheral sees it: parameters asked for, granted, refused, passed over in
 * silence, and the end (GAP/CONN/CPUP, TERM). Vol 3 Part C 9.3.9, 9.3.10; the request is Vol 3 Part A 4.20, or that of
 * the link layer, Vol 6 Part B 5.1.7: what is on the air then is looked at.
 */
#include "kit.h"

#include <string.h>

/* 100 ms is 0050 in units of 1.25 ms, 4 s is 0190 in units of 10 ms; the tester has connected with 30 ms. */
#define REQUEST "12 .. 08 00 50 00 50 00 00 00 90 01"
static const struct ble_conn_params slow = { .interval_min_us = 100000, .interval_max_us = 100000 };

/* Asks, and returns the identifier of the request that the tester has received. */
static uint8_t ask(struct kit *k)
{
	struct lt_frame f;
	kit_host(k, NULL);
	ut_peripheral(k);
	assert_int_equal(ble_conn_update(k->host, k->conn, &slow), 0);
	kit_wake(k);
	assert_true(lt_receive(&k->lt, KIT_SIG, &f, 1000));
	EQUAL(f.octets, f.len, REQUEST);
	return f.octets[1];
}

static void answer(struct kit *k, uint8_t identifier, uint8_t result)
{
	uint8_t rsp[6] = { 0x13, identifier, 2, 0, result, 0 };
	lt_send(&k->lt, KIT_SIG, rsp, sizeof rsp);
}

static void expect_interval(struct kit *k, uint32_t interval_us)
{
	struct ble_conn_info info;
	assert_int_equal(ble_conn_info(k->host, k->conn, &info), 0);
	assert_int_equal(info.interval_us, interval_us);
	assert_true(k->lt.up);
}

static void accepted(void **state)
{
	struct kit *k = *state;
	answer(k, ask(k), 0);
	lt_update(&k->lt, 80, 0, 400);
	kit_run(k, 1000);
	assert_int_equal(k->last[BLE_EV_PARAMS].params.err, 0);
	expect_interval(k, 100000);
}

/* TGAP(conn_param_timeout) is 30 s. */
static void unanswered(void **state)
{
	struct kit *k = *state;
	ask(k);
	kit_run(k, 29000);
	assert_int_equal(k->count[BLE_EV_PARAMS], 0);
	assert_int_equal(ut_expect(k, BLE_EV_PARAMS, 2000)->params.err, BLE_ETIMEOUT);
	SIG(k, "I -");
	expect_interval(k, 30000);
}

/* The host is told and does not ask again by itself. */
static void refused(void **state)
{
	struct kit *k = *state;
	answer(k, ask(k), 1);
	assert_int_equal(ut_expect(k, BLE_EV_PARAMS, 1000)->params.err, BLE_EREFUSED);
	kit_run(k, 35000);
	SIG(k, "I -");
	expect_interval(k, 30000);
}

/* --- by the link layer --------------------------------------------------------------------------------------------- */

enum { LL_UPDATE_IND = 0x00, LL_PARAM_REQ = 0x0F, LL_PARAM_RSP = 0x10, LL_REJECT_EXT = 0x11 };

/* Control PDUs by opcode; the direction is that of the link. */
static unsigned said[256];

static void on_air(void *ctx, const struct ble_trace_rec *rec)
{
	const uint8_t *pdu = (const uint8_t *)rec->data + 4;
	(void)ctx;
	if (rec->kind == BLE_TRACE_AIR && rec->air->flow != BLE_FLOW_ADV && (pdu[0] & 3) == 3)
		said[pdu[2]]++;
}

static void link_host(struct kit *k)
{
	static const struct ble_trace air = { .put = on_air };
	static const uint8_t all[8] = { 255, 253, 255, 255, 255, 255, 255, 255 }; /* but the enhanced complete event */
	memset(said, 0, sizeof said);
	ble_world_trace(k->world, &air);
	kit_host(k, &(struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_link_update) });
	assert_int_equal(lt_cmd(&k->lt, 0x2001, all, 8), 0); /* LE Set Event Mask: the tester's host wants to be asked */
	ut_peripheral(k);
}

static void handle_of(struct kit *k, uint8_t out[2])
{
	out[0] = (uint8_t)k->lt.handle;
	out[1] = (uint8_t)(k->lt.handle >> 8);
}

/* The tester's link layer asks a peer whose features it knows. */
static void answers_link_layer(void **state)
{
	struct kit *k = *state;
	uint8_t handle[2];
	link_host(k);
	handle_of(k, handle);
	assert_int_equal(lt_cmd(&k->lt, 0x2016, handle, 2), 0); /* LE Read Remote Features */
	kit_run(k, 500);
	lt_update(&k->lt, 80, 0, 400);
	kit_run(k, 1000);
	assert_int_equal(said[LL_PARAM_REQ], 1);
	assert_int_equal(said[LL_PARAM_RSP], 1);
	assert_int_equal(said[LL_REJECT_EXT], 0);
	expect_interval(k, 100000);
}

/* 0x2020: LE Remote Connection Parameter Request Reply, 0x2021: the negative one. */
static void ask_link_layer(struct kit *k)
{
	link_host(k);
	assert_int_equal(ble_conn_update(k->host, k->conn, &slow), 0);
	kit_wake(k);
	kit_run(k, 300);
	assert_int_equal(said[LL_PARAM_REQ], 1);
}

static void starts_link_layer(void **state)
{
	struct kit *k = *state;
	uint8_t reply[14] = { 0, 0, 0x50, 0, 0x50, 0, 0, 0, 0x90, 0x01 };
	ask_link_layer(k);
	handle_of(k, reply);
	assert_int_equal(lt_cmd(&k->lt, 0x2020, reply, sizeof reply), 0);
	assert_int_equal(ut_expect(k, BLE_EV_PARAMS, 2000)->params.err, 0);
	assert_int_equal(said[LL_UPDATE_IND], 1);
	expect_interval(k, 100000);
	SIG(k, "I -"); /* nothing by L2CAP */
}

static void is_refused_by_link_layer(void **state)
{
	struct kit *k = *state;
	uint8_t no[3] = { 0, 0, 0x3B };
	ask_link_layer(k);
	handle_of(k, no);
	assert_int_equal(lt_cmd(&k->lt, 0x2021, no, sizeof no), 0);
	assert_int_equal(ut_expect(k, BLE_EV_PARAMS, 2000)->params.err, BLE_EHCI(0x3B));
	SIG(k, "I -");
	expect_interval(k, 30000);
}

/* A peer whose host does not want to be asked: 0x1A, so by L2CAP, and from then on at once. */
static void falls_back_to_l2cap(void **state)
{
	struct kit *k = *state;
	static const uint8_t few[8] = { 0x1F };
	struct lt_frame f;
	link_host(k);
	assert_int_equal(lt_cmd(&k->lt, 0x2001, few, 8), 0);
	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(ble_conn_update(k->host, k->conn, &slow), 0);
		kit_wake(k);
		assert_true(lt_receive(&k->lt, KIT_SIG, &f, 1000));
		EQUAL(f.octets, f.len, REQUEST);
		assert_int_equal(said[LL_PARAM_REQ], 1);
		answer(k, f.octets[1], 1);
		assert_int_equal(ut_expect(k, BLE_EV_PARAMS, 1000)->params.err, BLE_EREFUSED);
	}
}

static void terminate(void **state)
{
	struct kit *k = *state;
	kit_host(k, NULL);
	ut_peripheral(k);
	assert_int_equal(ble_conn_disconnect(k->host, k->conn, 0), 0);
	assert_int_equal(ut_expect(k, BLE_EV_DISCONNECTED, 1000)->disconnected.reason, 0x16);
	lt_wait_down(&k->lt, 1000);
	assert_int_equal(k->lt.reason, 0x13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/CONN/CPUP/BV-01-C", accepted),
		CASE("GAP/CONN/CPUP/BV-02-C", unanswered),
		CASE("GAP/CONN/CPUP/BV-03-C", refused),
		CASE("GAP/CONN/CPUP/BV-08-C", answers_link_layer),
		CASE("GAP/CONN/CPUP/BV-10-C", starts_link_layer),
		cmocka_unit_test_setup_teardown(is_refused_by_link_layer, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(falls_back_to_l2cap, kit_setup, kit_teardown),
		CASE("GAP/CONN/TERM/BV-01-C", terminate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
