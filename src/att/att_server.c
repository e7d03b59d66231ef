/*
 * The server's rows: Vol 3 Part F 3.4, one function a request.
 *
 * A row checks the form of its PDU, asks the database (struct att_db), takes a transmit buffer and
 * writes the response in place. Nothing with an effect happens before the buffer is there, so a row
 * that returns ATT_RETRY can simply be called again. When only the program knows the value, the
 * buffer is held and the rest of the story is in att_answer.c.
 */
#include "att/att.h"
#include "att/att_server.h"

#include <string.h>

#include "base/attr.h"
#include "base/le.h"
#include "l2cap/l2cap.h"

enum att_verdict att_malformed(struct att_bearer *b, const uint8_t *pdu)
{
	enum att_verdict v = att_error(b, pdu[0], 0, ATT_ERR_INVALID_PDU);
	if (v == ATT_DONE)
		b->att->malformed++;
	return v;
}

static enum att_verdict send(struct att_bearer *b, struct ble_tx *tx, uint16_t len)
{
	l2cap_send(b->link, tx, L2CAP_CID_ATT, len);
	return ATT_DONE;
}

/* For when a buffer has been taken already. */
static enum att_verdict send_error(
	struct att_bearer *b, struct ble_tx *tx, uint8_t request, uint16_t handle, uint8_t code)
{
	return send(b, tx, att_error_write(l2cap_sdu(tx), request, handle, code));
}

/* 3.4.2 */
static enum att_verdict on_mtu(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	if (len != 3)
		return att_malformed(b, pdu);
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, 3);
	if (!tx)
		return ATT_RETRY;
	uint8_t *p = l2cap_sdu(tx);
	p[0] = ATT_EXCHANGE_MTU_RSP;
	le16_put(p + 1, b->att->mtu);
	/* A client may ask once. A second request is answered in the same way and changes nothing. */
	if (!b->exchanged)
		att_agree_mtu(b, le16_get(pdu + 1));
	else
		b->att->violations++;
	b->exchanged = true;
	return send(b, tx, 3);
}

uint16_t att_uuid_put(uint8_t *p, uint16_t uuid, const uint8_t *base)
{
	if (!base) {
		le16_put(p, uuid);
		return 2;
	}
	memcpy(p, base, 16);
	le16_put(p + 12, uuid);
	return 16;
}

/* Of two 128-bit UUIDs, all but octets 12 and 13. */
static bool is_same_base(const uint8_t *a, const uint8_t *b)
{
	return !memcmp(a, b, 12) && !memcmp(a + 14, b + 14, 2);
}

/* Holds tx for the answer, and asks the program. */
static enum att_verdict ask(struct att_bearer *b, struct ble_tx *tx, const struct att_attr *a, uint8_t opcode,
	uint16_t offset)
{
	uint32_t token = att_server_hold(b->server, tx, opcode, a->handle, offset);
	b->att->db->ask(b, a, offset, token);
	b->att->server->offered(b);
	return ATT_DONE;
}

/*
 * The requests that look through a range of handles differ in what they look for and in what an entry of their list is
 * (3.4.3.1, 3.4.3.3, 3.4.4.1, 3.4.4.9):
 *
 *	                        looks for            an entry is
 *	Find Information        everything           handle, type
 *	Find By Type Value      type and value       handle, end of its group: a service's, a characteristic's (Part G 2.5.3)
 *	Read By Type            type                 handle, value
 *	Read By Group Type      type, of a service   handle, end of its group, value
 */
struct search {
	uint8_t opcode;
	bool groups; /* services are looked for: nothing inside a service is one, so it is passed over whole */
	uint16_t type; /* as an attribute has it, and the base as well */
	const uint8_t *base;
	const uint8_t *value; /* of Find By Type Value: what, and how long */
	uint16_t value_len;
	uint16_t n, entry; /* octets: so far, of each entry */
	uint8_t *p;        /* the response */
};

static bool is_formed(uint8_t opcode, uint16_t len)
{
	if (opcode == ATT_FIND_INFORMATION_REQ)
		return len == 5;
	if (opcode == ATT_FIND_BY_TYPE_VALUE_REQ)
		return len >= 7;
	return len == 7 || len == 21;
}

/* 1: what is in *v joins the list; 0: it is not looked for; or the error that ends the list, or is the answer. */
static int look(struct att_bearer *b, const struct search *q, const struct att_attr *a, struct att_view *v)
{
	if (q->opcode == ATT_FIND_INFORMATION_REQ) {
		v->data = v->made;
		v->len = att_uuid_put(v->made, a->type, a->base);
		v->tell = false;
		return 1;
	}
	if (a->type != q->type || !a->base != !q->base || (q->base && !is_same_base(a->base, q->base)))
		return 0;
	int err = b->att->db->value(b, a, v);
	if (q->opcode != ATT_FIND_BY_TYPE_VALUE_REQ)
		return err ? err : 1;
	if (err || v->len != q->value_len || (v->len && memcmp(v->data, q->value, v->len)))
		return 0;
	v->len = 0;
	v->tell = false;
	return 1;
}

