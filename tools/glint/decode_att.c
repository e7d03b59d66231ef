/*
 * ATT in words: each PDU by name, handles by what the trace has told of them, values by their type.
 * What responses tell is put into the databases on the way. Vol 3 Part F 3.4.
 */
#include "decode.h"

#include "spec/att_pdu.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

enum {
	PRIMARY = 0x2800,
	SECONDARY = 0x2801,
	INCLUDE = 0x2802,
	CHARACTERISTIC = 0x2803,
	CCCD = 0x2902
};

struct pdu {
	struct out *o;
	struct session *s;
	uint8_t opcode;
	struct request *asked; /* a request: filled in; a response: what it answers */
	struct database *db;   /* of the server that is spoken of */
};

static struct uuid uuid_read(const uint8_t *p, size_t len)
{
	return len == 2     ? uuid_of(le16_get(p), NULL)
		: len == 16 ? uuid_of(0, p)
			    : (struct uuid){ 0 };
}

static void sep(struct pdu *p)
{
	text_add(&p->o->detail, p->o->detail.len ? ", " : "");
}

static void word(struct pdu *p, const struct uuid *uuid)
{
	char text[UUID_TEXT];
	text_add(&p->o->detail, "%s", uuid_word(text, uuid));
}

static void handle(struct pdu *p, uint16_t h)
{
	char name[UUID_TEXT * 2];
	struct uuid uuid;
	sep(p);
	text_add(&p->o->detail, "handle %u", h);
	out_number(p->o, "handle", h);
	if (!database_name(p->db, h, name, &uuid))
		return;
	text_add(&p->o->detail, " (%s)", name);
	out_text(p->o, "attribute", name);
}

static void range(struct pdu *p, uint16_t start, uint16_t end)
{
	text_add(&p->o->detail, "handles %u to %u", start, end);
	out_number(p->o, "start", start);
	out_number(p->o, "end", end);
}

static void value(struct pdu *p, uint16_t h, const uint8_t *data, size_t len, uint16_t offset)
{
	char name[UUID_TEXT * 2], text[VALUE_TEXT];
	struct uuid uuid;
	database_name(p->db, h, name, &uuid);
	if (offset) {
		text_add(&p->o->detail, " from octet %u", offset);
		uuid = (struct uuid){ 0 };
	}
	if (uuid.u16 == CCCD && len == 2 && data[0] < 4) {
		static const char *const words[] = { "off", "notifications", "indications",
			"notifications and indications" };
		snprintf(text, sizeof text, "%s", words[data[0]]);
	} else {
		value_text(text, &uuid, data, len);
	}
	text_add(&p->o->detail, " = %s", text);
	out_octets(p->o, "value", data, len);
	out_text(p->o, "text", text);
}

static bool error(struct pdu *p, struct rd *r)
{
	struct att_error_rsp e;
	if (!att_error_rsp_read(r, &e))
		return false;
	const char *name = att_opcode_name(e.request_opcode), *why = att_err_name(e.error_code);
	text_add(&p->o->detail, "to %s", name ? name : "an unknown request");
	if (e.handle)
		handle(p, e.handle);
	text_add(&p->o->detail, ": %s (0x%02X)", why ? why : "unknown error", e.error_code);
	out_number(p->o, "error", e.error_code);
	out_number(p->o, "request_opcode", e.request_opcode);
	/* the end of a discovery is no news */
	p->o->alarm = e.error_code != ATT_ERR_ATTRIBUTE_NOT_FOUND;
	return true;
}

static bool find_info(struct pdu *p, struct rd *r)
{
	struct att_find_info_rsp rsp;
	struct att_info i;
	if (!att_find_info_rsp_read(r, &rsp))
		return false;
	for (struct rd list = rd_of(rsp.data, rsp.len);
		att_find_info_next(&list, rsp.format, &i);) {
		struct uuid uuid = uuid_read(i.uuid, i.uuid_len);
		sep(p);
		text_add(&p->o->detail, "%u ", i.handle);
		word(p, &uuid);
		if (uuid.u16 < PRIMARY || uuid.u16 > CHARACTERISTIC)
			database_add(p->db,
				&(struct attribute){ .handle = i.handle,
					.kind = ATTRIBUTE_DESCRIPTOR,
					.uuid = uuid });
	}
	return true;
}

