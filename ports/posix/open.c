/*
 * A device on an operating system: the port's clock, randomness, store and driver under ble_init(), one allocation,
 * and the loop. What belongs to one device hangs on ble_port(). Here controllers hang on lines that can be pulled, so the
 * program's parts are followed by ble_heartbeat; in memory of the program's own there is no room for it.
 */
#include <ble/ble.h>
#include <ble/host.h>
#include "port.h"

#include <stdlib.h>

enum {
	FAREWELL_US = 1000000, /* ble_close() waits no longer for a peer's acknowledgement */
	PARTS_MAX = 16,
};

struct opened {
	struct ble_posix *os;
	struct ble_transport *transport;
	void *memory; /* ours to free, or NULL */
	const struct ble_part *parts[PARTS_MAX + 1];
};

static int refuse(struct ble_fault *fault, int err, const char *subject)
{
	if (fault)
		*fault = (struct ble_fault){ .err = err, .subject = subject, .max = -1 };
	return err;
}

static void release(struct opened *o)
{
	ble_posix_transport_free(o->transport);
	ble_posix_close(o->os);
	free(o->memory);
	free(o);
}

/* The program's and one more; with as many as there can be, or memory of its own, it has what it names. */
static void add_heartbeat(struct opened *o, struct ble_options *options)
{
	size_t count = 0;
	for (; options->parts && options->parts[count]; count++) {
		if (count == PARTS_MAX - 1)
			return;
		o->parts[count] = options->parts[count];
	}
	o->parts[count] = &ble_heartbeat;
	options->parts = o->parts;
}

static int open_parts(struct opened *o, struct ble **ble, struct ble_options *options)
{
	int err = ble_posix_open(&o->os, NULL, options->fault);
	if (!err)
		err = ble_posix_transport(o->os, options->driver, options->drivers, &o->transport, options->fault);
	if (err)
		return err;
	options->platform = ble_posix_platform(o->os);
	options->transport = o->transport;
	if (!options->memory) {
		add_heartbeat(o, options);
		options->memory_size = ble_memory(options);
		options->memory = o->memory = malloc(options->memory_size);
		if (!o->memory)
			return refuse(options->fault, BLE_ENOMEM, "memory");
	}
	return ble_init(ble, options->memory, options->memory_size, options);
}

int ble_open(struct ble **ble, const struct ble_options *options)
{
	struct ble_options own = *options;
	struct opened *o = calloc(1, sizeof *o);
	if (options->fault)
		*options->fault = (struct ble_fault){ 0 };
	*ble = NULL;
	if (!o)
		return refuse(options->fault, BLE_ENOMEM, "memory");
	int err = open_parts(o, ble, &own);
	if (err) {
		release(o);
		return err;
	}
	*ble_port(*ble) = o;
	return 0;
}

int ble_run(struct ble *ble, uint32_t ms)
{
	struct opened *o = *ble_port(ble);
	uint64_t now = ble_posix_now();
	uint64_t until = ms == BLE_FOREVER ? BLE_NEVER : now + (uint64_t)ms * 1000;
	for (;;) {
		bool woken = o->os->woken;
		o->os->woken = false;
		int err = ble_process(ble, now);
		if (err)
			return err;
		if (woken || ble_posix_now() >= until)
			return 0;
		uint64_t due = ble_next_due(ble);
		err = ble_posix_wait(o->os, o->transport, due < until ? due : until);
		if (err)
			return err;
		now = ble_posix_now();
	}
}

int ble_fd(struct ble *ble)
{
	struct opened *o = *ble_port(ble);
	return ble_posix_fd(o->os, o->transport, ble_next_due(ble));
}

/* Serves until the last connection has ended, or a second is over. */
static void say_farewell(struct ble *ble, struct opened *o)
{
	uint64_t until = ble_posix_now() + FAREWELL_US;
	if (ble_disconnect(ble, 0) < 0)
		return;
	while (ble_conn_next(ble_host(ble), 0) && ble_posix_now() < until) {
		if (ble_process(ble, ble_posix_now()) < 0)
			return;
		uint64_t due = ble_next_due(ble);
		if (ble_posix_wait(o->os, o->transport, due < until ? due : until) < 0)
			return;
	}
}

void ble_close(struct ble *ble)
{
	if (!ble)
		return;
	struct opened *o = *ble_port(ble);
	say_farewell(ble, o);
	ble_end(ble);
	release(o);
}
