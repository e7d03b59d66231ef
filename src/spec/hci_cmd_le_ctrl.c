/*
 * The codecs of hci_cmd_le_ctrl.h: fields in the order of the Core Specification, nothing decided
 * here.
 */
#include "spec/hci_cmd_le_ctrl.h"

#include "base/rd.h"
#include "base/wr.h"

bool hci_ret_le_read_buffer_size_v1_read(struct rd *r, struct hci_ret_le_read_buffer_size_v1 *out)
{
	out->status = rd_u8(r);
	out->le_acl_data_packet_length = rd_le16(r);
	out->total_num_le_acl_data_packets = rd_u8(r);
	return rd_done(r);
}

void hci_ret_le_read_buffer_size_v1_write(
	struct wr *w, const struct hci_ret_le_read_buffer_size_v1 *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->le_acl_data_packet_length);
	wr_u8(w, in->total_num_le_acl_data_packets);
}

bool hci_ret_le_read_buffer_size_v2_read(struct rd *r, struct hci_ret_le_read_buffer_size_v2 *out)
{
	out->status = rd_u8(r);
	out->le_acl_data_packet_length = rd_le16(r);
	out->total_num_le_acl_data_packets = rd_u8(r);
	out->iso_data_packet_length = rd_le16(r);
	out->total_num_iso_data_packets = rd_u8(r);
	return rd_done(r);
}

void hci_ret_le_read_buffer_size_v2_write(
	struct wr *w, const struct hci_ret_le_read_buffer_size_v2 *in)
{
	wr_u8(w, in->status);
	wr_le16(w, in->le_acl_data_packet_length);
	wr_u8(w, in->total_num_le_acl_data_packets);
	wr_le16(w, in->iso_data_packet_length);
	wr_u8(w, in->total_num_iso_data_packets);
}

bool hci_ret_le_read_local_supported_features_read(
	struct rd *r, struct hci_ret_le_read_local_supported_features *out)
{
	out->status = rd_u8(r);
	out->le_features = rd_le64(r);
	return rd_done(r);
}

void hci_ret_le_read_local_supported_features_write(
	struct wr *w, const struct hci_ret_le_read_local_supported_features *in)
{
	wr_u8(w, in->status);
	wr_le64(w, in->le_features);
}

bool hci_cmd_le_set_random_address_read(struct rd *r, struct hci_cmd_le_set_random_address *out)
{
	rd_copy(r, out->random_address, 6);
	return rd_done(r);
}

void hci_cmd_le_set_random_address_write(
	struct wr *w, const struct hci_cmd_le_set_random_address *in)
{
	wr_put(w, in->random_address, 6);
}

bool hci_cmd_le_encrypt_read(struct rd *r, struct hci_cmd_le_encrypt *out) /* Vol 4 Part E 7.8.22 */
{
	rd_copy(r, out->key, 16);
	rd_copy(r, out->plaintext_data, 16);
	return rd_done(r);
}

void hci_cmd_le_encrypt_write(struct wr *w, const struct hci_cmd_le_encrypt *in)
{
	wr_put(w, in->key, 16);
	wr_put(w, in->plaintext_data, 16);
}

bool hci_ret_le_encrypt_read(struct rd *r, struct hci_ret_le_encrypt *out) /* Vol 4 Part E 7.8.22 */
{
	out->status = rd_u8(r);
	rd_copy(r, out->encrypted_data, 16);
	return rd_done(r);
}

void hci_ret_le_encrypt_write(struct wr *w, const struct hci_ret_le_encrypt *in)
{
	wr_u8(w, in->status);
	wr_put(w, in->encrypted_data, 16);
}

bool hci_ret_le_rand_read(struct rd *r, struct hci_ret_le_rand *out) /* Vol 4 Part E 7.8.23 */
{
	out->status = rd_u8(r);
	out->random_number = rd_le64(r);
	return rd_done(r);
}

void hci_ret_le_rand_write(struct wr *w, const struct hci_ret_le_rand *in)
{
	wr_u8(w, in->status);
	wr_le64(w, in->random_number);
}

bool hci_ret_le_read_supported_states_read(
	struct rd *r, struct hci_ret_le_read_supported_states *out)
{
	out->status = rd_u8(r);
	out->le_states = rd_le64(r);
	return rd_done(r);
}

