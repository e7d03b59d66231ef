/*
 * The part ble_server: the server with the GAP and GATT services, and with Service Changed, which tells each peer that
 * has asked for it what services come and go.
 */
#include "host/part_server.h"

enum { AGAIN_US = 10000 }; /* Service Changed that found no buffer: no hurry */

static void on_again(struct tmr *t)
{
	struct own_server *s = CONTAINER_OF(t, struct own_server, again);
	struct ble_host *h = s->host;
	bool left = false;
	for (unsigned i = 0; i < h->conn_count; i++) {
		if (!conn_is_up(&h->conns[i]))
			continue;
		struct gatt_peer *p = server_peer(h, &h->conns[i]);
		gatt_changed_flush(&s->server.db, p);
		left |= p->changed_start && !p->att.indicated; /* else changed() comes */
	}
	if (left)
		host_timer(h, t, AGAIN_US, on_again);
}

/* Waits for the next run, so that services added together are one indication. */
static void changed(struct ble_host *h, uint16_t start, uint16_t end)
{
	struct own_server *s = host_mem(h->server);
	bool any = false;
	for (unsigned i = 0; i < h->conn_count; i++) {
		if (!conn_is_up(&h->conns[i]))
			continue;
		struct gatt_peer *p = server_peer(h, &h->conns[i]);
		if (start)
			gatt_changed(p, start, end);
		any |= p->changed_start != 0;
	}
	if (any)
		host_timer(h, &s->again, 0, on_again);
}

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	*host_size += (config->services + GATT_OWN_SERVICES) * sizeof(struct gatt_slot);
	*conn_size += gatt_peer_octets(config->subscriptions + GATT_OWN_SUBSCRIBABLE);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct own_server *s = host_mem(slot);
	gatt_db_init(&s->server.db, s->slots, (uint16_t)(config->services + GATT_OWN_SERVICES),
		(uint16_t)(config->subscriptions + GATT_OWN_SUBSCRIBABLE));
	s->host = h;
	s->changed = changed;
	gatt_own_init(&s->own, &s->server.db, config->name);
	server_attach(h, slot);
}

const struct ble_room ble_server_room = { .host_size = sizeof(struct own_server), .measure = measure };

const struct ble_part ble_server = {
	.name = "server",
	.room = &ble_server_room,
	.attach = attach,
	.conn_up = server_conn_up,
	.conn_down = server_conn_down,
	.poll = server_poll,
};
