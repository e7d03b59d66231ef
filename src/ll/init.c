/*
 * From LE Create Connection to a CONNECT_IND on the air: parameters, the place among the other
 * connections, and what becomes of it. From the moment it has been sent there is a connection,
 * whether or not the peer heard it: that shows within six intervals.
 */
#include "ll/ctlr.h"

#include <string.h>

#define WIN_SIZE 1 /* the anchor is known to the microsecond */

static bool is_in_use(const struct ble_ctlr *c, uint32_t aa)
{
	for (unsigned i = 0; i < c->conn_count; i++)
		if (c->conns[i].state == LL_CONN_OPEN && c->conns[i].access_address == aa)
			return true;
	return false;
}

static uint32_t access_address(struct ble_ctlr *c)
{
	uint32_t aa;
	do
		c->platform->random(c->platform->ctx, &aa, sizeof aa);
	while (!ll_access_address_valid(aa) || is_in_use(c, aa)); /* 2.1.2 */
	return aa;
}

/* Who we are towards the peer that the host has named. False: we have no such address. */
static bool take_own(struct ble_ctlr *c)
{
	struct ll_init *in = &c->init;
	int at = in->by_list ? -1 : ll_resolve_find(&c->resolve, in->peer.type, in->peer.octets);
	in->with.own_private = ll_resolve_is_private(c, in->own_type, at);
	return ll_resolve_own(c, in->own_type, at, &in->own);
}

/* Before each piece of a window: where among the other connections the first event should be. */
static void choose_place(struct ble_ctlr *c)
{
	struct ll_init *in = &c->init;
	ll_resolve_refresh(c);
	(void)take_own(c); /* none: it stays as it was */
	in->place_us = ll_place(c, in->conn, in->listen.act.start_us, in->interval_us);
}

/* The chain is over: has a CONNECT_IND been sent? */
static bool is_done(struct ble_ctlr *c)
{
	struct ll_init *in = &c->init;
	if (in->state != LL_INIT_SENT)
		return false;
	in->state = LL_INIT_OFF;
	ll_parties_know(c, &in->with, in->at, in->resolved);
	ll_conn_open_central(c, in->conn, &in->ind, &in->with, in->sent_us, in->anchor_us);
	return true;
}

static void make_ind(struct ble_ctlr *c, const struct hci_cmd_le_create_connection *cmd)
{
	struct ll_init *in = &c->init;
	uint8_t random[4];
	c->platform->random(c->platform->ctx, random, sizeof random);
	uint16_t interval = ll_pick_interval(
		c, in->conn, cmd->connection_interval_min, cmd->connection_interval_max);
	in->interval_us = interval * (uint32_t)LL_UNIT_US;
	in->ind = (struct ll_connect_ind){
		.aa = access_address(c),
		.crc_init = le24_get(random),
		.win_size = WIN_SIZE,
		.interval = interval,
		.latency = cmd->max_latency,
		.timeout = cmd->supervision_timeout,
		.hop = (uint8_t)(5 + random[3] % 12), /* 5..16 */
		.sca = ll_sca_of_ppm(c->radio->caps->sca_ppm),
	};
	memcpy(in->ind.ch_m, c->host_channels, 5);
}

/* Types 2 and 3 are resolvable private addresses, ours and identities of peers: 7.8.12 */
static bool is_valid(const struct ble_ctlr *c, const struct hci_cmd_le_create_connection *cmd)
{
	uint8_t most = c->platform->crypto ? BLE_ADDR_RANDOM_IDENTITY : BLE_ADDR_RANDOM;
	return cmd->le_scan_interval >= 4 && cmd->le_scan_interval <= 0x4000 &&
		cmd->le_scan_window >= 4 && cmd->le_scan_window <= cmd->le_scan_interval &&
		cmd->initiator_filter_policy <= 1 &&
		(cmd->initiator_filter_policy || cmd->peer_address_type <= most) && cmd->own_address_type <= most &&
		cmd->connection_interval_min >= 6 &&
		cmd->connection_interval_min <= cmd->connection_interval_max &&
		cmd->min_ce_length <= cmd->max_ce_length &&
		ll_params_valid(
			cmd->connection_interval_max, cmd->max_latency, cmd->supervision_timeout);
}

uint8_t ll_init_start(struct ble_ctlr *c, const struct hci_cmd_le_create_connection *cmd)
{
	struct ll_init *in = &c->init;
	if (in->state != LL_INIT_OFF)
		return HCI_ERR_COMMAND_DISALLOWED;
	if (!is_valid(c, cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	in->by_list = cmd->initiator_filter_policy;
	in->own_type = cmd->own_address_type;
	in->peer.type = cmd->peer_address_type & 1;
	memcpy(in->peer.octets, cmd->peer_address, 6);
	ll_resolve_ready(c);
	if (!take_own(c))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_parties with = { .own = in->own, .peer = in->peer, .id = in->peer, .own_private = in->with.own_private };
	if (!in->by_list && ll_conn_between(c, &with))
		return HCI_ERR_CONNECTION_ALREADY_EXISTS;
	in->conn = ll_conn_free_slot(c);
	if (!in->conn)
		return HCI_ERR_CONNECTION_LIMIT_EXCEEDED;
	in->conn->state = LL_CONN_PROMISED;
	make_ind(c, cmd);
	in->state = LL_INIT_ON;
	in->listen = (struct ll_listen){
		.on = ll_init_isr,
		.before = choose_place,
		.done = is_done,
		.answers = true,
	};
	ll_listen_start(c, &in->listen, cmd->le_scan_interval, cmd->le_scan_window);
	return HCI_ERR_SUCCESS;
}

uint8_t ll_init_cancel(struct ble_ctlr *c)
{
	struct ll_init *in = &c->init;
	if (in->state == LL_INIT_OFF)
		return HCI_ERR_COMMAND_DISALLOWED;
	ll_listen_stop(c, &in->listen);
	if (is_done(c))
		return HCI_ERR_COMMAND_DISALLOWED; /* it had been sent this instant */
	ll_init_reset(c);
	c->init_cancelled = true; /* LE Connection Complete with 0x02 follows */
	return HCI_ERR_SUCCESS;
}

void ll_init_reset(struct ble_ctlr *c)
{
	struct ll_init *in = &c->init;
	if (in->state == LL_INIT_OFF)
		return;
	ll_listen_stop(c, &in->listen);
	in->conn->state = LL_CONN_FREE;
	in->state = LL_INIT_OFF;
}
