/*
 * Framing and window of the three-wire transport: h5.h. Vol 4 Part D 3 (SLIP), 4 and 5 (header, check), 6 (reliable
 * packets).
 *
 *	C0 | seq ack crc? reliable? | type, length | length | checksum | payload | check, if agreed | C0
 *
 * A frame that is damaged, or not the next in order, is dropped: its sender will send it again, as do we. Frames are
 * decoded one at a time, when the host asks for a packet; what it has not asked for is not acknowledged.
 */
#include "h5.h"

#include <string.h>

enum {
	END = 0xC0,
	ESCAPE = 0xDB, /* before the octets below */
	ESCAPED_END = 0xDC,
	ESCAPED_ESCAPE = 0xDD,

	HEADER = 4,
	CHECK = 2,
	HAS_CHECK = 0x40,
	RELIABLE = 0x80,
	LINK_CONTROL = 15,
	ACK = 0,
};

/* CCITT, x^16 + x^12 + x^5 + 1, begun with ones, least significant bit of each octet first. */
static uint16_t crc_over(uint16_t crc, const uint8_t *p, size_t len)
{
	while (len--) {
		crc = (uint16_t)(crc ^ *p++);
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1);
	}
	return crc;
}

/* As it is sent, its upper octet first: the last bit first. So do Linux (hci_bcsp.c) and BTstack (hci_transport_h5.c), and
 * chips in recordings: tests/unit/drivers/test_h5.c. */
static uint16_t reversed(uint16_t crc)
{
	uint16_t r = 0;
	for (unsigned bit = 0; bit < 16; bit++)
		r = (uint16_t)(r << 1 | (crc >> bit & 1));
	return r;
}

void h5_start(struct h5 *h, bool crc, uint32_t retry_us, uint64_t now_us)
{
	*h = (struct h5){ .want_crc = crc, .retry_us = retry_us, .window = 1, .due_us = now_us + retry_us };
	h5_link_retry(h);
}

static void done(struct h5 *h)
{
	struct ble_tx *tx = h->head;
	h->head = tx->next;
	tx->done(tx);
}

void h5_give_back(struct h5 *h)
{
	while (h->head)
		done(h);
	h->sent = 0;
}

size_t h5_room(struct h5 *h, uint8_t **at)
{
	if (h->in_begin == h->in_end)
		h->in_begin = h->in_end = 0;
	*at = h->in + h->in_end;
	return sizeof h->in - h->in_end;
}

void h5_got(struct h5 *h, size_t n)
{
	h->in_end += n;
}

/* One octet; true: it ends a frame, which is frame[0..frame_len). */
static bool decode(struct h5 *h, uint8_t octet)
{
	if (octet == END) {
		bool whole = h->inside && h->frame_len && !h->escaped && !h->spoilt;
		h->damaged += h->inside && h->frame_len && !whole;
		h->inside = !whole; /* two in a row: what was the end is the beginning */
		h->escaped = h->spoilt = false;
		h->frame_len = whole ? h->frame_len : 0;
		return whole;
	}
	if (octet == ESCAPE && !h->escaped) {
		h->escaped = true;
		return false;
	}
	if (h->escaped) {
		h->spoilt |= octet != ESCAPED_END && octet != ESCAPED_ESCAPE;
		octet = octet == ESCAPED_END ? END : ESCAPE;
	}
	h->escaped = false;
	if (!h->inside || h->frame_len == sizeof h->frame)
		h->spoilt = true;
	else
		h->frame[h->frame_len++] = octet;
	return false;
}

/* The payload's length; negative: damaged. */
static int check_frame(struct h5 *h)
{
	const uint8_t *f = h->frame;
	if (h->frame_len < HEADER || (uint8_t)(f[0] + f[1] + f[2] + f[3]) != 0xFF)
		return -1;
	size_t len = (size_t)(f[1] >> 4 | f[2] << 4), check = f[0] & HAS_CHECK ? CHECK : 0;
	if (h->frame_len != HEADER + len + check)
		return -1;
	if (check) {
		uint16_t is = reversed(crc_over(0xFFFF, f, HEADER + len));
		if (f[HEADER + len] != is >> 8 || f[HEADER + len + 1] != (is & 0xFF))
			return -1;
	}
	return (int)len;
}

/* The peer waits for this number: all before it have arrived. */
static void on_ack(struct h5 *h, uint8_t next, uint64_t now_us)
{
	unsigned n = (unsigned)(next - h->first_seq) & 7;
	if (!n || n > h->sent)
		return;
	h->first_seq = next;
	h->sent -= n;
	h->retries = 0;
	h->due_us = h->sent ? now_us + h->retry_us : BLE_NEVER;
	while (n--)
		done(h);
}

/* A packet of a whole frame: its length as H4 has it; 0: none for the host. */
static int take_frame(struct h5 *h, int len, uint64_t now_us, const uint8_t **packet)
{
	uint8_t *f = h->frame, type = f[1] & 15;
	if (type == LINK_CONTROL && !(f[0] & RELIABLE)) {
		h5_on_link_control(h, f + HEADER, (size_t)len, now_us);
		return 0;
	}
	if (h->state != H5_ACTIVE)
		return 0;
	on_ack(h, f[0] >> 3 & 7, now_us);
	if (!(f[0] & RELIABLE))
		return 0;
	h->ack_due = true;
	if ((f[0] & 7) != h->expected)
		return 0;
	h->expected = (h->expected + 1) & 7;
	if (type != BLE_H4_EVENT && type != BLE_H4_ACL)
		return 0;
	f[HEADER - 1] = type;
	*packet = f + HEADER - 1;
	return len + 1;
}

