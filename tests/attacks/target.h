/*
 * What is attacked: a table of attributes with every permission, the same for attackers on the air (kit.h of the
 * conformance cases) and for controllers made of scripts (victim.h). What is written is not stored, so that every read
 * shows whether an attack got through. No GAP and GATT service, so that the handles are these:
 *
 *	01 service A001                        0D characteristic B006, INDICATE
 *	02 characteristic B001, READ WRITE     0E   value 0E 0E, at most 2
 *	03   value 01 02 03 04, at most 8      0F   CCCD
 *	04 characteristic B002, READ WRITE     10 characteristic B007, READ WRITE
 *	05   512 octets 00 01 .. FF 00 ..      11   value: the program is asked, at most 512
 *	06 characteristic B003, WRITE          12 characteristic B008, READ COMMAND
 *	07   value DE AD BE EF, at most 4      13   value 11 22 33 44, at most 4
 *	08 characteristic B004, READ           14 service A002
 *	09   value AA BB                       15 characteristic B001, READ    16   value 05 06 07 08
 *	0A characteristic B005, READ NOTIFY    17 characteristic B001, READ    18   value 09
 *	0B   value 64                          19 characteristic B003, READ    1A   value 77 88
 *	0C   CCCD                              1B characteristic B004, WRITE   1C   value 99 99, at most 2
 */
#ifndef TESTS_ATTACKS_TARGET_H
#define TESTS_ATTACKS_TARGET_H

#include <ble/server.h>

enum { TARGET_LAST = 0x1C, TARGET_LONG = 0x05, TARGET_ASKED = 0x11 };

/* The two services. */
extern const struct ble_service target_services[2];

/* Adds both. */
int target_add(struct ble_host *host);
/* What a handle holds for a reader; -1: no such handle, or not to be read, or only the program knows. */
int target_value(uint16_t handle, const uint8_t **data);

#endif
