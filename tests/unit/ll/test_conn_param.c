/*
 * Connection Parameters Request, Vol 6 Part B 5.1.7, in both roles: who asks, who decides, and what becomes of two
 * procedures that meet. Cases of the test specification are named by their ids.
 */
#include "link.h"
#include "spec/hci_cmd_le_conn.h"

#include <string.h>

static struct rig r;
static struct link l;

enum { PERIPHERAL = false, CENTRAL = true, NOTHING = 0xFF };

static const struct ll_connection_param wish = { .interval_min = 40, .interval_max = 50, .latency = 2, .timeout = 300,
	.offset = { 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF } };

/* An established link: some controls are known to be sent in its second event. */
static void open_link(bool central)
{
	link_open(&l, &r, central);
	assert_int_equal(link_exchange(&l, NULL, 0), NOTHING);
}

static uint8_t say(uint8_t opcode, const struct ll_connection_param *p)
{
	uint8_t pdu[24];
	struct wr w = wr_of(pdu, sizeof pdu);
	ll_connection_param_write(&w, opcode, p);
	return link_exchange(&l, pdu, sizeof pdu);
}

/* The next control PDU of ours, within so many idle events. */
static uint8_t next(unsigned events)
{
	while (events--) {
		uint8_t opcode = link_exchange(&l, NULL, 0);
		if (opcode != NOTHING)
			return opcode;
	}
	return NOTHING;
}

/* Our answer to what the peer says. */
static uint8_t answer(uint8_t opcode, const struct ll_connection_param *p)
{
	uint8_t first = say(opcode, p);
	return first != NOTHING ? first : next(3);
}

static uint8_t answer_raw(const void *pdu, uint8_t len)
{
	uint8_t first = link_exchange(&l, pdu, len);
	return first != NOTHING ? first : next(3);
}

static void assert_rejected(uint8_t opcode, uint8_t status)
{
	const uint8_t *said = link_said();
	assert_int_equal(said[2], LL_REJECT_EXT_IND);
	assert_int_equal(said[3], opcode);
	assert_int_equal(said[4], status);
}

static struct ll_connection_param said_params(void)
{
	struct ll_connection_param p;
	struct rd rd = rd_of(link_said() + 3, link_said()[1] - 1u);
	assert_true(ll_connection_param_read(&rd, &p));
	return p;
}

static struct ll_connection_update_ind said_update(void)
{
	struct ll_connection_update_ind ind;
	struct rd rd = rd_of(link_said() + 3, link_said()[1] - 1u);
	assert_int_equal(link_said()[2], LL_CONNECTION_UPDATE_IND);
	assert_true(ll_connection_update_ind_read(&rd, &ind));
	return ind;
}

static uint8_t host_asks(uint16_t min, uint16_t max)
{
	uint8_t params[14];
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_connection_update_write(&w,
		&(struct hci_cmd_le_connection_update){ .connection_handle = link_conn(&l)->handle,
			.connection_interval_min = min,
			.connection_interval_max = max,
			.max_latency = 1,
			.supervision_timeout = 400 });
	return rig_cmd(&r, HCI_CMD_LE_CONNECTION_UPDATE, params, sizeof params);
}

static uint8_t host_replies(uint16_t min, uint16_t max)
{
	uint8_t params[14];
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_remote_connection_parameter_request_reply_write(&w,
		&(struct hci_cmd_le_remote_connection_parameter_request_reply){
			.connection_handle = link_conn(&l)->handle,
			.interval_min = min,
			.interval_max = max,
			.max_latency = 2,
			.timeout = 300 });
	return rig_cmd(&r, HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY, params, sizeof params);
}

static uint8_t host_refuses(uint8_t reason)
{
	uint8_t params[3];
	link_handle(&l, params);
	params[2] = reason;
	return rig_cmd(&r, HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_NEGATIVE_REPLY, params, sizeof params);
}

