/*
 * PHY Update procedure, Vol 6 Part B 5.1.10: each side says on which PHYs it would send and receive, the central
 * chooses, and from an instant on both use what it chose, in each direction its own.
 *
 *   central asks               peripheral asks
 *   C: LL_PHY_REQ              P: LL_PHY_REQ
 *   P: LL_PHY_RSP              C: LL_PHY_UPDATE_IND
 *   C: LL_PHY_UPDATE_IND
 *
 * The fastest that both want in a direction is taken; if there is none, that direction stays as it is. LE Coded PHY
 * is nobody's wish here, so the bits of HCI, of the PDU and enum ll_phy_mode are easily turned into each other.
 */
#include "ll/ctlr.h"

enum {
	BIT_1M = 1,
	BIT_2M = 2,
	PATIENCE = 32, /* connection events in which a central has begun what it wants to */
};

uint8_t llcp_phys(const struct ble_ctlr *c)
{
	return c->radio->caps->phy_2m ? BIT_1M | BIT_2M : BIT_1M;
}

/* Of a field of LL_PHY_UPDATE_IND. */
static uint8_t mode_of(uint8_t field, uint8_t now)
{
	return field == BIT_2M ? LL_PHY_2M : field == BIT_1M ? LL_PHY_1M : now;
}

/* The field for a direction that both ends want like this: 0 for no change. */
static uint8_t choose(uint8_t sender, uint8_t receiver, uint8_t now)
{
	uint8_t both = sender & receiver;
	uint8_t field = both & BIT_2M ? BIT_2M : both & BIT_1M;
	return mode_of(field, now) == now ? 0 : field;
}

/* The command, or the wish that needed none, is over; a PHY that has changed is told in any case. */
static void finish(struct ble_ctlr *c, struct ll_conn *k, bool changed, uint8_t status)
{
	struct llcp_phy *p = &k->llcp.phy;
	bool ours = k->llcp.running == LLCP_PHY;
	if (changed || (ours && p->asked_by_host))
		ll_conn_news(c, k, LL_NEWS_PHY, status);
	if (ours)
		p->asked_by_host = false;
	if (!p->host_asks) /* what we would have asked for has been said */
		k->llcp.wanted = (uint16_t)(k->llcp.wanted & ~(1u << LLCP_PHY));
	llcp_done(c, k, LLCP_PHY);
	llcp_peer_ends(c, k, LLCP_PHY);
	llcp_length_limit(k);
}

/* Central: what the two of us want becomes an update. */
static void decide(struct ble_ctlr *c, struct ll_conn *k, const struct ll_phy *peer)
{
	struct llcp_phy *p = &k->llcp.phy;
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be: it answers a PDU, which has a place for its answer */
	p->ind = (struct ll_phy_update_ind){
		.phy_c_to_p = choose(p->tx, peer->rx_phys, k->tx_phy),
		.phy_p_to_c = choose(peer->tx_phys, p->rx, k->rx_phy),
	};
	bool changes = p->ind.phy_c_to_p || p->ind.phy_p_to_c;
	if (changes)
		p->ind.instant = llcp_set_instant(k, LLCP_PHY);
	ll_phy_update_ind_write(&w, &p->ind);
	llcp_pdu_send(c, k, &w);
	tmr_stop(&c->timers, &k->llcp.response);
	llcp_length_limit(k);
	if (!changes)
		finish(c, k, false, HCI_ERR_SUCCESS);
}

void llcp_phy_apply(struct ble_ctlr *c, struct ll_conn *k)
{
	const struct ll_phy_update_ind *ind = &k->llcp.phy.ind;
	bool central = k->role == HCI_ROLE_CENTRAL;
	k->tx_phy = mode_of(central ? ind->phy_c_to_p : ind->phy_p_to_c, k->tx_phy);
	k->rx_phy = mode_of(central ? ind->phy_p_to_c : ind->phy_c_to_p, k->rx_phy);
	finish(c, k, true, HCI_ERR_SUCCESS);
}

