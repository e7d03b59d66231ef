/*
 * Long and reliable writes, Vol 3 Part F 3.4.6: what the queue makes of parts, and how Execute goes on from one
 * value to the next. Octets by hand from 3.4.6.1 to 3.4.6.4. The queue has 16 octets, four of them a value's head.
 */
#include "attrs.h"

/* Sends a Prepare Write, which must come back as it was. */
static void prepare(const char *hex)
{
	uint8_t want[FAKE_SDU];
	size_t n = fake_octets(want, hex);
	want[0] = ATT_PREPARE_WRITE_RSP;
	fake_rx_hex(hex);
	assert_int_equal(fake.sent, 1);
	assert_int_equal(fake.len, n);
	assert_memory_equal(fake.sdu, want, n);
	fake_clear();
}

static void was_written(const char *hex)
{
	uint8_t want[FAKE_SDU];
	size_t n = fake_octets(want, hex);
	assert_int_equal(attrs_state.written_len, n);
	assert_memory_equal(attrs_state.written, want, n);
}

/* As the next poll does while a request goes on. */
static void go_on(void)
{
	assert_int_equal(attrs_state.server.answer, ATT_ANSWER_GOES_ON);
	fake.ev.type = BLE_EV_NONE;
	att_execute_resume(attrs_state.queue, &fake.bearer);
}

static void parts_become_one_value(void **state)
{
	(void)state;
	prepare("16 04 00 00 00 61 62 63");
	prepare("16 04 00 03 00 64 65");
	prepare("16 04 00 05 00");
	fake_rx_hex("18 01");
	fake_sent_hex("19");
	assert_int_equal(attrs_state.writes, 1);
	was_written("04 61 62 63 64 65");
	fake_rx_hex("18 01"); /* nothing is left */
	fake_sent_hex("19");
	assert_int_equal(attrs_state.writes, 1);
}

/* A part may lie over an earlier one, and parts of another value may come between. */
static void parts_come_in_any_order(void **state)
{
	(void)state;
	prepare("16 04 00 00 00 61 62 63");
	prepare("16 03 00 00 00 01");
	prepare("16 04 00 02 00 43 44");
	prepare("16 03 00 01 00 02");
	prepare("16 04 00 00 00 41");
	fake_rx_hex("18 01");
	was_written("04 41 62 43 44");
	fake_silent();
	go_on();
	was_written("03 01 02");
	fake_sent_hex("19");
}

/* 3.4.6.3: the value that is there is written over; its length is the limit of the offset. */
static void a_part_behind_the_start_keeps_what_is_in_front(void **state)
{
	(void)state;
	prepare("16 03 00 01 00 02"); /* behind 64 */
	fake_rx_hex("18 01");
	was_written("03 64 02");
	fake_sent_hex("19");
	prepare("16 04 00 01 00 02"); /* may not be read: nothing in front is known */
	fake_rx_hex("18 01");
	fake_sent_hex("01 18 04 00 07");
	assert_int_equal(attrs_state.writes, 1);
}

/* All are looked at before the first is written, and whatever is wrong, all are forgotten. */
static void all_or_nothing(void **state)
{
	static const char *const bad[][2] = {
		{ "16 03 00 00 00 01 02 03", "01 18 03 00 0D" },
		{ "16 03 00 03 00 01", "01 18 03 00 07" },
		{ "16 08 00 00 00 02 00", "01 18 08 00 13" },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		prepare("16 04 00 00 00 61");
		prepare(bad[i][0]);
		fake_rx_hex("18 01");
		fake_sent_hex(bad[i][1]);
		assert_int_equal(attrs_state.queue->used, 0);
		fake_rx_hex("18 01");
		fake_sent_hex("19");
	}
	assert_int_equal(attrs_state.writes, 0);
}

