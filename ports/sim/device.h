/* A device of ble.h in a world: what sim.h's ble_world_open() makes, and ports/world builds on. */
#ifndef PORT_SIM_DEVICE_H
#define PORT_SIM_DEVICE_H

#include <ble/ble.h>
#include <ble/sim.h>

struct sim_device {
	struct ble *ble;
	struct ble_world *world;
	struct ble_node *node;
	void *memory;                 /* ours to free, or NULL */
	struct ble_platform platform; /* the node's, but for wake */
	bool woken;                   /* by ble_wake(), since whoever waits for it has looked */
	struct sim_device *next;      /* ports/world: the devices of its program */
};

/* What ble_world_close() does, without a farewell: time stands still. */
void sim_device_drop(struct ble *ble);

#endif
