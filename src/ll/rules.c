/*
 * The arithmetic of the link layer: what ll.h promises. What a peer proposes is judged here, in 32
 * bits, so that no product of its numbers wraps.
 */
#include "ll/ll.h"

#include "base/bits.h"

bool ll_params_valid(uint16_t interval, uint16_t latency, uint16_t timeout)
{
	if (interval < 6 || interval > 3200 || latency > 499)
		return false;
	if (timeout < 10 || timeout > 3200)
		return false;
	/* timeout * 10 ms > (1 + latency) * interval * 1.25 ms * 2 */
	return (uint32_t)timeout * 4 > (1 + (uint32_t)latency) * interval;
}

bool ll_window_valid(uint8_t win_size, uint16_t win_offset, uint16_t interval)
{
	return win_size >= 1 && win_size <= 8 && win_size < interval && win_offset <= interval;
}

bool ll_connect_ind_valid(const struct ll_connect_ind *in)
{
	return ll_params_valid(in->interval, in->latency, in->timeout) &&
		ll_window_valid(in->win_size, in->win_offset, in->interval) && in->hop >= 5 &&
		in->hop <= 16 && ll_channels_used(in->ch_m) >= 2;
}

unsigned ll_channels_used(const uint8_t map[5])
{
	const uint8_t known[5] = { map[0], map[1], map[2], map[3], map[4] & 0x1F };
	return bits_count(known, sizeof known);
}

uint8_t ll_channel_select(const uint8_t map[5], unsigned used, uint8_t unmapped)
{
	if (bit_get(map, unmapped))
		return unmapped;
	unsigned left = used ? unmapped % used : 0;
	for (uint8_t i = 0; i < LL_DATA_CHANNELS; i++)
		if (bit_get(map, i) && left-- == 0)
			return i;
	return unmapped; /* an empty map, which nobody lets in */
}

static unsigned ones(uint32_t v)
{
	unsigned n = 0;
	for (; v; v &= v - 1)
		n++;
	return n;
}

/*
 * More than six equal bits in a row: seven neighbours that do not differ leave six zeros in the
 * edges.
 */
static bool has_long_run(uint32_t edges)
{
	for (unsigned i = 0; i + 6 <= 31; i++)
		if ((edges >> i & 0x3F) == 0)
			return true;
	return false;
}

bool ll_access_address_valid(uint32_t aa)
{
	uint32_t edges = (aa ^ aa >> 1) & 0x7FFFFFFF; /* bit i: bits i and i + 1 differ */
	if (ones(aa ^ LL_ADV_ACCESS_ADDRESS) <= 1)
		return false;
	if (aa == (aa & 0xFF) * UINT32_C(0x01010101))
		return false;
	if (has_long_run(edges) || ones(edges) > 24)
		return false;
	return ones(edges >> 26) >= 2; /* the six most significant bits have five edges */
}

static const uint16_t sca_ppm[8] = { 500, 250, 150, 100, 75, 50, 30, 20 };

uint8_t ll_sca_of_ppm(uint16_t ppm)
{
	uint8_t sca = 7;
	while (sca && sca_ppm[sca] < ppm)
		sca--;
	return sca;
}

uint16_t ll_ppm_of_sca(uint8_t sca)
{
	return sca_ppm[sca & 7];
}

uint32_t ll_window_widening(uint32_t ppm, uint64_t elapsed_us)
{
	/* Supervision bounds what elapses to 32 s and a window; more would not fit, and is never
	 * waited for. */
	uint64_t most = UINT64_C(64000000);
	uint64_t drift = (uint64_t)ppm * (elapsed_us < most ? elapsed_us : most);
	return (uint32_t)((drift + 999999) / 1000000) + LL_JITTER_US;
}
