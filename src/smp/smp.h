/*
 * The Security Manager (Vol 3 Part H): pairing in both roles, from Pairing Request to the last key.
 *
 * It knows neither host nor link: PDUs go out by a hook and come in by smp_rx(), encryption is asked for and told of,
 * time is a list of timers, and what the user has to do is asked by a hook and answered by a verb. Keys of a finished
 * pairing are handed to `ended`, which stores them; afterwards nothing of them is left here.
 *
 * What a program does not name is not linked: Secure Connections and legacy pairing are schemes, Passkey Entry, Numeric
 * Comparison and OOB are models, and struct smp_config points to those that there are. Just Works belongs to the schemes.
 *
 * Which PDU is taken when is a table: rows of state, code and action. A pair without a row has one answer: while pairing,
 * Pairing Failed with Unspecified Reason; else the PDU is passed over and counted. Codes that are reserved are passed over
 * always (3.3), and after a time-out everything is (3.4).
 */
#ifndef GLINT_SMP_H
#define GLINT_SMP_H

#include <ble/crypto.h>
#include <ble/platform.h>
#include <ble/types.h>

#include "base/tmr.h"
#include "spec/smp_pdu.h"

struct smp;
struct smp_link;

/* Where a pairing is. I: we are the initiator, R: the responder. The word says what is awaited. */
enum smp_state {
	SMP_IDLE,
	SMP_DEAD,       /* timed out: no SMP on this connection any more, 3.4 */
	SMP_R_FEATURES, /* a Pairing Request is being judged: nothing comes in this state */
	SMP_I_RESPONSE, /* Pairing Response */
	/* legacy, 2.3.5.5 */
	SMP_I_SECRET,   /* TK, from our user */
	SMP_I_CONFIRM,
	SMP_I_RANDOM,
	SMP_R_CONFIRM,
	SMP_R_SECRET,   /* TK; the peer's confirm is here */
	SMP_R_RANDOM,
	/* Secure Connections, 2.3.5.6 */
	SMP_I_OWN_KEY,  /* our key pair */
	SMP_I_KEY,      /* the peer's public key */
	SMP_R_KEY,
	SMP_R_OWN_KEY,  /* our key pair; the peer's is here */
	SMP_I_PLAIN_CONFIRM, /* Just Works and Numeric Comparison, 2.3.5.6.2 */
	SMP_I_PLAIN_RANDOM,
	SMP_R_PLAIN_RANDOM,
	SMP_I_PASSKEY,  /* Passkey Entry, 2.3.5.6.3: from our user */
	SMP_I_PASSKEY_CONFIRM,
	SMP_I_PASSKEY_RANDOM,
	SMP_R_PASSKEY_CONFIRM,
	SMP_R_PASSKEY,  /* from our user; the peer's first confirm is here */
	SMP_R_PASSKEY_RANDOM,
	SMP_I_OOB_RANDOM, /* 2.3.5.6.4 */
	SMP_R_OOB_RANDOM,
	SMP_I_AGREE,    /* the Diffie-Hellman key or our user's consent */
	SMP_I_CHECK,    /* the peer's check value */
	SMP_R_CHECK,
	SMP_R_AGREE,    /* as I_AGREE; the peer's check value is here */
	/* both schemes */
	SMP_I_ENCRYPT,  /* the link is being encrypted with the new key */
	SMP_R_ENCRYPT,
	SMP_I_KEYS,     /* the peer's keys, then ours leave */
	SMP_R_KEYS,     /* ours leave, then the peer's keys */
	SMP_STATE_COUNT,
};

/* How the two sides convince each other: 2.3.5.1, table 2.8. */
enum smp_method {
	SMP_JUST_WORKS,
	SMP_PASSKEY_I, /* the initiator shows it, the responder's user enters it */
	SMP_PASSKEY_R, /* the other way round */
	SMP_PASSKEY_BOTH, /* both users enter it */
	SMP_NUMERIC,
	SMP_OOB,
};

/* How much a key is worth; all zero: nothing. */
struct smp_strength {
	bool authenticated; /* MITM protection */
	bool sc;            /* by Secure Connections */
	uint8_t key_size;   /* octets, 7..16; 0: no key */
};

/* Level of security mode 1 that a link encrypted with such a key has: 1..4. Vol 3 Part C 10.2.1 */
uint8_t smp_level(const struct smp_strength *s);

