/*
 * Random beacons: what is encoded is decoded as it was; tshark reads the packets, in a capture of the air, as they were
 * meant; and random octets never lead a decoder beyond their end.
 */
#include "beacon_kit.h"

#include "base/le.h"
#include "spec/crc24.h"
#include "tests/unit/trace/tshark.h"

#include "tests/unit/trace/tshark.c"

enum { COUNT = 300 };

/* The texts behind the schemes are put together from these, up to 17 octets once they are compressed. */
static const char *const pieces[] = { ".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/", ".com", ".org",
	".edu", ".net", ".info", ".biz", ".gov", ".", "/", "a", "com", "w", "~", "!", "www.", ".in", "%20" };
static const char *const schemes[] = { "http://www.", "https://www.", "http://", "https://" };

static void random_url(struct kit_random *r, char text[BLE_EDDYSTONE_URL_SIZE])
{
	uint32_t octets = kit_next(r) % (BLE_EDDYSTONE_URL_MAX + 1);
	strcpy(text, schemes[kit_next(r) % 4]);
	for (uint32_t used = 0; used < octets;) {
		uint32_t i = kit_next(r) % (sizeof pieces / sizeof pieces[0]);
		uint32_t size = i < 14 ? 1 : (uint32_t)strlen(pieces[i]);
		if (used + size > octets)
			break;
		strcat(text, pieces[i]);
		used += size;
	}
}

static void test_url(void **state)
{
	(void)state;
	struct kit_random r = { 2 };
	for (unsigned i = 0; i < 20000; i++) {
		char in[BLE_EDDYSTONE_URL_SIZE], out[BLE_EDDYSTONE_URL_SIZE];
		struct ble_eddystone_url u = { .url = in, .power_dbm = kit_power(&r), .flags = kit_flags(&r) }, v;
		uint8_t packet[BLE_BEACON_SIZE];
		random_url(&r, in);
		int len = ble_eddystone_url_encode(&u, packet, NULL);
		assert_true(len > 0 && len <= BLE_BEACON_SIZE);
		assert_int_equal(ble_eddystone_url_decode(packet, (size_t)len, out, &v), 0);
		assert_string_equal(out, in);
		assert_int_equal(v.power_dbm, u.power_dbm);
		assert_int_equal(v.flags, u.flags);
	}
}

/* Each of 17 octets stands for .info/ */
static void test_longest_url(void **state)
{
	(void)state;
	char in[BLE_EDDYSTONE_URL_SIZE] = "https://www.", out[BLE_EDDYSTONE_URL_SIZE];
	struct ble_eddystone_url u = { .url = in }, v;
	uint8_t packet[BLE_BEACON_SIZE];
	for (unsigned i = 0; i < BLE_EDDYSTONE_URL_MAX; i++)
		strcat(in, ".info/");
	assert_int_equal(strlen(in), BLE_EDDYSTONE_URL_SIZE - 1);
	assert_int_equal(ble_eddystone_url_encode(&u, packet, NULL), 31);
	assert_int_equal(ble_eddystone_url_decode(packet, 31, out, &v), 0);
	assert_string_equal(out, in);
}

static void test_uid_and_tlm(void **state)
{
	(void)state;
	struct kit_random r = { 3 };
	for (unsigned i = 0; i < 20000; i++) {
		struct ble_eddystone_uid u, v;
		struct ble_eddystone_tlm t, s;
		uint8_t packet[BLE_BEACON_SIZE];
		memset(&s, 0, sizeof s);
		memset(&t, 0, sizeof t);
		kit_fill(&r, &u, sizeof u);
		u.power_dbm = kit_power(&r);
		u.flags = kit_flags(&r);
		int len = ble_eddystone_uid_encode(&u, packet, NULL);
		assert_int_equal(len, u.flags == BLE_BEACON_NO_FLAGS ? 28 : 31);
		assert_int_equal(ble_eddystone_uid_decode(packet, (size_t)len, &v), 0);
		assert_memory_equal(&u, &v, sizeof u);
		t.battery_mv = (uint16_t)kit_next(&r);
		t.temperature_c256 = (int16_t)kit_next(&r);
		t.adv_count = kit_next(&r);
		t.uptime_100ms = kit_next(&r);
		t.flags = kit_flags(&r);
		len = ble_eddystone_tlm_encode(&t, packet, NULL);
		assert_int_equal(len, t.flags == BLE_BEACON_NO_FLAGS ? 22 : 25);
		assert_int_equal(ble_eddystone_tlm_decode(packet, (size_t)len, &s), 0);
		assert_memory_equal(&t, &s, sizeof t);
	}
}

