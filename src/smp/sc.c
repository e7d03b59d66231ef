/*
 * LE Secure Connections, phase 2: 2.3.5.6. Public keys are exchanged, a model authenticates them (Just Works, which
 * authenticates nothing, is here), and check values over everything that was said prove that both have come to the same
 * key.
 *
 * The Diffie-Hellman key may take seconds on a chip. It is started when both public keys are known, and awaited only
 * before the check values.
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

/* Of a peer that has sent the base point, or its negative, the Diffie-Hellman key is x of our public key: no secret. */
static void on_done(struct ble_p256 *op, int err)
{
	struct smp_link *l = CONTAINER_OF(op, struct smp_link, op);
	if (l->dh == SMP_DH_SHARED && crypto_same(op->shared, op->public_key, sizeof op->shared))
		err = BLE_EINVAL;
	if (err)
		l->reason = l->dh == SMP_DH_SHARED ? SMP_ERR_DHKEY_CHECK_FAILED : SMP_ERR_UNSPECIFIED_REASON;
	l->dh = err ? SMP_DH_NONE : (uint8_t)(l->dh + 1);
	if (l->starting)
		return;
	if (l->reason)
		smp_fail(l, l->reason);
	else
		smp_proceed(l);
}

/* An operation on the curve: its result is there on return, or comes by smp_proceed(). */
static uint8_t start(struct smp_link *l, enum smp_dh dh, int (*fn)(void *ctx, struct ble_p256 *op))
{
	l->dh = (uint8_t)dh;
	l->reason = 0;
	l->starting = true;
	int err = fn(l->smp->crypto->ctx, &l->op);
	l->starting = false;
	if (err) {
		l->dh = SMP_DH_NONE;
		return SMP_ERR_UNSPECIFIED_REASON;
	}
	return l->reason;
}

static const uint8_t *features_of(const struct smp_link *l, bool initiator)
{
	return initiator ? l->preq : l->pres;
}

/* A fresh key pair for each pairing (2.3.6), unless the peer has been given one by OOB. */
static uint8_t start_own_key(struct smp_link *l)
{
	const struct smp_config *c = &l->smp->config;
	const struct ble_platform *p = l->smp->platform;
	bool peer_has_oob = features_of(l, !smp_is_initiator(l))[2];
	l->op.done = on_done;
	if (peer_has_oob && c->oob && c->oob->have_ours) {
		memcpy(l->op.secret, c->oob->key.secret, sizeof l->op.secret);
		memcpy(l->op.public_key, c->oob->key.public_key, sizeof l->op.public_key);
		l->dh = SMP_DH_OWN;
		return 0;
	}
	if (c->debug)
		memcpy(l->op.secret, crypto_debug_secret, sizeof l->op.secret);
	else
		p->random(p->ctx, l->op.secret, sizeof l->op.secret);
	l->debug = c->debug;
	return start(l, SMP_DH_PUBLIC, l->smp->crypto->p256_public);
}

/* Just Works and Numeric Comparison: 2.3.5.6.2 */
uint8_t smp_plain_begin(struct smp_link *l)
{
	if (smp_is_initiator(l)) {
		smp_enter(l, SMP_I_PLAIN_CONFIRM);
		return 0;
	}
	smp_nonce(l);
	smp_enter(l, SMP_R_PLAIN_RANDOM);
	smp_queue(l, SMP_PAIRING_CONFIRM, 0);
	return smp_f4(l, true, 0, l->confirm[0]);
}

/*
 * x alone is compared: f4 sees no more of a key (CVE-2020-26558, CVE-2021-37577). The operation on the curve refuses what
 * is no point of it, before our key leaves.
 */
static uint8_t exchange(struct smp_link *l)
{
	bool debug = crypto_same(l->op.peer, crypto_debug_x, sizeof crypto_debug_x);
	if (debug && !l->smp->config.debug)
		return SMP_ERR_DHKEY_CHECK_FAILED;
	if (!l->debug && crypto_same(l->op.peer, l->op.public_key, 32))
		return SMP_ERR_DHKEY_CHECK_FAILED;
	l->debug |= debug;
	uint8_t reason = start(l, SMP_DH_SHARED, l->smp->crypto->p256_shared);
	if (reason)
		return reason;
	if (!smp_is_initiator(l))
		smp_queue(l, SMP_PUBLIC_KEY, 0);
	return l->model ? l->model->begin(l) : smp_plain_begin(l);
}

static uint8_t on_key(struct smp_link *l, const uint8_t *pdu)
{
	struct rd r = rd_of(pdu + 1, 64);
	struct smp_public_key key;
	if (!smp_public_key_read(&r, &key))
		return SMP_ERR_INVALID_PARAMETERS;
	crypto_turn(l->op.peer, key.x, 32);
	crypto_turn(l->op.peer + 32, key.y, 32);
	if (l->dh == SMP_DH_OWN)
		return exchange(l);
	smp_enter(l, SMP_R_OWN_KEY);
	return 0;
}

uint8_t smp_f4(const struct smp_link *l, bool ours, uint8_t z, uint8_t out[16])
{
	uint8_t own[32], peer[32];
	crypto_turn(own, l->op.public_key, 32);
	crypto_turn(peer, l->op.peer, 32);
	int err = ours ? crypto_f4(l->smp->crypto, own, peer, l->nonce[0], z, out) :
			 crypto_f4(l->smp->crypto, peer, own, l->nonce[1], z, out);
	return err ? SMP_ERR_UNSPECIFIED_REASON : 0;
}

