/*
 * Encryption Start and Encryption Pause, Vol 6 Part B 5.1.3. The central begins; a connection that is encrypted is
 * paused before it gets another key, and never goes on in clear (LL-086).
 *
 *   central                          peripheral
 *   LL_ENC_REQ      ->                               halves of SKD and IV, and what names the key
 *                          <-      LL_ENC_RSP
 *                                  (its host has the key)
 *                          <-      LL_START_ENC_REQ  receives encrypted from here
 *   LL_START_ENC_RSP ->                              encrypted, both ways from here on for the central
 *                          <-      LL_START_ENC_RSP  encrypted
 *
 *   LL_PAUSE_ENC_REQ ->                              encrypted, as is the answer
 *                          <-      LL_PAUSE_ENC_RSP
 *   LL_PAUSE_ENC_RSP ->                              in clear; LL_ENC_REQ follows
 *
 * Data waits meanwhile. Whatever else comes is what an attacker would say: the connection ends, with 0x3D and without
 * a word (LL-083, LL-084). Only what the peripheral asked before it had LL_ENC_REQ is another matter: the central may
 * not answer it now, and keeps it until the end. Our side of it all is the main part's; the interrupt encrypts
 * (conn_isr.c), acl.c decrypts. Without a cipher in the platform there is no encryption, and the feature mask says
 * so: LL_ENC_REQ is rejected, the rest unknown.
 */
#include "ll/ctlr.h"

#include <string.h>

enum {
	PLAIN,
	ENCRYPTED,
	/* central */
	PAUSING,      /* LL_PAUSE_ENC_REQ is out */
	ASKED,        /* LL_ENC_REQ is out */
	TO_BE_STARTED, /* LL_ENC_RSP has come */
	STARTED,      /* LL_START_ENC_RSP is out */
	/* peripheral */
	HOST_HAS_KEY, /* or has not: LL_ENC_RSP is out */
	STARTING,     /* LL_START_ENC_REQ is out */
	LETS_PAUSE,   /* LL_PAUSE_ENC_RSP is out */
	PAUSED,
	/* either, when there is no key after a pause: LL_TERMINATE_IND is out, and whatever comes is in clear */
	LEAVING,
};

static bool is_idle(const struct ll_conn *k)
{
	return k->llcp.enc.state == PLAIN || k->llcp.enc.state == ENCRYPTED;
}

bool llcp_may_be_encrypted(const struct ll_conn *k)
{
	return k->llcp.enc.state != PLAIN;
}

/* 39 bits, Part E 2.1; a hundred years of packets, and no event has as many as are left then. */
bool llcp_encryption_is_worn(const struct ll_conn *k)
{
	const uint64_t last = (UINT64_C(1) << 39) - (1 << 16);
	return k->crypt.tx.counter >= last || k->crypt.rx.counter >= last;
}

bool llcp_encryption_holds(const struct ll_conn *k)
{
	return !is_idle(k);
}

static void hold_data(struct ll_conn *k, bool held)
{
	atomic_store_explicit(&k->crypt.held, held, memory_order_relaxed);
}

static void seal_from_now(struct ll_conn *k, bool on)
{
	atomic_store_explicit(&k->crypt.tx_on, on, memory_order_release);
}

/* A PDU that is an opcode and no more. */
static void say(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode)
{
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be: it answers a PDU, or the engine has looked */
	wr_u8(&w, opcode);
	llcp_pdu_send(c, k, &w);
}

static void give_up(struct ble_ctlr *c, struct ll_conn *k)
{
	ll_conn_close(c, k, HCI_ERR_MIC_FAILURE);
}

/* What the state does not expect: in the middle of it the connection ends, else it means nothing. */
static void unexpected(struct ble_ctlr *c, struct ll_conn *k)
{
	c->unexpected_pdus++;
	if (!is_idle(k))
		give_up(c, k);
}

/* SK = e(LTK, SKD), and counters from 0: 5.1.3.1, Part E 2.1. */
static bool make_keys(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_enc *e = &k->llcp.enc;
	bool central = k->role == HCI_ROLE_CENTRAL;
	uint8_t sk[16];
	struct ble_radio_ccm ccm = { .from_central = central };
	bool done = crypto_e(c->platform->crypto, e->ltk, e->skd, sk) == 0;
	crypto_turn(ccm.key, sk, sizeof sk);
	memcpy(ccm.iv, e->iv, sizeof e->iv);
	k->crypt.tx = k->crypt.rx = ccm;
	k->crypt.rx.from_central = !central;
	crypto_wipe(sk, sizeof sk);
	crypto_wipe(&ccm, sizeof ccm);
	crypto_wipe(e->ltk, sizeof e->ltk);
	if (!done)
		give_up(c, k);
	return done;
}

