/*
 * The resolving list: Vol 6 Part B 4.7, 6; Vol 4 Part E 7.8.38 to 7.8.45, 7.8.77. Who a peer's resolvable private address
 * belongs to, and which one we show to whom.
 *
 * Peers are resolved in the interrupt, inside T_IFS, with the cipher: of a chip one that is in hardware. While addresses
 * are resolved the main part changes the list only when nobody uses the radio for advertising, scanning or initiating,
 * which HCI demands of the host. The addresses that we show change between chains.
 */
#ifndef LL_RESOLVE_H
#define LL_RESOLVE_H

#include "base/tmr.h"
#include "ll/filter.h"

struct ble_ctlr;

enum { LL_RESOLVE_SIZE = 8, LL_RESOLVE_CACHE = 8, LL_RPA_TIMEOUT_S = 900 };

struct ll_identity {
	struct ll_addr peer;
	bool has_peer_irk, has_local_irk; /* zeroes are none */
	bool device_mode;                 /* else network privacy: 7.8.77 */
	uint8_t peer_irk[16], local_irk[16];
	uint8_t target[6], own[6]; /* made with them: to whom we advertise directly, and who we are */
	uint8_t seen[6];           /* the peer's last resolvable private address; all zero: not heard yet */
};

struct ll_resolve {
	struct ll_identity list[LL_RESOLVE_SIZE];
	uint8_t count;
	bool on;    /* what is received is resolved */
	bool stale; /* target and own are to be made anew */
	uint8_t generation; /* of target and own */
	uint16_t timeout_s;
	struct tmr timer;
	/* the interrupt's: addresses that were resolved, or in vain; all zero: an empty place */
	struct {
		uint8_t octets[6];
		int8_t at;
	} cache[LL_RESOLVE_CACHE];
	uint8_t cache_next;
};

/* Whom an address on the air belongs to. */
struct ll_who {
	struct ll_addr id; /* the identity; of who is in no entry the address itself */
	int8_t at;         /* the entry; -1: none */
	bool resolved;     /* the address was a private one */
};

void ll_resolve_reset(struct ble_ctlr *c);
/* The entry of an identity, -1: none. */
int ll_resolve_find(const struct ll_resolve *r, uint8_t type, const uint8_t octets[6]);
/* Both, any time: false: it is not to be listened to, as it hides behind private addresses (network privacy mode). */
bool ll_resolve_who(struct ble_ctlr *c, bool random, const uint8_t octets[6], struct ll_who *who);
/*
 * Own_Address_Type 0..3 towards the peer of an entry, or -1: 2 and 3 are the private address of the entry, and where it
 * has none as 0 and 1. False: there is no such address.
 */
bool ll_resolve_own(const struct ble_ctlr *c, uint8_t type, int at, struct ll_addr *out);
/* TargetA for the peer of an entry, whose identity is in *out: a private address of it if its key is there. False: none could
 * be made. */
bool ll_resolve_target(const struct ble_ctlr *c, int at, struct ll_addr *out);
/* Is it private, that is, the entry's? */
bool ll_resolve_is_private(const struct ble_ctlr *c, uint8_t type, int at);
/* TargetA of a directed advertisement of who: is it us, who go by Own_Address_Type, with `own` for who is in no entry? */
bool ll_resolve_is_us(const struct ble_ctlr *c, uint8_t type, const struct ll_addr *own, const struct ll_who *who, bool random,
	const uint8_t octets[6]);
/* Main part, no chain runs: new addresses if they are due; generation tells. */
void ll_resolve_refresh(struct ble_ctlr *c);
/* The same at any time, before something is begun: what a chain that runs may be reading stays, and is good. */
void ll_resolve_ready(struct ble_ctlr *c);
/* The list or the time has changed: new addresses from the next chain on. */
void ll_resolve_changed(struct ble_ctlr *c);
/* Main part: the peer of an entry was heard with this address. */
void ll_resolve_saw(struct ble_ctlr *c, int at, const uint8_t octets[6]);

#endif
