/* What the core needs from where it runs: randomness, a small store, a way to be woken. A port is this plus a loop. */
#ifndef BLE_PLATFORM_H
#define BLE_PLATFORM_H

#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Store keys. */
enum ble_store_key {
	BLE_STORE_IDENTITY = 1, /* 7 octets: address type, address; the static random address of this device */
};

struct ble_platform {
	void *ctx;
	/* Cryptographic randomness. Never fails; a port that cannot promise it must not start. */
	void (*random)(void *ctx, void *dst, size_t len);
	/* Optional: makes the loop call ble_process() soon. May be called from any thread or interrupt. */
	void (*wake)(void *ctx);
	/* Optional, all three or none. load: octets read, BLE_ENOENT or BLE_EIO. save and erase: 0 or negative. */
	int (*load)(void *ctx, uint32_t key, void *dst, size_t cap);
	int (*save)(void *ctx, uint32_t key, const void *src, size_t len);
	int (*erase)(void *ctx, uint32_t key);
};

#ifdef __cplusplus
}
#endif

#endif
