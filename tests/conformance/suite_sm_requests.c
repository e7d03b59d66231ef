/*
 * Security Manager: who begins (SM/PER/PIS, SIP, SIE; SM/CEN/PIS, SIP; Vol 3 Part H 2.4.6, 2.4.4), and what becomes of a
 * pairing whose other side falls silent (SM/PER/PROT, SM/CEN/PROT; 3.4).
 */
#include "sm.h"

static struct sm sm;

#define PHASE_2 "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =", "T 0D =", "I 0D =", "E"
#define PEER_PHASE_2 "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 04 =", "I 0D =", "T 0D =", "E"

static const struct ble_pairing_params params = { .bonding = true, .ways = BLE_WAYS(&ble_legacy_pairing),
	.initiator_keys = BLE_KEY_ENC, .responder_keys = BLE_KEY_ENC };

static void secure(struct sm *s)
{
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), 0);
}

static void finish(struct sm *s)
{
	sm_expect_paired(s, 2, 16, true);
	sm_expect_bonds(s, 1);
}

/* --- the implementation is the peripheral -------------------------------------------------------------------------- */

/* Security Request says what is wanted, and nothing else happens until the central has begun. */
static void asks_for_pairing(void **state)
{
	sm_open(&sm, *state, true, &params);
	secure(&sm);
	SM(&sm, "I 0B 09", "I -", "T 01 03 00 01 10 00 01", "I 02 03 00 09 10 00 01", "T 03 =", "I 03 =", "T 04 =", "I 04 =",
		"E", "I 06 =", "I 07 =");
	finish(&sm);
}

/* With MITM protection, which the pairing then has. */
static void asks_for_protection(void **state)
{
	sm_open(&sm, *state, true,
		&(struct ble_pairing_params){ .bonding = true, .mitm = true, .capabilities = BLE_CAP_DISPLAY_ONLY,
			.ways = BLE_WAYS(&ble_passkey_entry) });
	secure(&sm);
	SM(&sm, "I 0B 0D", "I -");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
}

static const uint8_t no_id[10];

/* With a bond the central has nothing to pair: it encrypts with the key that it has, of either scheme. */
static void asks_for_encryption(void **state)
{
	sm_open(&sm, *state, true, &params);
	SM(&sm, "T 01 03 00 01 10 00 01", "I 02 03 00 09 10 00 01", "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", "I 06 =",
		"I 07 =");
	finish(&sm);
	sm_leave(&sm);
	sm_connect(&sm, true);
	secure(&sm);
	SM(&sm, "I 0B 09");
	assert_int_equal(sm_encrypt_with(&sm, sm.theirs.ltk, sm.theirs.ediv_rand), 0);
	sm_expect_encrypted(&sm, 0);
	sm_expect_level(&sm, 2);
	SM(&sm, "I -");
}

static void asks_for_encryption_with_sc(void **state)
{
	sm_open(&sm, *state, true, &params);
	SM(&sm, "T 01 03 00 09 10 00 00", "I 02 03 00 09 10 00 00", PHASE_2);
	finish(&sm);
	sm_leave(&sm);
	sm_connect(&sm, true);
	secure(&sm);
	SM(&sm, "I 0B 09");
	assert_int_equal(sm_encrypt_with(&sm, sm.key, no_id), 0);
	sm_expect_encrypted(&sm, 0);
	sm_expect_level(&sm, 2);
	SM(&sm, "I -");
}

/* --- the implementation is the central ----------------------------------------------------------------------------- */

static void is_asked_for_pairing(void **state)
{
	sm_open(&sm, *state, false, &params);
	kit_run(sm.k, 1000);
	SM(&sm, "I -", "T 0B 0D", "I 01 03 00 09 10 01 01", "T 02 03 00 09 10 00 00", PEER_PHASE_2);
	finish(&sm);
}

/* Whoever asks again meanwhile is not heard: 2.4.6. */
static void is_asked_twice(void **state)
{
	sm_open(&sm, *state, false, &params);
	SM(&sm, "T 0B 01", "I 01 03 00 09 10 01 01", "T 0B 01", "T 02 03 00 09 10 00 00", PEER_PHASE_2);
	assert_int_equal(sm.k->tester->encryptions, 1);
	finish(&sm);
}

