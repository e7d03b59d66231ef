/*
 * Timers against a model that is too simple to be wrong: an array searched from end to end. Then
 * what handlers may do to the list while it runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/tmr.h"

enum { TIMERS = 12, OPERATIONS = 10000 };

/* What a timer does when it fires, on top of being noted. */
struct actor {
	struct tmr t;
	struct actor *start, *stop;
	uint64_t start_us;
	unsigned left; /* so many times */
};

static struct tmr_list list;
static struct actor actors[TIMERS];
static unsigned fired[4 * TIMERS], fired_count;

static unsigned name_of(const struct tmr *t)
{
	return (unsigned)(CONTAINER_OF(t, struct actor, t) - actors);
}

static void act(struct tmr *t)
{
	struct actor *a = CONTAINER_OF(t, struct actor, t);
	assert_false(tmr_is_armed(t));
	assert_true(fired_count < sizeof fired / sizeof fired[0]);
	fired[fired_count++] = (unsigned)(a - actors);
	if (!a->left)
		return;
	a->left--;
	if (a->stop)
		tmr_stop(&list, &a->stop->t);
	if (a->start)
		tmr_start(&list, &a->start->t, a->start_us, act);
}

static int fresh(void **state)
{
	(void)state;
	list = (struct tmr_list){ 0 };
	memset(actors, 0, sizeof actors);
	fired_count = 0;
	return 0;
}

static void start(unsigned i, uint64_t due_us)
{
	tmr_start(&list, &actors[i].t, due_us, act);
}

/* Runs until now_us and compares what fired with the names in want, one digit each. */
static void assert_fires(uint64_t now_us, const char *want)
{
	fired_count = 0;
	tmr_run(&list, now_us);
	assert_int_equal(fired_count, strlen(want));
	for (unsigned i = 0; i < fired_count; i++)
		assert_int_equal(fired[i], want[i] - '0');
}

static void fires_in_order_of_time_then_start(void **state)
{
	(void)state;
	assert_true(tmr_next(&list) == UINT64_MAX);
	assert_fires(UINT64_MAX, "");
	start(0, 30);
	start(1, 10);
	start(2, 20);
	start(3, 10);
	start(4, 30);
	start(5, 10);
	assert_int_equal(tmr_next(&list), 10);
	assert_fires(9, "");
	assert_fires(10, "135");
	assert_int_equal(tmr_next(&list), 20);
	assert_fires(29, "2");
	assert_fires(100, "04");
	assert_true(tmr_next(&list) == UINT64_MAX);
	for (unsigned i = 0; i < TIMERS; i++)
		assert_false(tmr_is_armed(&actors[i].t));
}

static void restarting_moves_behind_the_equals(void **state)
{
	(void)state;
	start(0, 10);
	start(1, 10);
	start(0, 10);
	assert_fires(10, "10");
	start(0, 10);
	start(1, 20);
	start(0, 30);
	assert_int_equal(tmr_next(&list), 20);
	assert_fires(30, "10");
}

static void the_ends_of_time(void **state)
{
	(void)state;
	start(0, UINT64_MAX);
	start(1, 0);
	assert_fires(0, "1");
	assert_fires(UINT64_MAX - 1, "");
	assert_true(tmr_next(&list) == UINT64_MAX);
	assert_fires(UINT64_MAX, "0");
}

static void stopping(void **state)
{
	(void)state;
	tmr_stop(&list, &actors[0].t); /* never started */
	for (unsigned i = 0; i < 5; i++)
		start(i, 10 * i);
	tmr_stop(&list, &actors[0].t);
	tmr_stop(&list, &actors[2].t);
	tmr_stop(&list, &actors[2].t);
	tmr_stop(&list, &actors[4].t);
	assert_int_equal(tmr_next(&list), 10);
	assert_fires(100, "13");
	tmr_stop(&list, &actors[1].t); /* has fired */
	assert_fires(100, "");
}

static void restarted_for_now_or_the_past_waits(void **state)
{
	(void)state;
	static const uint64_t starts_us[] = { 100, 99, 1, 0 };
	for (unsigned k = 0; k < 4; k++) {
		fresh(NULL);
		actors[0].start = &actors[0];
		actors[0].start_us = starts_us[k];
		actors[0].left = 2;
		start(0, 50);
		start(1, 60);
		assert_fires(100, "01");
		assert_true(tmr_is_armed(&actors[0].t));
		assert_true(tmr_next(&list) == starts_us[k]);
		assert_fires(100, "0");
		assert_fires(100, "0");
		assert_fires(100, "");
	}
}

static void two_that_start_each_other_for_now(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		actors[i].start = &actors[1 - i];
		actors[i].start_us = 5;
		actors[i].left = 3;
	}
	start(0, 5);
	assert_fires(5, "0");
	assert_fires(5, "1");
	assert_fires(5, "0");
	tmr_stop(&list, &actors[1].t);
	assert_fires(5, "");
}

static void a_handler_stops_the_next_the_last_and_itself(void **state)
{
	(void)state;
	static const struct {
		unsigned victim;
		const char *fires;
	} cases[] = { { 1, "023" }, { 2, "013" }, { 3, "012" }, { 0, "0123" }, { 4, "0123" } };
	for (unsigned k = 0; k < 5; k++) {
		fresh(NULL);
		for (unsigned i = 0; i < 5; i++)
			start(i, i < 4 ? 10 : 99);
		actors[0].stop = &actors[cases[k].victim];
		actors[0].left = 1;
		assert_fires(10, cases[k].fires);
		assert_fires(99, cases[k].victim == 4 ? "" : "4");
	}
}

