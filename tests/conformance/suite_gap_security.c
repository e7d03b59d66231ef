/*
 * GAP: security mode 1, levels 2 to 4 by Secure Connections alone, for who wants something of the implementation and for
 * what it wants itself (GAP/SEC/SEM, GAP/SEC/AUT; Vol 3 Part C 10.2, 10.3), and bonding (GAP/BOND; 9.4). The device
 * wants its level of every value of its program; GAP and GATT services are open.
 */
#include "sm.h"

#include <string.h>

#include <ble/client.h>
#include <ble/privacy.h>

enum { SC_ONLY = 0x10 }; /* beside a level */

static uint8_t value[2] = { 0x5A, 0xA5 };
static const struct ble_characteristic shut = { .uuid = 0xB020, .permission = BLE_READ | BLE_WRITE, .size = 2, .length = 2,
	.value = value };
static const struct ble_service service = { .uuid = 0xA020, .characteristics = BLE_LIST(&shut) };
/* One that wants level 3, whatever the device does. */
static const struct ble_characteristic shut_3 = { .uuid = 0xB021, .permission = BLE_READ | BLE_WRITE, .size = 2, .length = 2,
	.value = value };
static const struct ble_service service_3 = { .uuid = 0xA021, .level = 3, .characteristics = BLE_LIST(&shut_3) };

static struct sm sm;

/* A peripheral with a display that wants a level. From level 2 on it asks for security as soon as it is connected, unless
 * the peer is quicker. */
static void open_as(void **state, unsigned level, uint8_t key_size, const char *request)
{
	sm_host(&sm, *state,
		&(struct ble_pairing_params){ .level = level & 0xF, .sc_only = level & SC_ONLY, .bonding = true,
			.capabilities = BLE_CAP_DISPLAY_ONLY, .key_size_min = key_size, .key_size_max = 16,
			.ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry) });
	assert_int_equal(ble_server_add(sm.k->host, &service, NULL), 0);
	assert_int_equal(ble_server_add(sm.k->host, &service_3, NULL), 0);
	sm_connect(&sm, true);
	if (request)
		SM(&sm, request);
	sm.k->at = kit_find(sm.k, 0xB020, NULL); /* discovery is open, whatever the level */
}

static void refused(struct sm *s, const char *request, const char *answer, uint8_t reason)
{
	SM(s, request, answer);
	sm_expect_failed(s, reason, false);
	sm_expect_bonds(s, 0);
	sm_expect_level(s, 1);
}

#define JUST_WORKS "T 01 03 00 09 10 00 00"
#define LEGACY_JUST_WORKS "T 01 03 00 01 10 00 01"
#define LEGACY_PASSKEY "T 01 02 00 05 10 00 01"

/* --- incoming access: GAP/SEC/SEM, AUT ----------------------------------------------------------------------------- */

#define SHUT(s, code) ATT((s)->k, "T 0A @", "I 01 0A @ " code, "T 12 @ 01 02", "I 01 12 @ " code)
#define OPEN(s) ATT((s)->k, "T 0A @", "I 0B 5A A5", "T 12 @ 01 02", "I 13")

static void level_2_incoming(void **state)
{
	open_as(state, SC_ONLY | 2, 0, "I 0B 09");
	SHUT(&sm, "05");
	refused(&sm, LEGACY_PASSKEY, "I 05 03", 3);
	SHUT(&sm, "05");
	sm_pair(&sm, SM_SC, 16);
	sm_expect_paired(&sm, 2, 16, true);
	OPEN(&sm);
}

/* A pairing that cannot reach the level does not come to be. */
static void level_3_incoming(void **state)
{
	open_as(state, SC_ONLY | 3, 0, "I 0B 0D");
	SHUT(&sm, "05");
	refused(&sm, LEGACY_PASSKEY, "I 05 03", 3);
	refused(&sm, JUST_WORKS, "I 05 03", 3);
	SHUT(&sm, "05");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true); /* which is more than asked for */
	OPEN(&sm);
}

/* Level 3 by legacy pairing, where that is not refused. */
static void level_3_authenticated(void **state)
{
	open_as(state, 3, 0, "I 0B 0D");
	SHUT(&sm, "05");
	refused(&sm, LEGACY_JUST_WORKS, "I 05 03", 3);
	sm_pair(&sm, SM_PASSKEY, 16);
	sm_expect_paired(&sm, 3, 16, true);
	OPEN(&sm);
}

