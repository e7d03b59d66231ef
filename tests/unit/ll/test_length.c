/*
 * Data Length Update, Vol 6 Part B 5.1.9 and 4.5.10: what is agreed, how long the PDUs are that follow from it, and
 * what no peer can bring about. Cases of the test specification are named by their ids.
 */
#include "link.h"
#include "spec/hci_cmd_le_conn.h"

#include <string.h>

static struct rig r;
static struct link l;

enum { NOTHING = 0xFF };

/* MaxRxOctets, MaxRxTime, MaxTxOctets, MaxTxTime */
static const struct ll_length most = { 251, 2120, 251, 2120 };

static void open_link(bool central)
{
	link_open(&l, &r, central);
	assert_int_equal(link_exchange(&l, NULL, 0), NOTHING);
}

static uint8_t say(uint8_t opcode, const struct ll_length *said)
{
	uint8_t pdu[9];
	struct wr w = wr_of(pdu, sizeof pdu);
	ll_length_write(&w, opcode, said);
	return link_exchange(&l, pdu, sizeof pdu);
}

static uint8_t next(unsigned events)
{
	while (events--) {
		uint8_t opcode = link_exchange(&l, NULL, 0);
		if (opcode != NOTHING)
			return opcode;
	}
	return NOTHING;
}

static void assert_said(uint8_t opcode, const struct ll_length *want)
{
	struct ll_length said;
	struct rd rd = rd_of(link_said() + 3, link_said()[1] - 1u);
	assert_int_equal(link_said()[2], opcode);
	assert_true(ll_length_read(&rd, &said));
	assert_memory_equal(&said, want, sizeof said);
}

static void answer(const struct ll_length *req)
{
	uint8_t opcode = say(LL_LENGTH_REQ, req);
	if (opcode == NOTHING)
		opcode = next(2);
	assert_int_equal(opcode, LL_LENGTH_RSP);
}

/* Told once, or not at all. */
static void assert_told(uint16_t tx_octets, uint16_t tx_time, uint16_t rx_octets, uint16_t rx_time)
{
	const uint8_t *evt = rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_DATA_LENGTH_CHANGE);
	assert_non_null(evt);
	assert_int_equal(le16_get(evt + 1), link_conn(&l)->handle);
	assert_int_equal(le16_get(evt + 3), tx_octets);
	assert_int_equal(le16_get(evt + 5), tx_time);
	assert_int_equal(le16_get(evt + 7), rx_octets);
	assert_int_equal(le16_get(evt + 9), rx_time);
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_DATA_LENGTH_CHANGE));
}

static void assert_not_told(void)
{
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_DATA_LENGTH_CHANGE));
}

static uint8_t set_length(uint16_t octets, uint16_t time_us)
{
	uint8_t params[6];
	link_handle(&l, params);
	le16_put(params + 2, octets);
	le16_put(params + 4, time_us);
	return rig_cmd(&r, HCI_CMD_LE_SET_DATA_LENGTH, params, sizeof params);
}

static uint8_t suggest(uint16_t octets, uint16_t time_us)
{
	uint8_t params[4];
	le16_put(params, octets);
	le16_put(params + 2, time_us);
	return rig_cmd(&r, HCI_CMD_LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH, params, sizeof params);
}

static uint8_t octet(unsigned i)
{
	return (uint8_t)(i * 7 + 1);
}

static void host_sends(uint16_t len)
{
	uint8_t acl[5 + 251] = { HCI_H4_ACL, (uint8_t)link_conn(&l)->handle, (uint8_t)(link_conn(&l)->handle >> 8),
		(uint8_t)len };
	for (unsigned i = 0; i < len; i++)
		acl[5 + i] = octet(i);
	assert_int_equal(ble_ctlr_hci_write(r.c, acl, 5u + len), 0);
}

/* The packet comes in fragments of `limit` octets, nothing missing. */
static void assert_fragments(uint16_t len, uint8_t limit)
{
	uint16_t at = 0;
	for (unsigned events = 0; at < len; events++) {
		assert_in_range(events, 0, 20);
		link_exchange(&l, NULL, 0);
		const uint8_t *pdu = link_said();
		if (!pdu[1])
			continue; /* chosen before there was data */
		assert_int_equal(pdu[0] & 3, at ? LL_LLID_CONTINUE : LL_LLID_START);
		assert_int_equal(pdu[1], len - at < limit ? len - at : limit);
		for (unsigned i = 0; i < pdu[1]; i++)
			assert_int_equal(pdu[2 + i], octet(at + i));
		at = (uint16_t)(at + pdu[1]);
	}
	assert_int_equal(at, len);
}

static void assert_fragments_of(uint8_t limit)
{
	host_sends(251);
	assert_fragments(251, limit);
}

