/* What the core needs from where it runs: randomness, a small store, a way to be woken. A port is this plus a loop. */
#ifndef BLE_PLATFORM_H
#define BLE_PLATFORM_H

#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Store keys. Values are 1..192 octets long. */
enum ble_store_key {
	/* 7 octets: address type, address; the static random address of this device, Vol 6 Part B 1.3.2.1 */
	BLE_STORE_IDENTITY = 1,
	BLE_STORE_IRK = 2,    /* the identity resolving key of this device */
	BLE_STORE_BOND = 0x100, /* and one more for each bond */
	BLE_STORE_SUBSCRIPTIONS = 0x200, /* likewise: what that peer has subscribed to */
	BLE_STORE_SIGNING = 0x300, /* likewise: the counters of signed writes, its and ours */
};

struct ble_crypto;

/* Called from the thread that uses the host, device or controller; wake excepted. Outlives it. */
struct ble_platform {
	void *ctx; /* first argument of all functions */
	/* len octets of cryptographic randomness. Never fails; a port that cannot promise it must not start. */
	void (*random)(void *ctx, void *dst, size_t len);
	/* Optional: makes the loop call ble_process() soon. May be called from any thread or interrupt. */
	void (*wake)(void *ctx);
	/*
	 * Optional, all three or none; without them the device has another address after each start.
	 * load: the value's length, of which at most cap octets are stored at dst; BLE_ENOENT, BLE_EIO.
	 * save: replaces the old value only when the new one is whole, whatever happens meanwhile. 0, BLE_EIO.
	 * erase: 0, BLE_ENOENT, BLE_EIO.
	 */
	int (*load)(void *ctx, uint32_t key, void *dst, size_t cap);
	int (*save)(void *ctx, uint32_t key, const void *src, size_t len);
	int (*erase)(void *ctx, uint32_t key);
	/* Optional: crypto.h. NULL: no pairing and no encryption, and verbs that need it say so. */
	const struct ble_crypto *crypto;
};

#ifdef __cplusplus
}
#endif

#endif
