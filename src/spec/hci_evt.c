/* The codecs of hci_evt.h: fields in the order of the Core Specification, nothing decided here. */
#include "spec/hci_evt.h"

#include "base/rd.h"
#include "base/wr.h"

bool hci_evt_command_complete_read(struct rd *r, struct hci_evt_command_complete *out)
{
	size_t len;
	out->num_hci_command_packets = rd_u8(r);
	out->command_opcode = rd_le16(r);
	out->return_parameters = rd_rest(r, &len);
	out->return_parameters_len = (uint16_t)len;
	return rd_done(r);
}

void hci_evt_command_complete_write(struct wr *w, const struct hci_evt_command_complete *in)
{
	wr_u8(w, in->num_hci_command_packets);
	wr_le16(w, in->command_opcode);
	wr_put(w, in->return_parameters, in->return_parameters_len);
}

bool hci_completed_packets_read(struct rd *r, struct hci_completed_packets *out)
{
	out->num_handles = rd_u8(r);
	out->entries = rd_take(r, (size_t)HCI_COMPLETED_LEN * out->num_handles);
	return rd_done(r);
}

void hci_completed_packets_write(struct wr *w, const struct hci_completed_packets *in)
{
	wr_u8(w, in->num_handles);
	wr_put(w, in->entries, (size_t)HCI_COMPLETED_LEN * in->num_handles);
}

void hci_completed_write(struct wr *w, const struct hci_completed *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->num_completed_packets);
}

void hci_evt_disconnection_complete_write(
	struct wr *w, const struct hci_evt_disconnection_complete *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->reason);
}

bool hci_evt_encryption_change_read(struct rd *r, struct hci_evt_encryption_change *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->encryption_enabled = rd_u8(r);
	return rd_done(r);
}

void hci_evt_encryption_change_write(struct wr *w, const struct hci_evt_encryption_change *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->encryption_enabled);
}

bool hci_evt_read_remote_version_information_complete_read(
	struct rd *r, struct hci_evt_read_remote_version_information_complete *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->version = rd_u8(r);
	out->company_identifier = rd_le16(r);
	out->subversion = rd_le16(r);
	return rd_done(r);
}

void hci_evt_read_remote_version_information_complete_write(
	struct wr *w, const struct hci_evt_read_remote_version_information_complete *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->version);
	wr_le16(w, in->company_identifier);
	wr_le16(w, in->subversion);
}

bool hci_evt_command_status_read(struct rd *r, struct hci_evt_command_status *out)
{
	out->status = rd_u8(r);
	out->num_hci_command_packets = rd_u8(r);
	out->command_opcode = rd_le16(r);
	return rd_done(r);
}

void hci_evt_command_status_write(struct wr *w, const struct hci_evt_command_status *in)
{
	wr_u8(w, in->status);
	wr_u8(w, in->num_hci_command_packets);
	wr_le16(w, in->command_opcode);
}

bool hci_evt_hardware_error_read(struct rd *r, struct hci_evt_hardware_error *out)
{
	out->hardware_code = rd_u8(r);
	return rd_done(r);
}

void hci_evt_hardware_error_write(struct wr *w, const struct hci_evt_hardware_error *in)
{
	wr_u8(w, in->hardware_code);
}

bool hci_evt_data_buffer_overflow_read(struct rd *r, struct hci_evt_data_buffer_overflow *out)
{
	out->link_type = rd_u8(r);
	return rd_done(r);
}

void hci_evt_data_buffer_overflow_write(struct wr *w, const struct hci_evt_data_buffer_overflow *in)
{
	wr_u8(w, in->link_type);
}

bool hci_evt_encryption_key_refresh_complete_read(
	struct rd *r, struct hci_evt_encryption_key_refresh_complete *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	return rd_done(r);
}

void hci_evt_encryption_key_refresh_complete_write(
	struct wr *w, const struct hci_evt_encryption_key_refresh_complete *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
}

bool hci_evt_authenticated_payload_timeout_expired_read(
	struct rd *r, struct hci_evt_authenticated_payload_timeout_expired *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	return rd_done(r);
}

void hci_evt_authenticated_payload_timeout_expired_write(
	struct wr *w, const struct hci_evt_authenticated_payload_timeout_expired *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
}
