/*
 * The simulated air: one radio medium, a link layer per node, a virtual clock. In one process and deterministic: two
 * worlds with the same seed and the same calls give the same trace, byte for byte (docs/TIME.md has the order of ties).
 * sim/FIDELITY.md numbers what is not modelled. Not freestanding: uses the heap.
 */
#ifndef BLE_SIM_H
#define BLE_SIM_H

#include <ble/controller.h>
#include <ble/err.h>
#include <ble/platform.h>
#include <ble/trace.h>
#include <ble/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ble_world;
struct ble_node;

/* A world. All zero: nothing is lost, and the seed is 0. */
struct ble_world_options {
	uint64_t seed;
	uint64_t epoch_us;          /* trace time of world time 0 (microseconds since 1970) */
	uint32_t loss_ppm;          /* random loss of every packet at every receiver, 0..1000000 */
	uint8_t capture_db;         /* the stronger of two colliding packets survives from this difference on; 0: 8 */
	uint8_t path_loss_exponent_tenths; /* 0: 20 (free space) */
};

/* NULL when out of memory. */
BLE_API struct ble_world *ble_world_new(const struct ble_world_options *options);
/* With all its nodes. NULL is fine. */
BLE_API void ble_world_free(struct ble_world *world);

/* Host time of everything in this world, microseconds since it began. */
BLE_API uint64_t ble_world_now(const struct ble_world *world);

/* A device of a world. All zero: in the middle, with a perfect clock. */
struct ble_node_options {
	const char *name;            /* a word in the air's trace, NULL: none */
	double x_m, y_m;             /* metres, within 10^9 of the middle */
	int16_t drift_ppm;           /* true error of its clock, -500..500 */
	uint16_t sca_ppm;            /* what it claims; 0: 50; ..500 */
	int8_t tx_power_dbm;         /* added to the power that its link layer asks for */
	struct ble_ctlr_config ctlr; /* radio and platform are filled in; public address 0: made from the node's number */
};

/* A device with a link layer and nothing above it. NULL when out of memory or options are out of range. */
BLE_API struct ble_node *ble_world_add(struct ble_world *world, const struct ble_node_options *options);
/* Takes it off the air at once. The transport and platform of the node are gone with it. */
BLE_API void ble_world_remove(struct ble_node *node);
/* From the next packet on. */
BLE_API void ble_node_move(struct ble_node *node, double x_m, double y_m);
BLE_API uint16_t ble_node_number(const struct ble_node *node); /* from 1 */

/* The controller of this node. */
BLE_API struct ble_ctlr *ble_node_ctlr(struct ble_node *node);
/* The in-process driver of this node's controller; owned by the node. The controller runs after flush(). Do not mix it
 * with ble_ctlr_hci_read(): one packet is read ahead while it is open. */
BLE_API struct ble_transport *ble_node_transport(struct ble_node *node);
/* Deterministic randomness from the world's seed, and a store in memory; owned by the node. */
BLE_API const struct ble_platform *ble_node_platform(struct ble_node *node);
/* Radios without a link layer, for raw scripts: the same node's radio. Only before its controller has been used. */
BLE_API struct ble_radio *ble_node_radio(struct ble_node *node);

/* Something that lives in the world: a host, a program, a socket endpoint. `run` is called when its controller has
 * packets for it or `next_due` has come; both are asked again after each run. */
struct ble_process {
	void *ctx;
	void (*run)(void *ctx, uint64_t now_us);
	uint64_t (*next_due)(void *ctx);
};
/* Copies *process; its first run is at the present instant. One a node: BLE_EEXIST; NULL detaches. A process whose
 * node's transport is not open is run after every run of the controller, as nobody else can tell if it has a packet. */
BLE_API int ble_node_attach(struct ble_node *node, const struct ble_process *process);
/* Says that the process of a node wants to run now. Not needed between two runs of the world: what is due is asked again
 * when time is let pass. */
BLE_API void ble_node_wake(struct ble_node *node);
/* Says that hci_write or hci_read was used on the node's controller from outside: runs it at the present instant. */
BLE_API void ble_node_kick(struct ble_node *node);

struct ble;
struct ble_options;
/*
 * A device of ble.h in the world, with its node and its loop: ble_init() over the node's transport and platform, in
 * memory of its own unless the options bring some. Nothing more is to be done than to let time pass. node NULL: all zero.
 * *ble is NULL on error: what ble_init() refuses; BLE_ENOMEM, also for options of the node that are out of range.
 */
