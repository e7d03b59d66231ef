/*
 * What is encrypted on the air, for who has the key. Long term keys come from the command line, from the HCI trace of
 * either host, and from pairing itself, where the link that hands them over can be read. LL_ENC_REQ and LL_ENC_RSP make
 * a session key of one of them (Vol 6 Part B 5.1.3.1); which one it was shows at the first packet whose MIC is right.
 */
#include "decode.h"
#include "value.h"

#include "crypto/crypto.h"
#include "spec/hci_pkt.h"
#include "spec/ll_pdu.h"
#include "spec/llcp_pdu.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEY = 16,
	LOST_MOST = 64, /* packets that a trace may lack between two that it has */
};

static struct {
	uint8_t (*at)[KEY]; /* in the order of the air */
	size_t count, room;
} keys;

void keys_learn(const uint8_t ltk[16])
{
	for (size_t i = 0; i < keys.count; i++)
		if (!memcmp(keys.at[i], ltk, KEY))
			return;
	if (keys.count == keys.room) {
		keys.room = keys.room ? keys.room * 2 : 8;
		keys.at = grow(keys.at, keys.room * sizeof *keys.at);
	}
	memcpy(keys.at[keys.count++], ltk, KEY);
}

size_t keys_known(void)
{
	return keys.count;
}

void keys_free(void)
{
	if (keys.at)
		crypto_wipe(keys.at, keys.count * sizeof *keys.at);
	free(keys.at);
	keys.at = NULL;
	keys.count = keys.room = 0;
}

/* Tools show keys in one order or in the other: both are tried. */
bool keys_read(const char *text)
{
	uint8_t key[KEY], turned[KEY];
	char why[WHY_TEXT];
	if (hex_write(&text, 1, key, KEY, why) != KEY) {
		complain("decode", "--ltk %s: a long term key is 32 hexadecimal digits; `glint decode --help` shows how",
			text);
		return false;
	}
	crypto_turn(turned, key, KEY);
	keys_learn(key);
	keys_learn(turned);
	crypto_wipe(key, KEY);
	crypto_wipe(turned, KEY);
	return true;
}

/* LE Enable Encryption: handle, Rand and EDIV are before the key; LE Long Term Key Request Reply: the handle. */
static void learn_from_command(const struct rec *r)
{
	enum { HEADER = 3, ENABLE = HEADER + 12, REPLY = HEADER + 2 };
	if (r->air || r->type != HCI_H4_COMMAND || r->len < HEADER)
		return;
	uint16_t opcode = le16_get(r->data);
	if (opcode == HCI_CMD_LE_ENABLE_ENCRYPTION && r->len == ENABLE + KEY)
		keys_learn(r->data + ENABLE);
	if (opcode == HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY && r->len == REPLY + KEY)
		keys_learn(r->data + REPLY);
}

void keys_learn_from_file(const struct trace_file *f)
{
	struct trace_file again = *f;
	struct rec r;
	again.quiet = true;
	while (file_next(&again, &r))
		learn_from_command(&r);
}

void crypt_follow(struct crypt *c, const uint8_t *pdu, size_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1);
	struct ll_enc_req req;
	struct ll_enc_rsp rsp;
	if (pdu[0] == LL_ENC_REQ && ll_enc_req_read(&r, &req)) {
		memcpy(c->skd, req.skd_c, 8);
		memcpy(c->iv, req.iv_c, 4);
	} else if (pdu[0] == LL_ENC_RSP && ll_enc_rsp_read(&r, &rsp)) {
		memcpy(c->skd + 8, rsp.skd_p, 8);
		memcpy(c->iv + 4, rsp.iv_p, 4);
	} else if (pdu[0] == LL_START_ENC_REQ) { /* the last that is legible */
		c->on = true;
		c->has_key = false;
	} else if (pdu[0] == LL_PAUSE_ENC_RSP) {
		c->on = false;
	}
}

/* A payload with its MIC, as it is on the air; len without the MIC. */
struct sealed {
	uint8_t first; /* octet of the header */
	const uint8_t *payload;
	size_t len;
};

static bool open_with(struct crypt *c, const uint8_t key[KEY], int side, const struct sealed *s, uint8_t *plain)
{
	struct ble_radio_ccm ccm = { .from_central = side == 0 };
	bool fine = false;
	memcpy(ccm.key, key, KEY);
	memcpy(ccm.iv, c->iv, sizeof ccm.iv);
	for (unsigned lost = 0; lost <= LOST_MOST && !fine; lost++) {
		ccm.counter = c->counters[side] + lost;
		memcpy(plain, s->payload, s->len);
		fine = crypto_ccm_decrypt(&ble_crypto_psa, &ccm, s->first, plain, s->len, s->payload + s->len);
	}
	if (fine)
		c->counters[side] = ccm.counter + 1;
	crypto_wipe(&ccm, sizeof ccm);
	return fine;
}

/* The first packet of a session, by whichever key. */
static bool find_key(struct crypt *c, int side, const struct sealed *s, uint8_t *plain)
{
	uint8_t sk[KEY];
	c->counters[0] = c->counters[1] = 0;
	for (size_t i = 0; i < keys.count && !c->has_key; i++)
		if (crypto_e(&ble_crypto_psa, keys.at[i], c->skd, sk) == 0) {
			crypto_turn(c->key, sk, KEY);
			c->has_key = open_with(c, c->key, side, s, plain);
		}
	crypto_wipe(sk, sizeof sk);
	return c->has_key;
}

bool crypt_open(struct crypt *c, int side, uint8_t first, const uint8_t *payload, size_t len, uint8_t *plain)
{
	const struct sealed s = { first, payload, len - CRYPTO_MIC };
	return c->has_key ? open_with(c, c->key, side, &s, plain) : find_key(c, side, &s, plain);
}
