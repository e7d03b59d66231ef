/*
 * One radio, many wishes. Each activity asks for the radio from start_us for at least length_us;
 * the scheduler begins the earliest, tells it until when it may go on, and puts off or drops what a
 * stronger one overlaps.
 *
 *   connection events   keep their time or are missed; the one nearest to its supervision time-out wins
 *   advertising events  keep their length, and move behind what is in their way
 *   listening windows   (scanning, initiating) are cut, and go on behind what is in their way
 *
 * Everything here is the main part's. What runs in the interrupt between begin and ended is
 * radio_isr.h.
 */
#ifndef LL_SCHED_H
#define LL_SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct ble_ctlr;
struct ll_act;

enum ll_prio { LL_PRIO_LISTEN, LL_PRIO_ADV, LL_PRIO_CONN };

struct ll_act_ops {
	/* The radio is free: post the first operation for act->start_us. The chain must end by
	 * until_us. */
	void (*begin)(struct ble_ctlr *c, struct ll_act *act, uint64_t until_us);
	/* The chain has ended, `status` being the last result's: plan what comes next, or
	 * another operation now. */
	void (*ended)(struct ble_ctlr *c, struct ll_act *act, uint8_t status);
	/* There is no room at start_us, nor before free_us: plan what comes next. Counted
	 * already. */
	void (*missed)(struct ble_ctlr *c, struct ll_act *act, uint64_t free_us);
};

struct ll_act {
	struct ll_act *next;
	const struct ll_act_ops *ops;
	uint64_t start_us;
	uint32_t length_us; /* what it needs at least */
	uint8_t prio;       /* enum ll_prio */
	uint8_t urgency;    /* connection events: missed in a row; others: put off in a row */
	bool queued;
};

struct ll_sched {
	struct ll_act *head;   /* sorted by start, equals in order of queueing */
	struct ll_act *active; /* has posted an operation; not in the list */
	uint64_t idle_since_us;
};

/* Wants the radio at act->start_us. Anew if it was queued. */
void ll_sched_add(struct ble_ctlr *c, struct ll_act *act);
/* Wants it no more; a running chain is broken off without a call of ended. */
void ll_sched_drop(struct ble_ctlr *c, struct ll_act *act);
/* Begins and ends what is due. */
void ll_sched_run(struct ble_ctlr *c);
uint64_t ll_sched_next_due(const struct ble_ctlr *c);

/* The earliest time for which an operation can be posted now. */
uint64_t ll_sched_soonest(const struct ble_ctlr *c);

/*
 * A moment at or after from_us, and less than interval_us behind it, for the events of a connection
 * that repeat every interval_us: as far as possible from those of all other connections.
 */
struct ll_conn;
uint64_t ll_place(const struct ble_ctlr *c, const struct ll_conn *self, uint64_t from_us,
	uint32_t interval_us);
/* The interval (1.25 ms) to take of a range: one that another connection has, else the longest. */
uint16_t ll_pick_interval(
	const struct ble_ctlr *c, const struct ll_conn *self, uint16_t min, uint16_t max);

#endif
