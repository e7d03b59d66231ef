/*
 * A part: an optional role or procedure. The core walks the parts that were attached and never names one, so what the
 * program does not mention is not linked.
 *
 * Hooks are called from the host's thread. NULL means "nothing to do". A part that has news which no packet carries
 * raises host_pending() and gives the events one by one from its poll hook.
 */
#ifndef GLINT_HOST_PART_H
#define GLINT_HOST_PART_H

#include <ble/host.h>

#include "base/rd.h"

struct att_extra;
struct ble_conn;
struct hci_le_connection_complete;
struct ble_part_slot;

/* What a part takes; an object of its own, so that it can be asked for without linking the part. */
struct ble_room {
	uint16_t host_size; /* octets a host */
	uint16_t conn_size; /* octets a connection */
	/* Optional: adds what depends on the configuration. */
	void (*measure)(const struct ble_host_config *config, size_t *host_size, size_t *conn_size);
};

struct ble_part {
	const char *name;
	const struct ble_room *room;
	uint8_t subevent; /* for le_event; 0: none */
	const struct att_extra *extras; /* requests that it takes beside ble_server, ended by opcode 0; NULL: none */
	/* Memory is zeroed. May be called while connections are up. */
	void (*attach)(struct ble_host *host, struct ble_part_slot *slot, const struct ble_host_config *config);
	/* The LE Meta subevent that is this part's alone, r behind it. */
	void (*le_event)(struct ble_host *host, struct ble_part_slot *slot, struct rd *r);
	/* LE Connection Complete, before the host acts on it, the failed ones as well. */
	void (*complete)(struct ble_host *host, struct ble_part_slot *slot,
		const struct hci_le_connection_complete *cc);
	/* The connection is up; its conn memory is zeroed. */
	void (*conn_up)(struct ble_host *host, struct ble_part_slot *slot, struct ble_conn *conn);
	/*
	 * The connection is down, nothing can be sent. True: an event was put into ev and the hook wants to be called
	 * again (at the next poll); false: over. BLE_EV_DISCONNECTED follows when all parts are over.
	 */
	bool (*conn_down)(struct ble_host *host, struct ble_part_slot *slot, struct ble_conn *conn,
		struct ble_event *ev);
	/* After host_pending(): the next event, or false when there is none left. */
	bool (*poll)(struct ble_host *host, struct ble_part_slot *slot, struct ble_event *ev);
	/* The controller vanished or was stopped (connections come down on their own). */
	void (*lost)(struct ble_host *host, struct ble_part_slot *slot, int err);
};

/* An attached part; does not move. Its host_size octets follow, see host_mem(). */
struct ble_part_slot {
	const struct ble_part *part;
	struct ble_part_slot *next;
	uint8_t *conn; /* its conn_size octets a connection, see host_conn_mem() */
	uint16_t stride;
	uint8_t index;
	_Alignas(uint64_t) uint8_t mem[];
};

#endif
