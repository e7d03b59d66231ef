/*
 * A node: a radio, a link layer on it, and somebody above. The radio's results are the link layer's
 * interrupts; after each the main part runs at the same instant, then the process, if there is
 * something for it. Each of the two has one event in the clock; asking for a run while one is due
 * costs nothing.
 */
#include "base/container.h"
#include "sim/world.h"

#include <stdlib.h>
#include <string.h>

static struct ble_node *of_ctlr_ev(struct ev *e)
{
	return CONTAINER_OF(e, struct ble_node, ctlr_ev);
}

static struct ble_node *of_process_ev(struct ev *e)
{
	return CONTAINER_OF(e, struct ble_node, process_ev);
}

static struct ble_node *of_radio(struct radio *r)
{
	return CONTAINER_OF(r, struct ble_node, radio);
}

static void run_now(struct ble_node *n, struct ev *e, enum ev_kind kind)
{
	struct clock *c = &n->world->clock;
	if (clock_due(c, e) > c->now_ns)
		clock_schedule(c, e, c->now_ns, kind);
}

void node_run_ctlr_now(struct ble_node *n)
{
	if (!n->raw)
		run_now(n, &n->ctlr_ev, EV_CTLR);
}

void ble_node_kick(struct ble_node *n)
{
	node_run_ctlr_now(n);
}

void ble_node_wake(struct ble_node *n)
{
	if (n->process.run)
		run_now(n, &n->process_ev, EV_PROCESS);
}

static void after_interrupt(struct radio *r)
{
	node_run_ctlr_now(of_radio(r));
}

/* What is still due now has had its run: it gets the next in a microsecond, so that time goes
 * on. */
static void run_later(struct ble_node *n, struct ev *e, uint64_t due_ns, enum ev_kind kind)
{
	struct clock *c = &n->world->clock;
	if (due_ns == CLOCK_NEVER || clock_due(c, e) <= c->now_ns)
		return;
	clock_schedule(c, e, due_ns > c->now_ns ? due_ns : c->now_ns + 1000, kind);
}

static void on_ctlr(struct ev *e)
{
	struct ble_node *n = of_ctlr_ev(e);
	if (n->raw)
		return;
	node_hci_offer(n);
	ble_ctlr_run(n->ctlr, drift_now_us(&n->radio.drift, n->world->clock.now_ns));
	if (node_hci_offer(n))
		node_run_ctlr_now(n);
	if (n->raw)
		return; /* removed by what was called */
	/* A process that reads the controller itself, without the driver, has to look. */
	if (!n->open || node_hci_peek(n))
		ble_node_wake(n);
	run_later(n, e, drift_us_to_world(&n->radio.drift, ble_ctlr_next_due(n->ctlr)), EV_CTLR);
}

static void on_process(struct ev *e)
{
	struct ble_node *n = of_process_ev(e);
	if (!n->process.run)
		return;
	n->process.run(n->process.ctx, world_now_us(n->world));
	if (n->process.run && n->process.next_due)
		run_later(n, e, us_to_ns(n->process.next_due(n->process.ctx)), EV_PROCESS);
}

void node_ask_again(struct ble_node *n)
{
	struct clock *c = &n->world->clock;
	if (!n->process.run || !n->process.next_due)
		return;
	if (clock_due(c, &n->process_ev) <= c->now_ns + 1000)
		return; /* it may have just run, and be due always: run_later() */
	uint64_t due_ns = us_to_ns(n->process.next_due(n->process.ctx));
	if (due_ns < clock_due(c, &n->process_ev))
		clock_schedule(c, &n->process_ev, due_ns > c->now_ns ? due_ns : c->now_ns, EV_PROCESS);
}

int ble_node_attach(struct ble_node *n, const struct ble_process *process)
{
	if (process && (n->process.run || !process->run))
		return n->process.run ? BLE_EEXIST : BLE_EINVAL;
	clock_cancel(&n->world->clock, &n->process_ev);
	n->process = process ? *process : (struct ble_process){ 0 };
	ble_node_wake(n);
	return 0;
}

/* A number that is free: the next one, and after 65,535 those that have been left. 0: none. */
static uint16_t take_number(struct ble_world *w)
{
	for (unsigned tries = 0; tries < 0xffff; tries++) {
		w->last_number = (uint16_t)(w->last_number == 0xffff ? 1 : w->last_number + 1);
		if (!world_node(w, w->last_number))
			break;
		if (tries == 0xfffe)
			return 0;
	}
	if (w->last_number < w->node_cap)
		return w->last_number;
	size_t cap = w->node_cap ? w->node_cap * 2 : 64;
	struct ble_node **nodes = realloc(w->nodes, cap * sizeof(struct ble_node *));
	if (!nodes)
		return 0;
	memset(nodes + w->node_cap, 0, (cap - w->node_cap) * sizeof(struct ble_node *));
	w->nodes = nodes;
	w->node_cap = cap;
	return w->last_number;
}

