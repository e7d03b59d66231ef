/*
 * Attacks on long writes: queues that are filled and left, pieces that do not fit together, Execute in every wrong way
 * (Vol 3 Part F 3.4.6).
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

static void up(void)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_bare_server, &ble_prepared, NULL };
	victim_up((struct ble_host_config){ .parts = parts, .att_mtu = 517 });
}

/* 0 when it is echoed, octet by octet; else the error. */
static int prepare(uint16_t handle, uint16_t offset, const void *part, size_t len)
{
	uint8_t pdu[5 + 520] = { 0x16, LE(handle), LE(offset) };
	memcpy(pdu + 5, part, len);
	int n = ask(pdu, 5 + len);
	if (n == 5 && answer[0] == 0x01) {
		ANSWER(n, 0x01, 0x16, LE(handle), answer[4]);
		return answer[4];
	}
	pdu[0] = 0x17;
	assert_int_equal(n, 5 + len);
	assert_memory_equal(answer, pdu, 5 + len);
	return 0;
}

/* 0, or the error, whose handle is that one. */
static int execute(uint8_t flags, uint16_t handle)
{
	int n = ask(OCTETS(0x18, flags));
	if (n == 1) {
		assert_int_equal(answer[0], 0x19);
		return 0;
	}
	ANSWER(n, 0x01, 0x18, LE(handle), answer[4]);
	return answer[4];
}

/* So many writes have been told of since. */
static void told(unsigned count)
{
	unsigned n = 0;
	for (unsigned i = f.event_seen; i < f.event_count; i++)
		n += f.events[i].ev.type == BLE_EV_WRITTEN;
	assert_int_equal(n, count);
	victim_forget();
}

/* To the limit, two values in turn, and on; the bystander's queue is another. */
static void queues_that_are_filled(void **state)
{
	static const uint8_t part[18];
	(void)state;
	up();
	for (unsigned again = 0; again < 3; again++) {
		unsigned full = 0, pieces = 0;
		for (unsigned i = 0; i < 200; i++) {
			uint16_t offset = (uint16_t)(pieces / 2 * sizeof part);
			int err = prepare(pieces % 2 ? TARGET_ASKED : TARGET_LONG, offset, part, sizeof part);
			assert_int_equal(err, full ? 0x09 : err ? 0x09 : 0); /* once full, it stays so */
			full += err != 0;
			pieces += !err;
		}
		assert_in_range(pieces * sizeof part, 512, 544);
		fake_acl(&f, BYSTANDER, FIRST, OCTETS(6, 0, 4, 0, 0x16, 3, 0, 0, 0, 'x'));
		fake_acl_sent(&f, BYSTANDER, 0, OCTETS(6, 0, 4, 0, 0x17, 3, 0, 0, 0, 'x'));
		fake_acl(&f, BYSTANDER, FIRST, OCTETS(2, 0, 4, 0, 0x18, 1));
		fake_acl_sent(&f, BYSTANDER, 0, OCTETS(1, 0, 4, 0, 0x19));
		fake_completed(&f, BYSTANDER, 2);
		told(1);
		if (again == 1) { /* freed by the end of the link as well */
			fake_disconnected(&f, ATTACKER, 0x08);
			victim_forget();
			attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
		}
		assert_int_equal(execute(0, 0), 0);
		told(0); /* empty again */
		assert_int_equal(prepare(0x03, 0, "ab", 2), 0);
		assert_int_equal(execute(1, 0), 0);
		told(1);
	}
	victim_serves();
	victim_end();
}

/* Beyond the attribute, beyond 512, around 65535, behind a gap: echoed, and refused by Execute with nothing written. */
static void pieces_that_do_not_fit(void **state)
{
	static const uint8_t part[18];
	static const struct {
		uint16_t handle, offset;
		uint8_t len, code;
	} pieces[] = {
		{ 0x03, 0, 9, 0x0D }, { 0x07, 0, 5, 0x0D }, { 0x05, 0xFFFF, 18, 0x07 }, { 0x05, 0xFFF0, 18, 0x07 },
		{ 0x05, 513, 1, 0x07 }, { 0x03, 5, 1, 0x07 }, { 0x05, 512, 1, 0x0D }, { 0x05, 500, 18, 0x0D },
		{ 0x0C, 1, 1, 0 }, { 0x0C, 1, 2, 0x0D }, { 0x0C, 3, 1, 0x07 }, { 0x11, 1, 1, 0x07 },
	};
	(void)state;
	up();
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		assert_int_equal(prepare(0x1C, 0, "!!", 2), 0); /* an innocent one goes down with it */
		assert_int_equal(prepare(pieces[i].handle, pieces[i].offset, part, pieces[i].len), 0);
		assert_int_equal(execute(1, pieces[i].handle), pieces[i].code);
		told(!pieces[i].code);
		assert_int_equal(execute(1, 0), 0); /* nothing of it is left */
		told(0);
	}
	assert_int_equal(prepare(0x03, 0, "abcd", 4), 0); /* one over the other */
	assert_int_equal(prepare(0x03, 2, "XY", 2), 0);
	assert_int_equal(prepare(0x03, 1, "--", 2), 0);
	assert_int_equal(execute(1, 0), 0);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_WRITTEN);
	assert_int_equal(ev->written.len, 4);
	victim_serves();
	victim_end();
}

