/*
 * Signed writes, as the database sees them: of values that have the property, whole, without an answer (Vol 3 Part G
 * 4.9.2). Whose signature it was, and whether it was good, has been asked before.
 */
#include "gatt/gatt_db.h"

int gatt_take_signed(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len, uint8_t kind)
{
	if (a->part != GATT_VALUE || !(gatt_at(a)->permission & BLE_WRITE_SIGNED))
		return BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED);
	if (len > gatt_at(a)->size)
		return BLE_EATT(ATT_ERR_INVALID_ATTRIBUTE_VALUE_LENGTH);
	struct ble_event *ev = b->att->event(b, BLE_EV_WRITTEN);
	ev->written.characteristic = gatt_at(a);
	ev->written.handle = a->handle;
	ev->written.len = len;
	ev->written.data = data;
	ev->written.token = 0;
	ev->written.kind = kind;
	return 0;
}
