/*
 * Words of glint monitor: UUIDs and their names, words of a line, which attribute a word means, what completes it; and
 * names of strangers, made fit for a terminal. UUIDs are of Assigned Numbers and of the vendors' documentation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tools/glint/monitor.h"

/* -- UUIDs ------------------------------------------------------------------------------------- */

static void test_uuid_read(void **state)
{
	(void)state;
	static const char *const good[][2] = {
		{ "2a19", "2a19" },
		{ "0x2A19", "2a19" },
		{ "00002a19-0000-1000-8000-00805f9b34fb", "2a19" }, /* the SIG's base: Vol 3 Part B 2.5.1 */
		{ "6E400001-B5A3-F393-E0A9-E50E24DCCA9E", "6e400001-b5a3-f393-e0a9-e50e24dcca9e" },
		{ "00012a19-0000-1000-8000-00805f9b34fb", "00012a19-0000-1000-8000-00805f9b34fb" }, /* 32 bits of it */
	};
	static const char *const bad[] = { "", "2a1", "2a199", "0x", "0x2a1", "2a1g", "0000", "x2a19", "battery",
		"6e400001b5a3f393e0a9e50e24dcca9e", "6e400001-b5a3-f393-e0a9-e50e24dcca9", "6e400001-b5a3-f393-e0a9",
		"6e400001-b5a3-f393-e0a9-e50e24dcca9e0", "6e400001+b5a3-f393-e0a9-e50e24dcca9e" };
	struct uuid uuid;
	char text[UUID_TEXT];
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(uuid_read(&uuid, good[i][0]));
		assert_string_equal(uuid_code(text, &uuid), good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (uuid_read(&uuid, bad[i]))
			fail_msg("%s was taken for a UUID", bad[i]);
}

static void test_uuid_names(void **state)
{
	(void)state;
	static const char *const names[][3] = {
		{ "2a19", "Battery Level (0x2A19)", "Battery Level" },
		{ "1811", "Alert Notification (0x1811)", "Alert Notification" },
		{ "6e400002-b5a3-f393-e0a9-e50e24dcca9e", "Nordic UART RX (6e400002-b5a3-f393-e0a9-e50e24dcca9e)",
			"Nordic UART RX" },
		{ "fff0", "fff0", "fff0" },
		{ "12345678-0000-0000-0000-000000000000", "12345678-0000-0000-0000-000000000000",
			"12345678-0000-0000-0000-000000000000" },
	};
	struct uuid uuid;
	char text[UUID_TEXT];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_true(uuid_read(&uuid, names[i][0]));
		assert_string_equal(uuid_title(text, &uuid), names[i][1]);
		assert_string_equal(uuid_word(text, &uuid), names[i][2]);
	}
}

static void test_addresses(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "02:00:5E:00:00", "02:00:5E:00:00:01:", "02:00:5E:00:00:0G", "02-00-5E-00-00-01",
		"2:00:5E:00:00:01", " 2:00:5E:00:00:01", "+2:00:5E:00:00:01", "02:00:5E:00:00:01 " };
	struct ble_addr addr;
	char text[ADDR_TEXT];
	assert_true(addr_read(&addr, "c2:00:5e:00:00:01"));
	assert_int_equal(addr.octets[0], 1);
	assert_string_equal(addr_text(text, &addr), "C2:00:5E:00:00:01");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (addr_read(&addr, bad[i]))
			fail_msg("%s was taken for an address", bad[i]);
}

/* -- text of strangers ------------------------------------------------------------------------- */

static void test_safe(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "Gl\xC3\xBCht", "Gl\xC3\xBCht" },
		{ "\x1b]0;x\x07", "?]0;x?" },
		{ "\xC0\xAF", "??" },                 /* overlong */
		{ "\xED\xA0\x80", "???" },             /* a surrogate */
		{ "\xF4\x90\x80\x80", "????" },        /* beyond the last character */
		{ "\xC2\x9B", "??" },                  /* a control of eight bits */
		{ "a\xE2\x80\xAE" "b", "a???b" },      /* text from right to left */
		{ "\xD8\x9C", "??" },                  /* likewise, in Arabic */
		{ "\xE2\x82", "??" },                  /* cut */
		{ "\xF0\x9F\x94\x8B", "\xF0\x9F\x94\x8B" },
	};
	char text[64], small[4];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(safe(text, sizeof text, rows[i][0], strlen(rows[i][0])), rows[i][1]);
	assert_string_equal(safe(small, sizeof small, "ab\xC3\xBC", 4), "ab"); /* whole characters */
}

