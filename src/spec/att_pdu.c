/*
 * The PDUs of the Attribute Protocol, in the order of Vol 3 Part F 3.4: what they hold is in
 * att_pdu.h, that nothing is missing or left over is found here, and nothing else is decided.
 *
 * A value that ends a PDU is whatever is left; rd_rest hands it out in place. Two families of
 * responses are lists of entries of one length, and are well formed only when whole entries fill
 * them: is_list asks that.
 */
#include "spec/att_pdu.h"

enum {
	INFO_16_LEN = 2 + 2,
	INFO_128_LEN = 2 + 16,
	HANDLES_LEN = 2 + 2,
	TYPE_MIN_LEN = 2,      /* handle; an attribute may be empty */
	GROUP_MIN_LEN = 4 + 1, /* handle, end, value */
};

static const uint8_t *rest(struct rd *r, uint16_t *len)
{
	size_t n;
	const uint8_t *at = rd_rest(r, &n);
	*len = (uint16_t)n; /* an L2CAP message has at most 65,535 octets */
	return at;
}

/* One entry or more, all whole. Callers see to entry > 0. */
static bool is_list(uint16_t len, uint8_t entry)
{
	return len != 0 && len % entry == 0;
}

static uint8_t info_len(uint8_t format)
{
	return format == 1 ? INFO_16_LEN : format == 2 ? INFO_128_LEN : 0;
}

/* Error and MTU: 3.4.1, 3.4.2 */

bool att_error_rsp_read(struct rd *r, struct att_error_rsp *out)
{
	out->request_opcode = rd_u8(r);
	out->handle = rd_le16(r);
	out->error_code = rd_u8(r);
	return rd_done(r);
}

void att_error_rsp_write(struct wr *w, const struct att_error_rsp *in)
{
	wr_u8(w, ATT_ERROR_RSP);
	wr_u8(w, in->request_opcode);
	wr_le16(w, in->handle);
	wr_u8(w, in->error_code);
}

bool att_mtu_read(struct rd *r, struct att_mtu *out)
{
	out->rx_mtu = rd_le16(r);
	return rd_done(r);
}

void att_mtu_write(struct wr *w, enum att_opcode opcode, const struct att_mtu *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_le16(w, in->rx_mtu);
}

/* Finding: 3.4.3 */

bool att_find_info_req_read(struct rd *r, struct att_find_info_req *out) /* 3.4.3.1 */
{
	out->start = rd_le16(r);
	out->end = rd_le16(r);
	return rd_done(r);
}

void att_find_info_req_write(struct wr *w, const struct att_find_info_req *in)
{
	wr_u8(w, ATT_FIND_INFORMATION_REQ);
	wr_le16(w, in->start);
	wr_le16(w, in->end);
}

bool att_find_info_rsp_read(struct rd *r, struct att_find_info_rsp *out) /* 3.4.3.2 */
{
	out->format = rd_u8(r);
	out->data = rest(r, &out->len);
	uint8_t entry = info_len(out->format);
	return rd_done(r) && entry && is_list(out->len, entry);
}

void att_find_info_rsp_write(struct wr *w, const struct att_find_info_rsp *in)
{
	wr_u8(w, ATT_FIND_INFORMATION_RSP);
	wr_u8(w, in->format);
	wr_put(w, in->data, in->len);
}

bool att_find_by_type_value_req_read(
	struct rd *r, struct att_find_by_type_value_req *out) /* 3.4.3.3 */
{
	out->start = rd_le16(r);
	out->end = rd_le16(r);
	out->type = rd_le16(r);
	out->value = rest(r, &out->len);
	return rd_done(r);
}

void att_find_by_type_value_req_write(struct wr *w, const struct att_find_by_type_value_req *in)
{
	wr_u8(w, ATT_FIND_BY_TYPE_VALUE_REQ);
	wr_le16(w, in->start);
	wr_le16(w, in->end);
	wr_le16(w, in->type);
	wr_put(w, in->value, in->len);
}

bool att_find_by_type_value_rsp_read(
	struct rd *r, struct att_find_by_type_value_rsp *out) /* 3.4.3.4 */
{
	out->data = rest(r, &out->len);
	return rd_done(r) && is_list(out->len, HANDLES_LEN);
}

