/*
 * The module: a Bluetooth Low Energy device in a few calls. Peripheral, server and observer. A central has
 * BLE_PARTS(&ble_central, &ble_client) among its options; its verbs are conn.h and client.h on ble_host().
 *
 *	ble_open(&ble, &(struct ble_options){ .name = "Glint" });
 *	ble_add_service(ble, &battery);
 *	ble_start(ble);
 *	ble_start_advertising(ble);
 *	for (;;) {
 *		ble_run(ble, 1000);
 *		ble_set_number(ble, &level, read_battery());
 *	}
 *
 * Every call takes the device first and returns 0 (or a length) or a negative error of err.h; ble_explain() makes a
 * sentence of it. Members of parameter structs that are zero mean the default; where
 * zero is also a value, that value has a name. Radio intervals are microseconds, time-outs milliseconds.
 *
 * One thread uses a device at a time. Callbacks run inside ble_run() and ble_process() and may call anything but
 * those two (BLE_ESTATE). Only ble_wake() may be called from elsewhere, interrupts included.
 */
#ifndef BLE_BLE_H
#define BLE_BLE_H

#include <ble/accept.h>
#include <ble/ad.h>
#include <ble/adv.h>
#include <ble/bond.h>
#include <ble/conn.h>
#include <ble/host.h>
#include <ble/levels.h>
#include <ble/privacy.h>
#include <ble/scan.h>
#include <ble/server.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ble; /* opaque, at the start of the device's memory */

/* For counts and sizes of struct ble_options: none at all, where 0 means the default. */
#define BLE_NONE UINT16_MAX

/*
 * What a device is made of. Strings, tables, transport, platform and trace are not copied and outlive it.
 * How much memory it needs depends on the members of the middle group alone: ble_memory().
 */
struct ble_options {
	/* ble_open(): a driver by its URI; NULL: GLINT_DRIVER, else virtual: */
	const char *driver;
	const struct ble_driver *const *drivers; /* NULL-ended table to look in; NULL: the port's */
	void *memory;                            /* aligned for uint64_t; NULL: ble_open() allocates once */
	size_t memory_size;                      /* octets of it */

	uint8_t connections;    /* at a time; 0: 1; 1..250 */
	uint8_t bonds;          /* with ble_pairing: peers whose keys are kept; 0: 8 */
	uint8_t services;       /* of the program; 0: 8; 1..254 */
	uint8_t tx_queue;       /* packets towards the controller; 0: 4 + connections; at least connections */
	uint16_t subscriptions; /* characteristics with NOTIFY or INDICATE; 0: 16 */
	uint16_t value_octets;  /* for values without memory of their own; 0: 512; BLE_NONE */
	uint16_t adv_octets;    /* for payload and scan response of ble_advertising(); 0: 62; BLE_NONE */
	uint16_t scan_cache;    /* reports remembered to leave out duplicates; 0: 64; BLE_NONE: no scanning at all */
	uint16_t callbacks;     /* of ble_add_callback(); 0: enough for every event; BLE_NONE */
	uint16_t att_mtu;       /* 23..517; 0: 247 */
	uint16_t acl_octets;    /* of one packet towards the controller, at least 27; 0: 251 */
	uint16_t prepared_octets; /* with ble_prepared: of a connection's queue, 4 more a value; 0: 544 */
	uint8_t accept_list;    /* with ble_accept: addresses of ble_accept_list(); 0: 8 */
	/*
	 * BLE_PARTS(...): what the verbs of this header do not bring. ble_central and ble_client (conn.h, client.h);
	 * ble_prepared, without which a peer cannot write more than ATT_MTU - 3 octets, ble_multiple and ble_caching (server.h);
	 * ble_accept for ble_accept_list(); ble_levels for ble_rssi(), ble_tx_power() and the PHY of a connection;
	 * ble_pairing for ble_security() and all that comes with it, beside it ble_signing for security mode 2 and
	 * BLE_WRITE_SIGNED; ble_private for ble_privacy(); ble_descriptors for BLE_DESCRIPTOR among the characteristics of a
	 * service (server.h).
	 * NULL: none.
	 */
	const struct ble_part *const *parts;
	const char *name;       /* UTF-8, 1..248 octets; NULL: "Glint" */

