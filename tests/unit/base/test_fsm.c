/*
 * Rows: every cell of a small table, listed or not; that the state has changed before the action
 * runs; that one raised event follows another, after its action and not inside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fsm.h"

enum state { IDLE, WAIT, DONE, BROKEN, STATES };
enum event { START, ANSWER, SILENCE, FAILED, AGAIN, EVENTS };

struct log {
	struct fsm fsm;
	char did[16];
	uint8_t in[16]; /* the state that each action saw */
	unsigned count;
	bool fail; /* send cannot */
};

static uint8_t did(void *ctx, char what, uint8_t raise)
{
	struct log *l = ctx;
	l->did[l->count] = what;
	l->in[l->count++] = l->fsm.state;
	return raise;
}

static uint8_t send(void *ctx)
{
	return did(ctx, 's', ((struct log *)ctx)->fail ? FAILED : FSM_NONE);
}

static uint8_t tell(void *ctx)
{
	return did(ctx, 't', FSM_NONE);
}

static uint8_t give_up(void *ctx)
{
	return did(ctx, 'g', FSM_NONE);
}

static uint8_t retry(void *ctx)
{
	return did(ctx, 'r', START);
}

/* clang-format off */
static const struct fsm_row rows[] = {
	/* in    on       act      then   */
	{ IDLE, START,   send,    WAIT   },
	{ WAIT, ANSWER,  tell,    DONE   },
	{ WAIT, SILENCE, NULL,    BROKEN },
	{ WAIT, FAILED,  give_up, BROKEN }, /* raised by send */
	{ DONE, AGAIN,   retry,   IDLE   }, /* raises START */
	{ DONE, SILENCE, NULL,    DONE   },
};
/* clang-format on */
#define ROWS (sizeof rows / sizeof rows[0])

static struct log log_of(uint8_t state)
{
	return (struct log){ .fsm = FSM_OF(rows, state, NULL) };
}

static void every_cell(void **state)
{
	(void)state;
	for (unsigned in = 0; in < STATES; in++) {
		for (unsigned on = 0; on < EVENTS; on++) {
			struct log l = log_of((uint8_t)in);
			l.fsm.ctx = &l;
			const struct fsm_row *row = NULL;
			for (size_t i = 0; i < ROWS; i++)
				if (rows[i].in == in && rows[i].on == on)
					row = &rows[i];
			assert_int_equal(fsm_step(&l.fsm, (uint8_t)on), row != NULL);
			if (!row) {
				assert_int_equal(l.fsm.state, in);
				assert_int_equal(l.count, 0);
			} else if (row->act != retry) {
				assert_int_equal(l.fsm.state, row->then);
				assert_int_equal(l.count, row->act != NULL);
			}
			if (l.count)
				assert_int_equal(l.in[0], row->then);
		}
	}
}

static void no_event_is_never_a_move(void **state)
{
	(void)state;
	for (unsigned in = 0; in < STATES; in++) {
		struct log l = log_of((uint8_t)in);
		assert_false(fsm_step(&l.fsm, FSM_NONE));
		assert_int_equal(l.fsm.state, in);
	}
}

static void a_failing_action_is_an_event(void **state)
{
	(void)state;
	struct log l = log_of(IDLE);
	l.fsm.ctx = &l;
	l.fail = true;
	assert_true(fsm_step(&l.fsm, START));
	assert_string_equal(l.did, "sg");
	assert_int_equal(l.in[0], WAIT);
	assert_int_equal(l.in[1], BROKEN);
	assert_int_equal(l.fsm.state, BROKEN);
}

static void raised_events_follow_one_another(void **state)
{
	(void)state;
	struct log l = log_of(DONE);
	l.fsm.ctx = &l;
	l.fail = true;
	assert_true(fsm_step(&l.fsm, AGAIN)); /* retry raises START, send raises FAILED */
	assert_string_equal(l.did, "rsg");
	assert_int_equal(l.in[0], IDLE);
	assert_int_equal(l.in[1], WAIT);
	assert_int_equal(l.in[2], BROKEN);
}

static uint8_t spin(void *ctx)
{
	++*(unsigned *)ctx;
	return AGAIN;
}

/* A table that chases its tail is wrong, but it does not hang. */
static void a_circle_of_raised_events_ends(void **state)
{
	(void)state;
	static const struct fsm_row circle[] = { { IDLE, AGAIN, spin, IDLE } };
	unsigned turns = 0;
	struct fsm f = FSM_OF(circle, IDLE, &turns);
	assert_true(fsm_step(&f, AGAIN));
	assert_in_range(turns, 1, 2);
}

static void an_empty_table_lists_nothing(void **state)
{
	(void)state;
	struct fsm f = { .rows = NULL, .count = 0 };
	assert_false(fsm_step(&f, START));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell),
		cmocka_unit_test(no_event_is_never_a_move),
		cmocka_unit_test(a_failing_action_is_an_event),
		cmocka_unit_test(raised_events_follow_one_another),
		cmocka_unit_test(a_circle_of_raised_events_ends),
		cmocka_unit_test(an_empty_table_lists_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
