/*
 * The LL pcap as tshark reads it. The CRCs are src/spec's; where the capture does not say that they
 * have been checked (datalink 251, without our ten octets), tshark computes them itself and agrees.
 */
#include "tshark.h"

#include <string.h>

#include <ble/radio.h>

#include "base/le.h"
#include "spec/crc24.h"

#define AA 0x50655d3bu

static void put(const struct ble_trace *t, uint64_t t_us, uint32_t aa, const uint8_t *pdu,
	size_t len, const struct ble_trace_air *air)
{
	uint8_t octets[300];
	uint32_t crc = crc24(0x555555, pdu, len);
	le32_put(octets, aa);
	memcpy(octets + 4, pdu, len);
	le24_put(octets + 4 + len, air->crc_ok ? crc : ~crc);
	t->put(t->ctx,
		&(struct ble_trace_rec){ .t_us = t_us,
			.kind = BLE_TRACE_AIR,
			.data = octets,
			.len = 4 + len + 3,
			.air = air });
}

static const uint8_t adv_ind[] = { 0x00, 9, 1, 2, 3, 4, 5, 6, 2, 1, 6 };

static void test_advertising(void **state)
{
	(void)state;
	struct tshark_file f;
	char got[4096];
	tshark_open(&f);
	struct ble_trace t = ble_trace_pcap(&f.out);
	struct ble_trace_air air = {
		.channel = 37, .phy = BLE_PHY_1M, .rssi_dbm = -40, .crc_ok = true
	};
	put(&t, 1700000000123456, 0x8e89bed6, adv_ind, sizeof adv_ind, &air);
	air = (struct ble_trace_air){
		.channel = 39, .phy = BLE_PHY_1M, .rssi_dbm = 8, .crc_ok = false
	};
	put(&t, 1700000001000000, 0x8e89bed6, adv_ind, sizeof adv_ind, &air);
	tshark_read(&f, "",
		"-e frame.time_epoch -e btle_rf.channel -e btle_rf.signal_dbm -e "
		"btle_rf.flags.dewhitened"
		" -e btle_rf.flags.crc_checked -e btle_rf.flags.crc_valid -e btle.access_address"
		" -e btle.advertising_header.pdu_type -e btle.advertising_address -e btle_rf.phy",
		got, sizeof got);
	assert_string_equal(got,
		"1700000000.123456000\t0\t-40\t1\t1\t1\t0x8e89bed6\t0x00\t06:05:04:03:02:01\t0\n"
		"1700000001.000000000\t39\t8\t1\t1\t0\t0x8e89bed6\t0x00\t06:05:04:03:02:01\t0\n");
	tshark_close(&f);
}

/* Data channels 0 and 10 are RF 1 and 11, 11 and 36 are 13 and 38; who speaks, and on which PHY. */
static void test_data(void **state)
{
	(void)state;
	struct tshark_file f;
	char got[4096];
	static const uint8_t empty[] = { 0x01, 0 }, terminate[] = { 0x03, 2, 0x02, 0x13 };
	static const uint8_t channels[] = { 0, 10, 11, 36 };
	tshark_open(&f);
	struct ble_trace t = ble_trace_pcap(&f.out);
	for (unsigned i = 0; i < 4; i++) {
		struct ble_trace_air air = { .channel = channels[i],
			.phy = i < 2 ? BLE_PHY_1M : BLE_PHY_2M,
			.flow = i % 2 ? BLE_FLOW_PERIPHERAL : BLE_FLOW_CENTRAL,
			.crc_ok = true };
		put(&t, i, AA, i == 3 ? terminate : empty, i == 3 ? 4 : 2, &air);
	}
	tshark_judge(&f);
	tshark_read(&f, "",
		"-e btle_rf.channel -e btle_rf.pdu_type -e btle_rf.phy -e btle.data_header.llid"
		" -e btle.control_opcode",
		got, sizeof got);
	assert_string_equal(
		got, "1\t2\t0\t0x01\t\n11\t3\t0\t0x01\t\n13\t2\t1\t0x01\t\n38\t3\t1\t0x03\t0x02\n");
	tshark_close(&f);
}

/* Writes the packets without what our sink says about them. */
static void put_bare(void *ctx, const void *data, size_t len)
{
	const struct ble_trace_out *file = ctx;
	const uint8_t *p = data;
	uint8_t h[26];
	assert_true(len <= sizeof h || p[0] == 0xd6);
	if (len > sizeof h) {
		file->write(file->ctx, data, len);
		return;
	}
	memcpy(h, data, len);
	if (len == 24) {
		le32_put(h + 20, 251); /* LINKTYPE_BLUETOOTH_LE_LL */
	} else {
		le32_put(h + 8, le32_get(h + 8) - 10);
		le32_put(h + 12, le32_get(h + 12) - 10);
		len = 16;
	}
	file->write(file->ctx, h, len);
}

static void test_crc_is_tsharks(void **state)
{
	(void)state;
	struct tshark_file f;
	char got[256];
	uint8_t pdu[2 + 37] = { 0x02, 37, 1, 2, 3, 4, 5, 6, 30, 0xff };
	tshark_open(&f);
	struct ble_trace_out bare = { .ctx = &f.out, .write = put_bare };
	struct ble_trace t = ble_trace_pcap(&bare);
	struct ble_trace_air air = { .channel = 37, .phy = BLE_PHY_1M, .crc_ok = true };
	put(&t, 1, 0x8e89bed6, pdu, sizeof pdu, &air);
	pdu[20] = 0x55;
	put(&t, 2, 0x8e89bed6, pdu, sizeof pdu, &air);
	air.crc_ok = false;
	put(&t, 3, 0x8e89bed6, pdu, sizeof pdu, &air);
	tshark_read(&f, "-Y btle.crc.incorrect", "-e frame.number", got, sizeof got);
	assert_string_equal(got, "3\n");
	tshark_close(&f);
}

static void test_other_kinds_are_passed_over(void **state)
{
	(void)state;
	struct tshark_file f;
	char got[256];
	tshark_open(&f);
	struct ble_trace t = ble_trace_pcap(&f.out);
	t.put(t.ctx, &(struct ble_trace_rec){ .kind = BLE_TRACE_WORD, .data = "x", .len = 1 });
	t.put(t.ctx,
		&(struct ble_trace_rec){ .kind = BLE_TRACE_H4, .data = "\1\3\14\0", .len = 4 });
	tshark_read(&f, "", "-e frame.number", got, sizeof got);
	assert_string_equal(got, "");
	tshark_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_advertising),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_crc_is_tsharks),
		cmocka_unit_test(test_other_kinds_are_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
