/*
 * Values as people read and write them. A type is one of the formats that a Characteristic
 * Presentation Format (0x2904) can name (Assigned Numbers 2.4.1); a format is a type with an
 * exponent and a unit. value.c knows UUIDs, value_type.c the types, value_format.c formats and
 * units, value_known.c what certain characteristics look like.
 */
#ifndef TOOLS_GLINT_VALUE_H
#define TOOLS_GLINT_VALUE_H

#include "glint.h"

enum value_code {
	VALUE_NONE = 0,
	VALUE_BOOL = 0x01,
	VALUE_U2,
	VALUE_U4,
	VALUE_U8,
	VALUE_U12,
	VALUE_U16,
	VALUE_U24,
	VALUE_U32,
	VALUE_U48,
	VALUE_U64,
	VALUE_S8 = 0x0C,
	VALUE_S12,
	VALUE_S16,
	VALUE_S24,
	VALUE_S32,
	VALUE_S48,
	VALUE_S64,
	VALUE_F32 = 0x14,
	VALUE_F64,
	VALUE_SFLOAT,
	VALUE_FLOAT,
	VALUE_TEXT_UTF8 = 0x19,
	VALUE_HEX = 0x100, /* not a format: what people ask for */
	VALUE_DATE,
};

struct value_type {
	uint16_t code; /* enum value_code */
	uint8_t size;  /* octets; 0: any number of them */
	uint8_t bits;  /* the least significant ones count: Vol 3 Part G 3.3.3.5.2 */
	const char *word;
};

enum { UNIT_DBM = 1 }; /* has no UUID */

struct value_format {
	uint16_t code; /* enum value_code; one that is not there has no type; VALUE_NONE: unknown */
	int8_t exponent;
	uint16_t unit; /* UUID, 0: none; Assigned Numbers 3.5 */
};

/* --- value.c */
bool uuid_read(struct uuid *uuid, const char *text); /* 2a19, 0x2a19 or 128 bits with dashes */
bool uuid_same(const struct uuid *a, const struct uuid *b);

/* --- value_type.c. An exponent is for whole numbers only: Vol 3 Part G 3.3.3.5.3 */
enum { WHY_TEXT = 200, WORDS_MOST = 600 };
const struct value_type *type_named(const char *word); /* NULL: no such type */
const struct value_type *type_of(uint16_t code);       /* NULL: not one that is read and written */
const char *const *type_words(void);                   /* all of them, NULL-ended */
bool type_is_signed(const struct value_type *type);
double ten_to(int exponent);
/* False: there are not as many octets as the type has. */
bool type_show(char dst[VALUE_TEXT], const struct value_type *type, int exponent, const void *data,
	size_t len);
bool type_number(
	double *number, const struct value_type *type, int exponent, const void *data, size_t len);
void hex_show(char dst[VALUE_TEXT], const void *data, size_t len);
void text_show(char dst[VALUE_TEXT], const void *data, size_t len); /* in quotes */

/* --- value_write.c. The octets that a word stands for; how many, or -1 and a sentence in
 * why. */
int type_write(const struct value_type *type, int exponent, const char *word, uint8_t *dst,
	size_t cap, char why[WHY_TEXT]);
int hex_write(
	const char *const *words, unsigned count, uint8_t *dst, size_t cap, char why[WHY_TEXT]);

/* --- value_format.c */
bool format_read(struct value_format *format, const void *data, size_t len);
const char *unit_text(uint16_t unit); /* "%", "°C"; "" when there is none to show */
bool format_show(
	char dst[VALUE_TEXT], const struct value_format *format, const void *data, size_t len);
/* "u16, x 10^-2, °C" */
const char *format_title(char dst[VALUE_TEXT], const struct value_format *format);

/* --- value_known.c */
/* The format that an assigned characteristic has; code VALUE_NONE: it is not a plain number. */
struct value_format known_format(const struct uuid *uuid);
/* False: not a characteristic with a form of its own, or not of that form. */
bool known_show(char dst[VALUE_TEXT], const struct uuid *uuid, const void *data, size_t len);
bool date_show(char dst[VALUE_TEXT], const void *data, size_t len); /* Date Time: 7 octets */

/* --- value.c: all that is known, put together. format may be NULL. */
const char *value_show(char dst[VALUE_TEXT], const struct uuid *uuid,
	const struct value_format *format, const void *data, size_t len);
bool value_number(double *number, const struct uuid *uuid, const struct value_format *format,
	const void *data, size_t len);

#endif
