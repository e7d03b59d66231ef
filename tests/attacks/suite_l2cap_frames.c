/*
 * Attacks on L2CAP: lengths that lie, fragments in the wrong order or number, channels that nobody has, signalling that
 * is malformed or unknown (Vol 3 Part A 3.1, 4, 7.2).
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

/* Fragments as the controller gives them. */
static void first(const void *data, size_t len)
{
	fake_acl(&f, ATTACKER, FIRST, data, len);
}

static void more(const void *data, size_t len)
{
	fake_acl(&f, ATTACKER, CONT, data, len);
}

static void nothing_more_malformed_than(uint32_t count)
{
	assert_int_equal(heard(ATT), -1);
	assert_int_equal(victim_stats().malformed, count);
}

/* Read of handle 3, and its answer. */
static const uint8_t read_3[7] = { 3, 0, 4, 0, 0x0A, 3, 0 };

static void is_answered(void)
{
	ANSWER(heard(ATT), 0x0B, 1, 2, 3, 4);
}

/* A packet of 100..186 octets around a request of 3 (and of Pairing's 7): not a word of it is believed. */
static void packets_longer_than_their_frame(void **state)
{
	uint8_t packet[186] = { 3, 0, 4, 0, 0x0A, 3, 0 };
	uint32_t count = 0;
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t len = 100; len <= sizeof packet; len++)
		for (uint8_t cid = 4; cid <= 6; cid++)
			for (uint8_t inner = 3; inner <= 7; inner++) {
				packet[0] = inner;
				packet[2] = cid;
				packet[4] = cid == 4 ? 0x0A : 0x01;
				first(packet, len);
				nothing_more_malformed_than(++count);
			}
	first(read_3, sizeof read_3 - 1);
	more(OCTETS(0, 0, 0)); /* in two packets as well */
	nothing_more_malformed_than(++count);
	victim_serves();
	victim_end();
}

static void headers_in_pieces(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t cut = 1; cut < sizeof read_3; cut++) {
		first(read_3, cut);
		assert_int_equal(heard(ATT), -1);
		more(read_3 + cut, sizeof read_3 - cut);
		is_answered();
	}
	for (unsigned i = 0; i < 4; i++) { /* the one before is forgotten, however little there was of it */
		first("\x20", 1);
		first("\x20\0", 2);
	}
	first(read_3, sizeof read_3);
	is_answered();
	assert_int_equal(victim_stats().malformed, 0);
	victim_serves();
	victim_end();
}

static void continuation_of_nothing(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	more(read_3, sizeof read_3);
	nothing_more_malformed_than(1);
	more("", 0);
	nothing_more_malformed_than(2);
	first(OCTETS(3, 0, 4, 0, 0x0A, 3, 0, 0)); /* an error */
	nothing_more_malformed_than(3);
	more(read_3, sizeof read_3);
	nothing_more_malformed_than(4);
	first(read_3, sizeof read_3); /* complete */
	is_answered();
	more(read_3, sizeof read_3);
	nothing_more_malformed_than(5);
	victim_serves();
	victim_end();
}

/* One octet more than is missing, and many more: the frame is gone, its rest as well. */
static void fragments_that_are_too_long(void **state)
{
	static const uint8_t zeros[246];
	static const size_t excess[] = { 1, 2, 100, 244 };
	uint32_t count = 0;
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t i = 0; i < sizeof excess / sizeof excess[0]; i++) {
		first(read_3, 5);
		more(zeros, 2 + excess[i]);
		nothing_more_malformed_than(++count);
		more(read_3 + 5, 2);
		nothing_more_malformed_than(++count);
	}
	first(read_3, 5);
	more(read_3 + 5, 1); /* one too few: it waits */
	nothing_more_malformed_than(count);
	more(read_3 + 6, 1);
	is_answered();
	victim_serves();
	victim_end();
}

/* On every channel, and on two links at once: no buffer is as long, the bystander's frame is not hurt. */
static void declared_longer_than_any_buffer(void **state)
{
	static const uint16_t lens[] = { 0xFFFF, 0x8000, 0x7FFF, 248, 512 };
	static const uint8_t zeros[27];
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	fake_acl(&f, BYSTANDER, FIRST, read_3, 5);
	for (uint16_t cid = 0; cid <= 0x80; cid++)
		for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
			uint8_t begin[27] = { LE(lens[i]), LE(cid), 0x0A, 3, 0 };
			first(begin, sizeof begin);
			for (unsigned n = 0; n < 30; n++)
				more(zeros, sizeof zeros);
		}
	assert_int_equal(heard(ATT), -1);
	assert_true(victim_stats().malformed >= 0x81 * 5);
	fake_acl(&f, BYSTANDER, CONT, read_3 + 5, 2);
	fake_acl_sent(&f, BYSTANDER, 0, OCTETS(5, 0, 4, 0, 0x0B, 1, 2, 3, 4));
	fake_completed(&f, BYSTANDER, 1);
	victim_serves();
	victim_end();
}

static void empty_frames(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (uint16_t cid = 0; cid <= 0x80; cid++)
		for (unsigned cut = 1; cut <= 4; cut++) {
			uint8_t empty[4] = { 0, 0, LE(cid) };
			first(empty, cut);
			if (cut < 4)
				more(empty + cut, 4 - cut);
			assert_int_equal(heard(cid), -1);
		}
	victim_serves();
	victim_end();
}

/* Each is counted, none is answered; a Pairing Request is answered by what has no Security Manager (Part H 3.5.5). */
static void every_channel(void **state)
{
	uint32_t strange = 0;
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (uint32_t cid = 0; cid <= 0xFFFF; cid++) {
		if (cid >= ATT && cid <= 6)
			continue;
		say((uint16_t)cid, "\x0A\x03\x00", 3);
		strange++;
		assert_int_equal(heard((uint16_t)cid), -1);
	}
	assert_int_equal(victim_stats().violations, strange);
	victim_serves();
	victim_end();
}

