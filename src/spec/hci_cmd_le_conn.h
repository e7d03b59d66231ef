/*
 * HCI LE commands that make, change and ask about connections.
 */
#ifndef GLINT_SPEC_HCI_CMD_LE_CONN_H
#define GLINT_SPEC_HCI_CMD_LE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/hci_codes.h"

struct rd;
struct wr;

/* Vol 4 Part E 7.8.12 */
struct hci_cmd_le_create_connection {
	uint16_t le_scan_interval;       /* 0.625 ms */
	uint16_t le_scan_window;         /* 0.625 ms */
	uint8_t initiator_filter_policy; /* 1: the filter accept list, peer address ignored */
	uint8_t peer_address_type; /* 0 public, 1 random, 2 public identity, 3 random identity */
	uint8_t peer_address[6];
	uint8_t own_address_type;
	uint16_t connection_interval_min; /* 1.25 ms, 0x0006..0x0C80 */
	uint16_t connection_interval_max; /* 1.25 ms */
	uint16_t max_latency;             /* events, 0..0x01F3 */
	uint16_t supervision_timeout;     /* 10 ms, 0x000A..0x0C80 */
	uint16_t min_ce_length;           /* 0.625 ms */
	uint16_t max_ce_length;           /* 0.625 ms */
};
enum { HCI_CMD_LE_CREATE_CONNECTION_LEN = 25 };
bool hci_cmd_le_create_connection_read(struct rd *r, struct hci_cmd_le_create_connection *out);
void hci_cmd_le_create_connection_write(
	struct wr *w, const struct hci_cmd_le_create_connection *in);

/* Vol 4 Part E 7.8.18 */
struct hci_cmd_le_connection_update {
	uint16_t connection_handle;
	uint16_t connection_interval_min; /* 1.25 ms */
	uint16_t connection_interval_max; /* 1.25 ms */
	uint16_t max_latency;             /* events */
	uint16_t supervision_timeout;     /* 10 ms */
	uint16_t min_ce_length;           /* 0.625 ms */
	uint16_t max_ce_length;           /* 0.625 ms */
};
enum { HCI_CMD_LE_CONNECTION_UPDATE_LEN = 14 };
bool hci_cmd_le_connection_update_read(struct rd *r, struct hci_cmd_le_connection_update *out);
void hci_cmd_le_connection_update_write(
	struct wr *w, const struct hci_cmd_le_connection_update *in);

/* Vol 4 Part E 7.8.19 */
struct hci_cmd_le_set_host_channel_classification {
	uint8_t channel_map[5]; /* bit n: channel n, 0 bad, 1 unknown */
};
enum { HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION_LEN = 5 };
bool hci_cmd_le_set_host_channel_classification_read(
	struct rd *r, struct hci_cmd_le_set_host_channel_classification *out);
void hci_cmd_le_set_host_channel_classification_write(
	struct wr *w, const struct hci_cmd_le_set_host_channel_classification *in);

/* Vol 4 Part E 7.8.20 */
struct hci_ret_le_read_channel_map {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t channel_map[5];
};
enum { HCI_RET_LE_READ_CHANNEL_MAP_LEN = 8 };
bool hci_ret_le_read_channel_map_read(struct rd *r, struct hci_ret_le_read_channel_map *out);
void hci_ret_le_read_channel_map_write(struct wr *w, const struct hci_ret_le_read_channel_map *in);

/* Vol 4 Part E 7.8.31 */
struct hci_cmd_le_remote_connection_parameter_request_reply {
	uint16_t connection_handle;
	uint16_t interval_min;  /* 1.25 ms */
	uint16_t interval_max;  /* 1.25 ms */
	uint16_t max_latency;   /* events */
	uint16_t timeout;       /* 10 ms */
	uint16_t min_ce_length; /* 0.625 ms */
	uint16_t max_ce_length; /* 0.625 ms */
};
enum { HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY_LEN = 14 };
bool hci_cmd_le_remote_connection_parameter_request_reply_read(
	struct rd *r, struct hci_cmd_le_remote_connection_parameter_request_reply *out);
void hci_cmd_le_remote_connection_parameter_request_reply_write(
	struct wr *w, const struct hci_cmd_le_remote_connection_parameter_request_reply *in);

/* Vol 4 Part E 7.8.32 */
struct hci_cmd_le_remote_connection_parameter_request_negative_reply {
	uint16_t connection_handle;
	uint8_t reason; /* enum hci_err */
};
enum { HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_NEGATIVE_REPLY_LEN = 3 };
bool hci_cmd_le_remote_connection_parameter_request_negative_reply_read(
	struct rd *r, struct hci_cmd_le_remote_connection_parameter_request_negative_reply *out);
