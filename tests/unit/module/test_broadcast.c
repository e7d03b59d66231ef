/*
 * Values in the advertising packet: BLE_BROADCAST, and the transmit power. Expected packets are written out by hand from
 * CSS Part A 1.11 (Service Data: the service's UUID, then data) and 1.5 (TX Power Level), Vol 3 Part C 11.
 */
#include "fake_host.h"

#include <string.h>

static struct ble *ble;
static unsigned errors;

static struct ble_characteristic level, state_of, wide;
static struct ble_service battery, own;
static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };

static void on_error(struct ble *b, const struct ble_event *ev, void *ctx)
{
	(void)b;
	(void)ctx;
	assert_int_equal(ev->error.operation, BLE_OP_BROADCAST);
	assert_int_equal(ev->error.err, BLE_ETOOBIG);
	errors++;
}

static int setup(void **state)
{
	(void)state;
	static const struct ble_characteristic *const of_battery[] = { &level, &state_of, NULL };
	static const struct ble_characteristic *const of_own[] = { &wide, NULL };
	level = (struct ble_characteristic){ .uuid = 0x2A19, .permission = BLE_READ | BLE_WRITE | BLE_BROADCAST, .size = 1 };
	state_of = (struct ble_characteristic){ .uuid = 0x2A1B, .permission = BLE_READ | BLE_BROADCAST, .size = 30,
		.length = 2 };
	wide = (struct ble_characteristic){ .uuid = 1, .permission = BLE_READ | BLE_BROADCAST, .size = 3 };
	battery = (struct ble_service){ .uuid = 0x180F, .characteristics = of_battery };
	own = (struct ble_service){ .uuid = 0xA001, .base_uuid = base, .characteristics = of_own };
	ble = fake_device(&(struct ble_options){ .name = "Glint" });
	fake.has_all = true;
	errors = 0;
	assert_int_equal(ble_add_callback(ble, BLE_EV_ERROR, on_error, NULL), 0);
	assert_int_equal(ble_broadcasting(ble), 0);
	assert_int_equal(ble_broadcasting(ble), 0);
	assert_int_equal(ble_add_service(ble, &battery), 0);
	assert_int_equal(ble_add_service(ble, &own), 0);
	assert_int_equal(ble_start_advertising(ble), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ble_end(ble);
	return 0;
}

static void central_sets(struct ble_characteristic *ch, uint8_t bits)
{
	struct ble_event ev = { .type = BLE_EV_BROADCAST };
	ev.subscribed.characteristic = ch;
	ev.subscribed.bits = bits;
	fake_event(&ev);
	assert_int_equal(ble_process(ble, 1), 0);
}

#define PACKET(...)                                                                     \
	do {                                                                            \
		const uint8_t expected_[] = { __VA_ARGS__ };                            \
		assert_int_equal(fake.adv_len, sizeof expected_);                       \
		assert_memory_equal(fake.adv_data, expected_, sizeof expected_);        \
	} while (0)

static void a_value_is_told_while_a_central_wants_it(void **state)
{
	(void)state;
	assert_int_equal(ble_set_number(ble, &level, 50), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18);
	central_sets(&level, 1);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, 50);
	assert_int_equal(ble_set_number(ble, &level, 51), 0); /* at once */
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, 51);
	struct ble_event ev = { .type = BLE_EV_WRITTEN, .conn = 1 };
	ev.written.characteristic = &level;
	ev.written.data = (const uint8_t[]){ 52 };
	ev.written.len = 1;
	fake_event(&ev);
	assert_int_equal(ble_process(ble, 1), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, 52);
	central_sets(&state_of, 1);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, 52, 5, 0x16, 0x0f, 0x18,
		0, 0);
	central_sets(&level, 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 5, 0x16, 0x0f, 0x18, 0, 0);
	assert_int_equal(errors, 0);
}

/* With a 128-bit service, and the rest makes room: the UUIDs are told in the scan response. */
static void a_long_uuid_makes_the_rest_move(void **state)
{
	(void)state;
	central_sets(&wide, 1);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 20, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x01, 0xA0, 15,
		16, 0, 0, 0);
	assert_int_equal(fake.scan_rsp_len, 4 + 18);
	central_sets(&level, 1); /* the two octets that are left do not hold any of the name */
	PACKET(2, 1, 6, 4, 0x16, 0x0f, 0x18, 0, 20, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x01, 0xA0, 15, 16, 0,
		0, 0);
	assert_int_equal(fake.scan_rsp_len, 7 + 4 + 18);
	assert_int_equal(errors, 0);
}

