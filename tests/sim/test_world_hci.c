/*
 * The in-process driver: packets go in, answers come out, a controller without room holds packets
 * back instead of losing them, hanging up gives all of them back. Reset (0x0c03) is all that is
 * asked of the controller; its answer is Command Complete (Vol 4 Part E 7.7.14).
 */
#include "air_kit.h"

#include <string.h>

#define PACKETS 40

static uint8_t reset[] = { 1, 0x03, 0x0c, 0 };

struct host {
	struct ble_node *node;
	struct ble_transport *t;
	struct ble_tx tx[PACKETS];
	unsigned done, answers, runs;
	bool lazy; /* leaves what has been received */
};

static struct host host; /* done() has no context */

static void on_done(struct ble_tx *tx)
{
	assert_true(tx >= host.tx && tx < host.tx + PACKETS);
	assert_non_null(tx->data);
	tx->data = NULL; /* once only */
	host.done++;
}

static void run(void *ctx, uint64_t now_us)
{
	struct host *h = ctx;
	const uint8_t *packet;
	(void)now_us;
	h->runs++;
	for (int len; !h->lazy && (len = h->t->read(h->t->ctx, &packet)) > 0;) {
		assert_true(len >= 7);
		assert_memory_equal(packet, ((uint8_t[]){ 4, 0x0e }), 2);
		assert_memory_equal(packet + 4, reset + 1, 2);
		assert_int_equal(packet[6], 0);
		h->answers++;
	}
}

static uint64_t next_due(void *ctx)
{
	(void)ctx;
	return BLE_NEVER;
}

static struct ble_world *setup(void)
{
	struct ble_world *w = ble_world_new(NULL);
	host = (struct host){ .node = ble_world_add(w, NULL) };
	host.t = ble_node_transport(host.node);
	struct ble_process process = { .ctx = &host, .run = run, .next_due = next_due };
	assert_int_equal(ble_node_attach(host.node, &process), 0);
	return w;
}

static void write_all(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		host.tx[i] = (struct ble_tx){ .data = reset, .len = sizeof reset, .done = on_done };
		host.t->write(host.t->ctx, &host.tx[i]);
	}
	host.t->flush(host.t->ctx);
}

static void test_answer(void **state)
{
	(void)state;
	struct ble_world *w = setup();
	struct kit_trace t;
	kit_trace_init(&t);
	ble_node_trace(host.node, &t.sink);
	assert_int_equal(host.t->open(host.t->ctx, NULL), 0);
	write_all(1);
	ble_world_run_until(w, 100000);
	assert_int_equal(host.done, 1);
	assert_int_equal(host.answers, 1);
	assert_int_equal(t.count, 2);
	kit_trace_free(&t);
	ble_world_free(w);
}

static void test_backpressure(void **state)
{
	(void)state;
	struct ble_world *w = setup();
	assert_int_equal(host.t->open(host.t->ctx, NULL), 0);
	host.lazy = true;
	write_all(PACKETS);
	ble_world_run_until(w, 100000);
	assert_true(host.done < PACKETS); /* nobody reads: the controller fills up */
	assert_int_equal(host.answers, 0);
	host.lazy = false;
	ble_node_wake(host.node);
	ble_world_run_until(w, 1000000);
	assert_int_equal(host.done, PACKETS);
	assert_int_equal(host.answers, PACKETS);
	ble_world_free(w);
}

static void test_close_gives_back(void **state)
{
	(void)state;
	struct ble_world *w = setup();
	struct ble_fault fault;
	const uint8_t *packet;
	assert_int_equal(host.t->open(host.t->ctx, NULL), 0);
	assert_int_equal(host.t->open(host.t->ctx, &fault), BLE_ESTATE);
	host.lazy = true;
	write_all(PACKETS);
	ble_world_run_until(w, 1000);
	host.t->close(host.t->ctx);
	assert_int_equal(host.done, PACKETS);
	assert_int_equal(host.t->read(host.t->ctx, &packet), BLE_EGONE);
	host.done = 0;
	write_all(2); /* closed: done at once */
	assert_int_equal(host.done, 2);
	host.lazy = false;
	host.done = 0;
	assert_int_equal(host.t->open(host.t->ctx, NULL), 0);
	write_all(1);
	ble_world_run_until(w, 100000);
	assert_int_equal(host.answers, 1); /* nothing left over from before */
	ble_world_free(w);
}

static void test_remove_gives_back(void **state)
{
	(void)state;
	struct ble_world *w = setup();
	assert_int_equal(host.t->open(host.t->ctx, NULL), 0);
	host.lazy = true;
	write_all(PACKETS);
	ble_world_remove(host.node);
	assert_int_equal(host.done, PACKETS);
	ble_world_run_until(w, 100000);
	ble_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_backpressure),
		cmocka_unit_test(test_close_gives_back),
		cmocka_unit_test(test_remove_gives_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
