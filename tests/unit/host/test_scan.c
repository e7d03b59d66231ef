/*
 * Scanning through the reconciler: Vol 4 Part E 7.8.10, 7.8.11, reports of 7.7.65.2.
 */
#include "tests/unit/host/fake_ctlr.h"

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_observer) });
	fake_up(&f);
	return 0;
}

static void enable(uint8_t on, uint8_t filter)
{
	fake_command(&f, HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(on, filter));
	fake_complete(&f, HCI_CMD_LE_SET_SCAN_ENABLE, 0, NULL, 0);
}

static void begin(const struct ble_scan_params *p)
{
	assert_int_equal(ble_scan_start(f.host, p), 0);
	fake_pump(&f);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS);
	enable(1, 0);
	(void)fake_expect(&f, BLE_EV_SCAN_STARTED);
}

static void parameters_are_rounded_up(void **state)
{
	(void)state;
	assert_int_equal(ble_scan_start(f.host, &(struct ble_scan_params){ .interval_us = 100001, .window_us = 2500,
							.active = true, .filter_duplicates = true }), 0);
	fake_pump(&f);
	fake_command(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, OCTETS(1, 0xA1, 0, 4, 0, 0, 0));
	fake_complete(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, 0, NULL, 0);
	enable(1, 1);
	(void)fake_expect(&f, BLE_EV_SCAN_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

static const uint8_t two_reports[] = { 2, /* 2 reports, each whole before the next */
	0, 1, 1, 2, 3, 4, 5, 0xC6, 3, 2, 1, 6, 0xC4,
	4, 0, 9, 8, 7, 6, 5, 4, 0, 127 };

static void reports_are_told_one_a_poll(void **state)
{
	(void)state;
	begin(NULL);
	fake_le(&f, HCI_LE_EVT_ADVERTISING_REPORT, two_reports, sizeof two_reports);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_REPORT);
	assert_int_equal(ev->report.kind, BLE_REPORT_CONN_UND);
	assert_int_equal(ev->report.addr.type, BLE_ADDR_RANDOM);
	assert_memory_equal(ev->report.addr.octets, "\1\2\3\4\5\xC6", 6);
	assert_int_equal(ev->report.len, 3);
	assert_memory_equal(ev->report.data, "\2\1\6", 3);
	assert_int_equal(ev->report.rssi_dbm, -60);
	ev = fake_expect(&f, BLE_EV_REPORT);
	assert_int_equal(ev->report.kind, BLE_REPORT_SCAN_RSP);
	assert_int_equal(ev->report.len, 0);
	assert_int_equal(ev->report.rssi_dbm, 127);
	fake_expect_none(&f);
	fake_end(&f);
}

static void reports_that_are_cut_give_what_is_whole(void **state)
{
	struct ble_host_stats s;
	(void)state;
	begin(NULL);
	for (size_t len = 0; len < sizeof two_reports; len++) {
		fake_le(&f, HCI_LE_EVT_ADVERTISING_REPORT, two_reports, len);
		if (len >= 14)
			(void)fake_expect(&f, BLE_EV_REPORT);
		fake_expect_none(&f);
		ble_host_stats(f.host, &s);
		assert_int_equal(s.malformed, len + 1);
	}
	fake_end(&f);
}

static void stop_is_told_once_and_silences_at_once(void **state)
{
	(void)state;
	assert_int_equal(ble_scan_stop(f.host), 0);
	begin(NULL);
	assert_int_equal(ble_scan_stop(f.host), 0);
	fake_le(&f, HCI_LE_EVT_ADVERTISING_REPORT, two_reports, sizeof two_reports);
	fake_expect_none(&f);
	enable(0, 0);
	(void)fake_expect(&f, BLE_EV_SCAN_STOPPED);
	assert_int_equal(ble_scan_stop(f.host), 0);
	fake_pump(&f);
	fake_expect_none(&f);
	fake_silent(&f);
	fake_end(&f);
}

static void a_duration_ends_it(void **state)
{
	(void)state;
	begin(&(struct ble_scan_params){ .duration_ms = 1000 });
	fake_pass(&f, 999999);
	fake_silent(&f);
	fake_pass(&f, 1);
	enable(0, 0);
	(void)fake_expect(&f, BLE_EV_SCAN_STOPPED);
	fake_expect_none(&f);
	fake_end(&f);
}

static void a_restart_has_no_events_and_a_new_duration(void **state)
{
	(void)state;
	begin(&(struct ble_scan_params){ .duration_ms = 1000 });
	fake_pass(&f, 900000);
	assert_int_equal(ble_scan_start(f.host, &(struct ble_scan_params){ .duration_ms = 500, .active = true }), 0);
	fake_pump(&f);
	enable(0, 0);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, NULL, 0)[0], 1);
	fake_complete(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, 0, NULL, 0);
	enable(1, 0);
	fake_pass(&f, 499999);
	fake_silent(&f);
	fake_expect_none(&f);
	fake_pass(&f, 1);
	enable(0, 0);
	(void)fake_expect(&f, BLE_EV_SCAN_STOPPED);
	fake_end(&f);
}

