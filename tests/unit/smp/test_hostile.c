/*
 * What a hostile peer tries, named as in the catalogue of attacks (SMP-...), and what breaks by itself: no room to send, a
 * cipher that fails, a generator that does not move.
 */
#include "tests/unit/smp/pair.h"

#include <stdio.h>

static struct pair p;

static struct side *a(void)
{
	return &p.side[A];
}

static struct side *b(void)
{
	return &p.side[B];
}

/* Both of these capabilities, MITM wanted; sc: else legacy. */
static void init(uint8_t io_a, uint8_t io_b, bool sc, bool real)
{
	static uint64_t seed = 100;
	const uint8_t io[2] = { io_a, io_b };
	pair_init(&p, ++seed, !real);
	for (unsigned i = 0; i < 2; i++) {
		struct smp_config *c = &p.side[i].smp.config;
		c->io = io[i];
		c->mitm = io_a != SMP_IO_NONE && io_b != SMP_IO_NONE;
		if (!sc)
			c->sc = NULL;
	}
}

static void start(void)
{
	assert_int_equal(smp_pair(&a()->link), 0);
}

/* Until this PDU is the next that the side gets; NULL: it never is. */
static uint8_t *until(struct side *s, uint8_t code)
{
	do {
		if (s->head != s->tail && s->in[s->head % PIPE].data[0] == code)
			return s->in[s->head % PIPE].data;
	} while (pair_step(&p));
	return NULL;
}

static void failed(const struct side *s, uint8_t reason, bool by_peer)
{
	assert_int_equal(s->ended, 1);
	assert_int_equal(s->result.err, BLE_EREFUSED);
	assert_int_equal(s->result.reason, reason);
	assert_int_equal(s->result.by_peer, by_peer);
	assert_true(pair_is_clean(s));
}

/* The side refuses, and the other is told. */
static void refused_by(struct side *s, uint8_t reason)
{
	pair_run(&p);
	failed(s, reason, false);
	failed(s == a() ? b() : a(), reason, true);
	assert_false(p.encrypted);
}

static void succeeded(void)
{
	pair_run(&p);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p.side[i].ended, 1);
		assert_int_equal(p.side[i].result.err, 0);
		assert_true(pair_is_clean(&p.side[i]));
	}
}

static void put(uint8_t *dst, const char *hex) /* most significant octet first */
{
	size_t n = strlen(hex) / 2;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &dst[n - 1 - i]), 1);
}

