/*
 * The engine of link layer control. A peer's PDU is looked up by opcode: not in the table, or not
 * for our role, or of a wrong length, and it is answered with LL_UNKNOWN_RSP; responses that nobody
 * waits for are counted. An answer always finds a place in the ring, because conn_isr.c takes no
 * control PDU off the air before.
 */
#include "ll/ctlr.h"

#define CENTRAL    1
#define PERIPHERAL 2
#define EITHER     3

static const struct llcp_proc *const procs[LLCP_PROCS] = {
	[LLCP_FEATURES] = &llcp_features,
	[LLCP_VERSION] = &llcp_version,
	[LLCP_LENGTH] = &llcp_length,
	[LLCP_ENCRYPTION] = &llcp_encryption,
	[LLCP_PING] = &llcp_ping,
	[LLCP_CHANNEL_MAP] = &llcp_channel_map,
	[LLCP_CONN_UPDATE] = &llcp_conn_update,
	[LLCP_CONN_PARAM] = &llcp_conn_param,
	[LLCP_PHY] = &llcp_phy,
};

bool llcp_pdu_begin(struct ll_conn *k, struct wr *w)
{
	uint8_t *pdu = ring_reserve(&k->ctrl);
	*w = pdu ? wr_of(pdu + LL_DATA_HDR_LEN, LL_DATA_PAYLOAD_MIN) : wr_of(NULL, 0);
	return pdu;
}

void llcp_pdu_send(struct ble_ctlr *c, struct ll_conn *k, const struct wr *w)
{
	uint8_t *hdr = w->p - LL_DATA_HDR_LEN;
	hdr[0] = LL_LLID_CONTROL;
	hdr[1] = (uint8_t)w->len;
	hdr[LL_CTRL_SEALED] = atomic_load_explicit(&k->crypt.tx_on, memory_order_relaxed);
	ring_commit(&k->ctrl);
	ll_conn_hurry(c, k);
}

static struct ll_conn *of_response(struct tmr *t)
{
	return CONTAINER_OF(t, struct ll_conn, llcp.response);
}

static void on_no_response(struct tmr *t)
{
	struct ll_conn *k = of_response(t);
	ll_conn_close(k->llcp.ctlr, k, HCI_ERR_LL_RESPONSE_TIMEOUT);
}

void llcp_expect(struct ble_ctlr *c, struct ll_conn *k)
{
	tmr_start(
		&c->timers, &k->llcp.response, c->now_us + LL_RESPONSE_TIMEOUT_US, on_no_response);
}

void llcp_open(struct ble_ctlr *c, struct ll_conn *k)
{
	k->llcp = (struct llcp){ .running = LLCP_NONE, .peers = LLCP_NONE, .due = LLCP_NONE, .ctlr = c };
	llcp_length_open(c, k);
	llcp_phy_open(c, k);
}

void llcp_close(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	struct llcp *l = &k->llcp;
	tmr_stop(&c->timers, &l->response);
	tmr_stop(&c->timers, &l->owed);
	tmr_stop(&c->timers, &l->leaving);
	llcp_ping_end(c, k);
	for (uint8_t id = 0; id < LLCP_PROCS; id++)
		if (l->running == id || l->wanted >> id & 1)
			procs[id]->failed(c, k, status);
	l->wanted = 0;
	l->running = l->peers = l->due = LLCP_NONE;
}

void llcp_want(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id)
{
	k->llcp.wanted = (uint16_t)(k->llcp.wanted | 1u << id);
	llcp_run(c, k);
}

void llcp_done(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id)
{
	if (k->llcp.running != id)
		return;
	tmr_stop(&c->timers, &k->llcp.response);
	k->llcp.running = LLCP_NONE;
}

/* Of those wanted the first that may begin now; LLCP_NONE. */
static uint8_t next_wanted(const struct ll_conn *k)
{
	for (uint8_t id = 0; id < LLCP_PROCS; id++)
		if (k->llcp.wanted >> id & 1 && llcp_may_start(k, id) && !llcp_encryption_holds(k) &&
			!(id == LLCP_PHY && llcp_phy_is_early(k)))
			return id;
	return LLCP_NONE;
}

/* For what is not an answer to the PDU in hand. If not, it is asked again when the event is over. */
static bool has_room(struct ll_conn *k)
{
	return ring_used(&k->ctrl) <= LL_CTRL_RING - LL_CTRL_ANSWERS;
}

