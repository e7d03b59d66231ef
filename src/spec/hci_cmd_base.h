/*
 * HCI commands that are not LE's own: link control, controller and baseband, informational and
 * status parameters, and the one vendor command we answer. hci_cmd_* are command parameters,
 * hci_ret_* the return parameters of Command Complete; both without their headers (hci_pkt.h). A
 * controller that refuses a command may return the status octet alone: look at it before reading
 * the rest. Commands without parameters, and returns of a bare status, have no struct of their own
 * (hci_ret_status serves them all).
 */
#ifndef GLINT_SPEC_HCI_CMD_BASE_H
#define GLINT_SPEC_HCI_CMD_BASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wr.h"
#include "spec/hci_codes.h"

struct rd;

/* Return parameters of most commands */
struct hci_ret_status {
	uint8_t status; /* enum hci_err */
};
enum { HCI_RET_STATUS_LEN = 1 };
bool hci_ret_status_read(struct rd *r, struct hci_ret_status *out);
void hci_ret_status_write(struct wr *w, const struct hci_ret_status *in);

/* Return parameters of commands on one connection */
struct hci_ret_handle {
	uint8_t status;
	uint16_t connection_handle; /* 0x0000..0x0EFF */
};
enum { HCI_RET_HANDLE_LEN = 3 };
bool hci_ret_handle_read(struct rd *r, struct hci_ret_handle *out);
void hci_ret_handle_write(struct wr *w, const struct hci_ret_handle *in);

/*
 * Parameters of Read Remote Version Information, Read RSSI, Read Authenticated Payload Timeout,
 * LE Read Channel Map, LE Read Remote Features, LE Read PHY
 */
struct hci_cmd_handle {
	uint16_t connection_handle; /* 0x0000..0x0EFF */
};
enum { HCI_CMD_HANDLE_LEN = 2 };
bool hci_cmd_handle_read(struct rd *r, struct hci_cmd_handle *out);
void hci_cmd_handle_write(struct wr *w, const struct hci_cmd_handle *in);

/* Vol 4 Part E 7.1.6 */
struct hci_cmd_disconnect {
	uint16_t connection_handle;
	uint8_t reason; /* enum hci_err, of which few are allowed here */
};
enum { HCI_CMD_DISCONNECT_LEN = 3 };
bool hci_cmd_disconnect_read(struct rd *r, struct hci_cmd_disconnect *out);
static inline void hci_cmd_disconnect_write(struct wr *w, const struct hci_cmd_disconnect *in)
{
	uint8_t *p = wr_room(w, HCI_CMD_DISCONNECT_LEN);
	if (!p)
		return;
	le16_put(p, in->connection_handle & HCI_HANDLE_MASK);
	p[2] = in->reason;
}

/* Set Event Mask (7.3.1), Set Event Mask Page 2 (7.3.69), LE Set Event Mask (7.8.1) */
struct hci_cmd_set_event_mask {
	uint64_t event_mask;
};
enum { HCI_CMD_SET_EVENT_MASK_LEN = 8 };
bool hci_cmd_set_event_mask_read(struct rd *r, struct hci_cmd_set_event_mask *out);
void hci_cmd_set_event_mask_write(struct wr *w, const struct hci_cmd_set_event_mask *in);

/* Vol 4 Part E 7.3.35 */
struct hci_cmd_read_transmit_power_level {
	uint16_t connection_handle;
	uint8_t type; /* 0 current, 1 maximum */
};
enum { HCI_CMD_READ_TRANSMIT_POWER_LEVEL_LEN = 3 };
bool hci_cmd_read_transmit_power_level_read(
	struct rd *r, struct hci_cmd_read_transmit_power_level *out);
void hci_cmd_read_transmit_power_level_write(
	struct wr *w, const struct hci_cmd_read_transmit_power_level *in);

