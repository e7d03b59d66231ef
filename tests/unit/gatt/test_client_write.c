/*
 * Writing against scripted answers: Vol 3 Part G 4.9, octets by hand from Vol 3 Part F 3.4.5 and 3.4.6. At MTU 23 a part
 * has 18 octets.
 */
#include "client_kit.h"

#define PART_1 "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11"
#define PART_2 "12 13 14 15 16 17 18 19 1A 1B 1C 1D"

static uint8_t count_up[600];

static void fill(void)
{
	for (unsigned i = 0; i < sizeof count_up; i++)
		count_up[i] = (uint8_t)i;
}

static void of_any_length(void **state)
{
	(void)state;
	fill();
	assert_int_equal(gatt_write(&kit.gatt, 0, count_up, 1), BLE_EINVAL);
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 513), BLE_ETOOBIG);
	assert_int_equal(gatt_write(&kit.gatt, 5, NULL, 0), 0);
	SENT_ANSWERED("12 05 00", "13");
	LOGGED("done ok\n");
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 20), 0); /* ATT_MTU - 3: one request */
	SENT_ANSWERED("12 05 00 " PART_1 " 12 13", "13");
	LOGGED("done ok\n");
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 21), 0);
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 1), BLE_EBUSY);
	assert_int_equal(gatt_write_command(&kit.gatt, 5, count_up, 1), 0); /* a command goes in between */
	fake_clear();
	client_answer_hex("17 05 00 00 00 " PART_1);
	SENT_ANSWERED("16 05 00 12 00 12 13 14", "17 05 00 12 00 12 13 14");
	SENT_ANSWERED("18 01", "19");
	LOGGED("done ok\n");
	client_idle();
}

static void the_longest(void **state)
{
	uint8_t echo[FAKE_SDU];
	unsigned parts = 0;
	(void)state;
	fill();
	fake.bearer.mtu = 185;
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 512), 0);
	for (; fake.sdu[0] == 0x16; parts++) {
		uint16_t len = fake.len;
		memcpy(echo, fake.sdu, len);
		echo[0] = 0x17;
		client_answer(echo, len);
	}
	assert_int_equal(parts, 3); /* 180 + 180 + 152 */
	SENT_ANSWERED("18 01", "19");
	LOGGED("done ok\n");
}

/* The exchange of the peer ends in the middle: the next part is as long as the new MTU allows. */
static void while_the_mtu_grows(void **state)
{
	(void)state;
	fill();
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	fake_sent_hex("16 05 00 00 00 " PART_1);
	att_agree_mtu(&fake.bearer, 247);
	fake.ev.type = BLE_EV_NONE;
	client_answer_hex("17 05 00 00 00 " PART_1);
	SENT_ANSWERED("16 05 00 12 00 " PART_2, "17 05 00 12 00 " PART_2);
	SENT_ANSWERED("18 01", "19");
	LOGGED("done ok\n");
}

static void reliable(void **state)
{
	const struct ble_client_value values[3] = { { 5, 2, "ab" }, { 0x107, 0, NULL }, { 9, 30, count_up } };
	(void)state;
	fill();
	assert_int_equal(gatt_write_reliable(&kit.gatt, values, 3), 0);
	SENT_ANSWERED("16 05 00 00 00 61 62", "17 05 00 00 00 61 62");
	SENT_ANSWERED("16 07 01 00 00", "17 07 01 00 00");
	SENT_ANSWERED("16 09 00 00 00 " PART_1, "17 09 00 00 00 " PART_1);
	SENT_ANSWERED("16 09 00 12 00 " PART_2, "17 09 00 12 00 " PART_2);
	LOGGED("");
	SENT_ANSWERED("18 01", "19");
	LOGGED("done ok\n");
	fake_silent();
	client_idle();
}

