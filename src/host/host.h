/*
 * The wiring: what one host and one connection consist of, and the few functions that parts and verbs share.
 *
 * Reception is pulled: one packet is handled at a time, inside ble_host_poll(), and a handler that has news fills the
 * event that poll was given (host_event). News without a packet is a pending bit. There is no queue of events.
 */
#ifndef GLINT_HOST_HOST_H
#define GLINT_HOST_HOST_H

#include <ble/conn.h>
#include <ble/host.h>

#include "att/att.h"
#include "gap/gap.h"
#include "hci/hci.h"
#include "host/part.h"
#include "l2cap/l2cap.h"

enum { HOST_PARTS_MAX = 16 };

/* The host's part of hci.todo: what the next poll has to do or to tell. A part's bit is HOST_TODO_PART << its index. */
enum {
	HOST_TODO_NEXT = HCI_TODO_HOST,       /* host.next is to be called */
	HOST_TODO_HELD = HCI_TODO_HOST << 1,  /* host.held waits for a packet to answer with */
	HOST_TODO_BACK = HCI_TODO_HOST << 2,  /* the ACL packet in hand is to be given back */
	HOST_TODO_CONN = HCI_TODO_HOST << 3,  /* some connection has pending news */
	HOST_TODO_NEWS = HCI_TODO_HOST << 4,  /* host.news is to be told */
	HOST_TODO_ROOM = HCI_TODO_HOST << 5,  /* some refused event may be sent */
	HOST_TODO_PART = HCI_TODO_HOST << 6,
};

enum {
	CONN_PENDING_DOWN = 0x01,
	CONN_PENDING_PARAMS = 0x02,
};

enum conn_state {
	CONN_FREE = 0,
	CONN_UP,
	CONN_TO_LEAVE, /* Disconnect is wanted; still up */
	CONN_LEAVING,  /* it is sent; still up */
	CONN_DOWN,    /* BLE_EV_DISCONNECTED has still to be given */
};

/* In both: octets in front and what is seldom needed behind, for the short instructions of a Cortex-M (hci/hci.h). */
struct ble_conn {
	struct hci_link hci;
	uint8_t slot;
	uint8_t state;   /* enum conn_state */
	uint8_t role;    /* ours, enum ble_role */
	uint8_t reason;  /* TO_LEAVE: to be sent; DOWN: to be told */
	uint8_t pending; /* CONN_PENDING_... */
	struct l2cap_signal signal;
	struct ble_addr peer;
	uint16_t interval; /* 1.25 ms */
	uint16_t latency, supervision; /* events; 10 ms */
	int16_t params_err;
	struct gap_update update;
	ble_conn_id id;
	struct ble_host *host;
	struct att_bearer att;
	struct l2cap_link l2cap;
	struct tmr update_timer;
	uint64_t att_us; /* when the last ATT packet came */
};

/*
 * What the host itself has to tell: READY, LOST, or a verb that failed later. One is enough: a packet, or a turn of the
 * controller's life, makes one at most, and it is told before the next packet is taken.
 */
struct host_news {
	ble_conn_id conn;
	int16_t err;
	uint8_t operation; /* enum ble_operation */
	uint8_t type;      /* enum ble_event_type */
};

/* How an attribute is used. SIGNED: a write whose signature was good. */
enum host_access { HOST_READ, HOST_WRITE, HOST_WRITE_SIGNED };

/* What ble_pairing brings; by a pointer, so that nobody else links it. */
struct host_security_hooks {
	/* A PDU of the Security Manager. */
	void (*channel)(struct ble_conn *conn, const uint8_t *pdu, uint16_t len);
	/* Events that are neither LE Meta nor those of conn.c. */
	void (*event)(struct ble_host *host, uint8_t event, struct rd *r);
	/* Another part is going to be attached, and may bring a database or ask for that which is there (false); it has
	 * been (true). */
	void (*guard)(struct ble_host *host, bool on);
	/* 0 or BLE_EATT: may this attribute be used so over this link? */
	int (*permit)(struct att_bearer *b, const struct att_attr *a, enum host_access access);
	/* The client of this link knows of the database as it is. */
	void (*aware)(struct ble_conn *conn);
	/* May this value be sent over this link unasked? */
	bool (*may_tell)(struct att_bearer *b, uint16_t value_handle);
	/* An address that was heard: a bond's resolvable private one becomes its identity. */
	void (*resolve)(struct ble_host *host, struct ble_addr *address);
	/* An identity that is to be found: if its owner has been heard, the private address that it has now. */
	void (*locate)(struct ble_host *host, struct ble_addr *peer);
};

