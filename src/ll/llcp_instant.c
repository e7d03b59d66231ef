/*
 * What the procedures with an instant have in common, Vol 6 Part B 5.3 and 5.5: channel map, connection update,
 * connection parameters request and PHY update. At most one of them is under way, because each of them is
 * incompatible with the others and with itself. When both sides begin one at once, the central's goes on: it rejects
 * the peripheral's, which takes part in the central's meanwhile and learns of the rejection.
 *
 * An instant is a connection event, and both sides obey before they plan it. One that has passed when we hear of it
 * ends the connection: nobody can know by which rules the peer plays now.
 */
#include "ll/ctlr.h"

static llcp_apply_fn *const apply[LLCP_PROCS] = {
	[LLCP_CHANNEL_MAP] = llcp_channel_map_apply,
	[LLCP_CONN_UPDATE] = llcp_conn_update_apply,
	[LLCP_PHY] = llcp_phy_apply,
};

static bool has_instant(uint8_t id)
{
	return id >= LLCP_CHANNEL_MAP && id < LLCP_PROCS;
}

/* A connection update is what a parameter request asks for. */
static bool same_kind(uint8_t a, uint8_t b)
{
	bool params = (a == LLCP_CONN_UPDATE || a == LLCP_CONN_PARAM) && (b == LLCP_CONN_UPDATE || b == LLCP_CONN_PARAM);
	return a == b || params;
}

/* What stands in the way of the peer's procedure; LLCP_NONE: nothing. */
static uint8_t obstacle(const struct ll_conn *k)
{
	const struct llcp *l = &k->llcp;
	if (l->peers != LLCP_NONE)
		return l->peers; /* it has not ended, and the peer ought to know */
	if (l->due != LLCP_NONE)
		return l->due;
	bool yields = k->role == HCI_ROLE_PERIPHERAL;
	return has_instant(l->running) && !yields ? l->running : LLCP_NONE;
}

bool llcp_peer_begins(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id, uint8_t opcode)
{
	uint8_t in_the_way = obstacle(k);
	if (in_the_way == LLCP_NONE) {
		k->llcp.peers = (uint8_t)id;
		return true;
	}
	llcp_reject(c, k, opcode,
		same_kind(in_the_way, (uint8_t)id) ? HCI_ERR_LL_PROCEDURE_COLLISION
						    : HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
	return false;
}

static void on_nothing(struct tmr *t)
{
	struct ll_conn *k = CONTAINER_OF(t, struct ll_conn, llcp.owed);
	ll_conn_close(k->llcp.ctlr, k, HCI_ERR_LL_RESPONSE_TIMEOUT);
}

void llcp_peer_owes(struct ble_ctlr *c, struct ll_conn *k)
{
	tmr_start(&c->timers, &k->llcp.owed, c->now_us + LL_RESPONSE_TIMEOUT_US, on_nothing);
}

void llcp_peer_ends(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id)
{
	if (k->llcp.peers != id)
		return;
	k->llcp.peers = LLCP_NONE;
	tmr_stop(&c->timers, &k->llcp.owed);
}

bool llcp_may_start(const struct ll_conn *k, enum llcp_proc_id id)
{
	return !has_instant((uint8_t)id) || (k->llcp.peers == LLCP_NONE && k->llcp.due == LLCP_NONE);
}

/*
 * Six events in which the peripheral listens, after the longest that it may sleep: once awake it
 * has either the PDU or a packet missing, and listens to every event.
 */
uint16_t llcp_set_instant(struct ll_conn *k, enum llcp_proc_id id)
{
	k->llcp.due = (uint8_t)id;
	k->llcp.instant = (uint16_t)(k->event + 6 + 1 + k->latency);
	return k->llcp.instant;
}

/* Heard of in `event`, the instant is over: 5.5.1. */
static bool is_past(uint16_t instant, uint16_t event)
{
	return (uint16_t)(instant - event) >= 32767;
}

/* `event` is the instant or comes after it. */
static bool is_reached(uint16_t instant, uint16_t event)
{
	return (uint16_t)(event - instant) < 32767;
}

/*
 * Two instants at once are forbidden to one side by 5 and to both by 5.3: we cannot know which of them the central
 * goes by. The book has no word for a central whose fields are not those of a connection.
 */
bool llcp_heard_instant(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id, uint16_t instant, uint16_t event,
	bool valid)
{
	struct llcp *l = &k->llcp;
	if (l->due != LLCP_NONE) {
		ll_conn_close(c, k,
			l->due == id ? HCI_ERR_LL_PROCEDURE_COLLISION : HCI_ERR_DIFFERENT_TRANSACTION_COLLISION);
		return false;
	}
	if (is_past(instant, event)) {
		ll_conn_close(c, k, HCI_ERR_INSTANT_PASSED);
		return false;
	}
	if (!valid) {
		llcp_terminate(c, k, HCI_ERR_INVALID_LL_PARAMETERS, HCI_ERR_INVALID_LL_PARAMETERS);
		return false;
	}
	l->due = (uint8_t)id;
	l->instant = instant;
	return true;
}

bool llcp_waits_for_instant(const struct ll_conn *k)
{
	return k->llcp.due != LLCP_NONE;
}

void llcp_before_event(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp *l = &k->llcp;
	if (l->due == LLCP_NONE || !is_reached(l->instant, k->event))
		return;
	uint8_t id = l->due;
	l->due = LLCP_NONE;
	apply[id](c, k);
}
