/*
 * Attacks of a server on our client: answers that are malformed, go in circles or never end (Vol 3 Part F 3.4, Part G
 * 4). Whatever comes, the procedure ends by one BLE_EV_DONE, and the next one works.
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

static void up(void **state)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_bare_server, &ble_client, NULL };
	(void)state;
	victim_up((struct ble_host_config){ .parts = parts });
}

/* The request that the client has made; its opcode. */
static uint8_t requested(void)
{
	int n = heard(ATT);
	assert_true(n > 0);
	return answer[0];
}

/* Events up to the end of the procedure; true: it has ended, and *err tells how. */
static bool has_ended(int *err)
{
	bool ended = false;
	for (unsigned i = 0; i < f.event_count; i++) {
		assert_false(ended); /* nothing comes after it */
		ended = f.events[i].ev.type == BLE_EV_DONE;
		if (ended)
			*err = f.events[i].ev.done.err;
	}
	victim_forget();
	return ended;
}

/* A read that is answered, then both of the others. */
static void still_works(void)
{
	int err = 1;
	assert_int_equal(ble_client_read(f.host, attacker, 3), 0);
	fake_pump(&f);
	assert_int_equal(requested(), 0x0A);
	say(ATT, "\x0B\x05", 2);
	assert_true(has_ended(&err));
	assert_int_equal(err, 0);
	victim_serves();
}

/* The server refuses whatever is asked: Attribute Not Found ends a discovery. */
static void refuse(uint8_t opcode)
{
	int err = 1;
	say(ATT, OCTETS(0x01, opcode, 1, 0, 0x0A));
	assert_true(has_ended(&err));
	assert_int_equal(err, 0);
}

/* A PDU in answer to a procedure that was begun. good: the procedure may go on or end well; else BLE_EBADPDU. */
static void answered_by(uint8_t opcode, const uint8_t *pdu, size_t len, bool good)
{
	int err = 1;
	fake_pump(&f);
	assert_int_equal(requested(), opcode);
	say(ATT, pdu, len);
	bool ended = has_ended(&err);
	if (!good) {
		assert_true(ended);
		assert_int_equal(err, BLE_EBADPDU);
	} else if (ended) {
		assert_int_equal(err, 0);
	} else {
		assert_int_equal(requested(), opcode);
		refuse(opcode);
	}
}

/* 3.4.3.2: every length, every format; handles go up from 1. */
static void one_information(size_t len, uint8_t format)
{
	uint8_t pdu[23] = { 0x05, format };
	size_t entry = format == 1 ? 4 : 18;
	for (size_t at = 2, handle = 1; at + entry <= sizeof pdu; at += entry)
		pdu[at] = (uint8_t)handle++;
	assert_int_equal(ble_client_descriptors(f.host, attacker, 1, 0x20), 0);
	answered_by(0x04, pdu, len, (format == 1 || format == 2) && len > 2 && (len - 2) % entry == 0);
}

static void information_of_every_length(void **state)
{
	up(state);
	for (unsigned format = 0; format < 6; format++)
		for (size_t len = 1; len <= 23; len++)
			one_information(len, (uint8_t)format);
	one_information(6, 0xFF);
	still_works();
	victim_end();
}

/* 3.4.4.2, 3.4.4.10: every length of an element, and of the PDU. fixed: 7 and 21, 6 and 20. */
static void one_list(uint8_t opcode, size_t element, size_t len, size_t fixed)
{
	uint8_t pdu[23 + 4] = { (uint8_t)(opcode + 1), (uint8_t)element };
	for (size_t at = 2, handle = 1; element && at + element <= 23; at += element, handle += 2) {
		pdu[at] = (uint8_t)handle;
		pdu[at + (fixed == 7 ? 3 : 2)] = (uint8_t)(handle + 1); /* value handle, group's end */
	}
	bool good = (element == fixed || element == fixed + 14) && len > 2 && (len - 2) % element == 0;
	if (fixed == 7)
		assert_int_equal(ble_client_characteristics(f.host, attacker, 1, 0x20), 0);
	else
		assert_int_equal(ble_client_services(f.host, attacker, NULL, 0), 0);
	answered_by(opcode, pdu, len, good);
}

