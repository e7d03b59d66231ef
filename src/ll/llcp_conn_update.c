/*
 * Connection update, Vol 6 Part B 5.1.1: the central sends LL_CONNECTION_UPDATE_IND with an
 * instant, the number of the connection event from which on both use the new interval, latency and
 * time-out. There is no answer; a peripheral that got it later than the instant has lost the
 * connection (LL-058), one that gets nonsense leaves with Invalid LL Parameters before anything is
 * programmed (LL-057).
 *
 *   old interval      instant                             new interval
 *   |----------|----------| offset x 1.25 ms |<- window ->|--------------------|
 *                                              ^ anchor
 *
 * The host's command is legal for the central only; hci.c checks that. Called by the engine
 * (llcp.c) in the main part, never in the interrupt.
 */
#include "ll/ctlr.h"

enum { IDLE, JUDGING, WAIT_INSTANT };
enum { EV_START, EV_RX_IND, EV_GOOD, EV_BAD, EV_PAST, EV_INSTANT };

#define WIN_SIZE 1

static struct ll_conn *conn(void *ctx)
{
	return ctx;
}

/* Central: an offset that keeps the new anchors away from those of other connections. */
static uint16_t choose_offset(
	struct ble_ctlr *c, struct ll_conn *k, uint16_t instant, uint16_t interval)
{
	uint64_t at_us = ll_conn_anchor_us(k, instant);
	uint64_t place_us = ll_place(c, k, at_us, interval * (uint32_t)LL_UNIT_US);
	return (uint16_t)((uint32_t)(place_us - at_us) / LL_UNIT_US);
}

static uint8_t send_ind(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	struct llcp *l = &k->llcp;
	struct ble_ctlr *c = l->ctlr;
	struct wr w;
	uint16_t interval = ll_pick_interval(c, k, l->interval_min, l->interval_max);
	uint16_t instant = llcp_instant(k);
	l->update.ind = (struct ll_connection_update_ind){
		.win_size = WIN_SIZE,
		.win_offset = choose_offset(c, k, instant, interval),
		.interval = interval,
		.latency = l->latency,
		.timeout = l->timeout,
		.instant = instant,
	};
	if (llcp_pdu_begin(k, &w)) {
		ll_connection_update_ind_write(&w, &l->update.ind);
		llcp_pdu_send(c, k, &w);
	}
	return FSM_NONE;
}

static uint8_t judge(void *ctx)
{
	const struct llcp_update *u = &conn(ctx)->llcp.update;
	const struct ll_connection_update_ind *ind = &u->ind;
	if (llcp_is_past(ind->instant, u->event))
		return EV_PAST;
	return ll_params_valid(ind->interval, ind->latency, ind->timeout) &&
			ll_window_valid(ind->win_size, ind->win_offset, ind->interval)
		? EV_GOOD
		: EV_BAD;
}

static uint8_t leave(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	llcp_terminate(
		k->llcp.ctlr, k, HCI_ERR_INVALID_LL_PARAMETERS, HCI_ERR_INVALID_LL_PARAMETERS);
	return FSM_NONE;
}

static uint8_t lose(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	ll_conn_close(k->llcp.ctlr, k, HCI_ERR_INSTANT_PASSED);
	return FSM_NONE;
}

static uint8_t apply(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	struct ble_ctlr *c = k->llcp.ctlr;
	const struct ll_connection_update_ind *ind = &k->llcp.update.ind;
	bool changed = k->interval != ind->interval || k->latency != ind->latency ||
		k->timeout != ind->timeout;
	k->anchor_us = ll_conn_anchor_us(k, ind->instant) + ind->win_offset * (uint32_t)LL_UNIT_US;
	k->anchor_event = ind->instant;
	k->window_us =
		ind->win_size * (uint32_t)LL_UNIT_US; /* the peripheral's; the central knows */
	k->interval = ind->interval;
	k->interval_us = ind->interval * (uint32_t)LL_UNIT_US;
	k->latency = ind->latency;
	k->timeout = ind->timeout;
	ll_conn_heard(c, k, c->now_us); /* the time-out starts anew: 4.5.2 */
	if (changed || k->llcp.update.asked_by_host)
		ll_conn_news(c, k, LL_NEWS_UPDATE, HCI_ERR_SUCCESS);
	k->llcp.update.asked_by_host = false;
	llcp_done(c, k, LLCP_CONN_UPDATE);
	return FSM_NONE;
}

/* clang-format off: a table is read by its columns */
static const struct fsm_row rows[] = {
	/* in            on            do        then          */
	{ IDLE, EV_START, send_ind, WAIT_INSTANT },
	{ IDLE, EV_RX_IND, judge, JUDGING },
	{ JUDGING, EV_GOOD, NULL, WAIT_INSTANT }, /* these three raised by judge */
	{ JUDGING, EV_BAD, leave, IDLE },
	{ JUDGING, EV_PAST, lose, IDLE },
	{ WAIT_INSTANT, EV_INSTANT, apply, IDLE },
};
/* clang-format on */

void llcp_conn_update_open(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	k->llcp.update.fsm = FSM_OF(rows, IDLE, k);
}

bool llcp_conn_update_pending(const struct ll_conn *k)
{
	return k->llcp.update.fsm.state == WAIT_INSTANT;
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	k->llcp.update.asked_by_host = true;
	fsm_step(&k->llcp.update.fsm, EV_START);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	ll_conn_news(c, k, LL_NEWS_UPDATE, status);
}

const struct llcp_proc llcp_conn_update = { start, failed, { 0xFF, 0xFF } };

/*
 * A second instant before the first has come is two transactions at once, which a central may not
 * start.
 */
void llcp_on_connection_update_ind(
	struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_update *u = &k->llcp.update;
	struct ll_connection_update_ind ind;
	if (!ll_connection_update_ind_read(r, &ind))
		return;
	if (llcp_waits_for_instant(k)) {
		ll_conn_close(c, k, HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
		return;
	}
	u->ind = ind;
	u->event = event;
	fsm_step(&u->fsm, EV_RX_IND);
}

void llcp_conn_update_before(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	if (llcp_conn_update_pending(k) && !llcp_is_past(k->event, k->llcp.update.ind.instant))
		fsm_step(&k->llcp.update.fsm, EV_INSTANT);
}
