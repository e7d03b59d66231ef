/*
 * The Generic Attribute Profile: Vol 3 Part G. Front door of src/gatt.
 *
 * Server: a database without an attribute table. A slot a service keeps its first handle, and what
 * lies inside follows from the service's description (server.h), so that RAM is 12 octets a service
 * and two bits a subscribable characteristic and connection. Client: discovery, reads and writes as
 * small machines that give one item a poll, straight from the received packet.
 */
#ifndef GATT_GATT_H
#define GATT_GATT_H

#include <ble/client.h>
#include <ble/server.h>

#include "att/att.h"
#include "base/rd.h"

/* -- server ------------------------------------------------------------------------------------ */

struct gatt_slot {
	const struct ble_service *service;
	uint16_t first, last; /* handles */
	uint16_t sub;         /* index of its first CCCD among all */
	uint8_t broadcasts[2]; /* two bits a 0x2903, by its characteristic's place in the list */
};

struct gatt_own;

struct gatt_db {
	struct gatt_slot *slots; /* by handle, no gaps */
	uint16_t count, capacity;
	uint16_t next_handle;
	uint16_t subscribable, subs; /* how many CCCDs a connection has bits for; how many there are */
	uint16_t recent; /* slot that gatt_find() has last looked at */
	uint16_t asked, asked_sub; /* gatt_subscribed(): the value handle of last time, and its CCCD's index; 0: none */
	/* How many handles a service needs; negative: something in it is refused. */
	int (*measure)(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault);
	struct gatt_own *own;  /* NULL: a bare database */
};

/* What goes with the GAP and GATT services of a database that is not bare. */
struct gatt_own {
	/* Of a value without memory: 0, or BLE_EPENDING: it is not of these services. */
	int (*view)(const struct gatt_own *own, const struct ble_characteristic *c, struct att_view *v);
	const char *name;
	uint16_t changed; /* value handle of Service Changed */
	uint8_t appearance[2], ppcp[8]; /* as the air has them */
};

/* Of one connection. */
struct gatt_peer {
	struct att_server att; /* first: bearer->server points here */
	uint16_t changed_start, changed_end; /* of the database, not yet indicated; 0: nothing */
	uint8_t cccd[]; /* two bits each */
};

/* Of gatt_peer.cccd, and of gatt_peer, for so many CCCDs. */
static inline size_t gatt_cccd_octets(unsigned subscribable)
{
	enum { PER_OCTET = 4 };
	return (subscribable + PER_OCTET - 1) / PER_OCTET;
}

static inline size_t gatt_peer_octets(unsigned subscribable)
{
	return offsetof(struct gatt_peer, cccd) + gatt_cccd_octets(subscribable);
}

/* Of one connection, for ble_caching: does this client know of the last change? */
struct gatt_caching {
	uint8_t state; /* 0: it does */
	bool shown;    /* the present request has asked for the hash */
	bool hides;    /* the subscriptions are in `kept`, and gatt_peer.cccd has that of Service Changed alone */
	uint16_t subs; /* how many CCCDs there were when they were hidden */
	uint8_t *kept; /* as many octets as gatt_peer.cccd */
};

/* The services that gatt_own_init() brings. */
enum { GATT_OWN_SERVICES = 2, GATT_OWN_SUBSCRIBABLE = 1 };
enum { GATT_HASH = 16 }; /* octets of the Database Hash */

extern const struct att_db gatt_att_db; /* its ctx is a struct gatt_db */
extern const struct att_db gatt_lean_db; /* values, CCCDs and user descriptions alone */
extern const struct att_db gatt_multiple_db; /* the same with Client Supported Features */

int gatt_measure(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault);
/* With descriptors of the program's own, which the other refuses. */
int gatt_measure_described(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault);
/* What gatt_lean_db cannot show is refused. */
int gatt_measure_lean(const struct gatt_db *db, const struct ble_service *s, struct ble_fault *fault);

/* A bare one; slots: capacity of them. */
static inline void gatt_db_init(struct gatt_db *db, struct gatt_slot *slots, uint16_t capacity, uint16_t subscribable)
{
	*db = (struct gatt_db){ .slots = slots, .capacity = capacity, .next_handle = 1, .subscribable = subscribable,
		.measure = gatt_measure };
}
/* With GAP and GATT services: own is zeroed, name not copied; NULL: "Glint". */
void gatt_own_init(struct gatt_own *own, struct gatt_db *db, const char *name);
/* As ble_server_add() and its companions. *fault: err, subject, value, min and max when refused. */
int gatt_add(struct gatt_db *db, const struct ble_service *s, uint16_t *first_handle,
	struct ble_fault *fault);
