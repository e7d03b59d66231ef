/*
 * What a monitor knows of its peer's database, and the procedures by which it learns it: MTU,
 * services, their characteristics, the descriptors, the readable values, then a subscription to
 * whatever notifies or indicates.
 */
#ifndef TOOLS_GLINT_TREE_H
#define TOOLS_GLINT_TREE_H

#include "glint.h"

enum { MOST_SERVICES = 64, MOST_CHARACTERISTICS = 256, LONGEST_VALUE = 512 };

struct service {
	struct uuid uuid;
	uint16_t start, end;
};

struct characteristic {
	struct uuid uuid;
	uint16_t handle, value_handle, end, cccd;
	uint8_t properties; /* Vol 3 Part G 3.3.1.1 */
	int read_err;       /* 1: not read */
	uint16_t len;
	uint8_t value[LONGEST_VALUE];
};

enum stage {
	STAGE_MTU,
	STAGE_SERVICES,
	STAGE_CHARACTERISTICS,
	STAGE_DESCRIPTORS,
	STAGE_READ,
	STAGE_SUBSCRIBE,
	STAGE_LIVE
};

struct tree {
	enum stage stage;
	unsigned at;  /* which of the stage's objects the procedure is about */
	bool running; /* a procedure is */
	bool only_read;
	bool cut; /* there was more than we keep */
	unsigned service_count, characteristic_count, subscribed;
	struct service services[MOST_SERVICES];
	struct characteristic characteristics[MOST_CHARACTERISTICS];
};

/* discover.c */
void discover_begin(struct tree *t, bool only_read);
/* Starts the next procedure if none runs. 0, also when there is nothing left (STAGE_LIVE);
 * BLE_EBUSY: again after the next event; other errors end it. */
int discover_step(struct tree *t, struct ble_host *host, ble_conn_id conn);
/* What a procedure found, and its end. False: the peer's answer makes going on pointless
 * (ev->done.err says). */
bool discover_event(struct tree *t, const struct ble_event *ev);

/* tree.c */
struct characteristic *tree_find(struct tree *t, uint16_t value_handle);
void tree_show(struct tree *t);
void tree_show_notified(
	const struct characteristic *c, const void *data, size_t len, bool indication);

#endif
