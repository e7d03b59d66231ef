/*
 * Reading against scripted answers: Vol 3 Part G 4.8, octets by hand from Vol 3 Part F 3.4.4.
 */
#include "client_kit.h"

#include <stdio.h>

#define OCTETS_22 "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15"

static void long_to_the_last_octet(void **state)
{
	uint8_t part[23] = { 0x0D };
	(void)state;
	assert_int_equal(gatt_read(&kit.gatt, 5), 0);
	SENT_ANSWERED("0A 05 00", "0B " OCTETS_22);
	for (uint16_t offset = 22; offset < 506; offset = (uint16_t)(offset + 22)) {
		char request[16];
		(void)snprintf(request, sizeof request, "0C 05 00 %02X %02X", offset & 0xFF, offset >> 8);
		fake_sent_hex(request);
		client_answer(part, sizeof part);
	}
	assert_int_equal(kit.events, 23);
	fake_sent_hex("0C 05 00 FA 01");
	client_answer(part, 1 + 6); /* 506 + 6 = 512, the longest value: Vol 3 Part F 3.2.9 */
	assert_int_equal(kit.dones, 1);
	fake_silent();
	client_idle();
}

/* A multiple of 22 octets: one server answers the request behind its end with nothing, another by Not Long. */
static void long_that_fills_its_last_part(void **state)
{
	(void)state;
	assert_int_equal(gatt_read(&kit.gatt, 5), 0);
	SENT_ANSWERED("0A 05 00", "0B " OCTETS_22);
	SENT_ANSWERED("0C 05 00 16 00", "0D");
	LOGGED("value 0005+0 " OCTETS_22 "\ndone ok\n");
	assert_int_equal(gatt_read(&kit.gatt, 5), 0);
	client_answer_hex("0B " OCTETS_22);
	client_answer_hex("01 0C 05 00 0B");
	LOGGED("value 0005+0 " OCTETS_22 "\ndone ok\n");
	assert_int_equal(gatt_read(&kit.gatt, 5), 0);
	client_answer_hex("0B " OCTETS_22);
	client_answer_hex("01 0C 05 00 07"); /* Invalid Offset is an error: the value has shrunk */
	LOGGED("value 0005+0 " OCTETS_22 "\ndone att 07 handle 0005\n");
	assert_int_equal(gatt_read(&kit.gatt, 5), 0);
	client_answer_hex("01 0A 05 00 0B"); /* to a Read Request it means nothing */
	LOGGED("done att 0B handle 0005\n");
	client_idle();
}

static void longer_than_a_value_can_be(void **state)
{
	uint8_t part[247] = { 0x0B };
	(void)state;
	fake.bearer.mtu = 247;
	assert_int_equal(gatt_read(&kit.gatt, 5), 0);
	client_answer(part, 247);
	part[0] = 0x0D;
	client_answer(part, 247);
	fake_sent_hex("0C 05 00 EC 01");
	client_answer(part, 1 + 21); /* 492 + 21 */
	assert_int_equal(kit.dones, 1);
	assert_int_equal(kit.events, 3);
	client_idle();
}

static void by_uuid(void **state)
{
	(void)state;
	assert_int_equal(gatt_read_uuid(&kit.gatt, 2, 1, "\0\x2A", 2), BLE_EINVAL);
	assert_int_equal(gatt_read_uuid(&kit.gatt, 1, 1, "\0\x2A", 5), BLE_EINVAL);
	assert_int_equal(gatt_read_uuid(&kit.gatt, 1, 0xFFFF, "\x19\x2A", 2), 0);
	SENT_ANSWERED("08 01 00 FF FF 19 2A", "09 04 0E 00 63 01 1E 00 62 02");
	SENT_ANSWERED("08 1F 00 FF FF 19 2A", "09 03 2E 00 07");
	SENT_ANSWERED("08 2F 00 FF FF 19 2A", "01 08 2F 00 0A");
	LOGGED("value 000E+0 63 01\n"
	       "value 001E+0 62 02\n"
	       "value 002E+0 07\n"
	       "done ok\n");
	client_idle();
}

