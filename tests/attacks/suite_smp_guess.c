/*
 * Attacks on Passkey Entry: our own key sent back to us, and a passkey learnt one bit an attempt, which twenty rounds
 * disclose to whoever may try again with the same one (Vol 3 Part H 2.3.5.6.3, 2.3.6).
 */
#include "tests/unit/smp/pair.h"

#include "base/le.h"

static struct pair p;
static struct side *const a = &p.side[A], *const b = &p.side[B];

#define ATTACK(id, fn) { id, fn, NULL, NULL, NULL }

static void setup(uint8_t io_a, uint8_t io_b, bool sc, bool toy)
{
	pair_init(&p, 11, toy);
	a->smp.config.io = io_a;
	b->smp.config.io = io_b;
	a->smp.config.mitm = b->smp.config.mitm = true;
	if (!sc)
		a->smp.config.sc = b->smp.config.sc = NULL;
}

/* p - y of P-256, least significant octet first. */
static void negate(uint8_t y[32])
{
	static const uint8_t prime[32] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };
	int borrow = 0;
	for (unsigned i = 0; i < 32; i++) {
		int digit = prime[i] - y[i] - borrow;
		borrow = digit < 0;
		y[i] = (uint8_t)digit;
	}
}

/*
 * The responder is a mirror: it has no key, and repeats what the initiator says. Were its key taken, it would pass all
 * rounds without the passkey, having sent every commitment back. The initiator stops at the key.
 */
static void mirror(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 4; n++) {
		bool negative = n & 1, numeric = n / 2;
		uint8_t key[65];
		setup(numeric ? SMP_IO_DISPLAY_YES_NO : SMP_IO_DISPLAY_ONLY, numeric ? SMP_IO_DISPLAY_YES_NO : SMP_IO_KEYBOARD_ONLY,
			true, false);
		assert_int_equal(smp_pair(&a->link), 0);
		while (a->last[0] != SMP_PUBLIC_KEY)
			assert_true(pair_step(&p));
		memcpy(key, a->last, sizeof key);
		if (negative)
			negate(key + 33);
		b->head = b->tail;
		pair_inject(a, key, sizeof key);
		assert_int_equal(a->last[0], SMP_PAIRING_FAILED);
		assert_int_equal(a->last[1], SMP_ERR_DHKEY_CHECK_FAILED);
		assert_int_equal(a->result.reason, SMP_ERR_DHKEY_CHECK_FAILED);
		assert_true(a->ended == 1 && !a->entered && pair_is_clean(a));
	}
}

/* The same in legacy pairing: what commits to our random commits to it in the mirror as well. */
static void mirror_of_confirms(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 4; n++) {
		bool passkey = n & 1, sc = n / 2;
		uint8_t confirm[17];
		if (sc && !passkey)
			continue; /* Just Works has the initiator's confirm value nowhere */
		setup(passkey ? SMP_IO_DISPLAY_ONLY : SMP_IO_NONE, passkey ? SMP_IO_KEYBOARD_ONLY : SMP_IO_NONE, sc, true);
		a->smp.config.mitm = b->smp.config.mitm = passkey;
		b->mute = true;
		assert_int_equal(smp_pair(&a->link), 0);
		while (a->last[0] != SMP_PAIRING_CONFIRM)
			assert_true(pair_step(&p));
		memcpy(confirm, a->last, sizeof confirm);
		unsigned sent = a->sent;
		pair_inject(a, confirm, sizeof confirm);
		assert_int_equal(a->sent, sent + 1); /* and not our random, which would come back next */
		assert_int_equal(a->last[0], SMP_PAIRING_FAILED);
		assert_int_equal(a->last[1], SMP_ERR_CONFIRM_VALUE_FAILED);
		assert_true(a->ended == 1 && pair_is_clean(a));
	}
}

/* One attempt with this passkey. 20: it is right; else the round that has said that its bit is wrong. */
static unsigned try(uint32_t passkey)
{
	unsigned round = 0;
	a->ended = b->ended = b->shown = 0;
	memset(a->smp.waiters, 0, sizeof a->smp.waiters); /* the attacker does not wait; the victim lets it in now and then */
	pair_pass(&p, UINT64_C(1200000000));
	assert_int_equal(smp_pair(&a->link), 0);
	while (pair_step(&p)) {
		if (a->link.user == SMP_USER_ASKED)
			assert_int_equal(smp_passkey(&a->link, passkey), 0);
		if (smp_is_pairing(&a->link))
			round = a->link.round;
	}
	assert_true(a->ended == 1 && b->ended == 1);
	if (!a->result.err)
		return 20;
	assert_int_equal(a->result.reason, SMP_ERR_CONFIRM_VALUE_FAILED);
	return round;
}

