/*
 * GAP: broadcasting and observing, discoverable and connectable modes, as a peripheral shows them on the air
 * (GAP/BROB, DISC, CONN). Modes are flags, PDU types and time-outs: Vol 3 Part C 9.1-9.3, flags CSS Part A 1.3.
 */
#include "kit.h"

#define LIMITED "02 01 05"
#define GENERAL "02 01 06"
#define HIDDEN "02 01 04"

enum { ADV_IND, ADV_DIRECT_IND, ADV_SCAN_IND, ADV_NONCONN_IND, SCAN_RSP };
enum { AIR_SCAN_REQ = 3 }; /* Vol 6 Part B 2.3 */

/* The host advertises this, and the tester scans. data: AD structures, or "". */
static void advertise(struct kit *k, uint8_t mode, const char *data, const char *rsp, uint32_t timeout_ms)
{
	uint8_t adv[31], scan_rsp[31];
	size_t len = kit_octets(data, adv, sizeof adv), rsp_len = kit_octets(rsp, scan_rsp, sizeof scan_rsp);
	kit_host(k, NULL);
	assert_int_equal(ble_adv_set(k->host, &(struct ble_adv_params){ .mode = mode, .timeout_ms = timeout_ms }), 0);
	assert_int_equal(ble_adv_data(k->host, adv, len, scan_rsp, rsp_len), 0);
	assert_int_equal(ble_adv_start(k->host), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
	lt_scan(&k->lt, true);
}

/* Ten packets of this kind with this data, and none that would be another mode. */
static void heard_only(struct kit *k, uint8_t type, const char *data)
{
	assert_true(lt_wait_reports(&k->lt, type, 10, 5000));
	for (unsigned i = 0; i < k->lt.report_count; i++)
		assert_true(k->lt.reports[i].type == type ||
			((type == ADV_IND || type == ADV_SCAN_IND) && k->lt.reports[i].type == SCAN_RSP));
	EQUAL(lt_last_report(&k->lt, type)->data, lt_last_report(&k->lt, type)->len, data);
	struct ble_addr a = ut_address(k);
	assert_memory_equal(lt_last_report(&k->lt, type)->addr, a.octets, 6);
	lt_scan_end(&k->lt);
}

/* Three seconds of trying, and no connection. */
static void refuses_connections(struct kit *k)
{
	struct ble_addr a = ut_address(k);
	lt_connect(&k->lt, &a);
	kit_run(k, 3000);
	assert_false(k->lt.up);
	assert_int_equal(k->lt.made, 0);
	assert_int_equal(lt_connect_cancel(&k->lt), 0);
	assert_int_equal(k->count[BLE_EV_CONNECTED], 0);
}

static void accepts_connection(struct kit *k)
{
	struct ble_addr a = ut_address(k);
	lt_connect(&k->lt, &a);
	lt_wait_up(&k->lt, 3000);
	kit_run(k, 500);
	assert_true(k->lt.up);
	assert_int_equal(k->count[BLE_EV_CONNECTED], 1);
	assert_int_equal(k->last[BLE_EV_CONNECTED].connected.role, BLE_ROLE_PERIPHERAL);
}

/* Broadcast mode: 9.1.1. No discoverable flag. */
static void broadcast(void **state)
{
	advertise(*state, BLE_ADV_UNCN_UND, "04 16 0F 18 64", "", 0);
	heard_only(*state, ADV_NONCONN_IND, "04 16 0F 18 64");
	refuses_connections(*state);
}

static void broadcast_scannable(void **state)
{
	struct kit *k = *state;
	advertise(k, BLE_ADV_SCAN_UND, "04 16 0F 18 64", "03 19 41 03", 0);
	assert_true(lt_wait_reports(&k->lt, SCAN_RSP, 3, 5000));
	EQUAL(lt_last_report(&k->lt, SCAN_RSP)->data, lt_last_report(&k->lt, SCAN_RSP)->len, "03 19 41 03");
	heard_only(k, ADV_SCAN_IND, "04 16 0F 18 64");
}

/* Observation: 9.1.2. */
static const struct ble_event *observe(struct kit *k, uint8_t type, bool active)
{
	kit_host(k, NULL);
	lt_advertise(&k->lt, type, "\4\x16\x0F\x18\x64", 5, "\3\x19\x41\3", 4);
	assert_int_equal(ble_scan_start(k->host, &(struct ble_scan_params){ .active = active }), 0);
	ut_expect(k, BLE_EV_SCAN_STARTED, 1000);
	return ut_expect(k, BLE_EV_REPORT, 5000);
}

static void observe_passively(void **state)
{
	struct kit *k = *state;
	struct ble_addr lower;
	const struct ble_event *ev = observe(k, ADV_SCAN_IND, false);
	lt_address(&k->lt, &lower);
	assert_int_equal(ev->report.kind, BLE_REPORT_SCAN_UND);
	assert_int_equal(ev->report.addr.type, lower.type);
	assert_memory_equal(ev->report.addr.octets, lower.octets, 6);
	EQUAL(ev->report.data, ev->report.len, "04 16 0F 18 64");
	kit_run(k, 5000);
	assert_int_equal(k->aired[AIR_SCAN_REQ], 0);
	assert_int_equal(k->last[BLE_EV_REPORT].report.kind, BLE_REPORT_SCAN_UND);
}

static void observe_actively(void **state)
{
	struct kit *k = *state;
	const struct ble_event *ev = observe(k, ADV_SCAN_IND, true);
	assert_int_equal(ev->report.kind, BLE_REPORT_SCAN_UND);
	while (ev->report.kind != BLE_REPORT_SCAN_RSP)
		ev = ut_expect(k, BLE_EV_REPORT, 5000);
	EQUAL(ev->report.data, ev->report.len, "03 19 41 03");
	assert_true(k->aired[AIR_SCAN_REQ] > 0);
}

/* 9.2.2: non-discoverable, whether connectable or not. */
static void hidden_nonconnectable(void **state)
{
	advertise(*state, BLE_ADV_UNCN_UND, HIDDEN, "", 0);
	heard_only(*state, ADV_NONCONN_IND, HIDDEN);
}

static void hidden_connectable(void **state)
{
	advertise(*state, BLE_ADV_CONN_UND, HIDDEN, "", 0);
	heard_only(*state, ADV_IND, HIDDEN);
}

/* 9.2.4: general discoverable. */
static void general_nonconnectable(void **state)
{
	advertise(*state, BLE_ADV_UNCN_UND, GENERAL, "", 0);
	heard_only(*state, ADV_NONCONN_IND, GENERAL);
}

static void general_connectable(void **state)
{
	advertise(*state, BLE_ADV_CONN_UND, GENERAL, "", 0);
	heard_only(*state, ADV_IND, GENERAL);
}

/* 9.2.3: limited discoverable ends after TGAP(lim_adv_timeout), 180 s, at the latest. */
static void limited(struct kit *k, uint8_t mode, uint8_t type)
{
	advertise(k, mode, LIMITED, "", 180000);
	heard_only(k, type, LIMITED);
	kit_run(k, 170000);
	lt_scan(&k->lt, false);
	assert_true(lt_wait_reports(&k->lt, type, 1, 2000));
	assert_int_equal(k->count[BLE_EV_ADV_STOPPED], 0);
	ut_expect(k, BLE_EV_ADV_STOPPED, 10000);
	lt_scan_end(&k->lt);
	lt_scan(&k->lt, false);
	kit_run(k, 5000);
	assert_int_equal(k->lt.report_count, 0);
}

static void limited_nonconnectable(void **state)
{
	limited(*state, BLE_ADV_UNCN_UND, ADV_NONCONN_IND);
}

static void limited_connectable(void **state)
{
	limited(*state, BLE_ADV_CONN_UND, ADV_IND);
}

/* 9.3.2: non-connectable, in every discoverable mode. */
static void nonconnectable(void **state)
{
	const char *data = ((struct kit *)*state)->row;
	advertise(*state, BLE_ADV_UNCN_UND, data, "", 0);
	heard_only(*state, ADV_NONCONN_IND, data);
	refuses_connections(*state);
}

/* 9.3.4: undirected connectable, in every discoverable mode. */
static void connectable(void **state)
{
	const char *data = ((struct kit *)*state)->row;
	advertise(*state, BLE_ADV_CONN_UND, data, "", 0);
	heard_only(*state, ADV_IND, data);
	accepts_connection(*state);
}

/* 9.3.3: directed connectable. */
static void directed(void **state)
{
	struct kit *k = *state;
	struct ble_adv_params params = { .mode = BLE_ADV_CONN_DIR, .interval_min_us = 100000 };
	lt_address(&k->lt, &params.peer);
	kit_host(k, NULL);
	assert_int_equal(ble_adv_set(k->host, &params), 0);
	assert_int_equal(ble_adv_start(k->host), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
	lt_scan(&k->lt, false);
	assert_true(lt_wait_reports(&k->lt, ADV_DIRECT_IND, 3, 5000));
	assert_int_equal(lt_reports(&k->lt, ADV_IND), 0);
	lt_scan_end(&k->lt);
	accepts_connection(k);
	struct ble_addr lower;
	lt_address(&k->lt, &lower);
	assert_memory_equal(k->last[BLE_EV_CONNECTED].connected.peer.octets, lower.octets, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/BROB/BCST/BV-01-C", broadcast),
		CASE("GAP/BROB/BCST/BV-02-C", broadcast_scannable),
		CASE("GAP/BROB/OBSV/BV-01-C", observe_passively),
		CASE("GAP/BROB/OBSV/BV-02-C", observe_actively),
		CASE("GAP/DISC/NONM/BV-01-C", hidden_nonconnectable),
		CASE("GAP/DISC/NONM/BV-02-C", hidden_connectable),
		CASE("GAP/DISC/LIMM/BV-03-C", limited_nonconnectable),
		CASE("GAP/DISC/LIMM/BV-04-C", limited_connectable),
		CASE("GAP/DISC/GENM/BV-03-C", general_nonconnectable),
		CASE("GAP/DISC/GENM/BV-04-C", general_connectable),
		CASE("GAP/CONN/DCON/BV-01-C", directed),
		ROW("GAP/CONN/NCON/BV-01-C", nonconnectable, HIDDEN),
		ROW("GAP/CONN/NCON/BV-02-C", nonconnectable, GENERAL),
		ROW("GAP/CONN/NCON/BV-03-C", nonconnectable, LIMITED),
		ROW("GAP/CONN/UCON/BV-01-C", connectable, HIDDEN),
		ROW("GAP/CONN/UCON/BV-02-C", connectable, GENERAL),
		ROW("GAP/CONN/UCON/BV-03-C", connectable, LIMITED),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
