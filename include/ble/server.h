/*
 * Services and characteristics, and the ATT/GATT server over them (Vol 3 Part F, G). Part: ble_server; long and reliable
 * writes want ble_prepared beside it, several values in one PDU want ble_multiple, Database Hash and robust caching want
 * ble_caching.
 *
 * There is no attribute table. A service is a const-able description in flash or RAM; the server keeps one first handle
 * a service and bisects. Inside a service the handles follow from the description:
 *
 *	declaration | includes | per characteristic: declaration, value, [0x2902 if NOTIFY or INDICATE],
 *		[0x2903 if BROADCAST], [0x2900 if WRITE_RELIABLE], [0x2901 if a descriptor], [0x2904 if a format],
 *		[descriptors of the program's own]
 *
 * so a value's CCCD, if it has one, is always value handle + 1. A service that is added late appends; handles never
 * move within a boot. A CCCD is two bits per subscribable characteristic and connection.
 *
 * ble_caching has no verb. Attached before the program's services, on a platform that has a cipher (platform.h,
 * crypto.h), it brings the Database Hash (0x2B2A) and Client Supported Features (0x2B29): Vol 3 Part G 7.2, 7.3. A client
 * that has said there that it supports robust caching and does not know of the last change of the database has one request
 * of a handle refused, Database Out Of Sync (0x12); until its next request, or until it has confirmed Service Changed, its
 * commands are passed over, and to notify it is BLE_ENOENT, as if it had not subscribed: 2.5.2.1. A client with a bond
 * begins as it has ended, also after a restart, and in a database that has changed meanwhile it begins so (bond.h).
 *
 * ble_descriptors has no verb either. With it, before a service that has some is added, descriptors of the program's own
 * stand in the list behind their characteristic, described as one: `type` BLE_DESCRIPTOR, `permission` BLE_READ,
 * BLE_WRITE or both, all else as of a value, and their reads and writes come as those of values do, long ones by
 * ble_prepared. Some are more than their octets:
 *
 *	0x2901 with BLE_WRITE   its characteristic gets a 0x2900 that says Writable Auxiliaries: Vol 3 Part G 3.3.3.1
 *	0x2904 with a format    the octets are the server's: for a value that consists of several. Its `size` and that of
 *	                        0x2905 do not matter, but ble_add_service() keeps so many octets
 *	0x2905                  the octets are the server's: the handles of all 0x2904, in their order. 3.3.3.6 wants it
 *	                        where there are two or more of these, and nine are the most
 *
 * 0x2900, 0x2902 and 0x2903 are the server's own.
 */
#ifndef BLE_SERVER_H
#define BLE_SERVER_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A characteristic's permission: also the Characteristic Properties octet, Vol 3 Part G 3.3.1.1. */
enum ble_permission {
	BLE_BROADCAST = 0x01, /* a 0x2903 that all clients share: BLE_EV_BROADCAST; see ble_server_add() */
	BLE_READ = 0x02,
	BLE_WRITE_WO = 0x04, /* Write Command */
	BLE_WRITE = 0x08,    /* Write Request */
	BLE_NOTIFY = 0x10,
	BLE_INDICATE = 0x20,
	BLE_WRITE_SIGNED = 0x40, /* Signed Write Command, part ble_signing; on an encrypted link Write Command: Vol 3 Part G 4.9.2 */
	BLE_WRITE_RELIABLE = 0x80, /* Extended Properties: a 0x2900 that says Reliable Write; add BLE_WRITE */
};

/*
 * How the module converts a value. 0: BLE_NUMBER. BLE_DESCRIPTOR, or'ed: what is described is no characteristic but a
 * descriptor of the one in front of it in the list (part ble_descriptors).
 */
enum ble_value_type { BLE_NUMBER = 1, BLE_STRING, BLE_BYTES, BLE_DESCRIPTOR = 0x80 };

/* How a value is to be shown: Characteristic Presentation Format, 0x2904, Vol 3 Part G 3.3.3.5. */
struct ble_format {
	uint8_t format;       /* Assigned Numbers 2.4.1: 0x04 uint8, 0x0E sint16, 0x19 UTF-8 … */
	int8_t exponent;      /* value = integer * 10^exponent */
	uint16_t unit;        /* a UUID of Assigned Numbers 3.5: 0x27AD percent; 0x2700 unitless */
	uint8_t name_space;   /* whose descriptions: 1 the Bluetooth SIG's */
	uint16_t description; /* in that name space; 0: unknown */
};

