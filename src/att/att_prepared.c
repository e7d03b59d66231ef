/*
 * Long and reliable writes: Prepare Write and Execute Write, Vol 3 Part F 3.4.6.
 *
 * What is prepared is laid at once over the value that the attribute will have, one for each attribute, in the
 * order in which they were first named: parts may come in any order, of several attributes in turn, and each costs
 * no more room than the value grows by. A first part at offset 0 begins the value anew, as a Write Request would;
 * one behind it begins with the value that the attribute has, which is nothing when only the program knows it or it
 * may not be read.
 *
 * Handle, permission, authorisation and room are answered at Prepare; offset and length at Execute (3.4.6.1, 3.4.6.3). A
 * program that wants to be asked for its authorisation is, by the first part of a value: what it says holds for the
 * parts that follow, and the whole value is put to it all the same. Execute looks at all values before it writes the first, and then gives them to the program one event at a time. A program
 * that refuses one ends it there: what it has taken before is its own.
 */
#include "att/att_server.h"

#include <string.h>

#include "base/le.h"
#include "l2cap/l2cap.h"

enum { PREPARE_HEAD = 5, EXECUTE_CANCEL = 0, EXECUTE_WRITE = 1 };

static void clear(struct att_queue *q)
{
	q->used = 0;
	q->at = 0;
	q->bad = 0;
}

static uint16_t len_at(const struct att_queue *q, size_t at)
{
	return le16_get(q->octets + at + 2);
}

/* Where the value for this attribute stands; q->used: nowhere. */
static uint16_t place_of(const struct att_queue *q, uint16_t handle)
{
	size_t at = 0;
	while (at < q->used && le16_get(q->octets + at) != handle)
		at += ATT_QUEUE_HEAD + (size_t)len_at(q, at);
	return (uint16_t)at;
}

/* What a value that is not in the queue yet begins with. */
static uint16_t present(struct att_bearer *b, const struct att_attr *a, uint16_t offset, struct att_view *v)
{
	if (!offset || b->att->db->value(b, a, v))
		v->len = 0;
	return v->len;
}

/* False: there is no room for it. */
static bool lay(struct att_queue *q, struct att_bearer *b, const struct att_attr *a, uint16_t offset,
	const uint8_t *data, uint16_t len)
{
	struct att_view v;
	uint16_t at = place_of(q, a->handle);
	bool fresh = at == q->used;
	uint16_t had = fresh ? present(b, a, offset, &v) : len_at(q, at);
	if (offset > had) { /* remembered for Execute; nothing behind it will be written, so nothing is kept */
		q->bad = ATT_ERR_INVALID_OFFSET;
		q->bad_handle = a->handle;
		return true;
	}
	size_t has = (size_t)offset + len > had ? (size_t)offset + len : had;
	size_t grows = has - had + (fresh ? ATT_QUEUE_HEAD + (size_t)had : 0);
	if (grows > (size_t)(q->size - q->used))
		return false;
	uint8_t *p = q->octets + at;
	if (fresh) {
		le16_put(p, a->handle);
		if (had)
			memcpy(p + ATT_QUEUE_HEAD, v.data, had);
	} else {
		uint8_t *behind = p + ATT_QUEUE_HEAD + had;
		memmove(behind + grows, behind, (size_t)(q->octets + q->used - behind));
	}
	le16_put(p + 2, (uint16_t)has);
	memcpy(p + ATT_QUEUE_HEAD + offset, data, len);
	q->used = (uint16_t)(q->used + grows);
	return true;
}

enum att_verdict att_prepare_write(struct att_queue *q, struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_attr a;
	if (len < PREPARE_HEAD || len > b->mtu)
		return att_malformed(b, pdu);
	uint16_t handle = le16_get(pdu + 1);
	if (!att_find_exact(b, &a, handle))
		return att_error(b, pdu[0], handle, ATT_ERR_INVALID_HANDLE);
	int err = q->check(b, &a, NULL, 0);
	if (err)
		return att_error(b, pdu[0], handle, BLE_ATT_CODE(err));
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, len);
	if (!tx)
		return ATT_RETRY;
	memcpy(l2cap_sdu(tx), pdu, len); /* 3.4.6.2: it goes back as it came */
	q->part = len;
	uint32_t token = att_server_hold(b->server, tx, pdu[0], handle, le16_get(pdu + 3));
	if (place_of(q, handle) == q->used && q->ask(b, &a, token))
		b->att->server->offered(b);
	else
		att_prepare_answer(q, b, 0);
	return ATT_DONE;
}