/* Vol 4 Part E 7.3.35 */
struct hci_ret_read_transmit_power_level {
	uint8_t status;
	uint16_t connection_handle;
	int8_t tx_power_level; /* dBm */
};
enum { HCI_RET_READ_TRANSMIT_POWER_LEVEL_LEN = 4 };
bool hci_ret_read_transmit_power_level_read(
	struct rd *r, struct hci_ret_read_transmit_power_level *out);
void hci_ret_read_transmit_power_level_write(
	struct wr *w, const struct hci_ret_read_transmit_power_level *in);

/* Vol 4 Part E 7.3.38 */
struct hci_cmd_set_controller_to_host_flow_control {
	uint8_t flow_control_enable; /* 0 off, 1 ACL, 2 synchronous, 3 both */
};
enum { HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL_LEN = 1 };
bool hci_cmd_set_controller_to_host_flow_control_read(
	struct rd *r, struct hci_cmd_set_controller_to_host_flow_control *out);
void hci_cmd_set_controller_to_host_flow_control_write(
	struct wr *w, const struct hci_cmd_set_controller_to_host_flow_control *in);

/* Vol 4 Part E 7.3.39 */
struct hci_cmd_host_buffer_size {
	uint16_t host_acl_data_packet_length;        /* octets */
	uint8_t host_synchronous_data_packet_length; /* octets */
	uint16_t host_total_num_acl_data_packets;
	uint16_t host_total_num_synchronous_data_packets;
};
enum { HCI_CMD_HOST_BUFFER_SIZE_LEN = 7 };
bool hci_cmd_host_buffer_size_read(struct rd *r, struct hci_cmd_host_buffer_size *out);
void hci_cmd_host_buffer_size_write(struct wr *w, const struct hci_cmd_host_buffer_size *in);

/* Vol 4 Part E 7.3.78 */
struct hci_ret_read_le_host_support {
	uint8_t status;
	uint8_t le_supported_host;
	uint8_t unused; /* Simultaneous_LE_Host until 4.0 */
};
enum { HCI_RET_READ_LE_HOST_SUPPORT_LEN = 3 };
bool hci_ret_read_le_host_support_read(struct rd *r, struct hci_ret_read_le_host_support *out);
void hci_ret_read_le_host_support_write(
	struct wr *w, const struct hci_ret_read_le_host_support *in);

/* Vol 4 Part E 7.3.79 */
struct hci_cmd_write_le_host_support {
	uint8_t le_supported_host;
	uint8_t unused;
};
enum { HCI_CMD_WRITE_LE_HOST_SUPPORT_LEN = 2 };
bool hci_cmd_write_le_host_support_read(struct rd *r, struct hci_cmd_write_le_host_support *out);
void hci_cmd_write_le_host_support_write(
	struct wr *w, const struct hci_cmd_write_le_host_support *in);

/* Vol 4 Part E 7.3.93 */
struct hci_ret_read_authenticated_payload_timeout {
	uint8_t status;
	uint16_t connection_handle;
	uint16_t authenticated_payload_timeout; /* 10 ms */
};
enum { HCI_RET_READ_AUTHENTICATED_PAYLOAD_TIMEOUT_LEN = 5 };
bool hci_ret_read_authenticated_payload_timeout_read(
	struct rd *r, struct hci_ret_read_authenticated_payload_timeout *out);
void hci_ret_read_authenticated_payload_timeout_write(
	struct wr *w, const struct hci_ret_read_authenticated_payload_timeout *in);

/* Vol 4 Part E 7.3.94 */
struct hci_cmd_write_authenticated_payload_timeout {
	uint16_t connection_handle;
	uint16_t authenticated_payload_timeout; /* 10 ms */
};
enum { HCI_CMD_WRITE_AUTHENTICATED_PAYLOAD_TIMEOUT_LEN = 4 };
bool hci_cmd_write_authenticated_payload_timeout_read(
	struct rd *r, struct hci_cmd_write_authenticated_payload_timeout *out);
void hci_cmd_write_authenticated_payload_timeout_write(
	struct wr *w, const struct hci_cmd_write_authenticated_payload_timeout *in);