static const uint8_t *asked_host(void)
{
	return rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST);
}

static const uint8_t *told_host(void)
{
	return rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE);
}

static void mask_le(uint64_t not_these)
{
	uint8_t mask[8];
	le64_put(mask, ~not_these);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_EVENT_MASK, mask, 8), 0);
}

static void update_pdu(uint8_t pdu[12], uint16_t interval, uint16_t instant)
{
	struct wr w = wr_of(pdu, 12);
	ll_connection_update_ind_write(&w,
		&(struct ll_connection_update_ind){
			.win_size = 2, .interval = interval, .latency = 1, .timeout = 400, .instant = instant });
}

/* The central's update, until it is in force. */
static void assert_updated(uint16_t interval)
{
	uint8_t pdu[12];
	update_pdu(pdu, interval, (uint16_t)(link_conn(&l)->event + 6));
	assert_int_equal(link_exchange(&l, pdu, 12), NOTHING);
	for (unsigned i = 0; i < 8; i++)
		link_exchange(&l, NULL, 0);
	assert_int_equal(link_conn(&l)->interval, interval);
	const uint8_t *evt = told_host();
	assert_non_null(evt);
	assert_int_equal(evt[1], HCI_ERR_SUCCESS);
	assert_int_equal(le16_get(evt + 4), interval);
	assert_null(told_host());
}

static void test_peripheral_asks(void **state)
{
	(void)state;
	open_link(PERIPHERAL);
	assert_int_equal(host_asks(30, 40), 0);
	assert_int_equal(host_asks(30, 40), HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(next(2), LL_CONNECTION_PARAM_REQ);
	struct ll_connection_param p = said_params();
	assert_int_equal(p.interval_min, 30);
	assert_int_equal(p.interval_max, 40);
	assert_int_equal(p.latency, 1);
	assert_int_equal(p.timeout, 400);
	assert_int_equal(p.preferred_periodicity, 0);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(p.offset[i], 0xFFFF);
	assert_updated(32);
	assert_int_equal(host_asks(30, 40), 0);
	rig_check_leaks(&r);
}

static void test_peripheral_is_refused(void **state)
{
	(void)state;
	static const uint8_t no[3] = { LL_REJECT_EXT_IND, LL_CONNECTION_PARAM_REQ, 0x3B },
			     what[2] = { LL_UNKNOWN_RSP, LL_CONNECTION_PARAM_REQ };
	for (unsigned i = 0; i < 2; i++) {
		open_link(PERIPHERAL);
		assert_int_equal(host_asks(30, 40), 0);
		assert_int_equal(next(2), LL_CONNECTION_PARAM_REQ);
		assert_int_equal(i ? answer_raw(what, 2) : answer_raw(no, 3), NOTHING);
		const uint8_t *evt = told_host();
		assert_non_null(evt);
		assert_int_equal(evt[1], i ? 0x1A : 0x3B);
		assert_int_equal(link_conn(&l)->interval, 24);
		assert_int_equal(host_asks(30, 40), 0); /* it may try again */
	}
}

/* 5.1.7: a peer that is known not to have the procedure is not asked. */
static void test_peripheral_knows_better(void **state)
{
	(void)state;
	static const uint8_t features[9] = { LL_FEATURE_REQ, LE_FEATURE_MASK(EXTENDED_REJECT) };
	open_link(PERIPHERAL);
	assert_int_equal(answer_raw(features, 9), LL_FEATURE_RSP);
	assert_int_equal(host_asks(30, 40), HCI_ERR_UNSUPPORTED_REMOTE_FEATURE);
	assert_int_equal(next(4), NOTHING);
}

static void silence_for_40_s(uint64_t asked_us)
{
	while (link_conn(&l)->state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000))
		link_exchange(&l, NULL, 0);
	assert_in_range(r.now_us, asked_us + 40000000, asked_us + 40000000 + 40000);
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_LL_RESPONSE_TIMEOUT);
	rig_check_leaks(&r);
}

