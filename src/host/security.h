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
	bool telling;       /* Service Changed is on its way to it, and has not been confirmed */
	bool kept;          /* there is a record of this bond */
	uint16_t patience;  /* how often it is looked whether our keys have left, before they are taken to have */
	uint16_t restored;  /* handle of the last one that was told of */
	uint32_t number;
	int16_t encrypted_err;
	uint8_t key[16];    /* of want */
	uint16_t ediv;
	uint64_t rand;
	struct tmr delivery;     /* runs while `paired` waits until our keys have come */
	struct {
		int16_t err;
		uint8_t reason, level, key_size;
		bool by_peer, bonded;
		struct ble_addr identity;
	} paired;
	bool kept_unaware;  /* what the record says of the client */
	bool moved;         /* the database has changed since it was written */
};

struct host_security {
	struct smp smp; /* first */
	struct ble_host *host;
	struct hci_want want;
	struct tmr quiet; /* subscriptions are written when it fires */
	struct att_db db; /* the database's functions, with permission asked first */
	const struct att_db *inner;
	void (*changed)(struct ble_host *h, uint16_t start, uint16_t end); /* own_server.changed */
	struct host_bonds bonds;
	struct smp_oob oob;
	int16_t bonds_err;  /* has still to be told; 0: nothing */
	int16_t oob_err;
	uint8_t asking;     /* slot that the last command was for */
	uint8_t level;      /* enum ble_level that services want which name none */
	bool told;          /* the controller has the event mask */
	bool identity_known, oob_news;
	bool keep_bonded, on_demand;
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

/* What ble_signing keeps of a bond: the counters of signed writes (Vol 3 Part H 2.4.5). */
struct sign_counters {
	uint32_t age;        /* of the bond; whatever else is here is another's */
	uint32_t theirs;     /* the least that has not come yet */
	uint32_t ours, kept; /* of our next signature; up to here the store knows */
	bool known, lost;    /* looked for in the store; and not found */
};

/* What ble_signing brings: at the beginning of its memory, so that nobody else links it. */
struct host_signing {
	/* A bond has been made, its counters begin. */
	void (*bonded)(struct host_signing *g, unsigned index);
	/* A Write Command over an encrypted link that the value does not take as such: 0 or BLE_EATT. */
	int (*write)(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len);
	struct ble_host *host;
	struct sign_counters counters[];
};

/* NULL: it is not attached. */
static inline struct host_signing *security_signing(const struct ble_host *h)
{
	struct ble_part_slot *slot = host_room(h, &ble_signing_room);
	return slot ? host_mem(slot) : NULL;
}

/* Appends the signature to a Signed Write Command of len octets. 0, BLE_ENOENT, BLE_ESTATE, BLE_EIO. */
int signing_sign(struct att_bearer *b, uint8_t *pdu, uint16_t len);

/* The level of mode 1 that a link must have for such a use of what has this level: 1..4. */
static inline uint8_t security_link_level(uint8_t level, enum host_access access)
{
	_Static_assert(BLE_LEVEL_SIGNED == BLE_LEVEL_ENCRYPTED + 3 &&
			BLE_LEVEL_SIGNED_AUTHENTICATED == BLE_LEVEL_AUTHENTICATED + 3, "in step");
	if (level <= BLE_LEVEL_STRICT)
		return level ? level : BLE_LEVEL_OPEN;
	return access == HOST_WRITE ? (uint8_t)(level - 3) : BLE_LEVEL_OPEN;
}

/* The level of a link with the weakest key that is of use. */
static inline uint8_t security_key_level(uint8_t level)
{
	return security_link_level(level, HOST_WRITE);
}

static inline struct security_link *security_of_smp(struct smp_link *l)
{
	return CONTAINER_OF(l, struct security_link, smp);
}

/* Something is to be told of this connection. */
void security_news(struct security_link *l, uint8_t news);
/* Keys have been in packets: those that are idle forget them. */
void security_wipe_packets(struct ble_host *h);
/* The store has not what was saved there. */
void security_damaged(struct host_security *s);
/* Encrypts with the bond's key. False: there is none that a central can use. */
bool security_use_bond(struct security_link *l);
/* Our identity is known as soon as the controller is up. */
void security_identity(struct host_security *s);
/* security_pairing.c */
extern const struct smp_hooks security_smp_hooks;
/* security_permit.c */
int security_permit(struct att_bearer *b, const struct att_attr *a, enum host_access access);
bool security_may_tell(struct att_bearer *b, uint16_t value_handle);
/* security_resolve.c: struct host_security_hooks */
void security_resolve(struct ble_host *h, struct ble_addr *address);
void security_locate(struct ble_host *h, struct ble_addr *peer);
/* security_kept.c: the peer of a bond is here; its subscriptions have changed; the link is down. */
void security_restore(struct security_link *l);
void security_subscribed(struct security_link *l);
void security_keep_subscriptions(struct security_link *l);
/* The peer of this bond has said that it finds itself by its private addresses. */
bool security_resolves(struct host_security *s, int bond);
/* struct host_security_hooks */
void security_aware(struct ble_conn *c);
/* From now on we hear, or hear no more, of changes of the database, in front of whoever else does. */
void security_listen(struct ble_host *h, bool on);
/* The next one that was restored, as an event; false: all have been told. */
bool security_tell_restored(struct security_link *l, struct ble_event *ev);

#endif
