/*
 * Every PDU in every state of both roles. The states are those that pairings of all kinds go through, found by running
 * them step by step with a curve that takes its time; in each of them each PDU arrives that there is, whole, too short and
 * too long, and what has no name; and once more while our own last move has not left yet. The table below says which are
 * taken; all others have the one answer. Each state of either role must have been there.
 */
#include "tests/unit/smp/pair.h"

static const struct scenario {
	const char *name;
	uint8_t io[2];
	bool sc, mitm, oob;
	bool mute; /* stays where the user is asked */
} scenarios[] = {
	{ "legacy just works", { 3, 3 }, false, false, false, false },
	{ "legacy passkey, initiator shows", { 0, 2 }, false, true, false, false },
	{ "legacy passkey, responder shows", { 2, 0 }, false, true, false, false },
	{ "legacy passkey, nobody types", { 2, 2 }, false, true, false, true },
	{ "legacy oob", { 3, 3 }, false, false, true, false },
	{ "sc just works", { 3, 3 }, true, false, false, false },
	{ "sc numeric", { 4, 4 }, true, true, false, false },
	{ "sc numeric, nobody answers", { 4, 4 }, true, true, false, true },
	{ "sc passkey, initiator shows", { 0, 2 }, true, true, false, false },
	{ "sc passkey, responder shows", { 2, 0 }, true, true, false, false },
	{ "sc passkey, nobody types", { 2, 2 }, true, true, false, true },
	{ "sc oob", { 3, 3 }, true, false, true, false },
};
enum { SCENARIOS = sizeof scenarios / sizeof scenarios[0] };

/* Vol 3 Part H 2.3.5 and Appendix C: in this state this PDU is what the other side sends next. */
static const struct {
	uint8_t in, on;
} taken[] = {
	{ SMP_I_RESPONSE, SMP_PAIRING_RSP },
	{ SMP_I_CONFIRM, SMP_PAIRING_CONFIRM },
	{ SMP_I_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_R_CONFIRM, SMP_PAIRING_CONFIRM },
	{ SMP_R_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_I_KEY, SMP_PUBLIC_KEY },
	{ SMP_R_KEY, SMP_PUBLIC_KEY },
	{ SMP_I_PLAIN_CONFIRM, SMP_PAIRING_CONFIRM },
	{ SMP_I_PLAIN_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_R_PLAIN_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_I_PASSKEY_CONFIRM, SMP_PAIRING_CONFIRM },
	{ SMP_I_PASSKEY_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_R_PASSKEY_CONFIRM, SMP_PAIRING_CONFIRM },
	{ SMP_R_PASSKEY_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_I_OOB_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_R_OOB_RANDOM, SMP_PAIRING_RANDOM },
	{ SMP_I_CHECK, SMP_DHKEY_CHECK },
	{ SMP_R_CHECK, SMP_DHKEY_CHECK },
};

static bool visited[2][SMP_STATE_COUNT];
static unsigned cases;

/* A state of this role that lasts until something comes. The names say whose it is. */
static bool is_of(unsigned which, unsigned state)
{
	static const struct {
		uint8_t first, last;
	} responders[] = {
		{ SMP_R_CONFIRM, SMP_R_RANDOM }, { SMP_R_KEY, SMP_R_OWN_KEY }, { SMP_R_PLAIN_RANDOM, SMP_R_PLAIN_RANDOM },
		{ SMP_R_PASSKEY_CONFIRM, SMP_R_PASSKEY_RANDOM }, { SMP_R_OOB_RANDOM, SMP_R_OOB_RANDOM },
		{ SMP_R_CHECK, SMP_R_AGREE }, { SMP_R_ENCRYPT, SMP_R_ENCRYPT }, { SMP_R_KEYS, SMP_R_KEYS },
	};
	if (state == SMP_DEAD || state == SMP_R_FEATURES)
		return false;
	for (unsigned i = 0; i < sizeof responders / sizeof responders[0]; i++)
		if (state >= responders[i].first && state <= responders[i].last)
			return which == B;
	return state == SMP_IDLE || which == A;
}

