/* examples/c/battery.c, unchanged, in a world with a central that finds it by name and listens. */
#include "example_kit.h"

#define main example_main
#include "examples/c/battery.c"
#undef main

static bool has_six(void *ctx)
{
	return ((struct kit_central *)ctx)->level_count >= 6;
}

static void test_battery(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 2 });
	struct kit_central c = { .name = "Glint", .service = { 0x0f, 0x18 }, .service_len = 2,
		.characteristic = 0x2A19, .read = true, .subscribe = true };
	struct kit_output o;
	kit_central_add(&c, world);
	srand(1);
	kit_main(example_main, &(struct port_world){ .world = world, .end_us = 60000000, .over = has_six, .ctx = &c },
		&o);
	assert_int_equal(c.failure, 0);
	assert_int_equal(o.status, 1);
	assert_string_equal(o.err, "battery: closed\n");
	assert_string_equal(o.out, "");
	assert_int_equal(c.services_seen, 1);
	assert_int_equal(c.value_len, 1);
	assert_true(c.value[0] <= 100);
	assert_int_equal(c.level_count, 6);
	for (unsigned i = 0; i < c.level_count; i++)
		assert_true(c.levels[i] <= 100);
	port_world_leave();
	kit_central_remove(&c);
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_battery) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
