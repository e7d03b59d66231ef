/* iBeacon against packets that others have published or captured; the sources are named in beacon_kit.h. */
#include "beacon_kit.h"

struct vector {
	const char *source, *hex;
	size_t end; /* of the beacon, in octets */
	const char *uuid;
	uint16_t major, minor;
	int8_t power_dbm;
	uint8_t flags;
};

static const struct vector vectors[] = {
	{ "beacontools, test_ibeacon", "0201061aff4c0002154142434445464748494041424344454600010002f8", 30,
		"41424344454647484940414243444546", 1, 2, -8, 0x06 },
	{ "beacontools, test_cypress_beacon", "0201041aff4c00021500050001000010008000" "00805f9b013100026c66c3", 30,
		"0005000100001000800000805f9b0131", 2, 0x6c66, -61, 0x04 },
	{ "scapy, from Wikipedia, Technical details",
		"02011a1aff4c000215fb0b57a2822844cd913a94a122ba120600010002d100", 30,
		"fb0b57a2822844cd913a94a122ba1206", 1, 2, -47, 0x1a },
	{ "scapy, encode LE Set Advertising Data", "0201061aff4c000215fb0b57a2822844cd913a94a122ba120600010002d100", 30,
		"fb0b57a2822844cd913a94a122ba1206", 1, 2, -47, 0x06 },
	{ "scapy, from Wikipedia, Spoofing", "0201061aff4c000215b9407f30f5f8466eaff925556b57fe6dedfcd416b6", 30,
		"b9407f30f5f8466eaff925556b57fe6d", 0xedfc, 0xd416, -74, 0x06 },
	{ "aosp, RECORD_IBEACON",
		"0201061aff4c000215426c7565436861726d426561636f6e730efe1355c509168020691e0efe13551109426c7565"
		"436861726d5f31363936383500000000", 30,
		"426c7565436861726d426561636f6e73", 0x0efe, 0x1355, -59, 0x06 },
};

enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static int decode(const void *data, size_t len)
{
	struct ble_ibeacon b;
	return ble_ibeacon_decode(data, len, 0, &b);
}

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		uint8_t octets[64], packet[BLE_BEACON_SIZE];
		char uuid[33];
		struct ble_ibeacon b;
		size_t len = kit_octets(v->hex, octets);
		print_message("%s\n", v->source);
		assert_int_equal(ble_ibeacon_decode(octets, len, 0, &b), 0);
		kit_hex(b.uuid, sizeof b.uuid, uuid);
		assert_string_equal(uuid, v->uuid);
		assert_int_equal(b.major, v->major);
		assert_int_equal(b.minor, v->minor);
		assert_int_equal(b.power_dbm, v->power_dbm);
		assert_int_equal(b.flags, v->flags);
		assert_int_equal(b.company, BLE_COMPANY_APPLE);
		assert_int_equal(ble_ibeacon_encode(&b, packet, NULL), (int)v->end);
		assert_memory_equal(packet, octets, v->end);
		kit_truncate(decode, v->hex, v->end);
	}
}

/* The same as the first vector with zeros for Apple and for the flags of the specification's packet. */
static void test_defaults(void **state)
{
	(void)state;
	struct ble_ibeacon b = { .major = 1, .minor = 2, .power_dbm = -8 };
	uint8_t octets[64], packet[BLE_BEACON_SIZE];
	kit_octets(vectors[0].hex, octets);
	memcpy(b.uuid, octets + 9, 16);
	assert_int_equal(ble_ibeacon_encode(&b, packet, NULL), 30);
	assert_memory_equal(packet, octets, 30);
	b.flags = BLE_BEACON_NO_FLAGS;
	assert_int_equal(ble_ibeacon_encode(&b, packet, NULL), 27);
	assert_memory_equal(packet, octets + 3, 27);
	assert_int_equal(ble_ibeacon_decode(packet, 27, 0, &b), 0);
	assert_int_equal(b.flags, BLE_BEACON_NO_FLAGS);
	assert_int_equal(b.minor, 2);
}

/* The beacon wherever it is: around a name, around other manufacturer data, with padding. */
static void test_surroundings(void **state)
{
	(void)state;
	static const char *const packets[] = {
		"03094869" "1aff4c0002154142434445464748494041424344454600010002f8",
		"1aff4c0002154142434445464748494041424344454600010002f8" "03094869",
		"1aff4c0002154142434445464748494041424344454600010002f8" "05ff4f090102",
		"1aff4c0002154142434445464748494041424344454600010002f8" /* the first of two */
		"1aff4c0002150000000000000000000000000000000000030004f9",
		"05ff4f090102" "1aff4c0002154142434445464748494041424344454600010002f8",
		"0aff4c0010050318c0b525" "1aff4c0002154142434445464748494041424344454600010002f8",
		"01ff" "02ff4c" "03ff4c00" "04ff4c0002" "1aff4c0002154142434445464748494041424344454600010002f8",
		"0101" "1aff4c0002154142434445464748494041424344454600010002f8" "00ffffff",
		"020100" "1aff4c0002154142434445464748494041424344454600010002f8",
	};
	for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
		uint8_t octets[64];
		struct ble_ibeacon b;
		size_t len = kit_octets(packets[i], octets);
		assert_int_equal(ble_ibeacon_decode(octets, len, 0, &b), 0);
		assert_int_equal(b.uuid[0], 0x41);
		assert_int_equal(b.minor, 2);
		assert_int_equal(b.power_dbm, -8);
		assert_int_equal(b.flags, BLE_BEACON_NO_FLAGS);
	}
}

