/*
 * Walking the rows; see fsm.h for the contract. Tables have a dozen rows or two, so the walk is
 * cheaper than an index would be large.
 */
#include "base/fsm.h"

#include <stddef.h>

#include "base/ensure.h"

static const struct fsm_row *row_for(const struct fsm *f, uint8_t event)
{
	const struct fsm_row *row = f->rows;
	for (uint8_t left = f->count; left; left--, row++)
		if (row->in == f->state && row->on == event)
			return row;
	return NULL;
}

static uint8_t move(struct fsm *f, const struct fsm_row *row)
{
	f->state = row->then; /* first: the action sees the state it leads to */
	return row->act ? row->act(f->ctx) : FSM_NONE;
}

bool fsm_step(struct fsm *f, uint8_t event)
{
	const struct fsm_row *row = row_for(f, event);
	if (!row)
		return false;
	uint8_t raised = move(f, row);
	/* A chain that passes a row twice never ends: a sound one is no longer than the table. */
	for (uint8_t left = f->count; raised != FSM_NONE && left; left--) {
		row = row_for(f, raised);
		ASSERT(row); /* the author of the table promised one */
		if (!row)
			break;
		raised = move(f, row);
	}
	return true;
}
