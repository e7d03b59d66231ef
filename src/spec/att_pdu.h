/*
 * The PDUs of the Attribute Protocol: Vol 3 Part F 3.4.
 *
 * A PDU is an opcode and its parameters. Whoever reads has dispatched on the opcode, so _read
 * starts behind it; _write puts it. PDUs of one shape share a struct, and their writer is told
 * which opcode it writes:
 *
 *	opcode (ATT_…)                      struct
 *	ERROR_RSP                           att_error_rsp
 *	EXCHANGE_MTU_REQ, _RSP              att_mtu
 *	FIND_INFORMATION_REQ                att_find_info_req
 *	FIND_INFORMATION_RSP                att_find_info_rsp, walked by att_find_info_next
 *	FIND_BY_TYPE_VALUE_REQ              att_find_by_type_value_req
 *	FIND_BY_TYPE_VALUE_RSP              att_find_by_type_value_rsp, walked by att_handles_next
 *	READ_BY_TYPE_REQ,                   att_read_by_type_req
 *	READ_BY_GROUP_TYPE_REQ
 *	READ_BY_TYPE_RSP                    att_read_by_type_rsp, walked by att_type_next
 *	READ_BY_GROUP_TYPE_RSP              att_read_by_type_rsp, walked by att_group_next
 *	READ_REQ                            att_read_req
 *	READ_BLOB_REQ                       att_read_blob_req
 *	READ_MULTIPLE_REQ, _VARIABLE_REQ    att_read_multiple_req, each by att_handle_at
 *	READ_RSP, _BLOB_RSP, _MULTIPLE_RSP  att_value
 *	READ_MULTIPLE_VARIABLE_RSP          att_tuples, walked by att_length_value_next
 *	WRITE_REQ, WRITE_CMD,               att_handle_value
 *	HANDLE_VALUE_NTF, HANDLE_VALUE_IND
 *	MULTIPLE_HANDLE_VALUE_NTF           att_tuples, walked by att_handle_length_value_next
 *	SIGNED_WRITE_CMD                    att_signed_write_cmd
 *	PREPARE_WRITE_REQ, _RSP             att_prepare_write
 *	EXECUTE_WRITE_REQ                   att_execute_write_req
 *	WRITE_RSP, EXECUTE_WRITE_RSP,       nothing behind the opcode
 *	HANDLE_VALUE_CFM
 *
 * _read is true when the PDU is well formed: nothing missing, nothing left over, lists of whole and
 * at least one entries. Whether a handle is 0 or a range runs backwards is for the server to
 * answer. Values are not copied: they point into what the cursor was given. The server's own hot
 * path reads requests with rd.h and writes responses in place; the structs serve the client, the
 * tests and the tools.
 */
#ifndef GLINT_SPEC_ATT_PDU_H
#define GLINT_SPEC_ATT_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"
#include "spec/att_codes.h"

/* 3.4.1.1 */
struct att_error_rsp {
	uint8_t request_opcode;
	uint16_t handle;    /* attribute handle in error, 0 when none is to blame */
	uint8_t error_code; /* enum att_err */
};

/* 3.4.2 */
struct att_mtu {
	uint16_t rx_mtu; /* octets, 23 or more */
};

/* 3.4.3.1 */
struct att_find_info_req {
	uint16_t start, end;
};

/* 3.4.3.2 */
struct att_find_info_rsp {
	uint8_t format; /* 1: 16-bit UUIDs, 2: 128-bit UUIDs */
	const uint8_t *data;
	uint16_t len; /* octets of data, a multiple of 4 or 18 */
};

/* 3.4.3.3; the type is always 16 bits here */
struct att_find_by_type_value_req {
	uint16_t start, end;
	uint16_t type;
	const uint8_t *value;
	uint16_t len;
};

/* 3.4.3.4 */
struct att_find_by_type_value_rsp {
	const uint8_t *data;
	uint16_t len; /* octets of data, a multiple of 4 */
};

/* 3.4.4.1, 3.4.4.9 */
struct att_read_by_type_req {
	uint16_t start, end;
	const uint8_t *type; /* UUID, least significant octet first */
	uint8_t type_len;    /* 2 or 16 octets */
};

/* 3.4.4.2, 3.4.4.10; a group entry has its end handle in front of the value */
struct att_read_by_type_rsp {
	uint8_t length; /* octets of each entry: 2.. by type, 5.. by group type */
	const uint8_t *data;
	uint16_t len; /* octets of data, a multiple of length */
};

/* 3.4.4.3 */
struct att_read_req {
	uint16_t handle;
};

/* 3.4.4.5 */
struct att_read_blob_req {
	uint16_t handle;
	uint16_t offset; /* of the first octet wanted */
};

/* 3.4.4.7, 3.4.4.11 */
struct att_read_multiple_req {
	const uint8_t *handles;
	uint16_t len; /* octets of handles: even, two handles or more */
};

/* 3.4.4.4, 3.4.4.6, 3.4.4.8 */
struct att_value {
	const uint8_t *value;
	uint16_t len;
};

/* 3.4.5.1, 3.4.5.3, 3.4.7.1, 3.4.7.2 */
struct att_handle_value {
	uint16_t handle;
	const uint8_t *value;
	uint16_t len;
};

/* 3.4.5.4 */
struct att_signed_write_cmd {
	uint16_t handle;
	const uint8_t *value;
	uint16_t len;
	const uint8_t *signature; /* 12 octets: counter, then MAC */
};

