/*
 * Goodput of notifications over the simulated air: `goodput INTERVAL_US PHY [SECONDS [encrypted]]` prints the octets
 * of values that a subscribed central receives in a second. One connection, nothing lost, MTU 247, PDUs of 251
 * octets; the peripheral notifies 244 octets whenever there is room, the central answers with empty PDUs. Both sleep
 * clocks claim 50 ppm; the peripheral's runs 20 ppm fast, the central's is perfect. Two simulated seconds pass before
 * it is counted, over whole intervals.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/kit/star.h"

enum { WARM_UP_US = 2000000 };

int main(int argc, char **argv)
{
	uint32_t interval_us = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 50000;
	uint64_t window_us = (argc > 3 ? strtoul(argv[3], NULL, 10) : 10) * 1000000u;
	struct star s = { .world = ble_world_new(NULL), .count = 1, .interval_us = interval_us,
		.phy = (uint8_t)(argc > 2 ? strtoul(argv[2], NULL, 10) : 0), .subscribes = true, .drift_ppm = 20 };
	window_us = (window_us + interval_us - 1) / interval_us * interval_us;
	if (!s.world || !star_open(&s))
		return fprintf(stderr, "goodput: no connection\n"), 1;
	ble_world_run_until(s.world, ble_world_now(s.world) + WARM_UP_US); /* lengths and PHY are agreed */
	if (argc > 4 && !star_encrypt(&s))
		return fprintf(stderr, "goodput: not encrypted\n"), 1;
	star_stream(&s.peripherals[0], true);
	ble_world_run_until(s.world, ble_world_now(s.world) + WARM_UP_US);
	uint64_t octets = s.central.octets, packets = s.central.notifications;
	clock_t begin = clock();
	ble_world_run_until(s.world, ble_world_now(s.world) + window_us);
	double cpu_s = (double)(clock() - begin) / CLOCKS_PER_SEC;
	octets = s.central.octets - octets;
	packets = s.central.notifications - packets;
	printf("%.0f octets a second, %.2f notifications an interval, %.0f notifications per second of the processor\n",
		(double)octets * 1e6 / (double)window_us, (double)packets * interval_us / (double)window_us,
		(double)packets / cpu_s);
	ble_world_free(s.world);
	star_close(&s);
	return 0;
}
