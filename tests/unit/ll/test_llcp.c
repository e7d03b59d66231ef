/*
 * Link layer control against the table of answers: every opcode with every length in both roles,
 * and the procedures with what can go wrong in them.
 */
#include "link.h"

#include <string.h>

static struct rig r;
static struct link l;

/* By the opcode of the answer. */
enum {
	UNKNOWN = LL_UNKNOWN_RSP,
	FEATURES = LL_FEATURE_RSP,
	VERSION = LL_VERSION_IND,
	REFUSED = LL_REJECT_IND,
	LEAVES = LL_TERMINATE_IND,
	SILENT = 0xFF,
};

/* What an idle link does with an opcode of the right length. */
static int declared(bool central, unsigned opcode)
{
	switch (opcode) {
	case LL_CONNECTION_UPDATE_IND:
	case LL_CHANNEL_MAP_IND: return central ? UNKNOWN : LEAVES; /* all zeros is nonsense */
	case LL_TERMINATE_IND: return LEAVES;
	case LL_ENC_REQ: return central ? UNKNOWN : REFUSED; /* 5.1.3.1: we cannot encrypt */
	case LL_FEATURE_REQ: return central ? UNKNOWN : FEATURES;
	case LL_PERIPHERAL_FEATURE_REQ: return central ? FEATURES : UNKNOWN;
	case LL_VERSION_IND: return VERSION;
	case LL_PING_REQ: return LL_PING_RSP;
	case LL_CONNECTION_PARAM_REQ: return LL_REJECT_EXT_IND; /* all zeros */
	case LL_LENGTH_REQ: return LL_LENGTH_RSP;
	case LL_PHY_REQ: return central ? LL_PHY_UPDATE_IND : LL_PHY_RSP;
	case LL_CONNECTION_PARAM_RSP:
	case LL_PHY_RSP: return central ? SILENT : UNKNOWN; /* of nothing that we asked */
	case LL_PHY_UPDATE_IND: return central ? UNKNOWN : SILENT;
	case LL_LENGTH_RSP:
	case LL_UNKNOWN_RSP:
	case LL_FEATURE_RSP:
	case LL_REJECT_IND:
	case LL_PING_RSP:
	case LL_REJECT_EXT_IND: return SILENT;
	default: return UNKNOWN;
	}
}

static void test_ll_050_every_opcode_and_length(void **state)
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
				link_open(&l, &r, role);
				if (want == LEAVES)
					continue;
				const uint8_t *pdu = link_answer(&l, payload, len);
				if (want == SILENT) {
					assert_null(pdu);
					continue;
				}
				assert_non_null(pdu);
				assert_int_equal(pdu[2], want);
				if (want == UNKNOWN)
					assert_int_equal(pdu[3], opcode);
			}
}

static void update_pdu(uint8_t pdu[12], struct ll_connection_update_ind ind)
{
	struct wr w = wr_of(pdu, 12);
	ll_connection_update_ind_write(&w, &ind);
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
	link_open(&l, &r, false);
	assert_true(rig_run(&r, r.now_us + 1000000));
	uint64_t anchor_us = r.op.start_us + r.op.window_us / 2;
	link_peer(&l, LL_LLID_CONTROL, pdu, 12, false);
	link_ours(&l);
	for (unsigned event = 1; event <= 2; event++) {
		assert_true(rig_run(&r, r.now_us + 1000000));
		assert_in_range(anchor_us + 30000, r.op.start_us, r.op.start_us + r.op.window_us);
		anchor_us += 30000;
		uint8_t empty[2];
		rig_data(empty, LL_LLID_CONTINUE, l.sn, l.nesn, false, NULL, 0);
		rig_receive(&r, anchor_us, empty, true);
		l.sn = !l.sn;
		link_ours(&l);
	}
	assert_true(rig_run(&r, r.now_us + 1000000));
	/* 100 ppm of 36.25 ms and the jitter; the window is 2.5 ms, a preamble may still begin
	 * at its end */
	uint64_t from_us = anchor_us + 30000 + 5 * 1250;
	uint32_t ww = ll_window_widening(100, from_us - anchor_us);
	assert_int_equal(r.op.start_us, from_us - ww);
	assert_int_equal(r.op.window_us, 2 * ww + 2500 + LL_PREAMBLE_US);
	uint8_t empty[2];
	rig_data(empty, LL_LLID_CONTINUE, l.sn, l.nesn, false, NULL, 0);
	rig_receive(&r, from_us + 700, empty, true);
	l.sn = !l.sn;
	link_ours(&l);
	assert_true(rig_run(&r, r.now_us + 1000000));
	ww = ll_window_widening(100, 50000);
	assert_int_equal(r.op.start_us, from_us + 700 + 50000 - ww);
	assert_int_equal(r.op.window_us, 2 * ww + LL_PREAMBLE_US);
	const uint8_t *evt = rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(le16_get(evt + 4), 40);
	assert_int_equal(le16_get(evt + 8), 300);
}

