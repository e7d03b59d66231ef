/*
 * The CRC of a link layer packet, for trace files; radios make their own. Vol 6 Part B 3.1.1.
 */
#ifndef GLINT_SPEC_CRC24_H
#define GLINT_SPEC_CRC24_H

#include <stddef.h>
#include <stdint.h>

/*
 * Over PDU header and payload, from CRCInit (LL_ADV_CRC_INIT, or the 24 bits of CONNECT_IND). The
 * result's three octets, least significant first, are the octets behind the PDU in a capture.
 */
uint32_t crc24(uint32_t crc_init, const uint8_t *pdu, size_t len);

#endif
