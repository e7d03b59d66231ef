/*
 * Values: stored first, then sent to whoever has subscribed. A queue that is full holds nothing back here: the program
 * is told BLE_EBUSY, the value can be read meanwhile, and BLE_EV_SENT says when to try again.
 */
#include "module/module.h"

#include <string.h>

/* Who has not subscribed, has just gone, or has let an indication time out (Vol 3 Part F 3.3.3) is no failure of ours. */
static bool is_for_nobody(int err)
{
	return err == BLE_ENOENT || err == BLE_ECONN || err == BLE_ECLOSED;
}

/* To each subscriber: 0 or the first failure; *sent counts. */
static int notify_all(struct ble *ble, uint16_t handle, const void *data, size_t len, unsigned *sent)
{
	int err = 0;
	for (ble_conn_id c = ble_conn_next(ble->host, 0); c; c = ble_conn_next(ble->host, c)) {
		int one = ble_server_notify(ble->host, c, handle, data, len);
		if (!one)
			++*sent;
		else if (!is_for_nobody(one) && !err)
			err = module_refuse_hint(ble, one, "notification", NULL);
	}
	return err;
}

int ble_set_value(struct ble *ble, struct ble_characteristic *ch, const void *data, size_t len)
{
	if (len > ch->size)
		return module_refuse(ble, BLE_ETOOBIG, "value: octets", len > INT32_MAX ? INT32_MAX : (int64_t)len, 0,
			ch->size);
	if (!ch->value && !ch->handle)
		return module_refuse_hint(ble, BLE_ESTATE, "characteristic",
			"it has no memory for its value until ble_add_service()");
	if (ch->value) {
		if (len)
			memmove(ch->value, data, len);
		data = ch->value; /* what was given may have been a part of it */
		ch->length = (uint16_t)len;
		ch->reserved |= MODULE_VALUE_IS_SET;
		if (ch->reserved & MODULE_BROADCASTS)
			module_changed(ble);
	}
	unsigned sent = 0;
	if (!ch->handle || !(ch->permission & (BLE_NOTIFY | BLE_INDICATE)))
		return 0;
	return notify_all(ble, ch->handle, data, len, &sent);
}

int ble_get_value(struct ble *ble, const struct ble_characteristic *ch, void *buf, size_t cap)
{
	if (!ch->value)
		return module_refuse_hint(ble, BLE_ESTATE, "characteristic", "its value is not stored");
	size_t n = ch->length < cap ? ch->length : cap;
	if (n)
		memcpy(buf, ch->value, n);
	return ch->length;
}

int ble_notify(struct ble *ble, const struct ble_characteristic *ch, ble_conn_id peer, const void *data, size_t len)
{
	if (len > ch->size)
		return module_refuse(ble, BLE_ETOOBIG, "value: octets", len > INT32_MAX ? INT32_MAX : (int64_t)len, 0,
			ch->size);
	if (!ch->handle)
		return module_refuse_hint(ble, BLE_ESTATE, "characteristic", "its service has not been added");
	if (!(ch->permission & (BLE_NOTIFY | BLE_INDICATE)))
		return module_refuse_hint(ble, BLE_EINVAL, "characteristic.permission",
			"it has neither BLE_NOTIFY nor BLE_INDICATE");
	int err = 0;
	if (peer) {
		err = ble_server_notify(ble->host, peer, ch->handle, data, len);
		return module_host_code(ble, err, "peer", err == BLE_ENOENT ? "it has not subscribed" : NULL);
	}
	unsigned sent = 0;
	err = notify_all(ble, ch->handle, data, len, &sent);
	if (!err && !sent)
		return module_refuse_hint(ble, BLE_ENOENT, "peer", "no connected central has subscribed");
	return err;
}
