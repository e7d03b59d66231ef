/*
 * Interrupt: one connection event. Acknowledgement and flow control are 4.5.9, when an event goes
 * on 4.5.6:
 *
 *   received SN   == our NESN   a new packet: kept and acknowledged if there is room, else not acknowledged
 *   received NESN != our SN     ours was acknowledged: the next may go
 *
 * A packet with a bad CRC changes neither, and is answered with what was sent before.
 */
#include "ll/ctlr.h"

#include <string.h>

static bool is_held(const struct ll_conn *k)
{
	return atomic_load_explicit(&k->crypt.held, memory_order_relaxed);
}

static bool has_more(struct ll_conn *k, unsigned ctrl, unsigned acl)
{
	return ring_used(&k->ctrl) > ctrl || (ring_used(&k->acl) > acl && !is_held(k));
}

static struct ll_acl *first_acl(struct ll_conn *k)
{
	struct ll_acl **slot = ring_peek(&k->acl);
	return slot ? *slot : NULL;
}

/* The PDU being sent, its LLID and whether something follows it. */
static uint8_t *ctrl_pdu(struct ll_conn *k, bool *md)
{
	uint8_t *pdu = ring_peek(&k->ctrl);
	*md = has_more(k, 1, 0);
	k->isr.leaves = pdu[LL_DATA_HDR_LEN] == LL_TERMINATE_IND;
	return pdu;
}

static uint8_t *data_pdu(struct ll_conn *k, bool *md)
{
	struct ll_conn_isr *s = &k->isr;
	struct ll_acl *a = first_acl(k);
	uint16_t left = (uint16_t)(a->len - s->offset);
	*md = (s->frag_len < left && !is_held(k)) || has_more(k, 0, 1);
	uint8_t *pdu = a->octets + HCI_ACL_HDR_LEN + s->offset - LL_DATA_HDR_LEN;
	pdu[0] = s->offset ? LL_LLID_CONTINUE : a->llid;
	pdu[1] = s->frag_len;
	return pdu;
}

static uint8_t *empty_pdu(struct ll_conn *k, bool *md)
{
	*md = has_more(k, 0, 0); /* it is being sent again, and something has come since */
	k->isr.empty[0] = LL_LLID_CONTINUE;
	k->isr.empty[1] = 0;
	return k->isr.empty;
}

/* Of the fragment that comes next. */
static uint8_t next_frag_len(struct ll_conn *k)
{
	uint8_t limit = atomic_load_explicit(&k->tx_limit, memory_order_relaxed);
	uint16_t left = (uint16_t)(first_acl(k)->len - k->isr.offset);
	return left < limit ? (uint8_t)left : limit;
}

/* What a new packet will be, its payload, and if that is to be encrypted. */
static enum ll_sending choose(struct ll_conn *k, uint8_t *len, bool *seal)
{
	const uint8_t *ctrl = ring_peek(&k->ctrl);
	*len = 0;
	*seal = false;
	if (ctrl) {
		*len = ctrl[1];
		*seal = ctrl[LL_CTRL_SEALED];
		return LL_SENDS_CTRL;
	}
	if (!ring_used(&k->acl) || is_held(k))
		return LL_SENDS_EMPTY;
	*len = next_frag_len(k);
	*seal = atomic_load_explicit(&k->crypt.tx_on, memory_order_acquire);
	return LL_SENDS_DATA;
}

static uint8_t on_air(uint8_t len, bool sealed)
{
	return (uint8_t)(len + (sealed ? LL_MIC_LEN : 0));
}

/* Octets of the packet that ll_conn_next_pdu() would give; nothing is chosen by that. */
static uint8_t next_len(struct ll_conn *k)
{
	uint8_t len = k->isr.frag_len;
	bool sealed = k->isr.sealed;
	switch ((enum ll_sending)k->isr.sending) {
	case LL_SENDS_NOTHING: choose(k, &len, &sealed); break;
	case LL_SENDS_EMPTY: return 0;
	case LL_SENDS_CTRL: len = ((const uint8_t *)ring_peek(&k->ctrl))[1]; break;
	case LL_SENDS_DATA: break;
	}
	return on_air(len, sealed);
}

/*
 * A copy, encrypted. A packet that is sent again is encrypted again, from the same octets by the same counter: to the
 * same octets (LL-039). Of the header only what does not change then is part of it.
 */
static uint8_t *seal(struct ble_ctlr *c, struct ll_conn *k, const uint8_t *pdu)
{
	struct ble_radio_ccm ccm = k->crypt.tx;
	uint8_t *sealed = c->isr.sealed, *payload = sealed + LL_DATA_HDR_LEN;
	ccm.counter = k->isr.seal_counter;
	sealed[0] = pdu[0];
	sealed[1] = on_air(pdu[1], true);
	memcpy(payload, pdu + LL_DATA_HDR_LEN, pdu[1]);
	crypto_ccm_encrypt(c->platform->crypto, &ccm, pdu[0], payload, pdu[1], payload + pdu[1]);
	crypto_wipe(&ccm, sizeof ccm);
	return sealed;
}

