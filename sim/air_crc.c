/*
 * x^24 + x^10 + x^9 + x^6 + x^4 + x^3 + x + 1, bits in the order of the air: the register is kept
 * reflected, so that the bit sent first is the least significant one.
 */
#include "sim/air_crc.h"

/* The register after four zero bits, for each value of its low four bits. */
static const uint32_t steps[16] = {
	0x000000,
	0x1b4c00,
	0x369800,
	0x2dd400,
	0x6d3000,
	0x767c00,
	0x5ba800,
	0x40e400,
	0xda6000,
	0xc12c00,
	0xecf800,
	0xf7b400,
	0xb75000,
	0xac1c00,
	0x81c800,
	0x9a8400,
};

static uint32_t reflect24(uint32_t x)
{
	uint32_t y = 0;
	for (int i = 0; i < 24; i++, x >>= 1)
		y = y << 1 | (x & 1);
	return y;
}

void air_crc(uint8_t crc[3], uint32_t crc_init, const uint8_t *pdu, size_t len)
{
	uint32_t c = reflect24(crc_init);
	for (size_t i = 0; i < len; i++) {
		c ^= pdu[i];
		c = c >> 4 ^ steps[c & 15];
		c = c >> 4 ^ steps[c & 15];
	}
	crc[0] = (uint8_t)c;
	crc[1] = (uint8_t)(c >> 8);
	crc[2] = (uint8_t)(c >> 16);
}
