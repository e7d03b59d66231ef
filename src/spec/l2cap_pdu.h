/*
 * L2CAP on LE: basic header (Vol 3 Part A 3.1), signalling header (4) and the signalling PDUs of
 * the fixed channel 5 that need no credit-based channels. The basic header is inline, as it is read
 * for every message.
 */
#ifndef GLINT_SPEC_L2CAP_PDU_H
#define GLINT_SPEC_L2CAP_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

enum l2cap_code {
#define X(name, num, text) L2CAP_##name = num,
#include "spec/l2cap_codes.def"
#undef X
};

/* Fixed and dynamic channels on LE: Vol 3 Part A 2.1 */
enum l2cap_cid {
	L2CAP_CID_ATT = 0x0004,
	L2CAP_CID_LE_SIGNALLING = 0x0005,
	L2CAP_CID_SM = 0x0006,
	L2CAP_CID_DYNAMIC_FIRST = 0x0040,
	L2CAP_CID_DYNAMIC_LAST = 0x007F,
};

enum {
	L2CAP_HDR_LEN = 4,
	L2CAP_SIG_HDR_LEN = 4,
	L2CAP_LE_SIG_MTU_MIN = 23,
};

/* 3.1 */
struct l2cap_hdr {
	uint16_t pdu_length; /* octets behind this header */
	uint16_t channel_id;
};

/* 4 */
struct l2cap_sig_hdr {
	uint8_t code;         /* enum l2cap_code */
	uint8_t identifier;   /* 1..255 */
	uint16_t data_length; /* octets behind this header */
};

/* Reason of a Command Reject: 4.1 */
enum l2cap_reject {
	L2CAP_REJECT_NOT_UNDERSTOOD = 0x0000,
	L2CAP_REJECT_MTU_EXCEEDED = 0x0001, /* data: the actual MTU, 2 octets */
	L2CAP_REJECT_INVALID_CID = 0x0002,  /* data: two CIDs, 4 octets */
};

/* 4.1 */
struct l2cap_command_reject_rsp {
	uint16_t reason;     /* enum l2cap_reject */
	const uint8_t *data; /* in the packet */
	uint16_t data_len;   /* octets */
};

/* 4.20 */
struct l2cap_connection_parameter_update_req {
	uint16_t interval_min; /* 1.25 ms */
	uint16_t interval_max; /* 1.25 ms */
	uint16_t latency;      /* events */
	uint16_t timeout;      /* 10 ms */
};

/* 4.21 */
struct l2cap_connection_parameter_update_rsp {
	uint16_t result; /* 0 accepted, 1 rejected */
};

/* Signalling PDUs, without the signalling header: its length is what the cursor must hold. */
enum {
	L2CAP_CONNECTION_PARAMETER_UPDATE_REQ_LEN = 8,
	L2CAP_CONNECTION_PARAMETER_UPDATE_RSP_LEN = 2,
};
bool l2cap_command_reject_rsp_read(struct rd *r, struct l2cap_command_reject_rsp *out);
void l2cap_command_reject_rsp_write(struct wr *w, const struct l2cap_command_reject_rsp *in);
bool l2cap_connection_parameter_update_req_read(
	struct rd *r, struct l2cap_connection_parameter_update_req *out);
void l2cap_connection_parameter_update_req_write(
	struct wr *w, const struct l2cap_connection_parameter_update_req *in);
bool l2cap_connection_parameter_update_rsp_read(
	struct rd *r, struct l2cap_connection_parameter_update_rsp *out);
void l2cap_connection_parameter_update_rsp_write(
	struct wr *w, const struct l2cap_connection_parameter_update_rsp *in);

/* Headers. True when four octets were there: the rest of the message follows. */
static inline bool l2cap_hdr_read(struct rd *r, struct l2cap_hdr *out)
{
	out->pdu_length = rd_le16(r);
	out->channel_id = rd_le16(r);
	return rd_ok(r);
}

static inline void l2cap_hdr_write(struct wr *w, const struct l2cap_hdr *in)
{
	wr_le16(w, in->pdu_length);
	wr_le16(w, in->channel_id);
}

static inline bool l2cap_sig_hdr_read(struct rd *r, struct l2cap_sig_hdr *out)
{
	out->code = rd_u8(r);
	out->identifier = rd_u8(r);
	out->data_length = rd_le16(r);
	return rd_ok(r);
}

static inline void l2cap_sig_hdr_write(struct wr *w, const struct l2cap_sig_hdr *in)
{
	wr_u8(w, in->code);
	wr_u8(w, in->identifier);
	wr_le16(w, in->data_length);
}

#endif