static void elements_of_every_length(void **state)
{
	static const size_t elements[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 19, 20, 21, 22, 28, 0x7F, 0xFF };
	up(state);
	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
		for (size_t len = 1; len <= 23; len++) {
			one_list(0x08, elements[i], len, 7);
			one_list(0x10, elements[i], len, 6);
		}
	still_works();
	victim_end();
}

/* Out of order, outside of what was asked for, ends before beginnings. The range asked for is 0010..0020. */
static void handles_out_of_order(void **state)
{
	static const uint8_t characteristics[][9] = {
		{ 0x09, 7, 0x0F, 0, 2, 0x10, 0, 1, 0xB0 }, { 0x09, 7, 0x21, 0, 2, 0x22, 0, 1, 0xB0 },
		{ 0x09, 7, 0, 0, 2, 1, 0, 1, 0xB0 }, { 0x09, 7, 0xFF, 0xFF, 2, 0, 0, 1, 0xB0 },
		{ 0x09, 7, 0x12, 0, 2, 0x12, 0, 1, 0xB0 }, { 0x09, 7, 0x12, 0, 2, 0x11, 0, 1, 0xB0 },
		{ 0x09, 7, 0x12, 0, 2, 0, 0, 1, 0xB0 } };
	static const uint8_t twice[] = { 0x09, 7, 0x11, 0, 2, 0x12, 0, 1, 0xB0, 0x11, 0, 2, 0x12, 0, 1, 0xB0 };
	static const uint8_t descriptors[][6] = { { 5, 1, 0x0F, 0, 2, 0x29 }, { 5, 1, 0x21, 0, 2, 0x29 },
		{ 5, 1, 0, 0, 2, 0x29 } };
	int err = 0;
	up(state);
	for (size_t i = 0; i < sizeof characteristics / sizeof characteristics[0]; i++) {
		assert_int_equal(ble_client_characteristics(f.host, attacker, 0x10, 0x20), 0);
		answered_by(0x08, characteristics[i], sizeof characteristics[i], false);
	}
	for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
		assert_int_equal(ble_client_descriptors(f.host, attacker, 0x10, 0x20), 0);
		answered_by(0x04, descriptors[i], sizeof descriptors[i], false);
	}
	assert_int_equal(ble_client_characteristics(f.host, attacker, 0x10, 0x20), 0);
	fake_pump(&f);
	assert_int_equal(requested(), 0x08);
	say(ATT, twice, sizeof twice); /* the first of the two is shown, the second ends it */
	assert_true(has_ended(&err));
	assert_int_equal(err, BLE_EBADPDU);
	still_works();
	victim_end();
}

static void services_out_of_order(void **state)
{
	static const uint8_t groups[][8] = {
		{ 0x11, 6, 2, 0, 1, 0, 0, 0x18 }, { 0x11, 6, 0, 0, 5, 0, 0, 0x18 }, { 0x11, 6, 5, 0, 0, 0, 0, 0x18 } };
	static const uint8_t overlap[] = { 0x11, 6, 1, 0, 5, 0, 0, 0x18, 5, 0, 9, 0, 1, 0x18 };
	static const uint8_t found[][5] = { { 7, 2, 0, 1, 0 }, { 7, 0, 0, 5, 0 } };
	int err = 0;
	up(state);
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		assert_int_equal(ble_client_services(f.host, attacker, NULL, 0), 0);
		answered_by(0x10, groups[i], sizeof groups[i], false);
	}
	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
		assert_int_equal(ble_client_services(f.host, attacker, "\x0F\x18", 2), 0);
		answered_by(0x06, found[i], sizeof found[i], false);
	}
	assert_int_equal(ble_client_services(f.host, attacker, NULL, 0), 0);
	fake_pump(&f);
	assert_int_equal(requested(), 0x10);
	say(ATT, overlap, sizeof overlap);
	assert_true(has_ended(&err));
	assert_int_equal(err, BLE_EBADPDU);
	/* The end FFFF is the end: nothing is asked behind it, where the next handle would be 0. */
	assert_int_equal(ble_client_services(f.host, attacker, NULL, 0), 0);
	answered_by(0x10, OCTETS(0x11, 6, 1, 0, 0xFF, 0xFF, 0, 0x18), true);
	still_works();
	victim_end();
}

