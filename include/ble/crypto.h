/*
 * The crypto seam: the one block cipher and the one curve that Bluetooth LE is built on. We write no cipher: a hosted
 * port takes them from the PSA Crypto API (ble_crypto_psa), a chip from its own peripheral or library. Randomness is the
 * platform's (platform.h). Octets are in the order of FIPS 197 and SEC 1, most significant first, whatever the air does.
 *
 * A scalar multiplication takes a chip seconds, so it has a start and a done side. A port that is quick completes at
 * once, inside the start.
 */
#ifndef BLE_CRYPTO_H
#define BLE_CRYPTO_H

#include <ble/err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One operation on P-256 (FIPS 186-4 D.1.2.3). The caller's memory; does not move until it is done or cancelled. */
struct ble_p256 {
	/*
	 * Called once for each start that returned 0, from the thread that uses the host: within the start, or later, between
	 * two calls of the host. err: 0; BLE_EINVAL: the secret is not in 1..n-1, or the peer's is no point of the curve
	 * other than infinity; BLE_EIO: it could not be computed.
	 */
	void (*done)(struct ble_p256 *op, int err);
	uint8_t secret[32];     /* given: the private key */
	uint8_t public_key[64]; /* p256_public gives it: x, y */
	uint8_t peer[64];       /* given to p256_shared: x, y of the peer; not to be trusted */
	uint8_t shared[32];     /* p256_shared gives it: x of secret * peer, the Diffie-Hellman key; zeroes with err */
};

/* What a port offers. Outlives its users; all functions get ctx. */
struct ble_crypto {
	void *ctx;
	/* out = AES-128 of one block. in and out may be the same. 0, BLE_EIO: then out is zeroes. */
	int (*aes128)(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16]);
	/* Starts: the public key of op->secret. 0, or BLE_EBUSY, BLE_EIO and done is not called. */
	int (*p256_public)(void *ctx, struct ble_p256 *op);
	/* Starts: op->shared of op->secret and op->peer, which is validated first. As above. */
	int (*p256_shared)(void *ctx, struct ble_p256 *op);
	/* Forgets an operation: done is not called any more. NULL where starts complete at once. */
	void (*p256_cancel)(void *ctx, struct ble_p256 *op);
};

/* That of a hosted system: the PSA Crypto API of Mbed TLS (2.28 and newer). Completes at once; any thread. */
extern BLE_API const struct ble_crypto ble_crypto_psa;

#ifdef __cplusplus
}
#endif

#endif
