/*
 * Attacks on ATT by the form of a PDU: every opcode at every length, every handle and range at its edge, every offset
 * (Vol 3 Part F 3.3, 3.4). What must be answered is written from the specification, and from the table of target.h.
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

/* 3.4.8: the requests that a server without ble_prepared and ble_multiple takes, and the lengths that they can have. */
static const struct form {
	uint8_t opcode, lens[2];
	bool more; /* longer is fine */
} forms[] = {
	{ 0x02, { 3, 3 }, false }, { 0x04, { 5, 5 }, false }, { 0x06, { 7, 7 }, true }, { 0x08, { 7, 21 }, false },
	{ 0x0A, { 3, 3 }, false }, { 0x0C, { 5, 5 }, false }, { 0x10, { 7, 21 }, false }, { 0x12, { 3, 3 }, true },
};

static const struct form *form_of(unsigned opcode)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (forms[i].opcode == opcode)
			return &forms[i];
	return NULL;
}

/* Commands, and what can only be an answer or is told unasked: 3.3.1, 3.4.8. */
static bool is_silent(unsigned opcode)
{
	return (opcode & 0x40) || opcode == 0x1E || ((opcode & 1) && opcode <= 0x23);
}

static void one_form(unsigned opcode, unsigned len, uint8_t fill)
{
	uint8_t pdu[26];
	memset(pdu, fill, sizeof pdu);
	pdu[0] = (uint8_t)opcode;
	const struct form *form = form_of(opcode);
	int n = ask(pdu, len);
	victim_forget();
	if (is_silent(opcode))
		assert_int_equal(n, -1);
	else if (!form)
		ANSWER(n, 0x01, (uint8_t)opcode, 0, 0, 0x06);
	else if (len == form->lens[0] || len == form->lens[1] || (form->more && len > form->lens[0]))
		assert_true(n >= 1 && (answer[0] == 1 || answer[0] == opcode + 1));
	else
		ANSWER(n, 0x01, (uint8_t)opcode, 0, 0, 0x04);
}

static void every_opcode_at_every_length(void **state)
{
	static const uint8_t fills[] = { 0x00, 0x01, 0xFF };
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	assert_int_equal(ask(NULL, 0), -1);
	for (size_t i = 0; i < sizeof fills; i++)
		for (unsigned opcode = 0; opcode < 256; opcode++)
			for (unsigned len = 1; len <= 26; len++)
				one_form(opcode, len, fills[i]);
	victim_serves();
	victim_end();
}

/* 3.4.1.1: the handle in error is the one that was asked for. */
static void handles_that_are_not_there(void **state)
{
	static const uint16_t handles[] = { 0, TARGET_LAST + 1, 0x7FFF, 0xFFFF };
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) {
		uint16_t h = handles[i];
		ANSWER(ask(OCTETS(0x0A, LE(h))), 0x01, 0x0A, LE(h), 0x01);
		ANSWER(ask(OCTETS(0x0C, LE(h), 0, 0)), 0x01, 0x0C, LE(h), 0x01);
		ANSWER(ask(OCTETS(0x0C, LE(h), 0xFF, 0xFF)), 0x01, 0x0C, LE(h), 0x01);
		ANSWER(ask(OCTETS(0x12, LE(h), 0)), 0x01, 0x12, LE(h), 0x01);
		assert_int_equal(ask(OCTETS(0x52, LE(h), 0)), -1);
	}
	victim_serves();
	victim_end();
}

static void one_range(uint16_t start, uint16_t end, uint8_t code)
{
	ANSWER(ask(OCTETS(0x04, LE(start), LE(end))), 0x01, 0x04, LE(start), code);
	ANSWER(ask(OCTETS(0x06, LE(start), LE(end), 0x00, 0x28, 1, 0xA0)), 0x01, 0x06, LE(start), code);
	ANSWER(ask(OCTETS(0x08, LE(start), LE(end), 0x03, 0x28)), 0x01, 0x08, LE(start), code);
	ANSWER(ask(OCTETS(0x10, LE(start), LE(end), 0x00, 0x28)), 0x01, 0x10, LE(start), code);
}