/* SMP-002, SMP-007, SMP-008: (0,0), x or y 0, not on the curve, p, the debug key, our own, our own with -y, G and -G. */
static void test_smp_002_007_008(void **state)
{
	static const char prime[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
	static const char gx[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
	static const char gy[] = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
	static const char minus_gy[] = "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a"; /* p - y */
	static const char debug_y[] = "dc809c49652aeb6d63329abf5a52155c766345c28fed3024741c8ed01589d28b";
	(void)state;
	for (unsigned victim = 0; victim < 2; victim++) {
		for (unsigned kind = 0; kind < 10; kind++) {
			struct side *s = &p.side[victim];
			init(4, 4, true, true);
			start();
			uint8_t *pdu = until(s, SMP_PUBLIC_KEY), *x = pdu + 1, *y = pdu + 33;
			assert_non_null(pdu);
			switch (kind) {
			case 0: memset(x, 0, 64); break;
			case 1: memset(x, 0, 32); break;
			case 2: memset(y, 0, 32); break;
			case 3: y[0] ^= 1; break;
			case 4: put(x, prime); break;
			case 5: put(x, gx); break; /* with a y that is not its */
			case 6:
				crypto_turn(x, crypto_debug_x, 32);
				put(y, debug_y);
				break;
			case 7: /* valid, and the Diffie-Hellman key is x of our own: nobody's secret */
			case 8:
				put(x, gx);
				put(y, kind == 7 ? gy : minus_gy);
				break;
			default: crypto_turn(x, s->link.op.public_key, 32); break; /* whatever y is: -y too */
			}
			unsigned before = s->sent;
			refused_by(s, SMP_ERR_DHKEY_CHECK_FAILED);
			assert_int_equal(s->sent - before, 1); /* at once: our key has not left in answer */
		}
	}
}

/* Debug mode, by request only: works, and the result says what it is worth. */
static void test_debug(void **state)
{
	(void)state;
	init(4, 4, true, true);
	a()->smp.config.debug = b()->smp.config.debug = true;
	start();
	succeeded();
	assert_true(a()->result.debug && b()->result.debug);
	init(4, 4, true, true);
	a()->smp.config.debug = true;
	start();
	refused_by(b(), SMP_ERR_DHKEY_CHECK_FAILED);
	init(4, 4, true, true);
	start();
	succeeded();
	assert_false(a()->result.debug || b()->result.debug);
}

/* SMP-003 is in test_states. SMP-004, SMP-005: every size that a peer can name, in both roles. */
static void test_smp_004_005(void **state)
{
	(void)state;
	for (unsigned victim = 0; victim < 2; victim++) {
		for (unsigned size = 0; size < 256; size++) {
			for (unsigned least = 7; least <= 16; least += 9) {
				struct side *s = &p.side[victim];
				init(3, 3, size & 1, false);
				s->smp.config.key_min = (uint8_t)least;
				start();
				uint8_t *pdu = until(s, victim == A ? SMP_PAIRING_RSP : SMP_PAIRING_REQ);
				bool valid = size >= 7 && size <= 16;
				if (valid) { /* honestly */
					init(3, 3, size & 1, false);
					s->smp.config.key_min = (uint8_t)least;
					p.side[!victim].smp.config.key_max = (uint8_t)size;
					start();
				} else {
					pdu[4] = (uint8_t)size;
				}
				if (!valid)
					refused_by(s, SMP_ERR_INVALID_PARAMETERS);
				else if (size < least)
					refused_by(s, SMP_ERR_ENCRYPTION_KEY_SIZE);
				else
					succeeded();
				if (!valid || size < least)
					continue;
				assert_int_equal(s->result.strength.key_size, size);
				for (unsigned i = size; i < 16; i++)
					assert_true(!p.key[i] && !s->theirs.ltk[i] && !s->ours.ltk[i]);
			}
		}
	}
}

/* SMP-006, SMP-024: keys that are none, and identities that nobody has. */
static void test_smp_006_024(void **state)
{
	static const struct {
		uint8_t code, fill, at, value;
		uint8_t reason;
	} rows[] = {
		{ SMP_ENCRYPTION_INFO, 0x00, 0, 0, SMP_ERR_KEY_REJECTED },
		{ SMP_ENCRYPTION_INFO, 0xFF, 0, 0, SMP_ERR_KEY_REJECTED },
		{ SMP_SIGNING_INFO, 0x00, 0, 0, SMP_ERR_KEY_REJECTED },
		{ SMP_SIGNING_INFO, 0xFF, 0, 0, SMP_ERR_KEY_REJECTED },
		{ SMP_IDENTITY_INFO, 0xFF, 0, 0, SMP_ERR_KEY_REJECTED },
		{ SMP_IDENTITY_ADDRESS, 0x00, 0, 0, SMP_ERR_INVALID_PARAMETERS }, /* public, none */
		{ SMP_IDENTITY_ADDRESS, 0xC1, 0, 2, SMP_ERR_INVALID_PARAMETERS }, /* no type */
		{ SMP_IDENTITY_ADDRESS, 0x41, 0, 1, SMP_ERR_INVALID_PARAMETERS }, /* resolvable private */
		{ SMP_IDENTITY_ADDRESS, 0x01, 0, 1, SMP_ERR_INVALID_PARAMETERS }, /* non-resolvable private */
	};
	(void)state;
	for (unsigned victim = 0; victim < 2; victim++) {
		for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			init(3, 3, false, false);
			start();
			uint8_t *pdu = until(&p.side[victim], rows[i].code);
			memset(pdu + 1, rows[i].fill, rows[i].code == SMP_IDENTITY_ADDRESS ? 7 : 16);
			if (rows[i].code == SMP_IDENTITY_ADDRESS)
				pdu[1] = rows[i].value;
			pair_run(&p);
			failed(&p.side[victim], rows[i].reason, false);
		}
		init(3, 3, true, false); /* ours comes back */
		start();
		memcpy(until(&p.side[victim], SMP_IDENTITY_INFO) + 1, p.side[victim].smp.irk, 16);
		pair_run(&p);
		failed(&p.side[victim], SMP_ERR_KEY_REJECTED, false);
		init(3, 3, true, false);
		start();
		uint8_t *pdu = until(&p.side[victim], SMP_IDENTITY_ADDRESS);
		pdu[1] = p.side[victim].smp.identity.type;
		memcpy(pdu + 2, p.side[victim].smp.identity.octets, 6);
		pair_run(&p);
		failed(&p.side[victim], SMP_ERR_INVALID_PARAMETERS, false);
		init(3, 3, true, false); /* ST-008: the host knows better */
		p.side[victim].identity_reason = SMP_ERR_KEY_REJECTED;
		start();
		pair_run(&p);
		failed(&p.side[victim], SMP_ERR_KEY_REJECTED, false);
	}
	init(3, 3, true, false); /* 3.6.4: zeroes say that there is no IRK */
	start();
	memset(until(b(), SMP_IDENTITY_INFO) + 1, 0, 16);
	succeeded();
}

/* SMP-009: what we have said comes back. */
static void test_smp_009(void **state)
{
	(void)state;
	for (unsigned passkey = 0; passkey < 2; passkey++) {
		init(passkey ? 0 : 3, passkey ? 2 : 3, false, false);
		start();
		memcpy(until(a(), SMP_PAIRING_CONFIRM) + 1, a()->link.confirm[0], 16);
		refused_by(a(), SMP_ERR_CONFIRM_VALUE_FAILED);
		init(passkey ? 0 : 3, passkey ? 2 : 3, false, false);
		start();
		memcpy(until(a(), SMP_PAIRING_RANDOM) + 1, a()->link.nonce[0], 16);
		refused_by(a(), SMP_ERR_CONFIRM_VALUE_FAILED);
	}
	init(0, 2, true, false);
	start();
	memcpy(until(a(), SMP_PAIRING_CONFIRM) + 1, a()->link.confirm[0], 16);
	refused_by(a(), SMP_ERR_CONFIRM_VALUE_FAILED);
}

/* A wrong passkey, wherever it differs; a wrong random; a wrong check; a user that says no. */
static void test_wrong(void **state)
{
	(void)state;
	for (unsigned sc = 0; sc < 2; sc++) {
		for (int by = 1; by < 1000000; by *= 10) {
			init(2, 2, sc, false);
			b()->wrong = by;
			start();
			refused_by(b(), SMP_ERR_CONFIRM_VALUE_FAILED); /* it sees the initiator's value first */
		}
		init(3, 3, sc, false);
		start();
		until(a(), SMP_PAIRING_RANDOM)[5] ^= 1;
		refused_by(a(), SMP_ERR_CONFIRM_VALUE_FAILED);
	}
	for (unsigned victim = 0; victim < 2; victim++) {
		init(3, 3, true, false);
		start();
		until(&p.side[victim], SMP_DHKEY_CHECK)[16] ^= 0x80;
		refused_by(&p.side[victim], SMP_ERR_DHKEY_CHECK_FAILED);
		init(4, 4, true, false);
		p.side[victim].refuses = true;
		start();
		refused_by(&p.side[victim], SMP_ERR_NUMERIC_COMPARISON_FAILED);
	}
	init(2, 0, false, false);
	a()->mute = true;
	start();
	pair_run(&p);
	assert_int_equal(smp_passkey(&a()->link, 1000000), BLE_ERANGE);
	assert_int_equal(smp_consent(&a()->link, true), BLE_ENOENT);
	assert_int_equal(smp_cancel(&a()->link, SMP_ERR_PASSKEY_ENTRY_FAILED), 0);
	refused_by(a(), SMP_ERR_PASSKEY_ENTRY_FAILED);
	assert_int_equal(smp_passkey(&a()->link, 1), BLE_ENOENT);
	assert_int_equal(smp_cancel(&a()->link, 1), BLE_ENOENT);
}

/* SMP-012 */
static void test_smp_012(void **state)
{
	(void)state;
	for (unsigned agreed = 0; agreed < 2; agreed++) {
		init(0, 2, true, false);
		b()->mute = true;
		a()->smp.config.keypress = true;
		b()->smp.config.keypress = agreed;
		start();
		pair_run(&p);
		assert_int_equal(smp_keypress(&a()->link, SMP_KEYPRESS_DIGIT), BLE_ENOENT); /* shows, does not type */
		for (enum smp_keypress k = SMP_KEYPRESS_STARTED; k <= SMP_KEYPRESS_COMPLETED; k++)
			assert_int_equal(smp_keypress(&b()->link, k), agreed ? 0 : BLE_ENOENT);
		b()->mute = false;
		for (unsigned i = 0; i < 1000; i++) /* a flood, agreed on or not */
			pair_inject(b(), OCTETS(SMP_KEYPRESS, 1));
		pair_pass(&p, 29000000);
		pair_inject(b(), OCTETS(SMP_KEYPRESS, 1));
		pair_pass(&p, 999999);
		assert_int_equal(b()->ended, 0);
		if (agreed) {
			succeeded();
			assert_int_equal(a()->keypresses, 5);
			assert_int_equal(b()->keypresses, 1001);
		} else {
			pair_pass(&p, 1); /* no keypress puts the end off */
			assert_int_equal(b()->result.err, BLE_ETIMEOUT);
		}
	}
	init(0, 2, true, false);
	b()->mute = true;
	start();
	pair_run(&p);
	pair_inject(a(), OCTETS(SMP_KEYPRESS, 5));
	refused_by(a(), SMP_ERR_INVALID_PARAMETERS);
}

/* SMP-015, SMP-017, SMP-020: every bit of both feature exchanges turned on its way. Whoever succeeds has what was meant. */
static void test_smp_015_017_020(void **state)
{
	static const uint8_t ios[][2] = { { 3, 3 }, { 4, 4 }, { 0, 2 }, { 2, 2 } };
	(void)state;
	for (unsigned bit = 0; bit < 8 * 6 * 4 * 2 * 2; bit++) {
		unsigned io = bit / 48 % 4, sc = bit / 192 % 2, response = bit / 384;
		init(ios[io][0], ios[io][1], sc, false);
		start();
		uint8_t *pdu = until(response ? a() : b(), response ? SMP_PAIRING_RSP : SMP_PAIRING_REQ);
		assert_non_null(pdu);
		pdu[1 + bit % 48 / 8] ^= (uint8_t)(1u << bit % 8);
		pair_run(&p);
		pair_pass(&p, 30000000); /* one of both may wait for a user whom nobody has asked */
		unsigned octet = bit % 48 / 8;
		bool bound = !sc || octet < 3; /* f6 sees three of the six, c1 all */
		for (unsigned i = 0; i < 2; i++) {
			const struct side *s = &p.side[i];
			if (s->ended && !s->result.err) {
				assert_false(bound);
				assert_int_equal(smp_level(&s->result.strength), io == 0 ? 2 : sc ? 4 : 3);
			}
		}
		assert_true(a()->ended == 1 && b()->ended == 1);
		if (bound)
			assert_true(a()->result.err && b()->result.err);
	}
	/* RFU bits and LinkKey honestly sent: not repeated, and part of what is confirmed */
	init(3, 3, true, false);
	pair_inject(b(), OCTETS(SMP_PAIRING_REQ, 3, 0, 0xC9, 16, 0xF8 | 7, 0xF8 | 7));
	assert_memory_equal(b()->last, ((uint8_t[]){ SMP_PAIRING_RSP, 3, 0, 0x09, 16, 7, 7 }), 7);
	assert_int_equal(b()->link.preq[3], 0xC9);
	/* SMP-020: values that are reserved */
	static const uint8_t bad[][2] = { { 1, 5 }, { 1, 255 }, { 2, 2 }, { 2, 255 } };
	for (unsigned i = 0; i < 4; i++) {
		init(3, 3, true, false);
		start();
		until(b(), SMP_PAIRING_REQ)[bad[i][0]] = bad[i][1];
		refused_by(b(), SMP_ERR_INVALID_PARAMETERS);
	}
	/* keys that we have not offered */
	init(3, 3, true, false);
	a()->smp.config.responder_keys = SMP_DIST_ID;
	start();
	until(a(), SMP_PAIRING_RSP)[6] = SMP_DIST_ID | SMP_DIST_SIGN;
	refused_by(a(), SMP_ERR_INVALID_PARAMETERS);
}

/* SMP-014, GAP-013: who has no legacy pairing does none; who wants more than there is refuses. */
static void test_smp_014_only_sc(void **state)
{
	(void)state;
	for (unsigned victim = 0; victim < 2; victim++) {
		init(4, 4, true, false);
		p.side[victim].smp.config.legacy = NULL;
		p.side[!victim].smp.config.sc = NULL;
		start();
		refused_by(&p.side[victim], SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		init(4, 4, true, false); /* GAP-010: the host's say */
		p.side[victim].may_reason = SMP_ERR_AUTHENTICATION_REQUIREMENTS;
		start();
		refused_by(&p.side[victim], SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		init(4, 4, true, false); /* one of both without Secure Connections */
		p.side[victim].smp.config.sc = NULL;
		start();
		succeeded();
		assert_int_equal(smp_level(&a()->result.strength), 3);
	}
	init(4, 4, true, false);
	b()->smp.config.sc = NULL;
	b()->smp.config.legacy = NULL;
	assert_int_equal(smp_pair(&b()->link), BLE_ENOTSUP);
	start();
	pair_run(&p);
	failed(a(), SMP_ERR_PAIRING_NOT_SUPPORTED, true);
	assert_int_equal(b()->ended, 0);
	init(0, 2, true, false); /* a model that is not linked */
	b()->smp.config.passkey = NULL;
	start();
	refused_by(b(), SMP_ERR_PAIRING_NOT_SUPPORTED);
}

/* SMP-019: each code with 0 to 79 octets, idle and while a response is awaited. */
static void test_smp_019(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * 256 * 80; i++) {
		unsigned len = i % 80, code = i / 80 % 256, pairing = i / (80 * 256);
		uint8_t pdu[80] = { (uint8_t)code };
		if (code > 0x10 && code < 0xFF)
			continue;
		init(3, 3, true, false);
		if (pairing)
			start();
		struct side *s = &p.side[pairing ? A : B];
		pair_inject(s, pdu, len);
		assert_true(s->ended <= 1 && s->sent <= 2);
		if (!len || !code || code >= SMP_CODE_COUNT)
			assert_int_equal(s->sent, pairing);
	}
}

/* SMP-026 */
static void test_smp_026(void **state)
{
	static uint8_t keys[1000][32];
	(void)state;
	pair_init(&p, 3, true);
	for (unsigned n = 0; n < 1000; n++) {
		start();
		assert_non_null(until(b(), SMP_PUBLIC_KEY));
		memcpy(keys[n], a()->link.op.public_key, 32);
		for (unsigned i = 0; i < n; i++)
			assert_memory_not_equal(keys[i], keys[n], 32);
		if (n & 1) {
			pair_run(&p);
		} else { /* broken off is also over */
			assert_int_equal(smp_cancel(&a()->link, SMP_ERR_UNSPECIFIED_REASON), 0);
			pair_run(&p);
		}
	}
}

static uint8_t stuck;

static void stuck_random(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	memset(dst, stuck, len);
}

/* SMP-027: a generator that says always the same. Some of it is no secret of the curve; nothing of it is a secret. */
static void test_smp_027(void **state)
{
	static const uint8_t always[] = { 0x00, 0xFF, 0x01, 0x5A };
	(void)state;
	for (unsigned i = 0; i < 4 * 2 * 2 * 2; i++) {
		struct side *victim = &p.side[i / 4 % 2];
		bool sc = i / 8 % 2, passkey = i / 16;
		stuck = always[i % 4];
		init(passkey ? 2 : 3, passkey ? 2 : 3, sc, true);
		victim->platform.random = stuck_random;
		start();
		refused_by(victim, SMP_ERR_UNSPECIFIED_REASON);
	}
}

/* SMP-025: the key of Vol 6 Part C 1, in either order. */
static void test_smp_025(void **state)
{
	static const char sample[] = "4C68384139F574D836BCF34E9DFB01BF";
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct side *victim = &p.side[i / 2];
		uint8_t key[16];
		init(3, 3, false, false);
		start();
		uint8_t *pdu = until(victim, SMP_ENCRYPTION_INFO);
		put(key, sample);
		if (i % 2)
			crypto_turn(pdu + 1, key, 16);
		else
			memcpy(pdu + 1, key, 16);
		pair_run(&p);
		failed(victim, SMP_ERR_KEY_REJECTED, false);
	}
}

/* SMP-033: OOB data that we have not, that is old, that is another's, or nothing. */
static void test_smp_033(void **state)
{
	struct smp_oob old;
	(void)state;
	init(3, 3, true, false); /* the peer says that it has ours, and there are none */
	a()->oob.have_theirs = true;
	start();
	refused_by(b(), SMP_ERR_OOB_NOT_AVAILABLE);
	init(3, 3, true, false); /* wrong r */
	assert_int_equal(smp_oob_make(&b()->smp, &b()->oob), 0);
	a()->oob.have_theirs = true;
	memcpy(a()->oob.their_c, b()->oob.c, 16);
	memcpy(a()->oob.their_r, b()->oob.r, 16);
	a()->oob.their_r[3] ^= 1;
	start();
	refused_by(a(), SMP_ERR_CONFIRM_VALUE_FAILED);
	init(3, 3, true, false); /* right, and once */
	assert_int_equal(smp_oob_make(&b()->smp, &b()->oob), 0);
	a()->oob.have_theirs = true;
	memcpy(a()->oob.their_c, b()->oob.c, 16);
	memcpy(a()->oob.their_r, b()->oob.r, 16);
	a()->oob.peer = b()->smp.identity;
	old = a()->oob;
	start();
	succeeded();
	assert_false(a()->oob.have_theirs || b()->oob.have_ours);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(b()->oob.r[i], 0);
	a()->oob = old; /* replayed */
	a()->ended = b()->ended = 0;
	p.encrypted = false;
	start();
	refused_by(b(), SMP_ERR_OOB_NOT_AVAILABLE);
	init(3, 3, false, false); /* of another address: not used */
	a()->oob = b()->oob = (struct smp_oob){ .have_tk = true, .tk = { 1 }, .peer = { 1, { 9 } } };
	start();
	succeeded();
	assert_int_equal(a()->result.method, SMP_JUST_WORKS);
	init(3, 3, false, false); /* a TK of zeroes is no secret */
	a()->oob = b()->oob = (struct smp_oob){ .have_tk = true };
	start();
	refused_by(b(), SMP_ERR_OOB_NOT_AVAILABLE);
}

/* SMP-036, and 2.4.6. */
static void test_smp_036(void **state)
{
	(void)state;
	init(4, 4, true, false);
	assert_int_equal(smp_pair(&b()->link), 0);
	pair_run(&p);
	assert_int_equal(a()->requested, 1);
	assert_int_equal(a()->requested_auth, SMP_AUTH_BONDING | SMP_AUTH_MITM | SMP_AUTH_SC);
	start();
	while (pair_step(&p))
		if (smp_is_pairing(&a()->link))
			for (unsigned i = 0; i < 20; i++)
				pair_inject(a(), OCTETS(SMP_SECURITY_REQ, 0xFF));
	succeeded();
	assert_int_equal(a()->requested, 1);
}

/* LL-080, LL-082, SMP-043: no key but the right one, and that only when it is ready. */
static void test_smp_043(void **state)
{
	uint8_t key[16];
	(void)state;
	for (unsigned sc = 0; sc < 2; sc++) {
		init(3, 3, sc, false);
		b()->bond = true;
		assert_true(smp_key_request(&b()->link, 0, 0, key));
		start();
		while (!p.wants_encryption) {
			if (smp_is_pairing(&b()->link) && b()->link.state != SMP_R_ENCRYPT) {
				assert_false(smp_key_request(&b()->link, 0, 0, key));
				assert_false(smp_key_request(&b()->link, 7, 7, key));
				smp_encrypted(&b()->link, 0); /* with whatever key: not with ours */
				assert_int_equal(b()->ended, 0);
			}
			assert_true(pair_step(&p));
		}
		smp_encrypted(&b()->link, 0);
		assert_int_equal(b()->link.state, SMP_R_ENCRYPT);
		assert_false(smp_key_request(&b()->link, 1, 0, key));
		assert_false(smp_key_request(&b()->link, 0, 1, key));
		assert_false(smp_key_request(&a()->link, 0, 0, key));
		succeeded();
	}
	init(3, 3, true, false); /* LL-088: after Pairing Failed nothing is left */
	start();
	while (!p.wants_encryption)
		assert_true(pair_step(&p));
	p.wants_encryption = false;
	pair_inject(b(), OCTETS(SMP_PAIRING_FAILED, 8));
	assert_false(smp_key_request(&b()->link, 0, 0, key));
}

/* A link that cannot be encrypted: both are told. */
static void test_not_encrypted(void **state)
{
	(void)state;
	init(3, 3, true, false);
	start();
	while (!p.wants_encryption)
		assert_true(pair_step(&p));
	p.key[3] ^= 1;
	pair_run(&p);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p.side[i].result.err, BLE_EHCI(0x3D));
		assert_true(pair_is_clean(&p.side[i]));
	}
}

