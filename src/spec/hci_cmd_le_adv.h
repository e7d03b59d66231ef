/*
 * HCI LE commands for legacy advertising, scanning and the filter accept list.
 */
#ifndef GLINT_SPEC_HCI_CMD_LE_ADV_H
#define GLINT_SPEC_HCI_CMD_LE_ADV_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/hci_codes.h"

struct rd;
struct wr;

enum { HCI_LE_ADV_DATA_MAX = 31 };

/*
 * LE Set Advertising Data (7.8.7) and LE Set Scan Response Data (7.8.8): a length and always 31
 * octets on the wire. Reading refuses a length above 31; writing fills up with zeros.
 */
struct hci_cmd_le_adv_data {
	uint8_t data_length; /* 0..31 */
	const uint8_t *data; /* data_length octets, in the packet */
};
enum { HCI_CMD_LE_ADV_DATA_LEN = 32 };
bool hci_cmd_le_adv_data_read(struct rd *r, struct hci_cmd_le_adv_data *out);
void hci_cmd_le_adv_data_write(struct wr *w, const struct hci_cmd_le_adv_data *in);

/* Vol 4 Part E 7.8.5 */
struct hci_cmd_le_set_advertising_parameters {
	uint16_t advertising_interval_min; /* 0.625 ms, 0x0020..0x4000 */
	uint16_t advertising_interval_max; /* 0.625 ms */
	uint8_t advertising_type;          /* enum hci_adv_type */
	uint8_t own_address_type;          /* 0 public, 1 random, 2 and 3 resolvable */
	uint8_t peer_address_type;         /* 0 public, 1 random */
	uint8_t peer_address[6];
	uint8_t advertising_channel_map;   /* bits 0..2: channels 37..39 */
	uint8_t advertising_filter_policy; /* accept list for: bit 0 scans, bit 1 connections */
};
enum { HCI_CMD_LE_SET_ADVERTISING_PARAMETERS_LEN = 15 };
bool hci_cmd_le_set_advertising_parameters_read(
	struct rd *r, struct hci_cmd_le_set_advertising_parameters *out);
void hci_cmd_le_set_advertising_parameters_write(
	struct wr *w, const struct hci_cmd_le_set_advertising_parameters *in);

/* Vol 4 Part E 7.8.6 */
struct hci_ret_le_read_advertising_physical_channel_tx_power {
	uint8_t status;
	int8_t tx_power_level; /* dBm, -20..20 */
};
enum { HCI_RET_LE_READ_ADVERTISING_PHYSICAL_CHANNEL_TX_POWER_LEN = 2 };
bool hci_ret_le_read_advertising_physical_channel_tx_power_read(
	struct rd *r, struct hci_ret_le_read_advertising_physical_channel_tx_power *out);
void hci_ret_le_read_advertising_physical_channel_tx_power_write(
	struct wr *w, const struct hci_ret_le_read_advertising_physical_channel_tx_power *in);

/* Vol 4 Part E 7.8.9 */
struct hci_cmd_le_set_advertising_enable {
	uint8_t advertising_enable;
};
enum { HCI_CMD_LE_SET_ADVERTISING_ENABLE_LEN = 1 };
bool hci_cmd_le_set_advertising_enable_read(
	struct rd *r, struct hci_cmd_le_set_advertising_enable *out);
void hci_cmd_le_set_advertising_enable_write(
	struct wr *w, const struct hci_cmd_le_set_advertising_enable *in);

/* Vol 4 Part E 7.8.10 */
struct hci_cmd_le_set_scan_parameters {
	uint8_t le_scan_type;      /* 0 passive, 1 active */
	uint16_t le_scan_interval; /* 0.625 ms, 0x0004..0x4000 */
	uint16_t le_scan_window;   /* 0.625 ms, at most the interval */
	uint8_t own_address_type;
	uint8_t scanning_filter_policy; /* bit 0: accept list only, bit 1: RPA reports */
};
enum { HCI_CMD_LE_SET_SCAN_PARAMETERS_LEN = 7 };
bool hci_cmd_le_set_scan_parameters_read(struct rd *r, struct hci_cmd_le_set_scan_parameters *out);
void hci_cmd_le_set_scan_parameters_write(
	struct wr *w, const struct hci_cmd_le_set_scan_parameters *in);

/* Vol 4 Part E 7.8.11 */
struct hci_cmd_le_set_scan_enable {
	uint8_t le_scan_enable;
	uint8_t filter_duplicates;
};
enum { HCI_CMD_LE_SET_SCAN_ENABLE_LEN = 2 };
bool hci_cmd_le_set_scan_enable_read(struct rd *r, struct hci_cmd_le_set_scan_enable *out);
void hci_cmd_le_set_scan_enable_write(struct wr *w, const struct hci_cmd_le_set_scan_enable *in);

/* Vol 4 Part E 7.8.14 */
struct hci_ret_le_read_filter_accept_list_size {
	uint8_t status;
	uint8_t filter_accept_list_size;
};
enum { HCI_RET_LE_READ_FILTER_ACCEPT_LIST_SIZE_LEN = 2 };
bool hci_ret_le_read_filter_accept_list_size_read(
	struct rd *r, struct hci_ret_le_read_filter_accept_list_size *out);
void hci_ret_le_read_filter_accept_list_size_write(
	struct wr *w, const struct hci_ret_le_read_filter_accept_list_size *in);

/* LE Add Device To (7.8.16) and LE Remove Device From Filter Accept List (7.8.17) */
struct hci_cmd_le_filter_accept_list_device {
	uint8_t address_type; /* 0 public, 1 random, 0xFF anonymous */
	uint8_t address[6];
};
enum { HCI_CMD_LE_FILTER_ACCEPT_LIST_DEVICE_LEN = 7 };
bool hci_cmd_le_filter_accept_list_device_read(
	struct rd *r, struct hci_cmd_le_filter_accept_list_device *out);
void hci_cmd_le_filter_accept_list_device_write(
	struct wr *w, const struct hci_cmd_le_filter_accept_list_device *in);

#endif
