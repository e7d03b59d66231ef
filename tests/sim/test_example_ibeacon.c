/* examples/c/ibeacon.c: ten times a second, on three channels, nothing but its beacon. */
#include "beacon_ear.h"

#define main example_main
#include "examples/c/ibeacon.c"
#undef main

static void heard(const struct ble_event *ev, uint64_t now_us)
{
	struct ble_ibeacon b;
	(void)now_us;
	assert_int_equal(ev->report.kind, BLE_REPORT_UNCN_UND);
	assert_int_equal(ble_ibeacon_decode(ev->report.data, ev->report.len, 0, &b), 0);
	assert_memory_equal(b.uuid, "\x9a\x1e\x8f\x6c\x3d\x5b\x4c\x27\xa0\xf4\x5d\x2c\x71\xe6\xb9\x83", 16);
	assert_int_equal(b.major, 12);
	assert_int_equal(b.minor, 3);
	assert_int_equal(b.power_dbm, -59);
	assert_int_equal(b.flags, 6);
}

static char said[64000];

static void test_ibeacon(void **state)
{
	(void)state;
	static const char line[] = "0x02\t0x004c\t02159a1e8f6c3d5b4c27a0f45d2c71e6b983000c0003c5\n";
	struct ear ear = { .heard = heard };
	struct kit_output o;
	unsigned lines = 0;
	ear_open(&ear, 5);
	kit_main(example_main, &(struct port_world){ .world = ear.world, .end_us = 3000000 }, &o);
	assert_int_equal(o.status, 1);
	assert_string_equal(o.out, "");
	assert_string_equal(o.err, "ibeacon: closed\n");
	assert_true(ear.reports >= 24 && ear.reports <= 31);
	tshark_judge(&ear.air);
	tshark_read(&ear.air, "",
		"-e btle.advertising_header.pdu_type -e btcommon.eir_ad.entry.company_id"
		" -e btcommon.eir_ad.entry.data",
		said, sizeof said);
	for (const char *at = said; *at; at += sizeof line - 1, lines++)
		assert_memory_equal(at, line, sizeof line - 1);
	assert_true(lines >= 3 * 27 && lines <= 3 * 31); /* each 100..110 ms: Vol 6 Part B 4.4.2.2.1 */
	ear_close(&ear);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_ibeacon) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
