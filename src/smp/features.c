/*
 * Phase 1, the exchange of features (2.3): Pairing Request and Response, Security Request, and what follows from them:
 * scheme, method, key size, keys to be distributed.
 */
#include "smp/smp.h"

enum { KEYS_MASK = SMP_DIST_ENC | SMP_DIST_ID | SMP_DIST_SIGN, KEY_SIZE_MIN = 7, KEY_SIZE_MAX = 16 };

/* Table 2.8: the rows are the responder's capability, the columns the initiator's. */
#define J SMP_JUST_WORKS
#define I SMP_PASSKEY_I
#define R SMP_PASSKEY_R
#define B SMP_PASSKEY_BOTH
#define N SMP_NUMERIC
static const uint8_t methods[2][SMP_IO_COUNT][SMP_IO_COUNT] = {
	/*  display, yes/no, keyboard, none, both */
	{ /* legacy */
		{ J, J, R, J, R }, /* display */
		{ J, J, R, J, R }, /* yes/no */
		{ I, I, B, J, I }, /* keyboard */
		{ J, J, J, J, J }, /* none */
		{ I, I, R, J, I }, /* keyboard and display */
	},
	{ /* Secure Connections */
		{ J, J, R, J, R },
		{ J, N, R, J, N },
		{ I, I, B, J, I },
		{ J, J, J, J, J },
		{ I, N, R, J, N },
	},
};
#undef J
#undef I
#undef R
#undef B
#undef N

enum smp_method smp_method_of(uint8_t initiator_io, uint8_t responder_io, bool sc)
{
	return (enum smp_method)methods[sc][responder_io][initiator_io];
}

uint8_t smp_level(const struct smp_strength *s)
{
	if (!s->key_size)
		return 1;
	if (!s->authenticated)
		return 2;
	return s->sc && s->key_size == KEY_SIZE_MAX ? 4 : 3;
}

static bool is_address(const struct ble_addr *a, const struct ble_addr *b)
{
	return ((a->type ^ b->type) & 1) == 0 && !memcmp(a->octets, b->octets, 6);
}

/* We have what the peer has given us on another way. */
static bool has_oob(const struct smp_link *l, bool sc)
{
	static const struct ble_addr anybody;
	const struct smp_config *c = &l->smp->config;
	if (!c->oob || !c->oob_model)
		return false;
	if (!is_address(&c->oob->peer, &anybody) && !is_address(&c->oob->peer, &l->peer))
		return false;
	return sc ? c->oob->have_theirs : c->oob->have_tk;
}

/*
 * What we ask for; sc: whether it will be by Secure Connections, as far as one knows. The MITM protection that a
 * peripheral's Security Request wants is asked for where our user can do something: peers that only repeat what the
 * Pairing Request wants (Linux) would end up with less than they have asked for.
 */
static struct smp_pairing features(const struct smp_link *l, bool sc)
{
	const struct smp_config *c = &l->smp->config;
	uint8_t initiator = c->initiator_keys, responder = c->responder_keys;
	*(smp_is_initiator(l) ? &responder : &initiator) |= c->wanted_keys;
	bool mitm = c->mitm || (c->io != SMP_IO_NONE && (l->asked & SMP_AUTH_MITM));
	return (struct smp_pairing){
		.io_capability = c->io,
		.oob_data_flag = has_oob(l, sc),
		.auth_req = (uint8_t)((c->bonding ? SMP_AUTH_BONDING : 0) | (mitm ? SMP_AUTH_MITM : 0) |
			(c->sc ? SMP_AUTH_SC : 0) | (c->keypress && c->passkey ? SMP_AUTH_KEYPRESS : 0)),
		.max_key_size = c->key_max,
		.initiator_keys = c->bonding ? initiator & KEYS_MASK : 0,
		.responder_keys = c->bonding ? responder & KEYS_MASK : 0,
	};
}

