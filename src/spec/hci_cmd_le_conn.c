/*
 * The codecs of hci_cmd_le_conn.h: fields in the order of the Core Specification, nothing decided
 * here.
 */
#include "spec/hci_cmd_le_conn.h"

#include "base/rd.h"
#include "base/wr.h"

bool hci_cmd_le_create_connection_read(struct rd *r, struct hci_cmd_le_create_connection *out)
{
	out->le_scan_interval = rd_le16(r);
	out->le_scan_window = rd_le16(r);
	out->initiator_filter_policy = rd_u8(r);
	out->peer_address_type = rd_u8(r);
	rd_copy(r, out->peer_address, 6);
	out->own_address_type = rd_u8(r);
	out->connection_interval_min = rd_le16(r);
	out->connection_interval_max = rd_le16(r);
	out->max_latency = rd_le16(r);
	out->supervision_timeout = rd_le16(r);
	out->min_ce_length = rd_le16(r);
	out->max_ce_length = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_create_connection_write(struct wr *w, const struct hci_cmd_le_create_connection *in)
{
	wr_le16(w, in->le_scan_interval);
	wr_le16(w, in->le_scan_window);
	wr_u8(w, in->initiator_filter_policy);
	wr_u8(w, in->peer_address_type);
	wr_put(w, in->peer_address, 6);
	wr_u8(w, in->own_address_type);
	wr_le16(w, in->connection_interval_min);
	wr_le16(w, in->connection_interval_max);
	wr_le16(w, in->max_latency);
	wr_le16(w, in->supervision_timeout);
	wr_le16(w, in->min_ce_length);
	wr_le16(w, in->max_ce_length);
}

bool hci_cmd_le_connection_update_read(struct rd *r, struct hci_cmd_le_connection_update *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->connection_interval_min = rd_le16(r);
	out->connection_interval_max = rd_le16(r);
	out->max_latency = rd_le16(r);
	out->supervision_timeout = rd_le16(r);
	out->min_ce_length = rd_le16(r);
	out->max_ce_length = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_connection_update_write(struct wr *w, const struct hci_cmd_le_connection_update *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->connection_interval_min);
	wr_le16(w, in->connection_interval_max);
	wr_le16(w, in->max_latency);
	wr_le16(w, in->supervision_timeout);
	wr_le16(w, in->min_ce_length);
	wr_le16(w, in->max_ce_length);
}

bool hci_cmd_le_set_host_channel_classification_read(
	struct rd *r, struct hci_cmd_le_set_host_channel_classification *out)
{
	rd_copy(r, out->channel_map, 5);
	return rd_done(r);
}

void hci_cmd_le_set_host_channel_classification_write(
	struct wr *w, const struct hci_cmd_le_set_host_channel_classification *in)
{
	wr_put(w, in->channel_map, 5);
}

bool hci_ret_le_read_channel_map_read(struct rd *r, struct hci_ret_le_read_channel_map *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	rd_copy(r, out->channel_map, 5);
	return rd_done(r);
}

void hci_ret_le_read_channel_map_write(struct wr *w, const struct hci_ret_le_read_channel_map *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_put(w, in->channel_map, 5);
}

bool hci_cmd_le_remote_connection_parameter_request_reply_read(
	struct rd *r, struct hci_cmd_le_remote_connection_parameter_request_reply *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->interval_min = rd_le16(r);
	out->interval_max = rd_le16(r);
	out->max_latency = rd_le16(r);
	out->timeout = rd_le16(r);
	out->min_ce_length = rd_le16(r);
	out->max_ce_length = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_remote_connection_parameter_request_reply_write(
	struct wr *w, const struct hci_cmd_le_remote_connection_parameter_request_reply *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->interval_min);
	wr_le16(w, in->interval_max);
	wr_le16(w, in->max_latency);
	wr_le16(w, in->timeout);
	wr_le16(w, in->min_ce_length);
	wr_le16(w, in->max_ce_length);
}

bool hci_cmd_le_remote_connection_parameter_request_negative_reply_read(
	struct rd *r, struct hci_cmd_le_remote_connection_parameter_request_negative_reply *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->reason = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_remote_connection_parameter_request_negative_reply_write(struct wr *w,
	const struct hci_cmd_le_remote_connection_parameter_request_negative_reply *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->reason);
}

bool hci_cmd_le_set_data_length_read(struct rd *r, struct hci_cmd_le_set_data_length *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->tx_octets = rd_le16(r);
	out->tx_time = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_set_data_length_write(struct wr *w, const struct hci_cmd_le_set_data_length *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->tx_octets);
	wr_le16(w, in->tx_time);
}

bool hci_ret_le_read_suggested_default_data_length_read(
	struct rd *r, struct hci_ret_le_read_suggested_default_data_length *out)
{
	out->status = rd_u8(r);
	out->suggested_max_tx_octets = rd_le16(r);
	out->suggested_max_tx_time = rd_le16(r);
	return rd_done(r);
}

void hci_ret_le_read_suggested_default_data_length_write(
	struct wr *w, const struct hci_ret_le_read_suggested_default_data_length *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->suggested_max_tx_octets);
	wr_le16(w, in->suggested_max_tx_time);
}

