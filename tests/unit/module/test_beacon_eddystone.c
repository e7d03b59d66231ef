/* Eddystone against packets that others have published or captured; the sources are named in beacon_kit.h. */
#include "beacon_kit.h"

/* What is behind a beacon in the records of aosp: the scan response, and zeros. */
#define SCAN_RESPONSE "09168020691e0efe13551109426c7565436861726d5f313639363835000000"

static int type_of(const void *data, size_t len)
{
	return ble_eddystone_type(data, len);
}

static int decode_uid(const void *data, size_t len)
{
	struct ble_eddystone_uid out;
	return ble_eddystone_uid_decode(data, len, &out);
}

static int decode_url(const void *data, size_t len)
{
	struct ble_eddystone_url out;
	char text[BLE_EDDYSTONE_URL_SIZE];
	return ble_eddystone_url_decode(data, len, text, &out);
}

static int decode_tlm(const void *data, size_t len)
{
	struct ble_eddystone_tlm out;
	return ble_eddystone_tlm_decode(data, len, &out);
}

static void test_uid(void **state)
{
	(void)state;
	static const struct {
		const char *source, *hex;
		size_t end;
		const char *name_space, *instance;
		int8_t power_dbm;
		uint8_t flags;
	} vectors[] = {
		{ "beacontools, test_eddystone_uid",
			"0201060303aafe1716aafe00e3123456789012346789010000000000010000", 31,
			"12345678901234678901", "000000000001", -29, 0x06 },
		{ "mikrotik", "0303aafe1716aafe00e5b2b98de4c81c47c2b14e7500000000000000", 28, "b2b98de4c81c47c2b14e",
			"750000000000", -27, BLE_BEACON_NO_FLAGS },
		{ "aosp, RECORD_UUID",
			"0201060303aafe1716aafe00ee626c7565636861726d310000000000010000" SCAN_RESPONSE, 31,
			"626c7565636861726d31", "000000000001", -18, 0x06 },
	};
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		uint8_t octets[64], packet[BLE_BEACON_SIZE];
		struct ble_eddystone_uid u;
		char text[32];
		size_t len = kit_octets(vectors[i].hex, octets);
		print_message("%s\n", vectors[i].source);
		assert_int_equal(ble_eddystone_type(octets, len), BLE_EDDYSTONE_UID);
		assert_int_equal(ble_eddystone_uid_decode(octets, len, &u), 0);
		kit_hex(u.name_space, sizeof u.name_space, text);
		assert_string_equal(text, vectors[i].name_space);
		kit_hex(u.instance, sizeof u.instance, text);
		assert_string_equal(text, vectors[i].instance);
		assert_int_equal(u.power_dbm, vectors[i].power_dbm);
		assert_int_equal(u.flags, vectors[i].flags);
		assert_int_equal(ble_eddystone_uid_encode(&u, packet, NULL), (int)vectors[i].end);
		assert_memory_equal(packet, octets, vectors[i].end);
		kit_truncate(decode_uid, vectors[i].hex, vectors[i].end);
		kit_truncate(type_of, vectors[i].hex, vectors[i].end);
	}
}

/* google, eddystone-uid/README.md, Field Notes: implementations that leave the reserved octets out have length 0x15. */
static void test_uid_lengths(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "0201060303aafe1516aafe00e312345678901234678901000000000001", 0 },
		{ "0201060303aafe1716aafe00e312345678901234678901000000000001abcd", 0 }, /* reserved, and passed over */
		{ "0201060303aafe1416aafe00e3123456789012346789010000000000", BLE_EBADPDU },
		{ "0201060303aafe1616aafe00e31234567890123467890100000000000100", BLE_EBADPDU },
		{ "0303aafe1816aafe00e3123456789012346789010000000000010000" "00", BLE_EBADPDU },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t octets[64];
		size_t len = kit_octets(cases[i].hex, octets);
		assert_int_equal(kit_at_the_edge(decode_uid, octets, len), cases[i].err);
	}
}

