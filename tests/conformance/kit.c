/* See kit.h. */
#include "kit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 5000, SILENCE_MS = 2000 };

/* Vol 6 Part B 2.3: the type is in the low four bits of the header, behind the access address. */
static void on_air(void *ctx, const struct ble_trace_rec *rec)
{
	struct kit *k = ctx;
	if (rec->kind == BLE_TRACE_AIR && rec->air->flow == BLE_FLOW_ADV && k->node &&
		rec->node == ble_node_number(k->node))
		k->aired[((const uint8_t *)rec->data)[4] & 15]++;
}

static struct ble_trace air;

int kit_setup(void **state)
{
	struct kit *k = calloc(1, sizeof *k);
	k->row = *state;
	*state = k;
	k->world = ble_world_new(&(struct ble_world_options){ .seed = 1 });
	assert_non_null(k->world);
	air = (struct ble_trace){ .ctx = k, .put = on_air };
	ble_world_trace(k->world, &air);
	lt_add(&k->lt, k->world);
	k->tester = &k->lt;
	return 0;
}

void kit_second(struct kit *k)
{
	if (!k->second.world)
		lt_add(&k->second, k->world);
	k->tester = &k->second;
}

struct leaks {
	struct ble_host_stats host;
	struct ble_ctlr_stats ctlr;
	bool link, event;
	uint64_t due;
	unsigned frames;
};

static void hang_up(struct lt *lt)
{
	if (lt->up)
		(void)lt_cmd(lt, 0x0406, (uint8_t[]){ (uint8_t)lt->handle, (uint8_t)(lt->handle >> 8), 0x13 }, 3);
}

/* The links are ended first, and what was on its way may arrive. */
static void look(struct kit *k, struct leaks *l)
{
	struct ble_event ev;
	hang_up(&k->lt);
	hang_up(&k->second);
	kit_run(k, 5000);
	ble_host_stats(k->host, &l->host);
	ble_ctlr_stats(ble_node_ctlr(k->node), &l->ctlr);
	l->link = k->lt.up || k->second.up || ble_conn_next(k->host, 0);
	l->event = ble_host_poll(k->host, &ev);
	l->due = ble_host_next_due(k->host);
	l->frames = k->lt.frame_count + k->second.frame_count;
}

static void check(const struct kit *k, const struct leaks *l)
{
	assert_int_equal(l->host.tx_idle, l->host.tx_total);
	assert_int_equal(l->ctlr.pool_idle, l->ctlr.pool_total);
	if (!k->malformed)
		assert_int_equal(l->host.malformed, 0);
	if (!k->violations)
		assert_int_equal(l->host.violations, 0);
	assert_false(l->link);
	assert_false(l->event);
	assert_int_not_equal(l->due, 0);
	if (l->frames)
		fail_msg("%u frames that the case did not expect", l->frames);
}

/* Everything is given back before it is judged, since a failure does not return. */
int kit_teardown(void **state)
{
	struct kit *k = *state, judged = *k;
	struct leaks leaks;
	if (k->host)
		look(k, &leaks);
	if (k->ble)
		ble_end(k->ble);
	else if (k->host)
		ble_host_stop(k->host);
	ble_world_free(k->world);
	free(k->memory);
	free(k);
	if (judged.host)
		check(&judged, &leaks);
	return 0;
}

static void keep(struct kit *k, const struct ble_event *ev)
{
	struct ble_event *to = &k->last[ev->type];
	const uint8_t **at = NULL;
	size_t len = 0;
	if (k->program)
		k->program(k, ev);
	*to = *ev;
	k->count[ev->type]++;
	if (ev->type == BLE_EV_CONNECTED)
		k->conn = ev->conn;
	if (ev->type == BLE_EV_REPORT)
		at = &to->report.data, len = ev->report.len;
	else if (ev->type == BLE_EV_WRITTEN)
		at = &to->written.data, len = ev->written.len;
	else if (ev->type == BLE_EV_VALUE || ev->type == BLE_EV_NOTIFIED)
		at = &to->value.data, len = ev->value.len;
	if (!at || !len)
		return;
	assert_true(len <= sizeof k->data);
	memcpy(k->data, *at, len);
	*at = k->data;
}

static void run_host(void *ctx, uint64_t now_us)
{
	struct kit *k = ctx;
	ble_host_run(k->host, now_us);
	for (struct ble_event ev; ble_host_poll(k->host, &ev);)
		keep(k, &ev);
}