bool hci_cmd_le_write_suggested_default_data_length_read(
	struct rd *r, struct hci_cmd_le_write_suggested_default_data_length *out)
{
	out->suggested_max_tx_octets = rd_le16(r);
	out->suggested_max_tx_time = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_write_suggested_default_data_length_write(
	struct wr *w, const struct hci_cmd_le_write_suggested_default_data_length *in)
{
	wr_le16(w, in->suggested_max_tx_octets);
	wr_le16(w, in->suggested_max_tx_time);
}

bool hci_ret_le_read_maximum_data_length_read(
	struct rd *r, struct hci_ret_le_read_maximum_data_length *out)
{
	out->status = rd_u8(r);
	out->supported_max_tx_octets = rd_le16(r);
	out->supported_max_tx_time = rd_le16(r);
	out->supported_max_rx_octets = rd_le16(r);
	out->supported_max_rx_time = rd_le16(r);
	return rd_done(r);
}

void hci_ret_le_read_maximum_data_length_write(
	struct wr *w, const struct hci_ret_le_read_maximum_data_length *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->supported_max_tx_octets);
	wr_le16(w, in->supported_max_tx_time);
	wr_le16(w, in->supported_max_rx_octets);
	wr_le16(w, in->supported_max_rx_time);
}

bool hci_ret_le_read_phy_read(struct rd *r, struct hci_ret_le_read_phy *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->tx_phy = rd_u8(r);
	out->rx_phy = rd_u8(r);
	return rd_done(r);
}

void hci_ret_le_read_phy_write(struct wr *w, const struct hci_ret_le_read_phy *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->tx_phy);
	wr_u8(w, in->rx_phy);
}

bool hci_cmd_le_set_default_phy_read(struct rd *r, struct hci_cmd_le_set_default_phy *out)
{
	out->all_phys = rd_u8(r);
	out->tx_phys = rd_u8(r);
	out->rx_phys = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_default_phy_write(struct wr *w, const struct hci_cmd_le_set_default_phy *in)
{
	wr_u8(w, in->all_phys);
	wr_u8(w, in->tx_phys);
	wr_u8(w, in->rx_phys);
}

bool hci_cmd_le_set_phy_read(struct rd *r, struct hci_cmd_le_set_phy *out) /* Vol 4 Part E 7.8.49 */
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->all_phys = rd_u8(r);
	out->tx_phys = rd_u8(r);
	out->rx_phys = rd_u8(r);
	out->phy_options = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_set_phy_write(struct wr *w, const struct hci_cmd_le_set_phy *in)
{
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->all_phys);
	wr_u8(w, in->tx_phys);
	wr_u8(w, in->rx_phys);
	wr_le16(w, in->phy_options);
}
