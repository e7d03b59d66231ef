/*
 * Attacks on ATT by what is written, and by whom: lengths beyond what an attribute holds, client configurations that do
 * not exist, and one attribute asked for in every way there is (Vol 3 Part F 3.4.5, Part G 3.3.3.3). The levels of
 * security join the matrix of permissions when there is pairing.
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

/* Writes; what comes of it: 0, the error code, or -1 when nothing is said. */
static int write_by(uint8_t opcode, uint16_t handle, const void *value, size_t len)
{
	uint8_t pdu[3 + 520] = { opcode, LE(handle) };
	memcpy(pdu + 3, value, len);
	int n = ask(pdu, 3 + len);
	if (n < 0)
		return -1;
	if (n == 1) {
		assert_int_equal(answer[0], 0x13);
		return 0;
	}
	ANSWER(n, 0x01, opcode, LE(handle), answer[4]);
	return answer[4];
}

/* The program has been told of one write of so many octets, or of none. */
static void told(int len)
{
	if (len >= 0)
		assert_int_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.len, len);
	fake_expect_none(&f);
}

static void one_too_many(uint16_t handle, uint16_t size)
{
	static const uint8_t zeros[520];
	static const uint16_t beyond[] = { 1, 2, 100 };
	assert_int_equal(write_by(0x12, handle, zeros, 0), 0);
	told(0);
	assert_int_equal(write_by(0x12, handle, zeros, size), 0);
	told(size);
	for (size_t i = 0; i < 3; i++)
		if (size + beyond[i] <= 514) {
			assert_int_equal(write_by(0x12, handle, zeros, size + beyond[i]), 0x0D);
			told(-1);
		}
}

/* 0 and the maximum are fine, 512 octets at most; more is Invalid Attribute Value Length, up to the longest PDU. */
static void writes_of_bad_length(void **state)
{
	static const uint8_t zeros[520];
	(void)state;
	victim_up((struct ble_host_config){ .att_mtu = 517 });
	ANSWER(ask(OCTETS(0x02, 0x05, 0x02)), 0x03, 0x05, 0x02);
	(void)fake_expect(&f, BLE_EV_MTU);
	one_too_many(0x03, 8);
	one_too_many(0x05, 512);
	one_too_many(0x07, 4);
	one_too_many(0x11, 512);
	for (size_t len = 5; len < 500; len += 33) { /* commands: not answered, not told */
		assert_int_equal(write_by(0x52, 0x13, zeros, len), -1);
		told(-1);
	}
	for (uint16_t handle = 1; handle <= TARGET_LAST; handle++) { /* declarations and what is for reading only */
		if (memchr("\x03\x05\x07\x0C\x0F\x11\x1C", handle, 7))
			continue;
		assert_int_equal(write_by(0x12, handle, zeros, 2), 0x03);
		assert_int_equal(write_by(0x12, handle, zeros, 514), 0x03);
		told(-1);
	}
	victim_serves();
	victim_end();
}

static void cccd_is(uint16_t handle, uint8_t bits)
{
	ANSWER(ask(OCTETS(0x0A, LE(handle))), 0x0B, bits, 0);
}

