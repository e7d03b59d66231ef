/*
 * Discovery: services, inclusions, characteristics and descriptors (Vol 3 Part G 4.4 to 4.7). Four procedures of one
 * shape: a request for a range, a list of entries, and on behind the last of them.
 */
#include "gatt/client.h"

#include <string.h>

#include "base/le.h"
#include "spec/att_pdu.h"

enum { READING_UUID = 1 }; /* phase of an inclusion whose UUID has no room in it */

/* The two ways in which an event says a UUID. */
static void uuid_show(const uint8_t *uuid, uint8_t len, uint16_t *uuid16, const uint8_t **uuid128)
{
	*uuid16 = len == 2 ? le16_get(uuid) : 0;
	*uuid128 = len == 2 ? NULL : uuid;
}

/* -- primary services: 4.4.1, 4.4.2 -------------------------------------------------------------- */

static uint16_t services_write(struct gatt_client *c, uint8_t *p)
{
	if (!c->uuid_len)
		return gatt_typed_range_write(p, ATT_READ_BY_GROUP_TYPE_REQ, c, UUID16_PRIMARY_SERVICE);
	uint16_t n = gatt_typed_range_write(p, ATT_FIND_BY_TYPE_VALUE_REQ, c, UUID16_PRIMARY_SERVICE);
	memcpy(p + n, c->uuid, c->uuid_len);
	return (uint16_t)(n + c->uuid_len);
}

static bool on_services(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1u);
	if (c->uuid_len) {
		struct att_find_by_type_value_rsp found;
		bool good = att_find_by_type_value_rsp_read(&r, &found);
		return gatt_client_list(c, good, 4, found.data, found.len);
	}
	struct att_read_by_type_rsp rows;
	bool good = att_read_by_group_type_rsp_read(&r, &rows) && (rows.length == 4 + 2 || rows.length == 4 + 16);
	return gatt_client_list(c, good, rows.length, rows.data, rows.len);
}

static enum gatt_item service_item(struct gatt_client *c)
{
	uint16_t start = rd_le16(&c->list), end = rd_le16(&c->list);
	uint8_t uuid_len = (uint8_t)(c->entry - 4);
	const uint8_t *uuid = rd_take(&c->list, uuid_len);
	if (c->uuid_len) {
		uuid = c->uuid;
		uuid_len = c->uuid_len;
	}
	if (!rd_ok(&c->list) || start < c->at || end < start)
		return GATT_ITEM_BAD;
	struct ble_event *ev = gatt_client_raise(c, BLE_EV_SERVICE);
	ev->service.start = start;
	ev->service.end = end;
	uuid_show(uuid, uuid_len, &ev->service.uuid, &ev->service.uuid128);
	gatt_client_pass(c, end);
	return GATT_ITEM_SHOWN;
}

static const struct gatt_procedure services = {
	.id = BLE_PROC_SERVICES,
	.room = GATT_REQUEST_MAX,
	.request = services_write,
	.response = on_services,
	.item = service_item,
	.refused = gatt_client_not_found,
};

int gatt_services(struct gatt_client *c, const void *uuid, size_t uuid_len)
{
	return gatt_client_begin_uuid(c, &services, 1, 0xFFFF, uuid, uuid_len);
}

/* -- inclusions: 4.5.1 --------------------------------------------------------------------------- */

/* The UUID is the value of the included service's own declaration. */
static uint16_t includes_write(struct gatt_client *c, uint8_t *p)
{
	if (c->phase != READING_UUID)
		return gatt_typed_range_write(p, ATT_READ_BY_TYPE_REQ, c, UUID16_INCLUDE);
	p[0] = ATT_READ_REQ;
	le16_put(p + 1, c->included.start);
	return 3;
}

static void included(struct gatt_client *c, const uint8_t *uuid, uint8_t uuid_len)
{
	struct ble_event *ev = gatt_client_raise(c, BLE_EV_INCLUDED);
	ev->included.handle = c->included.handle;
	ev->included.start = c->included.start;
	ev->included.end = c->included.end;
	uuid_show(uuid, uuid_len, &ev->included.uuid, &ev->included.uuid128);
	gatt_client_pass(c, c->included.handle);
}

static bool on_includes(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	if (c->phase == READING_UUID) {
		c->phase = 0;
		if (len != 1 + 2 && len != 1 + 16)
			return gatt_client_list(c, false, 0, NULL, 0);
		included(c, pdu + 1, (uint8_t)(len - 1));
		return true;
	}
	struct rd r = rd_of(pdu + 1, len - 1u);
	struct att_read_by_type_rsp rows;
	bool good = att_read_by_type_rsp_read(&r, &rows) && (rows.length == 6 || rows.length == 6 + 2);
	return gatt_client_list(c, good, rows.length, rows.data, rows.len);
}

/* A UUID that has to be read takes another packet: what is left of this one is asked for again. */
static enum gatt_item include_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list), start = rd_le16(&c->list), end = rd_le16(&c->list);
	const uint8_t *uuid = rd_take(&c->list, c->entry - 6u);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end || !start || end < start)
		return GATT_ITEM_BAD;
	c->included.handle = handle;
	c->included.start = start;
	c->included.end = end;
	if (c->entry == 6 + 2) {
		included(c, uuid, 2);
		return GATT_ITEM_SHOWN;
	}
	c->list = (struct rd){ 0 };
	c->phase = READING_UUID;
	c->next = true;
	return GATT_ITEM_PASSED;
}

