/*
 * Security Manager: Passkey Entry, as the TK of legacy pairing (SM/PER/PKE, SM/CEN/PKE; Vol 3 Part H 2.3.5.3) and in the
 * twenty rounds of Secure Connections (SCPK; 2.3.5.6.3), in both roles. Who shows and who enters follows from table 2.8.
 */
#include "sm.h"

static struct sm sm;

#define KEYS "I 06 =", "I 07 =", "T 06 =", "T 07 ="
#define PEER_KEYS "T 06 =", "T 07 =", "I 06 =", "I 07 ="

/* A display and a keyboard, so that the tester's capabilities decide. */
static void open(void **state, bool tester_initiates, bool mitm)
{
	sm_open(&sm, *state, tester_initiates,
		&(struct ble_pairing_params){ .bonding = true, .mitm = mitm,
			.capabilities = BLE_CAP_KEYBOARD_DISPLAY, .initiator_keys = BLE_KEY_ENC,
			.responder_keys = BLE_KEY_ENC,
			.ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison) });
}

static struct sm *responder(void **state, bool mitm)
{
	open(state, true, mitm);
	return &sm;
}

static void begins(struct sm *s, const char *request)
{
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), 0);
	SM(s, request);
}

static struct sm *initiator(void **state, bool mitm)
{
	open(state, false, mitm);
	begins(&sm, mitm ? "I 01 04 00 0D 10 01 01" : "I 01 04 00 09 10 01 01");
	return &sm;
}

/* The tester shows a passkey, and our user enters this one. */
static void enters(struct sm *s, uint32_t shown, uint32_t entered)
{
	sm_passkey(s, shown);
	sm_expect_asked(s);
	assert_int_equal(ble_conn_passkey(s->k->host, s->k->conn, entered), 0);
	kit_wake(s->k);
}

/* Our screen shows one, which the tester's user enters. */
static void shows(struct sm *s)
{
	sm_expect_shown(s);
	sm_passkey(s, s->number);
}

static void fails(struct sm *s, uint8_t reason, bool by_peer)
{
	sm_expect_failed(s, reason, by_peer);
	sm_expect_level(s, 1);
	sm_expect_bonds(s, 0);
	assert_true(s->k->tester->up && !s->k->tester->encrypted);
	kit_run(s->k, 5000); /* 2.3.6: one has to wait after a failure */
}

/* --- legacy, the implementation responds --------------------------------------------------------------------------- */

static void we_enter(void **state)
{
	struct sm *s = responder(state, false);
	SM(s, "T 01 00 00 05 10 01 01", "I 02 04 00 09 10 01 01", "T 03 =", "I -"); /* waits for its user */
	SM(s, "T 05 01");
	sm_expect_asked(s);
	fails(s, 1, true);
	SM(s, "T 01 00 00 05 10 01 01", "I 02 04 00 09 10 01 01");
	enters(s, 19655, 19655);
	SM(s, "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", KEYS);
	sm_expect_paired(s, 3, 16, true);
	SM(s, "T 01 02 00 05 10 01 01", "I 02 04 00 09 10 01 01"); /* the other way round */
	shows(s);
	SM(s, "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", KEYS);
	sm_expect_paired(s, 3, 16, true);
}

/* Who wants MITM protection refuses, before anything is agreed on. */
static void no_protection(void **state)
{
	struct sm *s = responder(state, true);
	SM(s, "T 01 03 00 01 10 01 01", "I 05 03", "I -");
	fails(s, 3, false);
}

/* Who does not pairs without. */
static void no_protection_wanted(void **state)
{
	struct sm *s = responder(state, false);
	SM(s, "T 01 03 00 00 10 00 00", "I 02 04 00 09 10 00 00", "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E");
	sm_expect_paired(s, 2, 16, false);
}

