/*
 * Attacks by requests for several values (Vol 3 Part F 3.4.4.7, 3.4.4.11), and on Client Supported Features (Part G 7.2).
 */
#include <ble/crypto.h>

#include "tests/attacks/victim.h"

#include "base/le.h"

enum { READ_MULTIPLE = 0x0E, READ_VARIABLE = 0x20 };

static const struct ble_part *const parts[] = { &ble_peripheral, &ble_bare_server, &ble_multiple, NULL };

static void up(void)
{
	victim_up((struct ble_host_config){ .parts = parts });
}

/* Less than two handles, half a handle. */
static void lists_of_every_length(void **state)
{
	uint8_t pdu[23] = { 0 };
	(void)state;
	up();
	for (size_t i = 1; i < sizeof pdu; i += 2)
		pdu[i] = 0x03;
	for (unsigned variable = 0; variable < 2; variable++)
		for (size_t len = 1; len <= sizeof pdu; len++) {
			pdu[0] = variable ? READ_VARIABLE : READ_MULTIPLE;
			int n = ask(pdu, len);
			if (len < 5 || len % 2 == 0)
				ANSWER(n, 0x01, pdu[0], 0, 0, 0x04);
			else
				assert_true(n > 1 && n <= 23 && answer[0] == pdu[0] + 1);
		}
	victim_serves();
	victim_end();
}

/* However full the answer is before it: the one that is not there, or not to be read, is the answer. */
static void the_last_is_refused(void **state)
{
	(void)state;
	up();
	for (unsigned variable = 0; variable < 2; variable++) {
		uint8_t op = variable ? READ_VARIABLE : READ_MULTIPLE;
		ANSWER(ask(OCTETS(op, 3, 0, 7, 0)), 0x01, op, 7, 0, 0x02);
		ANSWER(ask(OCTETS(op, 5, 0, 5, 0, 5, 0, 7, 0)), 0x01, op, 7, 0, 0x02);
		ANSWER(ask(OCTETS(op, 5, 0, 5, 0, 0x1C, 0)), 0x01, op, 0x1C, 0, 0x02);
		ANSWER(ask(OCTETS(op, 5, 0, 3, 0, 0, 0)), 0x01, op, 0, 0, 0x01);
		ANSWER(ask(OCTETS(op, 5, 0, 3, 0, 0xFF, 0xFF)), 0x01, op, 0xFF, 0xFF, 0x01);
		ANSWER(ask(OCTETS(op, 7, 0, 0xFF, 0xFF)), 0x01, op, 7, 0, 0x02); /* the first that is wrong */
	}
	ANSWER(ask(OCTETS(READ_MULTIPLE, 9, 0, 9, 0)), 0x0F, 0xAA, 0xBB, 0xAA, 0xBB);
	ANSWER(ask(OCTETS(READ_VARIABLE, 9, 0, 0x0B, 0)), 0x21, 2, 0, 0xAA, 0xBB, 1, 0, 0x64);
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* As many as a PDU of 517 holds, of the longest value and of one that the program is asked for each time. */
static void a_hundred_handles(void **state)
{
	uint8_t pdu[517];
	(void)state;
	victim_up((struct ble_host_config){ .parts = parts, .att_mtu = 517 });
	ANSWER(ask(OCTETS(0x02, 0x05, 0x02)), 0x03, 0x05, 0x02);
	for (unsigned variable = 0; variable < 2; variable++)
		for (uint8_t handle = 3; handle <= 5; handle += 2)
			for (size_t count = 2; count <= 258; count += 64) {
				pdu[0] = variable ? READ_VARIABLE : READ_MULTIPLE;
				for (size_t i = 0; i < count; i++)
					le16_put(pdu + 1 + 2 * i, handle);
				int n = ask(pdu, 1 + 2 * count);
				size_t each = (handle == 3 ? 4 : 512) + (variable ? 2u : 0);
				assert_int_equal(n, 1 + each * count < 517 ? 1 + each * count : 517);
			}
	victim_forget();
	ANSWER(ask(OCTETS(READ_MULTIPLE, 3, 0, TARGET_ASKED, 0, TARGET_ASKED, 0)), 0x01, READ_MULTIPLE, TARGET_ASKED, 0, 0x0E);
	victim_serves();
	victim_end();
}

/* The database of our own: GATT service first, its features are at 6. Found by type, Part F 3.4.4.1. */
static uint16_t features;

static void features_are(uint8_t octet)
{
	ANSWER(ask(OCTETS(0x0A, LE(features))), 0x0B, octet);
}

static int write_features(const void *value, size_t len)
{
	uint8_t pdu[3 + 200] = { 0x12, LE(features) };
	memcpy(pdu + 3, value, len);
	int n = ask(pdu, 3 + len);
	if (n == 1)
		return 0;
	ANSWER(n, 0x01, 0x12, LE(features), answer[4]);
	return answer[4];
}

/* 7.2: a bit that was set stays; reserved bits and octets behind the first say nothing to us. */
static void supported_features(void **state)
{
	uint8_t more[200] = { 0x04, 0xFF, 0xFF };
	(void)state;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_multiple) });
	fake_up(&f);
	attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
	assert_true(ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x29, 0x2B)) >= 4 && answer[0] == 0x09);
	features = le16_get(answer + 2);
	features_are(0);
	(void)write_features("", 0); /* nothing is no bit: the same as 0 */
	assert_int_equal(write_features("\4", 1), 0);
	features_are(4);
	assert_int_equal(write_features("\0", 1), 0x13);
	assert_int_equal(write_features("\3", 1), 0x13);
	assert_int_not_equal(write_features("", 0), 0);
	features_are(4);
	for (size_t len = 2; len <= 20; len++) {
		int err = write_features(more, len);
		assert_true(err == 0 || err == 0x0D);
		assert_int_equal(ask(OCTETS(0x0A, LE(features))), 2);
		assert_int_equal(answer[1] & 4, 4);
		assert_int_equal(answer[1] & 0xF8, 0);
	}
	assert_int_equal(write_features("\0\0", 2) == 0, false);
	fake_disconnected(&f, ATTACKER, 0x13);
	victim_forget();
	attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
	features_are(0);
	victim_end();
}