static bool includes_refused(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	return c->phase != READING_UUID && gatt_client_not_found(c, code, handle);
}

static const struct gatt_procedure includes = {
	.id = BLE_PROC_INCLUDES,
	.room = GATT_REQUEST_MAX,
	.request = includes_write,
	.response = on_includes,
	.item = include_item,
	.refused = includes_refused,
};

int gatt_includes(struct gatt_client *c, uint16_t start, uint16_t end)
{
	return gatt_client_begin_range(c, &includes, start, end);
}

/* -- characteristics: 4.6.1, 4.6.2 --------------------------------------------------------------- */

static uint16_t characteristics_write(struct gatt_client *c, uint8_t *p)
{
	return gatt_typed_range_write(p, ATT_READ_BY_TYPE_REQ, c, UUID16_CHARACTERISTIC);
}

static bool on_characteristics(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1u);
	struct att_read_by_type_rsp rows;
	bool good = att_read_by_type_rsp_read(&r, &rows) && (rows.length == 5 + 2 || rows.length == 5 + 16);
	return gatt_client_list(c, good, rows.length, rows.data, rows.len);
}

/* The 16 bits of a UUID that is made from the Bluetooth Base UUID, Vol 3 Part B 2.5.1: *len becomes 2. */
static const uint8_t *shortened(const uint8_t *uuid, uint8_t *len)
{
	static const uint8_t base[12] = { 0xFB, 0x34, 0x9B, 0x5F, 0x80, 0, 0, 0x80, 0, 0x10, 0, 0 };
	if (*len == 2 || memcmp(uuid, base, sizeof base) || le16_get(uuid + 14))
		return uuid;
	*len = 2;
	return uuid + 12;
}

static bool is_wanted(const struct gatt_client *c, const uint8_t *uuid, uint8_t len)
{
	if (!c->uuid_len)
		return true;
	uint8_t wanted_len = c->uuid_len;
	const uint8_t *wanted = shortened(c->uuid, &wanted_len);
	uuid = shortened(uuid, &len);
	return len == wanted_len && !memcmp(uuid, wanted, len);
}

static enum gatt_item characteristic_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list);
	uint8_t properties = rd_u8(&c->list);
	uint16_t value_handle = rd_le16(&c->list);
	uint8_t uuid_len = (uint8_t)(c->entry - 5);
	const uint8_t *uuid = rd_take(&c->list, uuid_len);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end || value_handle <= handle)
		return GATT_ITEM_BAD;
	if (uuid_len == 2 && le16_get(uuid) == UUID16_SERVICE_CHANGED)
		c->att.changed = value_handle;
	bool wanted = is_wanted(c, uuid, uuid_len);
	if (wanted) {
		struct ble_event *ev = gatt_client_raise(c, BLE_EV_CHARACTERISTIC);
		ev->characteristic.handle = handle;
		ev->characteristic.value_handle = value_handle;
		ev->characteristic.properties = properties;
		uuid_show(uuid, uuid_len, &ev->characteristic.uuid, &ev->characteristic.uuid128);
	}
	gatt_client_pass(c, handle);
	return wanted ? GATT_ITEM_SHOWN : GATT_ITEM_PASSED;
}

static const struct gatt_procedure characteristics = {
	.id = BLE_PROC_CHARACTERISTICS,
	.room = GATT_REQUEST_MAX,
	.request = characteristics_write,
	.response = on_characteristics,
	.item = characteristic_item,
	.refused = gatt_client_not_found,
};

int gatt_characteristics(
	struct gatt_client *c, uint16_t start, uint16_t end, const void *uuid, size_t uuid_len)
{
	return gatt_client_begin_uuid(c, &characteristics, start, end, uuid, uuid_len);
}

/* -- descriptors: 4.7.1 -------------------------------------------------------------------------- */

static uint16_t descriptors_write(struct gatt_client *c, uint8_t *p)
{
	return gatt_range_write(p, ATT_FIND_INFORMATION_REQ, c);
}

bool gatt_client_on_info(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1u);
	struct att_find_info_rsp info;
	bool good = att_find_info_rsp_read(&r, &info);
	return gatt_client_list(c, good, info.format == 1 ? 2 + 2 : 2 + 16, info.data, info.len);
}

static enum gatt_item descriptor_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list);
	uint8_t uuid_len = (uint8_t)(c->entry - 2);
	const uint8_t *uuid = rd_take(&c->list, uuid_len);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end)
		return GATT_ITEM_BAD;
	struct ble_event *ev = gatt_client_raise(c, BLE_EV_DESCRIPTOR);
	ev->descriptor.handle = handle;
	uuid_show(uuid, uuid_len, &ev->descriptor.uuid, &ev->descriptor.uuid128);
	gatt_client_pass(c, handle);
	return GATT_ITEM_SHOWN;
}

static const struct gatt_procedure descriptors = {
	.id = BLE_PROC_DESCRIPTORS,
	.room = GATT_REQUEST_MAX,
	.request = descriptors_write,
	.response = gatt_client_on_info,
	.item = descriptor_item,
	.refused = gatt_client_not_found,
};

int gatt_descriptors(struct gatt_client *c, uint16_t start, uint16_t end)
{
	return gatt_client_begin_range(c, &descriptors, start, end);
}
