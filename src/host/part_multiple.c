/*
 * The part ble_multiple: Read Multiple, Read Multiple Variable and Multiple Handle Value Notifications beside
 * ble_server (att/att_multiple.c, gatt/multiple.c). It may be named before or behind ble_server.
 */
#include "host/part_extra.h"
#include "host/part_server.h"

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	(void)host_size;
	*conn_size += config->att_mtu; /* handles of a request */
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	(void)slot, (void)config;
	const struct att_db **plain = extra_db(h);
	if (!*plain || *plain == &gatt_att_db) /* ble_caching has its own, with all that is here */
		*plain = &gatt_multiple_db;
	if (!h->server) /* it will ask the database to extend itself */
		return;
	struct gatt_db *db = h->att.db_ctx;
	uint16_t next = db->next_handle;
	gatt_add_features(db);
	if (db->next_handle != next)
		server_changed(h, next, (uint16_t)(db->next_handle - 1));
}

static enum att_verdict on_read(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	enum att_verdict v = att_read_multiple(extra_mem(b, &ble_multiple), b, pdu, len);
	extra_follow(b, &ble_multiple);
	return v;
}

static void answer(struct att_bearer *b, int err, const void *data, size_t len)
{
	att_read_multiple_answer(extra_mem(b, &ble_multiple), b, err, data, len);
	extra_follow(b, &ble_multiple);
}

static void resume(void *multiple, struct att_bearer *b)
{
	att_read_multiple_resume(multiple, b);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	return extra_poll(h, slot, ev, resume);
}

static const struct att_extra extras[] = {
	{ ATT_READ_MULTIPLE_REQ, on_read, answer },
	{ ATT_READ_MULTIPLE_VARIABLE_REQ, on_read, answer },
	{ 0 },
};

const struct ble_room ble_multiple_room = { .conn_size = sizeof(struct att_multiple), .measure = measure };

const struct ble_part ble_multiple = {
	.name = "multiple",
	.room = &ble_multiple_room,
	.extras = extras,
	.attach = attach,
	.poll = poll,
};

int ble_server_notify_many(struct ble_host *h, ble_conn_id id, const struct ble_notification *list, size_t count)
{
	int err = 0;
	if (!host_need(h, &ble_multiple, "ble_server_notify_many() needs the part ble_multiple", &err))
		return err;
	const struct ble_conn *conn = host_conn(h, id);
	if (!conn)
		return BLE_ECONN;
	if (!conn->att.server)
		return BLE_ENOTSUP;
	if (!count || count > INT32_MAX)
		return host_refuse(h, BLE_EINVAL, "count", 0, 1, INT32_MAX);
	for (size_t i = 0; h->security && i < count; i++)
		if (!h->security->may_tell(conn->att.server->bearer, list[i].value_handle))
			return BLE_ENOENT;
	return gatt_notify_many(h->att.db_ctx, CONTAINER_OF(conn->att.server, struct gatt_peer, att), list, count);
}
