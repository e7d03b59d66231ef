/*
 * Which octets are advertised. Expected packets are written out by hand from Vol 3 Part C 11 (length, type, value) and
 * CSS Part A 1; the iBeacon is Apple's published layout.
 */
#include "fake_host.h"

#include <string.h>

#include "module/advertising_data.h"

static void test_is_packet(void **state)
{
	(void)state;
	static const struct {
		uint8_t octets[31];
		size_t len;
		bool packet;
	} cases[] = {
		{ { 2, 1, 6 }, 3, true },
		{ { 2, 1, 6, 3, 3, 0x0f, 0x18 }, 7, true },
		{ { 2, 1, 6, 0, 0, 0 }, 6, true },          /* a zero length ends a packet */
		{ { 2, 1, 6, 3, 3, 0x0f }, 6, false },      /* cut */
		{ { 2, 1, 6, 1 }, 4, false },               /* a length without its type */
		{ { 1, 1 }, 2, false },                     /* flags of no octet */
		{ { 4, 3, 1, 2, 3 }, 5, false },            /* half a UUID */
		{ { 3, 0xfe, 1, 2 }, 4, false },            /* no known type first */
		{ { 2, 1, 6, 3, 0xfe, 1, 2 }, 7, true },    /* but later */
		{ { 4, 0xff, 0x4c, 0, 2 }, 5, true },
		{ { 'H', 'e', 'l', 'l', 'o' }, 5, false },
		{ { 0 }, 1, false },
		{ { 0 }, 0, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(advertising_is_packet(cases[i].octets, cases[i].len), cases[i].packet);
}

/* No read beyond the end, whatever the octets: sanitizers watch. */
static void test_every_truncation(void **state)
{
	(void)state;
	static const uint8_t packet[] = { 2, 1, 6, 3, 3, 0x0f, 0x18, 6, 9, 'G', 'l', 'i', 'n', 't' };
	for (size_t len = 0; len <= sizeof packet; len++) {
		uint8_t exact[sizeof packet];
		memcpy(exact + sizeof packet - len, packet, len);
		bool whole = len == 3 || len == 7 || len == sizeof packet;
		assert_int_equal(advertising_is_packet(exact + sizeof packet - len, len), whole);
	}
}

static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };
static const struct ble_service battery = { .uuid = 0x180F }, heart = { .uuid = 0x180D },
	own = { .uuid = 0xA001, .base_uuid = base };

static struct advertising_packets build(const struct advertising_input *in)
{
	struct advertising_packets p;
	struct ble_fault fault;
	assert_int_equal(advertising_build(in, &p, &fault), 0);
	return p;
}

static void expect(const uint8_t *got, size_t got_len, const void *octets, size_t len)
{
	assert_int_equal(got_len, len);
	assert_memory_equal(got, octets, len);
}

#define EXPECT(which, ...)                                                                                             \
	expect(p.which, p.which##_len, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void test_no_payload(void **state)
{
	(void)state;
	const struct ble_service *services[] = { &battery, NULL, &heart };
	struct advertising_packets p = build(&(struct advertising_input){ .mode = BLE_ADV_CONN_UND, .name = "Glint",
		.appearance = 0x0340, .services = services, .service_count = 3 });
	EXPECT(adv, 2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 0x19, 0x40, 0x03, 5, 3, 0x0f, 0x18, 0x0d, 0x18);
	assert_int_equal(p.scan_rsp_len, 0);
}

static void test_overflow_goes_to_the_scan_response(void **state)
{
	(void)state;
	const struct ble_service *services[] = { &own, &battery };
	struct advertising_packets p = build(&(struct advertising_input){ .mode = BLE_ADV_CONN_UND,
		.name = "Fourteen chars", .services = services, .service_count = 2 });
	EXPECT(adv, 2, 1, 6, 15, 9, 'F', 'o', 'u', 'r', 't', 'e', 'e', 'n', ' ', 'c', 'h', 'a', 'r', 's', 3, 3, 0x0f,
		0x18);
	EXPECT(scan_rsp, 17, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x01, 0xA0, 15, 16);
}

static void test_long_name(void **state)
{
	(void)state;
	/* 24 octets and a character of two: it is not cut in the middle */
	struct advertising_packets p = build(
		&(struct advertising_input){ .mode = BLE_ADV_CONN_UND, .name = "abcdefghijklmnopqrstuvwxy\xc3\xa9" });
	EXPECT(adv, 2, 1, 6, 26, 8, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p',
		'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y');
	assert_int_equal(p.scan_rsp_len, 29);
	assert_int_equal(p.scan_rsp[1], 9);
	/* not scannable: no scan response at all */
	p = build(&(struct advertising_input){ .mode = BLE_ADV_UNCN_UND, .name = "abcdefghijklmnopqrstuvwxyz0123" });
	assert_int_equal(p.scan_rsp_len, 0);
	assert_int_equal(p.adv_len, 31);
	assert_int_equal(p.adv[2], 4); /* not discoverable */
}

static void test_text_is_manufacturer_data(void **state)
{
	(void)state;
	struct advertising_input in = { .mode = BLE_ADV_CONN_UND, .name = "Glint", .payload = (const uint8_t *)"Hello",
		.payload_len = 5 };
	struct advertising_packets p = build(&in);
	EXPECT(adv, 2, 1, 6, 8, 0xff, 0xff, 0xff, 'H', 'e', 'l', 'l', 'o');
	EXPECT(scan_rsp, 6, 9, 'G', 'l', 'i', 'n', 't');
	in.company = 0x004c;
	p = build(&in);
	EXPECT(adv, 2, 1, 6, 8, 0xff, 0x4c, 0x00, 'H', 'e', 'l', 'l', 'o');
	in.company = BLE_COMPANY_0000;
	p = build(&in);
	EXPECT(adv, 2, 1, 6, 8, 0xff, 0, 0, 'H', 'e', 'l', 'l', 'o');
	in.company = BLE_COMPANY_BROUGHT;
	p = build(&in);
	EXPECT(adv, 2, 1, 6, 6, 0xff, 'H', 'e', 'l', 'l', 'o');
}

static void test_packet_and_raw(void **state)
{
	(void)state;
	static const uint8_t ibeacon[] = { 2, 1, 6, 26, 0xff, 0x4c, 0, 2, 21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
		14, 15, 16, 0, 1, 0, 2, 0xc5 };
	struct advertising_input in = { .mode = BLE_ADV_UNCN_UND, .name = "Glint", .payload = ibeacon,
		.payload_len = sizeof ibeacon };
	struct advertising_packets p = build(&in);
	expect(p.adv, p.adv_len, ibeacon, sizeof ibeacon);
	assert_int_equal(p.scan_rsp_len, 0);
	in = (struct advertising_input){ .mode = BLE_ADV_SCAN_UND, .name = "Glint", .raw = BLE_RAW_YES,
		.payload = (const uint8_t *)"Hi", .payload_len = 2, .scan_rsp = (const uint8_t *)"Ho", .scan_rsp_len = 2 };
	p = build(&in);
	EXPECT(adv, 'H', 'i');
	EXPECT(scan_rsp, 'H', 'o');
	in.raw = BLE_RAW_NO; /* never flags in a scan response */
	p = build(&in);
	EXPECT(adv, 2, 1, 4, 5, 0xff, 0xff, 0xff, 'H', 'i');
	EXPECT(scan_rsp, 5, 0xff, 0xff, 0xff, 'H', 'o');
}

static void test_budget(void **state)
{
	(void)state;
	static const uint8_t text[40] = "0123456789012345678901234567890123456789";
	static const struct {
		uint8_t raw, len, limit;
		int32_t company;
	} cases[] = {
		{ BLE_RAW_NO, 25, 24, 0 },
		{ BLE_RAW_NO, 27, 26, BLE_COMPANY_BROUGHT },
		{ BLE_RAW_YES, 32, 31, 0 },
	};
	for (size_t i = 0; i < 3; i++) {
		struct advertising_packets p;
		struct ble_fault fault = { 0 };
		struct advertising_input in = { .mode = BLE_ADV_CONN_UND, .name = "Glint", .payload = text,
			.payload_len = cases[i].len, .raw = cases[i].raw, .company = cases[i].company };
		assert_int_equal(advertising_build(&in, &p, &fault), BLE_ETOOBIG);
		assert_int_equal(fault.value, cases[i].len);
		assert_int_equal(fault.max, cases[i].limit);
		in.payload_len = cases[i].limit;
		assert_int_equal(advertising_build(&in, &p, &fault), 0);
		assert_int_equal(p.adv_len, 31);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_packet),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_no_payload),
		cmocka_unit_test(test_overflow_goes_to_the_scan_response),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_text_is_manufacturer_data),
		cmocka_unit_test(test_packet_and_raw),
		cmocka_unit_test(test_budget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
