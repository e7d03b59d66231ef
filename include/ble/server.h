/*
 * Services and characteristics, and the ATT/GATT server over them (Vol 3 Part F, G). Part: ble_server.
 *
 * There is no attribute table. A service is a const-able description in flash or RAM; the server keeps one first handle
 * a service and bisects. Inside a service the handles follow from the description:
 *
 *	declaration | per characteristic: declaration, value, [0x2902 if NOTIFY or INDICATE], [0x2901 if a descriptor]
 *
 * so a value's CCCD, if it has one, is always value handle + 1. A service that is added late appends; handles never
 * move within a boot. A CCCD is two bits per subscribable characteristic and connection.
 */
#ifndef BLE_SERVER_H
#define BLE_SERVER_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A characteristic's permission: also the Characteristic Properties octet, Vol 3 Part G 3.3.1.1. */
enum ble_permission {
	BLE_BROADCAST = 0x01,
	BLE_READ = 0x02,
	BLE_WRITE_WO = 0x04, /* Write Command */
	BLE_WRITE = 0x08,    /* Write Request */
	BLE_NOTIFY = 0x10,
	BLE_INDICATE = 0x20,
	BLE_WRITE_SIGNED = 0x40,
};

/* How the module converts a value. 0: BLE_NUMBER. */
enum ble_value_type { BLE_NUMBER = 1, BLE_STRING, BLE_BYTES };

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
	uint8_t type;             /* enum ble_value_type */
	uint16_t size;            /* largest length of the value: 1..512 */
	uint16_t length;          /* octets of the value now; the module sets it to size when the service is added */
	const uint8_t *base_uuid; /* 16 octets LE; NULL: a 16-bit UUID */
	const char *descriptor;   /* Characteristic User Description (0x2901), UTF-8; NULL or "": none */
	void *value;              /* `size` octets; NULL: from the module's memory, or every read is an event */
	/* Module: see ble.h. ble_host: on_read other than NULL makes every read a BLE_EV_READ. */
	void (*on_write)(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx);
	int (*on_read)(struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx);
	void *ctx;
	uint8_t events;   /* statuses that on_write wants: BLE_WRITE | BLE_READ | BLE_NOTIFY; 0: BLE_WRITE */
	uint8_t reserved; /* private */
	uint16_t handle;  /* private: value handle, 0 while not added */
};

#define BLE_LIST(...) ((const struct ble_characteristic *const[]){ __VA_ARGS__, NULL })

/* A primary service. Same ownership. BLE_LIST has static lifetime only at file scope. */
struct ble_service {
	uint16_t uuid;
	const uint8_t *base_uuid;
	const struct ble_characteristic *const *characteristics; /* NULL-ended: BLE_LIST(&a, &b); may be NULL */
};

/*
 * Appends a service; Service Changed is indicated to subscribed peers when connections are up. *first_handle (if not
 * NULL) gets the handle of its declaration. BLE_EEXIST: this object is there already; BLE_ENOMEM: service or
 * subscribable slots, with a fault; BLE_EINVAL: permission 0 or unknown, size 0 or > 512; BLE_ENOTSUP: ble_server is not
 * attached.
 */
BLE_API int ble_server_add(struct ble_host *host, const struct ble_service *service, uint16_t *first_handle);
/* Takes it away; its handles stay unused, and its subscriptions are forgotten. BLE_ENOENT; BLE_ENOTSUP. */
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
 * cut to ATT_MTU - 3. 0: on its way. BLE_ENOENT: not subscribed; BLE_EBUSY: no buffer, no credit, or an indication
 * waits for its confirmation: BLE_EV_SENT or BLE_EV_CONFIRMED will tell; BLE_ECONN: no such connection; BLE_ECLOSED: an
 * indication has timed out (Vol 3 Part F 3.3.3); BLE_ENOTSUP.
 */
BLE_API int ble_server_notify(struct ble_host *host, ble_conn_id conn, uint16_t value_handle, const void *data,
                              size_t len);
/* The CCCD of one connection, 0..3: bit 0 notifications, bit 1 indications. BLE_ECONN; BLE_ENOENT: it has none;
 * BLE_ENOTSUP. */
BLE_API int ble_server_subscribed(const struct ble_host *host, ble_conn_id conn, uint16_t value_handle);

/*
 * Answers a BLE_EV_READ (err 0, data from the value's start; or BLE_EATT) or a BLE_EV_WRITTEN request (data NULL).
 * Unanswered by the next poll, a read gets Unlikely Error and a write succeeds, unless ble_server_defer() was called:
 * then the server gives up 25 s later and answers Unlikely Error. A stale token: BLE_ENOENT. reply: BLE_ECLOSED when an
 * indication has timed out meanwhile: nothing is sent any more.
 */
BLE_API int ble_server_reply(struct ble_host *host, uint32_t token, int err, const void *data, size_t len);
BLE_API int ble_server_defer(struct ble_host *host, uint32_t token);

#ifdef __cplusplus
}
#endif

#endif