static void test_url(void **state)
{
	(void)state;
	static const struct {
		const char *source, *hex;
		size_t end;
		const char *url;
		int8_t power_dbm;
		uint8_t flags;
	} vectors[] = {
		{ "beacontools, test_eddystone_url", "0303aafe1316aafe10f803676974687562006369747275" "7a", 24,
			"https://github.com/citruz", -8, BLE_BEACON_NO_FLAGS },
		{ "scapy, decode LE Set Advertising Data",
			"0201020303aafe0c16aafe10040373636170790a0000000000000000000000", 20,
			"https://scapy.net", 4, 0x02 },
		{ "aosp, RECORD_URL",
			"0201060303aafe1716aafe10ee01626c7565636861726d626561636f6e7300" SCAN_RESPONSE, 31,
			"https://www.bluecharmbeacons.com/", -18, 0x06 },
	};
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		uint8_t octets[64], packet[BLE_BEACON_SIZE];
		char text[BLE_EDDYSTONE_URL_SIZE];
		struct ble_eddystone_url u;
		size_t len = kit_octets(vectors[i].hex, octets);
		print_message("%s\n", vectors[i].source);
		assert_int_equal(ble_eddystone_type(octets, len), BLE_EDDYSTONE_URL);
		assert_int_equal(ble_eddystone_url_decode(octets, len, text, &u), 0);
		assert_string_equal(u.url, vectors[i].url);
		assert_int_equal(u.power_dbm, vectors[i].power_dbm);
		assert_int_equal(u.flags, vectors[i].flags);
		assert_int_equal(ble_eddystone_url_encode(&u, packet, NULL), (int)vectors[i].end);
		assert_memory_equal(packet, octets, vectors[i].end);
		kit_truncate(decode_url, vectors[i].hex, vectors[i].end);
	}
	/* scapy, decode EIR: the list of UUIDs is missing */
	uint8_t octets[64];
	assert_int_equal(decode_url(octets, kit_octets("0c16aafe10040373636170790a", octets)), 0);
}

/* google, eddystone-url-unit.js and the tables of eddystone-url/README.md; scapy, encode frames. */
static void test_url_frames(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		int8_t power_dbm;
		const char *frame;
	} cases[] = {
		{ "https://www.example.com", 10, "100a016578616d706c6507" },
		{ "https://scapy.net", 0, "10000373636170790a" },
		{ "https://www.scapy.net", 0, "10000173636170790a" },
		{ "http://www.example.com", 0, "1000006578616d706c6507" },
		{ "http://example.com", 0, "1000026578616d706c6507" },
		{ "http://www.a.com/b", 0, "100000610062" },
		{ "http://a.com/b.org/c.edu/d.net/", 0, "1000026100620163026403" },
		{ "http://a.info/b.biz/c.gov/", 0, "100002610462056306" },
		{ "http://a.com?.org?.edu?.net", 0, "10000261073f083f093f0a" },
		{ "http://a.info?.biz?.gov?", 0, "100002610b3f0c3f0d3f" },
		{ "http://a.community/", 0, "10000261076d756e6974792f" },
		{ "http://a.co", 0, "100002612e636f" }, /* not quite .com */
		{ "http://www", 0, "100002777777" },    /* not quite http://www. */
		{ "http://www.", 0, "100000" },
		{ "https://", 20, "101403" },
		{ "http://!~", -100, "109c02217e" },
		{ "http://www.", -18, "10ee00" },       /* 0xEE is -18: eddystone-url/README.md, Examples */
		{ "http://www.", 18, "101200" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ble_eddystone_url u = { .url = cases[i].url, .power_dbm = cases[i].power_dbm }, out;
		uint8_t packet[BLE_BEACON_SIZE];
		char text[BLE_EDDYSTONE_URL_SIZE];
		int len = ble_eddystone_url_encode(&u, packet, NULL);
		assert_true(len > 11);
		assert_int_equal(packet[7], len - 8);
		kit_hex(packet + 11, (size_t)len - 11, text);
		assert_string_equal(text, cases[i].frame);
		assert_int_equal(ble_eddystone_url_decode(packet, (size_t)len, text, &out), 0);
		assert_string_equal(text, cases[i].url);
	}
}

