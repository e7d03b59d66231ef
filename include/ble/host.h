/*
 * The host: HCI, L2CAP, ATT, GATT and GAP over any controller. No I/O, clock, heap or thread: memory, time and packets
 * come from the caller, events are pulled. Roles and procedures are parts: what is not named is not linked.
 *
 *	for (;;) {
 *		ble_host_run(host, now_us());
 *		for (struct ble_event ev; ble_host_poll(host, &ev); )
 *			...;
 *		wait_until(ble_host_next_due(host));    // or a packet, or a wake-up
 *	}
 *
 * What an event points to is valid until the next poll; every other call is legal meanwhile.
 */
#ifndef BLE_HOST_H
#define BLE_HOST_H

#include <ble/err.h>
#include <ble/platform.h>
#include <ble/trace.h>
#include <ble/transport.h>
#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ble_host; /* opaque, at the start of the caller's memory */
struct ble_part;
struct ble_characteristic;

/* The parts. Each header that needs one says so. */
extern BLE_API const struct ble_part ble_peripheral; /* adv.h: advertising, the peripheral role */
extern BLE_API const struct ble_part ble_server;     /* server.h: ATT and GATT server, with the GAP and GATT services */
extern BLE_API const struct ble_part ble_bare_server; /* instead: without them, the program adds all services itself */
/* The same with less code: without indications, includes, and the descriptors 0x2900, 0x2903 and 0x2904. ble_server_add()
 * refuses a service that has one of them: BLE_ENOTSUP. */
extern BLE_API const struct ble_part ble_lean_server;
extern BLE_API const struct ble_part ble_observer;   /* scan.h: scanning */
extern BLE_API const struct ble_part ble_central;    /* conn.h: initiating, the central role */
extern BLE_API const struct ble_part ble_accept;     /* accept.h: the filter accept list */
extern BLE_API const struct ble_part ble_levels;     /* levels.h: RSSI, PHY, transmit power */
extern BLE_API const struct ble_part ble_client;     /* client.h: ATT and GATT client */
extern BLE_API const struct ble_part ble_prepared;   /* server.h: long and reliable writes, beside ble_server */
extern BLE_API const struct ble_part ble_descriptors; /* server.h: descriptors of the program's own, beside ble_server */
extern BLE_API const struct ble_part ble_multiple;   /* server.h: several values in one PDU, beside ble_server */
extern BLE_API const struct ble_part ble_link_update; /* conn.h: connection parameters by the link layer's own procedure */
extern BLE_API const struct ble_part ble_caching;    /* server.h: Database Hash and robust caching, beside ble_server */
extern BLE_API const struct ble_part ble_pairing;    /* bond.h: pairing, encryption, bonds */
extern BLE_API const struct ble_part ble_signing;    /* bond.h: signed writes, ours and the peers', beside ble_pairing */
extern BLE_API const struct ble_part ble_private;    /* privacy.h: private addresses of our own */
/* A controller that has been silent for five seconds is asked something; one that does not answer for two more has vanished:
 * BLE_EV_LOST. Without it that is noticed at the next command, or when the driver says so. ble_open() has it. */
extern BLE_API const struct ble_part ble_heartbeat;

/* A list of parts for `parts`: BLE_PARTS(&ble_peripheral, &ble_server). */
#define BLE_PARTS(...) ((const struct ble_part *const[]){ __VA_ARGS__, NULL })

/* The memory that a part takes. Naming it keeps room for a part that is attached later, and does not link the part. */
struct ble_room;
extern BLE_API const struct ble_room ble_peripheral_room, ble_server_room, ble_bare_server_room, ble_lean_server_room, ble_observer_room,
	ble_central_room, ble_client_room;
/* That of the parts beside the roles. */
extern BLE_API const struct ble_room ble_prepared_room, ble_multiple_room, ble_link_update_room, ble_caching_room, ble_accept_room,
	ble_levels_room, ble_pairing_room, ble_signing_room, ble_private_room, ble_descriptors_room, ble_heartbeat_room;

/* A list for `rooms`: BLE_ROOMS(&ble_client_room). */
#define BLE_ROOMS(...) ((const struct ble_room *const[]){ __VA_ARGS__, NULL })

