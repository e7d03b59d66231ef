/* See crowd.h. All stand on a circle around the scanner, equally strong, so that no packet captures the receiver. */
#include "bench/kit/crowd.h"

#include <malloc.h>
#include <stdlib.h>

#include <ble/adv.h>
#include <ble/scan.h>
#include <ble/sim.h>

struct member {
	struct ble_node *node;
	struct ble_host *host;
	uint64_t *reports; /* the scanner's; NULL: a peripheral */
};

static void run(void *ctx, uint64_t now_us)
{
	struct member *m = ctx;
	struct ble_event ev;
	ble_host_run(m->host, now_us);
	while (ble_host_poll(m->host, &ev))
		if (ev.type == BLE_EV_REPORT && m->reports)
			++*m->reports;
}

static uint64_t next_due(void *ctx)
{
	return ble_host_next_due(((struct member *)ctx)->host);
}

/* arena: NULL measures. */
static size_t host_config(struct member *m, bool scanner, struct ble_host_config *config)
{
	static const struct ble_part *const peripheral[] = { &ble_peripheral, &ble_server, NULL };
	static const struct ble_part *const observer[] = { &ble_observer, NULL };
	*config = (struct ble_host_config){ .transport = ble_node_transport(m->node),
		.platform = ble_node_platform(m->node), .parts = scanner ? observer : peripheral };
	return ble_host_memory(config);
}

static bool begin_host(struct member *m, bool scanner, const struct crowd *crowd)
{
	static const uint8_t data[31] = { 2, 0x01, 0x06, 27, 0xFF, 0xFF, 0xFF };
	struct ble_host_config config;
	size_t size = host_config(m, scanner, &config);
	void *arena = calloc(1, size);
	if (!arena || ble_host_init(&m->host, arena, size, &config, NULL) < 0)
		return false;
	if (scanner)
		return ble_scan_start(m->host, NULL) == 0 && ble_host_start(m->host) == 0;
	return ble_adv_set(m->host, &(struct ble_adv_params){ .interval_min_us = crowd->interval_us }) == 0 &&
		ble_adv_data(m->host, data, sizeof data, NULL, 0) == 0 && ble_adv_start(m->host) == 0 &&
		ble_host_start(m->host) == 0;
}

static bool join(struct member *m, struct ble_world *world, unsigned i, uint64_t *reports, const struct crowd *crowd)
{
	/* A point of the circle with radius 10 m by halves of the tangent, without libm. */
	double t = reports ? 0 : 2.0 * i / crowd->peripherals - 1;
	double x = reports ? 0 : 10 * (1 - t * t) / (1 + t * t), y = reports ? 0 : 10 * 2 * t / (1 + t * t);
	struct ble_node_options options = { .x_m = x, .y_m = y };
	m->node = ble_world_add(world, &options);
	m->reports = reports;
	return m->node && begin_host(m, reports != NULL, crowd) &&
		ble_node_attach(m->node, &(struct ble_process){ m, run, next_due }) == 0;
}

bool crowd_run(const struct crowd *crowd, struct crowd_result *result)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = crowd->seed });
	struct member *members = calloc(crowd->peripherals + 1u, sizeof *members);
	uint64_t reports = 0, before_octets = mallinfo2().uordblks;
	bool ok = world && members;
	for (unsigned i = 0; ok && i <= crowd->peripherals; i++) {
		ok = join(&members[i], world, i, i == crowd->peripherals ? &reports : NULL, crowd);
		/* Each comes on the air at a time of its own. */
		ble_world_run_until(world, (uint64_t)crowd->settle_us * i / crowd->peripherals);
	}
	result->octets = (mallinfo2().uordblks - before_octets) / (crowd->peripherals + 1u);
	if (ok) {
		struct ble_world_stats before, after;
		ble_world_run_until(world, crowd->settle_us);
		ble_world_stats(world, &before);
		reports = 0;
		ble_world_run_until(world, (uint64_t)crowd->settle_us + crowd->run_us);
		ble_world_stats(world, &after);
		result->reports = reports;
		result->transmissions = after.transmissions - before.transmissions;
		result->events = result->transmissions / 3;
	}
	ble_world_free(world);
	for (unsigned i = 0; members && i <= crowd->peripherals; i++)
		free(members[i].host);
	free(members);
	return ok;
}
