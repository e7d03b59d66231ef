/*
 * From a handle to what stands there. The slots are bisected; inside a service the handles follow
 * from the list of characteristics (server.h has the drawing), so the walk is as long as the list
 * and touches nothing else. The server's hot path: every read, write and notification begins here.
 */
#include "gatt/gatt_db.h"

/* Slot of the last service that begins at or below the handle; -1: none does. */
static int bisect(const struct gatt_db *db, uint16_t handle)
{
	unsigned low = 0, high = db->count;
	while (low < high) {
		unsigned mid = (low + high) / 2;
		if (db->slots[mid].first <= handle)
			low = mid + 1;
		else
			high = mid;
	}
	return (int)low - 1;
}

/* a->handle, slot and item are set. */
static bool stand(struct att_attr *a, unsigned part)
{
	static const uint16_t types[] = {
		[GATT_DECLARATION] = UUID16_CHARACTERISTIC,
		[GATT_CCCD] = UUID16_CLIENT_CHARACTERISTIC_CONFIGURATION,
		[GATT_USER_DESCRIPTION] = UUID16_USER_DESCRIPTION,
	};
	a->part = (uint16_t)part;
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
	const struct gatt_slot *s = &db->slots[slot];
	a->slot = (uint16_t)slot;
	a->handle = s->first;
	a->group_end = s->last;
	a->part = GATT_SERVICE;
	a->type = UUID16_PRIMARY_SERVICE;
	a->base = NULL;
	a->item = s->service->characteristics;
	return true;
}

/* offset from the characteristic's declaration. */
static bool stand_in(struct att_attr *a, const struct ble_characteristic *c, unsigned offset)
{
	if (offset < 2)
		return stand(a, GATT_DECLARATION + offset);
	return stand(a, offset == 2 && gatt_is_subscribable(c) ? GATT_CCCD : GATT_USER_DESCRIPTION);
}

bool gatt_find(void *ctx, struct att_attr *a, uint16_t handle)
{
	const struct gatt_db *db = ctx;
	int slot = bisect(db, handle);
	if (slot < 0)
		return db->count && stand_at_service(db, a, 0);
	const struct gatt_slot *s = &db->slots[slot];
	if (handle > s->last)
		return slot + 1 < db->count && stand_at_service(db, a, (unsigned)slot + 1);
	if (handle == s->first)
		return stand_at_service(db, a, (unsigned)slot);
	unsigned offset = handle - s->first - 1u;
	const struct ble_characteristic *const *item = s->service->characteristics;
	for (;; item++) {
		const struct ble_characteristic *c = *item;
		unsigned n = 2 + gatt_is_subscribable(c);
		if (offset < n)
			break;
		n += gatt_is_described(c);
		if (offset < n)
			break;
		offset -= n;
	}
	a->slot = (uint16_t)slot;
	a->handle = handle;
	a->group_end = s->last;
	a->item = item;
	return stand_in(a, *item, offset);
}

bool gatt_next(void *ctx, struct att_attr *a)
{
	const struct gatt_db *db = ctx;
	if (a->handle == a->group_end)
		return a->slot + 1 < db->count && stand_at_service(db, a, a->slot + 1u);
	a->handle++;
	if (a->part == GATT_SERVICE || a->part == GATT_USER_DESCRIPTION) {
		if (a->part == GATT_USER_DESCRIPTION)
			a->item = (const struct ble_characteristic *const *)a->item + 1;
		return stand(a, GATT_DECLARATION);
	}
	if (a->part == GATT_DECLARATION)
		return stand(a, GATT_VALUE);
	const struct ble_characteristic *c = gatt_at(a);
	if (a->part == GATT_VALUE && gatt_is_subscribable(c))
		return stand(a, GATT_CCCD);
	if (gatt_is_described(c))
		return stand(a, GATT_USER_DESCRIPTION);
	a->item = (const struct ble_characteristic *const *)a->item + 1;
	return stand(a, GATT_DECLARATION);
}

uint16_t gatt_sub(const struct gatt_db *db, const struct att_attr *a)
{
	const struct gatt_slot *s = &db->slots[a->slot];
	unsigned sub = s->sub;
	for (const struct ble_characteristic *const *item = s->service->characteristics;
		item != a->item; item++)
		sub += gatt_is_subscribable(*item);
	return (uint16_t)sub;
}

int gatt_cccd(const struct gatt_db *db, uint16_t value_handle,
	const struct ble_characteristic **ch)
{
	struct att_attr a;
	if (!gatt_find((void *)(uintptr_t)db, &a, value_handle) || a.handle != value_handle)
		return -1;
	if (a.part != GATT_VALUE || !gatt_is_subscribable(gatt_at(&a)))
		return -1;
	*ch = gatt_at(&a);
	return gatt_sub(db, &a);
}
