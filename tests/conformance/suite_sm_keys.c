/*
 * Security Manager: which keys are made, how long they are, and how they are distributed (SM/PER/KDU, SM/CEN/KDU,
 * SM/PER/EKS, SM/CEN/EKS; Vol 3 Part H 2.3.4, 2.4.3, 3.6). The responder's keys first, each side's in the order of 3.6.1.
 */
#include "sm.h"

#include <string.h>

static struct sm sm;

/* Both schemes, bonding, these keys of either side. */
static void open_for(void **state, bool tester_initiates, uint8_t keys)
{
	sm_open(&sm, *state, tester_initiates,
		&(struct ble_pairing_params){ .bonding = true, .initiator_keys = keys, .responder_keys = keys,
			.ways = BLE_WAYS(&ble_legacy_pairing) });
	if (!tester_initiates)
		assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
}

static void legacy_phase_2(struct sm *s)
{
	if (s->initiator)
		SM(s, "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E");
	else
		SM(s, "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E");
}

static void sc_phase_2(struct sm *s)
{
	if (s->initiator)
		SM(s, "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =", "T 0D =", "I 0D =", "E");
	else
		SM(s, "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 04 =", "I 0D =", "T 0D =", "E");
}

static void finish(struct sm *s)
{
	sm_expect_paired(s, 2, 16, true);
	sm_expect_bonds(s, 1);
}

/* --- one kind of key at a time ------------------------------------------------------------------------------------- */

static void responders_ltk(void **state)
{
	open_for(state, true, BLE_KEY_ENC);
	SM(&sm, "T 01 03 00 01 10 00 01", "I 02 03 00 09 10 00 01");
	legacy_phase_2(&sm);
	SM(&sm, "I 06 =", "I 07 =", "I -");
	finish(&sm);
}

static void initiators_ltk(void **state)
{
	open_for(state, false, BLE_KEY_ENC);
	SM(&sm, "I 01 03 00 09 10 01 01", "T 02 03 00 01 10 01 00");
	legacy_phase_2(&sm);
	SM(&sm, "I 06 =", "I 07 =", "I -");
	finish(&sm);
}

static void identity(bool responds, void **state)
{
	open_for(state, responds, BLE_KEY_ID);
	if (responds)
		SM(&sm, "T 01 03 00 01 10 00 02", "I 02 03 00 09 10 00 02");
	else
		SM(&sm, "I 01 03 00 09 10 02 02", "T 02 03 00 01 10 02 00");
	legacy_phase_2(&sm);
	SM(&sm, "I 08 =", "I 09 =", "I -");
	finish(&sm);
}

static void responders_identity(void **state)
{
	identity(true, state);
}

static void initiators_identity(void **state)
{
	identity(false, state);
}

static void sc_identity(bool responds, void **state)
{
	open_for(state, responds, BLE_KEY_ID);
	if (responds)
		SM(&sm, "T 01 03 00 09 10 00 02", "I 02 03 00 09 10 00 02");
	else
		SM(&sm, "I 01 03 00 09 10 02 02", "T 02 03 00 09 10 02 00");
	sc_phase_2(&sm);
	SM(&sm, "I 08 =", "I 09 =", "I -");
	finish(&sm);
}

static void sc_responders_identity(void **state)
{
	sc_identity(true, state);
}

static void sc_initiators_identity(void **state)
{
	sc_identity(false, state);
}

static void signing(bool responds, bool sc, void **state)
{
	open_for(state, responds, BLE_KEY_SIGN);
	if (responds)
		SM(&sm, sc ? "T 01 03 00 09 10 00 04" : "T 01 03 00 01 10 00 04", "I 02 03 00 09 10 00 04");
	else
		SM(&sm, "I 01 03 00 09 10 04 04", sc ? "T 02 03 00 09 10 04 00" : "T 02 03 00 01 10 04 00");
	if (sc)
		sc_phase_2(&sm);
	else
		legacy_phase_2(&sm);
	SM(&sm, "I 0A =", "I -");
	finish(&sm);
}

static void responders_csrk(void **state)
{
	signing(true, false, state);
}

static void sc_responders_csrk(void **state)
{
	signing(true, true, state);
}

static void initiators_csrk(void **state)
{
	signing(false, false, state);
}

static void sc_initiators_csrk(void **state)
{
	signing(false, true, state);
}

/* --- the link is encrypted anew with the key that was distributed -------------------------------------------------- */

