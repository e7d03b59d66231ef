/*
 * AES-CMAC (RFC 4493): one block is held back, because the last one is treated otherwise. And the few things that whoever
 * handles keys needs: comparison in constant time, wiping, turning round.
 */
#include "crypto/crypto.h"

#include <string.h>

static void xor_block(uint8_t *dst, const uint8_t *src)
{
	for (unsigned i = 0; i < 16; i++)
		dst[i] ^= src[i];
}

static void encrypt(struct crypto_cmac *m, uint8_t block[16])
{
	int err = m->crypto->aes128(m->crypto->ctx, m->key, block, block);
	if (err)
		m->err = err;
}

void crypto_cmac_begin(struct crypto_cmac *m, const struct ble_crypto *crypto, const uint8_t key[16])
{
	memset(m, 0, sizeof *m);
	m->crypto = crypto;
	memcpy(m->key, key, sizeof m->key);
}

static void add_octet(struct crypto_cmac *m, uint8_t octet)
{
	if (m->have == sizeof m->block) { /* not the last one: there is more */
		xor_block(m->sum, m->block);
		encrypt(m, m->sum);
		m->have = 0;
	}
	m->block[m->have++] = octet;
}

void crypto_cmac_add(struct crypto_cmac *m, const void *data, size_t len)
{
	const uint8_t *p = data;
	for (size_t i = 0; i < len; i++)
		add_octet(m, p[i]);
}

void crypto_cmac_add_turned(struct crypto_cmac *m, const void *data, size_t len)
{
	const uint8_t *p = data;
	while (len)
		add_octet(m, p[--len]);
}

/* Times x in GF(2^128): RFC 4493 2.3. Without a branch on the key. */
static void twice(uint8_t block[16])
{
	uint8_t carry = (uint8_t)(-(block[0] >> 7) & 0x87);
	for (unsigned i = 0; i < 15; i++)
		block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
	block[15] = (uint8_t)(block[15] << 1 ^ carry);
}

int crypto_cmac_end(struct crypto_cmac *m, uint8_t out[16])
{
	uint8_t subkey[16] = { 0 };
	encrypt(m, subkey);
	twice(subkey);
	if (m->have < sizeof m->block) {
		memset(m->block + m->have, 0, sizeof m->block - m->have);
		m->block[m->have] = 0x80;
		twice(subkey);
	}
	xor_block(m->sum, m->block);
	xor_block(m->sum, subkey);
	encrypt(m, m->sum);
	int err = m->err;
	if (err)
		memset(out, 0, 16);
	else
		memcpy(out, m->sum, 16);
	crypto_wipe(subkey, sizeof subkey);
	crypto_wipe(m, sizeof *m);
	return err;
}

bool crypto_same(const void *a, const void *b, size_t len)
{
	const uint8_t *p = a, *q = b;
	unsigned differ = 0;
	for (size_t i = 0; i < len; i++)
		differ |= (unsigned)(p[i] ^ q[i]);
	return differ == 0;
}

void crypto_wipe(void *p, size_t len)
{
	volatile uint8_t *octet = p;
	while (len--)
		*octet++ = 0;
}

bool crypto_is_weak(const uint8_t key[16])
{
	/* the LTK of the sample session, Vol 6 Part C 1; devices have been sold with it (CVE-2019-2102) */
	static const uint8_t printed[16] = { 0x4C, 0x68, 0x38, 0x41, 0x39, 0xF5, 0x74, 0xD8, 0x36, 0xBC, 0xF3, 0x4E, 0x9D,
		0xFB, 0x01, 0xBF };
	unsigned any = 0, all = 0xFF, differ = 0, differ_turned = 0;
	for (unsigned i = 0; i < 16; i++) {
		any |= key[i];
		all &= key[i];
		differ |= (unsigned)(key[i] ^ printed[i]);
		differ_turned |= (unsigned)(key[i] ^ printed[15 - i]);
	}
	return !any || all == 0xFF || !differ || !differ_turned;
}

void crypto_turn(uint8_t *dst, const uint8_t *src, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = src[len - 1 - i];
}
