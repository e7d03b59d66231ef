/* The verbs of client.h: which connection is meant, and what a refusal was about. What they begin is in src/gatt. */
#include <ble/client.h>

#include "gatt/gatt.h"
#include "host/security.h"

/* The connection's client, or NULL with *err. */
static struct gatt_client *client_of(struct ble_host *h, ble_conn_id id, int *err)
{
	static const char hint[] = "the client verbs need the part ble_client";
	struct ble_part_slot *slot = host_need(h, &ble_client, hint, err);
	struct ble_conn *conn = slot ? host_conn(h, id) : NULL;
	if (slot && !conn)
		*err = BLE_ECONN;
	return conn ? host_conn_mem(slot, conn) : NULL;
}

static int32_t limited(size_t n)
{
	return n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

/* What a verb was refused for whose arguments are a handle, or a range that begins with one. */
static int handle_refused(struct ble_host *h, int err, const char *subject, uint16_t handle, uint16_t max)
{
	return err == BLE_EINVAL ? host_refuse(h, err, subject, handle, 1, max) : err;
}

static bool is_uuid(size_t len)
{
	return len == 2 || len == 16;
}

static int uuid_refused(struct ble_host *h)
{
	return host_refuse_hint(h, BLE_EINVAL, "uuid_len", "a UUID has 2 or 16 octets");
}

int ble_client_exchange_mtu(struct ble_host *h, ble_conn_id conn)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? gatt_exchange_mtu(c) : err;
}

/* -- discovery ------------------------------------------------------------------------------------------------------- */

int ble_client_services(struct ble_host *h, ble_conn_id conn, const void *uuid, size_t uuid_len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_services(c, uuid, uuid_len);
	return err == BLE_EINVAL ? uuid_refused(h) : err;
}

int ble_client_includes(struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_includes(c, start, end);
	return handle_refused(h, err, "start", start, end);
}

int ble_client_characteristics(struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_characteristics(c, start, end, NULL, 0);
	return handle_refused(h, err, "start", start, end);
}

int ble_client_characteristics_by_uuid(struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end,
	const void *uuid, size_t uuid_len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c && !is_uuid(uuid_len))
		return uuid_refused(h);
	if (c)
		err = gatt_characteristics(c, start, end, uuid, uuid_len);
	return handle_refused(h, err, "start", start, end);
}

int ble_client_descriptors(struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_descriptors(c, start, end);
	return handle_refused(h, err, "start", start, end);
}

/* -- reading --------------------------------------------------------------------------------------------------------- */

int ble_client_read(struct ble_host *h, ble_conn_id conn, uint16_t handle)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_read(c, handle);
	return handle_refused(h, err, "handle", handle, 0xFFFF);
}

int ble_client_read_uuid(
	struct ble_host *h, ble_conn_id conn, uint16_t start, uint16_t end, const void *uuid, size_t uuid_len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c && !is_uuid(uuid_len))
		return uuid_refused(h);
	if (c)
		err = gatt_read_uuid(c, start, end, uuid, uuid_len);
	return handle_refused(h, err, "start", start, end);
}

static int multiple_refused(struct ble_host *h, const struct gatt_client *c, int err, size_t count)
{
	if (err == BLE_ERANGE)
		return host_refuse(h, err, "count", limited(count), 2, (c->att.bearer->mtu - 1) / 2);
	return handle_refused(h, err, "handles", 0, 0xFFFF);
}

int ble_client_read_multiple(struct ble_host *h, ble_conn_id conn, const uint16_t *handles, size_t count)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? multiple_refused(h, c, gatt_read_multiple(c, handles, count), count) : err;
}

int ble_client_read_multiple_variable(struct ble_host *h, ble_conn_id conn, const uint16_t *handles, size_t count)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? multiple_refused(h, c, gatt_read_multiple_variable(c, handles, count), count) : err;
}

/* -- writing --------------------------------------------------------------------------------------------------------- */

