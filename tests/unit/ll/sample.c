/* See sample.h. */
#include "sample.h"

#include <string.h>

struct rig r;
struct link l;

/* Vol 6 Part C 1.1, in the order of the air; LTK, SK and SKD are printed there with the most significant octet first. */
const uint8_t sample_ltk[16] = { 0xBF, 0x01, 0xFB, 0x9D, 0x4E, 0xF3, 0xBC, 0x36, 0xD8, 0x74, 0xF5, 0x39, 0x41, 0x38, 0x68,
	0x4C };
const uint8_t sample_enc_req[23] = { LL_ENC_REQ, 0x90, 0x78, 0x56, 0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x74, 0x24, 0x13, 0x02,
	0xF1, 0xE0, 0xDF, 0xCE, 0xBD, 0xAC, 0x24, 0xAB, 0xDC, 0xBA };
const uint8_t sample_enc_rsp[13] = { LL_ENC_RSP, 0x79, 0x68, 0x57, 0x46, 0x35, 0x24, 0x13, 0x02, 0xBE, 0xBA, 0xAF, 0xDE };
const uint8_t sample_central_start[5] = { 0x9F, 0xCD, 0xA7, 0xF4, 0x48 };
const uint8_t sample_peripheral_start[5] = { 0xA3, 0x4C, 0x13, 0xA4, 0x15 };
static const uint8_t session_key[16] = { 0x99, 0xAD, 0x1B, 0x52, 0x26, 0xA3, 0x7E, 0x3E, 0x05, 0x8E, 0x3B, 0x8E, 0x27, 0xC2,
	0xC6, 0x66 };
static const uint8_t session_iv[8] = { 0x24, 0xAB, 0xDC, 0xBA, 0xBE, 0xBA, 0xAF, 0xDE };
/* Data packets 1 of either side, without the header. */
const uint8_t sample_central_data[31] = { 0x7A, 0x70, 0xD6, 0x64, 0x15, 0x22, 0x6D, 0xF2, 0x6B, 0x17, 0x83, 0x9A, 0x06, 0x04,
	0x05, 0x59, 0x6B, 0xD6, 0x56, 0x4F, 0x79, 0x6B, 0x5B, 0x9C, 0xE6, 0xFF, 0x32, 0xF7, 0x5A, 0x6D, 0x33 };
const uint8_t sample_peripheral_data[31] = { 0xF3, 0x88, 0x81, 0xE7, 0xBD, 0x94, 0xC9, 0xC3, 0x69, 0xB9, 0xA6, 0x68, 0x46,
	0xDD, 0x47, 0x86, 0xAA, 0x8C, 0x39, 0xCE, 0x54, 0x0D, 0x0D, 0xAE, 0x3A, 0xDC, 0xDF, 0x89, 0xB9, 0x60, 0x88 };
const char sample_peripheral_plain[] = "\x17\0" "76543210ABCDEFGHIJKLMNOPQ";

/* What the peer counts. */
struct ble_radio_ccm sample_tx, sample_rx;

const uint8_t *sample_random;

static void draw(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	memcpy(dst, sample_random, len);
	sample_random += len;
}

void sample_open(bool central)
{
	link_open(&l, &r, central);
	r.platform.crypto = &ble_crypto_psa;
	r.platform.random = draw;
	sample_random = central ? sample_enc_req + 11 : sample_enc_rsp + 1;
	sample_tx = (struct ble_radio_ccm){ .from_central = !central };
	memcpy(sample_tx.key, session_key, 16);
	memcpy(sample_tx.iv, session_iv, 8);
	sample_rx = sample_tx;
	sample_rx.from_central = central;
	assert_int_equal(link_exchange(&l, NULL, 0), SAMPLE_NOTHING);
}

uint8_t sample_next(unsigned events)
{
	while (events--) {
		uint8_t opcode = link_exchange(&l, NULL, 0);
		if (opcode != SAMPLE_NOTHING)
			return opcode;
	}
	return SAMPLE_NOTHING;
}

/* The peer's PDU, encrypted; what we say in this event, not decrypted. */
void sample_say(uint8_t llid, const void *payload, uint8_t len)
{
	uint8_t sealed[31];
	memcpy(sealed, payload, len);
	assert_int_equal(crypto_ccm_encrypt(&ble_crypto_psa, &sample_tx, llid, sealed, len, sealed + len), 0);
	sample_tx.counter++;
	assert_true(rig_run(&r, r.now_us + 10000000));
	if (link_conn(&l)->role == HCI_ROLE_CENTRAL)
		link_ours(&l);
	link_peer(&l, llid, sealed, (uint8_t)(len + 4), false);
	if (link_conn(&l)->role == HCI_ROLE_PERIPHERAL)
		link_ours(&l);
	rig_main(&r);
}

