/*
 * From a handle to what stands there. The slots are bisected, if need be; inside a service the handles follow
 * from the list of characteristics (server.h has the drawing), so the walk is as long as the list
 * and touches nothing else. The server's hot path: every read, write and notification begins here.
 */
#include "gatt/gatt_db.h"

#include "base/attr.h"
#include "base/bits.h"

typedef const struct ble_characteristic *const *item_ptr;

/*
 * Slot of the last service that begins at or below the handle; slot 0 when none does. A client looks at one service for
 * a while, so the one of last time is tried first.
 */
static INLINE struct gatt_slot *slot_of(struct gatt_db *db, uint16_t handle)
{
	struct gatt_slot *low = &db->slots[db->recent];
	if (handle >= low->first && handle <= low->last)
		return low;
	low = db->slots;
	for (unsigned n = db->count, half; n > 1; n -= half) {
		half = n / 2;
		if (low[half].first <= handle)
			low += half;
	}
	db->recent = (uint16_t)(low - db->slots);
	return low;
}

/* What may stand in a database: each form is a search of its own. */
enum form { LEAN, PLAIN, DESCRIBED };

/* How many descriptors stand behind its CCCD, those of the program's own left out. */
static INLINE unsigned others(item_ptr item, enum form form)
{
	if (form == LEAN)
		return gatt_is_described(*item);
	unsigned n = gatt_others(*item);
	return form == DESCRIBED && !((*item)->permission & BLE_WRITE_RELIABLE) ? n + gatt_has_auxiliaries(item) : n;
}

/*
 * To the characteristic that the handle, `left` behind the first declaration, belongs to: sets item and sub. Its
 * offset from the declaration.
 */
static INLINE unsigned walk(const struct gatt_slot *s, unsigned left, struct att_attr *a, enum form form)
{
	item_ptr item = s->service->characteristics;
	unsigned sum = s->sub;
	for (; left >= 2; item++) {
		unsigned subscribable = gatt_is_subscribable(*item), n = 2 + subscribable + others(item, form);
		unsigned own = form == DESCRIBED ? gatt_own_descriptors(item) : 0;
		if (left < n + own)
			break;
		left -= n + own;
		sum += subscribable;
		item += own;
	}
	a->item = item;
	a->sub = (uint16_t)sum;
	return left;
}

static inline bool stand_at_value(struct att_attr *a)
{
	const struct ble_characteristic *c = gatt_at(a);
	a->part = GATT_VALUE;
	a->type = c->uuid;
	a->base = c->base_uuid;
	return true;
}

/* a->handle, slot, sub and item are set. Always true. */
static INLINE bool stand(struct att_attr *a, unsigned part)
{
	static const uint16_t types[] = {
		[GATT_INCLUDE] = UUID16_INCLUDE,
		[GATT_DECLARATION] = UUID16_CHARACTERISTIC,
		[GATT_CCCD] = UUID16_CLIENT_CHARACTERISTIC_CONFIGURATION,
		[GATT_SCCD] = UUID16_SERVER_CHARACTERISTIC_CONFIGURATION,
		[GATT_EXTENDED] = UUID16_EXTENDED_PROPERTIES,
		[GATT_USER_DESCRIPTION] = UUID16_USER_DESCRIPTION,
		[GATT_FORMAT] = UUID16_PRESENTATION_FORMAT,
	};
	if (part == GATT_VALUE)
		return stand_at_value(a);
	a->part = (uint8_t)part;
	a->type = types[part];
	a->base = NULL;
	return true;
}

static NOINLINE bool stand_at_service(const struct gatt_db *db, struct att_attr *a, struct gatt_slot *s)
{
	if (s == db->slots + db->count)
		return false;
	a->slot = s;
	a->sub = s->sub;
	a->handle = s->first;
	a->group_end = s->last;
	a->part = GATT_SERVICE;
	a->type = s->service->secondary ? UUID16_SECONDARY_SERVICE : UUID16_PRIMARY_SERVICE;
	a->base = NULL;
	a->item = s->service->characteristics;
	return true;
}

static INLINE bool has(const struct ble_characteristic *c, unsigned part)
{
	static const uint8_t permissions[] = {
		[GATT_CCCD] = BLE_NOTIFY | BLE_INDICATE,
		[GATT_SCCD] = BLE_BROADCAST,
		[GATT_EXTENDED] = BLE_WRITE_RELIABLE,
	};
	if (part == GATT_USER_DESCRIPTION)
		return gatt_is_described(c);
	return part == GATT_FORMAT ? c->format != NULL : c->permission & permissions[part];
}