static void refresh(void **state)
{
	open_for(state, true, BLE_KEY_ENC);
	SM(&sm, "T 01 03 00 01 10 00 01", "I 02 03 00 09 10 00 01");
	legacy_phase_2(&sm);
	SM(&sm, "I 06 =", "I 07 =");
	finish(&sm);
	assert_int_equal(sm_encrypt_with(&sm, sm.theirs.ltk, sm.theirs.ediv_rand), 0);
	sm_expect_encrypted(&sm, 0);
	sm_expect_level(&sm, 2);
	ATT(sm.k, "T 0A 03 00", "I 0B *"); /* data goes on */
}

/* --- keys that are refused: 2.4.3, 3.5.5 Key Rejected -------------------------------------------------------------- */

static void refused(struct sm *s)
{
	sm_expect_failed(s, 0x0F, true);
	sm_expect_bonds(s, 0);
	SM(s, "I -");
}

static void responders_key_is_refused(void **state)
{
	open_for(state, true, BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN);
	SM(&sm, "T 01 03 00 01 10 07 07", "I 02 03 00 09 10 07 07");
	legacy_phase_2(&sm);
	SM(&sm, "I 06 =", "I 07 =", "I 08 =", "I 09 =", "I 0A =", "T 05 0F");
	refused(&sm);
}

static void sc_responders_key_is_refused(void **state)
{
	open_for(state, true, BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN);
	SM(&sm, "T 01 03 00 09 10 07 07", "I 02 03 00 09 10 07 07");
	sc_phase_2(&sm);
	SM(&sm, "I 08 =", "I 09 =", "I 0A =", "T 05 0F");
	refused(&sm);
}

/* An initiator has all of the responder's keys before its own leave, and is done when they have left. */
static void initiators_key_is_refused(void **state)
{
	open_for(state, false, BLE_KEY_ENC);
	SM(&sm, "I 01 03 00 09 10 01 01", "T 02 03 00 01 10 01 01");
	legacy_phase_2(&sm);
	SM(&sm, "T 06 =", "T 05 0F");
	refused(&sm);
}

static void sc_initiators_key_is_refused(void **state)
{
	open_for(state, false, BLE_KEY_ID);
	SM(&sm, "I 01 03 00 09 10 02 02", "T 02 03 00 09 10 02 02");
	sc_phase_2(&sm);
	SM(&sm, "T 08 =", "T 05 0F");
	refused(&sm);
}

/* --- public keys that are no point of the curve: 2.3.5.6.1 --------------------------------------------------------- */

enum { Y_ZERO, Y_ZERO_AGAIN, Y_BIT, ZEROES, OUR_X, ROUNDS };

/* A valid key of the tester's, spoilt; OUR_X: the implementation's own. */
static void say_spoilt_key(struct sm *s, unsigned how)
{
	uint8_t key[64];
	sm_new_key(s);
	memcpy(key, how == OUR_X ? s->own.peer : s->own.public_key, 64);
	if (how == ZEROES)
		memset(key, 0, 64);
	else if (how == Y_BIT)
		key[50] ^= 0x10;
	else if (how != OUR_X)
		memset(key + 32, 0, 32);
	sm_say_key(s, key);
}

/* At once; the link goes on, in clear, and the next attempt may be made after the time of 2.3.6. */
static void invalid(struct sm *s)
{
	uint64_t from_us = ble_world_now(s->k->world);
	SM(s, "I 05 0B");
	assert_in_range(ble_world_now(s->k->world), from_us, from_us + 200000);
	SM(s, "I -");
	sm_expect_failed(s, 0x0B, false);
	sm_expect_level(s, 1);
	sm_expect_bonds(s, 0);
	kit_run(s->k, 20000);
	sm_new_key(s);
}

static void responder_is_given_no_point(void **state)
{
	open_for(state, true, BLE_KEY_ID);
	for (unsigned how = Y_ZERO; how <= ZEROES; how++) {
		SM(&sm, "T 01 03 00 09 10 02 02", "I 02 03 00 09 10 02 02");
		say_spoilt_key(&sm, how); /* and our own key does not leave */
		invalid(&sm);
	}
	SM(&sm, "T 01 03 00 09 10 00 02", "I 02 03 00 09 10 00 02");
	sc_phase_2(&sm);
	SM(&sm, "I 08 =", "I 09 =");
	finish(&sm);
}

static void initiator_is_given_no_point(void **state)
{
	open_for(state, false, BLE_KEY_ID);
	for (unsigned how = Y_ZERO; how < ROUNDS; how++) {
		SM(&sm, "I 01 03 00 09 10 02 02", "T 02 03 00 09 10 02 00", "I 0C =");
		say_spoilt_key(&sm, how);
		invalid(&sm);
		assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
	}
	SM(&sm, "I 01 03 00 09 10 02 02", "T 02 03 00 09 10 02 00");
	sc_phase_2(&sm);
	SM(&sm, "I 08 =", "I 09 =");
	finish(&sm);
}

/* --- lengths ------------------------------------------------------------------------------------------------------- */

