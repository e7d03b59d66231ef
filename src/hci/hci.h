/*
 * HCI, host side: the one door to the controller (Vol 4 Part E).
 *
 * Six stories share this door. hci.c: packets in. event.c: events told apart. cmd.c: one command at a time, asked for from
 * wants, and the bring-up. tx.c: the pool of packets, credits, fragments. back.c: credits that we owe the controller. again.c: a controller that
 * vanished is opened again; these two by a pointer (struct hci_care), for a program that can do without.
 * Everything here runs on the host's thread; time is that of the list of timers; nothing is allocated.
 *
 * Wants are the reconciler: each compares what the program desires with what the controller has been told, and names the
 * next command that brings the two nearer. They are asked in turn whenever something changed and no command is
 * outstanding, so calls coalesce, and after a controller has vanished the same question gives the whole set-up again.
 */
#ifndef GLINT_HCI_H
#define GLINT_HCI_H

#include <ble/platform.h>
#include <ble/trace.h>
#include <ble/transport.h>

#include "base/pool.h"
#include "base/rd.h"
#include "base/tmr.h"
#include "base/wr.h"
#include "spec/hci_codes.h"

struct hci;
struct hci_link;

/*
 * Who is asking for a packet: a response of ATT may always wait for credits; an event is refused instead; any other
 * answer may wait while there are packets enough.
 */
enum hci_why { HCI_RESPONSE, HCI_EVENT, HCI_MINOR };

enum {
	HCI_TX_HEAD = 9,   /* H4 1, ACL header 4, L2CAP header 4 */
	HCI_FLOW = 0xE000, /* in hci.skip: commands of controller to host flow control that it does not know */
	HCI_BACK_MAX = 8, /* received ACL packets that the controller may have on their way to us */
	HCI_PARAMS_MAX = 1 + 4 * HCI_BACK_MAX, /* longest command parameters: as many links may owe; Set Advertising Data has 32 */
};

/* One connection as HCI sees it; embedded in the host's connection. */
struct hci_link {
	struct hci *hci;
	struct hci_link *next; /* of the same bucket */
	uint16_t handle;
	uint16_t in_flight; /* packets that the controller has */
	uint8_t answers;    /* responses of ATT in the queue: 0 or 1, or more when there are packets enough */
	uint8_t owed;       /* received packets finished and not yet told the controller */
	bool refused;       /* an event found no room: somebody is to be told when there is some */
};

/* A block of the pool. */
struct hci_tx {
	struct ble_tx tx;
	struct hci_tx *behind; /* in the queue; tx.next is the driver's, who may have the head */
	struct hci_link *link; /* whose, also when that is down */
	uint16_t left;         /* octets of the PDU behind the present fragment */
	uint8_t paid;          /* credits taken beforehand for the fragments to come */
	bool answer, driven;   /* driven: the driver has it */
	_Alignas(void *) uint8_t buf[];
};

struct hci_want;

struct hci_want_hooks {
	/* Writes the parameters of the next command and returns its opcode; 0: the controller is as wanted. */
	uint16_t (*command)(struct hci_want *want, struct wr *params);
	/*
	 * The command ended (Command Complete) or has begun (Command Status); ret holds the return parameters behind
	 * status. A time-out is not told: `lost` follows.
	 */
	void (*done)(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret);
	/* The controller has been reset: nothing that it had been told holds any more. NULL: nothing to do. */
	void (*lost)(struct hci_want *want);
};

struct hci_want {
	struct hci_want *next;
	const struct hci_want_hooks *hooks;
};

/* What ble_host_start() brings: for a controller that may vanish, or be faster than its host. */
struct hci_care {
	/* It has been given up: opens it again, at a time. */
	void (*again)(struct hci *hci);
	/* Steps of the bring-up behind those of all, 0 the first: as hci_step_command(), and how it ended. */
	uint16_t (*step)(struct hci *hci, unsigned step, struct wr *params);
	void (*stepped)(struct hci *hci, unsigned step, uint8_t status);
	/* While back_on: a received ACL packet of this handle has been finished with. */
	void (*back)(struct hci *hci, uint16_t handle);
	/* While back_on: when enough is owed, and the command packet is with us. */
	void (*back_send)(struct hci *hci);
};
extern const struct hci_care hci_care;