/* Random octets in the shape of beacons; the sanitizers watch. */
static void test_noise(void **state)
{
	(void)state;
	static const char *const seeds[] = { "0201061aff4c000215", "0201060303aafe1716aafe00",
		"0201060303aafe1716aafe10", "0201060303aafe1116aafe2000", "" };
	struct kit_random r = { 4 };
	for (unsigned i = 0; i < 50000; i++) {
		uint8_t octets[64];
		struct ble_ibeacon b;
		struct ble_eddystone_uid u;
		struct ble_eddystone_url w;
		struct ble_eddystone_tlm t;
		char text[BLE_EDDYSTONE_URL_SIZE];
		kit_fill(&r, octets, sizeof octets);
		size_t n = kit_octets(seeds[i % 5], octets), len = kit_next(&r) % 40;
		if (n && i % 2)
			octets[kit_next(&r) % n] = (uint8_t)kit_next(&r);
		uint8_t *own = malloc(len ? len : 1);
		assert_non_null(own);
		memcpy(own, octets, len);
		(void)ble_ibeacon_decode(own, len, BLE_COMPANY_ANY, &b);
		(void)ble_eddystone_uid_decode(own, len, &u);
		(void)ble_eddystone_tlm_decode(own, len, &t);
		if (ble_eddystone_url_decode(own, len, text, &w) == 0)
			assert_true(strlen(text) < sizeof text);
		free(own);
	}
}

/* ADV_NONCONN_IND with this data, on channel 37. */
static void put(const struct ble_trace *t, const uint8_t *data, size_t len)
{
	uint8_t octets[4 + 2 + 6 + BLE_BEACON_SIZE + 3] = { 0xd6, 0xbe, 0x89, 0x8e, 0x42, (uint8_t)(6 + len), 1, 2, 3,
		4, 5, 0xc6 };
	struct ble_trace_air air = { .channel = 37, .phy = 1, .rssi_dbm = -50, .crc_ok = true };
	memcpy(octets + 12, data, len);
	le24_put(octets + 12 + len, crc24(0x555555, octets + 4, 8 + len));
	t->put(t->ctx,
		&(struct ble_trace_rec){ .kind = BLE_TRACE_AIR, .data = octets, .len = 15 + len, .air = &air });
}

static char said[64000], expected[64000];

/*
 * tshark 4.0 leaves the data behind the company identifier undecoded (its own iBeacon dissector, asked for by -d,
 * begins at the type, two octets early): it is written out here by table 2-1 of Apple's specification.
 */
static void test_tshark_reads_ibeacon(void **state)
{
	(void)state;
	struct kit_random r = { 5 };
	struct tshark_file f;
	tshark_open(&f);
	struct ble_trace t = ble_trace_pcap(&f.out);
	char *at = expected;
	for (unsigned i = 0; i < COUNT; i++) {
		struct ble_ibeacon b = { .major = (uint16_t)kit_next(&r), .minor = (uint16_t)kit_next(&r),
			.power_dbm = (int8_t)kit_next(&r), .flags = kit_flags(&r), .company = i % 2 ? 0x0059 : 0 };
		uint8_t packet[BLE_BEACON_SIZE];
		char uuid[33];
		kit_fill(&r, b.uuid, sizeof b.uuid);
		put(&t, packet, (size_t)ble_ibeacon_encode(&b, packet, NULL));
		kit_hex(b.uuid, sizeof b.uuid, uuid);
		at += sprintf(at, "%s\t0215%s%04x%04x%02x\n", i % 2 ? "0x0059" : "0x004c", uuid, b.major, b.minor,
			(uint8_t)b.power_dbm);
	}
	tshark_judge(&f);
	tshark_read(&f, "", "-e btcommon.eir_ad.entry.company_id -e btcommon.eir_ad.entry.data", said, sizeof said);
	assert_string_equal(said, expected);
	tshark_close(&f);
}

/*
 * tshark knows no Eddystone: it shows the list of UUIDs and the frame, which is written out here by the tables of the
 * specification.
 */
static void test_tshark_reads_eddystone(void **state)
{
	(void)state;
	struct kit_random r = { 6 };
	struct tshark_file f;
	tshark_open(&f);
	struct ble_trace t = ble_trace_pcap(&f.out);
	char *at = expected;
	for (unsigned i = 0; i < COUNT; i++) {
		uint8_t packet[BLE_BEACON_SIZE];
		struct ble_eddystone_uid u;
		struct ble_eddystone_tlm m = { .battery_mv = (uint16_t)kit_next(&r),
			.temperature_c256 = (int16_t)kit_next(&r), .adv_count = kit_next(&r),
			.uptime_100ms = kit_next(&r), .flags = kit_flags(&r) };
		char id[33];
		kit_fill(&r, &u, sizeof u);
		u.power_dbm = kit_power(&r);
		u.flags = kit_flags(&r);
		put(&t, packet, (size_t)ble_eddystone_uid_encode(&u, packet, NULL));
		put(&t, packet, (size_t)ble_eddystone_tlm_encode(&m, packet, NULL));
		kit_hex(&u, 16, id);
		at += sprintf(at, "0xfeaa,0xfeaa\t00%02x%s0000\n", (uint8_t)u.power_dbm, id);
		at += sprintf(at, "0xfeaa,0xfeaa\t2000%04x%04x%08x%08x\n", m.battery_mv, (uint16_t)m.temperature_c256,
			m.adv_count, m.uptime_100ms);
	}
	tshark_judge(&f);
	tshark_read(&f, "", "-e btcommon.eir_ad.entry.uuid_16 -e btcommon.eir_ad.entry.service_data", said,
		sizeof said);
	assert_string_equal(said, expected);
	tshark_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_longest_url),
		cmocka_unit_test(test_uid_and_tlm),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_tshark_reads_ibeacon),
		cmocka_unit_test(test_tshark_reads_eddystone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