void llcp_run(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp *l = &k->llcp;
	if (!l->reason && has_room(k) && !llcp_encryption_holds(k))
		llcp_conn_param_run(c, k);
	if (!l->reason && has_room(k))
		llcp_encryption_run(c, k);
	while (l->wanted && l->running == LLCP_NONE && !l->reason && has_room(k)) {
		uint8_t id = next_wanted(k);
		if (id == LLCP_NONE)
			return;
		l->wanted = (uint16_t)(l->wanted & ~(1u << id));
		l->running = id;
		procs[id]->start(c, k); /* may be done at once */
	}
}

/* What of ours the peer could refuse now: an opcode, or LLCP_UNANSWERED. */
static uint8_t refusable(const struct ll_conn *k)
{
	uint8_t id = k->llcp.running;
	return id == LLCP_NONE ? LLCP_UNANSWERED : procs[id]->request[k->role];
}

/* Our answer to the peer's procedure, which it may refuse in its turn. */
static uint8_t refusable_answer(const struct ll_conn *k)
{
	if (!tmr_is_armed(&k->llcp.owed))
		return LLCP_UNANSWERED;
	switch (k->llcp.peers) {
	case LLCP_PHY: return LL_PHY_RSP;
	case LLCP_CONN_PARAM: return LL_CONNECTION_PARAM_RSP;
	default: return LLCP_UNANSWERED;
	}
}

/* The peer refused `opcode`: LL-069, only what runs and has an answer can be refused. */
static void on_refusal(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode, uint8_t status)
{
	uint8_t id = k->llcp.running;
	if (opcode != LLCP_UNANSWERED && opcode == refusable_answer(k)) {
		llcp_peer_ends(c, k, k->llcp.peers);
		return;
	}
	if (opcode == LLCP_UNANSWERED || opcode != refusable(k)) {
		c->unexpected_pdus++;
		return;
	}
	llcp_done(c, k, id);
	procs[id]->failed(c, k, status);
}

static void on_unknown_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_unknown_rsp rsp;
	(void)event;
	if (ll_unknown_rsp_read(r, &rsp))
		on_refusal(c, k, rsp.unknown_type, HCI_ERR_UNSUPPORTED_REMOTE_FEATURE);
}

/* LL_REJECT_IND does not say what it rejects: it can only be what runs. */
static void on_reject_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_reject_ind ind;
	(void)event;
	if (!ll_reject_ind_read(r, &ind))
		return;
	uint8_t ours = refusable(k);
	on_refusal(c, k, ours != LLCP_UNANSWERED ? ours : refusable_answer(k), ind.error_code);
}

static void on_reject_ext_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_reject_ext_ind ind;
	(void)event;
	if (ll_reject_ext_ind_read(r, &ind))
		on_refusal(c, k, ind.reject_opcode, ind.error_code);
}

static const struct {
	llcp_rx_fn *fn;
	uint8_t roles; /* of the receiver */
} rows[] = {
	[LL_CONNECTION_UPDATE_IND] = { llcp_on_connection_update_ind, PERIPHERAL },
	[LL_CHANNEL_MAP_IND] = { llcp_on_channel_map_ind, PERIPHERAL },
	[LL_TERMINATE_IND] = { llcp_on_terminate_ind, EITHER },
	[LL_ENC_REQ] = { llcp_on_enc_req, PERIPHERAL },
	[LL_ENC_RSP] = { llcp_on_enc_rsp, CENTRAL },
	[LL_START_ENC_REQ] = { llcp_on_start_enc_req, CENTRAL },
	[LL_START_ENC_RSP] = { llcp_on_start_enc_rsp, EITHER },
	[LL_PAUSE_ENC_REQ] = { llcp_on_pause_enc_req, PERIPHERAL },
	[LL_PAUSE_ENC_RSP] = { llcp_on_pause_enc_rsp, EITHER },
	[LL_UNKNOWN_RSP] = { on_unknown_rsp, EITHER },
	[LL_FEATURE_REQ] = { llcp_on_feature_req, PERIPHERAL },
	[LL_FEATURE_RSP] = { llcp_on_feature_rsp, EITHER },
	[LL_VERSION_IND] = { llcp_on_version_ind, EITHER },
	[LL_REJECT_IND] = { on_reject_ind, EITHER },
	[LL_PERIPHERAL_FEATURE_REQ] = { llcp_on_feature_req, CENTRAL },
	[LL_CONNECTION_PARAM_REQ] = { llcp_on_connection_param_req, EITHER },
	[LL_CONNECTION_PARAM_RSP] = { llcp_on_connection_param_rsp, CENTRAL },
	[LL_REJECT_EXT_IND] = { on_reject_ext_ind, EITHER },
	[LL_PING_REQ] = { llcp_on_ping_req, EITHER },
	[LL_PING_RSP] = { llcp_on_ping_rsp, EITHER },
	[LL_LENGTH_REQ] = { llcp_on_length_req, EITHER },
	[LL_LENGTH_RSP] = { llcp_on_length_rsp, EITHER },
	[LL_PHY_REQ] = { llcp_on_phy_req, EITHER },
	[LL_PHY_RSP] = { llcp_on_phy_rsp, CENTRAL },
	[LL_PHY_UPDATE_IND] = { llcp_on_phy_update_ind, PERIPHERAL },
};

