/*
 * The implementation as central: connections that it makes, parameters that it grants, refuses or changes, and the
 * peer's name (GAP/CONN/DCEP, GCEP, CPUP, GAP/IDLE, L2CAP/LE/CPU). Vol 3 Part C 9.3.6-9.3.9, Part A 4.20.
 */
#include "client_log.h"

#define REQUEST_SLOW "12 21 08 00 50 00 50 00 00 00 90 01"     /* 100 ms, no latency, 4 s */
#define REQUEST_BACKWARDS "12 22 08 00 50 00 28 00 00 00 90 01" /* from 100 ms to 50 ms */
#define REQUEST_TOO_SLOW "12 23 08 00 50 00 81 0C 00 00 90 01"  /* to 4001.25 ms */
#define REQUEST_IMPATIENT "12 24 08 00 50 00 50 00 13 00 90 01" /* 20 intervals of 100 ms twice are not below 4 s */

static void expect_connected(struct kit *k)
{
	struct ble_addr lower;
	lt_address(&k->lt, &lower);
	kit_wake(k);
	lt_wait_up(&k->lt, 3000);
	kit_run(k, 500);
	assert_int_equal(k->count[BLE_EV_CONNECTED], 1);
	assert_int_equal(k->last[BLE_EV_CONNECTED].connected.role, BLE_ROLE_CENTRAL);
	assert_memory_equal(k->last[BLE_EV_CONNECTED].connected.peer.octets, lower.octets, 6);
	assert_int_equal(k->lt.role, BLE_ROLE_PERIPHERAL);
	assert_true(k->lt.up);
}

/* Direct connection establishment: the address is known. row: the PDU type that the tester advertises with. */
static void direct(void **state)
{
	struct kit *k = *state;
	const uint8_t *type = k->row;
	struct ble_addr lower;
	kit_host(k, NULL);
	k->lt.direct_to = ut_address(k);
	lt_address(&k->lt, &lower);
	lt_advertise(&k->lt, *type, NULL, 0, NULL, 0);
	assert_int_equal(ble_conn_create(k->host, &lower, NULL), 0);
	expect_connected(k);
}

/* General connection establishment: whom to connect to is learnt by scanning. */
static void general(void **state)
{
	struct kit *k = *state;
	kit_host(k, NULL);
	k->lt.direct_to = ut_address(k);
	lt_advertise(&k->lt, 1, NULL, 0, NULL, 0);
	assert_int_equal(ble_scan_start(k->host, NULL), 0);
	const struct ble_event *ev = ut_expect(k, BLE_EV_REPORT, 3000);
	assert_int_equal(ev->report.kind, BLE_REPORT_CONN_DIR);
	struct ble_addr found = ev->report.addr;
	assert_int_equal(ble_scan_stop(k->host), 0);
	ut_expect(k, BLE_EV_SCAN_STOPPED, 1000);
	assert_int_equal(ble_conn_create(k->host, &found, NULL), 0);
	expect_connected(k);
}

static void grants(void **state)
{
	struct kit *k = *state;
	kit_host(k, NULL);
	ut_central(k);
	SIG(k, "T " REQUEST_SLOW, "I 13 21 02 00 00 00");
	kit_run(k, 2000);
	assert_int_equal(k->lt.updates, 1);
	assert_int_equal(k->lt.interval, 0x50);
	assert_int_equal(k->lt.supervision, 400);
	struct ble_conn_info info;
	assert_int_equal(ble_conn_info(k->host, k->conn, &info), 0);
	assert_int_equal(info.interval_us, 100000);
}

static void refuses(void **state)
{
	struct kit *k = *state;
	kit_host(k, NULL);
	ut_central(k);
	SIG(k, "T " REQUEST_BACKWARDS, "I 13 22 02 00 01 00", "T " REQUEST_TOO_SLOW, "I 13 23 02 00 01 00",
		"T " REQUEST_IMPATIENT, "I 13 24 02 00 01 00");
	kit_run(k, 2000);
	assert_int_equal(k->lt.updates, 0);
	assert_true(k->lt.up);
}

static void starts_an_update(void **state)
{
	struct kit *k = *state;
	const struct ble_conn_params slow = { .interval_min_us = 100000, .interval_max_us = 100000, .latency = 1 };
	kit_host(k, NULL);
	ut_central(k);
	assert_int_equal(ble_conn_update(k->host, k->conn, &slow), 0);
	const struct ble_event *ev = ut_expect(k, BLE_EV_PARAMS, 3000);
	assert_int_equal(ev->params.err, 0);
	assert_int_equal(ev->params.interval_us, 100000);
	kit_run(k, 500);
	assert_int_equal(k->lt.interval, 0x50);
	assert_int_equal(k->lt.latency, 1);
	SIG(k, "I -");
}

static void peer_name(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_characteristics(k->host, k->conn, 1, 7));
	ATT(k, "I 08 01 00 07 00 03 28", "T 09 07 02 00 02 03 00 00 2A", "I 08 03 00 07 00 03 28", "T 01 08 03 00 0A");
	LOGGED(k, "characteristic 0002 value 0003 properties 02 uuid 2A00\ndone ok\n");
	BEGUN(k, ble_client_read(k->host, k->conn, 3));
	ATT(k, "I 0A 03 00", "T 0B 41 20 42");
	LOGGED(k, "value 0003+0 41 20 42\ndone ok\n");
}

static const uint8_t adv_ind = 0, adv_direct_ind = 1;

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW("GAP/CONN/DCEP/BV-01-C", direct, &adv_direct_ind),
		ROW("GAP/CONN/DCEP/BV-03-C", direct, &adv_ind),
		CASE("GAP/CONN/GCEP/BV-01-C", general),
		CASE("GAP/CONN/CPUP/BV-04-C", grants),
		CASE("GAP/CONN/CPUP/BV-05-C", refuses),
		CASE("GAP/CONN/CPUP/BV-06-C", starts_an_update),
		CASE("L2CAP/LE/CPU/BI-01-C", refuses),
		CASE("L2CAP/LE/CPU/BV-02-C", grants),
		CASE("GAP/IDLE/NAMP/BV-01-C", peer_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
