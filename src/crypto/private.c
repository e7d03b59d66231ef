/*
 * Private addresses: Vol 6 Part B 1.3.2.2, Vol 3 Part C 10.8.2. What says that an address is one are the two uppermost
 * bits: 00 non-resolvable, 01 resolvable. A resolvable one is prand above and its hash under an IRK below.
 */
#include "crypto/crypto.h"

#include <string.h>

#include <ble/platform.h>

enum { TOP = 0xC0, RESOLVABLE = 0x40, PRAND = 3 };
/* A good source draws a bad one of these once in 2^21 times; one that does so four times in a row is none. */
enum { DRAWS = 4 };

/* All octets the same, of the last one only what is random. */
static bool is_uniform(const uint8_t *p, size_t len)
{
	uint8_t top = p[len - 1] & 0x3F;
	for (size_t i = 1; i + 1 < len; i++)
		if (p[i] != p[0])
			return false;
	return (p[0] == 0 && top == 0) || (p[0] == 0xFF && top == 0x3F);
}

/* Vol 6 Part B 1.3.2.2: neither all zeroes nor all ones. */
static bool draw(const struct ble_platform *p, uint8_t *to, size_t len)
{
	for (unsigned i = 0; i < DRAWS; i++) {
		p->random(p->ctx, to, len);
		if (!is_uniform(to, len))
			return true;
	}
	return false;
}

bool crypto_is_resolvable(const uint8_t address[6])
{
	return (address[5] & TOP) == RESOLVABLE;
}

bool crypto_resolves(const struct ble_crypto *crypto, const uint8_t irk[16], const uint8_t address[6])
{
	uint8_t hash[3];
	return crypto_is_resolvable(address) && !crypto_ah(crypto, irk, address + PRAND, hash) &&
		!memcmp(hash, address, sizeof hash);
}

int crypto_resolvable(const struct ble_platform *p, const uint8_t irk[16], uint8_t address[6])
{
	if (!p->crypto)
		return BLE_ENOTSUP;
	if (!draw(p, address + PRAND, 3))
		return BLE_EIO;
	address[5] = (uint8_t)((address[5] & ~TOP) | RESOLVABLE);
	return crypto_ah(p->crypto, irk, address + PRAND, address);
}

int crypto_unresolvable(const struct ble_platform *p, uint8_t address[6])
{
	if (!draw(p, address, 6))
		return BLE_EIO;
	address[5] = (uint8_t)(address[5] & ~TOP);
	return 0;
}