/* False: it does not fit in or is of another length, so the list ends before it. */
static bool list_put(struct search *q, uint16_t mtu, uint16_t handle, uint16_t last, const struct att_view *v)
{
	/* The first may be cut, to what fits and to 255 octets of entry: 3.4.4.2. */
	uint16_t head = q->opcode == ATT_FIND_BY_TYPE_VALUE_REQ || q->opcode == ATT_READ_BY_GROUP_TYPE_REQ ? 4 : 2;
	uint16_t room = mtu - 2 < 255 ? (uint16_t)(mtu - 2) : 255;
	uint16_t entry = (uint16_t)(head + v->len);
	if (entry > room)
		entry = room;
	if (q->entry && (entry != q->entry || q->n + entry > mtu))
		return false;
	uint8_t *p = q->p + q->n;
	q->entry = entry;
	q->n = (uint16_t)(q->n + entry);
	le16_put(p, handle);
	if (head == 4)
		le16_put(p + 2, last);
	if (entry > head)
		memcpy(p + head, v->data, (size_t)(entry - head));
	return true;
}

/* A characteristic ends in front of the next one, or with its service: Vol 3 Part G 3.3. a: its last attribute, or the next. */
static uint16_t characteristic_end(struct att_bearer *b, struct att_attr *a)
{
	uint16_t last;
	do
		last = a->handle;
	while (last != a->group_end && b->att->db->find(b->att->db_ctx, a, (uint16_t)(last + 1)) &&
		(a->base || a->type != UUID16_CHARACTERISTIC));
	return last;
}

/* One event a request: a value that wants to be told of ends the list. 0, or the error of the first. */
static NOINLINE int collect(struct att_bearer *b, struct search *q, struct att_attr *a, uint16_t start, uint16_t end)
{
	const struct att_db *db = b->att->db;
	struct att_view v;
	for (uint32_t handle = start; handle <= end && db->find(b->att->db_ctx, a, (uint16_t)handle) && a->handle <= end;) {
		uint16_t first = a->handle, last = q->groups ? a->group_end : first;
		int found = look(b, q, a, &v);
		if (found < 0)
			return q->entry ? 0 : found;
		if (found && q->opcode == ATT_FIND_BY_TYPE_VALUE_REQ && a->type == UUID16_CHARACTERISTIC)
			last = characteristic_end(b, a);
		if (found && ((v.tell && q->entry) || !list_put(q, b->mtu, first, last, &v)))
			return 0;
		if (found && v.tell) {
			db->ask(b, a, 0, 0);
			return 0;
		}
		handle = last + 1u;
	}
	return 0;
}

/* The UUID of a request. One of 16 bits may be written in full: Vol 3 Part B 2.5.1 */
static void look_for(struct search *q, const uint8_t *uuid, uint16_t len)
{
	/* 00000000-0000-1000-8000-00805F9B34FB */
	static const uint8_t base[16] = { 0xFB, 0x34, 0x9B, 0x5F, 0x80, 0x00, 0x00, 0x80, 0x00, 0x10 };
	q->type = le16_get(len == 16 ? uuid + 12 : uuid);
	q->base = len == 16 && !is_same_base(uuid, base) ? uuid : NULL;
	/* Services of both kinds are groups: Vol 3 Part G 2.5.3. */
	_Static_assert(UUID16_SECONDARY_SERVICE == (UUID16_PRIMARY_SERVICE | 1), "neighbours");
	q->groups = !q->base && (q->type | 1) == UUID16_SECONDARY_SERVICE;
}

