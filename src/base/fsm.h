/*
 * State machines as tables: a row per legal move, one answer for all the pairs not listed.
 *
 * The state changes first, then the action runs, then the event that the action raised, if any, is
 * stepped in the same way. An action never picks a state: it reports what happened as an event,
 * failure included. It may not call fsm_step on its own machine.
 */
#ifndef BASE_FSM_H
#define BASE_FSM_H

#include <stdbool.h>
#include <stdint.h>

enum { FSM_NONE = 0xff }; /* no event; an action that has nothing to raise returns it */

/* Does the work of a move; returns the event it raises, or FSM_NONE. */
typedef uint8_t fsm_act(void *ctx);

struct fsm_row {
	uint8_t in, on; /* in this state, on this event */
	fsm_act *act;   /* do this; NULL: nothing to do */
	uint8_t then;   /* having moved there */
};

struct fsm {
	const struct fsm_row *rows;
	uint8_t count, state;
	void *ctx; /* for the actions */
};

/* A machine over an array of rows (at most 255), in its first state. */
#define FSM_OF(table, first, context)                                 \
	((struct fsm){ .rows = (table),                               \
		.count = (uint8_t)(sizeof(table) / sizeof(table)[0]), \
		.state = (first),                                     \
		.ctx = (context) })

/* Makes the move listed for event, and those that its actions raise. False, and nothing changed,
 * when there is no row for the event in the present state. */
bool fsm_step(struct fsm *f, uint8_t event);

#endif
