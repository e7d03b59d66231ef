/*
 * Channel Map Update procedure, Vol 6 Part B 5.1.2: from an instant on both sides use another map.
 * The central starts it when its host classifies channels; as peripheral we obey, unless fewer than
 * two channels are left (LL-059). What there is to say of instants is in llcp_conn_update.c.
 */
#include "ll/ctlr.h"

#include <string.h>

enum { IDLE, CHECKING, WAIT_INSTANT };
enum { EV_START, EV_RX_IND, EV_VALID, EV_INVALID, EV_PAST, EV_COLLISION, EV_INSTANT };

static uint8_t send_ind(void *ctx)
{
	struct ll_conn *k = ctx;
	struct ble_ctlr *c = k->llcp.ctlr;
	struct ll_channel_map_ind *ind = &k->llcp.map.ind;
	struct wr w;
	memcpy(ind->ch_m, c->host_channels, 5);
	ind->instant = llcp_instant(k);
	if (llcp_pdu_begin(k, &w)) {
		ll_channel_map_ind_write(&w, ind);
		llcp_pdu_send(c, k, &w);
	}
	return FSM_NONE;
}

static uint8_t check_ind(void *ctx)
{
	const struct ll_conn *k = ctx;
	const struct llcp_map *m = &k->llcp.map;
	if (llcp_conn_update_pending(k))
		return EV_COLLISION;
	if (llcp_is_past(m->ind.instant, m->event))
		return EV_PAST;
	return ll_channels_used(m->ind.ch_m) >= 2 ? EV_VALID : EV_INVALID;
}

static uint8_t terminate(void *ctx)
{
	struct ll_conn *k = ctx;
	llcp_terminate(
		k->llcp.ctlr, k, HCI_ERR_INVALID_LL_PARAMETERS, HCI_ERR_INVALID_LL_PARAMETERS);
	return FSM_NONE;
}

static uint8_t lose_link(void *ctx) /* 5.5.1: we may, and do not guess which map is used */
{
	struct ll_conn *k = ctx;
	ll_conn_close(k->llcp.ctlr, k, HCI_ERR_INSTANT_PASSED);
	return FSM_NONE;
}

static uint8_t collide(void *ctx)
{
	struct ll_conn *k = ctx;
	ll_conn_close(k->llcp.ctlr, k,
		llcp_conn_update_pending(k) ? HCI_ERR_DIFFERENT_TRANSACTION_COLLISION
					    : HCI_ERR_LL_PROCEDURE_COLLISION);
	return FSM_NONE;
}

static uint8_t apply(void *ctx)
{
	struct ll_conn *k = ctx;
	ll_conn_use_map(k, k->llcp.map.ind.ch_m);
	llcp_done(k->llcp.ctlr, k, LLCP_CHANNEL_MAP);
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

void llcp_channel_map_open(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	k->llcp.map.fsm = FSM_OF(rows, IDLE, k);
}

bool llcp_channel_map_pending(const struct ll_conn *k)
{
	return k->llcp.map.fsm.state == WAIT_INSTANT;
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	fsm_step(&k->llcp.map.fsm, EV_START);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	(void)c, (void)k, (void)status; /* no command waits for it */
}

const struct llcp_proc llcp_channel_map = { start, failed, { LLCP_UNANSWERED, LLCP_UNANSWERED } };

void llcp_on_channel_map_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_map *m = &k->llcp.map;
	struct ll_channel_map_ind ind;
	(void)c;
	if (!ll_channel_map_ind_read(r, &ind))
		return;
	m->ind = ind;
	m->event = event;
	fsm_step(&m->fsm, EV_RX_IND);
}

void llcp_channel_map_before(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	if (llcp_channel_map_pending(k) && llcp_is_reached(k->llcp.map.ind.instant, k->event))
		fsm_step(&k->llcp.map.fsm, EV_INSTANT);
}
