/*
 * Security Manager: Out of Band, both sides' TK of legacy pairing (SM/PER/OOB, SM/CEN/OOB; Vol 3 Part H 2.3.5.4) and
 * Secure Connections (SCOB; 2.3.5.6.4), in both roles. Legacy pairing wants the flag of both (table 2.6), Secure
 * Connections of one (table 2.7); else the capabilities decide.
 */
#include "sm.h"

#include <string.h>

static struct sm sm;

static const uint8_t tk[16] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 1, 2 };
static const uint8_t tester_r[16] = { 0xA5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

#define KEYS "I 06 =", "I 07 =", "T 06 =", "T 07 ="
#define PEER_KEYS "T 06 =", "T 07 =", "I 06 =", "I 07 ="

static void open(void **state, bool tester_initiates, uint8_t capabilities, bool mitm)
{
	sm_open(&sm, *state, tester_initiates,
		&(struct ble_pairing_params){ .bonding = true, .mitm = mitm, .capabilities = capabilities,
			.initiator_keys = BLE_KEY_ENC, .responder_keys = BLE_KEY_ENC,
			.ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry, &ble_out_of_band) });
}

/* The tester responds to what the implementation asks for with these octets. */
static void begins(struct sm *s, const char *request)
{
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), 0);
	SM(s, request);
}

/* The implementation has the TK of legacy pairing. */
static void has_tk(struct sm *s)
{
	struct ble_oob oob = { .r = { 0 } };
	memcpy(oob.tk, tk, 16);
	assert_int_equal(ble_oob_set(s->k->host, &oob, true), 0);
}

/* The tester has it. */
static void tester_has_tk(struct sm *s)
{
	memcpy(s->secret, tk, 16);
}

static void fails(struct sm *s, uint8_t reason, bool by_peer)
{
	sm_expect_failed(s, reason, by_peer);
	sm_expect_level(s, 1);
	sm_expect_bonds(s, 0);
	assert_true(s->k->tester->up && !s->k->tester->encrypted);
	kit_run(s->k, 5000);
}

/* --- legacy, the implementation responds --------------------------------------------------------------------------- */

static void respond(struct sm *s, uint8_t level)
{
	SM(s, "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", KEYS);
	sm_expect_paired(s, level, 16, true);
}

/* Five times, and our random is another each time. With both flags it does not matter whether MITM protection is wanted. */
static void both(void **state)
{
	struct sm_nonces seen = { 0 };
	open(state, true, 0, true);
	for (unsigned i = 0; i < 5; i++) {
		has_tk(&sm);
		SM(&sm, i & 1 ? "T 01 03 01 01 10 01 01" : "T 01 03 01 05 10 01 01", "I 02 03 01 0D 10 01 01");
		tester_has_tk(&sm);
		respond(&sm, 3);
		sm_expect_fresh(&sm, &seen);
	}
}

static void shown_and_entered(struct sm *s)
{
	sm_expect_shown(s);
	sm_passkey(s, s->number);
}

static void only_ours(void **state)
{
	open(state, true, BLE_CAP_DISPLAY_ONLY, true);
	has_tk(&sm);
	SM(&sm, "T 01 02 00 05 10 01 01", "I 02 00 01 0D 10 01 01");
	shown_and_entered(&sm);
	respond(&sm, 3);
}

static void only_theirs(void **state)
{
	open(state, true, BLE_CAP_DISPLAY_ONLY, true);
	SM(&sm, "T 01 02 01 05 10 01 01", "I 02 00 00 0D 10 01 01");
	shown_and_entered(&sm);
	respond(&sm, 3);
}

static void only_theirs_and_just_works(void **state)
{
	open(state, true, BLE_CAP_NONE, false);
	SM(&sm, "T 01 03 01 01 10 01 01", "I 02 03 00 09 10 01 01");
	respond(&sm, 2);
}

