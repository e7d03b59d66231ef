/*
 * What lies under and over a bearer in these tests: L2CAP that keeps what it was told to send, a
 * clock that stands where it is put, and an event slot.
 */
#ifndef TESTS_ATT_FAKE_H
#define TESTS_ATT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "att/att.h"

enum { FAKE_TX = 3, FAKE_SDU = 517 };

struct fake {
	struct att att;
	struct att_bearer bearer;
	struct tmr_list timers;
	uint64_t now_us;
	struct ble_event ev; /* the last event; type 0: none since fake_clear() */
	unsigned events, sent, offered, more, indicated, expired;
	unsigned idle;       /* transmit buffers; a test may hide some */
	const struct att_extra *extras; /* rows of parts beside the server; NULL: none */
	uint8_t sdu[FAKE_SDU]; /* the last that was sent */
	uint16_t len;
};

extern struct fake fake;
extern const struct att_server_role fake_server;
extern const struct att_client_role fake_client;

void fake_reset(void);
/* Forgets what was sent and raised. */
void fake_clear(void);
void fake_time(uint64_t us); /* moves on by so much */
enum att_verdict fake_rx(const void *pdu, size_t len);
/* From text such as "0A 03 00"; the verdict must be DONE. */
void fake_rx_hex(const char *hex);
/* Exactly one SDU went out since fake_clear(), this one; then clears. */
void fake_sent_hex(const char *hex);
void fake_silent(void); /* nothing went out */
/* "0A 03" into octets; their number. */
size_t fake_octets(uint8_t *dst, const char *hex);

#endif
