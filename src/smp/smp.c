/*
 * The engine: PDUs told apart by table, the queue of those on their way out, the timer of 3.4, and how a pairing ends.
 * What the PDUs mean is in features.c, legacy.c, sc.c, the models and keys.c.
 *
 * A state is entered before its action has consequences, so that an operation that completes at once finds it.
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

#define TIMEOUT_US UINT64_C(30000000) /* 3.4 */
#define RETRY_US UINT64_C(10000)      /* no packet was free */

void smp_open(struct smp_link *l, struct smp *smp, uint8_t role, const struct ble_addr *own, const struct ble_addr *peer)
{
	l->smp = smp;
	l->role = role;
	l->own = *own;
	l->peer = *peer;
	l->state = SMP_IDLE;
}

void smp_enter(struct smp_link *l, enum smp_state state)
{
	l->state = (uint8_t)state;
}

/* Everything of a pairing but the connection it was on, and what is still to be sent. */
static void wipe(struct smp_link *l)
{
	const struct ble_crypto *crypto = l->smp->crypto;
	if ((l->dh == SMP_DH_PUBLIC || l->dh == SMP_DH_SHARED) && crypto->p256_cancel)
		crypto->p256_cancel(crypto->ctx, &l->op);
	tmr_stop(l->smp->timers, &l->timer);
	l->dh = SMP_DH_NONE;
	l->user = SMP_USER_NONE;
	l->model = NULL;
	l->scheme = NULL;
	crypto_wipe(l->preq, sizeof *l - offsetof(struct smp_link, preq));
}

void smp_end(struct smp_link *l, struct smp_result *result)
{
	smp_attempt_ended(l, result);
	result->bonding = l->bonding;
	result->debug = l->debug;
	result->method = l->method;
	result->strength = l->strength;
	if (result->err)
		result->strength = (struct smp_strength){ 0 };
	smp_enter(l, result->err == BLE_ETIMEOUT ? SMP_DEAD : SMP_IDLE);
	if (result->err) { /* the event finds nothing that could be used */
		wipe(l);
		l->smp->hooks->ended(l, result);
		return;
	}
	struct smp_keys theirs = l->theirs, ours = l->ours;
	result->theirs = &theirs;
	result->ours = &ours;
	wipe(l);
	l->smp->hooks->ended(l, result);
	crypto_wipe(&theirs, sizeof theirs);
	crypto_wipe(&ours, sizeof ours);
}

static void on_timeout(struct tmr *t)
{
	struct smp_link *l = CONTAINER_OF(t, struct smp_link, timer);
	l->queued = 0; /* nothing is sent any more, either */
	smp_end(l, &(struct smp_result){ .err = BLE_ETIMEOUT });
}

void smp_close(struct smp_link *l)
{
	l->queued = 0;
	tmr_stop(l->smp->timers, &l->retry);
	if (smp_is_pairing(l))
		smp_end(l, &(struct smp_result){ .err = BLE_ECONN });
	smp_enter(l, SMP_DEAD);
}

static void write_pdu(const struct smp_link *l, uint8_t code, uint8_t arg, struct wr *w)
{
	uint8_t x[32], y[32];
	switch ((enum smp_code)code) {
	case SMP_PAIRING_REQ: wr_put(w, l->preq, sizeof l->preq); break;
	case SMP_PAIRING_RSP: wr_put(w, l->pres, sizeof l->pres); break;
	case SMP_PAIRING_CONFIRM: smp_value_write(w, code, &(struct smp_value){ l->confirm[0] }); break;
	case SMP_PAIRING_RANDOM: smp_value_write(w, code, &(struct smp_value){ l->nonce[0] }); break;
	case SMP_DHKEY_CHECK: smp_value_write(w, code, &(struct smp_value){ l->check }); break;
	case SMP_ENCRYPTION_INFO: smp_value_write(w, code, &(struct smp_value){ l->ours.ltk }); break;
	case SMP_IDENTITY_INFO: smp_value_write(w, code, &(struct smp_value){ l->ours.irk }); break;
	case SMP_SIGNING_INFO: smp_value_write(w, code, &(struct smp_value){ l->ours.csrk }); break;
	case SMP_PAIRING_FAILED:
	case SMP_SECURITY_REQ:
	case SMP_KEYPRESS: smp_octet_write(w, code, &(struct smp_octet){ arg }); break;
	case SMP_CENTRAL_ID:
		smp_central_id_write(w, &(struct smp_central_id){ l->ours.ediv, l->ours.rand });
		break;
	case SMP_IDENTITY_ADDRESS: {
		struct smp_identity_address a = { .addr_type = l->ours.identity.type };
		memcpy(a.bd_addr, l->ours.identity.octets, 6);
		smp_identity_address_write(w, &a);
		break;
	}
	case SMP_PUBLIC_KEY:
		crypto_turn(x, l->op.public_key, 32);
		crypto_turn(y, l->op.public_key + 32, 32);
		smp_public_key_write(w, &(struct smp_public_key){ x, y });
		break;
	case SMP_CODE_COUNT: break;
	}
}

