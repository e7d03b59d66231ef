/*
 * Between the files of the part ble_pairing: its memory. part_pairing.c wires the Security Manager to the host,
 * security_verbs.c has the verbs of bond.h, security_pairing.c what the Security Manager asks, bonds.c keeps keys.
 */
#ifndef GLINT_HOST_SECURITY_H
#define GLINT_HOST_SECURITY_H

#include <ble/bond.h>

#include "host/bonds.h"
#include "host/host.h"

/* What has still to be told of a connection, in this order. */
enum {
	SECURITY_ASK = 0x01,
	SECURITY_KEYPRESS = 0x02,
	SECURITY_ENCRYPTED = 0x04,
	SECURITY_PAIRED = 0x08,
	SECURITY_RESTORED = 0x10, /* subscriptions of the bond */
};

/* The command that a connection is waiting for. */
enum security_want { SECURITY_NOTHING, SECURITY_ENCRYPT, SECURITY_REPLY, SECURITY_NEGATIVE };

/* What a way brings; one of them is set. */
struct ble_way {
	const struct smp_scheme *legacy;
	const struct smp_model *passkey, *numeric, *oob;
};

struct security_link {
	struct smp_link smp; /* first */
	struct ble_conn *conn;
	struct smp_strength strength; /* of the link, as it is encrypted */
	struct smp_strength next;     /* of the key with which it is being encrypted */
	int16_t bond;       /* whose link it is: index; -1: not known */
	uint8_t news;       /* SECURITY_... */
	uint8_t want;       /* enum security_want */
	bool encrypting;    /* begun, and the event that ends it has not come */
	bool anew;          /* as central: pair when encryption with the bond is done */
	uint8_t ask;        /* enum smp_ask */
	uint8_t keypress;
	bool known;         /* it has encrypted with the bond's key, or made the bond now */
	bool unsaved;       /* subscriptions of the bond have changed */
	bool outdated;      /* it has still to confirm that the database is another than the record's */
	uint16_t restored;  /* handle of the last one that was told of */
	uint32_t number;
	int16_t encrypted_err;
	uint8_t key[16];    /* of want */
	uint16_t ediv;
	uint64_t rand;
	struct {
		int16_t err;
		uint8_t reason, level, key_size;
		bool by_peer, bonded;
		struct ble_addr identity;
	} paired;
};

struct host_security {
	struct smp smp; /* first */
	struct ble_host *host;
	struct hci_want want;
	struct tmr quiet; /* subscriptions are written when it fires */
	struct att_db db; /* the database's functions, with permission asked first */
	const struct att_db *inner;
	struct host_bonds bonds;
	struct smp_oob oob;
	int16_t bonds_err;  /* has still to be told; 0: nothing */
	int16_t oob_err;
	uint8_t asking;     /* slot that the last command was for */
	uint8_t level;      /* that services want which name none */
	bool told;          /* the controller has the event mask */
	bool identity_known, oob_news;
	bool keep_bonded;
	struct ble_pairing_params params; /* as they were given, without ways */
	struct ble_way ways;              /* all of them in one */
	struct host_bond slots[];
};

static inline struct host_security *security_of(const struct ble_host *h)
{
	return host_mem(host_room(h, &ble_pairing_room));
}

static inline struct security_link *security_link(const struct ble_conn *c)
{
	return host_conn_mem(host_room(c->host, &ble_pairing_room), c);
}

static inline struct security_link *security_of_smp(struct smp_link *l)
{
	return CONTAINER_OF(l, struct security_link, smp);
}

/* Something is to be told of this connection. */
void security_news(struct security_link *l, uint8_t news);
/* The store has not what was saved there. */
void security_damaged(struct host_security *s);
/* Encrypts with the bond's key. False: there is none that a central can use. */
bool security_use_bond(struct security_link *l);
/* Our identity is known as soon as the controller is up. */
void security_identity(struct host_security *s);
/* security_pairing.c */
extern const struct smp_hooks security_smp_hooks;
/* security_permit.c */
int security_permit(struct att_bearer *b, const struct att_attr *a, bool write);
bool security_may_tell(struct att_bearer *b, uint16_t value_handle);
/* security_resolve.c: struct host_security_hooks */
void security_resolve(struct ble_host *h, struct ble_addr *address);
void security_locate(struct ble_host *h, struct ble_addr *peer);
/* security_kept.c: the peer of a bond is here; its subscriptions have changed; the link is down. */
void security_restore(struct security_link *l);
void security_subscribed(struct security_link *l);
void security_keep_subscriptions(struct security_link *l);
/* The next one that was restored, as an event; false: all have been told. */
bool security_tell_restored(struct security_link *l, struct ble_event *ev);

#endif
