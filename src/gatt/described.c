/*
 * Descriptors of the program's own: Vol 3 Part G 3.3.3. They stand in the list behind their characteristic, and most
 * are octets that are read and written as a value's are. Here is what they may be, and those that follow from others:
 * Writable Auxiliaries in a 0x2900 (3.3.3.1), and 0x2905, the handles of all 0x2904 (3.3.3.6).
 */
#include "gatt/gatt_db.h"

#include "base/le.h"

typedef const struct ble_characteristic *const *item_ptr;

enum { RELIABLE_WRITE = 0x0001, WRITABLE_AUXILIARIES = 0x0002, FORMATS_MAX = 9 }; /* att_view.made */

unsigned gatt_own_descriptors(item_ptr item)
{
	unsigned n = 0;
	while (item[n + 1] && gatt_is_descriptor(item[n + 1]))
		n++;
	return n;
}

bool gatt_has_auxiliaries(item_ptr item)
{
	for (unsigned n = gatt_own_descriptors(item); n; n--)
		if (gatt_is_a(item[n], UUID16_USER_DESCRIPTION) && (item[n]->permission & BLE_WRITE))
			return true;
	return false;
}

/* How many of the descriptors behind item are this one. */
static unsigned count(item_ptr item, uint16_t uuid)
{
	unsigned sum = 0;
	for (unsigned n = gatt_own_descriptors(item); n; n--)
		sum += gatt_is_a(item[n], uuid);
	return sum;
}

static int check(const struct ble_characteristic *d, struct ble_fault *fault)
{
	bool made = d->format || gatt_is_a(d, UUID16_AGGREGATE_FORMAT);
	unsigned may = made ? BLE_READ : BLE_READ | BLE_WRITE;
	if (gatt_is_a(d, UUID16_EXTENDED_PROPERTIES) || gatt_is_a(d, UUID16_CLIENT_CHARACTERISTIC_CONFIGURATION) ||
		gatt_is_a(d, UUID16_SERVER_CHARACTERISTIC_CONFIGURATION) ||
		(d->format && !gatt_is_a(d, UUID16_PRESENTATION_FORMAT)))
		return gatt_refuse(fault, BLE_EINVAL, "descriptor", d->uuid, 0, -1);
	if (!d->permission || (d->permission & ~may))
		return gatt_refuse(fault, BLE_EINVAL, "descriptor.permission", d->permission, 1, (int32_t)may);
	if (!made && (d->size < 1 || d->size > ATT_VALUE_MAX))
		return gatt_refuse(fault, BLE_EINVAL, "descriptor.size", d->size, 1, ATT_VALUE_MAX);
	return 0;
}

int gatt_measure_descriptors(item_ptr item, struct ble_fault *fault)
{
	unsigned n = gatt_own_descriptors(item), descriptions = gatt_is_described(*item) + count(item, UUID16_USER_DESCRIPTION);
	unsigned formats = ((*item)->format != NULL) + count(item, UUID16_PRESENTATION_FORMAT);
	unsigned aggregates = count(item, UUID16_AGGREGATE_FORMAT), least = formats > 1;
	for (unsigned i = 1; i <= n; i++) {
		int err = check(item[i], fault);
		if (err)
			return err;
	}
	if (descriptions > 1)
		return gatt_refuse(fault, BLE_EINVAL, "0x2901", (int32_t)descriptions, 0, 1);
	if (aggregates < least || aggregates > 1)
		return gatt_refuse(fault, BLE_EINVAL, "0x2905", (int32_t)aggregates, (int32_t)least, 1);
	if (aggregates && (!formats || formats > FORMATS_MAX))
		return gatt_refuse(fault, BLE_EINVAL, "0x2904", (int32_t)formats, 1, FORMATS_MAX);
	return (int)n + (!((*item)->permission & BLE_WRITE_RELIABLE) && gatt_has_auxiliaries(item));
}

/* The handles of those in front of it and behind it; the characteristic's own is the last of the server's. Its length. */
static size_t aggregate_put(const struct att_attr *a, uint8_t *p)
{
	item_ptr item = a->item;
	uint16_t handle = a->handle;
	size_t len = 0;
	for (; gatt_is_descriptor(*item); item--)
		handle--;
	if ((*item)->format) {
		le16_put(p, handle);
		len += 2;
	}
	for (unsigned i = 1, n = gatt_own_descriptors(item); i <= n; i++) {
		if (!gatt_is_a(item[i], UUID16_PRESENTATION_FORMAT))
			continue;
		le16_put(p + len, (uint16_t)(handle + i));
		len += 2;
	}
	return len;
}

int gatt_described_value(const struct att_db *plain, struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	if (a->part == GATT_AGGREGATE) {
		v->tell = false;
		return gatt_show(v, v->made, aggregate_put(a, v->made));
	}
	int err = plain->value(b, a, v);
	if ((a->part != GATT_DECLARATION && a->part != GATT_EXTENDED) || !gatt_has_auxiliaries(a->item))
		return err;
	if (a->part == GATT_DECLARATION)
		v->made[0] |= BLE_WRITE_RELIABLE;
	else
		v->made[0] = WRITABLE_AUXILIARIES | (gatt_at(a)->permission & BLE_WRITE_RELIABLE ? RELIABLE_WRITE : 0);
	return err;
}
