/*
 * Attacks by advertising data and names: structures that overrun the packet, values of the wrong size, names that are
 * no text (Vol 3 Part C 11, CSS Part A 1). Packets lie at the end of memory of their own, so that one octet too far is
 * seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ble/beacon.h>

#include "spec/ad.h"
#include "tests/conformance/kit.h"

/* Structures of length 3 as far as they go, and a last one that says `says`. */
static void one_tail(uint8_t *p, size_t size, uint8_t says)
{
	size_t whole = size ? (size - 1) / 4 : 0, left = size - 1 - 4 * whole, seen = 0;
	struct ad ad;
	memset(p, 0x16, size);
	for (size_t i = 0; i < whole; i++)
		p[4 * i] = 3;
	if (size)
		p[4 * whole] = says;
	struct rd r = rd_of(p, size);
	while (ad_next(&r, &ad)) {
		assert_true(ad.data >= p && ad.data + ad.len <= p + size);
		assert_int_equal(ad.len, seen < whole ? 2 : says - 1);
		seen++;
	}
	bool fits = size && says && says <= left;
	if (fits && left > says) /* behind it the fill begins a structure of 22 */
		return;
	assert_int_equal(seen, whole + fits);
	assert_int_equal(rd_ok(&r), !size || !says || fits);
}

static void structures_that_overrun(void **state)
{
	(void)state;
	for (size_t size = 0; size < 256; size++) {
		uint8_t *p = malloc(size ? size : 1);
		for (unsigned says = 0; says < 256; says++)
			one_tail(p, size, (uint8_t)says);
		free(p);
	}
}

/* No beacon is seen in it, whatever is done to the structure that would be one. */
static void decode(const uint8_t *p, size_t size, bool *ibeacon, bool *eddystone)
{
	struct ble_ibeacon b;
	struct ble_eddystone_uid uid;
	struct ble_eddystone_url url;
	struct ble_eddystone_tlm tlm;
	char text[BLE_EDDYSTONE_URL_SIZE];
	*ibeacon = ble_ibeacon_decode(p, size, BLE_COMPANY_ANY, &b) == 0;
	*eddystone = ble_eddystone_uid_decode(p, size, &uid) == 0;
	*eddystone |= ble_eddystone_tlm_decode(p, size, &tlm) == 0;
	bool has_url = ble_eddystone_url_decode(p, size, text, &url) == 0;
	assert_true(!has_url || strlen(url.url) < sizeof text);
	(void)ble_eddystone_type(p, size);
}

/* Every AD type at every length: a field that is too short is malformed, and never read beyond its end. */
static void values_of_every_size(void **state)
{
	static const uint8_t bodies[][4] = { { 0x4C, 0x00, 0x02, 0x15 }, { 0xAA, 0xFE, 0x00, 0x00 },
		{ 0xAA, 0xFE, 0x10, 0x00 }, { 0xAA, 0xFE, 0x20, 0x00 } };
	(void)state;
	for (size_t body = 0; body < 4; body++)
		for (unsigned type = 0; type < 256; type++)
			for (size_t len = 0; len <= 29; len++) {
				uint8_t *p = calloc(1, 2 + len);
				bool ibeacon, eddystone;
				p[0] = (uint8_t)(1 + len);
				p[1] = (uint8_t)type;
				memcpy(p + 2, bodies[body], len < 4 ? len : 4);
				decode(p, 2 + len, &ibeacon, &eddystone);
				/* Proximity Beacon: 25 octets. Eddystone: UID 20 or 22 with its UUID, TLM 16. */
				assert_int_equal(ibeacon, body == 0 && type == 0xFF && len == 25);
				assert_int_equal(eddystone, type == 0x16 && ((body == 1 && (len == 20 || len == 22)) ||
					(body == 3 && len == 16)));
				free(p);
			}
}

/* What a program calls a packet, must be one: fields of their proper size, else it is data to be wrapped. */
static void wrapped_or_not(struct kit *k, const uint8_t *payload, size_t len, bool is_packet)
{
	assert_int_equal(ble_advertising(k->ble, &(struct ble_advertising_params){ .payload = payload,
		.payload_len = (uint8_t)len, .mode = BLE_ADV_UNCN_UND, .company = 0x1234 }), 0);
	assert_int_equal(ble_start_advertising(k->ble), 0);
	kit_wake(k);
	lt_scan(&k->lt, false);
	assert_true(lt_wait_reports(&k->lt, 3, 2, 2000));
	const struct lt_report *r = lt_last_report(&k->lt, 3);
	lt_scan_end(&k->lt);
	bool raw = r->len == len && memcmp(r->data, payload, len) == 0;
	assert_int_equal(raw, is_packet);
	assert_int_equal(ble_stop_advertising(k->ble), 0);
	kit_run(k, 100);
}

