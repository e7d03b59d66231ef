/*
 * Path loss: 40 dB over the first metre (free space at 2.44 GHz), then 10 n dB a decade of
 * distance.
 *
 * The logarithm is computed here, on the bits of the double, to 1/256 of an octave: the result in
 * whole dB is then the same with every C library, which determinism asks for.
 */
#include "sim/air.h"

#include <string.h>

#define LOSS_AT_1M_DB 40
#define HALF          (256 * 100000)

/* 256 * log2(x), x >= 1 and finite. */
static int32_t log2_256(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	int32_t result = (int32_t)(bits >> 52 & 0x7ff) - 1023;
	bits = (bits & 0xfffffffffffff) | 0x3ff0000000000000;
	memcpy(&x, &bits, sizeof x);
	for (int i = 0; i < 8; i++) {
		x *= x;
		result *= 2;
		if (x >= 2) {
			x /= 2;
			result++;
		}
	}
	return result;
}

int8_t air_rssi(const struct air *a, const struct air_tx *tx, const struct radio *r)
{
	double dx = tx->place.x_m - r->place.x_m, dy = tx->place.y_m - r->place.y_m;
	double square = dx * dx + dy * dy;
	int32_t loss = LOSS_AT_1M_DB;
	if (square > 1)
		/* 10 n log10(d) = n_tenths / 2 * log10(d^2), log10(2) = 0.30103 */
		loss += (int32_t)(((int64_t)log2_256(square) * a->exponent_tenths * 30103 + HALF) /
			(2 * HALF));
	int32_t rssi = tx->power_dbm - loss;
	return (int8_t)(rssi < -127 ? -127 : rssi);
}
