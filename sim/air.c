/*
 * Who hears whom. A radio locks to the first packet whose preamble and access address reach it
 * whole: it must have been listening when the preamble began, on the same channel, PHY and access
 * address, strong enough, and nothing else on the channel may be within capture_db of it.
 *
 *      preamble  access address  header  payload  CRC
 *      |<-------- sync -------->|
 *      ^ lock is decided         ^ another packet that starts before here takes the lock away,
 *                                  after here it spoils the CRC
 *
 * Once locked, a radio is deaf to what comes later, however strong: it only gets a bad CRC by it.
 */
#include "sim/air.h"

#include <stdlib.h>

void air_init(struct air *a, struct clock *clock, const struct ble_world_options *options)
{
	a->clock = clock;
	a->loss_ppm = options->loss_ppm;
	a->capture_db = options->capture_db ? options->capture_db : 8;
	a->exponent_tenths =
		options->path_loss_exponent_tenths ? options->path_loss_exponent_tenths : 20;
	a->epoch_us = options->epoch_us;
	prng_seed(&a->prng, options->seed, 0);
}

void air_free(struct air *a)
{
	air_pool_free(a);
	free(a->faults);
}

/* Vol 6 Part B 2.1: preamble 1 octet (2 on 2M), access address 4, PDU, CRC 3. */
uint64_t air_time_ns(uint8_t phy, size_t pdu_len)
{
	return phy == BLE_PHY_2M ? (2 + 4 + pdu_len + 3) * 4000 : (1 + 4 + pdu_len + 3) * 8000;
}

uint64_t air_sync_ns(uint8_t phy)
{
	return phy == BLE_PHY_2M ? (2 + 4) * 4000 : (1 + 4) * 8000;
}

/* Something else on the channel that is not capture_db weaker than tx at r. */
static bool is_drowned(
	const struct air *a, const struct air_tx *tx, const struct radio *r, int rssi)
{
	for (const struct air_tx *u = a->on_air[tx->channel]; u; u = u->next)
		if (u != tx && rssi - air_rssi(a, u, r) < a->capture_db)
			return true;
	return false;
}

static void try_lock(struct air *a, struct radio *r, struct air_tx *tx, int8_t rssi)
{
	if (tx->access_address != r->op.access_address || tx->phy != r->op.phy)
		return;
	if (tx->unheard || rssi < AIR_SENSITIVITY_DBM || a->clock->now_ns > r->close_ns)
		return;
	if (is_drowned(a, tx, r, rssi)) {
		a->stats.collisions++;
		return;
	}
	if (a->loss_ppm && prng_below(&a->prng, 1000000) < a->loss_ppm) {
		a->stats.losses++;
		return;
	}
	uint8_t action = a->fault_count ? air_fault_strikes(a, tx, r->ev.node) : 0;
	if (action == BLE_FAULT_DROP || action == BLE_FAULT_JAM)
		return;
	tx->refs++;
	r->lock = tx;
	r->rssi_dbm = rssi;
	r->spoilt = action == BLE_FAULT_CORRUPT;
	radio_locked(r);
}

/* tx starts while r receives something else. */
static void interfere(struct air *a, struct radio *r, struct air_tx *tx, int8_t rssi)
{
	if (r->rssi_dbm - rssi >= a->capture_db)
		return;
	if (!r->spoilt)
		a->stats.collisions++;
	if (tx->start_ns >= r->lock->sync_ns) {
		r->spoilt = true;
		return;
	}
	struct air_tx *old = r->lock;
	r->lock = NULL;
	air_tx_unref(a, old);
	radio_unlocked(r);
	try_lock(a, r, tx, rssi);
}

void air_begin(struct air *a, struct air_tx *tx)
{
	uint64_t now = a->clock->now_ns;
	tx->air = a;
	tx->start_ns = now;
	tx->sync_ns = now + air_sync_ns(tx->phy);
	tx->end_ns = now + air_time_ns(tx->phy, tx->len);
	tx->on_air = true;
	a->stats.transmissions++;
	if (a->trace)
		air_trace_tx(a, tx);
	if (a->fault_count) {
		uint8_t action = air_fault_strikes(a, tx, 0);
		tx->unheard = action == BLE_FAULT_DROP || action == BLE_FAULT_JAM;
		tx->bad_crc |= action == BLE_FAULT_CORRUPT;
	}
	tx->next = a->on_air[tx->channel];
	tx->link = &a->on_air[tx->channel];
	if (tx->next)
		tx->next->link = &tx->next;
	a->on_air[tx->channel] = tx;
	/* Neither step below takes a radio off the channel: that waits for its event. */
	for (struct radio *r = a->listening[tx->channel]; r; r = r->next) {
		int8_t rssi = air_rssi(a, tx, r);
		if (r->lock)
			interfere(a, r, tx, rssi);
		else
			try_lock(a, r, tx, rssi);
	}
}

void air_end(struct air *a, struct air_tx *tx)
{
	if (a->clock->now_ns < tx->end_ns)
		tx->bad_crc = true;
	*tx->link = tx->next;
	if (tx->next)
		tx->next->link = tx->link;
	tx->on_air = false;
	tx->refs++; /* so that the pool takes it back in one place */
	air_tx_unref(a, tx);
}

void air_listen(struct air *a, struct radio *r)
{
	r->next = a->listening[r->op.channel];
	r->link = &a->listening[r->op.channel];
	if (r->next)
		r->next->link = &r->next;
	a->listening[r->op.channel] = r;
}

void air_leave(struct air *a, struct radio *r)
{
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	if (r->lock)
		air_tx_unref(a, r->lock);
	r->lock = NULL;
}
