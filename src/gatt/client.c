/*
 * The machine under the client's procedures (Vol 3 Part G 4): how one begins, goes on and ends. What
 * is asked, and what the answers mean, is in client_discovery.c, client_read.c, client_write.c and
 * client_subscribe.c.
 *
 * Most procedures are a range of handles that shrinks from below. Each answer gives items, one a
 * poll, straight from its packet; when they are used up, the next request asks from behind the last
 * one. A request that finds no buffer is tried again (`next`).
 *
 * A server may be hostile: handles have to rise and to lie in the range that was asked for, so that
 * a procedure comes to an end; the first item that does not ends it with BLE_EBADPDU.
 */
#include "gatt/client.h"

#include <string.h>

#include "base/le.h"

void gatt_client_end(struct gatt_client *c, int err)
{
	c->list = (struct rd){ 0 };
	c->next = false;
	c->over = true;
	c->err = (int16_t)err;
}

static void on_error(struct gatt_client *c, const uint8_t *pdu)
{
	uint16_t handle = le16_get(pdu + 2);
	uint8_t code = pdu[4];
	if (c->procedure->refused && c->procedure->refused(c, code, handle))
		return;
	c->handle = handle;
	gatt_client_end(c, BLE_EATT(code));
}

static void on_response(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct gatt_client *c = CONTAINER_OF(b->client, struct gatt_client, att);
	bool raised = false;
	if (pdu[0] == ATT_ERROR_RSP)
		on_error(c, pdu);
	else
		raised = c->procedure->response(c, pdu, len);
	if (!raised)
		(void)gatt_client_more(c);
	if (gatt_client_waits(c))
		b->att->client->more(b);
}

void gatt_client_open(struct gatt_client *c, struct att_bearer *b)
{
	att_client_open(&c->att, b);
	c->att.response = on_response;
}

void gatt_client_close(struct gatt_client *c)
{
	att_client_close(&c->att);
	c->list = (struct rd){ 0 };
	c->next = false;
	c->over = false;
	c->procedure = NULL;
}

uint8_t gatt_client_running(const struct gatt_client *c)
{
	return c->procedure ? c->procedure->id : 0;
}

static bool ask(struct gatt_client *c)
{
	struct att_bearer *b = c->att.bearer;
	struct ble_tx *tx;
	uint8_t *p = att_client_begin(b, c->procedure->room ? c->procedure->room : b->mtu, &tx);
	if (!p)
		return false;
	c->mtu = b->mtu;
	att_client_request(b, tx, c->procedure->request(c, p));
	return true;
}

static void done(struct gatt_client *c)
{
	struct ble_event *ev = gatt_client_raise(c, BLE_EV_DONE);
	ev->done.err = c->err;
	ev->done.handle = c->handle;
	ev->done.procedure = c->procedure->id;
	c->over = false;
	c->procedure = NULL; /* before the program sees it: it may begin the next one at once */
}

/* Vol 3 Part F 3.3.3: what still waits for a buffer is not sent any more. */
static void on_dead(struct gatt_client *c)
{
	c->att.confirm = false;
	if (c->next)
		gatt_client_end(c, BLE_ECLOSED);
}

/* A peer with a bond that could not encrypt: what waited for that is not said in clear text. */
static void on_unproved(struct gatt_client *c)
{
	if (c->next)
		gatt_client_end(c, BLE_EREFUSED);
}

/* The next item that is fit to be shown. True: an event was raised. */
static bool items(struct gatt_client *c)
{
	while (c->list.left) {
		enum gatt_item item = c->procedure->item(c);
		if (item == GATT_ITEM_SHOWN)
			return true;
		if (item == GATT_ITEM_BAD)
			gatt_client_end(c, BLE_EBADPDU);
	}
	return false;
}

