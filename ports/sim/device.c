/*
 * A device of ble.h in a world: its node, its memory, and its loop, which the world runs whenever something is due. A
 * verb that is called between two runs of the world needs no wake-up: the world asks what is due before it lets time
 * pass.
 */
#include "device.h"

#include <stdlib.h>

/* libglint, of which this is a part, must link without libglint-ll. Who has a world has these. */
#pragma weak ble_world_add
#pragma weak ble_world_remove
#pragma weak ble_world_now
#pragma weak ble_world_run_while
#pragma weak ble_node_attach
#pragma weak ble_node_platform
#pragma weak ble_node_transport
#pragma weak ble_node_wake

enum { FAREWELL_US = 1000000 }; /* ble_world_close() waits no longer for a peer's acknowledgement */

static void run(void *ctx, uint64_t now_us)
{
	(void)ble_process(((struct sim_device *)ctx)->ble, now_us); /* before ble_start() there is nothing to do */
}

static uint64_t next_due(void *ctx)
{
	return ble_next_due(((struct sim_device *)ctx)->ble);
}

static const struct ble_platform *of_node(void *ctx)
{
	return ble_node_platform(((struct sim_device *)ctx)->node);
}

static void fill(void *ctx, void *dst, size_t len)
{
	of_node(ctx)->random(of_node(ctx)->ctx, dst, len);
}

static int load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	return of_node(ctx)->load(of_node(ctx)->ctx, key, dst, cap);
}

static int save(void *ctx, uint32_t key, const void *src, size_t len)
{
	return of_node(ctx)->save(of_node(ctx)->ctx, key, src, len);
}

static int erase(void *ctx, uint32_t key)
{
	return of_node(ctx)->erase(of_node(ctx)->ctx, key);
}

static void wake(void *ctx)
{
	struct sim_device *d = ctx;
	d->woken = true;
	ble_node_wake(d->node);
}

static int refuse(struct ble_fault *fault, int err, const char *subject, const char *hint)
{
	if (fault)
		*fault = (struct ble_fault){ .err = err, .subject = subject, .max = -1, .hint = hint };
	return err;
}

static void release(struct sim_device *d)
{
	if (d->node)
		ble_world_remove(d->node);
	free(d->memory);
	free(d);
}

static int open_parts(struct sim_device *d, const struct ble_node_options *node, struct ble_options *o)
{
	d->node = ble_world_add(d->world, node);
	if (!d->node)
		return refuse(o->fault, BLE_ENOMEM, "node", "its options are out of range, or there is no memory");
	d->platform = (struct ble_platform){ .ctx = d, .random = fill, .wake = wake, .load = load, .save = save,
		.erase = erase, .crypto = of_node(d)->crypto };
	o->transport = ble_node_transport(d->node);
	o->platform = &d->platform;
	if (!o->memory) {
		o->memory_size = ble_memory(o);
		o->memory = d->memory = malloc(o->memory_size);
		if (!o->memory)
			return refuse(o->fault, BLE_ENOMEM, "memory", NULL);
	}
	int err = ble_init(&d->ble, o->memory, o->memory_size, o);
	if (err)
		return err;
	*ble_port(d->ble) = d;
	return ble_node_attach(d->node, &(struct ble_process){ .ctx = d, .run = run, .next_due = next_due });
}

int ble_world_open(struct ble_world *world, const struct ble_node_options *node, struct ble **ble,
	const struct ble_options *options)
{
	struct ble_options own = *options;
	struct sim_device *d = calloc(1, sizeof *d);
	*ble = NULL;
	if (!d)
		return refuse(options->fault, BLE_ENOMEM, "memory", NULL);
	d->world = world;
	int err = open_parts(d, node, &own);
	if (err) {
		release(d);
		return err;
	}
	*ble = d->ble;
	return 0;
}

struct ble_node *ble_world_node(struct ble *ble)
{
	return ((struct sim_device *)*ble_port(ble))->node;
}

void sim_device_drop(struct ble *ble)
{
	struct sim_device *d = *ble_port(ble);
	ble_end(ble);
	release(d);
}

static bool is_alone(void *ctx)
{
	return !ble_conn_next(ble_host(ctx), 0);
}

void ble_world_close(struct ble *ble)
{
	if (!ble)
		return;
	struct sim_device *d = *ble_port(ble);
	if (!is_alone(ble) && ble_disconnect(ble, 0) == 0)
		ble_world_run_while(d->world, ble_world_now(d->world) + FAREWELL_US, is_alone, ble);
	sim_device_drop(ble);
}