/* The part stands in the buffer that is held. */
void att_prepare_answer(struct att_queue *q, struct att_bearer *b, int err)
{
	struct att_server *s = b->server;
	struct att_attr a;
	uint8_t *p = l2cap_sdu(s->held);
	uint16_t len = q->part;
	if (err == BLE_EPENDING) /* left unanswered, it may */
		err = 0;
	if (!err && !att_find_exact(b, &a, s->handle)) /* while the program thought, its service has gone */
		err = BLE_EATT(ATT_ERR_INVALID_HANDLE);
	if (!err && !q->bad && !lay(q, b, &a, s->offset, p + PREPARE_HEAD, (uint16_t)(len - PREPARE_HEAD)))
		err = BLE_EATT(ATT_ERR_PREPARE_QUEUE_FULL);
	p[0] = ATT_PREPARE_WRITE_RSP;
	if (err)
		len = att_refusal_write(p, s, err);
	att_server_finish(s, len);
}

/* 0, or the code that all is refused with; q->bad_handle says for which. */
static uint8_t inspect(struct att_queue *q, struct att_bearer *b)
{
	struct att_attr a;
	for (size_t at = 0; !q->bad && at < q->used; at += ATT_QUEUE_HEAD + (size_t)len_at(q, at)) {
		uint16_t handle = le16_get(q->octets + at);
		int err = BLE_EATT(ATT_ERR_INVALID_HANDLE); /* its service may have gone */
		if (att_find_exact(b, &a, handle))
			err = q->check(b, &a, q->octets + at + ATT_QUEUE_HEAD, len_at(q, at));
		q->bad_handle = handle;
		q->bad = err ? BLE_ATT_CODE(err) : 0;
	}
	return q->bad;
}

void att_execute_answer(struct att_queue *q, struct att_bearer *b, int err)
{
	struct att_server *s = b->server;
	uint8_t *p = l2cap_sdu(s->held);
	if (err == BLE_EPENDING) /* left unanswered, it is written */
		err = 0;
	if (!err && !b->dead && q->at < q->used) {
		att_server_go_on(s);
		return;
	}
	clear(q); /* whatever came of it: 3.4.6.3 */
	p[0] = ATT_EXECUTE_WRITE_RSP;
	att_server_finish(s, err ? att_refusal_write(p, s, err) : 1);
}

/* The next value, in a poll. */
void att_execute_resume(struct att_queue *q, struct att_bearer *b)
{
	struct att_server *s = b->server;
	int err = 0;
	if (!b->dead && q->at < q->used) {
		struct att_attr a;
		const uint8_t *p = q->octets + q->at;
		uint32_t token = att_server_hold(s, s->held, s->opcode, le16_get(p), 0);
		q->at = (uint16_t)(q->at + ATT_QUEUE_HEAD + len_at(q, q->at));
		err = BLE_EATT(ATT_ERR_INVALID_HANDLE);
		if (att_find_exact(b, &a, s->handle))
			err = b->att->db->write(b, &a, p + ATT_QUEUE_HEAD, le16_get(p + 2), token);
	}
	if (err == BLE_EPENDING)
		b->att->server->offered(b);
	else
		att_execute_answer(q, b, err);
}

enum att_verdict att_execute_write(struct att_queue *q, struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	if (len != 2 || pdu[1] > EXECUTE_WRITE)
		return att_malformed(b, pdu);
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, 5);
	if (!tx)
		return ATT_RETRY;
	(void)att_server_hold(b->server, tx, pdu[0], 0, 0);
	if (pdu[1] == EXECUTE_CANCEL)
		clear(q);
	if (inspect(q, b)) {
		b->server->handle = q->bad_handle;
		att_execute_answer(q, b, BLE_EATT(q->bad));
	} else {
		att_execute_resume(q, b);
	}
	return ATT_DONE;
}
