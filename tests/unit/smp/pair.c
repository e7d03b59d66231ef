#include "tests/unit/smp/pair.h"
#include "tests/unit/smp/toy.h"

static struct side *side_of(struct smp_link *l)
{
	return CONTAINER_OF(l, struct side, link);
}

static struct side *other(struct side *s)
{
	return &s->pair->side[s == &s->pair->side[A]];
}

/* splitmix64 */
static void on_random(void *ctx, void *dst, size_t len)
{
	struct side *s = ctx;
	for (size_t i = 0; i < len; i++) {
		uint64_t z = s->seed += UINT64_C(0x9E3779B97F4A7C15);
		z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
		((uint8_t *)dst)[i] = (uint8_t)(z ^ z >> 31);
	}
}

/* toy.h, at once or when pair_finish() says so. */
static int toy(struct side *s, struct ble_p256 *op, int err)
{
	if (s->slow) {
		s->running = op;
		s->running_err = err;
	} else {
		op->done(op, err);
	}
	return 0;
}

static int toy_public(void *ctx, struct ble_p256 *op)
{
	return toy(ctx, op, toy_public_key(op));
}

static int toy_shared(void *ctx, struct ble_p256 *op)
{
	return toy(ctx, op, toy_shared_key(op));
}

static void toy_cancel(void *ctx, struct ble_p256 *op)
{
	struct side *s = ctx;
	if (s->running == op)
		s->running = NULL;
}

static int toy_aes(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx;
	return ble_crypto_psa.aes128(ble_crypto_psa.ctx, key, in, out);
}

bool pair_finish(struct side *s)
{
	struct ble_p256 *op = s->running;
	s->running = NULL;
	if (op)
		op->done(op, s->running_err);
	return op != NULL;
}

void pair_inject(struct side *s, const void *pdu, size_t len)
{
	uint8_t exact[80]; /* behind it lies what no one may take for a part of it */
	memset(exact, 0xA5, sizeof exact);
	if (len)
		memcpy(exact, pdu, len);
	smp_rx(&s->link, exact, (uint16_t)len);
}

static bool on_send(struct smp_link *l, const uint8_t *pdu, uint16_t len)
{
	struct side *s = side_of(l), *to = other(s);
	if (s->deaf) {
		s->deaf--;
		return false;
	}
	assert_true(to->tail - to->head < PIPE);
	to->in[to->tail % PIPE].len = len;
	memcpy(to->in[to->tail++ % PIPE].data, pdu, len);
	memcpy(s->last, pdu, len);
	s->last_len = len;
	s->sent++;
	s->sent_failed += pdu[0] == SMP_PAIRING_FAILED;
	return true;
}

static void on_encrypt(struct smp_link *l, const uint8_t key[16], uint16_t ediv, uint64_t rand)
{
	struct pair *p = side_of(l)->pair;
	assert_false(p->wants_encryption);
	p->wants_encryption = true;
	p->ediv = ediv;
	p->rand = rand;
	memcpy(p->key, key, 16);
}

static bool on_find_key(struct smp_link *l, uint16_t ediv, uint64_t rand, uint8_t key[16])
{
	const struct side *s = side_of(l);
	(void)ediv, (void)rand;
	if (s->bond)
		memcpy(key, s->bond_key, 16);
	return s->bond;
}

static uint8_t on_may(struct smp_link *l, const struct smp_strength *strength, bool bonding)
{
	(void)bonding;
	assert_true(strength->key_size >= 7 && strength->key_size <= 16);
	return side_of(l)->may_reason;
}

static void on_requested(struct smp_link *l, uint8_t auth_req)
{
	side_of(l)->requested++;
	side_of(l)->requested_auth = auth_req;
}

static void on_ask(struct smp_link *l, enum smp_ask what, uint32_t value)
{
	struct side *s = side_of(l);
	s->shown += what == SMP_ASK_SHOW;
	s->entered += what == SMP_ASK_ENTER;
	s->compared += what == SMP_ASK_COMPARE;
	s->keypresses += what == SMP_ASK_KEYPRESS;
	if (what != SMP_ASK_KEYPRESS && what != SMP_ASK_ENTER)
		s->number = value;
	if (what == SMP_ASK_SHOW)
		assert_true(value <= 999999);
	if (what == SMP_ASK_COMPARE && !s->mute)
		assert_int_equal(smp_consent(l, !s->refuses), 0);
}

