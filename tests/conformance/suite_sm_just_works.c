/*
 * Security Manager: Just Works, legacy (SM/PER/JW, SM/CEN/JW; Vol 3 Part H 2.3.5.5) and with Secure Connections (SCJW;
 * 2.3.5.6.2), where Numeric Comparison belongs to it, in both roles. The implementation offers both; the tester's features choose.
 */
#include "sm.h"

static struct sm sm;

#define LEGACY_KEYS "I 06 =", "I 07 =", "I 08 =", "I 09 =", "T 06 =", "T 07 =", "T 08 =", "T 09 ="
#define SC_KEYS "I 08 =", "I 09 =", "T 08 =", "T 09 ="

static const struct ble_pairing_params params = { .bonding = true, .ways = BLE_WAYS(&ble_legacy_pairing) };

static struct sm *responder(void **state)
{
	sm_open(&sm, *state, true, &params);
	return &sm;
}

/* ... which has begun with its Pairing Request. */
static struct sm *initiator(void **state)
{
	sm_open(&sm, *state, false, &params);
	assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
	SM(&sm, "I 01 03 00 09 10 03 03");
	return &sm;
}

/* The implementation has refused, or been refused, for this reason; the link goes on, in clear, with no bond. */
static void fails(struct sm *s, uint8_t reason, bool by_peer)
{
	sm_expect_failed(s, reason, by_peer);
	sm_expect_level(s, 1);
	sm_expect_bonds(s, 0);
	assert_true(s->k->tester->up && !s->k->tester->encrypted);
	kit_run(s->k, 2000); /* for as long as it has to be waited for after a failure: 2.3.6 */
}

/* --- legacy, the implementation responds --------------------------------------------------------------------------- */

static void legacy_responds(void **state)
{
	struct sm *s = responder(state);
	SM(s, "T 01 03 00 01 10 03 03", "I 02 03 00 09 10 03 03", "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", LEGACY_KEYS);
	sm_expect_paired(s, 2, 16, true);
	sm_expect_bonds(s, 1);
}

static void legacy_detects_wrong_random(void **state)
{
	struct sm *s = responder(state);
	SM(s, "T 01 03 00 01 10 03 03", "I 02 03 00 09 10 03 03", "T 03 =", "I 03 =", "T 04 !", "I 05 04", "I -");
	fails(s, 4, false);
	SM(s, "T 01 03 00 01 10 03 03", "I 02 03 00 09 10 03 03", "T 03 !", "I 03 =", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
}

/* 3.5.1: bits that are reserved are ignored and sent as zero; CT2 is of no meaning to a device without BR/EDR. */
static void legacy_ignores_reserved(void **state)
{
	struct sm *s = responder(state);
	SM(s, "T 01 03 00 E1 10 03 03", "I 02 03 00 09 10 03 03", "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", LEGACY_KEYS);
	sm_expect_paired(s, 2, 16, true);
}

/* --- legacy, the implementation initiates -------------------------------------------------------------------------- */

#define PEER_LEGACY_KEYS "T 06 =", "T 07 =", "T 08 =", "T 09 =", "I 06 =", "I 07 =", "I 08 =", "I 09 ="
#define PEER_SC_KEYS "T 08 =", "T 09 =", "I 08 =", "I 09 ="

static void legacy_initiates(void **state)
{
	struct sm *s = initiator(state);
	SM(s, "T 02 03 00 01 10 03 03", "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E", PEER_LEGACY_KEYS);
	sm_expect_paired(s, 2, 16, true);
	sm_expect_bonds(s, 1);
}

static void begins_again(struct sm *s)
{
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), 0);
	SM(s, "I 01 03 00 09 10 03 03");
}

