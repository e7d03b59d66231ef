/*
 * ble_open(), ble_run(), ble_fd() and ble_close() over a world: devices of ports/sim, whose loops the world runs.
 * ble_run() only lets time pass, so all nodes of the world live meanwhile.
 */
#include "ports/world/world.h"

#include "ports/sim/device.h"

static struct port_world here;
static struct sim_device *first;

int ble_open(struct ble **ble, const struct ble_options *options)
{
	*ble = NULL;
	if (!here.world) {
		if (options->fault)
			*options->fault = (struct ble_fault){ .err = BLE_ECLOSED, .subject = "world", .max = -1,
				.hint = "the program has entered none: port_world_enter()" };
		return BLE_ECLOSED;
	}
	int err = ble_world_open(here.world, &here.node, ble, options);
	if (err)
		return err;
	struct sim_device *d = *ble_port(*ble);
	ble_node_trace(d->node, here.trace);
	d->next = first;
	first = d;
	return 0;
}

static bool is_over(void *ctx)
{
	(void)ctx;
	return here.over && here.over(here.ctx);
}

/* The scenario is over, or somebody has called ble_wake(). */
static bool is_enough(void *ctx)
{
	return ((struct sim_device *)ctx)->woken || is_over(NULL);
}

int ble_run(struct ble *ble, uint32_t ms)
{
	struct sim_device *d = *ble_port(ble);
	uint64_t now = ble_world_now(here.world);
	if (now >= here.end_us || is_over(NULL))
		return BLE_ECLOSED;
	int err = ble_process(ble, now); /* refuses what a callback, or a program before ble_start(), may not do */
	if (err)
		return err;
	uint64_t left = here.end_us - now;
	bool to_the_end = ms == BLE_FOREVER || (uint64_t)ms * 1000 > left;
	uint64_t pass = to_the_end ? left : (uint64_t)ms * 1000;
	bool enough = d->woken || ble_world_run_while(here.world, now + pass, is_enough, d);
	if (!enough)
		return to_the_end ? BLE_ECLOSED : 0;
	bool woken = d->woken;
	d->woken = false;
	return woken ? ble_process(ble, ble_world_now(here.world)) : BLE_ECLOSED;
}

int ble_fd(struct ble *ble)
{
	(void)ble;
	return -1;
}

static void forget(const struct sim_device *d)
{
	struct sim_device **at = &first;
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
}

void ble_close(struct ble *ble)
{
	if (!ble)
		return;
	forget(*ble_port(ble));
	ble_world_close(ble);
}

void port_world_enter(const struct port_world *port)
{
	here = *port;
}

void port_world_leave(void)
{
	while (first) {
		struct ble *ble = first->ble;
		first = first->next;
		sim_device_drop(ble);
	}
	here = (struct port_world){ 0 };
}
