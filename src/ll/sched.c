/*
 * The scheduler: see sched.h. It posts each chain the radio's lead before its start, so that until
 * then something stronger may still take the place.
 */
#include "ll/ctlr.h"

/* Rounding of radio time by whoever calls ble_ctlr_run(), and the time from there to here. */
#define MARGIN_US 20
/* A radio that was idle for longer is asleep. */
#define SLEEPS_US 2000
/*
 * Put off as often, even a weak activity ends the exchanges of connections (never their first one).
 */
#define STARVED 3

static uint64_t ahead_us(const struct ble_ctlr *c, uint64_t at_us)
{
	const struct ble_radio_caps *caps = c->radio->caps;
	bool sleeps = !c->sched.active && at_us > c->sched.idle_since_us + SLEEPS_US;
	return (uint64_t)(sleeps ? caps->sleep_lead_us : caps->lead_us) + MARGIN_US;
}

uint64_t ll_sched_soonest(const struct ble_ctlr *c)
{
	return c->now_us + ahead_us(c, c->now_us);
}

static void take_out(struct ll_sched *s, struct ll_act *act)
{
	for (struct ll_act **at = &s->head; *at; at = &(*at)->next) {
		if (*at != act)
			continue;
		*at = act->next;
		break;
	}
	act->queued = false;
}

void ll_sched_add(struct ble_ctlr *c, struct ll_act *act)
{
	struct ll_sched *s = &c->sched;
	if (act->queued)
		take_out(s, act);
	struct ll_act **at = &s->head;
	while (*at && (*at)->start_us <= act->start_us)
		at = &(*at)->next;
	act->next = *at;
	act->queued = true;
	*at = act;
}

static void idle(struct ble_ctlr *c)
{
	c->sched.active = NULL;
	c->sched.idle_since_us = c->now_us;
}

void ll_sched_drop(struct ble_ctlr *c, struct ll_act *act)
{
	if (act->queued)
		take_out(&c->sched, act);
	if (c->sched.active != act)
		return;
	c->radio->cancel(c->radio->ctx);
	idle(c);
}

static bool outranks(const struct ll_act *a, const struct ll_act *b)
{
	if (a->prio != b->prio)
		return a->prio > b->prio;
	return a->prio == LL_PRIO_CONN && a->urgency > b->urgency;
}

/* The first that overlaps act and is stronger. */
static const struct ll_act *obstacle(const struct ble_ctlr *c, const struct ll_act *act)
{
	uint64_t end_us = act->start_us + act->length_us + c->radio->caps->lead_us;
	for (const struct ll_act *k = c->sched.head; k && k->start_us < end_us; k = k->next)
		if (outranks(k, act))
			return k;
	return NULL;
}

/* When the next begins that act may not disturb. */
static uint64_t until_us(const struct ble_ctlr *c, const struct ll_act *act)
{
	uint64_t first_us = act->start_us + act->length_us;
	for (const struct ll_act *k = c->sched.head; k; k = k->next) {
		bool equals = k->prio == act->prio && act->prio == LL_PRIO_CONN;
		bool starves = k->urgency >= STARVED && k->start_us >= first_us;
		if (outranks(k, act) || equals || starves)
			return k->start_us - c->radio->caps->lead_us - MARGIN_US;
	}
	return BLE_NEVER;
}

static void begin(struct ble_ctlr *c, struct ll_act *act)
{
	take_out(&c->sched, act);
	if (c->now_us + c->radio->caps->lead_us > act->start_us) {
		/* we were called late, unless the radio was in use until now */
		c->late += c->sched.idle_since_us + c->radio->caps->lead_us <= act->start_us;
		act->ops->missed(c, act, ll_sched_soonest(c));
		return;
	}
	const struct ll_act *k = obstacle(c, act);
	if (k) {
		act->ops->missed(c, act, k->start_us + k->length_us);
		return;
	}
	c->sched.active = act;
	act->ops->begin(c, act, until_us(c, act));
}

static void end(struct ble_ctlr *c)
{
	struct ll_act *act = c->sched.active;
	idle(c);
	if (c->isr.status == BLE_RADIO_LATE)
		c->late++;
	act->ops->ended(c, act, c->isr.status);
}

static uint64_t due_us(const struct ble_ctlr *c, const struct ll_act *act)
{
	return act->start_us - ahead_us(c, act->start_us);
}

/* The first that may begin although something is active: it is stronger. */
static struct ll_act *first(const struct ble_ctlr *c)
{
	const struct ll_sched *s = &c->sched;
	struct ll_act *k = s->head;
	while (k && s->active && k->prio <= s->active->prio)
		k = k->next;
	return k;
}

static bool has_ended(const struct ble_ctlr *c)
{
	return c->sched.active && atomic_load_explicit(&c->isr.ended, memory_order_acquire);
}

/* One move; false when there is nothing to do now. */
static bool step(struct ble_ctlr *c)
{
	if (has_ended(c)) {
		/*
		 * What the chain received may have come since run began. It is told first: it may
		 * have an instant in it, or be the end of the connection or the advertising.
		 */
		ll_rx_drain(c);
		if (has_ended(c))
			end(c);
		return true;
	}
	struct ll_act *act = first(c);
	if (!act || c->now_us < due_us(c, act))
		return false;
	if (c->sched.active)
		c->radio->cancel(
			c->radio->ctx); /* a listening window that a new connection meets */
	else
		begin(c, act);
	return true;
}

void ll_sched_run(struct ble_ctlr *c)
{
	/* Each move leaves an activity later than before, or ends a chain: this is finite. */
	while (step(c))
		;
}

uint64_t ll_sched_next_due(const struct ble_ctlr *c)
{
	if (has_ended(c))
		return 0;
	const struct ll_act *act = first(c);
	return act ? due_us(c, act) : BLE_NEVER; /* or a result comes first */
}
