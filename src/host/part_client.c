/*
 * The part ble_client; its verbs are in part_client_verbs.c. A procedure gives one item a poll: while its packet has
 * more, the host's `more` hook is set again; when a request finds no buffer, a timer asks again.
 */
#include <ble/client.h>

#include "gatt/gatt.h"
#include "host/host.h"

enum { AGAIN_US = 5000 };

struct host_client {
	struct ble_host *host;
	struct ble_conn *present; /* whose packet has more */
	struct tmr again;
};

static void on_again(struct tmr *t)
{
	struct ble_host *h = CONTAINER_OF(t, struct host_client, again)->host;
	host_pending(h, h->client);
}

static bool on_more(struct ble_host *h, struct ble_event *ev);

/* One step of a connection's procedure; arranges for the next. */
static bool step(struct ble_host *h, struct ble_conn *conn)
{
	struct host_client *s = host_mem(h->client);
	struct gatt_client *c = host_conn_mem(h->client, conn);
	bool raised = gatt_client_more(c);
	if (!gatt_client_waits(c))
		return raised;
	if (raised) {
		s->present = conn;
		host_next(h, on_more);
	} else if (!tmr_is_armed(&s->again)) {
		host_timer(h, &s->again, AGAIN_US, on_again);
	}
	return raised;
}

static bool on_more(struct ble_host *h, struct ble_event *ev)
{
	struct ble_conn *conn = ((struct host_client *)host_mem(h->client))->present;
	(void)ev; /* the slot of the present poll, which att.event fills */
	return conn_is_up(conn) && step(h, conn);
}

static void more(struct att_bearer *b)
{
	struct ble_host *h = host_conn_of(b)->host;
	((struct host_client *)host_mem(h->client))->present = host_conn_of(b);
	host_next(h, on_more);
}

static void expired(struct att_bearer *b)
{
	struct ble_host *h = host_conn_of(b)->host;
	host_pending(h, h->client);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	(void)ev;
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *conn = &h->conns[i];
		if (!conn_is_up(conn))
			continue;
		struct gatt_client *c = host_conn_mem(slot, conn);
		if (gatt_client_waits(c) && step(h, conn))
			return true;
	}
	return false;
}

static void conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn)
{
	(void)h;
	gatt_client_open(host_conn_mem(slot, conn), &conn->att);
}

static bool conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn,
	struct ble_event *ev)
{
	struct gatt_client *c = host_conn_mem(slot, conn);
	if (!conn->att.client) /* it was down when the part was attached */
		return false;
	uint8_t procedure = gatt_client_running(c);
	int err = c->over ? c->err : c->att.timed_out ? BLE_ETIMEOUT : BLE_ECONN;
	gatt_client_close(c);
	if (!procedure)
		return false;
	ev->done.err = err;
	ev->done.handle = c->handle;
	ev->done.procedure = procedure;
	return host_event_in(h, ev, BLE_EV_DONE, conn->id);
}

static const struct att_client_role role = { att_client_rows, more, expired };

static void attach(struct ble_host *h, struct ble_part_slot *slot,
	const struct ble_host_config *config)
{
	struct host_client *s = host_mem(slot);
	(void)config;
	s->host = h;
	h->client = slot;
	h->att.client = &role;
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			conn_up(h, slot, &h->conns[i]);
}

const struct ble_room ble_client_room = { .host_size = sizeof(struct host_client), .conn_size = sizeof(struct gatt_client) };

const struct ble_part ble_client = {
	.name = "client",
	.room = &ble_client_room,
	.attach = attach,
	.conn_up = conn_up,
	.conn_down = conn_down,
	.poll = poll,
};