/* The peer sends so many octets of data; how many came through to the host. */
static uint16_t hear(uint8_t len)
{
	uint8_t pdu[2 + 255], payload[255];
	memset(payload, 0x5A, sizeof payload);
	assert_true(rig_run(&r, r.now_us + 10000000));
	rig_data(pdu, LL_LLID_START, l.sn, l.nesn, false, payload, len);
	rig_receive(&r, r.op.start_us + r.op.window_us / 2, pdu, true);
	bool acked = (r.op.pdu[0] >> 2 & 1) != l.sn;
	l.sn = acked ? !l.sn : l.sn;
	l.nesn = !l.nesn;
	rig_sent(&r);
	if (r.posted)
		rig_silence(&r);
	rig_main(&r);
	while (rig_read(&r) > 0)
		if (r.evt[0] == HCI_H4_ACL)
			return le16_get(r.evt + 3);
	return 0;
}

static void test_answers(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		open_link(role);
		answer(&most);
		assert_said(LL_LENGTH_RSP, &(struct ll_length){ 251, 2120, 27, 328 });
		/* what we send is as our host suggests; what we receive is as long as the peer would have it */
		assert_told(27, 328, 251, 2120);
		assert_fragments_of(27);
		answer(&most);
		assert_not_told(); /* nothing has changed */
		assert_int_equal(set_length(251, 2120), 0);
		assert_int_equal(next(2), LL_LENGTH_REQ);
		assert_said(LL_LENGTH_REQ, &most);
		assert_int_equal(say(LL_LENGTH_RSP, &most), NOTHING);
		assert_told(251, 2120, 251, 2120);
		assert_fragments_of(251);
		link_exchange(&l, NULL, 0); /* acknowledges */
		rig_check_leaks(&r);
	}
}

static void test_asks(void **state)
{
	(void)state;
	open_link(false);
	assert_int_equal(set_length(251, 17040), 0);
	assert_int_equal(next(2), LL_LENGTH_REQ);
	assert_said(LL_LENGTH_REQ, &most); /* 17040 us are of LE Coded PHY, which we do not have */
	assert_int_equal(hear(251), 251);  /* what is asked for can be received at once */
	assert_int_equal(say(LL_LENGTH_RSP, &(struct ll_length){ 100, 2120, 123, 1096 }), NOTHING);
	assert_told(100, 2120, 123, 1096);
	assert_fragments_of(100);
	assert_int_equal(hear(123), 123);
	assert_int_equal(hear(124), 0); /* LL-001: longer than agreed is a packet with a bad CRC */
	assert_int_equal(set_length(251, 17040), 0);
	assert_int_equal(next(4), NOTHING); /* the peer knows already */
}

/* 4.5.10: octets and microseconds both hold. 1064 us are 251 octets on 2M and 119 on 1M. */
static void test_time_limits(void **state)
{
	(void)state;
	open_link(false);
	assert_int_equal(set_length(251, 2120), 0);
	assert_int_equal(next(2), LL_LENGTH_REQ);
	assert_int_equal(say(LL_LENGTH_RSP, &(struct ll_length){ 251, 1064, 251, 2120 }), NOTHING);
	assert_told(251, 1064, 251, 2120);
	assert_fragments_of(119);
	link_conn(&l)->tx_phy = LL_PHY_2M;
	llcp_length_limit(link_conn(&l));
	assert_fragments_of(251);
}

/* Above 27 octets, the host's suggestion makes us ask as soon as there is a link. */
static void test_suggestion(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	assert_int_equal(suggest(200, 2120), 0);
	l = (struct link){ .r = &r };
	rig_peripheral(&r, &ind);
	assert_int_equal(link_exchange(&l, NULL, 0), LL_LENGTH_REQ);
	assert_said(LL_LENGTH_REQ, &(struct ll_length){ 251, 2120, 200, 2120 });
	assert_int_equal(say(LL_LENGTH_RSP, &most), NOTHING);
	assert_told(200, 2120, 251, 2120);
	assert_int_equal(next(3), NOTHING);
}

/* Both ask at once: both are answered, and one change is told. */
static void test_both_ask(void **state)
{
	(void)state;
	open_link(false);
	assert_int_equal(set_length(251, 2120), 0);
	assert_int_equal(say(LL_LENGTH_REQ, &most), LL_LENGTH_REQ);
	assert_int_equal(link_exchange(&l, NULL, 0), LL_LENGTH_RSP);
	assert_told(251, 2120, 251, 2120);
	assert_int_equal(say(LL_LENGTH_RSP, &most), NOTHING);
	assert_not_told();
	assert_int_equal(link_conn(&l)->llcp.running, LLCP_NONE);
}