static uint64_t host_due(void *ctx)
{
	return ble_host_next_due(((struct kit *)ctx)->host);
}

static void attach(struct kit *k, void (*run)(void *, uint64_t), uint64_t (*due)(void *))
{
	struct ble_process process = { .ctx = k, .run = run, .next_due = due };
	assert_int_equal(ble_node_attach(k->node, &process), 0);
}

void kit_host(struct kit *k, const struct ble_host_config *config)
{
	struct ble_host_config c = config ? *config : (struct ble_host_config){ 0 };
	k->node = ble_world_add(k->world, NULL);
	assert_non_null(k->node);
	c.transport = ble_node_transport(k->node);
	c.platform = c.platform ? c.platform : ble_node_platform(k->node);
	c.parts = c.parts ? c.parts : KIT_PARTS(ble_server);
	size_t size = ble_host_memory(&c);
	k->memory = calloc(1, size);
	assert_int_equal(ble_host_init(&k->host, k->memory, size, &c, NULL), 0);
	attach(k, run_host, host_due);
	ut_start(k);
}

static void run_module(void *ctx, uint64_t now_us)
{
	int err = ble_process(((struct kit *)ctx)->ble, now_us);
	assert_true(err == 0 || err == BLE_ESTATE); /* not started yet */
}

static uint64_t module_due(void *ctx)
{
	return ble_next_due(((struct kit *)ctx)->ble);
}

static void on_callback(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	keep(ctx, ev);
}

void kit_module(struct kit *k, const struct ble_options *options)
{
	struct ble_options o = options ? *options : (struct ble_options){ 0 };
	k->node = ble_world_add(k->world, NULL);
	assert_non_null(k->node);
	o.transport = ble_node_transport(k->node);
	o.platform = o.platform ? o.platform : ble_node_platform(k->node);
	o.callbacks = BLE_EV_COUNT;
	size_t size = ble_memory(&o);
	k->memory = calloc(1, size);
	assert_int_equal(ble_init(&k->ble, k->memory, size, &o), 0);
	k->host = ble_host(k->ble);
	for (int ev = BLE_EV_READY; ev < BLE_EV_COUNT; ev++)
		(void)ble_add_callback(k->ble, (enum ble_event_type)ev, on_callback, k);
	attach(k, run_module, module_due);
}

void ut_start(struct kit *k)
{
	assert_int_equal(k->ble ? ble_start(k->ble) : ble_host_start(k->host), 0);
	ut_expect(k, BLE_EV_READY, 1000);
}

struct ble_addr ut_address(struct kit *k)
{
	struct ble_addr a;
	assert_int_equal(ble_host_address(k->host, &a), 0);
	return a;
}

void kit_wake(struct kit *k)
{
	if (k->node)
		ble_node_wake(k->node);
}

void kit_run(struct kit *k, uint32_t ms)
{
	kit_wake(k);
	ble_world_run_until(k->world, ble_world_now(k->world) + ms * UINT64_C(1000));
}

struct wait {
	struct kit *k;
	unsigned count;
	uint8_t type;
};

static bool has_come(void *ctx)
{
	struct wait *w = ctx;
	return w->k->count[w->type] != w->count;
}

const struct ble_event *ut_expect(struct kit *k, uint8_t type, uint32_t within_ms)
{
	struct wait w = { k, k->count[type], type };
	kit_wake(k);
	uint64_t until = ble_world_now(k->world) + within_ms * UINT64_C(1000);
	if (!ble_world_run_while(k->world, until, has_come, &w))
		fail_msg("no event of type %u within %u ms", type, within_ms);
	return &k->last[type];
}

static void expect_connected(struct kit *k)
{
	struct wait w = { k, 0, BLE_EV_CONNECTED };
	uint64_t until = ble_world_now(k->world) + UINT64_C(5000000);
	lt_wait_up(k->tester, 10000);
	w.count = k->conn ? k->count[BLE_EV_CONNECTED] - 1 : k->count[BLE_EV_CONNECTED];
	assert_true(has_come(&w) || ble_world_run_while(k->world, until, has_come, &w));
}