static void open_sizes(void **state, bool tester_initiates, uint8_t least)
{
	sm_open(&sm, *state, tester_initiates,
		&(struct ble_pairing_params){ .bonding = true, .key_size_min = least, .key_size_max = 16,
			.initiator_keys = BLE_KEY_ENC, .responder_keys = BLE_KEY_ENC,
			.ways = BLE_WAYS(&ble_legacy_pairing) });
	if (!tester_initiates)
		assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
}

/* The octets beyond are zero, in the key that the link is encrypted with and in that which is distributed. */
static void seven_octets(void **state)
{
	open_sizes(state, true, 7);
	SM(&sm, "T 01 03 00 01 07 00 01", "I 02 03 00 09 10 00 01");
	legacy_phase_2(&sm);
	SM(&sm, "I 06 =", "I 07 =");
	sm_expect_paired(&sm, 2, 7, true);
	sm_leave(&sm);
	sm_connect(&sm, true);
	assert_int_equal(sm_encrypt(&sm), 0);
	sm_expect_encrypted(&sm, 0);
	sm_expect_level(&sm, 2);
}

/* The next link is encrypted with the tester's key, of which seven octets count. */
static void seven_octets_initiator(void **state)
{
	static const uint8_t ltk[16] = { 0x4C, 0x54, 0x4B, 1, 2, 3, 4 };
	open_sizes(state, false, 7);
	SM(&sm, "I 01 03 00 09 10 01 01", "T 02 03 00 01 07 00 01");
	legacy_phase_2(&sm);
	SM(&sm, "T 06 4C 54 4B 01 02 03 04 00 00 00 00 00 00 00 00 00", "T 07 =");
	sm_expect_paired(&sm, 2, 7, true);
	sm_leave(&sm);
	sm_connect(&sm, false);
	assert_int_equal(sm_encrypt_with(&sm, ltk, sm_tester_keys.ediv_rand), 0);
	sm_expect_encrypted(&sm, 0);
	sm_expect_level(&sm, 2);
}

static void too_short(struct sm *s)
{
	sm_expect_failed(s, 6, false);
	sm_expect_level(s, 1);
	sm_expect_bonds(s, 0);
}

/* One octet less than what is wanted, in either scheme. */
static void key_is_too_short(void **state)
{
	open_sizes(state, true, 10);
	SM(&sm, "T 01 03 00 01 09 00 01", "I 05 06", "I -");
	too_short(&sm);
	SM(&sm, "T 01 03 00 09 09 00 01", "I 05 06", "I -");
	too_short(&sm);
}

static void key_is_too_short_initiator(void **state)
{
	open_sizes(state, false, 10);
	SM(&sm, "I 01 03 00 09 10 01 01", "T 02 03 00 01 09 01 01", "I 05 06", "I -");
	too_short(&sm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("SM/PER/KDU/BV-01-C", responders_ltk),
		CASE("SM/PER/KDU/BV-02-C", responders_identity),
		CASE("SM/PER/KDU/BV-03-C", responders_csrk),
		CASE("SM/PER/KDU/BV-07-C", refresh),
		CASE("SM/PER/KDU/BV-08-C", sc_responders_identity),
		CASE("SM/PER/KDU/BV-09-C", sc_responders_csrk),
		CASE("SM/PER/KDU/BI-01-C", responder_is_given_no_point),
		CASE("SM/PER/KDU/BI-02-C", responders_key_is_refused),
		CASE("SM/PER/KDU/BI-03-C", sc_responders_key_is_refused),
		CASE("SM/PER/KDU/BI-04-C", responder_is_given_no_point),
		CASE("SM/PER/EKS/BV-02-C", seven_octets),
		CASE("SM/PER/EKS/BI-02-C", key_is_too_short),
		CASE("SM/CEN/KDU/BV-04-C", initiators_csrk),
		CASE("SM/CEN/KDU/BV-05-C", initiators_identity),
		CASE("SM/CEN/KDU/BV-06-C", initiators_ltk),
		CASE("SM/CEN/KDU/BV-10-C", sc_initiators_identity),
		CASE("SM/CEN/KDU/BV-11-C", sc_initiators_csrk),
		CASE("SM/CEN/KDU/BI-01-C", initiator_is_given_no_point),
		CASE("SM/CEN/KDU/BI-04-C", initiator_is_given_no_point),
		CASE("SM/CEN/KDU/BI-02-C", initiators_key_is_refused),
		CASE("SM/CEN/KDU/BI-03-C", sc_initiators_key_is_refused),
		CASE("SM/CEN/EKS/BV-01-C", seven_octets_initiator),
		CASE("SM/CEN/EKS/BI-01-C", key_is_too_short_initiator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
