/*
 * What a server answers, and the items in it. A server may be hostile: handles have to rise and to
 * lie in the range that was asked for, so that a procedure comes to an end; the first item that
 * does not ends the procedure with BLE_EBADPDU.
 */
#include "gatt/client.h"

#include "base/le.h"
#include "spec/att_pdu.h"

static struct ble_event *raise(struct gatt_client *c, uint8_t type)
{
	struct att_bearer *b = c->att.bearer;
	return b->att->event(b, type);
}

/* The items up to `last` have been seen: on from there, if there is anything beyond. */
static void pass(struct gatt_client *c, uint16_t last)
{
	bool whole = last >= c->end;
	if (!whole)
		c->at = (uint16_t)(last + 1);
	else
		c->list.left = 0;
	if (c->list.left)
		return;
	if (whole)
		gatt_client_end(c, 0);
	else
		c->next = true;
}

/* Vol 3 Part G 4.4.1, 4.4.2 */
static bool service_item(struct gatt_client *c)
{
	uint16_t start = rd_le16(&c->list), end = rd_le16(&c->list);
	uint8_t uuid_len = (uint8_t)(c->entry - 4);
	const uint8_t *uuid = rd_take(&c->list, uuid_len);
	if (c->uuid_len) {
		uuid = c->uuid;
		uuid_len = c->uuid_len;
	}
	if (!rd_ok(&c->list) || start < c->at || end < start)
		return false;
	struct ble_event *ev = raise(c, BLE_EV_SERVICE);
	ev->service.start = start;
	ev->service.end = end;
	ev->service.uuid = uuid_len == 2 ? le16_get(uuid) : 0;
	ev->service.uuid128 = uuid_len == 2 ? NULL : uuid;
	pass(c, end);
	return true;
}

/* 4.6.1 */
static bool characteristic_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list);
	uint8_t properties = rd_u8(&c->list);
	uint16_t value_handle = rd_le16(&c->list);
	const uint8_t *uuid = rd_take(&c->list, c->entry - 5u);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end || value_handle <= handle)
		return false;
	struct ble_event *ev = raise(c, BLE_EV_CHARACTERISTIC);
	ev->characteristic.handle = handle;
	ev->characteristic.value_handle = value_handle;
	ev->characteristic.properties = properties;
	ev->characteristic.uuid = c->entry == 7 ? le16_get(uuid) : 0;
	ev->characteristic.uuid128 = c->entry == 7 ? NULL : uuid;
	pass(c, handle);
	return true;
}

/* 4.7.1 */
static bool descriptor_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list);
	const uint8_t *uuid = rd_take(&c->list, c->entry - 2u);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end)
		return false;
	struct ble_event *ev = raise(c, BLE_EV_DESCRIPTOR);
	ev->descriptor.handle = handle;
	ev->descriptor.uuid = c->entry == 4 ? le16_get(uuid) : 0;
	ev->descriptor.uuid128 = c->entry == 4 ? NULL : uuid;
	pass(c, handle);
	return true;
}

bool gatt_client_item(struct gatt_client *c)
{
	bool good = false;
	if (c->procedure == BLE_PROC_SERVICES)
		good = service_item(c);
	else if (c->procedure == BLE_PROC_CHARACTERISTICS)
		good = characteristic_item(c);
	else if (c->procedure == BLE_PROC_DESCRIPTORS)
		good = descriptor_item(c);
	if (!good)
		gatt_client_end(c, BLE_EBADPDU);
	return good;
}