static void level_4_incoming(void **state)
{
	open_as(state, 4, 0, "I 0B 0D");
	SHUT(&sm, "05");
	refused(&sm, LEGACY_PASSKEY, "I 05 03", 3);
	refused(&sm, JUST_WORKS, "I 05 03", 3);
	SHUT(&sm, "05");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	OPEN(&sm);
}

/* A key of less than 16 octets, whatever its length, whatever the level. */
static void short_keys(struct sm *s)
{
	for (uint8_t size = 7; size < 16; size++) {
		const uint8_t request[7] = { 1, 2, 0, 0x0D, size, 0, 0 };
		lt_send(s->k->tester, KIT_SM, request, sizeof request);
		SM(s, "I 05 06");
		sm_expect_failed(s, 6, false);
	}
	sm_expect_bonds(s, 0);
	SHUT(s, "05");
}

static void level_4_short_key(void **state)
{
	open_as(state, 4, 0, "I 0B 0D");
	short_keys(&sm);
}

static void level_3_short_key(void **state)
{
	open_as(state, SC_ONLY | 3, 0, "I 0B 0D");
	short_keys(&sm);
}

static void level_2_short_key(void **state)
{
	open_as(state, SC_ONLY | 2, 0, "I 0B 09");
	short_keys(&sm);
}

/* Secure Connections Only, 10.2.4: nothing but level 4. */
static void sc_only_incoming(void **state)
{
	open_as(state, SC_ONLY | 4, 0, "I 0B 0D");
	refused(&sm, LEGACY_PASSKEY, "I 05 03", 3);
	SHUT(&sm, "05");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	OPEN(&sm);
}

/* A bond whose key nobody has vouched for is not enough, and may be replaced by a better one. */
static void unauthenticated_key(void **state)
{
	open_as(state, 1, 0, NULL);
	sm.k->at = kit_find(sm.k, 0xB021, NULL);
	sm_pair(&sm, SM_SC, 16);
	sm_expect_paired(&sm, 2, 16, true);
	sm_leave(&sm);
	sm_connect(&sm, true);
	assert_int_equal(sm_encrypt(&sm), 0);
	sm_expect_encrypted(&sm, 0);
	SHUT(&sm, "05");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	OPEN(&sm);
}

/* The bond's key is there, and not in use: 10.3.1, Insufficient Encryption. */
static void bonded_in_clear(void **state)
{
	open_as(state, 3, 0, "I 0B 0D");
	sm_pair(&sm, SM_PASSKEY, 16);
	sm_expect_paired(&sm, 3, 16, true);
	sm_leave(&sm);
	sm_connect(&sm, true);
	SM(&sm, "I 0B 0D");
	SHUT(&sm, "0F");
	assert_int_equal(sm_encrypt(&sm), 0);
	sm_expect_encrypted(&sm, 0);
	OPEN(&sm);
}

/*
 * A central whose bonded peripheral has lost the key of level 4 says so, and goes on with nothing of it in clear; when its
 * user agrees, it pairs anew, to the same level.
 */
static void key_is_lost(void **state)
{
	sm_host(&sm, *state,
		&(struct ble_pairing_params){ .level = 4, .bonding = true, .capabilities = BLE_CAP_DISPLAY_ONLY,
			.ways = BLE_WAYS(&ble_passkey_entry) });
	for (unsigned i = 0; i < 2; i++) {
		sm_connect(&sm, false);
		if (i) { /* it begins with the key that it has */
			assert_true(lt_wait_key_wanted(sm.k->tester, 5000));
			assert_int_equal(lt_give_key(sm.k->tester, NULL), 0x06);
			kit_run(sm.k, 200);
			sm_expect_encrypted(&sm, BLE_EHCI(0x06));
			sm_expect_bonds(&sm, 1);
			assert_int_not_equal(ble_client_read(sm.k->host, sm.k->conn, 3), 0);
			ATT(sm.k, "I -");
		}
		assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, true), 0);
		SM(&sm, "I 01 00 00 0D 10 03 03", "T 02 02 00 0D 10 00 00", "I 0C =", "T 0C =");
		sm_expect_shown(&sm);
		sm_passkey(&sm, sm.number);
		sm_rounds(&sm, SM_ROUNDS);
		SM(&sm, "I 0D =", "T 0D =", "E");
		sm_expect_paired(&sm, 4, 16, true);
		sm_expect_bonds(&sm, 1);
		if (!i)
			sm_leave(&sm);
	}
	assert_int_equal(ble_client_read(sm.k->host, sm.k->conn, 3), 0);
	ATT(sm.k, "I 0A 03 00", "T 0B 01 02");
	assert_int_equal(ut_expect(sm.k, BLE_EV_VALUE, 1000)->value.len, 2);
}

