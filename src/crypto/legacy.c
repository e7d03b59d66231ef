/*
 * The functions on the bare block cipher: e, ah (addresses), and c1 and s1 of legacy pairing. Vol 3 Part H 2.2.1 to 2.2.4.
 */
#include "crypto/crypto.h"

#include <string.h>

int crypto_e(const struct ble_crypto *crypto, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	uint8_t k[16], block[16];
	crypto_turn(k, key, 16);
	crypto_turn(block, in, 16);
	int err = crypto->aes128(crypto->ctx, k, block, block);
	crypto_turn(out, block, 16);
	crypto_wipe(k, sizeof k);
	crypto_wipe(block, sizeof block);
	return err;
}

int crypto_ah(const struct ble_crypto *crypto, const uint8_t irk[16], const uint8_t prand[3], uint8_t hash[3])
{
	uint8_t block[16] = { prand[0], prand[1], prand[2] };
	int err = crypto_e(crypto, irk, block, block);
	memcpy(hash, block, 3);
	return err;
}

static void xor_block(uint8_t *dst, const uint8_t *src)
{
	for (unsigned i = 0; i < 16; i++)
		dst[i] ^= src[i];
}

int crypto_c1(const struct ble_crypto *crypto, const uint8_t tk[16], const uint8_t rand[16], const struct crypto_c1 *p,
	uint8_t confirm[16])
{
	/* p1 = pres || preq || rat' || iat', p2 = padding || ia || ra, the least significant octet first */
	uint8_t p1[16] = { p->ia.type & 1, p->ra.type & 1 }, p2[16] = { 0 };
	memcpy(p1 + 2, p->preq, 7);
	memcpy(p1 + 9, p->pres, 7);
	memcpy(p2, p->ra.octets, 6);
	memcpy(p2 + 6, p->ia.octets, 6);
	xor_block(p1, rand);
	int err = crypto_e(crypto, tk, p1, confirm);
	xor_block(confirm, p2);
	if (!err)
		err = crypto_e(crypto, tk, confirm, confirm);
	crypto_wipe(p1, sizeof p1);
	return err;
}

int crypto_s1(const struct ble_crypto *crypto, const uint8_t tk[16], const uint8_t r1[16], const uint8_t r2[16],
	uint8_t stk[16])
{
	uint8_t r[16]; /* the less significant halves, r1's above */
	memcpy(r, r2, 8);
	memcpy(r + 8, r1, 8);
	int err = crypto_e(crypto, tk, r, stk);
	crypto_wipe(r, sizeof r);
	return err;
}