/* One service an answer, of one handle: as many steps as there are handles, and not one more. */
static void one_handle_at_a_time(void **state)
{
	unsigned steps = 0;
	int err = 1;
	up(state);
	assert_int_equal(ble_client_services(f.host, attacker, NULL, 0), 0);
	fake_pump(&f);
	for (bool ended = false; !ended; steps++) {
		assert_true(steps < 0xFFFF);
		assert_int_equal(requested(), 0x10);
		uint16_t start = le16_get(answer + 1);
		assert_int_equal(start, steps + 1);
		say(ATT, OCTETS(0x11, 6, LE(start), LE(start), 0, 0x18));
		ended = has_ended(&err);
	}
	assert_int_equal(steps, 0xFFFF);
	assert_int_equal(err, 0);
	still_works();
	victim_end();
}

/* 22 octets, again and again: a value has 512 at most (3.2.9). */
static void a_value_without_end(void **state)
{
	uint8_t full[23] = { 0x0B };
	unsigned octets = 0, steps = 0;
	int err = 1;
	up(state);
	assert_int_equal(ble_client_read(f.host, attacker, 3), 0);
	fake_pump(&f);
	for (bool ended = false; !ended; steps++) {
		assert_true(steps < 25);
		full[0] = (uint8_t)(requested() + 1);
		say(ATT, full, sizeof full);
		for (unsigned i = 0; i < f.event_count; i++)
			octets += f.events[i].ev.type == BLE_EV_VALUE ? f.events[i].ev.value.len : 0;
		ended = has_ended(&err);
	}
	assert_true(octets <= 512);
	assert_int_equal(err, BLE_EBADPDU);
	still_works();
	victim_end();
}

/* What the server says unasked, while something is asked and while nothing is. */
static void answers_that_nobody_wants(void **state)
{
	static const uint8_t opcodes[] = { 0x01, 0x03, 0x05, 0x07, 0x09, 0x0B, 0x0D, 0x0F, 0x11, 0x13, 0x17, 0x19, 0x21 };
	uint8_t pdu[23] = { 0 };
	int err = 1;
	up(state);
	for (unsigned asked = 0; asked < 2; asked++) {
		if (asked)
			assert_int_equal(ble_client_read(f.host, attacker, 3), 0);
		fake_pump(&f);
		if (asked)
			assert_int_equal(requested(), 0x0A);
		for (size_t i = 0; i < sizeof opcodes; i++)
			for (size_t len = 1; len <= sizeof pdu; len++) {
				pdu[0] = opcodes[i];
				if (asked && (pdu[0] == 0x0B || pdu[0] == 0x01))
					continue; /* these may be the answer */
				say(ATT, pdu, len);
				assert_int_equal(heard(ATT), -1);
				assert_false(has_ended(&err));
			}
	}
	say(ATT, "\x0B\x05", 2);
	assert_true(has_ended(&err));
	assert_int_equal(err, 0);
	still_works();
	victim_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("GATT-007 information of every length", information_of_every_length),
		ATTACK("GATT-008 elements of every length", elements_of_every_length),
		ATTACK("GATT-008 handles out of order", handles_out_of_order),
		ATTACK("GATT-008 services out of order", services_out_of_order),
		ATTACK("GATT-008 one handle at a time", one_handle_at_a_time),
		ATTACK("GATT-010 a value without end", a_value_without_end),
		ATTACK("GATT-008 answers that nobody wants", answers_that_nobody_wants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
