/*
 * Beacon formats: iBeacon (Apple, Proximity Beacon Specification R1) and Eddystone UID, URL and TLM (Google,
 * github.com/google/eddystone: protocol-specification.md and the README of each frame). Pure functions of octets: no
 * device, no memory, no clock.
 *
 *	uint8_t packet[BLE_BEACON_SIZE];
 *	struct ble_ibeacon beacon = { .uuid = { ... }, .major = 1, .power_dbm = -59 };
 *	int len = ble_ibeacon_encode(&beacon, packet, NULL);
 *	ble_advertising(ble, &(struct ble_advertising_params){
 *		.payload = packet, .payload_len = (uint8_t)len, .raw = BLE_RAW_YES, .mode = BLE_ADV_UNCN_UND });
 *
 * Encoders write a whole advertising packet and return its length, 1..31, or a negative error; then `fault`, if not
 * NULL, says which value was outside which limits (ble_fault_text()), and packet is as it was or partly written.
 *
 * Decoders take the data of a report (BLE_EV_REPORT) and find the first beacon among its AD structures, whichever
 * others are before and behind it. They return 0; BLE_ENOENT: no beacon of this kind; BLE_EBADPDU: the AD structures
 * are cut, or the beacon breaks its format; *out is then undefined. data may be NULL when len is 0; nothing of it is
 * kept.
 */
#ifndef BLE_BEACON_H
#define BLE_BEACON_H

#include <ble/ble.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BLE_BEACON_SIZE 31 /* octets of a legacy advertising packet: Vol 6 Part B 2.3.1.1 */

/*
 * The member `flags` of all beacons is the AD structure Flags (CSS Part A 1.3), bits 0x01..0x1F; more: BLE_ERANGE. In
 * encoders 0 is what the published formats have: 0x06, general discoverable and BR/EDR not supported. Decoders give
 * BLE_BEACON_NO_FLAGS where there is no such structure, and where it has no bit, which says the same.
 */
#define BLE_BEACON_NO_FLAGS 0xFF

/* ---- iBeacon ---- */

/* Company identifiers of iBeacons. */
#define BLE_COMPANY_APPLE 0x004C
#define BLE_COMPANY_ANY (-3) /* ble_ibeacon_decode(): whosever it is */

/* An iBeacon: three numbers that mean a place, and how strong it is one metre away. */
struct ble_ibeacon {
	uint8_t uuid[16];  /* in the order of its text, as on the air */
	uint16_t major, minor;
	int8_t power_dbm;  /* RSSI at one metre: -128..127 */
	uint8_t flags;     /* as above */
	int32_t company;   /* company identifier, 1..65535; 0: BLE_COMPANY_APPLE; BLE_COMPANY_0000 */
};

/* BLE_ERANGE: flags, company. */
BLE_API int ble_ibeacon_encode(const struct ble_ibeacon *beacon, uint8_t packet[BLE_BEACON_SIZE],
                               struct ble_fault *fault);
/*
 * Only beacons of that company, with the values of ble_ibeacon.company, or BLE_COMPANY_ANY; out->company tells.
 * BLE_ERANGE: company. BLE_EBADPDU also: beacon type 0x0215 with other than 21 octets behind.
 */
BLE_API int ble_ibeacon_decode(const void *data, size_t len, int32_t company, struct ble_ibeacon *out);

/* ---- Eddystone ---- */

#define BLE_EDDYSTONE_UUID 0xFEAA /* of the service data that carries the frame */

/* The first octet of a frame. The upper half is the type; the lower is reserved, and not 0 breaks the format. */
enum ble_eddystone_type {
	BLE_EDDYSTONE_UID = 0x00,
	BLE_EDDYSTONE_URL = 0x10,
	BLE_EDDYSTONE_TLM = 0x20,
	BLE_EDDYSTONE_EID = 0x30, /* recognised by ble_eddystone_type() alone */
};

/*
 * The type of the frame, 0x00..0xF0, known or not; errors as of the decoders. The decoder may still refuse the frame.
 * Frames are known by their service data: the list of service UUIDs, which encoders write before it, may be missing.
 */
BLE_API int ble_eddystone_type(const void *data, size_t len);

/*
 * power_dbm of UID and URL: calibrated power at 0 m, that is RSSI at one metre plus 41. -100..20 in encoders; decoders
 * give what is there.
 */

/* Who a beacon is: a namespace, and an instance in it. */
struct ble_eddystone_uid {
	uint8_t name_space[10];
	uint8_t instance[6];
	int8_t power_dbm;
	uint8_t flags;
};

/* BLE_ERANGE: flags, power_dbm. */
BLE_API int ble_eddystone_uid_encode(const struct ble_eddystone_uid *uid, uint8_t packet[BLE_BEACON_SIZE],
                                     struct ble_fault *fault);
/* Also frames without the two reserved octets at the end, as old beacons send; what is in these is passed over. */
BLE_API int ble_eddystone_uid_decode(const void *data, size_t len, struct ble_eddystone_uid *out);

/* Octets behind the scheme, at most; octets of the longest text that they stand for, its 0 included. */
#define BLE_EDDYSTONE_URL_MAX 17
#define BLE_EDDYSTONE_URL_SIZE (12 + 6 * BLE_EDDYSTONE_URL_MAX + 1)

/* A web address. */
struct ble_eddystone_url {
	const char *url; /* begins with http:// or https://, in small letters; printable ASCII without space */
	int8_t power_dbm;
	uint8_t flags;
};

/*
 * Compresses http://www. https://www. http:// https:// and, wherever they are, .com .org .edu .net .info .biz .gov,
 * each with or without a slash behind. BLE_EINVAL: another scheme, an octet outside 0x21..0x7E (percent-encode it),
 * NULL; BLE_ETOOBIG: more than 17 octets behind the scheme after this; BLE_ERANGE: flags, power_dbm.
 */
BLE_API int ble_eddystone_url_encode(const struct ble_eddystone_url *url, uint8_t packet[BLE_BEACON_SIZE],
                                     struct ble_fault *fault);
/* Writes the whole text to `text`, terminated; out->url is text. BLE_EBADPDU also: reserved scheme or octet. */
BLE_API int ble_eddystone_url_decode(const void *data, size_t len, char text[BLE_EDDYSTONE_URL_SIZE],
                                     struct ble_eddystone_url *out);

/* The temperature that means: there is no thermometer. */
#define BLE_EDDYSTONE_NO_TEMPERATURE INT16_MIN
/* BLE_EDDYSTONE_CELSIUS(-7.5): a temperature above -128 and below 128 as temperature_c256. */
#define BLE_EDDYSTONE_CELSIUS(celsius) ((int16_t)((celsius) * 256))

/* Telemetry. An encoder takes every value there is of each of these. */
struct ble_eddystone_tlm {
	uint16_t battery_mv;      /* 0: not measured */
	int16_t temperature_c256; /* 1/256 degree Celsius; BLE_EDDYSTONE_NO_TEMPERATURE: not measured */
	uint32_t adv_count;       /* advertising packets of all kinds since it was switched on */
	uint32_t uptime_100ms;    /* tenths of a second since it was switched on */
	uint8_t flags;
};

/* BLE_ERANGE: flags. */
BLE_API int ble_eddystone_tlm_encode(const struct ble_eddystone_tlm *tlm, uint8_t packet[BLE_BEACON_SIZE],
                                     struct ble_fault *fault);
/* BLE_ENOTSUP: another version than 0, as encrypted telemetry is. */
BLE_API int ble_eddystone_tlm_decode(const void *data, size_t len, struct ble_eddystone_tlm *out);

#ifdef __cplusplus
}
#endif

#endif