/* -- words of a line --------------------------------------------------------------------------- */

static struct words words;

static void test_words(void **state)
{
	(void)state;
	static char text[LINE_MOST];
	char why[WHY_TEXT];
	assert_true(words_read(&words, " write  label\t\"a \\\"b\\\" \\\\ \\n\" , \"\"\r", why));
	assert_int_equal(words.count, 5);
	assert_string_equal(words.at[1], "label");
	assert_string_equal(words.at[2], "a \"b\" \\ \n");
	assert_true(words.quoted[2] && !words.quoted[3] && words.quoted[4]);
	assert_string_equal(words.at[4], "");
	assert_true(words_read(&words, "  # a remark \"", why) && words.count == 0);
	assert_true(words_read(&words, "read #12", why) && words.count == 2);
	assert_false(words_read(&words, "write label \"open", why));
	assert_string_equal(why, "a quotation mark is missing");
	for (size_t i = 0; i + 2 < 2 * (WORDS_MOST + 2); i += 2)
		memcpy(text + i, "a ", 3);
	assert_false(words_read(&words, text, why));
	assert_string_equal(why, "a line has at most 600 words");
	memset(text, 'a', sizeof text - 1);
	assert_false(words_read(&words, text, why));
	assert_string_equal(why, "a line has at most 4094 octets");
}

static void test_wrong_commands(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "raed x", "no such command, `read` perhaps; `help` lists them" },
		{ "xyzzy", "no such command; `help` lists them" },
		{ "read", "it is `read CHAR [as TYPE]`" },
		{ "tree now", "it is `tree`" },
		{ "write-reliable left", "it is `write-reliable CHAR VALUE [, CHAR VALUE]...`" },
		{ "s", NULL }, /* subscribe: nothing else begins so */
		{ "read battery as u8", NULL },
		{ "", NULL },
	};
	char why[WHY_TEXT];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *wrong = command_wrong(&words, rows[i][0], why);
		if (rows[i][1])
			assert_string_equal(wrong, rows[i][1]);
		else
			assert_null(wrong);
	}
}

/* -- a small device ---------------------------------------------------------------------------- */

static struct monitor monitor;

static struct characteristic *add(struct tree *t, uint16_t uuid, uint16_t handle, uint8_t properties, const char *said)
{
	struct characteristic *c = &t->characteristics[t->characteristic_count++];
	*c = (struct characteristic){ .uuid = uuid_of(uuid, NULL), .handle = (uint16_t)(handle - 1),
		.value_handle = handle, .end = handle, .properties = properties };
	strcpy(c->description, said);
	return c;
}

static int set_up(void **state)
{
	(void)state;
	struct tree *t = &monitor.tree;
	*t = (struct tree){ 0 };
	add(t, 0x2A00, 3, PROP_READ, "");
	add(t, 0x2A19, 12, PROP_READ | PROP_NOTIFY, "")->cccd = 13;
	add(t, 0x2A19, 22, PROP_READ, "");
	add(t, 0xFFF1, 32, PROP_READ | PROP_WRITE, "Target Temperature");
	add(t, 0xFFF2, 34, PROP_WRITE_COMMAND | PROP_INDICATE, "Kick")->cccd = 35;
	t->descriptors[t->descriptor_count++] = (struct descriptor){ .uuid = uuid_of(0x2902, NULL), .handle = 13,
		.characteristic = 1 };
	return 0;
}

static void test_targets(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		uint16_t handle;
		const char *why; /* NULL: it is found */
	} rows[] = {
		{ "2a00", 3, NULL },
		{ "device-name", 3, NULL },
		{ "DEV", 3, NULL },
		{ "target temp", 32, NULL },
		{ "Target_Temperature", 32, NULL },
		{ "32", 32, NULL },
		{ "#32", 32, NULL },
		{ "0x20", 32, NULL },
		{ "2902", 13, NULL },
		{ "13", 13, NULL },
		{ "999", 999, NULL }, /* perhaps it is there and cannot be discovered */
		{ "battery-level", 0, "battery-level can be 12 (battery-level), 22 (battery-level); say a handle" },
		{ "nobody", 0, "the device has no characteristic nobody; `tree` shows what there is" },
		{ "", 0, "the device has no characteristic ; `tree` shows what there is" },
		{ "70000", 0, "the device has no characteristic 70000" },
		{ "#0", 0, "the device has no characteristic #0" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct target target;
		char why[WHY_TEXT] = "";
		bool found = target_find(&monitor.tree, rows[i].word, &target, why);
		if (found != !rows[i].why || (!found && strncmp(why, rows[i].why, strlen(rows[i].why))))
			fail_msg("%s: %s", rows[i].word, why);
		if (found)
			assert_int_equal(target.handle, rows[i].handle);
	}
}

