/*
 * Numeric Comparison (2.3.5.6.2): the exchange is that of Just Works, and then both users compare six digits. Our check
 * value waits for our user; the peer's may come before.
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

static uint8_t agree(struct smp_link *l)
{
	bool first = smp_is_initiator(l);
	uint8_t own[32], peer[32];
	uint32_t number;
	crypto_turn(own, l->op.public_key, 32);
	crypto_turn(peer, l->op.peer, 32);
	if (crypto_g2(l->smp->crypto, first ? own : peer, first ? peer : own, l->nonce[first ? 0 : 1],
		    l->nonce[first ? 1 : 0], &number))
		return SMP_ERR_UNSPECIFIED_REASON;
	l->user = SMP_USER_ASKED;
	l->smp->hooks->ask(l, SMP_ASK_COMPARE, number);
	return 0;
}

const struct smp_model smp_model_numeric = { .begin = smp_plain_begin, .agree = agree };