void hci_cmd_le_remote_connection_parameter_request_negative_reply_write(struct wr *w,
	const struct hci_cmd_le_remote_connection_parameter_request_negative_reply *in);

/* Vol 4 Part E 7.8.33 */
struct hci_cmd_le_set_data_length {
	uint16_t connection_handle;
	uint16_t tx_octets; /* 0x001B..0x00FB */
	uint16_t tx_time;   /* us, 0x0148..0x4290 */
};
enum { HCI_CMD_LE_SET_DATA_LENGTH_LEN = 6 };
bool hci_cmd_le_set_data_length_read(struct rd *r, struct hci_cmd_le_set_data_length *out);
void hci_cmd_le_set_data_length_write(struct wr *w, const struct hci_cmd_le_set_data_length *in);

/* Vol 4 Part E 7.8.34 */
struct hci_ret_le_read_suggested_default_data_length {
	uint8_t status;
	uint16_t suggested_max_tx_octets;
	uint16_t suggested_max_tx_time; /* us */
};
enum { HCI_RET_LE_READ_SUGGESTED_DEFAULT_DATA_LENGTH_LEN = 5 };
bool hci_ret_le_read_suggested_default_data_length_read(
	struct rd *r, struct hci_ret_le_read_suggested_default_data_length *out);
void hci_ret_le_read_suggested_default_data_length_write(
	struct wr *w, const struct hci_ret_le_read_suggested_default_data_length *in);

/* Vol 4 Part E 7.8.35 */
struct hci_cmd_le_write_suggested_default_data_length {
	uint16_t suggested_max_tx_octets;
	uint16_t suggested_max_tx_time; /* us */
};
enum { HCI_CMD_LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH_LEN = 4 };
bool hci_cmd_le_write_suggested_default_data_length_read(
	struct rd *r, struct hci_cmd_le_write_suggested_default_data_length *out);
void hci_cmd_le_write_suggested_default_data_length_write(
	struct wr *w, const struct hci_cmd_le_write_suggested_default_data_length *in);

/* Vol 4 Part E 7.8.46 */
struct hci_ret_le_read_maximum_data_length {
	uint8_t status;
	uint16_t supported_max_tx_octets;
	uint16_t supported_max_tx_time; /* us */
	uint16_t supported_max_rx_octets;
	uint16_t supported_max_rx_time; /* us */
};
enum { HCI_RET_LE_READ_MAXIMUM_DATA_LENGTH_LEN = 9 };
bool hci_ret_le_read_maximum_data_length_read(
	struct rd *r, struct hci_ret_le_read_maximum_data_length *out);
void hci_ret_le_read_maximum_data_length_write(
	struct wr *w, const struct hci_ret_le_read_maximum_data_length *in);

/* Vol 4 Part E 7.8.47 */
struct hci_ret_le_read_phy {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t tx_phy; /* 1: 1M, 2: 2M, 3: Coded */
	uint8_t rx_phy;
};
enum { HCI_RET_LE_READ_PHY_LEN = 5 };
bool hci_ret_le_read_phy_read(struct rd *r, struct hci_ret_le_read_phy *out);
void hci_ret_le_read_phy_write(struct wr *w, const struct hci_ret_le_read_phy *in);

/* Vol 4 Part E 7.8.48 */
struct hci_cmd_le_set_default_phy {
	uint8_t all_phys; /* bit 0: no TX preference, bit 1: no RX preference */
	uint8_t tx_phys;  /* bits: 1M, 2M, Coded */
	uint8_t rx_phys;
};
enum { HCI_CMD_LE_SET_DEFAULT_PHY_LEN = 3 };
bool hci_cmd_le_set_default_phy_read(struct rd *r, struct hci_cmd_le_set_default_phy *out);
void hci_cmd_le_set_default_phy_write(struct wr *w, const struct hci_cmd_le_set_default_phy *in);

/* Vol 4 Part E 7.8.49 */
struct hci_cmd_le_set_phy {
	uint16_t connection_handle;
	uint8_t all_phys;
	uint8_t tx_phys;
	uint8_t rx_phys;
	uint16_t phy_options;
};
enum { HCI_CMD_LE_SET_PHY_LEN = 7 };
bool hci_cmd_le_set_phy_read(struct rd *r, struct hci_cmd_le_set_phy *out);
void hci_cmd_le_set_phy_write(struct wr *w, const struct hci_cmd_le_set_phy *in);

#endif
