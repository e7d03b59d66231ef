/*
 * Every pairing that two devices can have: IO capability x IO capability x scheme x MITM of either x bonding of either x
 * OOB of either, one in sixteen on the real curve, and what the specification (table.h) says of each cell: method, level,
 * key strength, keys. Then every length of the key. Over the air it is tests/sim/test_pairing_matrix.c.
 */
#include "tests/unit/smp/pair.h"
#include "tests/unit/smp/table.h"

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

static void begin_cell(struct pair *p, const struct cell *c, uint64_t seed)
{
	pair_init(p, seed, seed % 16 != 0);
	for (unsigned i = 0; i < 2; i++) {
		struct smp_config *config = &p->side[i].smp.config;
		config->io = (uint8_t)c->io[i];
		config->bonding = c->bond >> i & 1;
		config->mitm = c->mitm >> i & 1;
		if (!c->sc)
			config->sc = NULL;
	}
	/* a third of them with keys as long as can be, so that level 4 is reached */
	p->side[A].smp.config.key_max = (uint8_t)(seed % 3 ? 7 + seed % 10 : 16);
	p->side[B].smp.config.key_max = (uint8_t)(seed % 3 ? 7 + seed / 10 % 10 : 16);
	give_oob(p, c);
}

/* Who refuses says so; the responder is the first to judge. */
static void check_refused(const struct pair *p, unsigned who)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct side *s = &p->side[i];
		assert_int_equal(s->result.err, BLE_EREFUSED);
		assert_int_equal(s->result.reason, SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		assert_int_equal(s->result.by_peer, (who >> B & 1) != i);
	}
}

static void check_done(const struct pair *p, const struct cell *c)
{
	static const char letters[] = "jirbno"; /* enum smp_method */
	uint8_t a_max = p->side[A].smp.config.key_max, b_max = p->side[B].smp.config.key_max;
	uint8_t size = a_max < b_max ? a_max : b_max;
	for (unsigned i = 0; i < 2; i++) {
		const struct smp_result *r = &p->side[i].result;
		assert_int_equal(r->err, 0);
		assert_int_equal(letters[r->method], method_of(c));
		assert_int_equal(r->bonding, c->bond == 3);
		assert_int_equal(r->strength.authenticated, method_of(c) != 'j');
		assert_int_equal(r->strength.sc, c->sc);
		assert_int_equal(r->strength.key_size, size);
		assert_int_equal(smp_level(&r->strength), level_of(c, size));
	}
	for (unsigned i = size; i < 16; i++)
		assert_int_equal(p->key[i] | p->side[A].ours.ltk[i] | p->side[B].ours.ltk[i], 0); /* 2.3.4 */
	check_users(p, method_of(c));
	check_keys(p, c);
}

static void run_cell(struct pair *p, const struct cell *c, uint64_t seed)
{
	begin_cell(p, c, seed);
	assert_int_equal(smp_pair(&p->side[A].link), 0);
	pair_run(p);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p->side[i].ended, 1);
		assert_true(pair_is_clean(&p->side[i]));
		assert_int_equal(p->side[i].link.state, SMP_IDLE);
	}
	assert_int_equal(p->encrypted, !refuses(c));
	if (refuses(c))
		check_refused(p, refuses(c));
	else
		check_done(p, c);
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

/* 2.3.4: the shorter of the two longest; refused by whoever wants a longer one, the responder first. */
static void run_sizes(struct pair *p, bool sc, const uint8_t max[2], const uint8_t min[2])
{
	uint8_t size = max[A] < max[B] ? max[A] : max[B];
	pair_init(p, 1, true);
	for (unsigned i = 0; i < 2; i++) {
		p->side[i].smp.config.key_max = max[i];
		p->side[i].smp.config.key_min = min[i];
		if (!sc)
			p->side[i].smp.config.sc = NULL;
	}
	assert_int_equal(smp_pair(&p->side[A].link), 0);
	pair_run(p);
	bool b_refuses = size < min[B], a_refuses = !b_refuses && size < min[A];
	assert_int_equal(p->encrypted, !a_refuses && !b_refuses);
	for (unsigned i = 0; i < 2; i++) {
		const struct smp_result *r = &p->side[i].result;
		assert_int_equal(r->err, p->encrypted ? 0 : BLE_EREFUSED);
		assert_int_equal(r->reason, p->encrypted ? 0 : SMP_ERR_ENCRYPTION_KEY_SIZE);
		assert_int_equal(r->strength.key_size, p->encrypted ? size : 0);
		if (!p->encrypted)
			assert_int_equal(r->by_peer, i == (b_refuses ? A : B));
	}
}

static void test_key_sizes(void **state)
{
	static struct pair p;
	(void)state;
	for (unsigned bits = 0; bits < 20000; bits++) {
		uint8_t max[2] = { (uint8_t)(7 + bits % 10), (uint8_t)(7 + bits / 10 % 10) };
		uint8_t min[2] = { (uint8_t)(7 + bits / 100 % 10), (uint8_t)(7 + bits / 1000 % 10) };
		if (min[A] <= max[A] && min[B] <= max[B])
			run_sizes(&p, bits / 10000, max, min);
	}
}

/*
 * Data for one scheme is none for the other: the flags speak of that which will be used, as far as one knows. Only an
 * initiator that offers both cannot know: its flag is of Secure Connections, and without a TK it has to give up when a
 * responder of old takes it at its word. offers: who offers Secure Connections; tk, rc: who has data of which scheme.
 */
static void run_data(struct pair *p, unsigned offers, unsigned tk, unsigned rc)
{
	struct cell c = { .io = { 3, 3 }, .sc = offers == 3 };
	pair_init(p, 1 + offers + tk * 4 + rc * 16, true);
	for (unsigned i = 0; i < 2; i++) {
		p->side[i].smp.config.io = SMP_IO_NONE;
		if (!(offers >> i & 1))
			p->side[i].smp.config.sc = NULL;
		give_oob(p, &(struct cell){ .oob = rc & 1u << i, .sc = true });
		p->side[i].oob.have_tk = tk >> i & 1;
		memset(p->side[i].oob.tk, 0x10, 16);
		c.oob |= 1u << i & (c.sc || (i == A && offers & 1) ? rc : tk);
	}
	assert_int_equal(smp_pair(&p->side[A].link), 0);
	pair_run(p);
	bool lacks = method_of(&c) == 'o' && !c.sc && !(tk & 1);
	for (unsigned i = 0; i < 2; i++) {
		const struct smp_result *r = &p->side[i].result;
		assert_int_equal(p->side[i].ended, 1);
		assert_int_equal(r->err, lacks ? BLE_EREFUSED : 0);
		assert_int_equal(r->reason, lacks ? SMP_ERR_OOB_NOT_AVAILABLE : 0);
		if (!lacks)
			assert_int_equal(smp_level(&r->strength), level_of(&c, 16));
	}
	assert_int_equal(p->encrypted, !lacks);
}

static void test_oob_data(void **state)
{
	static struct pair p;
	(void)state;
	for (unsigned bits = 0; bits < 64; bits++)
		run_data(&p, bits & 3, bits >> 2 & 3, bits >> 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_matrix), TEST(test_key_sizes), TEST(test_oob_data) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