/* What a host is made of, and how much of each. Zero members mean the default. */
struct ble_host_config {
	struct ble_transport *transport;
	const struct ble_platform *platform;
	const struct ble_trace *trace;       /* every H4 packet; NULL: none */
	const struct ble_part *const *parts; /* NULL-ended, attached at init; more by ble_host_attach() */
	const struct ble_room *const *rooms; /* NULL-ended: of parts that are attached later; NULL: none */
	const char *name;                    /* ble_server: GAP device name, UTF-8, 1..248 octets, not copied; NULL: "Glint" */
	uint16_t connections;                /* 0: 1; 1..250 */
	uint16_t tx_queue;                   /* packets towards the controller; 0: 4 + connections; connections..255 */
	uint16_t services;                   /* of the program; 0: 8; 1..65533 */
	uint16_t subscriptions;              /* characteristics with NOTIFY or INDICATE, all services; 0: 16; 1..65534 */
	uint16_t att_mtu;                    /* 23..517; 0: 247 */
	uint16_t acl_octets;                 /* of one packet towards the controller, at least 27; 0: 251 */
	uint8_t accept_list;                 /* ble_accept: addresses; 0, and attached later: 8 */
	uint8_t bonds;                       /* ble_pairing: peers whose keys are kept; 0: 8 */
	uint16_t prepared_octets;            /* ble_prepared: of a connection's queue, 4 more a value; 0: 544 */
};

/* Octets that ble_host_init() needs for this configuration, exactly; 0: it would refuse it. */
BLE_API size_t ble_host_memory(const struct ble_host_config *config);
/*
 * memory: aligned for uint64_t, outlives the host, as do config's transport, platform and strings. 0; BLE_EINVAL,
 * BLE_ERANGE, BLE_ENOMEM with *fault (if not NULL) saying need and limit.
 */
BLE_API int ble_host_init(struct ble_host **host, void *memory, size_t size, const struct ble_host_config *config,
                          struct ble_fault *fault);
/* Adds a part, at any time. Twice is fine. BLE_ENOMEM, with a fault: no room was kept for it, or there are sixteen. */
BLE_API int ble_host_attach(struct ble_host *host, const struct ble_part *part);
/* The part of this room is attached; asked without linking it. */
BLE_API bool ble_host_has(const struct ble_host *host, const struct ble_room *room);

/*
 * Opens the transport and begins the bring-up, which BLE_EV_READY ends. A controller that does not answer, or that
 * cannot be worked with, is told of once, by BLE_EV_ERROR with BLE_OP_START, and tried again after 1, 2, 4 ... 30
 * seconds until it is READY or ble_host_stop(). The first command leaves at the next ble_host_run(). Idempotent. What
 * the transport's open refuses is returned, with a fault, and not tried again.
 */
BLE_API int ble_host_start(struct ble_host *host);
/*
 * The same for a controller that is as near as on the same chip, with less code: a controller that has vanished is told of
 * (BLE_EV_LOST, or BLE_EV_ERROR with BLE_OP_START) and stays closed until the next start, and none is asked to hold peers
 * back, so that a Write Command for which it has no buffer is lost, and told of by BLE_OP_RECEIVE. Once the other has been
 * called, both are that.
 */
BLE_API int ble_host_start_once(struct ble_host *host);
/* Drops all connections without a farewell beyond what has been asked for, and closes the transport: with it ends what
 * the last event points to. BLE_EV_DISCONNECTED (0x16) follows for each, then nothing. */
BLE_API void ble_host_stop(struct ble_host *host);

/* Does what is due at now_us: monotonic microseconds, not less than the last time. Then poll until it says false. */
BLE_API void ble_host_run(struct ble_host *host, uint64_t now_us);
struct ble_event;
/* True: *ev is the next event. False: there is none, *ev is not one, and all that was written has been flushed. */
BLE_API bool ble_host_poll(struct ble_host *host, struct ble_event *ev);
/* Absolute time of the next timer, BLE_NEVER, or 0 when ble_host_run() has work at once. */
BLE_API uint64_t ble_host_next_due(const struct ble_host *host);
/* What the last refused call was about, until the next one; never NULL. A verb that says no more than BLE_EBUSY,
 * BLE_ECONN or BLE_ENOENT leaves it as it was. */