/* A device with many of one name: the sentence says that there are more than it names. */
static void test_many_of_a_name(void **state)
{
	(void)state;
	struct target target;
	char why[WHY_TEXT] = "";
	for (uint16_t i = 0; i < 40; i++)
		add(&monitor.tree, 0x2A6E, (uint16_t)(100 + 2 * i), PROP_READ, "");
	assert_false(target_find(&monitor.tree, "temperature", &target, why));
	assert_non_null(strstr(why, "100 (temperature)"));
	assert_non_null(strstr(why, ", ...; say a handle"));
}

static const char *completed(const char *line)
{
	static struct offers offers;
	static char all[2000];
	complete(&monitor, line, strlen(line), &offers);
	*all = '\0';
	for (unsigned i = 0; i < offers.count; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? " " : "", offers.at[i]);
	return all;
}

static void test_completion(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "tr", "tree" },
		{ "un", "unsubscribe unpair" },
		{ "write-", "write-without-response write-signed write-reliable" },
		{ "read ", "device-name 12 22 target-temperature" }, /* two of a name: their handles */
		{ "read TAR", "target-temperature" },
		{ "read 2", "2a00 2a19 22" },
		{ "read #1", "#12" },
		{ "write ", "target-temperature" },
		{ "write-without-response ", "kick" },
		{ "subscribe ", "12 kick" },
		{ "subscribe kick ", "notifications indications" },
		{ "read kick a", "as" },
		{ "read device-name as te", "text" },
		{ "write target n", "number" },
		{ "write target s1", "s12 s16" },
		{ "read-multiple device-name tar", "target-temperature" },
		{ "read-uuid dev", "device-name" },
		{ "read-uuid 2a00 as da", "date" },
		{ "write-reliable target u8 1 , t", "target-temperature" },
		{ "write-reliable target u8 1 , target num", "number" },
		{ "tree ", "" },
		{ "nonsense ", "" },
		{ "connect ", "" },
		{ "pair key", "keyboard keyboard-display" },
		{ "pair none ", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(completed(rows[i][0]), rows[i][1]) != 0)
			fail_msg("%s: %s", rows[i][0], completed(rows[i][0]));
}

/* What VALUE means, for an attribute with a format of its own and for one without. */
static void test_octets(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int len;
		const char *octets; /* or why not */
	} rows[] = {
		{ "x 0a ff", 2, "\x0a\xff" },
		{ "x \"0a\"", 2, "0a" },
		{ "x u16 1 2", 4, "\x01\x00\x02\x00" },
		{ "x number 21.5", 2, "\x66\x08" },
		{ "x text hey", 3, "hey" },
		{ "x u16 1 2 3 4 5", -1, "there is room for 8 octets only" },
		{ "x text hey you", -1, "text with blanks is put in quotation marks" },
		{ "x u8", -1, "a value is missing behind u8" },
		{ "x number 1000", -1, "1000 is out of range: s16 has 16 bits" },
	};
	struct target t = { .characteristic = &monitor.tree.characteristics[3] };
	t.characteristic->format = (struct value_format){ .code = VALUE_S16, .exponent = -2 };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t octets[8];
		char why[WHY_TEXT] = "";
		assert_true(words_read(&words, rows[i].line, why));
		assert_int_equal(octets_write(&t, &words, 1, words.count, octets, sizeof octets, why), rows[i].len);
		if (rows[i].len < 0)
			assert_string_equal(why, rows[i].octets);
		else
			assert_memory_equal(octets, rows[i].octets, (size_t)rows[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid_read),
		cmocka_unit_test(test_uuid_names),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_wrong_commands),
		cmocka_unit_test_setup(test_targets, set_up),
		cmocka_unit_test_setup(test_many_of_a_name, set_up),
		cmocka_unit_test_setup(test_completion, set_up),
		cmocka_unit_test_setup(test_octets, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
