/*
 * The part ble_server: memory and hooks of the ATT and GATT server. Its verbs are in
 * part_server_verbs.c.
 */
#include "host/part_server.h"

enum { AGAIN_US = 10000 }; /* Service Changed that found no buffer: no hurry */

static uint16_t services_of(const struct ble_host_config *config)
{
	return (uint16_t)(config->services + (config->bare_database ? 0 : GATT_OWN_SERVICES));
}

static uint16_t subscribable_of(const struct ble_host_config *config)
{
	return (uint16_t)(config->subscribable + (config->bare_database ? 0 : GATT_OWN_SUBSCRIBABLE));
}

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	*host_size += services_of(config) * sizeof(struct gatt_slot);
	*conn_size += (subscribable_of(config) + GATT_CCCD_OCTETS_PER - 1u) / GATT_CCCD_OCTETS_PER;
}

/* Answers what the program left unanswered. */
static bool on_next(struct ble_host *h, struct ble_event *ev)
{
	(void)ev;
	/* It is up: only the loss of the controller could have come between, and that leaves no next. */
	att_server_settle(server_of(h)->offered->att.server);
	return false;
}

static void on_offered(struct att_bearer *b)
{
	struct ble_conn *conn = host_conn_of(b);
	server_of(conn->host)->offered = conn;
	host_next(conn->host, on_next);
}

static void on_again(struct tmr *t)
{
	struct host_server *s = CONTAINER_OF(t, struct host_server, again);
	struct ble_host *h = s->host;
	bool left = false;
	for (unsigned i = 0; i < h->conn_count; i++) {
		if (!conn_is_up(&h->conns[i]))
			continue;
		struct gatt_peer *p = server_peer(h, &h->conns[i]);
		gatt_changed_flush(&s->db, p);
		left |= p->changed_start && !p->att.indicated; /* else on_indicated() comes */
	}
	if (left)
		host_timer(h, t, AGAIN_US, on_again);
}

/* Waits for the next run, so that services added together are one indication. */
void server_changed(struct ble_host *h, uint16_t start, uint16_t end)
{
	bool any = false;
	for (unsigned i = 0; i < h->conn_count; i++) {
		if (!conn_is_up(&h->conns[i]))
			continue;
		gatt_changed(server_peer(h, &h->conns[i]), start, end);
		any = true;
	}
	if (any)
		host_timer(h, &server_of(h)->again, 0, on_again);
}

/* Timed out, or confirmed: then the next Service Changed may go. */
static void on_indicated(struct att_bearer *b)
{
	struct ble_host *h = host_conn_of(b)->host;
	const struct gatt_peer *p = CONTAINER_OF(b->server, struct gatt_peer, att);
	if (p->att.timed_out)
		host_pending(h, h->server);
	else if (p->changed_start)
		host_timer(h, &server_of(h)->again, 0, on_again);
}

static void conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn)
{
	struct gatt_peer *p = host_conn_mem(slot, conn);
	(void)h;
	p->cccd = (uint8_t *)(p + 1);
	conn->att.slot = conn->slot;
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

static const struct att_server_role role = { att_server_rows, on_offered, on_indicated, extra };

static void attach(struct ble_host *h, struct ble_part_slot *slot,
	const struct ble_host_config *config)
{
	struct host_server *s = host_mem(slot);
	s->host = h;
	h->server = slot;
	h->att.server = &role;
	if (!h->att.db) /* ble_multiple has its own */
		h->att.db = &gatt_att_db;
	h->att.db_ctx = &s->db;
	gatt_db_init(&s->db, s->slots, services_of(config), subscribable_of(config), config->name,
		config->bare_database);
	if (h->att.db->extend)
		h->att.db->extend(&s->db);
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			conn_up(h, slot, &h->conns[i]);
}

static bool confirmed(struct ble_host *h, struct ble_event *ev, const struct ble_conn *conn,
	uint16_t handle, int err)
{
	ev->confirmed.handle = handle;
	ev->confirmed.err = err;
	return host_event_in(h, ev, BLE_EV_CONFIRMED, conn->id);
}

static bool conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn,
	struct ble_event *ev)
{
	struct gatt_peer *p = host_conn_mem(slot, conn);
	if (!conn->att.server) /* it was down when the part was attached */
		return false;
	int err = p->att.timed_out ? BLE_ETIMEOUT : BLE_ECONN;
	uint16_t handle = att_server_close(&p->att);
	return handle && confirmed(h, ev, conn, handle, err);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
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

const struct ble_room ble_server_room = { .host_size = sizeof(struct host_server), .conn_size = sizeof(struct gatt_peer), .measure = measure };

const struct ble_part ble_server = {
	.name = "server",
	.room = &ble_server_room,
	.attach = attach,
	.conn_up = conn_up,
	.conn_down = conn_down,
	.poll = poll,
};
