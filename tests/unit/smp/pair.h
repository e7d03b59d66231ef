/*
 * Two Security Managers, a pipe between them, and two users. No link layer: encryption is a question whether both sides
 * hold the same key. PDUs are delivered one at a time, so that a test can stop anywhere, and look or interfere.
 */
#ifndef TEST_SMP_PAIR_H
#define TEST_SMP_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/crypto.h"
#include "smp/smp.h"

enum { A, B }; /* initiator, responder */
enum { PIPE = 128 };

struct side {
	struct smp smp;
	struct smp_link link;
	struct ble_platform platform;
	struct ble_crypto crypto;
	struct smp_oob oob;
	struct tmr_list timers;
	struct pair *pair;
	uint64_t seed;
	/* the pipe to this side */
	struct {
		uint16_t len;
		uint8_t data[80];
	} in[PIPE];
	unsigned head, tail;
	unsigned deaf;   /* so many sends find no room */
	uint8_t last[80]; /* PDU sent last */
	uint16_t last_len;
	unsigned sent, sent_failed;
	/* the curve of this side, if it is a toy */
	bool slow; /* operations end at pair_finish() */
	struct ble_p256 *running;
	int running_err;
	/* the user */
	bool mute, refuses; /* does not answer; says no */
	int wrong;          /* added to the passkey typed */
	unsigned shown, entered, compared, keypresses;
	uint32_t number;
	/* what has come of it */
	unsigned ended, requested;
	uint8_t requested_auth;
	struct smp_result result;
	struct smp_keys theirs, ours;
	uint8_t may_reason, identity_reason;
	bool bond; /* find_key() has bond_key */
	uint8_t bond_key[16];
};

struct pair {
	struct side side[2];
	bool wants_encryption, encrypted;
	uint8_t key[16];
	uint16_t ediv;
	uint64_t rand;
};

/* Display and keyboard, Secure Connections and legacy, bonding, no MITM, 16 octets, all keys. toy: not the real curve. */
void pair_init(struct pair *p, uint64_t seed, bool toy);
/* Anything to deliver, to encrypt, to type or to compute: does one thing, in this order. False: nothing is left. */
bool pair_step(struct pair *p);
void pair_run(struct pair *p);
/* Lets time pass for both. */
void pair_pass(struct pair *p, uint64_t us);
/* A slow operation of this side is done. False: none runs. */
bool pair_finish(struct side *s);
/* A PDU to this side, as from a hostile peer. */
void pair_inject(struct side *s, const void *pdu, size_t len);
/* Nothing of a pairing is left in the link's memory. */
bool pair_is_clean(const struct side *s);

#define TEST(name) cmocka_unit_test(name)
#define OCTETS(...) ((const uint8_t[]){ __VA_ARGS__ }), sizeof((const uint8_t[]){ __VA_ARGS__ })

#endif
