/*
 * Heart Rate Service, built as a program builds it: Heart Rate Measurement (0x2A37, notified) and Body Sensor Location
 * (0x2A38, one octet of 0 to 6, read). Heart Rate Service 1.0, 3.1 and 3.2.
 */
#include "kit.h"

static struct ble_characteristic measurement = { .uuid = 0x2A37, .permission = BLE_NOTIFY, .size = 20,
	.type = BLE_BYTES };
static struct ble_characteristic location = { .uuid = 0x2A38, .permission = BLE_READ, .size = 1 };
static struct ble_service heart_rate = { .uuid = 0x180D, .characteristics = BLE_LIST(&measurement, &location) };

enum { WRIST = 2 };

static void connected(struct kit *k)
{
	kit_module(k, NULL);
	assert_int_equal(ble_add_service(k->ble, &heart_rate), 0);
	assert_int_equal(ble_set_number(k->ble, &location, WRIST), 0);
	ut_start(k);
	ut_peripheral(k);
}

static void body_sensor_location(void **state)
{
	struct kit *k = *state;
	uint8_t properties = 0;
	connected(k);
	k->at = kit_find(k, 0x2A38, &properties);
	assert_int_equal(properties, BLE_READ);
	ATT(k, "T 0A @", "I 0B 02");
}

/* Flags 0: the rate in one octet; flags 10: with two intervals between beats, in 1/1024 s. It may not be read. */
static void measurements(void **state)
{
	struct kit *k = *state;
	uint8_t properties = 0;
	connected(k);
	k->at = kit_find(k, 0x2A37, &properties);
	assert_int_equal(properties, BLE_NOTIFY);
	ATT(k, "T 0A @", "I 01 0A @ 02", "T 12 ^ 01 00", "I 13");
	assert_int_equal(ble_set_value(k->ble, &measurement, "\x00\x48", 2), 0);
	assert_int_equal(ble_set_value(k->ble, &measurement, "\x10\x4A\x20\x03\x2A\x03", 6), 0);
	ATT(k, "I 1B @ 00 48", "I 1B @ 10 4A 20 03 2A 03");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("HRS/SEN/CR/BV-01-C", body_sensor_location),
		CASE("HRS/SEN/CN/BV-05-C", measurements),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
