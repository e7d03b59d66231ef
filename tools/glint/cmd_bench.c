/*
 * glint bench: two devices in a world of their own, a virtual clock, and what a user may want to
 * know of this build: simulated time until connected, for a discovery and for a read, notifications
 * a second, and the processor time that all that took. Simulated figures depend on the options and
 * the seed alone; the machine shows in the last line only.
 */
#include "glint.h"

#include <ble/adv.h>
#include <ble/levels.h>
#include <ble/server.h>
#include <ble/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	READS = 20,
	READ_OCTETS = 20, /* of the value when it is read: one packet */
	LONGEST = 512,    /* Vol 3 Part F 3.2.9 */
	STEP_US = 1000000,
	BASE_UUID_OCTETS = 16
};

#define PATIENCE_US \
	UINT64_C(3600000000) /* simulated; an interval of 4 s takes minutes for the reads */

struct wishes {
	bool json;
	struct opt_number interval_ms, mtu, size, seconds, loss, seed;
};

struct peer {
	struct ble_node *node;
	struct ble_host *host;
	void *memory;
	void (*on_event)(struct peer *p, const struct ble_event *ev);
	struct bench *bench;
};

enum stage { STAGE_CONNECT, STAGE_MTU, STAGE_DISCOVER, STAGE_READ, STAGE_SUBSCRIBE, STAGE_STREAM };

struct bench {
	const struct wishes *w;
	struct ble_world *world;
	struct peer peripheral, central;
	ble_conn_id conn, streaming;
	enum stage stage;
	int err;
	bool found, ended;
	uint16_t value_handle, size, mtu;
	uint64_t begin_us, connected_us, discovery_us, stream_us, reads_us[READS];
	unsigned reads;
	unsigned long notified, octets;
	struct ble_conn_info info; /* at the end of the stream */
};

static const uint8_t base[BASE_UUID_OCTETS] = { 0x23, 0xD1, 0xBC, 0xEA, 0x5F, 0x78, 0x23, 0x15,
	0xDE, 0xEF, 0x12, 0x12, 0, 0, 0, 0 };
static uint8_t stored[LONGEST];
static struct ble_characteristic stream = {
	.uuid = 0x1524, .base_uuid = base, .permission = BLE_READ | BLE_NOTIFY, .value = stored
};
static const struct ble_service service = {
	.uuid = 0x1523, .base_uuid = base, .characteristics = BLE_LIST(&stream)
};

static void fail(struct bench *b, int err)
{
	if (!b->err)
		b->err = err;
	b->ended = true;
}

static void begun(struct bench *b, int err)
{
	if (err)
		fail(b, err);
}

/* As many as there is room for; BLE_EV_SENT says when there is more. */
static void fill(struct bench *b)
{
	int err = 0;
	while (!err && b->streaming) {
		stored[0]++;
		err = ble_server_notify(b->peripheral.host, b->streaming,
			ble_server_handle(b->peripheral.host, &stream), stored, b->size);
	}
	if (err && err != BLE_EBUSY)
		fail(b, err);
}

static void on_peripheral(struct peer *p, const struct ble_event *ev)
{
	struct bench *b = p->bench;
	if (ev->type == BLE_EV_READY)
		begun(b, ble_adv_start(p->host));
	if (ev->type == BLE_EV_SUBSCRIBED)
		b->streaming = ev->subscribed.bits ? ev->conn : 0;
	if (ev->type == BLE_EV_DISCONNECTED)
		b->streaming = 0;
	if (ev->type == BLE_EV_SUBSCRIBED || ev->type == BLE_EV_SENT)
		fill(b);
	if (ev->type == BLE_EV_ERROR)
		fail(b, ev->error.err);
}

static uint64_t now(const struct bench *b)
{
	return ble_world_now(b->world);
}