/* Keys that one side has distributed. Secure Connections: the LTK of both sides is the same, EDIV and Rand are 0. */
struct smp_keys {
	uint8_t have; /* enum smp_dist */
	struct ble_addr identity; /* public or static random */
	uint16_t ediv;
	uint64_t rand;
	uint8_t ltk[16], irk[16], csrk[16];
};

/* What a pairing came to. */
struct smp_result {
	int err;        /* 0; BLE_EREFUSED with a reason; BLE_ETIMEOUT; BLE_ECONN; BLE_EIO: the link was not encrypted */
	uint8_t reason; /* enum smp_reason, or what the peer sent instead of one; 0: none */
	bool by_peer;   /* it came from the peer */
	bool bonding;   /* both sides want to keep the keys */
	bool debug;     /* one of the keys is the debug key: worth nothing */
	uint8_t method; /* enum smp_method */
	struct smp_strength strength;
	const struct smp_keys *theirs, *ours; /* NULL when it failed */
};

/* What is asked of the user, or told. */
enum smp_ask {
	SMP_ASK_SHOW,     /* value: the passkey, to be shown until the pairing ends */
	SMP_ASK_ENTER,    /* smp_passkey() is awaited */
	SMP_ASK_COMPARE,  /* value: six digits; smp_consent() is awaited */
	SMP_ASK_KEYPRESS, /* value: enum smp_keypress, of the peer's user */
};

struct smp_hooks {
	/* One PDU on CID 6. False: no room now; it is given again by smp_pump() or after some milliseconds. */
	bool (*send)(struct smp_link *l, const uint8_t *pdu, uint16_t len);
	/* Initiator: encrypt the link. smp_encrypted() follows. */
	void (*encrypt)(struct smp_link *l, const uint8_t key[16], uint16_t ediv, uint64_t rand);
	/* The responder's long term key for this EDIV and Rand; no pairing runs. False: there is none. */
	bool (*find_key)(struct smp_link *l, uint16_t ediv, uint64_t rand, uint8_t key[16]);
	/* May a key of such strength be made? 0, or the reason for Pairing Failed. debug keys are asked later. */
	uint8_t (*may)(struct smp_link *l, const struct smp_strength *s, bool bonding);
	/* The peripheral has sent a Security Request with this AuthReq, and no pairing runs. */
	void (*requested)(struct smp_link *l, uint8_t auth_req);
	void (*ask)(struct smp_link *l, enum smp_ask what, uint32_t value);
	/* May these identity keys be taken? 0, or the reason for Pairing Failed. */
	uint8_t (*identity)(struct smp_link *l, const struct smp_keys *theirs, const struct smp_strength *s);
	/* Keys are wiped when it returns. Another pairing may be begun from it. */
	void (*ended)(struct smp_link *l, const struct smp_result *result);
};

/* An action returns 0 or the reason to fail with; pdu is the whole one, its length is right. */
typedef uint8_t smp_act(struct smp_link *l, const uint8_t *pdu);
enum { SMP_ANY = 0xFF }; /* in: whatever the state */
struct smp_row {
	uint8_t in, on; /* enum smp_state, enum smp_code */
	smp_act *act;
};

/* A scheme: what follows the exchange of features. */
struct smp_scheme {
	const struct smp_row *rows;
	uint8_t count;
	uint8_t (*begin)(struct smp_link *l);
	/* The secret, the user's consent or a result of the curve is there: goes on if the state waits for it. */
	uint8_t (*proceed)(struct smp_link *l);
};

/* An association model that Just Works is not. */
struct smp_model {
	const struct smp_row *rows; /* of Secure Connections */
	uint8_t count;
	/* Legacy: sets l->secret (then l->user is SMP_USER_YES), or asks for it. */
	uint8_t (*secret)(struct smp_link *l);
	/* Secure Connections: both public keys are known; the first move. */
	uint8_t (*begin)(struct smp_link *l);
	/* Secure Connections: nonces are exchanged; sets l->user, or asks for consent. */
	uint8_t (*agree)(struct smp_link *l);
	/* Goes on if the state is one of this model's and waits for the user. NULL: none does. */
	uint8_t (*proceed)(struct smp_link *l);
	/* Secure Connections: r of the check value that is made by us, or by the peer; NULL: the secret. */
	void (*check_r)(const struct smp_link *l, bool by_us, uint8_t r[16]);
};

