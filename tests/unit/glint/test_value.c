/*
 * tools/glint/value*.c: values by type and by format, as they are shown and as they are written, and what is refused.
 * Octets are computed by hand from IEEE 754 (1/3, 0.15625 and pi are common examples), IEEE 11073-20601 (FLOAT 36.4 is
 * its example), two's complement, and the GATT Specification Supplement 3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tools/glint/value.h"

/* -- types: shown and written ------------------------------------------------------------------ */

static const struct {
	const char *type, *word;
	int exponent;
	uint8_t len, octets[8];
} rows[] = {
	{ "bool", "true", 0, 1, { 1 } },
	{ "bool", "false", 0, 1, { 0 } },
	{ "u2", "3", 0, 1, { 3 } },
	{ "u4", "15", 0, 1, { 15 } },
	{ "u8", "255", 0, 1, { 0xFF } },
	{ "u12", "4095", 0, 2, { 0xFF, 0x0F } },
	{ "u16", "513", 0, 2, { 1, 2 } },
	{ "u24", "16777215", 0, 3, { 0xFF, 0xFF, 0xFF } },
	{ "u32", "4294967295", 0, 4, { 0xFF, 0xFF, 0xFF, 0xFF } },
	{ "u48", "281474976710655", 0, 6, { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } },
	{ "u64", "18446744073709551615", 0, 8, { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } },
	{ "s8", "-128", 0, 1, { 0x80 } },
	{ "s8", "127", 0, 1, { 0x7F } },
	{ "s12", "-2048", 0, 2, { 0x00, 0x08 } },
	{ "s16", "-2", 0, 2, { 0xFE, 0xFF } },
	{ "s24", "-8388608", 0, 3, { 0, 0, 0x80 } },
	{ "s32", "-1", 0, 4, { 0xFF, 0xFF, 0xFF, 0xFF } },
	{ "s48", "-2", 0, 6, { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } },
	{ "s64", "-9223372036854775808", 0, 8, { 0, 0, 0, 0, 0, 0, 0, 0x80 } },
	{ "f32", "0.15625", 0, 4, { 0x00, 0x00, 0x20, 0x3E } },
	{ "f32", "3.141593", 0, 4, { 0xDC, 0x0F, 0x49, 0x40 } }, /* of the seven digits, not of pi */
	{ "f64", "0.333333333333333", 0, 8, { 0x50, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5, 0x3F } },
	{ "f32", "1.5", -2, 4, { 0x00, 0x00, 0xC0, 0x3F } }, /* an exponent is for whole numbers */
	{ "sfloat", "11.4", 0, 2, { 0x72, 0xF0 } },
	{ "sfloat", "-0.5", 0, 2, { 0xFB, 0xFF } },
	{ "float", "36.4", 0, 4, { 0x6C, 0x01, 0x00, 0xFF } },
	{ "u16", "21.50", -2, 2, { 0x66, 0x08 } },
	{ "s16", "-0.05", -2, 2, { 0xFB, 0xFF } },
	{ "u8", "500", 2, 1, { 5 } },
	{ "u8", "0", 3, 1, { 0 } },
	{ "u8", "0.000000001", -9, 1, { 1 } },
	{ "date", "2024-05-31 23:59:01", 0, 7, { 0xE8, 0x07, 5, 31, 23, 59, 1 } },
	{ "hex", "0a ff", 0, 2, { 0x0A, 0xFF } },
};

static void test_types_shown(void **state)
{
	(void)state;
	char text[VALUE_TEXT];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct value_type *t = type_named(rows[i].type);
		assert_non_null(t);
		assert_true(type_show(text, t, rows[i].exponent, rows[i].octets, rows[i].len));
		assert_string_equal(text, rows[i].word);
		/* of another size it is not that type */
		if (t->size)
			assert_false(type_show(text, t, 0, rows[i].octets, rows[i].len - 1u));
	}
}

static void test_types_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct value_type *t = type_named(rows[i].type);
		uint8_t octets[16] = { 0 };
		char why[WHY_TEXT] = "", word[64];
		strcpy(word, rows[i].word);
		if (t->code == VALUE_DATE)
			word[10] = 'T'; /* one word */
		if (t->code == VALUE_HEX)
			strcpy(word, "0x0aFF");
		int n = type_write(t, rows[i].exponent, word, octets, sizeof octets, why);
		assert_string_equal(why, "");
		assert_int_equal(n, rows[i].len);
		if (t->code == VALUE_F64) /* 15 digits are told, of 16 */
			assert_memory_equal(octets + 2, rows[i].octets + 2, 6);
		else
			assert_memory_equal(octets, rows[i].octets, rows[i].len);
	}
}

