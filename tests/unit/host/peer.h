/*
 * A peer that can pair, behind the fake controller: a Security Manager of its own, and the link layer's part in
 * encryption. The store is a table, so that a test can look into it, break it or let it fail.
 */
#ifndef TEST_HOST_PEER_H
#define TEST_HOST_PEER_H

#include "fake_ctlr.h"

#include <ble/bond.h>

#include "crypto/crypto.h"
#include "smp/smp.h"

enum { PEER_HANDLE = 0x40, PEER_ITEMS = 24, PEER_ITEM = 192 };

struct peer_item {
	uint32_t key;
	int len; /* 0: none */
	uint8_t data[PEER_ITEM];
};

struct peer {
	struct fake f; /* first: its platform's functions find us */
	struct smp smp;
	struct smp_link link;
	struct ble_platform platform;
	struct tmr_list timers;
	uint64_t seed;
	bool up, encrypted;
	uint8_t queue[16][80];
	uint8_t queue_len[16];
	unsigned head, tail;
	uint8_t host_key[16]; /* as the host has given it to its controller */
	uint32_t number;      /* shown to the peer's user, or to be typed */
	struct peer_item items[PEER_ITEMS];
	int store_err;        /* of the next saves */
	unsigned cut;         /* saves that are whole; then the power is gone: 0: never */
	unsigned saves;
	unsigned power;       /* saves and erasures that are done; then the power is gone */
	unsigned ops;         /* so many have been asked for */
	int load_err;         /* of all loads */
	struct smp_result result;
	struct smp_keys theirs, ours; /* the host's, the peer's own */
	unsigned ended, negative, asked;
	bool idles;           /* does not encrypt when its pairing is that far */
	bool no_address;      /* the host's controller has none from birth */
	bool keeps_keys;      /* the controller does not say that packets with keys have been sent */
	unsigned kept;        /* so many */
	unsigned budget;      /* PDUs that the peer still sends on SMP; then it is stuck */
};

/* A host of this configuration, up; crypto and store are there. The store stays, so that it can be started again. */
void peer_init(struct peer *p);
void peer_host(struct peer *p, struct ble_host_config config);
/* LE Connection Complete of the peer with this address, and its Security Manager beside it. The host's role. */
ble_conn_id peer_connect(struct peer *p, uint8_t role, const struct ble_addr *address);
void peer_disconnect(struct peer *p);
/* Serves both sides until nothing moves. */
void peer_run(struct peer *p);
/* The peer encrypts with the key of a bond (it is the central). True: the host had the same. */
bool peer_encrypt(struct peer *p, const uint8_t key[16], uint16_t ediv, uint64_t rand);
/* Kinds of keys, from the weakest. */
enum peer_kind { PEER_NO_KEY, PEER_JUST_WORKS, PEER_SHORT, PEER_PASSKEY_LEGACY, PEER_PASSKEY_SHORT, PEER_PASSKEY, PEER_KINDS };
struct smp_strength peer_strength(enum peer_kind kind);
/* The peer, a central, pairs so that the key is of this kind, if the host's parameters let it. */
void peer_pair_as(struct peer *p, ble_conn_id id, enum peer_kind kind);
struct peer_item *peer_item(struct peer *p, uint32_t key);
/* Signs a Signed Write Command of len octets, and returns its length with the signature. */
size_t peer_sign(const uint8_t csrk[16], uint8_t *pdu, size_t len, uint32_t counter);
/* An ATT request of the peer; the first octets of the answer, its length. */
unsigned peer_att(struct peer *p, const void *pdu, size_t len, uint8_t *rsp, size_t cap);

#endif
