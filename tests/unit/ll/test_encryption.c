/*
 * Encryption Start and Pause, Vol 6 Part B 5.1.3, and what comes encrypted: the sample session of Vol 6 Part C 1 from
 * both ends, keys that are missing, and everything that a hostile peer says in between. Cases of the test
 * specification are named by their ids.
 */
#include "sample.h"

#include <string.h>

/* Every octet of the sample session, as the peripheral. */
static void test_sample_peripheral(void **state)
{
	(void)state;
	sample_begin(SAMPLE_STARTED);
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_peer(&l, LL_LLID_START, sample_central_data, 31, false);
	link_ours(&l);
	rig_main(&r);
	while (rig_read(&r) > 0 && r.evt[0] != HCI_H4_ACL)
		;
	assert_int_equal(le16_get(r.evt + 3), 27);
	assert_memory_equal(r.evt + 5, "\x17\0" "cdefghijklmnopq1234567890", 27);
	sample_host_sends(sample_peripheral_plain, 27);
	link_exchange(&l, NULL, 0);
	if (!link_said()[1])
		link_exchange(&l, NULL, 0);
	assert_int_equal(link_said()[0] & 3, LL_LLID_START);
	assert_int_equal(link_said()[1], 31);
	assert_memory_equal(link_said() + 2, sample_peripheral_data, 31);
	link_exchange(&l, NULL, 0);
	rig_check_leaks(&r);
}

/* ... and as the central. */
static void test_sample_central(void **state)
{
	(void)state;
	sample_central();
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_ours(&l);
	link_peer(&l, LL_LLID_START, sample_peripheral_data, 31, false);
	rig_main(&r);
	while (rig_read(&r) > 0 && r.evt[0] != HCI_H4_ACL)
		;
	assert_memory_equal(r.evt + 5, sample_peripheral_plain, 27);
	sample_host_sends("\x17\0" "cdefghijklmnopq1234567890", 27);
	link_exchange(&l, NULL, 0);
	assert_memory_equal(link_said() + 2, sample_central_data, 31);
}

static void test_no_key(void **state)
{
	(void)state;
	static const uint8_t features[9] = { LL_FEATURE_REQ, LE_FEATURE_MASK(EXTENDED_REJECT) };
	for (unsigned extended = 0; extended < 2; extended++) {
		sample_open(false);
		if (extended) {
			link_exchange(&l, features, 9);
			assert_int_equal(sample_next(1), LL_FEATURE_RSP);
		}
		link_exchange(&l, sample_enc_req, sizeof sample_enc_req);
		assert_int_equal(sample_next(1), LL_ENC_RSP);
		sample_asked_for_key();
		assert_int_equal(sample_reply(NULL), 0);
		assert_int_equal(sample_next(2), extended ? LL_REJECT_EXT_IND : LL_REJECT_IND);
		assert_int_equal(link_said()[extended ? 4 : 3], HCI_ERR_PIN_OR_KEY_MISSING);
		assert_int_equal(sample_reply(sample_ltk), HCI_ERR_COMMAND_DISALLOWED);
		sample_host_sends("goes on", 7); /* in clear, as before */
		link_exchange(&l, NULL, 0);
		if (!link_said()[1])
			link_exchange(&l, NULL, 0);
		assert_int_equal(link_said()[1], 7);
		assert_null(rig_find(&r, HCI_EVT_ENCRYPTION_CHANGE, 0));
	}
	/* a host that is not to be asked has none */
	uint8_t mask[8];
	le64_put(mask, ~HCI_LE_EVENT_MASK(HCI_LE_EVT_LONG_TERM_KEY_REQUEST));
	sample_open(false);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_EVENT_MASK, mask, 8), 0);
	link_exchange(&l, sample_enc_req, sizeof sample_enc_req);
	assert_int_equal(sample_next(1), LL_ENC_RSP);
	assert_int_equal(sample_next(1), LL_REJECT_IND);
	assert_int_equal(link_said()[3], HCI_ERR_PIN_OR_KEY_MISSING);
}

