/*
 * L2CAP on LE: the fixed channels of one connection (Vol 3 Part A). Basic frames are put together and handed up by the
 * host, which knows the channels; signalling (CID 5) has its answers in signal.c.
 *
 * A PDU that came whole in one packet is handed up where it lies. Otherwise it is collected in the link's one buffer.
 */
#ifndef GLINT_L2CAP_H
#define GLINT_L2CAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ble/transport.h>

#include "base/le.h"
#include "base/rd.h"
#include "spec/l2cap_pdu.h"

struct hci_link;

struct l2cap_link {
	struct hci_link *hci;
	uint8_t *pdu;  /* basic header and SDU, as far as they have come */
	uint16_t cap;  /* octets of pdu */
	uint16_t have; /* octets come; 0: no PDU has begun, and what does not begin one is passed over */
};

enum l2cap_why {
	L2CAP_RESPONSE, /* a peer's ATT request waits for it: any idle packet */
	L2CAP_EVENT,    /* only if it can go at once; a refusal is remembered and BLE_EV_SENT tells of room */
	L2CAP_MINOR,    /* an answer outside ATT: if it can go at once, or packets remain for ATT's responses */
};

/* A packet for an SDU of up to sdu_len octets; NULL: not now. It must be sent or dropped. */
struct ble_tx *l2cap_take(struct l2cap_link *link, enum l2cap_why why, uint16_t sdu_len);

/* Where the SDU is written. */
static inline uint8_t *l2cap_sdu(struct ble_tx *tx)
{
	return tx->data + 9;
}

/* Takes tx; len is at most what was taken for. */
void l2cap_send(struct l2cap_link *link, struct ble_tx *tx, uint16_t cid, uint16_t len);
/* Takes tx, unsent. */
void l2cap_drop(struct l2cap_link *link, struct ble_tx *tx);

/* An SDU that is complete. */
struct l2cap_sdu {
	const uint8_t *data; /* in the packet or in the link's buffer */
	uint16_t len, cid;
};

enum l2cap_rx { L2CAP_WHOLE, L2CAP_MORE, L2CAP_BAD };

/* A fragment, or what is wrong. Private. */
enum l2cap_rx l2cap_collect(struct l2cap_link *link, bool first, const uint8_t *data, uint16_t len,
	struct l2cap_sdu *out);

/*
 * The data of one ACL packet. WHOLE: *out is an SDU, valid as long as data and until the next call for this link. MORE:
 * fragments are missing. BAD: what came was wrong or too long and has been passed over.
 */
static inline enum l2cap_rx l2cap_rx(struct l2cap_link *link, bool first, const uint8_t *data, uint16_t len,
	struct l2cap_sdu *out)
{
	if (!first || len < L2CAP_HDR_LEN || le16_get(data) != len - L2CAP_HDR_LEN)
		return l2cap_collect(link, first, data, len, out);
	link->have = 0;
	out->data = data + L2CAP_HDR_LEN;
	out->len = (uint16_t)(len - L2CAP_HDR_LEN);
	out->cid = le16_get(data + 2);
	return L2CAP_WHOLE;
}

/* Signalling, Vol 3 Part A 4: what is not connection parameters, or has no hook, is rejected. */
struct l2cap_signal_hooks {
	/* A Connection Parameter Update Request, to be answered by l2cap_params_decide(); its result. NULL: rejected. */
	bool (*params)(void *ctx, uint8_t identifier, struct rd *r);
	/* A response or a Command Reject, for l2cap_params_answered(). NULL: we never ask. */
	void (*answer)(void *ctx, const struct l2cap_sig_hdr *hdr, struct rd *r);
};

/* False: no packet for the answer now; to be given again. */
bool l2cap_signal_rx(struct l2cap_link *link, const struct l2cap_signal_hooks *hooks, void *ctx, const uint8_t *pdu,
	uint16_t len);
/* Command Reject, 4.1, with one of the first two reasons. False as above. */
bool l2cap_reject(struct l2cap_link *link, uint8_t identifier, uint16_t reason);
/* An SDU of a few octets that are known. False as above. Private. */
bool l2cap_answer(struct l2cap_link *link, uint16_t cid, const uint8_t *octets, uint16_t len);

/* Connection parameters. What a connection remembers of them: */
struct l2cap_signal {
	uint8_t identifier; /* of our last request */
	uint8_t awaited;    /* identifier of the request that is not answered yet; 0: none */
};

enum l2cap_params {
	L2CAP_PARAMS_ACCEPTED = 0, /* these two are the Result of 4.21 */
	L2CAP_PARAMS_REJECTED = 1,
	L2CAP_PARAMS_NOT_FOR_US, /* we are the peripheral: Command Reject, 4.20 */
};
typedef enum l2cap_params l2cap_params_fn(void *ctx, const struct l2cap_connection_parameter_update_req *req);

/* Answers a request as decide says. False: no packet for the answer now, and nothing has been decided. */
bool l2cap_params_decide(struct l2cap_link *link, uint8_t identifier, struct rd *r, l2cap_params_fn *decide, void *ctx);
/* Whether it is the answer to ours; anything but a well-formed yes is no. */
bool l2cap_params_answered(struct l2cap_signal *s, const struct l2cap_sig_hdr *hdr, struct rd *r, bool *accepted);
/* 0, or BLE_EBUSY: no packet now. */
int l2cap_params_request(struct l2cap_link *link, struct l2cap_signal *signal,
	const struct l2cap_connection_parameter_update_req *req);

/* CID 6 without a Security Manager (Vol 3 Part H 3.5.5): false as above. */
bool l2cap_no_pairing(struct l2cap_link *link, const uint8_t *pdu, uint16_t len);

#endif