/* *gone: the slot as it was, for the handles and CCCDs that it had. */
int gatt_remove(struct gatt_db *db, const struct ble_service *s, struct gatt_slot *gone);
/* After that, for each peer: its CCCDs go, and those of the services behind it move up. */
void gatt_forget(const struct gatt_db *db, struct gatt_peer *p, const struct gatt_slot *gone);
/* The value handle, or that of a descriptor of the program's own; 0: it is not there. */
uint16_t gatt_handle(const struct att *att, const struct ble_characteristic *ch);
int gatt_gap(struct gatt_own *own, const struct ble_gap_info *info, struct ble_fault *fault);
/* Fills in the fault, if there is one, and returns err. max < min: no limits. */
int gatt_refuse(struct ble_fault *fault, int err, const char *subject, int32_t value, int32_t min, int32_t max);

/* How many CCCDs a service has. */
uint16_t gatt_service_subscribable(const struct ble_service *s);

/* What the peer has written to the CCCD behind a value handle: enum gatt_cccd, or'ed; BLE_ENOENT: it has none. */
int gatt_subscribed(struct gatt_db *db, const struct gatt_peer *p, uint16_t value_handle);

/* Of an attribute that exists: security has a say in it. 0x2901 and 0x2904 tell of the value; a configuration may be read. */
bool gatt_is_guarded(const struct att_attr *a, bool write);
/* Of a client with a bond this is kept (kept.c): its configurations, its Client Supported Features. */
bool gatt_is_kept(const struct att_attr *a);
/* The next CCCD behind *handle, at first 0, that is not 0 in this map, and whose it is: its bits; 0: there is none. */
uint8_t gatt_kept_next(struct att_bearer *b, const uint8_t *cccd, uint16_t *handle, const struct ble_characteristic **ch);
/* Sets one that is 0 again. False: it is no such CCCD, or not 0. */
bool gatt_kept_put(struct att_bearer *b, uint8_t *cccd, uint16_t handle, uint8_t bits);
/* The database between start and end is no longer what the peer has seen. */
void gatt_changed(struct gatt_peer *p, uint16_t start, uint16_t end);
/* Indicates it, if it is due and possible: Vol 3 Part G 7.1. The database is not bare. */
void gatt_changed_flush(struct gatt_db *db, struct gatt_peer *p);

/* Of a write by request, without effect: 0 or BLE_EATT. data NULL: is it permitted? Else: is this value, too? */
int gatt_may_write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len);
/* Of a prepared write: asks the program whether it is permitted, if it wants to be asked; false: it does not. */
bool gatt_ask_write(struct att_bearer *b, const struct att_attr *a, uint32_t token);
void gatt_ask(struct att_bearer *b, const struct att_attr *a, uint16_t offset, uint32_t token);
bool gatt_find_described(void *db, struct att_attr *a, uint16_t handle);
/* In front of another database's `value`: descriptors of the program's own. */
int gatt_described_value(const struct att_db *plain, struct att_bearer *b, const struct att_attr *a, struct att_view *v);
/* A write that came as a Signed Write Command, or stands for one (kind): 0 with BLE_EV_WRITTEN raised, or BLE_EATT. */
int gatt_take_signed(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len, uint8_t kind);
/* Client Supported Features joins the GATT service, if that is there and the last: handles do not move. */
void gatt_add_features(struct gatt_db *db);
/* The Database Hash joins it as well, behind Client Supported Features. */
void gatt_add_hash(struct gatt_db *db);
bool gatt_is_hash(const struct att_attr *a);
/* The hash of the bearer's database, as the air has it: 0, or BLE_EIO. */
int gatt_hash_make(struct att_bearer *b, const struct ble_crypto *crypto, uint8_t hash[GATT_HASH]);
/* In front of the server's rows: what is no request of a part of its own. */
enum att_verdict gatt_caching_rx(struct gatt_caching *c, struct att_bearer *b, const uint8_t *pdu, uint16_t len);
/* A request of another part has come: is it to be refused? */
bool gatt_caching_refuses(struct gatt_caching *c, struct att_bearer *b, uint8_t opcode);
enum att_verdict gatt_caching_refuse(struct gatt_caching *c, struct att_bearer *b, const uint8_t *pdu);
/* In front of gatt_multiple_db: CCCDs as the client has written them, hidden or not. */
int gatt_caching_value(struct gatt_caching *c, struct att_bearer *b, const struct att_attr *a, struct att_view *v);
int gatt_caching_write(struct gatt_caching *c, struct att_bearer *b, const struct att_attr *a, const uint8_t *data,
	uint16_t len, uint32_t token);
/* A service that begins at this handle has come, or gone. */
void gatt_caching_changed(struct gatt_caching *c, struct att_bearer *b, uint16_t start);
/* What was hidden is back in gatt_peer.cccd. */
void gatt_caching_reveal(struct gatt_caching *c, struct att_bearer *b);
/* As ble_server_notify_many() for one connection. */
int gatt_notify_many(struct gatt_db *db, const struct gatt_peer *p, const struct ble_notification *list, size_t count);

