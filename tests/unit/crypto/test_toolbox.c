/*
 * The toolbox against the sample data of those who defined it. A row is a function, where its numbers come from, its
 * arguments and what it gives, all as printed there: most significant octet first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <ble/platform.h>

#include "crypto/crypto.h"

#include <string.h>

#define CRYPTO (&ble_crypto_psa)
#define DEBUG_X "20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6"
#define SAMPLE_V "55188b3d32f6bb9a900afcfbeed4e72a59cb9ac2f19d7cfb6b4fdd49f47fc5fd"
#define SAMPLE_W "ec0234a357c8ad05341010a60a397d9b99796b13b4f866f1868d34f373bfa698"
#define SAMPLE_N1 "d5cb8454d177733effffb2ec712baeab"
#define SAMPLE_N2 "a6e8e7cc25a75f6e216583f7ff3dc4cf"
#define RFC_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define ZERO "00000000000000000000000000000000"

enum { ARGS = 8, OCTETS = 80 };

/* An argument: its octets as printed, and in the order of the air. */
struct octets {
	uint8_t big[OCTETS], air[OCTETS];
	size_t len;
};

static struct octets octets_of(const char *hex)
{
	struct octets o = { .len = strlen(hex) / 2 };
	assert_true(o.len <= OCTETS);
	for (size_t i = 0; i < o.len; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &o.big[i]), 1);
	crypto_turn(o.air, o.big, o.len);
	return o;
}

static struct ble_addr address(const struct octets *o) /* type in front */
{
	struct ble_addr a = { .type = o->big[0] };
	memcpy(a.octets, o->air, 6);
	return a;
}

/* Each gives octets in the order of the air. */
typedef int row_fn(const struct octets *a, uint8_t *out);

static int run_aes(const struct octets *a, uint8_t *out)
{
	return crypto_e(CRYPTO, a[0].air, a[1].air, out);
}

static int run_cmac(const struct octets *a, uint8_t *out)
{
	struct crypto_cmac m;
	uint8_t mac[16];
	crypto_cmac_begin(&m, CRYPTO, a[0].big);
	crypto_cmac_add(&m, a[1].big, a[1].len / 3); /* in pieces */
	crypto_cmac_add(&m, a[1].big + a[1].len / 3, a[1].len - a[1].len / 3);
	int err = crypto_cmac_end(&m, mac);
	crypto_turn(out, mac, 16);
	return err;
}

static int run_ah(const struct octets *a, uint8_t *out)
{
	return crypto_ah(CRYPTO, a[0].air, a[1].air, out);
}

static int run_c1(const struct octets *a, uint8_t *out)
{
	struct crypto_c1 p = { .preq = a[2].air, .pres = a[3].air, .ia = { .type = a[4].big[0] },
		.ra = { .type = a[6].big[0] } };
	memcpy(p.ia.octets, a[5].air, 6);
	memcpy(p.ra.octets, a[7].air, 6);
	return crypto_c1(CRYPTO, a[0].air, a[1].air, &p, out);
}

static int run_s1(const struct octets *a, uint8_t *out)
{
	return crypto_s1(CRYPTO, a[0].air, a[1].air, a[2].air, out);
}

static int run_f4(const struct octets *a, uint8_t *out)
{
	return crypto_f4(CRYPTO, a[0].air, a[1].air, a[2].air, a[3].big[0], out);
}

static int run_f5(const struct octets *a, uint8_t *out) /* LTK and, below it, MacKey */
{
	struct ble_addr a1 = address(&a[3]), a2 = address(&a[4]);
	return crypto_f5(CRYPTO, a[0].air, a[1].air, a[2].air, &a1, &a2, out, out + 16);
}

static int run_f6(const struct octets *a, uint8_t *out)
{
	struct ble_addr a1 = address(&a[5]), a2 = address(&a[6]);
	return crypto_f6(CRYPTO, a[0].air, a[1].air, a[2].air, a[3].air, a[4].air, &a1, &a2, out);
}

static int run_g2(const struct octets *a, uint8_t *out)
{
	uint32_t number;
	int err = crypto_g2(CRYPTO, a[0].air, a[1].air, a[2].air, a[3].air, &number);
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(number >> 8 * i);
	return err;
}

static int run_h6(const struct octets *a, uint8_t *out)
{
	return crypto_h6(CRYPTO, a[0].air, a[1].air, out);
}

static int run_h7(const struct octets *a, uint8_t *out)
{
	return crypto_h7(CRYPTO, a[0].air, a[1].air, out);
}

