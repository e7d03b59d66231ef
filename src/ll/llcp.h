/*
 * Link layer control: Vol 6 Part B 5.1. llcp.c is the engine: one procedure of ours at a time, the
 * response time-out, dispatch of what the peer sends, and one answer for everything that is not
 * expected. Each procedure is a file of its own, llcp_<procedure>.c.
 */
#ifndef LL_LLCP_H
#define LL_LLCP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fsm.h"
#include "base/tmr.h"
#include "base/rd.h"
#include "base/wr.h"
#include "spec/llcp_pdu.h"

struct ble_ctlr;
struct ll_conn;

/* Procedures that we start, in the order in which they have their turn. */
enum llcp_proc_id {
	LLCP_FEATURES,
	LLCP_VERSION,
	LLCP_CHANNEL_MAP,
	LLCP_CONN_UPDATE,
	LLCP_PROCS,
	LLCP_NONE
};

/* Both roles of a procedure that takes effect at an instant. */
struct llcp_update {
	struct fsm fsm;
	struct ll_connection_update_ind ind;
	uint16_t event; /* in which the PDU came */
	bool asked_by_host;
};
struct llcp_map {
	struct fsm fsm;
	struct ll_channel_map_ind ind;
	uint16_t event;
};

struct llcp {
	uint8_t wanted;  /* 1 << enum llcp_proc_id: to be started */
	uint8_t running; /* enum llcp_proc_id: ours */
	struct tmr response;
	/* termination, which overtakes everything */
	bool terminates; /* LL_TERMINATE_IND of ours is under way */
	uint8_t reason;  /* for the host, when it is over; 0: no termination */
	struct tmr leaving;
	/* what is known of the peer */
	bool version_sent, version_known, features_known;
	struct ll_version_ind version;
	uint64_t features;
	/* what the host asked of LE Connection Update */
	uint16_t interval_min, interval_max, latency, timeout;
	struct llcp_update update;
	struct llcp_map map;
	struct ble_ctlr *ctlr;
};

/* A procedure of ours. */
struct llcp_proc {
	void (*start)(struct ble_ctlr *c, struct ll_conn *k);
	/* The peer rejected or did not know the request, or the connection ended. */
	void (*failed)(struct ble_ctlr *c, struct ll_conn *k, uint8_t status);
	uint8_t request[2]; /* by role: the opcode that the peer may refuse; LLCP_UNANSWERED */
};
/* No opcode: what has no answer cannot be refused, whatever the peer says. */
enum { LLCP_UNANSWERED = 0xFF };
extern const struct llcp_proc llcp_features, llcp_version, llcp_channel_map, llcp_conn_update;

/* What the peer sent. The length is right and the PDU fits our role. */
typedef void llcp_rx_fn(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event);
llcp_rx_fn llcp_on_connection_update_ind, llcp_on_channel_map_ind, llcp_on_terminate_ind,
	llcp_on_feature_req, llcp_on_feature_rsp, llcp_on_version_ind, llcp_on_enc_req, llcp_on_ping_req,
	llcp_on_ping_rsp;

/* llcp.c */
void llcp_open(struct ble_ctlr *c, struct ll_conn *k);
/* Our procedures fail with this status; timers stop. */
void llcp_close(struct ble_ctlr *c, struct ll_conn *k, uint8_t status);
void llcp_want(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id);
void llcp_done(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id);
/* Starts what has its turn. */
void llcp_run(struct ble_ctlr *c, struct ll_conn *k);
/* A control PDU: opcode and CtrData. */
void llcp_on_pdu(
	struct ble_ctlr *c, struct ll_conn *k, const uint8_t *pdu, size_t len, uint16_t event);
/* A PDU to send: begin, write, send. begin is false when there is no room. */
bool llcp_pdu_begin(struct ll_conn *k, struct wr *w);
void llcp_pdu_send(struct ble_ctlr *c, struct ll_conn *k, const struct wr *w);
/*
 * Rejects the peer's `opcode`: by LL_REJECT_EXT_IND if the peer is known to understand it, else by
 * LL_REJECT_IND.
 */
void llcp_reject(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode, uint8_t status);
/* Waits for an answer to the PDU just sent. */
void llcp_expect(struct ble_ctlr *c, struct ll_conn *k);
/* The event `event` is to be planned next: instants are obeyed. */
void llcp_before_event(struct ble_ctlr *c, struct ll_conn *k);
/* An event has ended: terminations are finished. The connection may be closed. */
void llcp_after_event(struct ble_ctlr *c, struct ll_conn *k);
bool llcp_waits_for_instant(const struct ll_conn *k);
/* An instant for a PDU that is sent in the next event: 5.5. */
uint16_t llcp_instant(const struct ll_conn *k);
/* Heard of in `event`, the instant is over: 5.5.1. */
static inline bool llcp_is_past(uint16_t instant, uint16_t event)
{
	return (uint16_t)(instant - event) >= 32767;
}
/* `event` is the instant or comes after it. */
static inline bool llcp_is_reached(uint16_t instant, uint16_t event)
{
	return (uint16_t)(event - instant) < 32767;
}

/* llcp_terminate.c: `sent` goes to the peer, `told` to the host. */
void llcp_terminate(struct ble_ctlr *c, struct ll_conn *k, uint8_t sent, uint8_t told);
/* llcp_conn_update.c, llcp_channel_map.c */
void llcp_conn_update_open(struct ble_ctlr *c, struct ll_conn *k);
void llcp_conn_update_before(struct ble_ctlr *c, struct ll_conn *k);
void llcp_channel_map_open(struct ble_ctlr *c, struct ll_conn *k);
void llcp_channel_map_before(struct ble_ctlr *c, struct ll_conn *k);
bool llcp_conn_update_pending(const struct ll_conn *k);
bool llcp_channel_map_pending(const struct ll_conn *k);

/* What we can do: LE FeatureSet. */
#define LL_FEATURES \
	(LE_FEATURE_MASK(EXTENDED_REJECT) | LE_FEATURE_MASK(PERIPHERAL_FEATURES_EXCHANGE) | LE_FEATURE_MASK(PING))
/* Ours in LL_VERSION_IND and Read Local Version Information: docs/adr/0006-ll-what-we-claim.md */
enum { LL_PAYLOAD_TIMEOUT = 3000 }; /* 10 ms: 30 s until the host says otherwise, Vol 4 Part E 7.3.94 */
enum { LL_VERSION = 0x09, LL_COMPANY = 0xFFFF, LL_SUBVERSION = 0x0001 };

#endif