static void answer_unknown(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode)
{
	struct wr w;
	c->unknown_pdus++;
	if (opcode == LL_UNKNOWN_RSP || !llcp_pdu_begin(k, &w))
		return; /* LL-050: never an answer to that */
	ll_unknown_rsp_write(&w, &(struct ll_unknown_rsp){ .unknown_type = opcode });
	llcp_pdu_send(c, k, &w);
}

void llcp_reject(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode, uint8_t status)
{
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be: an accepted control PDU has a place for its answer */
	bool understands = opcode >= LL_CONNECTION_PARAM_REQ || k->llcp.features & LE_FEATURE_MASK(EXTENDED_REJECT);
	if (understands)
		ll_reject_ext_ind_write(&w,
			&(struct ll_reject_ext_ind){
				.reject_opcode = opcode, .error_code = status });
	else
		ll_reject_ind_write(&w, &(struct ll_reject_ind){ .error_code = status });
	llcp_pdu_send(c, k, &w);
}

/* Without a cipher there is nothing of encryption but the answer that it is not there. */
static bool has(const struct ble_ctlr *c, uint8_t opcode)
{
	bool needs_cipher = (opcode > LL_ENC_REQ && opcode <= LL_START_ENC_RSP) ||
		(opcode >= LL_PAUSE_ENC_REQ && opcode <= LL_PAUSE_ENC_RSP);
	return c->platform->crypto || !needs_cipher;
}

void llcp_on_pdu(
	struct ble_ctlr *c, struct ll_conn *k, const uint8_t *pdu, size_t len, uint16_t event)
{
	if (k->llcp.reason && pdu[0] != LL_TERMINATE_IND)
		return; /* we are leaving, nothing else will be sent */
	struct rd r = rd_of(pdu, len);
	uint8_t opcode = rd_u8(&r);
	uint8_t role = k->role == HCI_ROLE_CENTRAL ? CENTRAL : PERIPHERAL;
	if (!llcp_encryption_takes(c, k, pdu, len, event))
		return;
	bool known = opcode < sizeof rows / sizeof rows[0] && (rows[opcode].roles & role) &&
		llcp_ctr_data_len(opcode) == (int)r.left && has(c, opcode);
	if (known)
		rows[opcode].fn(c, k, &r, event);
	else if (llcp_encryption_holds(k))
		ll_conn_close(c, k, HCI_ERR_MIC_FAILURE); /* LL-083: no word about it */
	else
		answer_unknown(c, k, opcode);
}

/* The peer's has been acknowledged; of an encrypted one the interrupt may not have known. */
static bool has_farewell(const struct ll_conn *k)
{
	uint8_t farewell = atomic_load_explicit(&k->isr.farewell, memory_order_relaxed);
	return farewell == LL_FAREWELL_ACKED || (farewell == LL_BIDS_FAREWELL && !k->isr.owes_ack);
}

void llcp_after_event(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp *l = &k->llcp;
	if (llcp_encryption_is_worn(k)) {
		ll_conn_close(c, k, HCI_ERR_MIC_FAILURE);
		return;
	}
	bool ours_acked = l->terminates && !ring_used(&k->ctrl);
	if (ours_acked || has_farewell(k))
		ll_conn_close(c, k, l->reason);
	else
		llcp_run(c, k);
}