/* No room, now and then or for long: the same pairing, only later. And who answers what we have not said is refused. */
static void test_no_room(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		init(i & 2 ? 4 : 0, i & 2 ? 4 : 2, i & 1, false);
		start();
		for (unsigned steps = 0; !(a()->ended && b()->ended); steps++) {
			if (steps % (4 + i / 50) == 0)
				p.side[(steps + i) % 2].deaf = 1 + i % 2;
			if (!pair_step(&p))
				pair_pass(&p, 10000);
		}
		succeeded();
	}
	init(3, 3, true, false);
	b()->deaf = 1;
	start();
	pair_run(&p); /* the Pairing Response is still here */
	pair_inject(b(), (uint8_t[65]){ SMP_PUBLIC_KEY, 1, 2, 3 }, 65);
	failed(b(), SMP_ERR_UNSPECIFIED_REASON, false);
	init(3, 3, true, false); /* after a time-out nothing is sent any more, not even what had no room: Vol 3 Part H 3.4 */
	b()->deaf = UINT32_MAX;
	start();
	pair_run(&p);
	for (unsigned i = 0; i < 31; i++)
		pair_pass(&p, 1000000);
	assert_int_equal(b()->result.err, BLE_ETIMEOUT);
	b()->deaf = 0;
	smp_pump(&b()->link);
	assert_int_equal(b()->sent, 0);
}