static void test_peripheral_is_not_answered(void **state)
{
	(void)state;
	open_link(PERIPHERAL);
	assert_int_equal(host_asks(30, 40), 0);
	silence_for_40_s(r.now_us);
}

/* Our answer was taken, and no update came of it: 5.2. */
static void test_peripheral_answers_nobody(void **state)
{
	(void)state;
	open_link(PERIPHERAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
	assert_non_null(asked_host());
	assert_int_equal(host_replies(40, 50), 0);
	silence_for_40_s(r.now_us);
}

/* The host is asked what the peer wants, and its word goes back, with the peer's own preferences. */
static void answers(const struct ll_connection_param *req)
{
	open_link(PERIPHERAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, req), NOTHING);
	const uint8_t *evt = asked_host();
	assert_non_null(evt);
	assert_int_equal(le16_get(evt + 1), link_conn(&l)->handle);
	assert_int_equal(le16_get(evt + 3), req->interval_min);
	assert_int_equal(le16_get(evt + 5), req->interval_max);
	assert_int_equal(le16_get(evt + 7), req->latency);
	assert_int_equal(le16_get(evt + 9), req->timeout);
	assert_null(asked_host());
	assert_int_equal(next(20), NOTHING); /* it takes its time */
	assert_int_equal(host_replies(42, 44), 0);
	assert_int_equal(host_replies(42, 44), HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(next(2), LL_CONNECTION_PARAM_RSP);
	struct ll_connection_param p = said_params();
	assert_int_equal(p.interval_min, 42);
	assert_int_equal(p.interval_max, 44);
	assert_int_equal(p.latency, 2);
	assert_int_equal(p.timeout, 300);
	assert_int_equal(p.preferred_periodicity, req->preferred_periodicity);
	assert_int_equal(p.offset[0], req->offset[0]);
	assert_updated(42);
	rig_check_leaks(&r);
}

static void test_peripheral_answers(void **state)
{
	(void)state;
	answers(&wish);
}

static void test_peripheral_answers_periodicity(void **state)
{
	(void)state;
	struct ll_connection_param p = wish;
	p.preferred_periodicity = 10;
	answers(&p);
}

static void test_peripheral_answers_periodicity_and_offsets(void **state)
{
	(void)state;
	struct ll_connection_param p = wish;
	p.preferred_periodicity = 1;
	p.reference_conn_event_count = 3;
	p.offset[0] = 0;
	p.offset[1] = 39;
	answers(&p);
}

/* Nothing but the anchor would move: the host need not be asked. */
static void test_peripheral_answers_anchor(void **state)
{
	(void)state;
	struct ll_connection_param p = { .interval_min = 24,
		.interval_max = 24,
		.timeout = 200,
		.offset = { 3, 5, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF } };
	open_link(PERIPHERAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &p), LL_CONNECTION_PARAM_RSP);
	struct ll_connection_param back = said_params();
	assert_memory_equal(&back, &p, sizeof p);
	assert_null(asked_host());
}

static void test_event_is_masked(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		open_link(role);
		mask_le(HCI_LE_EVENT_MASK(HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST));
		assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), LL_REJECT_EXT_IND);
		assert_rejected(LL_CONNECTION_PARAM_REQ, 0x1A);
		assert_int_equal(host_replies(40, 50), HCI_ERR_COMMAND_DISALLOWED);
	}
}

static void test_host_refuses(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		open_link(role);
		assert_int_equal(host_refuses(0x3B), HCI_ERR_COMMAND_DISALLOWED); /* nobody has asked */
		assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
		assert_non_null(asked_host());
		assert_int_equal(host_refuses(0x3B), 0);
		assert_int_equal(next(2), LL_REJECT_EXT_IND);
		assert_rejected(LL_CONNECTION_PARAM_REQ, 0x3B);
		assert_int_equal(host_replies(40, 50), HCI_ERR_COMMAND_DISALLOWED);
		assert_int_equal(link_conn(&l)->interval, 24);
	}
}

