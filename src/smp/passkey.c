/*
 * Passkey Entry: the TK of legacy pairing (2.3.5.3), and with Secure Connections twenty rounds that disclose a bit each
 * (2.3.5.6.3). Whoever shows the passkey makes it up, afresh for each pairing.
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

enum { ROUNDS = 20, PASSKEYS = 1000000 };

/* Uniform: what would favour small numbers is drawn again. A generator that does not move must not hold us for ever. */
static uint32_t fresh(const struct ble_platform *p)
{
	uint32_t drawn = 0;
	for (unsigned tries = 0; tries < 64; tries++) {
		p->random(p->ctx, &drawn, sizeof drawn);
		if (drawn < UINT32_MAX / PASSKEYS * PASSKEYS)
			break;
	}
	return drawn % PASSKEYS;
}

static bool we_show(const struct smp_link *l)
{
	return l->method == (smp_is_initiator(l) ? SMP_PASSKEY_I : SMP_PASSKEY_R);
}

static uint8_t secret(struct smp_link *l)
{
	if (!we_show(l)) {
		l->user = SMP_USER_ASKED;
		l->smp->hooks->ask(l, SMP_ASK_ENTER, 0);
		return 0;
	}
	uint32_t fixed = l->smp->config.passkey_fixed;
	uint32_t passkey = fixed ? fixed : fresh(l->smp->platform);
	le32_put(l->secret, passkey);
	l->user = SMP_USER_YES;
	l->smp->hooks->ask(l, SMP_ASK_SHOW, passkey);
	return 0;
}

/* The bit of this round, least significant first: 2.2.6 */
static uint8_t z_of(const struct smp_link *l)
{
	return (uint8_t)(0x80 | (le32_get(l->secret) >> l->round & 1));
}

static uint8_t say_confirm(struct smp_link *l, enum smp_state then)
{
	smp_nonce(l);
	smp_enter(l, then);
	smp_queue(l, SMP_PAIRING_CONFIRM, 0);
	return smp_f4(l, true, z_of(l), l->confirm[0]);
}

static uint8_t proceed(struct smp_link *l)
{
	if (l->user != SMP_USER_YES)
		return 0;
	if (l->state == SMP_I_PASSKEY)
		return say_confirm(l, SMP_I_PASSKEY_CONFIRM);
	if (l->state == SMP_R_PASSKEY)
		return say_confirm(l, SMP_R_PASSKEY_RANDOM);
	return 0;
}

static uint8_t begin(struct smp_link *l)
{
	l->round = 0;
	smp_enter(l, smp_is_initiator(l) ? SMP_I_PASSKEY : SMP_R_PASSKEY_CONFIRM);
	uint8_t reason = secret(l);
	return reason ? reason : proceed(l);
}

static uint8_t on_confirm(struct smp_link *l, const uint8_t *pdu)
{
	memcpy(l->confirm[1], pdu + 1, 16);
	if (!smp_is_initiator(l)) {
		smp_enter(l, SMP_R_PASSKEY);
		return proceed(l);
	}
	if (crypto_same(l->confirm[0], l->confirm[1], 16)) /* ours comes back */
		return SMP_ERR_CONFIRM_VALUE_FAILED;
	smp_enter(l, SMP_I_PASSKEY_RANDOM);
	smp_queue(l, SMP_PAIRING_RANDOM, 0);
	return 0;
}

static uint8_t on_random(struct smp_link *l, const uint8_t *pdu)
{
	uint8_t expected[16];
	memcpy(l->nonce[1], pdu + 1, 16);
	uint8_t reason = smp_f4(l, false, z_of(l), expected);
	if (reason)
		return reason;
	if (!crypto_same(expected, l->confirm[1], 16))
		return SMP_ERR_CONFIRM_VALUE_FAILED;
	if (!smp_is_initiator(l))
		smp_queue(l, SMP_PAIRING_RANDOM, 0);
	if (++l->round == ROUNDS)
		return smp_exchanged(l);
	smp_enter(l, smp_is_initiator(l) ? SMP_I_PASSKEY : SMP_R_PASSKEY_CONFIRM);
	return proceed(l);
}

/* The users have agreed by typing. */
static uint8_t agree(struct smp_link *l)
{
	(void)l;
	return 0;
}

static uint8_t on_keypress(struct smp_link *l, const uint8_t *pdu)
{
	if (pdu[1] > SMP_KEYPRESS_COMPLETED)
		return SMP_ERR_INVALID_PARAMETERS;
	if (l->keypress)
		l->smp->hooks->ask(l, SMP_ASK_KEYPRESS, pdu[1]);
	else
		l->smp->passed_over++;
	return 0;
}

int smp_keypress(struct smp_link *l, enum smp_keypress kind)
{
	if (l->user != SMP_USER_ASKED || l->model != &smp_model_passkey || !l->keypress)
		return BLE_ENOENT;
	if (l->queued > SMP_QUEUE / 2)
		return BLE_EBUSY;
	smp_queue(l, SMP_KEYPRESS, (uint8_t)kind);
	smp_pump(l);
	return 0;
}

static const struct smp_row rows[] = {
	{ SMP_I_PASSKEY_CONFIRM, SMP_PAIRING_CONFIRM, on_confirm },
	{ SMP_I_PASSKEY_RANDOM, SMP_PAIRING_RANDOM, on_random },
	{ SMP_R_PASSKEY_CONFIRM, SMP_PAIRING_CONFIRM, on_confirm },
	{ SMP_R_PASSKEY_RANDOM, SMP_PAIRING_RANDOM, on_random },
	{ SMP_ANY, SMP_KEYPRESS, on_keypress },
};

const struct smp_model smp_model_passkey = {
	.rows = rows,
	.count = sizeof rows / sizeof rows[0],
	.secret = secret,
	.begin = begin,
	.agree = agree,
	.proceed = proceed,
};
