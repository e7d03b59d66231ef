/* See attrs.h. The parts' rows do what src/host/part_prepared.c and part_multiple.c do, with one connection's memory. */
#include "attrs.h"

static const uint8_t base[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 14, 15 };

const struct attr attrs[ATTRS] = {
	{ 0x2800, NULL, READS, 0, "\x0F\x18", 2 },
	{ 0x2803, NULL, READS, 0, "\x02\x03\x00\x19\x2A", 5 },
	{ 0x2A19, NULL, READS | WRITES, 2, "\x64", 1 },
	{ 0x2A00, NULL, WRITES, 8, "", 0 },
	{ 0x2A01, NULL, READS, 0, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN", 40 },
	{ 0xA001, base, READS, 0, "hello", 5 },
	{ 0x2A02, NULL, READS | ASKS, 0, "", 0 },
	{ 0x2902, NULL, READS | WRITES, 2, "\x00\x00", 2 },
};

struct attrs attrs_state;
static _Alignas(struct att_queue) uint8_t queue[sizeof(struct att_queue) + QUEUE];
static _Alignas(struct att_multiple) uint8_t multiple[sizeof(struct att_multiple) + 247];

static bool find(void *ctx, struct att_attr *a, uint16_t handle)
{
	(void)ctx;
	if (!handle)
		handle = 1;
	if (handle == attrs_state.gone)
		handle++;
	if (handle > ATTRS)
		return false;
	*a = (struct att_attr){ .handle = handle, .type = attrs[handle - 1].type,
		.base = attrs[handle - 1].base, .group_end = ATTRS };
	return true;
}

static int value(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	(void)b;
	const struct attr *at = &attrs[a->handle - 1];
	uint8_t may = a->handle == 5 ? at->may | attrs_state.may_more : at->may;
	if (!(may & READS))
		return BLE_EATT(ATT_ERR_READ_NOT_PERMITTED);
	*v = (struct att_view){ .data = (const uint8_t *)at->value, .len = at->len, .tell = may & TELLS };
	return may & ASKS ? BLE_EPENDING : 0;
}

static void ask(struct att_bearer *b, const struct att_attr *a, uint16_t offset, uint32_t t)
{
	(void)offset;
	b->att->event(b, BLE_EV_READ);
	attrs_state.asked = a->handle;
	attrs_state.token = t;
}

static int check(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len)
{
	(void)b;
	const struct attr *at = &attrs[a->handle - 1];
	if (!(at->may & WRITES))
		return BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED);
	if (data && len > at->size)
		return BLE_EATT(ATT_ERR_INVALID_ATTRIBUTE_VALUE_LENGTH);
	if (data && at->type == 0x2902 && len && (data[0] & 2)) /* no indications here */
		return BLE_EATT(ATT_ERR_VALUE_NOT_ALLOWED);
	return 0;
}

static int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len,
	uint32_t t)
{
	int err = check(b, a, data, len);
	if (err)
		return err;
	struct attrs *s = &attrs_state;
	s->token = t;
	s->writes++;
	s->written[0] = (uint8_t)a->handle;
	memcpy(s->written + 1, data, len);
	s->written_len = 1u + len;
	if (!s->write_waits)
		return 0;
	b->att->event(b, BLE_EV_WRITTEN);
	return BLE_EPENDING;
}

static const struct att_db db = {
	.find = find, .value = value, .ask = ask, .write = write };

static bool ask_write(struct att_bearer *b, const struct att_attr *a, uint32_t t)
{
	struct attrs *s = &attrs_state;
	if (a->handle != s->authorised)
		return false;
	s->token = t;
	s->asked = a->handle;
	b->att->event(b, BLE_EV_WRITTEN);
	return true;
}

static void prepared(struct att_bearer *b, int err, const void *data, size_t len)
{
	(void)data, (void)len;
	att_prepare_answer(attrs_state.queue, b, err);
}

static enum att_verdict on_prepare(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	return att_prepare_write(attrs_state.queue, b, pdu, len);
}

static enum att_verdict on_execute(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	return att_execute_write(attrs_state.queue, b, pdu, len);
}

static void executed(struct att_bearer *b, int err, const void *data, size_t len)
{
	(void)data, (void)len;
	att_execute_answer(attrs_state.queue, b, err);
}

static enum att_verdict on_multiple(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	return att_read_multiple(attrs_state.multiple, b, pdu, len);
}

static void read(struct att_bearer *b, int err, const void *data, size_t len)
{
	att_read_multiple_answer(attrs_state.multiple, b, err, data, len);
}

static const struct att_extra extras[] = {
	{ ATT_PREPARE_WRITE_REQ, on_prepare, prepared },
	{ ATT_EXECUTE_WRITE_REQ, on_execute, executed },
	{ ATT_READ_MULTIPLE_REQ, on_multiple, read },
	{ ATT_READ_MULTIPLE_VARIABLE_REQ, on_multiple, read },
	{ 0 },
};

int attrs_up(void **state)
{
	(void)state;
	fake_reset();
	memset(&attrs_state, 0, sizeof attrs_state);
	memset(queue, 0, sizeof queue);
	attrs_state.queue = (struct att_queue *)queue;
	attrs_state.queue->size = QUEUE;
	attrs_state.queue->check = check;
	attrs_state.queue->ask = ask_write;
	attrs_state.multiple = (struct att_multiple *)multiple;
	fake.extras = extras;
	fake.att.server = &fake_server;
	fake.att.db = &db;
	att_server_open(&attrs_state.server, &fake.bearer);
	return 0;
}

int attrs_down(void **state)
{
	(void)state;
	(void)att_server_close(&attrs_state.server);
	assert_int_equal(fake.idle, FAKE_TX);
	assert_int_equal(tmr_next(&fake.timers), UINT64_MAX);
	return 0;
}
