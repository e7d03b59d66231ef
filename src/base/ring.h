/*
 * A mailbox between an interrupt and the main part: one producer, one consumer, fixed-size elements
 * over the caller's array, filled and read in place.
 *
 *   producer: e = ring_reserve(r); fill *e; ring_commit(r);
 *   consumer: e = ring_peek(r);    use *e;  ring_release(r);
 *
 * Each index is written by one side only and runs freely through its 65,536 values, so full and
 * empty differ by their distance. Loads acquire and stores release; there is no read-modify-write,
 * because Cortex-M0+ has none.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ensure.h"

struct ring {
	uint8_t *mem;
	uint16_t elem;         /* octets of an element */
	uint16_t count;        /* elements, a power of two */
	uint16_t _Atomic head; /* elements ever committed: the producer's */
	uint16_t _Atomic tail; /* elements ever released: the consumer's */
};

/* count elements (a power of two, 1..32768) of elem octets at mem, aligned for their type. Before
 * either side starts. */
static inline void ring_init(struct ring *r, void *mem, uint16_t elem, uint16_t count)
{
	ASSERT(count && count <= 0x8000 && (count & (count - 1)) == 0);
	r->mem = mem;
	r->elem = elem;
	r->count = count;
	atomic_init(&r->head, 0);
	atomic_init(&r->tail, 0);
}

static inline void *ring_at(const struct ring *r, uint16_t index)
{
	return r->mem + (size_t)(index & (r->count - 1)) * r->elem;
}

/* Producer: the element to fill next, or NULL when the ring is full. The same until committed. */
static inline void *ring_reserve(struct ring *r)
{
	uint16_t head = atomic_load_explicit(&r->head, memory_order_relaxed); /* our own */
	uint16_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
	if ((uint16_t)(head - tail) == r->count)
		return NULL;
	return ring_at(r, head);
}

/* Producer: hands over the element that ring_reserve gave. */
static inline void ring_commit(struct ring *r)
{
	uint16_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	atomic_store_explicit(&r->head, (uint16_t)(head + 1), memory_order_release);
}

/* Consumer: the oldest element, or NULL when the ring is empty. The same until released. */
static inline void *ring_peek(struct ring *r)
{
	uint16_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed); /* our own */
	uint16_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	if (head == tail)
		return NULL;
	return ring_at(r, tail);
}

/* Consumer: gives back the element that ring_peek gave. */
static inline void ring_release(struct ring *r)
{
	uint16_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	atomic_store_explicit(&r->tail, (uint16_t)(tail + 1), memory_order_release);
}

/* Elements committed and not yet released. Exact for both sides: it can change only in favour of
 * the one who asks (more to read for the consumer, more room for the producer). */
static inline uint16_t ring_used(struct ring *r)
{
	uint16_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
	uint16_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	return (uint16_t)(head - tail);
}

#endif