static void choose_new(struct ll_conn *k, bool brief)
{
	struct ll_conn_isr *s = &k->isr;
	s->leaves = s->sealed = false;
	if (brief) {
		s->sending = LL_SENDS_EMPTY;
		return;
	}
	s->sending = (uint8_t)choose(k, &s->frag_len, &s->sealed);
	if (s->sealed)
		s->seal_counter = k->crypt.tx.counter++;
}

uint8_t *ll_conn_next_pdu(struct ble_ctlr *c, struct ll_conn *k, bool brief)
{
	struct ll_conn_isr *s = &k->isr;
	bool md = false;
	if (s->sending == LL_SENDS_NOTHING)
		choose_new(k, brief);
	else
		c->isr.retransmissions++;
	uint8_t *pdu = s->sending == LL_SENDS_CTRL ? ctrl_pdu(k, &md)
		: s->sending == LL_SENDS_DATA      ? data_pdu(k, &md)
						   : empty_pdu(k, &md);
	s->sent_md = md;
	pdu[0] = (uint8_t)((pdu[0] & 3) | s->nesn << 2 | s->sn << 3 | md << 4);
	return s->sealed ? seal(c, k, pdu) : pdu;
}

static void on_ack(struct ll_conn *k)
{
	struct ll_conn_isr *s = &k->isr;
	if (s->sending == LL_SENDS_CTRL)
		ring_release(&k->ctrl);
	if (s->sending == LL_SENDS_DATA) {
		s->offset = (uint16_t)(s->offset + s->frag_len);
		if (s->offset == first_acl(k)->len) {
			s->offset = 0;
			ring_release(&k->acl);
		}
	}
	s->sending = LL_SENDS_NOTHING;
	s->sn = !s->sn;
}

/* An answer to every control PDU that was accepted must find a place. */
static bool has_ctrl_room(struct ll_conn *k)
{
	uint16_t done = atomic_load_explicit(&k->ctrl_processed, memory_order_acquire);
	uint16_t open = (uint16_t)(k->isr.ctrl_accepted - done);
	return open + ring_used(&k->ctrl) < LL_CTRL_ANSWERS;
}

static void hand_over(
	struct ble_ctlr *c, struct ll_conn *k, struct ll_rx *rx, const struct ble_radio_result *r)
{
	rx->kind = LL_RX_DATA;
	rx->handle = k->handle;
	rx->event = k->event;
	rx->end_us = r->end_us;
	rx->rssi_dbm = r->rssi_dbm;
	ll_isr_hand_over(&c->isr, rx);
}

/* True when it can be acknowledged: kept, or nothing to keep. */
static bool accept(struct ble_ctlr *c, struct ll_conn *k, const struct ll_data_hdr *h,
	const struct ble_radio_result *r)
{
	struct ll_conn_isr *s = &k->isr;
	bool control = h->llid == LL_LLID_CONTROL;
	if (h->llid == 0 || h->length == 0) {
		s->unknown_llid +=
			h->llid != LL_LLID_CONTINUE; /* LL-002, LL-034: acknowledged, no more */
		return true;
	}
	if (control && !has_ctrl_room(k))
		return false;
	const uint8_t *payload = r->pdu + LL_DATA_HDR_LEN;
	struct ll_rx *rx = ll_isr_keep(c, control ? 0 : 1); /* data never takes the last buffer */
	if (!rx)
		return false;
	if (control) {
		s->ctrl_accepted++;
		if (payload[0] == LL_TERMINATE_IND && h->length == LL_TERMINATE_IND_LEN) /* not if it is encrypted */
			atomic_store_explicit(&s->farewell, LL_BIDS_FAREWELL, memory_order_relaxed);
	}
	hand_over(c, k, rx, r);
	return true;
}

static void on_good_packet(struct ble_ctlr *c, struct ll_conn *k, const struct ble_radio_result *r)
{
	struct ll_conn_isr *s = &k->isr;
	struct ll_data_hdr h;
	struct rd rd = rd_of(r->pdu, LL_DATA_HDR_LEN);
	ll_data_hdr_read(&rd, &h);
	s->bad = 0;
	s->good = true;
	s->good_us = r->end_us;
	s->rssi_dbm = r->rssi_dbm;
	s->peer_md = h.md;
	if (h.nesn != s->sn) {
		if (s->sending == LL_SENDS_NOTHING)
			c->isr.unexpected_acks++; /* LL-032: of what was never sent */
		else
			on_ack(k);
	}
	if (h.sn == s->nesn && accept(c, k, &h, r)) {
		s->nesn = !s->nesn;
		s->owes_ack = true;
	}
}

