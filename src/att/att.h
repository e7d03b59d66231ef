/*
 * The Attribute Protocol: Vol 3 Part F. Front door of src/att.
 *
 * One bearer a connection. What comes in is handed, by one table indexed with the opcode, to the
 * server's rows or the client's rows; a role that no part has brought has no rows. The server knows
 * attributes only through `struct att_db`, which the layer above fills in; the client knows
 * requests and their responses, not procedures.
 *
 * A transaction holds its transmit buffer from the request until the answer, so an answer never
 * fails for want of one; there is at most one such buffer a connection.
 */
#ifndef ATT_ATT_H
#define ATT_ATT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ble/host.h>

#include "base/rd.h"
#include "base/tmr.h"
#include "spec/att_codes.h"

struct ble_notification;
struct l2cap_link;
struct att_bearer;

/* What became of a received PDU. RETRY: nothing happened, for want of a transmit buffer; come again
 * with the same PDU when one has become idle. */
enum att_verdict { ATT_DONE, ATT_RETRY };

/* A row of dispatch. pdu[0] is the opcode, len is at least 1. */
typedef enum att_verdict att_row(struct att_bearer *b, const uint8_t *pdu, uint16_t len);

/* The opcodes that a server takes are even, those that a client takes are odd (3.4.8); the row is
 * the opcode halved. Row 0 of the server is for the Write Command. */
enum { ATT_SERVER_ROWS = (ATT_READ_MULTIPLE_VARIABLE_REQ >> 1) + 1 };
enum { ATT_CLIENT_ROWS = (ATT_MULTIPLE_HANDLE_VALUE_NTF >> 1) + 1 };

enum {
	ATT_TRANSACTION_US = 30000000, /* 3.3.3 */
	ATT_GIVE_UP_US = 25000000,     /* a deferred answer: so that ours comes before their time-out */
};

/* An attribute, as the database shows it. The last four belong to the database. */
struct att_attr {
	uint16_t handle;
	uint16_t type;       /* 16-bit UUID, or octets 12 and 13 of the base */
	const uint8_t *base; /* 16 octets LE; NULL: a 16-bit UUID */
	uint16_t group_end;  /* last handle of its service */
	uint16_t sub;
	uint8_t part;
	void *slot;
	const void *item;
};

/* A value, where it lies. Declarations have no memory: they are made in `made`. */
struct att_view {
	const uint8_t *data;
	uint16_t len;
	bool tell; /* the program wants to know that it was read */
	uint8_t made[19];
};

/*
 * The database. Errors are BLE_EATT(code); BLE_EPENDING says that the program is asked. `value` and
 * `write` check permissions, for every request alike.
 */
struct att_db {
	/* Into *a, the attribute with this handle or the next above; false: none. */
	bool (*find)(void *ctx, struct att_attr *a, uint16_t handle);
	/* 0; BLE_EPENDING: only the program knows. No side effect. */
	int (*value)(struct att_bearer *b, const struct att_attr *a, struct att_view *v);
	/* Raises BLE_EV_READ: asks the program, or with token 0 tells it. */
	void (*ask)(struct att_bearer *b, const struct att_attr *a, uint16_t offset, uint32_t token);
	/*
	 * 0: written, the answer may go. BLE_EPENDING: the program has been given BLE_EV_WRITTEN
	 * with this token (0: a command).
	 */
	int (*write)(struct att_bearer *b, const struct att_attr *a, const uint8_t *data,
		uint16_t len, uint32_t token);
	/* Optional: adds what is its own to a database that is new. */
	void (*extend)(void *ctx);
};

/*
 * A request that another part than ble_server takes. `answer` gets what the program said to an event of it
 * (BLE_EPENDING: it has left it unanswered), and sends the response, or lets the request go on: then the part raises
 * the next event in a poll.
 */
struct att_extra {
	uint8_t opcode;
	att_row *row;
	void (*answer)(struct att_bearer *b, int err, const void *data, size_t len);
};

/* What ble_server brings. */
struct att_server_role {
	att_row *const *rows; /* att_server_rows, or those of ble_caching, or att_lean_rows */
	/* A request has been given to the program, att_server_settle() is to follow. */
	void (*offered)(struct att_bearer *b);
	/* In a poll, an indication was confirmed; outside, it has timed out. NULL: never. */
	void (*indicated)(struct att_bearer *b);
	/* Who takes a request that `rows` has no row for; NULL: nobody. */
	const struct att_extra *(*extra)(struct att_bearer *b, uint8_t opcode);
	/* att_indicate(); NULL: nothing can be indicated. */
	int (*indicate)(struct att_bearer *b, uint16_t handle, const void *data, size_t len);
};