static void by_a_128_bit_uuid(void **state)
{
	static const uint8_t uuid[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	(void)state;
	assert_int_equal(gatt_read_uuid(&kit.gatt, 3, 3, uuid, 16), 0);
	SENT_ANSWERED("08 03 00 03 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10", "09 02 03 00"); /* empty */
	LOGGED("value 0003+0\ndone ok\n");
	fake_silent();
}

/* Nothing of the type, or what may not be read behind what may. */
static void by_uuid_refused(void **state)
{
	(void)state;
	assert_int_equal(gatt_read_uuid(&kit.gatt, 1, 9, "\0\x2A", 2), 0);
	client_answer_hex("01 08 01 00 0A");
	LOGGED("done att 0A handle 0001\n");
	assert_int_equal(gatt_read_uuid(&kit.gatt, 1, 9, "\0\x2A", 2), 0);
	client_answer_hex("09 03 03 00 41");
	SENT_ANSWERED("08 04 00 09 00 00 2A", "01 08 06 00 05");
	LOGGED("value 0003+0 41\ndone att 05 handle 0006\n");
	client_idle();
}

static void by_uuid_what_is_long_is_cut(void **state)
{
	uint8_t rsp[2 + 255] = { 0x09, 255, 3 };
	(void)state;
	assert_int_equal(gatt_read_uuid(&kit.gatt, 3, 3, "\0\x2A", 2), 0);
	client_answer_hex("09 15 03 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12"); /* 19 = 23 - 4 */
	LOGGED("value 0003+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 cut\ndone ok\n");
	fake.bearer.mtu = 300;
	assert_int_equal(gatt_read_uuid(&kit.gatt, 3, 3, "\0\x2A", 2), 0);
	client_answer(rsp, sizeof rsp); /* 253 octets, whatever the MTU: 3.4.4.2 */
	assert_true(fake.events > 0);
	assert_int_equal(kit.dones, 2);
}

static void several(void **state)
{
	static const uint16_t handles[11] = { 3, 0x105, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	static const uint16_t none[2] = { 3, 0 };
	(void)state;
	assert_int_equal(gatt_read_multiple(&kit.gatt, handles, 1), BLE_ERANGE);
	assert_int_equal(gatt_read_multiple(&kit.gatt, handles, 12), BLE_ERANGE); /* (23 - 1) / 2 */
	assert_int_equal(gatt_read_multiple(&kit.gatt, none, 2), BLE_EINVAL);
	assert_int_equal(gatt_read_multiple(&kit.gatt, handles, 2), 0);
	SENT_ANSWERED("0E 03 00 05 01", "0F 63 01 02");
	LOGGED("value 0000+0 63 01 02\ndone ok\n");
	assert_int_equal(gatt_read_multiple(&kit.gatt, handles, 11), 0);
	SENT_ANSWERED("0E 03 00 05 01 07 00 08 00 09 00 0A 00 0B 00 0C 00 0D 00 0E 00 0F 00", "0F " OCTETS_22);
	LOGGED("value 0000+0 " OCTETS_22 " cut\ndone ok\n");
	assert_int_equal(gatt_read_multiple(&kit.gatt, handles, 2), 0);
	client_answer_hex("01 0E 05 01 02");
	LOGGED("done att 02 handle 0105\n");
	client_idle();
}

static void several_of_variable_length(void **state)
{
	static const uint16_t handles[3] = { 3, 5, 7 };
	(void)state;
	assert_int_equal(gatt_read_multiple_variable(&kit.gatt, handles, 3), 0);
	SENT_ANSWERED("20 03 00 05 00 07 00", "21 02 00 63 64 00 00 01 00 65");
	LOGGED("value 0003+0 63 64\n"
	       "value 0005+0\n"
	       "value 0007+0 65\n"
	       "done ok\n");
	client_idle();
}

/* Vol 3 Part F 3.4.4.12: what does not fit is left out wherever that may be. 23 octets are full. */
static void several_that_are_cut(void **state)
{
	static const uint16_t handles[3] = { 3, 5, 7 };
	static const char *const cuts[][2] = {
		{ "21 0F 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 05 00 AA BB CC",
			"value 0003+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E\n"
			"value 0005+0 AA BB CC cut\ndone ok\n" },
		{ "21 12 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 05 00",
			"value 0003+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11\n"
			"value 0005+0 cut\ndone ok\n" },
		{ "21 13 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 05",
			"value 0003+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12\ndone ok\n" },
		{ "21 14 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13",
			"value 0003+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13\ndone ok\n" },
		{ "21 15 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13",
			"value 0003+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 cut\ndone ok\n" },
		/* with room left there is no such excuse */
		{ "21 02 00 63 64 03 00 65", "value 0003+0 63 64\ndone -6\n" },
		{ "21 02 00 63 64 03", "value 0003+0 63 64\ndone -6\n" },
		{ "21 02 00 63 64 01 00 65", "value 0003+0 63 64\nvalue 0005+0 65\ndone -6\n" },
		{ "21", "done -6\n" },
		{ "21 00 00 00 00 00 00 00 00", "value 0003+0\nvalue 0005+0\nvalue 0007+0\ndone -6\n" },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		assert_int_equal(gatt_read_multiple_variable(&kit.gatt, handles, 3), 0);
		client_answer_hex(cuts[i][0]);
		LOGGED(cuts[i][1]);
		client_idle();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(long_to_the_last_octet),
		TEST(long_that_fills_its_last_part),
		TEST(longer_than_a_value_can_be),
		TEST(by_uuid),
		TEST(by_a_128_bit_uuid),
		TEST(by_uuid_refused),
		TEST(by_uuid_what_is_long_is_cut),
		TEST(several),
		TEST(several_of_variable_length),
		TEST(several_that_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
