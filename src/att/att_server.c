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

static uint16_t start_of(const uint8_t *pdu)
{
	return le16_get(pdu + 1);
}

static uint16_t end_of(const uint8_t *pdu)
{
	return le16_get(pdu + 3);
}

/*
 * So begin the requests that look through a range (3.4.3.1, 3.4.3.3, 3.4.4.1, 3.4.4.9): the buffer for the list, or
 * NULL and *v, which is how it ended.
 */
static struct ble_tx *begin(struct att_bearer *b, const uint8_t *pdu, bool is_formed, enum att_verdict *v)
{
	if (!is_formed) {
		*v = att_malformed(b, pdu);
		return NULL;
	}
	if (!start_of(pdu) || start_of(pdu) > end_of(pdu)) {
		*v = att_error(b, pdu[0], start_of(pdu), ATT_ERR_INVALID_HANDLE);
		return NULL;
	}
	*v = ATT_RETRY;
	return l2cap_take(b->link, L2CAP_RESPONSE, b->mtu);
}

/* And so they end: the list of n octets, of which `least` are there when nothing was found. */
static enum att_verdict end(struct att_bearer *b, const uint8_t *pdu, struct ble_tx *tx, uint16_t n, uint16_t least)
{
	if (n == least)
		return send_error(b, tx, pdu[0], start_of(pdu), ATT_ERR_ATTRIBUTE_NOT_FOUND);
	l2cap_sdu(tx)[0] = (uint8_t)(pdu[0] + 1);
	return send(b, tx, n);
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

static bool is_type(const struct att_attr *a, const uint8_t *uuid, uint16_t uuid_len)
{
	if (uuid_len == 2)
		return !a->base && a->type == le16_get(uuid);
	uint8_t whole[16];
	return att_uuid_put(whole, a->type, a->base) == 16 && memcmp(whole, uuid, 16) == 0;
}

/* 00000000-0000-1000-8000-00805F9B34FB: a 16-bit UUID may be asked for in full, Vol 3 Part B 2.5.1 */
static const uint8_t base_uuid[16] = { 0xFB, 0x34, 0x9B, 0x5F, 0x80, 0x00, 0x00, 0x80, 0x00, 0x10,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00 };

static const uint8_t *shorten(const uint8_t *uuid, uint16_t *uuid_len)
{
	if (*uuid_len != 16 || memcmp(uuid, base_uuid, 12) || uuid[14] || uuid[15])
		return uuid;
	*uuid_len = 2;
	return uuid + 12;
}

/* Services of both kinds are groups: Vol 3 Part G 2.5.3. */
static bool is_group(const uint8_t *uuid, uint16_t uuid_len)
{
	uint16_t type = le16_get(uuid);
	return uuid_len == 2 && (type == UUID16_PRIMARY_SERVICE || type == UUID16_SECONDARY_SERVICE);
}

/* 3.4.3.1 */
static enum att_verdict on_find_info(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	enum att_verdict v;
	struct ble_tx *tx = begin(b, pdu, len == 5, &v);
	if (!tx)
		return v;
	uint16_t last = end_of(pdu), n = 2, entry = 0;
	uint8_t *p = l2cap_sdu(tx);
	struct att_attr a;
	const struct att_db *db = b->att->db;
	for (bool more = db->find(b->att->db_ctx, &a, start_of(pdu)); more && a.handle <= last;
		more = db->next(b->att->db_ctx, &a)) {
		uint16_t octets = a.base ? 18 : 4;
		if ((entry && octets != entry) || n + octets > b->mtu)
			break;
		entry = octets;
		le16_put(p + n, a.handle);
		att_uuid_put(p + n + 2, a.type, a.base);
		n = (uint16_t)(n + octets);
	}
	p[1] = entry == 4 ? 1 : 2;
	return end(b, pdu, tx, n, 2);
}

/* The value is there, may be read, and is this one. */
static bool is_value(struct att_bearer *b, const struct att_attr *a, const uint8_t *value,
	uint16_t len)
{
	struct att_view v;
	return b->att->db->value(b, a, &v) == 0 && v.len == len &&
		(len == 0 || memcmp(v.data, value, len) == 0);
}

/* 3.4.3.3. Only groups end later than they begin; an application's value is its own group. */
static enum att_verdict on_find_by_type_value(
	struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	enum att_verdict v;
	struct ble_tx *tx = begin(b, pdu, len >= 7, &v);
	if (!tx)
		return v;
	uint16_t n = 1;
	uint8_t *p = l2cap_sdu(tx);
	bool groups = is_group(pdu + 5, 2);
	struct att_attr a;
	const struct att_db *db = b->att->db;
	bool more = db->find(b->att->db_ctx, &a, start_of(pdu));
	while (more && a.handle <= end_of(pdu) && n + 4 <= b->mtu) {
		uint16_t last = groups ? a.group_end : a.handle;
		if (is_type(&a, pdu + 5, 2) && is_value(b, &a, pdu + 7, (uint16_t)(len - 7))) {
			le16_put(p + n, a.handle);
			le16_put(p + n + 2, last);
			n = (uint16_t)(n + 4);
		}
		/* Services are passed over whole: nothing inside is a service. */
		if (groups)
			more = last != 0xFFFF &&
				db->find(b->att->db_ctx, &a, (uint16_t)(last + 1));
		else
			more = db->next(b->att->db_ctx, &a);
	}
	return end(b, pdu, tx, n, 1);
}

/* Holds tx for the answer, and asks the program. */
static enum att_verdict ask(struct att_bearer *b, struct ble_tx *tx, uint8_t opcode,
	const struct att_attr *a, uint16_t offset)
{
	uint32_t token = att_server_hold(b->server, tx, opcode, a->handle, offset);
	b->att->db->ask(b, a, offset, token);
	b->att->server->offered(b);
	return ATT_DONE;
}

static void tell(struct att_bearer *b, const struct att_attr *a, const struct att_view *v,
	uint16_t offset)
{
	if (v->tell)
		b->att->db->ask(b, a, offset, 0);
}

/* A list of values of one length: 3.4.4.1, 3.4.4.9. head: octets in front of a value. */
struct list {
	uint8_t *p;
	uint16_t n, entry, head;
};

/* False: it does not fit in or is of another length, so the list ends before it. */
static bool list_put(struct list *l, uint16_t mtu, const struct att_attr *a,
	const struct att_view *v)
{
	/* The first may be cut, to what fits and to 255 octets of entry: 3.4.4.2. */
	uint16_t room = mtu - 2 < 255 ? (uint16_t)(mtu - 2) : 255;
	uint16_t entry = (uint16_t)(l->head + v->len);
	if (entry > room)
		entry = room;
	if (l->entry ? entry != l->entry || l->n + entry > mtu : false)
		return false;
	l->entry = entry;
	le16_put(l->p + l->n, a->handle);
	if (l->head == 4)
		le16_put(l->p + l->n + 2, a->group_end);
	if (entry > l->head)
		memcpy(l->p + l->n + l->head, v->data, (size_t)(entry - l->head));
	l->n = (uint16_t)(l->n + entry);
	return true;
}

/*
 * An attribute that cannot be read ends the list; if it is the first, its error is the answer.
 * 0, an error, or BLE_EPENDING.
 */
static int list_types(struct att_bearer *b, struct list *l, struct att_attr *a,
	const uint8_t *pdu, uint16_t len)
{
	uint16_t end = le16_get(pdu + 3), uuid_len = (uint16_t)(len - 5);
	const uint8_t *uuid = shorten(pdu + 5, &uuid_len);
	const struct att_db *db = b->att->db;
	for (bool more = db->find(b->att->db_ctx, a, le16_get(pdu + 1)); more && a->handle <= end;
		more = db->next(b->att->db_ctx, a)) {
		if (!is_type(a, uuid, uuid_len))
			continue;
		struct att_view v;
		int err = db->value(b, a, &v);
		if (err)
			return l->entry ? 0 : err;
		/* One event a request: a value that wants to be told of ends the list. */
		if ((v.tell && l->entry) || !list_put(l, b->mtu, a, &v))
			return 0;
		if (v.tell) {
			tell(b, a, &v, 0);
			return 0;
		}
	}
	return 0;
}

/* 3.4.4.1 */
static enum att_verdict on_read_by_type(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	enum att_verdict v;
	struct ble_tx *tx = begin(b, pdu, len == 7 || len == 21, &v);
	if (!tx)
		return v;
	struct list l = { .p = l2cap_sdu(tx), .n = 2, .head = 2 };
	struct att_attr a;
	int err = list_types(b, &l, &a, pdu, len);
	if (err == BLE_EPENDING)
		return ask(b, tx, pdu[0], &a, 0);
	if (err) /* 3.4.4.1: the attribute that could not be read */
		return send_error(b, tx, pdu[0], a.handle, BLE_ATT_CODE(err));
	l.p[1] = (uint8_t)l.entry;
	return end(b, pdu, tx, l.n, 2);
}

/* 3.4.4.9 */
static enum att_verdict on_read_by_group_type(
	struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	enum att_verdict verdict;
	struct ble_tx *tx = begin(b, pdu, len == 7 || len == 21, &verdict);
	if (!tx)
		return verdict;
	uint16_t uuid_len = (uint16_t)(len - 5);
	const uint8_t *uuid = shorten(pdu + 5, &uuid_len);
	if (!is_group(uuid, uuid_len))
		return send_error(b, tx, pdu[0], start_of(pdu), ATT_ERR_UNSUPPORTED_GROUP_TYPE);
	struct list l = { .p = l2cap_sdu(tx), .n = 2, .head = 4 };
	struct att_attr a;
	struct att_view v;
	const struct att_db *db = b->att->db;
	bool more = db->find(b->att->db_ctx, &a, start_of(pdu));
	while (more && a.handle <= end_of(pdu)) {
		if (is_type(&a, uuid, 2) &&
			(db->value(b, &a, &v) || !list_put(&l, b->mtu, &a, &v)))
			break;
		more = a.group_end != 0xFFFF &&
			db->find(b->att->db_ctx, &a, (uint16_t)(a.group_end + 1));
	}
	l.p[1] = (uint8_t)l.entry;
	return end(b, pdu, tx, l.n, 2);
}

/* Read and Read Blob once their form is right: the value from offset on. */
static enum att_verdict read_from(
	struct att_bearer *b, uint8_t opcode, uint16_t handle, uint16_t offset)
{
	struct att_attr a;
	struct att_view v;
	if (!att_find_exact(b, &a, handle))
		return att_error(b, opcode, handle, ATT_ERR_INVALID_HANDLE);
	int err = b->att->db->value(b, &a, &v);
	if (err == BLE_EPENDING) {
		struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, b->mtu);
		return tx ? ask(b, tx, opcode, &a, offset) : ATT_RETRY;
	}
	if (!err && offset > v.len)
		err = BLE_EATT(ATT_ERR_INVALID_OFFSET);
	if (err)
		return att_error(b, opcode, handle, BLE_ATT_CODE(err));
	uint16_t n = (uint16_t)(v.len - offset);
	if (n > b->mtu - 1)
		n = (uint16_t)(b->mtu - 1);
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, (uint16_t)(n + 1));
	if (!tx)
		return ATT_RETRY;
	uint8_t *p = l2cap_sdu(tx);
	p[0] = (uint8_t)(opcode + 1);
	if (n)
		memcpy(p + 1, v.data + offset, n);
	tell(b, &a, &v, offset);
	return send(b, tx, (uint16_t)(n + 1));
}

