/*
 * Prepared writes, as the database sees them: whether a client may write a value at all is the program's to say, if it
 * has asked to be asked (Vol 3 Part F 3.4.6.1, Insufficient Authorization).
 */
#include "gatt/gatt_db.h"

bool gatt_ask_write(struct att_bearer *b, const struct att_attr *a, uint32_t token)
{
	if (a->part != GATT_VALUE || !(gatt_at(a)->events & BLE_WRITE_RELIABLE))
		return false;
	struct ble_event *ev = b->att->event(b, BLE_EV_WRITTEN);
	ev->written.characteristic = gatt_at(a);
	ev->written.handle = a->handle;
	ev->written.len = 0;
	ev->written.data = NULL;
	ev->written.token = token;
	ev->written.kind = BLE_WRITTEN_PREPARE;
	return true;
}