static void reliable_arguments(void **state)
{
	const struct ble_client_value none[1] = { { 0, 2, "ab" } }, big[1] = { { 5, 513, count_up } };
	(void)state;
	assert_int_equal(gatt_write_reliable(&kit.gatt, none, 0), BLE_EINVAL);
	assert_int_equal(gatt_write_reliable(&kit.gatt, none, 65536), BLE_EINVAL);
	assert_int_equal(gatt_write_reliable(&kit.gatt, none, 1), BLE_EINVAL);
	assert_int_equal(gatt_write_reliable(&kit.gatt, big, 1), BLE_ETOOBIG);
	fake_silent();
	client_idle();
}

/* 4.9.5: handle, offset, octets, or how many. Nothing is written, and the cancellation is waited for. */
static void what_is_repeated_wrongly_is_cancelled(void **state)
{
	static const char *const wrong[] = { "17 06 00 00 00 61 62", "17 05 00 01 00 61 62", "17 05 00 00 00 61 63",
		"17 05 00 00 00 61", "17 05 00 00 00 61 62 00", "17 05 00 00", "17" };
	const struct ble_client_value value = { 5, 2, "ab" };
	(void)state;
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(gatt_write_reliable(&kit.gatt, &value, 1), 0);
		SENT_ANSWERED("16 05 00 00 00 61 62", wrong[i]);
		LOGGED("");
		SENT_ANSWERED("18 00", i & 1 ? "19" : "01 18 00 00 0E"); /* refused or not, it is over */
		LOGGED("done -19\n"); /* BLE_EMISMATCH */
		client_idle();
	}
}

static void a_refused_part(void **state)
{
	(void)state;
	fill();
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	SENT_ANSWERED("16 05 00 00 00 " PART_1, "01 16 05 00 03"); /* the first: nothing is kept */
	LOGGED("done att 03 handle 0005\n");
	fake_silent();
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	SENT_ANSWERED("16 05 00 00 00 " PART_1, "17 05 00 00 00 " PART_1);
	SENT_ANSWERED("16 05 00 12 00 " PART_2, "01 16 05 00 09"); /* Prepare Queue Full */
	LOGGED("");
	SENT_ANSWERED("18 00", "19");
	LOGGED("done att 09 handle 0005\n");
	client_idle();
}

static void a_refused_execution(void **state)
{
	(void)state;
	fill();
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
		client_answer_hex("17 05 00 00 00 " PART_1);
		client_answer_hex("17 05 00 12 00 " PART_2);
		SENT_ANSWERED("18 01", i ? "19 00" : "01 18 05 00 0D");
		LOGGED(i ? "done -6\n" : "done att 0D handle 0005\n");
		client_idle();
	}
}

static void no_answer_in_the_middle(void **state)
{
	(void)state;
	fill();
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	client_answer_hex("17 05 00 00 00 " PART_1);
	fake_time(30000000);
	assert_int_equal(fake.expired, 1);
	client_polls();
	LOGGED("done -11\n");
	assert_int_equal(gatt_write_reliable(&kit.gatt, NULL, 1), BLE_ECLOSED);
	client_idle();
}

static void a_part_waits_for_a_buffer(void **state)
{
	(void)state;
	fill();
	fake.idle = 0;
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), BLE_EBUSY);
	fake.idle = FAKE_TX;
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	fake.idle = 0;
	client_answer_hex("17 05 00 00 00 " PART_1);
	fake_silent();
	fake.idle = FAKE_TX;
	client_polls();
	fake_sent_hex("16 05 00 12 00 " PART_2);
	client_answer_hex("01 16 05 00 11");
	client_answer_hex("19");
	LOGGED("done att 11 handle 0005\n");
}

