/* A controller at the other end of a driver: wire.h. Numbers: Vol 4 Part E 7. */
#define _GNU_SOURCE
#include "wire.h"

#include <ble/transport.h>

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { RESET = 0x0C03, COMMANDS = 0x1002, VERSION = 0x1001, ADDRESS = 0x1009, LE_BUFFERS = 0x2002, VS_STATIC = 0xFC09 };
enum attack { GARBAGE, HALF, SILENCE, ENDLESS, GARBAGE_BEHIND, ATTACKS };

static void put(struct wire *w, const uint8_t *p, size_t len)
{
	while (len && w->fd >= 0) {
		ssize_t n = write(w->fd, p, len);
		if (n <= 0)
			return; /* it has been closed: the host has had enough */
		p += n;
		len -= (size_t)n;
	}
}

static void say(struct wire *w, const uint8_t *packet, size_t len)
{
	if (w->kind != WIRE_H5) {
		put(w, packet, len);
		return;
	}
	w->h5.waits = false; /* its acknowledgement is not waited for: the line is perfect */
	h5_peer_send(&w->h5, packet[0], packet + 1, len - 1);
	w->h5.seq = (w->h5.seq + 1) & 7;
	w->h5.waits = false;
	put(w, w->h5.out, w->h5.out_len);
	w->h5.out_len = 0;
}

/* The answer to a command: its length. */
static size_t answer(const struct wire *w, uint16_t opcode, uint8_t *p)
{
	size_t n = 1;
	uint8_t *ret = p + 7;
	memset(p, 0, 80);
	if (opcode == COMMANDS) {
		ret[15] = 1 << 1; /* Read BD_ADDR; the rest is taken not to be there */
		n = 65;
	} else if (opcode == VERSION) {
		ret[4] = (uint8_t)w->maker;
		ret[5] = (uint8_t)(w->maker >> 8);
		n = 9;
	} else if (opcode == ADDRESS) {
		memcpy(ret, w->bd_addr, 6);
		n = 7;
	} else if (opcode == LE_BUFFERS) {
		ret[0] = 251;
		ret[2] = 4;
		n = 4;
	} else if (opcode == VS_STATIC) {
		ret[0] = 1;
		memcpy(ret + 1, w->static_addr, 6);
		n = 2 + 6 + 16;
	}
	const uint8_t head[] = { BLE_H4_EVENT, 0x0E, (uint8_t)(3 + n), 1, (uint8_t)opcode, (uint8_t)(opcode >> 8) };
	memcpy(p, head, sizeof head);
	return 6 + n;
}

static uint32_t throw(uint32_t *dice)
{
	*dice = *dice * 1664525 + 1013904223;
	return *dice >> 8;
}

static void attack(struct wire *w, uint32_t seed, const uint8_t *packet, size_t len)
{
	static const uint8_t endless[600] = { BLE_H4_ACL, 0, 0, 0xFF, 0xFF, 1, 2, 3 };
	uint8_t octets[400];
	uint32_t dice = seed;
	size_t n = 1 + throw(&dice) % sizeof octets;
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (uint8_t)throw(&dice);
	switch ((enum attack)(seed % ATTACKS)) {
	case GARBAGE: put(w, octets, n); break;
	case HALF: put(w, packet, 1 + throw(&dice) % (len - 1)); break;
	case SILENCE: break;
	case ENDLESS: put(w, endless, sizeof endless); break;
	case GARBAGE_BEHIND: /* what begins as it should */
		memcpy(octets, packet, len < 5 ? len : 5);
		put(w, octets, n);
		break;
	case ATTACKS: break;
	}
}

static void on_command(struct wire *w, uint16_t opcode)
{
	uint8_t packet[80 + 7];
	size_t len = answer(w, opcode, packet);
	if (opcode == RESET)
		w->mute = false;
	uint32_t seed = atomic_exchange(&w->attack, 0);
	if (seed) {
		attack(w, seed, packet, len);
		w->mute = true;
		eventfd_write(w->attacked_fd, 1);
	} else if (!w->mute) {
		say(w, packet, len);
	}
}