void att_find_by_type_value_rsp_write(struct wr *w, const struct att_find_by_type_value_rsp *in)
{
	wr_u8(w, ATT_FIND_BY_TYPE_VALUE_RSP);
	wr_put(w, in->data, in->len);
}

/* Reading: 3.4.4 */

bool att_read_by_type_req_read(struct rd *r, struct att_read_by_type_req *out) /* 3.4.4.1 */
{
	uint16_t len;
	out->start = rd_le16(r);
	out->end = rd_le16(r);
	out->type = rest(r, &len);
	out->type_len = (uint8_t)len;
	return rd_done(r) && (len == 2 || len == 16); /* never 32 bits: 3.2.1 */
}

void att_read_by_type_req_write(
	struct wr *w, enum att_opcode opcode, const struct att_read_by_type_req *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_le16(w, in->start);
	wr_le16(w, in->end);
	wr_put(w, in->type, in->type_len);
}

static bool list_rsp_read(struct rd *r, struct att_read_by_type_rsp *out, uint8_t min)
{
	out->length = rd_u8(r);
	out->data = rest(r, &out->len);
	return rd_done(r) && out->length >= min && is_list(out->len, out->length);
}

bool att_read_by_type_rsp_read(struct rd *r, struct att_read_by_type_rsp *out) /* 3.4.4.2 */
{
	return list_rsp_read(r, out, TYPE_MIN_LEN);
}

bool att_read_by_group_type_rsp_read(struct rd *r, struct att_read_by_type_rsp *out) /* 3.4.4.10 */
{
	return list_rsp_read(r, out, GROUP_MIN_LEN);
}

void att_read_by_type_rsp_write(
	struct wr *w, enum att_opcode opcode, const struct att_read_by_type_rsp *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_u8(w, in->length);
	wr_put(w, in->data, in->len);
}

bool att_read_req_read(struct rd *r, struct att_read_req *out) /* 3.4.4.3 */
{
	out->handle = rd_le16(r);
	return rd_done(r);
}

void att_read_req_write(struct wr *w, const struct att_read_req *in)
{
	wr_u8(w, ATT_READ_REQ);
	wr_le16(w, in->handle);
}

bool att_read_blob_req_read(struct rd *r, struct att_read_blob_req *out) /* 3.4.4.5 */
{
	out->handle = rd_le16(r);
	out->offset = rd_le16(r);
	return rd_done(r);
}

void att_read_blob_req_write(struct wr *w, const struct att_read_blob_req *in)
{
	wr_u8(w, ATT_READ_BLOB_REQ);
	wr_le16(w, in->handle);
	wr_le16(w, in->offset);
}

bool att_read_multiple_req_read(struct rd *r, struct att_read_multiple_req *out) /* 3.4.4.7 */
{
	out->handles = rest(r, &out->len);
	return rd_done(r) && out->len >= 4 && out->len % 2 == 0;
}

void att_read_multiple_req_write(
	struct wr *w, enum att_opcode opcode, const struct att_read_multiple_req *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_put(w, in->handles, in->len);
}

bool att_value_read(struct rd *r, struct att_value *out) /* 3.4.4.4 */
{
	out->value = rest(r, &out->len);
	return rd_done(r);
}

void att_value_write(struct wr *w, enum att_opcode opcode, const struct att_value *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_put(w, in->value, in->len);
}

/* Writing, and the server's own: 3.4.5 to 3.4.7 */

bool att_handle_value_read(struct rd *r, struct att_handle_value *out)
{
	out->handle = rd_le16(r);
	out->value = rest(r, &out->len);
	return rd_done(r);
}

void att_handle_value_write(struct wr *w, enum att_opcode opcode, const struct att_handle_value *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_le16(w, in->handle);
	wr_put(w, in->value, in->len);
}

bool att_signed_write_cmd_read(struct rd *r, struct att_signed_write_cmd *out) /* 3.4.5.4 */
{
	out->handle = rd_le16(r);
	if (r->left < ATT_SIGNATURE_LEN)
		rd_fault(r);
	out->len = rd_ok(r) ? (uint16_t)(r->left - ATT_SIGNATURE_LEN) : 0;
	out->value = rd_take(r, out->len);
	out->signature = rd_take(r, ATT_SIGNATURE_LEN);
	return rd_done(r);
}

