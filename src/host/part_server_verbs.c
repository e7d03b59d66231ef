/* The verbs of server.h: from ids and tokens to the database and the connection they are about. */
#include "host/part_server.h"


/* The part's memory, or NULL with *err and a fault. */
static struct host_server *need(struct ble_host *h, int *err)
{
	if (!h->server)
		*err = host_refuse_hint(h, BLE_ENOTSUP, "ble_server", host_not_attached);
	return server_of(h);
}

int ble_server_add(struct ble_host *h, const struct ble_service *service, uint16_t *first_handle)
{
	int err = 0;
	uint16_t first = 0;
	struct host_server *s = need(h, &err);
	if (!s)
		return err;
	if (!service)
		return host_refuse(h, BLE_EINVAL, "service", 0, 0, -1);
	err = gatt_add(&s->db, service, &first, &h->fault);
	if (err)
		return err;
	if (first_handle)
		*first_handle = first;
	server_changed(h, first, (uint16_t)(s->db.next_handle - 1));
	return 0;
}

int ble_server_remove(struct ble_host *h, const struct ble_service *service)
{
	int err = 0;
	struct gatt_slot gone;
	struct host_server *s = need(h, &err);
	if (!s)
		return err;
	err = gatt_remove(&s->db, service, &gone);
	if (err)
		return host_refuse(h, err, "service", 0, 0, -1);
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			gatt_forget(&s->db, server_peer(h, &h->conns[i]), &gone);
	server_changed(h, gone.first, gone.last);
	return 0;
}

uint16_t ble_server_handle(const struct ble_host *h, const struct ble_characteristic *ch)
{
	const struct host_server *s = server_of(h);
	return s ? gatt_handle(&h->att, ch) : 0;
}

int ble_server_gap(struct ble_host *h, const struct ble_gap_info *info)
{
	int err = 0;
	struct host_server *s = need(h, &err);
	if (!s)
		return err;
	if (!s->db.own)
		return host_refuse_hint(h, BLE_ENOTSUP, "server", "ble_bare_server has no GAP service of its own");
	return gatt_gap(s->db.own, info, &h->fault);
}

/* The server's side of a connection, or NULL with *err: no such connection, or no server. */
static inline const struct gatt_peer *peer_of(const struct ble_host *h, ble_conn_id id, int *err)
{
	const struct ble_conn *conn = host_conn(h, id);
	*err = conn ? BLE_ENOTSUP : BLE_ECONN;
	return conn && conn->att.server ? CONTAINER_OF(conn->att.server, struct gatt_peer, att) : NULL;
}

int ble_server_notify(struct ble_host *h, ble_conn_id id, uint16_t value_handle, const void *data,
	size_t len)
{
	int err;
	const struct gatt_peer *p = peer_of(h, id, &err);
	if (p && h->security && !h->security->may_tell(p->att.bearer, value_handle))
		return BLE_ENOENT;
	return p ? gatt_notify(h->att.db_ctx, p, value_handle, data, len) : err;
}

int ble_server_subscribed(const struct ble_host *h, ble_conn_id id, uint16_t value_handle)
{
	int err;
	const struct gatt_peer *p = peer_of(h, id, &err);
	return p ? gatt_subscribed(h->att.db_ctx, p, value_handle) : err;
}

/* The connection that a token was given for; NULL: it is gone. */
static struct att_server *owner(const struct ble_host *h, uint32_t token)
{
	unsigned slot = token & 0xFF;
	if (slot >= h->conn_count || !conn_is_up(&h->conns[slot]))
		return NULL;
	return h->conns[slot].att.server;
}

int ble_server_reply(struct ble_host *h, uint32_t token, int err, const void *data, size_t len)
{
	struct att_server *s = owner(h, token);
	return s ? att_server_reply(s, token, err, data, len) : BLE_ENOENT;
}

int ble_server_defer(struct ble_host *h, uint32_t token)
{
	struct att_server *s = owner(h, token);
	return s ? att_server_defer(s, token) : BLE_ENOENT;
}
