/* ad.h: reading AD structures. Octets written out by hand from Vol 3 Part C 11 and CSS Part A 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ble/ad.h>

#include "spec/ad.h"

static const uint8_t packet[] = { 2, 0x01, 0x06, 5, 0x03, 0x0d, 0x18, 0x0f, 0x18, 1, 0x20, 6, 0x09, 'G', 'l', 'i', 'n',
	't', 3, 0x02, 0x09, 0x18, 0, 9, 9 }; /* a zero length ends it */

static void test_walk(void **state)
{
	(void)state;
	static const struct {
		uint8_t type, len;
	} expected[] = { { 1, 1 }, { 3, 4 }, { 0x20, 0 }, { 9, 5 }, { 2, 2 } };
	struct ble_ad ad;
	size_t n = 0;
	for (size_t at = 0; (at = ble_ad_next(packet, sizeof packet, at, &ad)); n++) {
		assert_true(n < 5);
		assert_int_equal(ad.type, expected[n].type);
		assert_int_equal(ad.len, expected[n].len);
	}
	assert_int_equal(n, 5);
	assert_int_equal(ble_ad_next(NULL, 0, 0, &ad), 0);
	assert_int_equal(ble_ad_next(packet, 3, 3, &ad), 0);
}

static void test_find(void **state)
{
	(void)state;
	const uint8_t *value = NULL;
	const char *name = NULL;
	assert_int_equal(ble_ad_find(packet, sizeof packet, BLE_AD_FLAGS, &value), 1);
	assert_ptr_equal(value, packet + 2);
	assert_int_equal(ble_ad_find(packet, sizeof packet, 0x20, NULL), 0);
	assert_int_equal(ble_ad_find(packet, sizeof packet, BLE_AD_MANUFACTURER_SPECIFIC_DATA, &value), BLE_ENOENT);
	assert_int_equal(ble_ad_name(packet, sizeof packet, &name), 5);
	assert_memory_equal(name, "Glint", 5);
	assert_int_equal(ble_ad_name("\3\x08Gl", 4, &name), 2); /* shortened */
	assert_memory_equal(name, "Gl", 2);
	assert_int_equal(ble_ad_name("\2\x08G\3\x09Gl", 7, &name), 2); /* complete is better */
	assert_int_equal(ble_ad_name(packet, 3, &name), BLE_ENOENT);
}

static void test_offers(void **state)
{
	(void)state;
	assert_true(ble_ad_offers(packet, sizeof packet, 0x180D));
	assert_true(ble_ad_offers(packet, sizeof packet, 0x180F));
	assert_true(ble_ad_offers(packet, sizeof packet, 0x1809)); /* the incomplete list */
	assert_false(ble_ad_offers(packet, sizeof packet, 0x0F18));
	assert_false(ble_ad_offers(packet, sizeof packet, 0x180A));
	assert_false(ble_ad_offers("\2\x03\x0f", 3, 0x000F)); /* half a UUID */
	assert_false(ble_ad_offers(NULL, 0, 0x180F));
}

/* No read beyond the end: sanitizers watch. */
static void test_every_truncation(void **state)
{
	(void)state;
	for (size_t len = 0; len <= sizeof packet; len++) {
		uint8_t exact[sizeof packet];
		const uint8_t *at = exact + sizeof packet - len, *value;
		const char *name;
		memcpy(exact + sizeof packet - len, packet, len);
		assert_int_equal(ble_ad_find(at, len, BLE_AD_FLAGS, &value), len < 3 ? BLE_ENOENT : 1);
		assert_int_equal(ble_ad_name(at, len, &name), len < 18 ? BLE_ENOENT : 5);
		assert_int_equal(ble_ad_offers(at, len, 0x180F), len >= 9);
		assert_int_equal(ble_ad_offers(at, len, 0x1809), len >= 22);
	}
}

static void test_types_are_the_specification_s(void **state)
{
	(void)state;
#define SAME(name) assert_int_equal((int)BLE_AD_##name, (int)AD_##name)
	SAME(FLAGS);
	SAME(UUIDS16_INCOMPLETE);
	SAME(UUIDS16_COMPLETE);
	SAME(UUIDS128_INCOMPLETE);
	SAME(UUIDS128_COMPLETE);
	SAME(NAME_SHORTENED);
	SAME(NAME_COMPLETE);
	SAME(TX_POWER_LEVEL);
	SAME(SERVICE_DATA_UUID16);
	SAME(APPEARANCE);
	SAME(SERVICE_DATA_UUID128);
	SAME(MANUFACTURER_SPECIFIC_DATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_types_are_the_specification_s),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