/* What ble_client brings. */
struct att_client_role {
	att_row *const *rows; /* att_client_rows */
	/* In a poll: the packet has more to give. */
	void (*more)(struct att_bearer *b);
	/* Outside a poll: a request has timed out. */
	void (*expired)(struct att_bearer *b);
};

/* What all bearers of a host share. */
struct att {
	/* The event slot of the present poll, with type, conn and t_us; who asks fills in the rest. */
	struct ble_event *(*event)(struct att_bearer *b, uint8_t type);
	struct tmr_list *timers;
	const struct att_server_role *server; /* of the bearers that have a server */
	const struct att_client_role *client; /* NULL: responses are passed over */
	const struct att_db *db;
	void *db_ctx;
	uint16_t mtu; /* what we offer: 23..517 */
	uint32_t tokens; /* given so far, 24 bits: a stale one must not fit a later connection */
	uint32_t malformed, violations;
};

/* One a connection. link, att, and the roles' memory (NULL: none) come from the host. */
struct att_bearer {
	struct l2cap_link *link;
	struct att *att;
	struct att_server *server; /* NULL: every request is refused */
	struct att_client *client;
	uint16_t mtu;   /* ATT_MTU in force */
	uint8_t slot;   /* which connection: the low octet of tokens */
	bool exchanged; /* the peer has proposed its MTU: 3.4.2.1 allows that once */
	bool dead;      /* a transaction timed out (3.3.3), or the link is down: no more PDUs */
	bool waits;     /* the link is being encrypted with a bond: the client says nothing in clear text meanwhile */
	bool unproved;  /* that has failed: the client neither says nor believes anything until the link is encrypted */
};

/* A fresh one, without roles. link, att and slot are set. */
void att_open(struct att_bearer *b);
enum att_verdict att_rx(struct att_bearer *b, const uint8_t *pdu, uint16_t len);

/* A UUID as struct att_attr has it, least significant octet first. Its length, 2 or 16. */
uint16_t att_uuid_put(uint8_t *p, uint16_t uuid, const uint8_t *base);
/* An Error Response. 3.4.1.1 */
enum att_verdict att_error(struct att_bearer *b, uint8_t request, uint16_t handle, uint8_t code);
/* The smaller of both sides' MTU, and never less than 23: 3.4.2.2. Raises BLE_EV_MTU. */
void att_agree_mtu(struct att_bearer *b, uint16_t theirs);

/* -- server ------------------------------------------------------------------------------------ */

extern att_row *const att_server_rows[ATT_SERVER_ROWS];
extern att_row *const att_lean_rows[ATT_SERVER_ROWS]; /* without indications */

enum att_answer {
	ATT_ANSWER_NONE,     /* no request waits */
	ATT_ANSWER_OFFERED,  /* the program has the event; the next poll answers by itself */
	ATT_ANSWER_DEFERRED, /* the program has asked for time */
	ATT_ANSWER_GOES_ON,  /* the next event of the same request is to come */
};

struct att_server {
	uint8_t opcode;        /* of the request */
	uint8_t answer;        /* enum att_answer */
	uint8_t features;      /* the client's Client Supported Features: Vol 3 Part G 7.2 */
	uint16_t handle, offset;
	uint16_t indicated;    /* handle whose confirmation is awaited; 0: none */
	uint16_t timed_out;    /* handle of an indication that was never confirmed; 0: none */
	struct att_bearer *bearer;
	struct ble_tx *held;   /* for the answer */
	uint32_t token;        /* of the present answer; 0 while none waits */
	struct tmr give_up;    /* of a deferred answer */
	struct tmr indication; /* of an unconfirmed indication */
};

void att_server_open(struct att_server *s, struct att_bearer *b);
/* Gives back what it holds. A waiting indication ends by BLE_ECONN: its handle is returned, or 0. */
uint16_t att_server_close(struct att_server *s);
/* For the poll after an event: answers what the program left unanswered and did not defer. */
void att_server_settle(struct att_server *s);
/* Both: 0, or BLE_ENOENT when the token is stale. reply: err 0 or BLE_EATT, data from offset 0; BLE_ECLOSED: the bearer
 * has timed out, nothing is sent. */
int att_server_reply(struct att_server *s, uint32_t token, int err, const void *data, size_t len);
int att_server_defer(struct att_server *s, uint32_t token);
/* Either of the two. Private. */
int att_handle_value(struct att_bearer *b, uint8_t opcode, uint16_t handle, const void *data, size_t len);
/*
 * A notification or an indication, cut to what fits. 0; BLE_EBUSY: no buffer, no credit, or an
 * unconfirmed indication. BLE_ECLOSED: the bearer has timed out.
 */