static void test_central_is_refused(void **state)
{
	(void)state;
	static const uint8_t no[][3] = { { LL_REJECT_IND, 0x06 }, { LL_REJECT_EXT_IND, LL_ENC_REQ, 0x06 },
		{ LL_UNKNOWN_RSP, LL_ENC_REQ } };
	static const uint8_t lens[] = { 2, 3, 2 }, status[] = { 0x06, 0x06, 0x1A };
	for (unsigned when = 0; when < 2; when++)
		for (unsigned i = 0; i < 3 - when; i++) { /* who has answered it knows it */
			sample_open(true);
			assert_int_equal(sample_enable(), 0);
			assert_int_equal(sample_next(2), LL_ENC_REQ);
			if (when)
				link_exchange(&l, sample_enc_rsp, sizeof sample_enc_rsp);
			link_exchange(&l, no[i], lens[i]);
			sample_told(status[i], false);
			assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
			sample_host_sends("clear", 5);
			link_exchange(&l, NULL, 0);
			if (!link_said()[1])
				link_exchange(&l, NULL, 0);
			assert_int_equal(link_said()[1], 5);
		}
}

/* Data of ours waits until it can go encrypted. */
static void test_data_waits(void **state)
{
	(void)state;
	uint8_t buf[31], llid;
	sample_begin(SAMPLE_REQUESTED);
	sample_host_sends("secret", 6);
	assert_int_equal(sample_next(5), SAMPLE_NOTHING);
	assert_int_equal(link_said()[1], 0);
	assert_int_equal(sample_reply(sample_ltk), 0);
	assert_int_equal(sample_next(2), LL_START_ENC_REQ);
	link_exchange(&l, NULL, 0);
	assert_int_equal(link_said()[1], 0);
	sample_say(LL_LLID_CONTROL, "\x06", 1);
	assert_int_equal(sample_hear_opcode(), LL_START_ENC_RSP);
	assert_int_equal(sample_hear(buf, &llid), 6);
	assert_int_equal(llid, LL_LLID_START);
	assert_memory_equal(buf, "secret", 6);
}

/* LL-083, LL-084: data, or a control PDU that has no place there, at each step. */
static void test_ll_083_084_unexpected(void **state)
{
	(void)state;
	static const uint8_t pdus[][23] = { { LL_VERSION_IND }, { LL_FEATURE_REQ }, { LL_PING_REQ }, { LL_LENGTH_REQ },
		{ LL_PHY_REQ }, { LL_ENC_REQ }, { LL_ENC_RSP }, { LL_START_ENC_REQ }, { LL_START_ENC_RSP },
		{ LL_PAUSE_ENC_REQ }, { LL_PAUSE_ENC_RSP } };
	for (unsigned step = SAMPLE_REQUESTED; step <= SAMPLE_HAS_KEY; step++)
		for (unsigned i = 0; i <= sizeof pdus / sizeof pdus[0]; i++) {
			sample_begin(step);
			bool data = i == sizeof pdus / sizeof pdus[0];
			uint8_t len = data ? 7 : (uint8_t)(1 + llcp_ctr_data_len(pdus[i][0]));
			if (i == 0)
				len = 2; /* not a PDU at all */
			assert_true(rig_run(&r, r.now_us + 1000000));
			link_peer(&l, data ? LL_LLID_START : LL_LLID_CONTROL, data ? "\3\0\4\0\x0A\1" : (const char *)pdus[i],
				len, false);
			link_ours(&l);
			rig_main(&r);
			while (rig_read(&r) > 0 && r.evt[1] != HCI_EVT_DISCONNECTION_COMPLETE)
				assert_int_not_equal(r.evt[0], HCI_H4_ACL); /* nothing is handed on */
			assert_int_equal(r.evt[1], HCI_EVT_DISCONNECTION_COMPLETE);
			assert_int_equal(r.evt[6], HCI_ERR_MIC_FAILURE);
			assert_int_equal(sample_reply(sample_ltk), HCI_ERR_UNKNOWN_CONNECTION); /* LL-089 */
			rig_check_leaks(&r);
		}
}

/* LL-035: shorter than a MIC. LL-038: of another direction, and once more. A bit that is another one. */
static void test_ll_035_038_bad_mics(void **state)
{
	(void)state;
	for (unsigned len = 1; len <= 4; len++)
		for (uint8_t llid = 1; llid <= 3; llid++) {
			sample_begin(SAMPLE_STARTED);
			assert_true(rig_run(&r, r.now_us + 1000000));
			link_peer(&l, llid, sample_central_data, (uint8_t)len, false);
			link_ours(&l);
			rig_main(&r);
			sample_gone(HCI_ERR_MIC_FAILURE);
		}
	for (unsigned what = 0; what < 3; what++) {
		uint8_t pdu[31];
		sample_begin(SAMPLE_STARTED);
		memcpy(pdu, what ? sample_central_data : sample_peripheral_data, 31);
		pdu[12] = (uint8_t)(pdu[12] ^ (what == 2));
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_peer(&l, LL_LLID_START, pdu, 31, false);
		link_ours(&l);
		rig_main(&r);
		if (what == 1) { /* right once */
			assert_true(rig_run(&r, r.now_us + 1000000));
			link_peer(&l, LL_LLID_START, pdu, 31, false);
			link_ours(&l);
			rig_main(&r);
		}
		sample_gone(HCI_ERR_MIC_FAILURE);
	}
}