BLE_API const struct ble_fault *ble_host_fault(const struct ble_host *host);
/* Copies *fault there: for verbs that are built on the host's, so that the last refusal is one's own or the host's. */
BLE_API void ble_host_refuse(struct ble_host *host, const struct ble_fault *fault);
BLE_API uint64_t ble_host_now(const struct ble_host *host); /* the time of the last run */

/*
 * For a program with a queue of its own that is full: until it is let go (false), the controller gets no credits for the
 * packets that it has delivered, and with at most 8 of them on their way it holds back the rest, and so the peers, where
 * it has controller to host flow control (Vol 4 Part E 4.2; elsewhere nothing happens). All else goes on meanwhile.
 */
BLE_API void ble_host_hold(struct ble_host *host, bool hold);
/* Whether it has not been let go. */
BLE_API bool ble_host_is_held(const struct ble_host *host);

/* Our identity address, also when another is on the air (privacy.h), once READY. BLE_ESTATE before. */
BLE_API int ble_host_address(const struct ble_host *host, struct ble_addr *out);

/* Counted since init; they wrap. */
struct ble_host_stats {
	uint32_t packets_in, packets_out; /* H4 */
	uint32_t malformed;               /* packets and PDUs that could not be read */
	uint32_t writes_lost;             /* Write Commands for which a controller had no buffer: BLE_OP_RECEIVE */
	uint32_t reports_lost;            /* advertising reports; 0: none is lost here, see ble_ctlr_stats() */
	uint32_t violations;              /* what the peer or the controller may not do, and did */
	uint32_t recoveries;              /* a controller that had vanished, or did not come up, was opened again */
	uint16_t tx_idle, tx_total, tx_low_water; /* packets, for leak checks */
	size_t arena_used, arena_size;            /* octets */
};
BLE_API void ble_host_stats(const struct ble_host *host, struct ble_host_stats *out);

/* What has happened; in struct ble_event each member of the union names its types. */
enum ble_event_type {
	BLE_EV_NONE = 0,
	BLE_EV_READY,        /* the controller is up */
	BLE_EV_LOST,         /* the controller vanished; ble_host_start() brings it up again. error */
	BLE_EV_CONNECTED,    /* connected */
	BLE_EV_DISCONNECTED, /* disconnected */
	BLE_EV_PARAMS,       /* params: connection parameters changed, or a request for it ended */
	BLE_EV_MTU,          /* mtu: ATT_MTU agreed */
	BLE_EV_ADV_STARTED,
	BLE_EV_ADV_STOPPED, /* asked for, or time-out; not when a connection ended the advertising */
	BLE_EV_SCAN_STARTED,
	BLE_EV_SCAN_STOPPED,
	BLE_EV_REPORT,     /* report */
	BLE_EV_READ,       /* read: a value is wanted, or (token 0) has been read */
	BLE_EV_WRITTEN,    /* written: request, command; answered by the next poll unless deferred */
	BLE_EV_SUBSCRIBED, /* subscribed: a CCCD changed */
	BLE_EV_BROADCAST,  /* subscribed: a 0x2903, which all clients share, changed */
	BLE_EV_CONFIRMED,  /* confirmed: an indication ended */
	BLE_EV_SENT,       /* there is room again after BLE_EBUSY */
	BLE_EV_RSSI,       /* rssi: ble_conn_rssi() has its answer */
	BLE_EV_TX_POWER,   /* tx_power: the controller has told it, after each bring-up; part ble_levels */
	/* client */
	BLE_EV_SERVICE,        /* service: one found */
	BLE_EV_INCLUDED,       /* included: one found */
	BLE_EV_CHARACTERISTIC, /* characteristic: one found */
	BLE_EV_DESCRIPTOR,     /* descriptor: one found */
	BLE_EV_VALUE,          /* value: (a part of) what was read */
	BLE_EV_NOTIFIED,       /* value: notification; indications are confirmed by the next poll */
	BLE_EV_SERVICE_CHANGED, /* service_changed: the server's database is another now; confirmed like an indication */
	BLE_EV_DONE,           /* done: a client procedure ended */
	/* security */
	BLE_EV_ENCRYPTED,      /* encrypted: the link is, or could not be */
	BLE_EV_PAIRED,         /* paired: a pairing ended */
	BLE_EV_PASSKEY,        /* passkey: to be shown to the user until BLE_EV_PAIRED */
	BLE_EV_PASSKEY_WANTED, /* the user is to enter what the peer shows: ble_conn_passkey() */
	BLE_EV_COMPARE,        /* passkey: is it what the peer shows? ble_conn_confirm() */
	BLE_EV_KEYPRESS,       /* keypress: of the peer's user */
	BLE_EV_OOB,            /* oob: ours is made */
	BLE_EV_ERROR,          /* error: a verb failed later */
	BLE_EV_COUNT /* not an event: how many types there are */
};

