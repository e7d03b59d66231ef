/*
 * SMP-011, SMP-030: guessing a passkey. A failure costs a time that doubles, by address and beyond the connection; changing
 * addresses does not help for long; waiting does.
 */
#include "tests/unit/smp/pair.h"

#define SECOND UINT64_C(1000000)

static struct pair p;

/* One attempt of the initiator, who types something else; true: it was allowed, and failed. */
static bool guess(uint8_t address)
{
	struct side *a = &p.side[A], *b = &p.side[B];
	memset(&a->link, 0, sizeof a->link);
	memset(&b->link, 0, sizeof b->link);
	struct ble_addr own = a->smp.identity, peer = b->smp.identity;
	own.octets[0] = address;
	smp_open(&a->link, &a->smp, BLE_ROLE_CENTRAL, &own, &peer);
	smp_open(&b->link, &b->smp, BLE_ROLE_PERIPHERAL, &peer, &own);
	memset(a->smp.waiters, 0, sizeof a->smp.waiters); /* the attacker has no manners */
	a->shown = b->shown = a->ended = b->ended = 0;
	a->wrong = b->number > 500000 ? -1 : 1;
	assert_int_equal(smp_pair(&a->link), 0);
	pair_run(&p);
	assert_int_equal(a->ended, 1);
	if (!b->ended)
		assert_int_equal(a->result.reason, SMP_ERR_REPEATED_ATTEMPTS);
	return b->ended;
}

static void init(void)
{
	pair_init(&p, 9, true);
	p.side[A].smp.config.io = SMP_IO_KEYBOARD_ONLY;
	p.side[B].smp.config.io = SMP_IO_DISPLAY_ONLY;
	p.side[A].smp.config.mitm = p.side[B].smp.config.mitm = true;
}

static void test_smp_030_doubles(void **state)
{
	uint64_t wait = SECOND;
	(void)state;
	init();
	assert_true(guess(1));
	for (unsigned i = 0; i < 9; i++, wait *= 2) {
		assert_false(guess(1));
		pair_pass(&p, wait - 1);
		assert_false(guess(1));
		pair_pass(&p, 1);
		assert_true(guess(1));
	}
}

/* Others are not punished for one's guesses, and a quiet time is rewarded. */
static void test_forgets(void **state)
{
	(void)state;
	init();
	assert_true(guess(1));
	pair_pass(&p, SECOND);
	assert_true(guess(1));
	assert_false(guess(1));
	assert_true(guess(2));
	pair_pass(&p, 2 * SECOND + 2 * SECOND + SECOND); /* what was waited for, and as long for each failure */
	assert_true(guess(1));
	pair_pass(&p, SECOND);
	assert_true(guess(1));
}

/* With an address for each guess: the common account is patient, but not for ever. In a day no more than one a minute. */
static void test_smp_030_addresses(void **state)
{
	unsigned guesses = 0;
	(void)state;
	init();
	for (unsigned second = 0; second < 86400; second += 8) {
		guesses += guess((uint8_t)(second / 8));
		pair_pass(&p, 8 * SECOND);
	}
	assert_true(guesses > 8 && guesses <= 8 + 86400 / 60);
}

/* A success that proves something ends the punishment. */
static void test_success(void **state)
{
	struct side *a = &p.side[A], *b = &p.side[B];
	(void)state;
	init();
	assert_true(guess(0xC0));
	pair_pass(&p, SECOND);
	a->wrong = 0;
	a->ended = b->ended = a->shown = b->shown = 0;
	assert_int_equal(smp_pair(&a->link), 0);
	pair_run(&p);
	assert_int_equal(b->result.err, 0);
	assert_true(guess(0xC0)); /* the first again */
	pair_pass(&p, SECOND);
	assert_true(guess(0xC0));
}

/* One that proves nothing does not: who guesses could pair by Just Works in between. */
static void test_smp_030_success_of_nobody(void **state)
{
	struct side *a = &p.side[A], *b = &p.side[B];
	(void)state;
	init();
	assert_true(guess(0xC0));
	pair_pass(&p, SECOND);
	assert_true(guess(0xC0));
	pair_pass(&p, 2 * SECOND);
	a->smp.config.mitm = b->smp.config.mitm = false;
	a->ended = b->ended = 0;
	memset(a->smp.waiters, 0, sizeof a->smp.waiters);
	assert_int_equal(smp_pair(&a->link), 0);
	pair_run(&p);
	assert_true(b->ended && !b->result.err && b->result.method == SMP_JUST_WORKS);
	a->smp.config.mitm = b->smp.config.mitm = true;
	assert_true(guess(0xC0)); /* the third */
	pair_pass(&p, 4 * SECOND - 1);
	assert_false(guess(0xC0));
	pair_pass(&p, 1);
	assert_true(guess(0xC0));
}

/* Just Works has nothing to guess: a user who hangs up may come back at once. */
static void test_just_works(void **state)
{
	(void)state;
	init();
	p.side[A].smp.config.io = p.side[B].smp.config.io = SMP_IO_NONE;
	p.side[A].smp.config.mitm = p.side[B].smp.config.mitm = false;
	for (unsigned i = 0; i < 20; i++) {
		struct side *a = &p.side[A];
		assert_int_equal(smp_pair(&a->link), 0);
		pair_step(&p);
		pair_step(&p);
		assert_int_equal(smp_cancel(&a->link, SMP_ERR_UNSPECIFIED_REASON), 0);
		pair_run(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_smp_030_doubles), TEST(test_forgets), TEST(test_smp_030_addresses), TEST(test_success),
		TEST(test_smp_030_success_of_nobody), TEST(test_just_works),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