static int cipher(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx, (void)key;
	memmove(out, in, 16);
	return 0;
}

static const struct ble_characteristic value = { .uuid = 0x2A19, .permission = BLE_WRITE | BLE_WRITE_WO, .size = 1 };
static const struct ble_service held = { .uuid = 0x180F, .characteristics = BLE_LIST(&value) };

/* Vol 3 Part G 2.5.2.1: a client whose view of the database is out of date writes on: nothing arrives until it is told,
 * and it is told anew after each change. */
static void out_of_sync(void **state)
{
	static const struct ble_crypto crypto = { .aes128 = cipher };
	static const struct ble_service comes = { .uuid = 1 };
	(void)state;
	f.platform.crypto = &crypto;
	fake_host(&f, (struct ble_host_config){ .connections = 2,
		.parts = BLE_PARTS(&ble_server, &ble_multiple, &ble_prepared, &ble_caching) });
	assert_int_equal(ble_server_add(f.host, &held, NULL), 0);
	uint16_t handle = ble_server_handle(f.host, &value);
	fake_up(&f);
	attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
	features = 13;
	assert_int_equal(write_features("\1", 1), 0);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(i & 1 ? ble_server_remove(f.host, &comes) : ble_server_add(f.host, &comes, NULL), 0);
		fake_pump(&f);
		for (unsigned k = 0; k < 50; k++)
			say(ATT, OCTETS(0x52, LE(handle), 7));
		if (i & 2)
			ANSWER(ask(OCTETS(0x12, LE(handle), 7)), 0x01, 0x12, 0, 0, 0x12);
		else
			ANSWER(ask(OCTETS(0x16, LE(handle), 0, 0, 7)), 0x01, 0x16, 0, 0, 0x12);
		say(ATT, OCTETS(0x52, LE(handle), 7));
		fake_expect_none(&f);
	}
	ANSWER(ask(OCTETS(0x12, LE(handle), 7)), 0x13);
	(void)fake_expect(&f, BLE_EV_WRITTEN);
	ANSWER(ask(OCTETS(0x18, 1)), 0x19); /* nothing was prepared */
	fake_expect_none(&f);
	victim_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ATT-014 lists of every length", lists_of_every_length),
		ATTACK("ATT-014 the last is refused", the_last_is_refused),
		ATTACK("ATT-014 a hundred handles", a_hundred_handles),
		ATTACK("ATT-028 supported features", supported_features),
		ATTACK("ATT-028 out of sync", out_of_sync),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