/* Which verb an error event is about. */
enum ble_operation {
	BLE_OP_START = 1,
	BLE_OP_ADVERTISE,
	BLE_OP_SCAN,
	BLE_OP_CONNECT,
	BLE_OP_DISCONNECT,
	BLE_OP_PARAMS,
	BLE_OP_NOTIFY,
	BLE_OP_ACCEPT,  /* the filter accept list: accept.h */
	BLE_OP_BROADCAST, /* the module: a value does not fit the advertising packet: ble_broadcasting() */
	/* the store: BLE_EBADPDU: bonds, what one had subscribed to or our IRK were damaged, and are gone; BLE_EIO: it failed, what
	 * was to be kept is not; BLE_ENOMEM: there was no room for a bond (bond.h: evict) */
	BLE_OP_BONDS,
	BLE_OP_RECEIVE, /* code: how many Write Commands have been lost */
	BLE_OP_PRIVACY, /* private addresses: privacy.h */
};

/*
 * How a value was written: with a response, or without, or without and with a signature that proves which bonded peer
 * it comes from (part ble_signing). A prepared write is a request, too: one event a value, whole.
 * BLE_WRITTEN_PREPARE comes before it, for the first part of one, where the characteristic's `events` have
 * BLE_WRITE_RELIABLE: nothing is written (data NULL, len 0), and the answer says whether this client may (server.h).
 */
enum ble_write_kind { BLE_WRITTEN_REQUEST = 1, BLE_WRITTEN_COMMAND, BLE_WRITTEN_PREPARE, BLE_WRITTEN_SIGNED };