/* In front of the packet there is the header that it needs to be believed by the host. */
static bool is_packet(const uint8_t *p, int len)
{
	if (p[0] == BLE_H4_EVENT)
		return len >= 3 && len == 3 + p[2];
	return len >= 5 && len == 5 + (p[3] | p[4] << 8);
}

int h5_next(struct h5 *h, uint64_t now_us, const uint8_t **packet)
{
	while (h->state != H5_LOST && h->in_begin < h->in_end) {
		if (!decode(h, h->in[h->in_begin++]))
			continue;
		int len = check_frame(h);
		if (len < 0) {
			h->damaged++;
			h->inside = true; /* this end may have been the beginning of the next */
		} else {
			len = take_frame(h, len, now_us, packet);
		}
		h->frame_len = 0;
		if (len > 0 && is_packet(*packet, len))
			return len;
		if (len > 0)
			h->state = H5_LOST; /* it was sent well: the controller itself talks nonsense */
	}
	return h->state == H5_LOST ? BLE_EGONE : 0;
}

void h5_write(struct h5 *h, struct ble_tx *tx)
{
	if (h->state == H5_LOST) {
		tx->done(tx);
		return;
	}
	tx->next = NULL;
	if (h->head)
		h->tail->next = tx;
	else
		h->head = tx;
	h->tail = tx;
}

static void put(struct h5 *h, uint8_t octet)
{
	if (octet == END || octet == ESCAPE) {
		h->out[h->out_end++] = ESCAPE;
		octet = octet == END ? ESCAPED_END : ESCAPED_ESCAPE;
	}
	h->out[h->out_end++] = octet;
}

static void put_all(struct h5 *h, const uint8_t *p, size_t len)
{
	while (len--)
		put(h, *p++);
}

/* Puts a frame behind what is to be sent; the caller has looked for room. Its acknowledgement is that of all before. */
static void put_frame(struct h5 *h, uint8_t first, uint8_t type, const uint8_t *payload, size_t len)
{
	bool check = h->crc && h->state == H5_ACTIVE && type != LINK_CONTROL;
	uint8_t f[HEADER] = { (uint8_t)(first | (type == LINK_CONTROL ? 0 : h->expected << 3) | (check ? HAS_CHECK : 0)),
		(uint8_t)(type | (len & 15) << 4), (uint8_t)(len >> 4) };
	f[3] = (uint8_t)(0xFF - (uint8_t)(f[0] + f[1] + f[2]));
	h->out[h->out_end++] = END;
	put_all(h, f, HEADER);
	put_all(h, payload, len);
	if (check) {
		uint16_t is = reversed(crc_over(crc_over(0xFFFF, f, HEADER), payload, len));
		put(h, (uint8_t)(is >> 8));
		put(h, (uint8_t)is);
	}
	h->out[h->out_end++] = END;
	if (type != LINK_CONTROL)
		h->ack_due = false;
}

static bool has_room(const struct h5 *h, size_t len)
{
	return sizeof h->out - h->out_end >= 2 + 2 * (HEADER + len + CHECK);
}

static const struct ble_tx *first_unsent(const struct h5 *h)
{
	const struct ble_tx *tx = h->head;
	for (unsigned i = 0; i < h->sent; i++)
		tx = tx->next;
	return tx;
}

static void put_messages(struct h5 *h)
{
	uint8_t message[3];
	size_t len;
	while (has_room(h, sizeof message) && (len = h5_link_message(h, message)) > 0)
		put_frame(h, 0, LINK_CONTROL, message, len);
}

static void put_packets(struct h5 *h, uint64_t now_us)
{
	const struct ble_tx *tx = first_unsent(h);
	for (; tx && h->sent < h->window && has_room(h, tx->len); tx = tx->next) {
		uint8_t seq = (uint8_t)((h->first_seq + h->sent) & 7);
		put_frame(h, seq | RELIABLE, tx->data[0], tx->data + 1, tx->len - 1u);
		h->sent++;
		if (h->due_us == BLE_NEVER)
			h->due_us = now_us + h->retry_us;
	}
}

size_t h5_output(struct h5 *h, uint64_t now_us, const uint8_t **data)
{
	if (h->out_begin == h->out_end) {
		h->out_begin = h->out_end = 0;
		bool wake = h->asleep && h->head;
		if (wake && h->due_us == BLE_NEVER)
			h5_link_wake(h, now_us);
		put_messages(h);
		if (h->state == H5_ACTIVE && !wake)
			put_packets(h, now_us);
		if (h->state == H5_ACTIVE && h->ack_due && has_room(h, 0))
			put_frame(h, 0, ACK, NULL, 0);
	}
	*data = h->out + h->out_begin;
	return h->out_end - h->out_begin;
}

void h5_taken(struct h5 *h, size_t n)
{
	h->out_begin += n;
}

void h5_run(struct h5 *h, uint64_t now_us)
{
	if (now_us < h->due_us || h->state == H5_LOST)
		return;
	h->due_us = now_us + h->retry_us;
	if (h->retries++ == H5_MOST_RETRIES)
		h->state = H5_LOST;
	else if (h->state != H5_ACTIVE || h->asleep)
		h5_link_retry(h);
	else
		h->sent = 0; /* all that is under way once more, in order */
}
