/*
 * The codecs of hci_cmd_base.h: fields in the order of the Core Specification, nothing decided
 * here.
 */
#include "spec/hci_cmd_base.h"

#include "base/rd.h"
#include "base/wr.h"

bool hci_ret_status_read(struct rd *r, struct hci_ret_status *out)
{
	out->status = rd_u8(r);
	return rd_done(r);
}

void hci_ret_status_write(struct wr *w, const struct hci_ret_status *in)
{
	wr_u8(w, in->status);
}

bool hci_ret_handle_read(struct rd *r, struct hci_ret_handle *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	return rd_done(r);
}

void hci_ret_handle_write(struct wr *w, const struct hci_ret_handle *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
}

bool hci_cmd_handle_read(struct rd *r, struct hci_cmd_handle *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	return rd_done(r);
}

void hci_cmd_handle_write(struct wr *w, const struct hci_cmd_handle *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
}

bool hci_cmd_disconnect_read(struct rd *r, struct hci_cmd_disconnect *out) /* Vol 4 Part E 7.1.6 */
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->reason = rd_u8(r);
	return rd_done(r);
}

bool hci_cmd_set_event_mask_read(struct rd *r, struct hci_cmd_set_event_mask *out)
{
	out->event_mask = rd_le64(r);
	return rd_done(r);
}

void hci_cmd_set_event_mask_write(struct wr *w, const struct hci_cmd_set_event_mask *in)
{
	wr_le64(w, in->event_mask);
}

bool hci_cmd_read_transmit_power_level_read(
	struct rd *r, struct hci_cmd_read_transmit_power_level *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->type = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_read_transmit_power_level_write(
	struct wr *w, const struct hci_cmd_read_transmit_power_level *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->type);
}

bool hci_ret_read_transmit_power_level_read(
	struct rd *r, struct hci_ret_read_transmit_power_level *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->tx_power_level = rd_i8(r);
	return rd_done(r);
}

void hci_ret_read_transmit_power_level_write(
	struct wr *w, const struct hci_ret_read_transmit_power_level *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_i8(w, in->tx_power_level);
}

