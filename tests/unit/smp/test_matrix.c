/*
 * Every pairing that two devices can have: IO capability x IO capability x scheme x MITM of either x bonding of either x
 * OOB of either, one in sixteen on the real curve, and what the specification says of each cell: method, level, key strength, keys.
 */
#include "tests/unit/smp/pair.h"

/*
 * Vol 3 Part H 2.3.5.1, table 2.8, cell by cell, as (responder's row, initiator's column): what is used by legacy pairing
 * and by Secure Connections. j Just Works; i, r: Passkey Entry, the initiator or the responder shows it; b: both enter
 * it; n: Numeric Comparison.
 */
static const char *const table[5][5] = {
	/* initiator: DisplayOnly, DisplayYesNo, KeyboardOnly, NoInputNoOutput, KeyboardDisplay */
	/* DisplayOnly */ { "jj", "jj", "rr", "jj", "rr" },
	/* DisplayYesNo */ { "jj", "jn", "rr", "jj", "rn" },
	/* KeyboardOnly */ { "ii", "ii", "bb", "jj", "ii" },
	/* NoInputNoOutput */ { "jj", "jj", "jj", "jj", "jj" },
	/* KeyboardDisplay */ { "ii", "in", "rr", "jj", "in" },
};

struct cell {
	unsigned io[2], mitm, bond, oob; /* the last three: bit 0 the initiator, bit 1 the responder */
	bool sc;
};

static char method_of(const struct cell *c)
{
	if (c->sc ? c->oob : c->oob == 3)
		return 'o';
	return c->mitm ? table[c->io[B]][c->io[A]][c->sc] : 'j';
}

static void give_oob(struct pair *p, const struct cell *c)
{
	static const uint8_t tk[16] = { 0x10, 0x32, 0x54, 0x76 };
	for (unsigned i = 0; i < 2; i++) {
		struct smp_oob *own = &p->side[i].oob, *other = &p->side[!i].oob;
		if (!(c->oob >> i & 1))
			continue;
		own->have_tk = !c->sc; /* one of the two, as the legacy flag would be raised for the wrong one otherwise */
		memcpy(own->tk, tk, 16);
		if (!c->sc)
			continue;
		assert_int_equal(smp_oob_make(&p->side[!i].smp, other), 0);
		assert_true(other->have_ours);
		own->have_theirs = true;
		memcpy(own->their_r, other->r, 16);
		memcpy(own->their_c, other->c, 16);
	}
}

static void check_keys(const struct pair *p, const struct cell *c)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct side *s = &p->side[i], *o = &p->side[!i];
		uint8_t want = c->bond == 3 ? (c->sc ? SMP_DIST_ENC : 0) | 7 : c->sc ? SMP_DIST_ENC : 0;
		assert_int_equal(s->theirs.have, want);
		assert_int_equal(s->ours.have, want);
		assert_memory_equal(s->theirs.ltk, o->ours.ltk, 16);
		assert_int_equal(s->theirs.ediv, o->ours.ediv);
		assert_true(s->theirs.rand == o->ours.rand);
		if (!(want & SMP_DIST_ID))
			continue;
		assert_memory_equal(s->theirs.irk, o->smp.irk, 16);
		assert_memory_equal(&s->theirs.identity, &o->smp.identity, sizeof s->theirs.identity);
		assert_memory_equal(s->theirs.csrk, o->ours.csrk, 16);
		assert_memory_not_equal(s->ours.csrk, o->ours.csrk, 16);
	}
	if (c->sc)
		assert_memory_equal(p->side[A].ours.ltk, p->side[B].ours.ltk, 16);
}

static void check_users(const struct pair *p, char method)
{
	const struct side *a = &p->side[A], *b = &p->side[B];
	assert_int_equal(a->shown, method == 'i');
	assert_int_equal(b->shown, method == 'r');
	assert_int_equal(a->entered, method == 'r' || method == 'b');
	assert_int_equal(b->entered, method == 'i' || method == 'b');
	assert_int_equal(a->compared, method == 'n');
	assert_int_equal(b->compared, method == 'n');
	assert_int_equal(a->number, b->number * (method == 'n') + a->number * (method != 'n'));
}

static void run_cell(struct pair *p, const struct cell *c, uint64_t seed)
{
	static const char letters[] = "jirbno"; /* enum smp_method */
	pair_init(p, seed, seed % 16 != 0);
	for (unsigned i = 0; i < 2; i++) {
		struct smp_config *config = &p->side[i].smp.config;
		config->io = (uint8_t)c->io[i];
		config->bonding = c->bond >> i & 1;
		if (!c->sc)
			config->sc = NULL;
	}
	give_oob(p, c);
	char method = method_of(c);
	/* Who asks for MITM protection and does not get it refuses; that is another test. Here only the bit is set. */
	bool refuses[2];
	for (unsigned i = 0; i < 2; i++) {
		p->side[i].smp.config.mitm = c->mitm >> i & 1;
		refuses[i] = (c->mitm >> i & 1) && method == 'j';
	}
	assert_int_equal(smp_pair(&p->side[A].link), 0);
	pair_run(p);
	bool fails = refuses[A] || refuses[B];
	for (unsigned i = 0; i < 2; i++) {
		const struct side *s = &p->side[i];
		assert_int_equal(s->ended, 1);
		assert_true(pair_is_clean(s));
		assert_int_equal(s->link.state, SMP_IDLE);
		if (fails) {
			assert_int_equal(s->result.err, BLE_EREFUSED);
			assert_int_equal(s->result.reason, SMP_ERR_AUTHENTICATION_REQUIREMENTS);
			assert_int_equal(s->result.by_peer, i == A ? refuses[B] : !refuses[B]); /* B is the first to judge */
			continue;
		}
		assert_int_equal(s->result.err, 0);
		assert_int_equal(letters[s->result.method], method);
		assert_int_equal(s->result.bonding, c->bond == 3);
		assert_int_equal(s->result.strength.authenticated, method != 'j');
		assert_int_equal(s->result.strength.sc, c->sc);
		assert_int_equal(s->result.strength.key_size, 16);
		assert_int_equal(smp_level(&s->result.strength), method == 'j' ? 2 : c->sc ? 4 : 3);
	}
	assert_int_equal(p->encrypted, !fails);
	if (fails)
		return;
	check_users(p, method);
	check_keys(p, c);
}

static void run_io(struct pair *p, struct cell *c, uint64_t *seed)
{
	for (unsigned io = 0; io < 25; io++) {
		c->io[A] = io / 5;
		c->io[B] = io % 5;
		run_cell(p, c, ++*seed);
	}
}

static void test_matrix(void **state)
{
	static struct pair p;
	uint64_t seed = 0;
	(void)state;
	for (unsigned bits = 0; bits < 128; bits++) {
		struct cell c = { .sc = bits & 1, .mitm = bits >> 1 & 3, .oob = bits >> 3 & 3, .bond = bits >> 5 & 3 };
		/* With OOB data the capabilities do not matter: once is enough. */
		if (c.sc ? c.oob : c.oob == 3)
			run_cell(&p, &c, ++seed);
		else
			run_io(&p, &c, &seed);
	}
	assert_int_equal(seed, 16 * (25 + 3) + 16 * (3 * 25 + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_matrix) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
