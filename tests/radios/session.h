/*
 * A host with its advertising on a driver, in a time of the test's own: while the controller has something to say it is waited
 * for, and when it has fallen silent the host's next time-out is at once. So two seconds of a mute controller take none.
 */
#ifndef TESTS_SESSION_H
#define TESTS_SESSION_H

#include "wire.h"

#include <ble/host.h>

struct session {
	struct wire *wire;
	struct ble_transport *transport;
	struct ble_host *host;
	struct ble_platform platform;
	void *memory;
	uint64_t now_us;
	bool attacked; /* nothing more is to be waited for */
	int lost;      /* the error of the last loss */
};

/* Brought up, and advertising started and stopped once. */
void session_begin(struct session *s, struct wire *w, struct ble_transport *t);
/* One attack: a loss with an error, the controller up again, the advertising that was asked for on, and off. */
void session_attack(struct session *s, uint32_t seed);
void session_end(struct session *s); /* and destroys the transport */

#endif
