/* Connections: making them as central (part ble_central), and what either role may ask of one that is up. */
#ifndef BLE_CONN_H
#define BLE_CONN_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Vol 4 Part E 7.8.12, 7.8.18. Zero members mean the default. */
struct ble_conn_params {
	uint32_t interval_min_us, interval_max_us; /* 7500..4000000, steps of 1250 rounded up; 0: 30000, 50000 */
	uint16_t latency;                          /* 0..499 */
	uint32_t supervision_ms;                   /* 100..32000 and > 2 * (1 + latency) * max; 0: 4000 */
	uint32_t timeout_ms;                       /* connect: gives up with BLE_ETIMEOUT; 0: for ever */
};

/* One attempt at a time: BLE_EBUSY. EV_CONNECTED follows, or EV_ERROR (BLE_OP_CONNECT). Needs ble_central. */
BLE_API int ble_conn_create(struct ble_host *host, const struct ble_addr *peer, const struct ble_conn_params *params);
/* Ends the attempt: EV_ERROR with BLE_ECLOSED follows, or EV_CONNECTED if it was too late. */
BLE_API int ble_conn_cancel(struct ble_host *host);

/* reason: 0x13, 0x05, 0x14, 0x15, 0x1A, 0x29 or 0x3B (Vol 4 Part E 7.1.6); 0: 0x13. EV_DISCONNECTED follows. */
BLE_API int ble_conn_disconnect(struct ble_host *host, ble_conn_id conn, uint8_t reason);
/*
 * Asks for other parameters: by LE Connection Update as central, else by the L2CAP Connection Parameter Update Request
 * (Vol 3 Part A 4.20). EV_PARAMS follows. BLE_EBUSY while one runs.
 */
BLE_API int ble_conn_update(struct ble_host *host, ble_conn_id conn, const struct ble_conn_params *params);

struct ble_conn_info {
	struct ble_addr peer;
	uint8_t role; /* enum ble_role */
	uint16_t handle; /* HCI connection handle */
	uint32_t interval_us, supervision_ms;
	uint16_t latency, att_mtu;
	uint64_t att_us; /* host time of the last ATT packet received, or of the connection's beginning */
};
/* BLE_ECONN when the id is stale. */
BLE_API int ble_conn_info(const struct ble_host *host, ble_conn_id conn, struct ble_conn_info *out);
/* Next connection that is up after `after` (0: the first); 0 when there is none. */
BLE_API ble_conn_id ble_conn_next(const struct ble_host *host, ble_conn_id after);

#ifdef __cplusplus
}
#endif

#endif