/* Without a secret in common, and a user: an unauthenticated key, or none where MITM protection is wanted. */
static void only_ours_and_just_works(void **state)
{
	open(state, true, BLE_CAP_NONE, true);
	has_tk(&sm);
	SM(&sm, "T 01 03 00 01 10 01 01", "I 05 03", "I -");
	fails(&sm, 3, false);
	assert_int_equal(ble_pairing_set(sm.k->host,
				 &(struct ble_pairing_params){ .bonding = true, .initiator_keys = BLE_KEY_ENC,
					 .responder_keys = BLE_KEY_ENC,
					 .ways = BLE_WAYS(&ble_legacy_pairing, &ble_out_of_band) }),
		0);
	SM(&sm, "T 01 03 00 01 10 01 01", "I 02 03 01 09 10 01 01");
	respond(&sm, 2);
}

static void different(void **state)
{
	open(state, true, 0, true);
	has_tk(&sm);
	SM(&sm, "T 01 03 01 05 10 01 01", "I 02 03 01 0D 10 01 01");
	tester_has_tk(&sm);
	sm.secret[9] ^= 1;
	SM(&sm, "T 03 =", "I 03 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 04 =", "I 05 04", "I -");
	fails(&sm, 4, false);
}

/* --- legacy, the implementation initiates -------------------------------------------------------------------------- */

static void initiate(struct sm *s, uint8_t level)
{
	SM(s, "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E", PEER_KEYS);
	sm_expect_paired(s, level, 16, true);
}

/* The request's flag is of the scheme that is preferred: an implementation that has TKs offers no other. */
static void open_initiator(void **state, uint8_t capabilities, bool mitm)
{
	sm_open(&sm, *state, false,
		&(struct ble_pairing_params){ .bonding = true, .mitm = mitm, .capabilities = capabilities,
			.legacy_only = true, .initiator_keys = BLE_KEY_ENC, .responder_keys = BLE_KEY_ENC,
			.ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry, &ble_out_of_band) });
}

static void both_initiator(void **state)
{
	struct sm_nonces seen = { 0 };
	open_initiator(state, 0, false);
	for (unsigned i = 0; i < 5; i++) {
		has_tk(&sm);
		assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, true), 0);
		SM(&sm, "I 01 03 01 01 10 01 01", i & 1 ? "T 02 03 01 01 10 01 01" : "T 02 03 01 05 10 01 01");
		tester_has_tk(&sm);
		initiate(&sm, 3);
		sm_expect_fresh(&sm, &seen);
	}
}

static void only_ours_initiator(void **state)
{
	open_initiator(state, BLE_CAP_DISPLAY_ONLY, true);
	has_tk(&sm);
	begins(&sm, "I 01 00 01 05 10 01 01");
	SM(&sm, "T 02 02 00 05 10 01 01");
	shown_and_entered(&sm);
	initiate(&sm, 3);
}

static void only_theirs_initiator(void **state)
{
	open_initiator(state, BLE_CAP_DISPLAY_ONLY, true);
	begins(&sm, "I 01 00 00 05 10 01 01");
	SM(&sm, "T 02 02 01 05 10 01 01");
	shown_and_entered(&sm);
	initiate(&sm, 3);
}

static void only_theirs_and_just_works_initiator(void **state)
{
	open_initiator(state, BLE_CAP_NONE, false);
	begins(&sm, "I 01 03 00 01 10 01 01");
	SM(&sm, "T 02 03 01 01 10 01 01");
	initiate(&sm, 2);
}

static void only_ours_and_just_works_initiator(void **state)
{
	open_initiator(state, BLE_CAP_NONE, false);
	has_tk(&sm);
	begins(&sm, "I 01 03 01 01 10 01 01");
	SM(&sm, "T 02 03 00 01 10 01 01");
	initiate(&sm, 2);
}

static void different_initiator(void **state)
{
	open_initiator(state, 0, true);
	has_tk(&sm);
	begins(&sm, "I 01 03 01 05 10 01 01");
	SM(&sm, "T 02 03 01 05 10 01 01");
	tester_has_tk(&sm);
	sm.secret[9] ^= 1;
	SM(&sm, "I 03 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 03 =",
		"I 04 .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..", "T 04 =", "I 05 04", "I -");
	fails(&sm, 4, false);
}

