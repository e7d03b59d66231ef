/*
 * The packets that come often, and the life of the controller: opened, brought up, up, given up, opened again.
 *
 * A controller is given up when it says Hardware Error, when its transport is gone, or when it does not answer a command.
 * That is done late, in hci_settle(), because an event of the program may still point into a received packet. It is then
 * opened again (again.c), or stays closed until the program starts it. The wants, all asked again, make the rest.
 */
#include "hci/hci.h"

#include "base/le.h"
#include "spec/hci_evt.h"
#include "spec/hci_pkt.h"

void hci_write(struct hci *hci, struct ble_tx *tx)
{
	if (hci->trace)
		hci_trace(hci, BLE_TRACE_TO_CTLR, tx->data, tx->len);
	hci->packets_out++;
	hci->todo |= HCI_TODO_FLUSH;
	hci->transport->write(hci->transport->ctx, tx);
}

static void rx_acl(struct hci *hci, const uint8_t *packet, size_t len)
{
	uint16_t word = le16_get(packet + 1);
	unsigned pb = word >> 12 & 3;
	if (hci->state != HCI_UP)
		return;
	/* To the host a first fragment is 10; 00 is tolerated, some controllers send it. */
	if (le16_get(packet + 3) != len - 5 || pb == 3) {
		hci->malformed++;
		return;
	}
	struct hci_link *link = hci_link_find(hci, word & HCI_HANDLE_MASK);
	if (link)
		hci->hooks->acl(link, pb != HCI_PB_CONTINUING, packet + 5, (uint16_t)(len - 5));
	else
		hci->violations++;
}

/* The controller has n packets of a connection less: 4.1.1 */
static void completed(struct hci *hci, uint16_t handle, uint16_t n)
{
	struct hci_link *link = hci_link_find(hci, handle);
	if (!link)
		return;
	if (n > link->in_flight) {
		hci->violations++;
		n = link->in_flight;
	}
	link->in_flight = (uint16_t)(link->in_flight - n);
	hci->credits = (uint16_t)(hci->credits + n);
}

/* One for every few packets sent, so it is read where it lies: a length, a count, then handles and counts. 7.7.19 */
static void on_completed(struct hci *hci, const uint8_t *p, size_t len)
{
	if (p[0] != len - 1 || len != 2 + (size_t)HCI_COMPLETED_LEN * p[1]) {
		hci->malformed++;
		return;
	}
	const uint8_t *end = p + len;
	for (p += 2; p < end; p += HCI_COMPLETED_LEN)
		completed(hci, le16_get(p) & HCI_HANDLE_MASK, le16_get(p + 2));
	if (hci->head)
		hci_tx_pump(hci);
	if (hci->refused && hci->credits)
		hci->hooks->room(hci);
}

void hci_rx(struct hci *hci, const uint8_t *packet, size_t len)
{
	hci->packets_in++;
	if (hci->trace)
		hci_trace(hci, BLE_TRACE_TO_HOST, packet, len);
	if (len >= 5 && packet[0] == HCI_H4_ACL)
		rx_acl(hci, packet, len);
	else if (len >= 4 && packet[0] == HCI_H4_EVENT && packet[1] == HCI_EVT_NUMBER_OF_COMPLETED_PACKETS)
		on_completed(hci, packet + 2, len - 2);
	else
		hci_other(hci, packet, len);
}

/* Ends in CLOSED. The connections are the hook's to bring down before the transport gives its packets back. */
static void leave(struct hci *hci, int err)
{
	hci_calm(hci);
	hci->state = HCI_CLOSED;
	hci->doomed = 0;
	hci->todo &= ~(uint32_t)(HCI_TODO_PUMP | HCI_TODO_FLUSH | HCI_TODO_DOOM);
	hci->opcode = 0;
	hci->asking = NULL;
	hci->back_on = false;
	for (struct hci_want *w = hci->wants; w; w = w->next)
		if (w->hooks->lost)
			w->hooks->lost(w);
	hci->hooks->lost(hci, err);
	hci->transport->close(hci->transport->ctx);
}

int hci_start(struct hci *hci, struct ble_fault *fault)
{
	int err = hci->transport->open(hci->transport->ctx, fault);
	if (err < 0)
		return err;
	hci->state = HCI_BRINGUP;
	hci->was_up = false;
	hci->step = 0;
	hci->skip = 0;
	hci->opcode = 0;
	hci->allowed = 1; /* enough for Reset; its answer tells */
	hci->credits = 0;
	hci->acl_octets = 0;
	hci_ask(hci);
	/* Reset goes out with the next hci_pump(): before the first ble_host_run() nobody has told us the time. */
	return 0;
}

void hci_stop(struct hci *hci)
{
	if (hci->state >= HCI_BRINGUP)
		leave(hci, 0);
	hci_calm(hci);
	hci->state = HCI_CLOSED;
	hci->backoff_s = 0;
}

void hci_settle(struct hci *hci)
{
	if (!hci->doomed)
		return;
	leave(hci, hci->doomed);
	if (hci->hooks->care)
		hci->hooks->care->again(hci);
}

void hci_pump(struct hci *hci)
{
	hci->todo &= ~(uint32_t)HCI_TODO_PUMP;
	hci_tx_pump(hci);
	if (hci->back_on)
		hci->hooks->care->back_send(hci);
	hci_cmd_next(hci);
}

void hci_flush(struct hci *hci)
{
	/* A driver that is done with a fragment inside flush() makes room for the next one. */
	do {
		if (hci->todo & HCI_TODO_PUMP)
			hci_pump(hci);
		if (!(hci->todo & HCI_TODO_FLUSH))
			return;
		hci->todo &= ~(uint32_t)HCI_TODO_FLUSH;
		int err = hci->transport->flush(hci->transport->ctx);
		if (err < 0)
			hci_doom(hci, err);
	} while (hci->todo & (HCI_TODO_PUMP | HCI_TODO_FLUSH));
}

void hci_init(struct hci *hci, const struct hci_config *c)
{
	*hci = (struct hci){ .transport = c->transport, .platform = c->platform,
		.trace = c->trace, .hooks = c->hooks, .acl_max = c->acl_octets, .links_max = c->links,
		.bucket = c->bucket, .mask = (uint16_t)(c->buckets - 1) };
	pool_init(&hci->pool, c->pool, hci_tx_block(c->pdu_octets), c->tx_count);
}

void hci_want_add(struct hci *hci, struct hci_want *want)
{
	struct hci_want **at = &hci->wants;
	while (*at)
		at = &(*at)->next;
	want->next = NULL;
	*at = want;
	hci_ask(hci);
}