/* False when the event is over: two packets in a row had a bad CRC. */
static bool on_packet(struct ble_ctlr *c, struct ll_conn *k, const struct ble_radio_result *r)
{
	struct ll_conn_isr *s = &k->isr;
	if (!s->any) {
		s->any = true;
		s->first_us = r->start_us; /* the anchor, whatever the CRC: 4.5.5 */
	}
	if (r->crc_ok) {
		on_good_packet(c, k, r);
		return true;
	}
	return ++s->bad < 2;
}

/*
 * Time for what may come. The peer keeps clear of this connection's next event by itself, if it is the central, and
 * says by MD whether it has more to send; towards others' events its longest packet is reckoned with.
 */
static uint32_t rx_us(const struct ll_conn *k, bool expected)
{
	return LL_T_IFS_US + ll_airtime_us(k->rx_phy, expected ? k->isr.rx_octets : 0);
}

static uint32_t tx_us(const struct ll_conn *k, uint8_t len)
{
	return LL_T_IFS_US + ll_airtime_us(k->tx_phy, len);
}

/* From end_us on: our next packet and the peer's answer. */
static bool central_has_time(struct ble_ctlr *c, struct ll_conn *k, uint64_t end_us)
{
	end_us += tx_us(k, next_len(k));
	return end_us + rx_us(k, true) <= c->isr.until_us &&
		end_us + rx_us(k, k->isr.peer_md) <= k->isr.next_us;
}

/*
 * From the end of our packet on: the central's next and our answer, which may be the same packet again. Our farewell
 * is acknowledged only once, and then the central is gone: for that the others wait.
 */
static bool peripheral_has_time(const struct ble_ctlr *c, const struct ll_conn *k, uint64_t end_us, const uint8_t *pdu)
{
	bool seals = atomic_load_explicit(&k->crypt.tx_on, memory_order_relaxed);
	uint8_t limit = on_air(atomic_load_explicit(&k->tx_limit, memory_order_relaxed), seals);
	end_us += tx_us(k, k->isr.sent_md && limit > pdu[1] ? limit : pdu[1]);
	return (k->isr.leaves || end_us + rx_us(k, true) <= c->isr.until_us) && end_us + rx_us(k, false) <= k->isr.next_us;
}

static void on_sent(struct ll_conn *k)
{
	struct ll_conn_isr *s = &k->isr;
	s->owes_ack = false;
	if (atomic_load_explicit(&s->farewell, memory_order_relaxed) == LL_BIDS_FAREWELL)
		atomic_store_explicit(&s->farewell, LL_FAREWELL_ACKED, memory_order_relaxed);
}

static bool has_left(const struct ll_conn *k)
{
	return atomic_load_explicit(&k->isr.farewell, memory_order_relaxed) == LL_FAREWELL_ACKED;
}

/* Once both sides have said that they have no more, the peripheral does not listen: 4.5.6. */
static bool central_goes_on(const struct ll_conn *k)
{
	return k->isr.peer_md || k->isr.sent_md;
}

const struct ble_radio_next *ll_central_isr(
	struct ble_ctlr *c, void *owner, const struct ble_radio_result *r)
{
	struct ll_conn *k = owner;
	if (r->status == BLE_RADIO_SENT) {
		on_sent(k);
		return has_left(k) ? NULL : ll_isr_receive(c, BLE_RADIO_TURN);
	}
	if (r->status != BLE_RADIO_RECEIVED || !on_packet(c, k, r))
		return NULL;
	if (!central_goes_on(k) || !central_has_time(c, k, r->end_us))
		return NULL;
	return ll_isr_send(c, ll_conn_next_pdu(c, k, false), BLE_RADIO_TURN);
}

const struct ble_radio_next *ll_peripheral_isr(
	struct ble_ctlr *c, void *owner, const struct ble_radio_result *r)
{
	struct ll_conn *k = owner;
	if (r->status == BLE_RADIO_SENT) {
		on_sent(k);
		return has_left(k) ? NULL : ll_isr_receive(c, BLE_RADIO_TURN);
	}
	bool first = !k->isr.any;
	if (r->status != BLE_RADIO_RECEIVED || !on_packet(c, k, r))
		return NULL;
	/* The first packet is answered in any case (4.5.6), the others as far as there is time. */
	uint64_t last_us = first ? BLE_NEVER : k->isr.next_us < c->isr.until_us ? k->isr.next_us : c->isr.until_us;
	bool fits = r->end_us + tx_us(k, next_len(k)) <= last_us;
	if (!fits && k->isr.sending != LL_SENDS_NOTHING)
		return NULL;
	uint8_t *pdu = ll_conn_next_pdu(c, k, !fits);
	bool more = k->isr.peer_md || k->isr.bad || k->isr.sent_md;
	bool goes_on = more && peripheral_has_time(c, k, r->end_us + tx_us(k, pdu[1]), pdu);
	return ll_isr_send(c, pdu, goes_on ? BLE_RADIO_TURN : BLE_RADIO_STOP);
}