static void passkeys_differ(void **state)
{
	struct sm *s = responder(state, true);
	SM(s, "T 01 00 00 05 10 01 01", "I 02 04 00 0D 10 01 01");
	enters(s, 19655, 19656);
	SM(s, "T 03 =", "I 03 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
}

/* --- legacy, the implementation initiates -------------------------------------------------------------------------- */

static void initiates(void **state)
{
	struct sm *s = initiator(state, true);
	SM(s, "T 02 00 00 05 10 01 01");
	enters(s, 999999, 999999);
	SM(s, "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E", PEER_KEYS);
	sm_expect_paired(s, 3, 16, true);
}

static void initiator_without_protection(void **state)
{
	struct sm *s = initiator(state, false);
	SM(s, "T 02 03 00 01 10 01 01", "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E", PEER_KEYS);
	sm_expect_paired(s, 2, 16, true);
}

/* Three pairings with a tester that keeps nothing; no passkey comes again. */
static void shows_another(void **state, const char *response, bool sc)
{
	uint32_t shown[3];
	struct sm *s = initiator(state, true);
	for (unsigned i = 0; i < 3; i++) {
		SM(s, response);
		if (sc)
			SM(s, "I 0C =", "T 0C =");
		shows(s);
		shown[i] = s->number;
		for (unsigned other = 0; other < i; other++)
			assert_int_not_equal(shown[i], shown[other]);
		if (sc)
			sm_rounds(s, SM_ROUNDS);
		if (sc)
			SM(s, "I 0D =", "T 0D =", "E");
		else
			SM(s, "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E");
		sm_expect_paired(s, sc ? 4 : 3, 16, false);
		sm_leave(s);
		sm_connect(s, false);
		begins(s, "I 01 04 00 0D 10 01 01");
	}
	SM(s, "T 05 08");
	fails(s, 8, true);
}

static void legacy_shows_another(void **state)
{
	shows_another(state, "T 02 02 00 04 10 00 00", false);
}

/* Our own confirm value comes back: 2.3.5.5. */
static void is_reflected(void **state)
{
	struct sm *s = initiator(state, true);
	SM(s, "T 02 02 00 04 10 00 00");
	shows(s);
	SM(s, "I 03 =", "T 03 <", "I 05 04", "I -");
	fails(s, 4, false);
}

static void initiator_detects_wrong_confirm(void **state)
{
	struct sm *s = initiator(state, true);
	SM(s, "T 02 02 00 05 10 01 01");
	shows(s);
	SM(s, "I 03 =", "T 03 !", "I 04 =", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
	begins(s, "I 01 04 00 0D 10 01 01"); /* ... and is told of a wrong one */
	SM(s, "T 02 02 00 05 10 01 01");
	shows(s);
	SM(s, "I 03 =", "T 03 =", "I 04 =", "T 05 04", "I -");
	fails(s, 4, true);
}

static void responder_cancels(void **state)
{
	struct sm *s = initiator(state, true);
	SM(s, "T 02 02 00 05 10 01 01");
	shows(s);
	SM(s, "I 03 =", "T 05 01", "I -");
	fails(s, 1, true);
}

/* --- Secure Connections, the implementation responds --------------------------------------------------------------- */

static void sc_finish(struct sm *s)
{
	if (s->initiator)
		SM(s, "T 0D =", "I 0D =", "E");
	else
		SM(s, "I 0D =", "T 0D =", "E");
	sm_expect_paired(s, 4, 16, true);
	sm_expect_bonds(s, 1);
}

static void sc_we_enter(struct sm *s, const char *request)
{
	SM(s, request, "I 02 04 00 0D 10 01 01", "T 0C =", "I 0C =");
	enters(s, 123456, 123456);
	sm_rounds(s, SM_ROUNDS);
	sc_finish(s);
}

static const struct ble_pairing_params telling = { .bonding = true, .mitm = true, .keypress = true,
	.capabilities = BLE_CAP_KEYBOARD_ONLY, .initiator_keys = BLE_KEY_ENC, .responder_keys = BLE_KEY_ENC,
	.ways = BLE_WAYS(&ble_passkey_entry) };

/* Our user's keypresses are told to who wants to know, and to nobody else: 3.5.8. */
static void tells_keypresses(struct sm *s, bool wanted)
{
	static const char *const pdus[] = { "I 0E 00", "I 0E 01", "I 0E 02", "I 0E 03", "I 0E 04" };
	assert_int_equal(ble_pairing_set(s->k->host, &telling), 0);
	sm_new_key(s);
	SM(s, wanted ? "T 01 00 00 1D 10 01 01" : "T 01 00 00 0D 10 01 01", "I 02 02 00 1D 10 01 01", "T 0C =", "I 0C =");
	sm_expect_asked(s);
	for (uint8_t kind = 0; kind < 5; kind++) {
		assert_int_equal(ble_conn_keypress(s->k->host, s->k->conn, kind), wanted ? 0 : BLE_ENOENT);
		if (wanted)
			SM(s, pdus[kind]);
	}
	SM(s, "I -");
	sm_passkey(s, 4711);
	assert_int_equal(ble_conn_passkey(s->k->host, s->k->conn, 4711), 0);
	sm_rounds(s, SM_ROUNDS);
	sc_finish(s);
}

static void sc_passkey(void **state)
{
	struct sm *s = responder(state, true);
	sc_we_enter(s, "T 01 00 00 0D 10 01 01");
	sm_new_key(s);
	SM(s, "T 01 02 00 0D 10 01 01", "I 02 04 00 0D 10 01 01", "T 0C =", "I 0C ="); /* once more, the other way round */
	shows(s);
	sm_rounds(s, SM_ROUNDS);
	sc_finish(s);
	tells_keypresses(s, false);
	tells_keypresses(s, true);
}

static void sc_ignores_reserved(void **state)
{
	sc_we_enter(responder(state, true), "T 01 00 00 ED 10 01 01");
}

static void sc_wrong_round(void **state)
{
	static const unsigned rounds[] = { 0, 1, 19 };
	struct sm *s = responder(state, true);
	for (unsigned i = 0; i < 3; i++) {
		SM(s, "T 01 00 00 0D 10 01 01", "I 02 04 00 0D 10 01 01", "T 0C =", "I 0C =");
		enters(s, 123456, 123456);
		sm_rounds(s, rounds[i]);
		SM(s, "T 03 !", "I 03 =", "T 04 =", "I 05 04", "I -");
		fails(s, 4, false);
		sm_new_key(s);
	}
}

/* The third bit of what our user has typed is another. */
static void sc_other_passkey(void **state)
{
	struct sm *s = responder(state, true);
	SM(s, "T 01 00 00 09 10 01 01", "I 02 04 00 0D 10 01 01", "T 0C =", "I 0C =");
	enters(s, 123456, 123456 ^ 4);
	sm_rounds(s, 2);
	SM(s, "T 03 =", "I 03 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
}

static const uint8_t reasons[] = { 0x03, 0x08, 0x05, 0x09 };

/* For every reason that there may be, after the features; and when the passkey is awaited, and in the rounds. */
static void sc_initiator_gives_up(void **state)
{
	struct sm *s = responder(state, true);
	for (unsigned i = 0; i < 4; i++) {
		SM(s, "T 01 00 00 0D 10 01 01", "I 02 04 00 0D 10 01 01");
		sm_say_failed(s, reasons[i]);
		fails(s, reasons[i], true);
	}
	SM(s, "T 01 00 00 0D 10 01 01", "I 02 04 00 0D 10 01 01", "T 0C =", "I 0C =", "T 05 01", "I -");
	sm_expect_asked(s);
	fails(s, 1, true);
	sm_new_key(s);
	SM(s, "T 01 00 00 0D 10 01 01", "I 02 04 00 0D 10 01 01", "T 0C =", "I 0C =");
	enters(s, 123456, 123456);
	sm_rounds(s, 7);
	SM(s, "T 03 =", "I 03 =", "T 05 04", "I -");
	fails(s, 4, true);
	sm_new_key(s);
	sc_we_enter(s, "T 01 00 00 0D 10 01 01");
}

/* --- ... initiates ------------------------------------------------------------------------------------------------- */

static void sc_agree(struct sm *s, const char *response)
{
	SM(s, response, "I 0C =", "T 0C =");
	shows(s);
}

static void sc_initiates(struct sm *s, const char *response)
{
	sc_agree(s, response);
	sm_rounds(s, SM_ROUNDS);
	sc_finish(s);
}

/* With keypresses of the tester's user, which ours is told of. */
static void sc_initiator(void **state)
{
	struct sm *s = initiator(state, true);
	sc_initiates(s, "T 02 02 00 0D 10 01 01");
	struct ble_pairing_params params = telling;
	params.capabilities = BLE_CAP_DISPLAY_ONLY;
	assert_int_equal(ble_pairing_set(s->k->host, &params), 0);
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, true), 0);
	sm_new_key(s);
	SM(s, "I 01 00 00 1D 10 01 01");
	sc_agree(s, "T 02 02 00 1D 10 01 01");
	SM(s, "I 03 =", "T 0E 00", "T 0E 01", "T 0E 04");
	kit_run(s->k, 200);
	assert_int_equal(s->k->last[BLE_EV_KEYPRESS].keypress.kind, BLE_KEYPRESS_COMPLETED);
	SM(s, "T 03 =", "I 04 =", "T 04 =");
	s->round = 1;
	sm_rounds(s, SM_ROUNDS - 1);
	sc_finish(s);
}

static void sc_initiator_ignores_reserved(void **state)
{
	sc_initiates(initiator(state, true), "T 02 02 00 ED 10 01 01");
}

static void sc_responder_gives_up(void **state)
{
	struct sm *s = initiator(state, true);
	for (unsigned i = 0; i < 4; i++) {
		sm_say_failed(s, reasons[i]);
		fails(s, reasons[i], true);
		begins(s, "I 01 04 00 0D 10 01 01");
	}
	sc_agree(s, "T 02 02 00 0D 10 01 01");
	SM(s, "I 03 =", "T 05 01", "I -");
	fails(s, 1, true);
	begins(s, "I 01 04 00 0D 10 01 01");
	sm_new_key(s);
	sc_agree(s, "T 02 02 00 0D 10 01 01");
	sm_rounds(s, 3);
	SM(s, "I 03 =", "T 03 =", "I 04 =", "T 05 04", "I -");
	fails(s, 4, true);
}

static void sc_initiator_detects_wrong_confirm(void **state)
{
	struct sm *s = initiator(state, true);
	sc_agree(s, "T 02 02 00 0D 10 01 01");
	sm_rounds(s, 3);
	SM(s, "I 03 =", "T 03 !", "I 04 =", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
}

/* The tester's user has typed something else, by the third bit. */
static void sc_initiator_finds_other_passkey(void **state)
{
	struct sm *s = initiator(state, true);
	sc_agree(s, "T 02 02 00 0D 10 01 01");
	sm_passkey(s, s->number ^ 4);
	sm_rounds(s, 2);
	SM(s, "I 03 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 03 =",
		"I 04 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
}

static void sc_shows_another(void **state)
{
	shows_another(state, "T 02 02 00 0C 10 00 00", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("SM/PER/PKE/BV-02-C", we_enter),
		CASE("SM/PER/PKE/BV-05-C", no_protection),
		CASE("SM/PER/PKE/BV-06-C", no_protection_wanted),
		CASE("SM/PER/PKE/BI-03-C", passkeys_differ),
		CASE("SM/CEN/PKE/BV-01-C", initiates),
		CASE("SM/CEN/PKE/BV-04-C", initiator_without_protection),
		CASE("SM/CEN/PKE/BV-05-C", legacy_shows_another),
		CASE("SM/CEN/PKE/BI-01-C", initiator_detects_wrong_confirm),
		CASE("SM/CEN/PKE/BI-02-C", responder_cancels),
		CASE("SM/CEN/PKE/BI-03-C", is_reflected),
		CASE("SM/PER/SCPK/BV-02-C", sc_passkey),
		CASE("SM/PER/SCPK/BV-03-C", sc_ignores_reserved),
		CASE("SM/PER/SCPK/BI-03-C", sc_wrong_round),
		CASE("SM/PER/SCPK/BI-04-C", sc_initiator_gives_up),
		CASE("SM/PER/SCPK/BI-05-C", sc_other_passkey),
		CASE("SM/CEN/SCPK/BV-01-C", sc_initiator),
		CASE("SM/CEN/SCPK/BV-04-C", sc_initiator_ignores_reserved),
		CASE("SM/CEN/SCPK/BI-01-C", sc_responder_gives_up),
		CASE("SM/CEN/SCPK/BV-05-C", sc_shows_another),
		CASE("SM/CEN/SCPK/BI-02-C", sc_initiator_detects_wrong_confirm),
		CASE("SM/CEN/SCPK/BI-03-C", sc_initiator_finds_other_passkey),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