static void ranges_that_are_none(void **state)
{
	static const uint16_t bad[][2] = { { 0, 0 }, { 0, 1 }, { 0, 0xFFFF }, { 2, 1 }, { 0xFFFF, 0xFFFE }, { 0xFFFF, 1 } };
	static const uint16_t empty[][2] = { { TARGET_LAST + 1, TARGET_LAST + 1 }, { TARGET_LAST + 1, 0xFFFF },
		{ 0xFFFF, 0xFFFF } };
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		one_range(bad[i][0], bad[i][1], 0x01);
	for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
		one_range(empty[i][0], empty[i][1], 0x0A);
	victim_serves();
	victim_end();
}

/*
 * No database has a handle FFFF, so that there always is a next one. 1 and 32765 times 2 and 3 make FFFE: the last
 * attribute is a description.
 */
static void a_database_up_to_fffe(void **state)
{
	enum { COUNT = 32766 };
	static const struct ble_characteristic odd = { .uuid = 0xB00D, .permission = BLE_READ, .size = 1, .length = 1,
		.value = (void *)(uintptr_t) "\x2A" };
	static const struct ble_characteristic last = { .uuid = 0xB00E, .permission = BLE_READ, .size = 1, .length = 1,
		.value = (void *)(uintptr_t) "\x2B", .descriptor = "end" };
	static const struct ble_characteristic *list[COUNT + 2];
	static const struct ble_service huge = { .uuid = 0xA00D, .characteristics = list };
	static const struct ble_part *const parts[] = { &ble_bare_server, NULL };
	(void)state;
	for (unsigned i = 0; i <= COUNT; i++)
		list[i] = &odd;
	fake_host(&f, (struct ble_host_config){ .parts = parts });
	assert_int_equal(ble_server_add(f.host, &huge, NULL), BLE_ENOMEM);
	list[COUNT] = NULL;
	list[COUNT - 1] = &last;
	assert_int_equal(ble_server_add(f.host, &huge, NULL), 0);
	fake_up(&f);
	(void)fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
	ANSWER(ask(OCTETS(0x0A, 0xFE, 0xFF)), 0x0B, 'e', 'n', 'd');
	ANSWER(ask(OCTETS(0x0A, 0xFF, 0xFF)), 0x01, 0x0A, 0xFF, 0xFF, 0x01);
	ANSWER(ask(OCTETS(0x04, 0xFD, 0xFF, 0xFF, 0xFF)), 0x05, 1, 0xFD, 0xFF, 0x0E, 0xB0, 0xFE, 0xFF, 0x01, 0x29);
	ANSWER(ask(OCTETS(0x08, 0xFD, 0xFF, 0xFF, 0xFF, 0x0E, 0xB0)), 0x09, 3, 0xFD, 0xFF, 0x2B);
	ANSWER(ask(OCTETS(0x08, 0xFE, 0xFF, 0xFF, 0xFF, 0x03, 0x28)), 0x01, 0x08, 0xFE, 0xFF, 0x0A);
	ANSWER(ask(OCTETS(0x10, 1, 0, 0xFF, 0xFF, 0x00, 0x28)), 0x11, 6, 1, 0, 0xFE, 0xFF, 0x0D, 0xA0);
	ANSWER(ask(OCTETS(0x06, 1, 0, 0xFF, 0xFF, 0x00, 0x28, 0x0D, 0xA0)), 0x07, 1, 0, 0xFE, 0xFF);
	ANSWER(ask(OCTETS(0x06, 0xFD, 0xFF, 0xFF, 0xFF, 0x0E, 0xB0, 0x2B)), 0x07, 0xFD, 0xFF, 0xFD, 0xFF);
	ANSWER(ask(OCTETS(0x0A, 1, 0)), 0x0B, 0x0D, 0xA0);
	victim_end();
}

/* 3.4.4.5: up to the value's length, which gives nothing; beyond it Invalid Offset. */
static void one_blob(uint16_t handle, uint16_t offset)
{
	const uint8_t *value;
	int len = target_value(handle, &value), n = ask(OCTETS(0x0C, LE(handle), LE(offset)));
	victim_forget();
	if (len < 0) {
		uint8_t code = handle == TARGET_ASKED ? 0x0E : 0x02; /* the program, when asked, says nothing */
		ANSWER(n, 0x01, 0x0C, LE(handle), code);
	} else if (offset > len) {
		ANSWER(n, 0x01, 0x0C, LE(handle), 0x07);
	} else {
		int want = len - offset < 22 ? len - offset : 22;
		assert_int_equal(n, 1 + want);
		assert_int_equal(answer[0], 0x0D);
		assert_memory_equal(answer + 1, value + offset, (size_t)want);
	}
}

