/*
 * Interrupt: the advertiser we look for has been heard, so CONNECT_IND goes out T_IFS later. All of
 * it is made but the advertiser's address and the window offset, which depends on this moment:
 *
 *   [ADV_IND] 150 us [CONNECT_IND] 1.25 ms  |<-- offset x 1.25 ms -->|<- window 1.25 ms ->|
 *                                                                        ^ anchor, as placed
 */
#include "ll/ctlr.h"

#include <string.h>

/*
 * Connections come when a chain is over, so none can come while we look; one that goes does no
 * harm.
 */
static bool is_connected(struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *adv_a)
{
	struct ll_addr peer = { .type = h->tx_add };
	memcpy(peer.octets, adv_a, 6);
	return ll_conn_between(c, &c->init.own, &peer);
}

static bool is_peer(const struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *payload)
{
	const struct ll_init *in = &c->init;
	if (h->pdu_type != LL_ADV_IND && h->pdu_type != LL_ADV_DIRECT_IND)
		return false;
	if (!ll_adv_length_valid(h))
		return false;
	if (h->pdu_type == LL_ADV_DIRECT_IND && !ll_addr_eq(&in->own, h->rx_add, payload + 6))
		return false;
	return in->by_list ? ll_filter_has(&c->filter, h->tx_add, payload)
			   : ll_addr_eq(&in->peer, h->tx_add, payload);
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
	in->peer.type = h->tx_add;
	memcpy(in->peer.octets, adv_a, 6);
	memcpy(in->ind.adv_a, adv_a, 6);
	place(in, sent_us + LL_WINDOW_DELAY_US);
	struct wr w = wr_of(in->pdu, sizeof in->pdu);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){
			.pdu_type = LL_CONNECT_IND,
			.tx_add = in->own.type,
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
	if (!ll_adv_hdr_read(&rd, &h) || !is_peer(c, &h, payload) || is_connected(c, &h, payload))
		return NULL;
	return connect(c, &h, payload, r->end_us);
}