BLE_API int ble_world_open(struct ble_world *world, const struct ble_node_options *node, struct ble **ble,
                           const struct ble_options *options);
/* Says farewell to its peers, for which time passes, at most a second; stops; releases, the node too. Before
 * ble_world_free(), and not inside a run of the world. NULL is fine. */
BLE_API void ble_world_close(struct ble *ble);
/* The node of such a device. */
BLE_API struct ble_node *ble_world_node(struct ble *ble);

/* Runs until nothing is due at or before until_us; the clock then stands at until_us. */
BLE_API void ble_world_run_until(struct ble_world *world, uint64_t until_us);
/* Runs until stop(ctx) says true (asked after every step) or until_us; true if it stopped. */
BLE_API bool ble_world_run_while(struct ble_world *world, uint64_t until_us, bool (*stop)(void *ctx), void *ctx);
/* The time of the next thing that will happen; BLE_NEVER. */
BLE_API uint64_t ble_world_next_due(const struct ble_world *world);

/* A scripted fault. Zero members match everything. The first fault in order of addition that matches and has not
 * used up its count acts. Without `to` a fault strikes the packet, counted once whether or not anybody listens; with
 * `to` it strikes one reception, counted when that node would receive. DROP: not heard. CORRUPT: bad CRC. */
enum ble_fault_action { BLE_FAULT_DROP = 1, BLE_FAULT_CORRUPT, BLE_FAULT_JAM };
/* Which packets a fault strikes. */
enum ble_fault_pdu {
	BLE_FAULT_ANY = 0,
	BLE_FAULT_ADV,     /* advertising channel PDU; type: its type + 1, or 0 for any */
	BLE_FAULT_DATA,    /* data PDU, LLID 1 or 2; type: LLID */
	BLE_FAULT_CONTROL, /* LL control PDU; type: opcode + 1, or 0 for any */
};
/* One scripted fault; what holds for all is said at enum ble_fault_action. */
struct ble_air_fault {
	/* enum ble_fault_action; JAM: the channel is noise, whoever sends: what overlaps begin..end is not heard, and
	 * from, pdu, type must be 0 */
	uint8_t action;
	uint8_t pdu;    /* enum ble_fault_pdu */
	uint8_t type;           /* as pdu says */
	uint8_t channel_plus_1; /* channel index + 1; 0: any */
	uint16_t from, to;          /* node numbers */
	uint64_t begin_us, end_us;  /* 0: since ever, for ever */
	uint32_t skip, count;       /* passes over `skip` matches, then acts `count` times; 0: always */
};
/* 0, BLE_EINVAL, BLE_ENOMEM. */
BLE_API int ble_world_fault(struct ble_world *world, const struct ble_air_fault *fault);
/* Forgets all faults. */
BLE_API void ble_world_clear_faults(struct ble_world *world);

/* Air PDUs of all nodes, once per transmission; HCI packets of one node. NULL: none. The sink outlives the world. */
BLE_API void ble_world_trace(struct ble_world *world, const struct ble_trace *air);
BLE_API void ble_node_trace(struct ble_node *node, const struct ble_trace *hci);

/* A transmission put on the air by a test, as a stranger would: PDU (header, payload) with its CRC, right or wrong. */
struct ble_air_raw {
	uint16_t node; /* who seems to send; its position and power hold */
	uint8_t channel, phy;
	uint32_t access_address, crc_init;
	uint64_t start_us; /* world time, not before now */
	const uint8_t *pdu;
	uint16_t len;
	bool bad_crc;
};
/* Copied. A length other than the header's is sent, and received with a bad CRC. 0; BLE_EINVAL: channel, PHY, time, less
 * than two octets; BLE_ETOOBIG: over 257; BLE_ENOENT: no such node; BLE_ENOMEM. */
BLE_API int ble_world_transmit(struct ble_world *world, const struct ble_air_raw *raw);

/* Counted since the world began, over all nodes. */
struct ble_world_stats {
	/* receptions: with a good CRC; collisions: packets spoilt or hidden at a receiver */
	uint64_t transmissions, receptions, collisions, losses, faults;
};
BLE_API void ble_world_stats(const struct ble_world *world, struct ble_world_stats *out);

#ifdef __cplusplus
}
#endif

#endif
