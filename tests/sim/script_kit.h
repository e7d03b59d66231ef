/*
 * A peer of an example's device, on a node of its own, whose script reads from top to bottom. The script is one
 * function: it waits in AWAIT for the host's next event of a type and goes on behind it (its locals do not survive,
 * what it needs is in struct peer or static). peer_find() does what every script begins with: scanning for a name,
 * connecting, Exchange MTU, and a list of all attributes; then comes PEER_FOUND. The first step is at BLE_EV_READY.
 *
 * A CHECK that fails ends the scenario and keeps its line: the output of the test is captured while it runs.
 */
#ifndef TESTS_SIM_SCRIPT_KIT_H
#define TESTS_SIM_SCRIPT_KIT_H

#include "example_kit.h"

enum { PEER_FOUND = BLE_EV_COUNT, PEER_TIME, PEER_ATTRIBUTES = 64, PEER_HEARD = 64 };

struct peer {
	/* of its host, set before; 0 and NULL: the default. All else is zeroed */
	uint16_t att_mtu;
	const struct ble_part *const *parts;
	void (*script)(struct peer *p);
	int line;        /* where the script goes on */
	int failed_line; /* of the first CHECK that failed */
	bool over;
	uint8_t awaited;
	/* what the script may look at */
	const struct ble_event *ev; /* the awaited one */
	ble_conn_id conn;
	uint16_t mtu;
	uint64_t now_us;
	uint8_t value[600]; /* of the last read; the script sets value_len to 0 before it */
	unsigned value_len;
	struct {
		uint16_t handle, uuid; /* of 128-bit types octets 12 and 13 */
		uint8_t wide[16];      /* zeros: it is a 16-bit one */
	} attributes[PEER_ATTRIBUTES];
	unsigned attribute_count;
	struct {
		uint64_t t_us;
		uint16_t handle, len;
		bool indication;
		uint8_t data[256];
	} heard[PEER_HEARD]; /* notifications and indications */
	unsigned heard_count;
	uint64_t
		deaf_until_us; /* set by a script: the host is not run until then, so nothing is confirmed either */
	/* private */
	uint64_t time_us;
	const char *name;
	struct ble_world *world;
	struct ble_node *node;
	struct ble_host *host;
	void *memory;
};

#define SCRIPT_BEGIN(p)      \
	switch ((p)->line) { \
	case 0:
#define SCRIPT_END(p) \
	}             \
	(p)->over = true
/* Instead of SCRIPT_END: goes on with another function. */
#define SCRIPT_THEN(p, next)  \
	}                     \
	(p)->line = 0;        \
	(p)->script = (next); \
	(p)->script(p)
/* One a line. */
#define AWAIT(p, type)                 \
	do {                           \
		(p)->awaited = (type); \
		(p)->line = __LINE__;  \
		return;                \
	case __LINE__:;                \
	} while (0)
#define AWAIT_MS(p, ms)                                           \
	do {                                                      \
		(p)->time_us = (p)->now_us + (uint64_t)(ms)*1000; \
		(p)->awaited = PEER_TIME;                         \
		(p)->line = __LINE__;                             \
		return;                                           \
	case __LINE__:;                                           \
	} while (0)
#define CHECK(p, condition)                     \
	do {                                    \
		if (!(condition)) {             \
			peer_fail(p, __LINE__); \
			return;                 \
		}                               \
	} while (0)

static inline void peer_fail(struct peer *p, int line)
{
	if (!p->failed_line)
		p->failed_line = line;
	p->over = true;
}

static inline void peer_ok(struct peer *p, int err)
{
	if (err)
		peer_fail(p, -err);
}

/* The next attribute of a type behind a handle; 0: there is none. */
static inline uint16_t peer_handle(const struct peer *p, uint16_t after, uint16_t uuid)
{
	for (unsigned i = 0; i < p->attribute_count; i++)
		if (p->attributes[i].handle > after && p->attributes[i].uuid == uuid)
			return p->attributes[i].handle;
	return 0;
}

/* Scans until a device of this name is there; PEER_FOUND follows. */
static inline void peer_find(struct peer *p, const char *name)
{
	p->name = name;
	p->conn = 0;
	p->attribute_count = 0;
	peer_ok(p, ble_scan_start(p->host, &(struct ble_scan_params){ .active = true }));
}

static inline void peer_attribute(struct peer *p, const struct ble_event *ev)
{
	const uint8_t *wide = ev->descriptor.uuid128;
	if (p->attribute_count == PEER_ATTRIBUTES) {
		peer_fail(p, __LINE__);
		return;
	}
	unsigned i = p->attribute_count++;
	p->attributes[i].handle = ev->descriptor.handle;
	p->attributes[i].uuid = ev->descriptor.uuid;
	if (wide) {
		p->attributes[i].uuid = (uint16_t)(wide[12] | wide[13] << 8);
		memcpy(p->attributes[i].wide, wide, 16);
	}
}

