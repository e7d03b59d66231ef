/*
 * Attacks on link layer control, by their ids: what a hostile peer says on a connection, what we
 * must answer, and that the connection, the buffers and the host's picture of it are as they were.
 */
#include "link.h"

#include <string.h>

static struct rig r;
static struct link l;

static bool is_open(void)
{
	return link_conn(&l)->state == LL_CONN_OPEN;
}

static void assert_leaves(const uint8_t *pdu, uint8_t reason)
{
	assert_non_null(pdu);
	assert_int_equal(pdu[2], LL_TERMINATE_IND);
	assert_int_equal(pdu[3], reason);
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], reason);
	rig_check_leaks(&r);
}

static void assert_unknown(const uint8_t *pdu, uint8_t opcode)
{
	assert_non_null(pdu);
	assert_int_equal(pdu[1], LL_UNKNOWN_RSP_LEN);
	assert_int_equal(pdu[2], LL_UNKNOWN_RSP);
	assert_int_equal(pdu[3], opcode);
}

/* The link still does what a link does. */
static void assert_works(void)
{
	static const uint8_t request[9] = { LL_FEATURE_REQ };
	const uint8_t *pdu = link_answer(&l, request, 9);
	assert_true(is_open());
	assert_non_null(pdu);
	assert_int_equal(pdu[2], LL_FEATURE_RSP);
	rig_check_leaks(&r);
}

/* LL-053: answered once, and the host is answered from what is known, without a PDU. */
static void test_ll_053_version_again(void **state)
{
	(void)state;
	static const uint8_t version[6] = { LL_VERSION_IND, 0x0C, 0xFF, 0xFF, 1, 0 };
	/* VersNr, CompId, SubVersNr */
	static const uint8_t want[8] = { 0, 6, LL_VERSION_IND, LL_VERSION, 0xFF, 0xFF, 1, 0 };
	uint8_t handle[2];
	link_open(&l, &r, false);
	const uint8_t *pdu = link_answer(&l, version, 6);
	assert_non_null(pdu);
	assert_memory_equal(pdu + 1, want + 1, 7);
	for (unsigned i = 0; i < 20; i++)
		assert_null(link_answer(&l, version, 6));
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_REMOTE_VERSION_INFORMATION, handle, 2), 0);
	const uint8_t *evt = rig_find(&r, HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], 0x0C);
}

/* LL-054: a repeated request is answered every time; octet 0 is what both can do, 5.1.4. */
static void test_ll_054_feature_again(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		uint8_t request[9] = { role ? LL_PERIPHERAL_FEATURE_REQ : LL_FEATURE_REQ };
		link_open(&l, &r, role);
		for (unsigned i = 0; i < 20; i++) {
			request[1] = i & 1 ? 0xFF : 0;
			const uint8_t *pdu = link_answer(&l, request, 9);
			assert_non_null(pdu);
			assert_int_equal(pdu[2], LL_FEATURE_RSP);
			assert_int_equal(pdu[3], i & 1 ? LL_FEATURES & 0xFF : 0);
		}
		rig_check_leaks(&r);
	}
}

/*
 * LL-080, LL-084, LL-085: no key and no pause comes of any step of encryption; 5.1.3.1 has the
 * first.
 */
static void test_ll_080_084_085_encryption(void **state)
{
	(void)state;
	static const uint8_t steps[] = { LL_ENC_RSP, LL_START_ENC_REQ, LL_START_ENC_RSP,
		LL_PAUSE_ENC_REQ, LL_PAUSE_ENC_RSP };
	static const uint8_t enc[23] = { LL_ENC_REQ };
	uint8_t features[9] = { LL_FEATURE_REQ, LE_FEATURE_MASK(EXTENDED_REJECT) };
	link_open(&l, &r, false);
	for (unsigned i = 0; i < sizeof steps; i++) {
		uint8_t payload[27] = { steps[i] };
		uint8_t len = (uint8_t)(1 + llcp_ctr_data_len(steps[i]));
		assert_unknown(link_answer(&l, payload, len), steps[i]);
	}
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *pdu = link_answer(&l, enc, sizeof enc);
		assert_non_null(pdu);
		assert_memory_equal(pdu + 1, ((const uint8_t[]){ 2, LL_REJECT_IND, 0x1A }), 3);
	}
	assert_non_null(link_answer(&l, features, 9));
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *pdu = link_answer(&l, enc, sizeof enc);
		assert_non_null(pdu);
		assert_memory_equal(
			pdu + 1, ((const uint8_t[]){ 3, LL_REJECT_EXT_IND, LL_ENC_REQ, 0x1A }), 4);
	}
	assert_works();
}