static void all_visited(void)
{
	for (unsigned which = 0; which < 2; which++)
		for (unsigned s = 0; s < SMP_STATE_COUNT; s++)
			if (visited[which][s] != is_of(which, s))
				fail_msg("state %u of role %u was %s", s, which, visited[which][s] ? "visited" : "not visited");
	memset(visited, 0, sizeof visited);
}

static void begin(struct pair *p, const struct scenario *sc)
{
	static const uint8_t tk[16] = { 7 };
	pair_init(p, 5, true);
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = &p->side[i];
		s->smp.config.io = sc->io[i];
		s->smp.config.mitm = sc->mitm;
		s->smp.config.sc = sc->sc ? &smp_sc : NULL;
		s->mute = sc->mute;
	}
	for (unsigned i = 0; i < 2 && sc->oob; i++) {
		struct smp_oob *own = &p->side[i].oob, *other = &p->side[!i].oob;
		assert_int_equal(smp_oob_make(&p->side[!i].smp, other), 0);
		own->have_theirs = own->have_tk = true;
		memcpy(own->tk, tk, 16);
		memcpy(own->their_r, other->r, 16);
		memcpy(own->their_c, other->c, 16);
	}
	p->side[A].slow = p->side[B].slow = true;
	assert_int_equal(smp_pair(&p->side[A].link), 0);
}

enum { MUTE = 1000 }; /* no PDU leaves */

/* So many steps of it; stuck: what the last one makes us say does not leave. False: it has ended before. */
static bool run_to(struct pair *p, const struct scenario *sc, unsigned steps, bool stuck)
{
	begin(p, sc);
	for (unsigned i = 0; i < steps; i++) {
		if (stuck && i + 1 == steps)
			p->side[A].deaf = p->side[B].deaf = MUTE;
		if (!pair_step(p))
			return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = &p->side[i];
		s->head = s->tail; /* what was on its way is lost: only the injected PDU counts */
		s->sent = s->sent_failed = s->ended = s->requested = 0;
	}
	return true;
}

enum answer { PASSED_OVER, TAKEN, ENDED, FAILED };

static uint8_t next_key_code(const struct smp_link *l)
{
	switch (l->want & -l->want) {
	case SMP_DIST_ENC: return l->half ? SMP_CENTRAL_ID : SMP_ENCRYPTION_INFO;
	case SMP_DIST_ID: return l->half ? SMP_IDENTITY_ADDRESS : SMP_IDENTITY_INFO;
	case SMP_DIST_SIGN: return SMP_SIGNING_INFO;
	default: return 0;
	}
}

/* Not of a key, or of one that has been agreed on and is not here yet. */
static bool is_wanted(const struct smp_link *l, uint8_t code)
{
	switch (code) {
	case SMP_ENCRYPTION_INFO:
	case SMP_CENTRAL_ID: return l->want & SMP_DIST_ENC;
	case SMP_IDENTITY_INFO:
	case SMP_IDENTITY_ADDRESS: return l->want & SMP_DIST_ID;
	case SMP_SIGNING_INFO: return l->want & SMP_DIST_SIGN;
	default: return true;
	}
}