/* What the central does next, when it has ended what it did. */
static void next(struct bench *b)
{
	struct ble_host *h = b->central.host;
	switch (b->stage) {
	case STAGE_CONNECT:
		b->stage = STAGE_MTU;
		begun(b, ble_client_exchange_mtu(h, b->conn));
		break;
	case STAGE_MTU:
		b->stage = STAGE_DISCOVER;
		b->begin_us = now(b);
		begun(b, ble_client_characteristics(h, b->conn, 1, 0xFFFF));
		break;
	case STAGE_DISCOVER:
		b->discovery_us = now(b) - b->begin_us;
		b->stage = STAGE_READ;
		b->begin_us = now(b);
		begun(b, ble_client_read(h, b->conn, b->value_handle));
		break;
	case STAGE_READ:
		b->reads_us[b->reads++] = now(b) - b->begin_us;
		b->begin_us = now(b);
		if (b->reads < READS) {
			begun(b, ble_client_read(h, b->conn, b->value_handle));
			break;
		}
		b->stage = STAGE_SUBSCRIBE;
		begun(b, ble_client_subscribe(h, b->conn, b->value_handle, 0, 1));
		break;
	case STAGE_SUBSCRIBE:
		b->stage = STAGE_STREAM;
		b->begin_us = now(b);
		b->notified = b->octets = 0;
		b->ended = true;
		break;
	case STAGE_STREAM: break;
	}
}

static void on_found(struct bench *b, const struct ble_event *ev)
{
	const struct ble_conn_params params = {
		.interval_min_us = (uint32_t)(b->w->interval_ms.value * 1000),
		.interval_max_us = (uint32_t)(b->w->interval_ms.value * 1000),
		.supervision_ms = b->w->interval_ms.value > 1900 ? 32000 : 4000,
	};
	struct ble_addr peer = ev->report.addr;
	if (b->found)
		return;
	b->found = true;
	begun(b, ble_scan_stop(b->central.host));
	begun(b, ble_conn_create(b->central.host, &peer, &params));
}

static void on_central(struct peer *p, const struct ble_event *ev)
{
	static const struct ble_scan_params all_the_time = { .interval_us = 100000,
		.window_us = 100000 };
	struct bench *b = p->bench;
	switch (ev->type) {
	case BLE_EV_READY:
		b->begin_us = now(b);
		begun(b, ble_scan_start(p->host, &all_the_time));
		break;
	case BLE_EV_REPORT: on_found(b, ev); break;
	case BLE_EV_CONNECTED:
		b->conn = ev->conn;
		b->connected_us = now(b) - b->begin_us;
		next(b);
		break;
	case BLE_EV_MTU: b->mtu = ev->mtu.mtu; break;
	case BLE_EV_CHARACTERISTIC:
		if (ev->characteristic.uuid128)
			b->value_handle = ev->characteristic.value_handle;
		break;
	case BLE_EV_DONE:
		if (ev->done.err)
			fail(b, ev->done.err);
		else
			next(b);
		break;
	case BLE_EV_NOTIFIED:
		b->notified++;
		b->octets += ev->value.len;
		break;
	case BLE_EV_DISCONNECTED: /* a CONNECT_IND may be lost: then it is tried again */
		if (b->stage > STAGE_MTU || ev->disconnected.reason != 0x3E) {
			fail(b, BLE_EHCI(ev->disconnected.reason));
			break;
		}
		b->found = false;
		b->stage = STAGE_CONNECT;
		begun(b, ble_adv_start(b->peripheral.host));
		begun(b, ble_scan_start(p->host, &all_the_time));
		break;
	case BLE_EV_ERROR: fail(b, ev->error.err); break;
	default: break;
	}
}

static void run(void *ctx, uint64_t now_us)
{
	struct peer *p = ctx;
	ble_host_run(p->host, now_us);
	for (struct ble_event ev; ble_host_poll(p->host, &ev);)
		p->on_event(p, &ev);
}

static uint64_t next_due(void *ctx)
{
	struct peer *p = ctx;
	return ble_host_next_due(p->host);
}

