/*
 * Reading advertising data: a row of AD structures (length, type, value; Vol 3 Part C 11) as a report brings it. Nothing
 * beyond len is looked at, whatever the octets say; a structure that is longer than what is left ends the row.
 */
#ifndef BLE_AD_H
#define BLE_AD_H

#include <ble/err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The types that most programs ask for; Assigned Numbers 2.3 has all. Values: Core Specification Supplement Part A 1. */
enum ble_ad_type {
	BLE_AD_FLAGS = 0x01,
	BLE_AD_UUIDS16_INCOMPLETE = 0x02,
	BLE_AD_UUIDS16_COMPLETE = 0x03,
	BLE_AD_UUIDS128_INCOMPLETE = 0x06,
	BLE_AD_UUIDS128_COMPLETE = 0x07,
	BLE_AD_NAME_SHORTENED = 0x08,
	BLE_AD_NAME_COMPLETE = 0x09,
	BLE_AD_TX_POWER_LEVEL = 0x0A,
	BLE_AD_SERVICE_DATA_UUID16 = 0x16,
	BLE_AD_APPEARANCE = 0x19,
	BLE_AD_SERVICE_DATA_UUID128 = 0x21,
	BLE_AD_MANUFACTURER_SPECIFIC_DATA = 0xFF,
};

/* One structure. */
struct ble_ad {
	uint8_t type, len;    /* octets of the value: 0..254 */
	const uint8_t *value; /* in the data that was given */
};
/* The structure at offset `at` (0: the first). Returns where the next one is, 0 if there is none here:
 * `for (size_t at = 0; (at = ble_ad_next(data, len, at, &ad));)` */
BLE_API size_t ble_ad_next(const void *data, size_t len, size_t at, struct ble_ad *ad);
/* The first structure of a type: its value's length, or BLE_ENOENT. *value, if not NULL, points into data. */
BLE_API int ble_ad_find(const void *data, size_t len, uint8_t type, const uint8_t **value);
/* The local name, complete or else shortened, UTF-8, not terminated: its length, or BLE_ENOENT. */
BLE_API int ble_ad_name(const void *data, size_t len, const char **name);
/* A list of 16-bit service UUIDs, complete or not, has this one. */
BLE_API bool ble_ad_offers(const void *data, size_t len, uint16_t uuid);

#ifdef __cplusplus
}
#endif

#endif
