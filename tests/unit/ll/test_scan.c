/*
 * Scanning on a scripted radio: windows and channels, what becomes a report, back-off against the
 * book's counters, and a host that does not read.
 */
#include "rig.h"

#include <string.h>

static struct rig r;

static void scan(bool active, uint16_t interval, uint16_t window, bool filter)
{
	uint8_t params[7] = { active, (uint8_t)interval, (uint8_t)(interval >> 8), (uint8_t)window,
		(uint8_t)(window >> 8), 0, 0 };
	uint8_t enable[2] = { 1, filter };
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_SCAN_PARAMETERS, params, 7), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_SCAN_ENABLE, enable, 2), 0);
	assert_true(rig_run(&r, r.now_us + 1000000));
}

static void test_windows(void **state)
{
	(void)state;
	scan(false, 100, 40, false);
	uint64_t first_us = r.op.start_us;
	for (unsigned n = 0; n < 30; n++) {
		assert_int_equal(r.op.dir, BLE_RADIO_RX);
		assert_int_equal(r.op.then, BLE_RADIO_STOP);
		assert_int_equal(r.op.channel, 37 + n % 3);
		assert_int_equal(r.op.start_us, first_us + n * 62500);
		assert_int_equal(r.op.window_us, 25000);
		assert_true(r.op.keep_open);
		rig_silence(&r);
		assert_true(rig_run(&r, r.now_us + 1000000));
	}
	/* after a packet the window goes on, to its end */
	uint64_t end_us = r.op.start_us + 25000;
	uint8_t adv[8] = { LL_ADV_IND, 6 };
	rig_receive(&r, r.op.start_us + 5000, adv, true);
	assert_true(rig_run(&r, r.now_us + 1000));
	assert_int_equal(r.op.start_us + r.op.window_us, end_us);
	assert_true(r.op.start_us <= r.now_us + 100);
}

/*
 * LL-014: every header with every length; a report when type and length are as 2.3 says, with the
 * length checked.
 */
static void test_ll_014_every_header(void **state)
{
	(void)state;
	uint8_t pdu[2 + 255];
	scan(false, 16, 16, false);
	for (unsigned first = 0; first < 256; first++)
		for (unsigned len = 0; len < 256; len++) {
			unsigned type = first & 0xF;
			bool directed = type == LL_ADV_DIRECT_IND;
			bool advertises = type == LL_ADV_IND || type == LL_ADV_NONCONN_IND ||
				type == LL_ADV_SCAN_IND;
			bool good =
				(advertises && len >= 6 && len <= 37) || (directed && len == 12);
			memset(pdu, 0x5A, sizeof pdu);
			pdu[0] = (uint8_t)first;
			pdu[1] = (uint8_t)len;
			if (directed) {
				memcpy(pdu + 2 + 6, rig_address, 6);
				good = good && !(first & 0x80); /* RxAdd: for our public address */
			}
			if (!r.posted)
				assert_true(rig_run(&r, r.now_us + 100000));
			rig_receive(&r, r.op.start_us + 10, pdu, true);
			rig_main(&r);
			const uint8_t *evt =
				rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_ADVERTISING_REPORT);
			assert_int_equal(evt != NULL, good);
			if (!evt)
				continue;
			assert_int_equal(evt[1], 1);
			assert_int_equal(evt[3], first >> 6 & 1);
			assert_int_equal(evt[10], directed ? 0 : len - 6);
			assert_int_equal((int8_t)evt[11 + evt[10]], -50);
			assert_int_equal(r.evt_len, 3 + 12 + evt[10]);
		}
	rig_cmd(&r, HCI_CMD_LE_SET_SCAN_ENABLE, "\0\0", 2);
	rig_check_leaks(&r);
}

