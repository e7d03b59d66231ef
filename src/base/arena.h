/*
 * The caller's memory, dealt out once at start and never given back.
 *
 * What does not fit is still counted, so one pass over all the takes tells the whole need:
 * used > size says "too small", and used is what to ask for. With base NULL nothing fits and the
 * same pass only measures.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
	uint8_t *base;
	size_t size, used; /* octets; used includes the padding between pieces */
};

static inline struct arena arena_of(void *base, size_t size)
{
	return (struct arena){ .base = base, .size = base ? size : 0, .used = 0 };
}

/* size octets of zeros at a multiple of align (a power of two), or NULL when they do not fit;
 * used grows in both cases. The address is aligned, whatever base is: a base less aligned than the
 * pieces may need up to align - 1 octets more than was measured with base NULL. */
void *arena_take(struct arena *a, size_t size, size_t align);

/* Everything taken so far fitted. */
static inline bool arena_ok(const struct arena *a)
{
	return a->used <= a->size;
}

#endif
