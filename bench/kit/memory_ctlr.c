/* See memory_ctlr.h. Return parameters are those of Vol 4 Part E 7; what a benchmark does not need is zero. */
#include "memory_ctlr.h"

#include <string.h>

static uint8_t *put(struct memory_ctlr *c, size_t len)
{
	unsigned i = c->tail++ % 8;
	c->rx[i].len = (int)len;
	return c->rx[i].data;
}

void memory_ctlr_event(struct memory_ctlr *c, const uint8_t *event, size_t len)
{
	uint8_t *p = put(c, len + 1);
	p[0] = BLE_H4_EVENT;
	memcpy(p + 1, event, len);
}

void memory_ctlr_acl(struct memory_ctlr *c, const uint8_t *att, size_t len)
{
	uint8_t *p = put(c, 9 + len);
	const uint8_t header[9] = { BLE_H4_ACL, 0x40, 0x20, (uint8_t)(len + 4), (uint8_t)((len + 4) >> 8), (uint8_t)len,
		(uint8_t)(len >> 8), 4, 0 };
	memcpy(p, header, 9);
	memcpy(p + 9, att, len);
}

void memory_ctlr_connect(struct memory_ctlr *c)
{
	const uint8_t complete[] = { 0x3E, 19, 1, 0, 0x40, 0, 1, 0, 1, 2, 3, 4, 5, 6, 40, 0, 0, 0, 0x2A, 0, 0 };
	memory_ctlr_event(c, complete, sizeof complete);
}

static void answer(struct memory_ctlr *c, uint16_t opcode)
{
	uint8_t event[2 + 3 + 1 + 64] = { 0x0E, 0, 1, (uint8_t)opcode, (uint8_t)(opcode >> 8) };
	uint8_t *ret = event + 6;
	uint8_t len = 0;
	switch (opcode) {
	case 0x1001: len = 8, ret[0] = ret[3] = 0x0C; break;
	case 0x1002: len = 64, memset(ret, 0xFF, 64), ret[10] = 0x1F; break; /* no controller to host flow control */
	case 0x1003: len = 8, ret[4] = 0x60; break;
	case 0x1005: len = 7; break;
	case 0x1009: memcpy(ret, "\1\2\3\4\5\6", 6), len = 6; break;
	case 0x2002: len = 3, ret[0] = 251, ret[2] = 8; break;
	case 0x2003: len = 8; break;
	default: break;
	}
	event[1] = (uint8_t)(4 + len);
	memory_ctlr_event(c, event, (size_t)6 + len);
}

static void command(struct memory_ctlr *c, struct ble_tx *tx)
{
	uint16_t opcode = (uint16_t)(tx->data[1] | tx->data[2] << 8);
	tx->done(tx);
	answer(c, opcode);
}

static void take(void *ctx, struct ble_tx *tx)
{
	struct memory_ctlr *c = ctx;
	if (tx->data[0] == BLE_H4_COMMAND) {
		command(c, tx);
		return;
	}
	c->last = tx->data;
	c->last_len = tx->len;
	c->sent++;
	tx->done(tx);
}

static void take_and_credit(void *ctx, struct ble_tx *tx)
{
	if (tx->data[0] == BLE_H4_ACL)
		memory_ctlr_event(ctx, (const uint8_t[]){ 0x13, 5, 1, 0x40, 0, 1, 0 }, 7);
	take(ctx, tx);
}

static int next(void *ctx, const uint8_t **packet)
{
	struct memory_ctlr *c = ctx;
	if (c->head == c->tail)
		return 0;
	unsigned i = c->head++ % 8;
	*packet = c->rx[i].data;
	return c->rx[i].len;
}

static int open_it(void *ctx, struct ble_fault *fault)
{
	(void)ctx, (void)fault;
	return 0;
}

static int flush(void *ctx)
{
	(void)ctx;
	return 0;
}

static void close_it(void *ctx)
{
	(void)ctx;
}

void memory_ctlr_init(struct memory_ctlr *c, bool self_crediting)
{
	memset(c, 0, sizeof *c);
	c->transport = (struct ble_transport){ .ctx = c, .open = open_it,
		.write = self_crediting ? take_and_credit : take, .flush = flush, .read = next,
		.close = close_it };
}
