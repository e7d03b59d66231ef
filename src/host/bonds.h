/*
 * Bonds: the keys of peers, in memory and in the store. One record a bond, written whole and at once when a pairing is
 * complete; it carries a version and a CRC, so that what is read is what was written, or nothing.
 */
#ifndef GLINT_HOST_BONDS_H
#define GLINT_HOST_BONDS_H

#include <ble/platform.h>

#include "smp/smp.h"

struct host_bond {
	bool used;
	bool resolves; /* it says that it finds itself in advertising to its private addresses; security_kept.c has it stored */
	uint32_t age; /* the larger, the newer */
	struct ble_addr identity; /* or the address that it had */
	struct smp_strength strength;
	struct smp_keys theirs, ours;
	uint8_t heard[6]; /* its last resolvable private address, not in the store; all zero: none */
};

/* Addresses that have been resolved, or in vain: whoever advertises does so again. */
enum { BONDS_CACHE = 8 };
struct bonds_resolved {
	uint8_t address[6]; /* all zero: an empty place */
	int8_t bond;
};

struct host_bonds {
	const struct ble_platform *platform;
	uint8_t count;  /* slots */
	bool evict;     /* bonds without MITM protection make room for any new one: bond.h */
	uint32_t age;   /* of the newest */
	unsigned damaged; /* records that were not what had been written */
	struct host_bond *slots;
	uint8_t cache_next;
	struct bonds_resolved cache[BONDS_CACHE];
};

/* Of a record: CRC-32 of IEEE 802.3. */
uint32_t bonds_crc32(const uint8_t *p, size_t len);
/* Reads what there is. */
void bonds_load(struct host_bonds *b);
/* It may come with private addresses. */
bool bonds_has_irk(const struct host_bond *bond);
/* The index of a bond, -1: none. By its identity; by the address that a connection or an advertiser has. */
int bonds_by_identity(const struct host_bonds *b, const struct ble_addr *identity);
int bonds_by_address(struct host_bonds *b, const struct ble_crypto *crypto, const struct ble_addr *address);
/*
 * Keeps it, in place of the one of the same identity, in a free slot, or, if it is authenticated or b->evict says so, in
 * place of the oldest of those that are not authenticated and that `busy` does not name. The index; BLE_ENOMEM: there is
 * no such; BLE_EIO: the store failed, all is as before.
 */
int bonds_keep(struct host_bonds *b, struct host_bond *bond, bool (*busy)(void *ctx, unsigned index), void *ctx);
/* Forgets it. 0, or BLE_EIO: it may come back after a restart. */
int bonds_drop(struct host_bonds *b, unsigned index);
/* Our identity resolving key: the one of old, else a new one, kept if the platform can. False: what was kept is damaged. */
bool bonds_irk(const struct ble_platform *p, uint8_t irk[16]);

#endif