/* Bits above a type's own are ignored: Vol 3 Part G 3.3.3.5.2 */
static void test_ignored_bits(void **state)
{
	(void)state;
	char text[VALUE_TEXT];
	assert_true(type_show(text, type_named("u4"), 0, "\xF7", 1));
	assert_string_equal(text, "7");
	assert_true(type_show(text, type_named("s12"), 0, "\xFF\x7F", 2));
	assert_string_equal(text, "-1");
}

static void test_no_numbers(void **state)
{
	(void)state;
	static const char *const words[] = { "+infinity", "not a number", "not at this resolution", "reserved",
		"-infinity" };
	char text[VALUE_TEXT];
	double number;
	for (uint8_t i = 0; i < 5; i++) {
		uint16_t v = (uint16_t)(0x07FE + i);
		const uint8_t sfloat[] = { (uint8_t)v, (uint8_t)(v >> 8) };
		const uint8_t whole[] = { (uint8_t)(0xFE + i), (uint8_t)(i < 2 ? 0xFF : 0), i < 2 ? 0x7F : 0x80, 0 };
		assert_true(type_show(text, type_named("sfloat"), 0, sfloat, 2));
		assert_string_equal(text, words[i]);
		assert_true(type_show(text, type_named("float"), 0, whole, 4));
		assert_string_equal(text, words[i]);
		assert_false(type_number(&number, type_named("sfloat"), 0, sfloat, 2));
	}
	assert_false(type_number(&number, type_named("f32"), 0, "\x00\x00\x80\x7F", 4)); /* infinity */
	assert_false(type_number(&number, type_named("text"), 0, "12", 2));
	assert_true(type_number(&number, type_named("s16"), -2, "\x66\x08", 2));
	assert_true(number > 21.499 && number < 21.501);
}

/* The longest numbers that can be told have room: 20 digits and an exponent of 127 or -128. */
static void test_far_exponents(void **state)
{
	(void)state;
	char text[VALUE_TEXT];
	const uint8_t most[8] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
	assert_true(type_show(text, type_named("u64"), 127, most, 8));
	assert_int_equal(strlen(text), 20 + 127);
	assert_int_equal(strncmp(text, "184467440737095516150000", 24), 0);
	assert_true(type_show(text, type_named("u64"), -128, most, 8));
	assert_int_equal(strlen(text), 2 + 128);
	assert_true(type_show(text, type_named("float"), 0, "\x01\x00\x00\x7F", 4));
	assert_int_equal(strlen(text), 1 + 127);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *type, *word, *why;
		int exponent;
	} bad[] = {
		{ "u8", "256", "256 is out of range: u8 has 8 bits", 0 },
		{ "u8", "-1", "-1 is out of range: u8 has 8 bits", 0 },
		{ "u4", "16", "16 is out of range: u4 has 4 bits", 0 },
		{ "u12", "4096", "4096 is out of range: u12 has 12 bits", 0 },
		{ "s12", "2048", "2048 is out of range: s12 has 12 bits", 0 },
		{ "s8", "128", "128 is out of range: s8 has 8 bits", 0 },
		{ "s8", "-129", "-129 is out of range: s8 has 8 bits", 0 },
		{ "u64", "18446744073709551616", "18446744073709551616 is not a whole number", 0 },
		{ "u64", "0x10000000000000000", "0x10000000000000000 is not a whole number", 0 },
		{ "u8", "0x", "0x is not a whole number", 0 },
		{ "u8", "", " is not a whole number", 0 },
		{ "u8", "1.2.3", "1.2.3 is not a whole number", 0 },
		{ "u8", "--1", "--1 is not a whole number", 0 },
		{ "u8", "1e2", "1e2 is not a whole number", 0 },
		{ "u8", "1.5", "1.5 cannot be told in steps of 10^0", 0 },
		{ "u8", "1.234", "1.234 cannot be told in steps of 10^-2", -2 },
		{ "u8", "150", "150 cannot be told in steps of 10^2", 2 },
		{ "sfloat", "2046", "2046 is out of range of sfloat, or has too many digits for it", 0 },
		{ "sfloat", "0.0000000001", "is out of range of sfloat", 0 },
		{ "float", "warm", "warm is not a number such as 36.5 (float)", 0 },
		{ "f32", "1.5x", "1.5x is not a number", 0 },
		{ "bool", "maybe", "maybe is neither true nor false", 0 },
		{ "date", "2024-13-01T00:00:00", "is not a date and time: 2024-05-31T23:59:00", 0 },
		{ "date", "2024-01-01", "is not a date and time", 0 },
		{ "hex", "0", "0 is not octets in hex, two digits each (0a ff)", 0 },
		{ "hex", "0xZZ", "0xZZ is not octets in hex", 0 },
		{ "hex", "000102030405060708", "a value has at most 8 octets", 0 },
		{ "text", "longer than it", "the text has 14 octets, at most 8 fit", 0 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint8_t octets[8];
		char why[WHY_TEXT] = "";
		const struct value_type *t = type_named(bad[i].type);
		assert_int_equal(type_write(t, bad[i].exponent, bad[i].word, octets, sizeof octets, why), -1);
		if (!strstr(why, bad[i].why))
			fail_msg("%s %s: %s", bad[i].type, bad[i].word, why);
	}
	assert_null(type_named("u9"));
	assert_null(type_named(""));
	assert_null(type_of(0));
	assert_null(type_of(0x1B)); /* a structure: of nobody knows what */
}