/* The same as a peripheral: nothing goes on in clear, and nothing less takes the bond's place. */
static void key_is_lost_by_a_central(void **state)
{
	static const uint8_t other[16] = { 1 }, unknown[10] = { 9, 9, 9 };
	open_as(state, 4, 0, "I 0B 0D");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	sm_leave(&sm);
	sm_connect(&sm, true);
	SM(&sm, "I 0B 0D");
	assert_int_equal(sm_encrypt_with(&sm, other, unknown), 0x06); /* no key of that name: Vol 6 Part B 5.1.3.1 */
	SHUT(&sm, "0F");
	SM(&sm, LEGACY_PASSKEY, "I 05 03", JUST_WORKS, "I 05 03");
	sm.k->count[BLE_EV_PAIRED] = 0;
	sm_expect_bonds(&sm, 1);
	SHUT(&sm, "0F");
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	sm_expect_bonds(&sm, 1);
	OPEN(&sm);
}

/* --- outgoing access: the peripheral is the client ----------------------------------------------------------------- */

static void reads(struct sm *s)
{
	assert_int_equal(ble_client_read(s->k->host, s->k->conn, 3), 0);
	ATT(s->k, "I 0A 03 00");
}

static void is_refused(struct sm *s, const char *error, uint8_t code)
{
	reads(s);
	ATT(s->k, error);
	assert_int_equal(ut_expect(s->k, BLE_EV_DONE, 1000)->done.err, BLE_EATT(code));
}

static void is_given(struct sm *s)
{
	reads(s);
	ATT(s->k, "T 0B 01 02");
	assert_int_equal(ut_expect(s->k, BLE_EV_VALUE, 1000)->value.len, 2);
	assert_int_equal(s->k->last[BLE_EV_DONE].done.err, 0);
}

/*
 * The tester's server refuses until there is the level: our program asks for security (Security Request), what does not
 * reach the level it wants is refused by it, and what does is used.
 */
static void outgoing(struct sm *s, const char *request, const char *weaker, unsigned how, uint8_t level)
{
	is_refused(s, "T 01 0A 03 00 05", 5);
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), 0);
	SM(s, request);
	refused(s, weaker, "I 05 03", 3);
	is_refused(s, "T 01 0A 03 00 05", 5);
	assert_int_equal(ble_conn_secure(s->k->host, s->k->conn, false), 0);
	SM(s, request);
	sm_pair(s, how, 16);
	sm_expect_paired(s, level, 16, true);
	is_given(s);
}

static void level_2_outgoing(void **state)
{
	open_as(state, SC_ONLY | 2, 0, "I 0B 09");
	outgoing(&sm, "I 0B 09", LEGACY_JUST_WORKS, SM_SC, 2);
}

static void level_3_outgoing(void **state)
{
	open_as(state, SC_ONLY | 3, 0, "I 0B 0D");
	outgoing(&sm, "I 0B 0D", JUST_WORKS, SM_SC | SM_PASSKEY, 4);
}

static void level_4_outgoing(void **state)
{
	open_as(state, 4, 0, "I 0B 0D");
	outgoing(&sm, "I 0B 0D", LEGACY_PASSKEY, SM_SC | SM_PASSKEY, 4);
}

/* A peer of old cannot give what is asked for: the access does not come to be. */
static void sc_only_outgoing(void **state)
{
	open_as(state, SC_ONLY | 4, 0, "I 0B 0D");
	is_refused(&sm, "T 01 0A 03 00 05", 5);
	assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
	SM(&sm, "I 0B 0D");
	refused(&sm, LEGACY_PASSKEY, "I 05 03", 3);
	refused(&sm, LEGACY_JUST_WORKS, "I 05 03", 3);
	is_refused(&sm, "T 01 0A 03 00 05", 5);
}

/* --- bonding: 9.4 -------------------------------------------------------------------------------------------------- */

