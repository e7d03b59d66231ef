/*
 * LE legacy pairing, phase 2: 2.3.5.5. The TK is zero, a passkey or what OOB brought; both sides commit to a random by
 * c1, disclose it, and the STK is s1 of the two. Whoever listens finds a passkey in no time: the level says so (smp_level).
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

/* c1 of a random: the features as they were sent, the initiator's address first. */
static uint8_t confirm_of(const struct smp_link *l, const uint8_t rand[16], uint8_t out[16])
{
	bool first = smp_is_initiator(l);
	struct crypto_c1 p = { l->preq, l->pres, first ? l->own : l->peer, first ? l->peer : l->own };
	return crypto_c1(l->smp->crypto, l->secret, rand, &p, out) ? SMP_ERR_UNSPECIFIED_REASON : 0;
}

static uint8_t say_confirm(struct smp_link *l, enum smp_state then)
{
	smp_nonce(l);
	uint8_t reason = confirm_of(l, l->nonce[0], l->confirm[0]);
	smp_enter(l, then);
	smp_queue(l, SMP_PAIRING_CONFIRM, 0);
	return reason;
}

static uint8_t proceed(struct smp_link *l)
{
	if (l->user != SMP_USER_YES)
		return 0;
	if (l->state == SMP_I_SECRET)
		return say_confirm(l, SMP_I_CONFIRM);
	if (l->state == SMP_R_SECRET)
		return say_confirm(l, SMP_R_RANDOM);
	return 0;
}

static uint8_t begin(struct smp_link *l)
{
	uint8_t reason = 0;
	smp_enter(l, smp_is_initiator(l) ? SMP_I_SECRET : SMP_R_CONFIRM);
	if (l->model)
		reason = l->model->secret(l);
	else
		l->user = SMP_USER_YES;
	return reason ? reason : proceed(l);
}

/* A value of ours that comes back proves nothing. */
static uint8_t on_confirm(struct smp_link *l, const uint8_t *pdu)
{
	memcpy(l->confirm[1], pdu + 1, 16);
	if (!smp_is_initiator(l)) {
		smp_enter(l, SMP_R_SECRET);
		return proceed(l);
	}
	if (crypto_same(l->confirm[0], l->confirm[1], 16))
		return SMP_ERR_CONFIRM_VALUE_FAILED;
	smp_enter(l, SMP_I_RANDOM);
	smp_queue(l, SMP_PAIRING_RANDOM, 0);
	return 0;
}

static uint8_t on_random(struct smp_link *l, const uint8_t *pdu)
{
	uint8_t expected[16];
	memcpy(l->nonce[1], pdu + 1, 16);
	if (crypto_same(l->nonce[0], l->nonce[1], 16))
		return SMP_ERR_CONFIRM_VALUE_FAILED;
	uint8_t reason = confirm_of(l, l->nonce[1], expected);
	if (reason)
		return reason;
	if (!crypto_same(expected, l->confirm[1], 16))
		return SMP_ERR_CONFIRM_VALUE_FAILED;
	bool first = smp_is_initiator(l);
	if (!first)
		smp_queue(l, SMP_PAIRING_RANDOM, 0);
	const uint8_t *mrand = l->nonce[first ? 0 : 1], *srand = l->nonce[first ? 1 : 0];
	if (crypto_s1(l->smp->crypto, l->secret, srand, mrand, l->key))
		return SMP_ERR_UNSPECIFIED_REASON;
	return smp_encrypt(l);
}

static const struct smp_row rows[] = {
	{ SMP_I_CONFIRM, SMP_PAIRING_CONFIRM, on_confirm },
	{ SMP_I_RANDOM, SMP_PAIRING_RANDOM, on_random },
	{ SMP_R_CONFIRM, SMP_PAIRING_CONFIRM, on_confirm },
	{ SMP_R_RANDOM, SMP_PAIRING_RANDOM, on_random },
};

const struct smp_scheme smp_legacy = { rows, sizeof rows / sizeof rows[0], begin, proceed };
