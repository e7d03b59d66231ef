/*
 * What the tests of the examples share: a scripted central on a node of its own, written on client.h, that finds a
 * device by name, connects, discovers one service and what is in it, reads, subscribes and writes; and the running of
 * an example's main() in the same world, with what it prints.
 *
 * The port that an example gets instead of POSIX is compiled here, once a test program.
 */
#ifndef TESTS_SIM_EXAMPLE_KIT_H
#define TESTS_SIM_EXAMPLE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ble/client.h>

#include "ports/world/open.c"

enum { KIT_LEVELS = 64, KIT_LOG = 16 };

/* A write that the central makes when it has discovered everything. */
struct kit_write {
	uint8_t octet;
	bool command;
};

struct kit_central {
	/* the script */
	const char *name;        /* whom to look for */
	uint8_t service[16];
	size_t service_len;      /* 2 or 16 */
	uint16_t characteristic; /* UUID, or octets 12 and 13 of a 128-bit one */
	bool read, subscribe;
	const struct kit_write *writes;
	unsigned write_count;
	/* what became of it */
	struct ble_world *world;
	struct ble_node *node;
	struct ble_host *host;
	void *memory;
	ble_conn_id conn;
	uint16_t start, end, value_handle, cccd, mtu;
	uint8_t value[64], levels[KIT_LEVELS];
	unsigned value_len, level_count, written, services_seen;
	bool discovered, subscribed, disconnected;
	int failure; /* the first error that was reported */
};

static inline void kit_ok(struct kit_central *c, int err)
{
	if (err && !c->failure)
		c->failure = err;
}

static inline bool kit_has_name(const struct ble_event *ev, const char *name)
{
	const uint8_t *d = ev->report.data;
	for (unsigned i = 0; i + 1u < ev->report.len && d[i]; i += d[i] + 1u)
		if (d[i + 1] == 0x09 && d[i] == strlen(name) + 1 && memcmp(d + i + 2, name, strlen(name)) == 0)
			return true;
	return false;
}

/* The next thing that the script wants, once everything is discovered. */
static inline void kit_next(struct kit_central *c)
{
	c->discovered = true;
	if (c->read) {
		c->read = false;
		kit_ok(c, ble_client_read(c->host, c->conn, c->value_handle));
	} else if (c->subscribe) {
		c->subscribe = false;
		c->subscribed = true;
		kit_ok(c, ble_client_write(c->host, c->conn, c->cccd, "\x01\x00", 2));
	} else {
		while (c->written < c->write_count) {
			const struct kit_write *w = &c->writes[c->written++];
			if (!w->command) {
				kit_ok(c, ble_client_write(c->host, c->conn, c->value_handle, &w->octet, 1));
				return; /* goes on when it is done */
			}
			kit_ok(c, ble_client_write_command(c->host, c->conn, c->value_handle, &w->octet, 1));
		}
	}
}

static inline void kit_done(struct kit_central *c, const struct ble_event *ev)
{
	kit_ok(c, ev->done.err);
	if (ev->done.procedure == BLE_PROC_MTU) {
		kit_ok(c, ble_client_services(c->host, c->conn, c->service, c->service_len));
	} else if (ev->done.procedure == BLE_PROC_SERVICES) {
		kit_ok(c, ble_client_characteristics(c->host, c->conn, c->start, c->end));
	} else if (ev->done.procedure == BLE_PROC_CHARACTERISTICS && c->value_handle < c->end) {
		kit_ok(c, ble_client_descriptors(c->host, c->conn, (uint16_t)(c->value_handle + 1), c->end));
	} else {
		kit_next(c);
	}
}

static inline void kit_found(struct kit_central *c, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_SERVICE) {
		c->services_seen++;
		c->start = ev->service.start;
		c->end = ev->service.end;
	} else if (ev->type == BLE_EV_CHARACTERISTIC) {
		const uint8_t *wide = ev->characteristic.uuid128;
		uint16_t uuid = ev->characteristic.uuid;
		if (wide)
			uuid = (uint16_t)(wide[12] | wide[13] << 8);
		if (uuid == c->characteristic)
			c->value_handle = ev->characteristic.value_handle;
	} else if (ev->descriptor.uuid == 0x2902) {
		c->cccd = ev->descriptor.handle;
	}
}

