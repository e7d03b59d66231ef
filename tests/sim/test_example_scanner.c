/* examples/c/scanner.c sees a connectable device and a beacon of the same world, each different report once. */
#include "example_kit.h"

#define main example_main
#include "examples/c/scanner.c"
#undef main

/* An advertiser by the module itself. */
static struct ble *add(struct ble_world *world, const char *name, uint8_t mode, const char *payload)
{
	struct ble *ble;
	assert_int_equal(ble_world_open(world, &(struct ble_node_options){ .x_m = 3 }, &ble,
				 &(struct ble_options){ .name = name }),
		0);
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .interval_us = 100000, .mode = mode,
		.payload = payload, .payload_len = (uint8_t)strlen(payload) }), 0);
	assert_int_equal(ble_start(ble), 0);
	assert_int_equal(ble_start_advertising(ble), 0);
	return ble;
}

static unsigned count(const char *text, const char *word)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
		n++;
	return n;
}

static void test_scanner(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 4 });
	struct kit_output o;
	struct ble *lamp = add(world, "Lamp", BLE_ADV_CONN_UND, "");
	struct ble *beacon = add(world, "Beacon", BLE_ADV_UNCN_UND, "Hello");
	kit_main(example_main, &(struct port_world){ .world = world, .end_us = 30000000 }, &o);
	assert_int_equal(o.status, 0);
	assert_string_equal(o.err, "");
	assert_int_equal(count(o.out, "connectable  Lamp\n"), 1);
	assert_int_equal(count(o.out, "beacon       \n"), 1);
	assert_int_equal(count(o.out, "answer"), 1); /* of the lamp; the beacon has none */
	assert_int_equal(count(o.out, "\n"), 3);
	assert_int_equal(count(o.out, " dBm"), 3);
	assert_true(ble_world_now(world) >= 10000000 && ble_world_now(world) < 10400000);
	port_world_leave();
	ble_world_close(lamp);
	ble_world_close(beacon);
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scanner) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
