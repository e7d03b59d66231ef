/*
 * Advertising (Vol 3 Part C 9, Vol 4 Part E 7.8.5-7.8.9). Part: ble_peripheral.
 *
 * What is wanted is kept and the host's reconciler brings the controller to it, in whatever state that is: parameters
 * and data may be given before start, while advertising (data changes at once, the rest at the next start), and they
 * survive a controller that vanishes.
 */
#ifndef BLE_ADV_H
#define BLE_ADV_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The advertising PDU: Vol 6 Part B 2.3.1. */
enum ble_adv_mode {
	BLE_ADV_DEFAULT = 0,  /* BLE_ADV_CONN_UND */
	BLE_ADV_CONN_UND = 1, /* ADV_IND */
	BLE_ADV_CONN_DIR,     /* ADV_DIRECT_IND */
	BLE_ADV_SCAN_UND,     /* ADV_SCAN_IND */
	BLE_ADV_UNCN_UND,     /* ADV_NONCONN_IND */
};

/* How to advertise. Zero members mean the default. */
struct ble_adv_params {
	/*
	 * 20000..10240000, min <= max, in steps of 625 rounded up; one of them 0: as the other; both 0: 187500, but with
	 * BLE_ADV_CONN_DIR high duty cycle, which ends by itself after 1.28 s.
	 */
	uint32_t interval_min_us, interval_max_us;
	uint32_t timeout_ms;                       /* from each start; 0, BLE_FOREVER: for ever */
	uint8_t mode;                              /* enum ble_adv_mode; 0: BLE_ADV_CONN_UND */
	uint8_t channels;                          /* bits 0..2: channels 37..39; 0: all */
	bool auto_restart;                         /* again after each disconnection */
	struct ble_addr peer;                      /* BLE_ADV_CONN_DIR: to whom */
};

/* Copied; takes effect at the next start. BLE_ERANGE; BLE_ENOTSUP: ble_peripheral is not attached; with a fault. */
BLE_API int ble_adv_set(struct ble_host *host, const struct ble_adv_params *params);
/*
 * Copies 0..31 octets each of AD structures (Vol 3 Part C 11), as they are: what is in them is not looked at. At once
 * when advertising. BLE_ETOOBIG, BLE_ENOTSUP.
 */
BLE_API int ble_adv_data(struct ble_host *host, const void *adv, size_t adv_len, const void *scan_rsp,
                         size_t scan_rsp_len);
/*
 * BLE_EV_ADV_STARTED follows, or BLE_EV_ERROR with BLE_OP_ADVERTISE. While on: restarts. Before ble_host_start():
 * remembered. BLE_ESTATE: connectable, and all connections are taken; BLE_ENOTSUP.
 */
BLE_API int ble_adv_start(struct ble_host *host);
/* Who has to be in the filter accept list (accept.h), or'ed; 0: nobody. */
enum ble_adv_only { BLE_ADV_ONLY_SCANS = 1, BLE_ADV_ONLY_CONNECTIONS = 2 };
/* Whose scan requests and connections are not answered, from the next start on; directed advertising has its one peer.
 * BLE_ERANGE, BLE_ENOTSUP. */
BLE_API int ble_adv_filter(struct ble_host *host, uint8_t only);
/* BLE_EV_ADV_STOPPED follows when it was on; otherwise nothing happens. BLE_ENOTSUP. */
BLE_API int ble_adv_stop(struct ble_host *host);

#ifdef __cplusplus
}
#endif

#endif