/* --- Secure Connections -------------------------------------------------------------------------------------------- */

/* The implementation has what the tester gave it: r, and C of the tester's public key. */
static void is_given(struct sm *s)
{
	struct ble_oob oob = { .tk = { 0 } };
	memcpy(oob.r, tester_r, 16);
	sm_oob(s, tester_r, oob.c);
	assert_int_equal(ble_oob_set(s->k->host, &oob, false), 0);
}

static uint8_t given_c[16];

/* ... and has given its own. */
static void gives(struct sm *s)
{
	assert_int_equal(ble_oob_make(s->k->host), 0);
	const struct ble_event *ev = ut_expect(s->k, BLE_EV_OOB, 1000);
	assert_int_equal(ev->oob.err, 0);
	memcpy(s->their_r, ev->oob.r, 16);
	memcpy(given_c, ev->oob.c, 16);
}

static void finish(struct sm *s)
{
	if (s->initiator)
		SM(s, "T 04 =", "I 04 =", "T 0D =", "I 0D =", "E");
	else
		SM(s, "I 04 =", "T 04 =", "I 0D =", "T 0D =", "E");
	sm_expect_paired(s, 4, 16, true);
}

static void sc_exchange(struct sm *s, const char *request, const char *response)
{
	SM(s, request, response, "T 0C =", "I 0C =");
}

/* Data in both directions, then in each alone: who has none proves nothing, and r is zero (2.3.5.6.5). */
static void sc_pairs(struct sm *s, const char *both, const char *ours, const char *theirs)
{
	is_given(s);
	gives(s);
	sc_exchange(s, both, "I 02 03 01 0D 10 01 01");
	sm_expect_given(s, given_c);
	finish(s);
	memset(s->their_r, 0, 16);
	sm_new_key(s);
	is_given(s);
	sc_exchange(s, ours, "I 02 03 01 0D 10 01 01");
	finish(s);
	memset(s->own_r, 0, 16);
	sm_new_key(s);
	gives(s);
	sc_exchange(s, theirs, "I 02 03 00 0D 10 01 01");
	sm_expect_given(s, given_c);
	finish(s);
}

static void sc_oob(void **state)
{
	open(state, true, 0, true);
	sc_pairs(&sm, "T 01 03 01 0D 10 01 01", "T 01 03 00 0D 10 01 01", "T 01 03 01 0D 10 01 01");
}

static void sc_ignores_reserved(void **state)
{
	open(state, true, 0, true);
	sc_pairs(&sm, "T 01 03 01 E9 10 01 01", "T 01 03 00 E9 10 01 01", "T 01 03 01 E9 10 01 01");
}

/* C is that of another public key, so the one that comes on the air is somebody else's. */
static void sc_other_key(void **state)
{
	open(state, true, 0, true);
	is_given(&sm);
	sm_new_key(&sm);
	SM(&sm, "T 01 03 00 0D 10 01 01", "I 02 03 01 0D 10 01 01", "T 0C =", "I 05 04", "I -");
	fails(&sm, 4, false);
}

static const uint8_t reasons[] = { 0x03, 0x08, 0x05, 0x09 };

/*
 * The tester gives up, for every reason that there may be, and in phase 2: nothing of the attempt is left. What has been
 * exchanged on the other way is used up as soon as it has been put to use.
 */
