/*
 * The ATT/GATT client (Vol 3 Part G 4). Part: ble_client. One procedure a connection at a time (BLE_EBUSY); each gives
 * its items as events and ends with exactly one BLE_EV_DONE. Notifications come at any time as BLE_EV_NOTIFIED.
 *
 * Every verb: 0: begun; BLE_EBUSY: a procedure runs, or no packet or credit is free now (BLE_EV_SENT will tell);
 * BLE_ECONN: no such connection; BLE_ECLOSED: a request has timed out, and only a new connection helps (Vol 3 Part F
 * 3.3.3); BLE_EINVAL: a handle of 0, or start above end; BLE_ENOTSUP: ble_client is not attached. Data are copied.
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

/* Exchange MTU, Vol 3 Part F 3.4.2: proposes the host's att_mtu. BLE_EV_MTU, then DONE. BLE_ESTATE: only once a
 * connection. */
BLE_API int ble_client_exchange_mtu(struct ble_host *host, ble_conn_id conn);
/* BLE_EV_SERVICE for all primary services (4.4.1), or for those of one UUID (4.4.2): uuid_len 2 or 16, LE; 0: all.
 * BLE_EINVAL: another uuid_len. */
BLE_API int ble_client_services(struct ble_host *host, ble_conn_id conn, const void *uuid, size_t uuid_len);
/* BLE_EV_CHARACTERISTIC for all between two handles, 1..0xFFFF: a service's start and end (4.6.1). */
BLE_API int ble_client_characteristics(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);
/* BLE_EV_DESCRIPTOR for all between two handles (4.7.1): from value handle + 1 to the characteristic's end. */
BLE_API int ble_client_descriptors(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);
/* Reads the whole value, by Read and as many Read Blob as it takes (4.8.1, 4.8.3): VALUE events in order of offset. */
BLE_API int ble_client_read(struct ble_host *host, ble_conn_id conn, uint16_t handle);
/* Write Request (4.9.3), len 0..ATT_MTU - 3: BLE_ETOOBIG beyond. Also CCCDs: two octets, least significant first. */
BLE_API int ble_client_write(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data, size_t len);
/* Write Command (4.9.1), len 0..ATT_MTU - 3: no procedure, no DONE, and allowed while one runs. */
BLE_API int ble_client_write_command(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data,
                                     size_t len);

#ifdef __cplusplus
}
#endif

#endif