bool hci_cmd_set_controller_to_host_flow_control_read(
	struct rd *r, struct hci_cmd_set_controller_to_host_flow_control *out)
{
	out->flow_control_enable = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_set_controller_to_host_flow_control_write(
	struct wr *w, const struct hci_cmd_set_controller_to_host_flow_control *in)
{
	wr_u8(w, in->flow_control_enable);
}

bool hci_cmd_host_buffer_size_read(struct rd *r, struct hci_cmd_host_buffer_size *out)
{
	out->host_acl_data_packet_length = rd_le16(r);
	out->host_synchronous_data_packet_length = rd_u8(r);
	out->host_total_num_acl_data_packets = rd_le16(r);
	out->host_total_num_synchronous_data_packets = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_host_buffer_size_write(struct wr *w, const struct hci_cmd_host_buffer_size *in)
{
	wr_le16(w, in->host_acl_data_packet_length);
	wr_u8(w, in->host_synchronous_data_packet_length);
	wr_le16(w, in->host_total_num_acl_data_packets);
	wr_le16(w, in->host_total_num_synchronous_data_packets);
}

bool hci_ret_read_le_host_support_read(struct rd *r, struct hci_ret_read_le_host_support *out)
{
	out->status = rd_u8(r);
	out->le_supported_host = rd_u8(r);
	out->unused = rd_u8(r);
	return rd_done(r);
}

void hci_ret_read_le_host_support_write(struct wr *w, const struct hci_ret_read_le_host_support *in)
{
	wr_u8(w, in->status);
	wr_u8(w, in->le_supported_host);
	wr_u8(w, in->unused);
}

bool hci_cmd_write_le_host_support_read(struct rd *r, struct hci_cmd_write_le_host_support *out)
{
	out->le_supported_host = rd_u8(r);
	out->unused = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_write_le_host_support_write(
	struct wr *w, const struct hci_cmd_write_le_host_support *in)
{
	wr_u8(w, in->le_supported_host);
	wr_u8(w, in->unused);
}

bool hci_ret_read_authenticated_payload_timeout_read(
	struct rd *r, struct hci_ret_read_authenticated_payload_timeout *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->authenticated_payload_timeout = rd_le16(r);
	return rd_done(r);
}

void hci_ret_read_authenticated_payload_timeout_write(
	struct wr *w, const struct hci_ret_read_authenticated_payload_timeout *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->authenticated_payload_timeout);
}

bool hci_cmd_write_authenticated_payload_timeout_read(
	struct rd *r, struct hci_cmd_write_authenticated_payload_timeout *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->authenticated_payload_timeout = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_write_authenticated_payload_timeout_write(
	struct wr *w, const struct hci_cmd_write_authenticated_payload_timeout *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->authenticated_payload_timeout);
}

bool hci_ret_read_local_version_information_read(
	struct rd *r, struct hci_ret_read_local_version_information *out)
{
	out->status = rd_u8(r);
	out->hci_version = rd_u8(r);
	out->hci_subversion = rd_le16(r);
	out->lmp_version = rd_u8(r);
	out->company_identifier = rd_le16(r);
	out->lmp_subversion = rd_le16(r);
	return rd_done(r);
}

void hci_ret_read_local_version_information_write(
	struct wr *w, const struct hci_ret_read_local_version_information *in)
{
	wr_u8(w, in->status);
	wr_u8(w, in->hci_version);
	wr_le16(w, in->hci_subversion);
	wr_u8(w, in->lmp_version);
	wr_le16(w, in->company_identifier);
	wr_le16(w, in->lmp_subversion);
}

bool hci_ret_read_local_supported_commands_read(
	struct rd *r, struct hci_ret_read_local_supported_commands *out)
{
	out->status = rd_u8(r);
	out->supported_commands = rd_take(r, 64);
	return rd_done(r);
}

void hci_ret_read_local_supported_commands_write(
	struct wr *w, const struct hci_ret_read_local_supported_commands *in)
{
	wr_u8(w, in->status);
	wr_put(w, in->supported_commands, 64);
}

bool hci_ret_read_local_supported_features_read(
	struct rd *r, struct hci_ret_read_local_supported_features *out)
{
	out->status = rd_u8(r);
	out->lmp_features = rd_le64(r);
	return rd_done(r);
}

void hci_ret_read_local_supported_features_write(
	struct wr *w, const struct hci_ret_read_local_supported_features *in)
{
	wr_u8(w, in->status);
	wr_le64(w, in->lmp_features);
}

bool hci_ret_read_buffer_size_read(struct rd *r, struct hci_ret_read_buffer_size *out)
{
	out->status = rd_u8(r);
	out->acl_data_packet_length = rd_le16(r);
	out->synchronous_data_packet_length = rd_u8(r);
	out->total_num_acl_data_packets = rd_le16(r);
	out->total_num_synchronous_data_packets = rd_le16(r);
	return rd_done(r);
}

void hci_ret_read_buffer_size_write(struct wr *w, const struct hci_ret_read_buffer_size *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->acl_data_packet_length);
	wr_u8(w, in->synchronous_data_packet_length);
	wr_le16(w, in->total_num_acl_data_packets);
	wr_le16(w, in->total_num_synchronous_data_packets);
}

bool hci_ret_read_bd_addr_read(struct rd *r, struct hci_ret_read_bd_addr *out)
{
	out->status = rd_u8(r);
	rd_copy(r, out->bd_addr, 6);
	return rd_done(r);
}

void hci_ret_read_bd_addr_write(struct wr *w, const struct hci_ret_read_bd_addr *in)
{
	wr_u8(w, in->status);
	wr_put(w, in->bd_addr, 6);
}

bool hci_ret_read_rssi_read(struct rd *r, struct hci_ret_read_rssi *out) /* Vol 4 Part E 7.5.4 */
{
	out->status = rd_u8(r);
	out->handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->rssi = rd_i8(r);
	return rd_done(r);
}

void hci_ret_read_rssi_write(struct wr *w, const struct hci_ret_read_rssi *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->handle & HCI_HANDLE_MASK);
	wr_i8(w, in->rssi);
}

bool hci_cmd_vs_write_bd_addr_read(struct rd *r, struct hci_cmd_vs_write_bd_addr *out)
{
	rd_copy(r, out->bd_addr, 6);
	return rd_done(r);
}

void hci_cmd_vs_write_bd_addr_write(struct wr *w, const struct hci_cmd_vs_write_bd_addr *in)
{
	wr_put(w, in->bd_addr, 6);
}
