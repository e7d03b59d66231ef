/*
 * Windows of listening on the primary channels, which scanning and initiating have in common: every
 * interval a window on the next of the three channels (4.4.3, 4.4.4). A window is cut into pieces:
 * by packets that end an operation, and by whatever needs the radio more.
 */
#ifndef LL_LISTEN_H
#define LL_LISTEN_H

#include "ll/radio_isr.h"
#include "ll/sched.h"

struct ll_listen {
	struct ll_act act;
	ll_isr_fn *on;
	void (*before)(struct ble_ctlr *c); /* optional: called before each piece */
	bool (*done)(struct ble_ctlr *c);   /* optional: asked after each piece; true: no more */
	uint64_t window_us;                 /* the present or next window begins */
	uint32_t interval_us, length_us;
	uint8_t channel; /* 37..39 */
	bool answers;    /* something may be sent T_IFS after a packet */
};

/* interval and window in 0.625 ms. From now on, until ll_listen_stop(). */
void ll_listen_start(struct ble_ctlr *c, struct ll_listen *l, uint16_t interval, uint16_t window);
void ll_listen_stop(struct ble_ctlr *c, struct ll_listen *l);

#endif
