/*
 * The sorted list of deadlines; see tmr.h for the contract. Insertion walks: a host has a handful
 * of timers, and most new deadlines are near.
 */
#include "base/tmr.h"

static bool unlink_from(struct tmr **at, const struct tmr *t)
{
	for (; *at; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			return true;
		}
	}
	return false;
}

void tmr_stop(struct tmr_list *l, struct tmr *t)
{
	if (!t->fire)
		return;
	t->fire = NULL;
	if (!unlink_from(&l->head, t))
		unlink_from(&l->due, t); /* a handler stops one that the same run would fire */
}

void tmr_start(struct tmr_list *l, struct tmr *t, uint64_t due_us, void (*fire)(struct tmr *t))
{
	tmr_stop(l, t);
	struct tmr **at = &l->head;
	while (*at && (*at)->due_us <= due_us) /* <=: behind its equals */
		at = &(*at)->next;
	t->next = *at;
	t->due_us = due_us;
	t->fire = fire;
	*at = t;
}

void tmr_after(struct tmr_list *l, struct tmr *t, uint64_t after_us, void (*fire)(struct tmr *t))
{
	tmr_start(l, t, l->now_us + after_us, fire);
}

uint64_t tmr_next(const struct tmr_list *l)
{
	uint64_t next_us = l->head ? l->head->due_us : UINT64_MAX;
	if (l->due && l->due->due_us < next_us)
		next_us = l->due->due_us;
	return next_us;
}

void tmr_fire(struct tmr_list *l)
{
	struct tmr **end = &l->head;
	while (*end && (*end)->due_us <= l->now_us)
		end = &(*end)->next;
	/* Cut off what is due now: what the handlers start joins the rest and waits. */
	struct tmr *rest = *end;
	*end = NULL;
	l->due = l->head;
	l->head = rest;
	while (l->due) {
		struct tmr *t = l->due;
		l->due = t->next;
		void (*fire)(struct tmr *) = t->fire;
		t->fire = NULL;
		fire(t); /* may start or stop any timer, itself included */
	}
}
