/*
 * The part ble_client and the verbs of client.h. A procedure gives one item a poll: while its packet
 * has more, the host's `more` hook is set again; when a request finds no buffer, a timer asks again.
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
	uint8_t procedure = c->procedure;
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

/* The connection's client, or NULL with *err. */
static struct gatt_client *client_of(struct ble_host *h, ble_conn_id id, int *err)
{
	static const char hint[] = "the client verbs need the part ble_client";
	struct ble_part_slot *slot = host_need(h, &ble_client, hint, err);
	struct ble_conn *conn = slot ? host_conn(h, id) : NULL;
	if (slot && !conn)
		*err = BLE_ECONN;
	return conn ? host_conn_mem(slot, conn) : NULL;
}

int ble_client_exchange_mtu(struct ble_host *h, ble_conn_id conn)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? gatt_exchange_mtu(c) : err;
}

int ble_client_services(struct ble_host *h, ble_conn_id conn, const void *uuid, size_t uuid_len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (!c)
		return err;
	err = gatt_services(c, uuid, uuid_len);
	if (err == BLE_EINVAL)
		return host_refuse_hint(h, err, "uuid_len", "a UUID has 2 or 16 octets");
	return err;
}

int ble_client_characteristics(
	struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_characteristics(c, start, end);
	return err == BLE_EINVAL ? host_refuse(h, err, "start", start, 1, end) : err;
}

int ble_client_descriptors(struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_descriptors(c, start, end);
	return err == BLE_EINVAL ? host_refuse(h, err, "start", start, 1, end) : err;
}

int ble_client_read(struct ble_host *h, ble_conn_id conn, uint16_t handle)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_read(c, handle);
	return err == BLE_EINVAL ? host_refuse(h, err, "handle", handle, 1, 0xFFFF) : err;
}

/* What a write was refused for, with its limits. */
static int write_refused(
	struct ble_host *h, const struct gatt_client *c, int err, uint16_t handle, size_t len)
{
	if (err == BLE_ETOOBIG)
		return host_refuse(h, err, "len", len > 0xFFFF ? 0xFFFF : (int32_t)len, 0,
			c->att.bearer->mtu - 3);
	return err == BLE_EINVAL ? host_refuse(h, err, "handle", handle, 1, 0xFFFF) : err;
}

int ble_client_write(
	struct ble_host *h, ble_conn_id conn, uint16_t handle, const void *data, size_t len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? write_refused(h, c, gatt_write(c, handle, data, len), handle, len) : err;
}

int ble_client_write_command(
	struct ble_host *h, ble_conn_id conn, uint16_t handle, const void *data, size_t len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? write_refused(h, c, gatt_write_command(c, handle, data, len), handle, len) : err;
}
