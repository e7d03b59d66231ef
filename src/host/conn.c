/*
 * Connections: from LE Connection Complete to BLE_EV_DISCONNECTED.
 *
 * A connection that is down keeps its slot until the program has been told: first what its parts still have to say,
 * then the disconnection. The next packet is not taken before that, so a handle that is used again meets a free slot.
 */
#include "host/host.h"

#include "spec/hci_evt.h"
#include "spec/hci_evt_le.h"

struct ble_conn *host_conn_free(const struct ble_host *h)
{
	for (unsigned i = 0; i < h->conn_count; i++)
		if (h->conns[i].state == CONN_FREE)
			return &h->conns[i];
	return NULL;
}

static void raise_pending(struct ble_conn *c, uint8_t bit)
{
	c->pending |= bit;
	host_todo(c->host, HOST_TODO_CONN);
}

static void connected(struct ble_host *h, const struct ble_conn *c)
{
	struct ble_event *ev = host_event(h, BLE_EV_CONNECTED, c->id);
	ev->connected.peer = c->peer;
	ev->connected.role = c->role;
	ev->connected.interval_us = c->interval * 1250u;
	ev->connected.latency = c->latency;
	ev->connected.supervision_ms = c->supervision * 10u;
}

/* A fresh connection in its slot; memory of parts is zeroed, what host_conn_down() has left stays. */
static void open_conn(struct ble_conn *c, const struct hci_le_connection_complete *cc)
{
	enum { GENERATION = 0x100 }; /* 24 bits above the slot; 0 is skipped so that no id is 0 */
	struct ble_host *h = c->host;
	c->id += c->id < UINT32_MAX - GENERATION ? GENERATION : 2 * GENERATION;
	c->state = CONN_UP;
	c->role = cc->role;
	c->peer.type = cc->peer_address_type;
	memcpy(c->peer.octets, cc->peer_address, 6);
	c->interval = cc->connection_interval;
	c->latency = cc->peripheral_latency;
	c->supervision = cc->supervision_timeout;
	c->att_us = h->hci.timers.now_us;
	h->up_count++;
	att_open(&c->att);
	for (struct ble_part_slot *s = h->parts; s; s = s->next) {
		memset(host_conn_mem(s, c), 0, s->stride);
		if (s->part->conn_up)
			s->part->conn_up(h, s, c);
	}
}

/* 7.7.65.1: if it tells of a connection, then of one that can be. */
static bool makes_sense(const struct hci_le_connection_complete *cc)
{
	return cc->status || (cc->role <= HCI_ROLE_PERIPHERAL && cc->peer_address_type <= BLE_ADDR_RANDOM);
}

static void on_complete(struct ble_host *h, struct rd *r)
{
	struct hci_le_connection_complete cc;
	if (!hci_le_connection_complete_read(r, &cc) || !makes_sense(&cc)) {
		h->hci.malformed++;
		return;
	}
	for (struct ble_part_slot *s = h->parts; s; s = s->next)
		if (s->part->complete)
			s->part->complete(h, s, &cc);
	uint16_t handle = cc.connection_handle & HCI_HANDLE_MASK;
	if (cc.status)
		return;
	struct ble_conn *c = host_conn_free(h);
	if (!c || !hci_link_up(&h->hci, &c->hci, handle)) {
		h->hci.violations++;
		return;
	}
	open_conn(c, &cc);
	connected(h, c);
}

void host_conn_down(struct ble_conn *c, uint8_t reason)
{
	struct ble_host *h = c->host;
	if (!conn_is_up(c))
		return;
	c->state = CONN_DOWN;
	c->reason = reason;
	c->att.dead = true; /* timers of its parts may still fire before the program is told */
	c->l2cap.have = 0;
	c->signal.awaited = 0;
	h->up_count--;
	host_timer_stop(h, &c->update_timer);
	c->update.state = GAP_UPDATE_IDLE;
	hci_link_down(&c->hci);
	if (h->held_slot == c->slot)
		host_done(h, HOST_TODO_HELD);
	raise_pending(c, CONN_PENDING_DOWN);
}

