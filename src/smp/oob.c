/*
 * Out of Band: the TK of legacy pairing (2.3.5.4), and with Secure Connections r and C of either side or of both
 * (2.3.5.6.4). What has come on the other way is used once.
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

static bool has_flag(const struct smp_link *l, bool ours)
{
	return (ours == smp_is_initiator(l) ? l->preq : l->pres)[2];
}

static uint8_t secret(struct smp_link *l)
{
	struct smp_oob *oob = l->smp->config.oob;
	if (!oob->have_tk || crypto_is_weak(oob->tk))
		return SMP_ERR_OOB_NOT_AVAILABLE;
	memcpy(l->secret, oob->tk, 16);
	oob->have_tk = false;
	crypto_wipe(oob->tk, sizeof oob->tk);
	l->user = SMP_USER_YES;
	return 0;
}

/* C must be that of the public key that has come: f4(PK, PK, r, 0). */
static uint8_t check_theirs(struct smp_link *l, struct smp_oob *oob)
{
	uint8_t x[32], expected[16];
	if (!oob->have_theirs)
		return SMP_ERR_OOB_NOT_AVAILABLE;
	oob->have_theirs = false;
	crypto_turn(x, l->op.peer, 32);
	if (crypto_f4(l->smp->crypto, x, x, oob->their_r, 0, expected))
		return SMP_ERR_UNSPECIFIED_REASON;
	return crypto_same(expected, oob->their_c, 16) ? 0 : SMP_ERR_CONFIRM_VALUE_FAILED;
}

static uint8_t begin(struct smp_link *l)
{
	struct smp_oob *oob = l->smp->config.oob;
	bool first = smp_is_initiator(l);
	if (!oob)
		return SMP_ERR_OOB_NOT_AVAILABLE;
	uint8_t reason = has_flag(l, true) ? check_theirs(l, oob) : 0;
	if (reason)
		return reason;
	if (has_flag(l, false)) {
		if (!oob->have_ours)
			return SMP_ERR_OOB_NOT_AVAILABLE;
		memcpy(l->secret, oob->r, 16);
		oob->have_ours = false;
		crypto_wipe(&oob->key, sizeof oob->key);
		crypto_wipe(oob->r, sizeof oob->r);
	}
	l->user = SMP_USER_YES;
	smp_nonce(l);
	smp_enter(l, first ? SMP_I_OOB_RANDOM : SMP_R_OOB_RANDOM);
	if (first)
		smp_queue(l, SMP_PAIRING_RANDOM, 0);
	return 0;
}

static uint8_t on_random(struct smp_link *l, const uint8_t *pdu)
{
	memcpy(l->nonce[1], pdu + 1, 16);
	if (!smp_is_initiator(l))
		smp_queue(l, SMP_PAIRING_RANDOM, 0);
	return smp_exchanged(l);
}

static uint8_t agree(struct smp_link *l)
{
	(void)l;
	return 0;
}

/* Each proves that it knows what the other has sent on the other way: 2.3.5.6.5, ra and rb. */
static void check_r(const struct smp_link *l, bool by_us, uint8_t r[16])
{
	if (!by_us)
		memcpy(r, l->secret, 16);
	else if (has_flag(l, true))
		memcpy(r, l->smp->config.oob->their_r, 16);
	else
		memset(r, 0, 16);
}

static void on_made(struct ble_p256 *op, int err)
{
	struct smp_oob *oob = CONTAINER_OF(op, struct smp_oob, key);
	uint8_t x[32];
	crypto_turn(x, oob->key.public_key, 32);
	if (!err)
		err = crypto_f4(oob->crypto, x, x, oob->r, 0, oob->c);
	oob->have_ours = !err;
	if (oob->made)
		oob->made(oob, err);
}

int smp_oob_make(struct smp *smp, struct smp_oob *oob)
{
	const struct ble_platform *p = smp->platform;
	oob->have_ours = false;
	oob->crypto = smp->crypto;
	oob->key.done = on_made;
	p->random(p->ctx, oob->key.secret, sizeof oob->key.secret);
	p->random(p->ctx, oob->r, sizeof oob->r);
	return smp->crypto->p256_public(smp->crypto->ctx, &oob->key);
}

static const struct smp_row rows[] = {
	{ SMP_I_OOB_RANDOM, SMP_PAIRING_RANDOM, on_random },
	{ SMP_R_OOB_RANDOM, SMP_PAIRING_RANDOM, on_random },
};

const struct smp_model smp_model_oob = {
	.rows = rows,
	.count = sizeof rows / sizeof rows[0],
	.secret = secret,
	.begin = begin,
	.agree = agree,
	.check_r = check_r,
};
