/* The text sink, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ble/radio.h>
#include <ble/trace.h>

static char text[4096];
static size_t text_len;

static void write_text(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	assert_true(text_len + len < sizeof text);
	memcpy(text + text_len, data, len);
	text_len += len;
	text[text_len] = 0;
}

static void expect(const struct ble_trace_rec *rec, const char *line)
{
	struct ble_trace_out out = { .write = write_text };
	struct ble_trace t = ble_trace_text(&out);
	text_len = 0;
	t.put(t.ctx, rec);
	assert_string_equal(text, line);
}

static void test_packets(void **state)
{
	(void)state;
	expect(&(struct ble_trace_rec){ .t_us = 12000376,
		       .node = 2,
		       .kind = BLE_TRACE_H4,
		       .data = "\x01\x03\x0c\x00",
		       .len = 4 },
		"12.000376 n2 > Reset: 01 03 0c 00\n");
	expect(&(struct ble_trace_rec){ .t_us = 5,
		       .kind = BLE_TRACE_H4,
		       .dir = BLE_TRACE_TO_HOST,
		       .data = "\x04\xfe\x00",
		       .len = 3 },
		"0.000005 n0 < event 0xfe: 04 fe 00\n");
	expect(
		&(struct ble_trace_rec){
			.t_us = 5, .kind = BLE_TRACE_H4, .data = "\x02\x01\x20\x00\x00", .len = 5 },
		"0.000005 n0 > ACL 0x2001: 02 01 20 00 00\n");
	expect(&(struct ble_trace_rec){ .kind = BLE_TRACE_H4, .data = "\x01", .len = 1 },
		"0.000000 n0 > packet: 01\n");
}

static void test_air(void **state)
{
	(void)state;
	struct ble_trace_air air = {
		.channel = 37, .phy = BLE_PHY_1M, .rssi_dbm = -40, .crc_ok = true
	};
	expect(&(struct ble_trace_rec){ .node = 1,
		       .kind = BLE_TRACE_AIR,
		       .air = &air,
		       .data = "\xd6\xbe\x89\x8e\x00\x00\x01\x02\x03",
		       .len = 9 },
		"0.000000 n1 air ch 37 1M -40 dBm ADV_IND: d6 be 89 8e 00 00 01 02 03\n");
	air = (struct ble_trace_air){ .channel = 3, .phy = BLE_PHY_2M, .flow = BLE_FLOW_CENTRAL };
	expect(&(struct ble_trace_rec){ .node = 1,
		       .kind = BLE_TRACE_AIR,
		       .air = &air,
		       .data = "\x01\x02\x03\x04\x01\x00\x01\x02\x03",
		       .len = 9 },
		"0.000000 n1 air ch 3 2M 0 dBm central bad CRC empty: 01 02 03 04 01 00 01 02 "
		"03\n");
	air = (struct ble_trace_air){
		.channel = 3, .phy = BLE_PHY_1M, .flow = BLE_FLOW_PERIPHERAL, .crc_ok = true
	};
	expect(&(struct ble_trace_rec){ .node = 1,
		       .kind = BLE_TRACE_AIR,
		       .air = &air,
		       .data = "\x01\x02\x03\x04\x03\x01\xfe\x01\x02\x03",
		       .len = 10 },
		"0.000000 n1 air ch 3 1M 0 dBm peripheral control 0xfe: 01 02 03 04 03 01 fe 01 02 "
		"03\n");
}

/* What a peer can put into a name does not reach a terminal; long records come in pieces. */
static void test_words(void **state)
{
	(void)state;
	char longest[300], line[400] = "0.000000 n3 state ";
	expect(
		&(struct ble_trace_rec){
			.node = 3, .kind = BLE_TRACE_WORD, .data = "a\x1b[0m\n", .len = 6 },
		"0.000000 n3 a.[0m.\n");
	memset(longest, 'x', sizeof longest);
	size_t head = strlen(line);
	memset(line + head, 'x', sizeof longest);
	memcpy(line + head + sizeof longest, "\n", 2);
	expect(&(struct ble_trace_rec){ .node = 3,
		       .kind = BLE_TRACE_STATE,
		       .data = longest,
		       .len = sizeof longest },
		line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_air),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
