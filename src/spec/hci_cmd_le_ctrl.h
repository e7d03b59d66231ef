/*
 * HCI LE commands about the controller itself: buffers, features, addresses, states, the random
 * number and cipher services, and the resolving list.
 */
#ifndef GLINT_SPEC_HCI_CMD_LE_CTRL_H
#define GLINT_SPEC_HCI_CMD_LE_CTRL_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/hci_codes.h"

struct rd;
struct wr;

/* Vol 4 Part E 7.8.2 */
struct hci_ret_le_read_buffer_size_v1 {
	uint8_t status;
	uint16_t le_acl_data_packet_length; /* octets; 0: shares the BR/EDR buffers */
	uint8_t total_num_le_acl_data_packets;
};
enum { HCI_RET_LE_READ_BUFFER_SIZE_V1_LEN = 4 };
bool hci_ret_le_read_buffer_size_v1_read(struct rd *r, struct hci_ret_le_read_buffer_size_v1 *out);
void hci_ret_le_read_buffer_size_v1_write(
	struct wr *w, const struct hci_ret_le_read_buffer_size_v1 *in);

/* Vol 4 Part E 7.8.2 */
struct hci_ret_le_read_buffer_size_v2 {
	uint8_t status;
	uint16_t le_acl_data_packet_length; /* octets; 0: shares the BR/EDR buffers */
	uint8_t total_num_le_acl_data_packets;
	uint16_t iso_data_packet_length; /* octets; 0: none */
	uint8_t total_num_iso_data_packets;
};
enum { HCI_RET_LE_READ_BUFFER_SIZE_V2_LEN = 7 };
bool hci_ret_le_read_buffer_size_v2_read(struct rd *r, struct hci_ret_le_read_buffer_size_v2 *out);
void hci_ret_le_read_buffer_size_v2_write(
	struct wr *w, const struct hci_ret_le_read_buffer_size_v2 *in);

/* Vol 4 Part E 7.8.3 */
struct hci_ret_le_read_local_supported_features {
	uint8_t status;
	uint64_t le_features; /* enum le_feature names the bits */
};
enum { HCI_RET_LE_READ_LOCAL_SUPPORTED_FEATURES_LEN = 9 };
bool hci_ret_le_read_local_supported_features_read(
	struct rd *r, struct hci_ret_le_read_local_supported_features *out);
void hci_ret_le_read_local_supported_features_write(
	struct wr *w, const struct hci_ret_le_read_local_supported_features *in);

/* Vol 4 Part E 7.8.4 */
struct hci_cmd_le_set_random_address {
	uint8_t random_address[6];
};
enum { HCI_CMD_LE_SET_RANDOM_ADDRESS_LEN = 6 };
bool hci_cmd_le_set_random_address_read(struct rd *r, struct hci_cmd_le_set_random_address *out);
void hci_cmd_le_set_random_address_write(
	struct wr *w, const struct hci_cmd_le_set_random_address *in);

/* Vol 4 Part E 7.8.22 */
struct hci_cmd_le_encrypt {
	uint8_t key[16]; /* least significant octet first */
	uint8_t plaintext_data[16];
};
enum { HCI_CMD_LE_ENCRYPT_LEN = 32 };
bool hci_cmd_le_encrypt_read(struct rd *r, struct hci_cmd_le_encrypt *out);
void hci_cmd_le_encrypt_write(struct wr *w, const struct hci_cmd_le_encrypt *in);

/* Vol 4 Part E 7.8.22 */
struct hci_ret_le_encrypt {
	uint8_t status;
	uint8_t encrypted_data[16]; /* least significant octet first */
};
enum { HCI_RET_LE_ENCRYPT_LEN = 17 };
bool hci_ret_le_encrypt_read(struct rd *r, struct hci_ret_le_encrypt *out);
void hci_ret_le_encrypt_write(struct wr *w, const struct hci_ret_le_encrypt *in);

/* Vol 4 Part E 7.8.23 */
struct hci_ret_le_rand {
	uint8_t status;
	uint64_t random_number;
};
enum { HCI_RET_LE_RAND_LEN = 9 };
bool hci_ret_le_rand_read(struct rd *r, struct hci_ret_le_rand *out);
void hci_ret_le_rand_write(struct wr *w, const struct hci_ret_le_rand *in);

/* Vol 4 Part E 7.8.27 */
struct hci_ret_le_read_supported_states {
	uint8_t status;
	uint64_t le_states;
};
enum { HCI_RET_LE_READ_SUPPORTED_STATES_LEN = 9 };
bool hci_ret_le_read_supported_states_read(
	struct rd *r, struct hci_ret_le_read_supported_states *out);