static int add(struct bench *b, struct peer *p, struct ble_host_config *config, double x_m)
{
	p->bench = b;
	p->node = ble_world_add(b->world, &(struct ble_node_options){ .x_m = x_m });
	if (!p->node)
		return BLE_ENOMEM;
	config->transport = ble_node_transport(p->node);
	config->platform = ble_node_platform(p->node);
	config->att_mtu = (uint16_t)b->w->mtu.value;
	size_t size = ble_host_memory(config);
	p->memory = malloc(size);
	if (!p->memory)
		return BLE_ENOMEM;
	int err = ble_host_init(&p->host, p->memory, size, config, NULL);
	if (!err)
		err = ble_node_attach(p->node,
			&(struct ble_process){ .ctx = p, .run = run, .next_due = next_due });
	return err;
}

static int set_up(struct bench *b)
{
	struct ble_host_config server = { .parts = BLE_PARTS(&ble_peripheral, &ble_server) };
	struct ble_host_config client = { .parts = BLE_PARTS(
						  &ble_observer, &ble_central, &ble_client, &ble_levels) };
	uint16_t handle = 0;
	b->peripheral.on_event = on_peripheral;
	b->central.on_event = on_central;
	b->world = ble_world_new(&(struct ble_world_options){ .seed = (uint64_t)b->w->seed.value,
		.loss_ppm = (uint32_t)(b->w->loss.value * 10000) });
	int err = b->world ? add(b, &b->peripheral, &server, 0) : BLE_ENOMEM;
	if (!err)
		err = add(b, &b->central, &client, 2);
	stream.size = b->size;
	stream.length = b->size < READ_OCTETS ? b->size : READ_OCTETS;
	if (!err)
		err = ble_server_add(b->peripheral.host, &service, &handle);
	if (!err)
		err = ble_host_start(b->peripheral.host);
	if (!err)
		err = ble_host_start(b->central.host);
	if (err)
		return err;
	ble_node_wake(b->peripheral.node);
	ble_node_wake(b->central.node);
	return 0;
}

static void take_down(struct bench *b)
{
	struct peer *peers[] = { &b->peripheral, &b->central };
	for (int i = 0; i < 2; i++) {
		if (peers[i]->host)
			ble_host_stop(peers[i]->host);
		if (peers[i]->node)
			ble_world_remove(peers[i]->node);
		free(peers[i]->memory);
	}
	ble_world_free(b->world);
}

static bool is_ended(void *ctx)
{
	return ((struct bench *)ctx)->ended;
}

/* Up to the subscription, then the stream, a simulated second at a time. */
static int measure(struct bench *b)
{
	ble_world_run_while(b->world, PATIENCE_US, is_ended, b);
	if (!b->err && b->stage != STAGE_STREAM)
		return BLE_ETIMEOUT;
	b->ended = false;
	uint64_t end = b->begin_us + (uint64_t)(b->w->seconds.value * 1e6);
	while (!b->err && now(b) < end) {
		uint64_t until = end - now(b) > STEP_US ? now(b) + STEP_US : end;
		progress("simulating: %.0f of %g s", (double)(now(b) - b->begin_us) / 1e6,
			b->w->seconds.value);
		ble_world_run_while(b->world, until, is_ended, b);
	}
	b->stream_us = now(b) - b->begin_us;
	progress_end();
	if (!b->err)
		b->err = ble_conn_info(b->central.host, b->conn, &b->info);
	return b->err;
}

static int compare(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return a < b ? -1 : a > b;
}

