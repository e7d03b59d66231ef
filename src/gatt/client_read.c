/*
 * Reading: one value whole, by Read and Read Blob; all of a type; several at once (Vol 3 Part G 4.8). Values are shown
 * where they lie in the packet.
 *
 * A value that fills its PDU may not be all. Whether a PDU is full depends on the MTU under which the server made it;
 * when an exchange has changed the MTU since the request, that may have been either.
 */
#include "gatt/client.h"

#include <string.h>

#include "base/le.h"
#include "spec/att_pdu.h"

enum { TYPE_VALUE_MAX = 253 }; /* octets of a value in a Read By Type Response: Vol 3 Part F 3.4.4.2 */
enum { SHOWN = 1 };            /* phase of reading by UUID: something was there */

static uint16_t mtu_least(const struct gatt_client *c)
{
	uint16_t now = c->att.bearer->mtu;
	return now < c->mtu ? now : c->mtu;
}

static struct ble_event *show(struct gatt_client *c, uint16_t handle, const uint8_t *data, uint16_t len)
{
	struct ble_event *ev = gatt_client_raise(c, BLE_EV_VALUE);
	ev->value.handle = handle;
	ev->value.len = len;
	ev->value.offset = 0;
	ev->value.indication = false;
	ev->value.cut = false;
	ev->value.data = data;
	return ev;
}

/* -- one value: 4.8.1, 4.8.3. c->at is its handle, c->end how much of it has come. ----------------- */

static uint16_t read_write(struct gatt_client *c, uint8_t *p)
{
	uint16_t offset = c->end;
	p[0] = offset ? ATT_READ_BLOB_REQ : ATT_READ_REQ;
	le16_put(p + 1, c->at);
	if (!offset)
		return 3;
	le16_put(p + 3, offset);
	return 5;
}

static bool on_part(struct gatt_client *c, const uint8_t *pdu, uint16_t pdu_len)
{
	uint16_t offset = c->end, len = (uint16_t)(pdu_len - 1), mtu = c->att.bearer->mtu;
	uint16_t most = mtu < c->mtu ? c->mtu : mtu;
	if (len >= most || offset + len > ATT_VALUE_MAX) {
		gatt_client_end(c, BLE_EBADPDU);
		return false;
	}
	c->end = (uint16_t)(offset + len);
	if (pdu_len >= mtu_least(c) && c->end < ATT_VALUE_MAX)
		c->next = true;
	else
		gatt_client_end(c, 0);
	if (!len && offset)
		return false;
	show(c, c->at, pdu + 1, len)->value.offset = offset;
	return true;
}

/* "Not long" is how a value may end whose last part filled its PDU. */
static bool part_refused(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	(void)handle;
	if (!c->end || code != ATT_ERR_ATTRIBUTE_NOT_LONG)
		return false;
	gatt_client_end(c, 0);
	return true;
}

static const struct gatt_procedure whole = {
	.id = BLE_PROC_READ,
	.room = GATT_REQUEST_MAX,
	.request = read_write,
	.response = on_part,
	.refused = part_refused,
};

int gatt_read(struct gatt_client *c, uint16_t handle)
{
	int err = gatt_client_refusal(c);
	if (!err && !handle)
		err = BLE_EINVAL;
	return err ? err : gatt_client_begin(c, &whole, handle, 0);
}

/* -- by UUID: 4.8.2 ------------------------------------------------------------------------------ */

static uint16_t by_uuid_write(struct gatt_client *c, uint8_t *p)
{
	uint16_t n = gatt_range_write(p, ATT_READ_BY_TYPE_REQ, c);
	memcpy(p + n, c->uuid, c->uuid_len);
	return (uint16_t)(n + c->uuid_len);
}

static bool on_by_uuid(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1u);
	struct att_read_by_type_rsp rows;
	bool good = att_read_by_type_rsp_read(&r, &rows);
	return gatt_client_list(c, good, rows.length, rows.data, rows.len);
}

static enum gatt_item by_uuid_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list), len = (uint16_t)(c->entry - 2);
	const uint8_t *data = rd_take(&c->list, len);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end)
		return GATT_ITEM_BAD;
	show(c, handle, data, len)->value.cut = len == TYPE_VALUE_MAX || len + 4 >= mtu_least(c);
	c->phase = SHOWN;
	gatt_client_pass(c, handle);
	return GATT_ITEM_SHOWN;
}