/*
 * Which packet of the central is the first of the new parameters decides the anchor: 5.1.1, note.
 */
static void test_update_received_on_instant(void **state)
{
	(void)state;
	uint8_t pdu[12];
	update_pdu(pdu,
		(struct ll_connection_update_ind){ .win_size = 2,
			.win_offset = 5,
			.interval = 40,
			.timeout = 300,
			.instant = 2 });
	link_open(&l, &r, false);
	for (unsigned event = 0; event < 2; event++) {
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_idle(&l);
	}
	assert_true(rig_run(&r, r.now_us + 1000000));
	uint64_t anchor_us = r.op.start_us + r.op.window_us / 2;
	link_peer(&l, LL_LLID_CONTROL, pdu, 12, false);
	link_ours(&l);
	assert_true(rig_run(&r, r.now_us + 1000000));
	uint32_t ww = ll_window_widening(100, 50000);
	assert_int_equal(r.op.start_us, anchor_us + 50000 - ww);
	assert_int_equal(r.op.window_us, 2 * ww + LL_PREAMBLE_US);
	assert_non_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE));
}

/*
 * The new time-out runs from the start of the transmit window, not from when we learn of it: 5.1.1.
 * A second of the old interval is no loss of a link whose new time-out is 100 ms.
 */
static void test_update_shortens_supervision(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[12];
	ind.interval = 800;
	ind.timeout = 600;
	update_pdu(pdu,
		(struct ll_connection_update_ind){ .win_size = 1,
			.win_offset = 2,
			.interval = 24,
			.timeout = 10,
			.instant = 2 });
	rig_init(&r, NULL);
	l = (struct link){ .r = &r };
	rig_peripheral(&r, &ind);
	assert_true(rig_run(&r, r.now_us + 2000000));
	link_peer(&l, LL_LLID_CONTROL, pdu, 12, false);
	link_ours(&l);
	assert_true(rig_run(&r, r.now_us + 2000000));
	uint64_t anchor_us = r.op.start_us + r.op.window_us / 2;
	link_idle(&l);
	uint64_t window_us = anchor_us + 1000000 + 2 * 1250;
	for (unsigned events = 0; events < 4; events++) { /* at 0, 30, 60, 90 ms */
		assert_true(rig_run(&r, r.now_us + 2000000));
		uint32_t ww = ll_window_widening(100, r.op.start_us - anchor_us);
		assert_in_range(r.op.start_us + ww, window_us + events * 30000,
			window_us + events * 30000 + 10);
		rig_silence(&r);
	}
	assert_false(rig_run(&r, window_us + 99000));
	assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
	assert_false(rig_run(&r, window_us + 101000));
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_CONNECTION_TIMEOUT);
	rig_check_leaks(&r);
}

static uint8_t exchange(const void *payload, uint8_t len)
{
	return link_exchange(&l, payload, len);
}

