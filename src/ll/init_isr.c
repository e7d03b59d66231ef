/*
 * Interrupt: the advertiser we look for has been heard, so CONNECT_IND goes out T_IFS later. All of
 * it is made but the advertiser's address and the window offset, which depends on this moment:
 *
 *   [ADV_IND] 150 us [CONNECT_IND] 1.25 ms  |<-- offset x 1.25 ms -->|<- window 1.25 ms ->|
 *                                                                        ^ anchor, as placed
 */
#include "ll/ctlr.h"

#include <string.h>

static bool is_peer(struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *payload, struct ll_who *who)
{
	const struct ll_init *in = &c->init;
	if (h->pdu_type != LL_ADV_IND && h->pdu_type != LL_ADV_DIRECT_IND)
		return false;
	if (!ll_adv_length_valid(h) || !ll_resolve_who(c, h->tx_add, payload, who))
		return false;
	if (h->pdu_type == LL_ADV_DIRECT_IND &&
		!ll_resolve_is_us(c, in->own_type, &in->own, who, h->rx_add, payload + 6))
		return false;
	return in->by_list ? ll_filter_has(&c->filter, who->id.type, who->id.octets)
			   : ll_addr_eq(&in->peer, who->id.type, who->id.octets);
}

/*
 * Who we are towards this peer; false: connected with it already. Connections come when a chain is over, so none can come
 * while we look; one that goes does no harm.
 */
static bool take_parties(struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *adv_a, const struct ll_who *who)
{
	struct ll_init *in = &c->init;
	in->with.own = in->own;
	if (in->by_list) {
		in->with.own_private = ll_resolve_is_private(c, in->own_type, who->at);
		if (!ll_resolve_own(c, in->own_type, who->at, &in->with.own))
			return false;
	}
	in->with.peer.type = h->tx_add;
	memcpy(in->with.peer.octets, adv_a, 6);
	in->with.id = who->id;
	in->at = who->at;
	in->resolved = who->resolved;
	return !ll_conn_between(c, &in->with);
}

/* The first placed time at or after earliest_us; the differences fit 32 bits, and divide fast. */
static void place(struct ll_init *in, uint64_t earliest_us)
{
	uint64_t at_us = in->place_us;
	if (at_us < earliest_us) {
		uint32_t behind = (uint32_t)(earliest_us - at_us);
		at_us += (behind + in->interval_us - 1) / in->interval_us * in->interval_us;
	}
	in->anchor_us = at_us;
	in->ind.win_offset = (uint16_t)((uint32_t)(at_us - earliest_us) / LL_UNIT_US);
}

static const struct ble_radio_next *connect(
	struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *adv_a, uint64_t end_us)
{
	struct ll_init *in = &c->init;
	uint64_t sent_us = end_us + LL_T_IFS_US + ll_airtime_us(LL_PHY_1M, LL_CONNECT_IND_LEN);
	if (sent_us > c->isr.until_us)
		return NULL;
	memcpy(in->ind.init_a, in->with.own.octets, 6);
	memcpy(in->ind.adv_a, adv_a, 6);
	place(in, sent_us + LL_WINDOW_DELAY_US);
	struct wr w = wr_of(in->pdu, sizeof in->pdu);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){
			.pdu_type = LL_CONNECT_IND,
			.tx_add = in->with.own.type,
			.rx_add = h->tx_add,
			.length = LL_CONNECT_IND_LEN,
		});
	ll_connect_ind_write(&w, &in->ind);
	return ll_isr_send(c, in->pdu, BLE_RADIO_STOP);
}

const struct ble_radio_next *ll_init_isr(
	struct ble_ctlr *c, void *owner, const struct ble_radio_result *r)
{
	(void)owner;
	struct ll_adv_hdr h;
	struct ll_who who;
	struct ll_init *in = &c->init;
	if (r->status == BLE_RADIO_SENT) {
		in->sent_us = r->end_us;
		in->state = LL_INIT_SENT; /* read by the main part when the chain has ended */
		return NULL;
	}
	if (r->status != BLE_RADIO_RECEIVED || !r->crc_ok)
		return NULL;
	struct rd rd = rd_of(r->pdu, LL_ADV_HDR_LEN);
	const uint8_t *payload = r->pdu + LL_ADV_HDR_LEN;
	if (!ll_adv_hdr_read(&rd, &h) || !is_peer(c, &h, payload, &who) ||
		!take_parties(c, &h, payload, &who))
		return NULL;
	return connect(c, &h, payload, r->end_us);
}
