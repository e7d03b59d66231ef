/*
 * Between the client's own files. The machine (client.c) knows no procedure: each is a constant of the file that has its
 * verb, so that a program links those that it calls.
 */
#ifndef GATT_CLIENT_H
#define GATT_CLIENT_H

#include "gatt/gatt.h"

/* What became of an item of a list. */
enum gatt_item {
	GATT_ITEM_SHOWN,  /* an event was raised */
	GATT_ITEM_PASSED, /* it is not for the program */
	GATT_ITEM_BAD,    /* it cannot be: the procedure ends by BLE_EBADPDU */
};

enum { GATT_REQUEST_MAX = 23 }; /* octets that every MTU has room for */

struct gatt_procedure {
	uint8_t id; /* enum ble_procedure */
	/* Octets of its longest request; 0: ATT_MTU. */
	uint8_t room;
	/* Writes the next request, and returns its length. */
	uint16_t (*request)(struct gatt_client *c, uint8_t *p);
	/* The response to it, opcode included. True: an event was raised. */
	bool (*response)(struct gatt_client *c, const uint8_t *pdu, uint16_t len);
	/* The next item of c->list. NULL: there are no lists. */
	enum gatt_item (*item)(struct gatt_client *c);
	/* An Error Response. True: it has been dealt with; false, or NULL: the procedure ends by it. */
	bool (*refused)(struct gatt_client *c, uint8_t code, uint16_t handle);
};

/* -- the machine ------------------------------------------------------------------------------- */

/* 0, or why no procedure can begin. */
int gatt_client_refusal(const struct gatt_client *c);
/* Sends the first request of what gatt_client_refusal() does not forbid. 0 or BLE_EBUSY. */
int gatt_client_begin(struct gatt_client *c, const struct gatt_procedure *procedure, uint16_t at, uint16_t end);
/* Both, for a range of handles: also BLE_EINVAL. */
int gatt_client_begin_range(struct gatt_client *c, const struct gatt_procedure *procedure, uint16_t start, uint16_t end);
/* The same for those of one UUID, of 2 or 16 octets; 0: of any. */
int gatt_client_begin_uuid(struct gatt_client *c, const struct gatt_procedure *procedure, uint16_t start, uint16_t end,
	const void *uuid, size_t uuid_len);
/* The procedure ends with err as soon as an event can be raised. */
void gatt_client_end(struct gatt_client *c, int err);
/* The items up to handle `last` have been seen: on from there, if there is anything beyond. */
void gatt_client_pass(struct gatt_client *c, uint16_t last);
/* A list of a response, if it is good: entry octets each. False, for whoever has shown nothing. */
bool gatt_client_list(struct gatt_client *c, bool good, uint8_t entry, const uint8_t *data, uint16_t len);
/* ATT_ERROR_RSP "not found" is how a list ends: Vol 3 Part G 4.4.1. */
bool gatt_client_not_found(struct gatt_client *c, uint8_t code, uint16_t handle);

static inline struct ble_event *gatt_client_raise(struct gatt_client *c, uint8_t type)
{
	struct att_bearer *b = c->att.bearer;
	return b->att->event(b, type);
}

/* The response to Find Information as a list. */
bool gatt_client_on_info(struct gatt_client *c, const uint8_t *pdu, uint16_t len);

/* -- requests ---------------------------------------------------------------------------------- */

/* Opcode and range; their length. */
static inline uint16_t gatt_range_write(uint8_t *p, uint8_t opcode, const struct gatt_client *c)
{
	p[0] = opcode;
	le16_put(p + 1, c->at);
	le16_put(p + 3, c->end);
	return 5;
}

/* The same and a 16-bit type. */
static inline uint16_t gatt_typed_range_write(uint8_t *p, uint8_t opcode, const struct gatt_client *c, uint16_t type)
{
	le16_put(p + 5, type);
	return (uint16_t)(gatt_range_write(p, opcode, c) + 2);
}

#endif
