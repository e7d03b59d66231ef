/*
 * Connections come and go: slots, handles, what a CONNECT_IND says, and what the host is told at
 * the end. A slot is free again when the host has been told; its next handle differs in the
 * generation, so late packets for the old connection find nothing.
 */
#include "ll/ctlr.h"

#include <string.h>

#define GENERATIONS 15 /* index | generation << 8 stays below 0x0F00 */

struct ll_conn *ll_conn_free_slot(struct ble_ctlr *c)
{
	for (unsigned i = 0; i < c->conn_count; i++)
		if (c->conns[i].state == LL_CONN_FREE)
			return &c->conns[i];
	return NULL;
}

struct ll_conn *ll_conn_by_handle(struct ble_ctlr *c, uint16_t handle)
{
	unsigned i = handle & 0xFF;
	struct ll_conn *k = i < c->conn_count ? &c->conns[i] : NULL;
	return k && k->state == LL_CONN_OPEN && k->handle == handle ? k : NULL;
}

static bool is_same(const struct ll_parties *a, const struct ll_parties *b)
{
	if (!ll_addr_eq(&a->id, b->id.type, b->id.octets))
		return false;
	return a->own_private || b->own_private || ll_addr_eq(&a->own, b->own.type, b->own.octets);
}

struct ll_conn *ll_conn_between(struct ble_ctlr *c, const struct ll_parties *with)
{
	for (unsigned i = 0; i < c->conn_count; i++)
		if (c->conns[i].state == LL_CONN_OPEN && is_same(with, &c->conns[i].with))
			return &c->conns[i];
	return NULL;
}

void ll_parties_know(struct ble_ctlr *c, struct ll_parties *with, int at, bool resolved)
{
	with->resolved = resolved && at >= 0 && at < c->resolve.count;
	with->id = with->resolved ? c->resolve.list[at].peer : with->peer;
	if (with->resolved)
		ll_resolve_saw(c, at, with->peer.octets);
}

void ll_conn_use_map(struct ll_conn *k, const uint8_t map[5])
{
	memcpy(k->map, map, 5);
	k->map[4] &= 0x1F; /* the rest is reserved */
	k->used = (uint8_t)ll_channels_used(k->map);
}

void ll_conn_news(struct ble_ctlr *c, struct ll_conn *k, enum ll_conn_news news, uint8_t status)
{
	k->news = (uint16_t)(k->news | 1u << news);
	k->news_status[news] = status;
	c->has_news = true;
}

static void clear(struct ll_conn *k)
{
	struct ring ctrl = k->ctrl, acl = k->acl;
	uint8_t index = k->index, generation = (uint8_t)((k->generation + 1) % GENERATIONS);
	crypto_wipe(k, sizeof *k); /* keys as well */
	k->index = index;
	k->generation = generation;
	k->handle = (uint16_t)(index | generation << 8);
	ring_init(&k->ctrl, ctrl.mem, ctrl.elem, ctrl.count);
	ring_init(&k->acl, acl.mem, acl.elem, acl.count);
	atomic_init(&k->ctrl_processed, 0);
	atomic_init(&k->tx_limit, LL_DATA_PAYLOAD_MIN);
}

static void open(struct ble_ctlr *c, struct ll_conn *k, const struct ll_connect_ind *ind, const struct ll_parties *with,
	uint64_t ind_end_us)
{
	clear(k);
	k->state = LL_CONN_OPEN;
	k->act = (struct ll_act){ .ops = &ll_conn_ops, .prio = LL_PRIO_CONN };
	k->with = *with;
	k->access_address = ind->aa;
	k->crc_init = ind->crc_init;
	ll_conn_use_map(k, ind->ch_m);
	k->hop = ind->hop;
	k->unmapped = ind->hop; /* of event 0: 4.5.8.2 begins at 0 and adds the hop first */
	k->payload_timeout = LL_PAYLOAD_TIMEOUT;
	k->interval = ind->interval;
	k->interval_us = ind->interval * (uint32_t)LL_UNIT_US;
	k->latency = ind->latency;
	k->timeout = ind->timeout;
	k->synced_us = ind_end_us;
	k->tx_phy = k->rx_phy = LL_PHY_1M;
	ll_conn_news(c, k, LL_NEWS_COMPLETE, HCI_ERR_SUCCESS);
}

void ll_conn_open_peripheral(struct ble_ctlr *c, struct ll_conn *k, const struct ll_connect_ind *ind,
	const struct ll_parties *with, uint64_t ind_end_us)
{
	open(c, k, ind, with, ind_end_us);
	k->role = HCI_ROLE_PERIPHERAL;
	k->sca = ind->sca;
	k->ppm = (uint32_t)ll_ppm_of_sca(ind->sca) + c->radio->caps->sca_ppm;
	k->anchor_us = ind_end_us + LL_WINDOW_DELAY_US + ind->win_offset * (uint32_t)LL_UNIT_US;
	k->window_us = ind->win_size * (uint32_t)LL_UNIT_US;
	llcp_open(c, k);
	ll_conn_plan_first(c, k);
}

void ll_conn_open_central(struct ble_ctlr *c, struct ll_conn *k, const struct ll_connect_ind *ind,
	const struct ll_parties *with, uint64_t ind_end_us, uint64_t anchor_us)
{
	open(c, k, ind, with, ind_end_us);
	k->role = HCI_ROLE_CENTRAL;
	k->anchor_us = anchor_us;
	llcp_open(c, k);
	ll_conn_plan_first(c, k);
}

void ll_conn_close(struct ble_ctlr *c, struct ll_conn *k, uint8_t reason)
{
	if (k->state != LL_CONN_OPEN)
		return;
	k->state = LL_CONN_CLOSED;
	k->reason = reason;
	ll_sched_drop(c, &k->act);
	crypto_wipe(&k->crypt, sizeof k->crypt);
	tmr_stop(&c->timers, &k->supervision);
	llcp_close(c, k, reason);
	crypto_wipe(k->llcp.enc.ltk, sizeof k->llcp.enc.ltk); /* one that was still waiting for its procedure */
	ll_acl_drop_all(c, k);
	ll_conn_news(c, k, LL_NEWS_CLOSED, reason);
}

void ll_conn_free(struct ble_ctlr *c, struct ll_conn *k)
{
	ll_conn_close(c, k, 0);
	k->news = 0;
	k->state = LL_CONN_FREE;
}