static void on_retry(struct tmr *t)
{
	smp_pump(CONTAINER_OF(t, struct smp_link, retry));
}

void smp_pump(struct smp_link *l)
{
	while (l->queued) {
		uint8_t pdu[SMP_PDU_MAX];
		struct wr w = wr_of(pdu, sizeof pdu);
		write_pdu(l, l->queue[0].code, l->queue[0].arg, &w);
		bool sent = l->smp->hooks->send(l, pdu, (uint16_t)w.len);
		crypto_wipe(pdu, sizeof pdu);
		if (!sent) {
			tmr_after(l->smp->timers, &l->retry, RETRY_US, on_retry);
			return;
		}
		l->queued--;
		memmove(l->queue, l->queue + 1, sizeof l->queue[0] * l->queued);
	}
	tmr_stop(l->smp->timers, &l->retry);
	if (l->state == SMP_I_KEYS || l->state == SMP_R_KEYS)
		smp_keys_sent(l);
}

/* What was sent before is gone, or is a part of the same move: no more than five. Keypresses and what is sent outside a
 * pairing leave room for them. */
void smp_say(struct smp_link *l, uint8_t code, uint8_t arg)
{
	if (l->queued == SMP_QUEUE)
		return;
	l->queue[l->queued].code = code;
	l->queue[l->queued].arg = arg;
	l->queued++;
}

void smp_queue(struct smp_link *l, uint8_t code, uint8_t arg)
{
	smp_say(l, code, arg);
	tmr_after(l->smp->timers, &l->timer, TIMEOUT_US, on_timeout);
}

/* What was still on its way out was about a pairing that is no more. */
void smp_fail(struct smp_link *l, uint8_t reason)
{
	l->queued = 0;
	smp_say(l, SMP_PAIRING_FAILED, reason); /* before the hook may begin another one */
	smp_end(l, &(struct smp_result){ .err = BLE_EREFUSED, .reason = reason });
	smp_pump(l);
}

static void on_failed(struct smp_link *l, uint8_t reason)
{
	l->queued = 0;
	smp_end(l, &(struct smp_result){ .err = BLE_EREFUSED, .reason = reason, .by_peer = true });
}

static uint16_t length_of(uint8_t code)
{
	static const uint8_t lengths[] = {
#define X(name, num, octets, text) [num] = octets,
#include "spec/smp_codes.def"
#undef X
	};
	return lengths[code];
}

static const struct smp_row *row_in(const struct smp_row *rows, unsigned count, uint8_t in, uint8_t on)
{
	for (unsigned i = 0; i < count; i++)
		if (rows[i].on == on && (rows[i].in == in || rows[i].in == SMP_ANY))
			return &rows[i];
	return NULL;
}

static const struct smp_row *row_for(const struct smp_link *l, uint8_t code)
{
	const struct smp_row *row = row_in(smp_feature_rows, smp_feature_count, l->state, code);
	if (!row && l->scheme)
		row = row_in(l->scheme->rows, l->scheme->count, l->state, code);
	if (!row && l->model)
		row = row_in(l->model->rows, l->model->count, l->state, code);
	if (!row)
		row = row_in(smp_key_rows, smp_key_count, l->state, code);
	return row;
}

/*
 * It answers what we have not sent yet, which no honest peer can: every PDU of phase 2 and 3 waits for all of the other's
 * last move. Were it let through, what is still in the queue would be made of the next round's values.
 */
static bool is_early(const struct smp_link *l, uint8_t code)
{
	bool free = code == SMP_KEYPRESS || code == SMP_SECURITY_REQ;
	return smp_is_pairing(l) && !free && l->queued && l->queue[0].code != SMP_KEYPRESS;
}

/* A pair without a row. */
static void unlisted(struct smp_link *l)
{
	l->smp->violations++;
	if (smp_is_pairing(l))
		smp_fail(l, SMP_ERR_UNSPECIFIED_REASON);
}

/* A PDU that is too short or too long. Outside a pairing only what asks for one has an answer. */
static void malformed(struct smp_link *l, uint8_t code)
{
	l->smp->malformed++;
	if (code == SMP_PAIRING_FAILED && smp_is_pairing(l)) {
		on_failed(l, 0);
	} else if (smp_is_pairing(l)) {
		smp_fail(l, SMP_ERR_INVALID_PARAMETERS);
	} else if (code == SMP_PAIRING_REQ || code == SMP_SECURITY_REQ) {
		l->queued = 0;
		smp_say(l, SMP_PAIRING_FAILED, SMP_ERR_INVALID_PARAMETERS);
		smp_pump(l);
	}
}

