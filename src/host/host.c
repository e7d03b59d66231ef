/*
 * The host's heart: start and stop, run, and the poll that gives one event at a time.
 *
 * A poll goes on in this order: it ends what the last event left unfinished, gives the rest of the packet in hand, then
 * what is pending, and only then takes the next packet. So nothing is queued, and a slow program holds back its
 * controller. When there is nothing left, all that was written meanwhile is flushed at once.
 */
#include "host/host.h"

/* An answer that finds no packet waits for the driver, so the driver is asked at once. Vol 3 Part A 2.1 */
static bool minor_channel(struct ble_host *h, struct ble_conn *c, const struct l2cap_sdu *sdu)
{
	if (sdu->cid == L2CAP_CID_LE_SIGNALLING)
		return l2cap_signal_rx(&c->l2cap, &c->signal, &h->signal, c, sdu->data, sdu->len);
	if (sdu->cid == L2CAP_CID_SM)
		return l2cap_no_pairing(&c->l2cap, sdu->data, sdu->len);
	h->hci.violations++;
	return true;
}

/*
 * RETRY: no packet to answer with. A connection whose last answer still waits for credits has broken the rule of one
 * request at a time, and its request is dropped; waiting for it could wait for the credits behind it.
 */
static enum hci_verdict deliver(struct ble_host *h, struct ble_conn *c, const struct l2cap_sdu *sdu)
{
	if (sdu->cid == L2CAP_CID_ATT) {
		c->att_us = h->clock.now_us;
		if (att_rx(&c->att, sdu->data, sdu->len) == ATT_DONE)
			return HCI_DONE;
		if (!c->hci.answers)
			return HCI_RETRY;
	} else if (minor_channel(h, c, sdu)) {
		return HCI_DONE;
	} else {
		hci_flush(&h->hci);
		if (minor_channel(h, c, sdu))
			return HCI_DONE;
	}
	h->hci.violations++;
	return HCI_DONE;
}

static enum hci_verdict on_acl(struct hci_link *link, bool first, const uint8_t *data, uint16_t len)
{
	struct ble_conn *c = (struct ble_conn *)(void *)link;
	struct ble_host *h = c->host;
	struct l2cap_sdu sdu;
	h->back_handle = link->handle;
	enum l2cap_rx rx = l2cap_rx(&c->l2cap, first, data, len, &sdu);
	if (rx == L2CAP_BAD)
		h->hci.malformed++;
	if (rx != L2CAP_WHOLE)
		return HCI_DONE;
	enum hci_verdict verdict = deliver(h, c, &sdu);
	if (verdict == HCI_RETRY) {
		h->held = sdu;
		h->held_by = c;
	}
	return verdict;
}

static struct ble_host *host_of(struct hci *hci)
{
	return (struct ble_host *)(void *)hci; /* its first member */
}

static void on_event(struct hci *hci, uint8_t event, uint8_t subevent, struct rd *r)
{
	struct ble_host *h = host_of(hci);
	for (unsigned i = 0; subevent && i < h->part_count; i++) {
		struct ble_part_slot *s = h->parts[i];
		struct rd copy = *r;
		if (s->part->le_event && s->part->le_event(h, s, subevent, &copy))
			return;
	}
	host_conn_event(h, event, subevent, r);
}

/*
 * With no more packets than connections, an event that needs fragments must have its credits beforehand (hci/tx.c), so
 * our MTU is what the controller can hold at once. It holds 27 octets or more, enough for the least MTU.
 */
static void on_up(struct hci *hci)
{
	struct ble_host *h = host_of(hci);
	uint32_t mtu = (uint32_t)hci->acl_octets * hci->credits - L2CAP_HDR_LEN;
	h->att.mtu = h->config.att_mtu;
	if (h->config.tx_queue <= h->conn_count && mtu < h->att.mtu)
		h->att.mtu = (uint16_t)mtu;
	h->pending |= HOST_PENDING_READY;
}

static void on_lost(struct hci *hci, int err)
{
	struct ble_host *h = host_of(hci);
	for (unsigned i = 0; i < h->conn_count; i++)
		host_conn_down(&h->conns[i], err ? HCI_ERR_CONNECTION_TIMEOUT : HCI_ERR_LOCAL_HOST_TERMINATED);
	for (unsigned i = 0; i < h->part_count; i++)
		if (h->parts[i]->part->lost)
			h->parts[i]->part->lost(h, h->parts[i], err);
	h->finish = NULL;
	h->more = NULL;
	h->held_by = NULL;
	h->back_handle = NO_HANDLE;
	h->stray = NO_HANDLE;
	h->pending &= (uint16_t)~HOST_PENDING_READY;
	if (!err)
		return;
	if (hci->was_up) {
		h->lost_err = (int16_t)err;
		h->pending |= HOST_PENDING_LOST;
	} else {
		h->started = false;
		host_error(h, BLE_OP_START, 0, err);
	}
}

static void on_room(struct hci *hci)
{
	host_of(hci)->pending |= HOST_PENDING_ROOM;
}

static struct ble_event *on_att_event(void *ctx, struct att_bearer *b, uint8_t type)
{
	struct ble_host *h = ctx;
	memset(h->ev, 0, sizeof *h->ev);
	return host_event(h, type, host_conn_of(b)->id);
}

void host_init(struct ble_host *h, struct hci_config *hci)
{
	static const struct hci_hooks hooks = { on_acl, on_event, on_up, on_lost, on_room };
	hci->hooks = &hooks;
	hci_init(&h->hci, hci);
	h->att.ctx = h;
	h->att.event = on_att_event;
	h->att.timers = &h->clock.timers;
	h->att.now_us = &h->clock.now_us;
	h->att.mtu = h->config.att_mtu;
	h->back_handle = NO_HANDLE;
	host_conn_init(h);
}

