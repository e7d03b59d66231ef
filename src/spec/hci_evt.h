/*
 * HCI events other than LE Meta. Reading starts behind the event header (hci_pkt.h); writing leaves
 * that header to the caller too. Tails alias the packet. What one place reads is read there, inline, in one take.
 */
#ifndef GLINT_SPEC_HCI_EVT_H
#define GLINT_SPEC_HCI_EVT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "spec/hci_codes.h"

struct wr;

/* 7.7.14: the return parameters are those of the command; status is their first octet */
struct hci_evt_command_complete {
	uint8_t num_hci_command_packets;
	uint16_t command_opcode; /* 0: only the number changed */
	const uint8_t *return_parameters;
	uint16_t return_parameters_len; /* octets */
};
bool hci_evt_command_complete_read(struct rd *r, struct hci_evt_command_complete *out);
void hci_evt_command_complete_write(struct wr *w, const struct hci_evt_command_complete *in);

/*
 * Number Of Completed Packets (7.7.19) and the command Host Number Of Completed Packets (7.3.40)
 * carry the same list. Reading checks the length once; the entries are then taken out of the packet
 * in place.
 */
struct hci_completed_packets {
	uint8_t num_handles;
	const uint8_t *entries; /* num_handles times Connection_Handle, Num_Completed_Packets */
};
struct hci_completed {
	uint16_t connection_handle;
	uint16_t num_completed_packets;
};
enum { HCI_COMPLETED_LEN = 4 };
bool hci_completed_packets_read(struct rd *r, struct hci_completed_packets *out);
void hci_completed_packets_write(struct wr *w, const struct hci_completed_packets *in);
void hci_completed_write(struct wr *w, const struct hci_completed *in); /* one entry */

static inline struct hci_completed hci_completed_at(
	const struct hci_completed_packets *l, uint8_t i)
{
	const uint8_t *e = l->entries + (size_t)HCI_COMPLETED_LEN * i;
	return (struct hci_completed){ le16_get(e) & HCI_HANDLE_MASK, le16_get(e + 2) };
}

/* Vol 4 Part E 7.7.5 */
struct hci_evt_disconnection_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t reason; /* enum hci_err */
};
enum { HCI_EVT_DISCONNECTION_COMPLETE_LEN = 4 };
static inline bool hci_evt_disconnection_complete_read(struct rd *r, struct hci_evt_disconnection_complete *out)
{
	const uint8_t *p = rd_take(r, HCI_EVT_DISCONNECTION_COMPLETE_LEN);
	if (!p || r->left)
		return false;
	out->status = p[0];
	out->connection_handle = le16_get(p + 1) & HCI_HANDLE_MASK;
	out->reason = p[3];
	return true;
}
void hci_evt_disconnection_complete_write(
	struct wr *w, const struct hci_evt_disconnection_complete *in);

/* v1: Vol 4 Part E 7.7.8 */
struct hci_evt_encryption_change {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t encryption_enabled; /* 0 off, 1 on (LE: AES-CCM) */
};
enum { HCI_EVT_ENCRYPTION_CHANGE_LEN = 4 };
bool hci_evt_encryption_change_read(struct rd *r, struct hci_evt_encryption_change *out);
void hci_evt_encryption_change_write(struct wr *w, const struct hci_evt_encryption_change *in);

/* Vol 4 Part E 7.7.12 */
struct hci_evt_read_remote_version_information_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t version;
	uint16_t company_identifier;
	uint16_t subversion;
};
enum { HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE_LEN = 8 };
bool hci_evt_read_remote_version_information_complete_read(
	struct rd *r, struct hci_evt_read_remote_version_information_complete *out);
void hci_evt_read_remote_version_information_complete_write(
	struct wr *w, const struct hci_evt_read_remote_version_information_complete *in);

/* Vol 4 Part E 7.7.15 */
struct hci_evt_command_status {
	uint8_t status;
	uint8_t num_hci_command_packets;
	uint16_t command_opcode;
};
enum { HCI_EVT_COMMAND_STATUS_LEN = 4 };
bool hci_evt_command_status_read(struct rd *r, struct hci_evt_command_status *out);
void hci_evt_command_status_write(struct wr *w, const struct hci_evt_command_status *in);

/* Vol 4 Part E 7.7.16 */
struct hci_evt_hardware_error {
	uint8_t hardware_code;
};
enum { HCI_EVT_HARDWARE_ERROR_LEN = 1 };
bool hci_evt_hardware_error_read(struct rd *r, struct hci_evt_hardware_error *out);
void hci_evt_hardware_error_write(struct wr *w, const struct hci_evt_hardware_error *in);

/* Vol 4 Part E 7.7.26 */
struct hci_evt_data_buffer_overflow {
	uint8_t link_type; /* 1: ACL */
};
enum { HCI_EVT_DATA_BUFFER_OVERFLOW_LEN = 1 };
bool hci_evt_data_buffer_overflow_read(struct rd *r, struct hci_evt_data_buffer_overflow *out);
void hci_evt_data_buffer_overflow_write(
	struct wr *w, const struct hci_evt_data_buffer_overflow *in);

/* Vol 4 Part E 7.7.39 */
struct hci_evt_encryption_key_refresh_complete {
	uint8_t status;
	uint16_t connection_handle;
};
enum { HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE_LEN = 3 };
bool hci_evt_encryption_key_refresh_complete_read(
	struct rd *r, struct hci_evt_encryption_key_refresh_complete *out);
void hci_evt_encryption_key_refresh_complete_write(
	struct wr *w, const struct hci_evt_encryption_key_refresh_complete *in);

/* Vol 4 Part E 7.7.75 */
struct hci_evt_authenticated_payload_timeout_expired {
	uint16_t connection_handle;
};
enum { HCI_EVT_AUTHENTICATED_PAYLOAD_TIMEOUT_EXPIRED_LEN = 2 };
bool hci_evt_authenticated_payload_timeout_expired_read(
	struct rd *r, struct hci_evt_authenticated_payload_timeout_expired *out);
void hci_evt_authenticated_payload_timeout_expired_write(
	struct wr *w, const struct hci_evt_authenticated_payload_timeout_expired *in);

#endif