static void in_clear(struct ble_ctlr *c, struct ll_conn *k)
{
	llcp_ping_end(c, k);
	k->crypt.rx_on = false;
	seal_from_now(k, false);
	k->llcp.enc.refreshed = true;
}

static void answer_later(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_enc *e = &k->llcp.enc;
	uint8_t pdu[sizeof e->later], len = e->later_len;
	if (!len)
		return;
	memcpy(pdu, e->later, len);
	e->later_len = 0;
	llcp_on_pdu(c, k, pdu, len, e->later_event);
}

static void finish(struct ble_ctlr *c, struct ll_conn *k)
{
	k->llcp.enc.state = ENCRYPTED;
	hold_data(k, false);
	tmr_stop(&c->timers, &k->llcp.owed);
	llcp_done(c, k, LLCP_ENCRYPTION);
	ll_conn_news(c, k, LL_NEWS_ENCRYPTION, HCI_ERR_SUCCESS);
	llcp_ping_begin(c, k);
	ll_conn_hurry(c, k);
	answer_later(c, k);
}

/* --- central ------------------------------------------------------------------------------------------------------- */

static void send_enc_req(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_enc *e = &k->llcp.enc;
	struct ll_enc_req req = { .rand = e->rand, .ediv = e->ediv };
	struct wr w;
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be: as above */
	c->platform->random(c->platform->ctx, e->skd, 8);
	c->platform->random(c->platform->ctx, e->iv, 4);
	memcpy(req.skd_c, e->skd, 8);
	memcpy(req.iv_c, e->iv, 4);
	ll_enc_req_write(&w, &req);
	llcp_pdu_send(c, k, &w);
	e->state = ASKED;
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_enc *e = &k->llcp.enc;
	hold_data(k, true);
	llcp_expect(c, k);
	e->refreshed = e->state == ENCRYPTED;
	if (!e->refreshed) {
		send_enc_req(c, k);
		return;
	}
	e->state = PAUSING;
	say(c, k, LL_PAUSE_ENC_REQ);
}

/* The key is missing at the other end. A link that was encrypted is not used in clear: LL-086. */
static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	struct llcp_enc *e = &k->llcp.enc;
	bool refusable = e->state == ASKED || e->state == TO_BE_STARTED;
	ll_conn_news(c, k, LL_NEWS_ENCRYPTION, status);
	if (k->state != LL_CONN_OPEN)
		return;
	if (!refusable) {
		give_up(c, k);
		return;
	}
	e->state = e->refreshed ? LEAVING : PLAIN;
	crypto_wipe(e->ltk, sizeof e->ltk);
	if (e->refreshed) {
		llcp_terminate(c, k, HCI_ERR_PIN_OR_KEY_MISSING, HCI_ERR_PIN_OR_KEY_MISSING);
		return;
	}
	hold_data(k, false);
	answer_later(c, k);
}

const struct llcp_proc llcp_encryption = { start, failed, { LL_ENC_REQ, LLCP_UNANSWERED } };

void llcp_on_enc_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_enc *e = &k->llcp.enc;
	struct ll_enc_rsp rsp;
	(void)event;
	if (!ll_enc_rsp_read(r, &rsp))
		return;
	if (e->state != ASKED) {
		unexpected(c, k);
		return;
	}
	memcpy(e->skd + 8, rsp.skd_p, 8);
	memcpy(e->iv + 4, rsp.iv_p, 4);
	e->state = TO_BE_STARTED;
	llcp_expect(c, k);
}

void llcp_on_start_enc_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_enc *e = &k->llcp.enc;
	(void)r, (void)event;
	if (e->state != TO_BE_STARTED) {
		unexpected(c, k);
		return;
	}
	if (!make_keys(c, k))
		return;
	e->state = STARTED;
	k->crypt.rx_on = true;
	seal_from_now(k, true);
	say(c, k, LL_START_ENC_RSP);
	llcp_expect(c, k);
}

/* --- peripheral ---------------------------------------------------------------------------------------------------- */

