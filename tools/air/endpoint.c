/*
 * One attached host: a socket or a terminal on one side, a node of the world with its link layer on the other, H4
 * packets between.
 *
 * Nothing is dropped towards either. What the controller has no room for stays in the receive
 * buffer, and the socket is not read meanwhile; what the socket does not take stays in the
 * controller, beyond one buffer of ours. A host that hangs up, or whose octets are no H4, falls
 * silent on the air at once.
 */
#define _GNU_SOURCE
#include "air.h"

#include <ble/controller.h>

#include "base/container.h"
#include "spec/hci_codes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { WRITE_BD_ADDR_LEN = 10 };

static void move_in(struct endpoint *e);

static void hang_up(struct endpoint *e, const char *why)
{
	if (!e->gone)
		served_say(e->served, "host %u %s", e->number, why);
	e->gone = true;
}

static bool has_room_out(const struct endpoint *e)
{
	return e->out_end + BLE_H4_MAX <= sizeof e->out;
}

static void put_out(struct endpoint *e, const uint8_t *packet, size_t len)
{
	memcpy(e->out + e->out_end, packet, len);
	e->out_end += len;
}

static ssize_t send_some(const struct endpoint *e, const void *data, size_t len)
{
	return e->terminal ? write(e->fd, data, len) : send(e->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Controller to socket. */
static void move_out(struct endpoint *e)
{
	const uint8_t *packet;
	int len;
	do {
		while (has_room_out(e) && (len = e->ctlr->read(e->ctlr->ctx, &packet)) > 0)
			put_out(e, packet, (size_t)len);
		if (e->out_begin == e->out_end)
			return;
		ssize_t n = send_some(e, e->out + e->out_begin, e->out_end - e->out_begin);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			hang_up(e, "has left"); /* what it sent before that is not heard any more */
		if (n <= 0)
			return;
		e->out_begin += (size_t)n;
		if (e->out_begin < e->out_end)
			return;
		e->out_begin = e->out_end = 0;
	} while (!e->gone);
}

/* Its link layer has run. */
static void on_run(void *ctx, uint64_t now_us)
{
	struct endpoint *e = ctx;
	(void)now_us;
	if (e->gone)
		return;
	move_out(e);
	move_in(e);
}

static void on_taken(struct ble_tx *tx)
{
	CONTAINER_OF(tx, struct endpoint, tx)->tx_waits = false;
}

static bool is_address_taken(const struct endpoint *e, const uint8_t *address)
{
	for (unsigned i = 0; i < e->served->count; i++) {
		const struct endpoint *other = e->served->hosts[i];
		if (other != e && !memcmp(other->address, address, 6))
			return true;
	}
	return false;
}

/* Vendor Write BD_ADDR: an address that another host has is refused here; the link layer knows
 * nothing of others. */
static bool is_refused(struct endpoint *e, const uint8_t *packet, int len)
{
	const uint8_t low = HCI_CMD_VS_WRITE_BD_ADDR & 0xFF, high = HCI_CMD_VS_WRITE_BD_ADDR >> 8;
	if (len != WRITE_BD_ADDR_LEN || packet[0] != BLE_H4_COMMAND || packet[1] != low ||
		packet[2] != high)
		return false;
	if (!is_address_taken(e, packet + 4)) {
		memcpy(e->address, packet + 4, 6);
		return false;
	}
	const uint8_t answer[] = { BLE_H4_EVENT, HCI_EVT_COMMAND_COMPLETE, 4, 1, low, high,
		HCI_ERR_INVALID_PARAMETERS };
	put_out(e, answer, sizeof answer);
	return true;
}

/* Socket to controller, as far as it takes them. */
static void move_in(struct endpoint *e)
{
	const uint8_t *packet;
	int len = 0;
	bool any = false;
	while (!e->tx_waits && !e->gone && has_room_out(e) &&
		(len = ble_h4_next(&e->rx, &packet)) > 0) {
		if (is_refused(e, packet, len))
			continue;
		e->tx = (struct ble_tx){
			.data = (uint8_t *)packet, .len = (uint16_t)len, .done = on_taken
		};
		e->tx_waits = any = true;
		e->ctlr->write(e->ctlr->ctx, &e->tx);
	}
	if (len < 0)
		hang_up(e, "sent what is no H4 packet: it is shut out");
	if (any)
		e->ctlr->flush(e->ctlr->ctx);
}

bool endpoint_wants_read(const struct endpoint *e)
{
	return !e->tx_waits && has_room_out(e);
}

bool endpoint_wants_write(const struct endpoint *e)
{
	return e->out_begin < e->out_end;
}

void endpoint_receive(struct endpoint *e)
{
	if (!endpoint_wants_read(
		    e)) { /* a hang-up; the buffer may hold what the controller has not taken */
		hang_up(e, "has left");
		return;
	}
	uint8_t *at;
	size_t room = ble_h4_room(&e->rx, &at);
	ssize_t n = e->terminal ? read(e->fd, at, room) : recv(e->fd, at, room, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(e, "has left");
		return;
	}
	ble_h4_got(&e->rx, (size_t)n);
	move_in(e);
	if (endpoint_wants_write(e))
		move_out(e);
}

void endpoint_send(struct endpoint *e)
{
	move_out(e);
	move_in(e);
}

static bool start_trace(struct endpoint *e)
{
	char path[4096];
	const char *folder = e->served->options->btsnoop;
	if (!folder)
		return true;
	snprintf(path, sizeof path, "%s/host-%u.btsnoop", folder, e->number);
	if (!trace_file_open(&e->btsnoop, path, ble_trace_btsnoop))
		return false;
	ble_node_trace(e->node, &e->btsnoop.sink);
	return true;
}

static bool join(struct endpoint *e)
{
	char name[24];
	snprintf(name, sizeof name, "host %u", e->number);
	/* locally administered, and unlike those that the driver makes of identities in its second
	 * octet's zero */
	const uint8_t address[6] = { (uint8_t)e->number, (uint8_t)(e->number >> 8),
		(uint8_t)(e->number >> 16), 0x5E, 0x00, 0x02 };
	struct ble_node_options options = { .name = name };
	memcpy(e->address, address, 6);
	memcpy(options.ctlr.public_address, address, 6);
	e->node = ble_world_add(e->served->world, &options);
	if (!e->node)
		return false;
	e->ctlr = ble_node_transport(e->node);
	const struct ble_process process = { .ctx = e, .run = on_run };
	return e->ctlr->open(e->ctlr->ctx, NULL) == 0 && start_trace(e) &&
		ble_node_attach(e->node, &process) == 0;
}

struct endpoint *endpoint_new(struct served *s, int fd, unsigned number, struct terminal *terminal)
{
	struct endpoint *e = calloc(1, sizeof *e);
	if (!e) {
		close(fd);
		return NULL;
	}
	e->served = s;
	e->fd = fd;
	e->number = number;
	e->terminal = terminal;
	if (terminal)
		terminal->taken = true;
	ble_h4_init(&e->rx, e->in, sizeof e->in, LONGEST_FROM_HOST, BLE_H4_FROM_HOST);
	if (join(e))
		return e;
	endpoint_free(e);
	return NULL;
}

void endpoint_free(struct endpoint *e)
{
	if (e->node)
		ble_world_remove(e->node); /* gives e->tx back */
	trace_file_close(&e->btsnoop);
	if (e->terminal) {
		tcflush(e->fd, TCIOFLUSH); /* what it has not read is not for the next one */
		e->terminal->taken = false;
	}
	close(e->fd);
	free(e);
}
