/*
 * The lock that one device, or all devices of a world, live under, and waiting for what happens there.
 *
 * Real time: a host thread serves each device, and who waits sleeps until it says that something has changed. The main
 * thread looks after signals twenty times a second, since Ctrl-C wakes no condition variable.
 *
 * A world has no thread of its own. Threads that take part in it are counted; when all of them wait, one of those that
 * wait lets time pass until another has no more reason to. Of several that could go on, one goes, and the next when that
 * one waits again: so a program of many threads runs the same way every time.
 */
#define _GNU_SOURCE /* gettid */
#include "ext.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct waiter {
	struct waiter *next;
	bool (*is_over)(void *ctx);
	void *ctx;
	uint64_t until_us;
	bool counts; /* its thread takes part */
	bool over;   /* it may go on, and is counted again if it counts */
};

enum { SLICE_US = 50000, STEPS_BETWEEN_LOOKS = 256, GIVE_WAY_NS = 100000 };

static atomic_uint_least64_t threads; /* that have asked for a number: unlike a pthread_t none comes again */
static _Thread_local uint64_t my_number;

int scene_init(struct scene *s, struct ble_world *world)
{
	*s = (struct scene){ .world = world };
	pthread_condattr_t attr;
	if (pthread_mutex_init(&s->lock, NULL) || pthread_condattr_init(&attr))
		return BLE_ENOMEM;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	int err = pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	return err ? BLE_ENOMEM : 0;
}

void scene_end(struct scene *s)
{
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s->members);
}

uint64_t scene_now(const struct scene *s)
{
	return s->world ? ble_world_now(s->world) : ble_posix_now();
}

/* Lets go who has no more reason to wait. True: somebody is busy, or somebody's wait is over. */
static bool settle(struct scene *s)
{
	bool any = false;
	for (struct waiter *w = s->first; w; w = w->next) {
		if (!w->over && (!w->counts || !s->busy) &&
			(w->is_over(w->ctx) || (w->until_us != BLE_NEVER && scene_now(s) >= w->until_us))) {
			w->over = true;
			s->busy += w->counts;
			pthread_cond_broadcast(&s->changed);
		}
		any = any || w->over;
	}
	return any || s->busy;
}

void scene_lock(struct scene *s)
{
	atomic_fetch_add(&s->wanted, 1);
	pthread_mutex_lock(&s->lock);
	atomic_fetch_sub(&s->wanted, 1);
}

/* A mutex is not fair: who lets time pass hour after hour has to make way for those who come with the lock wanted. */
static void make_way(struct scene *s)
{
	while (atomic_load(&s->wanted)) {
		pthread_mutex_unlock(&s->lock);
		sched_yield();
		pthread_mutex_lock(&s->lock);
	}
}

