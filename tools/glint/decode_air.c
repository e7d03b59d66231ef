/*
 * The air in words: advertising channel PDUs, then data channel PDUs of the connections that a
 * CONNECT_IND has told of, or that simply turn up. Vol 6 Part B 2. A PDU with the sequence number of
 * the one before, from the same side, is a retransmission: it is shown, and goes no further.
 */
#include "decode.h"

#include "spec/ll_pdu.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

enum { LEAST = 4 + 2 + LL_CRC_LEN, TURN_US = 1000 };

/* Where the file does not say who speaks: in a connection event the two take turns. */
static int side_of(const struct session *s, const struct rec *r)
{
	if (r->flow == 2 || r->flow == 3)
		return r->flow - 2;
	uint32_t airtime = ll_airtime_us(LL_PHY_1M, LL_DATA_PAYLOAD_MAX);
	bool same_event = s->last_us && r->t_us - s->last_us < airtime + TURN_US;
	return same_event ? 1 - s->last_side : 0;
}

static unsigned channel_index(uint8_t rf)
{
	if (rf == 0 || rf == 12 || rf == 39)
		return rf == 0 ? 37 : rf == 12 ? 38 : 39;
	return rf < 12 ? rf - 1u : rf - 2u;
}

static void tag(struct out *o, const struct rec *r)
{
	if (r->rf_channel <= 39) {
		text_add(&o->tag, "%sch %u", o->tag.len ? ", " : "", channel_index(r->rf_channel));
		out_number(o, "channel", channel_index(r->rf_channel));
	}
	if (r->rssi_dbm != RSSI_UNKNOWN) {
		text_add(&o->tag, "%s%d dBm", o->tag.len ? ", " : "", r->rssi_dbm);
		out_number(o, "rssi", r->rssi_dbm);
	}
}

static void address(struct out *o, const char *key, const uint8_t octets[6], bool random)
{
	struct ble_addr addr = { .type = random };
	char text[ADDR_TEXT];
	memcpy(addr.octets, octets, 6);
	text_add(&o->detail, "%s (%s)", addr_text(text, &addr), addr_type_text(&addr));
	out_text(o, key, text);
}

static bool advertisement(struct out *o, const struct ll_adv_hdr *h, struct rd *r)
{
	struct ll_adv adv;
	char text[1024] = "";
	struct text t = { text, sizeof text, 0 };
	if (!ll_adv_read(r, &adv))
		return false;
	ad_text(&t, adv.data, adv.data_len, AD_ALL);
	address(o, "address", adv.adv_a, h->tx_add);
	text_add(&o->detail, ", %s", *text ? text : "no data");
	out_octets(o, "data", adv.data, adv.data_len);
	return true;
}

/* From one to the other: SCAN_REQ, ADV_DIRECT_IND. */
static bool addressed(struct out *o, const struct ll_adv_hdr *h, struct rd *r)
{
	uint8_t from[6], to[6];
	rd_copy(r, from, 6);
	rd_copy(r, to, 6);
	address(o, "address", from, h->tx_add);
	text_add(&o->detail, " to ");
	address(o, "to", to, h->rx_add);
	return rd_done(r);
}

static bool connect_ind(
	struct out *o, const struct trace_file *f, const struct ll_adv_hdr *h, struct rd *r)
{
	struct ll_connect_ind c;
	struct ble_addr init = { .type = h->tx_add }, adv = { .type = h->rx_add };
	if (!ll_connect_ind_read(r, &c))
		return false;
	address(o, "address", c.init_a, h->tx_add);
	text_add(&o->detail, " to ");
	address(o, "to", c.adv_a, h->rx_add);
	text_add(&o->detail,
		", access address 0x%08lx, interval %g ms, latency %u, supervision %u ms, hop %u",
		(unsigned long)c.aa, c.interval * 1.25, c.latency, c.timeout * 10u, c.hop);
	out_number(o, "access_address", c.aa);
	out_number(o, "interval_ms", c.interval * 1.25);
	out_number(o, "latency", c.latency);
	out_number(o, "supervision_ms", c.timeout * 10.0);
	memcpy(init.octets, c.init_a, 6);
	memcpy(adv.octets, c.adv_a, 6);
	session_begin(f, true, c.aa, &init, &adv)->supervision_ms = c.timeout * 10u;
	return true;
}

