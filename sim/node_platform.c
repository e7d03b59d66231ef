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

static struct store_item **find(struct ble_node *n, uint32_t key)
{
	struct store_item **at = &n->store;
	while (*at && (*at)->key != key)
		at = &(*at)->next;
	return at;
}

static int load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	struct store_item *item = *find(ctx, key);
	if (!item)
		return BLE_ENOENT;
	size_t len = item->len < cap ? item->len : cap;
	memcpy(dst, item->data, len);
	return (int)len;
}

static int erase(void *ctx, uint32_t key)
{
	struct store_item **at = find(ctx, key), *item = *at;
	if (!item)
		return BLE_ENOENT;
	*at = item->next;
	free(item);
	return 0;
}

static int save(void *ctx, uint32_t key, const void *src, size_t len)
{
	struct ble_node *n = ctx;
	struct store_item *item = malloc(sizeof *item + len);
	if (!item)
		return BLE_EIO;
	(void)erase(n, key);
	item->key = key;
	item->len = len;
	memcpy(item->data, src, len);
	item->next = n->store;
	n->store = item;
	return 0;
}

void platform_init(struct ble_node *n, uint64_t seed, uint64_t stream)
{
	prng_seed(&n->host_prng, seed, 2 * stream);
	prng_seed(&n->ctlr_prng, seed, 2 * stream + 1);
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
	while (n->store) {
		struct store_item *item = n->store;
		n->store = item->next;
		free(item);
	}
}

const struct ble_platform *ble_node_platform(struct ble_node *n)
{
	return &n->platform;
}
