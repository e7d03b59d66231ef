/*
 * What main.c finds in platform.c: the clock and the platform of this port, and whether the board
 * is there at all.
 */
#ifndef PORT_H
#define PORT_H

#include <ble/platform.h>

#include "board.h"

/*
 * Starts the board and tries its hooks: 0, or negative with *fault naming the hook that refused.
 * First of all calls.
 */
int port_start(struct ble_fault *fault);
/*
 * Microseconds since port_start(), never going back. Called at least once in 71 minutes, or it
 * loses a turn.
 */
uint64_t port_now_us(void);
/*
 * Sleeps until due_us (absolute; BLE_NEVER; 0: does not), or until something has happened since the
 * last return.
 */
void port_sleep_until(uint64_t due_us);
/* Something has happened: from an interrupt, or from anywhere. */
void port_wake(void);

/* random, wake, and the store if the board has one. After port_start(). */
const struct ble_platform *port_platform(void);

#endif