	/* ble_init(): what ble_open() finds by itself */
	struct ble_transport *transport;
	const struct ble_platform *platform;

	const struct ble_trace *trace; /* every H4 packet, and a word on what a payload was taken as; NULL: none */
	struct ble_fault *fault;       /* where ble_open() and ble_init() say what they refuse; NULL: nowhere */
};

/* Octets that these options need, exactly. transport, platform, driver and trace do not matter. */
BLE_API size_t ble_memory(const struct ble_options *options);

/*
 * Makes a device from memory (aligned for uint64_t), a transport and a platform: the freestanding twin of ble_open().
 * options are not needed afterwards. BLE_EINVAL, BLE_ERANGE, BLE_ENOMEM ("memory: 900 is too little, 1424 needed").
 */
BLE_API int ble_init(struct ble **ble, void *memory, size_t size, const struct ble_options *options);
/* Stops, and forgets services and callbacks, so that their structs may be used for another device. NULL is fine. */
BLE_API void ble_end(struct ble *ble);

/*
 * Provided by the port (ports/posix, ports/world).
 * ble_open: driver, clock, randomness and store are found; *ble is NULL on error. Also BLE_EURI, BLE_EIO.
 * ble_close: says farewell to its peers (who see reason 0x13), for at most a second; stops; releases. NULL is fine. Not
 * in a callback.
 * ble_run: serves for so many milliseconds (BLE_FOREVER), with sleep; 0 serves what is there. Returns 0 before the time
 * is over if ble_wake() has been called, also before it: so a signal handler or another thread sets a flag, calls
 * ble_wake(), and the program looks. Other signals do not end it. BLE_ESTATE in a callback or before ble_start();
 * BLE_EIO; BLE_ECLOSED: the world in which the program runs has ended.
 * ble_fd: polls readable when ble_process() is wanted; -1 where there is none. Ask again before every sleep.
 */
BLE_API int ble_open(struct ble **ble, const struct ble_options *options);
BLE_API void ble_close(struct ble *ble);
BLE_API int ble_run(struct ble *ble, uint32_t ms);
BLE_API int ble_fd(struct ble *ble);

/* Does all that is due at now_us (any monotonic clock) and runs the callbacks. BLE_ESTATE in a callback, and before the
 * first ble_start(). */
BLE_API int ble_process(struct ble *ble, uint64_t now_us);
/* When ble_process() is wanted again if no packet comes: absolute microseconds; BLE_NEVER; 0: at once. */
BLE_API uint64_t ble_next_due(const struct ble *ble);
/* Makes the loop call ble_process() soon, and ble_run() return. From any thread, interrupt or signal handler. */
BLE_API void ble_wake(struct ble *ble);

/* Brings the radio up; BLE_EV_READY follows, or BLE_EV_ERROR. Idempotent. What the driver refuses, with a fault. BLE_ESTATE,
 * BLE_EINVAL: the level of security cannot be had: ble_gap(). */
BLE_API int ble_start(struct ble *ble);
/* Silences the radio at once and ends all connections; ble_disconnect() before it says farewell. Idempotent. */
BLE_API int ble_stop(struct ble *ble);
/* A pointer that belongs to the port: what ble_open() has to find again. */
BLE_API void **ble_port(struct ble *ble);
/* The host below: for conn.h and client.h. Its events come as callbacks of this device, its refusals are explained by
 * ble_explain(). Ask for it where it is used: an older refusal that could be taken for its is forgotten here. */
BLE_API struct ble_host *ble_host(struct ble *ble);