static void put(uint8_t pdu[7], uint8_t code, const struct smp_pairing *p)
{
	struct wr w = wr_of(pdu, 7);
	smp_pairing_write(&w, code, p);
}

static bool get(const uint8_t *pdu, struct smp_pairing *p)
{
	struct rd r = rd_of(pdu + 1, 6);
	return smp_pairing_read(&r, p) && p->io_capability < SMP_IO_COUNT && p->oob_data_flag <= 1 &&
		p->max_key_size >= KEY_SIZE_MIN && p->max_key_size <= KEY_SIZE_MAX;
}

static bool bonds(const struct smp_pairing *p)
{
	return (p->auth_req & SMP_AUTH_BONDING_MASK) == SMP_AUTH_BONDING;
}

/* 2.3.5.1 */
static enum smp_method choose(const struct smp_link *l, const struct smp_pairing *req, const struct smp_pairing *rsp)
{
	unsigned oob = req->oob_data_flag + rsp->oob_data_flag;
	if (l->sc ? oob : oob == 2)
		return SMP_OOB;
	if (!((req->auth_req | rsp->auth_req) & SMP_AUTH_MITM))
		return SMP_JUST_WORKS;
	return smp_method_of(req->io_capability, rsp->io_capability, l->sc);
}

static const struct smp_model *model_of(const struct smp_config *c, enum smp_method method)
{
	switch (method) {
	case SMP_JUST_WORKS: return NULL;
	case SMP_PASSKEY_I:
	case SMP_PASSKEY_R:
	case SMP_PASSKEY_BOTH: return c->passkey;
	case SMP_NUMERIC: return c->numeric;
	case SMP_OOB: return c->oob_model;
	}
	return NULL;
}

/* Both sides' features are in preq and pres. */
static uint8_t agree(struct smp_link *l, const struct smp_pairing *req, const struct smp_pairing *rsp)
{
	const struct smp_config *c = &l->smp->config;
	l->sc = req->auth_req & rsp->auth_req & SMP_AUTH_SC;
	l->scheme = l->sc ? c->sc : c->legacy;
	l->method = (uint8_t)choose(l, req, rsp);
	l->model = model_of(c, (enum smp_method)l->method);
	l->bonding = bonds(req) && bonds(rsp);
	l->keypress = req->auth_req & rsp->auth_req & SMP_AUTH_KEYPRESS;
	l->debug = false;
	l->strength = (struct smp_strength){ .authenticated = l->method != SMP_JUST_WORKS, .sc = l->sc,
		.key_size = req->max_key_size < rsp->max_key_size ? req->max_key_size : rsp->max_key_size };
	uint8_t masked = l->sc ? SMP_DIST_ID | SMP_DIST_SIGN : KEYS_MASK; /* 3.6.1: no LTK, it is derived */
	bool first = smp_is_initiator(l);
	l->give = masked & (first ? rsp->initiator_keys : rsp->responder_keys);
	l->want = masked & (first ? rsp->responder_keys : rsp->initiator_keys);
	l->half = 0;
	if (!l->scheme)
		return SMP_ERR_AUTHENTICATION_REQUIREMENTS;
	if (l->method != SMP_JUST_WORKS && !l->model)
		return SMP_ERR_PAIRING_NOT_SUPPORTED;
	if (l->strength.key_size < c->key_min)
		return SMP_ERR_ENCRYPTION_KEY_SIZE;
	if (c->mitm && !l->strength.authenticated)
		return SMP_ERR_AUTHENTICATION_REQUIREMENTS;
	uint8_t reason = l->smp->hooks->may(l, &l->strength, l->bonding);
	return reason ? reason : l->scheme->begin(l);
}

