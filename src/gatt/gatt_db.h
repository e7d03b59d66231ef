/* Between the database's own files: the places inside a service, and the services of our own. */
#ifndef GATT_GATT_DB_H
#define GATT_GATT_DB_H

#include "gatt/gatt.h"

/* att_attr.part: what stands at a handle. att_attr.item: where in the list of characteristics. att_attr.sub: the index of
 * the two bits of the next CCCD, this characteristic's if it has one. */
enum gatt_part {
	GATT_SERVICE,
	GATT_DECLARATION,
	GATT_VALUE,
	GATT_CCCD,
	GATT_USER_DESCRIPTION,
};

extern const struct ble_service gatt_own_gap, gatt_own_gatt;
extern const struct ble_characteristic gatt_name, gatt_appearance, gatt_ppcp, gatt_service_changed;

static inline const struct ble_characteristic *gatt_at(const struct att_attr *a)
{
	return *(const struct ble_characteristic *const *)a->item;
}

static inline unsigned gatt_is_subscribable(const struct ble_characteristic *c)
{
	return (c->permission & (BLE_NOTIFY | BLE_INDICATE)) != 0;
}

static inline unsigned gatt_is_described(const struct ble_characteristic *c)
{
	return c->descriptor && c->descriptor[0];
}

bool gatt_find(void *db, struct att_attr *a, uint16_t handle);
bool gatt_next(void *db, struct att_attr *a);

#endif
