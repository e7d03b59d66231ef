/* Requests that need more than one event: from one poll to the next. And who is around whose database. */
#include "host/part_extra.h"

const struct att_db **extra_db(struct ble_host *h)
{
	struct ble_part_slot *slot = host_room(h, &ble_descriptors_room);
	struct host_descriptors *d = slot ? host_mem(slot) : NULL;
	return d ? &d->plain : &h->att.db;
}

void extra_follow(struct att_bearer *b, const struct ble_part *part)
{
	struct ble_host *h = host_conn_of(b)->host;
	if (b->server->answer == ATT_ANSWER_GOES_ON)
		host_pending(h, host_part(h, part));
}

static bool goes_on(const struct ble_conn *conn, const struct att_extra *extras)
{
	const struct att_server *s = conn->att.server;
	if (!conn_is_up(conn) || !s || s->answer != ATT_ANSWER_GOES_ON)
		return false;
	while (extras->opcode && extras->opcode != s->opcode)
		extras++;
	return extras->opcode != 0;
}

bool extra_poll(struct ble_host *h, const struct ble_part_slot *slot, const struct ble_event *ev,
	void (*resume)(void *mem, struct att_bearer *b))
{
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *conn = &h->conns[i];
		while (goes_on(conn, slot->part->extras)) {
			resume(host_conn_mem(slot, conn), &conn->att);
			if (ev->type)
				return true;
		}
	}
	return false;
}
