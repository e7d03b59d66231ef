/*
 * virtual:[NAME], a controller of the simulated air. All programs of one user that say the same
 * name are on one air; the first starts it (virtual_air.c), the last that leaves ends it.
 *
 * Opening greets the controller before the host does: with the address that is made from the stored
 * identity, or a Reset. The answer shows that the air is alive; an end of file instead shows one
 * that was just leaving, and then another is started.
 */
#define _GNU_SOURCE
#include "virtual.h"

#include <ble/posix.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	GREETING_MS = 5000,
	ATTEMPTS = 5,
	HCI_RESET = 0x0C03,
	HCI_VS_WRITE_BD_ADDR = 0xFC06,
};

/* What greets is answered by a Command Complete, whatever its status: an address that is refused is no harm. A random
 * address is made a locally administered public one. */
static int greet(struct virtual_driver *v)
{
	struct ble_transport *t = &v->stream.transport;
	uint8_t address[6];
	if (!v->has_identity)
		return driver_command(t, HCI_RESET, NULL, 0, NULL, GREETING_MS);
	memcpy(address, v->identity + 1, 6);
	if (v->identity[0] != BLE_ADDR_PUBLIC)
		address[5] = (uint8_t)((address[5] & 0xFC) | 0x02);
	return driver_command(t, HCI_VS_WRITE_BD_ADDR, address, sizeof address, NULL, GREETING_MS);
}

static int connect_virtual(struct stream *s, struct ble_fault *fault)
{
	struct virtual_driver *v = (struct virtual_driver *)s;
	int err = virtual_find_socket(v, fault);
	if (err)
		return err;
	int fd = stream_connect_unix(v->path);
	if (fd == -ENOENT || fd == -ECONNREFUSED) {
		err = virtual_start_air(v, fault);
		if (err)
			return err;
		fd = stream_connect_unix(v->path);
	}
	if (fd == -EAGAIN)
		return driver_fault(fault, BLE_EBUSY, "virtual", v->path,
			"too many wait to be let in to the simulated air; try again");
	if (fd == -ENOENT || fd == -ECONNREFUSED)
		return BLE_EGONE; /* it left again at once */
	if (fd < 0)
		return driver_fault(fault, BLE_EIO, "virtual", v->path,
			"the simulated air's socket cannot be connected to; remove it and "
			"try again");
	return fd;
}

static int open_virtual(void *ctx, struct ble_fault *fault)
{
	struct virtual_driver *v = ctx;
	int err = BLE_EGONE;
	for (int i = 0; i < ATTEMPTS && err == BLE_EGONE; i++) {
		err = stream_open(v, fault);
		if (err == BLE_EGONE)
			continue;
		if (err)
			return err;
		err = greet(v);
		if (err >= 0)
			return 0;
		stream_close(v);
	}
	if (err == BLE_EGONE)
		return driver_fault(fault, BLE_EGONE, "virtual", v->path,
			"the simulated air leaves as soon as it is started; its last words are in the .log "
			"beside its socket");
	return driver_fault(fault, err, "virtual", v->path,
		"the simulated air does not answer: it hangs, or is full (200 hosts); "
		"end its glint-air process, or use an air of your own, virtual:NAME");
}

static void destroy(void *ctx)
{
	free(ctx);
}

static bool is_name(const char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-' && s[i] != '_')
			return false;
	return n <= VIRTUAL_NAME_MAX;
}

static int create_virtual(struct ble_transport **out, const char *rest, const uint8_t *identity,
	struct ble_fault *fault)
{
	if (!is_name(rest))
		return driver_fault(fault, BLE_EINVAL, "driver", rest,
			"the name of a simulated air has at most 32 letters, digits, - and _: "
			"virtual:lab2");
	struct virtual_driver *v = calloc(1, sizeof *v);
	if (!v)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	strcpy(v->name, rest); /* is_name() bounds it */
	if (identity) {
		memcpy(v->identity, identity, sizeof v->identity);
		v->has_identity = true;
	}
	stream_init(&v->stream, STREAM_SOCKET, connect_virtual);
	v->stream.transport.open = open_virtual;
	v->stream.transport.destroy = destroy;
	*out = &v->stream.transport;
	return 0;
}

const struct ble_driver ble_driver_virtual = { .scheme = "virtual", .create = create_virtual };
