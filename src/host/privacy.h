/*
 * Between the part ble_private and who has to tell the address on the air from the identity: hci.address is the former,
 * with which activities work and pairing reckons; the latter is what pairing distributes and ble_host_address() tells.
 */
#ifndef GLINT_HOST_PRIVACY_H
#define GLINT_HOST_PRIVACY_H

#include <ble/privacy.h>

#include "host/host.h"

struct host_privacy {
	struct hci_want want; /* first */
	struct ble_host *host;
	struct tmr timer; /* the next address is due */
	struct gap_pause paused;
	struct ble_addr identity;
	struct ble_addr next; /* what the controller is being told */
	uint64_t rotate_us;   /* 0: never */
	uint8_t kind;         /* enum ble_privacy_kind; 0: none, the identity */
	bool known;           /* identity is */
	bool stale;           /* the controller is to have another address */
	bool exposed;         /* there was no private address to be had, and the identity is not to be shown */
	uint8_t irk[16];      /* all zero: not read yet */
};

/* Who uses our own address. */
struct gap_users host_gap_users(const struct ble_host *h);

static inline struct host_privacy *privacy_of(const struct ble_host *h)
{
	return host_mem(host_room(h, &ble_private_room));
}

/* What the controller is known by, once it is up. */
static inline const struct ble_addr *host_identity(const struct ble_host *h)
{
	const struct host_privacy *p = host_room(h, &ble_private_room) ? privacy_of(h) : NULL;
	return p && p->known ? &p->identity : &h->hci.address;
}

#endif
