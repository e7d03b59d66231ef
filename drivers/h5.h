/*
 * The three-wire transport (Vol 4 Part D) as a machine without I/O and clock: octets and a time go in, packets and octets
 * come out. h5.c is its framing and its window, h5_link.c the establishment of the link; h5_line.c puts it on a serial line.
 * Freestanding.
 *
 * Three wires have no flow control and may damage octets. So packets are framed (SLIP), numbered, checked and
 * acknowledged, and sent again until they are. A written packet stays with us until it is acknowledged.
 */
#ifndef DRIVERS_H5_H
#define DRIVERS_H5_H

#include "tty.h"

#include <stddef.h>

enum {
	H5_WINDOW = 4,      /* packets under way that we offer, of 1..7 */
	H5_RETRY_US = 250000,
	H5_MOST_RETRIES = 20, /* in a row, then the peer is gone: 5 s at this interval */
	H5_FRAME_MAX = 4 + BLE_H4_MAX - 1 + 2, /* header, payload, check */
	H5_IN_OCTETS = 1024,
	H5_OUT_OCTETS = 2 + 2 * (4 + 4095 + 2), /* the longest frame, each octet escaped */
};

enum h5_state { H5_UNINITIALIZED, H5_INITIALIZED, H5_ACTIVE, H5_LOST };

struct h5 {
	enum h5_state state;
	bool want_crc, crc;     /* we offer it; both do */
	bool asleep;            /* the peer: it is to be woken before it is told anything */
	unsigned pending;       /* messages of link control to be sent, a bit each: h5_link.c */
	unsigned retries;
	uint32_t retry_us;      /* H5_RETRY_US, and more on a slow line */
	uint64_t due_us;        /* BLE_NEVER: nothing to be done again */
	/* to the peer */
	struct ble_tx *head, *tail; /* not acknowledged, then not sent */
	unsigned sent, window;  /* of them under way; how many may be */
	uint8_t first_seq;      /* of head */
	size_t out_begin, out_end;
	uint8_t out[H5_OUT_OCTETS];
	/* from it */
	uint8_t expected;       /* the next number */
	bool ack_due, inside, escaped, spoilt;
	size_t in_begin, in_end, frame_len;
	uint8_t in[H5_IN_OCTETS], frame[H5_FRAME_MAX];
	uint32_t damaged;       /* frames, for whoever wonders */
};

/* Begins to establish a link. What was there before is forgotten: the queue has to be empty. */
void h5_start(struct h5 *h, bool crc, uint32_t retry_us, uint64_t now_us);
/* Gives every packet back. */
void h5_give_back(struct h5 *h);

/* Octets from the line: where they go, and how many have come. */
size_t h5_room(struct h5 *h, uint8_t **at);
void h5_got(struct h5 *h, size_t n);
/* The next packet as H4 has it, valid until the next call; 0: none; BLE_EGONE: the peer has begun anew, or answers no more. */
int h5_next(struct h5 *h, uint64_t now_us, const uint8_t **packet);

/* Takes tx. */
void h5_write(struct h5 *h, struct ble_tx *tx);
/* Octets for the line, and how many of them it has taken. */
size_t h5_output(struct h5 *h, uint64_t now_us, const uint8_t **data);
void h5_taken(struct h5 *h, size_t n);

/* What is due by now: messages and packets that are sent again. */
void h5_run(struct h5 *h, uint64_t now_us);

/* --- h5_link.c, called by h5.c: link control. */
void h5_on_link_control(struct h5 *h, const uint8_t *p, size_t len, uint64_t now_us);
/* The next message to send: its length, 0: none. */
size_t h5_link_message(struct h5 *h, uint8_t message[3]);
/* What is asked again until it is answered. */
void h5_link_retry(struct h5 *h);
/* The peer sleeps, and there is something to tell it. */
void h5_link_wake(struct h5 *h, uint64_t now_us);

/* --- h5_line.c */
int h5_line_create(struct ble_transport **out, const struct tty *tty, bool crc, struct ble_fault *fault);

#endif
