/*
 * examples/c/eddystone.c: the URL, and one second in ten telemetry, changed while it is advertised; tshark sees these
 * frames and no others. A URL that no packet holds is refused with the reason.
 */
#include "beacon_ear.h"

#define main example_main
#include "examples/c/eddystone.c"
#undef main

static char *arguments[] = { "eddystone", "https://github.com/citruz", NULL };

static int program(void)
{
	return example_main(2, arguments);
}

static unsigned urls, telemetry;

static void heard(const struct ble_event *ev, uint64_t now_us)
{
	uint64_t second = now_us / 1000000;
	uint64_t apart_us = now_us % 1000000;
	if (apart_us > 990000 || apart_us < 10000)
		return; /* as it changes */
	assert_int_equal(ev->report.kind, BLE_REPORT_UNCN_UND);
	if (second % 10 == 9) {
		struct ble_eddystone_tlm t;
		assert_int_equal(ble_eddystone_tlm_decode(ev->report.data, ev->report.len, &t), 0);
		assert_int_equal(t.battery_mv, 3000);
		assert_int_equal(t.temperature_c256, -832); /* -3.25 */
		assert_int_equal(t.adv_count, 5 * second);
		assert_int_equal(t.uptime_100ms, 10 * second);
		telemetry++;
	} else {
		struct ble_eddystone_url u;
		char text[BLE_EDDYSTONE_URL_SIZE];
		assert_int_equal(ble_eddystone_url_decode(ev->report.data, ev->report.len, text, &u), 0);
		assert_string_equal(u.url, "https://github.com/citruz");
		assert_int_equal(u.power_dbm, -18);
		urls++;
	}
}

static char said[64000];

/* What tshark shows of the service data, by the specification's tables. */
static void judge(struct ear *ear)
{
	static const char *const lines[] = {
		"0x02\t0xfeaa,0xfeaa\t10ee036769746875620063697472757a\n",
		"0x02\t0xfeaa,0xfeaa\t20000bb8fcc00000002d0000005a\n",
		"0x02\t0xfeaa,0xfeaa\t20000bb8fcc00000005f000000be\n",
	};
	unsigned counts[3] = { 0 };
	tshark_judge(&ear->air);
	tshark_read(&ear->air, "",
		"-e btle.advertising_header.pdu_type -e btcommon.eir_ad.entry.uuid_16"
		" -e btcommon.eir_ad.entry.service_data",
		said, sizeof said);
	for (const char *at = said; *at;) {
		unsigned i = 0;
		while (i < 3 && strncmp(at, lines[i], strlen(lines[i])) != 0)
			i++;
		assert_true(i < 3);
		counts[i]++;
		at += strlen(lines[i]);
	}
	assert_true(counts[0] > 3 * 20 * 4 && counts[1] >= 3 * 4 && counts[2] >= 3 * 4);
}

static void test_eddystone(void **state)
{
	(void)state;
	struct ear ear = { .heard = heard };
	struct kit_output o;
	ear_open(&ear, 6);
	kit_main(program, &(struct port_world){ .world = ear.world, .end_us = 22500000 }, &o);
	assert_int_equal(o.status, 1);
	assert_string_equal(o.out, "");
	assert_string_equal(o.err, "eddystone: closed\n");
	assert_true(urls > 70 && telemetry >= 6);
	judge(&ear);
	ear_close(&ear);
}

static void test_too_long(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 7 });
	struct kit_output o;
	arguments[1] = "https://inbox.google.com/u/0/?pli=1";
	kit_main(program, &(struct port_world){ .world = world, .end_us = 1000000 }, &o);
	assert_int_equal(o.status, 1);
	assert_string_equal(o.err, "eddystone: url: octets behind the scheme: 23 is outside 0..17\n");
	port_world_leave();
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_eddystone), cmocka_unit_test(test_too_long) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
