/*
 * Connection Parameters Request procedure, Vol 6 Part B 5.1.7: either side asks for other parameters.
 *
 *   peripheral asks                        central asks
 *   P: LL_CONNECTION_PARAM_REQ             C: LL_CONNECTION_PARAM_REQ
 *   C: LL_CONNECTION_UPDATE_IND            P: LL_CONNECTION_PARAM_RSP
 *      or a rejection                      C: LL_CONNECTION_UPDATE_IND, or a rejection
 *
 * The peer's request is the host's to decide: LE Remote Connection Parameter Request, unless the host has masked that
 * event, or nothing but the anchor is to move. The host may take its time, and nothing that is incompatible begins
 * meanwhile. Its reply goes out when there is room for it: places for answers are kept only for what is answered at
 * once.
 *
 * Of a peer's wishes we keep the ranges. PreferredPeriodicity and the offsets are echoed where the book wants an
 * answer, and not obeyed: where our other connections are decides (llcp_conn_update.c).
 */
#include "ll/ctlr.h"

enum { IDLE, HOST_DECIDES, HOST_HAS_DECIDED, ANSWERED };

#define NO_OFFSET 0xFFFF

static bool is_range(uint16_t min, uint16_t max, uint16_t latency, uint16_t timeout)
{
	return min >= 6 && min <= max && ll_params_valid(max, latency, timeout);
}

/* LL-056 */
static bool is_valid(const struct ll_connection_param *p)
{
	if (!is_range(p->interval_min, p->interval_max, p->latency, p->timeout))
		return false;
	if (p->preferred_periodicity > p->interval_max)
		return false;
	for (unsigned i = 0; i < 6; i++)
		if (p->offset[i] != NO_OFFSET && p->offset[i] >= p->interval_max)
			return false;
	return true;
}

static struct ll_connection_param pdu_of(const struct llcp_params *p)
{
	struct ll_connection_param pdu = {
		.interval_min = p->interval_min,
		.interval_max = p->interval_max,
		.latency = p->latency,
		.timeout = p->timeout,
	};
	for (unsigned i = 0; i < 6; i++)
		pdu.offset[i] = NO_OFFSET;
	return pdu;
}

static struct llcp_params params_of(const struct ll_connection_param *pdu)
{
	return (struct llcp_params){ pdu->interval_min, pdu->interval_max, pdu->latency, pdu->timeout };
}

static bool send(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode, const struct ll_connection_param *pdu)
{
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return false;
	ll_connection_param_write(&w, opcode, pdu);
	llcp_pdu_send(c, k, &w);
	return true;
}

/* --- ours ------------------------------------------------------------------------------------- */

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	struct ll_connection_param req = pdu_of(&k->llcp.asked);
	if (!send(c, k, LL_CONNECTION_PARAM_REQ, &req))
		return; /* cannot be: the engine has looked */
	k->llcp.update.asked_by_host = true;
	llcp_expect(c, k);
}

/* A central needs nobody's leave (5.1.1): a peer that does not know the request is told instead. */
static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	bool unknown = status == HCI_ERR_UNSUPPORTED_REMOTE_FEATURE;
	k->llcp.update.asked_by_host = false;
	if (unknown && k->role == HCI_ROLE_CENTRAL && k->state == LL_CONN_OPEN)
		llcp_want(c, k, LLCP_CONN_UPDATE);
	else
		ll_conn_news(c, k, LL_NEWS_UPDATE, status);
}

const struct llcp_proc llcp_conn_param = { start, failed, { LL_CONNECTION_PARAM_REQ, LL_CONNECTION_PARAM_REQ } };

