/*
 * What the radio knows of itself and of its links: how strongly a peer is heard, on which PHY (in struct ble_conn_info),
 * and how strongly we advertise. Part: ble_levels. The controller is asked, so the answers are events.
 */
#ifndef BLE_LEVELS_H
#define BLE_LEVELS_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BLE_RSSI_UNKNOWN = 127 };

/* BLE_EV_RSSI follows: Read RSSI, Vol 4 Part E 7.5.4. Asked again before the answer it is one question. The last answer
 * is in struct ble_conn_info, too. BLE_ECONN; BLE_ENOTSUP: ble_levels is not attached. */
BLE_API int ble_conn_rssi(struct ble_host *host, ble_conn_id conn);

/* Fills *dbm: the power of legacy advertising, Vol 4 Part E 7.8.6. It is asked for at each bring-up, and BLE_EV_TX_POWER
 * says what it is; before that BLE_ESTATE. BLE_ENOTSUP: ble_levels is not attached. */
BLE_API int ble_adv_power(struct ble_host *host, int8_t *dbm);

#ifdef __cplusplus
}
#endif

#endif
