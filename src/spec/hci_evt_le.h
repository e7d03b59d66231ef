/*
 * HCI LE Meta events (7.7.65). The subevent code was read by whoever dispatches; writing puts it,
 * as the code is part of the PDU's fixed text. Legacy advertising reports are walked in place, one
 * at a time. What one place reads is read there, inline, in one take.
 */
#ifndef GLINT_SPEC_HCI_EVT_LE_H
#define GLINT_SPEC_HCI_EVT_LE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "spec/hci_codes.h"

struct wr;

/*
 * LE Advertising Report, 7.7.65.2. The event is Num_Reports reports behind each other:
 *
 *	struct hci_le_advertising_report rep;
 *	uint8_t left = hci_le_advertising_reports_begin(&r);
 *	while (left && hci_le_advertising_report_next(&r, &rep))
 *		left--, show(&rep);
 *
 * `next` is false at the first report that the packet does not hold. What follows the last report
 * is ignored.
 */
enum { HCI_LE_ADVERTISING_REPORT_DATA_MAX = 31 };
struct hci_le_advertising_report {
	uint8_t event_type;   /* enum hci_adv_report_type */
	uint8_t address_type; /* 0 public, 1 random, 2 and 3 identities */
	uint8_t data_length;  /* 0..31 */
	int8_t rssi;          /* dBm; 127: not available */
	const uint8_t *address; /* 6 octets, in the packet */
	const uint8_t *data; /* in the packet */
};
/* Num_Reports, 0 when malformed */
static inline uint8_t hci_le_advertising_reports_begin(struct rd *r)
{
	if (!r->left)
		return 0;
	r->left--;
	return *r->p++;
}
/* A host that scans lives on these: one question rather than one a field. */
static inline bool hci_le_advertising_report_next(struct rd *r, struct hci_le_advertising_report *out)
{
	enum { HEAD = 9 }; /* up to Data_Length; behind the data is the RSSI */
	const uint8_t *p = r->p;
	if (r->left <= HEAD || p[8] > HCI_LE_ADVERTISING_REPORT_DATA_MAX || !rd_pass(r, HEAD + 1u + p[8])) {
		rd_fault(r);
		return false;
	}
	out->event_type = p[0];
	out->address_type = p[1];
	out->address = p + 2;
	out->data_length = p[8];
	out->data = p + HEAD;
	out->rssi = (int8_t)out->data[out->data_length];
	return true;
}
/* The writer makes events of one report: subevent code and Num_Reports 1 included. */
void hci_le_advertising_report_write(struct wr *w, const struct hci_le_advertising_report *in);

/* Vol 4 Part E 7.7.65.1 */
struct hci_le_connection_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t role;              /* 0 central, 1 peripheral */
	uint8_t peer_address_type; /* 0 public, 1 random */
	uint8_t peer_address[6];
	uint16_t connection_interval;   /* 1.25 ms */
	uint16_t peripheral_latency;    /* events */
	uint16_t supervision_timeout;   /* 10 ms */
	uint8_t central_clock_accuracy; /* 0: 500 ppm .. 7: 20 ppm; 0 for a central */
};
enum { HCI_LE_CONNECTION_COMPLETE_LEN = 19 };
static inline bool hci_le_connection_complete_read(struct rd *r, struct hci_le_connection_complete *out)
{
	const uint8_t *p = rd_take(r, HCI_LE_CONNECTION_COMPLETE_LEN - 1); /* behind the subevent */
	if (!p || r->left)
		return false;
	out->status = p[0];
	out->connection_handle = le16_get(p + 1) & HCI_HANDLE_MASK;
	out->role = p[3];
	out->peer_address_type = p[4];
	memcpy(out->peer_address, p + 5, 6);
	out->connection_interval = le16_get(p + 11);
	out->peripheral_latency = le16_get(p + 13);
	out->supervision_timeout = le16_get(p + 15);
	out->central_clock_accuracy = p[17];
	return true;
}
void hci_le_connection_complete_write(struct wr *w, const struct hci_le_connection_complete *in);

