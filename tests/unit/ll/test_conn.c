/*
 * Connection events on a scripted radio: where every operation is posted, window widening, who ends
 * an event, and acknowledgement against a small model over random packets, the hostile ones of the
 * attack list among them.
 */
#include "rig.h"

#include <string.h>

static struct rig r;

static struct ll_conn *conn(void)
{
	return &r.c->conns[0];
}

static void empty_pdu(uint8_t pdu[2], bool sn, bool nesn, bool md)
{
	rig_data(pdu, LL_LLID_CONTINUE, sn, nesn, md, NULL, 0);
}

/*
 * The first event's window: 1.25 ms and WinOffset after CONNECT_IND, WinSize wide, widened for both
 * clocks.
 */
static void test_first_window(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	uint64_t end_us = rig_peripheral(&r, &ind);
	for (uint32_t event = 0; event < 6; event++) {
		assert_true(rig_run(&r, r.now_us + 100000));
		uint64_t from_us = end_us + 1250 + 3 * 1250 + event * 30000;
		/* 50 ppm each, since the CONNECT_IND ended, and 16 us of jitter each */
		uint64_t ww = ((from_us - end_us) * 100 + 999999) / 1000000 + 32;
		assert_int_equal(r.op.dir, BLE_RADIO_RX);
		assert_int_equal(r.op.start_us, from_us - ww);
		assert_int_equal(r.op.window_us, 2500 + 2 * ww + LL_PREAMBLE_US);
		assert_int_equal(r.op.channel, 7 * (event + 1) % 37);
		assert_int_equal(r.op.access_address, ind.aa);
		assert_int_equal(r.op.crc_init, ind.crc_init);
		assert_int_equal(r.op.rx_octets, 27);
		rig_silence(&r);
	}
	/* six intervals and nobody came: 0x3E, and the radio is left alone */
	assert_false(rig_run(&r, r.now_us + 1000000));
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_FAILED_TO_BE_ESTABLISHED);
	rig_check_leaks(&r);
}

/* Each packet moves the anchor; a missed one widens the next window. */
static void test_anchor_follows(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[2];
	bool sn = false;
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	assert_true(rig_run(&r, r.now_us + 100000));
	uint64_t anchor_us = r.op.start_us + 777;
	for (unsigned event = 1; event < 200; event++) {
		bool heard = event % 5 != 3, crc_ok = event % 7 != 2;
		static uint32_t missed;
		if (heard) {
			empty_pdu(pdu, sn, sn, false);
			if (event == 1)
				rig_receive(&r, anchor_us, pdu, crc_ok);
			else
				rig_receive(&r, anchor_us, pdu, crc_ok);
			assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
			rig_sent(&r);
			if (r.posted)
				rig_silence(&r);
			sn ^= crc_ok;
			missed = 0;
		} else {
			rig_silence(&r);
			missed++;
		}
		assert_true(rig_run(&r, r.now_us + 100000));
		uint32_t since_us = 30000 * (missed + 1);
		uint64_t ww = (since_us * 100 + 999999) / 1000000 + 32;
		uint64_t expected_us = anchor_us + 30000;
		if (!missed)
			assert_int_equal(r.op.start_us, expected_us - ww);
		/* the central's clock is 40 ppm slow, and its timer shakes */
		anchor_us = expected_us + (missed ? 0 : 1) + event % 3;
		if (missed)
			anchor_us = expected_us;
	}
	assert_int_equal(conn()->state, LL_CONN_OPEN);
}

/*
 * Latency is used only when both sides have said all, and given up when there is something to send.
 */
static void test_latency(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[2], acl[] = { HCI_H4_ACL, 0, 0, 1, 0, 0xAA };
	ind.latency = 4;
	ind.timeout = 300;
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	acl[1] = (uint8_t)conn()->handle;
	acl[2] = (uint8_t)(conn()->handle >> 8);
	assert_true(rig_run(&r, r.now_us + 100000));
	uint64_t anchor_us = r.op.start_us + 100;
	empty_pdu(pdu, 0, 0, false);
	rig_receive(&r, anchor_us, pdu, true);
	rig_sent(&r);
	assert_true(rig_run(&r, r.now_us + 1000000));
	assert_in_range(anchor_us + 5 * 30000 - r.op.start_us, 32, 60);
	assert_int_equal(r.op.channel, 7 * 6 % 37);
	rig_silence(&r);
	assert_true(rig_run(&r, r.now_us + 1000000)); /* nobody there: the next one at once */
	assert_in_range(anchor_us + 6 * 30000 - r.op.start_us, 32, 60);
	anchor_us += 6 * 30000;
	empty_pdu(pdu, 1, 1, false);
	rig_receive(&r, anchor_us, pdu, true);
	rig_sent(&r);
	assert_false(rig_run(&r, anchor_us + 40000));
	assert_int_equal(ble_ctlr_hci_write(r.c, acl, sizeof acl), 0);
	assert_true(rig_run(&r, r.now_us + 1000000));
	assert_in_range(anchor_us + 2 * 30000 - r.op.start_us, 32, 60);
	assert_int_equal(r.op.channel, 7 * 9 % 37);
}