static void every_offset_of_every_attribute(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (uint16_t handle = 1; handle <= TARGET_LAST; handle++) {
		for (uint16_t offset = 0; offset <= 600; offset++)
			one_blob(handle, offset);
		one_blob(handle, 0x7FFF);
		one_blob(handle, 0xFFFF);
	}
	victim_serves();
	victim_end();
}

static int find_by_value(uint16_t type, const void *value, size_t len)
{
	uint8_t pdu[7 + 300] = { 0x06, 1, 0, 0xFF, 0xFF, LE(type) };
	memcpy(pdu + 7, value, len);
	return ask(pdu, 7 + len);
}

/* 3.4.3.3: the whole value, not its beginning; no temporary buffer gives way. */
static void values_too_short_and_too_long(void **state)
{
	static const uint8_t service[300] = { 1, 0xA0 }, value[300] = { 1, 2, 3, 4 };
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t len = 0; len <= 240; len++) {
		int n = find_by_value(0x2800, service, len);
		if (len == 2)
			ANSWER(n, 0x07, 0x01, 0, 0x13, 0);
		else
			ANSWER(n, 0x01, 0x06, 1, 0, 0x0A);
		n = find_by_value(0xB001, value, len);
		if (len == 4)
			ANSWER(n, 0x07, 0x03, 0, 0x03, 0);
		else
			ANSWER(n, 0x01, 0x06, 1, 0, 0x0A);
	}
	ANSWER(find_by_value(0x2803, OCTETS(0x02, 0x09, 0, 0x04, 0xB0)), 0x07, 0x08, 0, 0x09, 0); /* a group: Part G 2.5.3 */
	ANSWER(find_by_value(0x2801, OCTETS(1, 0xA0)), 0x01, 0x06, 1, 0, 0x0A);
	victim_serves();
	victim_end();
}

/* 3.4.4.1: of lengths that no UUID has; lists end before another length, and before what may not be read. */
static void read_by_type_malformed(void **state)
{
	uint8_t pdu[30] = { 0x08, 1, 0, 0xFF, 0xFF, 0x01, 0xB0 };
	(void)state;
	victim_up((struct ble_host_config){ .att_mtu = 517 });
	for (size_t len = 5; len <= sizeof pdu; len++)
		if (len != 7 && len != 21)
			ANSWER(ask(pdu, len), 0x01, 0x08, 0, 0, 0x04);
	ANSWER(ask(pdu, 7), 0x09, 6, 3, 0, 1, 2, 3, 4, 0x16, 0, 5, 6, 7, 8);
	ANSWER(ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x03, 0xB0)), 0x01, 0x08, 7, 0, 0x02);
	ANSWER(ask(OCTETS(0x08, 8, 0, 0xFF, 0xFF, 0x03, 0xB0)), 0x09, 4, 0x1A, 0, 0x77, 0x88);
	ANSWER(ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x04, 0xB0)), 0x09, 4, 9, 0, 0xAA, 0xBB);
	ANSWER(ask(OCTETS(0x02, 0x05, 0x02)), 0x03, 0x05, 0x02);
	victim_forget();
	/* 517 octets of room, and still one octet says how long an entry is: 2 of handle, 253 of value. */
	assert_int_equal(ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x02, 0xB0)), 2 + 255);
	assert_memory_equal(answer, "\x09\xFF\x05\x00\x00\x01\x02", 7);
	assert_int_equal(answer[256], 252);
	victim_serves();
	victim_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ATT-006 every opcode at every length", every_opcode_at_every_length),
		ATTACK("ATT-009 handles that are not there", handles_that_are_not_there),
		ATTACK("ATT-009 ranges that are none", ranges_that_are_none),
		ATTACK("ATT-009 a database up to FFFE", a_database_up_to_fffe),
		ATTACK("ATT-010 every offset of every attribute", every_offset_of_every_attribute),
		ATTACK("ATT-011 values too short and too long", values_too_short_and_too_long),
		ATTACK("ATT-012 Read By Type malformed", read_by_type_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