static void fields_of_wrong_size_are_no_packet(void **state)
{
	static const struct {
		uint8_t octets[20], len;
		bool good;
	} cases[] = {
		{ { 4, 3, 0x0F, 0x18, 0 }, 5, false }, { { 3, 3, 0x0F, 0x18 }, 4, true }, /* odd list of 16-bit UUIDs */
		{ { 3, 7, 1, 2 }, 4, false },                                             /* 128-bit UUID of two */
		{ { 3, 0x0A, 0, 0 }, 4, false }, { { 2, 0x0A, 0 }, 3, true },             /* TX power */
		{ { 4, 0x12, 6, 0, 7 }, 5, false }, { { 5, 0x12, 6, 0, 7, 0 }, 6, true }, /* interval range */
		{ { 2, 0x19, 0 }, 3, false }, { { 3, 0x19, 0, 0 }, 4, true },             /* appearance */
		{ { 2, 0xFF, 0x4C }, 3, false }, { { 3, 0xFF, 0x4C, 0 }, 4, true },       /* company */
		{ { 2, 0x16, 0x0F }, 3, false }, { { 3, 0x16, 0x0F, 0x18 }, 4, true },    /* service data */
	};
	struct kit *k = *state;
	kit_module(k, NULL);
	ut_start(k);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		wrapped_or_not(k, cases[i].octets, cases[i].len, cases[i].good);
	k->lt.report_count = 0;
}

/* What is shortened is cut before a character; where there is none, there is no name. */
static void one_name(struct kit *k, const char *name, int want)
{
	struct ad ad;
	kit_module(k, &(struct ble_options){ .name = name });
	ut_start(k);
	assert_int_equal(ble_start_advertising(k->ble), 0);
	kit_wake(k);
	lt_scan(&k->lt, true);
	assert_true(lt_wait_reports(&k->lt, 0, 2, 2000));
	const struct lt_report *r = lt_last_report(&k->lt, 0);
	bool found = ad_find(r->data, r->len, AD_NAME_SHORTENED, &ad) || ad_find(r->data, r->len, AD_NAME_COMPLETE, &ad);
	assert_int_equal(found ? ad.len : -1, want);
	if (found)
		assert_memory_equal(ad.data, name, ad.len);
	lt_scan_end(&k->lt);
	assert_int_equal(ble_stop_advertising(k->ble), 0);
}

static char name[260];

/* Flags 3, this structure's head 2: 26 octets of name. */
static void a_name_of_continuations(void **state)
{
	memset(name, 0x80, 248);
	name[248] = 0;
	one_name(*state, name, -1);
}

static void a_name_cut_in_a_character(void **state)
{
	memset(name, 'a', 248);
	memcpy(name + 24, "\xF0\x9F\x92\xA1", 4); /* 24..27: does not fit into 26 */
	name[248] = 0;
	one_name(*state, name, 24);
}

static void a_name_of_one_octet(void **state)
{
	one_name(*state, "\x80", 1);
}

static void names_that_are_too_long(void **state)
{
	struct kit *k = *state;
	kit_host(k, NULL);
	for (size_t len = 249; len <= 255; len++) {
		memset(name, 'x', len);
		name[len] = 0;
		assert_int_equal(ble_server_gap(k->host, &(struct ble_gap_info){ .name = name }), BLE_ERANGE);
	}
	assert_int_equal(ble_server_gap(k->host, &(struct ble_gap_info){ .name = "" }), BLE_ERANGE);
	name[248] = 0;
	assert_int_equal(ble_server_gap(k->host, &(struct ble_gap_info){ .name = name }), 0);
	ut_peripheral(k);
	uint16_t at = kit_find(k, 0x2A00, NULL);
	k->at = at;
	ATT(k, "T 0A @", "I 0B 78 78 *", "T 0C @ F8 00", "I 0D", "T 0C @ F9 00", "I 01 0C @ 07");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "GAP-002 structures that overrun", structures_that_overrun, NULL, NULL, NULL },
		{ "GAP-004 values of every size", values_of_every_size, NULL, NULL, NULL },
		CASE("GAP-004 fields of wrong size are no packet", fields_of_wrong_size_are_no_packet),
		CASE("GAP-005 V-Z19 a name of continuations", a_name_of_continuations),
		CASE("GAP-005 V-Z19 a name cut in a character", a_name_cut_in_a_character),
		CASE("GAP-005 V-Z19 a name of one octet", a_name_of_one_octet),
		CASE("GAP-005 names that are too long", names_that_are_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