/* What we would ask was told in an answer, while something else had its turn. */
static void test_peer_is_faster(void **state)
{
	(void)state;
	static const uint8_t features[9] = { LL_FEATURE_RSP, 0x20 };
	uint8_t handle[2];
	open_link(false);
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_REMOTE_FEATURES, handle, 2), 0);
	assert_int_equal(set_length(251, 2120), 0);
	assert_int_equal(next(2), LL_PERIPHERAL_FEATURE_REQ);
	answer(&most);
	assert_said(LL_LENGTH_RSP, &most);
	assert_told(251, 2120, 251, 2120);
	assert_int_equal(link_exchange(&l, features, 9), NOTHING);
	assert_int_equal(next(4), NOTHING);
}

/* A peer without the procedure, whether it says so by its features or by its answer. */
static void test_peer_lacks_it(void **state)
{
	(void)state;
	static const uint8_t features[9] = { LL_FEATURE_REQ }, what[2] = { LL_UNKNOWN_RSP, LL_LENGTH_REQ };
	open_link(false);
	assert_int_equal(link_exchange(&l, features, 9), NOTHING);
	assert_int_equal(next(1), LL_FEATURE_RSP);
	assert_int_equal(set_length(251, 2120), 0);
	assert_int_equal(next(3), NOTHING);
	open_link(false);
	assert_int_equal(set_length(251, 2120), 0);
	assert_int_equal(next(2), LL_LENGTH_REQ);
	assert_int_equal(link_exchange(&l, what, 2), NOTHING);
	assert_not_told();
	assert_fragments_of(27);
	assert_int_equal(hear(28), 0);
}

/* An answer that cannot be leaves everything as it was, and ends the procedure. */
static void test_invalid_answers(void **state)
{
	(void)state;
	static const struct ll_length bad[] = { { 26, 2120, 251, 2120 }, { 251, 327, 251, 2120 }, { 251, 2120, 26, 2120 },
		{ 251, 2120, 251, 327 }, { 0, 0, 0, 0 } };
	for (unsigned role = 0; role < 2; role++)
		for (unsigned i = 0; i < 5; i++) {
			open_link(role);
			assert_int_equal(set_length(251, 2120), 0);
			assert_int_equal(next(2), LL_LENGTH_REQ);
			assert_int_equal(say(LL_LENGTH_RSP, &bad[i]), NOTHING);
			assert_not_told();
			assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
			assert_fragments_of(27);
		}
}

/* LL-066, LL-067: the least is what everyone can take, the most what anyone can. */
static void test_ll_066_067_limits(void **state)
{
	(void)state;
	static const uint16_t octets[] = { 0, 5, 26, 27, 28, 250, 251, 252, 65535 },
			      times[] = { 0, 1, 327, 328, 2119, 2120, 2121, 17040, 17041, 65535 };
	for (unsigned i = 0; i < 9; i++)
		for (unsigned j = 0; j < 10; j++) {
			uint16_t o = octets[i] < 27 ? 27 : octets[i] > 251 ? 251 : octets[i];
			uint16_t t = times[j] < 328 ? 328 : times[j] > 2120 ? 2120 : times[j];
			open_link(false);
			assert_int_equal(suggest(251, 2120), 0);
			link_conn(&l)->llcp.length.ours = most;
			answer(&(struct ll_length){ octets[i], times[j], octets[i], times[j] });
			const struct ll_length *is = &link_conn(&l)->llcp.length.effective;
			assert_int_equal(is->max_tx_octets, o);
			assert_int_equal(is->max_rx_octets, o);
			assert_int_equal(is->max_tx_time, t);
			assert_int_equal(is->max_rx_time, t);
			unsigned by_time = t / 8u - 14;
			assert_fragments_of((uint8_t)(o < by_time ? o : by_time));
			link_exchange(&l, NULL, 0);
			rig_check_leaks(&r);
		}
}

/* LL-067: lengths grow and shrink with every event, while packets are under way. Nothing of them is lost. */
static void test_ll_067_oscillation(void **state)
{
	(void)state;
	open_link(false);
	link_conn(&l)->llcp.length.ours = most;
	unsigned at = 0, given = 0;
	for (unsigned n = 0; at < 251 * 20; n++) {
		assert_in_range(n, 0, 2000);
		if (given < 20 && r.c->acl_pool.idle)
			host_sends(251), given++;
		uint16_t o = (uint16_t)(n % 2 ? 27 : 28 + n % 224);
		if (n % 3) /* answers go before data */
			link_exchange(&l, NULL, 0);
		else
			say(LL_LENGTH_REQ, &(struct ll_length){ o, 17040, o, 17040 });
		const uint8_t *pdu = link_said();
		if ((pdu[0] & 3) == LL_LLID_CONTROL || !pdu[1])
			continue;
		assert_int_equal(pdu[0] & 3, at % 251 ? LL_LLID_CONTINUE : LL_LLID_START);
		for (unsigned i = 0; i < pdu[1]; i++)
			assert_int_equal(pdu[2 + i], octet((at + i) % 251));
		at += pdu[1];
		assert_in_range(at % 251, 0, 250);
		rig_flush(&r);
	}
	assert_int_equal(at, 251 * 20);
	link_exchange(&l, NULL, 0);
	rig_check_leaks(&r);
}

