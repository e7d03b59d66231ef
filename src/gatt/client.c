/*
 * The client's procedures (Vol 3 Part G 4): what is asked next, and how a procedure begins and ends.
 * What the answers mean is in client_items.c.
 *
 * A procedure is a range of handles that shrinks from below. Each answer gives items, one a poll,
 * straight from its packet; when they are used up, the next request asks from behind the last one.
 * A request that finds no buffer is tried again (`next`).
 */
#include "gatt/client.h"

#include <string.h>

#include "base/le.h"

enum { REQUEST_MAX = 23 }; /* Find By Type Value with a 128-bit UUID; never above the least MTU */

void gatt_client_open(struct gatt_client *c, struct att_bearer *b)
{
	att_client_open(&c->att, b);
	c->att.response = gatt_client_response;
}

void gatt_client_close(struct gatt_client *c)
{
	att_client_close(&c->att);
	c->list = (struct rd){ 0 };
	c->next = false;
	c->over = false;
	c->procedure = 0;
}

static uint16_t range_write(uint8_t *p, uint8_t opcode, const struct gatt_client *c)
{
	p[0] = opcode;
	le16_put(p + 1, c->at);
	le16_put(p + 3, c->end);
	return 5;
}

static uint16_t typed_range_write(
	uint8_t *p, uint8_t opcode, const struct gatt_client *c, uint16_t type)
{
	le16_put(p + 5, type);
	return (uint16_t)(range_write(p, opcode, c) + 2);
}

static uint16_t services_write(uint8_t *p, const struct gatt_client *c)
{
	if (!c->uuid_len)
		return typed_range_write(
			p, ATT_READ_BY_GROUP_TYPE_REQ, c, UUID16_PRIMARY_SERVICE);
	uint16_t n = typed_range_write(p, ATT_FIND_BY_TYPE_VALUE_REQ, c, UUID16_PRIMARY_SERVICE);
	memcpy(p + n, c->uuid, c->uuid_len);
	return (uint16_t)(n + c->uuid_len);
}

static uint16_t read_write(uint8_t *p, const struct gatt_client *c)
{
	uint16_t offset = c->end;
	p[0] = offset ? ATT_READ_BLOB_REQ : ATT_READ_REQ;
	le16_put(p + 1, c->at);
	if (!offset)
		return 3;
	le16_put(p + 3, offset);
	return 5;
}

static uint16_t request_write(uint8_t *p, const struct gatt_client *c)
{
	switch ((enum ble_procedure)c->procedure) {
	case BLE_PROC_SERVICES: return services_write(p, c);
	case BLE_PROC_CHARACTERISTICS:
		return typed_range_write(p, ATT_READ_BY_TYPE_REQ, c, UUID16_CHARACTERISTIC);
	case BLE_PROC_DESCRIPTORS: return range_write(p, ATT_FIND_INFORMATION_REQ, c);
	case BLE_PROC_READ: return read_write(p, c);
	case BLE_PROC_MTU:
		p[0] = ATT_EXCHANGE_MTU_REQ;
		le16_put(p + 1, c->att.bearer->att->mtu);
		return 3;
	case BLE_PROC_WRITE: break; /* begun and ended in one request, see gatt_write() */
	}
	return 0;
}

static bool ask(struct gatt_client *c)
{
	struct ble_tx *tx;
	uint8_t *p = att_client_begin(c->att.bearer, REQUEST_MAX, &tx);
	if (!p)
		return false;
	c->mtu = c->att.bearer->mtu;
	att_client_request(c->att.bearer, tx, request_write(p, c));
	return true;
}

void gatt_client_end(struct gatt_client *c, int err)
{
	c->list = (struct rd){ 0 };
	c->next = false;
	c->over = true;
	c->err = err;
}

static void done(struct gatt_client *c)
{
	struct att_bearer *b = c->att.bearer;
	struct ble_event *ev = b->att->event(b, BLE_EV_DONE);
	ev->done.err = c->err;
	ev->done.handle = c->handle;
	ev->done.procedure = c->procedure;
	c->over = false;
	c->procedure = 0; /* before the program sees it: it may begin the next one at once */
}

/* Vol 3 Part F 3.3.3: what still waits for a buffer is not sent any more. */
static void on_dead(struct gatt_client *c)
{
	c->att.confirm = false;
	if (c->next)
		gatt_client_end(c, BLE_ECLOSED);
}

