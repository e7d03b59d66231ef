/*
 * GAP: what is in advertising data (GAP/ADV). The module makes names, flags, UUIDs, appearance and manufacturer data;
 * the rest is a program's packet. AD types are Assigned Numbers 2.3, their form Core Specification Supplement Part A 1.
 */
#include "kit.h"

static struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ, .size = 1 };
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static struct ble_service heart_rate = { .uuid = 0x180D };

/* The tester hears exactly this packet, in advertising and in the scan response. */
static void heard(struct kit *k, const struct ble_advertising_params *params, const char *adv, const char *rsp)
{
	if (params)
		assert_int_equal(ble_advertising(k->ble, params), 0);
	ut_start(k);
	assert_int_equal(ble_start_advertising(k->ble), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
	lt_scan(&k->lt, true);
	assert_true(lt_wait_reports(&k->lt, 0, 3, 5000));
	assert_true(lt_wait_reports(&k->lt, 4, 1, 5000));
	const struct lt_report *report = lt_last_report(&k->lt, 0);
	EQUAL(report->data, report->len, adv);
	report = lt_last_report(&k->lt, 4);
	EQUAL(report->data, report->len, rsp);
}

static void service_uuids(void **state)
{
	struct kit *k = *state;
	kit_module(k, NULL);
	assert_int_equal(ble_add_service(k->ble, &battery), 0);
	assert_int_equal(ble_add_service(k->ble, &heart_rate), 0);
	heard(k, NULL, "02 01 06 06 09 47 6C 69 6E 74 05 03 0F 18 0D 18", "");
}

static void complete_name(struct kit *k)
{
	kit_module(k, &(struct ble_options){ .name = "A B" });
	heard(k, NULL, "02 01 06 04 09 41 20 42", "");
}

/* 26 octets are left beside the flags and the header; the whole name, 27, fits the scan response. */
static void local_name(void **state)
{
	struct kit *k = *state;
	kit_module(k, &(struct ble_options){ .name = "abcdefghijklmnopqrstuvwxyz!" });
	heard(k, NULL,
		"02 01 06 1B 08 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 76 77 78 79 7A",
		"1C 09 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 76 77 78 79 7A 21");
}

/* General discoverable, and no BR/EDR; a broadcaster is not discoverable: CSS Part A 1.3. */
static void flags(void **state)
{
	struct kit *k = *state;
	complete_name(k);
	assert_int_equal(ble_advertising(k->ble, &(struct ble_advertising_params){ .mode = BLE_ADV_UNCN_UND }), 0);
	assert_int_equal(ble_start_advertising(k->ble), 0);
	kit_run(k, 500);
	lt_scan_end(&k->lt);
	lt_scan(&k->lt, true);
	assert_true(lt_wait_reports(&k->lt, 3, 3, 5000));
	EQUAL(lt_last_report(&k->lt, 3)->data, lt_last_report(&k->lt, 3)->len, "02 01 04 04 09 41 20 42");
}

/* 0xFFFF is the company identifier of those who have none. */
static void manufacturer(void **state)
{
	kit_module(*state, NULL);
	heard(*state, &(struct ble_advertising_params){ .payload = "\xDE\xAD", .payload_len = 2, .company = 0x0059,
			.raw = BLE_RAW_NO },
		"02 01 06 05 FF 59 00 DE AD", "06 09 47 6C 69 6E 74");
}

static void appearance(void **state)
{
	struct kit *k = *state;
	kit_module(k, NULL);
	assert_int_equal(ble_gap(k->ble, &(struct ble_gap_params){ .appearance = 0x0341 }), 0);
	heard(k, NULL, "02 01 06 06 09 47 6C 69 6E 74 03 19 41 03", "");
}

/* A program's own packet goes on the air as it is. */
static void packet(void **state)
{
	struct kit *k = *state;
	uint8_t octets[31];
	size_t len = kit_octets(k->row, octets, sizeof octets);
	kit_module(k, NULL);
	heard(k, &(struct ble_advertising_params){ .payload = octets, .payload_len = (uint8_t)len }, k->row,
		"06 09 47 6C 69 6E 74");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/ADV/BV-01-C", service_uuids),
		CASE("GAP/ADV/BV-02-C", local_name),
		CASE("GAP/ADV/BV-03-C", flags),
		CASE("GAP/ADV/BV-04-C", manufacturer),
		ROW("GAP/ADV/BV-05-C", packet, "02 01 06 02 0A F4"),             /* -12 dBm */
		ROW("GAP/ADV/BV-08-C", packet, "02 01 06 05 12 06 00 80 0C"),    /* 7.5 ms to 4 s */
		ROW("GAP/ADV/BV-09-C", packet, "02 01 06 03 14 0F 18"),          /* wants a battery */
		ROW("GAP/ADV/BV-10-C", packet, "02 01 06 04 16 0F 18 64"),       /* battery: 100 % */
		CASE("GAP/ADV/BV-11-C", appearance),
		ROW("GAP/ADV/BV-12-C", packet, "02 01 06 07 17 01 00 00 5E 00 02"),
		ROW("GAP/ADV/BV-13-C", packet, "02 01 06 07 18 01 00 00 5E 00 C2"),
		ROW("GAP/ADV/BV-14-C", packet, "02 01 06 03 1A A0 00"),          /* 100 ms */
		ROW("GAP/ADV/BV-17-C", packet, "02 01 06 0C 24 17 2F 2F 61 2E 65 78 2F 62 63 64"), /* https: //a.ex/bcd */
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
