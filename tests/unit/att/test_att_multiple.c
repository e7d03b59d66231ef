/*
 * Several values in one PDU: Vol 3 Part F 3.4.4.7, 3.4.4.11, 3.4.7.4. Values that only the program knows, one event
 * at a time, and values that it wants to be told of. Octets by hand.
 */
#include "attrs.h"

#include <ble/server.h>

static void go_on(void)
{
	assert_int_equal(attrs_state.server.answer, ATT_ANSWER_GOES_ON);
	fake.ev.type = BLE_EV_NONE;
	att_read_multiple_resume(attrs_state.multiple, &fake.bearer);
}

static int reply(const char *text, size_t len)
{
	return att_server_reply(&attrs_state.server, attrs_state.token, 0, text, len);
}

static void values_of_the_program_come_one_by_one(void **state)
{
	(void)state;
	fake_rx_hex("0E 07 00 03 00 07 00 06 00");
	assert_int_equal(attrs_state.asked, 7);
	fake_silent();
	uint32_t first = attrs_state.token;
	assert_int_equal(reply("xy", 2), 0);
	assert_int_equal(att_server_reply(&attrs_state.server, first, 0, "z", 1), BLE_ENOENT);
	go_on();
	assert_int_not_equal(attrs_state.token, first);
	assert_int_equal(reply("z", 1), 0);
	fake_silent();
	go_on();
	fake_sent_hex("0F 78 79 64 7A 68 65 6C 6C 6F");
	fake_rx_hex("20 03 00 07 00");
	assert_int_equal(reply("xy", 2), 0);
	fake_sent_hex("21 01 00 64 02 00 78 79");
	fake_rx_hex("20 07 00 07 00");
	assert_int_equal(reply("", 0), 0);
	go_on();
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, BLE_EATT(0x81), NULL, 0), 0);
	fake_sent_hex("01 20 07 00 81");
}

/* What there is no room for is looked at, but not asked for. */
static void a_full_response_asks_no_more(void **state)
{
	(void)state;
	fake_rx_hex("0E 05 00 07 00");
	assert_int_equal(fake.events, 0);
	assert_int_equal(fake.len, 23);
	fake_clear();
	fake_rx_hex("0E 05 00 07 00 04 00"); /* 4 may not be read */
	fake_sent_hex("01 0E 04 00 02");
	fake_rx_hex("20 05 00 09 00");
	fake_sent_hex("01 20 09 00 01");
}

static void the_program_is_told_once_for_each(void **state)
{
	(void)state;
	attrs_state.may_more = TELLS;
	fake.bearer.mtu = 100;
	fake_rx_hex("0E 05 00 05 00 03 00");
	assert_int_equal(attrs_state.asked, 5);
	assert_int_equal(attrs_state.token, 0);
	fake_silent();
	go_on();
	fake_silent();
	assert_int_equal(fake.events, 2);
	go_on();
	assert_int_equal(fake.len, 1 + 40 + 40 + 1);
	fake_clear();
	fake_rx_hex("0E 03 00 05 00"); /* the last: nothing is left to go on with */
	assert_int_equal(fake.len, 1 + 1 + 40);
	assert_int_equal(fake.events, 1);
}

static void cut_within_a_length(void **state)
{
	(void)state;
	fake.bearer.mtu = 24;
	fake_rx_hex("20 07 00 03 00"); /* 1 + 2 + 20 octets, one is left for two of length: 3.4.4.12 */
	assert_int_equal(reply("01234567890123456789", 20), 0);
	go_on();
	assert_int_equal(fake.len, 24);
	assert_int_equal(fake.sdu[1], 20);
	assert_int_equal(fake.sdu[23], 1);
}

/* Its handles alone would be longer than a PDU may be. */
static void a_request_longer_than_the_mtu(void **state)
{
	uint8_t pdu[25] = { 0x0E };
	(void)state;
	for (unsigned i = 1; i < sizeof pdu; i += 2)
		pdu[i] = 3;
	assert_int_equal(fake_rx(pdu, 25), ATT_DONE);
	fake_sent_hex("01 0E 00 00 04");
	assert_int_equal(fake_rx(pdu, 23), ATT_DONE);
	assert_int_equal(fake.len, 12);
}

static void a_service_that_goes_meanwhile(void **state)
{
	(void)state;
	fake_rx_hex("0E 07 00 03 00");
	attrs_state.gone = 3;
	assert_int_equal(reply("x", 1), 0);
	go_on();
	fake_sent_hex("01 0E 03 00 01");
}

static void nothing_goes_on_when_the_bearer_is_dead(void **state)
{
	(void)state;
	fake_rx_hex("0E 07 00 07 00");
	assert_int_equal(reply("x", 1), 0);
	fake.bearer.dead = true;
	go_on();
	assert_int_equal(fake.ev.type, BLE_EV_NONE);
	fake_silent();
	assert_int_equal(attrs_state.server.answer, ATT_ANSWER_NONE);
}

static void notifications_fit_whole_or_not(void **state)
{
	const struct ble_notification list[] = { { 3, 1, "\x64" }, { 0x0109, 0, NULL }, { 6, 9, "hellohell" },
		{ 3, 1, "\x65" } };
	(void)state;
	assert_int_equal(att_fitting(&fake.bearer, list, 4), 3); /* 1 + 5 + 4 + 13 = 23 */
	assert_int_equal(att_fitting(&fake.bearer, list, 2), 2);
	fake.bearer.mtu = 24;
	assert_int_equal(att_fitting(&fake.bearer, list, 4), 3);
	assert_int_equal(att_notify_multiple(&fake.bearer, list, 3), 0);
	fake_sent_hex("23 03 00 01 00 64 09 01 00 00 06 00 09 00 68 65 6C 6C 6F 68 65 6C 6C");
	fake.idle = 0;
	assert_int_equal(att_notify_multiple(&fake.bearer, list, 2), BLE_EBUSY);
	fake.idle = FAKE_TX;
	fake.bearer.dead = true;
	assert_int_equal(att_notify_multiple(&fake.bearer, list, 2), BLE_ECLOSED);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, attrs_up, attrs_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_of_the_program_come_one_by_one),
		TEST(a_full_response_asks_no_more),
		TEST(the_program_is_told_once_for_each),
		TEST(cut_within_a_length),
		TEST(a_request_longer_than_the_mtu),
		TEST(a_service_that_goes_meanwhile),
		TEST(nothing_goes_on_when_the_bearer_is_dead),
		TEST(notifications_fit_whole_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