/* A long term key of the peer's that is longer than was agreed on is shortened: 2.3.4. */
static void test_peer_key_is_shortened(void **state)
{
	static const uint8_t longer[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }, want[16] = { 1, 2, 3, 4, 5, 6, 7 };
	(void)state;
	init(3, 3, false, false);
	a()->smp.config.key_min = b()->smp.config.key_min = b()->smp.config.key_max = 7;
	a()->smp.config.initiator_keys = b()->smp.config.initiator_keys = SMP_DIST_ENC;
	a()->smp.config.responder_keys = b()->smp.config.responder_keys = 0;
	start();
	uint8_t *pdu = until(b(), SMP_ENCRYPTION_INFO);
	assert_non_null(pdu);
	memcpy(pdu + 1, longer, sizeof longer);
	pair_run(&p);
	assert_int_equal(b()->ended, 1);
	assert_int_equal(b()->result.err, 0);
	assert_memory_equal(b()->theirs.ltk, want, 16);
}

static unsigned good;

static int failing_aes(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx;
	if (good) {
		good--;
		return ble_crypto_psa.aes128(NULL, key, in, out);
	}
	memset(out, 0, 16);
	return BLE_EIO;
}

/* Wherever the cipher gives up, the pairing fails, cleanly, and nobody ends with a key. */
static void test_broken_cipher(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 6; kind++) {
		bool sc = kind & 1;
		uint8_t io_a = kind < 2 ? 3 : kind < 4 ? 4 : 0, io_b = kind < 2 ? 3 : kind < 4 ? 4 : 2;
		for (unsigned n = 0;; n++) {
			init(io_a, io_b, sc, false);
			b()->crypto.aes128 = failing_aes;
			good = n;
			start();
			pair_run(&p);
			if (good)
				break; /* it has been enough */
			if (b()->ended && !b()->result.err)
				break;
			failed(b(), SMP_ERR_UNSPECIFIED_REASON, false);
			assert_false(p.encrypted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_smp_002_007_008), TEST(test_debug), TEST(test_smp_004_005), TEST(test_smp_006_024),
		TEST(test_smp_009), TEST(test_wrong), TEST(test_smp_012), TEST(test_smp_015_017_020), TEST(test_smp_014_only_sc),
		TEST(test_smp_019), TEST(test_smp_025), TEST(test_smp_026), TEST(test_smp_027), TEST(test_smp_033), TEST(test_smp_036),
		TEST(test_smp_043), TEST(test_not_encrypted), TEST(test_no_room), TEST(test_peer_key_is_shortened), TEST(test_broken_cipher),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
