/*
 * The outer layer of HCI: headers of commands, events and ACL data, behind the H4 octet (enum
 * hci_h4). Vol 4 Part E 5.4. A length is that of what follows the header; whoever has the whole
 * packet compares the two.
 */
#ifndef GLINT_SPEC_HCI_PKT_H
#define GLINT_SPEC_HCI_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"
#include "spec/hci_codes.h"

enum {
	HCI_CMD_HDR_LEN = 3,
	HCI_EVT_HDR_LEN = 2,
	HCI_ACL_HDR_LEN = 4,
};

/* 5.4.1 */
struct hci_cmd_hdr {
	uint16_t opcode;
	uint8_t parameter_total_length;
};

/* 5.4.4 */
struct hci_evt_hdr {
	uint8_t event_code;
	uint8_t parameter_total_length;
};

/* Packet_Boundary_Flag: 5.4.2 */
enum hci_pb {
	HCI_PB_FIRST_NON_FLUSHABLE = 0, /* host to controller */
	HCI_PB_CONTINUING = 1,
	HCI_PB_FIRST_FLUSHABLE = 2, /* controller to host */
};

/* 5.4.2 */
struct hci_acl_hdr {
	uint16_t handle;            /* 12 bits */
	uint8_t pb_flag;            /* enum hci_pb, 2 bits */
	uint8_t bc_flag;            /* 2 bits, 0 on LE */
	uint16_t data_total_length; /* octets */
};

#define HCI_OGF(opcode) ((opcode) >> 10)
#define HCI_OCF(opcode) ((opcode)&0x3FFu)

/*
 * The headers are read and written on every packet, so they are inline. _read is rd_ok, not
 * rd_done: data follows.
 */
static inline bool hci_cmd_hdr_read(struct rd *r, struct hci_cmd_hdr *out)
{
	out->opcode = rd_le16(r);
	out->parameter_total_length = rd_u8(r);
	return rd_ok(r);
}

static inline void hci_cmd_hdr_write(struct wr *w, const struct hci_cmd_hdr *in)
{
	wr_le16(w, in->opcode);
	wr_u8(w, in->parameter_total_length);
}

static inline bool hci_evt_hdr_read(struct rd *r, struct hci_evt_hdr *out)
{
	out->event_code = rd_u8(r);
	out->parameter_total_length = rd_u8(r);
	return rd_ok(r);
}

static inline void hci_evt_hdr_write(struct wr *w, const struct hci_evt_hdr *in)
{
	wr_u8(w, in->event_code);
	wr_u8(w, in->parameter_total_length);
}

static inline bool hci_acl_hdr_read(struct rd *r, struct hci_acl_hdr *out)
{
	uint16_t word = rd_le16(r);
	out->handle = word & HCI_HANDLE_MASK;
	out->pb_flag = word >> 12 & 3;
	out->bc_flag = (uint8_t)(word >> 14);
	out->data_total_length = rd_le16(r);
	return rd_ok(r);
}

static inline void hci_acl_hdr_write(struct wr *w, const struct hci_acl_hdr *in)
{
	uint32_t word = (in->handle & HCI_HANDLE_MASK) | (in->pb_flag & 3u) << 12 |
		(in->bc_flag & 3u) << 14;
	wr_le16(w, (uint16_t)word);
	wr_le16(w, in->data_total_length);
}

#endif