/* LE Enhanced Connection Complete, 7.7.65.10 */
struct hci_le_enhanced_connection_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t role;
	uint8_t peer_address_type; /* 0 public, 1 random, 2 and 3 identities */
	uint8_t peer_address[6];
	uint8_t local_resolvable_private_address[6], peer_resolvable_private_address[6]; /* all zero: none */
	uint16_t connection_interval; /* 1.25 ms */
	uint16_t peripheral_latency;
	uint16_t supervision_timeout; /* 10 ms */
	uint8_t central_clock_accuracy;
};
bool hci_le_enhanced_connection_complete_read(struct rd *r, struct hci_le_enhanced_connection_complete *out);
void hci_le_enhanced_connection_complete_write(struct wr *w, const struct hci_le_enhanced_connection_complete *in);

/* Vol 4 Part E 7.7.65.3 */
struct hci_le_connection_update_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint16_t connection_interval; /* 1.25 ms */
	uint16_t peripheral_latency;  /* events */
	uint16_t supervision_timeout; /* 10 ms */
};
enum { HCI_LE_CONNECTION_UPDATE_COMPLETE_LEN = 10 };
static inline bool hci_le_connection_update_complete_read(struct rd *r, struct hci_le_connection_update_complete *out)
{
	const uint8_t *p = rd_take(r, HCI_LE_CONNECTION_UPDATE_COMPLETE_LEN - 1);
	if (!p || r->left)
		return false;
	out->status = p[0];
	out->connection_handle = le16_get(p + 1) & HCI_HANDLE_MASK;
	out->connection_interval = le16_get(p + 3);
	out->peripheral_latency = le16_get(p + 5);
	out->supervision_timeout = le16_get(p + 7);
	return true;
}
void hci_le_connection_update_complete_write(
	struct wr *w, const struct hci_le_connection_update_complete *in);

/* Vol 4 Part E 7.7.65.4 */
struct hci_le_read_remote_features_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint64_t le_features;
};
enum { HCI_LE_READ_REMOTE_FEATURES_COMPLETE_LEN = 12 };
bool hci_le_read_remote_features_complete_read(
	struct rd *r, struct hci_le_read_remote_features_complete *out);
void hci_le_read_remote_features_complete_write(
	struct wr *w, const struct hci_le_read_remote_features_complete *in);

/* Vol 4 Part E 7.7.65.6 */
struct hci_le_remote_connection_parameter_request {
	uint16_t connection_handle;
	uint16_t interval_min; /* 1.25 ms */
	uint16_t interval_max; /* 1.25 ms */
	uint16_t max_latency;  /* events */
	uint16_t timeout;      /* 10 ms */
};
enum { HCI_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_LEN = 11 };
bool hci_le_remote_connection_parameter_request_read(
	struct rd *r, struct hci_le_remote_connection_parameter_request *out);
void hci_le_remote_connection_parameter_request_write(
	struct wr *w, const struct hci_le_remote_connection_parameter_request *in);

/* Vol 4 Part E 7.7.65.7 */
struct hci_le_data_length_change {
	uint16_t connection_handle;
	uint16_t max_tx_octets;
	uint16_t max_tx_time; /* us */
	uint16_t max_rx_octets;
	uint16_t max_rx_time; /* us */
};
enum { HCI_LE_DATA_LENGTH_CHANGE_LEN = 11 };
bool hci_le_data_length_change_read(struct rd *r, struct hci_le_data_length_change *out);
void hci_le_data_length_change_write(struct wr *w, const struct hci_le_data_length_change *in);

/* Vol 4 Part E 7.7.65.12 */
struct hci_le_phy_update_complete {
	uint8_t status;
	uint16_t connection_handle;
	uint8_t tx_phy; /* 1: 1M, 2: 2M, 3: Coded */
	uint8_t rx_phy;
};
enum { HCI_LE_PHY_UPDATE_COMPLETE_LEN = 6 };
bool hci_le_phy_update_complete_read(struct rd *r, struct hci_le_phy_update_complete *out);
void hci_le_phy_update_complete_write(struct wr *w, const struct hci_le_phy_update_complete *in);

#endif
