/*
 * What ble_levels knows. ble_conn_info() and ble_adv_power() look at it by the part's room, without naming the part: the
 * module's verbs that may use them do not bring it.
 */
#ifndef GLINT_HOST_LEVELS_H
#define GLINT_HOST_LEVELS_H

#include "hci/hci.h"

#define HOST_LEVELS_HINT "RSSI and transmit power need the part ble_levels"

struct host_levels {
	struct hci_want want;
	struct ble_host *host;
	uint8_t asking;   /* the slot that Read RSSI was sent for */
	bool power_asked;
	bool power_told;  /* else BLE_EV_TX_POWER has still to be raised */
	bool power_known;
	int8_t power_dbm;
};

struct host_conn_levels {
	int16_t rssi_err;
	int8_t rssi_dbm;
	uint8_t rssi_state;
	uint8_t tx_phy, rx_phy; /* enum ble_phy */
};

#endif
