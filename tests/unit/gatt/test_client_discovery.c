/*
 * Discovery against scripted answers: Vol 3 Part G 4.4 to 4.7, octets by hand from Vol 3 Part F 3.4.
 */
#include "client_kit.h"

static const uint8_t uuid128[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

static void services_at_mtu_23(void **state)
{
	(void)state;
	assert_int_equal(gatt_services(&kit.gatt, NULL, 0), 0);
	assert_int_equal(gatt_includes(&kit.gatt, 1, 9), BLE_EBUSY);
	SENT_ANSWERED("10 01 00 FF FF 00 28", "11 06 01 00 07 00 00 18 08 00 0B 00 01 18");
	SENT_ANSWERED("10 0C 00 FF FF 00 28", "11 14 0C 00 FF FF 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10");
	LOGGED("service 0001-0007 1800\n"
	       "service 0008-000B 1801\n"
	       "service 000C-FFFF 100F0E0D0C0B0A090807060504030201\n"
	       "done ok\n");
	fake_silent();
	client_idle();
}

static void services_of_a_128_bit_uuid(void **state)
{
	(void)state;
	assert_int_equal(gatt_services(&kit.gatt, uuid128, 16), 0);
	SENT_ANSWERED("06 01 00 FF FF 00 28 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10", "07 20 00 25 00 30 00 FF FF");
	LOGGED("service 0020-0025 100F0E0D0C0B0A090807060504030201\n"
	       "service 0030-FFFF 100F0E0D0C0B0A090807060504030201\n"
	       "done ok\n");
	fake_silent();
}

static void no_services(void **state)
{
	(void)state;
	assert_int_equal(gatt_services(&kit.gatt, NULL, 0), 0);
	SENT_ANSWERED("10 01 00 FF FF 00 28", "01 10 01 00 0A");
	LOGGED("done ok\n");
	assert_int_equal(gatt_services(&kit.gatt, NULL, 0), 0);
	SENT_ANSWERED("10 01 00 FF FF 00 28", "01 10 01 00 0E"); /* another error is one */
	LOGGED("done att 0E handle 0001\n");
}

static void inclusions_of_16_bits(void **state)
{
	(void)state;
	assert_int_equal(gatt_includes(&kit.gatt, 0, 5), BLE_EINVAL);
	assert_int_equal(gatt_includes(&kit.gatt, 1, 0x10), 0);
	SENT_ANSWERED("08 01 00 10 00 02 28", "09 08 02 00 20 00 25 00 0F 18 03 00 30 00 3F 00 0A 18");
	SENT_ANSWERED("08 04 00 10 00 02 28", "01 08 04 00 0A");
	LOGGED("included 0002 0020-0025 180F\n"
	       "included 0003 0030-003F 180A\n"
	       "done ok\n");
	client_idle();
}

/* One without room for its UUID, in front of another of the kind: each is read, and the list asked for anew. */
static void inclusions_of_128_bits(void **state)
{
	(void)state;
	assert_int_equal(gatt_includes(&kit.gatt, 1, 3), 0);
	SENT_ANSWERED("08 01 00 03 00 02 28", "09 06 02 00 20 00 25 00 03 00 30 00 3F 00");
	LOGGED("");
	SENT_ANSWERED("0A 20 00", "0B 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10");
	LOGGED("included 0002 0020-0025 100F0E0D0C0B0A090807060504030201\n");
	SENT_ANSWERED("08 03 00 03 00 02 28", "09 06 03 00 30 00 3F 00");
	SENT_ANSWERED("0A 30 00", "0B 0F 18"); /* told apart by length all the same */
	LOGGED("included 0003 0030-003F 180F\n"
	       "done ok\n");
	fake_silent();
	client_idle();
}

static void an_inclusion_that_cannot_be_read(void **state)
{
	(void)state;
	assert_int_equal(gatt_includes(&kit.gatt, 1, 0xFFFF), 0);
	SENT_ANSWERED("08 01 00 FF FF 02 28", "09 06 02 00 20 00 25 00");
	SENT_ANSWERED("0A 20 00", "01 0A 20 00 0A"); /* not the end of a list here */
	LOGGED("done att 0A handle 0020\n");
	assert_int_equal(gatt_includes(&kit.gatt, 1, 0xFFFF), 0);
	SENT_ANSWERED("08 01 00 FF FF 02 28", "09 06 02 00 20 00 25 00");
	SENT_ANSWERED("0A 20 00", "0B 01 02 03");
	LOGGED("done -6\n");
	client_idle();
}

static void characteristics(void **state)
{
	(void)state;
	assert_int_equal(gatt_characteristics(&kit.gatt, 0x10, 0xFFFF, NULL, 0), 0);
	SENT_ANSWERED("08 10 00 FF FF 03 28", "09 07 11 00 02 12 00 00 2A 13 00 12 14 00 19 2A");
	SENT_ANSWERED("08 14 00 FF FF 03 28", "09 15 16 00 0A 17 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10");
	SENT_ANSWERED("08 17 00 FF FF 03 28", "01 08 17 00 0A");
	LOGGED("characteristic 0011 value 0012 properties 02 2A00\n"
	       "characteristic 0013 value 0014 properties 12 2A19\n"
	       "characteristic 0016 value 0017 properties 0A 100F0E0D0C0B0A090807060504030201\n"
	       "done ok\n");
}

/* The last handle there is: nothing is asked behind it. */
static void characteristics_to_the_end(void **state)
{
	(void)state;
	assert_int_equal(gatt_characteristics(&kit.gatt, 0xFFFE, 0xFFFF, NULL, 0), 0);
	SENT_ANSWERED("08 FE FF FF FF 03 28", "09 07 FE FF 02 FF FF 00 2A");
	SENT_ANSWERED("08 FF FF FF FF 03 28", "01 08 FF FF 0A");
	LOGGED("characteristic FFFE value FFFF properties 02 2A00\n"
	       "done ok\n");
	assert_int_equal(gatt_descriptors(&kit.gatt, 0xFFFF, 0xFFFF), 0);
	SENT_ANSWERED("04 FF FF FF FF", "05 01 FF FF 01 29");
	LOGGED("descriptor FFFF 2901\n"
	       "done ok\n");
	fake_silent();
}

static void characteristics_of_one_uuid(void **state)
{
	(void)state;
	assert_int_equal(gatt_characteristics(&kit.gatt, 0x10, 0x20, "\x19\x2A", 2), 0);
	SENT_ANSWERED("08 10 00 20 00 03 28", "09 07 11 00 02 12 00 00 2A 13 00 12 14 00 19 2A");
	SENT_ANSWERED("08 14 00 20 00 03 28", "09 07 15 00 12 16 00 18 2A 17 00 12 18 00 19 2A");
	SENT_ANSWERED("08 18 00 20 00 03 28", "09 07 20 00 02 21 00 00 2A");
	LOGGED("characteristic 0013 value 0014 properties 12 2A19\n"
	       "characteristic 0017 value 0018 properties 12 2A19\n"
	       "done ok\n");
	client_idle();
}

/* Vol 3 Part B 2.5.1: 0x2A19 is 00002A19-0000-1000-8000-00805F9B34FB, whoever writes it which way. */
static void a_short_uuid_written_long(void **state)
{
	static const uint8_t level[16] = { 0xFB, 0x34, 0x9B, 0x5F, 0x80, 0, 0, 0x80, 0, 0x10, 0, 0, 0x19, 0x2A, 0, 0 };
	(void)state;
	assert_int_equal(gatt_characteristics(&kit.gatt, 0x10, 0x14, level, 16), 0);
	client_answer_hex("09 07 11 00 02 12 00 00 2A 14 00 12 15 00 19 2A");
	LOGGED("characteristic 0014 value 0015 properties 12 2A19\ndone ok\n");
	assert_int_equal(gatt_characteristics(&kit.gatt, 0x10, 0x14, "\x19\x2A", 2), 0);
	client_answer_hex("09 15 14 00 12 15 00 FB 34 9B 5F 80 00 00 80 00 10 00 00 19 2A 00 00");
	LOGGED("characteristic 0014 value 0015 properties 12 00002A1900001000800000805F9B34FB\ndone ok\n");
	assert_int_equal(gatt_characteristics(&kit.gatt, 0x10, 0x14, "\x19\x2A", 2), 0);
	client_answer_hex("09 15 14 00 12 15 00 FB 34 9B 5F 80 00 00 80 00 10 00 00 19 2A 01 00");
	LOGGED("done ok\n");
}

static void descriptors_of_128_bits(void **state)
{
	(void)state;
	assert_int_equal(gatt_descriptors(&kit.gatt, 3, 4), 0);
	SENT_ANSWERED("04 03 00 04 00", "05 02 03 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10");
	SENT_ANSWERED("04 04 00 04 00", "05 01 04 00 02 29");
	LOGGED("descriptor 0003 100F0E0D0C0B0A090807060504030201\n"
	       "descriptor 0004 2902\n"
	       "done ok\n");
	fake_silent();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(services_at_mtu_23),
		TEST(services_of_a_128_bit_uuid),
		TEST(no_services),
		TEST(inclusions_of_16_bits),
		TEST(inclusions_of_128_bits),
		TEST(an_inclusion_that_cannot_be_read),
		TEST(characteristics),
		TEST(characteristics_to_the_end),
		TEST(characteristics_of_one_uuid),
		TEST(a_short_uuid_written_long),
		TEST(descriptors_of_128_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