static void stop_and_start_are_an_end_and_a_beginning(void **state)
{
	(void)state;
	begin(NULL);
	assert_int_equal(ble_scan_stop(f.host), 0);
	assert_int_equal(ble_scan_start(f.host, NULL), 0);
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_SCAN_STOPPED);
	enable(0, 0);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS);
	enable(1, 0);
	(void)fake_expect(&f, BLE_EV_SCAN_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

/* Stopped while it is off for a moment, between two sets of parameters: there is nothing to disable, and it is told. */
static void a_stop_within_a_restart_is_told(void **state)
{
	(void)state;
	begin(NULL);
	assert_int_equal(ble_scan_start(f.host, NULL), 0);
	fake_pump(&f);
	enable(0, 0);
	assert_int_equal(ble_scan_stop(f.host), 0);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS);
	(void)fake_expect(&f, BLE_EV_SCAN_STOPPED);
	fake_silent(&f);
	fake_expect_none(&f);
	fake_end(&f);
}

static void a_refusal_is_told(void **state)
{
	(void)state;
	assert_int_equal(ble_scan_start(f.host, NULL), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, NULL, 0);
	fake_complete(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, 0x0C, NULL, 0);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_SCAN);
	assert_int_equal(ev->error.err, BLE_EHCI(0x0C));
	fake_silent(&f);
	fake_expect_none(&f);
	fake_end(&f);
}

static void recovery_goes_on_scanning_without_a_word(void **state)
{
	(void)state;
	begin(NULL);
	f.gone = BLE_EGONE;
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_LOST);
	f.gone = 0;
	f.answers = true;
	fake_pass(&f, 1000000);
	(void)fake_expect(&f, BLE_EV_READY);
	fake_le(&f, HCI_LE_EVT_ADVERTISING_REPORT, two_reports, sizeof two_reports);
	(void)fake_expect(&f, BLE_EV_REPORT);
	(void)fake_expect(&f, BLE_EV_REPORT);
	fake_expect_none(&f);
	fake_end(&f);
}

static void ranges_are_refused(void **state)
{
	static const struct {
		struct ble_scan_params p;
		const char *text;
	} cases[] = {
		{ { .interval_us = 2499 }, "interval_us: 2499 is outside 2500..10240000" },
		{ { .interval_us = 10240001 }, "interval_us: 10240001 is outside 2500..10240000" },
		{ { .interval_us = 5000, .window_us = 5001 }, "window_us: 5001 is outside 2500..5000" },
		{ { .window_us = 2499 }, "window_us: 2499 is outside 2500..10000" },
	};
	char text[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(ble_scan_start(f.host, &cases[i].p), BLE_ERANGE);
		ble_fault_text(ble_host_fault(f.host), text, sizeof text);
		assert_string_equal(text, cases[i].text);
	}
	fake_silent(&f);
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(parameters_are_rounded_up, setup),
		cmocka_unit_test_setup(reports_are_told_one_a_poll, setup),
		cmocka_unit_test_setup(reports_that_are_cut_give_what_is_whole, setup),
		cmocka_unit_test_setup(stop_is_told_once_and_silences_at_once, setup),
		cmocka_unit_test_setup(a_duration_ends_it, setup),
		cmocka_unit_test_setup(a_restart_has_no_events_and_a_new_duration, setup),
		cmocka_unit_test_setup(stop_and_start_are_an_end_and_a_beginning, setup),
		cmocka_unit_test_setup(a_stop_within_a_restart_is_told, setup),
		cmocka_unit_test_setup(a_refusal_is_told, setup),
		cmocka_unit_test_setup(recovery_goes_on_scanning_without_a_word, setup),
		cmocka_unit_test_setup(ranges_are_refused, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
