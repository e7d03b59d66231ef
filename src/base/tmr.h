/*
 * Deadlines: timers embedded in what they belong to, in one list sorted by due time.
 *
 * Equal deadlines fire in the order in which they were started. Time is an argument; nobody here
 * knows a clock. A handler may start or stop any timer, itself and its neighbours included. What a
 * handler starts, even for now or for the past, waits for the next tmr_run: a run is finite.
 * A zeroed struct is an empty list, a zeroed timer is a stopped one.
 */
#ifndef BASE_TMR_H
#define BASE_TMR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/container.h" /* CONTAINER_OF: from the timer to its owner */

struct tmr {
	struct tmr *next;
	void (*fire)(struct tmr *t); /* NULL: stopped */
	uint64_t due_us;
};

struct tmr_list {
	uint64_t now_us;  /* of the last tmr_run */
	struct tmr *head; /* sorted by due_us */
	struct tmr *due;  /* what the present run still has to fire; NULL outside tmr_run */
};

static inline bool tmr_is_armed(const struct tmr *t)
{
	return t->fire != NULL;
}

/* Arms t for due_us, first stopping it if it is armed. t stays where it is in memory until it has
 * fired or been stopped. */
void tmr_start(struct tmr_list *l, struct tmr *t, uint64_t due_us, void (*fire)(struct tmr *t));

/* The same, so long after now: after the last tmr_run, or 0 before the first. */
void tmr_after(struct tmr_list *l, struct tmr *t, uint64_t after_us, void (*fire)(struct tmr *t));

/* t will not fire. Nothing happens when it is not armed. */
void tmr_stop(struct tmr_list *l, struct tmr *t);

/* The earliest deadline, UINT64_MAX if there is none. */
uint64_t tmr_next(const struct tmr_list *l);

/* The rest of tmr_run. Private. */
void tmr_fire(struct tmr_list *l);

/* Fires all that was due at now_us when the call began. Not to be called from a handler. */
static inline void tmr_run(struct tmr_list *l, uint64_t now_us)
{
	l->now_us = now_us;
	if (l->head && l->head->due_us <= now_us)
		tmr_fire(l);
}

#endif