/* The list of a response into c->list and c->entry; false: not well formed. */
static bool list_read(struct gatt_client *c, uint8_t opcode, struct rd *r)
{
	struct att_read_by_type_rsp rows = { 0 };
	struct att_find_info_rsp info;
	struct att_find_by_type_value_rsp found;
	if (opcode == ATT_FIND_INFORMATION_RSP) {
		if (!att_find_info_rsp_read(r, &info))
			return false;
		c->entry = info.format == 1 ? 4 : 18;
		c->list = rd_of(info.data, info.len);
		return true;
	}
	if (opcode == ATT_FIND_BY_TYPE_VALUE_RSP) {
		if (!att_find_by_type_value_rsp_read(r, &found))
			return false;
		c->entry = 4;
		c->list = rd_of(found.data, found.len);
		return true;
	}
	bool groups = opcode == ATT_READ_BY_GROUP_TYPE_RSP;
	if (groups ? !att_read_by_group_type_rsp_read(r, &rows) : !att_read_by_type_rsp_read(r, &rows))
		return false;
	uint8_t head = groups ? 4 : 5; /* in front of the UUID */
	c->entry = rows.length;
	c->list = rd_of(rows.data, rows.len);
	return rows.length == head + 2 || rows.length == head + 16;
}

/*
 * 4.8.1, 4.8.3: a part that fills the PDU may not be the last. When the peer's exchange has changed
 * the MTU meanwhile, the part may have been made under either. True: an event was raised.
 */
static bool read_part(struct gatt_client *c, const uint8_t *data, uint16_t len)
{
	uint16_t offset = c->end, mtu = c->att.bearer->mtu;
	uint16_t least = mtu < c->mtu ? mtu : c->mtu, most = mtu < c->mtu ? c->mtu : mtu;
	if (len >= most || offset + len > ATT_VALUE_MAX) {
		gatt_client_end(c, BLE_EBADPDU);
		return false;
	}
	c->end = (uint16_t)(offset + len);
	if (len + 1 >= least && c->end < ATT_VALUE_MAX)
		c->next = true;
	else
		gatt_client_end(c, 0);
	if (!len && offset)
		return false;
	struct ble_event *ev = raise(c, BLE_EV_VALUE);
	ev->value.handle = c->at;
	ev->value.len = len;
	ev->value.offset = offset;
	ev->value.indication = false;
	ev->value.data = data;
	return true;
}

/* "Not found" is how a discovery ends (4.4.1), "not long" how a long read may (4.8.3). */
static void on_error(struct gatt_client *c, const uint8_t *pdu)
{
	uint8_t code = pdu[4];
	bool discovery = c->procedure == BLE_PROC_SERVICES ||
		c->procedure == BLE_PROC_CHARACTERISTICS || c->procedure == BLE_PROC_DESCRIPTORS;
	bool later = c->procedure == BLE_PROC_READ && c->end != 0;
	bool end = (discovery && code == ATT_ERR_ATTRIBUTE_NOT_FOUND) ||
		(later && code == ATT_ERR_ATTRIBUTE_NOT_LONG);
	if (end) {
		gatt_client_end(c, 0);
		return;
	}
	c->handle = le16_get(pdu + 2);
	gatt_client_end(c, BLE_EATT(code));
}

/* True: an event was raised, and what remains waits for the next poll. */
static bool take(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1u);
	if (pdu[0] == ATT_ERROR_RSP) {
		on_error(c, pdu);
		return false;
	}
	if (c->procedure == BLE_PROC_READ)
		return read_part(c, pdu + 1, (uint16_t)(len - 1));
	if (c->procedure == BLE_PROC_WRITE || c->procedure == BLE_PROC_MTU) {
		bool mtu = c->procedure == BLE_PROC_MTU;
		bool good = len == (mtu ? 3 : 1);
		gatt_client_end(c, good ? 0 : BLE_EBADPDU);
		if (mtu && good)
			att_agree_mtu(c->att.bearer, le16_get(pdu + 1));
		return mtu && good;
	}
	if (!list_read(c, pdu[0], &r))
		gatt_client_end(c, BLE_EBADPDU);
	return false;
}

void gatt_client_response(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct gatt_client *c = CONTAINER_OF(b->client, struct gatt_client, att);
	if (!take(c, pdu, len))
		(void)gatt_client_more(c);
	if (gatt_client_waits(c))
		b->att->client->more(b);
}