void llcp_on_enc_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_enc *e = &k->llcp.enc;
	struct ll_enc_req req;
	struct ll_enc_rsp rsp;
	struct wr w;
	(void)event;
	if (!c->platform->crypto) { /* 5.1.3.1 */
		llcp_reject(c, k, LL_ENC_REQ, HCI_ERR_UNSUPPORTED_REMOTE_FEATURE);
		return;
	}
	if (e->state != PLAIN && e->state != PAUSED) {
		unexpected(c, k);
		return;
	}
	if (!ll_enc_req_read(r, &req) || !llcp_pdu_begin(k, &w))
		return;
	hold_data(k, true);
	tmr_stop(&c->timers, &k->llcp.owed);
	c->platform->random(c->platform->ctx, rsp.skd_p, 8);
	c->platform->random(c->platform->ctx, rsp.iv_p, 4);
	memcpy(e->skd, req.skd_c, 8);
	memcpy(e->skd + 8, rsp.skd_p, 8);
	memcpy(e->iv, req.iv_c, 4);
	memcpy(e->iv + 4, rsp.iv_p, 4);
	e->rand = req.rand;
	e->ediv = req.ediv;
	e->refreshed = e->state == PAUSED;
	e->state = HOST_HAS_KEY;
	ll_enc_rsp_write(&w, &rsp);
	llcp_pdu_send(c, k, &w);
	/* a host that does not want to be asked has no key */
	e->key_known = !ll_le_evt_wanted(c, HCI_LE_EVT_LONG_TERM_KEY_REQUEST);
	e->refusal = HCI_ERR_PIN_OR_KEY_MISSING;
	if (!e->key_known)
		ll_conn_news(c, k, LL_NEWS_KEY_REQUEST, HCI_ERR_SUCCESS);
}

static void refuse(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_enc *e = &k->llcp.enc;
	e->state = e->refreshed ? LEAVING : PLAIN;
	if (e->refreshed) {
		llcp_terminate(c, k, e->refusal, e->refusal);
		return;
	}
	hold_data(k, false);
	llcp_reject(c, k, LL_ENC_REQ, e->refusal);
}

void llcp_encryption_run(struct ble_ctlr *c, struct ll_conn *k)
{
	struct llcp_enc *e = &k->llcp.enc;
	if (e->state != HOST_HAS_KEY || !e->key_known)
		return;
	e->key_known = false;
	if (e->refusal) {
		refuse(c, k);
		return;
	}
	if (!make_keys(c, k))
		return;
	e->state = STARTING;
	k->crypt.rx_on = true;
	say(c, k, LL_START_ENC_REQ);
	llcp_peer_owes(c, k);
}

uint8_t llcp_encryption_reply(struct ble_ctlr *c, struct ll_conn *k, const uint8_t *ltk)
{
	struct llcp_enc *e = &k->llcp.enc;
	if (e->state != HOST_HAS_KEY || e->key_known)
		return HCI_ERR_COMMAND_DISALLOWED;
	e->key_known = true;
	e->refusal = ltk ? 0 : HCI_ERR_PIN_OR_KEY_MISSING;
	if (ltk)
		memcpy(e->ltk, ltk, sizeof e->ltk);
	llcp_run(c, k);
	return HCI_ERR_SUCCESS;
}

void llcp_on_pause_enc_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	(void)r, (void)event;
	if (k->llcp.enc.state != ENCRYPTED) {
		unexpected(c, k); /* LL-085 */
		return;
	}
	hold_data(k, true);
	say(c, k, LL_PAUSE_ENC_RSP); /* still encrypted */
	k->crypt.rx_on = false;
	k->llcp.enc.state = LETS_PAUSE;
	llcp_peer_owes(c, k);
}

/* --- both ---------------------------------------------------------------------------------------------------------- */

void llcp_on_start_enc_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_enc *e = &k->llcp.enc;
	(void)r, (void)event;
	if (e->state == STARTING) {
		seal_from_now(k, true);
		say(c, k, LL_START_ENC_RSP);
		finish(c, k);
	} else if (e->state == STARTED) {
		finish(c, k);
	} else {
		unexpected(c, k);
	}
}