/* -- formats ----------------------------------------------------------------------------------- */

static void test_formats(void **state)
{
	(void)state;
	static const struct {
		uint8_t octets[7];
		const char *title, *value; /* of 66 08 */
	} formats[] = {
		{ { 0x0E, 0xFE, 0x2F, 0x27, 1, 0, 0 }, "s16, x 10^-2, °C", "21.50 °C" },
		{ { 0x06, 0x00, 0x00, 0x27, 1, 0, 0 }, "u16", "2150" },
		{ { 0x06, 0x03, 0x24, 0x27, 1, 0, 0 }, "u16, x 10^3, Pa", "2150000 Pa" },
		{ { 0x06, 0x00, 0xEE, 0x27, 1, 0, 0 }, "u16", "2150 (unit 0x27EE)" },
		{ { 0x16, 0x00, 0xAD, 0x27, 1, 0, 0 }, "sfloat, %", "-1946 %" },
		{ { 0x05, 0x00, 0xAD, 0x27, 1, 0, 0 }, "u12, %", "2150 %" },
	};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct value_format f;
		char text[VALUE_TEXT];
		assert_true(format_read(&f, formats[i].octets, 7));
		assert_string_equal(format_title(text, &f), formats[i].title);
		assert_true(format_show(text, &f, "\x66\x08", 2));
		assert_string_equal(text, formats[i].value);
		assert_false(format_show(text, &f, "\x66\x08\x00", 3));
	}
}

static void test_bad_formats(void **state)
{
	(void)state;
	struct value_format f = { 0 };
	struct uuid uuid = uuid_of(0xB001, NULL);
	char text[VALUE_TEXT];
	assert_false(format_read(&f, "\x04\x00\x00\x27\x01\x00", 6));
	assert_false(format_read(&f, "\x04\x00\x00\x27\x01\x00\x00\x00", 8));
	assert_true(format_read(&f, "\x1B\x00\x00\x27\x01\x00\x00", 7)); /* a structure */
	assert_string_equal(format_title(text, &f), "format 0x1B");
	assert_false(format_show(text, &f, "\x01", 1));
	assert_string_equal(value_show(text, &uuid, &f, "\x01\x02", 2), "01 02");
	/* a value that is not as its format says is shown as it is */
	f = (struct value_format){ .code = VALUE_U16, .unit = 0x27AD };
	assert_string_equal(value_show(text, &uuid, &f, "\x01", 1), "01");
}

/* -- what is known of characteristics ---------------------------------------------------------- */

