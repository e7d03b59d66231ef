/*
 * A node's platform: randomness from the world's seed, in one stream for the host and one for the
 * link layer, and a store in memory that lives as long as the node.
 */
#include "sim/world.h"

#include <ble/crypto.h>

#include <stdlib.h>
#include <string.h>

static void host_random(void *ctx, void *dst, size_t len)
{
	struct ble_node *n = ctx;
	prng_fill(&n->host_prng, dst, len);
}

static void ctlr_random(void *ctx, void *dst, size_t len)
{
	struct ble_node *n = ctx;
	prng_fill(&n->ctlr_prng, dst, len);
}

static void wake(void *ctx)
{
	ble_node_wake(ctx);
}

/* The item of a key, or a free one (key 0: values have none of that); NULL: there is none. */
static struct store_item *find(struct ble_node *n, uint32_t key)
{
	for (unsigned i = 0; n->store && i < STORE_ITEMS; i++) {
		struct store_item *item = &n->store[i];
		if (key ? item->len && item->key == key : !item->len)
			return item;
	}
	return NULL;
}

static int load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	const struct store_item *item = find(ctx, key);
	if (!item)
		return BLE_ENOENT;
	memcpy(dst, item->data, item->len < cap ? item->len : cap);
	return (int)item->len;
}

static int erase(void *ctx, uint32_t key)
{
	struct store_item *item = find(ctx, key);
	if (!item)
		return BLE_ENOENT;
	item->len = 0;
	return 0;
}

static int save(void *ctx, uint32_t key, const void *src, size_t len)
{
	struct store_item *item = find(ctx, key);
	if (!item)
		item = find(ctx, 0);
	if (!item || !key || !len || len > STORE_OCTETS)
		return BLE_EIO;
	item->key = key;
	item->len = len;
	memcpy(item->data, src, len);
	return 0;
}

void platform_init(struct ble_node *n, uint64_t seed, uint64_t stream)
{
	prng_seed(&n->host_prng, seed, 2 * stream);
	prng_seed(&n->ctlr_prng, seed, 2 * stream + 1);
	n->store = calloc(STORE_ITEMS, sizeof *n->store);
	n->platform = (struct ble_platform){
		.ctx = n,
		.random = host_random,
		.wake = wake,
		.load = load,
		.save = save,
		.erase = erase,
		.crypto = &ble_crypto_psa,
	};
	n->ctlr_platform = (struct ble_platform){ .ctx = n, .random = ctlr_random, .crypto = &ble_crypto_psa };
}

void platform_free(struct ble_node *n)
{
	free(n->store);
}

const struct ble_platform *ble_node_platform(struct ble_node *n)
{
	return &n->platform;
}