/*
 * Who we are (Vol 3 Part C 12) and how we like to be connected. name and struct strings are not copied. The central is
 * asked for these parameters once a connection, 5 s after it came up and a second after the last ATT packet, if the
 * present ones are outside. May be called at any time; takes effect at the next connection.
 * BLE_ERANGE, BLE_EINVAL.
 *
 * From level 2 on values, their configurations and descriptions (0x2901, 0x2904) of services that name no level of their own
 * are there for links that have it, and notified to no others: 2 encrypted, 3 with protection against someone in the
 * middle, 4 by Secure Connections with keys of 16 octets as well. That wants ble_security(); whether its ways and
 * capabilities can reach the level is asked by ble_start(), and while the device runs here: BLE_EINVAL.
 *
 * Security mode 2 (Vol 3 Part C 10.2.2) has levels 1 and 2: what is written, configurations as well, is signed or comes over
 * an encrypted link, at level 2 by a key of a pairing protected against someone in the middle; reading is as with level 1 of
 * mode 1. It wants the part ble_signing and BLE_AUTH_BOND of ble_security(), and has the peer give its signing key,
 * BLE_KEY_SIGN, whether that is named there or not. Only values with BLE_WRITE_SIGNED can be written by signature.
 */
struct ble_gap_params {
	const char *name;    /* UTF-8, 1..248 octets; NULL: as it is */
	uint16_t appearance; /* Assigned Numbers 2.6; 0: unknown */
	uint8_t security_mode, security_level;     /* 1 and 1..4, or 2 and 1..2; 0: 1 */
	uint32_t interval_min_us, interval_max_us; /* 7500..4000000, steps of 1250 rounded up; 0: 400000, 650000 */
	uint16_t latency;                          /* connection events that may be passed over: 0..499 */
	uint32_t supervision_ms; /* 100..32000 and > 2 * (1 + latency) * interval_max; 0: 4000 */
};
BLE_API int ble_gap(struct ble *ble, const struct ble_gap_params *params);

/* What the payload of an advertising packet is: AD structures are Vol 3 Part C 11. */
enum ble_raw {
	BLE_RAW_GUESS = 0, /* octets that parse exactly as AD structures are the packet, others manufacturer data */
	BLE_RAW_YES,       /* the packet as it is */
	BLE_RAW_NO,        /* manufacturer specific data; for text */
};

#define BLE_COMPANY_0000 (-1)    /* company identifier 0x0000, since 0 means the default */
#define BLE_COMPANY_BROUGHT (-2) /* the payload begins with its company identifier */

/*
 * Advertising packets. Without payload: flags, name (shortened if it must be), appearance, service UUIDs; what does not
 * fit goes to the scan response, unless that is given. With a payload and no scan response the name goes there.
 * Copied. While advertising the data changes at once, the rest at the next start.
 * BLE_ERANGE: intervals; BLE_ETOOBIG: a packet has 31 octets, and the fault says how many are left for the payload;
 * BLE_ENOMEM: adv_octets; BLE_EINVAL; BLE_ENOTSUP: `only` without ble_accept, `tx_power` without ble_levels.
 */
struct ble_advertising_params {
	/* 20000..10240000, steps of 625 rounded up; 0: 187500, and with BLE_ADV_CONN_DIR high duty cycle: 1.28 s */
	uint32_t interval_us;
	uint32_t timeout_ms;  /* 0, BLE_FOREVER: for ever */
	const void *payload;
	const void *scan_rsp;
	uint8_t payload_len, scan_rsp_len;
	uint8_t mode;       /* enum ble_adv_mode */
	uint8_t raw;        /* enum ble_raw */
	int32_t company;    /* company identifier 1..0xFFFF or a name above; 0: 0xFFFF */
	uint8_t channels;   /* bits 0..2: channels 37..39; 0: all */
	bool auto_restart;  /* again after each disconnection */
	uint8_t only;       /* enum ble_adv_only: whose scan requests and connections; 0: everybody's */
	bool tx_power;      /* the packet tells the transmit power, 3 octets, from BLE_EV_TX_POWER on */
	struct ble_addr peer; /* BLE_ADV_CONN_DIR: to whom */
};
BLE_API int ble_advertising(struct ble *ble, const struct ble_advertising_params *params);
/* BLE_EV_ADV_STARTED follows, or BLE_EV_ERROR. While on: restarts. Before ble_start(): remembered. BLE_ESTATE: a
 * connectable mode, and all connections are taken. */
