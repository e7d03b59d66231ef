/*
 * Interrupt: every result of the radio comes in here, is counted, and goes to whoever owns the
 * chain. Its first function is the main part's side of the hand-over.
 */
#include "ll/ctlr.h"

void ll_chain_post(
	struct ble_ctlr *c, ll_isr_fn *on, void *owner, struct ble_radio_op *op, uint64_t until_us)
{
	struct ll_isr *isr = &c->isr;
	if (!op->pdu)
		op->pdu = ll_rx_pdu(isr->rx);
	isr->on = on;
	isr->owner = owner;
	isr->until_us = until_us;
	isr->listen_us = op->start_us;
	isr->then = op->then;
	isr->keep_open = op->keep_open;
	isr->status = 0;
	atomic_store_explicit(&isr->ended, false, memory_order_release);
	if (c->radio->post(c->radio->ctx, op) == 0)
		return;
	isr->status = BLE_RADIO_LATE;
	atomic_store_explicit(&isr->ended, true, memory_order_release);
}

struct ll_rx *ll_isr_keep(struct ble_ctlr *c, unsigned spare)
{
	struct ll_isr *isr = &c->isr;
	if (ring_used(&isr->fresh) <= spare)
		return NULL;
	struct ll_rx *kept = isr->rx;
	struct ll_rx **slot = ring_peek(&isr->fresh);
	isr->rx = *slot;
	ring_release(&isr->fresh);
	return kept;
}

const struct ble_radio_next *ll_isr_send(struct ble_ctlr *c, uint8_t *pdu, enum ble_radio_then then)
{
	c->isr.then = (uint8_t)then;
	c->isr.next = (struct ble_radio_next){ .pdu = pdu, .then = (uint8_t)then };
	return &c->isr.next;
}

const struct ble_radio_next *ll_isr_receive(struct ble_ctlr *c, enum ble_radio_then then)
{
	return ll_isr_send(c, ll_rx_pdu(c->isr.rx), then);
}

static void account(struct ll_isr *isr, const struct ble_radio_result *r)
{
	switch ((enum ble_radio_status)r->status) {
	case BLE_RADIO_SENT:
		isr->tx_us += r->end_us - r->start_us;
		isr->listen_us = r->end_us + LL_T_IFS_US;
		break;
	case BLE_RADIO_RECEIVED:
	case BLE_RADIO_SILENCE:
		if (r->end_us > isr->listen_us)
			isr->rx_us += r->end_us - isr->listen_us;
		isr->listen_us = r->end_us;
		break;
	case BLE_RADIO_LATE:
	case BLE_RADIO_ABORTED: break;
	}
	if (r->status == BLE_RADIO_RECEIVED && !r->crc_ok)
		isr->crc_errors++;
}

const struct ble_radio_next *ll_on_result(void *user, const struct ble_radio_result *r)
{
	struct ble_ctlr *c = user;
	struct ll_isr *isr = &c->isr;
	account(isr, r);
	bool may_turn = isr->then == BLE_RADIO_TURN;
	bool stays_open = isr->keep_open && r->status == BLE_RADIO_RECEIVED && !r->crc_ok;
	const struct ble_radio_next *next = isr->on(c, isr->owner, r);
	if (stays_open)
		return NULL;
	if (next && may_turn) {
		isr->keep_open = false;
		return next;
	}
	isr->status = r->status;
	atomic_store_explicit(&isr->ended, true, memory_order_release);
	return NULL;
}
