/*
 * Every LL Control PDU, and data, at every step of Encryption Start and Encryption Pause, in both roles: Vol 6 Part B
 * 5.1.3.1, 5.1.3.2. The table is the book's: which PDU is the next step, what may still be on its way, and that everything
 * else, once the procedure has been heard of by the other side, ends the link without a word (0x3D).
 */
#include "sample.h"

#include <string.h>

enum { C_CLEAR, C_ASKED, C_ANSWERED, C_STARTED, C_ENCRYPTED, C_PAUSING, C_ASKED_AGAIN, C_ANSWERED_AGAIN, C_STARTED_AGAIN,
	P_CLEAR, P_REQUESTED, P_STARTING, P_ENCRYPTED, P_PAUSING, P_PAUSED, P_REQUESTED_AGAIN, P_STARTING_AGAIN, PLACES };

/*
 * What comes of a PDU:
 *   G the procedure goes on                       X the link ends at once, MIC Failure, nothing is said
 *   R it is refused: the host is told, in clear   L it is refused after a pause: we leave, LL_TERMINATE_IND
 *   T the peer leaves                             D data, for the host
 *   K not now: kept, answered when it is over     U LL_UNKNOWN_RSP
 *   . nothing                                     ? another procedure's affair, encryption does not mind
 * cells: two digits of the opcode and what comes of it; what is not named: `data` for data, `other`.
 * LL_REJECT_EXT_IND and LL_UNKNOWN_RSP name LL_ENC_REQ; naming another opcode they are `stray`.
 */
static const struct {
	const char *name, *cells;
	char other, data, stray;
	bool central, sealed; /* our role; what the peer sends is encrypted */
} places[PLACES] = {
	[C_CLEAR] = { "central, in clear", "02T 03U 04. 05. 06. 0AU 0B.", '?', 'D', '?', true, false },
	/* The peripheral may not have heard of it: what it has said before may be on its way. */
	[C_ASKED] = { "central, LL_ENC_REQ is out", "02T 03X 04G 05X 06X 07R 0AX 0BX 0DR 11R", 'K', 'D', '.', true, false },
	[C_ANSWERED] = { "central, has LL_ENC_RSP", "02T 05G 0DR 11R", 'X', 'X', 'X', true, false },
	[C_STARTED] = { "central, LL_START_ENC_RSP is out", "02T 06G", 'X', 'X', 'X', true, true },
	[C_ENCRYPTED] = { "central, encrypted", "02T 03U 04. 05. 06. 0AU 0B.", '?', 'D', '?', true, true },
	[C_PAUSING] = { "central, LL_PAUSE_ENC_REQ is out", "02T 03X 04X 05X 06X 07X 0AX 0BG 0DX 11X", 'K', 'D', '.', true,
		true },
	/* From LL_PAUSE_ENC_RSP on the peripheral is silent but for the start that follows. */
	[C_ASKED_AGAIN] = { "central, paused, LL_ENC_REQ is out", "02T 04G 0DL 11L", 'X', 'X', 'X', true, false },
	[C_ANSWERED_AGAIN] = { "central, paused, has LL_ENC_RSP", "02T 05G 0DL 11L", 'X', 'X', 'X', true, false },
	[C_STARTED_AGAIN] = { "central, paused, LL_START_ENC_RSP is out", "02T 06G", 'X', 'X', 'X', true, true },
	[P_CLEAR] = { "peripheral, in clear", "02T 03G 04U 05U 06. 0A. 0B.", '?', 'D', '?', false, false },
	[P_REQUESTED] = { "peripheral, LL_ENC_RSP is out", "02T", 'X', 'X', 'X', false, false },
	[P_STARTING] = { "peripheral, LL_START_ENC_REQ is out", "02T 06G", 'X', 'X', 'X', false, true },
	[P_ENCRYPTED] = { "peripheral, encrypted", "02T 03. 04U 05U 06. 0AG 0B.", '?', 'D', '?', false, true },
	[P_PAUSING] = { "peripheral, LL_PAUSE_ENC_RSP is out", "02T 0BG", 'X', 'X', 'X', false, false },
	[P_PAUSED] = { "peripheral, paused", "02T 03G", 'X', 'X', 'X', false, false },
	[P_REQUESTED_AGAIN] = { "peripheral, paused, LL_ENC_RSP is out", "02T", 'X', 'X', 'X', false, false },
	[P_STARTING_AGAIN] = { "peripheral, paused, LL_START_ENC_REQ is out", "02T 06G", 'X', 'X', 'X', false, true },
};