/*
 * CONNECT_IND of ours: 150 us after ADV_IND, the first packet within the window that it announces.
 */
static void test_initiator(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	uint8_t params[25] = { 16, 0, 16, 0, 0, 0, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0, 24, 0, 24,
		0, 0, 0, 200 };
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_CREATE_CONNECTION, params, 25), 0);
	assert_true(rig_run(&r, r.now_us + 1000000));
	assert_int_equal(r.op.channel, 37);
	assert_int_equal(r.op.window_us, 10000);
	assert_true(r.op.keep_open);
	uint8_t adv[8] = { LL_ADV_IND, 6, 9, 9, 9, 9, 9, 9 };
	rig_receive(&r, r.op.start_us + 100, adv, true);
	assert_false(r.posted); /* somebody else */
	assert_true(rig_run(&r, r.now_us + 1000000));
	memcpy(adv + 2, rig_peer, 6);
	rig_receive(&r, r.op.start_us + 100, adv, true);
	assert_true(r.posted && r.turned);
	struct ll_connect_ind ind;
	struct rd rd = rd_of(r.op.pdu + 2, 34);
	assert_true(ll_connect_ind_read(&rd, &ind));
	assert_true(ll_connect_ind_valid(&ind));
	assert_true(ll_access_address_valid(ind.aa));
	assert_int_equal(ind.interval, 24);
	assert_int_equal(ind.timeout, 200);
	assert_int_equal(ind.sca, 5);
	assert_memory_equal(ind.init_a, rig_address, 6);
	assert_memory_equal(ind.adv_a, rig_peer, 6);
	rig_sent(&r);
	uint64_t from_us = r.now_us + 1250 + ind.win_offset * 1250u;
	assert_true(rig_run(&r, r.now_us + 1000000));
	assert_int_equal(r.op.dir, BLE_RADIO_TX);
	assert_in_range(r.op.start_us, from_us, from_us + ind.win_size * 1250u);
	assert_int_equal(r.posted_at_us + RIG_LEAD_US <= r.op.start_us, 1);
	uint64_t anchor_us = r.op.start_us;
	for (unsigned event = 0; event < 6; event++) {
		assert_int_equal(r.op.start_us, anchor_us + event * 30000);
		assert_int_equal(r.op.channel, ind.hop * (event + 1u) % 37);
		assert_int_equal(r.op.access_address, ind.aa);
		rig_sent(&r);
		rig_silence(&r);
		if (!rig_run(&r, r.now_us + 31000))
			break;
	}
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_FAILED_TO_BE_ESTABLISHED);
}

/* What a link layer must remember of a link, and nothing else: Vol 6 Part B 4.5.9. */
struct model {
	bool sn, nesn, sent;
	uint32_t delivered, expected_acks, unexpected;
};

/* One packet from the air in random sequence numbers; the answer must be the model's. */
static void step(struct model *m, uint32_t v)
{
	uint8_t pdu[2 + 27], payload[27];
	uint8_t llid = v >> 4 & 3, len = (v >> 6 & 3) ? (uint8_t)(v >> 8) % 28 : 0;
	bool sn = v & 1, nesn = v >> 1 & 1, crc_ok = (v >> 12 & 7) != 0;
	memset(payload, 0x13,
		sizeof payload); /* a control opcode nobody waits for or answers but by UNKNOWN_RSP */
	if (llid == LL_LLID_CONTROL)
		payload[0] = LL_UNKNOWN_RSP, len = len ? 2 : 0;
	rig_data(pdu, llid, sn, nesn, v >> 2 & 1, payload, len);
	rig_receive(&r, r.turned ? 0 : r.op.start_us + r.op.window_us / 2, pdu, crc_ok);
	if (crc_ok) {
		if (nesn != m->sn) {
			if (m->sent) {
				m->sn = !m->sn;
				m->sent = false;
			} else {
				m->unexpected++;
			}
		}
		if (sn == m->nesn) {
			m->nesn = !m->nesn;
			if (len && (llid == LL_LLID_CONTINUE || llid == LL_LLID_START))
				m->delivered++;
		}
	}
}

