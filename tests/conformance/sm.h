/*
 * The lower tester's Security Manager: it pairs with the implementation in either role, with a toolbox and keys of its
 * own, and says what is right, what is wrong, or nothing. A case is written as the exchange is:
 *
 *	SM(s, "T 01 03 00 01 10 01 01", "I 02 03 00 01 10 01 01",  features, octet by octet
 *		"T 03 =", "I 03 =", "T 04 =", "I 04 =",             = the value that it must be, computed here
 *		"E",                                                the link is encrypted with the key that was made
 *		"I 06 =", "I 07 =", "T 06 =", "T 07 =");            keys: ours are kept in theirs, the tester's are fixed
 *	SM(s, "T 04 !", "I 05 04");                                  ! that value with one bit wrong
 *
 *	SM(s, "T 03 <");                                             < what the implementation has sent comes back
 *
 * Of what the implementation sends `=` checks all that the tester can know: confirm values when the random that they
 * hide is there, check values, lengths of keys, addresses. The rest of the notation is the kit's: "I -", `..`.
 * How each value is made is Vol 3 Part H 2.2 and 2.3.5; the functions are those of src/crypto, which have the sample
 * data of the Core Specification as their own tests.
 */
#ifndef TESTS_CONFORMANCE_SM_H
#define TESTS_CONFORMANCE_SM_H

#include "kit.h"

#include <ble/bond.h>

#include "tests/sim/pair_store.h"

enum { KIT_SM = 6, SM_ROUNDS = 20 };

/* Keys of one side, as they were distributed, in the order of the air. */
struct sm_keys {
	uint8_t ltk[16], ediv_rand[10], irk[16], identity[7], csrk[16];
};
extern const struct sm_keys sm_tester_keys; /* what the tester distributes; its identity is its address */

struct sm {
	struct kit *k;
	struct pair_store store; /* of the implementation's bonds */
	bool initiator;          /* the tester; it is the central then */
	uint8_t preq[7], pres[7];
	bool sc;                 /* both want Secure Connections */
	/* TK or passkey; r that the tester has given by OOB, and been given: zeroes when that side's flag is 0 */
	uint8_t secret[16], own_r[16], their_r[16];
	bool passkey;            /* Secure Connections: the confirm values hide a bit of it each */
	unsigned round;
	struct ble_p256 own;     /* the tester's keys; peer: the implementation's */
	uint8_t nonce[2][16], confirm[2][16]; /* the tester's, the implementation's */
	uint8_t mac_key[16], key[16];         /* key: STK or LTK, shortened */
	struct sm_keys theirs;
	uint32_t number; /* what the implementation has shown last */
	unsigned fresh; /* so many nonces have been drawn */
};

/* The implementation with a store that is empty, and these parameters; connected, the tester in this role. The parts
 * are those of the kit and ble_pairing. */
void sm_open(struct sm *s, struct kit *k, bool initiator, const struct ble_pairing_params *params);
/* The same in two steps, with services between them, and again after the link has gone. Keys of a pairing remain. */
void sm_host(struct sm *s, struct kit *k, const struct ble_pairing_params *params);
void sm_connect(struct sm *s, bool initiator);
/* The first step with these parts. */
void sm_host_with(struct sm *s, struct kit *k, const struct ble_part *const *parts, const struct ble_pairing_params *params);
/* The first step with the module, which ut_start() brings up. */
void sm_module(struct sm *s, struct kit *k, const struct ble_security_params *params);
/* The tester hangs up. */
void sm_leave(struct sm *s);

void sm_run(struct sm *s, const char *const *lines, const char *file, int line);
#define SM(s, ...) sm_run(s, (const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)

/* Pairing Failed. */
void sm_say_failed(struct sm *s, uint8_t reason);
/* A public key that the tester has not made: x, y, most significant octets first. */
void sm_say_key(struct sm *s, const uint8_t key[64]);
/* The tester's user types, or its screen has shown, this passkey. After the features, which forget it. */
void sm_passkey(struct sm *s, uint32_t passkey);
/* So many of the twenty rounds of Secure Connections. */
void sm_rounds(struct sm *s, unsigned count);
/* The six digits that the tester's screen shows. */
uint32_t sm_number(const struct sm *s);
/* The implementation's nonce, its random of legacy pairing, is none of these so far; it is the next of them. */
struct sm_nonces {
	unsigned count;
	uint8_t nonce[8][16];
};
void sm_expect_fresh(const struct sm *s, struct sm_nonces *seen);
/* The tester's confirm value for what it gives by OOB with this r; r is remembered. */
void sm_oob(struct sm *s, const uint8_t r[16], uint8_t c[16]);
/* What the implementation has given by OOB is the confirm value of its public key, which has come, and of their_r. */
void sm_expect_given(const struct sm *s, const uint8_t c[16]);
/* It makes a key pair of its own, whose public key is not sent yet. sm_connect() does. */
void sm_new_key(struct sm *s);

/*
 * A whole pairing that the tester initiates, with bonding and the responder's LTK: Just Works, or Passkey Entry, for which
 * the implementation needs a display; by Secure Connections or not; its longest key has so many octets. The bond's key is
 * what sm_encrypt() uses afterwards.
 */
enum { SM_LEGACY = 0, SM_SC = 1, SM_PASSKEY = 2 };
void sm_pair(struct sm *s, unsigned how, uint8_t key_size);
uint8_t sm_encrypt(struct sm *s);

/* The link is encrypted with this key of a bond; returns the status: 0, or why not. */
uint8_t sm_encrypt_with(struct sm *s, const uint8_t key[16], const uint8_t ediv_rand[10]);

/* The implementation's next BLE_EV_PAIRED: done, at this level with a key of so many octets; kept or not. */
void sm_expect_paired(struct sm *s, uint8_t level, uint8_t key_size, bool bonded);
/* ... or refused for this reason. */
void sm_expect_failed(struct sm *s, uint8_t reason, bool by_peer);
/* ... BLE_EV_ENCRYPTED without a pairing: 0, or the error. */
void sm_expect_encrypted(struct sm *s, int err);
/* How secure the implementation says that the link is, and how many bonds it has. */
void sm_expect_level(struct sm *s, uint8_t level);
void sm_expect_bonds(struct sm *s, unsigned count);
/* The implementation shows a passkey, or has six digits compared, which are in s->number then; or wants a passkey. */
void sm_expect_shown(struct sm *s);
void sm_expect_compared(struct sm *s);
void sm_expect_asked(struct sm *s);

#endif