extern const struct smp_scheme smp_sc, smp_legacy;
extern const struct smp_model smp_model_passkey, smp_model_numeric, smp_model_oob;

/* What is exchanged on another way than the air. All in the order of the air. */
struct smp_oob {
	/* of the peer, for Secure Connections: 2.3.5.6.4; used up by the first pairing with that address */
	bool have_theirs;
	bool have_tk; /* of both, for legacy pairing */
	/* ours, by smp_oob_make(); used up by the first pairing in which the peer says that it has them */
	bool have_ours;
	struct ble_addr peer;
	uint8_t their_r[16], their_c[16], tk[16];
	uint8_t r[16], c[16];
	struct ble_p256 key;
	const struct ble_crypto *crypto;
	void (*made)(struct smp_oob *oob, int err); /* have_ours says the same; NULL: not told */
};

/* What the program wants; may change between pairings. Zero is no useful value of most. */
struct smp_config {
	const struct smp_scheme *sc, *legacy; /* NULL: not offered */
	const struct smp_model *passkey, *numeric, *oob_model;
	struct smp_oob *oob; /* NULL: none */
	uint8_t io;          /* enum smp_io */
	bool bonding, mitm, keypress;
	bool debug;          /* uses the debug key, and takes it from the peer */
	uint8_t key_min, key_max;               /* octets, 7..16 */
	uint8_t initiator_keys, responder_keys; /* enum smp_dist, or'ed */
	uint8_t wanted_keys;                    /* besides, of the peer, whichever of the two it is */
	uint32_t passkey_fixed; /* 0: fresh and random each time; 1..999999 */
};

enum { SMP_WAITERS = 4 };

/* Of one host. Filled in by its owner but for the last members. */
struct smp {
	const struct ble_crypto *crypto;
	const struct ble_platform *platform;
	struct tmr_list *timers;
	const struct smp_hooks *hooks;
	struct smp_config config;
	struct ble_addr identity; /* ours: public or static random */
	uint8_t irk[16];          /* ours */
	uint32_t passed_over, malformed, violations; /* PDUs */
	/* 2.3.6: who has to wait, and until when; the last is everybody. */
	struct smp_waiter {
		struct ble_addr peer;
		uint8_t failures;
		uint64_t until_us;
	} waiters[SMP_WAITERS + 1];
};

enum smp_dh {
	SMP_DH_NONE,
	SMP_DH_PUBLIC, /* our key pair is being computed */
	SMP_DH_OWN,    /* it is there */
	SMP_DH_SHARED, /* the Diffie-Hellman key is being computed */
	SMP_DH_DONE,
};

enum smp_user { SMP_USER_NONE, SMP_USER_ASKED, SMP_USER_YES };

enum { SMP_QUEUE = 8 };

/* Of one connection. Zeroed by its owner. Private but to src/smp. */
struct smp_link {
	struct smp *smp;
	uint8_t role;   /* enum ble_role, ours */
	uint8_t state;  /* enum smp_state */
	uint8_t method; /* enum smp_method */
	uint8_t dh;     /* enum smp_dh */
	uint8_t user;   /* enum smp_user */
	uint8_t round;  /* of Passkey Entry, 0..19 */
	uint8_t want;   /* keys still to come: enum smp_dist */
	uint8_t half;   /* the first of two PDUs of a key has come */
	uint8_t give;   /* keys we distribute */
	uint8_t queued; /* PDUs of queue */
	uint8_t reason; /* of an operation on the curve that failed */
	uint8_t asked;  /* AuthReq of the peer's Security Request */
	bool starting;  /* such an operation is being started */
	bool keyed;     /* the controller has the key in the making */
	bool sc, bonding, keypress, debug;
	struct smp_strength strength; /* of the key in the making */
	struct {
		uint8_t code, arg;
	} queue[SMP_QUEUE];
	struct ble_addr own, peer; /* as on the air of this connection */
	const struct smp_scheme *scheme;
	const struct smp_model *model; /* NULL: Just Works */
	struct tmr timer, retry;
	uint8_t preq[7], pres[7];
	/* secrets, all wiped by the end of a pairing */
	uint8_t secret[16]; /* TK, or the passkey, or zeroes */
	uint8_t nonce[2][16], confirm[2][16]; /* ours, theirs */
	uint8_t check[16];  /* theirs */
	uint8_t mac_key[16];
	uint8_t key[16];    /* STK or LTK */
	struct smp_keys theirs, ours;
	struct ble_p256 op;
};

