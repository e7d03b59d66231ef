/*
 * PHY Update, Vol 6 Part B 5.1.10: who asks, what is chosen, that the radio changes at the instant and not before, in
 * each direction by itself, and what is made of nonsense. Cases of the test specification are named by their ids.
 */
#include "link.h"
#include "spec/hci_cmd_le_conn.h"

#include <string.h>

static struct rig r;
static struct link l;

enum { NOTHING = 0xFF, M1 = 1, M2 = 2, ANY = 3 };

/* A radio with 2M, and a link. */
static void open_link(bool central)
{
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	r.caps.phy_2m = true;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, "\3\0\0", 3), 0); /* none preferred */
	l = (struct link){ .r = &r };
	if (central)
		rig_central(&r, 24, 0, 200);
	else
		rig_peripheral(&r, &ind);
	assert_int_equal(link_exchange(&l, NULL, 0), NOTHING);
}

static uint8_t say(uint8_t opcode, uint8_t tx, uint8_t rx)
{
	const uint8_t pdu[3] = { opcode, tx, rx };
	return link_exchange(&l, pdu, 3);
}

static uint8_t say_ind(uint8_t c_to_p, uint8_t p_to_c, uint16_t instant)
{
	const uint8_t pdu[5] = { LL_PHY_UPDATE_IND, c_to_p, p_to_c, (uint8_t)instant, (uint8_t)(instant >> 8) };
	return link_exchange(&l, pdu, 5);
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

static uint8_t answer(uint8_t opcode, uint8_t tx, uint8_t rx)
{
	uint8_t first = say(opcode, tx, rx);
	return first != NOTHING ? first : next(2);
}

static uint8_t set_phy(uint8_t all, uint8_t tx, uint8_t rx)
{
	uint8_t params[7] = { 0, 0, all, tx, rx };
	link_handle(&l, params);
	return rig_cmd(&r, HCI_CMD_LE_SET_PHY, params, sizeof params);
}

static void assert_read_phy(uint8_t tx, uint8_t rx)
{
	uint8_t handle[2];
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_PHY, handle, 2), 0);
	assert_int_equal(r.evt[9], tx);
	assert_int_equal(r.evt[10], rx);
}

static void assert_told(uint8_t status, uint8_t tx, uint8_t rx)
{
	const uint8_t *evt = rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_PHY_UPDATE_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], status);
	assert_int_equal(le16_get(evt + 2), link_conn(&l)->handle);
	assert_int_equal(evt[4], tx);
	assert_int_equal(evt[5], rx);
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_PHY_UPDATE_COMPLETE));
}

static void assert_not_told(void)
{
	assert_null(rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_PHY_UPDATE_COMPLETE));
}

/* Until the event before the instant the old PHYs are on the radio, from it on the new. */
static void assert_changes_at(uint16_t instant, uint8_t tx, uint8_t rx)
{
	bool central = link_conn(&l)->role == HCI_ROLE_CENTRAL;
	for (;;) {
		assert_true(rig_run(&r, r.now_us + 1000000));
		bool reached = link_conn(&l)->event == instant;
		uint8_t want_tx = reached ? tx : M1, want_rx = reached ? rx : M1;
		assert_int_equal(r.op.phy, central ? want_tx : want_rx);
		assert_int_equal(r.op.turn_phy, central ? want_rx : want_tx);
		if (!reached)
			assert_int_equal(link_exchange(&l, NULL, 0), NOTHING);
		if (reached)
			break;
	}
	link_exchange(&l, NULL, 0);
	link_exchange(&l, NULL, 0); /* and goes on */
	assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
	assert_told(HCI_ERR_SUCCESS, tx, rx);
	assert_read_phy(tx, rx);
	rig_check_leaks(&r);
}

