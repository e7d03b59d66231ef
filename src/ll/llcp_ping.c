/*
 * LE Ping, Vol 6 Part B 5.1.8, and the Authenticated Payload Timeout, 5.4: while a link is encrypted, a packet with a
 * right MIC must come within the time that the host has set (Vol 4 Part E 7.3.94), or the host is told. Empty PDUs
 * have no MIC, so before that time is over we ask the peer, whose answer has one, even if it says that it does not
 * know LL_PING_REQ.
 */
#include "ll/ctlr.h"

#define EVENTS 6 /* in which the peripheral listens: enough for a question and its answer with some packets lost */

static uint64_t timeout_us(const struct ll_conn *k)
{
	return k->payload_timeout * UINT64_C(10000);
}

/* After so long without a MIC we ask. */
static uint64_t patience_us(const struct ll_conn *k)
{
	uint64_t ahead_us = (uint64_t)EVENTS * (1u + k->latency) * k->interval_us;
	return ahead_us < timeout_us(k) / 2 ? timeout_us(k) - ahead_us : timeout_us(k) / 2;
}

static void on_time(struct tmr *t)
{
	struct ll_conn *k = CONTAINER_OF(t, struct ll_conn, llcp.payload);
	struct llcp *l = &k->llcp;
	struct ble_ctlr *c = l->ctlr;
	uint64_t silent_us = c->now_us - l->authentic_us;
	if (silent_us >= timeout_us(k)) { /* told, and anew */
		ll_conn_news(c, k, LL_NEWS_PAYLOAD_TIMEOUT, HCI_ERR_SUCCESS);
		l->authentic_us = c->now_us;
		silent_us = 0;
	}
	bool asks = silent_us >= patience_us(k);
	tmr_start(&c->timers, t, l->authentic_us + (asks ? timeout_us(k) : patience_us(k)), on_time);
	if (asks && l->running != LLCP_PING)
		llcp_want(c, k, LLCP_PING);
}

void llcp_ping_begin(struct ble_ctlr *c, struct ll_conn *k)
{
	k->llcp.authentic_us = c->now_us;
	tmr_start(&c->timers, &k->llcp.payload, c->now_us + patience_us(k), on_time);
}

void llcp_ping_end(struct ble_ctlr *c, struct ll_conn *k)
{
	tmr_stop(&c->timers, &k->llcp.payload);
}

static bool say(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode)
{
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return false; /* cannot be: an accepted control PDU has a place for its answer, and the engine has looked */
	wr_u8(&w, opcode);
	llcp_pdu_send(c, k, &w);
	return true;
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	if (say(c, k, LL_PING_REQ))
		llcp_expect(c, k);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	(void)c, (void)k, (void)status; /* it has said so, with a MIC */
}

const struct llcp_proc llcp_ping = { start, failed, { LL_PING_REQ, LL_PING_REQ } };

void llcp_on_ping_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	(void)r, (void)event;
	say(c, k, LL_PING_RSP);
}

void llcp_on_ping_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	(void)r, (void)event;
	if (k->llcp.running == LLCP_PING)
		llcp_done(c, k, LLCP_PING);
	else
		c->unexpected_pdus++;
}
