/*
 * A transport over a connected descriptor: what socket.c, virtual.c, serial.c, pty.c and linux_hci.c share. It opens by
 * a function of theirs that gives the descriptor; sends what was written in one system call a flush; receives as
 * much as comes and hands whole packets out in place.
 */
#ifndef DRIVERS_STREAM_H
#define DRIVERS_STREAM_H

#include "driver.h"

#include <ble/h4.h>

#include <stddef.h>

enum { STREAM_RX_OCTETS = 8192 };

enum stream_kind {
	STREAM_SOCKET,  /* octets, H4 as they come */
	STREAM_TTY,     /* likewise, from a line that may have lost some: a packet may begin anywhere after opening */
	STREAM_PACKETS, /* a socket that takes and gives one H4 packet at a time */
};

struct stream {
	struct ble_transport transport; /* first: what the caller gets */
	/* Connected and ready for HCI: a descriptor, or negative with a fault. */
	int (*connect)(struct stream *s, struct ble_fault *fault);
	enum stream_kind kind;
	int fd; /* -1: not open */
	bool gone;
	bool drained; /* the last receive left nothing behind: the next read need not ask */
	unsigned in_a_row; /* receives since a read had nothing: who talks without a pause is not to keep the host from its time */
	bool lost;    /* of a line: where packets begin is not known until Reset is answered */
	struct ble_tx *head, *tail;
	size_t sent; /* octets of head that have gone */
	struct ble_h4_rx rx;
	uint8_t buf[STREAM_RX_OCTETS];
};

/* transport.open is stream_open(); a driver that does more when it is opened calls that first. */
void stream_init(struct stream *s, enum stream_kind kind, int (*connect)(struct stream *, struct ble_fault *));
int stream_open(void *ctx, struct ble_fault *fault);
void stream_close(void *ctx);

/* A unix stream socket, non-blocking, close-on-exec, connected to path: the descriptor or -errno.
 */
int stream_connect_unix(const char *path);

#endif