static void test_peripheral_asks(void **state)
{
	(void)state;
	open_link(false);
	assert_int_equal(set_phy(0, M2, M2), 0);
	assert_int_equal(set_phy(0, M2, M2), HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(next(2), LL_PHY_REQ);
	assert_memory_equal(link_said() + 3, ((const uint8_t[]){ M2, M2 }), 2);
	uint16_t instant = (uint16_t)(link_conn(&l)->event + 7);
	assert_int_equal(say_ind(M2, M2, instant), NOTHING);
	assert_changes_at(instant, M2, M2);
}

static void test_peripheral_answers(void **state)
{
	(void)state;
	open_link(false);
	assert_int_equal(answer(LL_PHY_REQ, M2, ANY), LL_PHY_RSP);
	assert_memory_equal(link_said() + 3, ((const uint8_t[]){ ANY, ANY }), 2);
	uint16_t instant = (uint16_t)(link_conn(&l)->event + 7);
	assert_int_equal(say_ind(M2, 0, instant), NOTHING); /* one direction, the other as it is */
	assert_changes_at(instant, M1, M2);
}

static uint16_t instant_said(uint8_t c_to_p, uint8_t p_to_c)
{
	const uint8_t *said = link_said();
	assert_int_equal(said[2], LL_PHY_UPDATE_IND);
	assert_int_equal(said[3], c_to_p);
	assert_int_equal(said[4], p_to_c);
	return le16_get(said + 5);
}

static void test_central_asks(void **state)
{
	(void)state;
	open_link(true);
	assert_int_equal(set_phy(2, M2, 0), 0); /* receives on whatever */
	assert_int_equal(next(2), LL_PHY_REQ);
	assert_memory_equal(link_said() + 3, ((const uint8_t[]){ M2, ANY }), 2);
	assert_int_equal(answer(LL_PHY_RSP, M1, ANY), LL_PHY_UPDATE_IND);
	assert_changes_at(instant_said(M2, 0), M2, M1);
}

static void test_central_answers(void **state)
{
	(void)state;
	open_link(true);
	assert_int_equal(answer(LL_PHY_REQ, 0xFF, 0xF9), LL_PHY_UPDATE_IND); /* Coded and reserved bits: not ours */
	assert_changes_at(instant_said(0, M2), M1, M2);
}

/* There is nothing to change: no instant, and the host that asked is told. */
static void test_no_change(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		open_link(role);
		assert_int_equal(set_phy(0, M1, M1), 0);
		assert_int_equal(next(2), LL_PHY_REQ);
		if (role) {
			assert_int_equal(answer(LL_PHY_RSP, ANY, ANY), LL_PHY_UPDATE_IND);
			assert_memory_equal(link_said() + 3, ((const uint8_t[]){ 0, 0, 0, 0 }), 4);
		} else {
			assert_int_equal(say_ind(0, 0, 0xABCD), NOTHING);
		}
		assert_told(HCI_ERR_SUCCESS, M1, M1);
		assert_int_equal(set_phy(0, M1, M1), 0);
		/* the peer's wish that changes nothing is no news */
		open_link(role);
		assert_int_equal(answer(LL_PHY_REQ, M1, M1), role ? LL_PHY_UPDATE_IND : LL_PHY_RSP);
		if (!role)
			assert_int_equal(say_ind(0, 0, 0), NOTHING);
		assert_not_told();
		assert_int_equal(link_conn(&l)->llcp.peers, LLCP_NONE);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	static const uint8_t no[][3] = { { LL_UNKNOWN_RSP, LL_PHY_REQ }, { LL_REJECT_EXT_IND, LL_PHY_REQ, 0x1F },
		{ LL_REJECT_IND, 0x23 } };
	static const uint8_t status[] = { 0x1A, 0x1F, 0x23 }, lens[] = { 2, 3, 2 };
	for (unsigned i = 0; i < 3; i++) {
		open_link(false);
		assert_int_equal(set_phy(0, M2, M2), 0);
		assert_int_equal(next(2), LL_PHY_REQ);
		assert_int_equal(link_exchange(&l, no[i], lens[i]), NOTHING);
		assert_told(status[i], M1, M1);
	}
	/* one that is known not to have it is not asked */
	static const uint8_t features[9] = { LL_FEATURE_REQ };
	open_link(false);
	link_exchange(&l, features, 9);
	assert_int_equal(next(1), LL_FEATURE_RSP);
	assert_int_equal(set_phy(0, M2, M2), 0);
	assert_int_equal(next(3), NOTHING);
	assert_told(HCI_ERR_UNSUPPORTED_REMOTE_FEATURE, M1, M1);
}

/* 5.2: in each of the three waits. */
static void test_no_answer(void **state)
{
	(void)state;
	for (unsigned wait = 0; wait < 3; wait++) {
		open_link(wait == 1);
		if (wait < 2)
			assert_int_equal(set_phy(0, M2, M2), 0);
		else
			assert_int_equal(answer(LL_PHY_REQ, ANY, ANY), LL_PHY_RSP);
		uint64_t asked_us = r.now_us;
		while (link_conn(&l)->state == LL_CONN_OPEN && rig_run(&r, r.now_us + 40000))
			link_exchange(&l, NULL, 0);
		assert_in_range(r.now_us, asked_us + 39900000, asked_us + 40040000);
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_non_null(evt);
		assert_int_equal(evt[3], HCI_ERR_LL_RESPONSE_TIMEOUT);
		rig_check_leaks(&r);
	}
}

/* LL-065: what no radio of ours is set to ends the link, before the radio knows of it. */
static void test_ll_065_fields(void **state)
{
	(void)state;
	for (unsigned c_to_p = 0; c_to_p < 256; c_to_p++)
		for (unsigned p_to_c = 0; p_to_c < 256; p_to_c += c_to_p < 4 ? 1 : 85) {
			bool valid = c_to_p < 3 && p_to_c < 3;
			open_link(false);
			assert_int_equal(answer(LL_PHY_REQ, (uint8_t)c_to_p, (uint8_t)p_to_c), LL_PHY_RSP);
			uint16_t instant = (uint16_t)(link_conn(&l)->event + 2);
			assert_int_equal(say_ind((uint8_t)c_to_p, (uint8_t)p_to_c, instant), NOTHING);
			if (valid) {
				link_exchange(&l, NULL, 0);
				assert_true(rig_run(&r, r.now_us + 1000000));
				assert_int_equal(r.op.phy, c_to_p == M2 ? M2 : M1);
				assert_int_equal(r.op.turn_phy, p_to_c == M2 ? M2 : M1);
				continue;
			}
			assert_int_equal(next(1), LL_TERMINATE_IND);
			assert_int_equal(link_said()[3], HCI_ERR_INVALID_LL_PARAMETERS);
		}
}

/* LL-065: back and forth at every instant. */
static void test_ll_065_flip_flop(void **state)
{
	(void)state;
	open_link(false);
	for (unsigned n = 0; n < 50; n++) {
		uint8_t phy = n % 2 ? M1 : M2;
		assert_int_equal(answer(LL_PHY_REQ, phy, phy), LL_PHY_RSP);
		assert_int_equal(say_ind(phy, phy, (uint16_t)(link_conn(&l)->event + 1)), NOTHING);
		link_exchange(&l, NULL, 0);
		link_exchange(&l, NULL, 0);
		assert_told(HCI_ERR_SUCCESS, phy, phy);
	}
	rig_check_leaks(&r);
}

/* LL-058: the same of this instant as of the others. */
static void test_ll_058_instants(void **state)
{
	(void)state;
	static const uint16_t ahead[] = { 0xFFFF, 0x8000, 0x7FFF, 0x7FFE, 0, 1 };
	for (unsigned i = 0; i < 6; i++) {
		open_link(false);
		assert_int_equal(answer(LL_PHY_REQ, M2, M2), LL_PHY_RSP);
		assert_true(rig_run(&r, r.now_us + 1000000));
		say_ind(M2, M2, (uint16_t)(link_conn(&l)->event + ahead[i]));
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_int_equal(evt != NULL, ahead[i] >= 0x7FFF);
		if (evt)
			assert_int_equal(evt[3], HCI_ERR_INSTANT_PASSED);
		rig_check_leaks(&r);
	}
}

/* LL-062: anything else before the instant; a second instant ends the link. */
static void test_ll_062_before_the_instant(void **state)
{
	(void)state;
	static const uint8_t length[9] = { LL_LENGTH_REQ, 251, 0, 0x48, 8, 251, 0, 0x48, 8 };
	for (unsigned n = 0; n < 100; n++) {
		uint8_t map[8] = { LL_CHANNEL_MAP_IND, 0xFF, 0xFF, 0, 0, 0, 60, 0 };
		open_link(false);
		assert_int_equal(answer(LL_PHY_REQ, M2, M2), LL_PHY_RSP);
		assert_int_equal(say_ind(M2, M2, 50), NOTHING);
		assert_int_equal(link_exchange(&l, length, 9), NOTHING);
		assert_int_equal(next(1), LL_LENGTH_RSP);
		assert_int_equal(answer(LL_PHY_REQ, M1, M1), LL_REJECT_EXT_IND);
		assert_memory_equal(link_said() + 3, ((const uint8_t[]){ LL_PHY_REQ, 0x23 }), 2);
		link_exchange(&l, map, 8);
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_non_null(evt);
		assert_int_equal(evt[3], HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
		rig_check_leaks(&r);
	}
}

/* LL-068: an update that nobody has spoken of. */
static void test_ll_068_unsolicited(void **state)
{
	(void)state;
	open_link(false);
	uint32_t before = r.c->unexpected_pdus;
	assert_int_equal(say_ind(M2, M2, 10), NOTHING);
	assert_int_equal(next(20), NOTHING);
	assert_int_equal(r.op.phy, M1);
	open_link(true);
	assert_int_equal(answer(LL_PHY_RSP, M2, M2), NOTHING);
	assert_int_equal(r.c->unexpected_pdus, 1);
	assert_int_equal(before, 0);
}

/* 5.3, as peripheral: the central's wish goes on, ours is rejected. */
static void test_both_ask(void **state)
{
	(void)state;
	static const uint8_t reject[3] = { LL_REJECT_EXT_IND, LL_PHY_REQ, 0x23 };
	open_link(false);
	assert_int_equal(set_phy(0, M2, M2), 0);
	assert_int_equal(say(LL_PHY_REQ, ANY, M2), LL_PHY_REQ);
	assert_int_equal(link_exchange(&l, reject, 3), LL_PHY_RSP);
	assert_told(HCI_ERR_LL_PROCEDURE_COLLISION, M1, M1);
	uint16_t instant = (uint16_t)(link_conn(&l)->event + 6);
	assert_int_equal(say_ind(0, M2, instant), NOTHING);
	assert_changes_at(instant, M2, M1);
}

/* ... and as central. */
static void test_both_ask_central(void **state)
{
	(void)state;
	open_link(true);
	assert_int_equal(set_phy(0, M2, M2), 0);
	assert_int_equal(say(LL_PHY_REQ, ANY, ANY), LL_PHY_REQ);
	assert_int_equal(next(1), LL_REJECT_EXT_IND);
	assert_memory_equal(link_said() + 3, ((const uint8_t[]){ LL_PHY_REQ, 0x23 }), 2);
	assert_int_equal(answer(LL_PHY_RSP, ANY, ANY), LL_PHY_UPDATE_IND);
	assert_changes_at(instant_said(M2, M2), M2, M2);
}

/* Until it is over a fragment suits both PHYs: 5.1.10.1. 1064 us: 251 octets on 2M, 119 on 1M. */
static void test_fragments_meanwhile(void **state)
{
	(void)state;
	static const uint8_t length[9] = { LL_LENGTH_REQ, 251, 0, 0x28, 4, 251, 0, 0x28, 4 };
	open_link(false);
	link_conn(&l)->tx_phy = link_conn(&l)->rx_phy = LL_PHY_2M;
	link_conn(&l)->llcp.length.ours = (struct ll_length){ 251, 2120, 251, 2120 };
	link_exchange(&l, length, 9);
	assert_int_equal(link_conn(&l)->tx_limit, 251);
	assert_int_equal(answer(LL_PHY_REQ, M1, M1), LL_LENGTH_RSP);
	assert_int_equal(next(1), LL_PHY_RSP);
	assert_int_equal(link_conn(&l)->tx_limit, 119);
	say_ind(M2, M2, 0); /* as it is: but the instant has passed */
	assert_int_equal(link_conn(&l)->tx_limit, 119);
}

/* Vol 4 Part E 7.8.48, 7.8.49 */
static void test_commands(void **state)
{
	(void)state;
	uint8_t none[7] = { 0xFF, 0x0E, 3 };
	open_link(false);
	assert_int_equal(set_phy(0, 0, M1), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(set_phy(0, M1, 0), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(set_phy(0, 4, M1), HCI_ERR_UNSUPPORTED_FEATURE); /* LE Coded */
	assert_int_equal(set_phy(0, M1, 8 | M2), HCI_ERR_UNSUPPORTED_FEATURE);
	assert_int_equal(set_phy(4, M1, M1), HCI_ERR_UNSUPPORTED_FEATURE);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_PHY, none, 7), HCI_ERR_UNKNOWN_CONNECTION);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, "\0\0\1", 3), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, "\0\5\1", 3), HCI_ERR_UNSUPPORTED_FEATURE);
	assert_read_phy(M1, M1);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, NULL, 0), 0);
	assert_int_equal(r.evt[8] & 1, 1);
	/* a radio without 2M claims none, and takes none */
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, NULL, 0), 0);
	assert_int_equal(r.evt[8] & 1, 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, "\0\3\1", 3), HCI_ERR_UNSUPPORTED_FEATURE);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, "\0\1\1", 3), 0);
}