static void legacy_detects_wrong_confirm(void **state)
{
	struct sm *s = initiator(state);
	SM(s, "T 02 03 00 01 10 03 03", "I 03 =", "T 03 !", "I 04 =", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
	begins_again(s);
	SM(s, "T 02 03 00 01 10 03 03", "I 03 =", "T 03 =", "I 04 =", "T 04 !", "I 05 04", "I -");
	fails(s, 4, false);
}

/* A responder that sends back what it has been sent has proved nothing: 2.3.5.5. */
static void legacy_is_reflected(void **state)
{
	struct sm *s = initiator(state);
	SM(s, "T 02 03 00 00 10 00 00", "I 03 =", "T 03 <", "I 05 04", "I -");
	fails(s, 4, false);
}

static void legacy_initiator_ignores_reserved(void **state)
{
	struct sm *s = initiator(state);
	SM(s, "T 02 03 00 E1 10 03 03", "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E", PEER_LEGACY_KEYS);
	sm_expect_paired(s, 2, 16, true);
}

/* The initiator's Pairing Request is out; each time it is refused the program is told, and may begin anew. */
static void refused(struct sm *s, const uint8_t *reasons)
{
	for (; *reasons; reasons++) {
		sm_say_failed(s, *reasons);
		SM(s, "I -");
		fails(s, *reasons, true);
		begins_again(s);
	}
}

/* At once, for every reason that there may be, and at each stage. */
static void is_refused(void **state)
{
	static const uint8_t reasons[] = { 0x08, 0x05, 0x09, 0x10, 0 };
	struct sm *s = initiator(state);
	refused(s, reasons);
	SM(s, "T 02 03 00 01 10 03 03", "I 03 =", "T 05 08", "I -");
	fails(s, 8, true);
	begins_again(s);
	SM(s, "T 02 03 00 01 10 03 03", "I 03 =", "T 03 =", "I 04 =", "T 05 08", "I -");
	fails(s, 8, true);
	begins_again(s);
	SM(s, "T 02 03 00 01 10 03 03", "I 03 =", "T 03 =", "I 04 =", "T 04 =", "E", PEER_LEGACY_KEYS);
	sm_expect_paired(s, 2, 16, true);
}

/* --- Secure Connections -------------------------------------------------------------------------------------------- */

static void sc_responds(struct sm *s, const char *request)
{
	SM(s, request, "I 02 03 00 09 10 02 02", "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =", "T 0D =", "I 0D =", "E",
		SC_KEYS);
	sm_expect_paired(s, 2, 16, true);
	sm_expect_bonds(s, 1);
}

/* --- ... with Numeric Comparison, for which MITM protection is wanted ---------------------------------------------- */

static const struct ble_pairing_params comparing = { .bonding = true, .mitm = true, .capabilities = BLE_CAP_DISPLAY_YES_NO,
	.initiator_keys = BLE_KEY_ENC, .responder_keys = BLE_KEY_ENC,
	.ways = BLE_WAYS(&ble_passkey_entry, &ble_numeric_comparison) };

/* Both screens show the same; our check value waits for our user. */
static void consents(struct sm *s)
{
	sm_expect_compared(s);
	assert_int_equal(ble_conn_confirm(s->k->host, s->k->conn, true), 0);
	kit_wake(s->k);
}

static void responds_comparing(struct sm *s)
{
	assert_int_equal(ble_pairing_set(s->k->host, &comparing), 0);
	sm_new_key(s);
	SM(s, "T 01 01 00 09 10 00 00", "I 02 01 00 0D 10 00 00", "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =", "T 0D =",
		"I -");
	consents(s);
	SM(s, "I 0D =", "E");
	sm_expect_paired(s, 4, 16, true);
}

static void initiates_comparing(struct sm *s)
{
	assert_int_equal(ble_pairing_set(s->k->host, &comparing), 0);
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, true), 0);
	sm_new_key(s);
	SM(s, "I 01 01 00 0D 10 01 01", "T 02 04 00 09 10 00 00", "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 04 =", "I -");
	consents(s);
	SM(s, "I 0D =", "T 0D =", "E");
	sm_expect_paired(s, 4, 16, true);
}