static bool is_finite(double x)
{
	return x > -1e9 && x < 1e9;
}

static bool is_valid(const struct ble_node_options *o)
{
	return is_finite(o->x_m) && is_finite(o->y_m) && o->drift_ppm >= -500 &&
		o->drift_ppm <= 500 && o->sca_ppm <= 500;
}

static int start_ctlr(struct ble_node *n, const struct ble_node_options *o)
{
	static const uint8_t none[6];
	struct ble_ctlr_config config = o->ctlr;
	uint16_t number = n->radio.ev.node;
	config.radio = &n->radio.seam;
	config.platform = &n->ctlr_platform;
	if (!memcmp(config.public_address, none, 6)) {
		/* locally administered: nobody's real address */
		const uint8_t address[6] = { (uint8_t)number, (uint8_t)(number >> 8), 0, 0x5e, 0,
			2 };
		memcpy(config.public_address, address, 6);
	}
	size_t size = ble_ctlr_memory(&config);
	n->ctlr_memory = size ? malloc(size) : NULL;
	if (!n->ctlr_memory)
		return BLE_ENOMEM;
	return ble_ctlr_init(&n->ctlr, n->ctlr_memory, size, &config);
}

static void init(struct ble_node *n, const struct ble_node_options *o, uint16_t number)
{
	struct ble_world *w = n->world;
	radio_init(&n->radio, &w->air, number);
	n->radio.place = (struct air_place){ o->x_m, o->y_m };
	n->radio.drift = (struct drift){ .birth_ns = w->clock.now_ns, .ppm = o->drift_ppm };
	n->radio.gain_db = o->tx_power_dbm;
	n->radio.after = after_interrupt;
	if (o->sca_ppm)
		n->radio.caps.sca_ppm = o->sca_ppm;
	n->ctlr_ev = (struct ev){ .fire = on_ctlr, .node = number };
	n->process_ev = (struct ev){ .fire = on_process, .node = number };
	node_hci_init(n);
	platform_init(n, w->seed, ++w->born);
}

/* In the air's trace: what this number is called. */
static void trace_name(const struct ble_node *n, const char *name)
{
	const struct air *a = &n->world->air;
	if (!a->trace || !name)
		return;
	a->trace->put(a->trace->ctx,
		&(struct ble_trace_rec){
			.t_us = a->epoch_us + world_now_us(n->world),
			.kind = BLE_TRACE_WORD,
			.node = n->radio.ev.node,
			.data = name,
			.len = strlen(name),
		});
}

struct ble_node *ble_world_add(struct ble_world *w, const struct ble_node_options *options)
{
	const struct ble_node_options plain = { 0 };
	const struct ble_node_options *o = options ? options : &plain;
	if (!is_valid(o) || !clock_reserve(&w->clock, 3))
		return NULL;
	struct ble_node *n = calloc(1, sizeof *n);
	uint16_t number = n ? take_number(w) : 0;
	if (!number || !air_pool_reserve(&w->air, w->node_count + 1))
		goto fail;
	n->world = w;
	init(n, o, number);
	if (start_ctlr(n, o) < 0)
		goto fail;
	w->nodes[number] = n;
	w->node_count++;
	trace_name(n, o->name);
	node_run_ctlr_now(n);
	return n;
fail:
	clock_reserve(&w->clock, -3);
	if (n)
		node_free(n);
	return NULL;
}

void ble_world_remove(struct ble_node *n)
{
	struct ble_world *w = n->world;
	if (w->nodes[n->radio.ev.node] != n)
		return;
	n->process = (struct ble_process){ 0 };
	radio_silence(&n->radio);
	clock_cancel(&w->clock, &n->ctlr_ev);
	clock_cancel(&w->clock, &n->process_ev);
	clock_reserve(&w->clock, -3);
	n->raw = true;
	node_hci_drop(n);
	w->nodes[n->radio.ev.node] = NULL;
	w->node_count--;
	n->dead_next = w->dead;
	w->dead = n;
	if (w->depth)
		return;
	w->dead = n->dead_next;
	node_free(n);
}

void node_free(struct ble_node *n)
{
	platform_free(n);
	free(n->ctlr_memory);
	free(n);
}

void ble_node_move(struct ble_node *n, double x_m, double y_m)
{
	if (is_finite(x_m) && is_finite(y_m))
		n->radio.place = (struct air_place){ x_m, y_m };
}

uint16_t ble_node_number(const struct ble_node *n)
{
	return n->radio.ev.node;
}

struct ble_ctlr *ble_node_ctlr(struct ble_node *n)
{
	return n->ctlr;
}

struct ble_radio *ble_node_radio(struct ble_node *n)
{
	n->raw = true;
	clock_cancel(&n->world->clock, &n->ctlr_ev);
	return &n->radio.seam;
}
