/*
 * The host's heart: start and stop, run, and the poll that gives one event at a time.
 *
 * A poll goes on in this order: it ends what the last event left unfinished, gives the rest of the packet in hand, then
 * what is pending, and only then takes the next packet. So nothing is queued, and a slow program holds back its
 * controller. When there is nothing left, all that was written meanwhile is flushed at once.
 */
#include "host/host.h"

#include "base/attr.h"

/* The channels that few PDUs use: Vol 3 Part A 2.1. False: no packet to answer with. */
static bool minor_channel(struct ble_host *h, struct ble_conn *c, const struct l2cap_sdu *sdu)
{
	if (sdu->cid == L2CAP_CID_LE_SIGNALLING)
		return l2cap_signal_rx(&c->l2cap, &h->signal, c, sdu->data, sdu->len);
	if (sdu->cid == L2CAP_CID_SM) {
		if (!h->security)
			return l2cap_no_pairing(&c->l2cap, sdu->data, sdu->len);
		h->security->channel(c, sdu->data, sdu->len);
		return true;
	}
	h->hci.violations++;
	return true;
}

/*
 * What is not ATT, or found no packet to answer with. Held until there is one, but not when the connection's last answer
 * has not left yet: it has broken the rule of one request at a time, and the credits for it could be behind this.
 */
static NOINLINE void deliver_otherwise(struct ble_host *h, struct ble_conn *c, const struct l2cap_sdu *sdu)
{
	bool att = sdu->cid == L2CAP_CID_ATT;
	if (!att && minor_channel(h, c, sdu))
		return;
	if (att && !c->hci.answers) {
		h->held = *sdu;
		h->held_slot = c->slot;
		host_todo(h, HOST_TODO_HELD);
		return;
	}
	hci_flush(&h->hci); /* a driver that is done makes room */
	if (att || !minor_channel(h, c, sdu))
		h->hci.violations++;
}

static inline void deliver(struct ble_host *h, struct ble_conn *c, const struct l2cap_sdu *sdu)
{
	if (sdu->cid != L2CAP_CID_ATT || att_rx(&c->att, sdu->data, sdu->len) != ATT_DONE)
		deliver_otherwise(h, c, sdu);
}

static void on_acl(struct hci_link *link, bool first, const uint8_t *data, uint16_t len)
{
	struct ble_conn *c = CONTAINER_OF(link, struct ble_conn, hci);
	struct ble_host *h = c->host;
	struct l2cap_sdu sdu;
	if (h->hci.back_on) {
		h->back_handle = link->handle;
		host_todo(h, HOST_TODO_BACK);
	}
	enum l2cap_rx rx = l2cap_rx(&c->l2cap, first, data, len, &sdu);
	if (rx != L2CAP_WHOLE) {
		h->hci.malformed += rx == L2CAP_BAD;
		return;
	}
	if (sdu.cid == L2CAP_CID_ATT)
		c->att_us = h->hci.timers.now_us;
	deliver(h, c, &sdu);
}