/* A link of a host that prefers 2M by default. */
static void open_preferring(bool central)
{
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	r.caps.phy_2m = true;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, "\0\3\3", 3), 0);
	l = (struct link){ .r = &r };
	if (central)
		rig_central(&r, 24, 0, 200);
	else
		rig_peripheral(&r, &ind);
}

/* It is asked for on every new link, by a peripheral when the central has not; nothing is told before it changes. */
static void test_default(void **state)
{
	(void)state;
	static const uint8_t later[3] = { LL_REJECT_EXT_IND, LL_PHY_REQ, 0x2A };
	open_preferring(true);
	assert_int_equal(next(2), LL_PHY_REQ);
	open_preferring(false);
	assert_int_equal(next(32), NOTHING);
	assert_int_equal(next(2), LL_PHY_REQ);
	assert_int_equal(link_exchange(&l, later, 3), NOTHING); /* it met something else */
	assert_not_told();
	assert_int_equal(next(2), LL_PHY_REQ); /* and comes again */
	uint16_t instant = (uint16_t)(link_conn(&l)->event + 4);
	assert_int_equal(say_ind(M2, M2, instant), NOTHING);
	assert_changes_at(instant, M2, M2);
}

/* What a central has asked before is not asked again, unless the host commands it: which need not wait. */
static void test_default_of_both(void **state)
{
	(void)state;
	open_preferring(false);
	link_exchange(&l, NULL, 0);
	assert_int_equal(answer(LL_PHY_REQ, ANY, ANY), LL_PHY_RSP);
	uint16_t instant = (uint16_t)(link_conn(&l)->event + 7);
	assert_int_equal(say_ind(M2, M2, instant), NOTHING);
	assert_changes_at(instant, M2, M2);
	assert_int_equal(next(100), NOTHING);
	open_preferring(false);
	link_exchange(&l, NULL, 0);
	assert_int_equal(set_phy(0, M2, M2), 0);
	assert_int_equal(next(2), LL_PHY_REQ);
}

#define CASE(id, fn) { id, fn, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("LL/CON/PER/BV-40-C", test_peripheral_asks),
		CASE("LL/CON/PER/BV-42-C", test_peripheral_answers),
		cmocka_unit_test(test_central_asks),
		cmocka_unit_test(test_central_answers),
		cmocka_unit_test(test_no_change),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_ll_065_fields),
		cmocka_unit_test(test_ll_065_flip_flop),
		cmocka_unit_test(test_ll_058_instants),
		cmocka_unit_test(test_ll_062_before_the_instant),
		cmocka_unit_test(test_ll_068_unsolicited),
		cmocka_unit_test(test_both_ask),
		cmocka_unit_test(test_both_ask_central),
		cmocka_unit_test(test_fragments_meanwhile),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_default_of_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