/* LL-039: sent again bit by bit, but for NESN, SN and MD; the counter goes on with the next. */
static void test_ll_039_repetition(void **state)
{
	(void)state;
	uint8_t first[31];
	sample_begin(SAMPLE_STARTED);
	sample_host_sends(sample_peripheral_plain, 27);
	for (unsigned i = 0; i < 4; i++) {
		uint8_t old[2];
		assert_true(rig_run(&r, r.now_us + 1000000));
		if (i)
			rig_data(old, LL_LLID_CONTINUE, !l.sn, l.nesn, false, NULL, 0); /* ours was not heard */
		else
			rig_data(old, LL_LLID_CONTINUE, l.sn, l.nesn, false, NULL, 0), l.sn = !l.sn;
		rig_receive(&r, r.op.start_us + r.op.window_us / 2, old, true);
		assert_int_equal(r.op.pdu[1], 31);
		if (!i)
			memcpy(first, r.op.pdu + 2, 31);
		assert_memory_equal(r.op.pdu + 2, first, 31);
		assert_memory_equal(first, sample_peripheral_data, 31);
		rig_sent(&r);
		if (r.posted)
			rig_silence(&r);
		if (i == 1)
			sample_host_sends("more", 4); /* MD changes */
		rig_main(&r);
	}
}

static void test_refresh(void **state)
{
	(void)state;
	uint8_t buf[31], llid;
	sample_pause();
	link_exchange(&l, sample_enc_req, sizeof sample_enc_req);
	assert_int_equal(sample_next(1), LL_ENC_RSP);
	sample_asked_for_key();
	assert_int_equal(sample_reply(sample_ltk), 0);
	assert_int_equal(sample_next(2), LL_START_ENC_REQ);
	sample_say(LL_LLID_CONTROL, "\x06", 1);
	assert_int_equal(sample_hear_opcode(), LL_START_ENC_RSP);
	assert_int_equal(sample_hear(buf, &llid), 5);
	assert_memory_equal(buf, "waits", 5);
	const uint8_t *evt = rig_find(&r, HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[0], 0);
}

/* LL-086: no key after a pause, or anything else than LL_ENC_REQ: never in clear. */
static void test_ll_086_pause(void **state)
{
	(void)state;
	sample_pause();
	link_exchange(&l, sample_enc_req, sizeof sample_enc_req);
	assert_int_equal(sample_next(1), LL_ENC_RSP);
	sample_asked_for_key();
	assert_int_equal(sample_reply(NULL), 0);
	assert_int_equal(sample_next(2), LL_TERMINATE_IND);
	assert_int_equal(link_said()[3], HCI_ERR_PIN_OR_KEY_MISSING);
	static const uint8_t pdus[][9] = { { LL_FEATURE_REQ }, { LL_VERSION_IND }, { LL_START_ENC_RSP }, { LL_PING_REQ } };
	for (unsigned i = 0; i < 4; i++) {
		sample_pause();
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_peer(&l, LL_LLID_CONTROL, pdus[i], (uint8_t)(1 + llcp_ctr_data_len(pdus[i][0])), false);
		link_ours(&l);
		rig_main(&r);
		sample_gone(HCI_ERR_MIC_FAILURE);
	}
	sample_pause();
	uint64_t from_us = r.now_us;
	while (link_conn(&l)->state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000)) {
		link_exchange(&l, NULL, 0);
		assert_int_equal(link_said()[1], 0);
	}
	assert_in_range(r.now_us, from_us + 39800000, from_us + 40100000);
	sample_gone(HCI_ERR_LL_RESPONSE_TIMEOUT);
}