static inline void kit_on_event(struct kit_central *c, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_READY) {
		kit_ok(c, ble_scan_start(c->host, &(struct ble_scan_params){ .active = true }));
	} else if (ev->type == BLE_EV_REPORT) {
		if (c->name && !c->conn && kit_has_name(ev, c->name)) {
			struct ble_addr peer = ev->report.addr;
			c->name = NULL;
			kit_ok(c, ble_scan_stop(c->host));
			kit_ok(c, ble_conn_create(c->host, &peer, NULL));
		}
	} else if (ev->type == BLE_EV_CONNECTED) {
		c->conn = ev->conn;
		kit_ok(c, ble_client_exchange_mtu(c->host, c->conn));
	} else if (ev->type == BLE_EV_MTU) {
		c->mtu = ev->mtu.mtu;
	} else if (ev->type == BLE_EV_SERVICE || ev->type == BLE_EV_CHARACTERISTIC || ev->type == BLE_EV_DESCRIPTOR) {
		kit_found(c, ev);
	} else if (ev->type == BLE_EV_VALUE) {
		assert_true(c->value_len + ev->value.len <= sizeof c->value);
		memcpy(c->value + c->value_len, ev->value.data, ev->value.len);
		c->value_len += ev->value.len;
	} else if (ev->type == BLE_EV_NOTIFIED) {
		if (c->level_count < KIT_LEVELS && ev->value.len == 1 && ev->value.handle == c->value_handle)
			c->levels[c->level_count++] = ev->value.data[0];
	} else if (ev->type == BLE_EV_DONE) {
		kit_done(c, ev);
	} else if (ev->type == BLE_EV_DISCONNECTED) {
		c->disconnected = true;
	} else if (ev->type == BLE_EV_ERROR) {
		kit_ok(c, ev->error.err);
	}
}

static inline void kit_run(void *ctx, uint64_t now_us)
{
	struct kit_central *c = ctx;
	ble_host_run(c->host, now_us);
	for (struct ble_event ev; ble_host_poll(c->host, &ev);)
		kit_on_event(c, &ev);
}

static inline uint64_t kit_next_due(void *ctx)
{
	struct kit_central *c = ctx;
	return ble_host_next_due(c->host);
}

/* The script is filled in; it begins when time passes. */
static inline void kit_central_add(struct kit_central *c, struct ble_world *world)
{
	c->world = world;
	c->node = ble_world_add(world, &(struct ble_node_options){ .name = "central", .x_m = 2 });
	assert_non_null(c->node);
	struct ble_host_config config = {
		.transport = ble_node_transport(c->node),
		.platform = ble_node_platform(c->node),
		.parts = BLE_PARTS(&ble_observer, &ble_central, &ble_client),
	};
	size_t size = ble_host_memory(&config);
	c->memory = malloc(size);
	assert_non_null(c->memory);
	assert_int_equal(ble_host_init(&c->host, c->memory, size, &config, NULL), 0);
	struct ble_process process = { .ctx = c, .run = kit_run, .next_due = kit_next_due };
	assert_int_equal(ble_node_attach(c->node, &process), 0);
	assert_int_equal(ble_host_start(c->host), 0);
}

/* Every packet is back where it belongs; then the node goes. */
static inline void kit_central_remove(struct kit_central *c)
{
	struct ble_host_stats stats;
	ble_host_stop(c->host);
	ble_host_stats(c->host, &stats);
	assert_int_equal(stats.tx_idle, stats.tx_total);
	ble_world_remove(c->node);
	free(c->memory);
}

struct kit_output {
	int status; /* of main() */
	char out[4096], err[1024];
};

static inline int kit_capture(int fd, int *saved)
{
	char name[] = "/tmp/glint-test-XXXXXX";
	int file = mkstemp(name);
	assert_true(file >= 0);
	unlink(name);
	*saved = dup(fd);
	dup2(file, fd);
	return file;
}

static inline void kit_restore(int fd, int saved, int file, char *text, size_t size)
{
	dup2(saved, fd);
	close(saved);
	ssize_t n = pread(file, text, size - 1, 0);
	text[n > 0 ? n : 0] = 0;
	close(file);
}

/* Runs an example in a world until its end. */
static inline void kit_main(int (*program)(void), const struct port_world *port, struct kit_output *o)
{
	int saved_out, saved_err;
	fflush(NULL);
	int out = kit_capture(STDOUT_FILENO, &saved_out);
	int err = kit_capture(STDERR_FILENO, &saved_err);
	port_world_enter(port);
	o->status = program();
	fflush(NULL);
	kit_restore(STDERR_FILENO, saved_err, err, o->err, sizeof o->err);
	kit_restore(STDOUT_FILENO, saved_out, out, o->out, sizeof o->out);
}

#endif