bool gatt_client_more(struct gatt_client *c)
{
	if (c->att.timed_out) {
		c->att.timed_out = false;
		gatt_client_end(c, BLE_ETIMEOUT);
	}
	if (c->att.bearer->dead)
		on_dead(c);
	if (c->att.confirm)
		(void)att_client_confirm(&c->att);
	if (c->list.left && gatt_client_item(c))
		return true;
	if (c->next && ask(c))
		c->next = false;
	if (!c->over)
		return false;
	done(c);
	return true;
}

/* 0, or why no procedure can begin. */
static int refusal(const struct gatt_client *c)
{
	if (c->att.bearer->dead)
		return BLE_ECLOSED;
	return c->procedure ? BLE_EBUSY : 0;
}

static int begin(struct gatt_client *c, uint8_t procedure, uint16_t at, uint16_t end)
{
	c->procedure = procedure;
	c->at = at;
	c->end = end;
	c->handle = 0;
	c->err = 0;
	if (ask(c))
		return 0;
	c->procedure = 0;
	return BLE_EBUSY;
}

int gatt_exchange_mtu(struct gatt_client *c)
{
	int err = refusal(c);
	if (!err && c->mtu_asked)
		err = BLE_ESTATE;
	if (!err)
		err = begin(c, BLE_PROC_MTU, 0, 0);
	c->mtu_asked |= !err;
	return err;
}

int gatt_services(struct gatt_client *c, const void *uuid, size_t uuid_len)
{
	int err = refusal(c);
	if (err)
		return err;
	if (uuid_len != 0 && uuid_len != 2 && uuid_len != 16)
		return BLE_EINVAL;
	c->uuid_len = (uint8_t)uuid_len;
	if (uuid_len)
		memcpy(c->uuid, uuid, uuid_len);
	return begin(c, BLE_PROC_SERVICES, 1, 0xFFFF);
}

static int begin_range(struct gatt_client *c, uint8_t procedure, uint16_t start, uint16_t end)
{
	int err = refusal(c);
	if (err)
		return err;
	if (!start || start > end)
		return BLE_EINVAL;
	return begin(c, procedure, start, end);
}

int gatt_characteristics(struct gatt_client *c, uint16_t start, uint16_t end)
{
	return begin_range(c, BLE_PROC_CHARACTERISTICS, start, end);
}

int gatt_descriptors(struct gatt_client *c, uint16_t start, uint16_t end)
{
	return begin_range(c, BLE_PROC_DESCRIPTORS, start, end);
}

int gatt_read(struct gatt_client *c, uint16_t handle)
{
	int err = refusal(c);
	if (!err && !handle)
		err = BLE_EINVAL;
	return err ? err : begin(c, BLE_PROC_READ, handle, 0);
}

/* A write of either kind up to where it is sent. */
static int write_begin(struct gatt_client *c, uint8_t opcode, uint16_t handle, const void *data,
	size_t len, struct ble_tx **tx)
{
	struct att_bearer *b = c->att.bearer;
	if (!handle)
		return BLE_EINVAL;
	if (len > b->mtu - 3u)
		return BLE_ETOOBIG;
	uint8_t *p = att_client_begin(b, (uint16_t)(len + 3), tx);
	if (!p)
		return BLE_EBUSY;
	p[0] = opcode;
	le16_put(p + 1, handle);
	if (len)
		memcpy(p + 3, data, len);
	return 0;
}

int gatt_write(struct gatt_client *c, uint16_t handle, const void *data, size_t len)
{
	struct ble_tx *tx;
	int err = refusal(c);
	if (!err)
		err = write_begin(c, ATT_WRITE_REQ, handle, data, len, &tx);
	if (err)
		return err;
	c->procedure = BLE_PROC_WRITE;
	c->handle = 0;
	c->err = 0;
	att_client_request(c->att.bearer, tx, (uint16_t)(len + 3));
	return 0;
}

int gatt_write_command(struct gatt_client *c, uint16_t handle, const void *data, size_t len)
{
	struct ble_tx *tx;
	if (c->att.bearer->dead)
		return BLE_ECLOSED;
	int err = write_begin(c, ATT_WRITE_CMD, handle, data, len, &tx);
	if (!err)
		att_client_command(c->att.bearer, tx, (uint16_t)(len + 3));
	return err;
}
