/*
 * The codecs of hci_evt_le.h: fields in the order of the Core Specification, nothing decided here.
 */
#include "spec/hci_evt_le.h"

#include "base/rd.h"
#include "base/wr.h"

void hci_le_advertising_report_write(struct wr *w, const struct hci_le_advertising_report *in)
{
	wr_u8(w, HCI_LE_EVT_ADVERTISING_REPORT);
	wr_u8(w, 1);
	wr_u8(w, in->event_type);
	wr_u8(w, in->address_type);
	wr_put(w, in->address, 6);
	wr_u8(w, in->data_length);
	wr_put(w, in->data, in->data_length);
	wr_i8(w, in->rssi);
}

void hci_le_connection_complete_write(struct wr *w, const struct hci_le_connection_complete *in)
{
	wr_u8(w, HCI_LE_EVT_CONNECTION_COMPLETE);
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->role);
	wr_u8(w, in->peer_address_type);
	wr_put(w, in->peer_address, 6);
	wr_le16(w, in->connection_interval);
	wr_le16(w, in->peripheral_latency);
	wr_le16(w, in->supervision_timeout);
	wr_u8(w, in->central_clock_accuracy);
}

bool hci_le_enhanced_connection_complete_read(struct rd *r, struct hci_le_enhanced_connection_complete *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->role = rd_u8(r);
	out->peer_address_type = rd_u8(r);
	rd_copy(r, out->peer_address, 6);
	rd_copy(r, out->local_resolvable_private_address, 6);
	rd_copy(r, out->peer_resolvable_private_address, 6);
	out->connection_interval = rd_le16(r);
	out->peripheral_latency = rd_le16(r);
	out->supervision_timeout = rd_le16(r);
	out->central_clock_accuracy = rd_u8(r);
	return rd_done(r);
}

void hci_le_enhanced_connection_complete_write(struct wr *w, const struct hci_le_enhanced_connection_complete *in)
{
	wr_u8(w, HCI_LE_EVT_ENHANCED_CONNECTION_COMPLETE);
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->role);
	wr_u8(w, in->peer_address_type);
	wr_put(w, in->peer_address, 6);
	wr_put(w, in->local_resolvable_private_address, 6);
	wr_put(w, in->peer_resolvable_private_address, 6);
	wr_le16(w, in->connection_interval);
	wr_le16(w, in->peripheral_latency);
	wr_le16(w, in->supervision_timeout);
	wr_u8(w, in->central_clock_accuracy);
}

void hci_le_connection_update_complete_write(
	struct wr *w, const struct hci_le_connection_update_complete *in)
{
	wr_u8(w, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE);
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->connection_interval);
	wr_le16(w, in->peripheral_latency);
	wr_le16(w, in->supervision_timeout);
}

bool hci_le_read_remote_features_complete_read(
	struct rd *r, struct hci_le_read_remote_features_complete *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->le_features = rd_le64(r);
	return rd_done(r);
}

void hci_le_read_remote_features_complete_write(
	struct wr *w, const struct hci_le_read_remote_features_complete *in)
{
	wr_u8(w, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE);
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le64(w, in->le_features);
}

bool hci_le_remote_connection_parameter_request_read(
	struct rd *r, struct hci_le_remote_connection_parameter_request *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->interval_min = rd_le16(r);
	out->interval_max = rd_le16(r);
	out->max_latency = rd_le16(r);
	out->timeout = rd_le16(r);
	return rd_done(r);
}

void hci_le_remote_connection_parameter_request_write(
	struct wr *w, const struct hci_le_remote_connection_parameter_request *in)
{
	wr_u8(w, HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->interval_min);
	wr_le16(w, in->interval_max);
	wr_le16(w, in->max_latency);
	wr_le16(w, in->timeout);
}

bool hci_le_data_length_change_read(struct rd *r, struct hci_le_data_length_change *out)
{
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->max_tx_octets = rd_le16(r);
	out->max_tx_time = rd_le16(r);
	out->max_rx_octets = rd_le16(r);
	out->max_rx_time = rd_le16(r);
	return rd_done(r);
}

void hci_le_data_length_change_write(struct wr *w, const struct hci_le_data_length_change *in)
{
	wr_u8(w, HCI_LE_EVT_DATA_LENGTH_CHANGE);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_le16(w, in->max_tx_octets);
	wr_le16(w, in->max_tx_time);
	wr_le16(w, in->max_rx_octets);
	wr_le16(w, in->max_rx_time);
}

bool hci_le_phy_update_complete_read(struct rd *r, struct hci_le_phy_update_complete *out)
{
	out->status = rd_u8(r);
	out->connection_handle = rd_le16(r) & HCI_HANDLE_MASK;
	out->tx_phy = rd_u8(r);
	out->rx_phy = rd_u8(r);
	return rd_done(r);
}

void hci_le_phy_update_complete_write(struct wr *w, const struct hci_le_phy_update_complete *in)
{
	wr_u8(w, HCI_LE_EVT_PHY_UPDATE_COMPLETE);
	wr_u8(w, in->status);
	wr_le16(w, in->connection_handle & HCI_HANDLE_MASK);
	wr_u8(w, in->tx_phy);
	wr_u8(w, in->rx_phy);
}
