/* See pair_kit.h. */
#include "pair_kit.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static void keep(struct pair_peer *p, const struct ble_event *ev)
{
	const uint8_t **at = NULL;
	size_t len = 0;
	p->event = *ev;
	if (ev->type == BLE_EV_REPORT)
		at = &p->event.report.data, len = ev->report.len;
	else if (ev->type == BLE_EV_WRITTEN)
		at = &p->event.written.data, len = ev->written.len;
	else if (ev->type == BLE_EV_VALUE || ev->type == BLE_EV_NOTIFIED)
		at = &p->event.value.data, len = ev->value.len;
	if (!at || !len)
		return;
	assert_true(len <= sizeof p->data);
	memcpy(p->data, *at, len);
	*at = p->data;
}

static void run(void *ctx, uint64_t now_us)
{
	struct pair_peer *p = ctx;
	ble_host_run(p->host, now_us);
	for (struct ble_event ev; ble_host_poll(p->host, &ev);) {
		p->count[ev.type]++;
		if (ev.type == BLE_EV_CONNECTED)
			p->conn = ev.conn;
		if (p->hook)
			p->hook(p, &ev);
		if (ev.type == p->wanted && !p->seen) {
			p->seen = true;
			keep(p, &ev);
		}
	}
}

static uint64_t next_due(void *ctx)
{
	struct pair_peer *p = ctx;
	return ble_host_next_due(p->host);
}

void pair_add(struct pair_peer *p, struct ble_world *world, const struct ble_node_options *node,
	const struct ble_host_config *host)
{
	struct ble_host_config config = host ? *host : (struct ble_host_config){ 0 };
	memset(p, 0, sizeof *p);
	p->world = world;
	p->node = ble_world_add(world, node);
	assert_non_null(p->node);
	config.transport = ble_node_transport(p->node);
	config.platform = config.platform ? config.platform : ble_node_platform(p->node);
	config.parts = config.parts ? config.parts : BLE_PARTS(&ble_peripheral, &ble_server, &ble_observer, &ble_central, &ble_client);
	size_t size = ble_host_memory(&config);
	p->memory = calloc(1, size);
	assert_int_equal(ble_host_init(&p->host, p->memory, size, &config, NULL), 0);
	assert_int_equal(ble_node_attach(p->node,
				 &(struct ble_process){ .ctx = p, .run = run, .next_due = next_due }),
		0);
	assert_int_equal(ble_host_start(p->host), 0);
	ble_node_wake(p->node);
	pair_expect(p, BLE_EV_READY, 1000);
}

void pair_free(struct pair_peer *p)
{
	struct ble_host_stats stats;
	struct ble_ctlr_stats ctlr;
	ble_host_stats(p->host, &stats);
	assert_int_equal(stats.tx_idle, stats.tx_total);
	assert_int_equal(stats.malformed, 0);
	ble_ctlr_stats(ble_node_ctlr(p->node), &ctlr);
	assert_int_equal(ctlr.pool_idle, ctlr.pool_total);
	ble_host_stop(p->host);
	ble_world_remove(p->node);
	free(p->memory);
}

struct ble_addr pair_address(const struct pair_peer *p)
{
	struct ble_addr a;
	assert_int_equal(ble_host_address(p->host, &a), 0);
	return a;
}

static bool has_seen(void *ctx)
{
	return ((struct pair_peer *)ctx)->seen;
}

const struct ble_event *pair_expect(struct pair_peer *p, uint8_t type, uint32_t within_ms)
{
	p->wanted = type;
	p->seen = false;
	ble_node_wake(p->node);
	uint64_t until = ble_world_now(p->world) + within_ms * UINT64_C(1000);
	if (!ble_world_run_while(p->world, until, has_seen, p))
		fail_msg("node %u: no event of type %u within %u ms", ble_node_number(p->node), type, within_ms);
	return &p->event;
}

void pair_connect(struct pair_peer *central, struct pair_peer *peripheral, const struct ble_conn_params *params)
{
	struct ble_addr a = pair_address(peripheral);
	assert_int_equal(ble_conn_create(central->host, &a, params), 0);
	central->conn = peripheral->conn = 0;
	pair_expect(central, BLE_EV_CONNECTED, 10000);
	if (!peripheral->conn)
		pair_expect(peripheral, BLE_EV_CONNECTED, 1000);
	assert_true(central->conn && peripheral->conn);
}
