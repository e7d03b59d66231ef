/*
 * Many activities on one radio: advertising and its answers, scanning with back-off, filters, and a
 * device that is central and peripheral of several connections while it advertises and scans.
 */
#include "ll_host.h"

#include <string.h>

static struct ble_world *w;

static void start(uint64_t seed)
{
	w = ble_world_new(&(struct ble_world_options){ .seed = seed });
	assert_non_null(w);
}

static void test_reports(void **state)
{
	(void)state;
	struct host adv, scan;
	static const uint8_t types[] = { HCI_ADV_IND, HCI_ADV_SCAN_IND, HCI_ADV_NONCONN_IND };
	start(1);
	host_add(&adv, w, NULL);
	host_add(&scan, w, NULL);
	for (unsigned i = 0; i < 3; i++) {
		bool answers = types[i] != HCI_ADV_NONCONN_IND;
		memset(scan.reports, 0, sizeof scan.reports);
		assert_int_equal(host_scan(&scan, true, 16, 16, false), 0);
		assert_int_equal(host_advertise(&adv, types[i], 160, "data", "response"), 0);
		host_run(&adv, 10000000);
		/*
		 * 100 ms and 5 ms on average: 95 events in 10 s; each is heard on one of the three
		 * channels, less what falls between two windows
		 */
		assert_in_range(scan.reports[types[i]], 85, 100);
		assert_in_range(
			scan.reports[HCI_REPORT_SCAN_RSP], answers ? 80 : 0, answers ? 100 : 0);
		assert_memory_equal(scan.report_data, answers ? "response" : "data", 4);
		assert_int_equal(host_stop_advertising(&adv), 0);
		assert_int_equal(host_stop_scan(&scan), 0);
		host_run(&adv, 100000);
		unsigned heard = scan.reports[types[i]];
		host_run(&adv, 1000000);
		assert_int_equal(scan.reports[types[i]], heard);
	}
	host_check_leaks(&adv);
	host_check_leaks(&scan);
	ble_world_free(w);
}

static void test_duplicates(void **state)
{
	(void)state;
	struct host adv[20], scan;
	start(2);
	host_add(&scan, w, NULL);
	for (unsigned i = 0; i < 20; i++) {
		host_add(&adv[i], w, NULL);
		assert_int_equal(host_advertise(&adv[i], HCI_ADV_IND, 160, "x", "y"), 0);
	}
	assert_int_equal(host_scan(&scan, true, 160, 160, true), 0);
	host_run(&scan, 20000000);
	assert_int_equal(scan.reports[HCI_REPORT_ADV_IND], 20);
	assert_int_equal(scan.reports[HCI_REPORT_SCAN_RSP], 20);
	ble_world_free(w);
}

/*
 * Requests at one moment, equally strong, destroy each other: only backing off gets anybody a
 * response.
 */
static void test_backoff(void **state)
{
	(void)state;
	struct host adv, scan[2];
	start(3);
	host_add(&adv, w, NULL);
	for (unsigned i = 0; i < 2; i++) {
		host_add(&scan[i], w, &(struct ble_node_options){ .x_m = i ? 3 : -3 });
		assert_int_equal(host_scan(&scan[i], true, 160, 160, false), 0);
	}
	assert_int_equal(host_advertise(&adv, HCI_ADV_IND, 32, "x", "y"), 0);
	host_run(&adv, 60000000);
	/* not fairly: who has lost twice more often than won waits longer and longer (4.4.3.2) */
	assert_true(
		scan[0].reports[HCI_REPORT_SCAN_RSP] + scan[1].reports[HCI_REPORT_SCAN_RSP] > 2000);
	assert_true(scan[0].reports[HCI_REPORT_SCAN_RSP] && scan[1].reports[HCI_REPORT_SCAN_RSP]);
	ble_world_free(w);
}

static void test_filter(void **state)
{
	(void)state;
	struct host a, b, c;
	start(4);
	host_add(&a, w, NULL);
	host_add(&b, w, NULL);
	host_add(&c, w, NULL);
	uint8_t device[7] = { 0 }, params[7] = { 0, 16, 0, 16, 0, 0, 1 };
	host_address(&b, device + 1);
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7), 0);
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_SET_SCAN_PARAMETERS, params, 7), 0);
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_SET_SCAN_ENABLE, "\1\0", 2), 0);
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST, NULL, 0),
		HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(host_advertise(&c, HCI_ADV_IND, 32, "", ""), 0);
	host_run(&a, 1000000);
	assert_int_equal(a.reports[HCI_REPORT_ADV_IND], 0);
	assert_int_equal(host_advertise(&b, HCI_ADV_IND, 32, "", ""), 0);
	host_run(&a, 1000000);
	assert_true(a.reports[HCI_REPORT_ADV_IND] > 30);
	ble_world_free(w);
}