/* Every length and flag; nothing there to execute; twice; and what has gone meanwhile. */
static void execute_in_every_wrong_way(void **state)
{
	uint8_t pdu[10] = { 0x18, 1, 0 };
	(void)state;
	up();
	assert_int_equal(execute(1, 0), 0);
	assert_int_equal(execute(0, 0), 0);
	assert_int_equal(prepare(0x03, 0, "ab", 2), 0);
	for (unsigned flags = 2; flags < 256; flags++)
		assert_int_equal(execute((uint8_t)flags, 0), 0x04);
	for (size_t len = 1; len <= sizeof pdu; len++)
		if (len != 2)
			ANSWER(ask(pdu, len), 0x01, 0x18, 0, 0, 0x04);
	told(0);
	assert_int_equal(execute(1, 0), 0);
	told(1);
	assert_int_equal(execute(1, 0), 0);
	told(0);
	for (size_t len = 1; len < 5; len++)
		ANSWER(ask((const uint8_t[]){ 0x16, 3, 0, 0 }, len), 0x01, 0x16, 0, 0, 0x04);
	assert_int_equal(prepare(0, 0, "a", 1), 0x01);
	assert_int_equal(prepare(TARGET_LAST + 1, 0, "a", 1), 0x01);
	assert_int_equal(prepare(0xFFFF, 0xFFFF, "a", 1), 0x01);
	assert_int_equal(prepare(0x09, 0, "a", 1), 0x03);
	assert_int_equal(prepare(0x02, 0, "a", 1), 0x03);
	assert_int_equal(prepare(0x13, 0, "a", 1), 0x03); /* for commands alone */
	assert_int_equal(prepare(0x03, 0, "ab", 2), 0);
	assert_int_equal(prepare(0x1C, 0, "ab", 2), 0);
	assert_int_equal(ble_server_remove(f.host, &target_services[1]), 0);
	assert_int_equal(execute(1, 0x1C), 0x01);
	told(0);
	victim_serves();
	victim_end();
}

/* No timer of ours drops a queue: it goes with the link, or with the next Execute, and nobody else waits for it. */
static void a_queue_that_is_left(void **state)
{
	(void)state;
	up();
	for (unsigned again = 0; again < 3; again++) {
		assert_int_equal(prepare(0x03, 0, "ab", 2), 0);
		for (unsigned s = 0; s < 90; s++)
			fake_pass(&f, 1000000);
		assert_true(ble_host_next_due(f.host) == BLE_NEVER);
		fake_expect_none(&f);
		victim_serves();
		if (again == 1) {
			fake_disconnected(&f, ATTACKER, 0x08);
			(void)fake_expect(&f, BLE_EV_DISCONNECTED);
			attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
		}
		assert_int_equal(execute(1, 0), 0);
		told(again != 1);
	}
	victim_serves();
	victim_end();
}

/* Echoes of 517 octets in 20 fragments, one credit: each is the request, to the last octet. */
static void echoes_in_fragments(void **state)
{
	uint8_t part[512];
	(void)state;
	f.acl_octets = 27;
	f.acl_count = 1;
	up();
	ANSWER(ask(OCTETS(0x02, 0x05, 0x02)), 0x03, 0x05, 0x02);
	victim_forget();
	for (size_t len = 1; len <= 512; len += 7) {
		memset(part, (int)len, sizeof part);
		assert_int_equal(prepare(TARGET_LONG, 0, part, len), 0);
		assert_int_equal(execute(0, 0), 0);
	}
	victim_serves();
	victim_end();
}

/* A second exchange in the middle: answered, and what is queued and the MTU are as they were. */
static void another_mtu_in_the_middle(void **state)
{
	(void)state;
	up();
	ANSWER(ask(OCTETS(0x02, 50, 0)), 0x03, 0x05, 0x02);
	victim_forget();
	assert_int_equal(prepare(0x03, 0, "ab", 2), 0);
	ANSWER(ask(OCTETS(0x02, 0x05, 0x02)), 0x03, 0x05, 0x02);
	fake_expect_none(&f);
	assert_int_equal(ask(OCTETS(0x0A, TARGET_LONG, 0)), 50);
	assert_int_equal(prepare(0x03, 2, "cd", 2), 0);
	assert_int_equal(execute(1, 0), 0);
	assert_int_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.len, 4);
	victim_serves();
	victim_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ATT-015 queues that are filled", queues_that_are_filled),
		ATTACK("ATT-016 pieces that do not fit", pieces_that_do_not_fit),
		ATTACK("ATT-017 Execute in every wrong way", execute_in_every_wrong_way),
		ATTACK("ATT-018 a queue that is left", a_queue_that_is_left),
		ATTACK("ATT-019 echoes in fragments", echoes_in_fragments),
		ATTACK("ATT-004 another MTU in the middle", another_mtu_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