struct hci_hooks {
	void (*acl)(struct hci_link *link, bool first, const uint8_t *data, uint16_t len);
	/* Disconnection Complete, and LE Meta with r behind the subevent (else subevent 0). */
	void (*event)(struct hci *hci, uint8_t event, uint8_t subevent, struct rd *r);
	void (*up)(struct hci *hci);            /* the bring-up has ended well */
	void (*lost)(struct hci *hci, int err); /* it failed, or the controller vanished */
	void (*room)(struct hci *hci);          /* a refused event may be sent now */
	const struct hci_care *care;            /* NULL: none */
};

/* What there is to do, in one word, so that a round with nothing to do asks one question. */
enum {
	HCI_TODO_PUMP = 0x01,  /* a command or a fragment may be sent */
	HCI_TODO_FLUSH = 0x02, /* the driver has packets since its last flush */
	HCI_TODO_DOOM = 0x04,  /* the controller is to be given up: hci.doomed says why */
	HCI_TODO_HOST = 0x08,  /* this bit and those above are the host's */
};

enum hci_state {
	HCI_CLOSED,
	HCI_BACKOFF, /* opened again at a time */
	HCI_BRINGUP, /* from here on the transport is open */
	HCI_UP,
};

/* What is asked for most lies in front, octets first: a Cortex-M reaches it with the short instructions. */
struct hci {
	uint8_t state;           /* enum hci_state */
	uint8_t step;            /* of the bring-up */
	uint8_t allowed;         /* Num_HCI_Command_Packets */
	uint8_t backoff_s;
	uint8_t owed;            /* sum over the links */
	uint8_t refused;         /* links with refused set */
	bool cmd_driven;         /* the driver has the command packet */
	bool changed;            /* wants are to be asked */
	bool was_up;
	bool back_on;            /* controller to host flow control; there is care */
	uint8_t back_held;       /* HCI_BACK_MAX: no credits are given back, see ble_host_hold(); else 0 */
	struct ble_addr address; /* ours */
	uint16_t opcode;         /* outstanding, 0: none */
	uint16_t skip;           /* bring-up rows that the controller does not know, and bits of HCI_FLOW */
	int16_t doomed;          /* see HCI_TODO_DOOM; 0: it is not */
	uint16_t acl_octets;     /* longest data of one ACL packet towards the controller */
	uint16_t acl_max;        /* what the blocks of the pool have room for */
	uint16_t credits, credits_max; /* the controller's buffers: free, all */
	uint16_t share;          /* of them, for one of the links that are up; at least 1 */
	uint16_t links, links_max; /* up, possible */
	uint16_t mask;

	uint32_t todo; /* HCI_TODO_... */
	struct ble_transport *transport;
	const struct ble_platform *platform;
	const struct ble_trace *trace;
	const struct hci_hooks *hooks;
	struct hci_want *wants;
	struct hci_want *asking;  /* whose command is outstanding */
	struct hci_link **bucket; /* by handle & mask */
	struct hci_tx *head, *tail; /* not yet wholly with the driver; the head may be on its way in fragments */
	struct pool pool; /* of struct hci_tx */
	uint32_t packets_in, packets_out, malformed, violations, recoveries;

	struct tmr_list timers; /* and the time: of all layers of the host */
	struct tmr timer;       /* command time-out, back-off */
	struct ble_tx cmd;      /* of both kinds: cmd.c, back.c */
	uint8_t cmd_buf[4 + HCI_PARAMS_MAX];
	/* LE subevents up to 0x10 that parts want beside LE_EVENTS of bringup.c; hci_le_events() tells of them. */
	uint16_t le_events;
};

struct hci_config {
	struct ble_transport *transport;
	const struct ble_platform *platform;
	const struct ble_trace *trace;
	const struct hci_hooks *hooks;
	struct hci_link **bucket; /* zeroed, a power of two */
	uint16_t buckets;
	uint16_t acl_octets;  /* of one packet, 27 or more */
	uint16_t links;
	void *pool;           /* tx_count blocks of hci_tx_block() octets */
	uint16_t tx_count;
	uint16_t pdu_octets;  /* longest L2CAP PDU, basic header included */
};

static inline uint32_t hci_tx_block(uint16_t pdu_octets)
{
	return (uint32_t)POOL_BLOCK(sizeof(struct hci_tx) + 5u + pdu_octets);
}

