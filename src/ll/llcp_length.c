/*
 * Data Length Update procedure, Vol 6 Part B 5.1.9 and 4.5.10: each side says how long the data PDUs are that it can
 * receive and would send, in octets and in microseconds. What holds is the shorter of what one side sends and the
 * other receives, in each direction, and never less than 27 octets and 328 us, whatever the peer says (LL-066).
 *
 * There is no instant: the one who asked sends longer PDUs when it has the answer, the other when it has the
 * question. So we must be able to receive them as soon as our own question is on its way.
 *
 * We ask by ourselves when the host suggests more than 27 octets, and when it sets a length. Not when the peer was
 * faster: our answer has told it all.
 */
#include "ll/ctlr.h"

static uint16_t lesser(uint16_t a, uint16_t b)
{
	return a < b ? a : b;
}

static uint16_t within(uint16_t value, uint16_t min, uint16_t max)
{
	return value < min ? min : lesser(value, max);
}

/* Time of a PDU with so many octets and a MIC on the slowest PHY that we have. */
static uint16_t time_of(uint16_t octets)
{
	return (uint16_t)ll_airtime_us(LL_PHY_1M, octets + LL_MIC_LEN);
}

static uint8_t longest(enum ll_phy_mode phy, uint16_t octets, uint16_t time_us)
{
	while (octets > LL_DATA_PAYLOAD_MIN && ll_airtime_us(phy, octets + LL_MIC_LEN) > time_us)
		octets--;
	return (uint8_t)octets;
}

/*
 * Until an update of the PHY is over, a fragment must suit both the old and the new, because it may have to be sent
 * again on the other: 5.1.10.1. The slowest is 1M.
 */
void llcp_length_limit(struct ll_conn *k)
{
	const struct llcp *l = &k->llcp;
	const struct ll_length *is = &l->length.effective;
	bool changes = l->running == LLCP_PHY || l->peers == LLCP_PHY || l->due == LLCP_PHY;
	uint8_t tx = longest(changes ? LL_PHY_1M : k->tx_phy, is->max_tx_octets, is->max_tx_time);
	atomic_store_explicit(&k->tx_limit, tx, memory_order_relaxed);
	bool asks = l->running == LLCP_LENGTH;
	k->rx_limit = (uint8_t)(asks ? l->length.ours.max_rx_octets : is->max_rx_octets);
}

static void settle(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_length *l = &k->llcp.length;
	const struct ll_length is = {
		.max_tx_octets = lesser(l->ours.max_tx_octets, l->theirs.max_rx_octets),
		.max_tx_time = lesser(l->ours.max_tx_time, l->theirs.max_rx_time),
		.max_rx_octets = lesser(l->ours.max_rx_octets, l->theirs.max_tx_octets),
		.max_rx_time = lesser(l->ours.max_rx_time, l->theirs.max_tx_time),
	};
	const struct ll_length was = l->effective;
	bool changed = is.max_tx_octets != was.max_tx_octets || is.max_tx_time != was.max_tx_time ||
		is.max_rx_octets != was.max_rx_octets || is.max_rx_time != was.max_rx_time;
	l->effective = is;
	llcp_length_limit(k);
	if (changed)
		ll_conn_news(c, k, LL_NEWS_LENGTH, HCI_ERR_SUCCESS);
}

/* LL-066, LL-067: whatever was said, it means something that can be. */
static void take(struct ble_ctlr *c, struct ll_conn *k, const struct ll_length *said)
{
	const uint16_t octets = LL_DATA_PAYLOAD_MIN, most = LL_DATA_PAYLOAD_MAX, time = LL_DATA_TIME_MIN;
	k->llcp.length.theirs = (struct ll_length){
		.max_rx_octets = within(said->max_rx_octets, octets, most),
		.max_rx_time = within(said->max_rx_time, time, UINT16_MAX),
		.max_tx_octets = within(said->max_tx_octets, octets, most),
		.max_tx_time = within(said->max_tx_time, time, UINT16_MAX),
	};
	settle(c, k);
}

static bool is_valid(const struct ll_length *l)
{
	return l->max_rx_octets >= LL_DATA_PAYLOAD_MIN && l->max_tx_octets >= LL_DATA_PAYLOAD_MIN &&
		l->max_rx_time >= LL_DATA_TIME_MIN && l->max_tx_time >= LL_DATA_TIME_MIN;
}

static bool send(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode)
{
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return false;
	ll_length_write(&w, opcode, &k->llcp.length.ours);
	llcp_pdu_send(c, k, &w);
	k->llcp.length.settled = true;
	return true;
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	const struct llcp *l = &k->llcp;
	bool lacks = llcp_peer_lacks(l, LE_FEATURE_MASK(DATA_PACKET_LENGTH_EXTENSION));
	if (l->length.settled || lacks || !send(c, k, LL_LENGTH_REQ)) {
		llcp_done(c, k, LLCP_LENGTH);
		return;
	}
	llcp_length_limit(k);
	llcp_expect(c, k);
}

/* No event says so: lengths stay as they are. */
static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	(void)c, (void)status;
	llcp_length_limit(k);
}

const struct llcp_proc llcp_length = { start, failed, { LL_LENGTH_REQ, LL_LENGTH_REQ } };

void llcp_on_length_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_length req;
	(void)event;
	if (!ll_length_read(r, &req) || !send(c, k, LL_LENGTH_RSP))
		return;
	take(c, k, &req);
}

/* One with values that cannot be is as if there had been none, but the procedure is over. */
void llcp_on_length_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_length rsp;
	(void)event;
	if (!ll_length_read(r, &rsp))
		return;
	if (k->llcp.running != LLCP_LENGTH) {
		c->unexpected_pdus++; /* LL-068 */
		return;
	}
	llcp_done(c, k, LLCP_LENGTH);
	if (is_valid(&rsp))
		take(c, k, &rsp);
	else
		llcp_length_limit(k);
}

static void set_ours(struct ble_ctlr *c, struct ll_conn *k, uint16_t octets, uint16_t time_us)
{
	struct ll_length *ours = &k->llcp.length.ours;
	ours->max_tx_octets = within(octets, LL_DATA_PAYLOAD_MIN, c->acl_octets);
	ours->max_tx_time = within(time_us, LL_DATA_TIME_MIN, time_of(c->acl_octets));
}

void llcp_length_open(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_length *l = &k->llcp.length;
	l->theirs = l->effective = (struct ll_length){ LL_DATA_PAYLOAD_MIN, LL_DATA_TIME_MIN, LL_DATA_PAYLOAD_MIN,
		LL_DATA_TIME_MIN };
	l->ours.max_rx_octets = c->rx_octets;
	l->ours.max_rx_time = time_of(c->rx_octets);
	set_ours(c, k, c->suggested_octets, c->suggested_time);
	llcp_length_limit(k);
	if (l->ours.max_tx_octets > LL_DATA_PAYLOAD_MIN)
		llcp_want(c, k, LLCP_LENGTH);
}

void llcp_length_set(struct ble_ctlr *c, struct ll_conn *k, uint16_t octets, uint16_t time_us)
{
	struct llcp_length *l = &k->llcp.length;
	const struct ll_length was = l->ours;
	set_ours(c, k, octets, time_us);
	if (was.max_tx_octets == l->ours.max_tx_octets && was.max_tx_time == l->ours.max_tx_time)
		return;
	l->settled = false;
	llcp_want(c, k, LLCP_LENGTH);
}