/* A part is on its way: its answer is waited for, right or wrong, and what is kept is cancelled. */
static void given_up(void **state)
{
	static const char *const answers[] = { "17 05 00 00 00 61 62", "17 05 00 00 00 61 63" };
	const struct ble_client_value values[2] = { { 5, 2, "ab" }, { 7, 1, "c" } };
	(void)state;
	assert_int_equal(gatt_write_cancel(&kit.gatt), BLE_ESTATE);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(gatt_write_reliable(&kit.gatt, values, 2), 0);
		assert_int_equal(gatt_write_cancel(&kit.gatt), 0);
		assert_int_equal(gatt_write_cancel(&kit.gatt), BLE_ESTATE);
		SENT_ANSWERED("16 05 00 00 00 61 62", answers[i]);
		LOGGED("");
		assert_int_equal(gatt_write_cancel(&kit.gatt), BLE_ESTATE);
		SENT_ANSWERED("18 00", "19");
		LOGGED("done -20\n"); /* BLE_ECANCELLED */
		client_idle();
	}
}

/* A refused part is not kept: with none before it there is nothing to cancel. */
static void given_up_and_refused(void **state)
{
	const struct ble_client_value values[2] = { { 5, 2, "ab" }, { 7, 1, "c" } };
	(void)state;
	assert_int_equal(gatt_write_reliable(&kit.gatt, values, 2), 0);
	assert_int_equal(gatt_write_cancel(&kit.gatt), 0);
	SENT_ANSWERED("16 05 00 00 00 61 62", "01 16 05 00 03");
	LOGGED("done -20\n");
	fake_silent();
	client_idle();
	assert_int_equal(gatt_write_reliable(&kit.gatt, values, 2), 0);
	SENT_ANSWERED("16 05 00 00 00 61 62", "17 05 00 00 00 61 62");
	assert_int_equal(gatt_write_cancel(&kit.gatt), 0);
	SENT_ANSWERED("16 07 00 00 00 63", "01 16 07 00 03");
	SENT_ANSWERED("18 00", "01 18 00 00 0E");
	LOGGED("done -20\n");
	client_idle();
}

static void given_up_while_a_part_waits_for_a_buffer(void **state)
{
	(void)state;
	fill();
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	fake.idle = 0;
	client_answer_hex("17 05 00 00 00 " PART_1);
	assert_int_equal(gatt_write_cancel(&kit.gatt), 0);
	fake.idle = FAKE_TX;
	client_polls();
	SENT_ANSWERED("18 00", "19");
	LOGGED("done -20\n");
	client_idle();
}

/* Once Execute Write is on its way, it is the server's; and a write in one request is nothing that could be given up. */
static void too_late_to_give_up(void **state)
{
	(void)state;
	fill();
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	client_answer_hex("17 05 00 00 00 " PART_1);
	client_answer_hex("17 05 00 12 00 " PART_2);
	assert_int_equal(gatt_write_cancel(&kit.gatt), BLE_ESTATE);
	SENT_ANSWERED("18 01", "19");
	LOGGED("done ok\n");
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 3), 0);
	assert_int_equal(gatt_write_cancel(&kit.gatt), BLE_ESTATE);
	SENT_ANSWERED("12 05 00 00 01 02", "13");
	LOGGED("done ok\n");
	assert_int_equal(gatt_write(&kit.gatt, 5, count_up, 30), 0);
	assert_int_equal(gatt_write_cancel(&kit.gatt), 0);
	fake_time(30000000);
	client_polls();
	LOGGED("done -11\n"); /* BLE_ETIMEOUT */
	assert_int_equal(gatt_write_cancel(&kit.gatt), BLE_ECLOSED);
	client_idle();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_any_length),
		TEST(the_longest),
		TEST(while_the_mtu_grows),
		TEST(reliable),
		TEST(reliable_arguments),
		TEST(what_is_repeated_wrongly_is_cancelled),
		TEST(a_refused_part),
		TEST(a_refused_execution),
		TEST(no_answer_in_the_middle),
		TEST(a_part_waits_for_a_buffer),
		TEST(given_up),
		TEST(given_up_and_refused),
		TEST(given_up_while_a_part_waits_for_a_buffer),
		TEST(too_late_to_give_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
