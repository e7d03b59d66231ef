/*
 * The arithmetic of Vol 6 Part B: every map for channel selection, every field of LLData around its
 * bounds against a predicate written in other units, access addresses against a bit-by-bit reading
 * of 2.1.2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bits.h"
#include "ll/ll.h"

static struct ll_connect_ind good(void)
{
	return (struct ll_connect_ind){ .win_size = 2,
		.win_offset = 3,
		.interval = 24,
		.latency = 2,
		.timeout = 200,
		.ch_m = { 0xFF, 0xFF, 0xFF, 0xFF, 0x1F },
		.hop = 7 };
}

/* LL-007, LL-008, LL-009 in microseconds, 64 bits. */
static bool reference(const struct ll_connect_ind *in)
{
	uint64_t interval = in->interval * UINT64_C(1250), timeout = in->timeout * UINT64_C(10000);
	uint64_t size = in->win_size * UINT64_C(1250), offset = in->win_offset * UINT64_C(1250);
	unsigned used = 0;
	for (unsigned i = 0; i < 37; i++)
		used += in->ch_m[i / 8] >> i % 8 & 1;
	return interval >= 7500 && interval <= 4000000 && timeout >= 100000 &&
		timeout <= 32000000 && in->latency <= 499 &&
		timeout > (1 + in->latency) * interval * 2 && size >= 1250 && size <= 10000 &&
		size <= interval - 1250 && offset <= interval && used >= 2 && in->hop >= 5 &&
		in->hop <= 16;
}

static void check(const struct ll_connect_ind *in)
{
	assert_int_equal(ll_connect_ind_valid(in), reference(in));
}

static void test_connect_ind_each_field(void **state)
{
	(void)state;
	for (uint32_t v = 0; v <= 0xFFFF; v++) {
		struct ll_connect_ind in = good();
		in.interval = (uint16_t)v;
		check(&in);
		in = good();
		in.latency = (uint16_t)v;
		check(&in);
		in = good();
		in.timeout = (uint16_t)v;
		check(&in);
		in = good();
		in.win_offset = (uint16_t)v;
		check(&in);
	}
	for (unsigned v = 0; v < 256; v++) {
		struct ll_connect_ind in = good();
		in.win_size = (uint8_t)v;
		check(&in);
		in.interval = 6;
		check(&in);
		in = good();
		in.hop = v & 0x1F;
		check(&in);
	}
}

static void test_connect_ind_together(void **state)
{
	(void)state;
	static const uint16_t intervals[] = { 0, 5, 6, 7, 9, 24, 3199, 3200, 3201, 0xFFFF };
	static const uint16_t latencies[] = { 0, 1, 2, 498, 499, 500, 0xFFFF };
	for (unsigned i = 0; i < 10; i++)
		for (unsigned l = 0; l < 7; l++)
			for (uint32_t t = 0; t <= 3300; t++) {
				struct ll_connect_ind in = good();
				in.interval = intervals[i];
				in.latency = latencies[l];
				in.timeout = (uint16_t)t;
				check(&in);
			}
}

static void test_maps(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i++)
		for (unsigned j = 0; j < 40; j++) {
			struct ll_connect_ind in = good();
			memset(in.ch_m, 0, 5);
			check(&in);
			bit_set(in.ch_m, i);
			check(&in);
			bit_set(in.ch_m, j);
			check(&in);
		}
}

/* 4.5.8.2 by the book: a table of used channels in ascending order, indexed by the remainder. */
static void test_channel_selection(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (unsigned n = 0; n < 20000; n++) {
		uint8_t map[5], table[37];
		unsigned used = 0;
		for (unsigned i = 0; i < 5; i++) {
			seed = seed * 1664525 + 1013904223;
			map[i] = (uint8_t)(seed >> 24 & (n % 3 ? 255u : seed >> 16));
		}
		for (uint8_t ch = 0; ch < 37; ch++)
			if (bit_get(map, ch))
				table[used++] = ch;
		assert_int_equal(ll_channels_used(map), used);
		for (uint8_t u = 0; u < 37; u++) {
			uint8_t ch = ll_channel_select(map, used, u);
			assert_in_range(ch, 0, 36);
			if (used)
				assert_int_equal(ch, bit_get(map, u) ? u : table[u % used]);
		}
	}
}

static bool address_reference(uint32_t aa)
{
	unsigned run = 1, changes = 0, top = 0, differs = 0;
	for (unsigned i = 0; i < 32; i++)
		differs += (aa >> i & 1) != (0x8E89BED6u >> i & 1);
	for (unsigned i = 1; i < 32; i++) {
		bool change = (aa >> i & 1) != (aa >> (i - 1) & 1);
		run = change ? 1 : run + 1;
		changes += change;
		if (i >= 27)
			top += change;
		if (run > 6)
			return false;
	}
	bool equal = (aa & 0xFF) == (aa >> 8 & 0xFF) && (aa & 0xFFFF) == aa >> 16;
	return differs > 1 && !equal && changes <= 24 && top >= 2;
}

static void test_access_addresses(void **state)
{
	(void)state;
	uint32_t v = 12345;
	unsigned valid = 0;
	for (unsigned n = 0; n < 500000; n++) {
		v = v * 1664525 + 1013904223;
		uint32_t aa = v ^ v >> 13;
		assert_int_equal(ll_access_address_valid(aa), address_reference(aa));
		valid += address_reference(aa);
	}
	assert_true(valid > 10000);
	assert_false(ll_access_address_valid(LL_ADV_ACCESS_ADDRESS));
	for (unsigned i = 0; i < 32; i++)
		assert_false(ll_access_address_valid(LL_ADV_ACCESS_ADDRESS ^ 1u << i));
	for (uint32_t b = 0; b < 256; b++)
		assert_false(ll_access_address_valid(b * 0x01010101u));
}

static void test_clocks(void **state)
{
	(void)state;
	static const struct {
		uint16_t ppm;
		uint8_t sca;
	} rows[] = {
		{ 500, 0 },
		{ 251, 0 },
		{ 250, 1 },
		{ 151, 1 },
		{ 150, 2 },
		{ 101, 2 },
		{ 100, 3 },
		{ 76, 3 },
		{ 75, 4 },
		{ 51, 4 },
		{ 50, 5 },
		{ 31, 5 },
		{ 30, 6 },
		{ 21, 6 },
		{ 20, 7 },
		{ 0, 7 },
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ll_sca_of_ppm(rows[i].ppm), rows[i].sca);
		assert_true(ll_ppm_of_sca(rows[i].sca) >= rows[i].ppm);
	}
	/* both at 500 ppm over 1 s: 1 ms; at 20 and 50 ppm over 30 ms: 2.1 us, rounded up; and
	 * the jitter of both */
	assert_int_equal(ll_window_widening(1000, 1000000), 1000 + 32);
	assert_int_equal(ll_window_widening(70, 30000), 3 + 32);
	assert_int_equal(ll_window_widening(1000, 32000000), 32000 + 32);
	assert_int_equal(ll_window_widening(0, 5), 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect_ind_each_field),
		cmocka_unit_test(test_connect_ind_together),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_channel_selection),
		cmocka_unit_test(test_access_addresses),
		cmocka_unit_test(test_clocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
