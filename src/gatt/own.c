/*
 * The two services that every GATT server has, GAP (Vol 3 Part C 12) and GATT (Vol 3 Part G 7), and what follows from
 * Service Changed: a range is remembered for each peer until it can be indicated. A database is bare, and all of
 * this is not linked, when the program declares its services itself.
 */
#include "gatt/gatt_db.h"

#include <string.h>

#include "base/le.h"

static const struct ble_characteristic name = {
	.uuid = UUID16_DEVICE_NAME, .permission = BLE_READ, .size = 248 };
static const struct ble_characteristic appearance = {
	.uuid = UUID16_APPEARANCE, .permission = BLE_READ, .size = 2 };
static const struct ble_characteristic ppcp = {
	.uuid = UUID16_PERIPHERAL_PREFERRED_CONNECTION_PARAMETERS,
	.permission = BLE_READ, .size = 8 };
const struct ble_characteristic gatt_service_changed = {
	.uuid = UUID16_SERVICE_CHANGED, .permission = BLE_INDICATE, .size = 4 };
static const struct ble_service gap = {
	.uuid = 0x1800, .characteristics = BLE_LIST(&name, &appearance, &ppcp) };
static const struct ble_service gatt = {
	.uuid = 0x1801, .characteristics = BLE_LIST(&gatt_service_changed) };

static int view(const struct gatt_own *own, const struct ble_characteristic *c, struct att_view *v)
{
	if (c == &name)
		return gatt_show(v, own->name, strlen(own->name));
	if (c == &appearance)
		return gatt_show(v, own->appearance, sizeof own->appearance);
	if (c == &ppcp)
		return gatt_show(v, own->ppcp, sizeof own->ppcp);
	return BLE_EPENDING;
}

void gatt_own_init(struct gatt_own *own, struct gatt_db *db, const char *device_name)
{
	/* The parameters that conn.h takes when it is told none: 30..50 ms, 0, 4 s. */
	static const uint8_t preferred[8] = { 24, 0, 40, 0, 0, 0, 0x90, 0x01 };
	own->view = view;
	own->name = device_name ? device_name : "Glint";
	memcpy(own->ppcp, preferred, sizeof preferred);
	(void)gatt_add(db, &gap, NULL, NULL);
	(void)gatt_add(db, &gatt, NULL, NULL);
	own->changed = (uint16_t)(db->next_handle - 2); /* in front of its CCCD, the last handle */
	db->own = own;
}

int gatt_gap(struct gatt_own *own, const struct ble_gap_info *info, struct ble_fault *fault)
{
	if (info->name) {
		size_t len = strlen(info->name);
		if (len < 1 || len > 248)
			return gatt_refuse(fault, BLE_ERANGE, "name", (int32_t)len, 1, 248);
		own->name = info->name;
	}
	le16_put(own->appearance, info->appearance);
	if (info->ppcp[0] || info->ppcp[1] || info->ppcp[2] || info->ppcp[3])
		for (unsigned i = 0; i < 4; i++)
			le16_put(own->ppcp + 2 * i, info->ppcp[i]);
	return 0;
}

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
	if (gatt_notify(db, p, db->own->changed, range, sizeof range) == BLE_EBUSY)
		return;
	p->changed_start = 0;
	p->changed_end = 0;
}
