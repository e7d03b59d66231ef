/*
 * Data signing in both roles: GAP/SEC/CSIGN, GATT/SR/GAW, GATT/CL/GAW and SM/CEN/SIGN (Vol 3 Part C 10.4, Part G 4.9.2,
 * Part H 2.4.5). The two are bonded and have each other's signing key; the link on which one signs is in clear text.
 */
#include "sm.h"

#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>

static uint8_t value[4];
static struct ble_characteristic signable = { .uuid = 0xB030, .permission = BLE_READ | BLE_WRITE_SIGNED, .size = 4, .length = 1,
	.value = value };
static struct ble_service service = { .uuid = 0xA030, .characteristics = BLE_LIST(&signable) };

static struct sm sm;

/* What is written is stored, as a program would. */
static void program(struct kit *k, const struct ble_event *ev)
{
	(void)k;
	if (ev->type != BLE_EV_WRITTEN)
		return;
	memcpy(value, ev->written.data, ev->written.len);
	signable.length = ev->written.len;
}

/* Pairs, Just Works, with bonding and both signing keys, and comes back without encryption. */
static void bonded(void **state, bool tester_initiates)
{
	value[0] = 0x55;
	signable.length = 1;
	sm_host(&sm, *state,
		&(struct ble_pairing_params){ .bonding = true, .on_demand = true, .initiator_keys = BLE_KEY_SIGN,
			.responder_keys = BLE_KEY_SIGN, .capabilities = BLE_CAP_DISPLAY_ONLY,
			.ways = BLE_WAYS(&ble_passkey_entry) });
	sm.k->program = program;
	assert_int_equal(ble_server_add(sm.k->host, &service, NULL), 0);
	sm_connect(&sm, tester_initiates);
	if (tester_initiates) {
		SM(&sm, "T 01 03 00 09 10 04 04", "I 02 00 00 09 10 04 04", "T 0C =", "I 0C =", "I 03 =", "T 04 =", "I 04 =",
			"T 0D =", "I 0D =", "E", "I 0A =", "T 0A =");
	} else {
		assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
		SM(&sm, "I 01 00 00 09 10 04 04", "T 02 03 00 09 10 04 04", "I 0C =", "T 0C =", "T 03 =", "I 04 =", "T 04 =",
			"I 0D =", "T 0D =", "E", "T 0A =", "I 0A =");
	}
	sm_expect_paired(&sm, 2, 16, true);
	sm_leave(&sm);
	sm_connect(&sm, tester_initiates);
	sm.k->at = ble_server_handle(sm.k->host, &signable);
}

/* "T D2 ...", or "I D2 ...": of handle k->at, signed with this key; bad: the last bit of the signature is another. */
static const char *line(char side, const uint8_t csrk[16], const char *octets, uint32_t counter, bool bad)
{
	static char text[200];
	uint8_t pdu[64] = { 0xD2, (uint8_t)sm.k->at, (uint8_t)(sm.k->at >> 8) };
	size_t len = 3 + kit_octets(octets, pdu + 3, 32);
	for (unsigned i = 0; i < 4; i++)
		pdu[len + i] = (uint8_t)(counter >> 8 * i);
	assert_int_equal(crypto_sign(&ble_crypto_psa, csrk, pdu, len, counter, pdu + len + 4), 0);
	pdu[len + 11] ^= bad;
	int n = snprintf(text, sizeof text, "%c", side);
	for (size_t i = 0; i < len + 12; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, " %02X", pdu[i]);
	return text;
}

static void tester_writes(const char *octets, uint32_t counter, bool bad)
{
	ATT(sm.k, line('T', sm_tester_keys.csrk, octets, counter, bad), "I -");
}

static void implementation_writes(const char *octets, uint32_t counter)
{
	uint8_t data[32];
	size_t len = kit_octets(octets, data, sizeof data);
	assert_int_equal(ble_client_write_signed(sm.k->host, sm.k->conn, sm.k->at, data, len), 0);
	kit_wake(sm.k);
	ATT(sm.k, line('I', sm.theirs.csrk, octets, counter, false));
}

static void good(void **state)
{
	bonded(state, true);
	tester_writes("01 02 03", 0, false);
	assert_int_equal(sm.k->last[BLE_EV_WRITTEN].written.kind, BLE_WRITTEN_SIGNED);
	ATT(sm.k, "T 0A @", "I 0B 01 02 03");
	tester_writes("04", 1, false);
	ATT(sm.k, "T 0A @", "I 0B 04");
}