struct ble_host {
	uint8_t conn_count; /* slots */
	uint8_t up_count;   /* connections that are up */
	uint8_t leaving;    /* slot that Disconnect was sent for */
	uint8_t updating;   /* slot that LE Connection Update was sent for */
	uint8_t room_slot;  /* whose turn it was to be told of room */
	uint8_t offered;    /* slot whose request the program has been given */
	uint8_t held_slot;  /* whose SDU is held, see HOST_TODO_HELD */
	uint8_t bonds;      /* as configured; see below */
	bool all_may_wait;  /* there is a packet for each connection and one more */
	uint16_t back_handle; /* of the ACL packet in hand, see HOST_TODO_BACK */
	uint16_t stray;       /* a connection for which there is no slot, to be disconnected; NO_HANDLE: none */
	struct ble_event *ev; /* inside poll: the slot to fill; its type stays BLE_EV_NONE until then */
	/*
	 * HOST_TODO_NEXT, set by host_next(): what the next poll does with the last packet, be it the next item or the
	 * answer that the program left open. True: an event.
	 */
	bool (*next)(struct ble_host *host, struct ble_event *ev);
	struct ble_conn *conns;
	struct ble_part_slot *parts;           /* attached, the last one first */
	struct ble_part_slot *server, *client; /* set by parts; NULL: not attached */
	struct att att;
	struct hci hci;

	struct l2cap_sdu held;
	const struct host_security_hooks *security; /* NULL: no pairing, and nothing wants any */
	struct l2cap_signal_hooks signal; /* set by ble_central and by ble_conn_update() */
	struct hci_want leave;            /* Disconnect; leave.c */
	struct hci_want update;           /* LE Connection Update; params.c */
	uint32_t writes_lost;
	struct host_news news;
	struct ble_fault fault;
	size_t size, used; /* octets of memory, from here on */
	/* What late parts may still ask of the configuration. */
	const char *name;
	uint16_t services, subscribable, mtu, prepared_octets;
};

enum { NO_HANDLE = 0xFFFF };

/* The event slot of the present poll, typed; one data event a packet or item. ble_host_poll() stamps it. */
static inline struct ble_event *host_event(struct ble_host *h, uint8_t type, ble_conn_id conn)
{
	h->ev->type = type;
	h->ev->conn = conn;
	return h->ev;
}

/* The same for a slot in hand (poll, more and conn_down hooks). Always true. */
static inline bool host_event_in(struct ble_host *h, struct ble_event *ev, uint8_t type, ble_conn_id conn)
{
	(void)h;
	ev->type = type;
	ev->conn = conn;
	return true;
}

static inline void host_todo(struct ble_host *h, uint32_t bits)
{
	h->hci.todo |= bits;
}

static inline void host_done(struct ble_host *h, uint32_t bits)
{
	h->hci.todo &= ~bits;
}

static inline void host_next(struct ble_host *h, bool (*next)(struct ble_host *host, struct ble_event *ev))
{
	h->next = next;
	host_todo(h, HOST_TODO_NEXT);
}

/* The part has news: its poll hook is called at the next poll. */
static inline void host_pending(struct ble_host *h, const struct ble_part_slot *slot)
{
	host_todo(h, (uint32_t)HOST_TODO_PART << slot->index);
}

static inline void *host_mem(struct ble_part_slot *slot)
{
	return slot->mem;
}

/* From the memory of a part to its slot. */
static inline struct ble_part_slot *host_slot(void *mem)
{
	return CONTAINER_OF(mem, struct ble_part_slot, mem);
}

static inline struct ble_host *host_of(struct hci *hci)
{
	return CONTAINER_OF(hci, struct ble_host, hci);
}