/* Reserved bits are passed over, what the properties do not offer is refused. */
static void configurations_that_do_not_exist(void **state)
{
	static const struct {
		uint16_t handle, value;
		int code;
		uint8_t after;
	} writes[] = {
		{ 0x0C, 0x0002, 0x13, 0 }, { 0x0C, 0x0003, 0x13, 0 }, { 0x0F, 0x0001, 0x13, 0 }, { 0x0F, 0x0003, 0x13, 0 },
		{ 0x0C, 0xFFFF, 0x13, 0 }, { 0x0F, 0xFFFF, 0x13, 0 }, { 0x0C, 0x0004, 0, 0 }, { 0x0C, 0xFF00, 0, 0 },
		{ 0x0F, 0x8000, 0, 0 }, { 0x0C, 0x0001, 0, 1 }, { 0x0C, 0x0002, 0x13, 1 }, { 0x0C, 0xFFFF, 0x13, 1 },
		{ 0x0C, 0, 0, 0 },
	};
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
		assert_int_equal(write_by(0x12, writes[i].handle, (uint8_t[]){ LE(writes[i].value) }, 2), writes[i].code);
		cccd_is(writes[i].handle, writes[i].after);
		assert_int_equal(ble_server_subscribed(f.host, attacker, (uint16_t)(writes[i].handle - 1)), writes[i].after);
		assert_int_equal(ble_server_subscribed(f.host, bystander, (uint16_t)(writes[i].handle - 1)), 0);
		victim_forget();
	}
	for (size_t len = 0; len <= 20; len++)
		if (len != 2)
			assert_int_equal(write_by(0x12, 0x0C, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", len), 0x0D);
	assert_int_equal(write_by(0x52, 0x0C, "\1", 2), -1); /* by a command: Part G 4.12.3 has requests alone */
	cccd_is(0x0C, 0);
	assert_int_equal(ble_server_notify(f.host, attacker, 0x0B, "x", 1), BLE_ENOENT);
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* A value of each permission: READ, WRITE_WO and WRITE by their bits, so that the UUID says what is allowed. */
static uint8_t secret[2] = { 0x5E, 0xC2 };
#define MASKED(mask) (const struct ble_characteristic){ .uuid = 0xC000 + (mask), .permission = (mask), .size = 2, \
		.length = 2, .value = secret }
static const struct ble_characteristic masked[] = { MASKED(0x02), MASKED(0x04), MASKED(0x06), MASKED(0x08),
	MASKED(0x0A), MASKED(0x0C), MASKED(0x0E), MASKED(0x10), MASKED(0x20), MASKED(0x40) };
static const struct ble_service secrets = { .uuid = 0xC000, .characteristics = BLE_LIST(&masked[0], &masked[1],
	&masked[2], &masked[3], &masked[4], &masked[5], &masked[6], &masked[7], &masked[8], &masked[9]) };

static void read_in_every_way(uint16_t h, uint16_t uuid, bool may)
{
	if (may) {
		ANSWER(ask(OCTETS(0x0A, LE(h))), 0x0B, 0x5E, 0xC2);
		ANSWER(ask(OCTETS(0x0C, LE(h), 1, 0)), 0x0D, 0xC2);
		ANSWER(ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, LE(uuid))), 0x09, 4, LE(h), 0x5E, 0xC2);
		ANSWER(ask(OCTETS(0x06, 1, 0, 0xFF, 0xFF, LE(uuid), 0x5E, 0xC2)), 0x07, LE(h), LE(h));
	} else {
		ANSWER(ask(OCTETS(0x0A, LE(h))), 0x01, 0x0A, LE(h), 0x02);
		ANSWER(ask(OCTETS(0x0C, LE(h), 1, 0)), 0x01, 0x0C, LE(h), 0x02);
		ANSWER(ask(OCTETS(0x0C, LE(h), 9, 0)), 0x01, 0x0C, LE(h), 0x02); /* nor how long it is */
		ANSWER(ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, LE(uuid))), 0x01, 0x08, LE(h), 0x02);
		ANSWER(ask(OCTETS(0x06, 1, 0, 0xFF, 0xFF, LE(uuid), 0x5E, 0xC2)), 0x01, 0x06, 1, 0, 0x0A);
	}
	ANSWER(ask(OCTETS(0x06, 1, 0, 0xFF, 0xFF, LE(uuid), 0x5E, 0xC3)), 0x01, 0x06, 1, 0, 0x0A);
	ANSWER(ask(OCTETS(0x10, 1, 0, 0xFF, 0xFF, LE(uuid))), 0x01, 0x10, 1, 0, 0x10);
	fake_expect_none(&f);
}

static void written_in_every_way(uint16_t h, bool may, bool may_command)
{
	assert_int_equal(write_by(0x12, h, "ab", 2), may ? 0 : 0x03);
	told(may ? 2 : -1);
	assert_int_equal(write_by(0x52, h, "ab", 2), -1);
	told(may_command ? 2 : -1);
	assert_int_equal(write_by(0xD2, h, "ab12345678abcd", 14), -1); /* there is no key that could have signed it */
	told(-1);
}

static void every_way_to_an_attribute(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ 0 });
	assert_int_equal(ble_server_add(f.host, &secrets, NULL), 0);
	for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++) {
		const struct ble_characteristic *c = &masked[i];
		uint16_t h = ble_server_handle(f.host, c);
		read_in_every_way(h, c->uuid, c->permission & BLE_READ);
		written_in_every_way(h, c->permission & BLE_WRITE, c->permission & BLE_WRITE_WO);
		assert_int_equal(ble_server_notify(f.host, attacker, h, "x", 1), BLE_ENOENT);
	}
	victim_serves();
	victim_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ATT-020 writes of bad length", writes_of_bad_length),
		ATTACK("GATT-001 configurations that do not exist", configurations_that_do_not_exist),
		ATTACK("ATT-023 every way to an attribute", every_way_to_an_attribute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
