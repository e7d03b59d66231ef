/*
 * The medium: packets on 40 channels, and the radios that listen to them.
 *
 * air_begin() puts a packet on its channel and lets every radio that listens there decide whether
 * it locks to it; air_end() takes it off. A radio that has locked keeps the packet (a reference)
 * until its end, whatever becomes of the sender. Everything is indexed by channel: what happens on
 * one costs nothing on the others. radio.c is the only user, apart from raw transmissions
 * (air_raw.c).
 */
#ifndef SIM_AIR_H
#define SIM_AIR_H

#include <ble/sim.h>

#include "sim/clock.h"
#include "sim/drift.h"
#include "sim/prng.h"

#define AIR_CHANNELS        40
#define AIR_ADV_ADDRESS     0x8e89bed6u /* Vol 6 Part B 2.1.2 */
#define AIR_T_IFS_NS        150000u     /* Vol 6 Part B 4.1.1 */
#define AIR_TURN_WINDOW_NS  2000u       /* on either side of T_IFS: Vol 6 Part B 4.2.1 */
#define AIR_SENSITIVITY_DBM (-95)
#define AIR_PDU_MAX         257 /* header and 255 octets */

/* Where somebody stands. */
struct air_place {
	double x_m, y_m;
};

/* A packet on the air. Belongs to the air; from its pool, back when it has ended and nobody is
 * locked to it. */
struct air_tx {
	struct air_tx *next, **link; /* on its channel, or in the pool */
	struct ev ev;                /* raw transmissions only: begins and ends by itself */
	struct air *air;
	uint64_t start_ns, sync_ns, end_ns; /* sync: the access address has been sent */
	struct air_place place;
	uint32_t access_address, crc_init;
	uint16_t node, refs, len;
	int8_t power_dbm;
	uint8_t channel, phy, flow;
	bool on_air;
	bool bad_crc; /* sent with a wrong CRC, cut off, or corrupted by a fault */
	bool unheard; /* a fault: nobody locks to it */
	uint8_t pdu[AIR_PDU_MAX];
};

enum radio_state {
	RADIO_IDLE,
	RADIO_POSTED, /* waits for its start */
	RADIO_LATE,   /* waits for telling so */
	RADIO_SENDING,
	RADIO_LISTENING, /* its window is open */
	RADIO_HANDLER,   /* the handler of a turn or of keep_open is running: no post */
};

/* One node's radio: the seam towards the link layer, and its place on the air. */
struct radio {
	struct ble_radio seam;
	struct ble_radio_caps caps;
	struct ev ev; /* the one thing this radio waits for */
	struct air *air;
	struct drift drift;
	struct air_place place;
	int8_t gain_db;
	uint8_t state;                  /* enum radio_state */
	bool turned;                    /* this operation came by T_IFS, not by post */
	uint8_t flow;                   /* whose voice this chain is: enum ble_trace_flow */
	struct ble_radio_op op;         /* the present one of the chain */
	uint64_t close_ns;              /* a packet may begin until then */
	struct air_tx *tx;              /* SENDING */
	struct air_tx *lock;            /* LISTENING: the packet being received */
	int8_t rssi_dbm;                /* of lock */
	bool spoilt;                    /* lock: its CRC will be wrong */
	struct radio *next, **link;     /* LISTENING: on its channel */
	void (*after)(struct radio *r); /* the link layer has been told something; may be NULL */
};

struct air_fault_slot {
	struct ble_air_fault f;
	uint32_t seen;
};

struct air {
	struct clock *clock;
	struct radio *listening[AIR_CHANNELS];
	struct air_tx *on_air[AIR_CHANNELS];
	struct air_tx *pool;
	struct air_tx **chunks; /* what the pool was allocated as */
	size_t chunk_count, tx_total;
	struct prng prng;
	uint32_t loss_ppm;
	uint8_t capture_db, exponent_tenths;
	struct air_fault_slot *faults;
	size_t fault_count, fault_cap;
	const struct ble_trace *trace;
	uint64_t epoch_us;
	struct ble_world_stats stats;
};

/* air.c */
void air_init(struct air *a, struct clock *clock, const struct ble_world_options *options);
void air_free(struct air *a);
/* Nanoseconds from the first bit of the preamble to the last of the CRC; pdu_len with its
 * header. */
uint64_t air_time_ns(uint8_t phy, size_t pdu_len);
/* ... to the last of the access address. */
uint64_t air_sync_ns(uint8_t phy);
/* tx is filled in up to power_dbm .. pdu; it starts now. */
void air_begin(struct air *a, struct air_tx *tx);
/* Takes tx off the air, now. Before its end: what was locked to it gets a bad CRC. */
void air_end(struct air *a, struct air_tx *tx);
/* The receiver's side: r has opened its window; it goes away, locked or not. */
void air_listen(struct air *a, struct radio *r);
void air_leave(struct air *a, struct radio *r);

/* air_pool.c: NULL when out of memory. */
struct air_tx *air_tx_get(struct air *a);
void air_tx_unref(struct air *a, struct air_tx *tx);
bool air_pool_reserve(struct air *a, size_t packets);
void air_pool_free(struct air *a);

/* air_path.c: received power, dBm. */
int8_t air_rssi(const struct air *a, const struct air_tx *tx, const struct radio *r);

/* air_fault.c: enum ble_fault_action that strikes tx, 0 none; to: the receiver, 0 when it is
 * asked for the air. */
uint8_t air_fault_strikes(struct air *a, const struct air_tx *tx, uint16_t to);

/* air_trace.c */
void air_trace_tx(const struct air *a, const struct air_tx *tx);

/* radio.c. What an operation waits for is decided there. */
void radio_init(struct radio *r, struct air *a, uint16_t node);
void radio_locked(struct radio *r);   /* r->lock is set */
void radio_unlocked(struct radio *r); /* ... is gone again: the window goes on */
/* Off the air without a word to anybody. */
void radio_silence(struct radio *r);

#endif
