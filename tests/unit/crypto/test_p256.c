/*
 * The curve of the hosted port: sample data of the Core Specification and of NIST, the debug key, and what a peer may send
 * instead of a point.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "crypto/crypto.h"

#include <string.h>

#define A_SECRET "3f49f6d4a3c55f3874c9b3e3d2103f504aff607beb40b7995899b8a6cd3c1abd"
#define A_X "20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6"
#define A_Y "dc809c49652aeb6d63329abf5a52155c766345c28fed3024741c8ed01589d28b"
#define B_SECRET "55188b3d32f6bb9a900afcfbeed4e72a59cb9ac2f19d7cfb6b4fdd49f47fc5fd"
#define B_X "1ea1f0f01faf1d9609592284f19e4c0047b58afd8615a69f559077b22faaa190"
#define B_Y "4c55f33e429dad377356703a9ab85160472d1130e28e36765f89aff915b1214a"
#define P "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define NULL32 "0000000000000000000000000000000000000000000000000000000000000000"

static void put(const char *hex, uint8_t *out, size_t len)
{
	assert_int_equal(strlen(hex), 2 * len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
}

static int told, calls;

static void done(struct ble_p256 *op, int err)
{
	(void)op;
	told = err;
	calls++;
}

static struct ble_p256 op_of(const char *secret, const char *x, const char *y)
{
	struct ble_p256 op = { .done = done };
	put(secret, op.secret, 32);
	put(x, op.peer, 32);
	put(y, op.peer + 32, 32);
	calls = 0;
	return op;
}

static int run_public(struct ble_p256 *op)
{
	assert_int_equal(ble_crypto_psa.p256_public(ble_crypto_psa.ctx, op), 0);
	assert_int_equal(calls, 1);
	return told;
}

static int run_shared(struct ble_p256 *op)
{
	assert_int_equal(ble_crypto_psa.p256_shared(ble_crypto_psa.ctx, op), 0);
	assert_int_equal(calls, 1);
	return told;
}

static const struct {
	const char *source, *secret, *x, *y, *peer_x, *peer_y, *shared;
} rows[] = {
	{ "Core Vol 2 Part G 7.1.2.1, device A", A_SECRET, A_X, A_Y, B_X, B_Y,
		"ec0234a357c8ad05341010a60a397d9b99796b13b4f866f1868d34f373bfa698" },
	{ "Core Vol 2 Part G 7.1.2.1, device B", B_SECRET, B_X, B_Y, A_X, A_Y,
		"ec0234a357c8ad05341010a60a397d9b99796b13b4f866f1868d34f373bfa698" },
	{ "NIST CAVS 14.1 ECC CDH P-256, COUNT = 0", "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
		"ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230",
		"28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141",
		"700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287",
		"db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
		"46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b" },
};

static void test_smp_041_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t want[64], shared[32];
		struct ble_p256 op = op_of(rows[i].secret, rows[i].peer_x, rows[i].peer_y);
		put(rows[i].x, want, 32);
		put(rows[i].y, want + 32, 32);
		put(rows[i].shared, shared, 32);
		assert_int_equal(run_public(&op), 0);
		assert_memory_equal(op.public_key, want, 64);
		calls = 0;
		assert_int_equal(run_shared(&op), 0);
		assert_memory_equal(op.shared, shared, 32);
	}
}

/* Vol 3 Part H 2.3.5.6.1: the same key pair as device A's. */
static void test_debug_key(void **state)
{
	(void)state;
	struct ble_p256 op = op_of(A_SECRET, B_X, B_Y);
	assert_memory_equal(op.secret, crypto_debug_secret, 32);
	assert_int_equal(run_public(&op), 0);
	assert_memory_equal(op.public_key, crypto_debug_x, 32);
}

static void test_secrets(void **state)
{
	static const char *const bad[] = { NULL32, N, P };
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct ble_p256 op = op_of(bad[i], B_X, B_Y);
		assert_int_equal(run_public(&op), BLE_EINVAL);
		calls = 0;
		assert_int_equal(run_shared(&op), BLE_EINVAL);
	}
}

/* CVE-2018-5383 and its family. */
static void test_no_points(void **state)
{
	static const char *const bad[][2] = {
		{ NULL32, NULL32 }, { A_X, NULL32 }, { NULL32, A_Y }, { A_X, B_Y }, { P, A_Y }, { A_X, P }, { A_Y, A_X },
		/* A's y plus one */
		{ A_X, "dc809c49652aeb6d63329abf5a52155c766345c28fed3024741c8ed01589d28c" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		static const uint8_t nothing[32];
		struct ble_p256 op = op_of(B_SECRET, bad[i][0], bad[i][1]);
		assert_int_equal(run_shared(&op), BLE_EINVAL);
		assert_memory_equal(op.shared, nothing, 32);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smp_041_samples),
		cmocka_unit_test(test_debug_key),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_no_points),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
