/*
 * The server's rows over the database of attrs.h. Octets in and out are written by hand from Vol 3 Part F 3.4.
 * Every test ends with all transmit buffers idle.
 */
#include "attrs.h"

/* -- opcode times error -------------------------------------------------------------------------- */

struct cell {
	uint8_t opcode, error;
	const char *before, *in, *out, *why;
};

enum { EVERY_REQUEST = 0 }; /* as opcode of a cell */

static const struct cell cells[] = {
#define GIVES(op, err, in, out) { ATT_##op, ATT_ERR_##err, NULL, in, out, NULL },
#define AFTER(op, err, before, in, out) { ATT_##op, ATT_ERR_##err, before, in, out, NULL },
#define NEVER(op, err, why) { ATT_##op, ATT_ERR_##err, NULL, NULL, NULL, why },
#define NOWHERE(err, why) { EVERY_REQUEST, ATT_ERR_##err, NULL, NULL, NULL, why },
#include "errors.def"
#undef GIVES
#undef AFTER
#undef NEVER
#undef NOWHERE
};
enum { CELLS = sizeof cells / sizeof cells[0] };

/* Requests are the even opcodes of the list without Command Flag, but for the confirmation. */
static const uint8_t opcodes[] = {
#define X(name, num, text) num,
#include "spec/att_opcodes.def"
#undef X
};
static const uint8_t errors[] = {
#define X(name, num, text) num,
#include "spec/att_errors.def"
#undef X
};

static unsigned cells_of(uint8_t opcode, uint8_t error)
{
	unsigned n = 0;
	for (unsigned i = 0; i < CELLS; i++)
		n += (cells[i].opcode == opcode || cells[i].opcode == EVERY_REQUEST) && cells[i].error == error;
	return n;
}

static void the_table_has_no_hole(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof opcodes; i++) {
		if ((opcodes[i] & 0x41) || opcodes[i] == ATT_HANDLE_VALUE_CFM)
			continue;
		for (unsigned k = 0; k < sizeof errors; k++)
			if (cells_of(opcodes[i], errors[k]) != 1)
				fail_msg("opcode 0x%02X, error 0x%02X: %u cells", opcodes[i],
					errors[k], cells_of(opcodes[i], errors[k]));
	}
}

static void each_error_is_given_as_written(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CELLS; i++) {
		if (!cells[i].in)
			continue;
		uint8_t out[8];
		assert_int_equal(fake_octets(out, cells[i].out), 5);
		assert_int_equal(out[1], cells[i].opcode);
		assert_int_equal(out[4], cells[i].error);
		if (cells[i].before) {
			fake_rx_hex(cells[i].before);
			assert_int_equal(fake.sdu[0], ATT_PREPARE_WRITE_RSP);
			fake_clear();
		}
		fake_rx_hex(cells[i].in);
		att_server_settle(&attrs_state.server); /* the next poll: the program has left it unanswered */
		fake_sent_hex(cells[i].out);
	}
}

/* -- what each request gives --------------------------------------------------------------------- */

