/* Service Changed (Vol 3 Part G 7.1): remembered as a range until it can be indicated. */
#include "gatt/gatt.h"

#include "base/le.h"

void gatt_changed(struct gatt_peer *p, uint16_t start, uint16_t end)
{
	if (!p->changed_start || start < p->changed_start)
		p->changed_start = start;
	if (end > p->changed_end)
		p->changed_end = end;
}

void gatt_changed_flush(struct gatt_db *db, struct gatt_peer *p)
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
