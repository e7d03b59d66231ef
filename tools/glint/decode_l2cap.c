/* L2CAP: pieces of ACL data or of the air put together (Vol 3 Part A 7.2), then by channel. */
#include "decode.h"

#include "spec/l2cap_pdu.h"
#include "spec/names.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 65535 + L2CAP_HDR_LEN, PAIRING_FAILED = 0x05, ENCRYPTION_INFORMATION = 0x06 };

static void signal(struct out *o, struct rd *r)
{
	struct l2cap_sig_hdr h;
	if (!l2cap_sig_hdr_read(r, &h)) {
		o->malformed = true;
		return;
	}
	const char *fields = fields_of_signal(h.code);
	out_name(o, "L2CAP", l2cap_code_name(h.code), "code", h.code);
	out_number(o, "code", h.code);
	out_number(o, "identifier", h.identifier);
	o->malformed |= !fields_show(o, r, fields ? fields : ":x");
}

/* Octets of each PDU of the Security Manager, its code among them. */
static const uint8_t security_sizes[] = {
#define X(name, code, octets, text) [code] = octets,
#include "spec/smp_codes.def"
#undef X
};

/* Vol 3 Part H 3.3. What is behind Pairing Request and its like stays legible up to encryption. */
static void security(struct out *o, struct rd *r)
{
	size_t len = r->left;
	uint8_t code = rd_u8(r);
	const char *fields = fields_of_security(code);
	out_name(o, "SMP", smp_code_name(code), "code", code);
	out_number(o, "code", code);
	o->alarm |= code == PAIRING_FAILED;
	if (code == ENCRYPTION_INFORMATION && r->left == 16)
		keys_learn(r->p);
	o->malformed |= !rd_ok(r) || (code < sizeof security_sizes && security_sizes[code] != len) ||
		!fields_show(o, r, fields ? fields : ":x");
}

static void message(struct out *o, struct session *s, int side, struct rd *r)
{
	struct l2cap_hdr h;
	size_t n;
	l2cap_hdr_read(r, &h);
	out_number(o, "cid", h.channel_id);
	if (h.channel_id == L2CAP_CID_ATT) {
		decode_att(o, s, side, r);
	} else if (h.channel_id == L2CAP_CID_LE_SIGNALLING) {
		signal(o, r);
	} else if (h.channel_id == L2CAP_CID_SM) {
		security(o, r);
	} else {
		out_name(o, "L2CAP", NULL, "channel", h.channel_id);
		const uint8_t *p = rd_rest(r, &n);
		out_hex(o, p, n);
		out_octets(o, "value", p, n);
	}
}

static void piece_name(struct out *o, const char *name, const struct stream *t)
{
	out_name(o, "L2CAP", name, "", 0);
	if (t->want)
		text_add(&o->detail, "%zu of %zu octets so far", t->len, t->want);
}

/* Appends to the message; false: there is none that this belongs to, or it is too much. */
static bool append(struct stream *t, const uint8_t *p, size_t n)
{
	if (!t->data)
		t->data = malloc(LONGEST);
	if (!t->data || n > LONGEST - t->len || (t->want && t->len + n > t->want))
		return false;
	if (n)
		memcpy(t->data + t->len, p, n);
	t->len += n;
	if (t->len >= L2CAP_HDR_LEN)
		t->want = le16_get(t->data) + (size_t)L2CAP_HDR_LEN;
	return !t->want || t->len <= t->want;
}

void decode_piece(struct out *o, struct session *s, int side, bool first, struct rd *r)
{
	struct stream *t = &s->from[side];
	size_t n;
	const uint8_t *p = rd_rest(r, &n);
	if (first)
		*t = (struct stream){ .data = t->data };
	if (!first && (t->broken || t->len == 0)) {
		piece_name(o, "continuation of a message whose beginning is missing", t);
		out_octets(o, "value", p, n);
		return;
	}
	if (!append(t, p, n)) {
		piece_name(o, "more octets than the message has", t);
		t->broken = o->malformed = true;
		return;
	}
	if (t->len != t->want || t->len < L2CAP_HDR_LEN) {
		piece_name(o, first ? "beginning of a message" : "continuation", t);
		return;
	}
	struct rd whole = rd_of(t->data, t->len);
	t->len = t->want = 0; /* the octets stay until the next piece */
	message(o, s, side, &whole);
}