/* The same of what a lean database has: no table. */
static bool stand_lean(struct att_attr *a, unsigned offset)
{
	const struct ble_characteristic *c = gatt_at(a);
	if (offset == 1)
		return stand_at_value(a);
	unsigned part = GATT_DECLARATION, type = UUID16_CHARACTERISTIC;
	if (offset) {
		bool cccd = offset == 2 && gatt_is_subscribable(c);
		if (!cccd && offset - 2 != gatt_is_subscribable(c))
			return false;
		part = cccd ? GATT_CCCD : GATT_USER_DESCRIPTION;
		type = cccd ? UUID16_CLIENT_CHARACTERISTIC_CONFIGURATION : UUID16_USER_DESCRIPTION;
	}
	a->part = (uint8_t)part;
	a->type = (uint16_t)type;
	a->base = NULL;
	return true;
}

/* The n-th descriptor of those that there are; false: there are not so many. */
static INLINE bool stand_at_descriptor(struct att_attr *a, unsigned n)
{
	for (unsigned part = GATT_CCCD; part <= GATT_FORMAT; part++)
		if (has(gatt_at(a), part) && !n--)
			return stand(a, part);
	return false;
}

/* The same where the program's own follow. One with octets is read and written as a value. */
static bool stand_described(struct att_attr *a, unsigned n)
{
	item_ptr item = a->item;
	bool extended = gatt_has_auxiliaries(item);
	for (unsigned part = GATT_CCCD; part <= GATT_FORMAT; part++)
		if ((has(*item, part) || (part == GATT_EXTENDED && extended)) && !n--)
			return stand(a, part);
	if (n >= gatt_own_descriptors(item))
		return false;
	a->item = item + 1 + n;
	if (gatt_is_a(gatt_at(a), UUID16_PRESENTATION_FORMAT) && gatt_at(a)->format)
		return stand(a, GATT_FORMAT);
	(void)stand_at_value(a);
	if (gatt_is_a(gatt_at(a), UUID16_AGGREGATE_FORMAT))
		a->part = GATT_AGGREGATE;
	return true;
}

static INLINE bool find(void *ctx, struct att_attr *a, uint16_t handle, enum form form)
{
	struct gatt_db *db = ctx;
	struct gatt_slot *s = slot_of(db, handle);
	if (!db->count || handle <= s->first)
		return stand_at_service(db, a, s);
	if (handle > s->last)
		return stand_at_service(db, a, s + 1);
	a->slot = s;
	a->handle = handle;
	a->group_end = s->last;
	unsigned offset = handle - s->first - 1u;
	if (form != LEAN && s->service->includes) {
		unsigned n = gatt_include_count(s->service);
		if (offset < n) {
			a->item = s->service->includes + offset;
			a->sub = s->sub;
			return stand(a, GATT_INCLUDE);
		}
		offset -= n;
	}
	offset = walk(s, offset, a, form);
	if (form == LEAN)
		return stand_lean(a, offset);
	if (offset < 2)
		return stand(a, GATT_DECLARATION + offset);
	return form == PLAIN ? stand_at_descriptor(a, offset - 2) : stand_described(a, offset - 2);
}

bool gatt_find(void *ctx, struct att_attr *a, uint16_t handle)
{
	return find(ctx, a, handle, PLAIN);
}

bool gatt_find_lean(void *ctx, struct att_attr *a, uint16_t handle)
{
	return find(ctx, a, handle, LEAN);
}

bool gatt_find_described(void *ctx, struct att_attr *a, uint16_t handle)
{
	return find(ctx, a, handle, DESCRIBED);
}

/* A stream of notifications asks for the same handle each time, or in turn for each connection. */
int gatt_subscribed(struct gatt_db *db, const struct gatt_peer *p, uint16_t value_handle)
{
	struct att_attr a;
	if (value_handle != db->asked || !value_handle) {
		if (!p->att.bearer->att->db->find(db, &a, value_handle) || a.handle != value_handle || a.part != GATT_VALUE ||
			!gatt_is_subscribable(gatt_at(&a)))
			return BLE_ENOENT;
		db->asked = value_handle;
		db->asked_sub = a.sub;
	}
	return bit2_get(p->cccd, db->asked_sub);
}