static void sc_tester_refuses(void **state)
{
	open(state, true, 0, true);
	is_given(&sm);
	gives(&sm);
	for (unsigned i = 0; i < 4; i++) {
		SM(&sm, "T 01 03 01 0D 10 01 01", "I 02 03 01 0D 10 01 01");
		sm_say_failed(&sm, reasons[i]);
		fails(&sm, reasons[i], true);
	}
	sc_exchange(&sm, "T 01 03 01 0D 10 01 01", "I 02 03 01 0D 10 01 01");
	SM(&sm, "T 05 02", "I -");
	fails(&sm, 2, true);
	sm_new_key(&sm);
	SM(&sm, "T 01 03 01 0D 10 01 01", "I 02 03 00 0D 10 01 01", "T 0C =", "I 05 02", "I -"); /* it is used up */
	fails(&sm, 2, false);
	is_given(&sm);
	gives(&sm);
	sc_exchange(&sm, "T 01 03 01 0D 10 01 01", "I 02 03 01 0D 10 01 01");
	finish(&sm);
}

static void sc_initiates(struct sm *s, const char *response)
{
	is_given(s);
	gives(s);
	begins(s, "I 01 03 01 0D 10 01 01");
	SM(s, response, "I 0C =", "T 0C =");
	sm_expect_given(s, given_c);
	finish(s);
}

static void sc_initiator(void **state)
{
	open(state, false, 0, true);
	sc_initiates(&sm, "T 02 03 01 0D 10 01 01");
}

static void sc_initiator_ignores_reserved(void **state)
{
	open(state, false, 0, true);
	sc_initiates(&sm, "T 02 03 01 E9 10 01 01");
}

static void sc_initiator_finds_other_key(void **state)
{
	open(state, false, 0, true);
	is_given(&sm);
	sm_new_key(&sm);
	begins(&sm, "I 01 03 01 0D 10 01 01");
	SM(&sm, "T 02 03 00 0D 10 01 01", "I 0C =", "T 0C =", "I 05 04", "I -");
	fails(&sm, 4, false);
}

static void sc_initiator_is_refused(void **state)
{
	open(state, false, 0, true);
	is_given(&sm);
	gives(&sm);
	begins(&sm, "I 01 03 01 0D 10 01 01");
	for (unsigned i = 0; i < 4; i++) {
		sm_say_failed(&sm, reasons[i]);
		fails(&sm, reasons[i], true);
		begins(&sm, "I 01 03 01 0D 10 01 01");
	}
	SM(&sm, "T 02 03 01 0D 10 01 01", "I 0C =", "T 05 02", "I -");
	fails(&sm, 2, true);
	sc_initiates(&sm, "T 02 03 01 0D 10 01 01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("SM/PER/OOB/BV-02-C", both),
		CASE("SM/PER/OOB/BV-04-C", only_ours),
		CASE("SM/PER/OOB/BV-06-C", only_theirs),
		CASE("SM/PER/OOB/BV-08-C", only_theirs_and_just_works),
		CASE("SM/PER/OOB/BV-10-C", only_ours_and_just_works),
		CASE("SM/PER/OOB/BV-11-C", both),
		CASE("SM/PER/OOB/BI-02-C", different),
		CASE("SM/CEN/OOB/BV-01-C", both_initiator),
		CASE("SM/CEN/OOB/BV-03-C", only_ours_initiator),
		CASE("SM/CEN/OOB/BV-05-C", only_theirs_initiator),
		CASE("SM/CEN/OOB/BV-07-C", only_theirs_and_just_works_initiator),
		CASE("SM/CEN/OOB/BV-09-C", only_ours_and_just_works_initiator),
		CASE("SM/CEN/OOB/BV-10-C", both_initiator),
		CASE("SM/CEN/OOB/BI-01-C", different_initiator),
		CASE("SM/PER/SCOB/BV-02-C", sc_oob),
		CASE("SM/PER/SCOB/BV-03-C", sc_ignores_reserved),
		CASE("SM/PER/SCOB/BI-02-C", sc_tester_refuses),
		CASE("SM/PER/SCOB/BI-03-C", sc_other_key),
		CASE("SM/CEN/SCOB/BV-01-C", sc_initiator),
		CASE("SM/CEN/SCOB/BV-04-C", sc_initiator_ignores_reserved),
		CASE("SM/CEN/SCOB/BI-01-C", sc_initiator_is_refused),
		CASE("SM/CEN/SCOB/BI-04-C", sc_initiator_finds_other_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
