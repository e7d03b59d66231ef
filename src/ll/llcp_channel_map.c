/*
 * Channel map update, Vol 6 Part B 5.1.2: from an instant on both sides use another map. The
 * central starts it when its host classifies channels; as peripheral we obey, unless fewer than two
 * channels are left (LL-059).
 */
#include "ll/ctlr.h"

#include <string.h>

enum { IDLE, JUDGING, WAIT_INSTANT };
enum { EV_START, EV_RX_IND, EV_GOOD, EV_BAD, EV_PAST, EV_INSTANT };

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

static uint8_t judge(void *ctx)
{
	const struct llcp_map *m = &((struct ll_conn *)ctx)->llcp.map;
	if (llcp_is_past(m->ind.instant, m->event))
		return EV_PAST;
	return ll_channels_used(m->ind.ch_m) >= 2 ? EV_GOOD : EV_BAD;
}

static uint8_t leave(void *ctx)
{
	struct ll_conn *k = ctx;
	llcp_terminate(
		k->llcp.ctlr, k, HCI_ERR_INVALID_LL_PARAMETERS, HCI_ERR_INVALID_LL_PARAMETERS);
	return FSM_NONE;
}

static uint8_t lose(void *ctx)
{
	struct ll_conn *k = ctx;
	ll_conn_close(k->llcp.ctlr, k, HCI_ERR_INSTANT_PASSED);
	return FSM_NONE;
}

static uint8_t apply(void *ctx)
{
	struct ll_conn *k = ctx;
	ll_conn_use_map(k, k->llcp.map.ind.ch_m);
	llcp_done(k->llcp.ctlr, k, LLCP_CHANNEL_MAP);
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

const struct llcp_proc llcp_channel_map = { start, failed, { 0xFF, 0xFF } };

void llcp_on_channel_map_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_map *m = &k->llcp.map;
	struct ll_channel_map_ind ind;
	if (!ll_channel_map_ind_read(r, &ind))
		return;
	if (llcp_waits_for_instant(k)) {
		ll_conn_close(c, k, HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
		return;
	}
	m->ind = ind;
	m->event = event;
	fsm_step(&m->fsm, EV_RX_IND);
}

void llcp_channel_map_before(struct ble_ctlr *c, struct ll_conn *k)
{
	(void)c;
	if (llcp_channel_map_pending(k) && !llcp_is_past(k->event, k->llcp.map.ind.instant))
		fsm_step(&k->llcp.map.fsm, EV_INSTANT);
}
