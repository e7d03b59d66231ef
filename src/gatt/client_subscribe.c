/*
 * Subscribing: the Client Characteristic Configuration descriptor of a value is looked for (Vol 3 Part G 4.7.1) and
 * written (4.12.3). When the program does not know where the characteristic ends, the next declaration tells.
 */
#include "gatt/client.h"

#include "base/le.h"

enum phase { LOOKING = 0, WRITING };

static uint16_t subscribe_write(struct gatt_client *c, uint8_t *p)
{
	if (c->phase == LOOKING)
		return gatt_range_write(p, ATT_FIND_INFORMATION_REQ, c);
	p[0] = ATT_WRITE_REQ;
	le16_put(p + 1, c->handle);
	le16_put(p + 3, c->subscribe_bits);
	return 5;
}

static bool on_subscribe(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	if (c->phase == LOOKING)
		return gatt_client_on_info(c, pdu, len);
	gatt_client_end(c, len == 1 ? 0 : BLE_EBADPDU);
	return false;
}

static enum gatt_item subscribe_item(struct gatt_client *c)
{
	uint16_t handle = rd_le16(&c->list);
	const uint8_t *uuid = rd_take(&c->list, c->entry - 2u);
	if (!rd_ok(&c->list) || handle < c->at || handle > c->end)
		return GATT_ITEM_BAD;
	uint16_t type = c->entry == 2 + 2 ? le16_get(uuid) : 0;
	if (type == UUID16_CLIENT_CHARACTERISTIC_CONFIGURATION) {
		c->list = (struct rd){ 0 };
		c->handle = handle;
		c->phase = WRITING;
		c->next = true;
		return GATT_ITEM_PASSED;
	}
	bool declaration = type >= UUID16_PRIMARY_SERVICE && type <= UUID16_CHARACTERISTIC;
	if (declaration || (handle == c->end && !c->list.left))
		gatt_client_end(c, BLE_ENOENT);
	else
		gatt_client_pass(c, handle);
	return GATT_ITEM_PASSED;
}

static bool subscribe_refused(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	(void)handle;
	if (c->phase != LOOKING || code != ATT_ERR_ATTRIBUTE_NOT_FOUND)
		return false;
	gatt_client_end(c, BLE_ENOENT);
	return true;
}

static const struct gatt_procedure subscribe = {
	.id = BLE_PROC_SUBSCRIBE,
	.room = GATT_REQUEST_MAX,
	.request = subscribe_write,
	.response = on_subscribe,
	.item = subscribe_item,
	.refused = subscribe_refused,
};

int gatt_subscribe(struct gatt_client *c, uint16_t value_handle, uint16_t end_handle, uint8_t bits)
{
	int err = gatt_client_refusal(c);
	uint16_t end = end_handle ? end_handle : 0xFFFF;
	if (err)
		return err;
	if (!value_handle || end < value_handle || bits > (GATT_CCCD_NOTIFICATION | GATT_CCCD_INDICATION))
		return BLE_EINVAL;
	if (end == value_handle)
		return BLE_ENOENT;
	c->subscribe_bits = bits;
	return gatt_client_begin(c, &subscribe, (uint16_t)(value_handle + 1), end);
}
