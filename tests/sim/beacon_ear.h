/*
 * What the tests of the beacon examples share: somebody who listens on a node of the world and hands every report to
 * the test, and tshark on the capture of the air. An example's main() is run by example_kit.h.
 */
#ifndef TESTS_SIM_BEACON_EAR_H
#define TESTS_SIM_BEACON_EAR_H

#include "example_kit.h"

#include <ble/beacon.h>

#include "tests/unit/trace/tshark.c"

struct ear {
	void (*heard)(const struct ble_event *ev, uint64_t now_us);
	unsigned reports;
	struct ble_world *world;
	struct ble_node *node;
	struct ble_host *host;
	void *memory;
	struct tshark_file air;
	struct ble_trace pcap;
};

static inline void ear_run(void *ctx, uint64_t now_us)
{
	struct ear *e = ctx;
	ble_host_run(e->host, now_us);
	for (struct ble_event ev; ble_host_poll(e->host, &ev);) {
		if (ev.type == BLE_EV_READY) {
			assert_int_equal(ble_scan_start(e->host, NULL), 0);
		} else if (ev.type == BLE_EV_REPORT) {
			e->reports++;
			e->heard(&ev, now_us);
		}
	}
}

static inline uint64_t ear_next_due(void *ctx)
{
	return ble_host_next_due(((struct ear *)ctx)->host);
}

static inline void ear_open(struct ear *e, uint64_t seed)
{
	e->world = ble_world_new(&(struct ble_world_options){ .seed = seed });
	assert_non_null(e->world);
	tshark_open(&e->air);
	e->pcap = ble_trace_pcap(&e->air.out);
	ble_world_trace(e->world, &e->pcap);
	e->node = ble_world_add(e->world, &(struct ble_node_options){ .name = "ear", .x_m = 2 });
	assert_non_null(e->node);
	struct ble_host_config config = {
		.transport = ble_node_transport(e->node),
		.platform = ble_node_platform(e->node),
		.parts = BLE_PARTS(&ble_observer),
	};
	size_t size = ble_host_memory(&config);
	e->memory = malloc(size);
	assert_non_null(e->memory);
	assert_int_equal(ble_host_init(&e->host, e->memory, size, &config, NULL), 0);
	struct ble_process process = { .ctx = e, .run = ear_run, .next_due = ear_next_due };
	assert_int_equal(ble_node_attach(e->node, &process), 0);
	assert_int_equal(ble_host_start(e->host), 0);
}

static inline void ear_close(struct ear *e)
{
	port_world_leave();
	ble_host_stop(e->host);
	ble_world_remove(e->node);
	ble_world_free(e->world);
	free(e->memory);
	tshark_close(&e->air);
}

#endif
