/*
 * The filter accept list: whom the controller lets pass, and whose packets it does not even tell of (Vol 6 Part B 4.3).
 * Part: ble_accept. One list for all who go by it: ble_adv_filter() (adv.h), ble_scan_filter() (scan.h) and
 * ble_conn_create_listed() (conn.h). As long as none is set it is empty, and nobody passes.
 */
#ifndef BLE_ACCEPT_H
#define BLE_ACCEPT_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The list is these addresses from now on, copied; identities are looked for as they are. count 0: empty. At any time,
 * also before ble_host_start() and while advertising, scanning or connecting by the list, which pause for it without an
 * event; it survives a controller that vanishes. BLE_ENOMEM, with a fault: they are more than `accept_list` of the
 * configuration, or than the controller's list holds; the one that is there stays. The latter is not known before
 * READY: then BLE_EV_ERROR with BLE_OP_ACCEPT and BLE_ENOMEM follows, with the fault, and the list is empty.
 * BLE_ERANGE: a type; BLE_ENOTSUP: ble_accept is not attached.
 */
BLE_API int ble_accept_set(struct ble_host *host, const struct ble_addr *addrs, size_t count);

#ifdef __cplusplus
}
#endif

#endif