void hci_init(struct hci *hci, const struct hci_config *config);
/* Opens the transport and begins the bring-up. 0, or what open() said. */
int hci_start(struct hci *hci, struct ble_fault *fault);
void hci_stop(struct hci *hci);
/* Gives the controller up, at the next hci_settle(): what was received stays valid until then. */
static inline void hci_doom(struct hci *hci, int err)
{
	if (hci->doomed || hci->state == HCI_CLOSED)
		return;
	hci->doomed = (int16_t)err;
	hci->todo |= HCI_TODO_DOOM;
}
/* Carries out a doom. To be called when nothing points into a received packet. */
void hci_settle(struct hci *hci);

/* For a part whose want has to say that it wants LE subevents, in each bring-up: LE Set Event Mask with those of all. */
uint16_t hci_le_events(const struct hci *hci, struct wr *params);
/* At the end of the list: asked after those that are there. */
void hci_want_add(struct hci *hci, struct hci_want *want);
/* Something is wanted differently: asks the wants at the next hci_pump(). */
static inline void hci_ask(struct hci *hci)
{
	hci->changed = true;
	hci->todo |= HCI_TODO_PUMP;
}

/* In front: asked before those that are there. */
static inline void hci_want_first(struct hci *hci, struct hci_want *want)
{
	want->next = hci->wants;
	hci->wants = want;
	hci_ask(hci);
}

/* HCI_TODO_PUMP: sends what may be sent of commands and fragments. */
void hci_pump(struct hci *hci);
/* Both: sends what may be sent, flushes, and goes on with what that made room for. */
void hci_flush(struct hci *hci);

/* One whole H4 packet. */
void hci_rx(struct hci *hci, const uint8_t *packet, size_t len);
/* Any packet that is neither ACL data nor Number Of Completed Packets, or is malformed. Private. */
void hci_other(struct hci *hci, const uint8_t *packet, size_t len);
/* Traces and counts a packet on its way out, then writes it. Takes tx. Private to this folder. */
void hci_write(struct hci *hci, struct ble_tx *tx);
/* Command Complete and Command Status. Private. */
void hci_cmd_event(struct hci *hci, uint8_t event, struct rd *r);
/* Nothing is waited for: the time-out of a command does not run. Private. */
void hci_calm(struct hci *hci);
/* Sends the next command if there is one and the controller takes it. Private. */
void hci_cmd_next(struct hci *hci);
/* The command packet with its parameters, which are written already; it must not be driven. Private. */
void hci_cmd_write(struct hci *hci, uint16_t opcode, size_t len);
/* Bring-up: opcode of the next step with its parameters, 0 when it is over. Private. */
uint16_t hci_step_command(struct hci *hci, struct wr *params);
/* 0, or the error that ends the bring-up. Private. */
int hci_step_done(struct hci *hci, uint8_t status, struct rd *ret);
/* After the last step: the controller's buffers can be worked with. Private. */
bool hci_step_usable(struct hci *hci);
void hci_trace(const struct hci *hci, uint8_t dir, const uint8_t *packet, size_t len);
/* Sends the fragments that have credits; takes credits back. Private. */
void hci_tx_pump(struct hci *hci);
/* back.c: of struct hci_care. Private. */
uint16_t hci_back_step(struct hci *hci, unsigned step, struct wr *params);
void hci_back_stepped(struct hci *hci, unsigned step, uint8_t status);
void hci_back_send(struct hci *hci);
void hci_back(struct hci *hci, uint16_t handle);

/* link: zeroed or used before. False: the handle is there already, or out of range. */
bool hci_link_up(struct hci *hci, struct hci_link *link, uint16_t handle);
/* The controller has forgotten the connection: what it had counts as sent, what waits is dropped. */
void hci_link_down(struct hci_link *link);
static inline struct hci_link *hci_link_find(const struct hci *hci, uint16_t handle)
{
	struct hci_link *link = hci->bucket[handle & hci->mask];
	while (link && link->handle != handle)
		link = link->next;
	return link;
}

/* A packet for an L2CAP PDU of that length, header included, to be written at tx->data + 5; NULL: not now. */
struct ble_tx *hci_tx_take(struct hci_link *link, enum hci_why why, uint16_t pdu_len);
/* Takes tx. */
void hci_tx_send(struct hci_link *link, struct ble_tx *tx, uint16_t pdu_len);
/* Takes tx, which has not been sent. */
void hci_tx_drop(struct hci_link *link, struct ble_tx *tx);
/* An event of this link, if it fits one ACL packet, would get a packet now. */
bool hci_tx_ready(const struct hci_link *link);

#endif