static void golden_answers(void **state)
{
	static const struct {
		const char *in, *out;
	} pairs[] = {
		{ "04 01 00 05 00", "05 01 01 00 00 28 02 00 03 28 03 00 19 2A 04 00 00 2A 05 00 01 2A" },
		{ "04 06 00 FF FF", "05 02 06 00 00 01 02 03 04 05 06 07 08 09 0A 0B 01 A0 0E 0F" },
		{ "04 05 00 FF FF", "05 01 05 00 01 2A" },
		{ "06 01 00 FF FF 00 28 0F 18", "07 01 00 08 00" },
		{ "06 01 00 FF FF 19 2A 64", "07 03 00 03 00" },
		{ "08 01 00 FF FF 03 28", "09 07 02 00 02 03 00 19 2A" },
		{ "08 01 00 FF FF FB 34 9B 5F 80 00 00 80 00 10 00 00 19 2A 00 00", "09 03 03 00 64" },
		{ "08 01 00 FF FF 00 01 02 03 04 05 06 07 08 09 0A 0B 01 A0 0E 0F",
			"09 07 06 00 68 65 6C 6C 6F" },
		{ "08 01 00 FF FF 01 2A", /* cut to ATT_MTU - 4 octets of value */
			"09 15 05 00 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73" },
		{ "0A 03 00", "0B 64" },
		{ "0A 05 00",
			"0B 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 76" },
		{ "0C 05 00 26 00", "0D 4D 4E" },
		{ "0C 05 00 28 00", "0D" },
		{ "0C 03 00 00 00", "0D 64" },
		{ "10 01 00 FF FF 00 28", "11 06 01 00 08 00 0F 18" },
		{ "10 01 00 FF FF FB 34 9B 5F 80 00 00 80 00 10 00 00 00 28 00 00",
			"11 06 01 00 08 00 0F 18" },
		/* secondary services are groups, too, Part G 2.5.3: there is none */
		{ "10 01 00 FF FF 01 28", "01 10 01 00 0A" },
		{ "12 03 00 01", "13" },
		{ "12 03 00", "13" },
		{ "0E 03 00 06 00", "0F 64 68 65 6C 6C 6F" },
		{ "0E 05 00 03 00", /* cut to ATT_MTU - 1 octets */
			"0F 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 76" },
		{ "20 03 00 06 00 03 00", "21 01 00 64 05 00 68 65 6C 6C 6F 01 00 64" },
		/* the length is the value's own, 40, though 20 of it fit: 3.4.4.12 */
		{ "20 05 00 03 00",
			"21 28 00 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74" },
		{ "26 00", "01 26 00 00 06" }, /* of a later specification */
		{ "00", "01 00 00 00 06" },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		fake_rx_hex(pairs[i].in);
		fake_sent_hex(pairs[i].out);
	}
}

static void what_is_not_answered(void **state)
{
	static const char *const pdus[] = { "52 03 00 01", "52 05 00 01", "52 00 00", "52 03", "52",
		"D2 03 00 01", "7F", "01 0A 01 00 01", "0B 64", "13", "1B 03 00 01", "1D 03 00 01",
		"1E", "1E 00", "23 01" };
	(void)state;
	for (unsigned i = 0; i < sizeof pdus / sizeof pdus[0]; i++)
		fake_rx_hex(pdus[i]);
	assert_int_equal(fake_rx("", 0), ATT_DONE);
	fake_silent();
}

static void every_truncation_gets_one_answer(void **state)
{
	static const char *const whole[] = { "02 F7 00", "04 01 00 FF FF",
		"06 01 00 FF FF 00 28 0F 18", "08 01 00 FF FF 03 28",
		"08 01 00 FF FF FB 34 9B 5F 80 00 00 80 00 10 00 00 19 2A 00 00", "0A 03 00",
		"0C 05 00 26 00", "10 01 00 FF FF 00 28", "12 03 00 01", "0E 03 00 05 00",
		"16 03 00 00 00 01", "18 01", "20 03 00 05 00" };
	(void)state;
	for (unsigned i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		uint8_t pdu[64];
		size_t n = fake_octets(pdu, whole[i]);
		for (size_t len = 1; len <= n; len++) {
			assert_int_equal(fake_rx(pdu, len), ATT_DONE);
			assert_int_equal(fake.sent, 1);
			assert_true(fake.sdu[0] == pdu[0] + 1 || fake.sdu[1] == pdu[0]);
			fake_clear();
		}
	}
}

static void no_buffer_no_effect(void **state)
{
	static const char *const requests[] = { "02 F7 00", "04 01 00 FF FF", "0A 03 00", "0A 00 00",
		"0A 07 00", "12 03 00 01", "08 01 00 FF FF 03 28", "10 01 00 FF FF 00 28", "0E",
		"0E 03 00 07 00", "16 03 00 00 00 01", "18 01", "18 00" };
	(void)state;
	for (unsigned i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		uint8_t pdu[32];
		size_t n = fake_octets(pdu, requests[i]);
		fake.idle = 0;
		assert_int_equal(fake_rx(pdu, n), ATT_RETRY);
		assert_int_equal(fake.events, 0);
		assert_int_equal(attrs_state.token, 0);
		assert_int_equal(fake.bearer.mtu, 23);
		fake.idle = FAKE_TX;
	}
	fake_rx_hex("12 03 00 01");
	fake_sent_hex("13");
}

/* -- MTU ----------------------------------------------------------------------------------------- */

