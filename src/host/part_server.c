/*
 * The parts ble_bare_server and ble_lean_server: memory and hooks of the ATT and GATT server, which ble_server shares. The
 * verbs are in part_server_verbs.c. The lean one's rows and database lead to nothing that has to do with indications and
 * rare descriptors, and a service that wants one is refused: gatt/database.c.
 */
#include "host/part_server.h"

/* Answers what the program left unanswered. */
static bool on_next(struct ble_host *h, struct ble_event *ev)
{
	(void)ev;
	/* It is up: only the loss of the controller could have come between, and that leaves no next. */
	att_server_settle(h->conns[h->offered].att.server);
	return false;
}

static void on_offered(struct att_bearer *b)
{
	struct ble_conn *conn = host_conn_of(b);
	conn->host->offered = conn->slot;
	host_next(conn->host, on_next);
}

/* Timed out, or confirmed: then the next Service Changed may go. */
static void on_indicated(struct att_bearer *b)
{
	struct ble_host *h = host_conn_of(b)->host;
	const struct gatt_peer *p = CONTAINER_OF(b->server, struct gatt_peer, att);
	if (p->att.timed_out)
		host_pending(h, h->server);
	else
		server_changed(h, 0, 0);
}

void server_conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn)
{
	struct gatt_peer *p = host_conn_mem(slot, conn);
	(void)h;
	att_server_open(&p->att, &conn->att);
}

static const struct att_extra *extra(struct att_bearer *b, uint8_t opcode)
{
	for (const struct ble_part_slot *slot = host_conn_of(b)->host->parts; slot; slot = slot->next)
		for (const struct att_extra *x = slot->part->extras; x && x->opcode; x++)
			if (x->opcode == opcode)
				return x;
	return NULL;
}

static void join(struct ble_host *h, struct ble_part_slot *slot, const struct att_server_role *role, const struct att_db *db)
{
	struct host_server *s = host_mem(slot);
	h->server = slot;
	h->att.server = role;
	if (!h->att.db) /* ble_multiple has its own */
		h->att.db = db;
	h->att.db_ctx = &s->db;
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			server_conn_up(h, slot, &h->conns[i]);
}

void server_attach(struct ble_host *h, struct ble_part_slot *slot)
{
	static const struct att_server_role role = { att_server_rows, on_offered, on_indicated, extra, att_indicate };
	join(h, slot, &role, &gatt_att_db);
	if (h->att.db->extend)
		h->att.db->extend(h->att.db_ctx);
}

static bool confirmed(struct ble_host *h, struct ble_event *ev, const struct ble_conn *conn,
	uint16_t handle, int err)
{
	ev->confirmed.handle = handle;
	ev->confirmed.err = err;
	return host_event_in(h, ev, BLE_EV_CONFIRMED, conn->id);
}

bool server_conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn,
	struct ble_event *ev)
{
	struct gatt_peer *p = host_conn_mem(slot, conn);
	if (!conn->att.server) /* it was down when the part was attached */
		return false;
	int err = p->att.timed_out ? BLE_ETIMEOUT : BLE_ECONN;
	uint16_t handle = att_server_close(&p->att);
	return handle && confirmed(h, ev, conn, handle, err);
}

bool server_poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *conn = &h->conns[i];
		if (!conn_is_up(conn))
			continue;
		struct gatt_peer *p = host_conn_mem(slot, conn);
		uint16_t handle = p->att.timed_out;
		p->att.timed_out = 0;
		if (handle)
			return confirmed(h, ev, conn, handle, BLE_ETIMEOUT);
	}
	return false;
}

struct bare_server {
	struct host_server server;
	struct gatt_slot slots[];
};

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	*host_size += config->services * sizeof(struct gatt_slot);
	*conn_size += gatt_peer_octets(config->subscriptions);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct bare_server *s = host_mem(slot);
	gatt_db_init(&s->server.db, s->slots, config->services, config->subscriptions);
	server_attach(h, slot);
}

const struct ble_room ble_bare_server_room = { .host_size = sizeof(struct bare_server), .measure = measure };

const struct ble_part ble_bare_server = {
	.name = "server",
	.room = &ble_bare_server_room,
	.attach = attach,
	.conn_up = server_conn_up,
	.conn_down = server_conn_down,
	.poll = server_poll,
};

static void lean_attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	static const struct att_server_role role = { .rows = att_lean_rows, .offered = on_offered, .extra = extra };
	struct bare_server *s = host_mem(slot);
	join(h, slot, &role, &gatt_lean_db);
	s->server.db = (struct gatt_db){ .slots = s->slots, .capacity = config->services, .next_handle = 1,
		.subscribable = config->subscriptions, .measure = gatt_measure_lean };
}

static bool lean_conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn, struct ble_event *ev)
{
	(void)h, (void)slot, (void)ev;
	if (conn->att.server)
		(void)att_server_close(conn->att.server);
	return false;
}

const struct ble_room ble_lean_server_room = { .host_size = sizeof(struct bare_server), .measure = measure };

const struct ble_part ble_lean_server = {
	.name = "server",
	.room = &ble_lean_server_room,
	.attach = lean_attach,
	.conn_up = server_conn_up,
	.conn_down = lean_conn_down,
};
