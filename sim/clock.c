/*
 * The event queue as a binary heap over an array of (time, order, event). The key stands in the
 * array and not behind the pointer, so that sifting touches one cache line a level.
 * Called by everything in sim/; knows neither packets nor nodes.
 */
#include "sim/clock.h"

#include <stdlib.h>

#include "base/ensure.h"

static bool before(const struct clock_slot *a, const struct clock_slot *b)
{
	return a->t_ns != b->t_ns ? a->t_ns < b->t_ns : a->order < b->order;
}

static void put(struct clock *c, size_t i, struct clock_slot s)
{
	c->heap[i] = s;
	s.ev->pos = i + 1;
}

static void sift_up(struct clock *c, size_t i, struct clock_slot s)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;
		if (!before(&s, &c->heap[parent]))
			break;
		put(c, i, c->heap[parent]);
		i = parent;
	}
	put(c, i, s);
}

static void sift_down(struct clock *c, size_t i, struct clock_slot s)
{
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= c->count)
			break;
		if (child + 1 < c->count && before(&c->heap[child + 1], &c->heap[child]))
			child++;
		if (!before(&c->heap[child], &s))
			break;
		put(c, i, c->heap[child]);
		i = child;
	}
	put(c, i, s);
}

/* Puts s where slot i has become free. */
static void place(struct clock *c, size_t i, struct clock_slot s)
{
	if (i > 0 && before(&s, &c->heap[(i - 1) / 2]))
		sift_up(c, i, s);
	else
		sift_down(c, i, s);
}

bool clock_reserve(struct clock *c, ptrdiff_t events)
{
	size_t want = c->reserved + (size_t)events;
	if (want > c->cap) {
		size_t cap = want < 64 ? 64 : want * 2;
		struct clock_slot *heap = realloc(c->heap, cap * sizeof *heap);
		if (!heap)
			return false;
		c->heap = heap;
		c->cap = cap;
	}
	c->reserved = want;
	return true;
}

void clock_free(struct clock *c)
{
	free(c->heap);
	c->heap = NULL;
	c->count = c->cap = c->reserved = 0;
}

void clock_schedule(struct clock *c, struct ev *e, uint64_t t_ns, enum ev_kind kind)
{
	struct clock_slot s = {
		.t_ns = t_ns > c->now_ns ? t_ns : c->now_ns,
		.order = (uint64_t)kind << 56 | (uint64_t)e->node << 40 |
			(c->sequence++ & 0xffffffffff),
		.ev = e,
	};
	if (e->pos) {
		place(c, e->pos - 1, s);
		return;
	}
	ASSERT(c->count < c->cap);
	sift_up(c, c->count++, s);
}

void clock_cancel(struct clock *c, struct ev *e)
{
	if (!e->pos)
		return;
	size_t i = e->pos - 1;
	e->pos = 0;
	struct clock_slot last = c->heap[--c->count];
	if (i < c->count)
		place(c, i, last);
}

void clock_step(struct clock *c)
{
	struct ev *e = c->heap[0].ev;
	c->now_ns = c->heap[0].t_ns;
	clock_cancel(c, e);
	e->fire(e);
}
