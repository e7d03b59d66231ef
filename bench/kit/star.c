/* See star.h. */
#include "bench/kit/star.h"

#include <stdlib.h>

#include <ble/adv.h>
#include <ble/bond.h>
#include <ble/client.h>
#include <ble/conn.h>
#include <ble/server.h>

static const struct ble_characteristic value = { .uuid = 0xFFF1, .permission = BLE_NOTIFY, .size = STAR_VALUE };
static const struct ble_characteristic *const values[] = { &value, NULL };
static const struct ble_service service = { .uuid = 0xFFF0, .characteristics = values };

static void stream(struct star_end *e)
{
	static const uint8_t octets[STAR_VALUE] = { 0 };
	uint16_t handle = ble_server_handle(e->host, &value);
	while (e->streams && e->conn && ble_server_notify(e->host, e->conn, handle, octets, sizeof octets) == 0) {
		if (!e->notifications++)
			e->notified_us = ble_world_now(e->star->world);
		e->octets += sizeof octets;
	}
}

static void subscribe(struct star_end *central)
{
	uint16_t handle = ble_server_handle(central->star->peripherals[0].host, &value); /* the same in all */
	(void)ble_client_subscribe(central->host, central->conn, handle, (uint16_t)(handle + 1), 1);
}

static void on_connected(struct star_end *e, const struct ble_event *ev)
{
	e->conn = ev->conn;
	e->up++;
	if (!e->connected_us)
		e->connected_us = ev->t_us;
	if (!e->is_central)
		return;
	if (e->star->subscribes)
		(void)ble_client_exchange_mtu(e->host, e->conn);
	else
		e->star->connected++;
}

static void on_done(struct star_end *central, const struct ble_event *ev)
{
	if (ev->done.procedure == BLE_PROC_MTU)
		subscribe(central);
	if (ev->done.procedure == BLE_PROC_SUBSCRIBE && !ev->done.err)
		central->star->connected++;
}

static void on_event(struct star_end *e, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_READY)
		e->ready = true;
	if (ev->type == BLE_EV_CONNECTED)
		on_connected(e, ev);
	if (ev->type == BLE_EV_DISCONNECTED)
		e->up--;
	if (ev->type == BLE_EV_DONE)
		on_done(e, ev);
	if (ev->type == BLE_EV_PAIRED && !ev->paired.err)
		e->paired_us = ev->t_us;
	if (ev->type == BLE_EV_SUBSCRIBED)
		e->subscribed_us = ev->t_us;
	if (ev->type != BLE_EV_NOTIFIED)
		return;
	if (!e->notifications++)
		e->notified_us = ev->t_us;
	e->octets += ev->value.len;
}

static void run(void *ctx, uint64_t now_us)
{
	struct star_end *e = ctx;
	struct ble_event ev;
	ble_host_run(e->host, now_us);
	do {
		while (ble_host_poll(e->host, &ev))
			on_event(e, &ev);
		stream(e);
	} while (ble_host_next_due(e->host) == 0);
}

static uint64_t next_due(void *ctx)
{
	return ble_host_next_due(((struct star_end *)ctx)->host);
}

static bool begin_host(struct star_end *e)
{
	static const struct ble_part *const peripheral[] = { &ble_peripheral, &ble_server, NULL };
	static const struct ble_part *const central[] = { &ble_central, &ble_client, NULL };
	static const struct ble_part *const pairing[] = { &ble_central, &ble_client, &ble_peripheral, &ble_server,
		&ble_pairing, NULL };
	struct ble_host_config config = { .transport = ble_node_transport(e->node),
		.platform = ble_node_platform(e->node),
		.parts = e->star->pairs ? pairing : e->is_central ? central : peripheral,
		.tx_queue = e->is_central ? 0 : 12, /* as many as the controller has places, and some to come */
		.connections = (uint8_t)(e->is_central ? e->star->count : 1) };
	size_t size = ble_host_memory(&config);
	e->arena = calloc(1, size);
	if (!e->arena || ble_host_init(&e->host, e->arena, size, &config, NULL) < 0)
		return false;
	if (e->is_central)
		return ble_host_start(e->host) == 0;
	return ble_server_add(e->host, &service, NULL) == 0 &&
		ble_adv_set(e->host, &(struct ble_adv_params){ .interval_min_us = 20000 }) == 0 &&
		ble_adv_data(e->host, "\2\1\6", 3, NULL, 0) == 0 && ble_adv_start(e->host) == 0 &&
		ble_host_start(e->host) == 0;
}

static bool add(struct star *s, struct star_end *e, bool is_central)
{
	struct ble_node_options options = { .x_m = s->x_m + !is_central * 0.5, .y_m = s->y_m,
		.drift_ppm = is_central ? 0 : s->drift_ppm,
		.ctlr.connections = (uint8_t)(is_central ? s->count : 1) };
	*e = (struct star_end){ .star = s, .is_central = is_central, .node = ble_world_add(s->world, &options) };
	return e->node && begin_host(e) && ble_node_attach(e->node, &(struct ble_process){ e, run, next_due }) == 0;
}