/* In a world there may be something due now, for which one of those that wait lets time pass. */
void scene_unlock(struct scene *s)
{
	if (!settle(s) && s->world && s->first)
		pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void scene_enter(struct scene *s, PyThreadState **ts)
{
	*ts = NULL;
	if (pthread_mutex_trylock(&s->lock) == 0)
		return;
	*ts = PyEval_SaveThread();
	scene_lock(s);
}

void scene_leave(struct scene *s, PyThreadState **ts)
{
	scene_unlock(s);
	if (*ts)
		PyEval_RestoreThread(*ts);
}

struct slice {
	struct scene *scene;
	uint64_t until_us; /* of the wall clock */
	unsigned steps;
};

static bool is_enough(void *ctx)
{
	struct slice *slice = ctx;
	if (settle(slice->scene))
		return true;
	return atomic_load(&slice->scene->wanted) ||
		(++slice->steps % STEPS_BETWEEN_LOOKS == 0 && ble_posix_now() >= slice->until_us);
}

/* Lets the world's time pass for a while. False: nothing will happen in it any more. */
static bool move(struct scene *s)
{
	uint64_t until = BLE_NEVER;
	for (const struct waiter *w = s->first; w; w = w->next)
		until = w->until_us < until ? w->until_us : until;
	if (until == BLE_NEVER) {
		until = ble_world_next_due(s->world);
		if (until == BLE_NEVER)
			return false;
	}
	struct slice slice = { .scene = s, .until_us = ble_posix_now() + SLICE_US };
	s->moving = true;
	(void)ble_world_run_while(s->world, until, is_enough, &slice);
	s->moving = false;
	make_way(s);
	(void)settle(s);
	return true;
}

/* Between two slices: who waits for the lock gets it, the main thread among them, which looks after signals. Unlocking
 * alone would not do, as the lock is not fair. */
static void give_way(struct scene *s)
{
	pthread_mutex_unlock(&s->lock);
	nanosleep(&(struct timespec){ .tv_nsec = GIVE_WAY_NS }, NULL);
	pthread_mutex_lock(&s->lock);
}

static bool is_main_thread(void)
{
	return gettid() == getpid();
}

/* Python's signal handlers, without the lock. */
static int look_after_signals(struct scene *s, PyThreadState **ts)
{
	scene_unlock(s);
	PyEval_RestoreThread(*ts);
	int err = PyErr_CheckSignals();
	*ts = PyEval_SaveThread();
	scene_lock(s);
	return err ? SCENE_INTERRUPTED : 0;
}

static void sleep_until(struct scene *s, uint64_t until_us)
{
	if (until_us == BLE_NEVER) {
		pthread_cond_wait(&s->changed, &s->lock);
		return;
	}
	struct timespec t = { .tv_sec = (time_t)(until_us / 1000000), .tv_nsec = (long)(until_us % 1000000 * 1000) };
	pthread_cond_timedwait(&s->changed, &s->lock, &t);
}

static void add(struct scene *s, struct waiter *w)
{
	struct waiter **at = &s->first;
	while (*at)
		at = &(*at)->next;
	*at = w;
	if (w->counts)
		s->busy--;
}

static void take(struct scene *s, struct waiter *w)
{
	struct waiter **at = &s->first;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (w->counts && !w->over)
		s->busy++;
}

int scene_wait(struct scene *s, bool (*is_over)(void *ctx), void *ctx, uint64_t until_us, PyThreadState **ts)
{
	struct waiter w = { .is_over = is_over, .ctx = ctx, .until_us = until_us, .counts = scene_has_me(s) };
	bool signals = is_main_thread();
	int err = 0;
	uint64_t looked_us = ble_posix_now();
	if (!*ts)
		*ts = PyEval_SaveThread();
	add(s, &w);
	(void)settle(s);
	while (!w.over) {
		bool moves = s->world && !s->busy && !s->moving && move(s);
		if (moves && !w.over && !s->busy)
			give_way(s);
		if (!moves && !w.over) {
			uint64_t until = s->world || until_us == BLE_NEVER ? BLE_NEVER : until_us;
			uint64_t look = ble_posix_now() + SLICE_US;
			sleep_until(s, signals && look < until ? look : until);
			(void)settle(s);
		}
		if (!w.over && signals && ble_posix_now() - looked_us >= SLICE_US) {
			err = look_after_signals(s, ts);
			looked_us = ble_posix_now();
			if (err)
				break;
		}
	}
	take(s, &w);
	(void)settle(s);
	return err ? err : is_over(ctx) ? 0 : BLE_ETIMEOUT;
}

/* Its place among the members, or their count. */
static unsigned place_of_me(const struct scene *s)
{
	unsigned i = 0;
	while (i < s->members_count && s->members[i] != my_number)
		i++;
	return i;
}

bool scene_join(struct scene *s)
{
	if (scene_has_me(s))
		return true;
	if (s->members_count == s->members_size) {
		unsigned size = 2 * s->members_size + 4;
		uint64_t *more = realloc(s->members, size * sizeof *more);
		if (!more)
			return false;
		s->members = more;
		s->members_size = size;
	}
	if (!my_number)
		my_number = atomic_fetch_add(&threads, 1) + 1;
	s->members[s->members_count++] = my_number;
	s->busy++;
	return true;
}

bool scene_part(struct scene *s)
{
	if (!scene_has_me(s))
		return true;
	s->members[place_of_me(s)] = s->members[--s->members_count];
	s->busy--;
	return true;
}

bool scene_has_me(const struct scene *s)
{
	return place_of_me(s) < s->members_count;
}

bool scene_until(const struct scene *s, PyObject *seconds, uint64_t *until_us)
{
	*until_us = BLE_NEVER;
	if (seconds == Py_None)
		return true;
	if (PyBool_Check(seconds) || !(PyLong_Check(seconds) || PyFloat_Check(seconds))) {
		raise_type("timeout: seconds (int or float) or None are taken", seconds);
		return false;
	}
	double span = PyFloat_AsDouble(seconds);
	if (PyErr_Occurred()) { /* an int that no double holds */
		PyErr_Clear();
		raise_argument("timeout: seconds beyond what a float holds (None: for ever)");
		return false;
	}
	if (!(span >= 0)) {
		raise_argument("timeout: %S is negative (seconds, or None: for ever)", seconds);
		return false;
	}
	if (span < 1e12 && s)
		*until_us = scene_now(s) + (uint64_t)(span * 1e6 + 0.5);
	return true;
}