/* Responder. The state is one of pairing, so that a refusal is the end of one. */
static uint8_t on_request(struct smp_link *l, const uint8_t *pdu)
{
	const struct smp_config *c = &l->smp->config;
	struct smp_pairing req;
	if (smp_is_initiator(l) || (!c->sc && !c->legacy) || smp_must_wait(l)) {
		l->queued = 0;
		smp_say(l, SMP_PAIRING_FAILED, smp_is_initiator(l) ? SMP_ERR_COMMAND_NOT_SUPPORTED :
			!c->sc && !c->legacy ? SMP_ERR_PAIRING_NOT_SUPPORTED : SMP_ERR_REPEATED_ATTEMPTS);
		return 0;
	}
	l->method = SMP_JUST_WORKS; /* until it is known */
	l->strength = (struct smp_strength){ 0 };
	smp_enter(l, SMP_R_FEATURES);
	if (!get(pdu, &req))
		return SMP_ERR_INVALID_PARAMETERS;
	bool sc = c->sc && (req.auth_req & SMP_AUTH_SC);
	struct smp_pairing rsp = features(l, sc);
	rsp.initiator_keys = bonds(&req) ? rsp.initiator_keys & req.initiator_keys : 0;
	rsp.responder_keys = bonds(&req) ? rsp.responder_keys & req.responder_keys : 0;
	memcpy(l->preq, pdu, sizeof l->preq);
	put(l->pres, SMP_PAIRING_RSP, &rsp);
	smp_queue(l, SMP_PAIRING_RSP, 0);
	return agree(l, &req, &rsp);
}

/* Initiator */
static uint8_t on_response(struct smp_link *l, const uint8_t *pdu)
{
	struct smp_pairing req, rsp;
	if (!get(pdu, &rsp))
		return SMP_ERR_INVALID_PARAMETERS;
	(void)get(l->preq, &req); /* our own */
	if ((rsp.initiator_keys & ~req.initiator_keys) | (rsp.responder_keys & ~req.responder_keys)) /* 3.6.1 */
		return SMP_ERR_INVALID_PARAMETERS;
	memcpy(l->pres, pdu, sizeof l->pres);
	return agree(l, &req, &rsp);
}

/* 2.4.6; while we are pairing, or have asked, it is passed over. */
static uint8_t on_security_request(struct smp_link *l, const uint8_t *pdu)
{
	if (!smp_is_initiator(l)) {
		if (l->state != SMP_IDLE)
			return SMP_ERR_UNSPECIFIED_REASON;
		l->queued = 0;
		smp_say(l, SMP_PAIRING_FAILED, SMP_ERR_COMMAND_NOT_SUPPORTED);
	} else if (l->state == SMP_IDLE) {
		l->asked = pdu[1];
		l->smp->hooks->requested(l, pdu[1]);
	} else {
		l->smp->passed_over++;
	}
	return 0;
}

int smp_pair(struct smp_link *l)
{
	const struct smp_config *c = &l->smp->config;
	if (l->state == SMP_DEAD)
		return BLE_ESTATE;
	if (l->state != SMP_IDLE || l->queued)
		return BLE_EBUSY;
	if (!c->sc && !c->legacy)
		return BLE_ENOTSUP;
	if (smp_must_wait(l))
		return BLE_EREFUSED;
	struct smp_pairing req = features(l, c->sc);
	if (smp_is_initiator(l)) {
		l->method = SMP_JUST_WORKS;
		l->strength = (struct smp_strength){ 0 };
		smp_enter(l, SMP_I_RESPONSE);
		put(l->preq, SMP_PAIRING_REQ, &req);
		smp_queue(l, SMP_PAIRING_REQ, 0);
	} else {
		smp_say(l, SMP_SECURITY_REQ, req.auth_req);
	}
	smp_pump(l);
	return 0;
}

const struct smp_row smp_feature_rows[] = {
	{ SMP_IDLE, SMP_PAIRING_REQ, on_request },
	{ SMP_I_RESPONSE, SMP_PAIRING_RSP, on_response },
	{ SMP_ANY, SMP_SECURITY_REQ, on_security_request },
};
const uint8_t smp_feature_count = sizeof smp_feature_rows / sizeof smp_feature_rows[0];