static inline void peer_value(struct peer *p, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_VALUE && p->value_len + ev->value.len <= sizeof p->value) {
		memcpy(p->value + p->value_len, ev->value.data, ev->value.len);
		p->value_len += ev->value.len;
	} else if (ev->type == BLE_EV_NOTIFIED && p->heard_count < PEER_HEARD) {
		unsigned i = p->heard_count++;
		p->heard[i].t_us = ev->t_us;
		p->heard[i].handle = ev->value.handle;
		p->heard[i].len = ev->value.len;
		p->heard[i].indication = ev->value.indication;
		memcpy(p->heard[i].data, ev->value.data, ev->value.len < 256 ? ev->value.len : 256);
	}
}

/* What peer_find() began. True: the list of attributes is whole. */
static inline bool peer_finding(struct peer *p, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_REPORT && p->name && kit_has_name(ev, p->name)) {
		struct ble_addr addr = ev->report.addr;
		p->name = NULL;
		peer_ok(p, ble_scan_stop(p->host));
		peer_ok(p, ble_conn_create(p->host, &addr, NULL));
	} else if (ev->type == BLE_EV_CONNECTED) {
		p->conn = ev->conn;
		peer_ok(p, ble_client_exchange_mtu(p->host, p->conn));
	} else if (ev->type == BLE_EV_MTU) {
		p->mtu = ev->mtu.mtu;
	} else if (ev->type == BLE_EV_DESCRIPTOR) {
		peer_attribute(p, ev);
	} else if (ev->type == BLE_EV_DONE && ev->done.procedure == BLE_PROC_MTU) {
		peer_ok(p, ev->done.err);
		peer_ok(p, ble_client_descriptors(p->host, p->conn, 1, 0xFFFF));
	} else if (ev->type == BLE_EV_DONE && ev->done.procedure == BLE_PROC_DESCRIPTORS) {
		return true;
	} else {
		peer_value(p, ev);
	}
	return false;
}

static inline void peer_step(struct peer *p, uint8_t type, const struct ble_event *ev)
{
	if (p->over || type != p->awaited)
		return;
	p->ev = ev;
	p->script(p);
}

static inline void peer_run(void *ctx, uint64_t now_us)
{
	struct peer *p = ctx;
	p->now_us = now_us;
	if (now_us < p->deaf_until_us)
		return;
	ble_host_run(p->host, now_us);
	if (p->awaited == PEER_TIME && now_us >= p->time_us)
		peer_step(p, PEER_TIME, NULL);
	for (struct ble_event ev; now_us >= p->deaf_until_us && ble_host_poll(p->host, &ev);)
		peer_step(p, peer_finding(p, &ev) ? (uint8_t)PEER_FOUND : ev.type, &ev);
}

static inline uint64_t peer_next_due(void *ctx)
{
	struct peer *p = ctx;
	uint64_t due = ble_host_next_due(p->host);
	if (p->now_us < p->deaf_until_us)
		return p->deaf_until_us;
	return p->awaited == PEER_TIME && p->time_us < due ? p->time_us : due;
}

static inline void peer_add(struct peer *p, struct ble_world *world, void (*script)(struct peer *p))
{
	*p = (struct peer){
		.att_mtu = p->att_mtu, .parts = p->parts, .script = script, .awaited = BLE_EV_READY, .world = world
	};
	p->node = ble_world_add(world, &(struct ble_node_options){ .name = "peer", .x_m = 2 });
	assert_non_null(p->node);
	struct ble_host_config config = {
		.transport = ble_node_transport(p->node),
		.platform = ble_node_platform(p->node),
		.parts = p->parts ? p->parts : BLE_PARTS(&ble_observer, &ble_central, &ble_client),
		.att_mtu = p->att_mtu,
	};
	size_t size = ble_host_memory(&config);
	p->memory = malloc(size);
	assert_non_null(p->memory);
	assert_int_equal(ble_host_init(&p->host, p->memory, size, &config, NULL), 0);
	struct ble_process process = { .ctx = p, .run = peer_run, .next_due = peer_next_due };
	assert_int_equal(ble_node_attach(p->node, &process), 0);
	assert_int_equal(ble_host_start(p->host), 0);
}

static inline bool peer_is_over(void *ctx)
{
	return ((struct peer *)ctx)->over;
}

/* Every packet is back where it belongs, and nothing was malformed. */
static inline void peer_remove(struct peer *p)
{
	struct ble_host_stats stats;
	ble_host_stop(p->host);
	ble_host_stats(p->host, &stats);
	assert_int_equal(stats.tx_idle, stats.tx_total);
	assert_int_equal(stats.malformed, 0);
	ble_world_remove(p->node);
	free(p->memory);
}

/* Runs an example with a peer in a world of their own until the script is over; `air` (or NULL) gets the air. */
static inline void peer_scenario(int (*program)(void), void (*script)(struct peer *p),
	struct peer *p, uint64_t seed, const struct ble_trace *air, struct kit_output *o)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = seed });
	assert_non_null(world);
	ble_world_trace(world, air);
	peer_add(p, world, script);
	struct port_world port = {
		.world = world, .end_us = 120000000, .over = peer_is_over, .ctx = p
	};
	kit_main(program, &port, o);
	port_world_leave();
	if (p->failed_line || !p->over)
		fail_msg("the script stands at line %d, failed at %d; printed:\n%s%s", p->line,
			p->failed_line, o->out, o->err);
	peer_remove(p);
	ble_world_free(world);
}

#endif
