/*
 * The numbers of ATT and GATT as enums, made from the lists: opcodes, errors, properties, assigned
 * 16-bit UUIDs.
 */
#ifndef GLINT_SPEC_ATT_CODES_H
#define GLINT_SPEC_ATT_CODES_H

enum att_opcode {
#define X(name, num, text) ATT_##name = num,
#include "spec/att_opcodes.def"
#undef X
};

enum att_err {
	ATT_ERR_NONE = 0,
#define X(name, num, text) ATT_ERR_##name = num,
#include "spec/att_errors.def"
#undef X
	ATT_ERR_APPLICATION_FIRST = 0x80,
	ATT_ERR_APPLICATION_LAST = 0x9F,
};

enum att_method_flag {
#define X(name, mask, text) ATT_FLAG_##name = mask,
#include "spec/att_method_flags.def"
#undef X
};

enum gatt_property {
#define X(name, mask, text) GATT_PROP_##name = mask,
#include "spec/gatt_properties.def"
#undef X
};

/*
 * Services, characteristics, descriptors and declarations: UUID16_BATTERY_SERVICE,
 * UUID16_BATTERY_LEVEL, …
 */
enum uuid16 {
#define X(name, num, text) UUID16_##name = num,
#include "spec/uuids16.def"
#undef X
};

enum {
	ATT_MTU_DEFAULT = 23, /* ATT_MTU of an LE bearer until it is exchanged */
	ATT_VALUE_MAX = 512,  /* octets of an attribute's value: Vol 3 Part F 3.2.9 */
	ATT_SIGNATURE_LEN = 12,
};

/* Bits of a Client Characteristic Configuration descriptor: Vol 3 Part G 3.3.3.3 */
enum gatt_cccd {
	GATT_CCCD_NOTIFICATION = 0x0001,
	GATT_CCCD_INDICATION = 0x0002,
};

#endif
