/* examples/c/scanner.c sees a connectable device and a beacon of the same world, each different report once. */
#include "example_kit.h"

#define main example_main
#include "examples/c/scanner.c"
#undef main

/* An advertiser by the module itself, with a loop of its own in the world. */
struct neighbour {
	struct ble_node *node;
	struct ble *ble;
	void *memory;
};

static void neighbour_run(void *ctx, uint64_t now_us)
{
	assert_int_equal(ble_process(((struct neighbour *)ctx)->ble, now_us), 0);
}

static uint64_t neighbour_due(void *ctx)
{
	return ble_next_due(((struct neighbour *)ctx)->ble);
}

static void add(struct neighbour *n, struct ble_world *world, const char *name, uint8_t mode, const char *payload)
{
	n->node = ble_world_add(world, &(struct ble_node_options){ .x_m = 3 });
	struct ble_options o = { .name = name, .transport = ble_node_transport(n->node),
		.platform = ble_node_platform(n->node) };
	n->memory = malloc(ble_memory(&o));
	assert_int_equal(ble_init(&n->ble, n->memory, ble_memory(&o), &o), 0);
	assert_int_equal(ble_advertising(n->ble, &(struct ble_advertising_params){ .interval_us = 100000, .mode = mode,
		.payload = payload, .payload_len = (uint8_t)strlen(payload) }), 0);
	assert_int_equal(ble_start(n->ble), 0);
	assert_int_equal(ble_start_advertising(n->ble), 0);
	assert_int_equal(ble_node_attach(n->node,
				 &(struct ble_process){ .ctx = n, .run = neighbour_run, .next_due = neighbour_due }),
		0);
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
	struct neighbour lamp, beacon;
	struct kit_output o;
	add(&lamp, world, "Lamp", BLE_ADV_CONN_UND, "");
	add(&beacon, world, "Beacon", BLE_ADV_UNCN_UND, "Hello");
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
	struct neighbour *both[] = { &lamp, &beacon };
	for (unsigned i = 0; i < 2; i++) {
		ble_end(both[i]->ble);
		ble_world_remove(both[i]->node);
		free(both[i]->memory);
	}
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scanner) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