static void test_no_beacon(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "", BLE_ENOENT },
		{ "020106", BLE_ENOENT },
		/* scapy: Handoff and Nearby of Apple; mikrotik: its own format; AltBeacon, whose layout is another */
		{ "02011a1aff4c000c0e009c6b8f40440f1583ec895148b410050318c0b525", BLE_ENOENT },
		{ "15ff4f0901000214ffff0200fdff4f1774e00f000064", BLE_ENOENT },
		{ "0201061bff1801beace2c56db5dffb48d2b060d0f5a71096e000010002c500", BLE_ENOENT },
		/* an octet less and one more than 21 */
		{ "19ff4c00021541424344454647484940414243444546000100" "02", BLE_EBADPDU },
		{ "1bff4c0002154142434445464748494041424344454600010002f800", BLE_EBADPDU },
		/* the structure behind is cut */
		{ "1aff4c0002154142434445464748494041424344454600010002f8" "0309", BLE_EBADPDU },
		{ "1aff4c0002154142434445464748494041424344454600010002f8" "e4", BLE_EBADPDU },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t octets[64];
		size_t len = kit_octets(cases[i].hex, octets);
		assert_int_equal(kit_at_the_edge(decode, octets, len), cases[i].err);
	}
	assert_int_equal(decode(NULL, 0), BLE_ENOENT);
}

static void test_company(void **state)
{
	(void)state;
	static const struct {
		int32_t asked, octets;
	} cases[] = { { 0, 0x004c }, { 0x004c, 0x004c }, { 0x0059, 0x0059 }, { BLE_COMPANY_0000, 0 },
		{ 0xffff, 0xffff } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ble_ibeacon b = { .company = cases[i].asked }, out;
		uint8_t packet[BLE_BEACON_SIZE];
		assert_int_equal(ble_ibeacon_encode(&b, packet, NULL), 30);
		assert_int_equal(packet[5] | packet[6] << 8, cases[i].octets);
		for (size_t j = 0; j < sizeof cases / sizeof cases[0]; j++) {
			int expected = cases[i].octets == cases[j].octets ? 0 : BLE_ENOENT;
			assert_int_equal(ble_ibeacon_decode(packet, 30, cases[j].asked, &out), expected);
		}
		assert_int_equal(ble_ibeacon_decode(packet, 30, BLE_COMPANY_ANY, &out), 0);
		assert_int_equal(out.company, cases[i].octets ? cases[i].octets : BLE_COMPANY_0000);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	struct ble_fault fault;
	struct ble_ibeacon out;
	uint8_t packet[BLE_BEACON_SIZE];
	struct ble_ibeacon b = { .company = 0x10000 };
	assert_int_equal(ble_ibeacon_encode(&b, packet, &fault), BLE_ERANGE);
	kit_refused(&fault, "company: 65536 is outside -1..65535");
	assert_int_equal(ble_ibeacon_encode(&b, packet, NULL), BLE_ERANGE);
	b.company = BLE_COMPANY_ANY;
	assert_int_equal(ble_ibeacon_encode(&b, packet, &fault), BLE_ERANGE);
	b = (struct ble_ibeacon){ .flags = 0x20 };
	assert_int_equal(ble_ibeacon_encode(&b, packet, &fault), BLE_ERANGE);
	kit_refused(&fault, "flags: 32 is outside 0..31");
	assert_int_equal(ble_ibeacon_decode(packet, 0, BLE_COMPANY_BROUGHT, &out), BLE_ERANGE);
	assert_int_equal(ble_ibeacon_decode(packet, 0, 0x10000, &out), BLE_ERANGE);
}

static void test_round_trip(void **state)
{
	(void)state;
	struct kit_random r = { 1 };
	for (unsigned i = 0; i < 20000; i++) {
		struct ble_ibeacon in, out;
		uint8_t packet[BLE_BEACON_SIZE];
		memset(&in, 0, sizeof in);
		memset(&out, 0, sizeof out);
		kit_fill(&r, in.uuid, sizeof in.uuid);
		in.major = (uint16_t)kit_next(&r);
		in.minor = (uint16_t)kit_next(&r);
		in.power_dbm = (int8_t)kit_next(&r);
		in.flags = kit_flags(&r);
		in.company = kit_next(&r) & 0xffff;
		if (!in.company)
			in.company = BLE_COMPANY_0000;
		int len = ble_ibeacon_encode(&in, packet, NULL);
		assert_int_equal(len, in.flags == BLE_BEACON_NO_FLAGS ? 27 : 30);
		assert_int_equal(ble_ibeacon_decode(packet, (size_t)len, in.company, &out), 0);
		assert_memory_equal(&out, &in, sizeof in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_surroundings),
		cmocka_unit_test(test_no_beacon),
		cmocka_unit_test(test_company),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
