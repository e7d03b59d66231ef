/*
 * The driver seam: whole H4 packets (Vol 4 Part A) between a host and a controller.
 *
 * The host writes packets and flushes once a round, so that a burst is one system call. A written packet belongs to the
 * driver until it calls the packet's `done`. Received packets are pulled: the host takes the next one only when it is
 * finished with the last, so a slow program holds back the controller instead of losing anything.
 * Every function is called from the thread that uses the host, and `done` must be called on it, too.
 */
#ifndef BLE_TRANSPORT_H
#define BLE_TRANSPORT_H

#include <ble/err.h>
#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* H4 packet indicators, the first octet of every packet. */
enum ble_h4 { BLE_H4_COMMAND = 1, BLE_H4_ACL = 2, BLE_H4_EVENT = 4 };

/* The longest packet that a controller may send: event 1 + 2 + 255; ACL 1 + 4 + the host's buffer size, here 251. */
#define BLE_H4_MAX 258

/* A packet on its way to the controller. */
struct ble_tx {
	struct ble_tx *next; /* the driver's, while it has the packet */
	uint8_t *data;       /* H4 indicator first */
	uint16_t len;
	void (*done)(struct ble_tx *tx); /* the driver gives the packet back, sent or not */
};

/* What a driver offers a host. */
struct ble_transport {
	void *ctx;
	/*
	 * Opens the device, drops what is left from an earlier opening. 0 or negative with a fault filled in. May take
	 * some seconds: a driver that can tell a controller from something else does so here.
	 */
	int (*open)(void *ctx, struct ble_fault *fault);
	/* Takes tx: calls tx->done later, or before it returns. After a loss, packets are done at once. */
	void (*write)(void *ctx, struct ble_tx *tx);
	/*
	 * Sends what has been written. May leave a rest for later (see want_write): then the port polls fd for writing, and
	 * flushes again. 0, BLE_EGONE: the controller has hung up; BLE_EIO.
	 */
	int (*flush)(void *ctx);
	/*
	 * The next received packet: its length, 0 if there is none now, BLE_EGONE when the controller has hung up (for
	 * good until open), BLE_EIO otherwise. *packet is valid until the next call. Malformed framing is BLE_EGONE too.
	 */
	int (*read)(void *ctx, const uint8_t **packet);
	/* Optional. A descriptor that polls readable when read() may have something; -1 or NULL function: none. */
	int (*fd)(void *ctx);
	/* Optional: true while a flush left octets unsent. */
	bool (*want_write)(void *ctx);
	/* Gives every packet back by done, releases the device. open may follow. */
	void (*close)(void *ctx);
	/* Optional: releases the transport itself, after close. */
	void (*destroy)(void *ctx);
	/*
	 * Optional. Once open: a static random address that the device brings, seven octets as BLE_STORE_IDENTITY has them,
	 * or NULL. A port gives it to the host in the place of the stored one.
	 */
	const uint8_t *(*address)(void *ctx);
};

/* A kind of driver, found by the scheme of a URI such as unix:/run/air.sock. */
struct ble_driver {
	const char *scheme;
	/*
	 * Makes a transport for what follows the colon; nothing is opened yet. `identity` is
	 * seven octets (address type, address) or NULL: a virtual controller makes its own address from it.
	 */
	int (*create)(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault);
};

#ifdef __cplusplus
}
#endif

#endif
