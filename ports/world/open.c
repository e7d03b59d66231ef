/*
 * ble_open(), ble_run(), ble_fd() and ble_close() over a world. The device's loop is its node's process; ble_run()
 * only lets time pass, so all nodes of the world live meanwhile.
 */
#include "ports/world/world.h"

#include <stdlib.h>

struct opened {
	struct opened *next;
	struct ble *ble;
	struct ble_node *node;
	void *memory;
};

static struct port_world here;
static struct opened *first;

static void run(void *ctx, uint64_t now_us)
{
	struct opened *o = ctx;
	(void)ble_process(o->ble, now_us); /* before ble_start() there is nothing to do */
}

static uint64_t next_due(void *ctx)
{
	struct opened *o = ctx;
	return ble_next_due(o->ble);
}

static void release(struct opened *o)
{
	if (o->node)
		ble_world_remove(o->node);
	free(o->memory);
	free(o);
}

static int open_parts(struct opened *o, struct ble_options *options)
{
	o->node = ble_world_add(here.world, &here.node);
	if (!o->node)
		return BLE_ENOMEM;
	ble_node_trace(o->node, here.trace);
	options->transport = ble_node_transport(o->node);
	options->platform = ble_node_platform(o->node);
	if (!options->memory) {
		options->memory_size = ble_memory(options);
		options->memory = o->memory = malloc(options->memory_size);
	}
	int err = options->memory ? ble_init(&o->ble, options->memory, options->memory_size, options) : BLE_ENOMEM;
	if (err)
		return err;
	*ble_port(o->ble) = o;
	return ble_node_attach(o->node, &(struct ble_process){ .ctx = o, .run = run, .next_due = next_due });
}

int ble_open(struct ble **ble, const struct ble_options *options)
{
	struct ble_options own = *options;
	*ble = NULL;
	if (!here.world)
		return BLE_ECLOSED;
	struct opened *o = calloc(1, sizeof *o);
	if (!o)
		return BLE_ENOMEM;
	int err = open_parts(o, &own);
	if (err) {
		release(o);
		return err;
	}
	o->next = first;
	first = o;
	*ble = o->ble;
	return 0;
}

static bool is_over(void *ctx)
{
	(void)ctx;
	return here.over && here.over(here.ctx);
}

int ble_run(struct ble *ble, uint32_t ms)
{
	struct opened *o = *ble_port(ble);
	uint64_t now = ble_world_now(here.world);
	if (now >= here.end_us || is_over(NULL))
		return BLE_ECLOSED;
	int err = ble_process(ble, now); /* refuses what a callback, or a program before ble_start(), may not do */
	if (err)
		return err;
	ble_node_wake(o->node);
	uint64_t left = here.end_us - now;
	bool to_the_end = ms == BLE_FOREVER || (uint64_t)ms * 1000 > left;
	uint64_t pass = to_the_end ? left : (uint64_t)ms * 1000;
	return ble_world_run_while(here.world, now + pass, is_over, NULL) || to_the_end ? BLE_ECLOSED : 0;
}

int ble_fd(struct ble *ble)
{
	(void)ble;
	return -1;
}

void ble_close(struct ble *ble)
{
	if (!ble)
		return;
	struct opened *o = *ble_port(ble);
	struct opened **at = &first;
	while (*at != o)
		at = &(*at)->next;
	*at = o->next;
	ble_end(ble);
	release(o);
}

void port_world_enter(const struct port_world *port)
{
	here = *port;
}

void port_world_leave(void)
{
	while (first)
		ble_close(first->ble);
	here = (struct port_world){ 0 };
}