/*
 * With a bond it is asked for what that gives: no pairing. With MITM protection the bond does not do; but a peer that gives
 * up loses nothing that was there.
 */
static void is_asked_for_encryption(void **state)
{
	sm_open(&sm, *state, false, &params);
	SM(&sm, "T 0B 09", "I 01 03 00 09 10 01 01", "T 02 03 00 01 10 00 01", "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E",
		"T 06 =", "T 07 =");
	finish(&sm);
	sm_leave(&sm);
	sm_connect(&sm, false);
	SM(&sm, "T 0B 01");
	assert_int_equal(sm_encrypt_with(&sm, sm_tester_keys.ltk, sm_tester_keys.ediv_rand), 0);
	sm_expect_encrypted(&sm, 0);
	sm_expect_level(&sm, 2);
	SM(&sm, "I -", "T 0B 05", "I 01 03 00 09 10 01 01", "T 05 08");
	sm_expect_failed(&sm, 8, true);
	sm_expect_bonds(&sm, 1);
}

/* --- silence ------------------------------------------------------------------------------------------------------- */

/* After thirty seconds the pairing is over, and so is SMP on this connection; on the next it is as if nothing had been. */
static void is_dead(struct sm *s, const char *pdu)
{
	kit_run(s->k, 31000); /* the program is told then; what was awaited comes ten seconds later */
	assert_int_equal(s->k->count[BLE_EV_PAIRED], 1);
	assert_int_equal(s->k->last[BLE_EV_PAIRED].paired.err, BLE_ETIMEOUT);
	s->k->count[BLE_EV_PAIRED] = 0;
	sm_expect_level(s, 1);
	kit_run(s->k, 10000);
	SM(s, pdu, "I -", "T 01 03 00 01 10 00 01", "I -", "T 0B 01", "I -", "T 05 08", "I -");
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), BLE_ESTATE);
	assert_true(s->k->tester->up);
	ATT(s->k, "T 02 17 00", "I 03 *"); /* the link is not */
	sm_leave(s);
}

static void responder_waits(void **state)
{
	sm_open(&sm, *state, true, &params);
	SM(&sm, "T 01 03 00 01 10 00 01", "I 02 03 00 09 10 00 01");
	kit_run(sm.k, 28000);
	assert_int_equal(sm.k->count[BLE_EV_PAIRED], 0);
	SM(&sm, "T 03 =", "I 03 ="); /* in time: another thirty seconds */
	is_dead(&sm, "T 04 =");
	sm_connect(&sm, true);
	SM(&sm, "T 01 03 00 09 10 00 00", "I 02 03 00 09 10 00 00", PHASE_2);
	finish(&sm);
}

static void initiator_waits(void **state)
{
	sm_open(&sm, *state, false, &params);
	secure(&sm);
	SM(&sm, "I 01 03 00 09 10 01 01");
	is_dead(&sm, "T 02 03 00 09 10 00 00");
	sm_connect(&sm, false);
	secure(&sm);
	SM(&sm, "I 01 03 00 09 10 01 01", "T 02 03 00 09 10 00 00", PEER_PHASE_2);
	finish(&sm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("SM/PER/PIS/BV-01-C", asks_for_protection),
		CASE("SM/PER/PIS/BV-02-C", asks_for_encryption),
		CASE("SM/PER/SIP/BV-01-C", asks_for_pairing),
		CASE("SM/PER/SIE/BV-01-C", asks_for_encryption_with_sc),
		CASE("SM/PER/PROT/BV-02-C", responder_waits),
		CASE("SM/CEN/PIS/BV-02-C", is_asked_for_pairing),
		CASE("SM/CEN/PIS/BV-03-C", is_asked_twice),
		CASE("SM/CEN/SIP/BV-02-C", is_asked_for_pairing),
		cmocka_unit_test_setup_teardown(is_asked_for_encryption, kit_setup, kit_teardown),
		CASE("SM/CEN/PROT/BV-01-C", initiator_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