BLE_API int ble_start_advertising(struct ble *ble);
/* BLE_EV_ADV_STOPPED follows. Stopping what is stopped does nothing. A connection ends it without that event. */
BLE_API int ble_stop_advertising(struct ble *ble);

/* Kinds of report, or'ed; 0: all. */
enum ble_scan_filter {
	BLE_SCAN_CONNECTABLE = 1, /* ADV_IND, ADV_DIRECT_IND */
	BLE_SCAN_SCANNABLE = 2,   /* ADV_IND, ADV_SCAN_IND */
	BLE_SCAN_NONCONN = 4,     /* ADV_NONCONN_IND */
	BLE_SCAN_RSP = 8,         /* SCAN_RSP */
	BLE_SCAN_ACCEPT_LIST = 16, /* only of those in ble_accept_list(), also beside kinds; part ble_accept */
};
/* Whose reports; 0: everybody's. */
enum ble_scan_addr { BLE_SCAN_ADDR_ALL = 0, BLE_SCAN_ADDR_PUBLIC_ONLY, BLE_SCAN_ADDR_RANDOM_ONLY };

/* BLE_ERANGE, BLE_EINVAL; BLE_ENOTSUP: BLE_SCAN_ACCEPT_LIST without ble_accept. Takes effect at the next start. */
struct ble_scanning_params {
	uint32_t interval_us, window_us; /* 2500..10240000, window <= interval, steps of 625 rounded up; 0: 10000 */
	bool duplicates; /* also reports equal in address, kind and data to one since the start */
	bool active;     /* asks for scan responses */
	uint8_t filter;  /* enum ble_scan_filter */
	uint8_t addr;    /* enum ble_scan_addr */
};
BLE_API int ble_scanning(struct ble *ble, const struct ble_scanning_params *params);
/* BLE_EV_SCAN_STARTED, BLE_EV_REPORT ..., BLE_EV_SCAN_STOPPED. duration_ms 0, BLE_FOREVER: until stopped. */
BLE_API int ble_start_scanning(struct ble *ble, uint32_t duration_ms);
BLE_API int ble_stop_scanning(struct ble *ble);
/* Whom BLE_SCAN_ACCEPT_LIST and `only` of advertising let pass: ble_accept_set() of accept.h. Copied. */
BLE_API int ble_accept_list(struct ble *ble, const struct ble_addr *addrs, size_t count);

/*
 * Adds a service; after ble_start(), too (Service Changed). Service and characteristics stay the program's, outlive the
 * device or its ble_end(), and do not move. A value without memory gets `size` octets of the device's, zeroed, unless
 * its reads are computed (on_read). Refused: BLE_EEXIST twice the same object; BLE_EINVAL, BLE_ERANGE size outside
 * 1..512; BLE_ENOMEM value_octets, services or subscriptions; BLE_ENOTSUP BLE_WRITE_SIGNED before ble_security() or without
 * ble_signing, BLE_DESCRIPTOR without ble_descriptors; BLE_ESTATE BLE_BROADCAST without ble_broadcasting(); BLE_ENOENT a
 * service that it includes is not there.
 */
BLE_API int ble_add_service(struct ble *ble, struct ble_service *service);
/* BLE_ENOENT. Values that were given memory by the device lose it, and others of that kind may move. */
BLE_API int ble_remove_service(struct ble *ble, struct ble_service *service);