static inline void *host_conn_mem(const struct ble_part_slot *slot, const struct ble_conn *conn)
{
	return slot->conn + (size_t)slot->stride * conn->slot;
}

static inline bool conn_is_up(const struct ble_conn *c)
{
	return c->state >= CONN_UP && c->state <= CONN_LEAVING;
}

/* The connection of this id if it is up, else NULL. */
static inline struct ble_conn *host_conn(const struct ble_host *h, ble_conn_id id)
{
	uint32_t slot = id & 0xFF;
	struct ble_conn *c = &h->conns[slot];
	return slot < h->conn_count && c->id == id && conn_is_up(c) ? c : NULL;
}

/* From a bearer (att/att.h) back to its connection. */
static inline struct ble_conn *host_conn_of(struct att_bearer *b)
{
	return CONTAINER_OF(b, struct ble_conn, att);
}

/* The slot of an attached part, NULL if it is not. */
struct ble_part_slot *host_part(const struct ble_host *h, const struct ble_part *part);
/* The same for a verb: when the part is missing, refuses with BLE_ENOTSUP in *err and a hint. */
struct ble_part_slot *host_need(struct ble_host *h, const struct ble_part *part, const char *hint, int *err);
/* The same in general terms, and its memory. */
void *host_own(struct ble_host *h, const struct ble_part *part, int *err);
extern const char host_not_attached[]; /* those terms */
/* The slot of the part that takes this room, without linking it; NULL if it is not attached. */
struct ble_part_slot *host_room(const struct ble_host *h, const struct ble_room *room);

/* Fills the fault and returns err. Strings are static or the caller's. max < min: no limits. */
int host_refuse(struct ble_host *h, int err, const char *subject, int32_t value, int32_t min, int32_t max);
/* The same with a sentence instead of limits. */
int host_refuse_hint(struct ble_host *h, int err, const char *subject, const char *hint);
/* 0, or BLE_ERANGE with the fault filled in. */
int host_range(struct ble_host *h, const char *subject, uint32_t value, uint32_t min, uint32_t max);

/* At the next poll: a BLE_EV_READY or BLE_EV_LOST. */
void host_tell(struct ble_host *h, uint8_t type, uint8_t operation, ble_conn_id conn, int err);
/* A verb fails later than it was called: BLE_EV_ERROR. */
void host_error(struct ble_host *h, uint8_t operation, ble_conn_id conn, int err);

/* The part that an activity is first in the memory of has news. */
void host_raised(struct gap_activity *activity);
/* Makes news of GAP (enum gap_news) into events, one a call; false: none left. `started` has its stopped
 * behind it. */
bool host_news(struct ble_host *h, struct ble_event *ev, uint8_t *news, uint8_t started, uint8_t operation, int err);

/* host.c: hooks and wants; hci->hooks is filled in. */
void host_init(struct ble_host *h, struct hci_config *hci);
/* The signalling hooks and the want that connection parameters need. Twice is fine. */
void host_params_enable(struct ble_host *h);
/* From the program's units, defaults filled in, checked: 0, or refused with a fault. NULL: all defaults. */
int host_params(struct ble_host *h, const struct ble_conn_params *in, struct gap_conn_params *out);
/* The want that ends connections. Twice is fine. */
void host_leave_enable(struct ble_host *h);
/* conn.c: hooks of hci, and pending news of connections. */
void host_conn_event(struct ble_host *h, uint8_t event, uint8_t subevent, struct rd *r);
bool host_conn_poll(struct ble_host *h, struct ble_event *ev);
void host_conn_down(struct ble_conn *c, uint8_t reason);
/* Nothing of a parameter request is left. */
void host_params_end(struct ble_conn *c, int err);
struct ble_conn *host_conn_free(const struct ble_host *h);

/* after_us from now. */
static inline void host_timer(struct ble_host *h, struct tmr *t, uint64_t after_us, void (*fire)(struct tmr *t))
{
	tmr_after(&h->hci.timers, t, after_us, fire);
}

static inline void host_timer_stop(struct ble_host *h, struct tmr *t)
{
	tmr_stop(&h->hci.timers, t);
}

#endif