/* --- the way there ------------------------------------------------------------------------------------------------- */

static const uint8_t start_req[1] = { LL_START_ENC_REQ };

static void answered(void)
{
	assert_int_equal(link_exchange(&l, sample_enc_rsp, sizeof sample_enc_rsp), SAMPLE_NOTHING);
}

/* LL_START_ENC_RSP has left, encrypted. */
static void started(void)
{
	sample_tx.counter = sample_rx.counter = 0;
	link_exchange(&l, start_req, 1);
	assert_int_equal(sample_hear_opcode(), LL_START_ENC_RSP);
}

static void asked(void)
{
	assert_int_equal(sample_enable(), 0);
	assert_int_equal(sample_next(2), LL_ENC_REQ);
}

static void pausing(void)
{
	sample_central();
	sample_random = sample_enc_req + 11;
	assert_int_equal(sample_enable(), 0);
	assert_int_equal(sample_hear_opcode(), LL_PAUSE_ENC_REQ);
}

static void asked_again(void)
{
	pausing();
	sample_say(LL_LLID_CONTROL, "\x0B", 1);
	assert_int_equal(sample_next(2), LL_PAUSE_ENC_RSP);
	assert_int_equal(sample_next(2), LL_ENC_REQ);
}

static void go_central(unsigned place)
{
	switch (place) {
	case C_ENCRYPTED: sample_central(); return;
	case C_PAUSING: pausing(); return;
	case C_ASKED_AGAIN:
	case C_ANSWERED_AGAIN:
	case C_STARTED_AGAIN: asked_again(); break;
	default:
		sample_open(true);
		if (place != C_CLEAR)
			asked();
	}
	if (place == C_ANSWERED || place == C_STARTED || place == C_ANSWERED_AGAIN || place == C_STARTED_AGAIN)
		answered();
	if (place == C_STARTED || place == C_STARTED_AGAIN)
		started();
}

static void go_peripheral(unsigned place)
{
	switch (place) {
	case P_CLEAR: sample_open(false); return;
	case P_REQUESTED: sample_begin(SAMPLE_REQUESTED); return;
	case P_STARTING: sample_begin(SAMPLE_HAS_KEY); return;
	case P_ENCRYPTED: sample_begin(SAMPLE_STARTED); return;
	case P_PAUSING:
		sample_begin(SAMPLE_STARTED);
		sample_say(LL_LLID_CONTROL, "\x0A", 1);
		assert_int_equal(sample_hear_opcode(), LL_PAUSE_ENC_RSP);
		return;
	}
	sample_pause();
	if (place == P_PAUSED)
		return;
	assert_int_equal(link_exchange(&l, sample_enc_req, sizeof sample_enc_req), SAMPLE_NOTHING);
	assert_int_equal(sample_next(1), LL_ENC_RSP);
	sample_asked_for_key();
	if (place == P_REQUESTED_AGAIN)
		return;
	assert_int_equal(sample_reply(sample_ltk), 0);
	assert_int_equal(sample_next(2), LL_START_ENC_REQ);
}

static void go(unsigned place)
{
	if (places[place].central)
		go_central(place);
	else
		go_peripheral(place);
	rig_flush(&r);
}

/* --- what comes of a PDU ------------------------------------------------------------------------------------------- */

/* What our host is told: '.', or R, D, X, T, or ! for another end of the link. */
static char told(void)
{
	char what = '.';
	while (rig_read(&r) > 0) {
		if (r.evt[0] == HCI_H4_ACL)
			what = 'D';
		else if (r.evt[1] == HCI_EVT_ENCRYPTION_CHANGE || r.evt[1] == HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE)
			what = r.evt[3] ? 'R' : what;
		else if (r.evt[1] == HCI_EVT_DISCONNECTION_COMPLETE)
			return r.evt[6] == HCI_ERR_MIC_FAILURE ? 'X' : r.evt[6] == 0x13 ? 'T' : '!';
	}
	return what;
}