/* Three times, with another nonce each time. */
static void sc_just_works(void **state)
{
	struct sm *s = responder(state);
	struct sm_nonces seen = { 0 };
	for (unsigned i = 0; i < 3; i++) {
		sc_responds(s, "T 01 03 00 09 10 02 02");
		sm_expect_fresh(s, &seen);
		sm_new_key(s);
	}
	responds_comparing(s);
	sm_expect_fresh(s, &seen);
}

static void sc_ignores_reserved(void **state)
{
	sc_responds(responder(state), "T 01 03 00 E9 10 02 02");
}

/* What the initiator finds wrong it says; what the responder finds wrong in its check value it says itself. */
static void sc_responder_fails(void **state)
{
	struct sm *s = responder(state);
	SM(s, "T 01 03 00 09 10 02 02", "I 02 03 00 09 10 02 02", "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =", "T 05 04",
		"I -");
	fails(s, 4, true);
	sm_new_key(s);
	SM(s, "T 01 03 00 09 10 02 02", "I 02 03 00 09 10 02 02", "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =", "T 0D !",
		"I 05 0B", "I -");
	fails(s, 0x0B, false);
}

static void sc_initiates(struct sm *s, const char *response)
{
	SM(s, response, "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 04 =", "I 0D =", "T 0D =", "E", PEER_SC_KEYS);
	sm_expect_paired(s, 2, 16, true);
	sm_expect_bonds(s, 1);
}

static void sc_initiator(void **state)
{
	struct sm *s = initiator(state);
	struct sm_nonces seen = { 0 };
	for (unsigned i = 0; i < 3; i++) {
		sc_initiates(s, "T 02 03 00 09 10 02 02");
		sm_expect_fresh(s, &seen);
		sm_new_key(s);
		assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, true), 0);
		SM(s, "I 01 03 00 09 10 03 03");
	}
	sm_say_failed(s, 8);
	sm_expect_failed(s, 8, true);
	initiates_comparing(s);
	sm_expect_fresh(s, &seen);
}

static void sc_initiator_ignores_reserved(void **state)
{
	sc_initiates(initiator(state), "T 02 03 00 E9 10 02 02");
}

static void sc_initiator_is_refused(void **state)
{
	static const uint8_t reasons[] = { 0x03, 0x08, 0x05, 0x09, 0 };
	struct sm *s = initiator(state);
	refused(s, reasons);
	SM(s, "T 02 03 00 09 10 02 02", "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 05 0C", "I -");
	fails(s, 0x0C, true);
	begins_again(s);
	sm_new_key(s);
	SM(s, "T 02 03 00 09 10 02 02", "I 0C =", "T 0C =", "T 03 !", "I 04 =", "T 04 =", "I 05 04", "I -");
	fails(s, 4, false);
	begins_again(s);
	sm_new_key(s);
	SM(s, "T 02 03 00 09 10 02 02", "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 04 =", "I 0D =", "T 0D !", "I 05 0B", "I -");
	fails(s, 0x0B, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("SM/PER/JW/BV-02-C", legacy_responds),
		CASE("SM/PER/JW/BI-02-C", legacy_detects_wrong_random),
		CASE("SM/PER/JW/BI-03-C", legacy_ignores_reserved),
		CASE("SM/CEN/JW/BV-01-C", legacy_initiates),
		CASE("SM/CEN/JW/BV-05-C", is_refused),
		CASE("SM/CEN/JW/BI-01-C", legacy_detects_wrong_confirm),
		CASE("SM/CEN/JW/BI-04-C", legacy_initiator_ignores_reserved),
		CASE("SM/CEN/JW/BI-06-C", legacy_is_reflected),
		CASE("SM/PER/SCJW/BV-02-C", sc_just_works),
		CASE("SM/PER/SCJW/BV-03-C", sc_ignores_reserved),
		CASE("SM/PER/SCJW/BI-02-C", sc_responder_fails),
		CASE("SM/CEN/SCJW/BV-01-C", sc_initiator),
		CASE("SM/CEN/SCJW/BV-04-C", sc_initiator_ignores_reserved),
		CASE("SM/CEN/SCJW/BI-01-C", sc_initiator_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
