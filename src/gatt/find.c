/*
 * From a handle to what stands there. The slots are bisected; inside a service the handles follow
 * from the list of characteristics (server.h has the drawing), so the walk is as long as the list
 * and touches nothing else. The server's hot path: every read, write and notification begins here.
 */
#include "gatt/gatt_db.h"

#include "base/bits.h"

typedef const struct ble_characteristic *const *item_ptr;

/* Slot of the last service that begins at or below the handle; slot 0 when none does. */
static const struct gatt_slot *bisect(const struct gatt_db *db, uint16_t handle)
{
	const struct gatt_slot *low = db->slots;
	for (unsigned n = db->count, half; n > 1; n -= half) {
		half = n / 2;
		if (low[half].first <= handle)
			low += half;
	}
	return low;
}

/* To the characteristic that the handle, behind s->first, belongs to: sets item and sub. Its offset from the declaration. */
static unsigned walk(const struct gatt_slot *s, uint16_t handle, struct att_attr *a)
{
	item_ptr item = s->service->characteristics;
	unsigned left = handle - s->first - 1u, sum = s->sub;
	for (;; item++) {
		unsigned subscribable = gatt_is_subscribable(*item);
		unsigned n = 2 + subscribable;
		if (left < n || left < (n += gatt_is_described(*item)))
			break;
		left -= n;
		sum += subscribable;
	}
	a->item = item;
	a->sub = (uint16_t)sum;
	return left;
}

/* a->handle, slot, sub and item are set. Always true. */
static bool stand(struct att_attr *a, unsigned part)
{
	static const uint16_t types[] = {
		[GATT_DECLARATION] = UUID16_CHARACTERISTIC,
		[GATT_CCCD] = UUID16_CLIENT_CHARACTERISTIC_CONFIGURATION,
		[GATT_USER_DESCRIPTION] = UUID16_USER_DESCRIPTION,
	};
	a->part = (uint8_t)part;
	if (part == GATT_VALUE) {
		const struct ble_characteristic *c = gatt_at(a);
		a->type = c->uuid;
		a->base = c->base_uuid;
		return true;
	}
	a->type = types[part];
	a->base = NULL;
	return true;
}

static bool stand_at_service(const struct gatt_db *db, struct att_attr *a, unsigned slot)
{
	if (slot >= db->count)
		return false;
	const struct gatt_slot *s = &db->slots[slot];
	a->slot = (uint16_t)slot;
	a->sub = s->sub;
	a->handle = s->first;
	a->group_end = s->last;
	a->part = GATT_SERVICE;
	a->type = UUID16_PRIMARY_SERVICE;
	a->base = NULL;
	a->item = s->service->characteristics;
	return true;
}

bool gatt_find(void *ctx, struct att_attr *a, uint16_t handle)
{
	const struct gatt_db *db = ctx;
	const struct gatt_slot *s = bisect(db, handle);
	unsigned slot = (unsigned)(s - db->slots);
	if (!db->count || handle <= s->first)
		return stand_at_service(db, a, slot);
	if (handle > s->last)
		return stand_at_service(db, a, slot + 1);
	unsigned offset = walk(s, handle, a);
	a->slot = (uint16_t)slot;
	a->handle = handle;
	a->group_end = s->last;
	if (offset < 2)
		return stand(a, GATT_DECLARATION + offset);
	return stand(a, offset == 2 && gatt_is_subscribable(gatt_at(a)) ? GATT_CCCD : GATT_USER_DESCRIPTION);
}

/* The declaration behind the last handle of a characteristic. */
static bool stand_at_next(struct att_attr *a)
{
	a->sub = (uint16_t)(a->sub + gatt_is_subscribable(gatt_at(a)));
	a->item = (item_ptr)a->item + 1;
	return stand(a, GATT_DECLARATION);
}

bool gatt_next(void *ctx, struct att_attr *a)
{
	const struct gatt_db *db = ctx;
	if (a->handle == a->group_end)
		return stand_at_service(db, a, a->slot + 1u);
	a->handle++;
	if (a->part == GATT_SERVICE)
		return stand(a, GATT_DECLARATION);
	if (a->part == GATT_DECLARATION)
		return stand(a, GATT_VALUE);
	if (a->part == GATT_VALUE && gatt_is_subscribable(gatt_at(a)))
		return stand(a, GATT_CCCD);
	if (a->part != GATT_USER_DESCRIPTION && gatt_is_described(gatt_at(a)))
		return stand(a, GATT_USER_DESCRIPTION);
	return stand_at_next(a);
}

/* A stream of notifications asks for the same handle each time, or in turn for each connection. */
int gatt_subscribed(struct gatt_db *db, const struct gatt_peer *p, uint16_t value_handle)
{
	struct att_attr a;
	if (value_handle != db->asked || !value_handle) {
		if (!gatt_find(db, &a, value_handle) || a.handle != value_handle || a.part != GATT_VALUE ||
			!gatt_is_subscribable(gatt_at(&a)))
			return BLE_ENOENT;
		db->asked = value_handle;
		db->asked_sub = a.sub;
	}
	return bit2_get(p->cccd, db->asked_sub);
}
