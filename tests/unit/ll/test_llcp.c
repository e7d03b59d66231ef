/*
 * Link layer control against the table of answers: every opcode with every length in both roles,
 * and the procedures with what can go wrong in them.
 */
#include "rig.h"

#include <string.h>

static struct rig r;
static bool sn, nesn; /* the peer's: sn of its next, nesn it acknowledges with */

/*
 * One event in which the peer sends this; what we answered, or sent in the next event, goes to
 * `out`.
 */
static void peer(const uint8_t *payload, uint8_t llid, uint8_t len, bool md)
{
	uint8_t pdu[2 + 255];
	rig_data(pdu, llid, sn, nesn, md, payload, len);
	rig_receive(&r, r.turned ? 0 : r.op.start_us + r.op.window_us / 2, pdu, true);
	sn = !sn;
}

/* Peripheral: our next PDU, acknowledged by the peer's next. */
static const uint8_t *ours(void)
{
	static uint8_t sent[2 + 27];
	assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
	memcpy(sent, r.op.pdu, 2u + r.op.pdu[1]);
	assert_int_equal(sent[0] >> 3 & 1, nesn); /* new, as all before were acknowledged */
	assert_int_equal(sent[0] >> 2 & 1, sn);   /* and so was the peer's */
	nesn = !nesn;
	rig_sent(&r);
	return sent;
}

static void connect(bool central)
{
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	sn = nesn = false;
	if (central)
		rig_central(&r, 24, 0, 200);
	else
		rig_peripheral(&r, &ind);
}

/* The peer sends `payload` as a control PDU; what we send in answer, NULL if only empty PDUs. */
static const uint8_t *answer(bool central, const uint8_t *payload, uint8_t len)
{
	static uint8_t found[2 + 27];
	bool any = false;
	assert_true(rig_run(&r, r.now_us + 10000000));
	for (unsigned i = 0; i < 3; i++) {
		if (central) {
			const uint8_t *pdu = ours();
			if ((pdu[0] & 3) == LL_LLID_CONTROL) {
				assert_false(any);
				memcpy(found, pdu, sizeof found);
				any = true;
			}
		}
		if (!r.posted)
			break; /* a central that has acknowledged a termination hears no more */
		if (i == 0)
			peer(payload, LL_LLID_CONTROL, len, false);
		else
			peer(NULL, LL_LLID_CONTINUE, 0, false);
		if (!central) {
			const uint8_t *pdu = ours();
			if ((pdu[0] & 3) == LL_LLID_CONTROL) {
				assert_false(any);
				memcpy(found, pdu, sizeof found);
				any = true;
			}
		}
		if (!rig_run(&r, r.now_us + 10000000))
			break;
	}
	rig_main(&r);
	return any ? found : NULL;
}

enum { UNKNOWN, SILENT, FEATURES, VERSION, LEAVES };

/* What an idle link does with an opcode of the right length. */
static int declared(bool central, unsigned opcode)
{
	switch (opcode) {
	case LL_CONNECTION_UPDATE_IND:
	case LL_CHANNEL_MAP_IND: return central ? UNKNOWN : LEAVES; /* all zeros is nonsense */
	case LL_TERMINATE_IND: return LEAVES;
	case LL_FEATURE_REQ: return central ? UNKNOWN : FEATURES;
	case LL_PERIPHERAL_FEATURE_REQ: return central ? FEATURES : UNKNOWN;
	case LL_VERSION_IND: return VERSION;
	case LL_UNKNOWN_RSP:
	case LL_FEATURE_RSP:
	case LL_REJECT_IND:
	case LL_REJECT_EXT_IND: return SILENT;
	default: return UNKNOWN;
	}
}

static void test_every_opcode_and_length(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++)
		for (unsigned opcode = 0; opcode < 256; opcode++)
			for (uint8_t len = 1; len <= 27; len++) {
				uint8_t payload[27] = { (uint8_t)opcode };
				bool right = llcp_ctr_data_len((uint8_t)opcode) + 1 == len;
				int want = right ? declared(role, opcode) : UNKNOWN;
				if (opcode == LL_UNKNOWN_RSP)
					want = SILENT;
				/* an instant in the future, by values that are wrong */
				if (opcode == LL_CONNECTION_UPDATE_IND && len == 12)
					payload[10] = 20;
				if (opcode == LL_CHANNEL_MAP_IND && len == 8)
					payload[6] = 20;
				connect(role);
				if (want == LEAVES)
					continue;
				const uint8_t *pdu = answer(role, payload, len);
				if (want == SILENT) {
					assert_null(pdu);
					continue;
				}
				assert_non_null(pdu);
				assert_int_equal(pdu[2],
					want == UNKNOWN            ? LL_UNKNOWN_RSP
						: want == FEATURES ? LL_FEATURE_RSP
								   : LL_VERSION_IND);
				if (want == UNKNOWN)
					assert_int_equal(pdu[3], opcode);
			}
}