/*
 * LL-074, LL-075: procedures that we do not have are refused whatever their values, one answer
 * each, and nothing is taken over. LL-055, 056, 065, 066, 067 are in the files of their procedures.
 */
static void test_ll_074_075_not_ours(void **state)
{
	(void)state;
	static const uint8_t opcodes[] = { LL_MIN_USED_CHANNELS_IND, LL_CTE_REQ, LL_CLOCK_ACCURACY_REQ, LL_CIS_RSP,
		LL_POWER_CONTROL_REQ, LL_SUBRATE_REQ, LL_SUBRATE_IND, LL_CHANNEL_REPORTING_IND };
	static const uint8_t fills[] = { 0, 1, 5, 0xFF };
	for (unsigned i = 0; i < sizeof opcodes; i++)
		for (unsigned f = 0; f < sizeof fills; f++) {
			uint8_t payload[27];
			memset(payload, fills[f], sizeof payload);
			payload[0] = opcodes[i];
			link_open(&l, &r, false);
			for (unsigned again = 0; again < 3; again++)
				assert_unknown(
					link_answer(&l, payload,
						(uint8_t)(1 + llcp_ctr_data_len(opcodes[i]))),
					opcodes[i]);
			assert_works();
			assert_int_equal(link_conn(&l)->interval, 24);
		}
}

static void update_pdu(uint8_t pdu[12], const struct ll_connection_update_ind *ind)
{
	struct wr w = wr_of(pdu, 12);
	ll_connection_update_ind_write(&w, ind);
}

/* LL-057: each field out of its range, and the time-out against the others. */
static void test_ll_057_update_values(void **state)
{
	(void)state;
	static const struct ll_connection_update_ind bad[] = {
		{ .win_size = 1, .interval = 0, .timeout = 300 },
		{ .win_size = 1, .interval = 5, .timeout = 300 },
		{ .win_size = 1, .interval = 3201, .timeout = 3200 },
		{ .win_size = 0, .interval = 40, .timeout = 300 },
		{ .win_size = 9, .interval = 40, .timeout = 300 },
		{ .win_size = 6, .interval = 6, .timeout = 300 },
		{ .win_size = 1, .win_offset = 41, .interval = 40, .timeout = 300 },
		{ .win_size = 1, .interval = 40, .latency = 500, .timeout = 3200 },
		{ .win_size = 1, .interval = 6, .timeout = 9 },
		{ .win_size = 1, .interval = 40, .timeout = 3201 },
		{ .win_size = 1, .interval = 40, .latency = 9, .timeout = 100 },
		{ .win_size = 1, .interval = 3200, .latency = 65535, .timeout = 3200 },
	};
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct ll_connection_update_ind ind = bad[i];
		uint8_t pdu[12];
		ind.instant = 20;
		update_pdu(pdu, &ind);
		link_open(&l, &r, false);
		assert_leaves(link_answer(&l, pdu, 12), HCI_ERR_INVALID_LL_PARAMETERS);
	}
}

/* LL-058: of both PDUs; (Instant - connEventCount) mod 65536 from 32767 on is the past: 5.5.1. */
static void test_ll_058_instants(void **state)
{
	(void)state;
	static const uint16_t instants[] = { 0xFFFF, 0x8000, 0x8001, 0x7FFF, 0x7FFE, 0, 1 };
	for (unsigned what = 0; what < 2; what++)
		for (unsigned i = 0; i < 7; i++) {
			uint8_t pdu[12], map[8] = { LL_CHANNEL_MAP_IND, 0xFF, 0xFF };
			bool past = instants[i] >= 0x7FFF;
			update_pdu(pdu,
				&(struct ll_connection_update_ind){ .win_size = 1,
					.interval = 40,
					.timeout = 300,
					.instant = instants[i] });
			le16_put(map + 6, instants[i]);
			link_open(&l, &r, false);
			assert_true(rig_run(&r, r.now_us + 1000000));
			link_peer(&l, LL_LLID_CONTROL, what ? map : pdu, what ? 8 : 12, false);
			link_ours(&l);
			rig_main(&r);
			const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
			assert_int_equal(evt != NULL, past);
			if (past)
				assert_int_equal(evt[3], HCI_ERR_INSTANT_PASSED);
		}
}

/*
 * LL-059: none or one channel, with all the reserved bits on top of it. Reserved bits do no harm.
 */
