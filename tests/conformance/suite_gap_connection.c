/*
 * GAP: the life of a connection as a peripheral sees it: parameters asked for, granted, refused, passed over in
 * silence, and the end (GAP/CONN/CPUP, TERM). Vol 3 Part C 9.3.9, 9.3.10; the request is Vol 3 Part A 4.20.
 */
#include "kit.h"

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
		CASE("GAP/CONN/TERM/BV-01-C", terminate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
