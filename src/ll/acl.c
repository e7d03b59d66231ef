/*
 * Data between the host and connections. Down: the host's packet is copied once into a buffer of
 * the pool and goes out fragment by fragment from there. Up: each data PDU becomes an ACL packet
 * where it was received, its PDU header replaced by the ACL header in place; the buffer comes back
 * when the host has read on.
 */
#include "ll/ctlr.h"

#include <string.h>

static void on_data(struct ble_ctlr *c, struct ll_conn *k, struct ll_rx *rx)
{
	const uint8_t *pdu = ll_rx_pdu(rx);
	struct wr w = wr_of(rx->octets, 1 + HCI_ACL_HDR_LEN);
	uint8_t first = (pdu[0] & 3) == LL_LLID_START;
	struct hci_acl_hdr hdr = {
		.handle = k->handle,
		.pb_flag = first ? HCI_PB_FIRST_FLUSHABLE : HCI_PB_CONTINUING,
		.data_total_length = pdu[1],
	};
	wr_u8(&w, HCI_H4_ACL);
	hci_acl_hdr_write(&w, &hdr);
	k->waiting++;
	ll_out_data(c, rx);
}

/*
 * Takes the encryption off, in place. What comes here has not come before, so the counter goes on by one. False: the
 * connection is over, for a PDU without a MIC (LL-035) as for one with a wrong one (5.1.3.1).
 */
static bool unseal(struct ble_ctlr *c, struct ll_conn *k, struct ll_rx *rx)
{
	uint8_t *pdu = ll_rx_pdu(rx), *payload = pdu + LL_DATA_HDR_LEN;
	if (!k->crypt.rx_on)
		return true;
	bool right = pdu[1] > LL_MIC_LEN;
	if (right) {
		pdu[1] = (uint8_t)(pdu[1] - LL_MIC_LEN);
		right = crypto_ccm_decrypt(c->platform->crypto, &k->crypt.rx, pdu[0], payload, pdu[1], payload + pdu[1]);
	}
	k->crypt.rx.counter++;
	k->llcp.authentic_us = c->now_us;
	if (!right)
		ll_conn_close(c, k, HCI_ERR_MIC_FAILURE);
	return right;
}

void ll_acl_on_rx(struct ble_ctlr *c, struct ll_rx *rx)
{
	struct ll_conn *k = ll_conn_by_handle(c, rx->handle);
	const uint8_t *pdu = ll_rx_pdu(rx);
	if (!k || !unseal(c, k, rx)) {
		ll_rx_free(c, rx);
		return;
	}
	if ((pdu[0] & 3) != LL_LLID_CONTROL) {
		if (llcp_takes_data(c, k))
			on_data(c, k, rx);
		else
			ll_rx_free(c, rx);
		return;
	}
	llcp_on_pdu(c, k, pdu + LL_DATA_HDR_LEN, pdu[1], rx->event);
	uint16_t done = atomic_load_explicit(&k->ctrl_processed, memory_order_relaxed);
	atomic_store_explicit(&k->ctrl_processed, (uint16_t)(done + 1), memory_order_release);
	ll_rx_free(c, rx);
}

void ll_acl_reap(struct ble_ctlr *c, struct ll_conn *k)
{
	uint16_t sent = atomic_load_explicit(&k->acl.tail, memory_order_acquire);
	while (k->acl_reaped != sent) {
		struct ll_acl **slot = ring_at(&k->acl, k->acl_reaped++);
		pool_put(&c->acl_pool, *slot);
		k->completed++;
		c->has_completed = true;
	}
}

void ll_acl_reap_many(struct ble_ctlr *c, struct ll_conn *k)
{
	uint16_t sent = atomic_load_explicit(&k->acl.tail, memory_order_acquire);
	if ((uint16_t)(sent - k->acl_reaped) * 2u >= c->acl_pool.total)
		ll_acl_reap(c, k);
}

void ll_acl_drop_all(struct ble_ctlr *c, struct ll_conn *k)
{
	ll_acl_reap(c, k);
	for (struct ll_acl **slot; (slot = ring_peek(&k->acl)); ring_release(&k->acl))
		pool_put(&c->acl_pool, *slot);
	k->acl_reaped = atomic_load_explicit(&k->acl.tail, memory_order_relaxed);
	k->completed = 0; /* the host counts them by the disconnection: Vol 4 Part E 4.3 */
}

/* Host to controller, 00: a message begins; 01: it goes on; 10 is not for LE but means the same. */
static bool is_start(uint8_t pb_flag)
{
	return pb_flag != HCI_PB_CONTINUING;
}

static int queue(
	struct ble_ctlr *c, struct ll_conn *k, const struct hci_acl_hdr *hdr, const uint8_t *packet)
{
	struct ll_acl *a = pool_get(&c->acl_pool);
	struct ll_acl **slot = ring_reserve(&k->acl);
	if (!a)
		return BLE_EBUSY;
	a->len = hdr->data_total_length;
	a->llid = is_start(hdr->pb_flag) ? LL_LLID_START : LL_LLID_CONTINUE;
	memcpy(a->octets, packet, (size_t)HCI_ACL_HDR_LEN + a->len);
	*slot = a; /* as many places as buffers */
	ring_commit(&k->acl);
	ll_conn_hurry(c, k);
	return BLE_OK;
}

int ll_acl_write(struct ble_ctlr *c, const uint8_t *packet, size_t len)
{
	struct hci_acl_hdr hdr;
	struct rd r = rd_of(packet, len);
	if (!hci_acl_hdr_read(&r, &hdr) || r.left != hdr.data_total_length)
		return BLE_EBADPDU;
	struct ll_conn *k = ll_conn_by_handle(c, hdr.handle);
	if (!k || hdr.pb_flag == 3 || hdr.data_total_length > c->acl_octets) {
		c->host_faults++; /* HCI-032: nobody to send it to, or not as announced */
		return BLE_OK;
	}
	if (hdr.data_total_length)
		return queue(c, k, &hdr, packet);
	k->completed++; /* nothing to send, but a credit to give back */
	c->has_completed = true;
	return BLE_OK;
}