static void test_host_replies_nonsense(void **state)
{
	(void)state;
	open_link(PERIPHERAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
	assert_int_equal(host_replies(5, 50), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(host_replies(50, 49), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(host_replies(3200, 3201), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(host_replies(40, 50), 0); /* it has another try */
	assert_int_equal(next(2), LL_CONNECTION_PARAM_RSP);
}

/* LL-056: each field out of its range, or against another. */
static void test_illegal_values(void **state)
{
	(void)state;
	struct ll_connection_param bad[9];
	for (unsigned i = 0; i < 9; i++)
		bad[i] = wish;
	bad[0].interval_min = 5;
	bad[1].interval_max = 3201;
	bad[2].interval_min = 51;
	bad[3].latency = 500;
	bad[4].timeout = 9;
	bad[5].timeout = 3201;
	bad[6].timeout = 37; /* 375 ms = 2 * (1 + 2) * 62.5 ms is not less than 370 ms */
	bad[7].preferred_periodicity = 51;
	bad[8].offset[5] = 50;
	for (unsigned role = 0; role < 2; role++)
		for (unsigned i = 0; i < 9; i++) {
			open_link(role);
			assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &bad[i]), LL_REJECT_EXT_IND);
			assert_rejected(LL_CONNECTION_PARAM_REQ, HCI_ERR_INVALID_LL_PARAMETERS);
			assert_null(asked_host());
		}
}

/* LL-055: asked again while the host thinks. It is asked once, and the first request lives on. */
static void test_ll_055_again(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		open_link(role);
		assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
		assert_non_null(asked_host());
		for (unsigned i = 0; i < 50; i++) {
			assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), LL_REJECT_EXT_IND);
			assert_rejected(LL_CONNECTION_PARAM_REQ, HCI_ERR_LL_PROCEDURE_COLLISION);
		}
		assert_null(asked_host());
		assert_int_equal(host_replies(40, 50), 0);
		assert_int_equal(next(2), role ? LL_CONNECTION_UPDATE_IND : LL_CONNECTION_PARAM_RSP);
		rig_check_leaks(&r);
	}
}

/* 5.3: the central's request goes on, ours is rejected by it. */
static void test_both_ask(void **state)
{
	(void)state;
	static const uint8_t reject[3] = { LL_REJECT_EXT_IND, LL_CONNECTION_PARAM_REQ, 0x23 };
	open_link(PERIPHERAL);
	assert_int_equal(host_asks(30, 40), 0);
	assert_int_equal(say(LL_CONNECTION_PARAM_REQ, &wish), LL_CONNECTION_PARAM_REQ);
	assert_non_null(asked_host());
	assert_int_equal(answer_raw(reject, 3), NOTHING);
	const uint8_t *evt = told_host();
	assert_non_null(evt);
	assert_int_equal(evt[1], HCI_ERR_LL_PROCEDURE_COLLISION);
	assert_int_equal(host_replies(40, 50), 0);
	assert_int_equal(next(2), LL_CONNECTION_PARAM_RSP);
	assert_updated(45);
}