/* 3.4.4.3 */
static enum att_verdict on_read(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	if (len != 3)
		return att_malformed(b, pdu);
	return read_from(b, pdu[0], le16_get(pdu + 1), 0);
}

/* 3.4.4.5. Attribute Not Long is the server's choice for a value that a Read gives whole; ours is
 * to answer with what there is. */
static enum att_verdict on_read_blob(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	if (len != 5)
		return att_malformed(b, pdu);
	return read_from(b, pdu[0], le16_get(pdu + 1), le16_get(pdu + 3));
}

/* 3.4.5.1 */
static enum att_verdict on_write(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	if (len < 3)
		return att_malformed(b, pdu);
	struct att_attr a;
	uint16_t handle = le16_get(pdu + 1);
	if (!att_find_exact(b, &a, handle))
		return att_error(b, pdu[0], handle, ATT_ERR_INVALID_HANDLE);
	/* The buffer first: a write has effects, and is not to be done twice. */
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, 5);
	if (!tx)
		return ATT_RETRY;
	uint32_t token = att_server_hold(b->server, tx, pdu[0], handle, 0);
	int err = b->att->db->write(b, &a, pdu + 3, (uint16_t)(len - 3), token);
	if (err == BLE_EPENDING)
		b->att->server->offered(b);
	else
		(void)att_server_reply(b->server, token, err, NULL, 0);
	return ATT_DONE;
}

