/*
 * Dealing out the arena; see arena.h for the contract. The sizes come from a program's options, so
 * a sum that does not fit a size_t sticks at the largest value, which never fits.
 */
#include "base/arena.h"

#include <string.h>

#include "base/ensure.h"

static size_t add_sat(size_t a, size_t b)
{
	return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

void *arena_take(struct arena *a, size_t size, size_t align)
{
	ASSERT(align && (align & (align - 1)) == 0);
	/* the address counts, not the offset; wrap-around is harmless in a value mod align */
	size_t pad = (size_t)(0 - ((uintptr_t)a->base + a->used)) & (align - 1);
	size_t at = add_sat(a->used, pad);
	a->used = add_sat(at, size);
	if (!a->base || a->used > a->size)
		return NULL;
	return memset(a->base + at, 0, size);
}
