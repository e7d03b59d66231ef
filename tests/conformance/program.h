/*
 * The program that the GATT server cases run against: a table of attributes with every property, values shorter and
 * longer than a PDU, both sizes of UUID, and one characteristic that nobody may read or write. No GAP and GATT service,
 * so that the handles are these (server.h says how they follow from the description):
 *
 *	01 service A001                       12 characteristic B007, INDICATE
 *	02 characteristic B001, READ WRITE    13   value AA BB
 *	03   value 01 02 03 04, at most 8     14   CCCD
 *	04 characteristic B002, READ WRITE    15 service 128-bit
 *	05   value 00 01 .. 3B, at most 64    16 characteristic 128-bit, READ
 *	06   description of 40 octets         17   value 5A
 *	07 characteristic B003, READ          18 characteristic B001, READ
 *	08   value AA BB                      19   value 05 06 07 08
 *	09 characteristic B004, WRITE         1A service A001
 *	0A   value, at most 4                 1B characteristic B008, READ WRITE
 *	0B characteristic B005, READ COMMAND  1C   value: the program refuses, Insufficient Authorization
 *	0C   value 11 22 33 44, at most 4     1D characteristic B009, NOTIFY INDICATE
 *	0D service A002                       1E   value 07
 *	0E characteristic B006, READ NOTIFY   1F   CCCD
 *	0F   value 64
 *	10   CCCD
 *	11   description "Level"
 */
#ifndef TESTS_CONFORMANCE_PROGRAM_H
#define TESTS_CONFORMANCE_PROGRAM_H

#include "kit.h"

#define UUID_SERVICE "00 01 02 03 04 05 06 07 08 09 0A 0B 0C A0 0E 0F"
#define UUID_CHARACTERISTIC "00 01 02 03 04 05 06 07 08 09 0A 0B 0D A0 0E 0F"

extern const char program_description[41]; /* of handle 06 */

/* A host with that table, the values as above, and the lower tester connected to it with the MTU of 23. */
void program_connected(struct kit *k);
/* The same, not connected. */
void program_start(struct kit *k);

#endif
