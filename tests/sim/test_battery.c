/*
 * The thin line from end to end: module, host, link layer and air on both sides. A central finds the battery by name,
 * connects, discovers, reads 0x2A19, subscribes and receives what is set, in order; a lossy air changes nothing of it.
 */
#include "example_kit.h"

static struct ble_characteristic level = {
	.uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .descriptor = "Battery Level", .type = BLE_NUMBER,
};
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

static void expect_levels(const struct kit_central *c, unsigned from, unsigned n)
{
	assert_true(c->level_count >= n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(c->levels[i], from + i);
}

static void session(uint64_t seed, uint32_t loss_ppm)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = seed, .loss_ppm = loss_ppm });
	struct kit_central c = { .name = "Glint", .service = { 0x0f, 0x18 }, .service_len = 2,
		.characteristic = 0x2A19, .read = true, .subscribe = true };
	struct ble *ble;
	struct ble_host_stats stats;
	kit_central_add(&c, world);
	port_world_enter(&(struct port_world){ .world = world, .end_us = 60000000 });
	assert_int_equal(ble_open(&ble, &(struct ble_options){ .name = "Glint" }), 0);
	assert_int_equal(ble_add_service(ble, &battery), 0);
	assert_int_equal(ble_set_number(ble, &level, 83), 0); /* before the start: the initial value */
	assert_int_equal(ble_start(ble), 0);
	assert_int_equal(ble_start_advertising(ble), 0);
	for (unsigned s = 0; s < 20 && !(c.subscribed && c.value_len); s++)
		assert_int_equal(ble_run(ble, 500), 0);
	assert_int_equal(ble_run(ble, 2000), 0);
	assert_int_equal(c.failure, 0);
	assert_true(c.subscribed);
	assert_int_equal(c.mtu, 247);
	assert_int_equal(c.value_len, 1);
	assert_int_equal(c.value[0], 83);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ble_set_number(ble, &level, 40 + i), 0);
		assert_int_equal(ble_run(ble, 1000), 0);
	}
	expect_levels(&c, 40, 5);
	assert_int_equal(c.level_count, 5);
	ble_host_stats(ble_host(ble), &stats);
	assert_int_equal(stats.tx_idle, stats.tx_total);
	assert_int_equal(stats.malformed, 0);
	assert_int_equal(ble_disconnect(ble, 0), 0);
	assert_int_equal(ble_run(ble, 2000), 0);
	assert_true(c.disconnected);
	port_world_leave();
	assert_null(level.value);
	kit_central_remove(&c);
	ble_world_free(world);
}

static void test_battery(void **state)
{
	(void)state;
	session(1, 0);
}

static void test_battery_with_loss(void **state)
{
	(void)state;
	session(1, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_battery),
		cmocka_unit_test(test_battery_with_loss),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
