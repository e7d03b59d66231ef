/*
 * What attacks on keys are about: a device with a value for each level of security mode 1, and a peer that can pair, as
 * itself or as somebody else (tests/unit/host/peer.h). No GAP and GATT service: the value of level n is handle 4n - 1,
 * its configuration 4n.
 */
#ifndef TESTS_ATTACKS_GUARDED_H
#define TESTS_ATTACKS_GUARDED_H

#include "tests/unit/host/peer.h"

/* How a peer pairs, the weakest first. */
enum kind {
	NOBODY,      /* not at all */
	LEGACY_JUST, /* legacy, Just Works */
	SC_JUST,     /* Secure Connections, Just Works */
	LEGACY_USER, /* legacy, a passkey */
	SC_USER,     /* Secure Connections, a passkey */
	SC_SHORT,    /* the same, and a key of 7 octets */
	KINDS,
};

extern struct peer *p; /* the present one of two */
extern ble_conn_id id;
/* In every way and without a user, bonding, keys of 7 to 16 octets, so that the peer decides. */
extern const struct ble_pairing_params anyhow;
extern const struct ble_pairing_params only_just_works; /* bonding; else the defaults */

int guarded_setup(void **state);
/* The device begins anew; of its last life there is the store. */
void guarded_host(const struct ble_pairing_params *params);
/* The peer connects, by its identity; role: the device's. */
void guarded_connect(uint8_t role);
/* Whoever is the central begins. */
void guarded_pair(enum kind kind);
/* Sets the peer up for it. */
void guarded_be(enum kind kind);
/* A bond of such a kind from the beginning, and its peer has gone. The record as it is stored. */
struct peer_item guarded_bond(enum kind kind, uint8_t role, bool keep_bonded);
/* That is what is stored. */
bool is_kept(const struct peer_item *bond);
/* Another peer: another identity, another IRK, no keys. */
void guarded_stranger(uint8_t n);
struct smp_strength strength_of(enum kind kind);
/* The new one is worth no less in any respect. */
bool is_no_worse(enum kind now, enum kind before);
/* The next event of this type, those before it are passed over; fails when there is none. */
const struct ble_event *event(enum ble_event_type type);
bool has_event(enum ble_event_type type);
struct ble_security_info security(void);
/* The error that an ATT request is answered with; 0: none. */
uint8_t error_of(const void *pdu, size_t len);
/* An octet string anywhere in the memory of the host. */
bool is_in_host(const uint8_t *octets, size_t len);
/* What the store holds under a key; all zero: nothing. */
struct peer_item stored(uint32_t key);

#define VALUE(level) (uint8_t)(4 * (level) - 1)
#define CCCD(level) (uint8_t)(4 * (level))
#define ATTACK(id, fn) { id, fn, guarded_setup, NULL, NULL }

#endif