/* A connection: its role and its addresses on the air. */
void smp_open(struct smp_link *l, struct smp *smp, uint8_t role, const struct ble_addr *own, const struct ble_addr *peer);
/* It is down. A pairing that ran ends with BLE_ECONN. */
void smp_close(struct smp_link *l);

/* A PDU has come. */
void smp_rx(struct smp_link *l, const uint8_t *pdu, uint16_t len);
/* There may be room to send. */
void smp_pump(struct smp_link *l);
/* LE Long Term Key Request. False: negative reply. */
bool smp_key_request(struct smp_link *l, uint16_t ediv, uint64_t rand, uint8_t key[16]);
/* The link has been encrypted, anew as well (err 0), or has not. */
void smp_encrypted(struct smp_link *l, int err);

/*
 * Central: Pairing Request; peripheral: Security Request. 0; BLE_EBUSY: a pairing runs; BLE_ESTATE: one has timed out
 * here; BLE_EREFUSED: after failures this peer has to wait; BLE_ENOTSUP: no scheme.
 */
int smp_pair(struct smp_link *l);
/* Ends a pairing with this reason. BLE_ENOENT: none runs. */
int smp_cancel(struct smp_link *l, uint8_t reason);
/* Answers. BLE_ENOENT: nothing is asked; BLE_ERANGE: more than 999999. */
int smp_passkey(struct smp_link *l, uint32_t passkey);
int smp_consent(struct smp_link *l, bool yes);
/* Tells the peer what our user does while SMP_ASK_ENTER is open. BLE_ENOENT: not asked, or not agreed on; BLE_EBUSY. */
int smp_keypress(struct smp_link *l, enum smp_keypress kind);
/* Makes our OOB data: a key pair, r and C; oob->made tells when they are there. 0, BLE_EIO, BLE_EBUSY. */
int smp_oob_make(struct smp *smp, struct smp_oob *oob);

static inline bool smp_is_pairing(const struct smp_link *l)
{
	return l->state > SMP_DEAD;
}

/* The method for a pair of IO capabilities: table 2.8. */
enum smp_method smp_method_of(uint8_t initiator_io, uint8_t responder_io, bool sc);

/* Between the files of this folder. */

static inline bool smp_is_initiator(const struct smp_link *l)
{
	return l->role == BLE_ROLE_CENTRAL;
}

/* smp.c */
void smp_enter(struct smp_link *l, enum smp_state state);
/* A PDU on its way out; smp_queue() starts the timer anew, as 3.4 wants for all but the two outside a pairing. */
void smp_say(struct smp_link *l, uint8_t code, uint8_t arg);
void smp_queue(struct smp_link *l, uint8_t code, uint8_t arg);
void smp_fail(struct smp_link *l, uint8_t reason);
void smp_end(struct smp_link *l, struct smp_result *result);
void smp_nonce(struct smp_link *l);
/* Phase 2 is over, l->key is the key: encrypts, or waits for it. */
uint8_t smp_encrypt(struct smp_link *l);
/* Lets the scheme go on, and fails or sends. */
void smp_proceed(struct smp_link *l);
/* features.c */
extern const struct smp_row smp_feature_rows[];
extern const uint8_t smp_feature_count;
/* keys.c */
extern const struct smp_row smp_key_rows[];
extern const uint8_t smp_key_count;
void smp_distribute(struct smp_link *l);
void smp_keys_sent(struct smp_link *l);
/* sc.c */
uint8_t smp_plain_begin(struct smp_link *l);
/* f4 of this side's nonce: our confirm value, or what the peer's must be. z: see 2.2.6 */
uint8_t smp_f4(const struct smp_link *l, bool ours, uint8_t z, uint8_t out[16]);
/* The nonces are exchanged. */
uint8_t smp_exchanged(struct smp_link *l);
/* attempts.c */
bool smp_must_wait(struct smp_link *l);
void smp_attempt_ended(struct smp_link *l, const struct smp_result *result);

#endif
