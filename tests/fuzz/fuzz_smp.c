/*
 * SMP: two Security Managers and a pipe between them (tests/unit/smp/pair.h), in which the input interferes. Its first
 * three octets say who the two are; then come rows of operations, the first octet which one: let it go on, PDUs of its
 * own to either side, PDUs altered, lost or said twice, users who answer anything, time, and links that go and come.
 * Whatever happens, a pairing ends and leaves no secret behind, and what it says of its key is true.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/unit/smp/pair.h"

enum op { STEP, INJECT, ALTER, LOSE, TWICE, PASS, ENTER, CONSENT, ENCRYPTED, HANG_UP, BEGIN, CANCEL, KEYPRESS, DEAF, OPS };

static struct pair p;

static void give_oob(unsigned who)
{
	for (unsigned i = 0; i < 2; i++) {
		struct smp_oob *own = &p.side[i].oob, *other = &p.side[!i].oob;
		if (!(who >> i & 1))
			continue;
		own->have_tk = own->have_theirs = true;
		own->tk[0] = 7;
		(void)smp_oob_make(&p.side[!i].smp, other);
		memcpy(own->their_r, other->r, 16);
		memcpy(own->their_c, other->c, 16);
	}
}

/* Three octets: capabilities, a nibble each; what they want; the longest keys, and who has data out of band. */
static void begin(struct rd *r)
{
	uint8_t io = rd_u8(r), wants = rd_u8(r), more = rd_u8(r);
	pair_init(&p, 1 + (uint64_t)more, true);
	give_oob(more & 3);
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = &p.side[i];
		struct smp_config *c = &s->smp.config;
		c->io = (uint8_t)((io >> 4 * i & 0xF) % SMP_IO_COUNT);
		c->mitm = wants >> i & 1;
		c->bonding = !(wants >> (2 + i) & 1);
		c->sc = wants >> (4 + i) & 1 ? &smp_sc : NULL;
		c->keypress = wants & 0x40;
		c->key_max = (uint8_t)(7 + (more >> 4 * i & 0xF) % 10);
		s->slow = wants & 0x80;
		s->mute = true; /* the input is the user */
	}
	(void)smp_pair(&p.side[A].link);
}

/* The oldest PDU on its way to this side. */
static uint8_t *waiting(struct side *s, uint16_t **len)
{
	if (s->head == s->tail)
		return NULL;
	*len = &s->in[s->head % PIPE].len;
	return s->in[s->head % PIPE].data;
}

static void alter(struct side *s, const uint8_t *how, size_t n)
{
	uint16_t *len;
	uint8_t *pdu = waiting(s, &len);
	if (!pdu || n < 2)
		return;
	pdu[how[0] % 80] ^= how[1];
	if (n > 2 && how[2] <= 80)
		*len = how[2];
}

static void twice(struct side *s)
{
	uint16_t *len;
	const uint8_t *pdu = waiting(s, &len);
	if (pdu)
		pair_inject(s, pdu, *len);
}

static void hang_up(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = &p.side[i];
		struct ble_addr own = s->link.own, peer = s->link.peer;
		uint8_t role = s->link.role;
		smp_close(&s->link);
		assert_true(pair_is_clean(s));
		memset(&s->link, 0, sizeof s->link);
		smp_open(&s->link, &s->smp, role, &own, &peer);
		s->head = s->tail;
	}
	p.wants_encryption = false;
}

/* The controller has encrypted, or has not, with whatever key; and asks for one. */
static void encrypted(struct side *s, const uint8_t *how, size_t n)
{
	uint8_t key[16];
	if (n && how[0] & 1)
		(void)smp_key_request(&s->link, n > 1 ? how[1] : 0, n > 2 ? how[2] : 0, key);
	smp_encrypted(&s->link, n && how[0] & 2 ? BLE_EHCI(0x06) : 0);
}

static uint32_t number_of(const struct side *s, const uint8_t *how, size_t n)
{
	if (n < 3) /* what the other screen shows */
		return p.side[s == &p.side[A]].number;
	return how[0] | (uint32_t)how[1] << 8 | (uint32_t)how[2] << 16;
}

static void act(enum op op, struct side *s, const uint8_t *how, size_t n)
{
	switch (op) {
	case STEP:
		for (unsigned i = 0; i <= (n ? how[0] : 0) && pair_step(&p); i++)
			;
		break;
	case INJECT:
		if (n <= 80)
			pair_inject(s, how, n);
		break;
	case ALTER: alter(s, how, n); break;
	case LOSE: s->head += s->head != s->tail; break;
	case TWICE: twice(s); break;
	case PASS: pair_pass(&p, n ? how[0] * UINT64_C(200000) : 0); break;
	case ENTER: (void)smp_passkey(&s->link, number_of(s, how, n)); break;
	case CONSENT: (void)smp_consent(&s->link, !n || how[0] & 1); break;
	case ENCRYPTED: encrypted(s, how, n); break;
	case HANG_UP: hang_up(); break;
	case BEGIN: (void)smp_pair(&s->link); break;
	case CANCEL: (void)smp_cancel(&s->link, n ? how[0] : SMP_ERR_UNSPECIFIED_REASON); break;
	case KEYPRESS: (void)smp_keypress(&s->link, (enum smp_keypress)(n ? how[0] % 5 : 0)); break;
	case DEAF: s->deaf = n ? how[0] % 4 : 0; break;
	case OPS: break;
	}
}

/* What has been agreed on is what was wanted, and somebody has vouched for what is called authenticated. */
static void look_at_end(struct side *s)
{
	const struct smp_result *r = &s->result;
	const struct smp_config *c = &s->smp.config;
	if (!s->ended)
		return;
	s->ended = 0;
	assert_true(r->err <= 0);
	assert_true(!r->err || !r->strength.key_size);
	if (r->err)
		return;
	assert_in_range(r->strength.key_size, c->key_min, c->key_max);
	assert_true(!c->mitm || r->strength.authenticated);
	assert_true(r->method == SMP_JUST_WORKS || r->strength.authenticated);
	if (r->method != SMP_JUST_WORKS && r->method != SMP_OOB)
		assert_true(s->shown + s->entered + s->compared);
}

static void look(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = &p.side[i];
		look_at_end(s);
		assert_true(smp_is_pairing(&s->link) || pair_is_clean(s));
		if (s->tail - s->head > PIPE / 2)
			s->head = s->tail; /* a flood is lost, not kept */
	}
	/* the program behind it has given up what it had asked its controller for */
	p.wants_encryption &= p.side[A].link.state == SMP_I_ENCRYPT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	const uint8_t *op;
	size_t len;
	begin(&r);
	for (look(); fuzz_next(&r, &op, &len); look())
		if (len)
			act((enum op)(op[0] / 2 % OPS), &p.side[op[0] & 1], op + 1, len - 1);
	pair_pass(&p, 31000000);
	look();
	for (unsigned i = 0; i < 2; i++)
		assert_false(smp_is_pairing(&p.side[i].link));
	hang_up();
	return 0;
}