void llcp_on_pause_enc_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct llcp_enc *e = &k->llcp.enc;
	(void)r, (void)event;
	if (e->state == PAUSING) {
		in_clear(c, k);
		say(c, k, LL_PAUSE_ENC_RSP);
		send_enc_req(c, k);
		llcp_expect(c, k);
	} else if (e->state == LETS_PAUSE) {
		in_clear(c, k);
		e->state = PAUSED;
		llcp_peer_owes(c, k);
	} else {
		unexpected(c, k);
	}
}

/* The peripheral may send on until it has answered: 5.1.3.1, 5.1.3.2. After a pause it has, and what comes is in clear. */
static bool may_talk(const struct ll_conn *k)
{
	const struct llcp_enc *e = &k->llcp.enc;
	return is_idle(k) || e->state == PAUSING || (e->state == ASKED && !e->refreshed);
}

bool llcp_takes_data(struct ble_ctlr *c, struct ll_conn *k)
{
	if (may_talk(k))
		return true;
	unexpected(c, k);
	return false;
}

/* A central that had our request before it began may answer it yet. */
static bool is_answer(const struct ll_conn *k, uint8_t opcode)
{
	bool answers = opcode == LL_FEATURE_RSP || opcode == LL_VERSION_IND || opcode == LL_LENGTH_RSP;
	return answers && k->llcp.running != LLCP_NONE && k->llcp.running != LLCP_ENCRYPTION;
}

/*
 * What may be refused now, the engine knows; but from LL_ENC_RSP on, and after a pause, there is nothing but LL_ENC_REQ, by
 * a peripheral that knows it, or what we as peripheral had asked before.
 */
static bool may_refuse(const struct ll_conn *k, const uint8_t *pdu, size_t len)
{
	const struct llcp_enc *e = &k->llcp.enc;
	if (may_talk(k) || (k->llcp.running != LLCP_NONE && k->llcp.running != LLCP_ENCRYPTION))
		return true;
	if (e->state != ASKED && e->state != TO_BE_STARTED)
		return false;
	return pdu[0] == LL_REJECT_IND || (pdu[0] == LL_REJECT_EXT_IND && len > 1 && pdu[1] == LL_ENC_REQ);
}

/* Central: one request of the peripheral's can have crossed ours, which then waits. False: that is not it. */
static bool keep(struct ll_conn *k, const uint8_t *pdu, size_t len, uint16_t event)
{
	struct llcp_enc *e = &k->llcp.enc;
	if (is_idle(k) || !may_talk(k) || e->later_len || len > sizeof e->later)
		return false;
	memcpy(e->later, pdu, len);
	e->later_len = (uint8_t)len;
	e->later_event = event;
	return true;
}

bool llcp_encryption_takes(struct ble_ctlr *c, struct ll_conn *k, const uint8_t *pdu, size_t len, uint16_t event)
{
	switch (pdu[0]) {
	case LL_ENC_REQ:
	case LL_ENC_RSP:
	case LL_START_ENC_REQ:
	case LL_START_ENC_RSP:
	case LL_PAUSE_ENC_REQ:
	case LL_PAUSE_ENC_RSP:
	case LL_TERMINATE_IND: return true;
	case LL_REJECT_IND:
	case LL_REJECT_EXT_IND:
	case LL_UNKNOWN_RSP:
		if (may_refuse(k, pdu, len))
			return true;
		unexpected(c, k);
		return false;
	default: break;
	}
	if (is_idle(k) || is_answer(k, pdu[0]))
		return true;
	if (!keep(k, pdu, len, event))
		unexpected(c, k);
	return false;
}

uint8_t llcp_encryption_ask(struct ble_ctlr *c, struct ll_conn *k, const struct hci_cmd_le_enable_encryption *cmd)
{
	struct llcp_enc *e = &k->llcp.enc;
	if (k->role != HCI_ROLE_CENTRAL || k->llcp.running == LLCP_ENCRYPTION || k->llcp.wanted >> LLCP_ENCRYPTION & 1)
		return HCI_ERR_COMMAND_DISALLOWED;
	if (llcp_peer_lacks(&k->llcp, LE_FEATURE_MASK(ENCRYPTION)))
		return HCI_ERR_UNSUPPORTED_REMOTE_FEATURE;
	e->rand = cmd->random_number;
	e->ediv = cmd->encrypted_diversifier;
	memcpy(e->ltk, cmd->long_term_key, sizeof e->ltk);
	llcp_want(c, k, LLCP_ENCRYPTION);
	return HCI_ERR_SUCCESS;
}