void hci_ret_le_read_supported_states_write(
	struct wr *w, const struct hci_ret_le_read_supported_states *in)
{
	wr_u8(w, in->status);
	wr_le64(w, in->le_states);
}

bool hci_cmd_le_add_device_to_resolving_list_read(
	struct rd *r, struct hci_cmd_le_add_device_to_resolving_list *out)
{
	out->peer_identity_address_type = rd_u8(r);
	rd_copy(r, out->peer_identity_address, 6);
	rd_copy(r, out->peer_irk, 16);
	rd_copy(r, out->local_irk, 16);
	return rd_done(r);
}

void hci_cmd_le_add_device_to_resolving_list_write(
	struct wr *w, const struct hci_cmd_le_add_device_to_resolving_list *in)
{
	wr_u8(w, in->peer_identity_address_type);
	wr_put(w, in->peer_identity_address, 6);
	wr_put(w, in->peer_irk, 16);
	wr_put(w, in->local_irk, 16);
}

bool hci_cmd_le_remove_device_from_resolving_list_read(
	struct rd *r, struct hci_cmd_le_remove_device_from_resolving_list *out)
{
	out->peer_identity_address_type = rd_u8(r);
	rd_copy(r, out->peer_identity_address, 6);
	return rd_done(r);
}

void hci_cmd_le_remove_device_from_resolving_list_write(
	struct wr *w, const struct hci_cmd_le_remove_device_from_resolving_list *in)
{
	wr_u8(w, in->peer_identity_address_type);
	wr_put(w, in->peer_identity_address, 6);
}

bool hci_ret_le_read_resolving_list_size_read(
	struct rd *r, struct hci_ret_le_read_resolving_list_size *out)
{
	out->status = rd_u8(r);
	out->resolving_list_size = rd_u8(r);
	return rd_done(r);
}

void hci_ret_le_read_resolving_list_size_write(
	struct wr *w, const struct hci_ret_le_read_resolving_list_size *in)
{
	wr_u8(w, in->status);
	wr_u8(w, in->resolving_list_size);
}

bool hci_cmd_le_set_address_resolution_enable_read(
	struct rd *r, struct hci_cmd_le_set_address_resolution_enable *out)
{
	out->address_resolution_enable = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_address_resolution_enable_write(
	struct wr *w, const struct hci_cmd_le_set_address_resolution_enable *in)
{
	wr_u8(w, in->address_resolution_enable);
}

bool hci_cmd_le_set_resolvable_private_address_timeout_read(
	struct rd *r, struct hci_cmd_le_set_resolvable_private_address_timeout *out)
{
	out->rpa_timeout = rd_le16(r);
	return rd_done(r);
}

void hci_cmd_le_set_resolvable_private_address_timeout_write(
	struct wr *w, const struct hci_cmd_le_set_resolvable_private_address_timeout *in)
{
	wr_le16(w, in->rpa_timeout);
}

bool hci_ret_le_read_transmit_power_read(struct rd *r, struct hci_ret_le_read_transmit_power *out)
{
	out->status = rd_u8(r);
	out->min_tx_power = rd_i8(r);
	out->max_tx_power = rd_i8(r);
	return rd_done(r);
}

void hci_ret_le_read_transmit_power_write(
	struct wr *w, const struct hci_ret_le_read_transmit_power *in)
{
	wr_u8(w, in->status);
	wr_i8(w, in->min_tx_power);
	wr_i8(w, in->max_tx_power);
}

bool hci_cmd_le_set_privacy_mode_read(struct rd *r, struct hci_cmd_le_set_privacy_mode *out)
{
	out->peer_identity_address_type = rd_u8(r);
	rd_copy(r, out->peer_identity_address, 6);
	out->privacy_mode = rd_u8(r);
	return rd_done(r);
}

void hci_cmd_le_set_privacy_mode_write(struct wr *w, const struct hci_cmd_le_set_privacy_mode *in)
{
	wr_u8(w, in->peer_identity_address_type);
	wr_put(w, in->peer_identity_address, 6);
	wr_u8(w, in->privacy_mode);
}
