/* The resolving list: see resolve.h. Eight entries are walked; what was resolved once is remembered. */
#include "ll/ctlr.h"

#include <string.h>

#include "crypto/crypto.h"

int ll_resolve_find(const struct ll_resolve *r, uint8_t type, const uint8_t octets[6])
{
	for (int i = 0; i < r->count; i++)
		if (ll_addr_eq(&r->list[i].peer, type & 1, octets))
			return i;
	return -1;
}

static int resolve(const struct ble_ctlr *c, const uint8_t octets[6])
{
	const struct ll_resolve *r = &c->resolve;
	for (int i = 0; i < r->count; i++)
		if (r->list[i].has_peer_irk && crypto_resolves(c->platform->crypto, r->list[i].peer_irk, octets))
			return i;
	return -1;
}

static int resolve_cached(struct ble_ctlr *c, const uint8_t octets[6])
{
	struct ll_resolve *r = &c->resolve;
	for (unsigned i = 0; i < LL_RESOLVE_CACHE; i++)
		if (!memcmp(r->cache[i].octets, octets, 6))
			return r->cache[i].at;
	int at = resolve(c, octets);
	unsigned i = r->cache_next++ % LL_RESOLVE_CACHE;
	memcpy(r->cache[i].octets, octets, 6);
	r->cache[i].at = (int8_t)at;
	return at;
}

bool ll_resolve_who(struct ble_ctlr *c, bool random, const uint8_t octets[6], struct ll_who *who)
{
	const struct ll_resolve *r = &c->resolve;
	*who = (struct ll_who){ .id = { .type = random }, .at = -1 };
	memcpy(who->id.octets, octets, 6);
	if (!r->on)
		return true;
	if (random && crypto_is_resolvable(octets)) {
		who->at = (int8_t)resolve_cached(c, octets);
		who->resolved = who->at >= 0;
		if (who->resolved)
			who->id = r->list[who->at].peer;
		return true;
	}
	who->at = (int8_t)ll_resolve_find(r, random, octets);
	return who->at < 0 || r->list[who->at].device_mode || !r->list[who->at].has_peer_irk; /* 4.7 */
}

bool ll_resolve_is_private(const struct ble_ctlr *c, uint8_t type, int at)
{
	return type > BLE_ADDR_RANDOM && at >= 0 && c->resolve.list[at].has_local_irk;
}

/* All zero: it could not be made. */
static bool take(const uint8_t octets[6], struct ll_addr *out)
{
	static const uint8_t none[6];
	out->type = BLE_ADDR_RANDOM;
	memcpy(out->octets, octets, 6);
	return memcmp(octets, none, 6) != 0;
}

bool ll_resolve_own(const struct ble_ctlr *c, uint8_t type, int at, struct ll_addr *out)
{
	if (!ll_resolve_is_private(c, type, at))
		return ll_own_address(c, type & 1, out);
	return take(c->resolve.list[at].own, out);
}

bool ll_resolve_target(const struct ble_ctlr *c, int at, struct ll_addr *out)
{
	bool hides = at >= 0 && c->resolve.list[at].has_peer_irk;
	return !hides || take(c->resolve.list[at].target, out);
}

bool ll_resolve_is_us(const struct ble_ctlr *c, uint8_t type, const struct ll_addr *own, const struct ll_who *who, bool random,
	const uint8_t octets[6])
{
	if (c->resolve.on && ll_resolve_is_private(c, type, who->at))
		return random && crypto_resolves(c->platform->crypto, c->resolve.list[who->at].local_irk, octets);
	return ll_addr_eq(own, random, octets);
}

static void on_time(struct tmr *t)
{
	CONTAINER_OF(t, struct ll_resolve, timer)->stale = true;
}

void ll_resolve_changed(struct ble_ctlr *c)
{
	memset(c->resolve.cache, 0, sizeof c->resolve.cache);
	c->resolve.stale = true;
}

/* Without randomness there is no new address, and none is shown: all zero. */
static void make(struct ble_ctlr *c, bool wanted, const uint8_t irk[16], uint8_t address[6])
{
	if (!wanted || crypto_resolvable(c->platform, irk, address))
		memset(address, 0, 6);
}

void ll_resolve_refresh(struct ble_ctlr *c)
{
	struct ll_resolve *r = &c->resolve;
	if (!r->stale)
		return;
	r->stale = false;
	r->generation++;
	tmr_stop(&c->timers, &r->timer);
	for (unsigned i = 0; i < r->count; i++) {
		struct ll_identity *id = &r->list[i];
		make(c, id->has_local_irk, id->local_irk, id->own);
		make(c, id->has_peer_irk, id->peer_irk, id->target);
	}
	if (r->count)
		tmr_start(&c->timers, &r->timer, c->now_us + r->timeout_s * UINT64_C(1000000), on_time);
}

void ll_resolve_ready(struct ble_ctlr *c)
{
	const struct ll_act *act = c->sched.active;
	bool is_read = c->resolve.on && act && act->prio != LL_PRIO_CONN;
	if (!is_read)
		ll_resolve_refresh(c);
}

void ll_resolve_saw(struct ble_ctlr *c, int at, const uint8_t octets[6])
{
	if (at < 0 || at >= c->resolve.count)
		return;
	memcpy(c->resolve.list[at].seen, octets, 6);
}

void ll_resolve_reset(struct ble_ctlr *c)
{
	tmr_stop(&c->timers, &c->resolve.timer);
	crypto_wipe(&c->resolve, sizeof c->resolve);
	c->resolve.timeout_s = LL_RPA_TIMEOUT_S;
}
