/*
 * Between the server part's own files: its memory, and what its two forms share: ble_bare_server (part_server.c) and
 * ble_server, which brings the GAP and GATT services as well (part_server_own.c).
 */
#ifndef GLINT_HOST_PART_SERVER_H
#define GLINT_HOST_PART_SERVER_H

#include <ble/server.h>

#include "gatt/gatt.h"
#include "host/host.h"

struct host_server {
	struct gatt_db db; /* first: att.db_ctx points here; its `own` says whether this is a struct own_server */
};

/* That of ble_server. */
struct own_server {
	struct host_server server; /* first */
	struct gatt_own own;
	/* All peers are to be told of changed handles; start 0: one of them has confirmed, or has room. */
	void (*changed)(struct ble_host *h, uint16_t start, uint16_t end);
	struct ble_host *host;
	struct tmr again;
	struct gatt_slot slots[];
};

/* The beginning of ble_caching's memory: for ble_pairing. NULL: without a cipher, or beside a bare server, it does nothing. */
struct host_caching_hooks {
	void (*outdate)(struct ble_conn *conn);
};

static inline struct host_server *server_of(const struct ble_host *h)
{
	return h->server ? host_mem(h->server) : NULL;
}

static inline struct gatt_peer *server_peer(const struct ble_host *h, const struct ble_conn *conn)
{
	return host_conn_mem(h->server, conn);
}

/* Tells all peers that handles start to end have changed. */
static inline void server_changed(struct ble_host *h, uint16_t start, uint16_t end)
{
	const struct own_server *s = host_mem(h->server);
	if (s->server.db.own)
		s->changed(h, start, end);
}

/* Hooks of both forms. The database is initialised by the caller of attach, which lets other parts extend it. */
void server_attach(struct ble_host *h, struct ble_part_slot *slot);
void server_conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn);
bool server_conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn, struct ble_event *ev);
bool server_poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev);

#endif
