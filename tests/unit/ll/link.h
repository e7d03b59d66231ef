/*
 * A connection on the rig, seen by the peer: it sends a PDU in an event and takes what the link
 * layer answers, with the sequence numbers kept here, so a test says only what is said.
 */
#ifndef TESTS_UNIT_LL_LINK_H
#define TESTS_UNIT_LL_LINK_H

#include "rig.h"

struct link {
	struct rig *r;
	bool sn, nesn; /* the peer's: sn of its next, nesn it acknowledges with */
};

/* A fresh link layer, connected: interval 30 ms, time-out 2 s. */
void link_open(struct link *l, struct rig *r, bool central);
/* The peer's packet in this event: in the middle of the window, or T_IFS after ours. */
void link_peer(struct link *l, uint8_t llid, const void *payload, uint8_t len, bool md);
/*
 * Our packet, which must be new and acknowledge the peer's last; the peer's next acknowledges it.
 */
const uint8_t *link_ours(struct link *l);
/*
 * One event: the peer's packet, a control PDU or (len 0) an empty one, and ours. The opcode of ours, 0xFF for anything
 * that is not a control PDU; link_said() is all of it, header first.
 */
uint8_t link_exchange(struct link *l, const void *payload, uint8_t len);
const uint8_t *link_said(void);
/* The peer sends an empty PDU, and we ours: as peripheral. */
void link_idle(struct link *l);
/*
 * The peer sends `payload` as a control PDU, and empty ones after it; what we send in answer, at
 * most one control PDU, or NULL. Header first.
 */
const uint8_t *link_answer(struct link *l, const void *payload, uint8_t len);
struct ll_conn *link_conn(const struct link *l);
void link_handle(const struct link *l, uint8_t out[2]);

#endif