/* 3.4.5.3: whatever is wrong with it, a command is not answered. */
static enum att_verdict on_write_command(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_attr a;
	if (len < 3)
		b->att->malformed++;
	else if (att_find_exact(b, &a, le16_get(pdu + 1)))
		(void)b->att->db->write(b, &a, pdu + 3, (uint16_t)(len - 3), 0);
	return ATT_DONE;
}

/*
 * What has no row here may have one in another part (struct att_extra), else it is refused: 3.4.4.7, 3.4.4.11,
 * 3.4.6.
 */
att_row *const att_server_rows[ATT_SERVER_ROWS] = {
	[0] = on_write_command,
	[ATT_EXCHANGE_MTU_REQ >> 1] = on_mtu,
	[ATT_FIND_INFORMATION_REQ >> 1] = on_find_info,
	[ATT_FIND_BY_TYPE_VALUE_REQ >> 1] = on_find_by_type_value,
	[ATT_READ_BY_TYPE_REQ >> 1] = on_read_by_type,
	[ATT_READ_REQ >> 1] = on_read,
	[ATT_READ_BLOB_REQ >> 1] = on_read_blob,
	[ATT_READ_BY_GROUP_TYPE_REQ >> 1] = on_read_by_group_type,
	[ATT_WRITE_REQ >> 1] = on_write,
	[ATT_HANDLE_VALUE_CFM >> 1] = att_on_confirmation,
};