static void the_mtu_is_the_smaller_and_agreed_once(void **state)
{
	(void)state;
	fake_rx_hex("02 B9 00");
	assert_int_equal(fake.ev.type, BLE_EV_MTU);
	assert_int_equal(fake.ev.mtu.mtu, 185);
	fake_sent_hex("03 F7 00");
	fake_rx_hex("02 40 00");
	fake_sent_hex("03 F7 00");
	assert_int_equal(fake.bearer.mtu, 185);
}

static void an_mtu_below_the_least_is_the_least(void **state)
{
	(void)state;
	fake_rx_hex("02 05 00"); /* 3.4.2.2: the default then holds */
	fake_sent_hex("03 F7 00");
	assert_int_equal(fake.bearer.mtu, 23);
}

/* -- answers to come ----------------------------------------------------------------------------- */

static void a_value_that_only_the_program_knows(void **state)
{
	(void)state;
	fake_rx_hex("0A 07 00");
	fake_silent();
	assert_int_equal(fake.offered, 1);
	uint32_t old = attrs_state.token;
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token + 256, 0, "x", 1), BLE_ENOENT);
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "xyz", 3), 0);
	fake_sent_hex("0B 78 79 7A");
	assert_int_equal(att_server_reply(&attrs_state.server, old, 0, "x", 1), BLE_ENOENT);
	fake_rx_hex("0C 07 00 02 00");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "xyz", 3), 0);
	fake_sent_hex("0D 7A");
	fake_rx_hex("0C 07 00 04 00");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "xyz", 3), 0);
	fake_sent_hex("01 0C 07 00 07");
	fake_rx_hex("08 01 00 FF FF 02 2A");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "xyz", 3), 0);
	fake_sent_hex("09 05 07 00 78 79 7A");
	fake_rx_hex("0A 07 00");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, BLE_EATT(0x80), NULL, 0), 0);
	fake_sent_hex("01 0A 07 00 80");
}

/* 3.4.4.2: an entry, its handle included, has 255 octets at most, and fits. */
static void a_late_value_is_cut_to_an_entry(void **state)
{
	static const uint16_t mtus[] = { 23, 255, 256, 257, 258, 517 };
	static const uint8_t long_value[512];
	(void)state;
	for (unsigned i = 0; i < sizeof mtus / sizeof mtus[0]; i++) {
		uint16_t entry = mtus[i] < 257 ? (uint16_t)(mtus[i] - 2) : 255;
		fake.bearer.mtu = mtus[i];
		fake_rx_hex("08 01 00 FF FF 02 2A");
		assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, long_value, 512), 0);
		assert_int_equal(fake.len, 2 + entry);
		assert_int_equal(fake.sdu[1], entry);
		fake_clear();
	}
}

static void what_the_program_leaves_is_answered(void **state)
{
	(void)state;
	fake_rx_hex("0A 07 00");
	att_server_settle(&attrs_state.server);
	fake_sent_hex("01 0A 07 00 0E");
	attrs_state.write_waits = true;
	fake_rx_hex("12 03 00 01");
	fake_silent();
	att_server_settle(&attrs_state.server);
	fake_sent_hex("13");
	att_server_settle(&attrs_state.server);
	fake_silent();
}

static void a_deferred_answer_is_given_up_after_25_s(void **state)
{
	(void)state;
	fake_rx_hex("0A 07 00");
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	att_server_settle(&attrs_state.server);
	fake_rx_hex("0A 03 00"); /* before the answer: 3.3.2 */
	fake_rx_hex("0E 03 00 05 00");
	assert_int_equal(fake.att.violations, 2);
	fake_time(24999999);
	fake_silent();
	fake_time(1);
	fake_sent_hex("01 0A 07 00 0E");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "x", 1), BLE_ENOENT);
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), BLE_ENOENT);
}

/* 3.3.3: after a time-out no more PDUs. */
static void an_answer_to_come_dies_with_the_bearer(void **state)
{
	(void)state;
	fake_rx_hex("0A 07 00");
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	fake.bearer.dead = true;
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "x", 1), BLE_ECLOSED);
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "x", 1), BLE_ENOENT);
	fake_silent();
}

