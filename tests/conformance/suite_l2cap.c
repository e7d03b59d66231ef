/*
 * L2CAP on LE: frames in pieces, channels that are not there, signalling that is wrong or unknown (Vol 3 Part A 4).
 * The implementation is the peripheral and has no channels but the fixed ones.
 */
#include "program.h"

/* Vol 3 Part A 4.1: Command Reject, reason 0, command not understood. */
#define NOT_UNDERSTOOD(id) "I 01 " id " 02 00 00 00"

/* It still works afterwards. */
static void still_serves(struct kit *k)
{
	SIG(k, "T 30 77 00 00", NOT_UNDERSTOOD("77"));
	ATT(k, "T 0A 03 00", "I 0B 01 02 03 04");
}

/* A length that claims more than there is, and one that claims less. */
static void wrong_length(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 14 01 0B 00 80 00 40 00 17 00 17 00 01 00", NOT_UNDERSTOOD("01"));
	SIG(k, "T 12 02 07 00 18 00 28 00 00 00 90 01", NOT_UNDERSTOOD("02"));
	still_serves(k);
}

/* 4.22: LE Credit Based Connection Request */
static void credit_based_request(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 14 03 0A 00 80 00 40 00 40 00 40 00 01 00", NOT_UNDERSTOOD("03"));
	still_serves(k);
}

/* 4.25: Credit Based Connection Request for one channel */
static void enhanced_request(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 17 04 0A 00 27 00 40 00 40 00 01 00 40 00", NOT_UNDERSTOOD("04"));
	still_serves(k);
}

/* The same for five channels, which is the most: 18 octets of data, within the 23 of the signalling MTU. */
static void enhanced_request_of_five(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 17 05 12 00 27 00 40 00 40 00 01 00 40 00 41 00 42 00 43 00 44 00", NOT_UNDERSTOOD("05"));
	still_serves(k);
}

/* Less than a command header cannot be answered; a length beyond the packet is not understood. */
static void no_header(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 14 06 0A", "I -", "T 14", "I -", "T 15 06 FF FF", "I -", "T 19 06 FF 00 40 00 40 00 40 00",
		NOT_UNDERSTOOD("06"));
	k->malformed = true;
	still_serves(k);
}

static void signalling_in_pieces(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	for (unsigned piece = 4; piece; piece--) {
		k->lt.fragment = piece;
		SIG(k, "T 14 07 0A 00 80 00 40 00 40 00 40 00 01 00", NOT_UNDERSTOOD("07"));
	}
}

static void data_in_pieces(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	for (unsigned piece = 5; piece; piece--) {
		k->lt.fragment = piece;
		ATT(k, "T 12 03 00 08 07 06 05 04 03 02 01", "I 13", "T 0A 03 00", "I 0B 08 07 06 05 04 03 02 01");
	}
}

/* Reserved, BR/EDR's, and dynamic ones that nobody has opened. */
static void unknown_channels(void **state)
{
	struct kit *k = *state;
	static const uint16_t cids[] = { 0x0000, 0x0001, 0x0002, 0x0003, 0x0007, 0x003F, 0x0040, 0x007F, 0xFFFF };
	program_connected(k);
	for (unsigned i = 0; i < sizeof cids / sizeof cids[0]; i++) {
		lt_send(&k->lt, cids[i], "\x0A\x03\x00", 3);
		kit_run(k, 500);
		assert_int_equal(k->lt.frame_count, 0);
	}
	k->violations = k->malformed = true;
	still_serves(k);
}

/* 4.20: only a central may be asked. */
static void update_request_to_a_peripheral(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 12 08 08 00 18 00 28 00 00 00 90 01", NOT_UNDERSTOOD("08"));
	assert_int_equal(k->count[BLE_EV_PARAMS], 0);
	still_serves(k);
}

/* 50 ms is 0028, 100 ms 0050 in units of 1.25 ms; 5 s is 01F4 in units of 10 ms. */
static void update_request(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	const struct ble_conn_params params = { .interval_min_us = 50000, .interval_max_us = 100000, .latency = 3,
		.supervision_ms = 5000 };
	struct lt_frame f;
	assert_int_equal(ble_conn_update(k->host, k->conn, &params), 0);
	kit_wake(k);
	assert_true(lt_receive(&k->lt, KIT_SIG, &f, 1000));
	EQUAL(f.octets, f.len, "12 .. 08 00 28 00 50 00 03 00 F4 01");
	uint8_t accepted[6] = { 0x13, f.octets[1], 2, 0, 0, 0 };
	assert_int_not_equal(f.octets[1], 0);
	lt_send(&k->lt, KIT_SIG, accepted, sizeof accepted);
	lt_update(&k->lt, 0x50, 3, 0x1F4);
	kit_run(k, 1000);
	assert_int_equal(k->last[BLE_EV_PARAMS].params.err, 0);
	assert_int_equal(k->last[BLE_EV_PARAMS].params.interval_us, 100000);
}

static void unknown_code(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 1B 09 00 00", NOT_UNDERSTOOD("09"), "T AA 0A 04 00 01 02 03 04", NOT_UNDERSTOOD("0A"));
	still_serves(k);
}

static void reserved_codes(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	SIG(k, "T 00 0B 00 00", NOT_UNDERSTOOD("0B"), "T FF 0C 00 00", NOT_UNDERSTOOD("0C"), "T 80 FF 01 00 55",
		NOT_UNDERSTOOD("FF"));
	still_serves(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("L2CAP/COS/CED/BI-11-C", wrong_length),
		CASE("L2CAP/COS/CED/BI-19-C", credit_based_request),
		CASE("L2CAP/COS/CED/BI-21-C", enhanced_request),
		CASE("L2CAP/COS/CED/BI-23-C", enhanced_request_of_five),
		CASE("L2CAP/LE/CFC/BI-02-C", no_header),
		CASE("L2CAP/LE/CFC/BV-30-C", signalling_in_pieces),
		CASE("L2CAP/LE/CFC/BV-31-C", data_in_pieces),
		CASE("L2CAP/LE/CID/BI-01-C", unknown_channels),
		CASE("L2CAP/LE/CPU/BI-02-C", update_request_to_a_peripheral),
		CASE("L2CAP/LE/CPU/BV-01-C", update_request),
		CASE("L2CAP/LE/REJ/BI-01-C", unknown_code),
		CASE("L2CAP/LE/REJ/BI-02-C", reserved_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
