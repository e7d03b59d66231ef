/*
 * Several values in one PDU: Read Multiple (Vol 3 Part F 3.4.4.7), Read Multiple Variable (3.4.4.11) and Multiple
 * Handle Value Notification (3.4.7.4).
 *
 * All handles are looked at before the first value is given, so that an error of the database is the answer however
 * far behind it stands. Values that only the program knows are asked for one event at a time, in the order of the
 * request; its handles and the response's buffer are kept meanwhile. A value for which there is no room left is not
 * asked for.
 */
#include "att/att_server.h"

#include <string.h>

#include <ble/server.h>

#include "base/le.h"
#include "l2cap/l2cap.h"

enum { NTF_HEAD = 4 }; /* handle and length in front of a value */

/* 0, BLE_EPENDING or BLE_EATT. */
static int look(struct att_bearer *b, uint16_t handle, struct att_attr *a, struct att_view *v)
{
	if (!att_find_exact(b, a, handle))
		return BLE_EATT(ATT_ERR_INVALID_HANDLE);
	return b->att->db->value(b, a, v);
}

/* As much of it as there is room for. */
static void put(struct att_multiple *m, const struct att_bearer *b, uint8_t *p, const void *data, size_t len)
{
	size_t room = (size_t)b->mtu - m->n, n = len < room ? len : room;
	if (n)
		memcpy(p + m->n, data, n);
	m->n = (uint16_t)(m->n + n);
}

/* 3.4.4.12: the length is the value's own, also when the value, or the length itself, is cut. */
static void put_value(struct att_multiple *m, const struct att_bearer *b, uint8_t *p, const void *data, size_t len)
{
	uint8_t length[2];
	le16_put(length, (uint16_t)len);
	if (b->server->opcode == ATT_READ_MULTIPLE_VARIABLE_REQ)
		put(m, b, p, length, sizeof length);
	put(m, b, p, data, len);
}

static bool is_full(const struct att_multiple *m, const struct att_bearer *b)
{
	return m->at == m->len || m->n >= b->mtu;
}

/* From where it stands, in a poll: as far as the next event, or to the response. */
void att_read_multiple_resume(struct att_multiple *m, struct att_bearer *b)
{
	struct att_server *s = b->server;
	struct att_attr a;
	struct att_view v;
	uint8_t *p = l2cap_sdu(s->held);
	while (!b->dead && !is_full(m, b)) {
		uint16_t handle = le16_get(m->handles + m->at);
		int err = look(b, handle, &a, &v);
		m->at = (uint16_t)(m->at + 2);
		if (err == BLE_EPENDING) {
			uint32_t token = att_server_hold(s, s->held, s->opcode, handle, 0);
			b->att->db->ask(b, &a, 0, token);
			b->att->server->offered(b);
			return;
		}
		if (err) { /* since the request came, a service has gone */
			s->handle = handle;
			att_server_finish(s, att_refusal_write(p, s, err));
			return;
		}
		put_value(m, b, p, v.data, v.len);
		if (v.tell) {
			b->att->db->ask(b, &a, 0, 0);
			if (is_full(m, b))
				break;
			att_server_go_on(s);
			return;
		}
	}
	p[0] = (uint8_t)(s->opcode + 1);
	att_server_finish(s, m->n);
}

enum att_verdict att_read_multiple(struct att_multiple *m, struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_attr a;
	struct att_view v;
	if (len < 5 || !(len & 1) || len > b->mtu) /* two handles at least: 3.4.4.7 */
		return att_malformed(b, pdu);
	for (uint16_t i = 1; i < len; i = (uint16_t)(i + 2)) {
		uint16_t handle = le16_get(pdu + i);
		int err = look(b, handle, &a, &v);
		if (err && err != BLE_EPENDING)
			return att_error(b, pdu[0], handle, BLE_ATT_CODE(err));
	}
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, b->mtu);
	if (!tx)
		return ATT_RETRY;
	m->n = 1;
	m->at = 0;
	m->len = (uint16_t)(len - 1);
	memcpy(m->handles, pdu + 1, m->len);
	(void)att_server_hold(b->server, tx, pdu[0], 0, 0);
	att_read_multiple_resume(m, b);
	return ATT_DONE;
}

void att_read_multiple_answer(struct att_multiple *m, struct att_bearer *b, int err, const void *data, size_t len)
{
	struct att_server *s = b->server;
	uint8_t *p = l2cap_sdu(s->held);
	if (err) {
		att_server_finish(s, att_refusal_write(p, s, err));
		return;
	}
	put_value(m, b, p, data, len);
	p[0] = (uint8_t)(s->opcode + 1);
	if (b->dead || is_full(m, b))
		att_server_finish(s, m->n);
	else
		att_server_go_on(s);
}

size_t att_fitting(const struct att_bearer *b, const struct ble_notification *list, size_t count)
{
	size_t n = 1, i = 0;
	while (i < count && n + NTF_HEAD + list[i].len <= b->mtu)
		n += NTF_HEAD + (size_t)list[i++].len;
	return i;
}

int att_notify_multiple(struct att_bearer *b, const struct ble_notification *list, size_t count)
{
	size_t n = 1;
	if (b->dead)
		return BLE_ECLOSED;
	for (size_t i = 0; i < count; i++)
		n += NTF_HEAD + (size_t)list[i].len;
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_EVENT, (uint16_t)n);
	if (!tx)
		return BLE_EBUSY;
	uint8_t *p = l2cap_sdu(tx);
	*p++ = ATT_MULTIPLE_HANDLE_VALUE_NTF;
	for (size_t i = 0; i < count; i++) {
		le16_put(p, list[i].value_handle);
		le16_put(p + 2, list[i].len);
		if (list[i].len)
			memcpy(p + NTF_HEAD, list[i].data, list[i].len);
		p += NTF_HEAD + list[i].len;
	}
	l2cap_send(b->link, tx, L2CAP_CID_ATT, (uint16_t)n);
	return 0;
}
