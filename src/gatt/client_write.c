/*
 * Writing: with and without response, signed, long, and reliable (Vol 3 Part G 4.9). A long write is a reliable one of a single
 * value: parts are prepared, each repeated by the server, and then executed together. They are taken from the program's
 * memory one by one, so there is no buffer here.
 *
 *	PREPARING --all are kept--> EXECUTING --> done
 *	    +------a part was repeated wrongly, or refused while others are kept--> CANCELLING --> the reason
 *	    +------the program gives up--> GIVING_UP --the part is answered--------------^
 */
#include "gatt/client.h"

#include <string.h>

#include "base/le.h"

enum phase { PREPARING = 0, EXECUTING, CANCELLING, GIVING_UP };

enum {
	WRITE_HEAD = 3,   /* octets in front of the value: Vol 3 Part F 3.4.5.1 */
	PREPARE_HEAD = 5, /* 3.4.6.1 */
};

/* -- in one request ------------------------------------------------------------------------------ */

static void write_head(uint8_t *p, uint8_t opcode, uint16_t handle, const void *data, size_t len)
{
	p[0] = opcode;
	le16_put(p + 1, handle);
	if (len)
		memcpy(p + WRITE_HEAD, data, len);
}

/* A write of either kind up to where it is sent. */
static int write_begin(struct gatt_client *c, uint8_t opcode, uint16_t handle, const void *data,
	size_t len, struct ble_tx **tx)
{
	uint8_t *p = att_client_begin(c->att.bearer, (uint16_t)(len + WRITE_HEAD), tx);
	if (!p)
		return c->att.bearer->unproved ? BLE_EREFUSED : BLE_EBUSY;
	write_head(p, opcode, handle, data, len);
	return 0;
}

static bool on_written(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	(void)pdu;
	gatt_client_end(c, len == 1 ? 0 : BLE_EBADPDU);
	return false;
}

/* Its one request is made where it begins. */
static const struct gatt_procedure once = { .id = BLE_PROC_WRITE, .response = on_written };

static int write_once(struct gatt_client *c, uint16_t handle, const void *data, size_t len)
{
	struct ble_tx *tx;
	int err = write_begin(c, ATT_WRITE_REQ, handle, data, len, &tx);
	if (err)
		return err;
	c->procedure = &once;
	c->handle = 0;
	c->err = 0;
	att_client_request(c->att.bearer, tx, (uint16_t)(len + WRITE_HEAD));
	return 0;
}

int gatt_write_command(struct gatt_client *c, uint16_t handle, const void *data, size_t len)
{
	struct att_bearer *b = c->att.bearer;
	struct ble_tx *tx;
	if (b->dead)
		return BLE_ECLOSED;
	if (!handle)
		return BLE_EINVAL;
	if (len > b->mtu - (size_t)WRITE_HEAD)
		return BLE_ETOOBIG;
	int err = write_begin(c, ATT_WRITE_CMD, handle, data, len, &tx);
	if (!err)
		att_client_command(b, tx, (uint16_t)(len + WRITE_HEAD));
	return err;
}

int gatt_write_signed(struct gatt_client *c, uint16_t handle, const void *data, size_t len,
	int (*sign)(struct att_bearer *b, uint8_t *pdu, uint16_t len))
{
	struct att_bearer *b = c->att.bearer;
	struct ble_tx *tx;
	if (b->dead)
		return BLE_ECLOSED;
	if (!handle)
		return BLE_EINVAL;
	if (len > b->mtu - (size_t)WRITE_HEAD - ATT_SIGNATURE_LEN)
		return BLE_ETOOBIG;
	uint16_t pdu_len = (uint16_t)(len + WRITE_HEAD);
	uint8_t *p = att_client_begin(b, (uint16_t)(pdu_len + ATT_SIGNATURE_LEN), &tx);
	if (!p)
		return b->unproved ? BLE_EREFUSED : BLE_EBUSY;
	write_head(p, ATT_SIGNED_WRITE_CMD, handle, data, len);
	int err = sign(b, p, pdu_len);
	if (err)
		att_client_drop(b, tx);
	else
		att_client_command(b, tx, (uint16_t)(pdu_len + ATT_SIGNATURE_LEN));
	return err;
}

/* -- in several: c->at counts the values, c->end how much of that one is kept -------------------- */