/* One event. Its pointers are valid until the next ble_host_poll(); one member of the union holds. */
struct ble_event {
	uint8_t type; /* enum ble_event_type */
	ble_conn_id conn;
	uint64_t t_us; /* host time */
	/* what more there is to say, by type */
	union {
		/* BLE_EV_CONNECTED */
		struct {
			struct ble_addr peer;
			uint8_t role; /* ours, enum ble_role */
			uint32_t interval_us, supervision_ms;
			uint16_t latency;
		} connected;
		/* BLE_EV_DISCONNECTED */
		struct {
			struct ble_addr peer;
			uint8_t reason; /* HCI error code, Vol 1 Part F */
		} disconnected;
		/* BLE_EV_PARAMS */
		struct {
			int err; /* 0, BLE_EREFUSED, BLE_ETIMEOUT, BLE_EHCI(code) */
			uint32_t interval_us, supervision_ms;
			uint16_t latency;
		} params;
		/* BLE_EV_MTU */
		struct {
			uint16_t mtu; /* 23..517 */
		} mtu;
		/* BLE_EV_REPORT */
		struct {
			uint8_t kind; /* enum ble_report_kind */
			int8_t rssi_dbm; /* 127: not known */
			uint8_t len;     /* octets of data: 0..31 */
			struct ble_addr addr;
			const uint8_t *data; /* AD structures, not checked; nothing in a directed report */
		} report;
		/* BLE_EV_READ */
		struct {
			const struct ble_characteristic *characteristic;
			uint16_t handle, offset;
			uint32_t token; /* for ble_server_reply(); 0: nothing is waited for */
		} read;
		/* BLE_EV_WRITTEN */
		struct {
			const struct ble_characteristic *characteristic;
			uint16_t handle, len;
			const uint8_t *data;
			uint32_t token; /* for ble_server_reply(); 0: a command, signed or not: nothing is waited for */
			uint8_t kind;   /* enum ble_write_kind */
		} written;
		/* BLE_EV_SUBSCRIBED, BLE_EV_BROADCAST: nobody keeps the latter but the server, as long as it lives */
		struct {
			const struct ble_characteristic *characteristic;
			uint8_t bits; /* 1 notifications, 2 indications: Vol 3 Part G 3.3.3.3; BROADCAST: 1 on, 3.3.3.4 */
		} subscribed;
		/* BLE_EV_CONFIRMED */
		struct {
			uint16_t handle;
			int err; /* 0, BLE_ETIMEOUT (30 s), BLE_ECONN */
		} confirmed;
		/* BLE_EV_RSSI */
		struct {
			int err;    /* 0, BLE_EHCI(code) */
			int8_t dbm; /* 127: not known */
		} rssi;
		/* BLE_EV_TX_POWER */
		struct {
			int8_t dbm; /* of legacy advertising */
		} tx_power;
		/* BLE_EV_SERVICE */
		struct {
			uint16_t start, end;
			uint16_t uuid;         /* 0: 128-bit */
			const uint8_t *uuid128; /* 16 octets LE, NULL: 16-bit */
		} service;
		/* BLE_EV_INCLUDED */
		struct {
			uint16_t handle;        /* of the inclusion */
			uint16_t start, end;    /* of the service that is included */
			uint16_t uuid;          /* 0: 128-bit */
			const uint8_t *uuid128; /* 16 octets LE, NULL: 16-bit */
		} included;
		/* BLE_EV_CHARACTERISTIC */
		struct {
			uint16_t handle, value_handle;
			uint8_t properties;
			uint16_t uuid;
			const uint8_t *uuid128;
		} characteristic;
		/* BLE_EV_DESCRIPTOR */
		struct {
			uint16_t handle;
			uint16_t uuid;
			const uint8_t *uuid128;
		} descriptor;
		/* BLE_EV_VALUE, BLE_EV_NOTIFIED */
		struct {
			uint16_t handle, len, offset;
			bool indication; /* NOTIFIED only */
			bool cut;        /* VALUE only: it filled the packet, there may be more of it */
			const uint8_t *data;
		} value;
		/* BLE_EV_SERVICE_CHANGED: Vol 3 Part G 7.1 */
		struct {
			uint16_t start, end; /* what is known of these handles holds no more */
		} service_changed;
		/* BLE_EV_DONE */
		struct {
			int err;      /* 0, BLE_EATT(code), BLE_ETIMEOUT (30 s: the bearer is dead), BLE_ECONN, BLE_EBADPDU,
			                 BLE_EMISMATCH, BLE_ECANCELLED, BLE_ENOENT: client.h */
			uint16_t handle; /* which handle an ATT error was about; SUBSCRIBE: the CCCD's; FEATURES: theirs */
			uint8_t procedure; /* enum ble_procedure, client.h */
		} done;
		/* BLE_EV_ENCRYPTED */
		struct {
			int err;          /* 0; BLE_EHCI(code): 0x06 the peer has lost the key, which we keep */
			uint8_t level;    /* of security mode 1, now: 1 not encrypted .. 4 */
			uint8_t key_size; /* octets */
		} encrypted;
		/* BLE_EV_PAIRED */
		struct {
			int err;         /* 0; BLE_EREFUSED: reason; BLE_ETIMEOUT; BLE_ECONN; BLE_EHCI(code) */
			uint8_t reason;  /* of Pairing Failed, Vol 3 Part H 3.5.5 */
			bool by_peer;    /* it came from the peer */
			bool bonded;     /* the keys are kept */
			uint8_t level;   /* of the key */
			uint8_t key_size;
			struct ble_addr identity;
		} paired;
		/* BLE_EV_PASSKEY, BLE_EV_COMPARE */
		struct {
			uint32_t number; /* 0..999999: six digits */
		} passkey;
		/* BLE_EV_KEYPRESS */
		struct {
			uint8_t kind; /* enum ble_keypress, bond.h */
		} keypress;
		/* BLE_EV_OOB */
		struct {
			int err;             /* 0, BLE_EIO */
			const uint8_t *r, *c; /* 16 octets each, in the order of the air */
		} oob;
		/* BLE_EV_ERROR, BLE_EV_LOST */
		struct {
			int err;
			uint8_t operation; /* enum ble_operation */
		} error;
	};
};

#ifdef __cplusplus
}
#endif

#endif
