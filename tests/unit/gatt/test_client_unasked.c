/*
 * Subscribing, and the values that come unasked: Vol 3 Part G 4.10 to 4.12 and 7.1, octets by hand from Vol 3 Part F
 * 3.4.7.
 */
#include "client_kit.h"

static void subscribe_right_behind_the_value(void **state)
{
	(void)state;
	assert_int_equal(gatt_subscribe(&kit.gatt, 14, 16, GATT_CCCD_NOTIFICATION), 0);
	SENT_ANSWERED("04 0F 00 10 00", "05 01 0F 00 02 29 10 00 01 29");
	SENT_ANSWERED("12 0F 00 01 00", "13");
	LOGGED("done ok handle 000F\n");
	client_idle();
}

/* In the second answer, behind a 128-bit descriptor; the end is not known. */
static void subscribe_further_behind(void **state)
{
	(void)state;
	assert_int_equal(gatt_subscribe(&kit.gatt, 14, 0, GATT_CCCD_INDICATION), 0);
	SENT_ANSWERED("04 0F 00 FF FF", "05 02 0F 00 02 29 03 04 05 06 07 08 09 0A 0B 0C 02 29 0F 10");
	SENT_ANSWERED("04 10 00 FF FF", "05 01 10 00 01 29 12 00 02 29 13 00 03 28");
	SENT_ANSWERED("12 12 00 02 00", "13");
	LOGGED("done ok handle 0012\n");
	assert_int_equal(gatt_subscribe(&kit.gatt, 14, 0xFFFF, 0), 0); /* and off */
	client_answer_hex("05 01 0F 00 02 29");
	SENT_ANSWERED("12 0F 00 00 00", "01 12 0F 00 05");
	LOGGED("done att 05 handle 000F\n");
	client_idle();
}

static void nothing_to_subscribe_to(void **state)
{
	static const struct {
		uint16_t end;
		const char *rsp;
	} scripts[] = {
		{ 0, "05 01 0F 00 03 28 10 00 00 2A 11 00 02 29" }, /* the CCCD of the next characteristic */
		{ 0, "05 01 0F 00 01 28 10 00 02 29" },
		{ 0, "05 01 0F 00 00 28" },
		{ 0, "01 04 0F 00 0A" },
		{ 17, "05 01 0F 00 01 29 11 00 04 29" },
		{ 17, "05 01 0F 00 03 28 10 00 02 29" }, /* the end given is beyond the characteristic's */
	};
	(void)state;
	for (unsigned i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		assert_int_equal(gatt_subscribe(&kit.gatt, 14, scripts[i].end, 1), 0);
		client_answer_hex(scripts[i].rsp);
		LOGGED("done -7\n"); /* BLE_ENOENT */
		fake_silent();
		client_idle();
	}
	assert_int_equal(gatt_subscribe(&kit.gatt, 14, 14, 1), BLE_ENOENT);
	assert_int_equal(gatt_subscribe(&kit.gatt, 0xFFFF, 0, 1), BLE_ENOENT);
	assert_int_equal(gatt_subscribe(&kit.gatt, 14, 13, 1), BLE_EINVAL);
	assert_int_equal(gatt_subscribe(&kit.gatt, 0, 13, 1), BLE_EINVAL);
	assert_int_equal(gatt_subscribe(&kit.gatt, 14, 16, 4), BLE_EINVAL);
}

static void many_values_in_one(void **state)
{
	(void)state;
	client_answer_hex("23 0E 00 01 00 63 14 00 00 00 0E 01 02 00 61 62");
	LOGGED("notified 000E 63\n"
	       "notified 0014\n"
	       "notified 010E 61 62\n");
	client_answer_hex("23 0E 00 01 00 63");
	LOGGED("notified 000E 63\n");
	assert_int_equal(fake.att.malformed, 0);
	static const char *const bad[] = { "23", "23 0E", "23 0E 00 01", "23 0E 00 01 00", "23 0E 00 01 00 63 14 00 00",
		"23 0E 00 01 00 63 14 00 01 00" };
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		client_answer_hex(bad[i]);
		LOGGED(""); /* none of it */
		assert_int_equal(fake.att.malformed, i + 1);
	}
}

/* They come between a request and its response, and the procedure goes on. */
static void many_values_during_a_procedure(void **state)
{
	(void)state;
	assert_int_equal(gatt_services(&kit.gatt, NULL, 0), 0);
	client_answer_hex("23 0E 00 01 00 63 14 00 01 00 64");
	client_answer_hex("11 06 01 00 FF FF 00 18");
	LOGGED("notified 000E 63\n"
	       "notified 0014 64\n"
	       "service 0001-FFFF 1800\n"
	       "done ok\n");
}

static void values_without_an_octet(void **state)
{
	(void)state;
	client_answer_hex("1B 0E 00");
	LOGGED("notified 000E\n");
	client_answer_hex("1D 0E 00");
	fake_sent_hex("1E");
	LOGGED("indicated 000E\n");
	assert_int_equal(fake.att.malformed, 0);
	client_answer_hex("1B 0E");
	LOGGED("");
	assert_int_equal(fake.att.malformed, 1);
}

/* Vol 3 Part G 7.1: known from its discovery. */
static void service_changed(void **state)
{
	(void)state;
	client_answer_hex("1D 0B 00 01 00 FF FF");
	fake_sent_hex("1E");
	LOGGED("indicated 000B 01 00 FF FF\n"); /* it could be anything */
	assert_int_equal(gatt_characteristics(&kit.gatt, 8, 11, NULL, 0), 0);
	client_answer_hex("09 07 0A 00 20 0B 00 05 2A");
	client_answer_hex("01 08 0B 00 0A");
	LOGGED("characteristic 000A value 000B properties 20 2A05\ndone ok\n");
	client_answer_hex("1D 0B 00 0C 00 1F 00");
	fake_sent_hex("1E");
	LOGGED("changed 000C-001F\n");
	client_answer_hex("1D 0C 00 0C 00 1F 00");
	fake_sent_hex("1E");
	LOGGED("indicated 000C 0C 00 1F 00\n");
	/* what is no range, and a notification, stay what they are */
	client_answer_hex("1D 0B 00 0C 00 1F");
	client_answer_hex("1D 0B 00 00 00 1F 00");
	client_answer_hex("1D 0B 00 20 00 1F 00");
	client_answer_hex("1B 0B 00 0C 00 1F 00");
	LOGGED("indicated 000B 0C 00 1F\n"
	       "indicated 000B 00 00 1F 00\n"
	       "indicated 000B 20 00 1F 00\n"
	       "notified 000B 0C 00 1F 00\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(subscribe_right_behind_the_value),
		TEST(subscribe_further_behind),
		TEST(nothing_to_subscribe_to),
		TEST(many_values_in_one),
		TEST(values_without_an_octet),
		TEST(many_values_during_a_procedure),
		TEST(service_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
