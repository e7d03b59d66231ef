/* Between ble_conn_update() (params.c) and the part ble_link_update, which params.c does not link. */
#ifndef GLINT_HOST_LINK_UPDATE_H
#define GLINT_HOST_LINK_UPDATE_H

#include "host/host.h"

/* The part's memory of a connection. */
struct link_update {
	bool lacks;    /* the peer, or the controller: L2CAP from now on */
	uint8_t reply; /* see part_link_update.c */
	struct gap_conn_params params;
};

/* NULL: the part is not attached. */
static inline struct link_update *link_update_of(const struct ble_conn *c)
{
	struct ble_part_slot *slot = host_room(c->host, &ble_link_update_room);
	return slot ? host_conn_mem(slot, c) : NULL;
}

#endif