/* 5.3: a channel map of the central's meanwhile is obeyed, and ours rejected as a different transaction. */
static void test_meets_channel_map(void **state)
{
	(void)state;
	static const uint8_t reject[3] = { LL_REJECT_EXT_IND, LL_CONNECTION_PARAM_REQ, 0x2A };
	uint8_t map[8] = { LL_CHANNEL_MAP_IND, 3, 0, 0, 0, 0 };
	open_link(PERIPHERAL);
	assert_int_equal(host_asks(30, 40), 0);
	map[6] = (uint8_t)(link_conn(&l)->event + 7);
	assert_int_equal(link_exchange(&l, map, 8), LL_CONNECTION_PARAM_REQ);
	assert_int_equal(answer_raw(reject, 3), NOTHING);
	assert_int_equal(told_host()[1], HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
	for (unsigned i = 0; i < 8; i++)
		link_exchange(&l, NULL, 0);
	assert_true(rig_run(&r, r.now_us + 1000000));
	assert_in_range(r.op.channel, 0, 1);
}

/* As central: 0x23 for the same kind, 0x2A for another, and ours goes on. */
static void test_central_rejects_what_meets_its_own(void **state)
{
	(void)state;
	uint8_t map[5] = { 3, 0, 0, 0, 0 };
	open_link(CENTRAL);
	assert_int_equal(host_asks(30, 40), 0); /* features are not known: an update at once */
	assert_int_equal(say(LL_CONNECTION_PARAM_REQ, &wish), LL_CONNECTION_UPDATE_IND);
	assert_int_equal(next(2), LL_REJECT_EXT_IND);
	assert_rejected(LL_CONNECTION_PARAM_REQ, HCI_ERR_LL_PROCEDURE_COLLISION);
	open_link(CENTRAL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, map, 5), 0);
	assert_int_equal(say(LL_CONNECTION_PARAM_REQ, &wish), LL_CHANNEL_MAP_IND);
	assert_int_equal(next(2), LL_REJECT_EXT_IND);
	assert_rejected(LL_CONNECTION_PARAM_REQ, HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
	assert_null(asked_host());
}

/* What the host classifies while a peer's request is with it waits until the update is in force. */
static void test_central_waits(void **state)
{
	(void)state;
	uint8_t map[5] = { 3, 0, 0, 0, 0 };
	open_link(CENTRAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, map, 5), 0);
	assert_int_equal(next(10), NOTHING);
	assert_int_equal(host_replies(40, 50), 0);
	assert_int_equal(next(1), LL_CONNECTION_UPDATE_IND);
	struct ll_connection_update_ind ind = said_update();
	assert_in_range(ind.interval, 40, 50);
	assert_int_equal(ind.latency, 2);
	assert_int_equal(ind.timeout, 300);
	while (link_conn(&l)->event != ind.instant)
		assert_int_equal(link_exchange(&l, NULL, 0), NOTHING);
	assert_int_equal(next(2), LL_CHANNEL_MAP_IND);
	const uint8_t *evt = told_host();
	assert_non_null(evt);
	assert_int_equal(evt[1], HCI_ERR_SUCCESS);
}

/* Of a peer that has the procedure a central asks first, and takes what it answers; else it says. */
static void test_central_asks(void **state)
{
	(void)state;
	static const uint8_t features[9] = { LL_PERIPHERAL_FEATURE_REQ,
		LE_FEATURE_MASK(CONNECTION_PARAMETERS_REQUEST) | LE_FEATURE_MASK(EXTENDED_REJECT) };
	static const uint8_t no[3] = { LL_REJECT_EXT_IND, LL_CONNECTION_PARAM_REQ, 0x3B },
			     what[2] = { LL_UNKNOWN_RSP, LL_CONNECTION_PARAM_REQ };
	struct ll_connection_param rsp = wish, bad = wish;
	rsp.interval_min = rsp.interval_max = 33;
	bad.interval_min = 5;
	for (unsigned turn = 0; turn < 4; turn++) {
		open_link(CENTRAL);
		assert_int_equal(answer_raw(features, 9), LL_FEATURE_RSP);
		assert_int_equal(host_asks(30, 40), 0);
		assert_int_equal(next(2), LL_CONNECTION_PARAM_REQ);
		switch (turn) {
		case 0:
			assert_int_equal(answer(LL_CONNECTION_PARAM_RSP, &rsp), LL_CONNECTION_UPDATE_IND);
			assert_int_equal(said_update().interval, 33);
			break;
		case 1:
			assert_int_equal(answer_raw(no, 3), NOTHING);
			assert_int_equal(told_host()[1], 0x3B);
			continue;
		case 2:
			assert_int_equal(answer_raw(what, 2), LL_CONNECTION_UPDATE_IND);
			assert_in_range(said_update().interval, 30, 40);
			break;
		default:
			assert_int_equal(answer(LL_CONNECTION_PARAM_RSP, &bad), LL_REJECT_EXT_IND);
			assert_rejected(LL_CONNECTION_PARAM_RSP, HCI_ERR_INVALID_LL_PARAMETERS);
			assert_int_equal(told_host()[1], HCI_ERR_INVALID_LL_PARAMETERS);
			continue;
		}
		for (unsigned i = 0; i < 9; i++)
			link_exchange(&l, NULL, 0);
		const uint8_t *evt = told_host();
		assert_non_null(evt);
		assert_int_equal(evt[1], HCI_ERR_SUCCESS);
		assert_null(told_host());
		rig_check_leaks(&r);
	}
}

