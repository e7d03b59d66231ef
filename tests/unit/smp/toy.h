/*
 * A toy in place of the curve, for tests that pair by the thousand: public = ~secret, shared = the sum of the secrets
 * without a carry. x of zeroes is no point. Both return what `done` is to be told.
 */
#ifndef TEST_SMP_TOY_H
#define TEST_SMP_TOY_H

#include <string.h>

#include <ble/crypto.h>

static inline int toy_public_key(struct ble_p256 *op)
{
	for (unsigned i = 0; i < 32; i++)
		op->public_key[i] = (uint8_t)~op->secret[i];
	memset(op->public_key + 32, 0x59, 32);
	return 0;
}

static inline int toy_shared_key(struct ble_p256 *op)
{
	static const uint8_t none[32];
	for (unsigned i = 0; i < 32; i++)
		op->shared[i] = (uint8_t)(op->secret[i] ^ ~op->peer[i]);
	return memcmp(op->peer, none, 32) ? 0 : BLE_EINVAL;
}

#endif