static void test_version_once(void **state)
{
	(void)state;
	static const uint8_t version[6] = { LL_VERSION_IND, 0x0C, 0xFF, 0xFF, 1, 0 };
	connect(false);
	const uint8_t *pdu = answer(false, version, 6);
	assert_non_null(pdu);
	/* VersNr, CompId, SubVersNr */
	static const uint8_t want[8] = { 0, 6, LL_VERSION_IND, LL_VERSION, 0xFF, 0xFF, 1, 0 };
	assert_memory_equal(pdu + 1, want + 1, 7);
	for (unsigned i = 0; i < 20; i++)
		assert_null(answer(false, version, 6));
	/* and the host is answered from what is known, without a PDU */
	uint8_t handle[2] = { (uint8_t)r.c->conns[0].handle, (uint8_t)(r.c->conns[0].handle >> 8) };
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_REMOTE_VERSION_INFORMATION, handle, 2), 0);
	const uint8_t *evt = rig_find(&r, HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], 0x0C);
}

static void test_response_timeout(void **state)
{
	(void)state;
	connect(false);
	uint8_t handle[2] = { (uint8_t)r.c->conns[0].handle, (uint8_t)(r.c->conns[0].handle >> 8) };
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	uint64_t asked_us = r.now_us;
	while (r.c->conns[0].state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000)) {
		peer(NULL, LL_LLID_CONTINUE, 0, false);
		ours();
	}
	assert_in_range(r.now_us, asked_us + 40000000, asked_us + 40000000 + 40000);
	const uint8_t *evt =
		rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], HCI_ERR_LL_RESPONSE_TIMEOUT);
	evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_LL_RESPONSE_TIMEOUT);
	rig_check_leaks(&r);
}

/* LL-069: a rejection ends only what runs. */
static void test_rejections(void **state)
{
	(void)state;
	static const uint8_t other[3] = { LL_REJECT_EXT_IND, LL_PHY_REQ, 0x23 };
	static const uint8_t ours_too[3] = { LL_REJECT_EXT_IND, LL_PERIPHERAL_FEATURE_REQ, 0x2A };
	connect(false);
	uint8_t handle[2] = { (uint8_t)r.c->conns[0].handle, (uint8_t)(r.c->conns[0].handle >> 8) };
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2),
		HCI_ERR_COMMAND_DISALLOWED);
	const uint8_t *pdu = answer(false, other, 3);
	assert_non_null(pdu);
	assert_int_equal(pdu[2], LL_PERIPHERAL_FEATURE_REQ);
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE));
	assert_null(answer(false, ours_too, 3));
	const uint8_t *evt =
		rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], 0x2A);
}

static void update_pdu(uint8_t pdu[12], struct ll_connection_update_ind ind)
{
	struct wr w = wr_of(pdu, 12);
	ll_connection_update_ind_write(&w, &ind);
}

/* LL-058: event 0 is where it is received. */
static void test_instants(void **state)
{
	(void)state;
	static const uint16_t instants[] = { 0xFFFF, 0x8000, 0x8001, 0, 1, 0x7FFF };
	for (unsigned i = 0; i < 6; i++) {
		uint8_t pdu[12];
		bool past = instants[i] > 0x7FFF;
		update_pdu(pdu,
			(struct ll_connection_update_ind){ .win_size = 1,
				.interval = 40,
				.timeout = 300,
				.instant = instants[i] });
		connect(false);
		assert_true(rig_run(&r, r.now_us + 1000000));
		peer(pdu, LL_LLID_CONTROL, 12, false);
		ours();
		rig_main(&r);
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_int_equal(evt != NULL, past);
		if (past)
			assert_int_equal(evt[3], HCI_ERR_INSTANT_PASSED);
	}
}

/*
 * The peripheral listens where the drawing in llcp_conn_update.c says, and from then on at the new
 * interval.
 */