static void test_ll_059_channel_maps(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit <= 40; bit++) {
		uint8_t map[8] = { LL_CHANNEL_MAP_IND, 0, 0, 0, 0, 0, 10, 0 };
		if (bit < 40)
			map[1 + bit / 8] = (uint8_t)(1 << bit % 8);
		map[5] |= 0xE0;
		link_open(&l, &r, false);
		assert_leaves(link_answer(&l, map, 8), HCI_ERR_INVALID_LL_PARAMETERS);
	}
	uint8_t two[8] = { LL_CHANNEL_MAP_IND, 3, 0, 0, 0, 0xE0, 3, 0 };
	link_open(&l, &r, false);
	assert_null(link_answer(&l, two, 8));
	for (unsigned event = 3; event < 50; event++) {
		assert_true(rig_run(&r, r.now_us + 100000));
		assert_in_range(r.op.channel, 0, 1);
		link_idle(&l);
	}
	assert_works();
}

/*
 * LL-062: before the instant comes, anything else is answered as ever. A second instant ends the
 * link, by the codes of 5.3, and gives every buffer back.
 */
static void test_ll_062_pdu_before_instant(void **state)
{
	(void)state;
	static const uint8_t length[9] = { LL_LENGTH_REQ, 27, 0, 72, 1, 27, 0, 72, 1 };
	uint8_t pdus[2][12] = { { 0 }, { LL_CHANNEL_MAP_IND, 0xFF, 0xFF, 0, 0, 0, 30, 0 } };
	static const uint8_t lens[2] = { 12, 8 };
	update_pdu(pdus[0],
		&(struct ll_connection_update_ind){
			.win_size = 1, .interval = 40, .timeout = 300, .instant = 30 });
	for (unsigned first = 0; first < 2; first++)
		for (unsigned second = 0; second < 2; second++) {
			link_open(&l, &r, false);
			assert_null(link_answer(&l, pdus[first], lens[first]));
			assert_int_equal(link_answer(&l, length, 9)[2], LL_LENGTH_RSP);
			assert_works();
			assert_null(link_answer(&l, pdus[second], lens[second]));
			assert_int_equal(link_conn(&l)->reason, first == second ? 0x23 : 0x2A);
			rig_check_leaks(&r);
			assert_int_equal(link_conn(&l)->state, LL_CONN_FREE);
		}
}

/* LL-068: answers to what nobody asked. */
static void test_ll_068_unsolicited_responses(void **state)
{
	(void)state;
	static const uint8_t response[9] = { LL_FEATURE_RSP, 0xFF };
	for (unsigned role = 0; role < 2; role++) {
		link_open(&l, &r, role);
		assert_null(link_answer(&l, response, 9));
		assert_false(link_conn(&l)->llcp.features_known);
		assert_null(
			rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE));
		assert_true(is_open());
		rig_check_leaks(&r);
	}
}

static void ask_update(uint16_t interval)
{
	uint8_t params[14];
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_connection_update_write(&w,
		&(struct hci_cmd_le_connection_update){
			.connection_handle = link_conn(&l)->handle,
			.connection_interval_min = interval,
			.connection_interval_max = interval,
			.supervision_timeout = 300,
		});
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_CONNECTION_UPDATE, params, sizeof params), 0);
}

/*
 * LL-069: with a procedure of ours under way, refusals of others, of nothing, and of what cannot be
 * refused change nothing. A connection update has an instant and no answer: it comes to its end.
 */
static void test_ll_069_refusals_of_an_update(void **state)
{
	(void)state;
	static const uint8_t refusals[][3] = {
		{ LL_REJECT_IND, 0x23 },
		{ LL_UNKNOWN_RSP, LL_CONNECTION_UPDATE_IND },
		{ LL_UNKNOWN_RSP, 0xFF },
		{ LL_UNKNOWN_RSP, LL_FEATURE_REQ },
		{ LL_REJECT_EXT_IND, LL_CONNECTION_UPDATE_IND, 0x23 },
		{ LL_REJECT_EXT_IND, 0xFF, 0x23 },
		{ LL_REJECT_EXT_IND, LL_PHY_REQ, 0x23 },
	};
	for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		link_open(&l, &r, true);
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_ours(&l); /* established */
		link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
		rig_main(&r);
		ask_update(40);
		const uint8_t *pdu = link_answer(
			&l, refusals[i], (uint8_t)(1 + llcp_ctr_data_len(refusals[i][0])));
		assert_non_null(pdu);
		assert_int_equal(pdu[2], LL_CONNECTION_UPDATE_IND);
		for (unsigned event = 0; event < 12; event++) {
			assert_true(rig_run(&r, r.now_us + 200000));
			link_ours(&l);
			if (r.posted)
				link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
			rig_main(&r);
		}
		const uint8_t *evt =
			rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE);
		assert_non_null(evt);
		assert_int_equal(evt[1], HCI_ERR_SUCCESS);
		assert_int_equal(le16_get(evt + 4), 40);
		assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE));
		assert_int_equal(link_conn(&l)->interval, 40);
		rig_check_leaks(&r);
	}
}