/* Vol 4 Part E 7.4.1 */
struct hci_ret_read_local_version_information {
	uint8_t status;
	uint8_t hci_version; /* 0x0C: 5.3 */
	uint16_t hci_subversion;
	uint8_t lmp_version;
	uint16_t company_identifier;
	uint16_t lmp_subversion;
};
enum { HCI_RET_READ_LOCAL_VERSION_INFORMATION_LEN = 9 };
bool hci_ret_read_local_version_information_read(
	struct rd *r, struct hci_ret_read_local_version_information *out);
void hci_ret_read_local_version_information_write(
	struct wr *w, const struct hci_ret_read_local_version_information *in);

/* Vol 4 Part E 7.4.2 */
struct hci_ret_read_local_supported_commands {
	uint8_t status;
	const uint8_t *supported_commands; /* 64 octets in the packet; enum hci_supported */
};
enum { HCI_RET_READ_LOCAL_SUPPORTED_COMMANDS_LEN = 65 };
bool hci_ret_read_local_supported_commands_read(
	struct rd *r, struct hci_ret_read_local_supported_commands *out);
void hci_ret_read_local_supported_commands_write(
	struct wr *w, const struct hci_ret_read_local_supported_commands *in);

/* Vol 4 Part E 7.4.3 */
struct hci_ret_read_local_supported_features {
	uint8_t status;
	uint64_t lmp_features; /* enum lmp_feature has the ones of LE */
};
enum { HCI_RET_READ_LOCAL_SUPPORTED_FEATURES_LEN = 9 };
bool hci_ret_read_local_supported_features_read(
	struct rd *r, struct hci_ret_read_local_supported_features *out);
void hci_ret_read_local_supported_features_write(
	struct wr *w, const struct hci_ret_read_local_supported_features *in);

/* Vol 4 Part E 7.4.5 */
struct hci_ret_read_buffer_size {
	uint8_t status;
	uint16_t acl_data_packet_length;        /* octets */
	uint8_t synchronous_data_packet_length; /* octets */
	uint16_t total_num_acl_data_packets;
	uint16_t total_num_synchronous_data_packets;
};
enum { HCI_RET_READ_BUFFER_SIZE_LEN = 8 };
bool hci_ret_read_buffer_size_read(struct rd *r, struct hci_ret_read_buffer_size *out);
void hci_ret_read_buffer_size_write(struct wr *w, const struct hci_ret_read_buffer_size *in);

/* Vol 4 Part E 7.4.6 */
struct hci_ret_read_bd_addr {
	uint8_t status;
	uint8_t bd_addr[6]; /* least significant octet first, as everywhere */
};
enum { HCI_RET_READ_BD_ADDR_LEN = 7 };
bool hci_ret_read_bd_addr_read(struct rd *r, struct hci_ret_read_bd_addr *out);
void hci_ret_read_bd_addr_write(struct wr *w, const struct hci_ret_read_bd_addr *in);

/* Vol 4 Part E 7.5.4 */
struct hci_ret_read_rssi {
	uint8_t status;
	uint16_t handle;
	int8_t rssi; /* dBm; 127: not available */
};
enum { HCI_RET_READ_RSSI_LEN = 4 };
bool hci_ret_read_rssi_read(struct rd *r, struct hci_ret_read_rssi *out);
void hci_ret_read_rssi_write(struct wr *w, const struct hci_ret_read_rssi *in);

/* 0xFC06, ours: the public address, which survives Reset */
struct hci_cmd_vs_write_bd_addr {
	uint8_t bd_addr[6];
};
enum { HCI_CMD_VS_WRITE_BD_ADDR_LEN = 6 };
bool hci_cmd_vs_write_bd_addr_read(struct rd *r, struct hci_cmd_vs_write_bd_addr *out);
void hci_cmd_vs_write_bd_addr_write(struct wr *w, const struct hci_cmd_vs_write_bd_addr *in);

#endif