static void test_update_timing(void **state)
{
	(void)state;
	uint8_t pdu[12];
	update_pdu(pdu,
		(struct ll_connection_update_ind){ .win_size = 2,
			.win_offset = 5,
			.interval = 40,
			.timeout = 300,
			.instant = 3 });
	connect(false);
	assert_true(rig_run(&r, r.now_us + 1000000));
	uint64_t anchor_us = r.op.start_us + r.op.window_us / 2;
	peer(pdu, LL_LLID_CONTROL, 12, false);
	ours();
	for (unsigned event = 1; event <= 2; event++) {
		assert_true(rig_run(&r, r.now_us + 1000000));
		assert_in_range(anchor_us + 30000, r.op.start_us, r.op.start_us + r.op.window_us);
		anchor_us += 30000;
		uint8_t empty[2];
		rig_data(empty, LL_LLID_CONTINUE, sn, nesn, false, NULL, 0);
		rig_receive(&r, anchor_us, empty, true);
		sn = !sn;
		ours();
	}
	assert_true(rig_run(&r, r.now_us + 1000000));
	/* 100 ppm of 36.25 ms and the jitter; the window is 2.5 ms, a preamble may still begin
	 * at its end */
	uint64_t from_us = anchor_us + 30000 + 5 * 1250;
	uint32_t ww = ll_window_widening(100, from_us - anchor_us);
	assert_int_equal(r.op.start_us, from_us - ww);
	assert_int_equal(r.op.window_us, 2 * ww + 2500 + LL_PREAMBLE_US);
	uint8_t empty[2];
	rig_data(empty, LL_LLID_CONTINUE, sn, nesn, false, NULL, 0);
	rig_receive(&r, from_us + 700, empty, true);
	sn = !sn;
	ours();
	assert_true(rig_run(&r, r.now_us + 1000000));
	ww = ll_window_widening(100, 50000);
	assert_int_equal(r.op.start_us, from_us + 700 + 50000 - ww);
	assert_int_equal(r.op.window_us, 2 * ww + LL_PREAMBLE_US);
	const uint8_t *evt = rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(le16_get(evt + 4), 40);
	assert_int_equal(le16_get(evt + 8), 300);
}

/* LL-057, LL-059: we leave with 0x1E, in so many words, and nothing is programmed. */
static void test_nonsense(void **state)
{
	(void)state;
	uint8_t update[12], map[8] = { LL_CHANNEL_MAP_IND, 1, 0, 0, 0, 0xE0, 10, 0 };
	update_pdu(update,
		(struct ll_connection_update_ind){
			.win_size = 1, .interval = 5, .timeout = 300, .instant = 10 });
	for (unsigned i = 0; i < 2; i++) {
		connect(false);
		const uint8_t *pdu = answer(false, i ? map : update, i ? 8 : 12);
		assert_non_null(pdu);
		assert_int_equal(pdu[2], LL_TERMINATE_IND);
		assert_int_equal(pdu[3], HCI_ERR_INVALID_LL_PARAMETERS);
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_non_null(evt);
		assert_int_equal(evt[3], HCI_ERR_INVALID_LL_PARAMETERS);
		rig_check_leaks(&r);
	}
}

static void test_terminate(void **state)
{
	(void)state;
	static const uint8_t terminate[2] = { LL_TERMINATE_IND, HCI_ERR_REMOTE_POWER_OFF };
	for (unsigned role = 0; role < 2; role++) {
		connect(role);
		assert_null(answer(role, terminate, 2));
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_non_null(evt);
		assert_int_equal(evt[3], HCI_ERR_REMOTE_POWER_OFF);
		rig_check_leaks(&r);
	}
}

/* Nobody acknowledges: the host is told as if, after the supervision time-out. */
static void test_terminate_unheard(void **state)
{
	(void)state;
	connect(false);
	assert_true(rig_run(&r, r.now_us + 1000000));
	peer(NULL, LL_LLID_CONTINUE, 0, false);
	ours();
	rig_main(&r);
	uint8_t params[3] = { (uint8_t)r.c->conns[0].handle, (uint8_t)(r.c->conns[0].handle >> 8),
		HCI_ERR_REMOTE_USER_TERMINATED };
	assert_int_equal(rig_cmd(&r, HCI_CMD_DISCONNECT, params, 3), 0);
	uint64_t asked_us = r.now_us;
	assert_true(rig_run(&r, r.now_us + 40000));
	peer(NULL, LL_LLID_CONTINUE, 0, false);
	assert_int_equal(ours()[2], LL_TERMINATE_IND);
	while (r.c->conns[0].state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000)) {
		uint8_t old[2];
		rig_data(
			old, LL_LLID_CONTINUE, !sn, !nesn, false, NULL, 0); /* the last one again */
		rig_receive(&r, r.op.start_us + r.op.window_us / 2, old, true);
		assert_int_equal(r.op.pdu[2], LL_TERMINATE_IND);
		rig_sent(&r);
	}
	assert_in_range(r.now_us, asked_us + 2000000, asked_us + 2000000 + 40000);
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_LOCAL_HOST_TERMINATED);
	rig_check_leaks(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_opcode_and_length),
		cmocka_unit_test(test_version_once),
		cmocka_unit_test(test_response_timeout),
		cmocka_unit_test(test_rejections),
		cmocka_unit_test(test_instants),
		cmocka_unit_test(test_update_timing),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_terminate),
		cmocka_unit_test(test_terminate_unheard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