/* Both ask for the features at once: two procedures, each with its answer. */
static void test_both_ask(void **state)
{
	(void)state;
	static const uint8_t request[9] = { LL_FEATURE_REQ, 1 },
			     response[9] = { LL_FEATURE_RSP, 4, 1 };
	uint8_t handle[2];
	link_open(&l, &r, false);
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	assert_int_equal(exchange(request, 9), LL_PERIPHERAL_FEATURE_REQ);
	assert_int_equal(exchange(NULL, 0), LL_FEATURE_RSP);
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE));
	assert_int_equal(exchange(response, 9), 0xFF);
	const uint8_t *evt =
		rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], HCI_ERR_SUCCESS);
	assert_memory_equal(evt + 4, response + 1, 8);
}

/* 5: one procedure of ours at a time; LL_REJECT_IND ends it and the next has its turn. */
static void test_one_at_a_time(void **state)
{
	(void)state;
	static const uint8_t version[6] = { LL_VERSION_IND, 9 },
			     reject[2] = { LL_REJECT_IND, 0x1F };
	uint8_t handle[2];
	link_open(&l, &r, false);
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_REMOTE_VERSION_INFORMATION, handle, 2), 0);
	assert_int_equal(exchange(NULL, 0), LL_PERIPHERAL_FEATURE_REQ);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(exchange(NULL, 0), 0xFF);
	assert_int_equal(exchange(reject, 2), 0xFF);
	assert_int_equal(exchange(NULL, 0), LL_VERSION_IND);
	assert_int_equal(exchange(version, 6), 0xFF);
	const uint8_t *evt =
		rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], 0x1F);
	evt = rig_find(&r, HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[0], HCI_ERR_SUCCESS);
	rig_check_leaks(&r);
}

/* Both leave in one event: whoever acknowledges first, the connection ends once. */
static void test_both_leave(void **state)
{
	(void)state;
	static const uint8_t bye[2] = { LL_TERMINATE_IND, HCI_ERR_REMOTE_POWER_OFF };
	uint8_t params[3] = { 0, 0, HCI_ERR_REMOTE_USER_TERMINATED };
	link_open(&l, &r, false);
	assert_int_equal(exchange(NULL, 0), 0xFF);
	link_handle(&l, params);
	assert_int_equal(rig_cmd(&r, HCI_CMD_DISCONNECT, params, 3), 0);
	assert_int_equal(exchange(bye, 2), LL_TERMINATE_IND);
	assert_non_null(rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0));
	assert_null(rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0));
	assert_false(rig_run(&r, r.now_us + 5000000));
	rig_check_leaks(&r);
}

static void test_terminate(void **state)
{
	(void)state;
	static const uint8_t terminate[2] = { LL_TERMINATE_IND, HCI_ERR_REMOTE_POWER_OFF };
	for (unsigned role = 0; role < 2; role++) {
		link_open(&l, &r, role);
		assert_null(link_answer(&l, terminate, 2));
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
	link_open(&l, &r, false);
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_idle(&l);
	rig_main(&r);
	uint8_t params[3] = { (uint8_t)r.c->conns[0].handle, (uint8_t)(r.c->conns[0].handle >> 8),
		HCI_ERR_REMOTE_USER_TERMINATED };
	assert_int_equal(rig_cmd(&r, HCI_CMD_DISCONNECT, params, 3), 0);
	uint64_t asked_us = r.now_us;
	assert_true(rig_run(&r, r.now_us + 40000));
	link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
	assert_int_equal(link_ours(&l)[2], LL_TERMINATE_IND);
	while (r.c->conns[0].state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000)) {
		uint8_t old[2];
		rig_data(old, LL_LLID_CONTINUE, !l.sn, !l.nesn, false, NULL,
			0); /* the last one again */
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
		cmocka_unit_test(test_ll_050_every_opcode_and_length),
		cmocka_unit_test(test_update_timing),
		cmocka_unit_test(test_update_received_on_instant),
		cmocka_unit_test(test_update_shortens_supervision),
		cmocka_unit_test(test_both_ask),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_both_leave),
		cmocka_unit_test(test_terminate),
		cmocka_unit_test(test_terminate_unheard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