void hci_ret_le_read_supported_states_write(
	struct wr *w, const struct hci_ret_le_read_supported_states *in);

/* Vol 4 Part E 7.8.38 */
struct hci_cmd_le_add_device_to_resolving_list {
	uint8_t peer_identity_address_type; /* 0 public, 1 random static */
	uint8_t peer_identity_address[6];
	uint8_t peer_irk[16];
	uint8_t local_irk[16];
};
enum { HCI_CMD_LE_ADD_DEVICE_TO_RESOLVING_LIST_LEN = 39 };
bool hci_cmd_le_add_device_to_resolving_list_read(
	struct rd *r, struct hci_cmd_le_add_device_to_resolving_list *out);
void hci_cmd_le_add_device_to_resolving_list_write(
	struct wr *w, const struct hci_cmd_le_add_device_to_resolving_list *in);

/* Vol 4 Part E 7.8.39 */
struct hci_cmd_le_remove_device_from_resolving_list {
	uint8_t peer_identity_address_type;
	uint8_t peer_identity_address[6];
};
enum { HCI_CMD_LE_REMOVE_DEVICE_FROM_RESOLVING_LIST_LEN = 7 };
bool hci_cmd_le_remove_device_from_resolving_list_read(
	struct rd *r, struct hci_cmd_le_remove_device_from_resolving_list *out);
void hci_cmd_le_remove_device_from_resolving_list_write(
	struct wr *w, const struct hci_cmd_le_remove_device_from_resolving_list *in);

/* Vol 4 Part E 7.8.41 */
struct hci_ret_le_read_resolving_list_size {
	uint8_t status;
	uint8_t resolving_list_size;
};
enum { HCI_RET_LE_READ_RESOLVING_LIST_SIZE_LEN = 2 };
bool hci_ret_le_read_resolving_list_size_read(
	struct rd *r, struct hci_ret_le_read_resolving_list_size *out);
void hci_ret_le_read_resolving_list_size_write(
	struct wr *w, const struct hci_ret_le_read_resolving_list_size *in);

/* Vol 4 Part E 7.8.44 */
struct hci_cmd_le_set_address_resolution_enable {
	uint8_t address_resolution_enable;
};
enum { HCI_CMD_LE_SET_ADDRESS_RESOLUTION_ENABLE_LEN = 1 };
bool hci_cmd_le_set_address_resolution_enable_read(
	struct rd *r, struct hci_cmd_le_set_address_resolution_enable *out);
void hci_cmd_le_set_address_resolution_enable_write(
	struct wr *w, const struct hci_cmd_le_set_address_resolution_enable *in);

/* Vol 4 Part E 7.8.45 */
struct hci_cmd_le_set_resolvable_private_address_timeout {
	uint16_t rpa_timeout; /* s, 1..3600 */
};
enum { HCI_CMD_LE_SET_RESOLVABLE_PRIVATE_ADDRESS_TIMEOUT_LEN = 2 };
bool hci_cmd_le_set_resolvable_private_address_timeout_read(
	struct rd *r, struct hci_cmd_le_set_resolvable_private_address_timeout *out);
void hci_cmd_le_set_resolvable_private_address_timeout_write(
	struct wr *w, const struct hci_cmd_le_set_resolvable_private_address_timeout *in);

/* Vol 4 Part E 7.8.74 */
struct hci_ret_le_read_transmit_power {
	uint8_t status;
	int8_t min_tx_power; /* dBm */
	int8_t max_tx_power; /* dBm */
};
enum { HCI_RET_LE_READ_TRANSMIT_POWER_LEN = 3 };
bool hci_ret_le_read_transmit_power_read(struct rd *r, struct hci_ret_le_read_transmit_power *out);
void hci_ret_le_read_transmit_power_write(
	struct wr *w, const struct hci_ret_le_read_transmit_power *in);

/* Vol 4 Part E 7.8.77 */
struct hci_cmd_le_set_privacy_mode {
	uint8_t peer_identity_address_type;
	uint8_t peer_identity_address[6];
	uint8_t privacy_mode; /* 0 network, 1 device */
};
enum { HCI_CMD_LE_SET_PRIVACY_MODE_LEN = 8 };
bool hci_cmd_le_set_privacy_mode_read(struct rd *r, struct hci_cmd_le_set_privacy_mode *out);
void hci_cmd_le_set_privacy_mode_write(struct wr *w, const struct hci_cmd_le_set_privacy_mode *in);

#endif
