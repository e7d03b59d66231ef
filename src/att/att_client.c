/*
 * The client's side of a bearer: one request at a time, its 30 seconds, and the values that come
 * unasked. What the responses mean is the business of whoever registered `response`.
 */
#include "att/att.h"

#include "base/le.h"
#include "l2cap/l2cap.h"
#include "spec/att_pdu.h"

enum { SERVICE_CHANGED_LEN = 4 };

void att_client_open(struct att_client *c, struct att_bearer *b)
{
	c->bearer = b;
	b->client = c;
}

void att_client_close(struct att_client *c)
{
	tmr_stop(c->bearer->att->timers, &c->timer);
	c->request = 0;
	c->confirm = false;
	c->timed_out = false;
	c->changed = 0;
	c->values = (struct rd){ 0 };
}

uint8_t *att_client_begin(struct att_bearer *b, uint16_t len, struct ble_tx **tx)
{
	*tx = b->waits || b->unproved ? NULL : l2cap_take(b->link, L2CAP_EVENT, len);
	return *tx ? l2cap_sdu(*tx) : NULL;
}

void att_client_command(struct att_bearer *b, struct ble_tx *tx, uint16_t len)
{
	l2cap_send(b->link, tx, L2CAP_CID_ATT, len);
}

void att_client_drop(struct att_bearer *b, struct ble_tx *tx)
{
	l2cap_drop(b->link, tx);
}

static void on_no_response(struct tmr *t)
{
	struct att_client *c = CONTAINER_OF(t, struct att_client, timer);
	struct att_bearer *b = c->bearer;
	c->request = 0;
	c->timed_out = true;
	b->dead = true; /* 3.3.3 */
	b->att->client->expired(b);
}

void att_client_request(struct att_bearer *b, struct ble_tx *tx, uint16_t len)
{
	struct att_client *c = b->client;
	c->request = l2cap_sdu(tx)[0];
	tmr_after(b->att->timers, &c->timer, ATT_TRANSACTION_US, on_no_response);
	l2cap_send(b->link, tx, L2CAP_CID_ATT, len);
}

bool att_client_confirm(struct att_client *c)
{
	/* An event goes at once or not at all: waiting for credits it would keep what a response needs. */
	struct ble_tx *tx = l2cap_take(c->bearer->link, L2CAP_EVENT, 1);
	if (!tx)
		return false;
	c->confirm = false;
	l2cap_sdu(tx)[0] = ATT_HANDLE_VALUE_CFM;
	l2cap_send(c->bearer->link, tx, L2CAP_CID_ATT, 1);
	return true;
}

/* A response is the request's opcode plus one; an Error Response names its request. */
static enum att_verdict on_response(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_client *c = b->client;
	uint8_t request = (uint8_t)(pdu[0] - 1);
	if (pdu[0] == ATT_ERROR_RSP)
		request = len == 5 ? pdu[1] : 0;
	if (!request || request != c->request) {
		b->att->violations++;
		return ATT_DONE;
	}
	c->request = 0;
	tmr_stop(b->att->timers, &c->timer);
	c->response(b, pdu, len);
	return ATT_DONE;
}

/* A range of handles in an indication of Service Changed is an event of its own: Vol 3 Part G 7.1. What is none stays
 * an indication like any other. */
static void service_changed(struct ble_event *ev)
{
	uint16_t start = le16_get(ev->value.data), end = le16_get(ev->value.data + 2);
	if (!start || end < start)
		return;
	ev->type = BLE_EV_SERVICE_CHANGED;
	ev->service_changed.start = start;
	ev->service_changed.end = end;
}

/* 3.4.7.1, 3.4.7.2. An indication is confirmed when the program has seen it. */
static enum att_verdict on_value(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_client *c = b->client;
	bool indication = pdu[0] == ATT_HANDLE_VALUE_IND;
	if (b->unproved) { /* nor is it confirmed: this is not who it says */
		b->att->violations++;
		return ATT_DONE;
	}
	if (len < 3) {
		b->att->malformed++;
		return ATT_DONE;
	}
	if (indication && c->confirm) { /* before the last one was confirmed: 3.3.2 */
		b->att->violations++;
		return ATT_DONE;
	}
	struct ble_event *ev = b->att->event(b, BLE_EV_NOTIFIED);
	ev->value.handle = le16_get(pdu + 1);
	ev->value.len = (uint16_t)(len - 3);
	ev->value.offset = 0;
	ev->value.indication = indication;
	ev->value.data = pdu + 3;
	if (indication) {
		c->confirm = true;
		if (ev->value.handle == c->changed && ev->value.len == SERVICE_CHANGED_LEN)
			service_changed(ev);
		b->att->client->more(b);
	}
	return ATT_DONE;
}

void att_client_value(struct att_client *c)
{
	struct att_handle_value v = { 0 };
	(void)att_handle_length_value_next(&c->values, &v);
	struct ble_event *ev = c->bearer->att->event(c->bearer, BLE_EV_NOTIFIED);
	ev->value.handle = v.handle;
	ev->value.len = v.len;
	ev->value.offset = 0;
	ev->value.indication = false;
	ev->value.data = v.value;
}

/* 3.4.7.4. All of it is looked at before the first is shown. */
static enum att_verdict on_values(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_client *c = b->client;
	struct att_tuples tuples;
	struct rd r = rd_of(pdu + 1, len - 1u);
	if (b->unproved) {
		b->att->violations++;
		return ATT_DONE;
	}
	if (!att_multiple_handle_value_ntf_read(&r, &tuples)) {
		b->att->malformed++;
		return ATT_DONE;
	}
	c->values = rd_of(tuples.data, tuples.len);
	att_client_value(c);
	if (c->values.left)
		b->att->client->more(b);
	return ATT_DONE;
}

att_row *const att_client_rows[ATT_CLIENT_ROWS] = {
	[ATT_ERROR_RSP >> 1] = on_response,
	[ATT_EXCHANGE_MTU_RSP >> 1] = on_response,
	[ATT_FIND_INFORMATION_RSP >> 1] = on_response,
	[ATT_FIND_BY_TYPE_VALUE_RSP >> 1] = on_response,
	[ATT_READ_BY_TYPE_RSP >> 1] = on_response,
	[ATT_READ_RSP >> 1] = on_response,
	[ATT_READ_BLOB_RSP >> 1] = on_response,
	[ATT_READ_MULTIPLE_RSP >> 1] = on_response,
	[ATT_READ_BY_GROUP_TYPE_RSP >> 1] = on_response,
	[ATT_WRITE_RSP >> 1] = on_response,
	[ATT_PREPARE_WRITE_RSP >> 1] = on_response,
	[ATT_EXECUTE_WRITE_RSP >> 1] = on_response,
	[ATT_HANDLE_VALUE_NTF >> 1] = on_value,
	[ATT_HANDLE_VALUE_IND >> 1] = on_value,
	[ATT_READ_MULTIPLE_VARIABLE_RSP >> 1] = on_response,
	[ATT_MULTIPLE_HANDLE_VALUE_NTF >> 1] = on_values,
};
