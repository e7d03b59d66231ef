/*
 * Nodes and their processes: when a process is run, what removing does, numbers, the store, streams
 * of randomness. Nothing here needs a word from the link layer.
 */
#include "air_kit.h"

#include <string.h>

struct program {
	struct ble_node *node;
	unsigned runs;
	uint64_t last_us, due_us;
	void (*act)(struct program *p);
};

static void run(void *ctx, uint64_t now_us)
{
	struct program *p = ctx;
	p->runs++;
	p->last_us = now_us;
	if (p->act)
		p->act(p);
}

static uint64_t next_due(void *ctx)
{
	struct program *p = ctx;
	return p->due_us;
}

static void start(struct program *p, struct ble_world *w)
{
	*p = (struct program){ .node = ble_world_add(w, NULL), .due_us = BLE_NEVER };
	assert_non_null(p->node);
	struct ble_process process = { .ctx = p, .run = run, .next_due = next_due };
	assert_int_equal(ble_node_attach(p->node, &process), 0);
	assert_int_equal(ble_node_attach(p->node, &process), BLE_EEXIST);
}

static void every_millisecond(struct program *p)
{
	p->due_us = p->last_us + 1000;
}

static void never_satisfied(struct program *p)
{
	p->due_us = p->last_us;
}

static void leave(struct program *p)
{
	ble_world_remove(p->node);
}

static void test_process_by_time(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct program p;
	start(&p, w);
	p.act = every_millisecond;
	ble_world_run_until(w, 0);
	assert_true(p.runs >= 1); /* attached: asked at once */
	unsigned before = p.runs;
	ble_world_run_until(w, 10000);
	assert_int_equal(p.runs, before + 10);
	assert_int_equal(p.last_us, 10000);
	assert_int_equal(ble_world_next_due(w), 11000);
	assert_int_equal(ble_node_attach(p.node, NULL), 0);
	before = p.runs;
	ble_world_run_until(w, 20000);
	assert_int_equal(p.runs, before);
	ble_world_free(w);
}

/* A process that is always due gets a run a microsecond; time goes on. */
static void test_process_that_is_always_due(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct program p;
	start(&p, w);
	p.act = never_satisfied;
	ble_world_run_until(w, 0);
	unsigned before = p.runs;
	ble_world_run_until(w, 100);
	assert_int_equal(p.runs, before + 100);
	ble_world_free(w);
}

static bool has_run(void *ctx)
{
	return ((struct program *)ctx)->runs > 0;
}

static void test_wake_and_stop(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct program p;
	start(&p, w);
	assert_true(ble_world_run_while(w, 1000, has_run, &p));
	assert_int_equal(ble_world_now(w), 0);
	p.runs = 0;
	ble_world_run_until(w, 1000);
	p.runs = 0;
	assert_false(ble_world_run_while(w, 2000, has_run, &p));
	assert_int_equal(ble_world_now(w), 2000);
	const struct ble_platform *platform = ble_node_platform(p.node);
	platform->wake(platform->ctx);
	ble_node_wake(p.node); /* twice is once */
	ble_world_run_until(w, 2000);
	assert_int_equal(p.runs, 1);
	ble_world_free(w);
}

static void test_remove_from_own_process(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct program p, other;
	start(&p, w);
	start(&other, w);
	p.act = leave;
	ble_world_run_until(w, 1000);
	assert_int_equal(p.runs, 1);
	assert_int_equal(ble_node_number(other.node), 2);
	struct ble_node *third = ble_world_add(w, NULL); /* numbers are not used again soon */
	assert_int_equal(ble_node_number(third), 3);
	ble_world_free(w);
}

/* 65,535 numbers, then those that have been left. */
static void test_numbers_come_round(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	struct ble_node *first = ble_world_add(w, NULL);
	for (unsigned i = 2; i <= 0xffff; i++) {
		struct ble_node *n = ble_world_add(w, NULL);
		assert_int_equal(ble_node_number(n), i);
		ble_world_remove(n);
	}
	struct ble_node *n = ble_world_add(w, NULL);
	assert_int_equal(ble_node_number(first), 1);
	assert_int_equal(ble_node_number(n), 2);
	ble_world_free(w);
}

static void test_options(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	double zero = 0;
	assert_null(ble_world_add(w, &(struct ble_node_options){ .drift_ppm = 501 }));
	assert_null(ble_world_add(w, &(struct ble_node_options){ .sca_ppm = 501 }));
	assert_null(ble_world_add(w, &(struct ble_node_options){ .x_m = zero / zero }));
	struct ble_node *n = ble_world_add(w, &(struct ble_node_options){ .sca_ppm = 250 });
	assert_int_equal(ble_node_radio(n)->caps->sca_ppm, 250);
	ble_world_free(w);
}

static void test_store(void **state)
{
	(void)state;
	struct ble_world *w = ble_world_new(NULL);
	const struct ble_platform *p = ble_node_platform(ble_world_add(w, NULL));
	uint8_t got[8];
	assert_int_equal(p->load(p->ctx, 1, got, 8), BLE_ENOENT);
	assert_int_equal(p->save(p->ctx, 1, "abc", 3), 0);
	assert_int_equal(p->save(p->ctx, 2, "defg", 4), 0);
	assert_int_equal(p->save(p->ctx, 1, "hi", 2), 0);
	assert_int_equal(p->load(p->ctx, 1, got, 8), 2);
	assert_memory_equal(got, "hi", 2);
	assert_int_equal(p->load(p->ctx, 2, got, 8), 4);
	assert_int_equal(p->erase(p->ctx, 2), 0);
	assert_int_equal(p->load(p->ctx, 2, got, 8), BLE_ENOENT);
	ble_world_free(w);
}

static void draw(uint64_t seed, uint8_t dst[2][16])
{
	struct ble_world *w = ble_world_new(&(struct ble_world_options){ .seed = seed });
	for (int i = 0; i < 2; i++) {
		const struct ble_platform *p = ble_node_platform(ble_world_add(w, NULL));
		p->random(p->ctx, dst[i], 16);
	}
	ble_world_free(w);
}

static void test_random(void **state)
{
	(void)state;
	uint8_t a[2][16], b[2][16], c[2][16];
	draw(1, a);
	draw(1, b);
	draw(2, c);
	assert_memory_equal(a, b, sizeof a);
	assert_memory_not_equal(a[0], a[1], 16);
	assert_memory_not_equal(a[0], c[0], 16);
	assert_memory_not_equal(a[1], c[0], 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process_by_time),
		cmocka_unit_test(test_process_that_is_always_due),
		cmocka_unit_test(test_wake_and_stop),
		cmocka_unit_test(test_remove_from_own_process),
		cmocka_unit_test(test_numbers_come_round),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
