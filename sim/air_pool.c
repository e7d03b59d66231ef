/*
 * The packets of the air. There is at most one on the air a radio, and for an instant one more that
 * was cut off while somebody still listened; the pool grows in chunks when it must and never
 * shrinks, so a world in a steady state allocates nothing.
 */
#include "sim/air.h"

#include <stdlib.h>
#include <string.h>

static bool add_chunk(struct air *a, size_t packets)
{
	struct air_tx **chunks = realloc(a->chunks, (a->chunk_count + 1) * sizeof(struct air_tx *));
	if (!chunks)
		return false;
	a->chunks = chunks;
	struct air_tx *chunk = calloc(packets, sizeof *chunk);
	if (!chunk || !clock_reserve(a->clock, (ptrdiff_t)packets)) {
		free(chunk);
		return false;
	}
	a->chunks[a->chunk_count++] = chunk;
	a->tx_total += packets;
	for (size_t i = packets; i-- > 0;) {
		chunk[i].next = a->pool;
		a->pool = &chunk[i];
	}
	return true;
}

bool air_pool_reserve(struct air *a, size_t packets)
{
	size_t grow = a->tx_total < 16 ? 16 : a->tx_total;
	return packets <= a->tx_total || add_chunk(a, grow);
}

void air_pool_free(struct air *a)
{
	for (size_t i = 0; i < a->chunk_count; i++)
		free(a->chunks[i]);
	free(a->chunks);
}

struct air_tx *air_tx_get(struct air *a)
{
	if (!a->pool && !add_chunk(a, a->tx_total ? a->tx_total : 16))
		return NULL;
	struct air_tx *tx = a->pool;
	a->pool = tx->next;
	memset(tx, 0, offsetof(struct air_tx, pdu));
	tx->air = a;
	return tx;
}

void air_tx_unref(struct air *a, struct air_tx *tx)
{
	if (--tx->refs || tx->on_air)
		return;
	tx->next = a->pool;
	a->pool = tx;
}
