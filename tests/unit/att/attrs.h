/* A database of eight attributes for the server's rows, and the parts' rows beside them. */
#ifndef TESTS_ATT_ATTRS_H
#define TESTS_ATT_ATTRS_H

#include "fake.h"

enum { WRITES = 1, READS = 2, ASKS = 4, TELLS = 8 };

struct attr {
	uint16_t type;
	const uint8_t *base;
	uint8_t may;
	uint16_t size;
	const char *value;
	uint16_t len;
};

/* Handles 1..8, one service: 3 may be written and read, 4 only written, 5 is long, 7 is asked for, 8 is a CCCD. */
enum { ATTRS = 8, QUEUE = 16 };
extern const struct attr attrs[ATTRS];

extern struct attrs {
	struct att_server server;
	uint32_t token;   /* of the last event */
	uint16_t asked;   /* handle of the last that was asked for or told of */
	uint16_t gone;    /* a handle that is not there any more; 0: none */
	uint8_t may_more; /* or'ed to what handle 5 may */
	uint16_t authorised; /* a handle whose long writes the program authorises; 0: none */
	bool write_waits; /* writes are the program's to answer */
	unsigned writes;
	uint8_t written[32]; /* the last: its handle, its octets */
	size_t written_len;
	struct att_queue *queue;
	struct att_multiple *multiple;
} attrs_state;

/* A fresh server over it, with the parts' rows. */
int attrs_up(void **state);
/* Every buffer is idle, no timer runs. */
int attrs_down(void **state);

#endif
