/*
 * Deterministic randomness: xoshiro256** (Blackman and Vigna, public domain algorithm), its state
 * filled by splitmix64 from the world's seed and the number of the stream, so that every node and
 * the air draw from streams of their own: what one draws does not change what another gets.
 */
#ifndef SIM_PRNG_H
#define SIM_PRNG_H

#include <stddef.h>
#include <stdint.h>

struct prng {
	uint64_t s[4];
};

static inline uint64_t prng_splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline void prng_seed(struct prng *r, uint64_t seed, uint64_t stream)
{
	uint64_t x = stream;
	x = seed ^ prng_splitmix(&x); /* neighbouring streams start far apart */
	for (int i = 0; i < 4; i++)
		r->s[i] = prng_splitmix(&x);
}

static inline uint64_t prng_rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static inline uint64_t prng_next(struct prng *r)
{
	uint64_t result = prng_rotl(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;
	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = prng_rotl(r->s[3], 45);
	return result;
}

/* 0..n-1; n below 2^32. The bias is below n / 2^32. */
static inline uint32_t prng_below(struct prng *r, uint32_t n)
{
	return (uint32_t)((prng_next(r) >> 32) * n >> 32);
}

static inline void prng_fill(struct prng *r, void *dst, size_t len)
{
	uint8_t *p = dst;
	for (uint64_t x = 0; len; len--, x >>= 8) {
		if (((size_t)(p - (uint8_t *)dst) & 7) == 0)
			x = prng_next(r);
		*p++ = (uint8_t)x;
	}
}

#endif
