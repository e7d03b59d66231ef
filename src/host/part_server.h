/* Between the server part's own files: its memory. */
#ifndef GLINT_HOST_PART_SERVER_H
#define GLINT_HOST_PART_SERVER_H

#include <ble/server.h>

#include "gatt/gatt.h"
#include "host/host.h"

struct host_server {
	struct gatt_db db; /* first: att.db_ctx points here */
	struct ble_host *host;
	struct ble_conn *offered; /* whose request the program has been given */
	struct tmr again;         /* Service Changed found no buffer */
	struct gatt_slot slots[];
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
void server_changed(struct ble_host *h, uint16_t start, uint16_t end);

#endif
