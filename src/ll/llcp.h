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

/* Procedures, in the order in which ours have their turn. */
enum llcp_proc_id {
	LLCP_FEATURES,
	LLCP_VERSION,
	LLCP_LENGTH,
	LLCP_ENCRYPTION,
	LLCP_PING,
	LLCP_CHANNEL_MAP, /* from here on: with an instant, and incompatible with each other, 5.3 */
	LLCP_CONN_UPDATE,
	LLCP_CONN_PARAM,
	LLCP_PHY,
	LLCP_PROCS,
	LLCP_NONE
};

/* What a host, or a peer, wants of a connection's time. */
struct llcp_params {
	uint16_t interval_min, interval_max; /* 1.25 ms */
	uint16_t latency, timeout;           /* events; 10 ms */
};

struct llcp_update {
	struct ll_connection_update_ind ind;
	bool asked_by_host;
};

/* Data length: 4.5.10. The struct of the PDU, seen from the side that sends it. */
struct llcp_length {
	struct ll_length ours, theirs;
	struct ll_length effective; /* seen from here */
	bool settled;               /* the peer has been told of `ours` as they are */
};

/* The peer's request for parameters, and what becomes of it. */
struct llcp_param {
	struct ll_connection_param req;
	struct llcp_params reply;
	uint8_t state;   /* see llcp_conn_param.c */
	uint8_t refusal; /* for the peer; 0: agreed */
};

struct llcp_phy {
	uint8_t tx, rx; /* what we would like: bits of HCI */
	struct ll_phy_update_ind ind;
	bool host_asks, asked_by_host; /* LE Set PHY: the procedure to come; the one that runs */
};

/* Encryption: the states are in llcp_encryption.c. */
struct llcp_enc {
	uint8_t state;
	bool refreshed;  /* it was encrypted before */
	bool key_known;  /* peripheral: the host has replied; with status 0, by a key */
	uint8_t refusal; /* peripheral: it has no key */
	uint64_t rand;
	uint16_t ediv;
	uint8_t ltk[16];             /* least significant octet first */
	uint8_t skd[16], iv[8];      /* the central's half, the peripheral's half */
	/* central: what the peripheral asked when it did not know yet; answered when the encryption is on, or is not */
	uint8_t later[LL_DATA_PAYLOAD_MIN], later_len;
	uint16_t later_event;
};