static void test_host_sleeps(void **state)
{
	(void)state;
	uint8_t adv[8] = { LL_ADV_IND, 6 };
	struct ble_ctlr_stats s;
	unsigned read = 0;
	scan(false, 16, 16, false);
	rig_flush(&r); /* the packet read last is in use until then */
	for (unsigned n = 0; n < 100; n++) {
		adv[2] = (uint8_t)n;
		if (!r.posted)
			assert_true(rig_run(&r, r.now_us + 100000));
		rig_receive(&r, r.op.start_us + 10, adv, true);
		rig_main(&r);
	}
	while (rig_read(&r) > 0)
		read++;
	ble_ctlr_stats(r.c, &s);
	assert_int_equal(read, 16 - LL_EVT_RESERVE);
	assert_int_equal(s.reports_lost, 100 - read);
	rig_cmd(&r, HCI_CMD_LE_SET_SCAN_ENABLE, "\0\0", 2);
	rig_check_leaks(&r);
}

static void test_duplicates(void **state)
{
	(void)state;
	uint8_t adv[10] = { LL_ADV_IND, 8, 1, 1, 1, 1, 1, 1, 0, 0 };
	for (unsigned filter = 0; filter < 2; filter++) {
		unsigned seen = 0;
		scan(false, 16, 16, filter);
		for (unsigned n = 0; n < 300; n++) {
			adv[0] = (uint8_t)(LL_ADV_IND | (n & 1) << 6); /* address type */
			adv[7] = (uint8_t)(n / 2 % 3);                 /* address */
			adv[9] = (uint8_t)(n / 6 % 5);                 /* data */
			if (!r.posted)
				assert_true(rig_run(&r, r.now_us + 100000));
			rig_receive(&r, r.op.start_us + 10, adv, true);
			rig_main(&r);
			while (rig_read(&r) > 0)
				seen++;
		}
		assert_int_equal(seen, filter ? 30 : 300);
	}
}

/*
 * 4.4.3.2, as the book tells it: the random draw is the scanner's, so it is read from it and only
 * its range checked.
 */
struct book {
	unsigned upper, count, good, bad;
};

static void outcome(struct book *b, bool success)
{
	b->good = success ? b->good + 1 : 0;
	b->bad = success ? 0 : b->bad + 1;
	if (b->good == 2) {
		b->good = 0;
		b->upper = b->upper > 1 ? b->upper / 2 : 1;
	}
	if (b->bad == 2) {
		b->bad = 0;
		b->upper = b->upper < 256 ? b->upper * 2 : 256;
	}
	assert_int_equal(r.c->scan.upper_limit, b->upper);
	assert_in_range(r.c->scan.backoff, 1, b->upper);
	b->count = r.c->scan.backoff;
}

static void test_backoff(void **state)
{
	(void)state;
	static const uint8_t adv[8] = { LL_ADV_SCAN_IND | 1 << 6, 6, 9, 8, 7, 6, 5, 0xC4 };
	static const uint8_t want[14] = { LL_SCAN_REQ | 1 << 7, 12, 1, 2, 3, 4, 5, 6, 9, 8, 7, 6, 5,
		0xC4 };
	struct book b = { .upper = 1, .count = 1 };
	uint32_t v = 1;
	scan(true, 16, 16, false);
	for (unsigned n = 0; n < 20000; n++) {
		if (!r.posted)
			assert_true(rig_run(&r, r.now_us + 100000));
		rig_receive(&r, r.op.start_us + 10, adv, true);
		b.count--;
		assert_int_equal(r.posted, b.count == 0);
		if (r.posted) {
			uint8_t rsp[8];
			v = v * 1664525 + 1013904223;
			unsigned how = v >> 29; /* answers become rare, then frequent */
			bool success = n / 4000 & 1 ? how == 0 : how != 0;
			assert_memory_equal(r.op.pdu, want, sizeof want);
			rig_sent(&r);
			memcpy(rsp, adv, 8);
			rsp[0] = LL_SCAN_RSP | 1 << 6;
			if (!success && how & 1)
				rsp[7] ^= 1; /* somebody else's */
			if (success || how & 1)
				rig_receive(&r, 0, rsp, true);
			else
				rig_silence(&r);
			outcome(&b, success);
		}
		rig_main(&r);
		rig_flush(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_ll_014_every_header),
		cmocka_unit_test(test_host_sleeps),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_backoff),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
