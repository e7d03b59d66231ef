/*
 * A client over the fake bearer whose events become lines of text, so that a test says in one place what must have come:
 *
 *	mtu 185                        service 0001-0007 1800          included 0002 0020-0025 180F
 *	characteristic 0002 value 0003 properties 0A 2A00              descriptor 0004 2902
 *	value 0003+0 01 02             value 0003+0 01 02 cut
 *	notified 0003 05               indicated 0003 05               changed 0001-FFFF
 *	done ok | done att 0A handle 0003 | done -11 | done ok handle 0004
 *
 * 128-bit UUIDs are 32 digits, most significant first.
 */
#ifndef TESTS_GATT_CLIENT_KIT_H
#define TESTS_GATT_CLIENT_KIT_H

#include "gatt/gatt.h"
#include "tests/unit/att/fake.h"

struct client_kit {
	struct gatt_client gatt;
	unsigned events, dones; /* since client_up() */
};

extern struct client_kit kit;

/* Set-up and tear-down of a test; the latter checks that no buffer and no timer is left. */
int client_up(void **state);
int client_down(void **state);
/* One packet to the client, and all the polls that it is good for. */
void client_answer(const void *pdu, size_t len);
void client_answer_hex(const char *hex);
/* Goes on as the host does when a buffer or a time-out has come. */
void client_polls(void);
/* What has been logged since the last time is exactly this. */
void client_logged(const char *lines, const char *file, int line);
#define LOGGED(lines) client_logged(lines, __FILE__, __LINE__)
/* A request is sent and answered. */
#define SENT_ANSWERED(request, response) (fake_sent_hex(request), client_answer_hex(response))
/* The procedure that ran is over. */
void client_idle(void);

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, client_up, client_down)

#endif