static bool find_by_value_req(struct pdu *p, struct rd *r)
{
	struct att_find_by_type_value_req q;
	if (!att_find_by_type_value_req_read(r, &q))
		return false;
	range(p, q.start, q.end);
	p->asked->uuid = uuid_of(q.type, NULL);
	p->asked->value = uuid_read(q.value, q.len);
	sep(p);
	word(p, &p->asked->uuid);
	text_add(&p->o->detail, " = ");
	if (q.len == 2 || q.len == 16)
		word(p, &p->asked->value);
	else
		out_hex(p->o, q.value, q.len);
	return true;
}

static void service(struct pdu *p, uint16_t start, uint16_t end, const struct uuid *uuid)
{
	sep(p);
	text_add(&p->o->detail, "%u to %u ", start, end);
	word(p, uuid);
	database_add(p->db,
		&(struct attribute){
			.handle = start, .end = end, .kind = ATTRIBUTE_SERVICE, .uuid = *uuid });
}

static bool find_by_value_rsp(struct pdu *p, struct rd *r)
{
	struct att_find_by_type_value_rsp rsp;
	struct att_handles h;
	if (!att_find_by_type_value_rsp_read(r, &rsp))
		return false;
	bool services = p->asked->uuid.u16 == PRIMARY || p->asked->uuid.u16 == SECONDARY;
	for (struct rd list = rd_of(rsp.data, rsp.len); att_handles_next(&list, &h);) {
		if (services) {
			service(p, h.handle, h.end, &p->asked->value);
			continue;
		}
		sep(p);
		text_add(&p->o->detail, "%u to %u", h.handle, h.end);
	}
	return true;
}

static bool by_type_req(struct pdu *p, struct rd *r)
{
	struct att_read_by_type_req q;
	if (!att_read_by_type_req_read(r, &q))
		return false;
	range(p, q.start, q.end);
	p->asked->uuid = uuid_read(q.type, q.type_len);
	sep(p);
	word(p, &p->asked->uuid);
	return true;
}

static bool by_group_rsp(struct pdu *p, struct rd *r)
{
	struct att_read_by_type_rsp rsp;
	struct att_group g;
	if (!att_read_by_group_type_rsp_read(r, &rsp))
		return false;
	for (struct rd list = rd_of(rsp.data, rsp.len); att_group_next(&list, rsp.length, &g);) {
		struct uuid uuid = uuid_read(g.value, g.len);
		service(p, g.handle, g.end, &uuid);
	}
	return true;
}

static void properties(struct pdu *p, uint8_t bits)
{
	static const char *const words[] = { "broadcast", "read", "write-without-response", "write",
		"notify", "indicate", "signed-write", "extended" };
	const char *between = " (";
	for (unsigned i = 0; i < 8; i++) {
		if (!(bits >> i & 1))
			continue;
		text_add(&p->o->detail, "%s%s", between, words[i]);
		between = " ";
	}
	text_add(&p->o->detail, bits ? ")" : "");
}

/* A declaration: properties, value handle, UUID. Vol 3 Part G 3.3.1 */
static void declaration(struct pdu *p, const struct att_handle_value *e)
{
	if (e->len != 5 && e->len != 19) {
		out_hex(p->o, e->value, e->len);
		return;
	}
	uint16_t value_handle = le16_get(e->value + 1);
	struct uuid uuid = uuid_read(e->value + 3, e->len - 3u);
	text_add(&p->o->detail, "%u ", value_handle);
	word(p, &uuid);
	properties(p, e->value[0]);
	database_add(p->db,
		&(struct attribute){
			.handle = e->handle, .kind = ATTRIBUTE_DECLARATION, .uuid = uuid });
	database_add(p->db,
		&(struct attribute){
			.handle = value_handle, .kind = ATTRIBUTE_VALUE, .uuid = uuid });
}

/* An inclusion: start, end and, if it has 16 bits, the UUID. Vol 3 Part G 3.2 */
static void inclusion(struct pdu *p, const struct att_handle_value *e)
{
	struct uuid uuid = { 0 };
	if (e->len == 6)
		uuid = uuid_of(le16_get(e->value + 4), NULL);
	if (e->len != 4 && e->len != 6) {
		out_hex(p->o, e->value, e->len);
		return;
	}
	text_add(&p->o->detail, "%u includes %u to %u ", e->handle, le16_get(e->value),
		le16_get(e->value + 2));
	if (e->len == 6)
		word(p, &uuid);
	database_add(p->db,
		&(struct attribute){ .handle = e->handle,
			.kind = ATTRIBUTE_INCLUDE,
			.uuid = uuid_of(INCLUDE, NULL) });
}

