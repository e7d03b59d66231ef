/*
 * A controller that speaks H4 on a serial line: what serial.c and board.c share.
 */
#ifndef DRIVERS_SERIAL_H
#define DRIVERS_SERIAL_H

#include "stream.h"
#include "tty.h"

struct serial {
	struct stream stream; /* first */
	struct tty tty;
	const char *scheme;
	int answer_ms;
	struct driver_greeting greeting;
};

/* All but the line's settings. */
void serial_init(struct serial *l, const char *scheme);
/* The fault of a controller that was greeted and did not answer as it should. */
int serial_refuse_greeting(const char *scheme, const char *path, int err, struct ble_fault *fault);

/* What a URI says behind the colon. */
struct serial_options {
	struct tty tty;
	bool h5, crc, noflow;
};
int serial_options_read(struct serial_options *o, const char *rest, struct ble_fault *fault);

#endif