void att_signed_write_cmd_write(struct wr *w, const struct att_signed_write_cmd *in)
{
	wr_u8(w, ATT_SIGNED_WRITE_CMD);
	wr_le16(w, in->handle);
	wr_put(w, in->value, in->len);
	wr_put(w, in->signature, ATT_SIGNATURE_LEN);
}

bool att_prepare_write_read(struct rd *r, struct att_prepare_write *out) /* 3.4.6.1 */
{
	out->handle = rd_le16(r);
	out->offset = rd_le16(r);
	out->value = rest(r, &out->len);
	return rd_done(r);
}

void att_prepare_write_write(
	struct wr *w, enum att_opcode opcode, const struct att_prepare_write *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_le16(w, in->handle);
	wr_le16(w, in->offset);
	wr_put(w, in->value, in->len);
}

bool att_execute_write_req_read(struct rd *r, struct att_execute_write_req *out) /* 3.4.6.3 */
{
	out->flags = rd_u8(r);
	return rd_done(r);
}

void att_execute_write_req_write(struct wr *w, const struct att_execute_write_req *in)
{
	wr_u8(w, ATT_EXECUTE_WRITE_REQ);
	wr_u8(w, in->flags);
}

/* Only the last tuple may be cut off, in its length or its value; what is in front of it must be whole. */
bool att_read_multiple_variable_rsp_read(struct rd *r, struct att_tuples *out) /* 3.4.4.12 */
{
	out->data = rest(r, &out->len);
	struct rd list = rd_of(out->data, out->len);
	for (struct att_value each; att_length_value_next(&list, &each);)
		;
	return rd_done(r) && rd_done(&list) && out->len > 1;
}

bool att_multiple_handle_value_ntf_read(struct rd *r, struct att_tuples *out) /* 3.4.7.4 */
{
	out->data = rest(r, &out->len);
	struct rd list = rd_of(out->data, out->len);
	for (struct att_handle_value each; att_handle_length_value_next(&list, &each);)
		;
	return rd_done(r) && rd_done(&list) && out->len != 0;
}

void att_tuples_write(struct wr *w, enum att_opcode opcode, const struct att_tuples *in)
{
	wr_u8(w, (uint8_t)opcode);
	wr_put(w, in->data, in->len);
}

/* Entries of lists */

bool att_find_info_next(struct rd *list, uint8_t format, struct att_info *out)
{
	uint8_t entry = info_len(format);
	if (!entry || !list->left)
		return false;
	out->handle = rd_le16(list);
	out->uuid_len = (uint8_t)(entry - 2);
	out->uuid = rd_take(list, out->uuid_len);
	return rd_ok(list);
}

bool att_handles_next(struct rd *list, struct att_handles *out)
{
	if (!list->left)
		return false;
	out->handle = rd_le16(list);
	out->end = rd_le16(list);
	return rd_ok(list);
}

bool att_type_next(struct rd *list, uint8_t length, struct att_handle_value *out)
{
	if (length < 2 || !list->left)
		return false;
	out->handle = rd_le16(list);
	out->len = (uint16_t)(length - 2);
	out->value = rd_take(list, out->len);
	return rd_ok(list);
}

bool att_group_next(struct rd *list, uint8_t length, struct att_group *out)
{
	if (length < 4 || !list->left)
		return false;
	out->handle = rd_le16(list);
	out->end = rd_le16(list);
	out->len = (uint8_t)(length - 4);
	out->value = rd_take(list, out->len);
	return rd_ok(list);
}

bool att_length_value_next(struct rd *list, struct att_value *out)
{
	if (list->left == 1) /* the MTU has cut the length itself */
		(void)rd_u8(list);
	if (!list->left)
		return false;
	uint16_t len = rd_le16(list);
	out->len = len < list->left ? len : (uint16_t)list->left;
	out->value = rd_take(list, out->len);
	return rd_ok(list);
}

bool att_handle_length_value_next(struct rd *list, struct att_handle_value *out)
{
	if (!list->left)
		return false;
	out->handle = rd_le16(list);
	out->len = rd_le16(list);
	out->value = rd_take(list, out->len);
	return rd_ok(list);
}