/* 4: responses and indications are not to be answered, whatever they are. */
static bool is_answer(unsigned code)
{
	static const uint8_t codes[] = { 0x01, 0x07, 0x13, 0x15, 0x16, 0x18, 0x1A };
	return memchr(codes, (int)code, sizeof codes) != NULL;
}

/* What a peripheral without channels of its own answers: nothing, or one Command Reject. 4.1 */
static void one_signal(uint8_t code, uint8_t identifier, uint16_t says, size_t len)
{
	uint8_t pdu[60] = { code, identifier, LE(says) };
	memset(pdu + 4, 0x41, sizeof pdu - 4);
	say(SIGNALLING, pdu, len);
	int n = heard(SIGNALLING);
	if (len < 4 || !identifier || is_answer(code))
		assert_int_equal(n, -1);
	else if (len > 23)
		ANSWER(n, 0x01, identifier, 4, 0, 1, 0, 23, 0);
	else
		ANSWER(n, 0x01, identifier, 2, 0, 0, 0);
}

static void signals_of_wrong_length(void **state)
{
	static const uint16_t says[] = { 0, 1, 2, 8, 10, 19, 20, 56, 0x7FFF, 0xFFFF };
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (unsigned code = 0; code <= 0x1F; code++)
		for (size_t i = 0; i < sizeof says / sizeof says[0]; i++)
			for (size_t len = 0; len <= 40; len++)
				one_signal((uint8_t)code, (uint8_t)(1 + len), says[i], len);
	for (unsigned code = 0; code <= 0x1F; code++)
		one_signal((uint8_t)code, 0, 0, 4);
	victim_serves();
	victim_end();
}

/* LE frames hold one command: two are answered once, as one that is too long for itself. */
static void two_signals_in_a_frame(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	say(SIGNALLING, OCTETS(0x0A, 1, 2, 0, 2, 0, 0x0A, 2, 2, 0, 3, 0));
	ANSWER(heard(SIGNALLING), 0x01, 1, 2, 0, 0, 0);
	say(SIGNALLING, OCTETS(0x12, 3, 8, 0, 24, 0, 40, 0, 0, 0, 0x90, 1, 0xFF));
	ANSWER(heard(SIGNALLING), 0x01, 3, 2, 0, 0, 0);
	victim_serves();
	victim_end();
}

static void every_signalling_code(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (unsigned code = 0; code < 256; code++)
		for (unsigned identifier = 1; identifier < 256; identifier += 127)
			one_signal((uint8_t)code, (uint8_t)identifier, 0, 4);
	for (unsigned again = 0; again < 50; again++)
		one_signal(0x01, 7, 2, 6); /* rejects of our rejects */
	victim_serves();
	victim_end();
}

struct transcript {
	size_t len;
	uint8_t octets[40000];
};

static void keep(struct transcript *t, int n)
{
	t->octets[t->len++] = (uint8_t)(n + 1);
	for (int i = 0; i < n; i++)
		t->octets[t->len++] = answer[i];
	assert_true(t->len < sizeof t->octets - 300);
}

/* Everything that makes the stack write: with this pattern in all the memory that nobody has written to. */
static void record(struct transcript *t, uint8_t pattern)
{
	fake_init(&f);
	memset(f.memory, pattern, sizeof f.memory);
	victim_up((struct ble_host_config){ 0 });
	for (unsigned op = 0; op < 256; op++)
		for (size_t len = 1; len <= 9; len += 2)
			keep(t, ask((uint8_t[9]){ (uint8_t)op, 1, 0, 0xFF, 0xFF, 0x00, 0x28, 0, 0 }, len));
	for (unsigned code = 0; code < 256; code++) {
		say(SIGNALLING, OCTETS((uint8_t)code, 1, 8, 0, 6, 0, 6, 0, 0, 0, 10, 0));
		keep(t, heard(SIGNALLING));
		say(6, OCTETS((uint8_t)code, 3, 0, 1, 16, 7, 7));
		keep(t, heard(6));
	}
	assert_int_equal(ble_server_notify(f.host, attacker, 0x0B, "", 0), BLE_ENOENT);
	ANSWER(ask(OCTETS(0x12, 0x0C, 0, 1, 0)), 0x13);
	assert_int_equal(ble_server_notify(f.host, attacker, 0x0B, "", 0), 0);
	fake_pump(&f);
	keep(t, heard(ATT));
	victim_forget();
	victim_end();
}

/* Two patterns, one transcript: no octet on the air comes from memory that was not written. */
static void nothing_unwritten_is_sent(void **state)
{
	static struct transcript a, b;
	(void)state;
	record(&a, 0x5A);
	record(&b, 0xC3);
	assert_true(a.len > 4000);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.octets, b.octets, a.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("L2-002 packets longer than their frame", packets_longer_than_their_frame),
		ATTACK("L2-003 headers in pieces", headers_in_pieces),
		ATTACK("L2-004 continuation of nothing", continuation_of_nothing),
		ATTACK("L2-005 fragments that are too long", fragments_that_are_too_long),
		ATTACK("L2-006 declared longer than any buffer", declared_longer_than_any_buffer),
		ATTACK("L2-008 empty frames", empty_frames),
		ATTACK("L2-009 every channel", every_channel),
		ATTACK("L2-010 signals of wrong length", signals_of_wrong_length),
		ATTACK("L2-010 two signals in a frame", two_signals_in_a_frame),
		ATTACK("L2-011 every signalling code", every_signalling_code),
		ATTACK("L2-027 nothing unwritten is sent", nothing_unwritten_is_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