static const struct {
	const char *source;
	row_fn *run;
	const char *args[ARGS];
	const char *out;
} rows[] = {
	{ "FIPS 197 C.1", run_aes, { "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff" },
		"69c4e0d86a7b0430d8cdb78070b4c55a" },
	{ "Core Vol 6 Part C 1 (session key)", run_aes,
		{ "4c68384139f574d836bcf34e9dfb01bf", "0213243546576879acbdcedfe0f10213" },
		"99ad1b5226a37e3e058e3b8e27c2c666" },
	{ "RFC 4493 4 example 1", run_cmac, { RFC_KEY, "" }, "bb1d6929e95937287fa37d129b756746" },
	{ "RFC 4493 4 example 2", run_cmac, { RFC_KEY, "6bc1bee22e409f96e93d7e117393172a" },
		"070a16b46b4d4144f79bdd9dd04a287c" },
	{ "RFC 4493 4 example 3", run_cmac, { RFC_KEY,
		"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411" },
		"dfa66747de9ae63030ca32611497c827" },
	{ "RFC 4493 4 example 4", run_cmac, { RFC_KEY,
		"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710" },
		"51f0bebf7e3b9d92fc49741779363cfe" },
	{ "Core Vol 3 Part H 2.2.3", run_c1, { ZERO, "5783d52156ad6f0e6388274ec6702ee0", "07071000000101",
		"05000800000302", "01", "a1a2a3a4a5a6", "00", "b1b2b3b4b5b6" },
		"1e1e3fef878988ead2a74dc5bef13b86" },
	{ "Core Vol 3 Part H 2.2.4", run_s1,
		{ ZERO, "000f0e0d0c0b0a091122334455667788", "010203040506070899aabbccddeeff00" },
		"9a1fe1f0e8b0f49b5b4216ae796da062" },
	{ "Core Vol 3 Part H D.2", run_f4, { DEBUG_X, SAMPLE_V, SAMPLE_N1, "00" },
		"f2c916f107a9bd1cf1eda1bea974872d" },
	{ "Core Vol 3 Part H D.3", run_f5,
		{ SAMPLE_W, SAMPLE_N1, SAMPLE_N2, "0056123737bfce", "00a713702dcfc1" },
		"6986791169d7cd23980522b594750a382965f176a1084a02fd3f6a20ce636e20" },
	{ "Core Vol 3 Part H D.4", run_f6, { "2965f176a1084a02fd3f6a20ce636e20", SAMPLE_N1, SAMPLE_N2,
		"12a3343bb453bb5408da42d20c2d0fc8", "010102", "0056123737bfce", "00a713702dcfc1" },
		"e3c473989cd0e8c5d26c0b09da958f61" },
	{ "Core Vol 3 Part H D.5 (0x2f9ed5ba mod 10^6)", run_g2, { DEBUG_X, SAMPLE_V, SAMPLE_N1, SAMPLE_N2 },
		"000e523a" },
	{ "Core Vol 3 Part H D.6", run_h6, { "ec0234a357c8ad05341010a60a397d9b", "6c656272" },
		"2d9ae102e76dc91ce8d3a9e280b16399" },
	{ "Core Vol 3 Part H D.7", run_ah, { "ec0234a357c8ad05341010a60a397d9b", "708194" }, "0dfbaa" },
	{ "Core Vol 3 Part H D.8", run_h7,
		{ "000000000000000000000000746d7031", "ec0234a357c8ad05341010a60a397d9b" },
		"fb173597c6a3c0ecd2998c2a75a57011" },
};

static void test_smp_041_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct octets args[ARGS], want = octets_of(rows[i].out);
		uint8_t out[OCTETS] = { 0 };
		for (unsigned k = 0; k < ARGS; k++)
			args[k] = octets_of(rows[i].args[k] ? rows[i].args[k] : "");
		assert_int_equal(rows[i].run(args, out), 0);
		if (memcmp(out, want.air, want.len))
			fail_msg("%s", rows[i].source);
	}
}

/*
 * What BlueZ's own test asks of its signatures (unit/test-crypto.c: sign_att_1, sign_att_2, sign_att_5), all octets as on
 * the air; the last is a whole Signed Write Command, of handle 0x0012.
 */
static const struct {
	uint8_t csrk[16], message[16], mac[8];
	size_t len;
	uint32_t counter;
} signatures[] = {
	{ { 0x3C, 0x4F, 0xCF, 0x09, 0x88, 0x15, 0xF7, 0xAB, 0xA6, 0xD2, 0xAE, 0x28, 0x16, 0x15, 0x7E, 0x2B }, { 0 },
		{ 0xB3, 0xA8, 0x59, 0x41, 0x27, 0xEB, 0xC2, 0xC0 }, 0, 0 },
	{ { 0x3C, 0x4F, 0xCF, 0x09, 0x88, 0x15, 0xF7, 0xAB, 0xA6, 0xD2, 0xAE, 0x28, 0x16, 0x15, 0x7E, 0x2B },
		{ 0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96, 0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17, 0x2A },
		{ 0x27, 0x39, 0x74, 0xF4, 0x39, 0x2A, 0x23, 0x2A }, 16, 0 },
	{ { 0x50, 0x5E, 0x42, 0xDF, 0x96, 0x91, 0xEC, 0x72, 0xD3, 0x1F, 0xCD, 0xFB, 0xEB, 0x64, 0x1B, 0x61 },
		{ 0xD2, 0x12, 0x00, 0x13, 0x37 }, { 0xF1, 0x87, 0x1E, 0x93, 0x3C, 0x90, 0x0F, 0xF2 }, 5, 1 },
};