bool gatt_client_more(struct gatt_client *c)
{
	if (c->att.values.left) {
		att_client_value(&c->att);
		return true;
	}
	if (c->att.timed_out) {
		c->att.timed_out = false;
		gatt_client_end(c, BLE_ETIMEOUT);
	}
	if (c->att.bearer->dead)
		on_dead(c);
	if (c->att.bearer->unproved)
		on_unproved(c);
	if (c->att.confirm)
		(void)att_client_confirm(&c->att);
	if (items(c))
		return true;
	if (c->next && ask(c))
		c->next = false;
	if (!c->over)
		return false;
	done(c);
	return true;
}

/* -- what the procedures share ------------------------------------------------------------------- */

int gatt_client_refusal(const struct gatt_client *c)
{
	if (c->att.bearer->dead)
		return BLE_ECLOSED;
	if (c->att.bearer->unproved)
		return BLE_EREFUSED;
	return c->procedure ? BLE_EBUSY : 0;
}

int gatt_client_begin(
	struct gatt_client *c, const struct gatt_procedure *procedure, uint16_t at, uint16_t end)
{
	c->procedure = procedure;
	c->phase = 0;
	c->at = at;
	c->end = end;
	c->handle = 0;
	c->err = 0;
	c->next = c->att.bearer->waits;
	if (c->next || ask(c))
		return 0;
	c->procedure = NULL;
	return BLE_EBUSY;
}

int gatt_client_begin_range(
	struct gatt_client *c, const struct gatt_procedure *procedure, uint16_t start, uint16_t end)
{
	int err = gatt_client_refusal(c);
	if (err)
		return err;
	if (!start || start > end)
		return BLE_EINVAL;
	return gatt_client_begin(c, procedure, start, end);
}

int gatt_client_begin_uuid(struct gatt_client *c, const struct gatt_procedure *procedure,
	uint16_t start, uint16_t end, const void *uuid, size_t uuid_len)
{
	int err = gatt_client_refusal(c);
	if (err)
		return err;
	if (uuid_len != 0 && uuid_len != 2 && uuid_len != 16)
		return BLE_EINVAL;
	c->uuid_len = (uint8_t)uuid_len;
	if (uuid_len)
		memcpy(c->uuid, uuid, uuid_len);
	return gatt_client_begin_range(c, procedure, start, end);
}

void gatt_client_pass(struct gatt_client *c, uint16_t last)
{
	if (last < c->end) {
		c->at = (uint16_t)(last + 1);
		c->next = !c->list.left;
		return;
	}
	gatt_client_end(c, c->list.left ? BLE_EBADPDU : 0); /* nothing can come behind the end */
}

bool gatt_client_list(
	struct gatt_client *c, bool good, uint8_t entry, const uint8_t *data, uint16_t len)
{
	c->entry = entry;
	if (good)
		c->list = rd_of(data, len);
	else
		gatt_client_end(c, BLE_EBADPDU);
	return false;
}

bool gatt_client_not_found(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	(void)handle;
	if (code != ATT_ERR_ATTRIBUTE_NOT_FOUND)
		return false;
	gatt_client_end(c, 0);
	return true;
}

/* -- Exchange MTU: Vol 3 Part G 4.3.1 ------------------------------------------------------------ */

static uint16_t mtu_write(struct gatt_client *c, uint8_t *p)
{
	p[0] = ATT_EXCHANGE_MTU_REQ;
	le16_put(p + 1, c->att.bearer->att->mtu);
	return 3;
}

static bool on_mtu(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	bool good = len == 3;
	gatt_client_end(c, good ? 0 : BLE_EBADPDU);
	if (good)
		att_agree_mtu(c->att.bearer, le16_get(pdu + 1));
	return good;
}

static const struct gatt_procedure mtu = {
	.id = BLE_PROC_MTU,
	.room = GATT_REQUEST_MAX,
	.request = mtu_write,
	.response = on_mtu,
};

int gatt_exchange_mtu(struct gatt_client *c)
{
	int err = gatt_client_refusal(c);
	if (!err && c->mtu_asked)
		err = BLE_ESTATE;
	if (!err)
		err = gatt_client_begin(c, &mtu, 0, 0);
	c->mtu_asked |= !err;
	return err;
}