/* A fragment that was sent and not acknowledged is sent again as it was, however long the next may be. */
static void test_repetition_keeps_its_length(void **state)
{
	(void)state;
	open_link(false);
	link_conn(&l)->llcp.length.ours = most;
	host_sends(251);
	assert_true(rig_run(&r, r.now_us + 100000));
	uint8_t pdu[2 + 9] = { 0 }, payload[9];
	struct wr w = wr_of(payload, sizeof payload);
	ll_length_write(&w, LL_LENGTH_REQ, &most);
	link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
	assert_int_equal(r.op.pdu[1], 27);
	rig_sent(&r); /* the peer does not hear it */
	if (r.posted)
		rig_silence(&r);
	assert_true(rig_run(&r, r.now_us + 100000));
	rig_data(pdu, LL_LLID_CONTROL, l.sn, l.nesn, false, payload, 9);
	rig_receive(&r, r.op.start_us + r.op.window_us / 2, pdu, true);
	l.sn = !l.sn;
	rig_sent(&r);
	if (r.posted)
		rig_silence(&r);
	rig_main(&r);
	assert_int_equal(link_conn(&l)->tx_limit, 251);
	assert_true(rig_run(&r, r.now_us + 100000));
	link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
	const uint8_t *first = link_ours(&l);
	assert_int_equal(first[0] & 3, LL_LLID_START);
	assert_int_equal(first[1], 27);
	rig_main(&r);
	uint8_t opcode = next(1);
	assert_int_equal(opcode, LL_LENGTH_RSP);
	link_exchange(&l, NULL, 0);
	assert_int_equal(link_said()[0] & 3, LL_LLID_CONTINUE);
	assert_int_equal(link_said()[1], 251 - 27);
	assert_int_equal(link_said()[2], octet(27));
}

/* Vol 4 Part E 7.8.33 to 7.8.35, 7.8.46 */
static void test_commands(void **state)
{
	(void)state;
	static const uint16_t octets[] = { 26, 252, 251, 251 }, times[] = { 2120, 2120, 327, 17041 };
	open_link(false);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(set_length(octets[i], times[i]), HCI_ERR_INVALID_PARAMETERS);
		assert_int_equal(suggest(octets[i], times[i]), HCI_ERR_INVALID_PARAMETERS);
	}
	assert_int_equal(suggest(200, 1000), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_SUGGESTED_DEFAULT_DATA_LENGTH, NULL, 0), 0);
	assert_memory_equal(r.evt + 7, ((const uint8_t[]){ 200, 0, 0xE8, 0x03 }), 4);
	assert_int_equal(rig_cmd(&r, HCI_CMD_RESET, NULL, 0), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_SUGGESTED_DEFAULT_DATA_LENGTH, NULL, 0), 0);
	assert_memory_equal(r.evt + 7, ((const uint8_t[]){ 27, 0, 0x48, 0x01 }), 4);
	assert_int_equal(set_length(251, 2120), HCI_ERR_UNKNOWN_CONNECTION);
	rig_init(&r, &(struct ble_ctlr_config){ .acl_octets = 100, .rx_octets = 27 });
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_MAXIMUM_DATA_LENGTH, NULL, 0), 0);
	assert_memory_equal(r.evt + 7, ((const uint8_t[]){ 100, 0, 912 & 0xFF, 912 >> 8, 27, 0, 328 & 0xFF, 328 >> 8 }), 8);
}

#define CASE(id, fn) { id, fn, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("LL/CON/PER/BV-77-C", test_answers),
		CASE("LL/CON/PER/BV-78-C", test_asks),
		cmocka_unit_test(test_time_limits),
		cmocka_unit_test(test_suggestion),
		cmocka_unit_test(test_both_ask),
		cmocka_unit_test(test_peer_is_faster),
		cmocka_unit_test(test_peer_lacks_it),
		CASE("LL/CON/PER/BI-31-C LL/CON/PER/BI-32-C LL/CON/PER/BI-33-C LL/CON/CEN/BI-24-C LL/CON/CEN/BI-25-C",
			test_invalid_answers),
		cmocka_unit_test(test_ll_066_067_limits),
		cmocka_unit_test(test_ll_067_oscillation),
		cmocka_unit_test(test_repetition_keeps_its_length),
		cmocka_unit_test(test_commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
