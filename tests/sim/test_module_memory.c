/*
 * ble_memory() is enough, for many shapes of device: all parts that the module's verbs bring find the room that the host
 * was told to keep for them, and nothing is left over.
 */
#include "example_kit.h"

static void try_shape(const struct ble_options *shape)
{
	struct ble_world *world = ble_world_new(NULL);
	struct ble_options o = *shape;
	struct ble *ble;
	struct ble_characteristic ch = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1 };
	const struct ble_characteristic *const list[] = { &ch, NULL };
	struct ble_service s = { .uuid = 0x180F, .characteristics = list };
	port_world_enter(&(struct port_world){ .world = world, .end_us = 1000000 });
	assert_int_equal(ble_open(&ble, &o), 0);
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_int_equal(ble_gap(ble, &(struct ble_gap_params){ .name = "Glint" }), 0);
	assert_int_equal(ble_start_advertising(ble), 0);
	if (o.scan_cache != BLE_NONE)
		assert_int_equal(ble_start_scanning(ble, 0), 0);
	struct ble_host_stats stats;
	ble_host_stats(ble_host(ble), &stats);
	assert_int_equal(stats.arena_size - stats.arena_used, 0);
	port_world_leave();
	ble_world_free(world);
}

static void test_shapes(void **state)
{
	(void)state;
	static const uint8_t connections[] = { 0, 2, 7, 250 }, services[] = { 0, 1, 2, 100, 254 };
	static const uint16_t subscriptions[] = { 0, 1, 17, 500 };
	for (size_t a = 0; a < sizeof connections; a++)
		for (size_t b = 0; b < sizeof services; b++)
			for (size_t c = 0; c < sizeof subscriptions / sizeof subscriptions[0]; c++) {
				try_shape(&(struct ble_options){ .connections = connections[a],
					.services = services[b], .subscriptions = subscriptions[c],
					.tx_queue = connections[a] });
				try_shape(&(struct ble_options){ .connections = connections[a],
					.services = services[b], .subscriptions = subscriptions[c],
					.scan_cache = BLE_NONE });
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
