/*
 * Connection Update procedure, Vol 6 Part B 5.1.1: the central sends LL_CONNECTION_UPDATE_IND,
 * which names an instant, the connection event from which on both sides use the new interval,
 * latency and supervision time-out. It has no answer and no time-out of its own (5.2); it is over
 * when the instant has passed.
 *
 *   connIntervalOLD     instant                              connIntervalNEW
 *   |---------|---------|<- WinOffset ->|<-- WinSize -->|
 *                                           |-------------------|------
 *                                           ^ the central's first packet: the new anchor
 *
 * Only a central may send it, which the table of llcp.c sees to for the peer's: for its host, when the
 * peer does not have the request of llcp_conn_param.c, or as the end of such a request. Called by the
 * engine, in the main part; never in the interrupt.
 */
#include "ll/ctlr.h"

#define WIN_SIZE 1 /* 1.25 ms: our anchor is where we said, to the microsecond */

/* transmitWindowOffset: keeps the new anchors away from those of our other connections. */
static uint16_t choose_offset(struct ll_conn *k, uint16_t instant, uint16_t interval)
{
	uint64_t at_us = ll_conn_anchor_us(k, instant);
	uint64_t place_us = ll_place(k->llcp.ctlr, k, at_us, interval * (uint32_t)LL_UNIT_US);
	return (uint16_t)((uint32_t)(place_us - at_us) / LL_UNIT_US);
}

void llcp_conn_update_send(struct ble_ctlr *c, struct ll_conn *k, const struct llcp_params *want)
{
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be: whoever calls has looked */
	uint16_t interval = ll_pick_interval(c, k, want->interval_min, want->interval_max);
	uint16_t instant = llcp_set_instant(k, LLCP_CONN_UPDATE);
	k->llcp.update.ind = (struct ll_connection_update_ind){
		.win_size = WIN_SIZE,
		.win_offset = choose_offset(k, instant, interval),
		.interval = interval,
		.latency = want->latency,
		.timeout = want->timeout,
		.instant = instant,
	};
	ll_connection_update_ind_write(&w, &k->llcp.update.ind);
	llcp_pdu_send(c, k, &w);
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	k->llcp.update.asked_by_host = true;
	llcp_conn_update_send(c, k, &k->llcp.asked);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	ll_conn_news(c, k, LL_NEWS_UPDATE, status);
}

const struct llcp_proc llcp_conn_update = { start, failed, { LLCP_UNANSWERED, LLCP_UNANSWERED } };

/* LL-057: nothing of it is used before all of it has been looked at. */
static bool is_valid(const struct ll_connection_update_ind *ind)
{
	return ll_params_valid(ind->interval, ind->latency, ind->timeout) &&
		ll_window_valid(ind->win_size, ind->win_offset, ind->interval);
}

/* Also what becomes of a parameter request, the peer's or ours: its time-out is over. */
void llcp_on_connection_update_ind(
	struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp *l = &k->llcp;
	struct ll_connection_update_ind ind;
	if (!ll_connection_update_ind_read(r, &ind))
		return;
	if (!llcp_heard_instant(c, k, LLCP_CONN_UPDATE, ind.instant, event, is_valid(&ind)))
		return;
	l->update.ind = ind;
	llcp_peer_ends(c, k, LLCP_CONN_PARAM);
	if (l->running == LLCP_CONN_PARAM)
		tmr_stop(&c->timers, &l->response);
}

/* transmitWindow. The central makes none of it: it knows when it sends. */
static void open_window(struct ll_conn *k, const struct ll_connection_update_ind *ind)
{
	k->anchor_us = ll_conn_anchor_us(k, ind->instant) + ind->win_offset * (uint32_t)LL_UNIT_US;
	k->anchor_event = ind->instant;
	k->window_us = ind->win_size * (uint32_t)LL_UNIT_US;
}

void llcp_conn_update_apply(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_update *u = &k->llcp.update;
	const struct ll_connection_update_ind *ind = &u->ind;
	bool changed = k->interval != ind->interval || k->latency != ind->latency ||
		k->timeout != ind->timeout;
	/* Received in the event of the instant, the packet itself is the new anchor: 5.1.1, note */
	if (k->anchor_event != ind->instant)
		open_window(k, ind);
	k->interval = ind->interval;
	k->interval_us = ind->interval * (uint32_t)LL_UNIT_US;
	k->latency = ind->latency;
	k->timeout = ind->timeout;
	/* T_LLconnSupervision starts anew with the window, unless it is to end before that */
	if (k->anchor_us < k->deadline_us)
		ll_conn_heard(c, k, k->anchor_us);
	if (changed || u->asked_by_host) /* else it was an anchor point move */
		ll_conn_news(c, k, LL_NEWS_UPDATE, HCI_ERR_SUCCESS);
	u->asked_by_host = false;
	llcp_peer_ends(c, k, LLCP_CONN_PARAM);
	llcp_done(c, k, LLCP_CONN_UPDATE);
	llcp_done(c, k, LLCP_CONN_PARAM);
}
