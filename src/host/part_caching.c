/*
 * The part ble_caching: the Database Hash and robust caching beside ble_server (gatt/hash.c, gatt/caching.c). It may be
 * named before or behind ble_server. Its rows stand in front of the server's; where the platform has no cipher, the part
 * does nothing.
 */
#include "host/part_extra.h"
#include "host/part_server.h"

#include <string.h>

struct host_caching {
	struct host_caching_hooks hooks; /* first */
	struct att_server_role role; /* ours, around the server's */
	const struct att_server_role *server;
	void (*changed)(struct ble_host *h, uint16_t start, uint16_t end); /* the server's */
	struct att_db db; /* that of ble_multiple, with the hash */
	const struct ble_crypto *crypto;
	bool known; /* hash is that of a database with this count and next handle */
	uint16_t count, next_handle;
	uint8_t hash[GATT_HASH];
};

static struct gatt_caching *caching_of(struct att_bearer *b)
{
	return extra_mem(b, &ble_caching);
}

static struct host_caching *host_caching_of(struct att_bearer *b)
{
	return host_mem(host_part(host_conn_of(b)->host, &ble_caching));
}

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	(void)host_size;
	*conn_size += gatt_cccd_octets(config->subscriptions + GATT_OWN_SUBSCRIBABLE);
}

static int hash_of(struct host_caching *s, struct att_bearer *b)
{
	const struct gatt_db *db = b->att->db_ctx;
	if (s->known && s->count == db->count && s->next_handle == db->next_handle)
		return 0;
	int err = gatt_hash_make(b, s->crypto, s->hash);
	s->known = !err;
	s->count = db->count;
	s->next_handle = db->next_handle;
	return err;
}

static int view(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	struct host_caching *s = host_caching_of(b);
	if (!gatt_is_hash(a))
		return gatt_caching_value(caching_of(b), b, a, v);
	if (hash_of(s, b))
		return BLE_EATT(ATT_ERR_UNLIKELY_ERROR);
	caching_of(b)->shown = true;
	v->data = s->hash;
	v->len = GATT_HASH;
	v->tell = false;
	return 0;
}

static int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len, uint32_t token)
{
	return gatt_caching_write(caching_of(b), b, a, data, len, token);
}

/* A bond remembers what its client knows. */
static void settle(struct att_bearer *b, uint8_t before)
{
	struct ble_conn *conn = host_conn_of(b);
	if (before && !caching_of(b)->state && conn->host->security)
		conn->host->security->aware(conn);
}

static enum att_verdict row(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	uint8_t before = caching_of(b)->state;
	enum att_verdict v = gatt_caching_rx(caching_of(b), b, pdu, len);
	settle(b, before);
	return v;
}

static att_row *const rows[ATT_SERVER_ROWS] = {
	[0] = row,
	[ATT_EXCHANGE_MTU_REQ >> 1] = row,
	[ATT_FIND_INFORMATION_REQ >> 1] = row,
	[ATT_FIND_BY_TYPE_VALUE_REQ >> 1] = row,
	[ATT_READ_BY_TYPE_REQ >> 1] = row,
	[ATT_READ_REQ >> 1] = row,
	[ATT_READ_BLOB_REQ >> 1] = row,
	[ATT_READ_BY_GROUP_TYPE_REQ >> 1] = row,
	[ATT_WRITE_REQ >> 1] = row,
	[ATT_HANDLE_VALUE_CFM >> 1] = row,
};

static enum att_verdict on_refused(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	(void)len;
	return pdu[0] == ATT_SIGNED_WRITE_CMD ? ATT_DONE : gatt_caching_refuse(caching_of(b), b, pdu);
}

/* Of a new request, or, while one waits, of its answer; or of a command, at any time. */
static const struct att_extra *extra(struct att_bearer *b, uint8_t opcode)
{
	static const struct att_extra refused = { .row = on_refused };
	const struct att_extra *x = host_caching_of(b)->server->extra(b, opcode);
	if (b->server->answer != ATT_ANSWER_NONE && opcode != ATT_SIGNED_WRITE_CMD)
		return x;
	uint8_t before = caching_of(b)->state;
	bool refuses = gatt_caching_refuses(caching_of(b), b, opcode);
	settle(b, before);
	return refuses && x ? &refused : x;
}

/* start 0: nothing has changed, see part_server.h. */
static void changed(struct ble_host *h, uint16_t start, uint16_t end)
{
	const struct ble_part_slot *slot = host_part(h, &ble_caching);
	const struct host_caching *s = (const void *)slot->mem;
	s->changed(h, start, end);
	for (unsigned i = 0; start && i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			gatt_caching_changed(host_conn_mem(slot, &h->conns[i]), &h->conns[i].att, start);
}

/* What the client of this bond knows is another database. */
static void outdate(struct ble_conn *conn)
{
	gatt_caching_changed(caching_of(&conn->att), &conn->att, 1);
}

/* Around the server, which is there, and not bare. */
static void join(struct ble_host *h, struct host_caching *s)
{
	s->hooks.outdate = outdate;
	s->server = h->att.server;
	s->role = *s->server;
	s->role.rows = rows;
	s->role.extra = extra;
	h->att.server = &s->role;
	struct own_server *own = host_mem(h->server);
	s->changed = own->changed;
	own->changed = changed;
	gatt_add_hash(h->att.db_ctx);
}

/* The server comes behind this part. */
static void extend(void *db)
{
	const struct gatt_db *of = db;
	if (!of->own)
		return;
	struct ble_host *h = CONTAINER_OF(db, struct own_server, server.db)->host;
	join(h, host_mem(host_part(h, &ble_caching)));
}

static void conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn)
{
	struct gatt_caching *c = host_conn_mem(slot, conn);
	(void)h;
	c->kept = (uint8_t *)(c + 1);
}

/* Whoever looks at the CCCDs now finds them as they were written. */
static bool conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn, struct ble_event *ev)
{
	(void)h, (void)ev;
	if (conn->att.server)
		gatt_caching_reveal(host_conn_mem(slot, conn), &conn->att);
	return false;
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct host_caching *s = host_mem(slot);
	(void)config;
	s->crypto = h->hci.platform->crypto;
	if (!s->crypto)
		return;
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			conn_up(h, slot, &h->conns[i]);
	s->db = gatt_multiple_db;
	s->db.value = view;
	s->db.write = write;
	s->db.extend = extend;
	struct gatt_db *db = h->att.db_ctx;
	if (h->server && !db->own)
		return;
	*extra_db(h) = &s->db;
	if (!h->server) /* it will extend the database */
		return;
	uint16_t next = db->next_handle;
	join(h, s);
	if (db->next_handle != next)
		server_changed(h, next, (uint16_t)(db->next_handle - 1));
}

const struct ble_room ble_caching_room = { .host_size = sizeof(struct host_caching),
	.conn_size = sizeof(struct gatt_caching), .measure = measure };

const struct ble_part ble_caching = {
	.name = "caching",
	.room = &ble_caching_room,
	.attach = attach,
	.conn_up = conn_up,
	.conn_down = conn_down,
};
