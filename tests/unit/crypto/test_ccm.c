/*
 * The link layer's CCM: the sample session of Vol 6 Part C 1, the lengths at the edges, and that nothing but the right
 * packet at its right place is taken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "crypto/crypto.h"

#include <string.h>

#define CRYPTO (&ble_crypto_psa)

enum { OCTETS = 260 };

static size_t put(const char *hex, uint8_t *out)
{
	size_t len = strlen(hex) / 2;
	for (size_t i = 0; i < len; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
	return len;
}

/* Header, ciphertext and MIC as on the air; the plaintext. Counters count each direction's own. */
static const struct {
	bool from_central;
	uint64_t counter;
	const char *packet, *plain;
} sample[] = {
	{ true, 0, "0f059fcda7f448", "06" },
	{ false, 0, "0705a34c13a415", "06" },
	{ true, 1, "0e1f7a70d66415226df26b17839a060405596bd6564f796b5b9ce6ff32f75a6d33",
		"170063646566676869" "6a6b6c6d6e6f707131323334353637383930" },
	{ false, 1, "061ff38881e7bd94c9c369b9a66846dd4786aa8c39ce540d0dae3adcdf89b96088",
		"17003736353433323130" "4142434445464748494a4b4c4d4e4f5051" },
};

static struct ble_radio_ccm session(void)
{
	struct ble_radio_ccm ccm;
	put("99ad1b5226a37e3e058e3b8e27c2c666", ccm.key);
	put("24abdcbabebaafde", ccm.iv);
	return ccm;
}

static void test_smp_041_sample(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
		struct ble_radio_ccm ccm = session();
		uint8_t packet[OCTETS], plain[OCTETS], data[OCTETS], mic[4];
		size_t len = put(sample[i].plain, plain);
		assert_int_equal(put(sample[i].packet, packet), 2 + len + 4);
		ccm.counter = sample[i].counter;
		ccm.from_central = sample[i].from_central;
		memcpy(data, plain, len);
		assert_int_equal(crypto_ccm_encrypt(CRYPTO, &ccm, packet[0], data, len, mic), 0);
		assert_memory_equal(data, packet + 2, len);
		assert_memory_equal(mic, packet + 2 + len, 4);
		assert_true(crypto_ccm_decrypt(CRYPTO, &ccm, packet[0], data, len, mic));
		assert_memory_equal(data, plain, len);
		/* sent again: NESN, SN and MD may be others, the LLID not */
		memcpy(data, packet + 2, len);
		assert_true(crypto_ccm_decrypt(CRYPTO, &ccm, packet[0] ^ 0x1C, data, len, mic));
		assert_memory_equal(data, plain, len);
		memcpy(data, packet + 2, len);
		assert_false(crypto_ccm_decrypt(CRYPTO, &ccm, packet[0] ^ 0x01, data, len, mic));
	}
}

/* Every single bit of packet, counter, direction, key and IV; and what is wrong leaves no plaintext. */
static void test_wrong(void **state)
{
	static const uint8_t nothing[OCTETS];
	uint8_t packet[OCTETS], data[OCTETS];
	size_t len = put(sample[2].packet, packet) - 2 - 4;
	(void)state;
	for (unsigned bit = 0; bit < 8 * (len + 4) + 40 + 128 + 64; bit++) {
		struct ble_radio_ccm ccm = session();
		uint8_t wrong[OCTETS];
		unsigned at = bit, in_packet = (unsigned)(8 * (len + 4));
		memcpy(wrong, packet, sizeof wrong);
		ccm.counter = 1;
		ccm.from_central = true;
		if (at < in_packet)
			wrong[2 + at / 8] ^= (uint8_t)(1u << at % 8);
		else if ((at -= in_packet) < 39)
			ccm.counter ^= UINT64_C(1) << at;
		else if (at == 39)
			ccm.from_central = false;
		else if ((at -= 40) < 128)
			ccm.key[at / 8] ^= (uint8_t)(1u << at % 8);
		else
			ccm.iv[(at - 128) / 8] ^= (uint8_t)(1u << at % 8);
		memcpy(data, wrong + 2, len);
		assert_false(crypto_ccm_decrypt(CRYPTO, &ccm, packet[0], data, len, wrong + 2 + len));
		assert_memory_equal(data, nothing, len);
	}
}

/* Whole blocks, one less, one more, the longest payload: there and back, and the neighbour stays as it is. */
static void test_lengths(void **state)
{
	static const size_t lengths[] = { 1, 15, 16, 17, 31, 32, 33, 250, 251 };
	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct ble_radio_ccm ccm = session();
		uint8_t data[OCTETS], mic[4];
		ccm.counter = UINT64_C(0x7FFFFFFFFF);
		ccm.from_central = i & 1;
		memset(data, 0x5A, sizeof data);
		assert_int_equal(crypto_ccm_encrypt(CRYPTO, &ccm, 2, data, lengths[i], mic), 0);
		assert_int_equal(data[lengths[i]], 0x5A);
		assert_true(crypto_ccm_decrypt(CRYPTO, &ccm, 2, data, lengths[i], mic));
		for (size_t k = 0; k < sizeof data; k++)
			assert_int_equal(data[k], 0x5A);
	}
}

/* A cipher that fails encrypts nothing: neither the payload nor a part of it goes out in clear. */
static int broken(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	unsigned *left = ctx;
	(void)key, (void)in;
	memset(out, 0x77, 16);
	if (!*left)
		return BLE_EIO;
	--*left;
	return 0;
}

static void test_failure(void **state)
{
	static const uint8_t nothing[40];
	(void)state;
	for (unsigned good = 0; good < 9; good++) { /* two, three for 40 octets; then four */
		unsigned left = good;
		struct ble_crypto crypto = { .ctx = &left, .aes128 = broken };
		struct ble_radio_ccm ccm = session();
		uint8_t data[40], mic[4];
		memset(data, 1, sizeof data);
		ccm.counter = 0;
		ccm.from_central = true;
		assert_int_equal(crypto_ccm_encrypt(&crypto, &ccm, 2, data, sizeof data, mic), BLE_EIO);
		assert_memory_equal(data, nothing, sizeof data);
		left = good;
		assert_false(crypto_ccm_decrypt(&crypto, &ccm, 2, data, sizeof data, mic));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smp_041_sample),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