static uint8_t on_plain_confirm(struct smp_link *l, const uint8_t *pdu)
{
	memcpy(l->confirm[1], pdu + 1, 16);
	smp_nonce(l);
	smp_enter(l, SMP_I_PLAIN_RANDOM);
	smp_queue(l, SMP_PAIRING_RANDOM, 0);
	return 0;
}

static uint8_t on_plain_random(struct smp_link *l, const uint8_t *pdu)
{
	uint8_t expected[16];
	memcpy(l->nonce[1], pdu + 1, 16);
	if (!smp_is_initiator(l)) {
		smp_queue(l, SMP_PAIRING_RANDOM, 0);
		return smp_exchanged(l);
	}
	uint8_t reason = smp_f4(l, false, 0, expected);
	if (reason)
		return reason;
	return crypto_same(expected, l->confirm[1], 16) ? smp_exchanged(l) : SMP_ERR_CONFIRM_VALUE_FAILED;
}

/* f6 over one side's view: its nonce, its features and its address first. */
static uint8_t check_of(const struct smp_link *l, bool ours, uint8_t out[16])
{
	bool initiators = ours == smp_is_initiator(l);
	uint8_t r[16];
	if (l->model && l->model->check_r)
		l->model->check_r(l, ours, r);
	else
		memcpy(r, l->secret, 16);
	int err = crypto_f6(l->smp->crypto, l->mac_key, l->nonce[ours ? 0 : 1], l->nonce[ours ? 1 : 0], r,
		features_of(l, initiators) + 1, ours ? &l->own : &l->peer, ours ? &l->peer : &l->own, out);
	crypto_wipe(r, sizeof r);
	return err ? SMP_ERR_UNSPECIFIED_REASON : 0;
}

/* f5: the initiator's nonce and address first. 2.3.5.6.5 */
static uint8_t make_keys(struct smp_link *l)
{
	bool first = smp_is_initiator(l);
	uint8_t dhkey[32];
	crypto_turn(dhkey, l->op.shared, 32);
	int err = crypto_f5(l->smp->crypto, dhkey, l->nonce[first ? 0 : 1], l->nonce[first ? 1 : 0],
		first ? &l->own : &l->peer, first ? &l->peer : &l->own, l->mac_key, l->key);
	crypto_wipe(dhkey, sizeof dhkey);
	return err ? SMP_ERR_UNSPECIFIED_REASON : 0;
}

static uint8_t verify(struct smp_link *l)
{
	uint8_t expected[16];
	uint8_t reason = check_of(l, false, expected);
	if (reason)
		return reason;
	return crypto_same(expected, l->check, 16) ? 0 : SMP_ERR_DHKEY_CHECK_FAILED;
}

/* The last thing that either waits for: both can make the keys now. */
static uint8_t agreed(struct smp_link *l)
{
	uint8_t reason = make_keys(l);
	bool first = smp_is_initiator(l);
	if (!reason && !first)
		reason = verify(l);
	if (!reason)
		reason = check_of(l, true, l->check);
	if (reason)
		return reason;
	smp_queue(l, SMP_DHKEY_CHECK, 0);
	if (!first)
		return smp_encrypt(l);
	smp_enter(l, SMP_I_CHECK);
	return 0;
}

static uint8_t proceed(struct smp_link *l)
{
	bool ready = l->dh == SMP_DH_DONE && l->user == SMP_USER_YES;
	if (l->state == SMP_I_OWN_KEY && l->dh == SMP_DH_OWN) {
		smp_enter(l, SMP_I_KEY);
		smp_queue(l, SMP_PUBLIC_KEY, 0);
	} else if (l->state == SMP_R_OWN_KEY && l->dh == SMP_DH_OWN) {
		return exchange(l);
	} else if ((l->state == SMP_I_AGREE || l->state == SMP_R_AGREE) && ready) {
		return agreed(l);
	} else if (l->model && l->model->proceed) {
		return l->model->proceed(l);
	}
	return 0;
}

uint8_t smp_exchanged(struct smp_link *l)
{
	uint8_t reason = 0;
	smp_enter(l, smp_is_initiator(l) ? SMP_I_AGREE : SMP_R_CHECK);
	if (l->model)
		reason = l->model->agree(l);
	else
		l->user = SMP_USER_YES;
	return reason ? reason : proceed(l);
}

static uint8_t on_check(struct smp_link *l, const uint8_t *pdu)
{
	memcpy(l->check, pdu + 1, 16);
	if (!smp_is_initiator(l)) {
		smp_enter(l, SMP_R_AGREE);
		return proceed(l);
	}
	uint8_t reason = verify(l);
	return reason ? reason : smp_encrypt(l);
}

static uint8_t begin(struct smp_link *l)
{
	smp_enter(l, smp_is_initiator(l) ? SMP_I_OWN_KEY : SMP_R_KEY);
	uint8_t reason = start_own_key(l);
	return reason ? reason : proceed(l);
}

static const struct smp_row rows[] = {
	{ SMP_I_KEY, SMP_PUBLIC_KEY, on_key },
	{ SMP_R_KEY, SMP_PUBLIC_KEY, on_key },
	{ SMP_I_PLAIN_CONFIRM, SMP_PAIRING_CONFIRM, on_plain_confirm },
	{ SMP_I_PLAIN_RANDOM, SMP_PAIRING_RANDOM, on_plain_random },
	{ SMP_R_PLAIN_RANDOM, SMP_PAIRING_RANDOM, on_plain_random },
	{ SMP_I_CHECK, SMP_DHKEY_CHECK, on_check },
	{ SMP_R_CHECK, SMP_DHKEY_CHECK, on_check },
};

const struct smp_scheme smp_sc = { rows, sizeof rows / sizeof rows[0], begin, proceed };