/* Both users look at both devices: whoever shall type does so when the number is shown, or types 123456. */
static bool type(struct side *s)
{
	const struct side *o = other(s);
	if (s->mute || s->link.user != SMP_USER_ASKED || s->link.method == SMP_NUMERIC)
		return false;
	if (s->link.method != SMP_PASSKEY_BOTH && !o->shown)
		return false;
	uint32_t number = s->link.method == SMP_PASSKEY_BOTH ? 123456 : o->number;
	assert_int_equal(smp_passkey(&s->link, (uint32_t)((int)number + s->wrong)), 0);
	return true;
}

static uint8_t on_identity(struct smp_link *l, const struct smp_keys *theirs, const struct smp_strength *strength)
{
	(void)theirs, (void)strength;
	return side_of(l)->identity_reason;
}

static void on_ended(struct smp_link *l, const struct smp_result *result)
{
	struct side *s = side_of(l);
	s->ended++;
	s->result = *result;
	assert_true(!!result->theirs == !result->err && !!result->ours == !result->err);
	if (result->theirs) {
		s->theirs = *result->theirs;
		s->ours = *result->ours;
	}
	s->result.theirs = s->result.ours = NULL;
}

static const struct smp_hooks hooks = { on_send, on_encrypt, on_find_key, on_may, on_requested, on_ask, on_identity, on_ended };

static void init_side(struct pair *p, unsigned which, uint64_t seed, bool is_toy)
{
	struct side *s = &p->side[which];
	struct ble_addr own = { (uint8_t)which, { 1, 2, 3, 4, 5, (uint8_t)(0xC0 + which) } };
	struct ble_addr peer = { !which, { 1, 2, 3, 4, 5, (uint8_t)(0xC0 + !which) } };
	s->pair = p;
	s->seed = seed * 2 + which;
	s->platform = (struct ble_platform){ .ctx = s, .random = on_random };
	s->crypto = is_toy ? (struct ble_crypto){ s, toy_aes, toy_public, toy_shared, toy_cancel } : ble_crypto_psa;
	s->smp = (struct smp){ .crypto = &s->crypto, .platform = &s->platform, .timers = &s->timers, .hooks = &hooks,
		.identity = own,
		.config = { .sc = &smp_sc, .legacy = &smp_legacy, .passkey = &smp_model_passkey,
			.numeric = &smp_model_numeric, .oob_model = &smp_model_oob, .oob = &s->oob,
			.io = SMP_IO_KEYBOARD_DISPLAY, .bonding = true, .key_min = 7, .key_max = 16,
			.initiator_keys = 7, .responder_keys = 7 } };
	on_random(s, s->smp.irk, 16);
	smp_open(&s->link, &s->smp, which == A ? BLE_ROLE_CENTRAL : BLE_ROLE_PERIPHERAL, &own, &peer);
}

void pair_init(struct pair *p, uint64_t seed, bool is_toy)
{
	memset(p, 0, sizeof *p);
	init_side(p, A, seed, is_toy);
	init_side(p, B, seed, is_toy);
}

static void encrypt(struct pair *p)
{
	uint8_t key[16];
	p->wants_encryption = false;
	if (!smp_key_request(&p->side[B].link, p->ediv, p->rand, key)) {
		smp_encrypted(&p->side[A].link, BLE_EHCI(0x06));
		return;
	}
	int err = memcmp(key, p->key, 16) ? BLE_EHCI(0x3D) : 0;
	p->encrypted = !err;
	smp_encrypted(&p->side[A].link, err);
	smp_encrypted(&p->side[B].link, err);
}

static bool deliver(struct side *s)
{
	if (s->head == s->tail)
		return false;
	unsigned at = s->head++ % PIPE;
	pair_inject(s, s->in[at].data, s->in[at].len);
	return true;
}

bool pair_step(struct pair *p)
{
	if (deliver(&p->side[B]) || deliver(&p->side[A]))
		return true;
	if (p->wants_encryption) {
		encrypt(p);
		return true;
	}
	if (type(&p->side[A]) || type(&p->side[B]))
		return true;
	return pair_finish(&p->side[A]) || pair_finish(&p->side[B]);
}

void pair_run(struct pair *p)
{
	while (pair_step(p))
		;
}

void pair_pass(struct pair *p, uint64_t us)
{
	for (unsigned i = 0; i < 2; i++)
		tmr_run(&p->side[i].timers, p->side[i].timers.now_us + us);
}

bool pair_is_clean(const struct side *s)
{
	const uint8_t *from = (const uint8_t *)&s->link + offsetof(struct smp_link, preq);
	const uint8_t *to = (const uint8_t *)(&s->link + 1);
	for (; from < to; from++)
		if (*from)
			return false;
	return !tmr_is_armed(&s->link.timer) && !s->running && !s->link.user && !s->link.model;
}