int ble_host_start(struct ble_host *h)
{
	if (h->started)
		return 0;
	h->fault = (struct ble_fault){ 0 };
	int err = hci_start(&h->hci, &h->fault);
	if (err < 0) {
		if (!h->fault.err)
			(void)host_refuse_hint(h, err, "transport", NULL);
		return err;
	}
	h->started = true;
	return 0;
}

void ble_host_stop(struct ble_host *h)
{
	hci_flush(&h->hci); /* what has been asked for leaves */
	h->started = false;
	hci_stop(&h->hci);
}

void ble_host_run(struct ble_host *h, uint64_t now_us)
{
	h->clock.now_us = now_us;
	tmr_run(&h->clock.timers, now_us);
	hci_pump(&h->hci);
	hci_flush(&h->hci);
}

/* Connections that were refused a packet may have one now. */
static bool poll_room(struct ble_host *h, struct ble_event *ev)
{
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *c = &h->conns[i];
		if (!c->hci.refused || !hci_tx_ready(&c->hci))
			continue;
		c->hci.refused = false;
		h->hci.refused--;
		return host_event_in(h, ev, BLE_EV_SENT, c->id);
	}
	h->pending &= (uint16_t)~HOST_PENDING_ROOM;
	return false;
}

static bool poll_error(struct ble_host *h, struct ble_event *ev)
{
	struct host_error e = h->error;
	if (!(h->pending & HOST_PENDING_ERROR))
		return false;
	h->pending &= (uint16_t)~HOST_PENDING_ERROR;
	ev->error.err = e.err;
	ev->error.operation = e.operation;
	return host_event_in(h, ev, BLE_EV_ERROR, e.conn);
}

static bool poll_receive(struct ble_host *h, struct ble_event *ev)
{
	if (!(h->pending & HOST_PENDING_RECEIVE))
		return false;
	h->pending &= (uint16_t)~HOST_PENDING_RECEIVE;
	ev->error.err = h->writes_lost > INT16_MAX ? INT16_MAX : (int)h->writes_lost;
	ev->error.operation = BLE_OP_RECEIVE;
	return host_event_in(h, ev, BLE_EV_ERROR, 0);
}

/* Connections first: what was lost with the controller is told before the loss, and before what came after. */
static bool poll_pending(struct ble_host *h, struct ble_event *ev)
{
	if ((h->pending & HOST_PENDING_CONN) && host_conn_poll(h, ev))
		return true;
	if (h->pending & HOST_PENDING_LOST) {
		h->pending &= (uint16_t)~HOST_PENDING_LOST;
		ev->error.err = h->lost_err;
		ev->error.operation = 0;
		return host_event_in(h, ev, BLE_EV_LOST, 0);
	}
	if (h->pending & HOST_PENDING_READY) {
		h->pending &= (uint16_t)~HOST_PENDING_READY;
		return host_event_in(h, ev, BLE_EV_READY, 0);
	}
	for (unsigned i = 0; i < h->part_count; i++) {
		struct ble_part_slot *s = h->parts[i];
		unsigned bit = (unsigned)HOST_PENDING_PART << i;
		if (!(h->pending & bit))
			continue;
		if (s->part->poll && s->part->poll(h, s, ev))
			return true;
		h->pending = (uint16_t)(h->pending & ~bit);
	}
	if (poll_error(h, ev) || poll_receive(h, ev))
		return true;
	return (h->pending & HOST_PENDING_ROOM) && poll_room(h, ev);
}

/* The packet that was taken last is over. */
static void finish_packet(struct ble_host *h)
{
	uint16_t handle = h->back_handle;
	h->back_handle = NO_HANDLE;
	if (handle != NO_HANDLE)
		hci_back(&h->hci, handle);
	hci_settle(&h->hci);
}

/* False: there is none, or the last one still waits for a packet to answer with. */
static bool take_packet(struct ble_host *h)
{
	const uint8_t *packet;
	if (h->hci.doomed)
		h->held_by = NULL;
	if (h->held_by) {
		struct ble_conn *c = h->held_by;
		if (!h->hci.pool.idle || deliver(h, c, &h->held) == HCI_RETRY)
			return false;
		h->held_by = NULL;
		return true;
	}
	finish_packet(h);
	if (h->hci.state != HCI_UP && h->hci.state != HCI_BRINGUP)
		return false;
	int len = h->hci.transport->read(h->hci.transport->ctx, &packet);
	if (len > 0) {
		(void)hci_rx(&h->hci, packet, (size_t)len); /* RETRY: held has it */
		return true;
	}
	if (len < 0)
		hci_doom(&h->hci, len);
	hci_settle(&h->hci);
	return false;
}

bool ble_host_poll(struct ble_host *h, struct ble_event *ev)
{
	ev->type = BLE_EV_NONE;
	h->ev = ev;
	if (h->finish) {
		void (*finish)(struct ble_host *) = h->finish;
		h->finish = NULL;
		finish(h);
	}
	for (;;) {
		if (h->more) {
			bool (*more)(struct ble_host *, struct ble_event *) = h->more;
			h->more = NULL;
			if (more(h, ev))
				return true;
			continue;
		}
		if (h->pending && poll_pending(h, ev))
			return true;
		if (take_packet(h)) {
			if (ev->type)
				return true;
			hci_pump(&h->hci);
			continue;
		}
		hci_pump(&h->hci);
		hci_flush(&h->hci);
		if (!h->pending && !(h->held_by && h->hci.pool.idle))
			return false;
	}
}

uint64_t ble_host_next_due(const struct ble_host *h)
{
	if (h->pending || h->finish || h->more || hci_busy(&h->hci) || (h->held_by && h->hci.pool.idle))
		return 0;
	return tmr_next(&h->clock.timers);
}