static void test_url_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		int err;
		const char *sentence;
	} cases[] = {
		{ NULL, BLE_EINVAL, "url: it is NULL" },
		{ "", BLE_EINVAL, "url: \"\": it begins with neither http:// nor https://" },
		{ "http:/", BLE_EINVAL, "url: \"http:/\": it begins with neither http:// nor https://" },
		{ "gopher://example.com", BLE_EINVAL,
			"url: \"gopher://example.com\": it begins with neither http:// nor https://" },
		{ "http://caf\xc3\xa9", BLE_EINVAL, "url: octet: 195 is outside 33..126" },
		{ "http://a b", BLE_EINVAL, "url: octet: 32 is outside 33..126" },
		{ "http://a\x7f", BLE_EINVAL, "url: octet: 127 is outside 33..126" },
		{ "http://a\x01", BLE_EINVAL, "url: octet: 1 is outside 33..126" },
		{ "http://123456789012345678", BLE_ETOOBIG, "url: octets behind the scheme: 18 is outside 0..17" },
		/* scapy and google encode these, without the limit */
		{ "http://www.example.com/hello.info.html", BLE_ETOOBIG,
			"url: octets behind the scheme: 19 is outside 0..17" },
		{ "https://inbox.google.com/u/0/?pli=1", BLE_ETOOBIG,
			"url: octets behind the scheme: 23 is outside 0..17" },
	};
	struct ble_fault fault;
	uint8_t packet[BLE_BEACON_SIZE];
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ble_eddystone_url u = { .url = cases[i].url };
		assert_int_equal(ble_eddystone_url_encode(&u, packet, &fault), cases[i].err);
		kit_refused(&fault, cases[i].sentence);
		assert_int_equal(ble_eddystone_url_encode(&u, packet, NULL), cases[i].err);
	}
	struct ble_eddystone_url u = { .url = "http://12345678901234567" };
	assert_int_equal(ble_eddystone_url_encode(&u, packet, &fault), 31);
}

/* google: power from -100 to 20; the library's test of Tx power has the same four. */
static void test_ranges(void **state)
{
	(void)state;
	static const int8_t powers[] = { -128, -101, -100, 20, 21, 127 };
	struct ble_fault fault;
	uint8_t packet[BLE_BEACON_SIZE];
	for (size_t i = 0; i < sizeof powers; i++) {
		struct ble_eddystone_uid id = { .power_dbm = powers[i] };
		struct ble_eddystone_url url = { .url = "http://", .power_dbm = powers[i] };
		bool good = i == 2 || i == 3;
		assert_int_equal(ble_eddystone_uid_encode(&id, packet, &fault), good ? 31 : BLE_ERANGE);
		assert_int_equal(ble_eddystone_url_encode(&url, packet, &fault), good ? 14 : BLE_ERANGE);
	}
	kit_refused(&fault, "power_dbm: 127 is outside -100..20");
	struct ble_eddystone_tlm tlm = { .flags = 0xfe };
	assert_int_equal(ble_eddystone_tlm_encode(&tlm, packet, &fault), BLE_ERANGE);
	kit_refused(&fault, "flags: 254 is outside 0..31");
	struct ble_eddystone_uid id = { .flags = 0x20 };
	assert_int_equal(ble_eddystone_uid_encode(&id, packet, NULL), BLE_ERANGE);
	struct ble_eddystone_url url = { .url = "http://", .flags = 0x20 };
	assert_int_equal(ble_eddystone_url_encode(&url, packet, NULL), BLE_ERANGE);
}

