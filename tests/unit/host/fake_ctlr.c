#include "tests/unit/host/fake_ctlr.h"

#include "base/le.h"

static void queue_push(struct fake_queue *q, const void *data, size_t len)
{
	assert_true(q->tail - q->head < FAKE_QUEUE);
	assert_true(len <= FAKE_PACKET);
	struct fake_packet *p = &q->packets[q->tail++ % FAKE_QUEUE];
	p->len = (uint16_t)len;
	memcpy(p->data, data, len);
}

static int on_open(void *ctx, struct ble_fault *fault)
{
	struct fake *f = ctx;
	(void)fault;
	f->opens++;
	f->in.head = f->in.tail;
	return f->open_error;
}

static void answer(struct fake *f, uint16_t opcode, uint8_t status, const void *ret, size_t len)
{
	uint8_t e[300] = { 4, HCI_EVT_COMMAND_COMPLETE, (uint8_t)(4 + len), f->allowed };
	le16_put(e + 4, opcode);
	e[6] = status;
	if (len)
		memcpy(e + 7, ret, len);
	queue_push(&f->in, e, 7 + len);
}

/* Vol 4 Part E 7.4, 7.8: the return parameters of the bring-up. */
static void auto_answer(struct fake *f, uint16_t opcode)
{
	uint8_t ret[64] = { 0 };
	size_t len = 0;
	if (opcode == f->refuse) {
		answer(f, opcode, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
		return;
	}
	switch (opcode) {
	case HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS:
		memcpy(ret, f->mask, len = 64);
		break;
	case HCI_CMD_READ_LOCAL_VERSION_INFORMATION:
	case HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES:
		len = 8;
		break;
	case HCI_CMD_LE_READ_BUFFER_SIZE:
		le16_put(ret, f->acl_octets);
		ret[2] = f->acl_octets ? f->acl_count : 0;
		len = 3;
		break;
	case HCI_CMD_READ_BUFFER_SIZE:
		le16_put(ret, 1021);
		ret[3] = 4;
		len = 7;
		break;
	case HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE:
		ret[0] = 8;
		len = 1;
		break;
	case HCI_CMD_READ_BD_ADDR:
		memcpy(ret, f->bd_addr, len = 6);
		break;
	default:
		break;
	}
	answer(f, opcode, 0, ret, len);
}

static void on_write(void *ctx, struct ble_tx *tx)
{
	struct fake *f = ctx;
	queue_push(&f->out, tx->data, tx->len);
	if (f->answers && tx->data[0] == 1 && le16_get(tx->data + 1) != f->stops_at)
		auto_answer(f, le16_get(tx->data + 1));
	if (f->keeps) {
		struct ble_tx **at = &f->kept;
		while (*at)
			at = &(*at)->next;
		tx->next = NULL;
		*at = tx;
		return;
	}
	tx->done(tx);
}

static int on_flush(void *ctx)
{
	((struct fake *)ctx)->flushes++;
	return 0;
}

static int on_read(void *ctx, const uint8_t **packet)
{
	struct fake *f = ctx;
	memset(f->present.data, 0xA5, sizeof f->present.data); /* whoever still looks at the last one shall see it */
	if (f->in.head == f->in.tail)
		return f->gone;
	f->present = f->in.packets[f->in.head++ % FAKE_QUEUE];
	*packet = f->present.data;
	return f->present.len;
}

static void release(struct fake *f)
{
	struct ble_tx *tx;
	while ((tx = f->kept)) {
		f->kept = tx->next;
		tx->done(tx);
	}
}

static void on_close(void *ctx)
{
	struct fake *f = ctx;
	f->closes++;
	release(f);
}

static void on_random(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)dst)[i] = (uint8_t)(0x11 * (i + 1));
}

static int on_load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	struct fake *f = ctx;
	assert_int_equal(key, BLE_STORE_IDENTITY);
	assert_true(cap >= sizeof f->identity);
	if (f->identity_len > 0)
		memcpy(dst, f->identity, (size_t)f->identity_len);
	return f->identity_len;
}

static int on_save(void *ctx, uint32_t key, const void *src, size_t len)
{
	struct fake *f = ctx;
	assert_int_equal(key, BLE_STORE_IDENTITY);
	assert_int_equal(len, sizeof f->identity);
	memcpy(f->identity, src, len);
	f->identity_len = (int)len;
	f->saves++;
	return 0;
}