/* LL-069: a rejection ends only what runs, and by its own name. */
static void test_ll_069_rejections(void **state)
{
	(void)state;
	static const uint8_t other[3] = { LL_REJECT_EXT_IND, LL_PHY_REQ, 0x23 };
	static const uint8_t ours_too[3] = { LL_REJECT_EXT_IND, LL_PERIPHERAL_FEATURE_REQ, 0x2A };
	uint8_t handle[2];
	link_open(&l, &r, false);
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2),
		HCI_ERR_COMMAND_DISALLOWED);
	const uint8_t *pdu = link_answer(&l, other, 3);
	assert_non_null(pdu);
	assert_int_equal(pdu[2], LL_PERIPHERAL_FEATURE_REQ);
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE));
	assert_null(link_answer(&l, ours_too, 3));
	const uint8_t *evt =
		rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], 0x2A);
	assert_null(link_answer(&l, ours_too, 3));
	assert_works();
}

/*
 * LL-071: versions, lengths and features in a loop, several in one event: each has its one answer.
 */
static void test_ll_071_loops(void **state)
{
	(void)state;
	static const uint8_t pdus[3][9] = { { LL_VERSION_IND, 9 }, { LL_LENGTH_REQ },
		{ LL_FEATURE_REQ } };
	static const uint8_t lens[3] = { 6, 9, 9 };
	unsigned answers[256] = { 0 };
	link_open(&l, &r, false);
	for (unsigned n = 0; n < 300; n++) {
		if (!r.posted)
			assert_true(rig_run(&r, r.now_us + 100000));
		uint8_t pdu[2 + 27];
		rig_data(pdu, LL_LLID_CONTROL, l.sn, l.nesn, true, pdus[n % 3], lens[n % 3]);
		rig_receive(&r, r.turned ? 0 : r.op.start_us + r.op.window_us / 2, pdu, true);
		bool acked = (r.op.pdu[0] >> 2 & 1) != l.sn;
		l.sn = acked ? !l.sn : l.sn;
		n -= !acked; /* it comes again when the main part has worked */
		answers[(r.op.pdu[0] & 3) == LL_LLID_CONTROL ? r.op.pdu[2] : 0xFF]++;
		l.nesn = !l.nesn;
		rig_sent(&r);
		rig_main(&r);
	}
	assert_int_equal(answers[LL_VERSION_IND], 1);
	assert_in_range(answers[LL_LENGTH_RSP], 99, 100);
	assert_int_equal(answers[LL_UNKNOWN_RSP], 0);
	assert_in_range(answers[LL_FEATURE_RSP], 99, 100);
	assert_true(is_open());
	rig_check_leaks(&r);
}

/* LL-073: acknowledged, but never answered. The host hears of the question and of the link. */
static void test_ll_073_response_timeout(void **state)
{
	(void)state;
	uint8_t handle[2];
	link_open(&l, &r, false);
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	uint64_t asked_us = r.now_us;
	while (is_open() && rig_run(&r, r.now_us + 40000))
		link_idle(&l);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ll_053_version_again),
		cmocka_unit_test(test_ll_054_feature_again),
		cmocka_unit_test(test_ll_080_084_085_encryption),
		cmocka_unit_test(test_ll_074_075_not_ours),
		cmocka_unit_test(test_ll_057_update_values),
		cmocka_unit_test(test_ll_058_instants),
		cmocka_unit_test(test_ll_059_channel_maps),
		cmocka_unit_test(test_ll_062_pdu_before_instant),
		cmocka_unit_test(test_ll_068_unsolicited_responses),
		cmocka_unit_test(test_ll_069_refusals_of_an_update),
		cmocka_unit_test(test_ll_069_rejections),
		cmocka_unit_test(test_ll_071_loops),
		cmocka_unit_test(test_ll_073_response_timeout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