static void a_closed_bearer_gives_its_buffer_back(void **state)
{
	(void)state;
	fake_rx_hex("0A 07 00");
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	assert_int_equal(att_server_close(&attrs_state.server), 0);
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, "x", 1), BLE_ENOENT);
	fake_silent();
}

/* -- unasked ------------------------------------------------------------------------------------- */

static void notifications_are_cut_to_the_mtu(void **state)
{
	(void)state;
	assert_int_equal(att_notify(&fake.bearer, 3, "\x63", 1), 0);
	fake_sent_hex("1B 03 00 63");
	assert_int_equal(att_notify(&fake.bearer, 3, attrs[4].value, 40), 0);
	assert_int_equal(fake.len, 23);
	fake.idle = 0;
	assert_int_equal(att_notify(&fake.bearer, 3, "\x63", 1), BLE_EBUSY);
	fake.idle = FAKE_TX;
}

static void one_indication_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(att_indicate(&fake.bearer, 3, "\x63", 1), 0);
	fake_sent_hex("1D 03 00 63");
	assert_int_equal(att_indicate(&fake.bearer, 3, "\x63", 1), BLE_EBUSY);
	fake_rx_hex("1E 00");
	assert_int_equal(att_indicate(&fake.bearer, 3, "\x63", 1), BLE_EBUSY);
	fake_rx_hex("1E");
	assert_int_equal(fake.ev.type, BLE_EV_CONFIRMED);
	assert_int_equal(fake.ev.confirmed.handle, 3);
	assert_int_equal(fake.ev.confirmed.err, 0);
	fake_rx_hex("1E");
	assert_int_equal(fake.ev.type, BLE_EV_NONE);
	assert_int_equal(att_indicate(&fake.bearer, 3, "\x63", 1), 0);
	assert_int_equal(att_server_close(&attrs_state.server), 3);
}

static void an_unconfirmed_indication_ends_the_bearer(void **state)
{
	(void)state;
	assert_int_equal(att_indicate(&fake.bearer, 3, "\x63", 1), 0);
	fake_time(29999999);
	assert_false(fake.bearer.dead);
	fake_time(1);
	assert_true(fake.bearer.dead);
	assert_int_equal(fake.indicated, 1);
	assert_int_equal(attrs_state.server.timed_out, 3);
	fake_clear();
	fake_rx_hex("0A 03 00");
	fake_silent();
	assert_int_equal(att_notify(&fake.bearer, 3, "\x63", 1), BLE_ECLOSED);
}

static void without_a_server_requests_are_refused(void **state)
{
	(void)state;
	fake.bearer.server = NULL;
	fake_rx_hex("0A 03 00");
	fake_sent_hex("01 0A 00 00 06");
	fake_rx_hex("52 03 00 01");
	fake_rx_hex("1E");
	fake_silent();
}

static void without_their_parts_requests_are_refused(void **state)
{
	static const char *const pairs[][2] = { { "0E 03 00 05 00", "01 0E 00 00 06" },
		{ "16 03 00 00 00 01", "01 16 00 00 06" }, { "18 01", "01 18 00 00 06" },
		{ "20 03 00 05 00", "01 20 00 00 06" } };
	(void)state;
	fake.extras = NULL;
	for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		fake_rx_hex(pairs[i][0]);
		fake_sent_hex(pairs[i][1]);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, attrs_up, attrs_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_table_has_no_hole),
		TEST(each_error_is_given_as_written),
		TEST(golden_answers),
		TEST(what_is_not_answered),
		TEST(every_truncation_gets_one_answer),
		TEST(no_buffer_no_effect),
		TEST(the_mtu_is_the_smaller_and_agreed_once),
		TEST(an_mtu_below_the_least_is_the_least),
		TEST(a_value_that_only_the_program_knows),
		TEST(a_late_value_is_cut_to_an_entry),
		TEST(what_the_program_leaves_is_answered),
		TEST(a_deferred_answer_is_given_up_after_25_s),
		TEST(an_answer_to_come_dies_with_the_bearer),
		TEST(a_closed_bearer_gives_its_buffer_back),
		TEST(notifications_are_cut_to_the_mtu),
		TEST(one_indication_at_a_time),
		TEST(an_unconfirmed_indication_ends_the_bearer),
		TEST(without_a_server_requests_are_refused),
		TEST(without_their_parts_requests_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