static void bad_signature(void **state)
{
	bonded(state, true);
	sm.k->violations = true;
	tester_writes("01 02 03", 0, true);
	ATT(sm.k, "T 0A @", "I 0B 55");
	tester_writes("01 02 03", 0, false); /* the counter has not moved by it */
	ATT(sm.k, "T 0A @", "I 0B 01 02 03");
}

/* On the same link and on the next one. */
static void replayed(void **state)
{
	bonded(state, true);
	sm.k->violations = true;
	tester_writes("01", 7, false);
	tester_writes("02", 8, false);
	tester_writes("01", 7, false);
	ATT(sm.k, "T 0A @", "I 0B 02");
	sm_leave(&sm);
	sm_connect(&sm, true);
	tester_writes("01", 7, false);
	tester_writes("03", 8, false);
	ATT(sm.k, "T 0A @", "I 0B 02");
	tester_writes("04", 9, false);
	ATT(sm.k, "T 0A @", "I 0B 04");
}

/* Mode 2 level 2, and a key that nobody has vouched for. */
static void unauthenticated(void **state)
{
	bonded(state, true);
	assert_int_equal(ble_pairing_level(sm.k->host, BLE_LEVEL_SIGNED_AUTHENTICATED), 0);
	tester_writes("01", 0, false);
	ATT(sm.k, "T 0A @", "I 0B 55");
	assert_int_equal(ble_pairing_level(sm.k->host, BLE_LEVEL_SIGNED), 0);
	tester_writes("01", 1, false);
	ATT(sm.k, "T 0A @", "I 0B 01");
}

/* Mode 1 level 2: a signature does not encrypt the link. */
static void below_the_level(void **state)
{
	bonded(state, true);
	assert_int_equal(ble_pairing_level(sm.k->host, BLE_LEVEL_ENCRYPTED), 0);
	tester_writes("01", 0, false);
	ATT(sm.k, "T 0A @", "I 01 0A @ 0F");
	assert_int_equal(ble_pairing_level(sm.k->host, BLE_LEVEL_OPEN), 0);
	ATT(sm.k, "T 0A @", "I 0B 55");
}

static void too_long(void **state)
{
	bonded(state, true);
	tester_writes("01 02 03 04 05", 0, false);
	ATT(sm.k, "T 0A @", "I 0B 55");
	assert_int_equal(sm.k->count[BLE_EV_WRITTEN], 0);
}

/* As a peripheral whose peer has a server, or as a central. */
static void sends(void **state, bool tester_initiates)
{
	bonded(state, tester_initiates);
	implementation_writes("AA BB", 0);
	implementation_writes("CC", 1);
	implementation_writes("", 2);
	sm_leave(&sm);
	sm_connect(&sm, tester_initiates);
	implementation_writes("DD", 3);
}

static void peripheral_sends(void **state)
{
	sends(state, true);
}

static void central_sends(void **state)
{
	sends(state, false);
}

static void client_sends(void **state)
{
	bonded(state, false);
	sm.k->at = 0x0021;
	implementation_writes("01", 0);
	implementation_writes("01", 1);
}

static void central_accepts(void **state)
{
	bonded(state, false);
	tester_writes("01", 0, false);
	ATT(sm.k, "T 0A @", "I 0B 01");
}

static void central_rejects(void **state)
{
	bonded(state, false);
	sm.k->violations = true;
	tester_writes("01", 0, true);
	ATT(sm.k, line('T', sm.theirs.csrk, "02", 0, false), "I -"); /* its own key is not the tester's */
	ATT(sm.k, "T 0A @", "I 0B 55");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/SEC/CSIGN/BV-01-C", peripheral_sends),
		CASE("GAP/SEC/CSIGN/BV-02-C", good),
		CASE("GAP/SEC/CSIGN/BI-01-C", bad_signature),
		CASE("GAP/SEC/CSIGN/BI-02-C", replayed),
		CASE("GAP/SEC/CSIGN/BI-03-C", unauthenticated),
		CASE("GAP/SEC/CSIGN/BI-04-C", below_the_level),
		CASE("GATT/SR/GAW/BV-02-C", good),
		CASE("GATT/SR/GAW/BI-01-C", bad_signature),
		CASE("GATT/SR/GAW/BI-40-C", too_long),
		CASE("GATT/CL/GAW/BV-02-C", client_sends),
		CASE("SM/CEN/SIGN/BV-01-C", central_sends),
		CASE("SM/CEN/SIGN/BV-03-C", central_accepts),
		CASE("SM/CEN/SIGN/BI-01-C", central_rejects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
