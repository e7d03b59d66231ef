/*
 * The world: its clock, its list of nodes, and running. A node that is removed goes silent at once
 * and is freed when the step that removed it is over, because the step may be that node's own.
 */
#include "sim/world.h"

#include <stdlib.h>
#include <string.h>

struct ble_world *ble_world_new(const struct ble_world_options *options)
{
	const struct ble_world_options none = { 0 };
	struct ble_world *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->seed = options ? options->seed : 0;
	air_init(&w->air, &w->clock, options ? options : &none);
	return w;
}

static void bury(struct ble_world *w)
{
	while (w->dead) {
		struct ble_node *n = w->dead;
		w->dead = n->dead_next;
		node_free(n);
	}
}

void ble_world_free(struct ble_world *w)
{
	if (!w)
		return;
	for (size_t i = 1; i < w->node_cap; i++)
		if (w->nodes[i])
			ble_world_remove(w->nodes[i]);
	bury(w);
	free(w->nodes);
	air_free(&w->air);
	clock_free(&w->clock);
	free(w);
}

uint64_t ble_world_now(const struct ble_world *w)
{
	return world_now_us(w);
}

struct ble_node *world_node(const struct ble_world *w, uint16_t number)
{
	return number < w->node_cap ? w->nodes[number] : NULL;
}

static void step(struct ble_world *w)
{
	w->depth++;
	clock_step(&w->clock);
	if (--w->depth == 0)
		bury(w);
}

bool ble_world_run_while(struct ble_world *w, uint64_t until_us, bool (*stop)(void *), void *ctx)
{
	uint64_t until_ns = us_to_ns(until_us);
	for (size_t i = 1; i < w->node_cap && !w->depth; i++)
		if (w->nodes[i])
			node_ask_again(w->nodes[i]);
	while (clock_next(&w->clock) <= until_ns && w->clock.count) {
		step(w);
		if (stop && stop(ctx))
			return true;
	}
	if (until_ns != CLOCK_NEVER && until_ns > w->clock.now_ns)
		w->clock.now_ns = until_ns;
	return false;
}

void ble_world_run_until(struct ble_world *w, uint64_t until_us)
{
	ble_world_run_while(w, until_us, NULL, NULL);
}

/* Rounded up, so that running until then runs it. */
uint64_t ble_world_next_due(const struct ble_world *w)
{
	uint64_t next = clock_next(&w->clock);
	return next == CLOCK_NEVER ? BLE_NEVER : next / 1000 + (next % 1000 != 0);
}

void ble_world_trace(struct ble_world *w, const struct ble_trace *air)
{
	w->air.trace = air;
}

void ble_world_stats(const struct ble_world *w, struct ble_world_stats *out)
{
	*out = w->air.stats;
}

int ble_world_fault(struct ble_world *w, const struct ble_air_fault *fault)
{
	struct air *a = &w->air;
	if (fault->action < BLE_FAULT_DROP || fault->action > BLE_FAULT_JAM)
		return BLE_EINVAL;
	if (fault->pdu > BLE_FAULT_CONTROL || fault->channel_plus_1 > AIR_CHANNELS)
		return BLE_EINVAL;
	if (fault->begin_us > UINT64_MAX / 1000 || fault->end_us > UINT64_MAX / 1000)
		return BLE_EINVAL;
	if (fault->action == BLE_FAULT_JAM && (fault->from || fault->pdu || fault->type))
		return BLE_EINVAL; /* noise does not choose */
	if (a->fault_count == a->fault_cap) {
		size_t cap = a->fault_cap ? a->fault_cap * 2 : 8;
		struct air_fault_slot *faults = realloc(a->faults, cap * sizeof *faults);
		if (!faults)
			return BLE_ENOMEM;
		a->faults = faults;
		a->fault_cap = cap;
	}
	a->faults[a->fault_count++] = (struct air_fault_slot){ .f = *fault };
	return 0;
}

void ble_world_clear_faults(struct ble_world *w)
{
	w->air.fault_count = 0;
}