/* LL-086: between that refusal and the end nothing in clear is taken for what was said on an encrypted link. */
static void test_ll_086_leaving(void **state)
{
	(void)state;
	static const uint8_t no[2] = { LL_REJECT_IND, 0x06 };
	for (unsigned central = 0; central < 2; central++) {
		if (central) {
			sample_central();
			sample_random = sample_enc_req + 11;
			assert_int_equal(sample_enable(), 0);
			assert_int_equal(sample_hear_opcode(), LL_PAUSE_ENC_REQ);
			sample_say(LL_LLID_CONTROL, "\x0B", 1);
			assert_int_equal(sample_next(2), LL_PAUSE_ENC_RSP);
			assert_int_equal(sample_next(2), LL_ENC_REQ);
			link_exchange(&l, no, 2);
		} else {
			sample_pause();
			link_exchange(&l, sample_enc_req, sizeof sample_enc_req);
			assert_int_equal(sample_next(1), LL_ENC_RSP);
			sample_asked_for_key();
			assert_int_equal(sample_reply(NULL), 0);
			assert_int_equal(sample_reply(sample_ltk), HCI_ERR_COMMAND_DISALLOWED);
		}
		rig_flush(&r);
		assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
		assert_true(rig_run(&r, r.now_us + 10000000));
		if (central)
			assert_int_equal(link_ours(&l)[2], LL_TERMINATE_IND);
		link_peer(&l, LL_LLID_START, "\3\0\4\0\x0A\1", 6, false);
		if (!central)
			assert_int_equal(link_ours(&l)[2], LL_TERMINATE_IND);
		rig_main(&r);
		while (rig_read(&r) > 0)
			assert_int_not_equal(r.evt[0], HCI_H4_ACL);
		assert_int_equal(link_conn(&l)->reason, HCI_ERR_MIC_FAILURE);
	}
}

static void test_central_refreshes(void **state)
{
	(void)state;
	static const uint8_t start[1] = { LL_START_ENC_REQ }, no[2] = { LL_REJECT_IND, 0x06 };
	for (unsigned refused = 0; refused < 2; refused++) {
		sample_central();
		sample_random = sample_enc_req + 11;
		assert_int_equal(sample_enable(), 0);
		assert_int_equal(sample_hear_opcode(), LL_PAUSE_ENC_REQ);
		sample_say(LL_LLID_CONTROL, "\x0B", 1);
		assert_int_equal(sample_next(2), LL_PAUSE_ENC_RSP);
		assert_int_equal(link_said()[1], 1); /* in clear */
		assert_int_equal(sample_next(2), LL_ENC_REQ);
		if (refused) {
			link_exchange(&l, sample_enc_rsp, sizeof sample_enc_rsp);
			link_exchange(&l, no, 2);
			assert_int_equal(sample_next(2), LL_TERMINATE_IND);
			assert_int_equal(link_said()[3], HCI_ERR_PIN_OR_KEY_MISSING);
			continue;
		}
		link_exchange(&l, sample_enc_rsp, sizeof sample_enc_rsp);
		sample_tx.counter = sample_rx.counter = 0;
		link_exchange(&l, start, 1);
		assert_int_equal(sample_hear_opcode(), LL_START_ENC_RSP);
		sample_say(LL_LLID_CONTROL, "\x06", 1);
		const uint8_t *evt = rig_find(&r, HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE, 0);
		assert_non_null(evt);
		assert_int_equal(evt[0], 0);
	}
}

static void test_stalls(void **state)
{
	(void)state;
	sample_begin(SAMPLE_HAS_KEY);
	uint64_t from_us = r.now_us;
	while (link_conn(&l)->state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000))
		link_exchange(&l, NULL, 0);
	assert_in_range(r.now_us, from_us + 39800000, from_us + 40100000);
	sample_gone(HCI_ERR_LL_RESPONSE_TIMEOUT);
}

/* A farewell that is encrypted: acknowledged, told with its reason, and over. */
static void test_farewell(void **state)
{
	(void)state;
	sample_begin(SAMPLE_STARTED);
	sample_say(LL_LLID_CONTROL, "\x02\x15", 2);
	sample_gone(HCI_ERR_REMOTE_POWER_OFF);
	uint8_t params[3] = { 0, 0, HCI_ERR_REMOTE_USER_TERMINATED };
	sample_begin(SAMPLE_STARTED);
	link_handle(&l, params);
	assert_int_equal(rig_cmd(&r, HCI_CMD_DISCONNECT, params, 3), 0);
	assert_int_equal(sample_hear_opcode(), LL_TERMINATE_IND);
	link_exchange(&l, NULL, 0);
	sample_gone(HCI_ERR_LOCAL_HOST_TERMINATED);
}