static void test_acknowledgement(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	ind.timeout = 3200;
	for (uint32_t seed = 1; seed <= 40; seed++) {
		struct model m = { 0 };
		uint32_t v = seed, delivered = 0, bad = 0;
		rig_init(&r, NULL);
		rig_peripheral(&r, &ind);
		for (unsigned n = 0; n < 2000; n++) {
			assert_true(rig_run(&r, r.now_us + 40000));
			v = v * 1664525 + 1013904223;
			uint32_t bits = v >> 8;
			bool crc_ok = (bits >> 12 & 7) != 0;
			bad = r.turned ? bad : 0;
			bad = crc_ok ? 0 : bad + 1;
			step(&m, bits);
			if (bad == 2) { /* the event is over, without an answer */
				assert_false(r.posted);
				bad = 0;
			} else {
				assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
				assert_int_equal(r.op.pdu[0] >> 3 & 1, m.sn);
				assert_int_equal(r.op.pdu[0] >> 2 & 1, m.nesn);
				m.sent = true;
				rig_sent(&r);
			}
			rig_main(&r);
			while (rig_read(&r) > 0)
				delivered += r.evt[0] == HCI_H4_ACL;
			if (r.posted && bits >> 16 & 1) {
				rig_silence(&r);
				bad = 0;
			}
		}
		struct ble_ctlr_stats s;
		ble_ctlr_stats(r.c, &s);
		assert_int_equal(delivered, m.delivered);
		assert_int_equal(s.unexpected_acks, m.unexpected);
	}
}

/*
 * LL-030 and flow control: with a host that does not read, nothing is overwritten, and nothing
 * acknowledged that was not kept; a control PDU still passes.
 */
static void test_ll_030_no_room(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[29], payload[27];
	bool sn = false, nesn = false;
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	unsigned kept = 0;
	for (uint8_t n = 0; n < 30; n++) {
		assert_true(rig_run(&r, r.now_us + 100000));
		memset(payload, (int)kept, sizeof payload);
		rig_data(pdu, LL_LLID_START, sn, nesn, false, payload, 27);
		rig_receive(&r, r.op.start_us + 40, pdu, true);
		bool acked = (r.op.pdu[0] >> 2 & 1) != sn;
		kept += acked;
		sn ^= acked;
		nesn = !nesn;
		rig_sent(&r);
	}
	assert_int_equal(kept, 8); /* rx_buffers */
	assert_true(rig_run(&r, r.now_us + 100000));
	static const uint8_t terminate[2] = { LL_TERMINATE_IND, 0x13 };
	rig_data(pdu, LL_LLID_CONTROL, sn, nesn, false, terminate, 2);
	rig_receive(&r, r.op.start_us + 40, pdu, true);
	assert_true((r.op.pdu[0] >> 2 & 1) != sn);
	rig_sent(&r);
	rig_main(&r);
	/* the host reads at last: all of it, in order, then the end */
	for (unsigned n = 0; n < kept; n++) {
		assert_int_equal(rig_read(&r), 5 + 27);
		assert_int_equal(r.evt[0], HCI_H4_ACL);
		memset(payload, (int)n, sizeof payload);
		assert_memory_equal(r.evt + 5, payload, 27);
	}
	assert_non_null(rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0));
	rig_check_leaks(&r);
}

/* LL-001: longer than 27 octets is a bad CRC to us, whatever it says. */
static void test_ll_001_too_long(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[2 + 255], payload[255];
	memset(payload, LL_VERSION_IND, sizeof payload);
	for (unsigned len = 28; len <= 255; len++)
		for (uint8_t llid = 0; llid < 4; llid++) {
			rig_init(&r, NULL);
			rig_peripheral(&r, &ind);
			assert_true(rig_run(&r, r.now_us + 100000));
			rig_data(pdu, llid, false, false, false, payload, (uint8_t)len);
			rig_receive(&r, r.op.start_us + 40, pdu, true);
			assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
			assert_int_equal(r.op.pdu[0] >> 2 & 1, 0); /* not acknowledged */
			rig_sent(&r);
			rig_main(&r);
			assert_int_equal(rig_read(&r), 0);
		}
}

