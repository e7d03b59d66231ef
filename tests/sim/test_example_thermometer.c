/*
 * examples/c/thermometer.c: a phone that confirms at once, late, not before it is lost, and never. What it should get is
 * said by the Health Thermometer service, Vol 3 Part F 3.3 and 3.4.7, and tshark's reading of the air.
 */
#include "script_kit.h"

#include "tests/unit/trace/tshark.c"

#define main example_main
#include "examples/c/thermometer.c"
#undef main

static uint64_t gone_us;

static void script(struct peer *p)
{
	static uint16_t measured, cccd, kind;
	SCRIPT_BEGIN(p);
	peer_find(p, "Thermometer");
	AWAIT(p, PEER_FOUND);
	measured = peer_handle(p, 0, 0x2A1C);
	cccd = peer_handle(p, measured, 0x2902);
	kind = peer_handle(p, cccd, 0x2A1D);
	CHECK(p, measured && cccd == measured + 1 && kind);
	CHECK(p, ble_client_read(p->host, p->conn, kind) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->value_len == 1 && p->value[0] == 3);
	CHECK(p, ble_client_read(p->host, p->conn, measured) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x02)); /* Read Not Permitted */
	AWAIT_MS(p, 2500);
	CHECK(p, p->heard_count == 0); /* not subscribed */
	CHECK(p, ble_client_write(p->host, p->conn, cccd, "\x02\x00", 2) == 0);
	AWAIT(p, BLE_EV_DONE);
	AWAIT(p, BLE_EV_NOTIFIED);
	AWAIT(p, BLE_EV_NOTIFIED);
	p->deaf_until_us = p->now_us + 3500000; /* the confirmation has to wait for the next poll */
	AWAIT(p, BLE_EV_NOTIFIED);
	CHECK(p, p->heard_count == 3);
	/* Lost with an indication on its way: it comes again in the next connection */
	AWAIT(p, BLE_EV_NOTIFIED);
	ble_node_move(p->node, 1e6, 0);
	p->deaf_until_us = p->now_us + 5000000;
	AWAIT(p, BLE_EV_DISCONNECTED);
	gone_us = p->now_us;
	ble_node_move(p->node, 2, 0);
	peer_find(p, "Thermometer");
	AWAIT(p, PEER_FOUND);
	CHECK(p, ble_client_write(p->host, p->conn, cccd, "\x02\x00", 2) == 0);
	AWAIT(p, BLE_EV_DONE);
	AWAIT(p, BLE_EV_NOTIFIED);
	/* Never: after 30 s the thermometer gives up this connection */
	AWAIT(p, BLE_EV_NOTIFIED);
	CHECK(p, p->heard_count == 6);
	p->deaf_until_us = p->now_us + 33000000;
	AWAIT(p, BLE_EV_DISCONNECTED);
	CHECK(p, p->ev->disconnected.reason == 0x13);
	SCRIPT_END(p);
}

static void test_thermometer(void **state)
{
	(void)state;
	struct peer p = { 0 };
	struct kit_output o;
	struct tshark_file air;
	char said[1000];
	unsigned lines = 0;
	tshark_open(&air);
	struct ble_trace pcap = ble_trace_pcap(&air.out);
	peer_scenario(example_main, script, &p, 9, &pcap, &o);
	assert_string_equal(o.err, "thermometer: closed\n");
	/* 36.4 of the white paper (below) and on, twice the fourth, and the fifth is none */
	static const char *const expected[] = { "\x00\x6C\x01\x00\xFF", "\x00\x6D\x01\x00\xFF",
		"\x00\x6E\x01\x00\xFF", "\x00\x6F\x01\x00\xFF", "\x00\x6F\x01\x00\xFF",
		"\x00\xFF\xFF\x7F\x00" };
	for (unsigned i = 0; i < p.heard_count; i++) {
		assert_true(p.heard[i].indication);
		assert_int_equal(p.heard[i].len, 5);
		assert_memory_equal(p.heard[i].data, expected[i], 5);
	}
	assert_true(p.heard[1].t_us - p.heard[0].t_us <= 1100000);
	assert_true(p.heard[2].t_us - p.heard[1].t_us > 3500000);
	assert_true(p.heard[4].t_us > gone_us);
	assert_string_equal(
		o.out, "confirmed\nconfirmed\nconfirmed\nnot connected\nconfirmed\ntime-out\n");
	tshark_judge(&air);
	/* tshark 4.0 finds the FLOAT and shows 0 for whatever it is: its number is judged by the vectors */
	tshark_read(&air, "-Y btatt.temperature_measurement.value.celsius",
		"-e btatt.opcode -e btatt.temperature_measurement.flags -e btl2cap.length", said,
		sizeof said);
	for (const char *at = said; *at; at += strlen("0x1d\t0x00\t8\n"), lines++)
		assert_memory_equal(at, "0x1d\t0x00\t8\n", strlen("0x1d\t0x00\t8\n"));
	assert_int_equal(lines, 6);
	tshark_close(&air);
}

/* Personal Health Devices Transcoding white paper 1.6, 2.2.1: 36.4 is 0xFF00016C, NaN 0x007FFFFF. HL7's Personal Health
 * Device guide, "IEEE 11073 FLOATs": 2.00 is 0xFE0000C8, 20 is 0x01000002, -1234 is 0x00FFFB2E. */
static void test_float(void **state)
{
	(void)state;
	static const struct {
		int32_t mantissa;
		int8_t exponent;
		uint8_t octets[4];
	} vectors[] = {
		{ 364, -1, { 0x6C, 0x01, 0x00, 0xFF } },
		{ NOT_A_NUMBER, 0, { 0xFF, 0xFF, 0x7F, 0x00 } },
		{ 200, -2, { 0xC8, 0x00, 0x00, 0xFE } },
		{ 2, 1, { 0x02, 0x00, 0x00, 0x01 } },
		{ -1234, 0, { 0x2E, 0xFB, 0xFF, 0x00 } },
	};
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		uint8_t at[4];
		put_float(at, vectors[i].mantissa, vectors[i].exponent);
		assert_memory_equal(at, vectors[i].octets, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_float),
		cmocka_unit_test(test_thermometer) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
