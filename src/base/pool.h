/*
 * Fixed-size blocks over the caller's array: get and put in constant time, last in first out, so
 * that the block taken next is the one most likely still in the cache.
 *
 * The free blocks are linked through their own first octets. A block's content is undefined when
 * it is taken. No locking: a pool belongs to one context.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/ensure.h"

/* What a free block holds; may_alias, because the octets held the caller's types before. */
typedef void *pool_link __attribute__((may_alias));

struct pool {
	void *free;                      /* the block put last; its first octets point on */
	uint16_t total, idle, low_water; /* blocks; low_water: the fewest ever idle */
};

/* The smallest block for n octets: what pool_init wants of its block argument. */
#define POOL_BLOCK(n)                                                               \
	((((n) < sizeof(void *) ? sizeof(void *) : (n)) + (_Alignof(void *) - 1)) & \
		~(_Alignof(void *) - 1))

/* Puts all count blocks of block octets at mem into p. mem is aligned for a pointer, and block is
 * a multiple of that, at least a pointer's size; mem may be NULL when count is 0. */
void pool_init(struct pool *p, void *mem, uint32_t block, uint16_t count);

/* A block, or NULL when none is idle. The first get gives the block at the lowest address. */
static inline void *pool_get(struct pool *p)
{
	void *b = p->free;
	if (!b)
		return NULL;
	p->free = *(pool_link *)b;
	if (--p->idle < p->low_water)
		p->low_water = p->idle;
	return b;
}

/* Takes b back, which came from pool_get of the same pool. */
static inline void pool_put(struct pool *p, void *b)
{
	ASSERT(b && p->idle < p->total);
	*(pool_link *)b = p->free;
	p->free = b;
	p->idle++;
}

#endif
