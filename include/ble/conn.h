/* Connections: making them as central (part ble_central), and what either role may ask of one that is up. */
#ifndef BLE_CONN_H
#define BLE_CONN_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Vol 4 Part E 7.8.12, 7.8.18. Zero members mean the default; so does NULL for the whole. Copied. */
struct ble_conn_params {
	/* 7500..4000000, min <= max, steps of 1250 rounded up; one 0: as the other; both 0: 30000, 50000 */
	uint32_t interval_min_us, interval_max_us;
	uint16_t latency;        /* connection events that the peripheral may pass over: 0..499 */
	uint32_t supervision_ms; /* 100..32000 and > 2 * (1 + latency) * interval_max, steps of 10 rounded up; 0: 4000 */
	uint32_t timeout_ms;     /* ble_conn_create(): gives up with BLE_ETIMEOUT; 0, BLE_FOREVER: for ever */
};

/*
 * Connects to peer, public or random; an identity address is looked for as it is. BLE_EV_CONNECTED follows, or
 * BLE_EV_ERROR with BLE_OP_CONNECT. One attempt at a time: BLE_EBUSY. BLE_ERANGE, with a fault; BLE_ENOMEM: all
 * connections are taken; BLE_ENOTSUP: ble_central is not attached.
 */
BLE_API int ble_conn_create(struct ble_host *host, const struct ble_addr *peer, const struct ble_conn_params *params);
/* The same to whoever of the filter accept list (accept.h) is heard first. */
BLE_API int ble_conn_create_listed(struct ble_host *host, const struct ble_conn_params *params);
/* Ends the attempt: BLE_EV_ERROR with BLE_ECLOSED follows, or BLE_EV_CONNECTED if it was too late. Nothing when there
 * is none. BLE_ENOTSUP. */
BLE_API int ble_conn_cancel(struct ble_host *host);

/* reason: 0x13, 0x05, 0x14, 0x15, 0x1A, 0x29 or 0x3B (Vol 4 Part E 7.1.6); 0: 0x13. BLE_EV_DISCONNECTED follows, with
 * 0x16. A second call changes nothing. BLE_ECONN; BLE_EINVAL: another reason. */
BLE_API int ble_conn_disconnect(struct ble_host *host, ble_conn_id conn, uint8_t reason);
/*
 * Asks for other parameters: by LE Connection Update as central, else by the L2CAP Connection Parameter Update Request
 * (Vol 3 Part A 4.20). With the part ble_link_update a peripheral uses the link layer's procedure (Vol 6 Part B 5.1.7) if
 * both sides have it, and such a request of the peer's is granted when it is valid; without, the controller refuses it.
 * BLE_EV_PARAMS follows, within 40 s as peripheral. BLE_ECONN; BLE_EBUSY: while one runs, or no
 * packet is free; BLE_ERANGE, with a fault.
 */
BLE_API int ble_conn_update(struct ble_host *host, ble_conn_id conn, const struct ble_conn_params *params);

/* What is known of a connection. */
struct ble_conn_info {
	struct ble_addr peer;
	uint8_t role; /* enum ble_role */
	uint16_t handle; /* HCI connection handle: 0..0x0EFF */
	uint32_t interval_us, supervision_ms; /* in force */
	uint16_t latency, att_mtu;            /* events; octets, 23..517 */
	/* With the part ble_levels (levels.h), else 0 and 127: */
	uint8_t tx_phy, rx_phy; /* enum ble_phy: 1M until LE PHY Update Complete says otherwise */
	int8_t rssi_dbm;        /* the last answer to ble_conn_rssi(); 127: none, or not known */
	uint64_t att_us; /* host time of the last ATT packet received, or of the connection's beginning */
};
/* Fills *out. BLE_ECONN when the id is stale. */
BLE_API int ble_conn_info(const struct ble_host *host, ble_conn_id conn, struct ble_conn_info *out);
/* Next connection that is up after `after` (0: the first), which may have ended meanwhile; 0 when there is none. */
BLE_API ble_conn_id ble_conn_next(const struct ble_host *host, ble_conn_id after);

#ifdef __cplusplus
}
#endif

#endif
