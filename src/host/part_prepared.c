/*
 * The part ble_prepared: Prepare Write and Execute Write beside ble_server (att/att_prepared.c). The queue is
 * memory of the connection, as much as the configuration says, and goes with it.
 */
#include "host/part_extra.h"

#include <ble/server.h>

enum { OCTETS_DEFAULT = 544 }; /* a value of 512 octets, and some short ones beside it */

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	(void)host_size;
	*conn_size += config->prepared_octets ? config->prepared_octets : OCTETS_DEFAULT;
}

/* The link's security first, as for a value that is written at once. */
static int check(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len)
{
	const struct host_security_hooks *security = host_conn_of(b)->host->security;
	int err = security ? security->permit(b, a, HOST_WRITE) : 0;
	return err ? err : gatt_may_write(b, a, data, len);
}

static void conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn)
{
	struct att_queue *q = host_conn_mem(slot, conn);
	size_t size = slot->stride - sizeof *q;
	(void)h;
	q->size = (uint16_t)size;
	q->check = check;
	q->ask = gatt_ask_write;
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	(void)config;
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			conn_up(h, slot, &h->conns[i]);
}

static enum att_verdict on_prepare(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	return att_prepare_write(extra_mem(b, &ble_prepared), b, pdu, len);
}

static void prepared(struct att_bearer *b, int err, const void *data, size_t len)
{
	(void)data, (void)len;
	att_prepare_answer(extra_mem(b, &ble_prepared), b, err);
}

static enum att_verdict on_execute(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	enum att_verdict v = att_execute_write(extra_mem(b, &ble_prepared), b, pdu, len);
	extra_follow(b, &ble_prepared);
	return v;
}

static void answer(struct att_bearer *b, int err, const void *data, size_t len)
{
	(void)data, (void)len;
	att_execute_answer(extra_mem(b, &ble_prepared), b, err);
	extra_follow(b, &ble_prepared);
}

static void resume(void *queue, struct att_bearer *b)
{
	att_execute_resume(queue, b);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	return extra_poll(h, slot, ev, resume);
}

static const struct att_extra extras[] = {
	{ ATT_PREPARE_WRITE_REQ, on_prepare, prepared },
	{ ATT_EXECUTE_WRITE_REQ, on_execute, answer },
	{ 0 },
};

const struct ble_room ble_prepared_room = { .conn_size = sizeof(struct att_queue), .measure = measure };

const struct ble_part ble_prepared = {
	.name = "prepared",
	.room = &ble_prepared_room,
	.extras = extras,
	.attach = attach,
	.conn_up = conn_up,
	.poll = poll,
};