void ut_peripheral(struct kit *k)
{
	struct ble_addr a = ut_address(k);
	k->conn = 0;
	assert_int_equal(k->ble ? ble_start_advertising(k->ble) : ble_adv_start(k->host), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
	lt_connect(k->tester, &a);
	expect_connected(k);
}

void ut_central(struct kit *k)
{
	struct ble_addr a;
	lt_address(&k->lt, &a);
	k->conn = 0;
	lt_advertise(&k->lt, 0, "\2\1\6", 3, NULL, 0);
	assert_int_equal(ble_conn_create(k->host, &a, NULL), 0);
	kit_wake(k);
	expect_connected(k);
}

static int nibble(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : toupper((unsigned char)c) - 'A' + 10;
}

/* The next octet of a text: 0..255, -1 at its end, -2 any octet, -3 any rest. */
static int next_octet(const char **text)
{
	const char *t = *text;
	while (*t == ' ')
		t++;
	if (!*t)
		return -1;
	if (*t == '*')
		return -3;
	*text = t + 2;
	if (t[0] == '.')
		return -2;
	assert_true(isxdigit((unsigned char)t[0]) && isxdigit((unsigned char)t[1]));
	return nibble(t[0]) * 16 + nibble(t[1]);
}

size_t kit_octets(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;
	for (int octet; (octet = next_octet(&text)) >= 0; out[n++] = (uint8_t)octet)
		assert_true(n < cap);
	return n;
}

void kit_equal(const uint8_t *octets, size_t len, const char *text, const char *file, int line)
{
	const char *at = text;
	size_t n = 0;
	int want;
	while ((want = next_octet(&at)) >= -2 && want != -1 && n < len && (want == -2 || octets[n] == want))
		n++;
	if (want == -3 || (want == -1 && n == len))
		return;
	print_error("%s:%d: expected %s\n          came    ", file, line, text);
	for (size_t i = 0; i < len; i++)
		print_error(" %02X", octets[i]);
	print_error("\n");
	_fail(file, line);
}

/* Handles in the place of @ and ^. */
static void expand(const struct kit *k, const char *line, char *out, size_t cap)
{
	size_t n = 0;
	for (; *line; line++) {
		unsigned handle = k->at + (*line == '^' ? 1u : 0u);
		assert_true(n + 6 < cap);
		if (*line == '@' || *line == '^')
			n += (size_t)snprintf(out + n, cap - n, "%02X %02X", handle & 0xFF, handle >> 8 & 0xFF);
		else
			out[n++] = *line;
	}
	out[n] = 0;
}

void kit_pdus(struct kit *k, uint16_t cid, const char *const *lines, const char *file, int line)
{
	for (; *lines; lines++) {
		uint8_t octets[LT_FRAME];
		char text[4 * LT_FRAME];
		struct lt_frame f;
		expand(k, *lines + 1, text, sizeof text);
		assert_true((*lines)[0] == 'T' || (*lines)[0] == 'I');
		if ((*lines)[0] == 'T') {
			lt_send(k->tester, cid, octets, kit_octets(text, octets, sizeof octets));
			continue;
		}
		bool silent = strcmp(text, " -") == 0;
		kit_wake(k);
		bool came = lt_receive(k->tester, cid, &f, silent ? SILENCE_MS : ANSWER_MS);
		if (came)
			kit_equal(f.octets, f.len, silent ? "" : text, file, line);
		else if (!silent) {
			print_error("%s:%d: expected %s, nothing came\n", file, line, text);
			_fail(file, line);
		}
	}
}

/* One Read By Type of 0x2803 from *start on; false at its end. */
static bool next_declarations(struct kit *k, uint16_t *start, struct lt_frame *f)
{
	uint8_t req[7] = { 0x08, (uint8_t)*start, (uint8_t)(*start >> 8), 0xFF, 0xFF, 0x03, 0x28 };
	lt_send(k->tester, KIT_ATT, req, sizeof req);
	assert_true(lt_receive(k->tester, KIT_ATT, f, ANSWER_MS));
	if (f->octets[0] != 0x09)
		return false;
	const uint8_t *last = f->octets + f->len - f->octets[1];
	*start = (uint16_t)((last[0] | last[1] << 8) + 1);
	return true;
}

uint16_t kit_find(struct kit *k, uint16_t uuid, uint8_t *properties)
{
	struct lt_frame f;
	uint16_t start = 1, handle = 0;
	while (next_declarations(k, &start, &f))
		for (const uint8_t *at = f.octets + 2; at < f.octets + f.len; at += f.octets[1]) {
			if (f.octets[1] != 7 || (at[5] | at[6] << 8) != uuid)
				continue;
			assert_int_equal(handle, 0);
			handle = (uint16_t)(at[3] | at[4] << 8);
			if (properties)
				*properties = at[2];
		}
	EQUAL(f.octets, f.len, "01 08 .. .. 0A");
	assert_int_not_equal(handle, 0);
	return handle;
}