/* Central. The peripheral may narrow the ranges; nonsense ends the procedure. */
void llcp_on_connection_param_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp *l = &k->llcp;
	struct ll_connection_param rsp;
	(void)event;
	if (!ll_connection_param_read(r, &rsp))
		return;
	if (l->running != LLCP_CONN_PARAM || l->due != LLCP_NONE) {
		c->unexpected_pdus++;
		return;
	}
	if (!is_valid(&rsp)) {
		llcp_reject(c, k, LL_CONNECTION_PARAM_RSP, HCI_ERR_INVALID_LL_PARAMETERS);
		llcp_done(c, k, LLCP_CONN_PARAM);
		failed(c, k, HCI_ERR_INVALID_LL_PARAMETERS);
		return;
	}
	struct llcp_params want = params_of(&rsp);
	tmr_stop(&c->timers, &l->response);
	llcp_conn_update_send(c, k, &want);
}

/* --- the peer's ------------------------------------------------------------------------------- */

/* The peer has its answer. A central's update goes on until the instant, a peripheral awaits it. */
static void agree(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_param *p = &k->llcp.param;
	if (k->role == HCI_ROLE_CENTRAL) {
		p->state = IDLE;
		llcp_conn_update_send(c, k, &p->reply);
		return;
	}
	struct ll_connection_param rsp = pdu_of(&p->reply);
	rsp.preferred_periodicity = p->req.preferred_periodicity;
	rsp.reference_conn_event_count = p->req.reference_conn_event_count;
	for (unsigned i = 0; i < 6; i++)
		rsp.offset[i] = p->req.offset[i];
	p->state = ANSWERED;
	send(c, k, LL_CONNECTION_PARAM_RSP, &rsp);
	llcp_peer_owes(c, k);
}

static void refuse(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	k->llcp.param.state = IDLE;
	llcp_peer_ends(c, k, LLCP_CONN_PARAM);
	llcp_reject(c, k, LL_CONNECTION_PARAM_REQ, status);
}

/* What is in force lies within what the peer asks for: the anchor is all that may move. */
static bool changes_nothing(const struct ll_conn *k, const struct ll_connection_param *req)
{
	return k->interval >= req->interval_min && k->interval <= req->interval_max && k->latency == req->latency &&
		k->timeout == req->timeout;
}

void llcp_on_connection_param_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_param *p = &k->llcp.param;
	struct ll_connection_param req;
	(void)event;
	if (!ll_connection_param_read(r, &req))
		return;
	if (!llcp_peer_begins(c, k, LLCP_CONN_PARAM, LL_CONNECTION_PARAM_REQ))
		return;
	p->req = req;
	if (!is_valid(&req)) {
		refuse(c, k, HCI_ERR_INVALID_LL_PARAMETERS);
	} else if (changes_nothing(k, &req)) {
		p->reply = params_of(&req);
		p->reply.interval_min = p->reply.interval_max = k->interval;
		agree(c, k);
	} else if (!ll_le_evt_wanted(c, HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST)) {
		refuse(c, k, HCI_ERR_UNSUPPORTED_REMOTE_FEATURE);
	} else {
		p->state = HOST_DECIDES;
		ll_conn_news(c, k, LL_NEWS_PARAM_REQUEST, HCI_ERR_SUCCESS);
	}
}

uint8_t llcp_conn_param_reply(
	struct ble_ctlr *c, struct ll_conn *k, const struct llcp_params *params, uint8_t reason)
{
	struct llcp_param *p = &k->llcp.param;
	if (k->llcp.peers != LLCP_CONN_PARAM || p->state != HOST_DECIDES)
		return HCI_ERR_COMMAND_DISALLOWED;
	if (params && !is_range(params->interval_min, params->interval_max, params->latency, params->timeout))
		return HCI_ERR_INVALID_PARAMETERS;
	if (params)
		p->reply = *params;
	p->refusal = params ? 0 : reason;
	p->state = HOST_HAS_DECIDED;
	llcp_run(c, k);
	return HCI_ERR_SUCCESS;
}

void llcp_conn_param_run(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_param *p = &k->llcp.param;
	if (p->state != HOST_HAS_DECIDED)
		return;
	if (p->refusal)
		refuse(c, k, p->refusal);
	else
		agree(c, k);
}