static int write_refused(struct ble_host *h, int err, uint16_t handle, size_t len, size_t max)
{
	if (err == BLE_ETOOBIG)
		return host_refuse(h, err, "len", limited(len), 0, (int32_t)max);
	return handle_refused(h, err, "handle", handle, 0xFFFF);
}

int ble_client_write(struct ble_host *h, ble_conn_id conn, uint16_t handle, const void *data, size_t len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_write(c, handle, data, len);
	return write_refused(h, err, handle, len, ATT_VALUE_MAX);
}

int ble_client_write_command(struct ble_host *h, ble_conn_id conn, uint16_t handle, const void *data, size_t len)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (!c)
		return err;
	return write_refused(h, gatt_write_command(c, handle, data, len), handle, len, c->att.bearer->mtu - 3u);
}

/* Vol 3 Part G 4.9.2: where the link is encrypted, a Write Command stands for it. */
int ble_client_write_signed(struct ble_host *h, ble_conn_id conn, uint16_t handle, const void *data, size_t len)
{
	static const char hint[] = "signed writes need the parts ble_signing and ble_pairing";
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (!c || !host_need(h, &ble_signing, hint, &err))
		return err;
	if (!host_room(h, &ble_pairing_room))
		return host_refuse_hint(h, BLE_ENOTSUP, "ble_pairing", hint);
	if (security_link(host_conn(h, conn))->strength.key_size)
		return ble_client_write_command(h, conn, handle, data, len);
	err = gatt_write_signed(c, handle, data, len, signing_sign);
	return write_refused(h, err, handle, len, c->att.bearer->mtu - 3u - ATT_SIGNATURE_LEN);
}

/* Which of the values it was. */
static int reliable_refused(struct ble_host *h, int err, const struct ble_client_value *values, size_t count)
{
	if (err == BLE_EINVAL && (!count || count > UINT16_MAX))
		return host_refuse(h, err, "count", limited(count), 1, UINT16_MAX);
	if (err != BLE_ETOOBIG)
		return handle_refused(h, err, "handle", 0, 0xFFFF);
	while (values->len <= ATT_VALUE_MAX)
		values++;
	return write_refused(h, err, values->handle, values->len, ATT_VALUE_MAX);
}

int ble_client_write_reliable(
	struct ble_host *h, ble_conn_id conn, const struct ble_client_value *values, size_t count)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? reliable_refused(h, gatt_write_reliable(c, values, count), values, count) : err;
}

int ble_client_write_cancel(struct ble_host *h, ble_conn_id conn)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	return c ? gatt_write_cancel(c) : err;
}

int ble_client_features(struct ble_host *h, ble_conn_id conn, uint8_t bits)
{
	static const char hint[] = "a client says robust caching (1), notifications of several values (4), or both";
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_features_add(c, bits);
	return err == BLE_EINVAL ? host_refuse_hint(h, err, "bits", hint) : err;
}

/* -- values unasked -------------------------------------------------------------------------------------------------- */

int ble_client_subscribe(
	struct ble_host *h, ble_conn_id conn, uint16_t value_handle, uint16_t end_handle, uint8_t bits)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (c)
		err = gatt_subscribe(c, value_handle, end_handle, bits);
	if (err != BLE_EINVAL)
		return err;
	if (bits > 3)
		return host_refuse(h, err, "bits", bits, 0, 3);
	if (!value_handle)
		return handle_refused(h, err, "value_handle", value_handle, 0xFFFF);
	return host_refuse(h, err, "end_handle", end_handle, value_handle, 0xFFFF);
}

int ble_client_service_changed(struct ble_host *h, ble_conn_id conn, uint16_t value_handle)
{
	int err = 0;
	struct gatt_client *c = client_of(h, conn, &err);
	if (!c)
		return err;
	if (!value_handle)
		return handle_refused(h, BLE_EINVAL, "value_handle", value_handle, 0xFFFF);
	c->att.changed = value_handle;
	return 0;
}
