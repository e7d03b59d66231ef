/*
 * GAP: what the program wants of advertising, scanning and initiating, each a want of the reconciler (hci.h).
 *
 * These states know nothing of events: news are bits that `raised` announces and the host's parts make into events. A
 * verb only changes what is wanted and calls hci_ask(); the want finds the commands.
 */
#ifndef GLINT_GAP_H
#define GLINT_GAP_H

#include <ble/types.h>

#include "hci/hci.h"

/* The units of the specification, rounded up. */
static inline uint16_t gap_units(uint32_t us, uint32_t unit_us)
{
	return (uint16_t)((us + unit_us - 1) / unit_us);
}

/* News, in the order in which they are told. */
enum gap_news {
	GAP_STARTED = 0x01,
	GAP_STOPPED = 0x02,
	GAP_ERROR = 0x04, /* err */
};

/* What an activity tells the controller while it is enabled, or before: a command, and its parameters as they lie. */
struct gap_record {
	uint16_t opcode;
	uint8_t at, len; /* octets behind the start of struct gap_activity, and how many */
};

/* Advertising or scanning. Record 0 is its parameters, with our own address type in octet 5: 7.8.5, 7.8.10. */
struct gap_kind {
	uint16_t enable; /* opcode */
	uint8_t enable_len, count; /* octets of its parameters; records */
	struct gap_record records[3];
	const uint8_t *carried; /* by octet 4 of the parameters: the other records that go with them, a bit each; NULL: none */
};

/* Something that is wanted until it is not, first in the memory of what it is the state of. */
struct gap_activity {
	uint8_t news;
	bool on;          /* wanted */
	bool enabled;     /* in the controller */
	bool disabling;   /* what the last enabling command was for */
	bool told;        /* GAP_STARTED without GAP_STOPPED so far */
	bool filter_duplicates;
	uint8_t stale;    /* records that the controller has otherwise or not at all, a bit each */
	uint8_t carried;  /* those that go with the parameters that it has */
	int16_t err;
	uint32_t timeout_ms; /* from when it is enabled; 0: for ever */
	const struct gap_kind *kind;
	struct hci *hci;
	struct hci_want want;
	void (*raised)(struct gap_activity *activity); /* news were added */
	struct tmr timer;
};

enum { GAP_PARAMS = 0x01, GAP_DATA = 0x02, GAP_RSP = 0x04 }; /* bits of records */

void gap_init(struct gap_activity *activity, const struct gap_kind *kind, struct hci *hci,
	void (*raised)(struct gap_activity *));
/* With the parameters as they are now, also when it is on. */
void gap_start(struct gap_activity *activity);
void gap_stop(struct gap_activity *activity);
/* Told as stopped, if it has been told as started. */
void gap_stopped(struct gap_activity *activity);

enum { GAP_ADV_DATA_MAX = 31 };

struct gap_adv {
	struct gap_activity activity;
	uint8_t params[15];                                    /* 7.8.5; type at 4, filter policy at 14 */
	uint8_t data[1 + GAP_ADV_DATA_MAX], rsp[1 + GAP_ADV_DATA_MAX]; /* length, octets, zeroes: 7.8.7 */
	uint8_t restart; /* GAP_RESTART_...: after a disconnection */
};

enum { GAP_ADV_TYPE = 4, GAP_ADV_FILTER = 14 };
enum {
	GAP_RESTART_ASKED = 0x01, /* by the program, for starts to come */
	GAP_RESTART_NOW = 0x02,   /* it holds for the last start, and the program has not stopped since */
};

extern const struct gap_kind gap_adv_kind;

/* One is on its way or enabled that goes to a single peer, and so carries no data. */
static inline bool gap_adv_is_directed(const struct gap_adv *adv)
{
	return !(adv->activity.carried & GAP_DATA);
}

/* The controller has stopped by itself: for a connection that is told instead (no news), or without one, as directed
 * advertising does at its time-out. */
void gap_adv_ended(struct gap_adv *adv, bool news);

struct gap_scan {
	struct gap_activity activity;
	uint8_t params[7]; /* 7.8.10; filter policy at 6 */
};

enum { GAP_SCAN_FILTER = 6 };

extern const struct gap_kind gap_scan_kind;

/* Connection parameters in the specification's units. */
struct gap_conn_params {
	uint16_t interval_min, interval_max; /* 1.25 ms */
	uint16_t latency;                    /* events */
	uint16_t supervision;                /* 10 ms */
};