static void inject(bool sealed, uint8_t llid, const uint8_t *payload, uint8_t len)
{
	if (sealed) {
		sample_say(llid, payload, len);
		return;
	}
	assert_true(rig_run(&r, r.now_us + 10000000));
	if (link_conn(&l)->role == HCI_ROLE_CENTRAL)
		link_ours(&l);
	link_peer(&l, llid, payload, len, false);
	if (link_conn(&l)->role == HCI_ROLE_PERIPHERAL)
		link_ours(&l);
	rig_main(&r);
}

/* What we say afterwards: an opcode, SAMPLE_NOTHING, or LL_ENC_REQ and the like encrypted (0xFE). */
static uint8_t said(void)
{
	for (unsigned events = 0; events < 3; events++) {
		uint8_t opcode = link_exchange(&l, NULL, 0);
		if (opcode != SAMPLE_NOTHING)
			return link_said()[1] == 1 + llcp_ctr_data_len(opcode) ? opcode : 0xFE;
	}
	return SAMPLE_NOTHING;
}

/* The peer has said that it leaves, and hears that we have heard. */
static void farewell(void)
{
	for (unsigned events = 0; events < 3 && link_conn(&l)->state == LL_CONN_OPEN; events++) {
		bool central = link_conn(&l)->role == HCI_ROLE_CENTRAL;
		assert_true(rig_run(&r, r.now_us + 10000000));
		if (central)
			link_ours(&l);
		if (r.posted)
			link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
		if (!central)
			link_ours(&l);
		rig_main(&r);
	}
}

static char comes_of(unsigned place, uint8_t llid, const uint8_t *payload, uint8_t len)
{
	go(place);
	const struct ll_conn *k = link_conn(&l);
	uint8_t before = k->llcp.enc.state;
	bool encrypted = place == C_ENCRYPTED || place == P_ENCRYPTED;
	inject(places[place].sealed, llid, payload, len);
	if (k->llcp.reason && k->state == LL_CONN_OPEN && payload[0] == LL_TERMINATE_IND)
		farewell();
	char what = told();
	if (what == 'X' || what == 'T' || what == '!' || what == 'D')
		return what;
	assert_int_equal(k->state, LL_CONN_OPEN);
	bool moved = k->llcp.enc.state != before, kept = k->llcp.enc.later_len;
	if (what == 'R' && k->llcp.enc.refreshed)
		return said() == LL_TERMINATE_IND ? 'L' : '!';
	if (what == 'R' || moved)
		return moved ? what == 'R' ? 'R' : 'G' : '!';
	uint8_t opcode = said();
	if (opcode == SAMPLE_NOTHING)
		return kept ? 'K' : '.';
	/* encrypted, it could be any; which is told by its length: LL_UNKNOWN_RSP has two octets, and a MIC */
	return !kept && (opcode == LL_UNKNOWN_RSP || (encrypted && link_said()[1] == 6)) ? 'U' : 'A';
}

static char expected(unsigned place, uint8_t opcode)
{
	for (const char *at = places[place].cells; *at; at += at[3] ? 4 : 3) {
		unsigned high = (unsigned)at[0] - '0', low = at[1] <= '9' ? (unsigned)at[1] - '0' : (unsigned)at[1] - 'A' + 10;
		if (high * 16 + low == opcode)
			return at[2];
	}
	return places[place].other;
}

static void expect(unsigned place, const char *what, unsigned opcode, char want, char is)
{
	bool minds_not = is == '.' || is == 'A' || is == 'U' || is == '!';
	if (want == is || (want == '?' && minds_not))
		return;
	fail_msg("%s: %s 0x%02X: expected %c, was %c", places[place].name, what, opcode, want, is);
}

/* A PDU that its receiver can take, if it is one for it; -1: too long for a link without longer packets. */
static int make(uint8_t opcode, uint8_t pdu[27])
{
	int data = llcp_ctr_data_len(opcode);
	if (data > 22 && opcode != LL_CONNECTION_PARAM_REQ && opcode != LL_CONNECTION_PARAM_RSP)
		return -1;
	memset(pdu, 0, 27);
	pdu[0] = opcode;
	if (opcode == LL_ENC_REQ)
		memcpy(pdu, sample_enc_req, sizeof sample_enc_req);
	else if (opcode == LL_ENC_RSP)
		memcpy(pdu, sample_enc_rsp, sizeof sample_enc_rsp);
	else if (opcode == LL_TERMINATE_IND)
		pdu[1] = HCI_ERR_REMOTE_USER_TERMINATED;
	else if (opcode == LL_REJECT_IND)
		pdu[1] = HCI_ERR_PIN_OR_KEY_MISSING;
	else if (opcode == LL_REJECT_EXT_IND || opcode == LL_UNKNOWN_RSP)
		pdu[1] = LL_ENC_REQ;
	if (opcode == LL_REJECT_EXT_IND)
		pdu[2] = HCI_ERR_PIN_OR_KEY_MISSING;
	return 1 + (data < 0 ? 0 : data);
}