/* The link goes while a key waits for its procedure, or for the peer: it goes with it. */
static void test_key_is_wiped(void **state)
{
	(void)state;
	for (unsigned asked = 0; asked < 2; asked++) {
		sample_open(true);
		assert_int_equal(sample_enable(), 0);
		if (asked)
			assert_int_equal(sample_next(2), LL_ENC_REQ);
		bool held = false;
		for (int closed = 0; closed < 2; closed++) {
			held = false;
			for (size_t i = 0; i + 16 <= sizeof r.memory; i++)
				held |= !memcmp(r.memory + i, sample_ltk, 16);
			assert_int_equal(held, !closed);
			while (!closed && link_conn(&l)->state == LL_CONN_OPEN && rig_run(&r, r.now_us + 10000000)) {
				rig_sent(&r);
				rig_silence(&r);
				rig_main(&r);
			}
		}
	}
}

/* LL-089: the link goes at each step, by supervision or by a farewell; the next one is clean, and in clear. */
static void test_ll_089_lost_meanwhile(void **state)
{
	(void)state;
	static const uint8_t bye[2] = { LL_TERMINATE_IND, 0x13 };
	struct ll_connect_ind ind = rig_connect_ind();
	for (unsigned step = SAMPLE_REQUESTED; step <= SAMPLE_STARTED; step++)
		for (unsigned silent = 0; silent < 2; silent++) {
			uint8_t old[18];
			sample_begin(step);
			link_handle(&l, old);
			while (silent && link_conn(&l)->state == LL_CONN_OPEN && rig_run(&r, r.now_us + 100000))
				rig_silence(&r);
			if (!silent && step == SAMPLE_REQUESTED)
				link_exchange(&l, bye, 2);
			else if (!silent)
				sample_say(LL_LLID_CONTROL, bye, 2);
			sample_gone(silent ? HCI_ERR_CONNECTION_TIMEOUT : HCI_ERR_REMOTE_USER_TERMINATED);
			assert_int_equal(rig_cmd(&r, HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY, old, 18),
				HCI_ERR_UNKNOWN_CONNECTION);
			l = (struct link){ .r = &r };
			rig_peripheral(&r, &ind);
			assert_int_equal(rig_cmd(&r, HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY, old, 18),
				HCI_ERR_UNKNOWN_CONNECTION);
			assert_int_equal(sample_reply(sample_ltk), HCI_ERR_COMMAND_DISALLOWED);
			sample_host_sends("clear", 5);
			link_exchange(&l, NULL, 0);
			assert_memory_equal(link_said() + 1, "\5clear", 6);
			link_exchange(&l, NULL, 0);
			rig_check_leaks(&r);
		}
}

/* LL-040: no counter is used twice. */
static void test_ll_040_counter(void **state)
{
	(void)state;
	for (unsigned side = 0; side < 2; side++) {
		sample_begin(SAMPLE_STARTED);
		struct ll_crypt *crypt = &link_conn(&l)->crypt;
		*(side ? &crypt->tx.counter : &crypt->rx.counter) = (UINT64_C(1) << 39) - 2;
		link_exchange(&l, NULL, 0);
		sample_gone(HCI_ERR_MIC_FAILURE);
	}
}

