/*
 * A thousand peripherals and one scanner: the number of reports is what the arithmetic of collisions says.
 *
 * An advertising event has one packet on the channel that the scanner listens on. With 31 octets of data it is
 * 1 + 4 + 2 + 37 + 3 = 47 octets or 376 us long (Vol 6 Part B 2.1). All are equally strong, so it is lost when any of
 * the 999 others begins on that channel less than 376 us before or after it; each of them does so once in 1,005 ms on
 * average (4.4.2.2.1: the interval and a random delay of 0 to 10 ms). It is lost as well while the scanner's radio is
 * being set up again: 60 us (sim/radio.c) after each packet, so the stretch in front is 436 us, and 60 us in each scan
 * interval of 10 ms. As beginnings are as good as independent,
 *
 *	P(reported) = (1 - 60 / 10,000) * exp(-999 / 1,005,000 * (376 + 60 + 376)) = 0.4434
 *
 * The events of 20 s are about 19,900 trials; four standard deviations are 0.0141.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/kit/crowd.h"

static void reports_are_those_that_did_not_collide(void **state)
{
	const struct crowd crowd = { .seed = 7, .peripherals = 1000, .interval_us = 1000000, .settle_us = 2000000,
		.run_us = 20000000 };
	struct crowd_result r;
	(void)state;
	assert_true(crowd_run(&crowd, &r));
	/* 20 s of 1,000 that advertise each 1,005 ms; the deviation of their sum is below 100. */
	assert_in_range(r.events, 19900 - 100, 19900 + 100);
	uint64_t reported_ppm = r.reports * 1000000 / r.events;
	assert_in_range(reported_ppm, 443400 - 14100, 443400 + 14100);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reports_are_those_that_did_not_collide) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