static void test_every_pdu(void **state)
{
	(void)state;
	for (unsigned place = 0; place < PLACES; place++)
		for (unsigned opcode = 0; opcode < 256; opcode++) {
			uint8_t pdu[27];
			int len = make((uint8_t)opcode, pdu);
			if (len < 0)
				continue;
			char is = comes_of(place, LL_LLID_CONTROL, pdu, (uint8_t)len);
			expect(place, "opcode", opcode, expected(place, (uint8_t)opcode), is);
		}
}

static void test_data(void **state)
{
	(void)state;
	for (unsigned place = 0; place < PLACES; place++)
		for (uint8_t llid = LL_LLID_CONTINUE; llid <= LL_LLID_START; llid++)
			expect(place, "data, LLID", llid, places[place].data,
				comes_of(place, llid, (const uint8_t *)"\3\0\4\0\x0A\1", 6));
}

/* A refusal of something else. */
static void test_stray_refusals(void **state)
{
	static const uint8_t ext[3] = { LL_REJECT_EXT_IND, LL_LENGTH_REQ, 0x1A }, unknown[2] = { LL_UNKNOWN_RSP, LL_PHY_REQ };
	(void)state;
	for (unsigned place = 0; place < PLACES; place++) {
		expect(place, "stray", ext[0], places[place].stray, comes_of(place, LL_LLID_CONTROL, ext, sizeof ext));
		expect(place, "stray", unknown[0], places[place].stray, comes_of(place, LL_LLID_CONTROL, unknown, sizeof unknown));
	}
}

/* One octet too few, or too many, is no such PDU: unknown where that has an answer, and never the next step. */
static void test_lengths(void **state)
{
	static const uint8_t opcodes[] = { LL_TERMINATE_IND, LL_ENC_REQ, LL_ENC_RSP, LL_START_ENC_REQ, LL_START_ENC_RSP,
		LL_PAUSE_ENC_REQ, LL_PAUSE_ENC_RSP };
	(void)state;
	for (unsigned place = 0; place < PLACES; place++)
		for (unsigned i = 0; i < sizeof opcodes; i++)
			for (int longer = -1; longer <= 1; longer += 2) {
				uint8_t pdu[27];
				int len = make(opcodes[i], pdu) + longer;
				bool idle = places[place].other == '?';
				if (len)
					expect(place, "wrong length of", opcodes[i], idle ? 'U' : 'X',
						comes_of(place, LL_LLID_CONTROL, pdu, (uint8_t)len));
			}
}

/* What was kept is answered when the link is encrypted, and not before. A second such PDU nobody can have sent. */
static void test_kept(void **state)
{
	static const uint8_t ping[1] = { LL_PING_REQ };
	(void)state;
	for (unsigned place = C_ASKED; place <= C_PAUSING; place += C_PAUSING - C_ASKED) {
		go(place);
		inject(places[place].sealed, LL_LLID_CONTROL, ping, 1);
		if (place == C_PAUSING) {
			sample_say(LL_LLID_CONTROL, "\x0B", 1);
			assert_int_equal(sample_next(2), LL_PAUSE_ENC_RSP);
			assert_int_equal(sample_next(2), LL_ENC_REQ);
		}
		answered();
		started();
		assert_int_equal(link_exchange(&l, NULL, 0), SAMPLE_NOTHING);
		sample_say(LL_LLID_CONTROL, "\x06", 1);
		assert_int_equal(sample_hear_opcode(), LL_PING_RSP);
		go(place);
		inject(places[place].sealed, LL_LLID_CONTROL, ping, 1);
		inject(places[place].sealed, LL_LLID_CONTROL, ping, 1);
		assert_int_equal(told(), 'X');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pdu),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_stray_refusals),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