/* LL-033: the event ends before the next anchor, whatever the peer's MD says. */
static void test_ll_033_md_for_ever(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[29] = { 0 };
	bool sn = false;
	ind.interval = 6;
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	assert_true(rig_run(&r, r.now_us + 100000));
	uint64_t anchor_us = r.op.start_us + 100;
	unsigned packets = 0;
	while (r.posted) {
		rig_data(pdu, LL_LLID_START, sn, sn, true, pdu + 2, 27);
		rig_receive(&r, packets ? 0 : anchor_us, pdu, true);
		rig_main(&r);
		rig_flush(&r);
		sn = !sn;
		packets++;
		rig_sent(&r);
	}
	assert_true(packets >= 8);
	assert_true(r.now_us < anchor_us + 7500);
	assert_true(rig_run(&r, r.now_us + 100000));
	assert_in_range(anchor_us + 7500 - r.op.start_us, 32, 40);
}

/*
 * A host's packet of 60 octets is three PDUs, in place, MD until the last; its credit comes when
 * all is acked.
 */
static void test_fragments(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t acl[5 + 60] = { HCI_H4_ACL, 0, 0, 60, 0 }, pdu[2];
	bool sn = false;
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	acl[1] = (uint8_t)conn()->handle;
	acl[2] = (uint8_t)(conn()->handle >> 8);
	for (uint8_t i = 0; i < 60; i++)
		acl[5 + i] = i;
	assert_int_equal(ble_ctlr_hci_write(r.c, acl, sizeof acl), 0);
	assert_true(rig_run(&r, r.now_us + 100000));
	static const uint8_t lens[] = { 27, 27, 6, 0 }, llids[] = { 2, 1, 1, 1 };
	uint8_t at = 0;
	for (unsigned i = 0; i < 4; i++) {
		empty_pdu(pdu, sn, sn, i == 2);
		rig_receive(&r, r.turned ? 0 : r.op.start_us + 50, pdu, true);
		assert_int_equal(r.op.pdu[0] & 3, llids[i]);
		assert_int_equal(r.op.pdu[0] >> 4 & 1, i < 2);
		assert_int_equal(r.op.pdu[1], lens[i]);
		assert_memory_equal(r.op.pdu + 2, acl + 5 + at, lens[i]);
		at = (uint8_t)(at + lens[i]);
		sn = !sn;
		rig_sent(&r);
		rig_main(&r);
	}
	assert_false(r.posted);
	const uint8_t *evt = rig_find(&r, HCI_EVT_NUMBER_OF_COMPLETED_PACKETS, 0);
	assert_non_null(evt);
	assert_int_equal(le16_get(evt + 3), 1);
	rig_check_leaks(&r);
}

static void terminate_at_once(struct rig *rig)
{
	uint8_t pdu[4];
	rig->on_post = NULL;
	rig_data(pdu, LL_LLID_CONTROL, 0, 0, false, ((const uint8_t[]){ LL_TERMINATE_IND, 0x15 }),
		2);
	rig_receive(rig, rig->op.start_us + 50, pdu, true);
	rig_sent(rig);
}

/*
 * A whole event goes by while the main part is between its look at what came and its look at what
 * has ended: what came is still told first.
 */
static void test_slow_main_part(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	r.on_post = terminate_at_once;
	rig_run(&r, r.now_us + 100000);
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], 0x15);
	rig_check_leaks(&r);
}

/* 0x08, counted from the last good packet's end; a bad CRC does not count as heard. */
static void test_supervision(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[2];
	ind.timeout = 30;
	rig_init(&r, NULL);
	rig_peripheral(&r, &ind);
	assert_true(rig_run(&r, r.now_us + 100000));
	empty_pdu(pdu, 0, 0, false);
	rig_receive(&r, r.op.start_us + 40, pdu, true);
	uint64_t heard_us = r.now_us;
	rig_sent(&r);
	while (rig_run(&r, r.now_us + 31000)) {
		rig_receive(&r, r.op.start_us + 40, pdu, false);
		rig_sent(&r);
		if (r.posted)
			rig_silence(&r);
	}
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_CONNECTION_TIMEOUT);
	assert_in_range(r.now_us, heard_us + 300000, heard_us + 300000 + 62000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_window),
		cmocka_unit_test(test_anchor_follows),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_initiator),
		cmocka_unit_test(test_acknowledgement),
		cmocka_unit_test(test_ll_030_no_room),
		cmocka_unit_test(test_ll_001_too_long),
		cmocka_unit_test(test_ll_033_md_for_ever),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_slow_main_part),
		cmocka_unit_test(test_supervision),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
