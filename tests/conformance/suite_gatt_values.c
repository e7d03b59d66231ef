/*
 * GATT server: what it says unasked. Notifications, indications and their time-out, Service Changed (GATT/SR/GAN, GAI,
 * GAT, GAS). Vol 3 Part F 3.4.7, 3.3.3; Part G 7.1.
 */
#include <stdio.h>

#include "program.h"

static int say(struct kit *k, uint16_t handle, const char *value, size_t len)
{
	int err = ble_server_notify(k->host, k->conn, handle, value, len);
	kit_wake(k);
	return err;
}

/* The second waits for the confirmation of the first. */
static void indication(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	assert_int_equal(say(k, 0x13, "\1\2", 2), BLE_ENOENT);
	ATT(k, "T 12 14 00 02 00", "I 13");
	assert_int_equal(say(k, 0x13, "\1\2", 2), 0);
	assert_int_equal(say(k, 0x13, "\3\4", 2), BLE_EBUSY);
	ATT(k, "I 1D 13 00 01 02", "I -", "T 1E");
	assert_int_equal(ut_expect(k, BLE_EV_CONFIRMED, 1000)->confirmed.handle, 0x13);
	assert_int_equal(k->last[BLE_EV_CONFIRMED].confirmed.err, 0);
	assert_int_equal(say(k, 0x13, "\3\4", 2), 0);
	ATT(k, "I 1D 13 00 03 04", "T 1E");
}

static void notification(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 12 10 00 01 00", "I 13");
	assert_int_equal(say(k, 0x0F, "\x63", 1), 0);
	ATT(k, "I 1B 0F 00 63");
	lt_disconnect(&k->lt);
	kit_run(k, 100);
	ut_peripheral(k);
	ATT(k, "T 0A 10 00", "I 0B 00 00");
	assert_int_equal(say(k, 0x0F, "\x62", 1), BLE_ENOENT);
	ATT(k, "I -");
}

/* Thirty seconds without confirmation: neither requests are answered nor values sent on this bearer any more. */
static void unconfirmed(void **state)
{
	struct kit *k = *state;
	program_connected(k);
	ATT(k, "T 12 14 00 02 00", "I 13", "T 12 10 00 01 00", "I 13");
	assert_int_equal(say(k, 0x13, "\1\2", 2), 0);
	ATT(k, "I 1D 13 00 01 02");
	kit_run(k, 29000);
	ATT(k, "T 0A 03 00", "I 0B 01 02 03 04");
	assert_int_equal(ut_expect(k, BLE_EV_CONFIRMED, 2000)->confirmed.err, BLE_ETIMEOUT);
	assert_int_equal(say(k, 0x0F, "\x63", 1), BLE_ECLOSED);
	ATT(k, "T 0A 03 00", "I -", "T 1E", "I -");
	k->violations = true;
}

static const struct ble_characteristic late = { .uuid = 0xB0FF, .permission = BLE_READ, .size = 1, .length = 1,
	.value = "\1" };
static const struct ble_service late_service = { .uuid = 0xA0FF, .characteristics = BLE_LIST(&late) };

/* A service declaration, a characteristic declaration and a value come, and go. */
static void service_changed(void **state)
{
	struct kit *k = *state;
	char range[40];
	uint16_t first;
	kit_host(k, NULL);
	ut_peripheral(k);
	uint16_t changed = kit_find(k, 0x2A05, NULL);
	uint8_t cccd[5] = { 0x12, (uint8_t)(changed + 1), 0, 2, 0 };
	lt_send(&k->lt, KIT_ATT, cccd, sizeof cccd);
	ATT(k, "I 13");
	assert_int_equal(ble_server_add(k->host, &late_service, &first), 0);
	snprintf(range, sizeof range, "I 1D %02X 00 %02X 00 %02X 00", changed, first, first + 2);
	ATT(k, range, "T 1E");
	ut_expect(k, BLE_EV_CONFIRMED, 1000);
	assert_int_equal(ble_server_remove(k->host, &late_service), 0);
	ATT(k, range, "T 1E");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAI/BV-01-C", indication),
		CASE("GATT/SR/GAN/BV-01-C", notification),
		CASE("GATT/SR/GAT/BV-01-C", unconfirmed),
		CASE("GATT/SR/GAS/BV-01-C", service_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