/* 3.4.6.1, 3.4.6.2 */
struct att_prepare_write {
	uint16_t handle;
	uint16_t offset;
	const uint8_t *value;
	uint16_t len;
};

/* 3.4.6.3 */
struct att_execute_write_req {
	uint8_t flags; /* 0 cancels, 1 writes */
};

/* 3.4.4.12, 3.4.7.4 */
struct att_tuples {
	const uint8_t *data;
	uint16_t len;
};

bool att_error_rsp_read(struct rd *r, struct att_error_rsp *out);
void att_error_rsp_write(struct wr *w, const struct att_error_rsp *in);
bool att_mtu_read(struct rd *r, struct att_mtu *out);
void att_mtu_write(struct wr *w, enum att_opcode opcode, const struct att_mtu *in);

bool att_find_info_req_read(struct rd *r, struct att_find_info_req *out);
void att_find_info_req_write(struct wr *w, const struct att_find_info_req *in);
bool att_find_info_rsp_read(struct rd *r, struct att_find_info_rsp *out);
void att_find_info_rsp_write(struct wr *w, const struct att_find_info_rsp *in);
bool att_find_by_type_value_req_read(struct rd *r, struct att_find_by_type_value_req *out);
void att_find_by_type_value_req_write(struct wr *w, const struct att_find_by_type_value_req *in);
bool att_find_by_type_value_rsp_read(struct rd *r, struct att_find_by_type_value_rsp *out);
void att_find_by_type_value_rsp_write(struct wr *w, const struct att_find_by_type_value_rsp *in);

bool att_read_by_type_req_read(struct rd *r, struct att_read_by_type_req *out);
void att_read_by_type_req_write(
	struct wr *w, enum att_opcode opcode, const struct att_read_by_type_req *in);
bool att_read_by_type_rsp_read(struct rd *r, struct att_read_by_type_rsp *out);
bool att_read_by_group_type_rsp_read(struct rd *r, struct att_read_by_type_rsp *out);
void att_read_by_type_rsp_write(
	struct wr *w, enum att_opcode opcode, const struct att_read_by_type_rsp *in);

bool att_read_req_read(struct rd *r, struct att_read_req *out);
void att_read_req_write(struct wr *w, const struct att_read_req *in);
bool att_read_blob_req_read(struct rd *r, struct att_read_blob_req *out);
void att_read_blob_req_write(struct wr *w, const struct att_read_blob_req *in);
bool att_read_multiple_req_read(struct rd *r, struct att_read_multiple_req *out);
void att_read_multiple_req_write(
	struct wr *w, enum att_opcode opcode, const struct att_read_multiple_req *in);
bool att_value_read(struct rd *r, struct att_value *out);
void att_value_write(struct wr *w, enum att_opcode opcode, const struct att_value *in);

bool att_handle_value_read(struct rd *r, struct att_handle_value *out);
void att_handle_value_write(
	struct wr *w, enum att_opcode opcode, const struct att_handle_value *in);
bool att_signed_write_cmd_read(struct rd *r, struct att_signed_write_cmd *out);
void att_signed_write_cmd_write(struct wr *w, const struct att_signed_write_cmd *in);
bool att_prepare_write_read(struct rd *r, struct att_prepare_write *out);
void att_prepare_write_write(
	struct wr *w, enum att_opcode opcode, const struct att_prepare_write *in);
bool att_execute_write_req_read(struct rd *r, struct att_execute_write_req *out);
void att_execute_write_req_write(struct wr *w, const struct att_execute_write_req *in);

/*
 * READ_MULTIPLE_VARIABLE_RSP: its last value may be cut off by the MTU. MULTIPLE_HANDLE_VALUE_NTF:
 * it may not.
 */
bool att_read_multiple_variable_rsp_read(struct rd *r, struct att_tuples *out);
bool att_multiple_handle_value_ntf_read(struct rd *r, struct att_tuples *out);
void att_tuples_write(struct wr *w, enum att_opcode opcode, const struct att_tuples *in);

/*
 * Entries of lists. Each walks a cursor over the list's data, and is false at its end:
 *
 *	struct rd list = rd_of(rsp.data, rsp.len);
 *	while (att_find_info_next(&list, rsp.format, &entry))
 *		…
 */
struct att_info {
	uint16_t handle;
	const uint8_t *uuid; /* least significant octet first */
	uint8_t uuid_len;    /* 2 or 16 octets */
};

struct att_handles {
	uint16_t handle, end;
};

struct att_group {
	uint16_t handle, end;
	const uint8_t *value;
	uint8_t len;
};

bool att_find_info_next(struct rd *list, uint8_t format, struct att_info *out);
bool att_handles_next(struct rd *list, struct att_handles *out);
bool att_type_next(struct rd *list, uint8_t length, struct att_handle_value *out);
bool att_group_next(struct rd *list, uint8_t length, struct att_group *out);
/* The last value may have been cut off (3.4.4.12): then out->len is what is there. Of half a length nothing is. */
bool att_length_value_next(struct rd *list, struct att_value *out);
bool att_handle_length_value_next(struct rd *list, struct att_handle_value *out);

static inline uint16_t att_handle_at(const struct att_read_multiple_req *req, uint16_t i)
{
	return le16_get(req->handles + 2 * (size_t)i);
}

#endif
