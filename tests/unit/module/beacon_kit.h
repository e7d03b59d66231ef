/*
 * What the tests of the beacons share: octets from hex, the decoder under test as a function of octets alone, all
 * truncations of a packet, and numbers that look random and are the same in each run.
 *
 * Sources of vectors, by short name:
 *	aosp         Android, packages/modules/Bluetooth, framework tests, ScanRecordTest.java: RECORD_*, raw records
 *	             of a Blue Charm BC011, the scan response behind the packet, zeros behind that
 *	beacontools  github.com/citruz/beacontools, tests/test_parser.py
 *	go_eddystone github.com/suapapa/go_eddystone, cast_test.go
 *	google       github.com/google/eddystone: the specification, and the unit tests of its JavaScript library
 *	mikrotik     RouterOS documentation, page Bluetooth: peripheral-devices, last-data and how it is read
 *	scapy        github.com/secdev/scapy, test/contrib/eddystone.uts and ibeacon.uts
 */
#ifndef TESTS_MODULE_BEACON_KIT_H
#define TESTS_MODULE_BEACON_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ble/beacon.h>

/* Into at most 64 octets; returns how many. */
static inline size_t kit_octets(const char *hex, uint8_t out[64])
{
	size_t n = 0;
	for (unsigned octet; n < 64 && sscanf(hex + 2 * n, "%2x", &octet) == 1; n++)
		out[n] = (uint8_t)octet;
	assert_int_equal(strlen(hex), 2 * n);
	return n;
}

/* Into text of 2 * n + 1. */
static inline void kit_hex(const void *octets, size_t n, char *text)
{
	*text = 0;
	for (size_t i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02x", ((const uint8_t *)octets)[i]);
}

/* Calls it on octets that end where their memory ends. */
static inline int kit_at_the_edge(int (*decode)(const void *data, size_t len), const uint8_t *octets, size_t len)
{
	uint8_t *own = malloc(len ? len : 1);
	assert_non_null(own);
	memcpy(own, octets, len);
	int result = decode(own, len);
	free(own);
	return result;
}

/* AD structures and nothing but: Vol 3 Part C 11. */
static inline bool kit_is_whole(const uint8_t *octets, size_t len)
{
	size_t at = 0;
	while (at < len && octets[at])
		at += octets[at] + 1u;
	return at <= len;
}

/* Every truncation is refused, but those that cut between structures behind the beacon, which ends at `end`. */
static inline void kit_truncate(int (*decode)(const void *data, size_t len), const char *hex, size_t end)
{
	uint8_t octets[64];
	size_t whole = kit_octets(hex, octets);
	for (size_t len = 0; len <= whole; len++) {
		int result = kit_at_the_edge(decode, octets, len);
		if (len >= end && kit_is_whole(octets, len))
			assert_true(result >= 0);
		else
			assert_true(result == BLE_EBADPDU || result == BLE_ENOENT);
	}
}

struct kit_random {
	uint32_t x; /* not 0 */
};

static inline uint32_t kit_next(struct kit_random *r)
{
	r->x ^= r->x << 13;
	r->x ^= r->x >> 17;
	r->x ^= r->x << 5;
	return r->x;
}

static inline void kit_fill(struct kit_random *r, void *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] = (uint8_t)(kit_next(r) >> 11);
}

/* 1..31, or BLE_BEACON_NO_FLAGS */
static inline uint8_t kit_flags(struct kit_random *r)
{
	uint8_t flags = kit_next(r) & 0x1f;
	return flags ? flags : BLE_BEACON_NO_FLAGS;
}

/* -100..20 */
static inline int8_t kit_power(struct kit_random *r)
{
	return (int8_t)((int)(kit_next(r) % 121) - 100);
}

static inline void kit_refused(const struct ble_fault *fault, const char *sentence)
{
	char text[200];
	ble_fault_text(fault, text, sizeof text);
	assert_string_equal(text, sentence);
}

#endif