void fake_init(struct fake *f)
{
	memset(f, 0, sizeof *f);
	memset(f->mask, 0xFF, sizeof f->mask);
	f->mask[FAKE_FLOW] = 0; /* a test that wants it says so */
	memcpy(f->bd_addr, "\x11\x22\x33\x44\x55\x66", 6);
	f->acl_octets = 251;
	f->acl_count = 8;
	f->allowed = 1;
	f->identity_len = BLE_ENOENT;
	f->now_us = 1000000;
	f->transport = (struct ble_transport){ .ctx = f, .open = on_open, .write = on_write, .flush = on_flush,
		.read = on_read, .close = on_close };
	f->platform = (struct ble_platform){ .ctx = f, .random = on_random, .load = on_load, .save = on_save };
}

void fake_host(struct fake *f, struct ble_host_config config)
{
	config.transport = &f->transport;
	config.platform = &f->platform;
	size_t need = ble_host_memory(&config);
	assert_true(need <= sizeof f->memory);
	assert_int_equal(ble_host_init(&f->host, f->memory, need, &config, &f->fault), 0);
	ble_host_run(f->host, f->now_us);
}

void fake_up(struct fake *f)
{
	f->answers = true;
	assert_int_equal(ble_host_start(f->host), 0);
	fake_pump(f);
	(void)fake_expect(f, BLE_EV_READY);
	f->answers = false;
	f->out.head = f->out.tail;
}

void fake_end(struct fake *f)
{
	struct ble_host_stats s;
	fake_done(f);
	ble_host_stop(f->host);
	struct ble_event ev;
	while (ble_host_poll(f->host, &ev))
		;
	ble_host_stats(f->host, &s);
	assert_int_equal(s.tx_idle, s.tx_total);
}

static void collect(struct fake *f, const struct ble_event *ev)
{
	assert_true(f->event_count < FAKE_EVENTS);
	struct fake_event *e = &f->events[f->event_count++];
	e->ev = *ev;
	if (ev->type == BLE_EV_REPORT) {
		memcpy(e->data, ev->report.data, ev->report.len);
		e->ev.report.data = e->data;
	}
	if (ev->type == BLE_EV_WRITTEN && ev->written.data && ev->written.len <= sizeof e->data) {
		memcpy(e->data, ev->written.data, ev->written.len);
		e->ev.written.data = e->data;
	}
}

void fake_pump(struct fake *f)
{
	struct ble_event ev;
	unsigned rounds = 0;
	do {
		assert_true(rounds++ < 1000); /* a host that is never idle */
		ble_host_run(f->host, f->now_us);
		memset(&ev, 0x5A, sizeof ev);
		while (ble_host_poll(f->host, &ev)) {
			assert_int_equal(ev.t_us, f->now_us);
			collect(f, &ev);
			memset(&ev, 0x5A, sizeof ev);
		}
	} while (ble_host_next_due(f->host) <= f->now_us);
}

void fake_pass(struct fake *f, uint64_t us)
{
	f->now_us += us;
	fake_pump(f);
}

void fake_done(struct fake *f)
{
	for (unsigned rounds = 0; f->kept; rounds++) {
		assert_true(rounds < 100);
		release(f);
		fake_pump(f);
	}
}

const struct ble_event *fake_expect(struct fake *f, enum ble_event_type type)
{
	if (f->event_seen >= f->event_count)
		fail_msg("no event, %d expected", (int)type);
	const struct ble_event *ev = &f->events[f->event_seen++].ev;
	assert_int_equal(ev->type, type);
	return ev;
}

void fake_expect_none(struct fake *f)
{
	if (f->event_seen < f->event_count)
		fail_msg("event %d, none expected", f->events[f->event_seen].ev.type);
	f->event_seen = f->event_count = 0;
}

const struct fake_packet *fake_sent(struct fake *f)
{
	assert_true(f->out.head < f->out.tail);
	return &f->out.packets[f->out.head++ % FAKE_QUEUE];
}

