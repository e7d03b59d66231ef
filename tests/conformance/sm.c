/* See sm.h. */
#include "sm.h"

#include <string.h>

#include "base/le.h"
#include "crypto/crypto.h"

enum { REQ = 1, RSP, CONFIRM, RANDOM, FAILED, ENC_INFO, CENTRAL_ID, ID_INFO, ID_ADDRESS, SIGN_INFO, PUBLIC_KEY = 0x0C, CHECK };
enum { OURS, THEIRS };
enum { ANSWER_MS = 5000, SILENCE_MS = 2000 };

static const struct ble_crypto *const crypto = &ble_crypto_psa;
static const uint8_t no_id[10];

const struct sm_keys sm_tester_keys = {
	.ltk = { 0x4C, 0x54, 0x4B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 },
	.ediv_rand = { 0x34, 0x12, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8 },
	.irk = { 0x49, 0x52, 0x4B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 },
	.csrk = { 0x43, 0x53, 0x52, 0x4B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
};

/* --- the implementation, and links to it --------------------------------------------------------------------------- */

void sm_host_with(struct sm *s, struct kit *k, const struct ble_part *const *parts, const struct ble_pairing_params *params)
{
	memset(s, 0, sizeof *s);
	s->k = k;
	pair_store_init(&s->store);
	kit_host(k, &(struct ble_host_config){ .platform = &s->store.platform, .parts = parts });
	assert_int_equal(ble_pairing_set(k->host, params), 0);
}

void sm_host(struct sm *s, struct kit *k, const struct ble_pairing_params *params)
{
	sm_host_with(s, k,
		BLE_PARTS(&ble_peripheral, &ble_server, &ble_observer, &ble_central, &ble_client, &ble_prepared, &ble_multiple,
			&ble_caching, &ble_descriptors, &ble_pairing, &ble_signing),
		params);
}

void sm_module(struct sm *s, struct kit *k, const struct ble_security_params *params)
{
	memset(s, 0, sizeof *s);
	s->k = k;
	pair_store_init(&s->store);
	kit_module(k, &(struct ble_options){ .platform = &s->store.platform, .parts = BLE_PARTS(&ble_pairing) });
	assert_int_equal(ble_security(k->ble, params), 0);
}

void sm_new_key(struct sm *s)
{
	memset(s->own.secret, 0x10 + (int)s->fresh++, sizeof s->own.secret);
	assert_int_equal(crypto->p256_public(crypto->ctx, &s->own), 0);
}

static void on_done(struct ble_p256 *op, int err)
{
	(void)op;
	assert_int_equal(err, 0);
}

void sm_connect(struct sm *s, bool initiator)
{
	s->initiator = initiator;
	s->own.done = on_done;
	s->round = 0;
	sm_new_key(s);
	if (initiator)
		ut_peripheral(s->k);
	else
		ut_central(s->k);
}

void sm_open(struct sm *s, struct kit *k, bool initiator, const struct ble_pairing_params *params)
{
	sm_host(s, k, params);
	sm_connect(s, initiator);
}

void sm_leave(struct sm *s)
{
	lt_disconnect(s->k->tester);
	kit_run(s->k, 100);
}

/* --- values -------------------------------------------------------------------------------------------------------- */

/* As on the air. */
static struct ble_addr address(const struct sm *s, unsigned whose)
{
	struct ble_addr a = { s->k->tester->peer_type, { 0 } };
	memcpy(a.octets, s->k->tester->peer, 6);
	if (whose == OURS)
		lt_address(s->k->tester, &a);
	return a;
}

static bool is_initiators(const struct sm *s, unsigned whose)
{
	return (whose == OURS) == s->initiator;
}

/* x of a public key, in the order of the air. */
static void x_of(const struct sm *s, unsigned whose, uint8_t x[32])
{
	crypto_turn(x, whose == OURS ? s->own.public_key : s->own.peer, 32);
}

static void legacy_confirm(const struct sm *s, unsigned whose, uint8_t out[16])
{
	struct crypto_c1 c1 = { s->preq, s->pres, address(s, s->initiator ? OURS : THEIRS),
		address(s, s->initiator ? THEIRS : OURS) };
	assert_int_equal(crypto_c1(crypto, s->secret, s->nonce[whose], &c1, out), 0);
}

/* The confirm value of one side, from its nonce. */
static void confirm_of(const struct sm *s, unsigned whose, uint8_t out[16])
{
	uint8_t own[32], other[32];
	unsigned z = s->passkey ? 0x80 | (le32_get(s->secret) >> s->round & 1) : 0; /* 2.2.6 */
	if (!s->sc) {
		legacy_confirm(s, whose, out);
		return;
	}
	x_of(s, whose, own);
	x_of(s, !whose, other);
	assert_int_equal(crypto_f4(crypto, own, other, s->nonce[whose], (uint8_t)z, out), 0);
}

static void make_keys(struct sm *s)
{
	const uint8_t *first = s->nonce[s->initiator ? OURS : THEIRS], *second = s->nonce[s->initiator ? THEIRS : OURS];
	struct ble_addr a = address(s, s->initiator ? OURS : THEIRS), b = address(s, s->initiator ? THEIRS : OURS);
	uint8_t dhkey[32], size = s->preq[4] < s->pres[4] ? s->preq[4] : s->pres[4];
	if (s->sc) {
		crypto_turn(dhkey, s->own.shared, 32);
		assert_int_equal(crypto_f5(crypto, dhkey, first, second, &a, &b, s->mac_key, s->key), 0);
	} else {
		assert_int_equal(crypto_s1(crypto, s->secret, second, first, s->key), 0);
	}
	memset(s->key + size, 0, 16u - size); /* 2.3.4 */
}

/* 2.3.5.6.5: who makes the value puts its own nonce, features and address first, and r of the other side. */
static void check_of(struct sm *s, unsigned whose, uint8_t out[16])
{
	struct ble_addr a = address(s, whose), b = address(s, !whose);
	const uint8_t *io = (is_initiators(s, whose) ? s->preq : s->pres) + 1;
	const uint8_t *r = s->passkey ? s->secret : whose == OURS ? s->their_r : s->own_r;
	make_keys(s);
	assert_int_equal(crypto_f6(crypto, s->mac_key, s->nonce[whose], s->nonce[!whose], r, io, &a, &b, out), 0);
}

void sm_oob(struct sm *s, const uint8_t r[16], uint8_t c[16])
{
	uint8_t x[32];
	x_of(s, OURS, x);
	memcpy(s->own_r, r, 16);
	assert_int_equal(crypto_f4(crypto, x, x, r, 0, c), 0);
}

void sm_expect_given(const struct sm *s, const uint8_t c[16])
{
	uint8_t x[32], want[16];
	x_of(s, THEIRS, x);
	assert_int_equal(crypto_f4(crypto, x, x, s->their_r, 0, want), 0);
	assert_memory_equal(c, want, 16);
}

uint32_t sm_number(const struct sm *s)
{
	unsigned first = s->initiator ? OURS : THEIRS;
	uint8_t a[32], b[32];
	uint32_t number;
	x_of(s, first, a);
	x_of(s, !first, b);
	assert_int_equal(crypto_g2(crypto, a, b, s->nonce[first], s->nonce[!first], &number), 0);
	return number;
}

void sm_expect_fresh(const struct sm *s, struct sm_nonces *seen)
{
	assert_true(seen->count < 8);
	for (unsigned i = 0; i < seen->count; i++)
		assert_memory_not_equal(s->nonce[THEIRS], seen->nonce[i], 16);
	memcpy(seen->nonce[seen->count++], s->nonce[THEIRS], 16);
}

void sm_passkey(struct sm *s, uint32_t passkey)
{
	memset(s->secret, 0, sizeof s->secret);
	le32_put(s->secret, passkey);
	s->passkey = s->sc;
}

/* --- what the tester says ------------------------------------------------------------------------------------------ */

static void fresh_nonce(struct sm *s)
{
	memset(s->nonce[OURS], 0x80 + (int)(s->fresh++ & 0x3F), 16);
	s->nonce[OURS][0] = (uint8_t)s->round;
}

/* A nonce is drawn for the confirm value that hides it; who sends none draws it when it is sent. */
static bool hides(const struct sm *s)
{
	bool oob = s->preq[2] | s->pres[2];
	return !s->sc || s->passkey || (!s->initiator && !oob);
}

static void own_identity(const struct sm *s, uint8_t out[7])
{
	struct ble_addr a;
	lt_address(s->k->tester, &a);
	out[0] = a.type;
	memcpy(out + 1, a.octets, 6);
}

/* The value of the tester's PDU of this code behind the code; its length. */
static size_t value(struct sm *s, uint8_t code, uint8_t *out)
{
	switch (code) {
	case CONFIRM:
		fresh_nonce(s);
		confirm_of(s, OURS, out);
		return 16;
	case RANDOM:
		if (!hides(s))
			fresh_nonce(s);
		memcpy(out, s->nonce[OURS], 16);
		return 16;
	case PUBLIC_KEY:
		crypto_turn(out, s->own.public_key, 32);
		crypto_turn(out + 32, s->own.public_key + 32, 32);
		return 64;
	case CHECK: check_of(s, OURS, out); return 16;
	case ENC_INFO: memcpy(out, sm_tester_keys.ltk, 16); return 16;
	case CENTRAL_ID: memcpy(out, sm_tester_keys.ediv_rand, 10); return 10;
	case ID_INFO: memcpy(out, sm_tester_keys.irk, 16); return 16;
	case ID_ADDRESS: own_identity(s, out); return 7;
	case SIGN_INFO: memcpy(out, sm_tester_keys.csrk, 16); return 16;
	}
	fail_msg("the tester has no value for code %02X", code);
	return 0;
}

/* --- what the implementation says ---------------------------------------------------------------------------------- */

static void features(struct sm *s, const uint8_t *pdu)
{
	memcpy(pdu[0] == REQ ? s->preq : s->pres, pdu, 7);
	s->sc = s->preq[3] & s->pres[3] & 8;
	s->passkey = false;
	s->round = 0;
	memset(s->secret, 0, sizeof s->secret);
	memset(s->confirm, 0, sizeof s->confirm);
	memset(s->nonce, 0, sizeof s->nonce);
}

static void on_key(struct sm *s, const uint8_t *v)
{
	crypto_turn(s->own.peer, v, 32);
	crypto_turn(s->own.peer + 32, v + 32, 32);
	assert_int_equal(crypto->p256_shared(crypto->ctx, &s->own), 0);
}

/* With Secure Connections and no passkey only the responder has committed itself to its nonce; with OOB nobody has. */
static void on_random(struct sm *s, const uint8_t *v)
{
	static const uint8_t none[16];
	uint8_t want[16];
	memcpy(s->nonce[THEIRS], v, 16);
	if (!memcmp(s->confirm[THEIRS], none, 16))
		return;
	confirm_of(s, THEIRS, want);
	assert_memory_equal(s->confirm[THEIRS], want, 16);
}

static void on_check(struct sm *s, const uint8_t *v)
{
	uint8_t want[16];
	check_of(s, THEIRS, want);
	assert_memory_equal(v, want, 16);
}

static void on_ltk(struct sm *s, const uint8_t *v)
{
	static const uint8_t none[16];
	uint8_t size = s->preq[4] < s->pres[4] ? s->preq[4] : s->pres[4];
	memcpy(s->theirs.ltk, v, 16);
	assert_memory_equal(v + size, none, 16u - size); /* 2.3.4 */
	assert_memory_not_equal(v, none, size);
}

/* The identity address: what the implementation calls itself, public or static random. */
static void on_identity(struct sm *s, const uint8_t *v)
{
	struct ble_addr a = ut_address(s->k);
	memcpy(s->theirs.identity, v, 7);
	assert_int_equal(v[0], a.type & 1);
	assert_memory_equal(v + 1, a.octets, 6);
}

static void heard(struct sm *s, uint8_t code, const uint8_t *v)
{
	switch (code) {
	case CONFIRM: memcpy(s->confirm[THEIRS], v, 16); break;
	case RANDOM: on_random(s, v); break;
	case PUBLIC_KEY: on_key(s, v); break;
	case CHECK: on_check(s, v); break;
	case ENC_INFO: on_ltk(s, v); break;
	case CENTRAL_ID: memcpy(s->theirs.ediv_rand, v, 10); break;
	case ID_INFO: memcpy(s->theirs.irk, v, 16); break;
	case ID_ADDRESS: on_identity(s, v); break;
	case SIGN_INFO: memcpy(s->theirs.csrk, v, 16); break;
	default: fail_msg("the tester cannot judge code %02X", code);
	}
}

/* 3.3: octets of the whole PDU. */
static size_t length_of(uint8_t code)
{
	switch (code) {
	case CENTRAL_ID: return 11;
	case ID_ADDRESS: return 8;
	case PUBLIC_KEY: return 65;
	default: return 17;
	}
}

/* --- the script ---------------------------------------------------------------------------------------------------- */

uint8_t sm_encrypt_with(struct sm *s, const uint8_t key[16], const uint8_t ediv_rand[10])
{
	struct lt *lt = s->k->tester;
	kit_wake(s->k);
	if (s->initiator)
		return lt_encrypt(lt, key, ediv_rand + 2, ediv_rand);
	assert_true(lt_wait_key_wanted(lt, ANSWER_MS));
	assert_memory_equal(lt->key_ediv, ediv_rand, 2);
	assert_memory_equal(lt->key_rand, ediv_rand + 2, 8);
	return lt_give_key(lt, key);
}

static void encrypt(struct sm *s)
{
	make_keys(s);
	assert_int_equal(sm_encrypt_with(s, s->key, no_id), 0);
	assert_true(s->k->tester->encrypted);
}

void sm_say_failed(struct sm *s, uint8_t reason)
{
	lt_send(s->k->tester, KIT_SM, (uint8_t[]){ FAILED, reason }, 2);
}

void sm_say_key(struct sm *s, const uint8_t key[64])
{
	uint8_t pdu[65] = { PUBLIC_KEY };
	crypto_turn(pdu + 1, key, 32);
	crypto_turn(pdu + 33, key + 32, 32);
	lt_send(s->k->tester, KIT_SM, pdu, sizeof pdu);
}

/* What the implementation has sent last under this code. */
static size_t reflection(const struct sm *s, uint8_t code, uint8_t *out)
{
	assert_true(code == CONFIRM || code == RANDOM);
	memcpy(out, code == CONFIRM ? s->confirm[THEIRS] : s->nonce[THEIRS], 16);
	return 16;
}

static void say(struct sm *s, const char *text)
{
	uint8_t pdu[80];
	char how = text[strlen(text) - 1];
	bool made = how == '=' || how == '!' || how == '<';
	char code[3] = { text[0], text[1], 0 };
	size_t len = kit_octets(made ? code : text, pdu, sizeof pdu);
	if (made)
		len = 1 + (how == '<' ? reflection(s, pdu[0], pdu + 1) : value(s, pdu[0], pdu + 1));
	if (how == '!')
		pdu[3] ^= 1;
	if (len == 7 && (pdu[0] == REQ || pdu[0] == RSP))
		features(s, pdu);
	lt_send(s->k->tester, KIT_SM, pdu, len);
}

static void hear(struct sm *s, const char *text, const char *file, int line)
{
	struct lt_frame f;
	bool silent = strcmp(text, "-") == 0, made = text[strlen(text) - 1] == '=';
	kit_wake(s->k);
	if (!lt_receive(s->k->tester, KIT_SM, &f, silent ? SILENCE_MS : ANSWER_MS)) {
		if (silent)
			return;
		print_error("%s:%d: expected %s, nothing came\n", file, line, text);
		_fail(file, line);
	}
	char code[] = { text[0], text[1], ' ', '*', 0 };
	kit_equal(f.octets, f.len, silent ? "" : made ? code : text, file, line);
	if (f.len == 7 && (f.octets[0] == REQ || f.octets[0] == RSP))
		features(s, f.octets);
	if (!made)
		return;
	assert_int_equal(f.len, length_of(f.octets[0]));
	heard(s, f.octets[0], f.octets + 1);
}

void sm_run(struct sm *s, const char *const *lines, const char *file, int line)
{
	for (; *lines; lines++) {
		const char *text = *lines;
		if (text[0] == 'T')
			say(s, text + 2);
		else if (text[0] == 'I')
			hear(s, text + 2, file, line);
		else
			encrypt(s);
	}
}

/* 2.3.5.6.3, the initiator first in all. */
void sm_rounds(struct sm *s, unsigned count)
{
	for (unsigned end = s->round + count; s->round < end; s->round++) {
		if (s->initiator)
			SM(s, "T 03 =", "I 03 =", "T 04 =", "I 04 =");
		else
			SM(s, "I 03 =", "T 03 =", "I 04 =", "T 04 =");
	}
}

void sm_pair(struct sm *s, unsigned how, uint8_t key_size)
{
	const uint8_t request[7] = { REQ, how & SM_PASSKEY ? 2 : 3, 0,
		(uint8_t)(1 | (how & SM_PASSKEY ? 4 : 0) | (how & SM_SC ? 8 : 0)), key_size, 0, 1 };
	features(s, request);
	lt_send(s->k->tester, KIT_SM, request, sizeof request);
	SM(s, "I 02 .. .. .. .. .. ..");
	assert_int_equal(s->sc, how & SM_SC);
	if (s->sc) {
		sm_new_key(s);
		SM(s, "T 0C =", "I 0C =");
	}
	if (how & SM_PASSKEY) {
		sm_expect_shown(s);
		sm_passkey(s, s->number);
	}
	if (how == (SM_SC | SM_PASSKEY))
		sm_rounds(s, SM_ROUNDS);
	else if (s->sc)
		SM(s, "I 03 =", "T 04 =", "I 04 =");
	else
		SM(s, "T 03 =", "I 03 =", "T 04 =", "I 04 =");
	if (s->sc)
		SM(s, "T 0D =", "I 0D =");
	SM(s, "E");
	if (!s->sc && s->pres[6] & 1)
		SM(s, "I 06 =", "I 07 =");
}

uint8_t sm_encrypt(struct sm *s)
{
	return s->sc ? sm_encrypt_with(s, s->key, no_id) : sm_encrypt_with(s, s->theirs.ltk, s->theirs.ediv_rand);
}

/* --- the implementation's user ------------------------------------------------------------------------------------- */

/* An event that has come already counts, once. */
static const struct ble_event *next(struct sm *s, uint8_t type)
{
	struct kit *k = s->k;
	kit_run(k, 1);
	if (!k->count[type])
		ut_expect(k, type, ANSWER_MS);
	assert_int_equal(k->count[type], 1);
	k->count[type] = 0;
	return &k->last[type];
}

void sm_expect_paired(struct sm *s, uint8_t level, uint8_t key_size, bool bonded)
{
	const struct ble_event *ev = next(s, BLE_EV_PAIRED);
	assert_int_equal(ev->paired.err, 0);
	assert_int_equal(ev->paired.level, level);
	assert_int_equal(ev->paired.key_size, key_size);
	assert_int_equal(ev->paired.bonded, bonded);
	sm_expect_encrypted(s, 0);
	sm_expect_level(s, level);
}

void sm_expect_encrypted(struct sm *s, int err)
{
	assert_int_equal(next(s, BLE_EV_ENCRYPTED)->encrypted.err, err);
}

void sm_expect_failed(struct sm *s, uint8_t reason, bool by_peer)
{
	const struct ble_event *ev = next(s, BLE_EV_PAIRED);
	assert_int_equal(ev->paired.err, BLE_EREFUSED);
	assert_int_equal(ev->paired.reason, reason);
	assert_int_equal(ev->paired.by_peer, by_peer);
	assert_false(ev->paired.bonded);
}

void sm_expect_level(struct sm *s, uint8_t level)
{
	struct ble_security_info info;
	assert_int_equal(ble_conn_security(s->k->host, s->k->conn, &info), 0);
	assert_int_equal(info.level, level);
	assert_false(info.pairing);
}

void sm_expect_bonds(struct sm *s, unsigned count)
{
	struct ble_bond bond;
	unsigned n = 0;
	for (unsigned index = 0; ble_bond_next(s->k->host, &index, &bond);)
		n++;
	assert_int_equal(n, count);
}

void sm_expect_shown(struct sm *s)
{
	s->number = next(s, BLE_EV_PASSKEY)->passkey.number;
	assert_true(s->number <= 999999);
}

void sm_expect_compared(struct sm *s)
{
	s->number = next(s, BLE_EV_COMPARE)->passkey.number;
	assert_int_equal(s->number, sm_number(s));
}

void sm_expect_asked(struct sm *s)
{
	(void)next(s, BLE_EV_PASSKEY_WANTED);
}