void smp_rx(struct smp_link *l, const uint8_t *pdu, uint16_t len)
{
	uint8_t code = len ? pdu[0] : 0;
	if (!code || code >= SMP_CODE_COUNT || l->state == SMP_DEAD) {
		l->smp->passed_over++;
		return;
	}
	if (len != length_of(code)) {
		malformed(l, code);
		return;
	}
	if (code == SMP_PAIRING_FAILED) { /* never answered by another */
		if (smp_is_pairing(l))
			on_failed(l, pdu[1]);
		else
			l->smp->passed_over++;
		return;
	}
	const struct smp_row *row = is_early(l, code) ? NULL : row_for(l, code);
	if (!row) {
		unlisted(l);
		return;
	}
	uint8_t reason = row->act(l, pdu);
	if (reason && smp_is_pairing(l))
		smp_fail(l, reason);
	else
		smp_pump(l);
}

void smp_nonce(struct smp_link *l)
{
	const struct ble_platform *p = l->smp->platform;
	p->random(p->ctx, l->nonce[0], 16);
}

/* Shortened to what was agreed: 2.3.4, its most significant octets are zeroed. */
static void shorten(struct smp_link *l)
{
	memset(l->key + l->strength.key_size, 0, sizeof l->key - l->strength.key_size);
}

/* A generator that does not move: what was made of its octets is no secret. By chance once in 2^64 pairings. */
static bool is_stuck(const struct smp_link *l)
{
	return !memcmp(l->nonce[0], l->nonce[0] + 8, 8);
}

uint8_t smp_encrypt(struct smp_link *l)
{
	bool weak = is_stuck(l) || crypto_is_weak(l->key);
	l->keyed = false;
	shorten(l);
	if (weak || crypto_is_weak(l->key))
		return SMP_ERR_UNSPECIFIED_REASON;
	if (!smp_is_initiator(l)) {
		smp_enter(l, SMP_R_ENCRYPT);
		return 0;
	}
	smp_enter(l, SMP_I_ENCRYPT);
	l->keyed = true;
	l->smp->hooks->encrypt(l, l->key, 0, 0);
	return 0;
}

/* While pairing no key but the one in the making is given out, and that only when it is ready: 2.4.4.1. */
bool smp_key_request(struct smp_link *l, uint16_t ediv, uint64_t rand, uint8_t key[16])
{
	if (smp_is_initiator(l))
		return false;
	if (l->state == SMP_IDLE || l->state == SMP_DEAD)
		return l->smp->hooks->find_key(l, ediv, rand, key);
	if (l->state != SMP_R_ENCRYPT || ediv || rand)
		return false;
	memcpy(key, l->key, 16);
	l->keyed = true;
	return true;
}

void smp_encrypted(struct smp_link *l, int err)
{
	if ((l->state != SMP_I_ENCRYPT && l->state != SMP_R_ENCRYPT) || !l->keyed) /* not with our key */
		return;
	if (err)
		smp_end(l, &(struct smp_result){ .err = err });
	else
		smp_distribute(l);
}

void smp_proceed(struct smp_link *l)
{
	uint8_t reason = l->scheme ? l->scheme->proceed(l) : 0;
	if (reason && smp_is_pairing(l))
		smp_fail(l, reason);
	else
		smp_pump(l);
}

int smp_passkey(struct smp_link *l, uint32_t passkey)
{
	if (l->user != SMP_USER_ASKED || l->model != l->smp->config.passkey)
		return BLE_ENOENT;
	if (passkey > 999999)
		return BLE_ERANGE;
	memset(l->secret, 0, sizeof l->secret);
	le32_put(l->secret, passkey);
	l->user = SMP_USER_YES;
	smp_proceed(l);
	return 0;
}

int smp_consent(struct smp_link *l, bool yes)
{
	if (l->user != SMP_USER_ASKED || l->model != l->smp->config.numeric)
		return BLE_ENOENT;
	if (yes) {
		l->user = SMP_USER_YES;
		smp_proceed(l);
	} else {
		smp_fail(l, SMP_ERR_NUMERIC_COMPARISON_FAILED);
	}
	return 0;
}

int smp_cancel(struct smp_link *l, uint8_t reason)
{
	if (!smp_is_pairing(l))
		return BLE_ENOENT;
	smp_fail(l, reason);
	return 0;
}
