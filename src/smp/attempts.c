/*
 * Repeated attempts (2.3.6): whoever has failed to authenticate waits before the next pairing with us, longer each time.
 *
 * It counts what could have been a guess: any end of a pairing with a secret once that has been put to use, by a wrong
 * value, by Pairing Failed, by silence or by hanging up; and any wrong confirm or check value. Failures are remembered
 * by address, beyond the connection. Because an address is quickly changed, there is one more account for everybody,
 * which is more patient at first and forgets more slowly. An account without a failure for the time of its last wait
 * forgets one.
 */
#include "smp/smp.h"

enum { PATIENCE = 8, LONGEST = 9 }; /* failures that everybody has for nothing; doublings of a second */
#define SECOND_US UINT64_C(1000000)
#define MINUTE_US UINT64_C(60000000)

static bool is_same(const struct ble_addr *a, const struct ble_addr *b)
{
	return ((a->type ^ b->type) & 1) == 0 && !memcmp(a->octets, b->octets, 6);
}

static uint64_t wait_us(unsigned failures)
{
	return failures ? SECOND_US << (failures > LONGEST ? LONGEST : failures - 1) : 0;
}

static void forget(struct smp *smp, struct smp_waiter *w)
{
	uint64_t now_us = smp->timers->now_us, least_us = w == &smp->waiters[SMP_WAITERS] ? MINUTE_US : 0;
	while (w->failures) {
		uint64_t quiet_us = wait_us(w->failures) > least_us ? wait_us(w->failures) : least_us;
		if (now_us < w->until_us + quiet_us)
			break;
		w->until_us += quiet_us;
		w->failures--;
	}
}

static struct smp_waiter *account_of(struct smp *smp, const struct ble_addr *peer)
{
	for (unsigned i = 0; i < SMP_WAITERS; i++)
		if (smp->waiters[i].failures && is_same(&smp->waiters[i].peer, peer))
			return &smp->waiters[i];
	return NULL;
}

/* A free one, or that which would be free first. */
static struct smp_waiter *new_account(struct smp *smp, const struct ble_addr *peer)
{
	struct smp_waiter *w = &smp->waiters[0];
	for (unsigned i = 1; i < SMP_WAITERS && w->failures; i++)
		if (!smp->waiters[i].failures || smp->waiters[i].until_us < w->until_us)
			w = &smp->waiters[i];
	*w = (struct smp_waiter){ .peer = *peer };
	return w;
}

bool smp_must_wait(struct smp_link *l)
{
	uint64_t now_us = l->smp->timers->now_us;
	for (unsigned i = 0; i <= SMP_WAITERS; i++)
		forget(l->smp, &l->smp->waiters[i]);
	const struct smp_waiter *own = account_of(l->smp, &l->peer);
	return (own && now_us < own->until_us) || now_us < l->smp->waiters[SMP_WAITERS].until_us;
}

static void charge(struct smp *smp, struct smp_waiter *w, unsigned patience)
{
	forget(smp, w);
	if (w->failures < UINT8_MAX)
		w->failures++;
	w->until_us = smp->timers->now_us + wait_us(w->failures > patience ? w->failures - patience : 0);
}

/* l is still in the state in which it ended. */
static bool is_guess(const struct smp_link *l, const struct smp_result *result)
{
	if (result->reason == SMP_ERR_CONFIRM_VALUE_FAILED || result->reason == SMP_ERR_DHKEY_CHECK_FAILED)
		return true;
	return l->method != SMP_JUST_WORKS && l->state > SMP_I_RESPONSE && l->state < SMP_I_ENCRYPT;
}

void smp_attempt_ended(struct smp_link *l, const struct smp_result *result)
{
	struct smp *smp = l->smp;
	struct smp_waiter *w = account_of(smp, &l->peer);
	if (!result->err) {
		if (w && l->strength.authenticated)
			*w = (struct smp_waiter){ 0 };
		return;
	}
	if (!is_guess(l, result))
		return;
	charge(smp, w ? w : new_account(smp, &l->peer), 0);
	charge(smp, &smp->waiters[SMP_WAITERS], PATIENCE);
}
