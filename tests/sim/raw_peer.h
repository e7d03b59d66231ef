/*
 * A central without a link layer, for what no honest link layer says: it answers an ADV_IND with
 * any LLData, keeps the anchors, sequence numbers and retransmissions of a connection on channel
 * selection #1, and sends the PDUs that a test hands it, whatever they mean. What it hears is
 * written down.
 */
#ifndef TESTS_SIM_RAW_PEER_H
#define TESTS_SIM_RAW_PEER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/sim.h>

#include "spec/ll_pdu.h"
#include "spec/llcp_pdu.h"

#define RAW_QUEUE 8
#define RAW_HEARD 16

enum raw_state { RAW_OFF, RAW_SEEKS, RAW_CALLS, RAW_LINKED };

struct raw_peer {
	struct ble_world *world;
	struct ble_node *node;
	struct ble_radio *radio;
	struct ble_radio_next next;
	uint8_t state; /* enum raw_state */
	/* CONNECT_IND, as the test wants it; adv_a is whom it looks for */
	struct ll_connect_ind ind;
	bool peer_random, spoilt; /* spoilt: the CONNECT_IND goes out, nothing follows */
	unsigned calls;           /* CONNECT_INDs sent */
	/* the connection */
	uint64_t anchor_us;
	uint8_t unmapped;
	bool sn, nesn, pending; /* pending: sent, not acknowledged */
	bool silent;            /* keeps its events, but does not send */
	unsigned deaf;          /* events without an answer, in a row */
	bool answered;          /* at least once */
	/* to send, oldest first: header and payload */
	uint8_t queue[RAW_QUEUE][2 + 255];
	unsigned queued;
	/* heard: control PDUs, from the opcode on; data PDUs that were not empty */
	uint8_t heard[RAW_HEARD][27];
	unsigned heard_count, data_count;
	uint8_t tx[2 + 255], rx[2 + 255];
};

void raw_add(struct raw_peer *p, struct ble_world *w, const struct ble_node_options *options);
/* LLData as good as can be, towards this address. */
struct ll_connect_ind raw_connect_ind(const uint8_t adv_a[6]);
/* Calls whoever advertises under ind->adv_a; returns when it has answered on the connection. */
void raw_connect(struct raw_peer *p, const struct ll_connect_ind *ind, bool random);
/* Sends this CONNECT_IND `times` times, to as many ADV_INDs, and stays away afterwards. */
void raw_call(struct raw_peer *p, const struct ll_connect_ind *ind, bool random, unsigned times);
/* Queues a PDU. llid: also 0; len: more than fits in what is allowed. */
void raw_send(struct raw_peer *p, uint8_t llid, const void *payload, uint8_t len);
/* Runs until all that was queued has been acknowledged. */
void raw_flush(struct raw_peer *p);
/*
 * Runs until a control PDU with this opcode is heard; all before it are forgotten. From the opcode
 * on.
 */
const uint8_t *raw_expect(struct raw_peer *p, uint8_t opcode);
/* Not on the air any more, without a word. */
void raw_vanish(struct raw_peer *p);

#endif