/*
 * Allows BLE_BROADCAST in services that are added from now on. When a central sets the 0x2903 of such a characteristic,
 * which all centrals share, its stored value is in the advertising packet, as Service Data of its service (CSS Part A
 * 1.11), and follows every change. A packet has 31 octets, a broadcast takes 4 and its value's, with a 128-bit service
 * 18: without payload it comes before name and UUIDs, behind a payload it has what is left. A value that does not fit is
 * left out whole: BLE_EV_ERROR with BLE_OP_BROADCAST and BLE_ETOOBIG, once until it fits again; ble_explain() counts.
 * A computed value (on_read, no memory) is never broadcast. Directed advertising carries no data. Idempotent.
 */
BLE_API int ble_broadcasting(struct ble *ble);

/*
 * One function an event, NULL removes; *event is valid until it returns. The module has done its part of an event
 * before. BLE_EV_NONE: one for every event, called after that event's own. Of BLE_EV_CONFIRMED the handle is that of the
 * characteristic (`handle`); Service Changed is the module's and not told. BLE_EINVAL: no such event; BLE_ENOMEM:
 * `callbacks` of the options.
 */
BLE_API int ble_add_callback(struct ble *ble, enum ble_event_type event,
                             void (*fn)(struct ble *ble, const struct ble_event *event, void *ctx), void *ctx);

/*
 * What on_write is told, and before it on_check, if there is one, is asked. on_check returns 0, and the value is stored
 * and told to on_write; BLE_EATT(code), and the peer gets that error (0x80..0x9F are the program's own, 0x08 is
 * Insufficient Authorization); or BLE_EPENDING, and ble_answer() with the token follows within 25 s. Then the data is not
 * kept: a program that accepts later copies it now, and gives it to ble_set_value() before it answers. A command
 * (token 0) that is not accepted is dropped. A long write is one such call, whole, when it is executed. A program that
 * refuses by who the peer is, and not by what it writes, adds BLE_WRITE_RELIABLE to the characteristic's `events`: then
 * on_check is asked for the first part of a long write as well, with data NULL, and what it returns is the answer to that
 * (Vol 3 Part F 3.4.6.1). Nothing is stored yet.
 */
struct ble_write {
	ble_conn_id peer;
	const uint8_t *data; /* what was written: valid until the callback returns; NULL with READ and NOTIFY, and where a
	                        long write begins */
	uint16_t len;
	uint8_t status; /* BLE_WRITE; if the characteristic's `events` ask for it BLE_READ, BLE_NOTIFY (CCCD written) */
	uint32_t token; /* on_check: for ble_answer(); 0: a command. on_write: 0 */
};

/*
 * What on_read is asked, before the peer gets the value. It returns 0, and the peer gets the stored value, which on_read
 * may set; or what it has itself given to ble_answer(), when it is not to be stored; BLE_EATT(code), and the peer gets
 * that error; or BLE_EPENDING, and ble_answer() with the token follows within 25 s.
 */
struct ble_read {
	ble_conn_id peer;
	uint16_t offset; /* what the peer reads begins there; an answer begins at 0 nevertheless */
	uint32_t token;
};
/*
 * Answers a read, or a write that waits (data NULL). err 0 or BLE_EATT(code). data is copied before it returns. The peer
 * that has had no answer after 25 s gets Unlikely Error (0x0E). BLE_ENOENT: answered already, too late, or the peer is
 * gone.
 */
BLE_API int ble_answer(struct ble *ble, uint32_t token, int err, const void *data, size_t len);

/*
 * Stores a value, before or after the start, and notifies or indicates it to each central that has subscribed (cut to
 * ATT_MTU - 3; the rest is read). 0, also when nobody listens; BLE_EBUSY: stored, but not sent to all, since the queue is full: BLE_EV_SENT
 * tells when there is room; BLE_ETOOBIG: longer than size; BLE_ESTATE: the characteristic is in no service here and has
 * no memory.
 */
