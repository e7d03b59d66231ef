/*
 * Reading and writing what stands at a handle. Whichever request it came by, a value is read through `view` and
 * written through `write`, which ask its permission; security will be one more question there. All else may be
 * read, and of that only configurations be written, by request (Vol 3 Part G 3.1, 3.2, 3.3.1, 3.3.3, 4.12.3).
 *
 * A value with memory is read where it lies. Without memory, or with on_read, the program is asked.
 * Writes always go to the program: it owns the memory, which may be constant.
 */
#include "gatt/gatt_db.h"

#include <string.h>

#include "base/attr.h"
#include "base/bits.h"
#include "base/le.h"

enum { SCCD_BROADCAST = 0x0001, EXTENDED_RELIABLE_WRITE = 0x0001 };

static struct gatt_peer *peer_of(struct att_bearer *b)
{
	return CONTAINER_OF(b->server, struct gatt_peer, att);
}

static struct ble_event *raise(struct att_bearer *b, uint8_t type)
{
	return b->att->event(b, type);
}

static INLINE int view_value(const struct gatt_db *db, const struct ble_characteristic *c, struct att_view *v, bool lean)
{
	if (!(c->permission & BLE_READ))
		return BLE_EATT(ATT_ERR_READ_NOT_PERMITTED);
	v->tell = (c->events & BLE_READ) != 0;
	if (c->value && !c->on_read)
		return gatt_show(v, c->value, c->length < c->size ? c->length : c->size);
	return !lean && db->own ? db->own->view(db->own, c, v) : BLE_EPENDING;
}

/* The two bits of a CCCD (3.3.3.3), which are this client's, or of a 0x2903 (3.3.3.4), which all clients share. */
static INLINE uint8_t *configuration(struct att_bearer *b, const struct att_attr *a, size_t *i, bool lean)
{
	struct gatt_slot *slot = a->slot;
	*i = a->sub;
	if (lean || a->part == GATT_CCCD)
		return peer_of(b)->cccd;
	*i = (size_t)((const struct ble_characteristic *const *)a->item - slot->service->characteristics);
	return slot->broadcasts;
}

/* 3.2: the UUID of the other service only if it has 16 bits. */
static size_t include_put(const struct gatt_db *db, const struct ble_service *s, uint8_t *p)
{
	const struct gatt_slot *slot = &db->slots[gatt_index_of(db, s)]; /* it cannot go before who includes it */
	le16_put(p, slot->first);
	le16_put(p + 2, slot->last);
	le16_put(p + 4, s->uuid);
	return s->base_uuid ? 4 : 6;
}

/* What has no memory: declarations, configurations, formats. Its length. */
static INLINE size_t make(struct att_bearer *b, const struct att_attr *a, uint8_t *p, bool lean)
{
	const struct gatt_slot *slot = a->slot;
	const struct ble_service *s = slot->service;
	if (a->part == GATT_SERVICE) /* 3.1 */
		return att_uuid_put(p, s->uuid, s->base_uuid);
	if (!lean && a->part == GATT_INCLUDE)
		return include_put(b->att->db_ctx, *gatt_include_at(a), p);
	const struct ble_characteristic *c = gatt_at(a);
	if (a->part == GATT_DECLARATION) { /* 3.3.1 */
		p[0] = c->permission;
		le16_put(p + 1, (uint16_t)(a->handle + 1));
		return 3u + att_uuid_put(p + 3, c->uuid, c->base_uuid);
	}
	if (!lean && a->part == GATT_FORMAT) { /* 3.3.3.5 */
		const struct ble_format f = *c->format;
		p[0] = f.format;
		p[1] = (uint8_t)f.exponent;
		le16_put(p + 2, f.unit);
		p[4] = f.name_space;
		le16_put(p + 5, f.description);
		return 7;
	}
	size_t i;
	const uint8_t *map = configuration(b, a, &i, lean);
	le16_put(p, !lean && a->part == GATT_EXTENDED ? EXTENDED_RELIABLE_WRITE : bit2_get(map, i)); /* 3.3.3.1 */
	return 2;
}

static INLINE int view_of(struct att_bearer *b, const struct att_attr *a, struct att_view *v, bool lean)
{
	if (a->part == GATT_VALUE)
		return view_value(b->att->db_ctx, gatt_at(a), v, lean);
	v->tell = false;
	if (a->part == GATT_USER_DESCRIPTION)
		return gatt_show(v, gatt_at(a)->descriptor, strlen(gatt_at(a)->descriptor));
	return gatt_show(v, v->made, make(b, a, v->made, lean));
}

static int view(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	return view_of(b, a, v, false);
}