/* A device without resolvable private addresses gives an identity resolving key of zeroes; one that has them a real one. */
static void open_for_bond(void **state, bool private)
{
	static const struct ble_part *const public_parts[] = { &ble_peripheral, &ble_server, &ble_pairing, NULL };
	static const struct ble_part *const private_parts[] = { &ble_peripheral, &ble_server, &ble_pairing, &ble_private, NULL };
	sm_host_with(&sm, *state, private ? private_parts : public_parts,
		&(struct ble_pairing_params){ .bonding = true, .ways = BLE_WAYS(&ble_legacy_pairing) });
	sm_connect(&sm, true);
}

/* All keys of either side; on the next links the tester encrypts with that which it was given. */
static void bonds(struct sm *s, bool private)
{
	static const uint8_t none[16];
	SM(s, "T 01 03 00 01 10 03 03", "I 02 03 00 09 10 03 03", "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", "I 06 =", "I 07 =",
		"I 08 =", "I 09 =", "T 06 =", "T 07 =", "T 08 =", "T 09 =");
	sm_expect_paired(s, 2, 16, true);
	assert_int_equal(memcmp(s->theirs.irk, none, 16) != 0, private);
	for (unsigned i = 0; i < 3; i++) {
		sm_leave(s);
		sm_connect(s, true);
		sm_expect_level(s, 1);
		assert_int_equal(sm_encrypt(s), 0);
		sm_expect_encrypted(s, 0);
		sm_expect_level(s, 2);
		sm_expect_bonds(s, 1);
	}
	assert_int_equal(s->k->count[BLE_EV_PAIRED], 0);
}

static void asks_for_a_bond(void **state)
{
	open_for_bond(state, false);
	assert_int_equal(ble_conn_secure(sm.k->host, sm.k->conn, false), 0);
	SM(&sm, "I 0B 09"); /* bit 0: bonding */
	bonds(&sm, false);
}

static void is_bonded(void **state)
{
	open_for_bond(state, true);
	bonds(&sm, true);
}

/* No flag, no keys, no bond; and on the next link no key. */
static void makes_no_bond(void **state)
{
	sm_host(&sm, *state, &(struct ble_pairing_params){ .ways = BLE_WAYS(&ble_legacy_pairing) });
	sm_connect(&sm, true);
	SM(&sm, "T 01 03 00 01 10 03 03", "I 02 03 00 08 10 00 00", "T 03 =", "I 03 =", "T 04 =", "I 04 =", "E", "I -");
	sm_expect_paired(&sm, 2, 16, false);
	sm_expect_bonds(&sm, 0);
	sm_leave(&sm);
	sm_connect(&sm, true);
	static const uint8_t none[10];
	assert_int_equal(sm_encrypt_with(&sm, sm.key, none), 0x06);
	sm_expect_level(&sm, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/SEC/SEM/BV-39-C", level_2_incoming),
		CASE("GAP/SEC/SEM/BV-40-C", level_3_incoming),
		CASE("GAP/SEC/SEM/BV-22-C", level_4_incoming),
		CASE("GAP/SEC/SEM/BI-09-C", level_4_short_key),
		CASE("GAP/SEC/SEM/BI-20-C", level_3_short_key),
		CASE("GAP/SEC/SEM/BI-21-C", level_2_short_key),
		CASE("GAP/SEC/SEM/BV-24-C", sc_only_incoming),
		CASE("GAP/SEC/AUT/BV-11-C", level_3_authenticated),
		CASE("GAP/SEC/AUT/BV-14-C", unauthenticated_key),
		CASE("GAP/SEC/AUT/BV-16-C", level_3_incoming),
		CASE("GAP/SEC/AUT/BV-23-C", bonded_in_clear),
		CASE("GAP/SEC/SEM/BV-45-C", key_is_lost),
		cmocka_unit_test_setup_teardown(key_is_lost_by_a_central, kit_setup, kit_teardown),
		CASE("GAP/SEC/SEM/BV-37-C", level_2_outgoing),
		CASE("GAP/SEC/SEM/BV-38-C", level_3_outgoing),
		CASE("GAP/SEC/SEM/BV-21-C", level_4_outgoing),
		CASE("GAP/SEC/SEM/BV-23-C", sc_only_outgoing),
		CASE("GAP/BOND/BON/BV-01-C", asks_for_a_bond),
		CASE("GAP/BOND/BON/BV-03-C", is_bonded),
		CASE("GAP/BOND/NBON/BV-03-C", makes_no_bond),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