static struct ble_conn *by_handle(const struct ble_host *h, uint16_t handle)
{
	struct hci_link *link = hci_link_find(&h->hci, handle & HCI_HANDLE_MASK);
	return link ? CONTAINER_OF(link, struct ble_conn, hci) : NULL;
}

static void on_disconnected(struct ble_host *h, struct rd *r)
{
	struct hci_evt_disconnection_complete d;
	if (!hci_evt_disconnection_complete_read(r, &d)) {
		h->hci.malformed++;
		return;
	}
	struct ble_conn *c = by_handle(h, d.connection_handle);
	if (!c)
		return;
	if (!d.status) {
		host_conn_down(c, d.reason);
	} else if (h->leave.hooks) { /* whoever has asked: leave.c */
		uint8_t leaving = h->leaving; /* another's command may be outstanding */
		h->leaving = c->slot;
		h->leave.hooks->done(&h->leave, 0, d.status, r);
		h->leaving = leaving;
	}
}

void host_params_end(struct ble_conn *c, int err)
{
	host_timer_stop(c->host, &c->update_timer);
	c->update.state = GAP_UPDATE_IDLE;
	c->signal.awaited = 0;
	c->params_err = (int16_t)err;
	raise_pending(c, CONN_PENDING_PARAMS);
}

static void on_updated(struct ble_host *h, struct rd *r)
{
	struct hci_le_connection_update_complete u;
	if (!hci_le_connection_update_complete_read(r, &u)) {
		h->hci.malformed++;
		return;
	}
	struct ble_conn *c = by_handle(h, u.connection_handle);
	if (!c)
		return;
	uint8_t before = c->update.state;
	if (u.status && before == GAP_UPDATE_ASKED) { /* whoever has asked: params.c */
		h->updating = c->slot;
		h->update.hooks->done(&h->update, 0, u.status, r);
		return;
	}
	if (!u.status) {
		c->interval = u.connection_interval;
		c->latency = u.peripheral_latency;
		c->supervision = u.supervision_timeout;
	}
	if (!u.status)
		host_params_end(c, 0);
	/* Below that it was another's change, and a request of ours has still to be made. */
	c->update.state = before < GAP_UPDATE_GRANTED ? before : GAP_UPDATE_IDLE;
}

static void on_overflow(struct ble_host *h)
{
	h->writes_lost++;
	host_error(h, BLE_OP_RECEIVE, 0, h->writes_lost > INT16_MAX ? INT16_MAX : (int)h->writes_lost);
}

void host_conn_event(struct ble_host *h, uint8_t event, uint8_t subevent, struct rd *r)
{
	if (event == HCI_EVT_DISCONNECTION_COMPLETE)
		on_disconnected(h, r);
	else if (event == HCI_EVT_DATA_BUFFER_OVERFLOW)
		on_overflow(h);
	else if (subevent == HCI_LE_EVT_CONNECTION_COMPLETE)
		on_complete(h, r);
	else if (subevent == HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE)
		on_updated(h, r);
	else if (!subevent && h->security)
		h->security->event(h, event, r);
}

static bool poll_down(struct ble_host *h, struct ble_conn *c, struct ble_event *ev)
{
	for (struct ble_part_slot *s = h->parts; s; s = s->next) {
		if (s->part->conn_down && s->part->conn_down(h, s, c, ev))
			return true;
	}
	c->pending = 0;
	c->state = CONN_FREE;
	ev->disconnected.peer = c->peer;
	ev->disconnected.reason = c->reason;
	return host_event_in(h, ev, BLE_EV_DISCONNECTED, c->id);
}

bool host_conn_poll(struct ble_host *h, struct ble_event *ev)
{
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *c = &h->conns[i];
		if (c->pending & CONN_PENDING_DOWN)
			return poll_down(h, c, ev);
		if (!(c->pending & CONN_PENDING_PARAMS))
			continue;
		c->pending = 0;
		ev->params.err = c->params_err;
		ev->params.interval_us = c->interval * 1250u;
		ev->params.latency = c->latency;
		ev->params.supervision_ms = c->supervision * 10u;
		return host_event_in(h, ev, BLE_EV_PARAMS, c->id);
	}
	host_done(h, HOST_TODO_CONN);
	return false;
}