static int view_lean(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	return view_of(b, a, v, true);
}

void gatt_ask(struct att_bearer *b, const struct att_attr *a, uint16_t offset, uint32_t token)
{
	struct ble_event *ev = raise(b, BLE_EV_READ);
	ev->read.characteristic = gatt_at(a);
	ev->read.handle = a->handle;
	ev->read.offset = offset;
	ev->read.token = token;
}

static inline int may_write_value(const struct ble_characteristic *c, unsigned access, uint16_t len)
{
	if (!(c->permission & access))
		return BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED);
	return len > c->size ? BLE_EATT(ATT_ERR_INVALID_ATTRIBUTE_VALUE_LENGTH) : 0;
}

/*
 * Of what is no value: the bits that it comes to, or BLE_EATT. 3.3.3.3: reserved bits are passed over; a
 * configuration that the properties do not offer is refused as Value Not Allowed, Vol 3 Part F 3.4.1.1. data NULL:
 * only whether it is permitted.
 */
static INLINE int may_configure(const struct att_attr *a, const uint8_t *data, uint16_t len, bool lean)
{
	if (a->part != GATT_CCCD && (lean || a->part != GATT_SCCD))
		return BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED);
	if (!data)
		return 0;
	if (len != 2)
		return BLE_EATT(ATT_ERR_INVALID_ATTRIBUTE_VALUE_LENGTH);
	if (!lean && a->part == GATT_SCCD)
		return data[0] & SCCD_BROADCAST;
	int bits = data[0] & (GATT_CCCD_NOTIFICATION | GATT_CCCD_INDICATION);
	/* NOTIFY and INDICATE, moved, are the bits of a CCCD */
	return bits & ~(gatt_at(a)->permission >> 4) ? BLE_EATT(ATT_ERR_VALUE_NOT_ALLOWED) : bits;
}
_Static_assert(BLE_NOTIFY >> 4 == GATT_CCCD_NOTIFICATION && BLE_INDICATE >> 4 == GATT_CCCD_INDICATION, "one shift");

int gatt_may_write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len)
{
	(void)b;
	if (a->part == GATT_VALUE)
		return may_write_value(gatt_at(a), BLE_WRITE, data ? len : 0);
	int bits = may_configure(a, data, len, false);
	return bits < 0 ? bits : 0;
}

/* Service Changed is our own affair. */
static INLINE int configure_of(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token, bool lean)
{
	int bits = token ? may_configure(a, data, len, lean) : BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED);
	if (bits < 0)
		return bits;
	size_t i;
	uint8_t *map = configuration(b, a, &i, lean);
	if (bit2_get(map, i) == bits)
		return 0;
	bit2_put(map, i, (uint8_t)bits);
	const struct gatt_own *own = ((const struct gatt_db *)b->att->db_ctx)->own;
	if (!lean && own && a->handle == own->changed + 1)
		return 0;
	struct ble_event *ev = raise(b, lean || a->part == GATT_CCCD ? BLE_EV_SUBSCRIBED : BLE_EV_BROADCAST);
	ev->subscribed.characteristic = gatt_at(a);
	ev->subscribed.bits = (uint8_t)bits;
	return 0;
}

static NOINLINE int configure(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token)
{
	return configure_of(b, a, data, len, token, false);
}

static NOINLINE int configure_lean(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token)
{
	return configure_of(b, a, data, len, token, true);
}

static INLINE int write_of(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token, bool lean)
{
	if (a->part != GATT_VALUE)
		return (lean ? configure_lean : configure)(b, a, data, len, token);
	const struct ble_characteristic *c = gatt_at(a);
	int err = may_write_value(c, token ? BLE_WRITE : BLE_WRITE_WO, len);
	if (err)
		return err;
	struct ble_event *ev = raise(b, BLE_EV_WRITTEN);
	ev->written.characteristic = c;
	ev->written.handle = a->handle;
	ev->written.len = len;
	ev->written.data = data;
	ev->written.token = token;
	ev->written.kind = token ? BLE_WRITTEN_REQUEST : BLE_WRITTEN_COMMAND;
	return token ? BLE_EPENDING : 0;
}

static NOINLINE int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token)
{
	return write_of(b, a, data, len, token, false);
}

static NOINLINE int write_lean(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t token)
{
	return write_of(b, a, data, len, token, true);
}

const struct att_db gatt_att_db = {
	.find = gatt_find, .value = view, .ask = gatt_ask, .write = write };
const struct att_db gatt_lean_db = {
	.find = gatt_find_lean, .value = view_lean, .ask = gatt_ask, .write = write_lean };
