/*
 * Reading and writing what stands at a handle. `permit` is asked on every path, whichever request
 * it came by; security will be one more question there.
 *
 * A value with memory is read where it lies. Without memory, or with on_read, the program is asked.
 * Writes always go to the program: it owns the memory, which may be constant.
 */
#include "gatt/gatt_db.h"

#include <string.h>

#include "base/bits.h"
#include "base/le.h"

static struct gatt_peer *peer_of(struct att_bearer *b)
{
	return CONTAINER_OF(b->server, struct gatt_peer, att);
}

static struct ble_event *raise(struct att_bearer *b, uint8_t type)
{
	return b->att->event(b, type);
}

/* access: BLE_READ, BLE_WRITE or BLE_WRITE_WO. 0 or BLE_EATT. */
static int permit(const struct att_attr *a, uint8_t access)
{
	uint8_t may = BLE_READ; /* declarations and descriptions: Vol 3 Part G 3.1, 3.3.1, 3.3.3.2 */
	if (a->part == GATT_VALUE)
		may = gatt_at(a)->permission;
	else if (a->part == GATT_CCCD) /* by request only: 4.12.3 */
		may = BLE_READ | BLE_WRITE;
	if (may & access)
		return 0;
	return access == BLE_READ ? BLE_EATT(ATT_ERR_READ_NOT_PERMITTED)
				  : BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED);
}

static uint16_t uuid_put(uint8_t *p, uint16_t uuid, const uint8_t *base)
{
	if (!base) {
		le16_put(p, uuid);
		return 2;
	}
	memcpy(p, base, 16);
	le16_put(p + 12, uuid);
	return 16;
}

static int show(struct att_view *v, const void *data, size_t len)
{
	v->data = data;
	v->len = (uint16_t)len;
	return 0;
}

static int view_value(const struct gatt_db *db, const struct ble_characteristic *c,
	struct att_view *v)
{
	v->tell = (c->events & BLE_READ) != 0;
	if (c->value && !c->on_read)
		return show(v, c->value, c->length < c->size ? c->length : c->size);
	if (c == &gatt_name)
		return show(v, db->name, strlen(db->name));
	if (c == &gatt_appearance)
		return show(v, db->appearance, sizeof db->appearance);
	if (c == &gatt_ppcp)
		return show(v, db->ppcp, sizeof db->ppcp);
	return BLE_EPENDING;
}

static int view(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	const struct gatt_db *db = b->att->db_ctx;
	int err = permit(a, BLE_READ);
	if (err)
		return err;
	v->tell = false;
	if (a->part == GATT_SERVICE) { /* 3.1 */
		const struct ble_service *s = db->slots[a->slot].service;
		return show(v, v->made, uuid_put(v->made, s->uuid, s->base_uuid));
	}
	const struct ble_characteristic *c = gatt_at(a);
	switch ((enum gatt_part)a->part) {
	case GATT_VALUE: return view_value(db, c, v);
	case GATT_DECLARATION: /* 3.3.1 */
		v->made[0] = c->permission;
		le16_put(v->made + 1, (uint16_t)(a->handle + 1));
		return show(v, v->made, 3u + uuid_put(v->made + 3, c->uuid, c->base_uuid));
	case GATT_CCCD: /* 3.3.3.3 */
		le16_put(v->made, bit2_get(peer_of(b)->cccd, a->sub));
		return show(v, v->made, 2);
	case GATT_USER_DESCRIPTION: return show(v, c->descriptor, strlen(c->descriptor));
	case GATT_SERVICE: break;
	}
	return BLE_EATT(ATT_ERR_UNLIKELY_ERROR);
}

static void ask(struct att_bearer *b, const struct att_attr *a, uint16_t offset, uint32_t token)
{
	struct ble_event *ev = raise(b, BLE_EV_READ);
	ev->read.characteristic = gatt_at(a);
	ev->read.handle = a->handle;
	ev->read.offset = offset;
	ev->read.token = token;
}

/*
 * 3.3.3.3. Reserved bits are passed over; a configuration that the properties do not offer is
 * refused as Value Not Allowed, Vol 3 Part F 3.4.1.1. Service Changed is our own affair.
 */
static int write_cccd(struct att_bearer *b, const struct att_attr *a, const uint8_t *data,
	uint16_t len)
{
	const struct ble_characteristic *c = gatt_at(a);
	if (len != 2)
		return BLE_EATT(ATT_ERR_INVALID_ATTRIBUTE_VALUE_LENGTH);
	uint8_t bits = data[0] & (GATT_CCCD_NOTIFICATION | GATT_CCCD_INDICATION);
	if (((bits & GATT_CCCD_NOTIFICATION) && !(c->permission & BLE_NOTIFY)) ||
		((bits & GATT_CCCD_INDICATION) && !(c->permission & BLE_INDICATE)))
		return BLE_EATT(ATT_ERR_VALUE_NOT_ALLOWED);
	uint8_t *map = peer_of(b)->cccd;
	if (bit2_get(map, a->sub) == bits)
		return 0;
	bit2_put(map, a->sub, bits);
	if (c == &gatt_service_changed)
		return 0;
	struct ble_event *ev = raise(b, BLE_EV_SUBSCRIBED);
	ev->subscribed.characteristic = c;
	ev->subscribed.bits = bits;
	return 0;
}

static int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token)
{
	int err = permit(a, token ? BLE_WRITE : BLE_WRITE_WO);
	if (err)
		return err;
	if (a->part == GATT_CCCD)
		return write_cccd(b, a, data, len);
	const struct ble_characteristic *c = gatt_at(a);
	if (len > c->size)
		return BLE_EATT(ATT_ERR_INVALID_ATTRIBUTE_VALUE_LENGTH);
	struct ble_event *ev = raise(b, BLE_EV_WRITTEN);
	ev->written.characteristic = c;
	ev->written.handle = a->handle;
	ev->written.len = len;
	ev->written.data = data;
	ev->written.token = token;
	ev->written.kind = token ? BLE_WRITTEN_REQUEST : BLE_WRITTEN_COMMAND;
	return token ? BLE_EPENDING : 0;
}

const struct att_db gatt_att_db = {
	.find = gatt_find, .next = gatt_next, .value = view, .ask = ask, .write = write };