/* How many attempts it takes to get in; 0: it does not within so many. */
static unsigned attack(unsigned attempts)
{
	uint32_t guess = 0;
	for (unsigned n = 1; n <= attempts; n++) {
		unsigned round = try(guess);
		if (round == 20)
			return n;
		guess ^= UINT32_C(1) << round;
		if (guess > 999999) /* what was learnt of another passkey */
			guess = 0;
	}
	return 0;
}

static void bit_by_bit(void **state)
{
	(void)state;
	setup(SMP_IO_KEYBOARD_ONLY, SMP_IO_DISPLAY_ONLY, true, true);
	a->mute = true;
	assert_int_equal(attack(10000), 0);
	b->smp.config.passkey_fixed = 845301; /* by request of the program: then this is what it is worth */
	assert_in_range(attack(21), 2, 21);
}

/* A hundred thousand passkeys in a hundred bins of the same width. 148.2 and 61.1: 99.9 % and 0.1 % of chi square, 99 degrees. */
static void uniform(void **state)
{
	enum { DRAWS = 100000, BINS = 100 };
	static unsigned bins[BINS];
	double chi = 0;
	(void)state;
	setup(SMP_IO_KEYBOARD_ONLY, SMP_IO_DISPLAY_ONLY, false, true);
	for (unsigned n = 0; n < DRAWS; n++) {
		pair_inject(b, OCTETS(SMP_PAIRING_REQ, SMP_IO_KEYBOARD_ONLY, 0, 4, 16, 0, 0));
		assert_int_equal(b->shown, n + 1);
		bins[b->number / (1000000 / BINS)]++;
		pair_inject(b, OCTETS(SMP_PAIRING_FAILED, SMP_ERR_UNSPECIFIED_REASON));
		a->head = a->tail;
		memset(b->smp.waiters, 0, sizeof b->smp.waiters);
	}
	for (unsigned i = 0; i < BINS; i++)
		chi += ((double)bins[i] - DRAWS / BINS) * ((double)bins[i] - DRAWS / BINS) / (DRAWS / BINS);
	assert_true(chi > 61.1 && chi < 148.2);
}

/* Keys that were not agreed on, that come twice, that are half there: nothing of such a pairing is kept. */
static void unwanted_keys(void **state)
{
	static const uint8_t codes[] = { SMP_ENCRYPTION_INFO, SMP_CENTRAL_ID, SMP_IDENTITY_INFO, SMP_IDENTITY_ADDRESS,
		SMP_SIGNING_INFO };
	static const uint8_t lengths[] = { 17, 11, 17, 8, 17 };
	static const uint8_t bits[] = { SMP_DIST_ENC, SMP_DIST_ENC, SMP_DIST_ID, SMP_DIST_ID, SMP_DIST_SIGN };
	(void)state;
	for (unsigned n = 0; n < 2 * 8 * 5; n++) {
		struct side *victim = &p.side[n & 1];
		unsigned agreed = n / 2 % 8, i = n / 16;
		uint8_t pdu[17] = { codes[i] };
		pair_init(&p, n, true);
		a->smp.config.sc = NULL; /* legacy: all three can be agreed on */
		p.side[A].smp.config.initiator_keys = p.side[B].smp.config.initiator_keys = 7;
		if (victim == a)
			a->smp.config.responder_keys = b->smp.config.responder_keys = (uint8_t)agreed;
		else
			a->smp.config.initiator_keys = b->smp.config.initiator_keys = (uint8_t)agreed;
		memset(pdu + 1, 0x31, 16);
		assert_int_equal(smp_pair(&a->link), 0);
		while (victim->link.state != SMP_I_KEYS && victim->link.state != SMP_R_KEYS && pair_step(&p))
			;
		if (victim->ended) /* there is no key to wait for: what comes is outside a pairing */
			continue;
		victim->head = victim->tail;
		bool opens = codes[i] != SMP_CENTRAL_ID && codes[i] != SMP_IDENTITY_ADDRESS;
		bool next = opens && (victim->link.want & -victim->link.want) == bits[i];
		bool last = next && bits[i] == SMP_DIST_SIGN;
		pair_inject(victim, pdu, lengths[i]);
		if (last) /* that was all */
			continue;
		if (next) /* as it should be: once */
			pair_inject(victim, pdu, lengths[i]);
		uint8_t reason = agreed & bits[i] ? SMP_ERR_UNSPECIFIED_REASON : SMP_ERR_INVALID_PARAMETERS;
		assert_int_equal(victim->ended, 1);
		assert_int_equal(victim->result.reason, reason);
		assert_true(pair_is_clean(victim) && !victim->theirs.have);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("SMP-007 SMP-008 V-B05 a mirror as the peer", mirror),
		ATTACK("SMP-009 confirm values in a mirror", mirror_of_confirms),
		ATTACK("SMP-011 a passkey bit by bit", bit_by_bit),
		ATTACK("SMP-011 passkeys are uniform", uniform),
		ATTACK("SMP-023 keys that are not wanted", unwanted_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
