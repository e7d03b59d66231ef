/*
 * The link layer CRC (Vol 6 Part B 3.1.1) for traces, an octet a step. The air itself needs none:
 * it knows which packets are whole. sim/ stands beside src/spec and cannot use its CRC; tests hold
 * the two against each other.
 */
#ifndef SIM_AIR_CRC_H
#define SIM_AIR_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Writes the three octets in the order of the air. crc_init: as in CONNECT_IND, 24 bits. */
void air_crc(uint8_t crc[3], uint32_t crc_init, const uint8_t *pdu, size_t len);

#endif
