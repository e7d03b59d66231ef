/*
 * What drivers share: faults, and the first words with a controller (greet.c).
 *
 * A driver of a real device greets it when it is opened, before the host does: a Reset that is answered shows that it
 * is a controller, at this speed, and where its packets begin. What it is, is asked too: some bring their own address.
 */
#ifndef DRIVERS_DRIVER_H
#define DRIVERS_DRIVER_H

#include <ble/transport.h>

#include <stddef.h>

/* Fills *fault (NULL is fine) and returns err. The strings live on. */
int driver_fault(
	struct ble_fault *fault, int err, const char *subject, const char *text, const char *hint);

/* Of a clock that only goes on, for waits that a signal breaks off. */
int64_t driver_now_ms(void);

enum { DRIVER_ANSWER_MS = 1000, DRIVER_RETURN_MAX = 252 };

/*
 * Sends one command over an open transport and waits for its Command Complete, passing over all other packets.
 * answer: status and return parameters, DRIVER_RETURN_MAX octets at most; NULL: not of interest. Their length, or
 * BLE_ETIMEOUT after so many milliseconds, BLE_EGONE, BLE_EIO.
 */
int driver_command(struct ble_transport *t, uint16_t opcode, const void *params, size_t len, uint8_t *answer,
	int within_ms);

/* What a controller has told of itself. */
struct driver_greeting {
	uint16_t maker;     /* company identifier; 0xFFFF: not told */
	bool has_address;   /* a static random address that is burnt into it, where it has no public one */
	uint8_t address[7]; /* type, octets: as BLE_STORE_IDENTITY has it */
};

/*
 * Reset, up to `attempts` times, and what is to be known. 0; BLE_ETIMEOUT: no answer; BLE_EGONE; BLE_EHCI(status).
 */
int driver_greet(struct ble_transport *t, struct driver_greeting *g, int attempts, int within_ms);

#endif
