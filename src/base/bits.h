/*
 * Small maps in octets, bit 0 the least significant of the first octet, as the air has them
 * (channel maps, feature sets), and two-bit fields in the same order (a CCCD is two bits).
 * Nothing is bounded: the index is the caller's promise.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool bit_get(const uint8_t *map, size_t i)
{
	return map[i >> 3] >> (i & 7) & 1;
}

static inline void bit_set(uint8_t *map, size_t i)
{
	map[i >> 3] = (uint8_t)(map[i >> 3] | 1u << (i & 7));
}

static inline void bit_clear(uint8_t *map, size_t i)
{
	map[i >> 3] = (uint8_t)(map[i >> 3] & ~(1u << (i & 7)));
}

static inline void bit_put(uint8_t *map, size_t i, bool on)
{
	if (on)
		bit_set(map, i);
	else
		bit_clear(map, i);
}

/* Four fields to an octet; field 0 in the two least significant bits of the first. */
static inline uint8_t bit2_get(const uint8_t *map, size_t i)
{
	return map[i >> 2] >> (i & 3) * 2 & 3;
}

/* The low two bits of v; the neighbours stay. */
static inline void bit2_put(uint8_t *map, size_t i, uint8_t v)
{
	unsigned shift = (unsigned)(i & 3) * 2;
	map[i >> 2] = (uint8_t)((map[i >> 2] & ~(3u << shift)) | (v & 3u) << shift);
}

/* How many bits are set in a map of n octets. Without a table and without libgcc's: takes as many
 * turns as there are bits set. */
static inline unsigned bits_count(const uint8_t *map, size_t n)
{
	unsigned count = 0;
	for (size_t i = 0; i < n; i++)
		for (unsigned octet = map[i]; octet; octet &= octet - 1)
			count++;
	return count;
}

#endif