static inline int att_notify(struct att_bearer *b, uint16_t handle, const void *data, size_t len)
{
	return att_handle_value(b, ATT_HANDLE_VALUE_NTF, handle, data, len);
}
int att_indicate(struct att_bearer *b, uint16_t handle, const void *data, size_t len);

/* -- server: long and reliable writes, 3.4.6 (att_prepared.c) --------------------------------- */

/*
 * The queue of a connection: not what was prepared, but the value that it will come to, one for each attribute. The size,
 * `check`, `ask` and zeroes come from the host.
 */
struct att_queue {
	/* 0 or BLE_EATT: may it be written, and, unless data is NULL, this value? No effect. */
	int (*check)(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len);
	/* Asks the program whether this client may write it at all, by an event with this token; false: it lets all. */
	bool (*ask)(struct att_bearer *b, const struct att_attr *a, uint32_t token);
	uint16_t size, used; /* octets */
	uint16_t part;       /* octets of the Prepare Write that waits for the program */
	uint16_t at;         /* while Execute Write goes on: the next value */
	uint16_t bad_handle; /* what Execute Write will say no to, and why; code 0: nothing known */
	uint8_t bad;
	uint8_t octets[]; /* per value: handle, length, value */
};

enum { ATT_QUEUE_HEAD = 4 };

enum att_verdict att_prepare_write(struct att_queue *q, struct att_bearer *b, const uint8_t *pdu, uint16_t len);
void att_prepare_answer(struct att_queue *q, struct att_bearer *b, int err);
enum att_verdict att_execute_write(struct att_queue *q, struct att_bearer *b, const uint8_t *pdu, uint16_t len);
void att_execute_answer(struct att_queue *q, struct att_bearer *b, int err);
/* In a poll, after ATT_ANSWER_GOES_ON: the next event, or the response. */
void att_execute_resume(struct att_queue *q, struct att_bearer *b);

/* -- server: several values in one PDU, 3.4.4.7, 3.4.4.11, 3.4.7.4 (att_multiple.c) --------- */

/* A request for several values, while it is answered. */
struct att_multiple {
	uint16_t n;       /* octets of the response so far */
	uint16_t at, len; /* octets of handles: looked at, all */
	uint8_t handles[]; /* as many octets as our MTU has */
};

enum att_verdict att_read_multiple(struct att_multiple *m, struct att_bearer *b, const uint8_t *pdu, uint16_t len);
void att_read_multiple_answer(struct att_multiple *m, struct att_bearer *b, int err, const void *data, size_t len);
void att_read_multiple_resume(struct att_multiple *m, struct att_bearer *b);
/* How many values, from the first, fit whole in a Multiple Handle Value Notification. */
size_t att_fitting(const struct att_bearer *b, const struct ble_notification *list, size_t count);
/* Sends so many, which fit, in one: 0, BLE_EBUSY, BLE_ECLOSED. */
int att_notify_multiple(struct att_bearer *b, const struct ble_notification *list, size_t count);

/* -- client ------------------------------------------------------------------------------------ */

extern att_row *const att_client_rows[ATT_CLIENT_ROWS];

struct att_client {
	struct tmr timer;
	struct att_bearer *bearer;
	uint8_t request;  /* opcode that waits for its response; 0: none */
	bool confirm;     /* an indication has been given to the program: confirm it */
	bool timed_out;
	uint16_t changed; /* value handle of the peer's Service Changed; 0: not known */
	struct rd values; /* what is left of a Multiple Handle Value Notification */
	/* Response or Error Response to the request. Runs in a poll; may raise one event. */
	void (*response)(struct att_bearer *b, const uint8_t *pdu, uint16_t len);
};

void att_client_open(struct att_client *c, struct att_bearer *b);
void att_client_close(struct att_client *c);
/* The SDU to write a request of up to len octets into, and *tx; NULL: not now. */
uint8_t *att_client_begin(struct att_bearer *b, uint16_t len, struct ble_tx **tx);
/* Sends what was begun, len octets, and waits for the response. Takes tx. */
void att_client_request(struct att_bearer *b, struct ble_tx *tx, uint16_t len);
/* Sends what was begun, without waiting: a command. Takes tx. */
void att_client_command(struct att_bearer *b, struct ble_tx *tx, uint16_t len);
/* Sends nothing of what was begun. Takes tx. */
void att_client_drop(struct att_bearer *b, struct ble_tx *tx);
/* Raises BLE_EV_NOTIFIED for the next of c->values, of which there is one. */
void att_client_value(struct att_client *c);
/* Confirms the indication that the program has seen; false: no buffer now. */
bool att_client_confirm(struct att_client *c);

#endif
