/*
 * Interrupt: advertising heard while scanning. Everything fit for a report is handed to the main
 * part; an active scanner asks for the scan response when its back-off lets it (4.4.3.2): scanners
 * that hear the same advertiser would else ask at the same moment, every time.
 */
#include "ll/ctlr.h"

#include <string.h>

static bool is_advertising(const struct ll_adv_hdr *h)
{
	return h->pdu_type <= LL_ADV_SCAN_IND && h->pdu_type != LL_SCAN_REQ && h->pdu_type != LL_CONNECT_IND &&
		ll_adv_length_valid(h);
}

static bool is_reported(struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *payload, struct ll_who *who)
{
	const struct ll_scan *s = &c->scan;
	if (!is_advertising(h) || !ll_resolve_who(c, h->tx_add, payload, who))
		return false;
	if (h->pdu_type == LL_SCAN_RSP)
		return s->waiting && ll_addr_eq(&s->asked, h->tx_add, payload);
	if (h->pdu_type == LL_ADV_DIRECT_IND &&
		!ll_resolve_is_us(c, s->params.own_address_type, &s->own, who, h->rx_add, payload + 6))
		return false;
	return !(s->params.scanning_filter_policy & 1) || ll_filter_has(&c->filter, who->id.type, who->id.octets);
}

static void report(struct ble_ctlr *c, const struct ble_radio_result *r, const struct ll_who *who)
{
	struct ll_rx *rx = ll_isr_keep(c, 1); /* the last buffer is for connections */
	if (!rx) {
		c->isr.reports_lost++;
		return;
	}
	rx->kind = LL_RX_REPORT;
	rx->end_us = r->end_us;
	rx->rssi_dbm = r->rssi_dbm;
	rx->at = who->at;
	rx->resolved = who->resolved;
	ll_isr_hand_over(&c->isr, rx);
}

static void draw(struct ble_ctlr *c)
{
	struct ll_scan *s = &c->scan;
	s->waiting = false;
	s->backoff = (uint16_t)(1 + ll_prng(&c->isr.rng) % s->upper_limit);
}

static void on_response(struct ble_ctlr *c)
{
	struct ll_scan *s = &c->scan;
	s->failures = 0;
	if (++s->successes == 2) {
		s->successes = 0;
		if (s->upper_limit > 1)
			s->upper_limit /= 2;
	}
	draw(c);
}

static void on_no_response(struct ble_ctlr *c)
{
	struct ll_scan *s = &c->scan;
	s->successes = 0;
	if (++s->failures == 2) {
		s->failures = 0;
		if (s->upper_limit < 256)
			s->upper_limit = (uint16_t)(s->upper_limit * 2);
	}
	draw(c);
}

static bool has_time(const struct ble_ctlr *c, uint64_t end_us)
{
	return end_us + LL_T_IFS_US + ll_airtime_us(LL_PHY_1M, LL_SCAN_REQ_LEN) + LL_T_IFS_US +
		ll_airtime_us(LL_PHY_1M, LL_ADV_PAYLOAD_MAX) <=
		c->isr.until_us;
}

static const struct ble_radio_next *ask(
	struct ble_ctlr *c, const struct ll_adv_hdr *h, const uint8_t *adv_a, const struct ll_who *who)
{
	struct ll_scan *s = &c->scan;
	struct ll_addr own = s->own;
	if (--s->backoff > 0)
		return NULL;
	if (who->at >= 0 && !ll_resolve_own(c, s->params.own_address_type, who->at, &own))
		return NULL;
	s->asked.type = h->tx_add;
	memcpy(s->asked.octets, adv_a, 6);
	struct wr w = wr_of(s->req, sizeof s->req);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){
			.pdu_type = LL_SCAN_REQ,
			.tx_add = own.type,
			.rx_add = h->tx_add,
			.length = LL_SCAN_REQ_LEN,
		});
	wr_put(&w, own.octets, 6);
	wr_put(&w, s->asked.octets, 6);
	s->waiting = true;
	return ll_isr_send(c, s->req, BLE_RADIO_TURN);
}

static const struct ble_radio_next *on_packet(struct ble_ctlr *c, const struct ble_radio_result *r)
{
	struct ll_scan *s = &c->scan;
	struct ll_adv_hdr h;
	struct ll_who who;
	struct rd rd = rd_of(r->pdu, LL_ADV_HDR_LEN);
	const uint8_t *payload = r->pdu + LL_ADV_HDR_LEN;
	bool waited = s->waiting;
	bool good = ll_adv_hdr_read(&rd, &h) && is_reported(c, &h, payload, &who);
	if (waited) {
		bool is_response = good && h.pdu_type == LL_SCAN_RSP;
		if (is_response)
			on_response(c);
		else
			on_no_response(c);
	}
	if (!good)
		return NULL;
	bool scannable = h.pdu_type == LL_ADV_IND || h.pdu_type == LL_ADV_SCAN_IND;
	bool may_ask = scannable && !waited && c->isr.then == BLE_RADIO_TURN;
	const struct ble_radio_next *next = NULL;
	if (may_ask && has_time(c, r->end_us))
		next = ask(c, &h, payload, &who);
	report(c, r, &who);
	return next;
}

const struct ble_radio_next *ll_scan_isr(
	struct ble_ctlr *c, void *owner, const struct ble_radio_result *r)
{
	(void)owner;
	if (r->status == BLE_RADIO_SENT)
		return ll_isr_receive(c, BLE_RADIO_STOP);
	if (r->status == BLE_RADIO_RECEIVED && r->crc_ok)
		return on_packet(c, r);
	if (c->scan.waiting)
		on_no_response(c);
	return NULL;
}