/* The ranges, and the rule between them: Vol 4 Part E 7.8.12 */
bool gap_params_valid(const struct gap_conn_params *p);

enum gap_create_state {
	GAP_CREATE_IDLE,
	GAP_CREATE_WANTED, /* not sent yet */
	GAP_CREATE_SENT,
	GAP_CREATE_CANCEL,    /* to be cancelled */
	GAP_CREATE_CANCELLED, /* the cancel is sent; LE Connection Complete ends it */
};

struct gap_create {
	struct hci_want want;
	struct hci *hci;
	void (*raised)(struct gap_create *create);
	struct tmr timer;
	struct ble_addr peer;
	struct gap_conn_params params;
	uint8_t state; /* enum gap_create_state */
	uint8_t news;
	bool listed; /* to whoever of the filter accept list is heard first; there is no peer */
	bool again;  /* cancelled only so that the list may be changed, and then begun anew */
	int16_t err; /* also: why it is being cancelled */
};

void gap_create_init(struct gap_create *create, struct hci *hci, void (*raised)(struct gap_create *));
/* timeout_ms 0: none. */
void gap_create_start(struct gap_create *create, uint32_t timeout_ms);
void gap_create_cancel(struct gap_create *create, int err);
/* LE Connection Complete as central. */
void gap_create_complete(struct gap_create *create, uint8_t status);

enum gap_update_state {
	GAP_UPDATE_IDLE,
	GAP_UPDATE_WANTED, /* LE Connection Update is to be sent */
	GAP_UPDATE_SENT,   /* it is, and the controller has not taken it up yet: what completes now is another's */
	/* Taken up: LE Connection Update Complete ends it. */
	GAP_UPDATE_GRANTED, /* by the controller, for the peer: a failure is not told */
	GAP_UPDATE_ASKED,   /* by the controller or the peer, for the program */
};

/* Of one connection; the host moves it. */
struct gap_update {
	struct gap_conn_params params;
	uint8_t state; /* enum gap_update_state */
	bool ours;     /* WANTED, SENT: the program asked; it is told also when nothing comes of it */
};

uint16_t gap_update_write(struct wr *w, uint16_t handle, const struct gap_conn_params *p);

/*
 * What the controller refuses to be told while others are at work: they make room, and begin again by their own wants.
 * Advertising and scanning are disabled, an attempt to connect is cancelled and begun anew. Nobody is told of such a
 * pause.
 */

/* Who may be at work; NULL: nobody. */
struct gap_users {
	struct gap_adv *adv;
	struct gap_scan *scan;
	struct gap_create *create;
};

struct gap_pause {
	bool adv, scan; /* have been disabled */
};

/* Whom the pause is for: all, or only those who go by the filter accept list. */
enum gap_pause_whom { GAP_PAUSE_ALL, GAP_PAUSE_LISTED };

/* True: there is room. False: *opcode is the next command towards it, or 0: an event is waited for. */
bool gap_pause(struct gap_pause *pause, const struct gap_users *users, enum gap_pause_whom whom, struct wr *w,
	uint16_t *opcode);
/* A command has ended; false: it was not the pause's. */
bool gap_pause_done(const struct gap_users *users, uint16_t opcode, uint8_t status);

/*
 * The filter accept list as it is wanted (Vol 4 Part E 7.8.14-7.8.17). The controller refuses changes while anybody goes
 * by the list, so this want is asked before the others and makes room first.
 */

struct gap_accept {
	struct hci_want want;
	struct hci *hci;
	struct gap_users (*users)(struct gap_accept *accept);
	/* It failed: too_long, or what the controller said. The list that it has is then empty, or a part. */
	void (*failed)(struct gap_accept *accept, int err);
	uint8_t cap;       /* of list */
	uint8_t count, at; /* at: of the next to be told */
	uint8_t size;      /* the controller's list, if asked */
	bool asked;        /* for its size */
	bool stale;        /* the controller's list is another */
	bool cleared;
	struct gap_pause paused;
	struct ble_addr list[];
};

void gap_accept_init(struct gap_accept *accept, struct hci *hci);
/* How many addresses there is room for, here and, if it is known, in the controller. */
static inline unsigned gap_accept_room(const struct gap_accept *accept)
{
	return accept->asked && accept->size < accept->cap ? accept->size : accept->cap;
}
/* Copies. 0; BLE_ENOMEM: there is no room. */
int gap_accept_set(struct gap_accept *accept, const struct ble_addr *list, size_t count);

#endif
