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
 * Only a central may start it, which cmd_conn.c sees to for the host's command and the table of
 * llcp.c for the peer's PDU. Called by the engine, in the main part; never in the interrupt.
 */
#include "ll/ctlr.h"

#define WIN_SIZE 1 /* 1.25 ms: our anchor is where we said, to the microsecond */

enum { IDLE, CHECKING, WAIT_INSTANT };
enum {
	EV_START,     /* central: the host wants other parameters */
	EV_RX_IND,    /* peripheral: the PDU has come */
	EV_VALID,     /* what there is to say of it, raised by check_ind: */
	EV_INVALID,   /* a field out of range, or fields that contradict each other */
	EV_PAST,      /* it was too long on its way */
	EV_COLLISION, /* another instant of the central is still to come */
	EV_INSTANT,   /* the event to be planned is the instant, or behind it */
};

static struct ll_conn *conn(void *ctx)
{
	return ctx;
}

/* transmitWindowOffset: keeps the new anchors away from those of our other connections. */
static uint16_t choose_offset(struct ll_conn *k, uint16_t instant, uint16_t interval)
{
	uint64_t at_us = ll_conn_anchor_us(k, instant);
	uint64_t place_us = ll_place(k->llcp.ctlr, k, at_us, interval * (uint32_t)LL_UNIT_US);
	return (uint16_t)((uint32_t)(place_us - at_us) / LL_UNIT_US);
}

static void choose_parameters(struct ll_conn *k)
{
	struct llcp *l = &k->llcp;
	uint16_t interval = ll_pick_interval(l->ctlr, k, l->interval_min, l->interval_max);
	uint16_t instant = llcp_instant(k);
	l->update.ind = (struct ll_connection_update_ind){
		.win_size = WIN_SIZE,
		.win_offset = choose_offset(k, instant, interval),
		.interval = interval,
		.latency = l->latency,
		.timeout = l->timeout,
		.instant = instant,
	};
}

static uint8_t send_ind(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	struct wr w;
	choose_parameters(k);
	if (llcp_pdu_begin(k, &w)) { /* the engine starts nothing without room */
		ll_connection_update_ind_write(&w, &k->llcp.update.ind);
		llcp_pdu_send(k->llcp.ctlr, k, &w);
	}
	return FSM_NONE;
}

/* LL-057: nothing of it is used before all of it has been looked at. */
static uint8_t check_ind(void *ctx)
{
	const struct ll_conn *k = conn(ctx);
	const struct llcp_update *u = &k->llcp.update;
	const struct ll_connection_update_ind *ind = &u->ind;
	if (llcp_channel_map_pending(k))
		return EV_COLLISION;
	if (llcp_is_past(ind->instant, u->event))
		return EV_PAST;
	bool valid = ll_params_valid(ind->interval, ind->latency, ind->timeout) &&
		ll_window_valid(ind->win_size, ind->win_offset, ind->interval);
	return valid ? EV_VALID : EV_INVALID;
}

/* The book has no word for a central that does this; its fields are not those of a connection. */
static uint8_t terminate(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	llcp_terminate(
		k->llcp.ctlr, k, HCI_ERR_INVALID_LL_PARAMETERS, HCI_ERR_INVALID_LL_PARAMETERS);
	return FSM_NONE;
}

static uint8_t lose_link(void *ctx) /* 5.5.1 */
{
	struct ll_conn *k = conn(ctx);
	ll_conn_close(k->llcp.ctlr, k, HCI_ERR_INSTANT_PASSED);
	return FSM_NONE;
}

/*
 * Two procedures with an instant at once, which 5 forbids to one side and 5.3 to both: we cannot
 * know which of them the central goes by.
 */
static uint8_t collide(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	ll_conn_close(k->llcp.ctlr, k,
		llcp_channel_map_pending(k) ? HCI_ERR_DIFFERENT_TRANSACTION_COLLISION
					    : HCI_ERR_LL_PROCEDURE_COLLISION);
	return FSM_NONE;
}

/* transmitWindow. The central makes none of it: it knows when it sends. */
static void open_window(struct ll_conn *k, const struct ll_connection_update_ind *ind)
{
	k->anchor_us = ll_conn_anchor_us(k, ind->instant) + ind->win_offset * (uint32_t)LL_UNIT_US;
	k->anchor_event = ind->instant;
	k->window_us = ind->win_size * (uint32_t)LL_UNIT_US;
}

static uint8_t apply(void *ctx)
{
	struct ll_conn *k = conn(ctx);
	struct ble_ctlr *c = k->llcp.ctlr;
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
	llcp_done(c, k, LLCP_CONN_UPDATE);
	return FSM_NONE;
}

/* clang-format off */
static const struct fsm_row rows[] = {
	/* in            on            do         then          */
	{ IDLE,         EV_START,     send_ind,  WAIT_INSTANT },
	{ IDLE,         EV_RX_IND,    check_ind, CHECKING },
	{ CHECKING,     EV_VALID,     NULL,      WAIT_INSTANT },
	{ CHECKING,     EV_INVALID,   terminate, IDLE },
	{ CHECKING,     EV_PAST,      lose_link, IDLE },
	{ CHECKING,     EV_COLLISION, collide,   IDLE },
	{ WAIT_INSTANT, EV_RX_IND,    collide,   IDLE },
	{ WAIT_INSTANT, EV_INSTANT,   apply,     IDLE },
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

const struct llcp_proc llcp_conn_update = { start, failed, { LLCP_UNANSWERED, LLCP_UNANSWERED } };

void llcp_on_connection_update_ind(
	struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_update *u = &k->llcp.update;
	struct ll_connection_update_ind ind;
	(void)c;
	if (!ll_connection_update_ind_read(r, &ind))
		return;
	u->ind = ind;
	u->event = event;
	fsm_step(&u->fsm, EV_RX_IND);
}

void llcp_conn_update_before(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	if (llcp_conn_update_pending(k) && llcp_is_reached(k->llcp.update.ind.instant, k->event))
		fsm_step(&k->llcp.update.fsm, EV_INSTANT);
}
