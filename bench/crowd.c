/*
 * How many devices one core can simulate: `crowd PERIPHERALS SECONDS` runs a crowd (bench/kit/crowd.h) that advertises 31
 * octets each second and prints simulated seconds per second of the processor, and the reports that the scanner had.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/kit/crowd.h"

int main(int argc, char **argv)
{
	struct crowd crowd = { .seed = 1, .peripherals = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000,
		.interval_us = 1000000, .settle_us = 2000000,
		.run_us = (argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 10) * 1000000u };
	struct crowd_result r;
	clock_t begin = clock();
	if (!crowd_run(&crowd, &r))
		return 1;
	double cpu_s = (double)(clock() - begin) / CLOCKS_PER_SEC;
	double simulated_s = (crowd.settle_us + crowd.run_us) / 1e6;
	printf("%u peripherals: %.1f simulated seconds per second of the processor, %llu reports of %llu events, %llu octets a device\n",
		crowd.peripherals, simulated_s / cpu_s, (unsigned long long)r.reports, (unsigned long long)r.events, (unsigned long long)r.octets);
	return 0;
}
