/*
 * LE Ping, Vol 6 Part B 5.1.8: a peer's LL_PING_REQ is answered at once. We ask ourselves only to keep the Authenticated
 * Payload Timeout of an encrypted connection, and there is none yet: the host's value is kept for then.
 */
#include "ll/ctlr.h"

void llcp_on_ping_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct wr w;
	(void)r, (void)event;
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be: an accepted control PDU has a place for its answer */
	wr_u8(&w, LL_PING_RSP);
	llcp_pdu_send(c, k, &w);
}

/* Of nothing: we have not asked. */
void llcp_on_ping_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	(void)k, (void)r, (void)event;
	c->unexpected_pdus++;
}
