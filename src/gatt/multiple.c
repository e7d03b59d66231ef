/*
 * Client Supported Features (Vol 3 Part G 7.2) and what follows from it: several values in one notification
 * (4.10.2).
 *
 * The characteristic joins the GATT service when the part ble_multiple, or ble_caching, asks for it. Its octet belongs to
 * a connection; bits may be set and never cleared. Bits for what this server does not do (EATT, and robust caching
 * without ble_caching) are kept and do nothing.
 */
#include "gatt/gatt_db.h"

enum { ROBUST_CACHING = 0x01, ENHANCED_BEARER = 0x02, MULTIPLE_NOTIFICATIONS = 0x04 };
enum { KNOWN = ROBUST_CACHING | ENHANCED_BEARER | MULTIPLE_NOTIFICATIONS };

/* Of any length, so that a client of a later specification can say more. */
const struct ble_characteristic gatt_features = { .uuid = UUID16_CLIENT_SUPPORTED_FEATURES,
	.permission = BLE_READ | BLE_WRITE, .size = ATT_VALUE_MAX };
const struct ble_service gatt_own_features = {
	.uuid = 0x1801, .characteristics = BLE_LIST(&gatt_service_changed, &gatt_features) };

static bool is_features(const struct att_attr *a)
{
	return a->part == GATT_VALUE && gatt_at(a) == &gatt_features;
}

static int view(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	int err = gatt_att_db.value(b, a, v);
	if (err != BLE_EPENDING || !is_features(a))
		return err;
	v->made[0] = b->server->features;
	v->data = v->made;
	v->len = 1;
	return 0;
}

static int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len, uint32_t token)
{
	if (!token || !is_features(a))
		return gatt_att_db.write(b, a, data, len, token);
	uint8_t features = len ? data[0] & KNOWN : 0;
	int err = gatt_may_write(b, a, data, len);
	if (!err && (b->server->features & ~features))
		err = BLE_EATT(ATT_ERR_VALUE_NOT_ALLOWED);
	if (!err)
		b->server->features = features;
	return err;
}

void gatt_add_features(struct gatt_db *db)
{
	struct gatt_slot *last = &db->slots[GATT_OWN_SERVICES - 1];
	if (!db->own || db->count != GATT_OWN_SERVICES || last->last != db->own->changed + 1) /* the CCCD of Service Changed */
		return;
	last->service = &gatt_own_features;
	last->last = (uint16_t)(last->last + 2);
	db->next_handle = (uint16_t)(db->next_handle + 2);
}

static void extend(void *db)
{
	gatt_add_features(db);
}

const struct att_db gatt_multiple_db = { .find = gatt_find, .value = view, .ask = gatt_ask,
	.write = write, .extend = extend };

int gatt_notify_many(struct gatt_db *db, const struct gatt_peer *p, const struct ble_notification *list, size_t count)
{
	struct att_bearer *b = p->att.bearer;
	for (size_t i = 0; i < count; i++) {
		int bits = gatt_subscribed(db, p, list[i].value_handle);
		if (bits < 0 || !(bits & GATT_CCCD_NOTIFICATION))
			return BLE_ENOENT;
	}
	size_t sent = 0;
	while (sent < count) {
		const struct ble_notification *at = list + sent;
		size_t n = p->att.features & MULTIPLE_NOTIFICATIONS ? att_fitting(b, at, count - sent) : 1;
		int err = n > 1 ? att_notify_multiple(b, at, n)
				: att_notify(b, at->value_handle, at->data, at->len);
		if (err)
			return sent ? (int)sent : err;
		sent += n > 1 ? n : 1;
	}
	return (int)sent;
}