static void advertising(struct out *o, const struct trace_file *f, struct rd *r)
{
	struct ll_adv_hdr h;
	bool fine = false;
	size_t n;
	o->arrow = '*';
	ll_adv_hdr_read(r, &h);
	out_name(o, "LL", ll_adv_pdu_name(h.pdu_type), "advertising PDU", h.pdu_type);
	out_number(o, "type", h.pdu_type);
	if (h.length != r->left) {
		o->malformed = true;
		return;
	}
	switch (h.pdu_type) {
	case LL_ADV_IND:
	case LL_ADV_NONCONN_IND:
	case LL_ADV_SCAN_IND:
	case LL_SCAN_RSP: fine = advertisement(o, &h, r); break;
	case LL_ADV_DIRECT_IND:
	case LL_SCAN_REQ: fine = addressed(o, &h, r); break;
	case LL_CONNECT_IND: fine = connect_ind(o, f, &h, r); break;
	default: {
		const uint8_t *p = rd_rest(r, &n);
		out_hex(o, p, n);
		fine = true;
	}
	}
	o->malformed |= !fine;
}

static void control(struct out *o, struct session *s, struct rd *r)
{
	crypt_follow(&s->crypt, r->p, r->left);
	uint8_t opcode = rd_u8(r);
	const char *fields = fields_of_llcp(opcode);
	out_name(o, "LL", llcp_name(opcode), "LL control", opcode);
	out_number(o, "opcode", opcode);
	if (opcode == LL_CONNECTION_UPDATE_IND && r->left >= 9)
		s->supervision_ms = le16_get(r->p + 7) * 10u;
	o->malformed |= !fields_show(o, r, fields ? fields : ":x");
}

static void legible(struct out *o, struct session *s, int side, uint8_t llid, struct rd *r)
{
	if (llid == LL_LLID_CONTROL)
		control(o, s, r);
	else if (llid == 0)
		out_name(o, "LL", NULL, "reserved LLID", 0);
	else
		decode_piece(o, s, side, llid == LL_LLID_START, r);
}

static void encrypted(struct out *o, struct session *s, int side, const struct ll_data_hdr *h, struct rd *r)
{
	uint8_t plain[UINT8_MAX];
	if (!crypt_open(&s->crypt, side, r->p[-LL_DATA_HDR_LEN], r->p, r->left, plain)) {
		out_name(o, "LL", "encrypted PDU", "", 0);
		text_add(&o->detail, "%u octets", h->length);
		if (keys_known())
			text_add(&o->detail, "; no key that is known opens it");
		return;
	}
	text_add(&o->tag, ", decrypted");
	out_text(o, "encryption", "opened");
	struct rd opened = rd_of(plain, r->left - MIC);
	legible(o, s, side, h->llid, &opened);
}

static void data(struct out *o, struct session *s, const struct rec *rec, struct rd *r)
{
	struct ll_data_hdr h;
	int side = side_of(s, rec);
	ll_data_hdr_read(r, &h);
	o->arrow = side ? '<' : '>';
	text_add(&o->tag, "aa 0x%08lx", (unsigned long)s->key);
	out_number(o, "access_address", s->key);
	out_text(o, "from", side ? "peripheral" : "central");
	bool again = s->heard[side] && s->sn[side] == h.sn;
	s->heard[side] = true;
	s->sn[side] = h.sn;
	s->last_side = side;
	s->last_us = rec->t_us;
	s->rssi_dbm = rec->rssi_dbm;
	if (h.length != r->left) {
		out_name(o, "LL", "data PDU", "", 0);
		o->malformed = true;
	} else if (h.llid == LL_LLID_CONTINUE && h.length == 0) {
		out_name(o, "LL", "empty PDU", "", 0);
		o->quiet = true;
	} else if (again) {
		out_name(o, "LL", "retransmission", "", 0);
		text_add(&o->detail, "%u octets", h.length);
	} else if (rec->opened) { /* by who recorded it */
		r->left -= rec->mic && r->left > MIC ? MIC : 0;
		legible(o, s, side, h.llid, r);
	} else if (s->crypt.on && r->left > MIC) { /* what is shorter has no MIC */
		encrypted(o, s, side, &h, r);
	} else {
		legible(o, s, side, h.llid, r);
	}
}

void decode_air(struct out *o, const struct trace_file *f, const struct rec *rec)
{
	o->arrow = ' ';
	if (rec->len < LEAST) {
		out_name(o, "LL", "cut packet", "", 0);
		o->malformed = true;
		return;
	}
	uint32_t access = le32_get(rec->data);
	struct rd r = rd_of(rec->data + 4, rec->len - 4 - LL_CRC_LEN);
	if (rec->crc_bad) {
		out_name(o, "LL", "packet with a wrong CRC", "", 0);
		out_text(o, "crc", "wrong");
		text_add(&o->detail, "%zu octets", rec->len);
	} else if (access == LL_ADV_ACCESS_ADDRESS) {
		advertising(o, f, &r);
	} else {
		data(o, session_find(f, true, access), rec, &r);
	}
	tag(o, rec);
}
