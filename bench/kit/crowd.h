/* A crowd: so many peripherals with full hosts, and one scanner in their middle, in one world. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdbool.h>
#include <stdint.h>

struct crowd {
	uint64_t seed;
	unsigned peripherals;
	uint32_t interval_us; /* of advertising; the random delay of 0..10 ms comes on top */
	uint32_t settle_us;   /* before reports are counted, so that all have begun at times of their own */
	uint32_t run_us;      /* while they are counted */
};

struct crowd_result {
	uint64_t reports;       /* counted by the scanner's host */
	uint64_t transmissions; /* of the whole world meanwhile, on three channels */
	uint64_t events;        /* advertising events meanwhile: transmissions / 3 */
	uint64_t octets;        /* of memory for a device: node, link layer, host */
};

/* False: out of memory. */
bool crowd_run(const struct crowd *crowd, struct crowd_result *result);

#endif