static void begin(struct wire *w, int fd)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
	w->mute = false;
	ble_h4_init(&w->rx, w->in, sizeof w->in, 259, BLE_H4_FROM_HOST);
	h5_peer_init(&w->h5, true, 4);
}

static void leave(struct wire *w)
{
	close(w->fd);
	w->fd = -1;
}

static void take_h5(struct wire *w, const uint8_t *p, size_t len)
{
	unsigned before = w->h5.got_count;
	unsigned syncs = w->h5.syncs;
	h5_peer_octets(&w->h5, p, len);
	if (w->h5.syncs != syncs)
		w->mute = false; /* it is spoken to anew */
	if (w->mute)
		w->h5.out_len = 0;
	put(w, w->h5.out, w->h5.out_len);
	w->h5.out_len = 0;
	for (; before != w->h5.got_count; before++) {
		const uint8_t *got = w->h5.got[before % PEER_PACKETS];
		if (got[0] == BLE_H4_COMMAND)
			on_command(w, (uint16_t)(got[1] | got[2] << 8));
	}
}

static void take(struct wire *w)
{
	uint8_t *at, raw[1024];
	const uint8_t *packet;
	if (w->kind == WIRE_H5) {
		ssize_t n = read(w->fd, raw, sizeof raw);
		if (n > 0)
			take_h5(w, raw, (size_t)n);
		else
			leave(w);
		return;
	}
	size_t room = ble_h4_room(&w->rx, &at);
	ssize_t n = read(w->fd, at, room);
	if (n <= 0) {
		leave(w);
		return;
	}
	ble_h4_got(&w->rx, (size_t)n);
	while (ble_h4_next(&w->rx, &packet) > 0)
		if (packet[0] == BLE_H4_COMMAND)
			on_command(w, (uint16_t)(packet[1] | packet[2] << 8));
}

static void *live(void *ctx)
{
	struct wire *w = ctx;
	for (;;) {
		struct pollfd fds[] = { { .fd = w->control[0], .events = POLLIN }, { .fd = w->listen_fd, .events = POLLIN },
			{ .fd = w->fd, .events = POLLIN } };
		if (poll(fds, 3, -1) < 0)
			return NULL;
		int fd;
		if (fds[0].revents) {
			if (read(w->control[0], &fd, sizeof fd) != sizeof fd || fd < 0)
				return NULL;
			begin(w, fd);
		} else if (fds[1].revents) {
			begin(w, accept(w->listen_fd, NULL, NULL));
		} else if (fds[2].revents) {
			take(w);
		}
	}
}

void wire_start(struct wire *w, enum wire_kind kind, int fd, int listen_fd)
{
	w->kind = kind;
	w->listen_fd = listen_fd;
	w->fd = -1;
	w->attacked_fd = eventfd(0, EFD_NONBLOCK);
	assert_true(w->attacked_fd >= 0);
	assert_int_equal(pipe(w->control), 0);
	assert_int_equal(pthread_create(&w->thread, NULL, live, w), 0);
	if (fd >= 0)
		wire_connect(w, fd);
}

void wire_connect(struct wire *w, int fd)
{
	assert_int_equal(write(w->control[1], &fd, sizeof fd), sizeof fd);
}

void wire_attack(struct wire *w, uint32_t seed)
{
	atomic_store(&w->attack, seed);
}

void wire_end(struct wire *w)
{
	wire_connect(w, -1);
	assert_int_equal(pthread_join(w->thread, NULL), 0);
	if (w->fd >= 0)
		close(w->fd);
	if (w->listen_fd >= 0)
		close(w->listen_fd);
	close(w->control[0]);
	close(w->control[1]);
	close(w->attacked_fd);
}