static bool send(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode)
{
	const struct llcp_phy *p = &k->llcp.phy;
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return false;
	ll_phy_write(&w, opcode, &(struct ll_phy){ .tx_phys = p->tx, .rx_phys = p->rx });
	llcp_pdu_send(c, k, &w);
	llcp_length_limit(k);
	return true;
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_phy *p = &k->llcp.phy;
	p->asked_by_host = p->host_asks;
	p->host_asks = false;
	if (llcp_peer_lacks(&k->llcp, LE_FEATURE_MASK(PHY_2M) | LE_FEATURE_MASK(PHY_CODED)))
		finish(c, k, false, HCI_ERR_UNSUPPORTED_REMOTE_FEATURE);
	else if (send(c, k, LL_PHY_REQ))
		llcp_expect(c, k);
}

/* A wish of ours that met another procedure of the central's, in which PHYs are not decided, is tried again. */
static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	struct llcp_phy *p = &k->llcp.phy;
	bool again = !p->asked_by_host && status == HCI_ERR_DIFFERENT_TRANSACTION_COLLISION;
	if (p->asked_by_host || (p->host_asks && k->state != LL_CONN_OPEN))
		ll_conn_news(c, k, LL_NEWS_PHY, status);
	p->asked_by_host = false;
	llcp_length_limit(k);
	if (again && k->state == LL_CONN_OPEN)
		llcp_want(c, k, LLCP_PHY);
}

const struct llcp_proc llcp_phy = { start, failed, { LL_PHY_REQ, LL_PHY_REQ } };

void llcp_on_phy_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_phy req;
	(void)event;
	if (!ll_phy_read(r, &req) || !llcp_peer_begins(c, k, LLCP_PHY, LL_PHY_REQ))
		return;
	if (k->role == HCI_ROLE_CENTRAL)
		decide(c, k, &req);
	else if (send(c, k, LL_PHY_RSP))
		llcp_peer_owes(c, k);
}

void llcp_on_phy_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_phy rsp;
	(void)event;
	if (!ll_phy_read(r, &rsp))
		return;
	if (k->llcp.running != LLCP_PHY || k->llcp.due != LLCP_NONE) {
		c->unexpected_pdus++; /* LL-068 */
		return;
	}
	decide(c, k, &rsp);
}

/* LL-065: nothing, or one PHY that we have. */
static bool is_field(const struct ble_ctlr *c, uint8_t field)
{
	return (field == 0 || field == BIT_1M || field == BIT_2M) && (field & ~llcp_phys(c)) == 0;
}

/* Peripheral. What nobody has spoken of before is not obeyed. */
void llcp_on_phy_update_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp *l = &k->llcp;
	struct ll_phy_update_ind ind;
	if (!ll_phy_update_ind_read(r, &ind))
		return;
	if (l->peers != LLCP_PHY && l->running != LLCP_PHY) {
		c->unexpected_pdus++;
		return;
	}
	bool ours = l->peers != LLCP_PHY;
	bool valid = is_field(c, ind.phy_c_to_p) && is_field(c, ind.phy_p_to_c);
	if (valid && !ind.phy_c_to_p && !ind.phy_p_to_c) { /* no change: the instant means nothing */
		finish(c, k, false, HCI_ERR_SUCCESS);
		return;
	}
	if (!llcp_heard_instant(c, k, LLCP_PHY, ind.instant, event, valid))
		return;
	l->phy.ind = ind;
	tmr_stop(&c->timers, ours ? &l->response : &l->owed);
	llcp_length_limit(k);
}

/*
 * A peripheral's wish that no host has commanded leaves the beginning to the central, which may have one, too: both at
 * once would collide, 5.3, and one after the other would say the same twice.
 */
bool llcp_phy_is_early(const struct ll_conn *k)
{
	return k->role == HCI_ROLE_PERIPHERAL && !k->llcp.phy.host_asks && k->event < PATIENCE;
}

void llcp_phy_open(struct ble_ctlr *c, struct ll_conn *k)
{
	k->llcp.phy.tx = c->default_tx_phys;
	k->llcp.phy.rx = c->default_rx_phys;
	if (c->prefers_phys && (c->default_tx_phys | c->default_rx_phys) & BIT_2M)
		llcp_want(c, k, LLCP_PHY);
}