/* The central takes its request back: nothing is left of it. */
static void test_answer_is_refused(void **state)
{
	(void)state;
	static const uint8_t no[3] = { LL_REJECT_EXT_IND, LL_CONNECTION_PARAM_RSP, 0x1E };
	open_link(PERIPHERAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
	assert_int_equal(host_replies(40, 50), 0);
	assert_int_equal(next(2), LL_CONNECTION_PARAM_RSP);
	assert_int_equal(answer_raw(no, 3), NOTHING);
	assert_int_equal(host_asks(30, 40), 0);
	assert_int_equal(next(2), LL_CONNECTION_PARAM_REQ);
	assert_int_equal(link_conn(&l)->llcp.peers, LLCP_NONE);
}

/* The link ends while the host thinks: its reply finds nothing, and the next link is clean. */
static void test_link_ends_meanwhile(void **state)
{
	(void)state;
	static const uint8_t bye[2] = { LL_TERMINATE_IND, 0x13 };
	open_link(PERIPHERAL);
	assert_int_equal(answer(LL_CONNECTION_PARAM_REQ, &wish), NOTHING);
	assert_int_equal(link_exchange(&l, bye, 2), NOTHING);
	assert_int_equal(host_replies(40, 50), HCI_ERR_UNKNOWN_CONNECTION);
	rig_check_leaks(&r);
}

#define CASE(id, fn) { id, fn, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("LL/CON/PER/BV-24-C", test_peripheral_asks),
		CASE("LL/CON/PER/BV-25-C", test_peripheral_is_refused),
		cmocka_unit_test(test_peripheral_knows_better),
		CASE("LL/CON/PER/BI-07-C", test_peripheral_is_not_answered),
		cmocka_unit_test(test_peripheral_answers_nobody),
		CASE("LL/CON/PER/BV-29-C", test_peripheral_answers),
		CASE("LL/CON/PER/BV-30-C", test_peripheral_answers_anchor),
		CASE("LL/CON/PER/BV-31-C", test_peripheral_answers_periodicity),
		CASE("LL/CON/PER/BV-32-C", test_peripheral_answers_periodicity_and_offsets),
		CASE("LL/CON/PER/BV-33-C", test_event_is_masked),
		CASE("LL/CON/PER/BV-34-C", test_host_refuses),
		cmocka_unit_test(test_host_replies_nonsense),
		CASE("LL-056 LL/CON/PER/BI-08-C LL/CON/PER/BI-16-C LL/CON/CEN/BI-06-C", test_illegal_values),
		cmocka_unit_test(test_ll_055_again),
		CASE("LL/CON/PER/BV-26-C", test_both_ask),
		CASE("LL/CON/PER/BV-27-C", test_meets_channel_map),
		cmocka_unit_test(test_central_rejects_what_meets_its_own),
		cmocka_unit_test(test_central_waits),
		cmocka_unit_test(test_central_asks),
		cmocka_unit_test(test_answer_is_refused),
		cmocka_unit_test(test_link_ends_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