static enum att_verdict on_range(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_attr a;
	struct search q = { .opcode = pdu[0] };
	if (!is_formed(q.opcode, len))
		return att_malformed(b, pdu);
	uint16_t start = le16_get(pdu + 1), end = le16_get(pdu + 3);
	if (!start || start > end)
		return att_error(b, q.opcode, start, ATT_ERR_INVALID_HANDLE);
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, b->mtu);
	if (!tx)
		return ATT_RETRY;
	bool by_value = q.opcode == ATT_FIND_BY_TYPE_VALUE_REQ;
	if (len > 5)
		look_for(&q, pdu + 5, by_value ? 2 : (uint16_t)(len - 5));
	q.value = pdu + 7;
	q.value_len = (uint16_t)(len - 7);
	q.p = l2cap_sdu(tx);
	q.n = by_value ? 1 : 2;
	a.handle = start;
	int err = BLE_EATT(ATT_ERR_UNSUPPORTED_GROUP_TYPE);
	if (q.groups || q.opcode != ATT_READ_BY_GROUP_TYPE_REQ)
		err = collect(b, &q, &a, start, end);
	if (err == BLE_EPENDING)
		return ask(b, tx, &a, q.opcode, 0);
	if (err) /* 3.4.4.1: the attribute that could not be read */
		return send_error(b, tx, q.opcode, a.handle, BLE_ATT_CODE(err));
	if (!q.entry)
		return send_error(b, tx, q.opcode, start, ATT_ERR_ATTRIBUTE_NOT_FOUND);
	q.p[0] = (uint8_t)(q.opcode + 1);
	if (q.opcode == ATT_FIND_INFORMATION_REQ)
		q.p[1] = q.entry == 4 ? 1 : 2; /* of the two forms of UUID */
	else if (!by_value)
		q.p[1] = (uint8_t)q.entry;
	return send(b, tx, q.n);
}

/* 3.4.4.3, 3.4.4.5. Attribute Not Long is the server's choice for a value that a Read gives whole; ours is to answer with
 * what there is. */
static enum att_verdict on_read(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_attr a;
	struct att_view v;
	bool blob = pdu[0] == ATT_READ_BLOB_REQ;
	if (len != (blob ? 5 : 3))
		return att_malformed(b, pdu);
	uint16_t handle = le16_get(pdu + 1), offset = blob ? le16_get(pdu + 3) : 0;
	if (!att_find_exact(b, &a, handle))
		return att_error(b, pdu[0], handle, ATT_ERR_INVALID_HANDLE);
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, b->mtu);
	if (!tx)
		return ATT_RETRY;
	int err = b->att->db->value(b, &a, &v);
	if (err == BLE_EPENDING)
		return ask(b, tx, &a, pdu[0], offset);
	if (!err && offset > v.len)
		err = BLE_EATT(ATT_ERR_INVALID_OFFSET);
	if (err)
		return send_error(b, tx, pdu[0], handle, BLE_ATT_CODE(err));
	uint16_t n = (uint16_t)(v.len - offset);
	if (n > b->mtu - 1)
		n = (uint16_t)(b->mtu - 1);
	uint8_t *p = l2cap_sdu(tx);
	p[0] = (uint8_t)(pdu[0] + 1);
	if (n)
		memcpy(p + 1, v.data + offset, n);
	if (v.tell)
		b->att->db->ask(b, &a, offset, 0);
	return send(b, tx, (uint16_t)(n + 1));
}

/* 3.4.5.1, 3.4.5.3: whatever is wrong with it, a command is not answered. */
static enum att_verdict on_write(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_attr a;
	bool command = pdu[0] == ATT_WRITE_CMD;
	if (len < 3) {
		if (!command)
			return att_malformed(b, pdu);
		b->att->malformed++;
		return ATT_DONE;
	}
	uint16_t handle = le16_get(pdu + 1);
	if (!att_find_exact(b, &a, handle))
		return command ? ATT_DONE : att_error(b, pdu[0], handle, ATT_ERR_INVALID_HANDLE);
	uint32_t token = 0;
	if (!command) {
		/* The buffer first: a write has effects, and is not to be done twice. */
		struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, 5);
		if (!tx)
			return ATT_RETRY;
		token = att_server_hold(b->server, tx, pdu[0], handle, 0);
	}
	int err = b->att->db->write(b, &a, pdu + 3, (uint16_t)(len - 3), token);
	if (err == BLE_EPENDING)
		b->att->server->offered(b);
	else if (!command)
		(void)att_server_conclude(b->server, err, NULL, 0);
	return ATT_DONE;
}

/*
 * What has no row here may have one in another part (struct att_extra), else it is refused: 3.4.4.7, 3.4.4.11,
 * 3.4.6.
 */
#define ROWS                                                                                             \
	[0] = on_write, [ATT_EXCHANGE_MTU_REQ >> 1] = on_mtu, [ATT_FIND_INFORMATION_REQ >> 1] = on_range, \
	[ATT_FIND_BY_TYPE_VALUE_REQ >> 1] = on_range, [ATT_READ_BY_TYPE_REQ >> 1] = on_range,              \
	[ATT_READ_REQ >> 1] = on_read, [ATT_READ_BLOB_REQ >> 1] = on_read,                                 \
	[ATT_READ_BY_GROUP_TYPE_REQ >> 1] = on_range, [ATT_WRITE_REQ >> 1] = on_write
att_row *const att_server_rows[ATT_SERVER_ROWS] = { ROWS, [ATT_HANDLE_VALUE_CFM >> 1] = att_on_confirmation };
att_row *const att_lean_rows[ATT_SERVER_ROWS] = { ROWS };