static void a_handler_restarts_one_that_is_due_in_the_same_run(void **state)
{
	(void)state;
	for (unsigned victim = 1; victim < 4; victim++) {
		for (uint64_t due_us = 9; due_us <= 11; due_us++) {
			fresh(NULL);
			for (unsigned i = 0; i < 4; i++)
				start(i, 10);
			actors[0].start = &actors[victim];
			actors[0].start_us = due_us;
			actors[0].left = 1;
			assert_fires(10, victim == 1 ? "023" : victim == 2 ? "013" : "012");
			char self[] = { (char)('0' + victim), 0 };
			assert_true(tmr_next(&list) == due_us);
			assert_fires(10, due_us > 10 ? "" : self);
			assert_fires(11, due_us > 10 ? self : "");
		}
	}
}

static void a_handler_stops_and_starts_the_same_one(void **state)
{
	(void)state;
	start(0, 10);
	start(1, 10);
	start(2, 10);
	actors[0].stop = actors[0].start = &actors[1];
	actors[0].start_us = 10;
	actors[0].left = 1;
	assert_fires(10, "02");
	assert_fires(10, "1");
}

static uint64_t seen_next_us[3];

static void note_next(struct tmr *t)
{
	seen_next_us[name_of(t)] = tmr_next(&list);
	if (name_of(t) == 1)
		tmr_start(&list, &actors[3].t, 5, act);
}

static void next_from_within_a_handler(void **state)
{
	(void)state;
	tmr_start(&list, &actors[0].t, 10, note_next);
	tmr_start(&list, &actors[1].t, 20, note_next);
	tmr_start(&list, &actors[2].t, 30, note_next);
	start(4, 500);
	tmr_run(&list, 100);
	assert_int_equal(seen_next_us[0], 20); /* still to fire in this run */
	assert_int_equal(seen_next_us[1], 30);
	assert_int_equal(seen_next_us[2], 5); /* waits for the next */
}

/* The model: when each is due, and the order of starting. */
static struct model {
	bool armed;
	uint64_t due_us, serial;
} model[TIMERS];

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static int model_first(uint64_t now_us, uint64_t before_serial)
{
	int first = -1;
	for (int i = 0; i < TIMERS; i++) {
		const struct model *m = &model[i];
		if (!m->armed || m->due_us > now_us || m->serial >= before_serial)
			continue;
		const struct model *f = &model[first < 0 ? i : first];
		if (first < 0 || m->due_us < f->due_us ||
			(m->due_us == f->due_us && m->serial < f->serial))
			first = i;
	}
	return first;
}

static void model_start(unsigned i, uint64_t due_us, uint64_t *serial)
{
	model[i] = (struct model){ true, due_us, (*serial)++ };
}

/* One run in the model: what was started before it began, in order, with what each does. */
static void model_run(uint64_t now_us, uint64_t *serial)
{
	uint64_t begun = *serial;
	unsigned n = 0;
	for (int i; (i = model_first(now_us, begun)) >= 0; n++) {
		struct actor *a = &actors[i];
		assert_true(n < fired_count);
		assert_int_equal(fired[n], i);
		model[i].armed = false;
		if (a->stop)
			model[a->stop - actors].armed = false;
		if (a->start)
			model_start((unsigned)(a->start - actors), a->start_us, serial);
	}
	assert_int_equal(n, fired_count);
}

static void random_habit(struct actor *a, uint64_t now_us, uint32_t *seed)
{
	uint32_t what = next_random(seed);
	a->left = UINT32_MAX;
	a->stop = what & 1 ? &actors[next_random(seed) % TIMERS] : NULL;
	a->start = what & 2 ? &actors[next_random(seed) % TIMERS] : NULL;
	a->start_us = now_us + next_random(seed) % 24;
}

static void agrees_with_the_model(void **state)
{
	(void)state;
	uint32_t seed = 20240229;
	uint64_t now_us = 0, serial = 0;
	unsigned fires = 0;
	memset(model, 0, sizeof model);
	for (unsigned op = 0; op < OPERATIONS; op++) {
		unsigned i = next_random(&seed) % TIMERS, what = next_random(&seed) % 8;
		uint64_t due_us = now_us + next_random(&seed) % 16;
		if (what < 4) {
			random_habit(&actors[i], now_us, &seed);
			start(i, due_us);
			model_start(i, due_us, &serial);
		} else if (what == 4) {
			tmr_stop(&list, &actors[i].t);
			model[i].armed = false;
		} else {
			now_us += next_random(&seed) % 6;
			fired_count = 0;
			tmr_run(&list, now_us);
			fires += fired_count;
			model_run(now_us, &serial);
		}
		int first = model_first(UINT64_MAX, UINT64_MAX);
		assert_true(tmr_next(&list) == (first < 0 ? UINT64_MAX : model[first].due_us));
		for (unsigned k = 0; k < TIMERS; k++)
			assert_int_equal(tmr_is_armed(&actors[k].t), model[k].armed);
	}
	assert_true(fires > OPERATIONS / 10); /* else the test tests little */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fires_in_order_of_time_then_start, fresh),
		cmocka_unit_test_setup(restarting_moves_behind_the_equals, fresh),
		cmocka_unit_test_setup(the_ends_of_time, fresh),
		cmocka_unit_test_setup(stopping, fresh),
		cmocka_unit_test_setup(restarted_for_now_or_the_past_waits, fresh),
		cmocka_unit_test_setup(two_that_start_each_other_for_now, fresh),
		cmocka_unit_test_setup(a_handler_stops_the_next_the_last_and_itself, fresh),
		cmocka_unit_test_setup(a_handler_restarts_one_that_is_due_in_the_same_run, fresh),
		cmocka_unit_test_setup(a_handler_stops_and_starts_the_same_one, fresh),
		cmocka_unit_test_setup(next_from_within_a_handler, fresh),
		cmocka_unit_test_setup(agrees_with_the_model, fresh),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