/* LL-077: a peer that sends no MIC is asked for one in time, and told of when it has none. */
static void test_ll_077_payload_timeout(void **state)
{
	(void)state;
	static const uint8_t page_2[8] = { 0, 0, 0x80 };
	uint8_t params[4] = { 0, 0, 200, 0 }; /* 2 s */
	sample_begin(SAMPLE_STARTED);
	link_handle(&l, params);
	assert_int_equal(rig_cmd(&r, HCI_CMD_SET_EVENT_MASK_PAGE_2, page_2, 8), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_WRITE_AUTHENTICATED_PAYLOAD_TIMEOUT, params, 4), 0);
	uint64_t from_us = r.now_us;
	while (r.now_us < from_us + 1700000) {
		assert_int_equal(link_exchange(&l, NULL, 0), SAMPLE_NOTHING);
		assert_int_equal(link_said()[1], 0);
	}
	assert_int_equal(sample_hear_opcode(), LL_PING_REQ);
	sample_say(LL_LLID_CONTROL, "\x13", 1); /* LL_PING_RSP */
	from_us = r.now_us;
	while (r.now_us < from_us + 1700000)
		assert_int_equal(link_exchange(&l, NULL, 0), SAMPLE_NOTHING);
	assert_int_equal(sample_hear_opcode(), LL_PING_REQ);
	assert_null(rig_find(&r, HCI_EVT_AUTHENTICATED_PAYLOAD_TIMEOUT_EXPIRED, 0));
	while (r.now_us < from_us + 2040000) /* it is not answered */
		link_exchange(&l, NULL, 0);
	const uint8_t *evt = rig_find(&r, HCI_EVT_AUTHENTICATED_PAYLOAD_TIMEOUT_EXPIRED, 0);
	assert_non_null(evt);
	assert_int_equal(le16_get(evt), link_conn(&l)->handle);
	assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
	assert_null(rig_find(&r, HCI_EVT_AUTHENTICATED_PAYLOAD_TIMEOUT_EXPIRED, 0));
}

/* LL-080, LL-085: outside of it the steps mean nothing, and nothing comes of them. */
static void test_ll_085_out_of_place(void **state)
{
	(void)state;
	static const uint8_t steps[] = { LL_START_ENC_RSP, LL_PAUSE_ENC_REQ, LL_PAUSE_ENC_RSP };
	sample_open(false);
	for (unsigned i = 0; i < sizeof steps; i++) {
		link_exchange(&l, &steps[i], 1);
		assert_int_equal(sample_next(2), SAMPLE_NOTHING);
		assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
	}
	assert_null(rig_find(&r, HCI_EVT_ENCRYPTION_CHANGE, 0));
	assert_int_equal(sample_reply(sample_ltk), HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(sample_enable(), HCI_ERR_COMMAND_DISALLOWED); /* a peripheral's host */
	rig_check_leaks(&r);
}

/* FIPS 197 appendix C.1, the octets the other way round: Vol 4 Part E 7.8.22 */
static void test_le_encrypt(void **state)
{
	(void)state;
	static const uint8_t want[16] = { 0x5A, 0xC5, 0xB4, 0x70, 0x80, 0xB7, 0xCD, 0xD8, 0x30, 0x04, 0x7B, 0x6A, 0xD8, 0xE0,
		0xC4, 0x69 };
	uint8_t params[32];
	for (uint8_t i = 0; i < 16; i++) {
		params[i] = (uint8_t)(15 - i);
		params[16 + i] = (uint8_t)((15 - i) * 0x11);
	}
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ENCRYPT, params, 32), HCI_ERR_UNKNOWN_COMMAND); /* no cipher */
	r.platform.crypto = &ble_crypto_psa;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ENCRYPT, params, 32), 0);
	assert_memory_equal(r.evt + 7, want, 16);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, NULL, 0), 0);
	assert_int_equal(r.evt[7] & 1, 1);
}

#define CASE(id, fn) { id, fn, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("LL/SEC/PER/BV-01-C LL/SEC/PER/BV-05-C", test_sample_peripheral),
		cmocka_unit_test(test_sample_central),
		CASE("LL-080 LL/SEC/PER/BV-04-C", test_no_key),
		cmocka_unit_test(test_central_is_refused),
		cmocka_unit_test(test_data_waits),
		CASE("LL-083 LL-084 LL/SEC/PER/BI-05-C LL/SEC/PER/BI-07-C", test_ll_083_084_unexpected),
		CASE("LL-035 LL-038 LL/SEC/PER/BI-03-C", test_ll_035_038_bad_mics),
		cmocka_unit_test(test_ll_039_repetition),
		CASE("LL/SEC/PER/BV-02-C LL/SEC/PER/BV-03-C", test_refresh),
		cmocka_unit_test(test_ll_086_pause),
		cmocka_unit_test(test_ll_086_leaving),
		cmocka_unit_test(test_central_refreshes),
		CASE("LL/SEC/PER/BI-01-C", test_stalls),
		cmocka_unit_test(test_farewell),
		cmocka_unit_test(test_key_is_wiped),
		cmocka_unit_test(test_ll_089_lost_meanwhile),
		cmocka_unit_test(test_ll_040_counter),
		cmocka_unit_test(test_ll_077_payload_timeout),
		cmocka_unit_test(test_ll_085_out_of_place),
		cmocka_unit_test(test_le_encrypt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