static void a_value_that_does_not_fit_is_left_out_and_told_once(void **state)
{
	(void)state;
	uint8_t value[30] = { 0 };
	central_sets(&level, 1);
	central_sets(&state_of, 1);
	assert_int_equal(ble_set_value(ble, &state_of, value, 20), 0); /* 5 + 24 is one too many */
	assert_int_equal(errors, 0); /* callbacks run in ble_process() alone, which is wanted now */
	assert_true(ble_next_due(ble) == 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, 0);
	assert_int_equal(ble_process(ble, 2), 0);
	assert_int_equal(errors, 1);
	assert_string_equal(fake_why(ble), "broadcast: octets: 24 is outside 0..23; "
					   "2, the service's UUID and the value, of a packet's 31; it is left out");
	assert_true(ble_next_due(ble) == BLE_NEVER);
	assert_int_equal(ble_set_value(ble, &state_of, value, 30), 0);
	assert_int_equal(ble_process(ble, 3), 0);
	assert_int_equal(errors, 1);
	assert_int_equal(ble_set_value(ble, &state_of, value, 19), 0); /* it fits: all 28 beside the flags */
	assert_int_equal(fake.adv_len, 31);
	assert_int_equal(ble_set_value(ble, &state_of, value, 20), 0);
	assert_int_equal(ble_process(ble, 4), 0);
	assert_int_equal(errors, 2);
	central_sets(&level, 0); /* makes room */
	assert_int_equal(fake.adv_len, 31);
	assert_int_equal(ble_process(ble, 5), 0);
	assert_int_equal(errors, 2);
}

static int on_read(struct ble *b, struct ble_characteristic *ch, struct ble_read *read, void *ctx)
{
	(void)b, (void)ch, (void)read, (void)ctx;
	return 0;
}

/* It is there only when it is read: neither told nor missed. */
static void a_computed_value_is_not_broadcast(void **state)
{
	static struct ble_characteristic computed = {
		.uuid = 2, .permission = BLE_READ | BLE_BROADCAST, .size = 1, .on_read = on_read
	};
	static const struct ble_characteristic *const list[] = { &computed, NULL };
	static struct ble_service third = { .uuid = 0x1234, .characteristics = list };
	(void)state;
	assert_int_equal(ble_add_service(ble, &third), 0);
	size_t len = fake.adv_len;
	central_sets(&computed, 1);
	assert_int_equal(fake.adv_len, len);
	assert_int_equal(errors, 0);
	assert_true(ble_next_due(ble) == BLE_NEVER);
}

static void behind_a_payload_there_is_what_is_left(void **state)
{
	(void)state;
	central_sets(&level, 1);
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .payload = "Hello", .payload_len = 5 }), 0);
	PACKET(2, 1, 6, 8, 0xff, 0xff, 0xff, 'H', 'e', 'l', 'l', 'o', 4, 0x16, 0x0f, 0x18, 0);
	static const char longest[] = "01234567890123456789";
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .payload = longest, .payload_len = 20 }),
		0);
	assert_int_equal(fake.adv_len, 27); /* 4 are left, 5 are needed */
	assert_int_equal(ble_process(ble, 2), 0);
	assert_int_equal(errors, 1);
	assert_string_equal(fake_why(ble), "broadcast: octets: 5 is outside 0..4; "
					   "2, the service's UUID and the value, of a packet's 31; it is left out");
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ 0 }), 0);
	assert_int_equal(fake.adv_len, 19);
}

/* A service that is added again is another: nobody has asked for it. */
static void a_service_that_leaves_is_told_no_more(void **state)
{
	(void)state;
	central_sets(&level, 1);
	assert_int_equal(ble_remove_service(ble, &battery), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 17, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x01, 0xA0, 15, 16);
	assert_int_equal(ble_add_service(ble, &battery), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18);
}

static void the_transmit_power_is_told_when_it_is_known(void **state)
{
	(void)state;
	struct ble_event ev = { .type = BLE_EV_TX_POWER };
	ev.tx_power.dbm = -8;
	fake.power_unknown = true;
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .tx_power = true }), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18);
	fake_event(&ev);
	assert_int_equal(ble_process(ble, 1), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 2, 0x0a, 0xf8);
	fake.power_unknown = false;
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .tx_power = true }), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 2, 0x0a, 0xfc);
	central_sets(&level, 1);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 2, 0x0a, 0xfc, 4, 0x16, 0x0f, 0x18, 0);
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .only = 3 }), 0);
	PACKET(2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, 0);
	assert_int_equal(fake.adv_only, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_value_is_told_while_a_central_wants_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_uuid_makes_the_rest_move, setup, teardown),
		cmocka_unit_test_setup_teardown(a_value_that_does_not_fit_is_left_out_and_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_computed_value_is_not_broadcast, setup, teardown),
		cmocka_unit_test_setup_teardown(behind_a_payload_there_is_what_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(a_service_that_leaves_is_told_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(the_transmit_power_is_told_when_it_is_known, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
