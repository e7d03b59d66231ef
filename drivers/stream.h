/*
 * A transport over a connected stream socket: what socket.c and virtual.c share. It opens by a
 * function of theirs that gives the connected descriptor; sends what was written in one system call
 * a flush; receives as much as comes and hands whole packets out in place.
 */
#ifndef DRIVERS_STREAM_H
#define DRIVERS_STREAM_H

#include <ble/h4.h>
#include <ble/transport.h>

#include <stddef.h>

enum { STREAM_RX_OCTETS = 8192 };

struct stream {
	struct ble_transport transport; /* first: what the caller gets */
	/* Connected and ready for HCI: a descriptor, or negative with a fault. */
	int (*connect)(struct stream *s, struct ble_fault *fault);
	int fd; /* -1: not open */
	bool gone;
	bool drained; /* the last receive left nothing behind: the next read need not ask */
	struct ble_tx *head, *tail;
	size_t sent; /* octets of head that have gone */
	struct ble_h4_rx rx;
	uint8_t buf[STREAM_RX_OCTETS];
};

void stream_init(struct stream *s, int (*connect)(struct stream *, struct ble_fault *));

/* A unix stream socket, non-blocking, close-on-exec, connected to path: the descriptor or -errno.
 */
int stream_connect_unix(const char *path);

/* Fills *fault (NULL is fine) and returns err. The strings live on. */
int driver_fault(
	struct ble_fault *fault, int err, const char *subject, const char *text, const char *hint);

#endif
