/*
 * A serial line: what serial.c, h5_line.c and board.c share. tty.c opens it and sets it.
 */
#ifndef DRIVERS_TTY_H
#define DRIVERS_TTY_H

#include "driver.h"

enum { TTY_PATH_MAX = 256, TTY_DEFAULT_BAUD = 1000000 };

struct tty {
	char path[TTY_PATH_MAX];
	unsigned baud;
	bool rts_cts, even; /* flow control by wire; parity */
};

/* Raw, 8 bits, one stop bit, non-blocking, nobody else's, what had come before thrown away: a descriptor, or negative
 * with a fault, whose subject is this scheme. */
int tty_open(const struct tty *tty, const char *scheme, struct ble_fault *fault);
/* What others have open of it may be opened again. */
void tty_close(int fd);
bool tty_baud_is_known(unsigned baud);

#endif
