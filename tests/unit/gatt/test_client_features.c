/*
 * Client Supported Features from the client's side: Vol 3 Part G 7.2, octets by hand from Vol 3 Part F 3.4.4.1 and
 * 3.4.5.1.
 */
#include "client_kit.h"

static void a_bit_is_added(void **state)
{
	(void)state;
	assert_int_equal(gatt_features_add(&kit.gatt, BLE_FEATURE_ROBUST_CACHING), 0);
	SENT_ANSWERED("08 01 00 FF FF 29 2B", "09 03 0D 00 04");
	LOGGED("");
	SENT_ANSWERED("12 0D 00 05", "13");
	LOGGED("done ok handle 000D\n");
	client_idle();
}

/* Nothing is written that is there. */
static void all_are_set(void **state)
{
	(void)state;
	assert_int_equal(gatt_features_add(&kit.gatt, BLE_FEATURE_MULTIPLE_NOTIFICATIONS), 0);
	SENT_ANSWERED("08 01 00 FF FF 29 2B", "09 03 0D 00 05");
	LOGGED("done ok handle 000D\n");
	fake_silent();
	client_idle();
}

/* An empty value has no bit; octets behind the first are kept, sixteen of them. */
static void of_any_length(void **state)
{
	(void)state;
	assert_int_equal(gatt_features_add(&kit.gatt, 5), 0);
	SENT_ANSWERED("08 01 00 FF FF 29 2B", "09 02 0D 00");
	SENT_ANSWERED("12 0D 00 05", "13");
	LOGGED("done ok handle 000D\n");
	assert_int_equal(gatt_features_add(&kit.gatt, 5), 0);
	SENT_ANSWERED("08 01 00 FF FF 29 2B", "09 05 0D 00 81 02 03 0E 00 00 00 00");
	SENT_ANSWERED("12 0D 00 85 02 03", "01 12 0D 00 13");
	LOGGED("done att 13 handle 000D\n");
	assert_int_equal(gatt_features_add(&kit.gatt, 5), 0);
	SENT_ANSWERED("08 01 00 FF FF 29 2B",
		"09 13 0D 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10");
	SENT_ANSWERED("12 0D 00 05 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F", "13 00");
	LOGGED("done -6\n");
	client_idle();
}

static void there_are_none(void **state)
{
	static const char *const answers[][2] = {
		{ "01 08 01 00 0A", "done -7\n" }, /* BLE_ENOENT */
		{ "01 08 0D 00 05", "done att 05 handle 000D\n" },
		{ "09 03 00 00 01", "done -6\n" }, /* BLE_EBADPDU */
		{ "09 01 0D", "done -6\n" },
		{ "09", "done -6\n" },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		assert_int_equal(gatt_features_add(&kit.gatt, 1), 0);
		assert_int_equal(gatt_features_add(&kit.gatt, 1), BLE_EBUSY);
		SENT_ANSWERED("08 01 00 FF FF 29 2B", answers[i][0]);
		LOGGED(answers[i][1]);
		fake_silent();
		client_idle();
	}
}

static void bits_that_this_client_does_not_have(void **state)
{
	(void)state;
	assert_int_equal(gatt_features_add(&kit.gatt, 0), BLE_EINVAL);
	assert_int_equal(gatt_features_add(&kit.gatt, 2), BLE_EINVAL); /* enhanced bearers */
	assert_int_equal(gatt_features_add(&kit.gatt, 9), BLE_EINVAL);
	fake_silent();
	client_idle();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bit_is_added),
		TEST(all_are_set),
		TEST(of_any_length),
		TEST(there_are_none),
		TEST(bits_that_this_client_does_not_have),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
