/*
 * How soon: `first` prints the simulated time from ble_host_start() to the first packet of an advertisement on the
 * air, and from the connection to the first notification at the central, and that of a pairing (LE Secure
 * Connections, Just Works, no bond), with what the processor had to do for it. `first advertisement`, `first
 * notification` and `first pairing` run one of them, for callgrind (--toggle-collect=measured): all there is in the
 * process, both hosts, link layers and the air.
 *
 * The peripheral has one value that notifies; the central knows its handle, asks for MTU 247 and subscribes; interval
 * 30 ms.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ble/bond.h>
#include <ble/conn.h>

#include "bench/kit/star.h"

struct first {
	uint64_t advertised_us;
	bool seen;
};

static void on_air(void *ctx, const struct ble_trace_rec *rec)
{
	struct first *f = ctx;
	if (rec->kind == BLE_TRACE_AIR && !f->seen) {
		f->seen = true;
		f->advertised_us = rec->t_us;
	}
}

static bool has_advertised(void *ctx)
{
	return ((const struct first *)ctx)->seen;
}

static bool has_notified(void *ctx)
{
	return ((const struct star *)ctx)->central.notifications != 0;
}

__attribute__((noinline)) static void measured(struct ble_world *world, bool (*stop)(void *ctx), void *ctx)
{
	ble_world_run_while(world, ble_world_now(world) + 10000000, stop, ctx);
}

/* Microseconds of the processor for what measured() does. */
static double timed(struct ble_world *world, bool (*stop)(void *ctx), void *ctx)
{
	clock_t begin = clock();
	measured(world, stop, ctx);
	return (double)(clock() - begin) * 1e6 / CLOCKS_PER_SEC;
}

static uint64_t advertisement(double *cpu_us)
{
	struct first f = { 0 };
	struct ble_trace trace = { .ctx = &f, .put = on_air };
	struct star s = { .world = ble_world_new(NULL), .count = 1 };
	struct star_end e;
	ble_world_trace(s.world, &trace);
	ble_world_run_until(s.world, 1000000);
	if (!star_add_peripheral(&s, &e))
		exit(1);
	uint64_t begin_us = ble_world_now(s.world);
	*cpu_us += timed(s.world, has_advertised, &f);
	ble_world_free(s.world);
	free(e.arena);
	return f.advertised_us - begin_us;
}

static uint64_t notification(double *cpu_us)
{
	struct star s = { .world = ble_world_new(NULL), .count = 1, .interval_us = 30000, .subscribes = true };
	struct star_end *p;
	if (!star_begin(&s))
		exit(1);
	p = &s.peripherals[0];
	p->streams = true;
	*cpu_us += timed(s.world, has_notified, &s);
	uint64_t us = s.central.notified_us - s.central.connected_us;
	ble_world_free(s.world);
	star_close(&s);
	return us;
}

static bool has_paired(void *ctx)
{
	return ((const struct star *)ctx)->central.paired_us != 0;
}

static uint64_t pairing(double *cpu_us)
{
	struct star s = { .world = ble_world_new(NULL), .count = 1, .interval_us = 30000, .pairs = true };
	if (!star_open(&s))
		exit(1);
	ble_world_run_until(s.world, ble_world_now(s.world) + 1000000); /* lengths and PHY are agreed */
	uint64_t begin_us = ble_world_now(s.world);
	if (ble_conn_secure(s.central.host, s.central.conn, false) < 0)
		exit(1);
	*cpu_us += timed(s.world, has_paired, &s);
	uint64_t us = s.central.paired_us - begin_us;
	ble_world_free(s.world);
	star_close(&s);
	return us;
}

int main(int argc, char **argv)
{
	enum { ROUNDS = 200 };
	static const struct {
		const char *name, *what;
		uint64_t (*run)(double *cpu_us);
	} all[] = { { "advertisement", "start to first advertisement", advertisement },
		{ "notification", "connection to first notification", notification }, { "pairing", "pairing", pairing } };
	for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
		double cpu_us = 0;
		uint64_t us = 0;
		unsigned rounds = argc > 1 ? !strcmp(argv[1], all[i].name) : ROUNDS;
		for (unsigned n = 0; n < rounds; n++)
			us = all[i].run(&cpu_us);
		if (rounds)
			printf("%s: %.3f ms simulated, %.1f us of the processor\n", all[i].what, (double)us / 1e3,
				cpu_us / rounds);
	}
	return 0;
}