/* Vol 3 Part H 2.4.5: RFC 4493's example 2 read backwards, its last four octets being the counter. */
static void test_sign(void **state)
{
	static const char *whole = "6bc1bee22e409f96e93d7e117393172a";
	struct octets key = octets_of(RFC_KEY), m = octets_of(whole);
	struct octets mac = octets_of("070a16b46b4d4144"); /* the upper half of its AES-CMAC */
	uint8_t out[8];
	(void)state;
	assert_int_equal(crypto_sign(CRYPTO, key.air, m.air, 12, 0x6BC1BEE2, out), 0);
	assert_memory_equal(out, mac.air, 8);
	for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
		assert_int_equal(crypto_sign(CRYPTO, signatures[i].csrk, signatures[i].message, signatures[i].len,
					 signatures[i].counter, out), 0);
		assert_memory_equal(out, signatures[i].mac, 8);
	}
}

static int broken(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	unsigned *left = ctx;
	int err = *left ? 0 : BLE_EIO;
	*left -= !err;
	memset(out, err ? 0 : key[0] ^ in[0], 16);
	return err;
}

/* Wherever the cipher fails, the failure comes out, and never octets that could be taken for a key. */
static void test_failure(void **state)
{
	static const uint8_t in[32] = { 1 };
	static const struct ble_addr a;
	(void)state;
	for (unsigned good = 0; good < 16; good++) {
		unsigned left = good;
		uint8_t key[16], mac[16];
		struct ble_crypto crypto = { .ctx = &left, .aes128 = broken };
		int err = crypto_f5(&crypto, in, in, in, &a, &a, mac, key);
		assert_int_equal(err, good < 13 ? BLE_EIO : 0); /* so many blocks */
		left = good;
		err = crypto_f4(&crypto, in, in, in, 0, key);
		if (good < 6)
			assert_true(err == BLE_EIO && crypto_is_weak(key));
		else
			assert_int_equal(err, 0);
	}
}

static void test_small(void **state)
{
	uint8_t a[16] = { 1, 2, 3 }, b[16] = { 1, 2, 3 };
	(void)state;
	assert_true(crypto_same(a, b, 16));
	for (unsigned bit = 0; bit < 128; bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(crypto_same(a, b, 16));
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_false(crypto_is_weak(a));
	crypto_wipe(a, sizeof a);
	assert_true(crypto_is_weak(a));
	memset(a, 0xFF, sizeof a);
	assert_true(crypto_is_weak(a));
	a[15] = 0;
	assert_false(crypto_is_weak(a));
}

static unsigned draws_left; /* of zeroes */

static void zeroes_then_ones(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	memset(dst, draws_left ? 0 : 0xA5, len);
	draws_left -= draws_left > 0;
}

/* Core Vol 3 Part H D.7: an address of this prand and this hash is its owner's, and no other is. Octets from the last. */
static void test_private(void **state)
{
	static const uint8_t sample[6] = { 0xaa, 0xfb, 0x0d, 0x94, 0x81, 0x70 };
	uint8_t irk[16], address[6];
	struct ble_platform platform = { .random = zeroes_then_ones, .crypto = CRYPTO };
	(void)state;
	crypto_turn(irk, (const uint8_t[]){ 0xec, 0x02, 0x34, 0xa3, 0x57, 0xc8, 0xad, 0x05, 0x34, 0x10, 0x10, 0xa6, 0x0a, 0x39,
		0x7d, 0x9b }, 16);
	assert_true(crypto_is_resolvable(sample) && crypto_resolves(CRYPTO, irk, sample));
	for (unsigned bit = 0; bit < 48; bit++) {
		memcpy(address, sample, 6);
		address[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(crypto_resolves(CRYPTO, irk, address));
	}
	draws_left = 3;
	assert_int_equal(crypto_resolvable(&platform, irk, address), 0);
	assert_int_equal(address[5], 0x65);
	assert_true(crypto_resolves(CRYPTO, irk, address));
	assert_int_equal(crypto_unresolvable(&platform, address), 0);
	assert_int_equal(address[5], 0x25);
	draws_left = 4; /* a source that is none */
	assert_int_equal(crypto_resolvable(&platform, irk, address), BLE_EIO);
	draws_left = 4;
	assert_int_equal(crypto_unresolvable(&platform, address), BLE_EIO);
	platform.crypto = NULL;
	assert_int_equal(crypto_resolvable(&platform, irk, address), BLE_ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smp_041_rows),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_private),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