static bool by_type_rsp(struct pdu *p, struct rd *r)
{
	struct att_read_by_type_rsp rsp;
	struct att_handle_value e;
	if (!att_read_by_type_rsp_read(r, &rsp))
		return false;
	for (struct rd list = rd_of(rsp.data, rsp.len); att_type_next(&list, rsp.length, &e);) {
		if (p->asked->uuid.u16 == CHARACTERISTIC) {
			sep(p);
			declaration(p, &e);
		} else if (p->asked->uuid.u16 == INCLUDE) {
			sep(p);
			inclusion(p, &e);
		} else {
			database_add(p->db,
				&(struct attribute){ .handle = e.handle,
					.kind = ATTRIBUTE_VALUE,
					.uuid = p->asked->uuid });
			handle(p, e.handle);
			value(p, e.handle, e.value, e.len, 0);
		}
	}
	return true;
}

static bool handles(struct pdu *p, struct rd *r)
{
	struct att_read_multiple_req q;
	if (!att_read_multiple_req_read(r, &q))
		return false;
	for (uint16_t i = 0; i < q.len / 2; i++)
		handle(p, att_handle_at(&q, i));
	return true;
}

static bool tuples(struct pdu *p, struct rd *r)
{
	struct att_tuples t;
	struct att_handle_value e;
	if (!att_multiple_handle_value_ntf_read(r, &t))
		return false;
	for (struct rd list = rd_of(t.data, t.len); att_handle_length_value_next(&list, &e);) {
		handle(p, e.handle);
		value(p, e.handle, e.value, e.len, 0);
	}
	return true;
}

static bool values(struct pdu *p, struct rd *r)
{
	struct att_tuples t;
	struct att_value e;
	char text[VALUE_TEXT];
	if (!att_read_multiple_variable_rsp_read(r, &t))
		return false;
	for (struct rd list = rd_of(t.data, t.len); att_length_value_next(&list, &e);) {
		sep(p);
		text_add(
			&p->o->detail, "%s", value_text(text, &(struct uuid){ 0 }, e.value, e.len));
	}
	return true;
}

static bool mtu(struct pdu *p, struct rd *r)
{
	struct att_mtu m;
	if (!att_mtu_read(r, &m))
		return false;
	text_add(&p->o->detail, "%s receives up to %u octets",
		p->opcode == ATT_EXCHANGE_MTU_REQ ? "client" : "server", m.rx_mtu);
	out_number(p->o, "mtu", m.rx_mtu);
	return true;
}

/* A handle, perhaps an offset, perhaps a value. */
static bool handle_value(struct pdu *p, struct rd *r, bool has_offset, bool has_value)
{
	size_t n;
	uint16_t h = rd_le16(r), offset = has_offset ? rd_le16(r) : 0;
	const uint8_t *at = rd_rest(r, &n);
	if (!rd_ok(r) || (!has_value && n))
		return false;
	if (p->opcode == ATT_SIGNED_WRITE_CMD) {
		if (n < 12)
			return false;
		n -= 12; /* counter and MAC */
	}
	if (p->asked) {
		p->asked->handle = h;
		p->asked->offset = offset;
	}
	handle(p, h);
	if (has_offset)
		out_number(p->o, "offset", offset);
	if (has_value)
		value(p, h, at, n, offset);
	else if (offset)
		text_add(&p->o->detail, " from octet %u", offset);
	return true;
}

/* What was read: the handle is in the request. */
static bool read_rsp(struct pdu *p, struct rd *r)
{
	size_t n;
	const uint8_t *at = rd_rest(r, &n);
	uint16_t h = p->asked->handle;
	if (h && p->asked->opcode + 1 == p->opcode)
		handle(p, h);
	value(p, p->opcode == ATT_READ_MULTIPLE_RSP ? 0 : h, at, n,
		p->opcode == ATT_READ_BLOB_RSP ? p->asked->offset : 0);
	return true;
}

static bool two_handles(struct pdu *p, struct rd *r)
{
	struct att_find_info_req q;
	if (!att_find_info_req_read(r, &q))
		return false;
	range(p, q.start, q.end);
	return true;
}