static bool is_ready(void *ctx)
{
	return ((const struct star_end *)ctx)->ready;
}

/* As many as are connected are so from both sides, subscriptions and all. */
static bool is_connected(void *ctx)
{
	const struct star *s = ctx;
	return s->connected == s->central.up && s->central.up && s->peripherals[s->connected - 1].up;
}

static bool wait(struct star *s, uint64_t us, bool (*stop)(void *ctx), void *ctx)
{
	return ble_world_run_while(s->world, ble_world_now(s->world) + us, stop, ctx);
}

/* A command, behind the host's back. */
static void tell(const struct star_end *e, const uint8_t *command, size_t len)
{
	ble_ctlr_hci_write(ble_node_ctlr(e->node), command, len);
	ble_node_kick(e->node);
}

/* LE Set Default PHY, over the host's own: Vol 4 Part E 7.8.48. */
static void tell_phy(const struct star *s, const struct star_end *e)
{
	const uint8_t command[] = { 1, 0x31, 0x20, 3, 0, s->phy, s->phy };
	if (s->phy)
		tell(e, command, sizeof command);
}

bool star_add_peripheral(struct star *s, struct star_end *p)
{
	return add(s, p, false);
}

/* The attempt to connect. */
static bool call(struct star *s, struct star_end *p)
{
	const struct ble_conn_params params = { .interval_min_us = s->interval_us, .interval_max_us = s->interval_us };
	struct ble_addr address;
	if (!add(s, p, false) || !wait(s, 60000000, is_ready, p) || ble_host_address(p->host, &address) < 0)
		return false;
	tell_phy(s, p);
	ble_node_wake(s->central.node);
	return ble_conn_create(s->central.host, &address, &params) == 0;
}

static bool connect(struct star *s, unsigned i)
{
	unsigned before = s->connected;
	if (!call(s, &s->peripherals[i]))
		return false;
	while (s->connected == before || !is_connected(s))
		if (!wait(s, 60000000, is_connected, s))
			return false;
		else
			ble_world_run_until(s->world, ble_world_now(s->world) + 1000);
	return true;
}

static bool begin(struct star *s)
{
	s->peripherals = calloc(s->count, sizeof *s->peripherals);
	if (!s->peripherals || !add(s, &s->central, true) || !wait(s, 1000000, is_ready, &s->central))
		return false;
	tell_phy(s, &s->central);
	return true;
}

static bool is_up(void *ctx)
{
	return ((const struct star *)ctx)->central.up != 0;
}

bool star_begin(struct star *s)
{
	return begin(s) && call(s, &s->peripherals[0]) && wait(s, 60000000, is_up, s);
}

bool star_open(struct star *s)
{
	if (!begin(s))
		return false;
	for (unsigned i = 0; i < s->count; i++)
		if (!connect(s, i))
			return false;
	return true;
}

void star_close(struct star *s)
{
	for (unsigned i = 0; s->peripherals && i < s->count; i++)
		free(s->peripherals[i].arena);
	free(s->central.arena);
	free(s->peripherals);
}

/* Encryption Change: Vol 4 Part E 7.7.8 */
static void on_h4(void *ctx, const struct ble_trace_rec *rec)
{
	struct star *s = ctx;
	const uint8_t *packet = rec->data;
	if (rec->len == 7 && packet[0] == 4 && packet[1] == 0x08 && !packet[3])
		s->encrypted = packet[6];
}

bool star_encrypt(struct star *s)
{
	struct star_end *p = &s->peripherals[0];
	const struct ble_trace trace = { .ctx = s, .put = on_h4 };
	struct ble_conn_info c, i;
	if (ble_conn_info(s->central.host, s->central.conn, &c) < 0 || ble_conn_info(p->host, p->conn, &i) < 0)
		return false;
	/* Set Event Mask, LE Set Event Mask: all; LE Enable Encryption and the reply: a key of zeros */
	static const uint8_t all[] = { 1, 0x01, 0x0C, 8, 255, 255, 255, 255, 255, 255, 255, 255 };
	static const uint8_t le_all[] = { 1, 0x01, 0x20, 8, 255, 255, 255, 255, 255, 255, 255, 255 };
	uint8_t enable[4 + 28] = { 1, 0x19, 0x20, 28, (uint8_t)c.handle, (uint8_t)(c.handle >> 8) };
	uint8_t reply[4 + 18] = { 1, 0x1A, 0x20, 18, (uint8_t)i.handle, (uint8_t)(i.handle >> 8) };
	ble_node_trace(s->central.node, &trace);
	tell(&s->central, all, sizeof all);
	tell(p, le_all, sizeof le_all);
	tell(&s->central, enable, sizeof enable);
	ble_world_run_until(s->world, ble_world_now(s->world) + 10 * (uint64_t)s->interval_us);
	tell(p, reply, sizeof reply);
	ble_world_run_until(s->world, ble_world_now(s->world) + 10 * (uint64_t)s->interval_us);
	ble_node_trace(s->central.node, NULL);
	return s->encrypted;
}

void star_stream(struct star_end *peripheral, bool on)
{
	peripheral->streams = on;
	ble_node_wake(peripheral->node);
}