static uint16_t part_write(struct gatt_client *c, uint8_t *p)
{
	if (c->phase != PREPARING) {
		p[0] = ATT_EXECUTE_WRITE_REQ;
		p[1] = c->phase == EXECUTING;
		return 2;
	}
	const struct ble_client_value *v = &c->write.values[c->at];
	uint16_t left = (uint16_t)(v->len - c->end), most = (uint16_t)(c->mtu - PREPARE_HEAD);
	c->write.part = left < most ? left : most;
	p[0] = ATT_PREPARE_WRITE_REQ;
	le16_put(p + 1, v->handle);
	le16_put(p + 3, c->end);
	if (c->write.part)
		memcpy(p + PREPARE_HEAD, (const uint8_t *)v->data + c->end, c->write.part);
	return (uint16_t)(PREPARE_HEAD + c->write.part);
}

static void cancel(struct gatt_client *c, int err)
{
	c->err = (int16_t)err;
	c->phase = CANCELLING;
	c->next = true;
}

/* The server repeats the request, but for the opcode: Vol 3 Part F 3.4.6.2. */
static bool is_repeated(const struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	const struct ble_client_value *v = &c->write.values[c->at];
	uint16_t part = c->write.part;
	if (len != PREPARE_HEAD + part || le16_get(pdu + 1) != v->handle || le16_get(pdu + 3) != c->end)
		return false;
	return !part || !memcmp(pdu + PREPARE_HEAD, (const uint8_t *)v->data + c->end, part);
}

static bool on_prepared(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	if (c->phase == GIVING_UP) {
		cancel(c, BLE_ECANCELLED);
		return false;
	}
	if (c->phase != PREPARING) {
		gatt_client_end(c, len == 1 || c->phase == CANCELLING ? c->err : BLE_EBADPDU);
		return false;
	}
	if (!is_repeated(c, pdu, len)) {
		cancel(c, BLE_EMISMATCH);
		return false;
	}
	c->end = (uint16_t)(c->end + c->write.part);
	if (c->end == c->write.values[c->at].len) {
		c->end = 0;
		c->at++;
	}
	if (c->at == c->write.count)
		c->phase = EXECUTING;
	c->next = true;
	return false;
}

/* A refused part leaves the parts before it with the server: Vol 3 Part F 3.4.6.1. A refused cancellation changes nothing. */
static bool prepare_refused(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	if (c->phase == CANCELLING) {
		gatt_client_end(c, c->err);
		return true;
	}
	if (c->phase == EXECUTING)
		return false;
	bool keeps = c->at || c->end, gives_up = c->phase == GIVING_UP;
	if (!keeps && gives_up)
		gatt_client_end(c, BLE_ECANCELLED);
	if (!keeps)
		return gives_up;
	c->handle = gives_up ? 0 : handle;
	cancel(c, gives_up ? BLE_ECANCELLED : BLE_EATT(code));
	return true;
}

static const struct gatt_procedure lengthy = {
	.id = BLE_PROC_WRITE,
	.request = part_write,
	.response = on_prepared,
	.refused = prepare_refused,
};

static const struct gatt_procedure reliable = {
	.id = BLE_PROC_WRITE_RELIABLE,
	.request = part_write,
	.response = on_prepared,
	.refused = prepare_refused,
};

int gatt_write(struct gatt_client *c, uint16_t handle, const void *data, size_t len)
{
	int err = gatt_client_refusal(c);
	if (err)
		return err;
	if (!handle)
		return BLE_EINVAL;
	if (len <= c->att.bearer->mtu - (size_t)WRITE_HEAD)
		return write_once(c, handle, data, len);
	if (len > ATT_VALUE_MAX)
		return BLE_ETOOBIG;
	c->write.one = (struct ble_client_value){ handle, (uint16_t)len, data };
	c->write.values = &c->write.one;
	c->write.count = 1;
	return gatt_client_begin(c, &lengthy, 0, 0);
}

int gatt_write_reliable(struct gatt_client *c, const struct ble_client_value *values, size_t count)
{
	int err = gatt_client_refusal(c);
	if (err)
		return err;
	if (!count || count > UINT16_MAX)
		return BLE_EINVAL;
	for (size_t i = 0; i < count; i++) {
		if (!values[i].handle)
			return BLE_EINVAL;
		if (values[i].len > ATT_VALUE_MAX)
			return BLE_ETOOBIG;
	}
	c->write.values = values;
	c->write.count = (uint16_t)count;
	return gatt_client_begin(c, &reliable, 0, 0);
}

int gatt_write_cancel(struct gatt_client *c)
{
	if (c->att.bearer->dead)
		return BLE_ECLOSED;
	if ((c->procedure != &lengthy && c->procedure != &reliable) || c->phase != PREPARING || c->over)
		return BLE_ESTATE;
	if (c->att.request)
		c->phase = GIVING_UP;
	else /* the next part waits for a buffer, and so will the cancellation */
		cancel(c, BLE_ECANCELLED);
	return 0;
}