/* The next PDU of ours that is not empty, decrypted into buf; its length without the MIC. */
uint8_t sample_hear(uint8_t *buf, uint8_t *llid)
{
	for (unsigned events = 0; events < 4; events++) {
		link_exchange(&l, NULL, 0);
		const uint8_t *pdu = link_said();
		if (!pdu[1])
			continue;
		assert_true(pdu[1] > 4);
		uint8_t len = (uint8_t)(pdu[1] - 4);
		memcpy(buf, pdu + 2, pdu[1]);
		assert_true(crypto_ccm_decrypt(&ble_crypto_psa, &sample_rx, pdu[0], buf, len, buf + len));
		sample_rx.counter++;
		*llid = pdu[0] & 3;
		return len;
	}
	fail_msg("nothing was said");
	return 0;
}

uint8_t sample_hear_opcode(void)
{
	uint8_t buf[31], llid;
	sample_hear(buf, &llid);
	assert_int_equal(llid, LL_LLID_CONTROL);
	return buf[0];
}

uint8_t sample_reply(const uint8_t *key)
{
	uint8_t params[18];
	link_handle(&l, params);
	if (!key)
		return rig_cmd(&r, HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY, params, 2);
	memcpy(params + 2, key, 16);
	return rig_cmd(&r, HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY, params, 18);
}

uint8_t sample_enable(void)
{
	uint8_t params[28];
	link_handle(&l, params);
	memcpy(params + 2, sample_enc_req + 1, 10);
	memcpy(params + 12, sample_ltk, 16);
	return rig_cmd(&r, HCI_CMD_LE_ENABLE_ENCRYPTION, params, 28);
}

void sample_host_sends(const void *data, uint8_t len)
{
	uint8_t acl[5 + 251] = { HCI_H4_ACL, (uint8_t)link_conn(&l)->handle, (uint8_t)(link_conn(&l)->handle >> 8), len };
	memcpy(acl + 5, data, len);
	assert_int_equal(ble_ctlr_hci_write(r.c, acl, 5u + len), 0);
}

void sample_told(uint8_t status, bool on)
{
	const uint8_t *evt = rig_find(&r, HCI_EVT_ENCRYPTION_CHANGE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[0], status);
	assert_int_equal(le16_get(evt + 1), link_conn(&l)->handle);
	assert_int_equal(evt[3], on);
}

void sample_gone(uint8_t reason)
{
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], reason);
	rig_check_leaks(&r);
}

void sample_asked_for_key(void)
{
	const uint8_t *evt = rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_LONG_TERM_KEY_REQUEST);
	assert_non_null(evt);
	assert_int_equal(le16_get(evt + 1), link_conn(&l)->handle);
	assert_memory_equal(evt + 3, sample_enc_req + 1, 10);
}

void sample_begin(unsigned step)
{
	sample_open(false);
	assert_int_equal(link_exchange(&l, sample_enc_req, sizeof sample_enc_req), SAMPLE_NOTHING);
	assert_int_equal(sample_next(1), LL_ENC_RSP);
	assert_memory_equal(link_said() + 2, sample_enc_rsp, sizeof sample_enc_rsp);
	sample_asked_for_key();
	if (step == SAMPLE_REQUESTED)
		return;
	assert_int_equal(sample_reply(sample_ltk), 0);
	assert_int_equal(sample_next(2), LL_START_ENC_REQ);
	assert_int_equal(link_said()[1], 1); /* in clear */
	if (step == SAMPLE_HAS_KEY)
		return;
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_peer(&l, LL_LLID_CONTROL, sample_central_start, 5, false);
	link_ours(&l);
	rig_main(&r);
	sample_tx.counter = sample_rx.counter = 1;
	link_exchange(&l, NULL, 0);
	assert_int_equal(link_said()[1], 5);
	assert_memory_equal(link_said() + 2, sample_peripheral_start, 5);
	sample_told(0, true);
}

void sample_central(void)
{
	sample_open(true);
	assert_int_equal(sample_enable(), 0);
	assert_int_equal(sample_enable(), HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(sample_next(2), LL_ENC_REQ);
	assert_memory_equal(link_said() + 2, sample_enc_req, sizeof sample_enc_req);
	static const uint8_t start[1] = { LL_START_ENC_REQ };
	assert_int_equal(link_exchange(&l, sample_enc_rsp, sizeof sample_enc_rsp), SAMPLE_NOTHING);
	assert_int_equal(link_exchange(&l, start, 1), SAMPLE_NOTHING);
	link_exchange(&l, NULL, 0);
	assert_int_equal(link_said()[1], 5);
	assert_memory_equal(link_said() + 2, sample_central_start, 5);
	sample_tx.counter = sample_rx.counter = 1;
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_ours(&l);
	link_peer(&l, LL_LLID_CONTROL, sample_peripheral_start, 5, false);
	rig_main(&r);
	sample_told(0, true);
}

void sample_pause(void)
{
	static const uint8_t rsp[1] = { LL_PAUSE_ENC_RSP };
	sample_begin(SAMPLE_STARTED);
	sample_say(LL_LLID_CONTROL, "\x0A", 1);
	sample_host_sends("waits", 5);
	assert_int_equal(sample_hear_opcode(), LL_PAUSE_ENC_RSP);
	assert_int_equal(link_exchange(&l, rsp, 1), SAMPLE_NOTHING);
	assert_int_equal(sample_next(3), SAMPLE_NOTHING);
	sample_random = sample_enc_rsp + 1;
	sample_tx.counter = sample_rx.counter = 0;
}