/* As ble_server_notify() for one connection: Vol 3 Part G 4.10, 4.11. */
static inline int gatt_notify(struct gatt_db *db, const struct gatt_peer *p, uint16_t value_handle,
	const void *data, size_t len)
{
	int bits = gatt_subscribed(db, p, value_handle);
	if (bits <= 0)
		return BLE_ENOENT;
	if (bits & GATT_CCCD_NOTIFICATION)
		return att_notify(p->att.bearer, value_handle, data, len);
	return p->att.bearer->att->server->indicate(p->att.bearer, value_handle, data, len);
}

/* -- client ------------------------------------------------------------------------------------ */

struct gatt_procedure;

/* Of one connection. */
struct gatt_client {
	struct att_client att; /* first: bearer->client points here */
	const struct gatt_procedure *procedure; /* NULL: none runs */
	struct rd list;        /* what is left of the packet's items */
	uint8_t entry;         /* octets of an item */
	uint8_t phase;         /* of procedures with several; 0 at first */
	bool next;             /* the next request is to be sent when there is a buffer */
	bool over;             /* BLE_EV_DONE is to be raised */
	bool mtu_asked;        /* once a connection: Vol 3 Part F 3.4.2.1 */
	uint8_t uuid_len;      /* of the UUID wanted; 0: all */
	uint16_t at, end;      /* handles still to be looked at; reads and writes: which one, and offset */
	uint16_t handle;       /* for BLE_EV_DONE: that an ATT error was about */
	uint16_t mtu;          /* in force when the present request was sent */
	int16_t err;
	union {
		uint8_t uuid[16]; /* wanted */
		struct {
			uint16_t handle, start, end;
		} included; /* whose UUID is being read */
		struct {
			const uint16_t *handles; /* the program's */
			uint16_t count;
			bool full; /* the response was */
		} multiple;
		struct {
			const struct ble_client_value *values; /* the program's, or `one` */
			struct ble_client_value one;
			uint16_t count, part; /* octets in the present request */
		} write;
		uint8_t subscribe_bits; /* for the CCCD */
		struct {
			uint8_t bits, len; /* to be added; of octets */
			uint8_t octets[16]; /* as they are written back */
		} features;
	};
};

void gatt_client_open(struct gatt_client *c, struct att_bearer *b);
void gatt_client_close(struct gatt_client *c);
/* Which procedure runs, enum ble_procedure; 0: none. */
uint8_t gatt_client_running(const struct gatt_client *c);
/*
 * The verbs of client.h for one connection: 0, BLE_EBUSY, BLE_ECLOSED (the bearer has timed out), BLE_ETOOBIG,
 * BLE_EINVAL; BLE_ERANGE: how many handles; BLE_ESTATE: the MTU has been asked for, or there is nothing to cancel;
 * BLE_ENOENT: no room for a CCCD.
 */
int gatt_exchange_mtu(struct gatt_client *c);
int gatt_services(struct gatt_client *c, const void *uuid, size_t uuid_len);
int gatt_includes(struct gatt_client *c, uint16_t start, uint16_t end);
/* uuid_len 0: all. */
int gatt_characteristics(struct gatt_client *c, uint16_t start, uint16_t end, const void *uuid, size_t uuid_len);
int gatt_descriptors(struct gatt_client *c, uint16_t start, uint16_t end);
int gatt_read(struct gatt_client *c, uint16_t handle);
int gatt_read_uuid(struct gatt_client *c, uint16_t start, uint16_t end, const void *uuid, size_t uuid_len);
int gatt_read_multiple(struct gatt_client *c, const uint16_t *handles, size_t count);
int gatt_read_multiple_variable(struct gatt_client *c, const uint16_t *handles, size_t count);
int gatt_write(struct gatt_client *c, uint16_t handle, const void *data, size_t len);
int gatt_write_command(struct gatt_client *c, uint16_t handle, const void *data, size_t len);
/* sign appends the 12 octets of a signature: 0, or what is returned. */
int gatt_write_signed(struct gatt_client *c, uint16_t handle, const void *data, size_t len,
	int (*sign)(struct att_bearer *b, uint8_t *pdu, uint16_t len));
int gatt_write_reliable(struct gatt_client *c, const struct ble_client_value *values, size_t count);
int gatt_write_cancel(struct gatt_client *c);
int gatt_features_add(struct gatt_client *c, uint8_t bits);
int gatt_subscribe(struct gatt_client *c, uint16_t value_handle, uint16_t end_handle, uint8_t bits);
/*
 * Goes on with a procedure: true when an event was raised. To be called before the packet that the
 * last event came from is given up, and whenever a buffer becomes idle while `gatt_client_waits`.
 */
bool gatt_client_more(struct gatt_client *c);
static inline bool gatt_client_waits(const struct gatt_client *c)
{
	return c->list.left || c->next || c->over || c->att.confirm || c->att.timed_out || c->att.values.left;
}

#endif
