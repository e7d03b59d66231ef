/*
 * Faults, and the first words with a controller: driver.h. They are spoken while a device is opened, and wait for their answers, a
 * second each at most; packets that the controller had left to say go by.
 *
 * A Zephyr or nRF Connect controller has no public address, but a static random one that was made with the chip. Its
 * command for that (vendor, 0xFC09) is sent to these two makers' alone, as it may be anything elsewhere.
 */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

enum {
	RESET = 0x0C03,              /* Vol 4 Part E 7.3.2 */
	READ_LOCAL_VERSION = 0x1001, /* 7.4.1 */
	READ_BD_ADDR = 0x1009,       /* 7.4.6 */
	VS_READ_STATIC_ADDRESSES = 0xFC09,
	COMMAND_COMPLETE = 0x0E,      /* 7.7.14 */
	COMMAND_STATUS = 0x0F,        /* 7.7.15: to a command that is not known */
	BY_LINUX_FOUNDATION = 0x05F1, /* Zephyr */
	BY_NORDIC = 0x0059,
	COMMAND_MAX = 4 + 255,
};

int driver_fault(
	struct ble_fault *fault, int err, const char *subject, const char *text, const char *hint)
{
	if (fault)
		*fault = (struct ble_fault){
			.err = err, .subject = subject, .max = -1, .text = text, .hint = hint
		};
	return err;
}

int64_t driver_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_done(struct ble_tx *tx)
{
	tx->len = 0; /* it is ours again */
}

/* The answer to this command in an event: its length; -1: it is something else. */
static int take_answer(const uint8_t *p, int len, uint16_t opcode, uint8_t *answer)
{
	const uint8_t low = (uint8_t)opcode, high = (uint8_t)(opcode >> 8);
	int at = -1, n = 0;
	if (p[0] == BLE_H4_EVENT && p[1] == COMMAND_COMPLETE && len >= 7 && p[4] == low && p[5] == high) {
		at = 6;
		n = len - at;
	} else if (p[0] == BLE_H4_EVENT && p[1] == COMMAND_STATUS && len >= 7 && p[5] == low && p[6] == high) {
		at = 3;
		n = 1;
	}
	if (at >= 0 && answer)
		memcpy(answer, p + at, (size_t)n);
	return at < 0 ? -1 : n;
}

/* Until the answer is here and the packet is ours again. */
static int await(struct ble_transport *t, const struct ble_tx *tx, uint16_t opcode, uint8_t *answer, int64_t until_ms)
{
	int answered = -1;
	for (;;) {
		const uint8_t *p;
		int len = t->read(t->ctx, &p), n = len > 0 ? take_answer(p, len, opcode, answer) : -1;
		answered = n >= 0 ? n : answered;
		if (len < 0)
			return len;
		if (answered >= 0 && !tx->len)
			return answered;
		int64_t left = until_ms - driver_now_ms();
		if (left <= 0) /* also of one who never stops to talk */
			return BLE_ETIMEOUT;
		if (len > 0)
			continue;
		bool rest = t->want_write && t->want_write(t->ctx);
		struct pollfd device = { .fd = t->fd(t->ctx), .events = (short)(POLLIN | (rest ? POLLOUT : 0)) };
		if (poll(&device, 1, (int)left) < 0 && errno != EINTR)
			return BLE_EIO;
		if (rest)
			(void)t->flush(t->ctx); /* a loss is told by the next read */
	}
}

int driver_command(struct ble_transport *t, uint16_t opcode, const void *params, size_t len, uint8_t *answer,
	int within_ms)
{
	uint8_t octets[COMMAND_MAX] = { BLE_H4_COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), (uint8_t)len };
	struct ble_tx tx = { .data = octets, .len = (uint16_t)(4 + len), .done = on_done };
	if (len)
		memcpy(octets + 4, params, len);
	t->write(t->ctx, &tx);
	int err = t->flush(t->ctx);
	if (!err)
		err = await(t, &tx, opcode, answer, driver_now_ms() + within_ms);
	if (tx.len) /* it is not to be kept longer than it lives */
		t->close(t->ctx);
	return err;
}

static bool is_blank(const uint8_t *a)
{
	for (unsigned i = 1; i < 6; i++)
		if (a[i] != a[0])
			return false;
	return a[0] == 0 || a[0] == 0xFF;
}

/* Zephyr's answer: status, how many, then each: 6 octets of address and 16 of an identity root. */
static void ask_static_address(struct ble_transport *t, struct driver_greeting *g, int within_ms)
{
	uint8_t a[DRIVER_RETURN_MAX];
	int n = driver_command(t, VS_READ_STATIC_ADDRESSES, NULL, 0, a, within_ms);
	if (n < 2 + 6 || a[0] || !a[1] || (a[7] & 0xC0) != 0xC0 || is_blank(a + 2))
		return;
	g->has_address = true;
	g->address[0] = BLE_ADDR_RANDOM;
	memcpy(g->address + 1, a + 2, 6);
}

int driver_greet(struct ble_transport *t, struct driver_greeting *g, int attempts, int within_ms)
{
	uint8_t a[DRIVER_RETURN_MAX];
	*g = (struct driver_greeting){ .maker = 0xFFFF };
	int n = BLE_ETIMEOUT;
	for (int i = 0; i < attempts && n == BLE_ETIMEOUT && t->fd(t->ctx) >= 0; i++)
		n = driver_command(t, RESET, NULL, 0, a, within_ms);
	if (n < 1 || a[0])
		return n < 0 ? n : n ? BLE_EHCI(a[0]) : BLE_EBADPDU;
	n = driver_command(t, READ_LOCAL_VERSION, NULL, 0, a, within_ms);
	if (n >= 9 && !a[0])
		g->maker = (uint16_t)(a[5] | a[6] << 8);
	if (n >= 0)
		n = driver_command(t, READ_BD_ADDR, NULL, 0, a, within_ms);
	if (n < 7 || a[0] || !is_blank(a + 1))
		return n < 0 ? n : 0;
	if (g->maker == BY_LINUX_FOUNDATION || g->maker == BY_NORDIC)
		ask_static_address(t, g, within_ms);
	return t->fd(t->ctx) < 0 ? BLE_EGONE : 0;
}
