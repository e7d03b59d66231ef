/*
 * What the server says unasked: notifications and indications of values (Vol 3 Part G 4.10, 4.11),
 * and Service Changed (7.1), which is remembered as a range until it can be indicated.
 */
#include "gatt/gatt.h"

#include "base/bits.h"
#include "base/le.h"

int gatt_notify(const struct gatt_db *db, struct gatt_peer *p, uint16_t value_handle,
	const void *data, size_t len)
{
	const struct ble_characteristic *c;
	int sub = gatt_cccd(db, value_handle, &c);
	if (sub < 0)
		return BLE_ENOENT;
	uint8_t bits = bit2_get(p->cccd, (size_t)sub);
	if (bits & GATT_CCCD_NOTIFICATION)
		return att_notify(p->att.bearer, value_handle, data, len);
	if (bits & GATT_CCCD_INDICATION)
		return att_indicate(p->att.bearer, value_handle, data, len);
	return BLE_ENOENT;
}

void gatt_changed(struct gatt_peer *p, uint16_t start, uint16_t end)
{
	if (!p->changed_start || start < p->changed_start)
		p->changed_start = start;
	if (end > p->changed_end)
		p->changed_end = end;
}

void gatt_changed_flush(const struct gatt_db *db, struct gatt_peer *p)
{
	uint8_t range[4];
	if (!p->changed_start)
		return;
	le16_put(range, p->changed_start);
	le16_put(range + 2, p->changed_end);
	int err = db->changed ? gatt_notify(db, p, db->changed, range, sizeof range) : BLE_ENOENT;
	if (err == BLE_EBUSY)
		return;
	p->changed_start = 0;
	p->changed_end = 0;
}
