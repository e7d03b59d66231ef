/*
 * The controller's side of the three-wire transport, for tests: written from Vol 4 Part D apart from drivers/h5.c, bit by bit
 * where that has tables or shortcuts, so that a misreading of one is seen by the other. It keeps nothing but what a test
 * asks it: the window is one packet, and what is not acknowledged is sent again when h5_peer_again() says so.
 */
#ifndef TESTS_H5_PEER_H
#define TESTS_H5_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEER_OUT = 16384, PEER_PACKETS = 64, PEER_PACKET = 300 };

struct h5_peer {
	bool crc, synced, configured, asleep, offers_crc;
	unsigned window;      /* what it offers; 0: no configuration field */
	uint8_t seq, expected;
	bool waits;           /* its packet is not acknowledged */
	uint8_t type, payload[PEER_PACKET];
	size_t payload_len;
	/* what came */
	uint8_t frame[5000];
	size_t frame_len;
	bool inside, escaped;
	unsigned frames, syncs, configs, wakeups, wokens, acks, bad, resent;
	uint8_t got[PEER_PACKETS][PEER_PACKET]; /* type, payload */
	size_t got_len[PEER_PACKETS];
	unsigned got_count;
	/* what goes */
	size_t out_len;
	uint8_t out[PEER_OUT];
};

void h5_peer_init(struct h5_peer *p, bool crc, unsigned window);
void h5_peer_octets(struct h5_peer *p, const uint8_t *data, size_t len);
/* A reliable packet, when none waits. */
void h5_peer_send(struct h5_peer *p, uint8_t type, const void *payload, size_t len);
void h5_peer_again(struct h5_peer *p);
/* Any frame: for what a well-behaved peer would not say. */
void h5_peer_frame(struct h5_peer *p, uint8_t first, uint8_t type, const void *payload, size_t len);
void h5_peer_control(struct h5_peer *p, uint8_t a, uint8_t b);

#endif
