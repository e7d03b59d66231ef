/*
 * The ATT/GATT client (Vol 3 Part G 4). Part: ble_client. One procedure a connection at a time (BLE_EBUSY); each gives
 * its items as events and ends with exactly one BLE_EV_DONE. Notifications come at any time as BLE_EV_NOTIFIED.
 */
#ifndef BLE_CLIENT_H
#define BLE_CLIENT_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ble_procedure {
	BLE_PROC_MTU = 1,
	BLE_PROC_SERVICES,
	BLE_PROC_CHARACTERISTICS,
	BLE_PROC_DESCRIPTORS,
	BLE_PROC_READ,
	BLE_PROC_WRITE,
};

/* Exchange MTU, Vol 3 Part F 3.4.2: proposes the host's att_mtu. Once a connection; BLE_EV_MTU, then DONE. */
BLE_API int ble_client_exchange_mtu(struct ble_host *host, ble_conn_id conn);
/* All primary services (4.4.1), or with uuid those of one UUID (4.4.2): uuid_len 2 or 16, LE; 0: all. */
BLE_API int ble_client_services(struct ble_host *host, ble_conn_id conn, const void *uuid, size_t uuid_len);
/* All characteristics between two handles (4.6.1). */
BLE_API int ble_client_characteristics(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);
/* All descriptors between two handles (4.7.1): from value handle + 1 to the characteristic's end. */
BLE_API int ble_client_descriptors(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);
/* Reads the whole value, by Read and as many Read Blob as it takes (4.8.1, 4.8.3): VALUE events in order of offset. */
BLE_API int ble_client_read(struct ble_host *host, ble_conn_id conn, uint16_t handle);
/* Write Request (4.9.3), len <= ATT_MTU - 3: BLE_ETOOBIG. Also CCCDs: two octets, LE. */
BLE_API int ble_client_write(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data, size_t len);
/* Write Command (4.9.1): no procedure, no DONE. BLE_EBUSY: no buffer or credit now, BLE_EV_SENT will tell. */
BLE_API int ble_client_write_command(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data,
                                     size_t len);

#ifdef __cplusplus
}
#endif

#endif
