/* Scanning (Vol 3 Part C 9.2, Vol 4 Part E 7.8.10-7.8.11). Part: ble_observer. */
#ifndef BLE_SCAN_H
#define BLE_SCAN_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ble_scan_params {
	uint32_t interval_us, window_us; /* 2500..10240000, window <= interval; 0: 10000 */
	uint32_t duration_ms;            /* 0: until stopped */
	bool active;
	bool filter_duplicates; /* in the controller */
};

/* EV_SCAN_STARTED, reports, EV_SCAN_STOPPED, once each; or EV_ERROR. While on: restarts with the new parameters,
 * without events of its own. */
BLE_API int ble_scan_start(struct ble_host *host, const struct ble_scan_params *params);
/* EV_SCAN_STOPPED follows when it was on. */
BLE_API int ble_scan_stop(struct ble_host *host);

#ifdef __cplusplus
}
#endif

#endif
