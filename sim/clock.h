/*
 * The world's clock: nanoseconds since it began, and a queue of what will happen.
 *
 * An event is embedded in what it belongs to (a radio, a node, a packet) and stands in the queue at
 * most once. Events fire in the order (time, kind, node, sequence): docs/TIME.md says why the kinds
 * have this order. The queue is a binary heap that only grows when clock_reserve() is told of more
 * owners, so firing and scheduling never allocate.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ties at one nanosecond, first to last. */
enum ev_kind {
	EV_TX_END,   /* a packet leaves the air before another may collide with it */
	EV_RX_END,   /* its receivers get it */
	EV_RX_OPEN,  /* a window that opens now hears what starts now */
	EV_TX_START, /* a packet begins */
	EV_RX_CLOSE, /* a window that closes now still hears what starts now */
	EV_CTLR,     /* the main part of a link layer runs after its interrupts */
	EV_PROCESS,  /* hosts and programs run last */
};

struct ev {
	void (*fire)(struct ev *e);
	size_t pos; /* place in the heap plus 1, 0 when not scheduled */
	uint16_t node;
};

struct clock_slot {
	uint64_t t_ns, order; /* order: kind 8 bits, node 16, sequence 40 */
	struct ev *ev;
};

struct clock {
	uint64_t now_ns, sequence;
	struct clock_slot *heap;
	size_t count, cap, reserved;
};

#define CLOCK_NEVER UINT64_MAX

/* Room for `events` more (fewer when negative). False when there is no memory. */
bool clock_reserve(struct clock *c, ptrdiff_t events);
void clock_free(struct clock *c);

/* Puts e at t_ns, or at the present when that has passed; moves it when it is scheduled already. */
void clock_schedule(struct clock *c, struct ev *e, uint64_t t_ns, enum ev_kind kind);
/* Nothing when e is not scheduled. */
void clock_cancel(struct clock *c, struct ev *e);

/* CLOCK_NEVER when nothing is scheduled. */
static inline uint64_t clock_next(const struct clock *c)
{
	return c->count ? c->heap[0].t_ns : CLOCK_NEVER;
}

/* When e will fire; CLOCK_NEVER when it is not scheduled. */
static inline uint64_t clock_due(const struct clock *c, const struct ev *e)
{
	return e->pos ? c->heap[e->pos - 1].t_ns : CLOCK_NEVER;
}

/* Takes the first event out, sets the clock to its time, fires it. There must be one. */
void clock_step(struct clock *c);

#endif
