/*
 * Connections that idle: `connections STARS PERIPHERALS [SECONDS]` connects centrals to so many peripherals each, at
 * an interval of 50 ms and so far from one another that no star hears the next, and prints simulated seconds per
 * second of the processor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/kit/star.h"

enum { INTERVAL_US = 50000, FAR_M = 100000 };

int main(int argc, char **argv)
{
	unsigned stars = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10;
	unsigned peripherals = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 20;
	unsigned seconds = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 20;
	struct ble_world *world = ble_world_new(NULL);
	struct star *s = calloc(stars, sizeof *s);
	struct ble_world_stats before, after;
	unsigned up = 0;
	for (unsigned i = 0; i < stars; i++) {
		s[i] = (struct star){ .world = world, .count = peripherals, .interval_us = INTERVAL_US,
			.x_m = (double)FAR_M * i };
		if (!star_open(&s[i]))
			return fprintf(stderr, "connections: no connection\n"), 1;
	}
	ble_world_run_until(world, ble_world_now(world) + 1000000);
	ble_world_stats(world, &before);
	clock_t begin = clock();
	ble_world_run_until(world, ble_world_now(world) + seconds * UINT64_C(1000000));
	double cpu_s = (double)(clock() - begin) / CLOCKS_PER_SEC;
	ble_world_stats(world, &after);
	for (unsigned i = 0; i < stars; i++)
		up += s[i].central.up;
	printf("%u connections: %.1f simulated seconds per second of the processor, %.1f packets a connection and second\n",
		up, seconds / cpu_s, (double)(after.transmissions - before.transmissions) / seconds / up);
	ble_world_free(world);
	for (unsigned i = 0; i < stars; i++)
		star_close(&s[i]);
	free(s);
	return up != stars * peripherals;
}
