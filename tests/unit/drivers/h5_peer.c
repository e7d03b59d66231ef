/* The controller's side of the three-wire transport: h5_peer.h. Numbers: Vol 4 Part D. */
#include "h5_peer.h"

#include <string.h>

void h5_peer_init(struct h5_peer *p, bool crc, unsigned window)
{
	memset(p, 0, sizeof *p);
	p->offers_crc = crc;
	p->window = window;
}

/* The shift register of the specification's figure: sixteen ones, data enters least significant bit first, x^16 + x^12
 * + x^5 + 1; what is left in it is sent from its far end. */
static unsigned check(const uint8_t *p, size_t len)
{
	unsigned reg = 0xFFFF; /* bit 15 is the far end */
	for (size_t i = 0; i < len; i++)
		for (int bit = 0; bit < 8; bit++) {
			unsigned in = (p[i] >> bit & 1u) ^ (reg >> 15);
			reg = reg << 1 & 0xFFFF;
			if (in)
				reg ^= 1u << 12 | 1u << 5 | 1u;
		}
	return reg;
}

static void slip(struct h5_peer *p, uint8_t octet)
{
	if (octet == 0xC0 || octet == 0xDB) {
		p->out[p->out_len++] = 0xDB;
		octet = octet == 0xC0 ? 0xDC : 0xDD;
	}
	p->out[p->out_len++] = octet;
}

void h5_peer_frame(struct h5_peer *p, uint8_t first, uint8_t type, const void *payload, size_t len)
{
	uint8_t f[4 + 4096 + 2];
	size_t n = 4 + len;
	bool with_check = p->crc && type != 15;
	f[0] = (uint8_t)(first | (with_check ? 1 << 6 : 0));
	f[1] = (uint8_t)((len & 0xF) << 4 | type);
	f[2] = (uint8_t)(len >> 4);
	f[3] = (uint8_t) ~(f[0] + f[1] + f[2]);
	if (len)
		memcpy(f + 4, payload, len);
	if (with_check) {
		unsigned c = check(f, n);
		f[n++] = (uint8_t)(c >> 8);
		f[n++] = (uint8_t)c;
	}
	p->out[p->out_len++] = 0xC0;
	for (size_t i = 0; i < n; i++)
		slip(p, f[i]);
	p->out[p->out_len++] = 0xC0;
}

void h5_peer_control(struct h5_peer *p, uint8_t a, uint8_t b)
{
	const uint8_t message[3] = { a, b, (uint8_t)(p->window | (p->offers_crc ? 0x10 : 0)) };
	bool with_field = (a == 3 || a == 4) && p->window;
	h5_peer_frame(p, 0, 15, message, with_field ? 3 : 2);
}

void h5_peer_again(struct h5_peer *p)
{
	if (p->waits)
		h5_peer_frame(p, (uint8_t)(0x80 | p->expected << 3 | p->seq), p->type, p->payload, p->payload_len);
}

void h5_peer_send(struct h5_peer *p, uint8_t type, const void *payload, size_t len)
{
	p->waits = true;
	p->type = type;
	p->payload_len = len;
	memcpy(p->payload, payload, len);
	h5_peer_again(p);
}

static void on_control(struct h5_peer *p, const uint8_t *m, size_t len)
{
	switch (m[0]) {
	case 1:
		p->syncs++;
		h5_peer_control(p, 2, 0x7D);
		break;
	case 2: p->synced = true; break;
	case 3:
		p->configs++;
		p->configured = true;
		p->crc = p->offers_crc && len > 2 && (m[2] & 0x10);
		p->seq = p->expected = 0;
		h5_peer_control(p, 4, 0x7B);
		break;
	case 5:
		p->wakeups++;
		p->asleep = false;
		h5_peer_control(p, 6, 0xF9);
		break;
	case 6: p->wokens++; break;
	default: break;
	}
}

static void on_reliable(struct h5_peer *p, uint8_t type, const uint8_t *payload, size_t len)
{
	if ((p->frame[0] & 7) == p->expected) {
		p->expected = (p->expected + 1) & 7;
		p->got[p->got_count % PEER_PACKETS][0] = type;
		memcpy(p->got[p->got_count % PEER_PACKETS] + 1, payload, len < PEER_PACKET ? len : 0);
		p->got_len[p->got_count++ % PEER_PACKETS] = len + 1;
	} else {
		p->resent++;
	}
	h5_peer_frame(p, (uint8_t)(p->expected << 3), 0, NULL, 0);
}

static void on_frame(struct h5_peer *p)
{
	const uint8_t *f = p->frame;
	size_t len = p->frame_len < 4 ? 0 : (size_t)(f[2] << 4 | f[1] >> 4), extra = f[0] & 0x40 ? 2 : 0;
	if (p->frame_len < 4 || ((f[0] + f[1] + f[2] + f[3]) & 0xFF) != 0xFF || p->frame_len != 4 + len + extra ||
		(extra && (check(f, 4 + len) >> 8 != f[4 + len] || (check(f, 4 + len) & 0xFF) != f[5 + len]))) {
		p->bad++;
		return;
	}
	p->frames++;
	if ((f[1] & 15) == 15) {
		on_control(p, f + 4, len);
		return;
	}
	if (p->waits && (f[0] >> 3 & 7) == ((p->seq + 1) & 7)) {
		p->waits = false;
		p->acks++;
		p->seq = (p->seq + 1) & 7;
	}
	if (f[0] & 0x80)
		on_reliable(p, f[1] & 15, f + 4, len);
}

void h5_peer_octets(struct h5_peer *p, const uint8_t *data, size_t len)
{
	for (; len--; data++) {
		if (*data == 0xC0) {
			if (p->frame_len)
				on_frame(p);
			p->frame_len = 0;
			p->escaped = false;
		} else if (*data == 0xDB) {
			p->escaped = true;
		} else if (p->frame_len < sizeof p->frame) {
			p->frame[p->frame_len++] = !p->escaped ? *data : *data == 0xDC ? 0xC0 : 0xDB;
			p->escaped = false;
		}
	}
}