struct llcp {
	uint16_t wanted; /* 1 << enum llcp_proc_id: to be started */
	uint8_t running; /* enum llcp_proc_id: ours */
	uint8_t peers;   /* enum llcp_proc_id: the peer's, of those with an instant */
	uint8_t due;     /* enum llcp_proc_id: takes effect at `instant` */
	uint16_t instant;
	struct tmr response, owed; /* of running, of peers */
	/* termination, which overtakes everything */
	bool terminates; /* LL_TERMINATE_IND of ours is under way */
	uint8_t reason;  /* for the host, when it is over; 0: no termination */
	struct tmr leaving;
	/* what is known of the peer */
	bool version_sent, version_known, features_known;
	struct ll_version_ind version;
	uint64_t features;
	struct llcp_params asked; /* by the host: LE Connection Update */
	struct llcp_update update;
	struct ll_channel_map_ind map;
	struct llcp_length length;
	struct llcp_param param;
	struct llcp_phy phy;
	struct llcp_enc enc;
	struct tmr payload;    /* Authenticated Payload Timeout, or a while before */
	uint64_t authentic_us; /* a right MIC came */
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
extern const struct llcp_proc llcp_features, llcp_version, llcp_length, llcp_encryption, llcp_ping,
	llcp_channel_map, llcp_conn_update, llcp_conn_param, llcp_phy;

/* What the peer sent. The length is right and the PDU fits our role. */
typedef void llcp_rx_fn(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event);
llcp_rx_fn llcp_on_connection_update_ind, llcp_on_channel_map_ind, llcp_on_terminate_ind,
	llcp_on_feature_req, llcp_on_feature_rsp, llcp_on_version_ind, llcp_on_enc_req, llcp_on_ping_req,
	llcp_on_ping_rsp, llcp_on_length_req, llcp_on_length_rsp, llcp_on_connection_param_req,
	llcp_on_enc_rsp, llcp_on_start_enc_req, llcp_on_start_enc_rsp, llcp_on_pause_enc_req, llcp_on_pause_enc_rsp,
	llcp_on_connection_param_rsp, llcp_on_phy_req, llcp_on_phy_rsp, llcp_on_phy_update_ind;

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
 * Rejects the peer's `opcode`: by LL_REJECT_EXT_IND if the peer is known to understand it, as whoever knows the
 * procedures that are younger must (4.6), else by LL_REJECT_IND.
 */
void llcp_reject(struct ble_ctlr *c, struct ll_conn *k, uint8_t opcode, uint8_t status);
/* Waits for an answer to the PDU just sent. */
void llcp_expect(struct ble_ctlr *c, struct ll_conn *k);
/* The event `event` is to be planned next: instants are obeyed. */
void llcp_before_event(struct ble_ctlr *c, struct ll_conn *k);
/* An event has ended: terminations are finished. The connection may be closed. */
void llcp_after_event(struct ble_ctlr *c, struct ll_conn *k);
/* The peer is known not to have this feature; false while nothing is known. */
static inline bool llcp_peer_lacks(const struct llcp *l, uint64_t feature)
{
	return l->features_known && !(l->features & feature);
}

/*
 * llcp_instant.c: procedures with an instant.
 *
 * The peer begins one. False: it may not now, and has its answer; nothing is to be done. The first PDU of such a
 * procedure is `opcode`.
 */
bool llcp_peer_begins(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id, uint8_t opcode);
/* An answer to the answer is awaited: the peer's procedure has its own time-out. */
void llcp_peer_owes(struct ble_ctlr *c, struct ll_conn *k);
/* It is over, or its last PDU has come. */
void llcp_peer_ends(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id);
/* Nothing that is incompatible with `id` is under way but, perhaps, `id` itself. */
bool llcp_may_start(const struct ll_conn *k, enum llcp_proc_id id);
/* Central: `id` takes effect at the instant that this returns, for a PDU that is sent in the next event. */
uint16_t llcp_set_instant(struct ll_conn *k, enum llcp_proc_id id);
/*
 * Peripheral: the central's PDU with an instant came in `event`. False: the connection is over or will be, as the
 * instant has passed, collides with another, or the fields are not `valid`.
 */
bool llcp_heard_instant(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id, uint16_t instant, uint16_t event,
	bool valid);
bool llcp_waits_for_instant(const struct ll_conn *k);

/* llcp_terminate.c: `sent` goes to the peer, `told` to the host. */
void llcp_terminate(struct ble_ctlr *c, struct ll_conn *k, uint8_t sent, uint8_t told);
/* What takes effect at an instant. */
typedef void llcp_apply_fn(struct ble_ctlr *c, struct ll_conn *k);
llcp_apply_fn llcp_channel_map_apply, llcp_conn_update_apply, llcp_phy_apply;
/* llcp_conn_update.c: as central, for the host or for the peer. There is room for the PDU. */
void llcp_conn_update_send(struct ble_ctlr *c, struct ll_conn *k, const struct llcp_params *want);
/* llcp_conn_param.c: sends what the host has replied, when there is room. */
void llcp_conn_param_run(struct ble_ctlr *c, struct ll_conn *k);
/* The host's reply: NULL, and a reason, to refuse. An HCI status. */
uint8_t llcp_conn_param_reply(
	struct ble_ctlr *c, struct ll_conn *k, const struct llcp_params *params, uint8_t reason);
/* llcp_length.c */
void llcp_length_open(struct ble_ctlr *c, struct ll_conn *k);
/* The host's: LE Set Data Length. */
void llcp_length_set(struct ble_ctlr *c, struct ll_conn *k, uint16_t octets, uint16_t time_us);
/* The longest fragment may have changed: lengths, or the PHY. */
void llcp_length_limit(struct ll_conn *k);
/* llcp_ping.c: with encryption. Called when it is on, and when it is not any more. */
void llcp_ping_begin(struct ble_ctlr *c, struct ll_conn *k);
void llcp_ping_end(struct ble_ctlr *c, struct ll_conn *k);
/* llcp_encryption.c */
/* PDUs of the peer may come with a MIC now, or soon. */
bool llcp_may_be_encrypted(const struct ll_conn *k);
/* Nothing else begins meanwhile. */
bool llcp_encryption_holds(const struct ll_conn *k);
/*
 * Data, or this control PDU, may come now. False: it was dealt with, or the connection is over because of it.
 */
bool llcp_takes_data(struct ble_ctlr *c, struct ll_conn *k);
bool llcp_encryption_takes(struct ble_ctlr *c, struct ll_conn *k, const uint8_t *pdu, size_t len, uint16_t event);
/* The packet counters come to their end: LL-040. */
bool llcp_encryption_is_worn(const struct ll_conn *k);
/* Goes on when there is room: with what the host has replied. */
void llcp_encryption_run(struct ble_ctlr *c, struct ll_conn *k);
/* The host's commands. HCI statuses. ltk NULL: it has none. */
struct hci_cmd_le_enable_encryption;
uint8_t llcp_encryption_ask(struct ble_ctlr *c, struct ll_conn *k, const struct hci_cmd_le_enable_encryption *cmd);
uint8_t llcp_encryption_reply(struct ble_ctlr *c, struct ll_conn *k, const uint8_t *ltk);
/* llcp_phy.c */
void llcp_phy_open(struct ble_ctlr *c, struct ll_conn *k);
/* LLCP_PHY, if it is wanted, waits a while. */
bool llcp_phy_is_early(const struct ll_conn *k);
/* PHYs that we have, as bits of HCI. */
uint8_t llcp_phys(const struct ble_ctlr *c);

/* What we can do: LE FeatureSet. With a radio that has it, LE 2M PHY as well. */
#define LL_FEATURES                                                                                           \
	(LE_FEATURE_MASK(CONNECTION_PARAMETERS_REQUEST) | LE_FEATURE_MASK(EXTENDED_REJECT) |                   \
		LE_FEATURE_MASK(PERIPHERAL_FEATURES_EXCHANGE) | LE_FEATURE_MASK(PING) |                        \
		LE_FEATURE_MASK(DATA_PACKET_LENGTH_EXTENSION))
uint64_t ll_features(const struct ble_ctlr *c);
/* Ours in LL_VERSION_IND and Read Local Version Information: docs/adr/0006-ll-what-we-claim.md */
enum { LL_PAYLOAD_TIMEOUT = 3000 }; /* 10 ms: 30 s until the host says otherwise, Vol 4 Part E 7.3.94 */
enum { LL_VERSION = 0x09, LL_COMPANY = 0xFFFF, LL_SUBVERSION = 0x0001 };

#endif
