/*
 * The in-process driver: a node's controller behind transport.h. Packets go into the controller
 * when they are written; what it has no room for stays in a list and is offered again after each of
 * its runs, so `done` of a packet means that the controller has it. The controller runs after
 * flush().
 *
 * To know whether the host has something to read, one packet is read ahead (node_hci_peek); it is handed
 * out by the next read(), and only a driver that is open does so.
 */
#include "sim/world.h"

static void trace(const struct ble_node *n, uint8_t dir, const uint8_t *packet, size_t len)
{
	if (!n->node_hci_trace)
		return;
	n->node_hci_trace->put(n->node_hci_trace->ctx,
		&(struct ble_trace_rec){
			.t_us = n->world->air.epoch_us + world_now_us(n->world),
			.kind = BLE_TRACE_H4,
			.dir = dir,
			.node = n->radio.ev.node,
			.data = packet,
			.len = len,
		});
}

/* False when the controller has no room now. What it refuses otherwise is gone. */
static bool give(struct ble_node *n, const struct ble_tx *tx)
{
	if (ble_ctlr_hci_write(n->ctlr, tx->data, tx->len) == BLE_EBUSY)
		return false;
	trace(n, BLE_TRACE_TO_CTLR, tx->data, tx->len);
	return true;
}

bool node_hci_offer(struct ble_node *n)
{
	bool any = false;
	while (n->tx_head && give(n, n->tx_head)) {
		struct ble_tx *tx = n->tx_head;
		n->tx_head = tx->next;
		any = true;
		tx->done(tx); /* may write, even tx again: behind what waits here */
	}
	if (any)
		ble_node_wake(n);
	return any;
}

bool node_hci_peek(struct ble_node *n)
{
	if (n->open && n->ahead_len <= 0)
		n->ahead_len = ble_ctlr_hci_read(n->ctlr, &n->ahead);
	return n->ahead_len > 0;
}

void node_hci_drop(struct ble_node *n)
{
	n->open = false;
	n->ahead_len = 0;
	while (n->tx_head) {
		struct ble_tx *tx = n->tx_head;
		n->tx_head = tx->next;
		tx->done(tx);
	}
}

static int open_driver(void *ctx, struct ble_fault *fault)
{
	struct ble_node *n = ctx;
	if (n->open) {
		if (fault)
			*fault = (struct ble_fault){ .err = BLE_ESTATE,
				.subject = "transport",
				.max = -1,
				.hint = "this node's driver is open already" };
		return BLE_ESTATE;
	}
	const uint8_t *left;
	while (ble_ctlr_hci_read(n->ctlr, &left) > 0)
		;
	n->open = true;
	return 0;
}

static void write_packet(void *ctx, struct ble_tx *tx)
{
	struct ble_node *n = ctx;
	if (!n->open || (!n->tx_head && give(n, tx))) {
		tx->done(tx);
		return;
	}
	tx->next = NULL;
	if (n->tx_head)
		n->tx_tail->next = tx;
	else
		n->tx_head = tx;
	n->tx_tail = tx;
}

static int flush(void *ctx)
{
	struct ble_node *n = ctx;
	node_run_ctlr_now(n);
	return 0;
}

static int read_packet(void *ctx, const uint8_t **packet)
{
	struct ble_node *n = ctx;
	if (!n->open)
		return BLE_EGONE;
	int len = n->ahead_len;
	if (len > 0) {
		*packet = n->ahead;
		n->ahead_len = 0;
	} else {
		len = ble_ctlr_hci_read(n->ctlr, packet);
	}
	if (len <= 0)
		return len;
	trace(n, BLE_TRACE_TO_HOST, *packet, (size_t)len);
	node_run_ctlr_now(n); /* a buffer has come free */
	return len;
}

static void close_driver(void *ctx)
{
	struct ble_node *n = ctx;
	if (!n->open)
		return;
	node_hci_drop(n);
	ble_ctlr_silence(n->ctlr);
	node_run_ctlr_now(n);
}

void node_hci_init(struct ble_node *n)
{
	n->transport = (struct ble_transport){
		.ctx = n,
		.open = open_driver,
		.write = write_packet,
		.flush = flush,
		.read = read_packet,
		.close = close_driver,
	};
}

struct ble_transport *ble_node_transport(struct ble_node *n)
{
	return &n->transport;
}

void ble_node_trace(struct ble_node *n, const struct ble_trace *hci)
{
	n->node_hci_trace = hci;
}
