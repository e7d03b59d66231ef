/*
 * CCM as the link layer uses it (RFC 3610 with M = 4, L = 2; Vol 6 Part E 2): one octet of associated data, a payload of
 * up to 251 octets. Everything here is in the order of AES, in which the specification defines nonce and blocks.
 */
#include "crypto/crypto.h"

#include <string.h>

enum {
	FLAGS_MAC = 0x49,     /* with associated data, a MIC of 4 octets, a length of 2: RFC 3610 2.2 */
	FLAGS_COUNTER = 0x01, /* 2.3 */
	HEADER_MASK = 0xE3,   /* without NESN, SN and MD: Vol 6 Part E 2.1, table 2.2 */
};

/* Flags, nonce, and the two octets behind it. */
static void block_of(const struct ble_radio_ccm *ccm, uint8_t flags, size_t tail, uint8_t block[16])
{
	block[0] = flags;
	for (unsigned i = 0; i < 5; i++)
		block[1 + i] = (uint8_t)(ccm->counter >> 8 * i);
	block[5] = (uint8_t)((block[5] & 0x7F) | (ccm->from_central ? 0x80 : 0));
	memcpy(block + 6, ccm->iv, 8);
	block[14] = (uint8_t)(tail >> 8);
	block[15] = (uint8_t)tail;
}

static int encrypt(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t block[16])
{
	return crypto->aes128(crypto->ctx, ccm->key, block, block);
}

/* CBC-MAC over lengths, header and payload. */
static int authenticate(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t first,
	const uint8_t *payload, size_t len, uint8_t sum[16])
{
	block_of(ccm, FLAGS_MAC, len, sum);
	int err = encrypt(crypto, ccm, sum);
	sum[1] ^= 1; /* one octet of associated data */
	sum[2] ^= first & HEADER_MASK;
	if (!err)
		err = encrypt(crypto, ccm, sum);
	for (size_t i = 0; i < len && !err; i++) {
		sum[i % 16] ^= payload[i];
		if (i % 16 == 15 || i + 1 == len)
			err = encrypt(crypto, ccm, sum);
	}
	return err;
}

/* Counter mode; the first block goes into mic. */
static int apply(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t *payload, size_t len,
	uint8_t mic[CRYPTO_MIC])
{
	uint8_t block[16];
	block_of(ccm, FLAGS_COUNTER, 0, block);
	int err = encrypt(crypto, ccm, block);
	for (unsigned i = 0; i < CRYPTO_MIC; i++)
		mic[i] ^= block[i];
	for (size_t i = 0; i < len && !err; i++) {
		if (i % 16 == 0) {
			block_of(ccm, FLAGS_COUNTER, i / 16 + 1, block);
			err = encrypt(crypto, ccm, block);
		}
		payload[i] ^= block[i % 16];
	}
	crypto_wipe(block, sizeof block);
	return err;
}

int crypto_ccm_encrypt(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t first, uint8_t *payload,
	size_t len, uint8_t mic[CRYPTO_MIC])
{
	uint8_t sum[16];
	int err = authenticate(crypto, ccm, first, payload, len, sum);
	if (!err)
		err = apply(crypto, ccm, payload, len, sum);
	memcpy(mic, sum, CRYPTO_MIC);
	crypto_wipe(sum, sizeof sum);
	if (err)
		memset(payload, 0, len);
	return err;
}

bool crypto_ccm_decrypt(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t first, uint8_t *payload,
	size_t len, const uint8_t mic[CRYPTO_MIC])
{
	uint8_t sum[16], theirs[CRYPTO_MIC];
	memcpy(theirs, mic, CRYPTO_MIC);
	int err = apply(crypto, ccm, payload, len, theirs);
	if (!err)
		err = authenticate(crypto, ccm, first, payload, len, sum);
	bool right = !err && crypto_same(sum, theirs, CRYPTO_MIC);
	crypto_wipe(sum, sizeof sum);
	if (!right)
		memset(payload, 0, len);
	return right;
}