static void test_tlm(void **state)
{
	(void)state;
	static const struct {
		const char *source, *hex;
		size_t end;
		struct ble_eddystone_tlm is;
	} vectors[] = {
		/* without the RSSI that follows there; its reader takes the tenths of a second for seconds */
		{ "beacontools, test_eddystone_tlm", "0201060303aafe1116aafe20000b1813000000146700002ac4", 25,
			{ 2840, BLE_EDDYSTONE_CELSIUS(19), 5223, 10948, 0x06 } },
		/* 2.928V, 21.285C, 37040856, 3724474.2s */
		{ "mikrotik", "0201060303aafe1116aafe20000b701549023532d802384f46", 25,
			{ 2928, 5449, 37040856, 37244742, 0x06 } },
		{ "aosp, RECORD_TLM",
			"0201060303aafe1116aafe20000bf017000008874803fb93540916802069080efe13551109426c7565436861726d"
			"5f313639363835000000000000000000", 25,
			{ 0x0bf0, BLE_EDDYSTONE_CELSIUS(23), 0x00088748, 0x03fb9354, 0x06 } },
	};
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		uint8_t octets[64], packet[BLE_BEACON_SIZE];
		struct ble_eddystone_tlm t;
		size_t len = kit_octets(vectors[i].hex, octets);
		print_message("%s\n", vectors[i].source);
		assert_int_equal(ble_eddystone_type(octets, len), BLE_EDDYSTONE_TLM);
		assert_int_equal(ble_eddystone_tlm_decode(octets, len, &t), 0);
		assert_int_equal(t.battery_mv, vectors[i].is.battery_mv);
		assert_int_equal(t.temperature_c256, vectors[i].is.temperature_c256);
		assert_int_equal(t.adv_count, vectors[i].is.adv_count);
		assert_int_equal(t.uptime_100ms, vectors[i].is.uptime_100ms);
		assert_int_equal(t.flags, vectors[i].is.flags);
		assert_int_equal(ble_eddystone_tlm_encode(&t, packet, NULL), (int)vectors[i].end);
		assert_memory_equal(packet, octets, vectors[i].end);
		kit_truncate(decode_tlm, vectors[i].hex, vectors[i].end);
	}
}

