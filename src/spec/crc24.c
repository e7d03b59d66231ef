/*
 * x^24 + x^10 + x^9 + x^6 + x^4 + x^3 + x + 1, bit by bit as the shift register of Vol 6 Part B
 * 3.1.1 is drawn.
 *
 * Octets go in least significant bit first, while the register's position 23 leaves first. Kept
 * mirrored, with position 23 in bit 0, both shift right, and the register's octets come out as they
 * stand in a capture.
 */
#include "spec/crc24.h"

#define POLYNOMIAL_MIRRORED UINT32_C(0xDA6000)

static uint32_t mirror24(uint32_t v)
{
	uint32_t m = 0;
	for (int i = 0; i < 24; i++)
		m = m << 1 | (v >> i & 1);
	return m;
}

uint32_t crc24(uint32_t crc_init, const uint8_t *pdu, size_t len)
{
	uint32_t reg = mirror24(crc_init);
	for (size_t i = 0; i < len; i++) {
		reg ^= pdu[i];
		for (int bit = 0; bit < 8; bit++)
			reg = reg >> 1 ^ (reg & 1 ? POLYNOMIAL_MIRRORED : 0);
	}
	return reg;
}
