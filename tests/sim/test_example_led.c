/* examples/c/led.c: a central switches the lamp by requests and a command; the callback prints each. */
#include "example_kit.h"

#define main example_main
#include "examples/c/led.c"
#undef main

static void test_led(void **state)
{
	(void)state;
	static const struct kit_write writes[] = { { 1, false }, { 0, false }, { 1, true } };
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 3 });
	struct kit_central c = { .name = "Lamp", .characteristic = 0xA002, .service_len = 16, .read = true,
		.writes = writes, .write_count = 3,
		.service = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x01, 0xA0, 15, 16 } };
	struct kit_output o;
	struct ble_addr address;
	char expected[100], text[BLE_BTOS_SIZE];
	kit_central_add(&c, world);
	kit_main(example_main, &(struct port_world){ .world = world, .end_us = 30000000 }, &o);
	assert_int_equal(c.failure, 0);
	assert_int_equal(o.status, 1);
	assert_int_equal(ble_host_address(c.host, &address), 0);
	snprintf(expected, sizeof expected, "connected: %s\nLED on\nLED off\nLED on\n", ble_btos(&address, text));
	assert_string_equal(o.out, expected);
	assert_string_equal(o.err, "led: closed\n");
	assert_int_equal(c.value_len, 1);
	assert_int_equal(c.value[0], 0); /* read before the writes: zero octets at first */
	port_world_leave();
	kit_central_remove(&c);
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_led) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