static void cancelled(void **state)
{
	(void)state;
	prepare("16 04 00 00 00 61");
	prepare("16 04 00 09 00 61"); /* a wrong offset is forgotten as well */
	fake_rx_hex("18 00");
	fake_sent_hex("19");
	fake_rx_hex("18 01");
	fake_sent_hex("19");
	assert_int_equal(attrs_state.writes, 0);
}

static void a_full_queue_keeps_what_it_has(void **state)
{
	(void)state;
	prepare("16 04 00 00 00 01 02 03 04 05 06 07 08"); /* 12 octets */
	fake_rx_hex("16 03 00 00 00 01");
	fake_sent_hex("01 16 03 00 09");
	fake_rx_hex("16 04 00 08 00 09 0A 0B 0C 0D");
	fake_sent_hex("01 16 04 00 09");
	prepare("16 04 00 04 00 55 66 77 88"); /* no more room needed */
	fake_rx_hex("18 01");
	fake_sent_hex("19");
	was_written("04 01 02 03 04 55 66 77 88");
}

static void each_value_is_the_programs_to_answer(void **state)
{
	(void)state;
	attrs_state.write_waits = true;
	prepare("16 04 00 00 00 61");
	prepare("16 03 00 00 00 62");
	fake_rx_hex("18 01");
	was_written("04 61");
	uint32_t first = attrs_state.token;
	assert_int_equal(att_server_reply(&attrs_state.server, first, 0, NULL, 0), 0);
	fake_silent();
	assert_int_equal(att_server_reply(&attrs_state.server, first, 0, NULL, 0), BLE_ENOENT);
	assert_int_equal(att_server_reply(&attrs_state.server, 0, 0, NULL, 0), BLE_ENOENT);
	fake_rx_hex("0A 03 00"); /* before the answer: 3.3.2 */
	assert_int_equal(fake.att.violations, 1);
	go_on();
	was_written("03 62");
	att_server_settle(&attrs_state.server); /* left unanswered, it is written */
	fake_sent_hex("19");
	prepare("16 04 00 00 00 63");
	prepare("16 03 00 00 00 64");
	fake_rx_hex("18 01");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, BLE_EATT(0x80), NULL, 0), 0);
	fake_sent_hex("01 18 04 00 80");
	was_written("04 63"); /* the other was never given */
	assert_int_equal(attrs_state.queue->used, 0);
}

/* 25 s for the request, not for each of its values. */
static void the_time_to_answer_is_the_requests(void **state)
{
	(void)state;
	attrs_state.write_waits = true;
	prepare("16 04 00 00 00 61");
	prepare("16 03 00 00 00 62");
	fake_rx_hex("18 01");
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	fake_time(20000000);
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), 0);
	go_on();
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	fake_time(4999999);
	fake_silent();
	fake_time(1);
	fake_sent_hex("01 18 03 00 0E");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), BLE_ENOENT);
	assert_int_equal(attrs_state.queue->used, 0);
}

static void given_up_between_two_values(void **state)
{
	(void)state;
	attrs_state.write_waits = true;
	prepare("16 04 00 00 00 61");
	prepare("16 03 00 00 00 62");
	fake_rx_hex("18 01");
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), 0);
	fake_time(25000000);
	fake_sent_hex("01 18 04 00 0E");
	assert_int_equal(attrs_state.server.answer, ATT_ANSWER_NONE);
}

static void a_service_that_goes_meanwhile(void **state)
{
	(void)state;
	prepare("16 04 00 00 00 61");
	attrs_state.gone = 4;
	fake_rx_hex("18 01");
	fake_sent_hex("01 18 04 00 01");
	attrs_state.gone = 0;
	attrs_state.write_waits = true;
	prepare("16 03 00 00 00 61");
	prepare("16 04 00 00 00 62");
	fake_rx_hex("18 01");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), 0);
	attrs_state.gone = 4;
	go_on();
	fake_sent_hex("01 18 04 00 01");
}

