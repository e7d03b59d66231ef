/*
 * Where the events of a new connection go, as central: far from those of all others. Two periodic
 * events with intervals a and b come as near to each other as their distance modulo gcd(a, b) says.
 */
#include "ll/ctlr.h"

#define CANDIDATES 64

static uint32_t gcd(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t r = a % b;
		a = b;
		b = r;
	}
	return a;
}

/* How near events at at_us, at_us + interval_us ... ever come to those of k. */
static uint32_t distance(const struct ll_conn *k, uint64_t at_us, uint32_t interval_us)
{
	uint32_t g = gcd(interval_us, k->interval_us);
	uint64_t apart =
		at_us > k->act.start_us ? at_us - k->act.start_us : k->act.start_us - at_us;
	uint32_t d = (uint32_t)(apart % g);
	return d < g - d ? d : g - d;
}

static uint32_t nearest(
	const struct ble_ctlr *c, const struct ll_conn *self, uint64_t at_us, uint32_t interval_us)
{
	uint32_t near = UINT32_MAX;
	for (unsigned i = 0; i < c->conn_count; i++) {
		const struct ll_conn *k = &c->conns[i];
		if (k == self || k->state != LL_CONN_OPEN)
			continue;
		uint32_t d = distance(k, at_us, interval_us);
		near = d < near ? d : near;
	}
	return near;
}

uint64_t ll_place(const struct ble_ctlr *c, const struct ll_conn *self, uint64_t from_us,
	uint32_t interval_us)
{
	uint32_t steps = interval_us / LL_UNIT_US;
	uint32_t stride = (steps + CANDIDATES - 1) / CANDIDATES * LL_UNIT_US;
	uint64_t best_us = from_us;
	uint32_t best = 0;
	for (uint32_t off = 0; off < interval_us; off += stride) {
		uint32_t d = nearest(c, self, from_us + off, interval_us);
		if (d <= best)
			continue;
		best = d;
		best_us = from_us + off;
		if (d == UINT32_MAX)
			break; /* nobody else is there */
	}
	return best_us;
}

uint16_t ll_pick_interval(
	const struct ble_ctlr *c, const struct ll_conn *self, uint16_t min, uint16_t max)
{
	for (unsigned i = 0; i < c->conn_count; i++) {
		const struct ll_conn *k = &c->conns[i];
		uint32_t interval = k->interval_us / LL_UNIT_US;
		if (k != self && k->state == LL_CONN_OPEN && interval >= min && interval <= max)
			return (uint16_t)interval;
	}
	return max;
}
