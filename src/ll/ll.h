/*
 * Front door of the link layer for tests and benches: the rules that Vol 6 Part B states as
 * arithmetic, as pure functions. The public face is include/ble/controller.h. Nothing here keeps
 * state; all of it may run in the interrupt.
 */
#ifndef LL_LL_H
#define LL_LL_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/ll_pdu.h"

enum {
	LL_UNIT_US = 1250,                 /* of intervals, window sizes and offsets */
	LL_WINDOW_DELAY_US = 1250,         /* transmitWindowDelay after a CONNECT_IND: 4.5.3 */
	LL_ADV_DELAY_US = 10000,           /* advDelay is 0..10 ms: 4.4.2.2.1 */
	LL_ESTABLISH_EVENTS = 6,           /* 4.5: connection intervals without a packet */
	LL_RESPONSE_TIMEOUT_US = 40000000, /* 5.2 */
	LL_JITTER_US = 32,  /* 16 us of each sleep clock, both sides of the link: 4.2.2 */
	LL_PREAMBLE_US = 8, /* 1M */
};

/*
 * Interval, latency and supervision time-out are in range and agree with each other: 4.5.1, 4.5.2.
 */
bool ll_params_valid(uint16_t interval, uint16_t latency, uint16_t timeout);
/* Window size and offset fit the interval: 4.5.3. */
bool ll_window_valid(uint8_t win_size, uint16_t win_offset, uint16_t interval);
/* All of LLData is such that a connection can be made of it; addresses are not looked at. */
bool ll_connect_ind_valid(const struct ll_connect_ind *in);

/* Channels 0..36 in a map; bits above are reserved and not counted. */
unsigned ll_channels_used(const uint8_t map[5]);
/*
 * Channel selection algorithm #1, second half: 4.5.8.2. unmapped is 0..36; used is
 * ll_channels_used(map), at least 1. Ends for every map; 0..36.
 */
uint8_t ll_channel_select(const uint8_t map[5], unsigned used, uint8_t unmapped);

/* May be the access address of a connection: 2.1.2. */
bool ll_access_address_valid(uint32_t aa);

/*
 * The class 0..7 in which a clock of this accuracy is announced, and the worst of a class: 2.3.3.1.
 */
uint8_t ll_sca_of_ppm(uint16_t ppm);
uint16_t ll_ppm_of_sca(uint8_t sca);

/*
 * How far two clocks of ppm together may be apart after elapsed_us, jitter included, rounded up:
 * 4.2.4.
 */
uint32_t ll_window_widening(uint32_t ppm, uint64_t elapsed_us);

#endif
