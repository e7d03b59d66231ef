/*
 * Between the main part and the interrupt. ll_chain_post() hands a chain of operations and its
 * owner's isr state to the interrupt; the release store of `ended` hands them back. In between the
 * main part touches neither.
 *
 * Received packets change hands through two rings of buffers: `fresh` (main to interrupt) and
 * `full` (interrupt to main). The interrupt always holds one buffer that the radio can fill; it
 * keeps a packet only if there is another, so nothing is ever overwritten.
 */
#ifndef LL_RADIO_ISR_H
#define LL_RADIO_ISR_H

#include <ble/radio.h>
#include <stdatomic.h>

#include "base/fifo.h"
#include "base/ring.h"
#include "ll/filter.h"
#include "spec/ll_pdu.h"

struct ble_ctlr;

/*
 * The longest payload of a legacy advertising PDU, for which every receive buffer has room. For
 * data PDUs it has as many octets as the configuration says.
 */
#define LL_RX_OCTETS 37
/*
 * An ACL header with its H4 octet is three octets longer than a PDU's: it goes before the payload
 * in place.
 */
#define LL_RX_HEADROOM 3

enum ll_rx_kind {
	LL_RX_REPORT = 1, /* an advertising PDU for the host */
	LL_RX_CONNECT,    /* a CONNECT_IND to our advertising */
	LL_RX_DATA,       /* a data channel PDU */
};

/* A received packet; later, in place, the ACL packet for the host. */
struct ll_rx {
	struct fifo_node node;
	uint64_t end_us;
	uint16_t seq;    /* among what goes to the host */
	uint16_t handle; /* LL_RX_DATA: whose */
	uint16_t event;  /* LL_RX_DATA: connection event counter */
	uint8_t kind;    /* enum ll_rx_kind */
	int8_t rssi_dbm;
	int8_t at;       /* advertising: the sender's entry in the resolving list, -1: none */
	bool resolved;   /* ... by its private address */
	uint8_t octets[]; /* headroom, header, payload */
};

static inline uint8_t *ll_rx_pdu(struct ll_rx *rx)
{
	return rx->octets + LL_RX_HEADROOM;
}

/* Answers a result in the interrupt; NULL ends the chain, unless its window stays open. */
typedef const struct ble_radio_next *ll_isr_fn(
	struct ble_ctlr *c, void *owner, const struct ble_radio_result *r);

struct ll_isr {
	ll_isr_fn *on;
	void *owner;
	struct ble_radio_next next;
	struct ll_rx *rx;        /* what the radio fills, or would */
	struct ring fresh, full; /* of struct ll_rx * */
	uint64_t until_us;       /* the chain must have ended */
	uint64_t listen_us;      /* the receiver has been on since */
	uint8_t then, status;    /* of the operation; of the last result */
	bool keep_open;
	bool _Atomic ended;
	uint8_t sealed[LL_DATA_HDR_LEN + LL_DATA_PAYLOAD_MAX + LL_MIC_LEN]; /* the encrypted PDU that is being sent */
	uint32_t rng; /* back-off: speed, not secrecy */
	/* counters: written in the interrupt, read whenever */
	uint64_t tx_us, rx_us;
	uint32_t crc_errors, retransmissions, unexpected_acks, reports_lost;
};

/*
 * Main part: hands the chain over and posts its first operation. If the radio refuses, the chain
 * ends as LATE. op->pdu NULL: into the interrupt's receive buffer.
 */
void ll_chain_post(
	struct ble_ctlr *c, ll_isr_fn *on, void *owner, struct ble_radio_op *op, uint64_t until_us);

/*
 * Interrupt: keeps what was received; NULL, and nothing kept, unless more than spare buffers are
 * left.
 */
struct ll_rx *ll_isr_keep(struct ble_ctlr *c, unsigned spare);
static inline void ll_isr_hand_over(struct ll_isr *isr, struct ll_rx *rx)
{
	struct ll_rx **slot = ring_reserve(&isr->full); /* as many places as buffers: never full */
	*slot = rx;
	ring_commit(&isr->full);
}

/* The answers. */
const struct ble_radio_next *ll_isr_send(
	struct ble_ctlr *c, uint8_t *pdu, enum ble_radio_then then);
const struct ble_radio_next *ll_isr_receive(struct ble_ctlr *c, enum ble_radio_then then);

/* 1..limit, or 0..limit - 1 with a minus one: xorshift, good enough to spread things. */
static inline uint32_t ll_prng(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

/* struct ble_radio.on_result */
const struct ble_radio_next *ll_on_result(void *user, const struct ble_radio_result *r);

#endif
