/* Scanning (Vol 3 Part C 9.2, Vol 4 Part E 7.8.10-7.8.11). Part: ble_observer. */
#ifndef BLE_SCAN_H
#define BLE_SCAN_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How to scan. Zero members mean the default. */
struct ble_scan_params {
	uint32_t interval_us, window_us; /* 2500..10240000, window <= interval, steps of 625 rounded up; 0: 10000 */
	uint32_t duration_ms;            /* 0, BLE_FOREVER: until stopped */
	bool active;                     /* asks for scan responses: Vol 6 Part B 4.4.3.2 */
	bool filter_duplicates;          /* in the controller, by its own measure */
};

/*
 * BLE_EV_SCAN_STARTED, any number of BLE_EV_REPORT, BLE_EV_SCAN_STOPPED; or BLE_EV_ERROR with BLE_OP_SCAN. While on:
 * restarts with the new parameters, without events of its own. params is copied; NULL: the defaults. BLE_ERANGE, with a
 * fault; BLE_ENOTSUP: ble_observer is not attached.
 */
BLE_API int ble_scan_start(struct ble_host *host, const struct ble_scan_params *params);
/* true: reports only of those in the filter accept list (accept.h), from the next start on. BLE_ENOTSUP. */
BLE_API int ble_scan_filter(struct ble_host *host, bool only);
/* BLE_EV_SCAN_STOPPED follows when it was on; otherwise nothing happens. BLE_ENOTSUP. */
BLE_API int ble_scan_stop(struct ble_host *host);

#ifdef __cplusplus
}
#endif

#endif
