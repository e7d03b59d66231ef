/*
 * The port for a program that lives in a world of sim.h: ble_open() is ble_world_open(), ble_run() lets the world's time pass.
 * A test enters a world, calls the program's main() (compiled with -Dmain=example_main), and the program ends when
 * ble_run() returns BLE_ECLOSED at the end of the scenario. One thread.
 */
#ifndef PORT_WORLD_H
#define PORT_WORLD_H

#include <ble/ble.h>
#include <ble/sim.h>

struct port_world {
	struct ble_world *world;
	struct ble_node_options node;  /* for each device that is opened */
	uint64_t end_us;               /* world time at which ble_run() says BLE_ECLOSED */
	bool (*over)(void *ctx);       /* optional: ends it before */
	void *ctx;                     /* of over */
	const struct ble_trace *trace; /* HCI of the devices; NULL: none */
};

/* Copies *port. */
void port_world_enter(const struct port_world *port);
/* Ends the devices that the program has left open, at once and without a farewell. The world stays. */
void port_world_leave(void);

#endif
