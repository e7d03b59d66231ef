/*
 * Services come and go: Vol 3 Part G 3.1. A slot is appended at the next handle and handles are
 * never given twice within a boot, so what a peer remembers stays true or points at nothing.
 * Also the two services that every GATT server has: GAP (Vol 3 Part C 12) and GATT (Vol 3 Part G 7).
 */
#include "gatt/gatt_db.h"

#include <string.h>

#include "base/attr.h"
#include "base/le.h"

const struct ble_characteristic gatt_name = {
	.uuid = UUID16_DEVICE_NAME, .permission = BLE_READ, .size = 248 };
const struct ble_characteristic gatt_appearance = {
	.uuid = UUID16_APPEARANCE, .permission = BLE_READ, .size = 2 };
const struct ble_characteristic gatt_ppcp = {
	.uuid = UUID16_PERIPHERAL_PREFERRED_CONNECTION_PARAMETERS,
	.permission = BLE_READ, .size = 8 };
const struct ble_characteristic gatt_service_changed = {
	.uuid = UUID16_SERVICE_CHANGED, .permission = BLE_INDICATE, .size = 4 };
const struct ble_service gatt_own_gap = {
	.uuid = 0x1800, .characteristics = BLE_LIST(&gatt_name, &gatt_appearance, &gatt_ppcp) };
const struct ble_service gatt_own_gatt = {
	.uuid = 0x1801, .characteristics = BLE_LIST(&gatt_service_changed) };

enum { BROADCASTS_MAX = 8 }; /* gatt_slot.broadcasts */

static NOINLINE int refuse(struct ble_fault *fault, int err, const char *subject, int32_t value, int32_t min,
	int32_t max)
{
	if (fault)
		*fault = (struct ble_fault){
			.err = err, .subject = subject, .value = value, .min = min, .max = max };
	return err;
}

/* What a service needs; 0 handles: something in it is refused. */
struct need {
	uint32_t handles, subscribable;
};

static int measure(const struct gatt_db *db, const struct ble_service *s, struct need *need, struct ble_fault *fault)
{
	*need = (struct need){ .handles = 1 };
	for (const struct ble_service *const *in = s->includes; in && *in; in++, need->handles++)
		if (gatt_index_of(db, *in) < 0)
			return refuse(fault, BLE_ENOENT, "service", (*in)->uuid, 0, -1);
	if (!s->characteristics)
		return 0;
	for (const struct ble_characteristic *const *at = s->characteristics; *at; at++) {
		const struct ble_characteristic *c = *at;
		if (!c->permission ||
			((c->permission & BLE_BROADCAST) && at - s->characteristics >= BROADCASTS_MAX))
			return refuse(fault, BLE_EINVAL, "permission", c->permission, 0, -1);
		if (c->size < 1 || c->size > ATT_VALUE_MAX)
			return refuse(fault, BLE_EINVAL, "size", c->size, 1, ATT_VALUE_MAX);
		need->handles += 2 + gatt_is_subscribable(c) + gatt_others(c);
		need->subscribable += gatt_is_subscribable(c);
	}
	return 0;
}

/* The lowest run of free CCCD indices; what a removed service leaves is used again. */
static uint32_t free_subs(const struct gatt_db *db, uint32_t n)
{
	uint32_t at = 0;
	for (unsigned i = 0; n && i < db->count; i++) {
		const struct gatt_slot *s = &db->slots[i];
		uint32_t has = gatt_service_subscribable(s->service);
		if (!has || at + n <= s->sub || at >= s->sub + has)
			continue;
		at = s->sub + has;
		i = UINT32_MAX; /* from the start: slots are in order of handles, not of CCCDs */
	}
	return at;
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
	struct need need;
	if (gatt_index_of(db, s) >= 0)
		return refuse(fault, BLE_EEXIST, "service", s->uuid, 0, -1);
	int err = measure(db, s, &need, fault);
	if (err)
		return err;
	if (db->count == db->capacity)
		return refuse(fault, BLE_ENOMEM, "services", db->count + 1, 0, db->capacity);
	uint32_t sub = free_subs(db, need.subscribable);
	if (sub + need.subscribable > db->subscribable)
		return refuse(fault, BLE_ENOMEM, "subscribable", (int32_t)(sub + need.subscribable),
			0, db->subscribable);
	/* 0xFFFF is left out, so that "the next handle" always is a handle. */
	uint32_t last = db->next_handle + need.handles - 1;
	if (last >= 0xFFFF)
		return refuse(fault, BLE_ENOMEM, "handles", (int32_t)last, 1, 0xFFFE);
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
	db->asked = 0;
	*gone = db->slots[i];
	db->count--;
	memmove(&db->slots[i], &db->slots[i + 1],
		(size_t)(db->count - i) * sizeof db->slots[0]);
	return 0;
}

uint16_t gatt_handle(const struct gatt_db *db, const struct ble_characteristic *ch)
{
	struct att_attr a;
	void *ctx = (void *)(uintptr_t)db; /* find and next do not write to it */
	for (bool more = gatt_find(ctx, &a, 1); more; more = gatt_next(ctx, &a))
		if (a.part == GATT_VALUE && gatt_at(&a) == ch)
			return a.handle;
	return 0;
}

int gatt_gap(struct gatt_db *db, const struct ble_gap_info *info, struct ble_fault *fault)
{
	if (info->name) {
		size_t len = strlen(info->name);
		if (len < 1 || len > 248)
			return refuse(fault, BLE_ERANGE, "name", (int32_t)len, 1, 248);
		db->name = info->name;
	}
	le16_put(db->appearance, info->appearance);
	if (info->ppcp[0] || info->ppcp[1] || info->ppcp[2] || info->ppcp[3])
		for (unsigned i = 0; i < 4; i++)
			le16_put(db->ppcp + 2 * i, info->ppcp[i]);
	return 0;
}

void gatt_db_init(struct gatt_db *db, struct gatt_slot *slots, uint16_t capacity,
	uint16_t subscribable, const char *name, bool bare)
{
	/* The parameters that conn.h takes when it is told none: 30..50 ms, 0, 4 s. */
	static const uint8_t ppcp[8] = { 24, 0, 40, 0, 0, 0, 0x90, 0x01 };
	*db = (struct gatt_db){ .slots = slots, .capacity = capacity, .next_handle = 1,
		.subscribable = subscribable, .name = name ? name : "Glint" };
	memcpy(db->ppcp, ppcp, sizeof ppcp);
	if (bare)
		return;
	(void)gatt_add(db, &gatt_own_gap, NULL, NULL);
	(void)gatt_add(db, &gatt_own_gatt, NULL, NULL);
	db->changed = (uint16_t)(db->next_handle - 2); /* in front of its CCCD, the last handle */
}
