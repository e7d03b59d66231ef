/* See pair_store.h. */
#include "pair_store.h"

#include <string.h>

#include <ble/crypto.h>

static int find(const struct pair_store *s, uint32_t key)
{
	for (int i = 0; i < 16; i++)
		if (s->slots[i].len && s->slots[i].key == key)
			return i;
	return -1;
}

static int load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	const struct pair_store *s = ctx;
	int i = find(s, key);
	if (i < 0)
		return BLE_ENOENT;
	memcpy(dst, s->slots[i].data, s->slots[i].len < cap ? s->slots[i].len : cap);
	return (int)s->slots[i].len;
}

static int save(void *ctx, uint32_t key, const void *src, size_t len)
{
	struct pair_store *s = ctx;
	int i = find(s, key);
	for (int n = 0; i < 0 && n < 16; n++)
		i = s->slots[n].len ? -1 : n;
	if (i < 0 || len > sizeof s->slots[i].data)
		return BLE_EIO;
	s->slots[i].key = key;
	s->slots[i].len = len;
	memcpy(s->slots[i].data, src, len);
	return 0;
}

static int erase(void *ctx, uint32_t key)
{
	struct pair_store *s = ctx;
	int i = find(s, key);
	if (i < 0)
		return BLE_ENOENT;
	s->slots[i].len = 0;
	return 0;
}

/* The world's randomness comes with a node; a host may as well have a stream of its own. */
static void fill_random(void *ctx, void *dst, size_t len)
{
	static uint32_t state = 1;
	uint8_t *p = dst;
	(void)ctx;
	while (len--)
		*p++ = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
}

void pair_store_init(struct pair_store *s)
{
	*s = (struct pair_store){ .platform = { .ctx = s, .random = fill_random, .load = load, .save = save, .erase = erase,
		.crypto = &ble_crypto_psa } };
}