struct ble;
struct ble_read;
struct ble_write;

/*
 * A characteristic. Owned by the program, outlives the server and does not move. May be const for ble_host programs
 * when `value` is constant or on_read/on_write handling is by events; the module writes only the private members.
 */
struct ble_characteristic {
	uint16_t uuid;            /* 16-bit; with base_uuid it replaces the octets 12 and 13 of the base */
	uint8_t permission;       /* enum ble_permission, or'ed */
	uint8_t type;             /* enum ble_value_type, and BLE_DESCRIPTOR */
	uint16_t size;            /* largest length of the value: 1..512 */
	uint16_t length;          /* octets of the value now; 0 when the module adds the service, and never set: size */
	const uint8_t *base_uuid; /* 16 octets LE; NULL: a 16-bit UUID */
	const char *descriptor;   /* Characteristic User Description (0x2901), UTF-8; NULL or "": none */
	void *value;              /* `size` octets; NULL: from the module's memory, or every read is an event */
	/* Module: see ble.h. ble_host: on_read other than NULL makes every read a BLE_EV_READ. */
	void (*on_write)(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx);
	int (*on_read)(struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx);
	int (*on_check)(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx);
	void *ctx;
	/* Statuses that on_write wants: BLE_WRITE | BLE_READ | BLE_NOTIFY; 0: BLE_WRITE. And BLE_WRITE_RELIABLE: on_check is
	 * also asked, or BLE_WRITTEN_PREPARE comes, when a long write begins: may this client write? */
	uint8_t events;
	uint8_t reserved; /* private */
	uint16_t handle;  /* the module writes it, the program may read it: value handle, 0 while not added */
	const struct ble_format *format; /* 0x2904; NULL: none */
};

/* The characteristics of a service: BLE_LIST(&level, &state). */
#define BLE_LIST(...) ((const struct ble_characteristic *const[]){ __VA_ARGS__, NULL })

/* Services that a service includes: BLE_INCLUDES(&battery). */
#define BLE_INCLUDES(...) ((const struct ble_service *const[]){ __VA_ARGS__, NULL })

/* A service. Same ownership. BLE_LIST and BLE_INCLUDES have static lifetime only at file scope. */
struct ble_service {
	uint16_t uuid;
	bool secondary; /* only to be included: Vol 3 Part G 3.1. false: primary */
	uint8_t level;  /* ble_pairing: that values and configurations want, enum ble_level; 0: the device's, bond.h; 1: open */
	const uint8_t *base_uuid;
	const struct ble_characteristic *const *characteristics; /* NULL-ended: BLE_LIST(&a, &b); may be NULL */
	const struct ble_service *const *includes; /* NULL-ended: BLE_INCLUDES(&a); NULL: none. Added before this one */
};

/*
 * Appends a service; Service Changed is indicated to subscribed peers when connections are up. *first_handle (if not
 * NULL) gets the handle of its declaration. BLE_EEXIST: this object is there already; BLE_ENOENT: what it includes is not
 * there; BLE_ENOMEM: service or subscription slots, with a fault; BLE_EINVAL: permission 0, or BLE_BROADCAST behind the
 * eighth of the list; size 0 or > 512; a descriptor of its own that cannot be (see above), with its UUID; BLE_ENOTSUP:
 * ble_server is not attached, or, with the service's UUID, it is ble_lean_server, which lacks something that is in it
 * (host.h), or, with the descriptor's, ble_descriptors is not attached.
 */
BLE_API int ble_server_add(struct ble_host *host, const struct ble_service *service, uint16_t *first_handle);
/* Takes it away; its handles stay unused, and its subscriptions are forgotten. BLE_ENOENT; BLE_ESTATE: another service
 * includes it; BLE_ENOTSUP. */
BLE_API int ble_server_remove(struct ble_host *host, const struct ble_service *service);
/* Value handle of a characteristic, 0 if it is not in the database. */
BLE_API uint16_t ble_server_handle(const struct ble_host *host, const struct ble_characteristic *characteristic);