/* That there is none at all is for the program to know. */
static bool by_uuid_refused(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	return c->phase == SHOWN && gatt_client_not_found(c, code, handle);
}

static const struct gatt_procedure by_uuid = {
	.id = BLE_PROC_READ_UUID,
	.room = GATT_REQUEST_MAX,
	.request = by_uuid_write,
	.response = on_by_uuid,
	.item = by_uuid_item,
	.refused = by_uuid_refused,
};

int gatt_read_uuid(
	struct gatt_client *c, uint16_t start, uint16_t end, const void *uuid, size_t uuid_len)
{
	return gatt_client_begin_uuid(c, &by_uuid, start, end, uuid, uuid_len);
}

/* -- several: 4.8.4, 4.8.5 ----------------------------------------------------------------------- */

static uint16_t handles_write(struct gatt_client *c, uint8_t *p, uint8_t opcode)
{
	p[0] = opcode;
	for (uint16_t i = 0; i < c->multiple.count; i++)
		le16_put(p + 1 + 2 * i, c->multiple.handles[i]);
	return (uint16_t)(1 + 2 * c->multiple.count);
}

static uint16_t multiple_write(struct gatt_client *c, uint8_t *p)
{
	return handles_write(c, p, ATT_READ_MULTIPLE_REQ);
}

static bool on_multiple(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	gatt_client_end(c, 0);
	show(c, 0, pdu + 1, (uint16_t)(len - 1))->value.cut = len >= mtu_least(c);
	return true;
}

static const struct gatt_procedure multiple = {
	.id = BLE_PROC_READ_MULTIPLE,
	.request = multiple_write,
	.response = on_multiple,
};

static uint16_t variable_write(struct gatt_client *c, uint8_t *p)
{
	return handles_write(c, p, ATT_READ_MULTIPLE_VARIABLE_REQ);
}

static bool on_variable(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	c->multiple.full = len >= mtu_least(c);
	return gatt_client_list(c, len > 1, 0, pdu + 1, (uint16_t)(len - 1));
}

/*
 * A length and as many octets. What does not fit into the PDU is cut off wherever that is (Vol 3 Part F 3.4.4.12), in
 * the middle of a length as well; a PDU with room left has no such excuse. c->at counts the values.
 */
static enum gatt_item variable_item(struct gatt_client *c)
{
	bool full = c->multiple.full;
	if (c->list.left == 1 && full) {
		gatt_client_end(c, 0);
		return GATT_ITEM_PASSED;
	}
	uint16_t len = rd_le16(&c->list);
	bool cut = len > c->list.left;
	if (!rd_ok(&c->list) || c->at == c->multiple.count || (cut && !full))
		return GATT_ITEM_BAD;
	if (cut)
		len = (uint16_t)c->list.left;
	show(c, c->multiple.handles[c->at++], rd_take(&c->list, len), len)->value.cut = cut;
	if (!c->list.left)
		gatt_client_end(c, c->at == c->multiple.count || full ? 0 : BLE_EBADPDU);
	return GATT_ITEM_SHOWN;
}

static const struct gatt_procedure variable = {
	.id = BLE_PROC_READ_MULTIPLE,
	.request = variable_write,
	.response = on_variable,
	.item = variable_item,
};

static int begin_multiple(struct gatt_client *c, const struct gatt_procedure *procedure,
	const uint16_t *handles, size_t count)
{
	int err = gatt_client_refusal(c);
	if (err)
		return err;
	if (count < 2 || count > (c->att.bearer->mtu - 1u) / 2)
		return BLE_ERANGE;
	for (size_t i = 0; i < count; i++)
		if (!handles[i])
			return BLE_EINVAL;
	c->multiple.handles = handles;
	c->multiple.count = (uint16_t)count;
	return gatt_client_begin(c, procedure, 0, 0);
}

int gatt_read_multiple(struct gatt_client *c, const uint16_t *handles, size_t count)
{
	return begin_multiple(c, &multiple, handles, count);
}

int gatt_read_multiple_variable(struct gatt_client *c, const uint16_t *handles, size_t count)
{
	return begin_multiple(c, &variable, handles, count);
}
