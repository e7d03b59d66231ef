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
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	GREETING_MS = 5000,
	ATTEMPTS = 5,
	HCI_RESET = 0x0C03,
	HCI_VS_WRITE_BD_ADDR = 0xFC06,
	HCI_COMMAND_COMPLETE = 0x0E,
	LONGEST_GREETING = 10,
};

/* The command that greets: its length. A random address is made a locally administered public one.
 */
static size_t make_greeting(const struct virtual_driver *v, uint8_t *p)
{
	uint16_t opcode = v->has_identity ? HCI_VS_WRITE_BD_ADDR : HCI_RESET;
	p[0] = BLE_H4_COMMAND;
	p[1] = (uint8_t)opcode;
	p[2] = (uint8_t)(opcode >> 8);
	p[3] = v->has_identity ? 6 : 0;
	if (!v->has_identity)
		return 4;
	memcpy(p + 4, v->identity + 1, 6);
	if (v->identity[0] != BLE_ADDR_PUBLIC)
		p[9] = (uint8_t)((p[9] & 0xFC) | 0x02);
	return LONGEST_GREETING;
}

/* Waits for the Command Complete of the greeting, whatever its status: an address that is refused
 * is no harm. */
static int await_answer(int fd, const uint8_t *greeting)
{
	uint8_t buf[BLE_H4_MAX];
	const uint8_t *p;
	struct ble_h4_rx rx;
	ble_h4_init(&rx, buf, sizeof buf, BLE_H4_MAX, BLE_H4_FROM_CTLR);
	for (;;) {
		uint8_t *at;
		size_t room = ble_h4_room(&rx, &at);
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		int ready = poll(&poll_fd, 1, GREETING_MS);
		if (ready == 0)
			return BLE_ETIMEOUT;
		if (ready < 0 && errno == EINTR)
			continue;
		ssize_t n = recv(fd, at, room, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return BLE_EGONE;
		ble_h4_got(&rx, (size_t)n);
		int len;
		while ((len = ble_h4_next(&rx, &p)) > 0)
			if (len >= 6 && p[1] == HCI_COMMAND_COMPLETE && p[4] == greeting[1] &&
				p[5] == greeting[2])
				return 0;
		if (len < 0)
			return BLE_EBADPDU;
	}
}

static int greet(struct virtual_driver *v, int fd)
{
	uint8_t greeting[LONGEST_GREETING];
	size_t len = make_greeting(v, greeting);
	if (send(fd, greeting, len, MSG_NOSIGNAL) != (ssize_t)len)
		return BLE_EGONE;
	return await_answer(fd, greeting);
}

static int connect_virtual(struct stream *s, struct ble_fault *fault)
{
	struct virtual_driver *v = (struct virtual_driver *)s;
	int err = virtual_find_socket(v, fault);
	for (int i = 0; i < ATTEMPTS && !err; i++) {
		int fd = stream_connect_unix(v->path);
		if (fd == -ENOENT || fd == -ECONNREFUSED) {
			err = virtual_start_air(v, fault);
			continue;
		}
		if (fd == -EAGAIN)
			return driver_fault(fault, BLE_EBUSY, "virtual", v->path,
				"too many wait to be let in to the simulated air; try again");
		if (fd < 0)
			return driver_fault(fault, BLE_EIO, "virtual", v->path,
				"the simulated air's socket cannot be connected to; remove it and "
				"try again");
		int answer = greet(v, fd);
		if (!answer)
			return fd;
		close(fd);
		if (answer != BLE_EGONE)
			return driver_fault(fault, answer, "virtual", v->path,
				"the simulated air does not answer: it hangs, or is full (200 hosts); "
				"end its glint-air process, or use an air of your own, virtual:NAME");
	}
	if (err)
		return err;
	return driver_fault(fault, BLE_EGONE, "virtual", v->path,
		"the simulated air leaves as soon as it is started; its last words are in the .log "
		"beside its socket");
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
	stream_init(&v->stream, connect_virtual);
	v->stream.transport.destroy = destroy;
	*out = &v->stream.transport;
	return 0;
}

const struct ble_driver ble_driver_virtual = { .scheme = "virtual", .create = create_virtual };
