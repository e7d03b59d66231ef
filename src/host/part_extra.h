/*
 * Between the parts that take requests of their own (struct att_extra): ble_prepared and ble_multiple. A request that
 * goes on after an event has its next event raised by the part's poll hook.
 */
#ifndef GLINT_HOST_PART_EXTRA_H
#define GLINT_HOST_PART_EXTRA_H

#include "gatt/gatt.h"
#include "host/host.h"

/* The part's memory of a bearer's connection; the part is attached. */
static inline void *extra_mem(struct att_bearer *b, const struct ble_part *part)
{
	const struct ble_conn *conn = host_conn_of(b);
	return host_conn_mem(host_part(conn->host, part), conn);
}

/* The database without what ble_descriptors, which may be there, puts around it: where a part sets its own. */
const struct att_db **extra_db(struct ble_host *h);

/* Of ble_descriptors. */
struct host_descriptors {
	const struct att_db *plain;
};

/* After a row or an answer: the request may go on. */
void extra_follow(struct att_bearer *b, const struct ble_part *part);
/* The poll hook: takes up what goes on. resume raises an event, or ends the request. */
bool extra_poll(struct ble_host *h, const struct ble_part_slot *slot, const struct ble_event *ev,
	void (*resume)(void *mem, struct att_bearer *b));

#endif
