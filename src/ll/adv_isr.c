/*
 * Interrupt: what follows an advertising PDU within T_IFS. A SCAN_REQ is answered; a CONNECT_IND
 * has no answer, so it is only looked at here as far as its addresses, and judged by the main part.
 *
 *   [ADV_IND] 150 us [SCAN_REQ] 150 us [SCAN_RSP]
 *   [ADV_IND] 150 us [CONNECT_IND]
 */
#include "ll/ctlr.h"

#include <string.h>

/* Both begin with the sender's address and the advertiser's. */
static bool is_for_us(
	const struct ll_adv_part *adv, const struct ll_adv_hdr *h, const uint8_t *payload)
{
	return ll_addr_eq(&adv->own, h->rx_add, payload + 6);
}

/* Advertising filter policy, bit 0: scan requests, bit 1: connection requests. By the identity, 4.3.1. */
static bool is_accepted(const struct ble_ctlr *c, uint8_t policy_bit, const struct ll_who *who)
{
	const struct hci_cmd_le_set_advertising_parameters *p = &c->adv.params;
	return !(p->advertising_filter_policy & policy_bit) || ll_filter_has(&c->filter, who->id.type, who->id.octets);
}

/* Directed: the address that was called, or another private one of the same peer. */
static bool is_called(const struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *payload, const struct ll_who *who)
{
	const struct hci_cmd_le_set_advertising_parameters *p = &c->adv.params;
	if (who->at >= 0)
		return ll_addr_eq(&who->id, p->peer_address_type, p->peer_address);
	return ll_addr_eq(&c->adv.target, h->tx_add, payload);
}

static void keep_connect_ind(struct ble_ctlr *c, const struct ble_radio_result *r, const struct ll_who *who)
{
	struct ll_rx *rx = ll_isr_keep(c, 0);
	if (!rx)
		return; /* the main part is far behind: the peer will find no one and try again */
	rx->kind = LL_RX_CONNECT;
	rx->end_us = r->end_us;
	rx->rssi_dbm = r->rssi_dbm;
	rx->at = who->at;
	rx->resolved = who->resolved;
	ll_isr_hand_over(&c->isr, rx);
}

static const struct ble_radio_next *on_request(
	struct ble_ctlr *c, struct ll_adv_part *adv, const struct ble_radio_result *r)
{
	struct ll_adv_hdr h;
	struct ll_who who;
	struct rd rd = rd_of(r->pdu, LL_ADV_HDR_LEN);
	if (!ll_adv_hdr_read(&rd, &h))
		return NULL;
	const uint8_t *payload = r->pdu + LL_ADV_HDR_LEN;
	uint8_t type = adv->pdu[0] & 0xF;
	if (h.pdu_type == LL_SCAN_REQ && h.length == LL_SCAN_REQ_LEN && type != LL_ADV_DIRECT_IND) {
		if (is_for_us(adv, &h, payload) && ll_resolve_who(c, h.tx_add, payload, &who) && is_accepted(c, 1, &who))
			return ll_isr_send(c, adv->rsp_pdu, BLE_RADIO_STOP);
		return NULL;
	}
	if (h.pdu_type != LL_CONNECT_IND || h.length != LL_CONNECT_IND_LEN ||
		type == LL_ADV_SCAN_IND)
		return NULL;
	if (!is_for_us(adv, &h, payload) || !ll_resolve_who(c, h.tx_add, payload, &who))
		return NULL;
	if (type == LL_ADV_DIRECT_IND ? is_called(c, &h, payload, &who) : is_accepted(c, 2, &who))
		keep_connect_ind(c, r, &who);
	return NULL;
}

const struct ble_radio_next *ll_adv_isr(
	struct ble_ctlr *c, void *owner, const struct ble_radio_result *r)
{
	struct ll_adv_part *adv = owner;
	if (r->status == BLE_RADIO_SENT && c->isr.then == BLE_RADIO_TURN)
		return ll_isr_receive(c, BLE_RADIO_TURN);
	if (r->status == BLE_RADIO_RECEIVED && r->crc_ok)
		return on_request(c, adv, r);
	return NULL;
}
