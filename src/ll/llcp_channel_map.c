/*
 * Channel Map Update procedure, Vol 6 Part B 5.1.2: from an instant on both sides use another map.
 * The central starts it when its host classifies channels; as peripheral we obey, unless fewer than
 * two channels are left (LL-059). What there is to say of instants is in llcp_instant.c.
 */
#include "ll/ctlr.h"

#include <string.h>

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	struct ll_channel_map_ind *ind = &k->llcp.map;
	struct wr w;
	if (!llcp_pdu_begin(k, &w)) /* the engine starts nothing without room */
		return;
	memcpy(ind->ch_m, c->host_channels, 5);
	ind->instant = llcp_set_instant(k, LLCP_CHANNEL_MAP);
	ll_channel_map_ind_write(&w, ind);
	llcp_pdu_send(c, k, &w);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	(void)c, (void)k, (void)status; /* no command waits for it */
}

const struct llcp_proc llcp_channel_map = { start, failed, { LLCP_UNANSWERED, LLCP_UNANSWERED } };

void llcp_on_channel_map_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_channel_map_ind ind;
	if (!ll_channel_map_ind_read(r, &ind))
		return;
	bool valid = ll_channels_used(ind.ch_m) >= 2;
	if (llcp_heard_instant(c, k, LLCP_CHANNEL_MAP, ind.instant, event, valid))
		k->llcp.map = ind;
}

void llcp_channel_map_apply(struct ble_ctlr *c, struct ll_conn *k)
{
	ll_conn_use_map(k, k->llcp.map.ch_m);
	llcp_done(c, k, LLCP_CHANNEL_MAP);
}