BLE_API int ble_set_value(struct ble *ble, struct ble_characteristic *ch, const void *data, size_t len);
/* Copies up to cap octets and returns the value's length, which may be more. BLE_ESTATE: it is not stored. */
BLE_API int ble_get_value(struct ble *ble, const struct ble_characteristic *ch, void *buf, size_t cap);
/* Values of up to 8 octets as little-endian integers: unsigned, or negative in two's complement. BLE_ERANGE: it needs
 * more octets than size; BLE_EINVAL: size above 8; else as ble_set_value(). */
BLE_API int ble_set_number(struct ble *ble, struct ble_characteristic *ch, int64_t number);
/* Fills *number: unsigned; octets that a shorter write left out are 0. BLE_EINVAL: size above 8; BLE_ESTATE. */
BLE_API int ble_get_number(struct ble *ble, const struct ble_characteristic *ch, int64_t *number);
/* Sends data to one peer (0: to each) that has subscribed, without storing it. BLE_ENOENT: none has; BLE_EBUSY; with a
 * peer BLE_ECONN, BLE_ECLOSED: it has let an indication time out. */
BLE_API int ble_notify(struct ble *ble, const struct ble_characteristic *ch, ble_conn_id peer, const void *data,
                       size_t len);

/* BLE_EV_DISCONNECTED follows. peer 0: all. BLE_ECONN: no such connection. */
BLE_API int ble_disconnect(struct ble *ble, ble_conn_id peer);
/* Fills *out: address, role, parameters in force, ATT_MTU, PHY, RSSI (conn.h). BLE_ECONN. */
BLE_API int ble_connection(struct ble *ble, ble_conn_id peer, struct ble_conn_info *out);
/* How strongly a peer is heard: BLE_EV_RSSI follows, and ble_connection() has the last answer. BLE_ECONN; BLE_ENOTSUP:
 * the part ble_levels is not among the options. */
BLE_API int ble_rssi(struct ble *ble, ble_conn_id peer);
/* How strongly we advertise, from BLE_EV_TX_POWER on, which comes soon after BLE_EV_READY. BLE_ESTATE before;
 * BLE_ENOTSUP: the part ble_levels is not among the options. */
BLE_API int ble_tx_power(struct ble *ble, int8_t *dbm);
/* What has been counted since the device was made: host.h. */
BLE_API void ble_stats(const struct ble *ble, struct ble_host_stats *out);

/*
 * An error in one sentence, "interval_us: 5000 is outside 20000..10240000": what the device, or the host below, has said
 * of it if it was the last that they refused, else ble_strerror(err). ble may be NULL. Always terminated, cut if it must
 * be; returns dst.
 */
BLE_API const char *ble_explain(const struct ble *ble, int err, char *dst, size_t size);
/* The same of a fault that a verb has filled in: what ble_open() has refused is in `fault` of its options. NULL: none. */
BLE_API const char *ble_fault_explain(const struct ble_fault *fault, int err, char *dst, size_t size);

/* Room for an address as text. */
#define BLE_BTOS_SIZE 18
/* "0A:1B:2C:3D:4E:5F", most significant octet first. Returns text. */
BLE_API const char *ble_btos(const struct ble_addr *addr, char text[BLE_BTOS_SIZE]);

/* What security() of the module calls AUTH_*. */
enum ble_auth {
	BLE_AUTH_NO_BOND = 0,
	BLE_AUTH_BOND = 1,
	BLE_AUTH_MITM = 2,      /* a pairing without protection against someone in the middle is refused */
	BLE_AUTH_SC = 4,        /* LE Secure Connections are offered: they are, always */
	BLE_AUTH_KEYPRESS = 8,  /* keypresses are told to the peer: ble_conn_keypress() */
	BLE_AUTH_LEGACY = 0x80, /* except so: legacy pairing alone */
};

/*
 * How the device pairs (bond.h has the enums and the ways), and with ble_gap() what it requires. All is copied. A peer is
 * asked for security as soon as it is connected when the level is 2 or more. BLE_EV_PASSKEY, BLE_EV_COMPARE and
 * BLE_EV_PASSKEY_WANTED say what its user has to do, BLE_EV_ENCRYPTED and BLE_EV_PAIRED what became of it. A pairing
 * weaker than asked for ends with BLE_EREFUSED, nothing of it is kept, and when that shows that the peer can never do what
 * the level requires, or a user has seen another number than the peer's, the link is ended (0x05).
 */
