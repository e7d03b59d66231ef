/* Types that every public header shares: addresses, connection ids, visibility, the words for "none" and "for ever". */
#ifndef BLE_TYPES_H
#define BLE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks what a shared library shows. */
#if defined(__GNUC__)
#define BLE_API __attribute__((visibility("default")))
#else
#define BLE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A duration that never ends, where zero already means the default. */
#define BLE_FOREVER UINT32_MAX

/* No deadline (absolute microseconds). */
#define BLE_NEVER UINT64_MAX

/* Device address types as HCI numbers them (Vol 4 Part E 7.7.65.1). The two identity types appear only in events. */
enum ble_addr_type {
	BLE_ADDR_PUBLIC = 0,
	BLE_ADDR_RANDOM = 1,
	BLE_ADDR_PUBLIC_IDENTITY = 2,
	BLE_ADDR_RANDOM_IDENTITY = 3,
};

/* A device address. `octets` are in the order of the air: least significant octet first. */
struct ble_addr {
	uint8_t type; /* enum ble_addr_type */
	uint8_t octets[6];
};

/* A connection: slot in the low 8 bits, generation above. 0 names no connection; a stale id finds nothing. */
typedef uint32_t ble_conn_id;

/* Who we are in a connection. */
enum ble_role {
	BLE_ROLE_CENTRAL = 0, /* as in LE Connection Complete, Vol 4 Part E 7.7.65.1 */
	BLE_ROLE_PERIPHERAL = 1,
};

/* PHYs as HCI numbers them: Vol 4 Part E 7.7.65.12. */
enum ble_phy { BLE_PHY_1M = 1, BLE_PHY_2M = 2, BLE_PHY_CODED = 3 };

/* Legacy advertising report kinds, the module's numbers (ADV_CONN_UND ... ADV_SCAN_RSP), also HCI's Event_Type. */
enum ble_report_kind {
	BLE_REPORT_CONN_UND = 0,
	BLE_REPORT_CONN_DIR = 1,
	BLE_REPORT_SCAN_UND = 2,
	BLE_REPORT_UNCN_UND = 3,
	BLE_REPORT_SCAN_RSP = 4,
};

#ifdef __cplusplus
}
#endif

#endif
