/*
 * The toolbox for LE Secure Connections, Vol 3 Part H 2.2.6 to 2.2.11: every function is an AES-CMAC over a concatenation
 * that the book writes most significant octet first, and our arguments are in the order of the air.
 */
#include "crypto/crypto.h"

#include <string.h>

static void begin(struct crypto_cmac *m, const struct ble_crypto *crypto, const uint8_t key[16])
{
	uint8_t turned[16];
	crypto_turn(turned, key, 16);
	crypto_cmac_begin(m, crypto, turned);
	crypto_wipe(turned, sizeof turned);
}

static int end(struct crypto_cmac *m, uint8_t out[16])
{
	uint8_t mac[16];
	int err = crypto_cmac_end(m, mac);
	crypto_turn(out, mac, 16);
	crypto_wipe(mac, sizeof mac);
	return err;
}

/* Its type, then its octets: 56 bits. Identity types are told apart by bit 0 alone. */
static void add_address(struct crypto_cmac *m, const struct ble_addr *a)
{
	uint8_t type = a->type & 1;
	crypto_cmac_add(m, &type, 1);
	crypto_cmac_add_turned(m, a->octets, 6);
}

int crypto_f4(const struct ble_crypto *crypto, const uint8_t u[32], const uint8_t v[32], const uint8_t x[16], uint8_t z,
	uint8_t confirm[16])
{
	struct crypto_cmac m;
	begin(&m, crypto, x);
	crypto_cmac_add_turned(&m, u, 32);
	crypto_cmac_add_turned(&m, v, 32);
	crypto_cmac_add(&m, &z, 1);
	return end(&m, confirm);
}

/* One half of f5; t is the intermediate key in the order of AES. */
static int f5_half(const struct ble_crypto *crypto, const uint8_t t[16], uint8_t counter, const uint8_t n1[16],
	const uint8_t n2[16], const struct ble_addr *a1, const struct ble_addr *a2, uint8_t out[16])
{
	static const uint8_t key_id[4] = { 'b', 't', 'l', 'e' }, length[2] = { 0x01, 0x00 }; /* 256 bits */
	struct crypto_cmac m;
	crypto_cmac_begin(&m, crypto, t);
	crypto_cmac_add(&m, &counter, 1);
	crypto_cmac_add(&m, key_id, sizeof key_id);
	crypto_cmac_add_turned(&m, n1, 16);
	crypto_cmac_add_turned(&m, n2, 16);
	add_address(&m, a1);
	add_address(&m, a2);
	crypto_cmac_add(&m, length, sizeof length);
	return end(&m, out);
}

int crypto_f5(const struct ble_crypto *crypto, const uint8_t dhkey[32], const uint8_t n1[16], const uint8_t n2[16],
	const struct ble_addr *a1, const struct ble_addr *a2, uint8_t mac_key[16], uint8_t ltk[16])
{
	static const uint8_t salt[16] = { 0x6C, 0x88, 0x83, 0x91, 0xAA, 0xF5, 0xA5, 0x38, 0x60, 0x37, 0x0B, 0xDB, 0x5A,
		0x60, 0x83, 0xBE };
	struct crypto_cmac m;
	uint8_t t[16];
	crypto_cmac_begin(&m, crypto, salt);
	crypto_cmac_add_turned(&m, dhkey, 32);
	int err = crypto_cmac_end(&m, t);
	if (!err)
		err = f5_half(crypto, t, 0, n1, n2, a1, a2, mac_key);
	if (!err)
		err = f5_half(crypto, t, 1, n1, n2, a1, a2, ltk);
	crypto_wipe(t, sizeof t);
	return err;
}

int crypto_f6(const struct ble_crypto *crypto, const uint8_t mac_key[16], const uint8_t n1[16], const uint8_t n2[16],
	const uint8_t r[16], const uint8_t io[3], const struct ble_addr *a1, const struct ble_addr *a2,
	uint8_t check[16])
{
	struct crypto_cmac m;
	begin(&m, crypto, mac_key);
	crypto_cmac_add_turned(&m, n1, 16);
	crypto_cmac_add_turned(&m, n2, 16);
	crypto_cmac_add_turned(&m, r, 16);
	crypto_cmac_add_turned(&m, io, 3);
	add_address(&m, a1);
	add_address(&m, a2);
	return end(&m, check);
}

int crypto_g2(const struct ble_crypto *crypto, const uint8_t u[32], const uint8_t v[32], const uint8_t x[16],
	const uint8_t y[16], uint32_t *number)
{
	struct crypto_cmac m;
	uint8_t mac[16];
	begin(&m, crypto, x);
	crypto_cmac_add_turned(&m, u, 32);
	crypto_cmac_add_turned(&m, v, 32);
	crypto_cmac_add_turned(&m, y, 16);
	int err = crypto_cmac_end(&m, mac);
	*number = ((uint32_t)mac[12] << 24 | (uint32_t)mac[13] << 16 | (uint32_t)mac[14] << 8 | mac[15]) % 1000000;
	return err;
}

int crypto_h6(const struct ble_crypto *crypto, const uint8_t key[16], const uint8_t key_id[4], uint8_t out[16])
{
	struct crypto_cmac m;
	begin(&m, crypto, key);
	crypto_cmac_add_turned(&m, key_id, 4);
	return end(&m, out);
}

int crypto_h7(const struct ble_crypto *crypto, const uint8_t salt[16], const uint8_t key[16], uint8_t out[16])
{
	struct crypto_cmac m;
	begin(&m, crypto, salt);
	crypto_cmac_add_turned(&m, key, 16);
	return end(&m, out);
}

int crypto_sign(const struct ble_crypto *crypto, const uint8_t csrk[16], const void *message, size_t len,
	uint32_t counter, uint8_t mac[8])
{
	const uint8_t big[4] = { (uint8_t)(counter >> 24), (uint8_t)(counter >> 16), (uint8_t)(counter >> 8),
		(uint8_t)counter };
	struct crypto_cmac m;
	uint8_t whole[16];
	begin(&m, crypto, csrk);
	crypto_cmac_add(&m, big, sizeof big); /* it is the end of the message, which is turned as a whole */
	crypto_cmac_add_turned(&m, message, len);
	int err = end(&m, whole);
	memcpy(mac, whole + 8, 8); /* the 64 most significant bits */
	return err;
}

const uint8_t crypto_debug_secret[32] = { 0x3F, 0x49, 0xF6, 0xD4, 0xA3, 0xC5, 0x5F, 0x38, 0x74, 0xC9, 0xB3, 0xE3, 0xD2,
	0x10, 0x3F, 0x50, 0x4A, 0xFF, 0x60, 0x7B, 0xEB, 0x40, 0xB7, 0x99, 0x58, 0x99, 0xB8, 0xA6, 0xCD, 0x3C, 0x1A,
	0xBD };
const uint8_t crypto_debug_x[32] = { 0x20, 0xB0, 0x03, 0xD2, 0xF2, 0x97, 0xBE, 0x2C, 0x5E, 0x2C, 0x83, 0xA7, 0xE9, 0xF9,
	0xA5, 0xB9, 0xEF, 0xF4, 0x91, 0x11, 0xAC, 0xF4, 0xFD, 0xDB, 0xCC, 0x03, 0x01, 0x48, 0x0E, 0x35, 0x9D, 0xE6 };
