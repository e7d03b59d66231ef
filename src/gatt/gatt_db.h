/* Between the database's own files: the places inside a service, and the services of our own. */
#ifndef GATT_GATT_DB_H
#define GATT_GATT_DB_H

#include "base/attr.h"
#include "gatt/gatt.h"

/* att_attr.part: what stands at a handle. att_attr.item: where in the list of characteristics. att_attr.sub: the index of
 * the two bits of the next CCCD, this characteristic's if it has one. */
enum gatt_part {
	GATT_SERVICE,
	GATT_INCLUDE, /* item: where in the list of included services */
	GATT_DECLARATION,
	GATT_VALUE,
	GATT_CCCD,
	GATT_SCCD,
	GATT_EXTENDED,
	GATT_USER_DESCRIPTION,
	GATT_FORMAT,
	GATT_AGGREGATE, /* 0x2905; other descriptors of the program's own stand as GATT_VALUE */
};

extern const struct ble_characteristic gatt_service_changed, gatt_features, gatt_hash;
extern const struct ble_service gatt_own_features; /* the GATT service with Client Supported Features */

static inline const struct ble_characteristic *gatt_at(const struct att_attr *a)
{
	return *(const struct ble_characteristic *const *)a->item;
}

static inline const struct ble_service *const *gatt_include_at(const struct att_attr *a)
{
	return a->item;
}

static inline unsigned gatt_is_subscribable(const struct ble_characteristic *c)
{
	return (c->permission & (BLE_NOTIFY | BLE_INDICATE)) != 0;
}

static INLINE bool gatt_is_described(const struct ble_characteristic *c)
{
	return c->descriptor && c->descriptor[0];
}

/* How many descriptors stand behind its CCCD. */
static INLINE unsigned gatt_others(const struct ble_characteristic *c)
{
	unsigned n = (c->permission & BLE_BROADCAST) + (c->permission >> 7);
	return n + gatt_is_described(c) + (c->format != NULL);
}

/* Of a list: this one belongs to the characteristic in front of it. */
static inline bool gatt_is_descriptor(const struct ble_characteristic *c)
{
	return (c->type & BLE_DESCRIPTOR) != 0;
}

static inline bool gatt_is_a(const struct ble_characteristic *c, uint16_t uuid)
{
	return c->uuid == uuid && !c->base_uuid;
}

/* How many descriptors of the program's own stand behind a characteristic in its list. */
unsigned gatt_own_descriptors(const struct ble_characteristic *const *item);
/* Of how many handles those are, and the 0x2900 that they bring; negative: one of them is refused. */
int gatt_measure_descriptors(const struct ble_characteristic *const *item, struct ble_fault *fault);
/* Its 0x2900 says Writable Auxiliaries. */
bool gatt_has_auxiliaries(const struct ble_characteristic *const *item);

static inline unsigned gatt_include_count(const struct ble_service *s)
{
	unsigned n = 0;
	while (s->includes && s->includes[n])
		n++;
	return n;
}

/* Always 0. */
static inline int gatt_show(struct att_view *v, const void *data, size_t len)
{
	v->data = data;
	v->len = (uint16_t)len;
	return 0;
}

/* The slot of a service; -1: it is not there. */
int gatt_index_of(const struct gatt_db *db, const struct ble_service *s);

bool gatt_find(void *db, struct att_attr *a, uint16_t handle);
bool gatt_find_lean(void *db, struct att_attr *a, uint16_t handle);

#endif
