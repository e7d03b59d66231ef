/*
 * The codecs of hci_cmd_le_adv.h: fields in the order of the Core Specification, nothing decided
 * here.
 */
#include "spec/hci_cmd_le_adv.h"

#include "base/rd.h"
#include "base/wr.h"

bool hci_cmd_le_adv_data_read(
	struct rd *r, struct hci_cmd_le_adv_data *out) /* Vol 4 Part E 7.8.7 */
{
	out->data_length = rd_u8(r);
	out->data = rd_take(r, HCI_LE_ADV_DATA_MAX);
	return rd_done(r) && out->data_length <= HCI_LE_ADV_DATA_MAX;
}

void hci_cmd_le_adv_data_write(struct wr *w, const struct hci_cmd_le_adv_data *in)
{
	if (in->data_length > HCI_LE_ADV_DATA_MAX) {
		wr_fault(w);
		return;
	}
	wr_u8(w, in->data_length);
	wr_put(w, in->data, in->data_length);
	wr_zero(w, (size_t)HCI_LE_ADV_DATA_MAX - in->data_length);
}

bool hci_cmd_le_set_advertising_parameters_read(
	struct rd *r, struct hci_cmd_le_set_advertising_parameters *out)
{
	out->advertising_interval_min = rd_le16(r);
	out->advertising_interval_max = rd_le16(r);
	out->advertising_type = rd_u8(r);
	out->own_address_type = rd_u8(r);
	out->peer_address_type = rd_u8(r);
	rd_copy(r, out->peer_address, 6);
	out->advertising_channel_map = rd_u8(r);
	out->advertising_filter_policy = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_advertising_parameters_write(
	struct wr *w, const struct hci_cmd_le_set_advertising_parameters *in)
{
	wr_le16(w, in->advertising_interval_min);
	wr_le16(w, in->advertising_interval_max);
	wr_u8(w, in->advertising_type);
	wr_u8(w, in->own_address_type);
	wr_u8(w, in->peer_address_type);
	wr_put(w, in->peer_address, 6);
	wr_u8(w, in->advertising_channel_map);
	wr_u8(w, in->advertising_filter_policy);
}

bool hci_ret_le_read_advertising_physical_channel_tx_power_read(
	struct rd *r, struct hci_ret_le_read_advertising_physical_channel_tx_power *out)
{
	out->status = rd_u8(r);
	out->tx_power_level = rd_i8(r);
	return rd_done(r);
}

void hci_ret_le_read_advertising_physical_channel_tx_power_write(
	struct wr *w, const struct hci_ret_le_read_advertising_physical_channel_tx_power *in)
{
	wr_u8(w, in->status);
	wr_i8(w, in->tx_power_level);
}

bool hci_cmd_le_set_advertising_enable_read(
	struct rd *r, struct hci_cmd_le_set_advertising_enable *out)
{
	out->advertising_enable = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_advertising_enable_write(
	struct wr *w, const struct hci_cmd_le_set_advertising_enable *in)
{
	wr_u8(w, in->advertising_enable);
}

bool hci_cmd_le_set_scan_parameters_read(struct rd *r, struct hci_cmd_le_set_scan_parameters *out)
{
	out->le_scan_type = rd_u8(r);
	out->le_scan_interval = rd_le16(r);
	out->le_scan_window = rd_le16(r);
	out->own_address_type = rd_u8(r);
	out->scanning_filter_policy = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_scan_parameters_write(
	struct wr *w, const struct hci_cmd_le_set_scan_parameters *in)
{
	wr_u8(w, in->le_scan_type);
	wr_le16(w, in->le_scan_interval);
	wr_le16(w, in->le_scan_window);
	wr_u8(w, in->own_address_type);
	wr_u8(w, in->scanning_filter_policy);
}

bool hci_cmd_le_set_scan_enable_read(struct rd *r, struct hci_cmd_le_set_scan_enable *out)
{
	out->le_scan_enable = rd_u8(r);
	out->filter_duplicates = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_scan_enable_write(struct wr *w, const struct hci_cmd_le_set_scan_enable *in)
{
	wr_u8(w, in->le_scan_enable);
	wr_u8(w, in->filter_duplicates);
}

bool hci_ret_le_read_filter_accept_list_size_read(
	struct rd *r, struct hci_ret_le_read_filter_accept_list_size *out)
{
	out->status = rd_u8(r);
	out->filter_accept_list_size = rd_u8(r);
	return rd_done(r);
}

void hci_ret_le_read_filter_accept_list_size_write(
	struct wr *w, const struct hci_ret_le_read_filter_accept_list_size *in)
{
	wr_u8(w, in->status);
	wr_u8(w, in->filter_accept_list_size);
}

bool hci_cmd_le_filter_accept_list_device_read(
	struct rd *r, struct hci_cmd_le_filter_accept_list_device *out)
{
	out->address_type = rd_u8(r);
	rd_copy(r, out->address, 6);
	return rd_done(r);
}

void hci_cmd_le_filter_accept_list_device_write(
	struct wr *w, const struct hci_cmd_le_filter_accept_list_device *in)
{
	wr_u8(w, in->address_type);
	wr_put(w, in->address, 6);
}