static bool execute(struct pdu *p, struct rd *r)
{
	struct att_execute_write_req q;
	if (!att_execute_write_req_read(r, &q))
		return false;
	text_add(&p->o->detail, q.flags ? "write all" : "cancel all");
	out_number(p->o, "flags", q.flags);
	return true;
}

static bool show(struct pdu *p, struct rd *r)
{
	switch (p->opcode) {
	case ATT_ERROR_RSP: return error(p, r);
	case ATT_EXCHANGE_MTU_REQ:
	case ATT_EXCHANGE_MTU_RSP: return mtu(p, r);
	case ATT_FIND_INFORMATION_REQ: return two_handles(p, r);
	case ATT_FIND_INFORMATION_RSP: return find_info(p, r);
	case ATT_FIND_BY_TYPE_VALUE_REQ: return find_by_value_req(p, r);
	case ATT_FIND_BY_TYPE_VALUE_RSP: return find_by_value_rsp(p, r);
	case ATT_READ_BY_TYPE_REQ:
	case ATT_READ_BY_GROUP_TYPE_REQ: return by_type_req(p, r);
	case ATT_READ_BY_TYPE_RSP: return by_type_rsp(p, r);
	case ATT_READ_BY_GROUP_TYPE_RSP: return by_group_rsp(p, r);
	case ATT_READ_REQ: return handle_value(p, r, false, false);
	case ATT_READ_BLOB_REQ: return handle_value(p, r, true, false);
	case ATT_READ_RSP:
	case ATT_READ_BLOB_RSP:
	case ATT_READ_MULTIPLE_RSP: return read_rsp(p, r);
	case ATT_READ_MULTIPLE_REQ:
	case ATT_READ_MULTIPLE_VARIABLE_REQ: return handles(p, r);
	case ATT_READ_MULTIPLE_VARIABLE_RSP: return values(p, r);
	case ATT_MULTIPLE_HANDLE_VALUE_NTF: return tuples(p, r);
	case ATT_WRITE_REQ:
	case ATT_WRITE_CMD:
	case ATT_SIGNED_WRITE_CMD:
	case ATT_HANDLE_VALUE_NTF:
	case ATT_HANDLE_VALUE_IND: return handle_value(p, r, false, true);
	case ATT_PREPARE_WRITE_REQ:
	case ATT_PREPARE_WRITE_RSP: return handle_value(p, r, true, true);
	case ATT_EXECUTE_WRITE_REQ: return execute(p, r);
	case ATT_WRITE_RSP:
	case ATT_EXECUTE_WRITE_RSP:
	case ATT_HANDLE_VALUE_CFM: return rd_done(r);
	default: break;
	}
	size_t n;
	const uint8_t *at = rd_rest(r, &n);
	out_hex(p->o, at, n);
	return true;
}

/* Requests and commands speak of the other side's attributes; what servers send of their own. */
static bool is_from_client(uint8_t opcode)
{
	return opcode == ATT_HANDLE_VALUE_CFM || opcode & 0x40 ||
		(opcode < ATT_HANDLE_VALUE_NTF && !(opcode & 1)) ||
		opcode == ATT_READ_MULTIPLE_VARIABLE_REQ;
}

void decode_att(struct out *o, struct session *s, int side, struct rd *r)
{
	struct pdu p = { .o = o, .s = s, .opcode = rd_u8(r) };
	bool client = is_from_client(p.opcode);
	bool request = client && !(p.opcode & 0x40) && p.opcode != ATT_HANDLE_VALUE_CFM;
	bool unasked = p.opcode == ATT_HANDLE_VALUE_NTF || p.opcode == ATT_HANDLE_VALUE_IND ||
		p.opcode == ATT_MULTIPLE_HANDLE_VALUE_NTF;
	if (!rd_ok(r)) {
		o->malformed = true;
		return;
	}
	out_name(o, "ATT", att_opcode_name(p.opcode), "opcode", p.opcode);
	out_number(o, "opcode", p.opcode);
	p.db = s->databases[client ? 1 - side : side];
	if (request) {
		p.asked = &s->asked[side];
		*p.asked = (struct request){ .opcode = p.opcode };
	} else if (!client && !unasked) {
		p.asked = &s->asked[1 - side];
	}
	o->malformed |= !show(&p, r);
}