/* Name and appearance for the GAP service, not copied; preferred connection parameters (PPCP), NULL leaves them. */
struct ble_gap_info {
	const char *name; /* UTF-8, 1..248 octets */
	uint16_t appearance; /* Assigned Numbers 2.6; 0: unknown */
	uint16_t ppcp[4]; /* interval min, max (1.25 ms), latency, supervision time-out (10 ms): Vol 3 Part C 12.3 */
};
/* Also while connected. BLE_ERANGE, with a fault; BLE_ENOTSUP. */
BLE_API int ble_server_gap(struct ble_host *host, const struct ble_gap_info *info);

/*
 * Sends one notification or indication, whichever the peer has asked for (both: notification). Copies `len` octets,
 * cut to ATT_MTU - 3. 0: on its way. BLE_ENOENT: not subscribed, or the link has not the security that the value
 * wants (`level`), which is the same to the peer; BLE_EBUSY: no buffer, no credit, or an indication
 * waits for its confirmation: BLE_EV_SENT or BLE_EV_CONFIRMED will tell; BLE_ECONN: no such connection; BLE_ECLOSED: an
 * indication has timed out (Vol 3 Part F 3.3.3); BLE_ENOTSUP.
 */
BLE_API int ble_server_notify(struct ble_host *host, ble_conn_id conn, uint16_t value_handle, const void *data,
                              size_t len);
/* One of several values that are sent together. */
struct ble_notification {
	uint16_t value_handle, len;
	const void *data;
};

/*
 * Notifies values, in order, in as few packets as can be: to a client that has said in Client Supported Features that
 * it takes Multiple Handle Value Notifications (Vol 3 Part G 7.2) as many as fit whole in one, to others one a packet, as
 * by ble_server_notify(). Returns how many of them, from the first, are on their way: 1..count; fewer than count: no
 * buffer or credit for the rest, BLE_EV_SENT will tell. Or none is: BLE_EBUSY; BLE_ENOENT: for one of them
 * notifications are not on; BLE_EINVAL: count is 0; BLE_ECONN; BLE_ECLOSED; BLE_ENOTSUP. Part: ble_multiple, which
 * also answers Read Multiple and Read Multiple Variable (Vol 3 Part F 3.4.4.7, 3.4.4.11), and brings Client Supported
 * Features if it is attached before the program's services.
 */
BLE_API int ble_server_notify_many(struct ble_host *host, ble_conn_id conn, const struct ble_notification *list,
                                   size_t count);
/* The CCCD of one connection, 0..3: bit 0 notifications, bit 1 indications. BLE_ECONN; BLE_ENOENT: it has none;
 * BLE_ENOTSUP. */
BLE_API int ble_server_subscribed(const struct ble_host *host, ble_conn_id conn, uint16_t value_handle);

/*
 * Answers a BLE_EV_READ (err 0, data from the value's start) or a BLE_EV_WRITTEN request (data NULL), or refuses it: err
 * BLE_EATT(code), where 0x80..0x9F are the program's own, 0x08 is Insufficient Authorization, 0xFC Write Request
 * Rejected; any other err goes out as Unlikely Error. Whatever the request was (read, by UUID, one of several; written
 * at once, or prepared and executed) this is where the program authorises it. A prepared write is authorised when it
 * begins, by BLE_WRITTEN_PREPARE, if the characteristic's `events` have BLE_WRITE_RELIABLE: so Vol 3 Part F 3.4.6.1 has
 * it; the whole value comes to be judged all the same. Unanswered by the next poll, a read gets
 * Unlikely Error and a write succeeds, unless ble_server_defer() was called: then the server gives up 25 s later,
 * counted from the first event of the request that was deferred, and answers Unlikely Error. A stale token: BLE_ENOENT.
 * reply: BLE_ECLOSED when an indication has timed out meanwhile: nothing is sent any more.
 */
BLE_API int ble_server_reply(struct ble_host *host, uint32_t token, int err, const void *data, size_t len);
BLE_API int ble_server_defer(struct ble_host *host, uint32_t token);

#ifdef __cplusplus
}
#endif

#endif