/* 3.3.3 */
static void nothing_goes_on_when_the_bearer_is_dead(void **state)
{
	(void)state;
	attrs_state.write_waits = true;
	prepare("16 04 00 00 00 61");
	prepare("16 03 00 00 00 62");
	fake_rx_hex("18 01");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), 0);
	fake.bearer.dead = true;
	go_on();
	assert_int_equal(fake.ev.type, BLE_EV_NONE);
	fake_silent();
	assert_int_equal(attrs_state.server.answer, ATT_ANSWER_NONE);
}

/* 3.4.6.1: before the first part of a value is kept, and not for those that follow it. */
static void the_program_authorises_the_first_part(void **state)
{
	(void)state;
	attrs_state.authorised = 4;
	prepare("16 03 00 00 00 01"); /* no question */
	fake_rx_hex("16 04 00 00 00 61 62");
	fake_silent();
	assert_int_equal(fake.offered, 1);
	assert_int_equal(attrs_state.asked, 4);
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, BLE_EATT(0x08), NULL, 0), 0);
	fake_sent_hex("01 16 04 00 08");
	fake_rx_hex("16 04 00 00 00 61 62"); /* it is asked anew, and lets it */
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), 0);
	fake_sent_hex("17 04 00 00 00 61 62");
	assert_int_equal(att_server_reply(&attrs_state.server, attrs_state.token, 0, NULL, 0), BLE_ENOENT);
	attrs_state.asked = 0;
	prepare("16 04 00 02 00 63");
	assert_int_equal(attrs_state.asked, 0);
	fake_rx_hex("18 01");
	was_written("03 01");
	go_on();
	was_written("04 61 62 63");
	fake_sent_hex("19");
	assert_int_equal(attrs_state.writes, 2);
}

/* Left unanswered it may, as with a write; put off for too long it may not. */
static void an_authorisation_that_nobody_gives(void **state)
{
	(void)state;
	attrs_state.authorised = 4;
	fake_rx_hex("16 04 00 00 00 61");
	att_server_settle(&attrs_state.server);
	fake_sent_hex("17 04 00 00 00 61");
	fake_rx_hex("18 00");
	fake_sent_hex("19");
	fake_rx_hex("16 04 00 00 00 61");
	assert_int_equal(att_server_defer(&attrs_state.server, attrs_state.token), 0);
	att_server_settle(&attrs_state.server);
	fake_rx_hex("16 03 00 00 00 61"); /* out of turn, 3.3.2 */
	assert_int_equal(fake.att.violations, 1);
	fake_silent();
	fake_time(25000000);
	fake_sent_hex("01 16 04 00 0E");
	fake_rx_hex("18 01");
	fake_sent_hex("19");
	assert_int_equal(attrs_state.writes, 0);
}

/* What else may be wrong with a part is answered when the program has let it. */
static void authorised_and_refused(void **state)
{
	(void)state;
	attrs_state.authorised = 4;
	fake_rx_hex("16 04 00 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D");
	att_server_settle(&attrs_state.server);
	fake_sent_hex("01 16 04 00 09");
	fake_rx_hex("16 04 00 00 00 61");
	attrs_state.gone = 4;
	att_server_settle(&attrs_state.server);
	fake_sent_hex("01 16 04 00 01");
	attrs_state.gone = 0;
	fake_rx_hex("16 04 00 00 00 61");
	fake.bearer.dead = true;
	att_server_settle(&attrs_state.server);
	fake_silent();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, attrs_up, attrs_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_become_one_value),
		TEST(parts_come_in_any_order),
		TEST(a_part_behind_the_start_keeps_what_is_in_front),
		TEST(all_or_nothing),
		TEST(cancelled),
		TEST(a_full_queue_keeps_what_it_has),
		TEST(each_value_is_the_programs_to_answer),
		TEST(the_time_to_answer_is_the_requests),
		TEST(given_up_between_two_values),
		TEST(a_service_that_goes_meanwhile),
		TEST(nothing_goes_on_when_the_bearer_is_dead),
		TEST(the_program_authorises_the_first_part),
		TEST(an_authorisation_that_nobody_gives),
		TEST(authorised_and_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