static void on_event(struct hci *hci, uint8_t event, uint8_t subevent, struct rd *r)
{
	struct ble_host *h = host_of(hci);
	for (struct ble_part_slot *s = subevent ? h->parts : NULL; s; s = s->next) {
		if (s->part->subevent == subevent) {
			s->part->le_event(h, s, r);
			return;
		}
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
	h->att.mtu = !h->all_may_wait && mtu < h->mtu ? (uint16_t)mtu : h->mtu;
	host_tell(h, BLE_EV_READY, 0, 0, 0);
}

static void on_lost(struct hci *hci, int err)
{
	struct ble_host *h = host_of(hci);
	for (unsigned i = 0; i < h->conn_count; i++)
		host_conn_down(&h->conns[i], err ? HCI_ERR_CONNECTION_TIMEOUT : HCI_ERR_LOCAL_HOST_TERMINATED);
	for (struct ble_part_slot *s = h->parts; s; s = s->next)
		if (s->part->lost)
			s->part->lost(h, s, err);
	host_done(h, HOST_TODO_NEXT | HOST_TODO_NEWS | HOST_TODO_HELD | HOST_TODO_BACK);
	if (!err || hci->backoff_s) /* asked for; told already: another attempt has failed */
		return;
	if (hci->was_up)
		host_tell(h, BLE_EV_LOST, 0, 0, err);
	else
		host_error(h, BLE_OP_START, 0, err);
}

static void on_room(struct hci *hci)
{
	host_todo(host_of(hci), HOST_TODO_ROOM);
}

static struct ble_event *on_att_event(struct att_bearer *b, uint8_t type)
{
	const struct ble_conn *c = host_conn_of(b);
	return host_event(c->host, type, c->id);
}

#define HOOKS .acl = on_acl, .event = on_event, .up = on_up, .lost = on_lost, .room = on_room

void host_init(struct ble_host *h, struct hci_config *hci)
{
	static const struct hci_hooks hooks = { HOOKS };
	hci->hooks = &hooks;
	hci_init(&h->hci, hci);
	h->att.event = on_att_event;
	h->att.timers = &h->hci.timers;
	h->att.mtu = h->mtu;
}

int ble_host_start_once(struct ble_host *h)
{
	if (h->hci.state != HCI_CLOSED)
		return 0;
	h->fault.err = 0; /* until the driver fills it in */
	int err = hci_start(&h->hci, &h->fault);
	if (err < 0 && !h->fault.err)
		(void)host_refuse_hint(h, err, "transport", NULL);
	return err;
}

int ble_host_start(struct ble_host *h)
{
	static const struct hci_hooks hooks = { HOOKS, .care = &hci_care };
	h->hci.hooks = &hooks;
	return ble_host_start_once(h);
}

void ble_host_stop(struct ble_host *h)
{
	hci_flush(&h->hci); /* what has been asked for leaves */
	hci_stop(&h->hci);
}

void ble_host_run(struct ble_host *h, uint64_t now_us)
{
	tmr_run(&h->hci.timers, now_us);
	if (h->hci.todo & (HCI_TODO_PUMP | HCI_TODO_FLUSH))
		hci_flush(&h->hci);
}

/* Connections that were refused a packet may have one now: in turn, so that none has all the credits. */
static bool poll_room(struct ble_host *h, struct ble_event *ev)
{
	for (unsigned i = 0; i < h->conn_count; i++) {
		h->room_slot = (uint8_t)(h->room_slot + 1 < h->conn_count ? h->room_slot + 1 : 0);
		struct ble_conn *c = &h->conns[h->room_slot];
		if (!c->hci.refused || !hci_tx_ready(&c->hci))
			continue;
		c->hci.refused = false;
		h->hci.refused--;
		return host_event_in(h, ev, BLE_EV_SENT, c->id);
	}
	host_done(h, HOST_TODO_ROOM);
	return false;
}

/* Connections first: what was lost with the controller is told before the loss, and before what came after. */
static bool poll_news(struct ble_host *h, struct ble_event *ev)
{
	if ((h->hci.todo & HOST_TODO_CONN) && host_conn_poll(h, ev))
		return true;
	if (h->hci.todo & HOST_TODO_NEWS) {
		host_done(h, HOST_TODO_NEWS);
		ev->error.err = h->news.err;
		ev->error.operation = h->news.operation;
		return host_event_in(h, ev, h->news.type, h->news.conn);
	}
	for (struct ble_part_slot *s = h->parts; s; s = s->next) {
		uint32_t bit = (uint32_t)HOST_TODO_PART << s->index;
		if (!(h->hci.todo & bit))
			continue;
		if (s->part->poll && s->part->poll(h, s, ev))
			return true;
		host_done(h, bit);
	}
	return (h->hci.todo & HOST_TODO_ROOM) && poll_room(h, ev);
}

enum turn {
	TURN_READ,  /* the next packet may be taken */
	TURN_AGAIN, /* something was done that may have made news */
	TURN_EVENT, /* the slot is filled */
	TURN_WAIT,  /* only the driver can help */
};

/* The SDU for which there was no packet to answer with. */
static enum turn try_held(struct ble_host *h, const struct ble_event *ev)
{
	if (!h->hci.pool.idle)
		return TURN_WAIT;
	host_done(h, HOST_TODO_HELD);
	deliver(h, &h->conns[h->held_slot], &h->held);
	return ev->type ? TURN_EVENT : h->hci.todo & HOST_TODO_HELD ? TURN_WAIT : TURN_AGAIN;
}

/* What there is to do before the next packet is taken; a flush is not: that comes when all packets have been. */
static NOINLINE enum turn work(struct ble_host *h, struct ble_event *ev)
{
	if (h->hci.todo & HOST_TODO_NEXT) {
		host_done(h, HOST_TODO_NEXT);
		return h->next(h, ev) ? TURN_EVENT : TURN_AGAIN;
	}
	if (poll_news(h, ev))
		return TURN_EVENT;
	if (h->hci.todo & HCI_TODO_PUMP)
		hci_pump(&h->hci);
	if (!h->hci.doomed && (h->hci.todo & HOST_TODO_HELD))
		return try_held(h, ev);
	if (h->hci.todo & HOST_TODO_BACK)
		h->hci.hooks->care->back(&h->hci, h->back_handle);
	host_done(h, HOST_TODO_HELD | HOST_TODO_BACK);
	hci_settle(&h->hci);
	return h->hci.todo & ~(uint32_t)HCI_TODO_FLUSH ? TURN_AGAIN : TURN_READ;
}

/* An SDU that finds no packet to answer with can only wait for the driver. */
static bool is_stuck(const struct ble_host *h)
{
	return !(h->hci.todo & ~(uint32_t)(HOST_TODO_HELD | HOST_TODO_BACK)) && !h->hci.pool.idle;
}

/* Nothing more to read, or it may not be read yet. False: it goes on. */
static bool rest(struct ble_host *h)
{
	hci_flush(&h->hci);
	return !h->hci.todo || is_stuck(h);
}

static int read_packet(struct ble_host *h, const uint8_t **packet)
{
	const struct ble_transport *transport = h->hci.transport;
	if (h->hci.state < HCI_BRINGUP)
		return 0;
	int len = transport->read(transport->ctx, packet);
	if (len < 0)
		hci_doom(&h->hci, len);
	return len;
}

bool ble_host_poll(struct ble_host *h, struct ble_event *ev)
{
	const uint8_t *packet;
	ev->type = BLE_EV_NONE;
	h->ev = ev;
	for (;;) {
		enum turn turn = TURN_READ;
		if (h->hci.todo & ~(uint32_t)HCI_TODO_FLUSH)
			turn = work(h, ev);
		if (turn == TURN_EVENT)
			break;
		if (turn == TURN_AGAIN)
			continue;
		int len = turn == TURN_READ ? read_packet(h, &packet) : 0;
		if (len > 0) {
			hci_rx(&h->hci, packet, (size_t)len);
			if (ev->type)
				break;
		} else if (!h->hci.todo || rest(h)) {
			return false;
		}
	}
	ev->t_us = h->hci.timers.now_us;
	return true;
}

uint64_t ble_host_next_due(const struct ble_host *h)
{
	return h->hci.todo && !is_stuck(h) ? 0 : tmr_next(&h->hci.timers);
}
