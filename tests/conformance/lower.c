/*
 * See lower.h. The commands are written out as octets: what a host says to a controller is here so that the frames and
 * reports of the implementation under test can be looked at, and is not what is tested.
 */
#include "lower.h"

#include <string.h>

enum { COMMAND = 1, ACL = 2, EVENT = 4 };
enum {
	DISCONNECT = 0x0406,
	SET_EVENT_MASK = 0x0C01,
	RESET = 0x0C03,
	LE_SET_EVENT_MASK = 0x2001,
	LE_SET_RANDOM_ADDRESS = 0x2005,
	LE_READ_BUFFER_SIZE = 0x2002,
	LE_SET_ADV_PARAMS = 0x2006,
	LE_SET_ADV_DATA = 0x2008,
	LE_SET_SCAN_RSP = 0x2009,
	LE_SET_ADV_ENABLE = 0x200A,
	LE_SET_SCAN_PARAMS = 0x200B,
	LE_SET_SCAN_ENABLE = 0x200C,
	LE_CREATE_CONN = 0x200D,
	LE_CREATE_CONN_CANCEL = 0x200E,
	LE_CONN_UPDATE = 0x2013,
	LE_ENABLE_ENCRYPTION = 0x2019,
	LE_KEY_REPLY = 0x201A,
	LE_KEY_NEGATIVE = 0x201B,
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void on_acl(struct lt *lt, const uint8_t *p, unsigned len)
{
	bool continues = (get16(p) >> 12 & 3) == 1;
	assert_int_equal(len, 4 + get16(p + 2));
	assert_int_equal(continues, lt->in_len != 0);
	assert_true(lt->in_len + len - 4 <= sizeof lt->in);
	memcpy(lt->in + lt->in_len, p + 4, len - 4);
	lt->in_len += len - 4;
	if (lt->in_len < 4 || lt->in_len < 4u + get16(lt->in))
		return;
	assert_int_equal(lt->in_len, 4 + get16(lt->in));
	assert_true(lt->frame_count < LT_FRAMES);
	struct lt_frame *f = &lt->frames[lt->frame_count++];
	*f = (struct lt_frame){ .cid = get16(lt->in + 2), .len = get16(lt->in), .t_us = ble_world_now(lt->world) };
	memcpy(f->octets, lt->in + 4, f->len);
	lt->in_len = 0;
}

/* One report an event: Vol 4 Part E 7.7.65.2. The oldest give way. */
static void on_report(struct lt *lt, const uint8_t *p)
{
	assert_int_equal(p[0], 1);
	if (lt->report_count == LT_REPORTS)
		memmove(lt->reports, lt->reports + 1, --lt->report_count * sizeof lt->reports[0]);
	struct lt_report *r = &lt->reports[lt->report_count++];
	*r = (struct lt_report){ .type = p[1], .addr_type = p[2], .len = p[9], .t_us = ble_world_now(lt->world) };
	assert_true(r->len <= sizeof r->data);
	memcpy(r->addr, p + 3, 6);
	memcpy(r->data, p + 10, r->len);
}

static void on_connection(struct lt *lt, const uint8_t *p)
{
	if (p[0]) {
		lt->failed++;
		lt->failure = p[0];
		return;
	}
	lt->up = true;
	lt->encrypted = lt->key_wanted = false;
	lt->made++;
	lt->handle = get16(p + 1);
	lt->role = p[3];
	lt->peer_type = p[4];
	memcpy(lt->peer, p + 5, 6);
	lt->interval = get16(p + 11);
	lt->latency = get16(p + 13);
	lt->supervision = get16(p + 15);
}

static void on_le(struct lt *lt, const uint8_t *p)
{
	switch (p[0]) {
	case 0x01: on_connection(lt, p + 1); break;
	case 0x02: on_report(lt, p + 1); break;
	case 0x03: /* Connection Update Complete */
		if (p[1])
			break;
		lt->updates++;
		lt->interval = get16(p + 4);
		lt->latency = get16(p + 6);
		lt->supervision = get16(p + 8);
		break;
	case 0x05: /* Long Term Key Request */
		lt->key_wanted = true;
		memcpy(lt->key_rand, p + 3, 8);
		memcpy(lt->key_ediv, p + 11, 2);
		break;
	}
}

static void on_encryption(struct lt *lt, uint8_t status)
{
	lt->encryptions++;
	lt->encryption_status = status;
	lt->encrypted |= !status;
}

static void on_event(struct lt *lt, const uint8_t *p)
{
	switch (p[0]) {
	case 0x05: /* Disconnection Complete */
		lt->up = false;
		lt->lost++;
		lt->reason = p[5];
		lt->credits += lt->in_flight;
		lt->in_flight = 0;
		lt->in_len = 0;
		break;
	case 0x08: /* Encryption Change */
	case 0x30: /* Encryption Key Refresh Complete */
		on_encryption(lt, p[2]);
		break;
	case 0x0E: /* Command Complete */
		lt->answers++;
		lt->opcode = get16(p + 3);
		lt->status = p[5];
		memcpy(lt->ret, p + 5, p[1] - 3u);
		break;
	case 0x0F: /* Command Status */
		lt->answers++;
		lt->opcode = get16(p + 4);
		lt->status = p[2];
		break;
	case 0x13: /* Number Of Completed Packets, one connection */
		assert_int_equal(p[2], 1);
		lt->credits += get16(p + 5);
		lt->in_flight -= get16(p + 5);
		break;
	case 0x3E: on_le(lt, p + 2); break;
	}
}

static void run(void *ctx, uint64_t now_us)
{
	struct lt *lt = ctx;
	const uint8_t *p;
	bool any = false;
	(void)now_us;
	for (int len; (len = ble_ctlr_hci_read(lt->ctlr, &p)) > 0; any = true) {
		if (p[0] == ACL)
			on_acl(lt, p + 1, (unsigned)len - 1);
		else if (p[0] == EVENT)
			on_event(lt, p + 1);
	}
	if (any)
		ble_node_kick(lt->node);
}

static uint64_t next_due(void *ctx)
{
	(void)ctx;
	return BLE_NEVER;
}

static bool run_until(struct lt *lt, uint32_t within_ms, bool (*stop)(void *), void *ctx)
{
	uint64_t until = ble_world_now(lt->world) + within_ms * UINT64_C(1000);
	return stop(ctx) || ble_world_run_while(lt->world, until, stop, ctx);
}

struct wait {
	struct lt *lt;
	unsigned count;
	uint16_t cid;
	uint8_t type;
};

static bool is_answered(void *ctx)
{
	struct wait *w = ctx;
	return w->lt->answers != w->count;
}

uint8_t lt_cmd(struct lt *lt, uint16_t opcode, const void *params, size_t len)
{
	uint8_t packet[4 + 64] = { COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), (uint8_t)len };
	struct wait w = { .lt = lt, .count = lt->answers };
	assert_true(len <= 64);
	if (len)
		memcpy(packet + 4, params, len);
	assert_int_equal(ble_ctlr_hci_write(lt->ctlr, packet, 4 + len), 0);
	ble_node_kick(lt->node);
	assert_true(run_until(lt, 10, is_answered, &w));
	assert_int_equal(lt->opcode, opcode);
	return lt->status;
}

