/*
 * Hosts in a world, for straight-line scenarios: each verb is followed by pair_expect(), which lets the world run until
 * the peer's next event of a type, or fails the test at a deadline of simulated time.
 */
#ifndef TESTS_SIM_PAIR_KIT_H
#define TESTS_SIM_PAIR_KIT_H

#include <ble/adv.h>
#include <ble/client.h>
#include <ble/conn.h>
#include <ble/scan.h>
#include <ble/server.h>
#include <ble/sim.h>

struct pair_peer {
	struct ble_world *world;
	struct ble_node *node;
	struct ble_host *host;
	void *memory;
	/* Every event, before it is counted. May call verbs. */
	void (*hook)(struct pair_peer *peer, const struct ble_event *ev);
	void *ctx;
	ble_conn_id conn;            /* of the last BLE_EV_CONNECTED */
	uint8_t wanted;              /* event type */
	bool seen;
	struct ble_event event;      /* the wanted one; its pointers lead to data */
	uint8_t data[600];
	unsigned count[BLE_EV_COUNT];
};

/* A device with every part. */
void pair_add(struct pair_peer *peer, struct ble_world *world, const struct ble_node_options *node,
	const struct ble_host_config *host);
/* Asserts that every packet has come back, frees. */
void pair_free(struct pair_peer *peer);
struct ble_addr pair_address(const struct pair_peer *peer);
/* Runs until the next event of this type. */
const struct ble_event *pair_expect(struct pair_peer *peer, uint8_t type, uint32_t within_ms);
/* Connects central to peripheral, which must be advertising; ids are in .conn of both. */
void pair_connect(struct pair_peer *central, struct pair_peer *peripheral, const struct ble_conn_params *params);

#endif