const uint8_t *fake_command(struct fake *f, uint16_t opcode, const void *params, size_t len)
{
	const struct fake_packet *p = fake_sent(f);
	assert_int_equal(p->data[0], 1);
	assert_int_equal(le16_get(p->data + 1), opcode);
	assert_int_equal(p->data[3], p->len - 4);
	if (params) {
		assert_int_equal(p->len, 4 + len);
		assert_memory_equal(p->data + 4, params, len);
	}
	return p->data + 4;
}

void fake_acl_sent(struct fake *f, uint16_t handle, unsigned pb, const void *data, size_t len)
{
	const struct fake_packet *p = fake_sent(f);
	assert_int_equal(p->data[0], 2);
	assert_int_equal(le16_get(p->data + 1), handle | pb << 12);
	assert_int_equal(le16_get(p->data + 3), len);
	assert_int_equal(p->len, 5 + len);
	assert_memory_equal(p->data + 5, data, len);
}

void fake_silent(struct fake *f)
{
	if (f->out.head < f->out.tail)
		fail_msg("the host sent something, opcode or handle 0x%04x",
			le16_get(f->out.packets[f->out.head % FAKE_QUEUE].data + 1));
}

void fake_packet(struct fake *f, const void *packet, size_t len)
{
	queue_push(&f->in, packet, len);
	fake_pump(f);
}

void fake_event(struct fake *f, uint8_t code, const void *params, size_t len)
{
	uint8_t p[300] = { 4, code, (uint8_t)len };
	memcpy(p + 3, params, len);
	fake_packet(f, p, 3 + len);
}

void fake_le(struct fake *f, uint8_t subevent, const void *params, size_t len)
{
	uint8_t p[256] = { subevent };
	memcpy(p + 1, params, len);
	fake_event(f, HCI_EVT_LE_META, p, 1 + len);
}

void fake_acl(struct fake *f, uint16_t handle, unsigned pb, const void *data, size_t len)
{
	uint8_t p[FAKE_PACKET] = { 2 };
	le16_put(p + 1, (uint16_t)(handle | pb << 12));
	le16_put(p + 3, (uint16_t)len);
	if (len)
		memcpy(p + 5, data, len);
	fake_packet(f, p, 5 + len);
}

void fake_complete(struct fake *f, uint16_t opcode, uint8_t status, const void *ret, size_t len)
{
	answer(f, opcode, status, ret, len);
	fake_pump(f);
}

void fake_status(struct fake *f, uint16_t opcode, uint8_t status)
{
	fake_event(f, HCI_EVT_COMMAND_STATUS,
		OCTETS(status, f->allowed, (uint8_t)opcode, (uint8_t)(opcode >> 8)));
}

void fake_completed(struct fake *f, uint16_t handle, uint16_t count)
{
	fake_event(f, HCI_EVT_NUMBER_OF_COMPLETED_PACKETS,
		OCTETS(1, (uint8_t)handle, (uint8_t)(handle >> 8), (uint8_t)count, (uint8_t)(count >> 8)));
}

void fake_connect(struct fake *f, uint16_t handle, uint8_t role, uint8_t status)
{
	fake_le(f, HCI_LE_EVT_CONNECTION_COMPLETE,
		OCTETS(status, (uint8_t)handle, (uint8_t)(handle >> 8), role, 1, 1, 2, 3, 4, 5, 0xC6, 24, 0, 0, 0,
			0x90, 1, 0));
}

ble_conn_id fake_connected(struct fake *f, uint16_t handle, uint8_t role)
{
	fake_connect(f, handle, role, 0);
	const struct ble_event *ev = fake_expect(f, BLE_EV_CONNECTED);
	assert_int_equal(ev->connected.role, role);
	assert_int_equal(ev->connected.interval_us, 30000);
	assert_int_equal(ev->connected.supervision_ms, 4000);
	assert_int_equal(ev->connected.peer.type, BLE_ADDR_RANDOM);
	assert_memory_equal(ev->connected.peer.octets, "\x01\x02\x03\x04\x05\xC6", 6);
	return ev->conn;
}

void fake_disconnected(struct fake *f, uint16_t handle, uint8_t reason)
{
	fake_event(f, HCI_EVT_DISCONNECTION_COMPLETE, OCTETS(0, (uint8_t)handle, (uint8_t)(handle >> 8), reason));
}

void fake_serve(struct fake *f, uint16_t opcode)
{
	(void)fake_command(f, opcode, NULL, 0);
	fake_complete(f, opcode, 0, NULL, 0);
}