static void on_both(struct host *h, struct host *peer, unsigned i, unsigned j, uint32_t count)
{
	host_send(h, &h->links[i], count);
	host_send(peer, &peer->links[j], count);
}

static void test_all_roles(void **state)
{
	(void)state;
	struct host hub, leaf[3], boss[2], other;
	struct ble_node_options big = {
		.ctlr = { .connections = 8, .acl_buffers = 16, .rx_buffers = 16 }
	};
	start(5);
	host_add(&hub, w, &big);
	host_add(&other, w, NULL);
	for (unsigned i = 0; i < 3; i++) {
		host_add(&leaf[i], w,
			&(struct ble_node_options){ .drift_ppm = (int16_t)(20 * i - 20) });
		host_link(&hub, &leaf[i], 24, 0, 400);
	}
	for (unsigned i = 0; i < 2; i++) {
		host_add(&boss[i], w,
			&(struct ble_node_options){ .drift_ppm = (int16_t)(i ? 45 : -45) });
		host_link(&boss[i], &hub, (uint16_t)(i ? 40 : 28), 0, 400);
	}
	assert_int_equal(host_advertise(&other, HCI_ADV_IND, 160, "other", "answer"), 0);
	assert_int_equal(host_advertise(&hub, HCI_ADV_SCAN_IND, 160, "hub", "answer"), 0);
	assert_int_equal(host_scan(&hub, true, 160, 160, false), 0);
	assert_int_equal(host_scan(&other, false, 16, 16, false), 0);
	for (unsigned i = 0; i < 3; i++)
		on_both(&hub, &leaf[i], i, 0, 200);
	for (unsigned i = 0; i < 2; i++)
		on_both(&hub, &boss[i], 3 + i, 0, 200);
	host_run(&hub, 120000000);
	for (unsigned i = 0; i < 5; i++) {
		struct host *peer = i < 3 ? &leaf[i] : &boss[i - 3];
		assert_true(hub.links[i].up && peer->links[0].up);
		assert_int_equal(hub.links[i].received, 200);
		assert_int_equal(peer->links[0].received, 200);
	}
	struct ble_ctlr_stats s;
	ble_ctlr_stats(hub.ctlr, &s);
	print_message("hub: %u late, %u missed, %u retransmitted; heard %u, was heard %u times\n",
		s.late, s.events_missed, s.retransmissions, hub.reports[HCI_REPORT_ADV_IND],
		other.reports[HCI_REPORT_ADV_SCAN_IND]);
	assert_true(hub.reports[HCI_REPORT_ADV_IND] > 200);
	assert_true(hub.reports[HCI_REPORT_SCAN_RSP] > 100);
	assert_true(other.reports[HCI_REPORT_ADV_SCAN_IND] > 400);
	ble_world_free(w);
}

/*
 * Connections of one central keep away from each other: none of its events is missed, with every
 * interval.
 */
static void test_centrals_place(void **state)
{
	(void)state;
	struct host hub, leaf[6];
	struct ble_node_options big = { .ctlr = { .connections = 6 } };
	start(6);
	host_add(&hub, w, &big);
	for (unsigned i = 0; i < 6; i++) {
		host_add(&leaf[i], w, NULL);
		host_link(&hub, &leaf[i], 12, 0, 400);
	}
	struct ble_ctlr_stats before, after;
	ble_ctlr_stats(hub.ctlr, &before);
	host_run(&hub, 20000000);
	ble_ctlr_stats(hub.ctlr, &after);
	assert_int_equal(after.events_missed, before.events_missed);
	assert_int_equal(after.retransmissions, before.retransmissions);
	ble_world_free(w);
}

static void test_directed(void **state)
{
	(void)state;
	struct host a, b, c;
	start(7);
	host_add(&a, w, NULL);
	host_add(&b, w, NULL);
	host_add(&c, w, NULL);
	uint8_t params[15] = { 32, 0, 32, 0, HCI_ADV_DIRECT_IND_HIGH, 0, 0, 0, 0, 0, 0, 0, 0, 7,
		0 };
	host_address(&a, params + 7);
	assert_int_equal(host_cmd(&b, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15), 0);
	assert_int_equal(host_cmd(&b, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1), 0);
	uint64_t begin_us = ble_world_now(w);
	assert_int_equal(host_connect(&c, &b, 24, 0, 100), 0); /* not meant */
	host_run(&b, 1400000);
	assert_int_equal(b.failed_status, HCI_ERR_ADVERTISING_TIMEOUT);
	assert_true(ble_world_now(w) - begin_us > 1280000);
	assert_int_equal(c.made, 0);
	assert_int_equal(host_cmd(&b, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1), 0);
	assert_int_equal(host_connect(&a, &b, 24, 0, 100), 0);
	host_run(&b, 200000);
	assert_int_equal(a.made, 1);
	assert_int_equal(b.made, 1);
	ble_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_all_roles),
		cmocka_unit_test(test_centrals_place),
		cmocka_unit_test(test_directed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
