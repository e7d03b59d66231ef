/*
 * Services come and go: Vol 3 Part G 3.1. A slot is appended at the next handle and handles are
 * never given twice within a boot, so what a peer remembers stays true or points at nothing.
 */
#include "gatt/gatt_db.h"

#include <string.h>

#include "base/attr.h"
#include "base/bits.h"

enum { BROADCASTS_MAX = 8 }; /* gatt_slot.broadcasts */

typedef const struct ble_characteristic *const *item_ptr;

NOINLINE int gatt_refuse(struct ble_fault *fault, int err, const char *subject, int32_t value, int32_t min,
	int32_t max)
{
	if (fault)
		*fault = (struct ble_fault){
			.err = err, .subject = subject, .value = value, .min = min, .max = max };
	return err;
}

/* Without its other descriptors; negative: refused. not: what cannot be here if its `type` has BLE_DESCRIPTOR. */
static INLINE int measure_one(const struct ble_characteristic *c, const char *not, struct ble_fault *fault)
{
	const char *what = !c->permission ? "permission" : not && gatt_is_descriptor(c) ? not : NULL;
	if (what)
		return gatt_refuse(fault, c->permission ? BLE_ENOTSUP : BLE_EINVAL, what, c->permission ? c->uuid : 0, 0, -1);
	if (c->size < 1 || c->size > ATT_VALUE_MAX)
		return gatt_refuse(fault, BLE_EINVAL, "size", c->size, 1, ATT_VALUE_MAX);
	return 2 + (int)gatt_is_subscribable(c);
}

static INLINE int measure(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault, bool described)
{
	int handles = 1, n;
	for (const struct ble_service *const *in = s->includes; in && *in; in++, handles++)
		if (gatt_index_of(db, *in) < 0)
			return gatt_refuse(fault, BLE_ENOENT, "service", (*in)->uuid, 0, -1);
	for (item_ptr at = s->characteristics; at && *at; at++, handles += n) {
		if (described && gatt_is_descriptor(*at)) /* nothing stands in front of it */
			return gatt_refuse(fault, BLE_EINVAL, "descriptor", (*at)->uuid, 0, -1);
		n = measure_one(*at, described ? NULL : "ble_descriptors", fault);
		if (n < 0)
			return n;
		if (((*at)->permission & BLE_BROADCAST) && at - s->characteristics >= BROADCASTS_MAX)
			return gatt_refuse(fault, BLE_EINVAL, "BLE_BROADCAST", BROADCASTS_MAX + 1, 1, BROADCASTS_MAX);
		n += (int)gatt_others(*at);
		if (!described)
			continue;
		int own = gatt_measure_descriptors(at, fault);
		if (own < 0)
			return own;
		n += own;
		at += gatt_own_descriptors(at);
	}
	return handles;
}

int gatt_measure(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault)
{
	return measure(db, s, fault, false);
}

int gatt_measure_described(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault)
{
	return measure(db, s, fault, true);
}

int gatt_measure_lean(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault)
{
	enum { LACKS = BLE_BROADCAST | BLE_INDICATE | BLE_WRITE_RELIABLE };
	_Static_assert(BLE_DESCRIPTOR >> 2 == BLE_INDICATE && BLE_BYTES >> 2 == 0, "two questions in one");
	bool lacks = s->includes != NULL;
	int handles = 1, n;
	(void)db;
	for (item_ptr at = s->characteristics; !lacks && at && *at; at++, handles += n) {
		lacks = (((*at)->permission | (*at)->type >> 2) & LACKS) || (*at)->format;
		n = lacks ? 0 : measure_one(*at, NULL, fault);
		if (n < 0)
			return n;
		n += gatt_is_described(*at);
	}
	return lacks ? gatt_refuse(fault, BLE_ENOTSUP, "ble_lean_server", s->uuid, 0, -1) : handles;
}

int gatt_index_of(const struct gatt_db *db, const struct ble_service *s)
{
	for (int i = 0; i < db->count; i++)
		if (db->slots[i].service == s)
			return i;
	return -1;
}

uint16_t gatt_service_subscribable(const struct ble_service *s)
{
	unsigned n = 0;
	if (s->characteristics)
		for (const struct ble_characteristic *const *at = s->characteristics; *at; at++)
			n += gatt_is_subscribable(*at);
	return (uint16_t)n;
}

int gatt_add(struct gatt_db *db, const struct ble_service *s, uint16_t *first_handle,
	struct ble_fault *fault)
{
	if (gatt_index_of(db, s) >= 0)
		return gatt_refuse(fault, BLE_EEXIST, "service", s->uuid, 0, -1);
	int handles = db->measure(db, s, fault);
	if (handles < 0)
		return handles;
	if (db->count == db->capacity)
		return gatt_refuse(fault, BLE_ENOMEM, "services", db->count + 1, 0, db->capacity);
	uint32_t n = gatt_service_subscribable(s), sub = db->subs;
	uint32_t own = db->own ? GATT_OWN_SUBSCRIBABLE : 0; /* which the program did not ask for */
	if (sub + n > db->subscribable)
		return gatt_refuse(fault, BLE_ENOMEM, "subscriptions", (int32_t)(sub + n - own),
			0, (int32_t)(db->subscribable - own));
	/* 0xFFFF is left out, so that "the next handle" always is a handle. */
	uint32_t last = db->next_handle + (uint32_t)handles - 1;
	if (last >= 0xFFFF)
		return gatt_refuse(fault, BLE_ENOMEM, "handles", (int32_t)last, 1, 0xFFFE);
	db->subs = (uint16_t)(sub + n);
	db->slots[db->count++] = (struct gatt_slot){ .service = s, .first = db->next_handle,
		.last = (uint16_t)last, .sub = (uint16_t)sub };
	if (first_handle)
		*first_handle = db->next_handle;
	db->next_handle = (uint16_t)(last + 1);
	return 0;
}

int gatt_remove(struct gatt_db *db, const struct ble_service *s, struct gatt_slot *gone)
{
	int i = gatt_index_of(db, s);
	if (i < 0)
		return BLE_ENOENT;
	for (unsigned k = 0; k < db->count; k++)
		for (unsigned n = gatt_include_count(db->slots[k].service); n; n--)
			if (db->slots[k].service->includes[n - 1] == s)
				return BLE_ESTATE;
	uint16_t subs = gatt_service_subscribable(s);
	db->asked = 0;
	db->recent = 0;
	*gone = db->slots[i];
	for (unsigned k = (unsigned)i + 1; k < db->count; k++)
		db->slots[k].sub = (uint16_t)(db->slots[k].sub - subs);
	db->subs = (uint16_t)(db->subs - subs);
	db->count--;
	memmove(&db->slots[i], &db->slots[i + 1],
		(size_t)(db->count - i) * sizeof db->slots[0]);
	return 0;
}

void gatt_forget(const struct gatt_db *db, struct gatt_peer *p, const struct gatt_slot *gone)
{
	unsigned n = gatt_service_subscribable(gone->service), total = db->subs + n;
	for (unsigned sub = gone->sub; sub < total; sub++)
		bit2_put(p->cccd, sub, sub + n < total ? bit2_get(p->cccd, sub + n) : 0);
}

uint16_t gatt_handle(const struct att *att, const struct ble_characteristic *ch)
{
	struct att_attr a = { .handle = 0 };
	while (att->db->find(att->db_ctx, &a, (uint16_t)(a.handle + 1))) /* 0xFFFF is never given */
		if (a.part >= GATT_VALUE && gatt_at(&a) == ch)
			return a.handle;
	return 0;
}
