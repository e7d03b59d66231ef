/*
 * The part ble_descriptors: descriptors of the program's own beside ble_server or ble_bare_server (gatt/described.c). It
 * may be named before or behind the server, and stands around the database that there is, whichever part's that is.
 */
#include "host/part_extra.h"
#include "host/part_server.h"

static const struct att_db *plain_of(struct att_bearer *b)
{
	return *extra_db(host_conn_of(b)->host);
}

static int view(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	return gatt_described_value(plain_of(b), b, a, v);
}

static int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len, uint32_t token)
{
	return plain_of(b)->write(b, a, data, len, token);
}

/* The server comes behind this part. ble_lean_server does not ask: it refuses them. */
static void extend(void *ctx)
{
	struct gatt_db *db = ctx;
	db->measure = gatt_measure_described;
	if (!db->own) /* nobody else has something for it */
		return;
	const struct att_db *plain = *extra_db(CONTAINER_OF(db, struct own_server, server.db)->host);
	if (plain->extend)
		plain->extend(ctx);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	static const struct att_db described = { .find = gatt_find_described, .value = view, .ask = gatt_ask,
		.write = write, .extend = extend };
	struct host_descriptors *d = host_mem(slot);
	struct gatt_db *db = h->att.db_ctx;
	(void)config;
	d->plain = h->att.db ? h->att.db : &gatt_att_db;
	if (h->server && db->measure != gatt_measure)
		return;
	h->att.db = &described;
	if (h->server)
		db->measure = gatt_measure_described;
}

const struct ble_room ble_descriptors_room = { .host_size = sizeof(struct host_descriptors) };

const struct ble_part ble_descriptors = { .name = "descriptors", .room = &ble_descriptors_room, .attach = attach };