/* early: it answers what we have not said yet, which nobody can. */
static enum answer answer_to(const struct smp_link *l, unsigned which, uint8_t code, bool early, uint8_t *reason)
{
	bool idle = l->state == SMP_IDLE, passkey = l->method >= SMP_PASSKEY_I && l->method <= SMP_PASSKEY_BOTH;
	*reason = SMP_ERR_UNSPECIFIED_REASON;
	if (code == SMP_PAIRING_FAILED)
		return idle ? PASSED_OVER : ENDED;
	if (code == SMP_SECURITY_REQ && which == A)
		return idle ? TAKEN : PASSED_OVER;
	if (code == SMP_KEYPRESS && !idle && passkey && l->state > SMP_I_RESPONSE) /* was not agreed on */
		return PASSED_OVER;
	if (idle && (code == SMP_PAIRING_REQ || code == SMP_SECURITY_REQ)) {
		*reason = SMP_ERR_COMMAND_NOT_SUPPORTED;
		return which == B && code == SMP_PAIRING_REQ ? TAKEN : FAILED;
	}
	if (idle)
		return PASSED_OVER;
	if (early)
		return FAILED;
	if ((l->state == SMP_I_KEYS || l->state == SMP_R_KEYS) && code == next_key_code(l))
		return TAKEN;
	if ((l->state == SMP_I_KEYS || l->state == SMP_R_KEYS) && !is_wanted(l, code)) /* SMP-023 */
		*reason = SMP_ERR_INVALID_PARAMETERS;
	for (unsigned i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (taken[i].in == l->state && taken[i].on == code)
			return TAKEN;
	return FAILED;
}

/* A PDU that is well formed, and of values that are allowed. */
static void make(uint8_t *pdu, uint8_t code)
{
	static const uint8_t features[6] = { 3, 0, 0x01, 16, 7, 7 };
	for (unsigned i = 1; i < 80; i++)
		pdu[i] = (uint8_t)(0x31 + i);
	pdu[0] = code;
	if (code == SMP_PAIRING_REQ || code == SMP_PAIRING_RSP)
		memcpy(pdu + 1, features, sizeof features);
	if (code == SMP_KEYPRESS || code == SMP_SECURITY_REQ)
		pdu[1] = 1;
	if (code == SMP_IDENTITY_ADDRESS)
		pdu[1] = 0;
}

static void check(const struct side *s, enum answer answer, uint8_t reason, enum smp_state before)
{
	bool pairing = before > SMP_DEAD;
	cases++;
	switch (answer) {
	case PASSED_OVER:
		assert_int_equal(s->sent, 0);
		assert_int_equal(s->ended, 0);
		assert_int_equal(s->link.state, before);
		break;
	case TAKEN: /* what comes of it is the other tests' */
		assert_true(s->ended || s->link.state != before || s->requested || before == SMP_I_KEYS ||
			before == SMP_R_KEYS);
		assert_true(!s->ended || !s->result.err || s->result.reason != SMP_ERR_UNSPECIFIED_REASON);
		break;
	case ENDED:
		assert_int_equal(s->sent, 0);
		assert_int_equal(s->ended, 1);
		assert_true(s->result.by_peer && s->result.err == BLE_EREFUSED);
		break;
	case FAILED:
		assert_int_equal(s->sent, 1);
		assert_int_equal(s->last[0], SMP_PAIRING_FAILED);
		assert_int_equal(s->last[1], reason);
		assert_int_equal(s->ended, pairing);
		if (pairing)
			assert_true(s->result.err == BLE_EREFUSED && s->result.reason == reason && !s->result.by_peer);
		break;
	}
	if (answer == ENDED || answer == FAILED) {
		assert_int_equal(s->link.state, SMP_IDLE);
		assert_true(pair_is_clean(s) || !pairing);
	}
}

/* A place in a scenario: after so many steps, this side. */
struct place {
	const struct scenario *scenario;
	unsigned steps, which;
	bool stuck;
};

static struct side *go(struct pair *p, const struct place *at)
{
	assert_true(run_to(p, at->scenario, at->steps, at->stuck));
	return &p->side[at->which];
}

/* One PDU of each code, cut off or drawn out by so many octets. */
static void try_codes(struct pair *p, const struct place *at, int longer)
{
	static const uint8_t lengths[] = {
#define X(name, num, octets, text) [num] = octets,
#include "spec/smp_codes.def"
#undef X
	};
	for (uint8_t code = 1; code < SMP_CODE_COUNT; code++) {
		struct side *s = go(p, at);
		uint8_t pdu[80], reason;
		enum smp_state before = (enum smp_state)s->link.state;
		enum answer answer = answer_to(&s->link, at->which, code, s->link.queued, &reason);
		if (longer) {
			bool idle = before == SMP_IDLE, asks = code == SMP_PAIRING_REQ || code == SMP_SECURITY_REQ;
			reason = SMP_ERR_INVALID_PARAMETERS;
			answer = idle ? asks ? FAILED : PASSED_OVER : code == SMP_PAIRING_FAILED ? ENDED : FAILED;
		}
		make(pdu, code);
		pair_inject(s, pdu, (size_t)(lengths[code] + longer));
		if (at->stuck && answer != TAKEN && answer != PASSED_OVER) { /* now it may leave */
			s->deaf = 0;
			smp_pump(&s->link);
		}
		check(s, answer, reason, before);
	}
}

static void try_reserved(struct pair *p, const struct place *at)
{
	struct side *s = go(p, at);
	enum smp_state before = (enum smp_state)s->link.state;
	for (unsigned code = 0; code < 256; code++) {
		uint8_t pdu[2] = { (uint8_t)code, 0 };
		if (!code || code >= SMP_CODE_COUNT)
			pair_inject(s, pdu, sizeof pdu);
	}
	pair_inject(s, NULL, 0);
	check(s, PASSED_OVER, 0, before);
}

/* Each place that is none like one before: by role, state, and what is still to come or to leave. */
static void run_scenario(struct pair *p, const struct scenario *sc, bool stuck)
{
	static bool seen[2][SMP_STATE_COUNT][8][2][2];
	memset(seen, 0, sizeof seen);
	for (unsigned steps = 0; run_to(p, sc, steps, stuck); steps++) {
		for (unsigned which = 0; which < 2; which++) {
			struct place at = { sc, steps, which, stuck };
			const struct smp_link *l = &go(p, &at)->link;
			bool *been = &seen[which][l->state][l->want][l->half][l->queued != 0];
			if (*been || (stuck && !l->queued))
				continue;
			*been = visited[which][l->state] = true;
			for (int longer = -1; longer <= 1; longer++)
				try_codes(p, &at, longer);
			try_reserved(p, &at);
		}
	}
}

static void test_smp_003_018_states(void **state)
{
	static struct pair p;
	(void)state;
	for (unsigned i = 0; i < SCENARIOS; i++)
		run_scenario(&p, &scenarios[i], false);
	all_visited();
	assert_true(cases > 5000);
}

/* The same while our own PDUs wait for a packet. */
static void test_early(void **state)
{
	static struct pair p;
	(void)state;
	cases = 0;
	for (unsigned i = 0; i < SCENARIOS; i++)
		run_scenario(&p, &scenarios[i], true);
	memset(visited, 0, sizeof visited);
	assert_true(cases > 2000);
}

static void falls_silent(struct pair *p, const struct place *at)
{
	struct side *s = go(p, at);
	pair_pass(p, 29999999);
	assert_int_equal(s->ended, 0);
	pair_pass(p, 1);
	assert_int_equal(s->ended, 1);
	assert_int_equal(s->result.err, BLE_ETIMEOUT);
	assert_int_equal(s->sent, 0);
	assert_true(pair_is_clean(s));
	s->ended = 0;
	for (uint8_t code = 1; code < SMP_CODE_COUNT; code++) {
		uint8_t pdu[80];
		make(pdu, code);
		pair_inject(s, pdu, 7);
	}
	check(s, PASSED_OVER, 0, SMP_DEAD);
	assert_int_equal(smp_pair(&s->link), BLE_ESTATE);
}

/* 3.4: after thirty seconds of silence in any state nothing is taken on this connection any more. */
static void test_dead(void **state)
{
	static struct pair p;
	(void)state;
	for (unsigned i = 0; i < SCENARIOS; i++) {
		for (unsigned steps = 0; run_to(&p, &scenarios[i], steps, false); steps++) {
			for (unsigned which = 0; which < 2; which++) {
				struct place at = { &scenarios[i], steps, which, false };
				const struct smp_link *l = &go(&p, &at)->link;
				bool *been = &visited[which][l->state];
				if (!*been && smp_is_pairing(l))
					falls_silent(&p, &at);
				*been = true;
			}
		}
	}
	all_visited();
}

/* Hanging up in any state wipes everything, and the program is told once. */
static void test_smp_032_hang_up(void **state)
{
	static struct pair p;
	(void)state;
	for (unsigned i = 0; i < SCENARIOS; i++) {
		for (unsigned steps = 0; run_to(&p, &scenarios[i], steps, false); steps++) {
			for (unsigned which = 0; which < 2; which++) {
				struct side *s = &p.side[which];
				bool pairing = smp_is_pairing(&s->link);
				smp_close(&s->link);
				assert_int_equal(s->ended, pairing);
				if (pairing)
					assert_int_equal(s->result.err, BLE_ECONN);
				assert_true(pair_is_clean(s));
				assert_false(tmr_is_armed(&s->link.retry));
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_smp_003_018_states), TEST(test_early), TEST(test_dead),
		TEST(test_smp_032_hang_up) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