static void report(struct bench *b, double cpu_s)
{
	double stream_s = (double)b->stream_us / 1e6, all_s = (double)now(b) / 1e6;
	double faster = cpu_s > 0 ? all_s / cpu_s : 0;
	qsort(b->reads_us, READS, sizeof *b->reads_us, compare);
	if (say_json) {
		json_begin("bench");
		json_text("phy", phy_text(b->info.rx_phy));
		printf(",\"interval_ms\":%g,\"mtu\":%u,\"size\":%u,\"loss_percent\":%g",
			b->w->interval_ms.value, b->mtu, b->size, b->w->loss.value);
		printf(",\"connected_ms\":%.3f,\"discovery_ms\":%.3f,\"read_median_ms\":%.3f",
			(double)b->connected_us / 1e3, (double)b->discovery_us / 1e3,
			(double)b->reads_us[READS / 2] / 1e3);
		printf(",\"notifications_per_s\":%.1f,\"octets_per_s\":%.0f,\"simulated_s\":%.3f",
			(double)b->notified / stream_s, (double)b->octets / stream_s, all_s);
		printf(",\"cpu_s\":%.3f", cpu_s);
		json_end();
		return;
	}
	say("two devices on a simulated air, PHY %s: interval %g ms, ATT_MTU %u, %u octets a value, %g %% loss",
		phy_text(b->info.rx_phy), b->w->interval_ms.value, b->mtu, b->size, b->w->loss.value);
	say("  found and connected    %10.1f ms", (double)b->connected_us / 1e3);
	say("  discovery              %10.1f ms   all characteristics",
		(double)b->discovery_us / 1e3);
	say("  read of up to 20 octets%10.1f ms   median of %d; %.1f to %.1f ms",
		(double)b->reads_us[READS / 2] / 1e3, READS, (double)b->reads_us[0] / 1e3,
		(double)b->reads_us[READS - 1] / 1e3);
	say("  notifications          %10.1f /s   over %g s", (double)b->notified / stream_s,
		stream_s);
	say("  values                 %10.0f octets/s, %.0f kbit/s", (double)b->octets / stream_s,
		(double)b->octets * 8 / stream_s / 1000);
	say("  this machine           %10.0f x    simulated against processor time (%.1f s in %.3f "
	    "s)",
		faster, all_s, cpu_s);
	if (b->w->loss.value > 0)
		say("With loss: a lost packet ends its connection event; a shorter --interval "
		    "waits less for the next.");
	say("Times are of the simulated air, whose radio is ideal and whose hosts take no time: "
	    "what hardware does at best.");
}

/* False: said why. */
static bool take_wishes(struct bench *b, const struct wishes *w)
{
	double most = w->mtu.value - 3 < LONGEST ? w->mtu.value - 3 : LONGEST;
	b->w = w;
	b->size = (uint16_t)(w->size.value > 0 ? w->size.value : most);
	if (b->size <= most)
		return true;
	complain("bench", "--size %g: with --mtu %g a notification has room for 1 to %g octets",
		w->size.value, w->mtu.value, most);
	return false;
}

int cmd_bench(int argc, char **argv)
{
	static struct bench bench;
	struct wishes w = { .interval_ms = { 30, 7.5, 4000 },
		.mtu = { 247, 23, 517 },
		.size = { 0, 1, LONGEST },
		.seconds = { 10, 0.1, 3600 },
		.loss = { 0, 0, 50 },
		.seed = { 1, 0, 4294967295.0 } };
	const struct opt opts[] = {
		{ "interval", OPT_NUMBER, &w.interval_ms },
		{ "mtu", OPT_NUMBER, &w.mtu },
		{ "size", OPT_NUMBER, &w.size },
		{ "seconds", OPT_NUMBER, &w.seconds },
		{ "loss", OPT_NUMBER, &w.loss },
		{ "seed", OPT_NUMBER, &w.seed },
		{ "json", OPT_FLAG, &w.json },
		{ 0 },
	};
	int status;
	char why[REASON_TEXT];
	if (!opts_read(argc, argv, opts, &status))
		return status;
	if (!take_wishes(&bench, &w))
		return EXIT_USAGE;
	say_start(w.json);
	clock_t began = clock();
	int err = set_up(&bench);
	if (!err)
		err = measure(&bench);
	if (err)
		complain("bench", "ended after %.1f simulated seconds: %s%s",
			bench.world ? (double)now(&bench) / 1e6 : 0.0, error_text(why, err),
			w.loss.value > 0 ? "; less --loss or another --seed may help" : "");
	else
		report(&bench, (double)(clock() - began) / CLOCKS_PER_SEC);
	take_down(&bench);
	return err ? EXIT_FAILED : EXIT_DONE;
}