/* go_eddystone, testData; google, tlm-plain.md: 0x8000 is not supported. */
static void test_temperatures(void **state)
{
	(void)state;
	static const struct {
		int16_t celsius;
		uint16_t octets;
	} cases[] = {
		{ BLE_EDDYSTONE_CELSIUS(0.0), 0x0000 },
		{ BLE_EDDYSTONE_CELSIUS(1.0), 0x0100 },
		{ BLE_EDDYSTONE_CELSIUS(1.75), 0x01c0 },
		{ BLE_EDDYSTONE_CELSIUS(-1.0), 0xff00 },
		{ BLE_EDDYSTONE_CELSIUS(-1.5), 0xfe80 },
		{ BLE_EDDYSTONE_CELSIUS(-2), 0xfe00 },
		{ BLE_EDDYSTONE_CELSIUS(-127), 0x8100 },
		{ BLE_EDDYSTONE_CELSIUS(-0.5), 0xff80 },
		{ BLE_EDDYSTONE_CELSIUS(-0.25), 0xffc0 },
		{ BLE_EDDYSTONE_CELSIUS(127), 0x7f00 },
		{ BLE_EDDYSTONE_CELSIUS(-2.25), 0xfdc0 },
		{ BLE_EDDYSTONE_NO_TEMPERATURE, 0x8000 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ble_eddystone_tlm in = { .temperature_c256 = cases[i].celsius }, out;
		uint8_t packet[BLE_BEACON_SIZE];
		assert_int_equal(ble_eddystone_tlm_encode(&in, packet, NULL), 25);
		assert_int_equal(packet[15] << 8 | packet[16], cases[i].octets);
		assert_int_equal(ble_eddystone_tlm_decode(packet, 25, &out), 0);
		assert_int_equal(out.temperature_c256, cases[i].celsius);
	}
}

static void test_types(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int type, uid, url, tlm;
	} cases[] = {
		/* beacontools, test_eddystone_eid; aosp, RECORD_E2EE_EID */
		{ "0201060303aafe0d16aafe30e34549445f74657374", BLE_EDDYSTONE_EID, BLE_ENOENT, BLE_ENOENT,
			BLE_ENOENT },
		{ "0201061816aafe400000000000000000000000000000000000000000", 0x40, BLE_ENOENT, BLE_ENOENT,
			BLE_ENOENT },
		/* beacontools, test_bad_packets: the lower half of the type; a packet that is cut; not AD structures */
		{ "0201060303aafe1716aafe01e3123456789012346789010000000000010000", BLE_EBADPDU, BLE_EBADPDU,
			BLE_EBADPDU, BLE_EBADPDU },
		{ "0201060303", BLE_EBADPDU, BLE_EBADPDU, BLE_EBADPDU, BLE_EBADPDU },
		{ "30303030303030", BLE_EBADPDU, BLE_EBADPDU, BLE_EBADPDU, BLE_EBADPDU },
		{ "", BLE_ENOENT, BLE_ENOENT, BLE_ENOENT, BLE_ENOENT },
		/* google, tlm-encrypted.md: version 1 */
		{ "0201060303aafe1516aafe2001414141414141414141414141deadbeff", BLE_EDDYSTONE_TLM, BLE_ENOENT,
			BLE_ENOENT, BLE_ENOTSUP },
		/* service data of somebody else, of nobody, and a frame without its type */
		{ "0b16abfe1000006161616161", BLE_ENOENT, BLE_ENOENT, BLE_ENOENT, BLE_ENOENT },
		{ "0216aa", BLE_ENOENT, BLE_ENOENT, BLE_ENOENT, BLE_ENOENT },
		{ "0316aafe", BLE_EBADPDU, BLE_EBADPDU, BLE_EBADPDU, BLE_EBADPDU },
		/* TLM without a version, too short, too long */
		{ "0416aafe20", BLE_EDDYSTONE_TLM, BLE_ENOENT, BLE_ENOENT, BLE_EBADPDU },
		{ "1016aafe20000b1813000000146700002a", BLE_EDDYSTONE_TLM, BLE_ENOENT, BLE_ENOENT, BLE_EBADPDU },
		{ "1216aafe20000b1813000000146700002ac400", BLE_EDDYSTONE_TLM, BLE_ENOENT, BLE_ENOENT, BLE_EBADPDU },
		/* URL: no scheme, scheme 4, an octet in each reserved range, 18 octets */
		{ "0516aafe1000", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU, BLE_ENOENT },
		{ "0616aafe100004", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU, BLE_ENOENT },
		{ "0716aafe1000000e", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU, BLE_ENOENT },
		{ "0716aafe10000020", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU, BLE_ENOENT },
		{ "0716aafe1000007f", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU, BLE_ENOENT },
		{ "0716aafe100000ff", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU, BLE_ENOENT },
		{ "1816aafe100000616161616161616161616161616161616161", BLE_EDDYSTONE_URL, BLE_ENOENT, BLE_EBADPDU,
			BLE_ENOENT },
		{ "0616aafe100000", BLE_EDDYSTONE_URL, BLE_ENOENT, 0, BLE_ENOENT },
		/* the first of two frames; other structures around, other service data before */
		{ "0616aafe100000" "0416aafe20", BLE_EDDYSTONE_URL, BLE_ENOENT, 0, BLE_ENOENT },
		{ "0409616263" "0416abfe10" "0616aafe100000" "020a00", BLE_EDDYSTONE_URL, BLE_ENOENT, 0, BLE_ENOENT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t octets[64];
		size_t len = kit_octets(cases[i].hex, octets);
		assert_int_equal(kit_at_the_edge(type_of, octets, len), cases[i].type);
		assert_int_equal(kit_at_the_edge(decode_uid, octets, len), cases[i].uid);
		assert_int_equal(kit_at_the_edge(decode_url, octets, len), cases[i].url);
		assert_int_equal(kit_at_the_edge(decode_tlm, octets, len), cases[i].tlm);
	}
	assert_int_equal(ble_eddystone_type(NULL, 0), BLE_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uid),
		cmocka_unit_test(test_uid_lengths),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_url_frames),
		cmocka_unit_test(test_url_refusals),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_tlm),
		cmocka_unit_test(test_temperatures),
		cmocka_unit_test(test_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
