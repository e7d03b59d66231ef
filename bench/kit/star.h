/*
 * A star: one central connected to so many peripherals, all with full hosts, in one world. Each peripheral has one
 * value that notifies; a peripheral that streams notifies whenever there is room for a packet.
 */
#ifndef BENCH_STAR_H
#define BENCH_STAR_H

#include <stdbool.h>
#include <stdint.h>

#include <ble/sim.h>

enum { STAR_VALUE = 244 }; /* octets of a notification: MTU 247 */

struct star;

/* The central, or a peripheral. */
struct star_end {
	struct star *star;
	struct ble_node *node;
	struct ble_host *host;
	void *arena;
	uint32_t conn; /* ble_conn_id; a peripheral's only, the central's last */
	bool is_central, streams, ready;
	unsigned up;   /* connections */
	uint64_t connected_us, subscribed_us, paired_us, notified_us; /* when it first was; the last: sent or received one */
	uint64_t notifications, octets; /* sent or received */
};

struct star {
	struct ble_world *world; /* the caller's */
	unsigned count;          /* of peripherals */
	uint32_t interval_us;    /* of the connections */
	uint8_t phy;             /* 1 or 2: what the controllers are told to prefer; 0: what the hosts do */
	bool subscribes;
	bool pairs;              /* the hosts can: ble_pairing */
	int16_t drift_ppm;       /* of the peripherals' clocks; the central's is perfect */
	double x_m, y_m;         /* where the central stands; the peripherals are within a metre */
	struct star_end central, *peripherals;
	bool encrypted;
	unsigned connected;      /* peripherals that are, subscribed to if that is wanted */
};

/* Adds all nodes, and lets the world run until all are connected. False: out of memory, or not within a minute each. */
bool star_open(struct star *s);
/* The central and its first peripheral, up to the instant at which the central's host is told of the connection. */
bool star_begin(struct star *s);
/* A peripheral that advertises as soon as it can; its host has just been started. */
bool star_add_peripheral(struct star *s, struct star_end *peripheral);
/* Releases hosts; nodes go with the world, which is freed before. */
void star_close(struct star *s);
/*
 * Encrypts the link between the central and its first peripheral, by a key that the controllers are told behind the
 * hosts' backs: these have no security part. False: it came to nothing.
 */
bool star_encrypt(struct star *s);
/* A peripheral notifies as much as it can, or no more. */
void star_stream(struct star_end *peripheral, bool on);

#endif
