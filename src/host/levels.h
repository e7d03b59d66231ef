/* What ble_levels knows of a connection; ble_conn_info() looks at it without naming the part. */
#ifndef GLINT_HOST_LEVELS_H
#define GLINT_HOST_LEVELS_H

#include <stdint.h>

struct host_conn_levels {
	int16_t rssi_err;
	int8_t rssi_dbm;
	uint8_t rssi_state;
	uint8_t tx_phy, rx_phy; /* enum ble_phy */
};

#endif