void lt_add(struct lt *lt, struct ble_world *world)
{
	static const uint8_t all[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	/* but LE Enhanced Connection Complete, in whose place the plain one comes */
	static const uint8_t le[8] = { 255, 253, 255, 255, 255, 255, 255, 255 };
	*lt = (struct lt){ .world = world, .node = ble_world_add(world, &(struct ble_node_options){ .x_m = 1 }) };
	assert_non_null(lt->node);
	lt->ctlr = ble_node_ctlr(lt->node);
	struct ble_process process = { .ctx = lt, .run = run, .next_due = next_due };
	assert_int_equal(ble_node_attach(lt->node, &process), 0);
	assert_int_equal(lt_cmd(lt, RESET, NULL, 0), 0);
	assert_int_equal(lt_cmd(lt, SET_EVENT_MASK, all, 8), 0);
	assert_int_equal(lt_cmd(lt, LE_SET_EVENT_MASK, le, 8), 0);
	assert_int_equal(lt_cmd(lt, LE_READ_BUFFER_SIZE, NULL, 0), 0);
	lt->credits = lt->ret[3];
}

void lt_be(struct lt *lt, const uint8_t random_address[6])
{
	assert_int_equal(lt_cmd(lt, LE_SET_RANDOM_ADDRESS, random_address, 6), 0);
	lt->own_type = BLE_ADDR_RANDOM;
}

void lt_address(const struct lt *lt, struct ble_addr *out)
{
	uint16_t n = ble_node_number(lt->node);
	*out = (struct ble_addr){ BLE_ADDR_PUBLIC, { (uint8_t)n, (uint8_t)(n >> 8), 0, 0x5e, 0, 2 } };
}

void lt_scan(struct lt *lt, bool active)
{
	const uint8_t params[7] = { active, 16, 0, 16, 0, lt->own_type };
	lt->report_count = 0;
	assert_int_equal(lt_cmd(lt, LE_SET_SCAN_PARAMS, params, sizeof params), 0);
	assert_int_equal(lt_cmd(lt, LE_SET_SCAN_ENABLE, "\1\0", 2), 0);
}

void lt_scan_end(struct lt *lt)
{
	assert_int_equal(lt_cmd(lt, LE_SET_SCAN_ENABLE, "\0\0", 2), 0);
}

static void set_data(struct lt *lt, uint16_t opcode, const void *data, size_t len)
{
	uint8_t params[32] = { (uint8_t)len };
	if (len)
		memcpy(params + 1, data, len);
	assert_int_equal(lt_cmd(lt, opcode, params, sizeof params), 0);
}

void lt_advertise(struct lt *lt, uint8_t type, const void *data, size_t len, const void *rsp, size_t rsp_len)
{
	uint8_t params[15] = { 160, 0, 160, 0, (uint8_t)(type == 1 ? 4 : type), lt->own_type, lt->direct_to.type, [13] = 7 };
	memcpy(params + 7, lt->direct_to.octets, 6);
	assert_int_equal(lt_cmd(lt, LE_SET_ADV_PARAMS, params, sizeof params), 0);
	if (type != 1) { /* a directed packet has no data */
		set_data(lt, LE_SET_ADV_DATA, data, len);
		set_data(lt, LE_SET_SCAN_RSP, rsp, rsp_len);
	}
	assert_int_equal(lt_cmd(lt, LE_SET_ADV_ENABLE, "\1", 1), 0);
}

/* Vol 4 Part E 7.8.12: scan always; 30 ms, no latency, 4 s. */
void lt_connect(struct lt *lt, const struct ble_addr *peer)
{
	uint8_t params[25] = { 16, 0, 16, 0, 0, peer->type, [12] = lt->own_type, [13] = 24, [15] = 24, [19] = 0x90, [20] = 1 };
	memcpy(params + 6, peer->octets, 6);
	assert_int_equal(lt_cmd(lt, LE_CREATE_CONN, params, sizeof params), 0);
}

uint8_t lt_connect_cancel(struct lt *lt)
{
	return lt_cmd(lt, LE_CREATE_CONN_CANCEL, NULL, 0);
}

static bool is_up(void *ctx)
{
	return ((struct wait *)ctx)->lt->up;
}

static bool is_down(void *ctx)
{
	return !((struct wait *)ctx)->lt->up;
}

void lt_wait_up(struct lt *lt, uint32_t within_ms)
{
	assert_true(run_until(lt, within_ms, is_up, &(struct wait){ .lt = lt }));
}

void lt_wait_down(struct lt *lt, uint32_t within_ms)
{
	assert_true(run_until(lt, within_ms, is_down, &(struct wait){ .lt = lt }));
}

void lt_disconnect(struct lt *lt)
{
	uint8_t params[3] = { (uint8_t)lt->handle, (uint8_t)(lt->handle >> 8), 0x13 };
	assert_int_equal(lt_cmd(lt, DISCONNECT, params, sizeof params), 0);
	lt_wait_down(lt, 5000);
}

static bool is_updated(void *ctx)
{
	struct wait *w = ctx;
	return w->lt->updates != w->count;
}

void lt_update(struct lt *lt, uint16_t interval, uint16_t latency, uint16_t supervision)
{
	uint8_t params[14] = { 0 };
	struct wait w = { .lt = lt, .count = lt->updates };
	put16(params, lt->handle);
	put16(params + 2, interval);
	put16(params + 4, interval);
	put16(params + 6, latency);
	put16(params + 8, supervision);
	assert_int_equal(lt_cmd(lt, LE_CONN_UPDATE, params, sizeof params), 0);
	assert_true(run_until(lt, 5000, is_updated, &w));
}

static bool has_tried(void *ctx)
{
	struct wait *w = ctx;
	return w->lt->encryptions != w->count || !w->lt->up;
}

static uint8_t tried(struct lt *lt, unsigned before)
{
	assert_true(run_until(lt, 5000, has_tried, &(struct wait){ .lt = lt, .count = before }));
	return lt->encryptions != before ? lt->encryption_status : lt->reason;
}

uint8_t lt_encrypt(struct lt *lt, const uint8_t key[16], const uint8_t rand[8], const uint8_t ediv[2])
{
	uint8_t params[28];
	unsigned before = lt->encryptions;
	put16(params, lt->handle);
	memcpy(params + 2, rand, 8);
	memcpy(params + 10, ediv, 2);
	memcpy(params + 12, key, 16);
	assert_int_equal(lt_cmd(lt, LE_ENABLE_ENCRYPTION, params, sizeof params), 0);
	return tried(lt, before);
}

static bool wants_key(void *ctx)
{
	return ((struct wait *)ctx)->lt->key_wanted;
}

bool lt_wait_key_wanted(struct lt *lt, uint32_t within_ms)
{
	return run_until(lt, within_ms, wants_key, &(struct wait){ .lt = lt });
}

uint8_t lt_give_key(struct lt *lt, const uint8_t *key)
{
	uint8_t params[18];
	unsigned before = lt->encryptions;
	put16(params, lt->handle);
	lt->key_wanted = false;
	if (!key) {
		assert_int_equal(lt_cmd(lt, LE_KEY_NEGATIVE, params, 2), 0);
		return 0x06;
	}
	memcpy(params + 2, key, 16);
	assert_int_equal(lt_cmd(lt, LE_KEY_REPLY, params, sizeof params), 0);
	return tried(lt, before);
}

static bool has_credit(void *ctx)
{
	return ((struct wait *)ctx)->lt->credits > 0;
}

void lt_send(struct lt *lt, uint16_t cid, const void *data, size_t len)
{
	uint8_t frame[4 + LT_FRAME], packet[5 + 251];
	unsigned piece = lt->fragment ? lt->fragment : 251;
	assert_true(lt->up && len <= LT_FRAME && piece <= 251);
	put16(frame, (unsigned)len);
	put16(frame + 2, cid);
	if (len)
		memcpy(frame + 4, data, len);
	for (unsigned at = 0; at < len + 4; at += piece) {
		unsigned n = len + 4 - at < piece ? (unsigned)len + 4 - at : piece;
		assert_true(run_until(lt, 5000, has_credit, &(struct wait){ .lt = lt }));
		packet[0] = ACL;
		put16(packet + 1, lt->handle | (at ? 1u << 12 : 0));
		put16(packet + 3, n);
		memcpy(packet + 5, frame + at, n);
		assert_int_equal(ble_ctlr_hci_write(lt->ctlr, packet, 5 + n), 0);
		lt->credits--;
		lt->in_flight++;
		ble_node_kick(lt->node);
	}
}

static struct lt_frame *oldest(struct lt *lt, uint16_t cid)
{
	for (unsigned i = 0; i < lt->frame_count; i++)
		if (lt->frames[i].cid == cid)
			return &lt->frames[i];
	return NULL;
}

static bool has_frame(void *ctx)
{
	struct wait *w = ctx;
	return oldest(w->lt, w->cid) != NULL;
}

bool lt_receive(struct lt *lt, uint16_t cid, struct lt_frame *out, uint32_t within_ms)
{
	if (!run_until(lt, within_ms, has_frame, &(struct wait){ .lt = lt, .cid = cid }))
		return false;
	struct lt_frame *f = oldest(lt, cid);
	*out = *f;
	lt->frame_count--;
	memmove(f, f + 1, (size_t)(lt->frames + lt->frame_count - f) * sizeof *f);
	return true;
}

unsigned lt_reports(const struct lt *lt, uint8_t type)
{
	unsigned n = 0;
	for (unsigned i = 0; i < lt->report_count; i++)
		n += lt->reports[i].type == type;
	return n;
}

static bool has_reports(void *ctx)
{
	struct wait *w = ctx;
	return lt_reports(w->lt, w->type) >= w->count;
}

bool lt_wait_reports(struct lt *lt, uint8_t type, unsigned count, uint32_t within_ms)
{
	return run_until(lt, within_ms, has_reports, &(struct wait){ .lt = lt, .type = type, .count = count });
}

const struct lt_report *lt_last_report(const struct lt *lt, uint8_t type)
{
	for (unsigned i = lt->report_count; i-- > 0;)
		if (lt->reports[i].type == type)
			return &lt->reports[i];
	fail_msg("no advertising report of type %u", type);
	return NULL;
}