struct ble_security_params {
	const struct ble_way *const *ways; /* BLE_WAYS(...); NULL: Secure Connections with Just Works alone */
	uint8_t capabilities; /* enum ble_capabilities; 0: BLE_CAP_NONE */
	uint8_t bonding;      /* BLE_AUTH_NO_BOND, BLE_AUTH_BOND */
	uint8_t scheme;       /* BLE_AUTH_MITM, BLE_AUTH_SC, BLE_AUTH_KEYPRESS, BLE_AUTH_LEGACY, or'ed */
	uint8_t key_size;     /* largest, octets: 7..16; 0: 16 */
	uint8_t min_key_size; /* 7..key_size; 0: key_size */
	uint8_t initiator, responder; /* keys that the central and the peripheral give: enum ble_keys; 0: ENC and ID */
	bool sc_only;         /* legacy pairing is refused, although it is among the ways */
	bool keep_bonded;     /* a bonded peer pairs anew only over a link that its bond has encrypted */
	bool evict;           /* a new bond without MITM protection may push out the oldest such bond: bond.h */
	bool on_demand;       /* as a central encrypts with a bond when asked to, not by itself: bond.h */
	/* 1..999999: always this one, which is weak: who has seen it once knows it. Where a passkey is to be entered and
	 * BLE_EV_PASSKEY_WANTED has no function it is the answer. 0: a fresh one for each pairing. */
	uint32_t passkey;
};
/* For pairings to come. Part: ble_pairing, among the options. BLE_EINVAL, BLE_ERANGE; BLE_ENOTSUP: that part, or the
 * platform's crypto, is missing. Whether the level of ble_gap() and of services can be reached is asked by ble_start(), and
 * after it here: BLE_EINVAL. */
BLE_API int ble_security(struct ble *ble, const struct ble_security_params *params);
/* Fills out with the identity addresses of bonds, at most cap, and returns how many there are. Also before ble_start().
 * BLE_ENOTSUP. */
BLE_API int ble_bonded(struct ble *ble, struct ble_addr *out, size_t cap);
/* Forgets one; its link is ended first (0x05). 0, also when it is not there; BLE_EIO: the store; BLE_ENOTSUP. */
BLE_API int ble_remove_bonded(struct ble *ble, const struct ble_addr *addr);
/* Answers BLE_EV_COMPARE. peer 0: whoever waits. BLE_ENOENT: nobody does; BLE_ECONN; BLE_ENOTSUP. */
BLE_API int ble_confirm_passkey(struct ble *ble, ble_conn_id peer, bool confirmed);
/* Answers BLE_EV_PASSKEY_WANTED: 0..999999. Likewise; BLE_ERANGE. */
BLE_API int ble_enter_passkey(struct ble *ble, ble_conn_id peer, uint32_t passkey);
/* ble_out_of_band: BLE_EV_OOB follows with what is to be told to the peer, once. BLE_EBUSY; BLE_EIO; BLE_ENOTSUP. */
BLE_API int ble_oob_data(struct ble *ble);
/* What the peer has told, for Secure Connections or for legacy pairing. Used once. BLE_ENOTSUP. */
BLE_API int ble_set_oob_data(struct ble *ble, const struct ble_oob *theirs, bool legacy);
/*
 * Advertises, scans and connects with a resolvable private address, which bonded peers know, and takes another every
 * rotate_ms, 1000..3600000 (0: 15 minutes; BLE_FOREVER: none until the next call): part ble_private, privacy.h. At any
 * time. BLE_ERANGE; BLE_ENOTSUP.
 */
BLE_API int ble_privacy(struct ble *ble, bool on, uint32_t rotate_ms);

#ifdef __cplusplus
}
#endif

#endif