static void test_known(void **state)
{
	(void)state;
	static const struct {
		uint16_t uuid;
		uint8_t len, octets[16];
		const char *text;
	} known[] = {
		{ 0x2A19, 1, { 57 }, "57 %" },
		{ 0x2A19, 2, { 57, 0 }, "39 00" }, /* not as it has to be */
		{ 0x2A07, 1, { 0xFC }, "-4 dBm" },
		{ 0x2A6E, 2, { 0x66, 0x08 }, "21.50 °C" },
		{ 0x2A6D, 4, { 0x02, 0x76, 0x0F, 0x00 }, "101325.0 Pa" },
		{ 0x2A37, 2, { 0x00, 72 }, "72 bpm" },
		{ 0x2A37, 3, { 0x05, 0x2C, 0x01 }, "300 bpm, no skin contact" },
		{ 0x2A37, 2, { 0x01, 72 }, "01 48" }, /* 16 bits, but there are 8 */
		{ 0x2A1C, 5, { 0, 0x6C, 0x01, 0x00, 0xFF }, "36.4 °C" },
		{ 0x2A1C, 12, { 3, 0xD8, 0x03, 0x00, 0xFF, 0xE8, 0x07, 5, 31, 23, 59, 1 }, "98.4 °F at 2024-05-31 23:59:01" },
		{ 0x2A08, 7, { 0, 0, 0, 0, 1, 2, 3 }, "(no date) 01:02:03" },
		{ 0x2A06, 1, { 2 }, "high alert" },
		{ 0x2A06, 1, { 3 }, "03" },
		{ 0x2A01, 2, { 0x40, 0x03 }, "Generic Heart Rate Sensor" },
		{ 0x2A04, 8, { 24, 0, 40, 0, 0, 0, 0x90, 1 }, "interval 30 to 50 ms, latency 0, supervision 4000 ms" },
		{ 0x2A04, 8, { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF },
			"interval any to any ms, latency 0, supervision any ms" },
		{ 0x2A05, 4, { 1, 0, 0xFF, 0xFF }, "handles 1 to 65535" },
		{ 0x2A50, 7, { 1, 0x59, 0, 0x34, 0x12, 0x13, 0x01 },
			"Bluetooth vendor 0x0059 (Nordic Semiconductor ASA), product 0x1234, version 1.1.3" },
		{ 0x2A44, 2, { 2, 1 }, "disable new alerts: email" }, /* the example of its definition */
		{ 0x2A44, 2, { 5, 0xFF }, "notify unread status now: all categories" },
		{ 0x2A44, 2, { 6, 1 }, "06 01" },
		{ 0x2A45, 2, { 5, 255 }, "SMS or MMS: over 254 unread" },
		{ 0x2A46, 5, { 3, 1, 'A', 'd', 'a' }, "call: 1 new, \"Ada\"" },
		{ 0x2A46, 2, { 10, 1 }, "0a 01" },
		{ 0x2A47, 2, { 0x30, 0x02 }, "missed call, SMS or MMS, instant message" },
		{ 0x2A48, 1, { 0x01 }, "simple alert" },
		{ 0x2A48, 2, { 0, 0 }, "none" },
		{ 0x2A48, 2, { 0, 4 }, "00 04" },
		{ 0x2902, 2, { 2, 0 }, "indications" },
		{ 0x2902, 2, { 4, 0 }, "04 00" },
		{ 0x2904, 7, { 0x0E, 0xFE, 0x2F, 0x27, 1, 0, 0 }, "s16, x 10^-2, °C" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct uuid uuid = uuid_of(known[i].uuid, NULL);
		char text[VALUE_TEXT];
		assert_string_equal(value_text(text, &uuid, known[i].octets, known[i].len), known[i].text);
	}
}

static void test_unknown(void **state)
{
	(void)state;
	struct uuid uuid = uuid_of(0xB001, NULL);
	char text[VALUE_TEXT];
	uint8_t many[512];
	memset(many, 0x80, sizeof many);
	assert_string_equal(value_text(text, &uuid, "", 0), "(empty)");
	assert_string_equal(value_text(text, &uuid, "hey", 3), "\"hey\"");
	assert_string_equal(value_text(text, &uuid, "h", 1), "68"); /* a letter alone is no text */
	assert_string_equal(value_text(text, &uuid, "\xE2\x82\xAC\x31", 4), "\"\xE2\x82\xAC\x31\"");
	assert_string_equal(value_text(text, &uuid, "a\x1b[2J", 5), "61 1b 5b 32 4a"); /* nothing for a terminal */
	value_text(text, &uuid, many, sizeof many);
	assert_string_equal(text + strlen(text) - 7, " 80 ...");
	memset(many, 'x', sizeof many);
	value_text(text, &uuid, many, sizeof many);
	assert_true(strlen(text) < VALUE_TEXT && text[strlen(text) - 1] == '"');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types_shown),
		cmocka_unit_test(test_types_written),
		cmocka_unit_test(test_ignored_bits),
		cmocka_unit_test(test_no_numbers),
		cmocka_unit_test(test_far_exponents),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_bad_formats),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
