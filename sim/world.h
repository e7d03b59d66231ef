/*
 * A world and its nodes from inside. world.c runs the clock and keeps the list of nodes; node.c
 * makes one and runs its link layer and process; node_hci.c is its driver; node_platform.c its
 * randomness and its store; air_raw.c puts strangers' packets on the air.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim/air.h"

/* Room for identity and IRK, and for two records each of eight bonds and one more; nothing is allocated while a world runs. */
enum { STORE_ITEMS = 20, STORE_OCTETS = 192 };

struct store_item {
	uint32_t key;
	size_t len; /* 0: free */
	uint8_t data[STORE_OCTETS];
};

struct ble_node {
	struct radio radio;
	struct ble_world *world;
	struct ble_node *dead_next;
	struct ble_ctlr *ctlr;
	void *ctlr_memory;
	struct ev ctlr_ev, process_ev;
	bool raw; /* its radio is a test's: the link layer is not run */

	struct ble_process process; /* run NULL: none */

	/* the driver */
	struct ble_transport transport;
	bool open;
	struct ble_tx *tx_head, *tx_tail; /* what the controller had no room for */
	const uint8_t *ahead;             /* read to know that there is one, not yet taken */
	int ahead_len;
	const struct ble_trace *node_hci_trace;

	/* the platform */
	struct ble_platform platform, ctlr_platform;
	struct prng host_prng, ctlr_prng;
	struct store_item *store; /* STORE_ITEMS; NULL: there was no memory */
};

struct ble_world {
	struct clock clock;
	struct air air;
	uint64_t seed, born;     /* born: nodes ever added, the number of a stream of randomness */
	struct ble_node **nodes; /* by number; [0] is unused */
	size_t node_cap;
	uint16_t last_number;
	size_t node_count;
	struct ble_node *dead; /* removed, freed when no code of theirs can be running */
	unsigned depth;        /* of steps being run */
};

static inline uint64_t world_now_us(const struct ble_world *w)
{
	return w->clock.now_ns / 1000;
}

static inline uint64_t us_to_ns(uint64_t us)
{
	return us > UINT64_MAX / 1000 ? CLOCK_NEVER : us * 1000;
}

/* world.c: NULL when there is no such node. */
struct ble_node *world_node(const struct ble_world *w, uint16_t number);
/* node.c */
void node_free(struct ble_node *n);
void node_run_ctlr_now(struct ble_node *n);
/* Its process may be due before it said: its program has been called meanwhile. */
void node_ask_again(struct ble_node *n);
/* node_hci.c */
void node_hci_init(struct ble_node *n);
/* Gives queued packets to the controller; true if it took any. */
bool node_hci_offer(struct ble_node *n);
/* There is a packet for the host. */
bool node_hci_peek(struct ble_node *n);
/* Gives all packets back. */
void node_hci_drop(struct ble_node *n);
/* node_platform.c */
void platform_init(struct ble_node *n, uint64_t seed, uint64_t stream);
void platform_free(struct ble_node *n);

#endif
