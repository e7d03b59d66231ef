/*
 * Types of values, and how they are shown: whole numbers of either sign, floating point of IEEE 754
 * and of IEEE 11073-20601, text, octets. An exponent (of 0x2904) moves the decimal point of a whole
 * number; this is done on its digits, so that 2150 with exponent -2 is 21.50.
 */
#include "value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MOST = 160 }; /* 20 of a whole number, and an exponent of 127 */

static const struct value_type types[] = {
	{ VALUE_BOOL, 1, 1, "bool" },
	{ VALUE_U2, 1, 2, "u2" },
	{ VALUE_U4, 1, 4, "u4" },
	{ VALUE_U8, 1, 8, "u8" },
	{ VALUE_U12, 2, 12, "u12" },
	{ VALUE_U16, 2, 16, "u16" },
	{ VALUE_U24, 3, 24, "u24" },
	{ VALUE_U32, 4, 32, "u32" },
	{ VALUE_U48, 6, 48, "u48" },
	{ VALUE_U64, 8, 64, "u64" },
	{ VALUE_S8, 1, 8, "s8" },
	{ VALUE_S12, 2, 12, "s12" },
	{ VALUE_S16, 2, 16, "s16" },
	{ VALUE_S24, 3, 24, "s24" },
	{ VALUE_S32, 4, 32, "s32" },
	{ VALUE_S48, 6, 48, "s48" },
	{ VALUE_S64, 8, 64, "s64" },
	{ VALUE_F32, 4, 32, "f32" },
	{ VALUE_F64, 8, 64, "f64" },
	{ VALUE_SFLOAT, 2, 16, "sfloat" },
	{ VALUE_FLOAT, 4, 32, "float" },
	{ VALUE_TEXT_UTF8, 0, 0, "text" },
	{ VALUE_HEX, 0, 0, "hex" },
	{ VALUE_DATE, 7, 0, "date" },
};
enum { TYPES = sizeof types / sizeof *types };

const struct value_type *type_named(const char *word)
{
	for (size_t i = 0; i < TYPES; i++)
		if (!strcmp(word, types[i].word))
			return &types[i];
	return NULL;
}

const struct value_type *type_of(uint16_t code)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].code == code)
			return &types[i];
	return NULL;
}

const char *const *type_words(void)
{
	static const char *words[TYPES + 1];
	for (size_t i = 0; i < TYPES; i++)
		words[i] = types[i].word;
	return words;
}

bool type_is_signed(const struct value_type *t)
{
	return t->code >= VALUE_S8 && t->code <= VALUE_S64;
}

double ten_to(int exponent)
{
	double ten = 1;
	for (int i = exponent < 0 ? -exponent : exponent; i > 0; i--)
		ten *= 10;
	return exponent < 0 ? 1 / ten : ten;
}

/* What counts of the octets, least significant first. */
static uint64_t octets_get(const struct value_type *t, const uint8_t *p)
{
	uint64_t v = 0;
	for (unsigned n = t->size; n--;)
		v = v << 8 | p[n];
	return t->bits < 64 ? v & ((1ull << t->bits) - 1) : v;
}

/* Two's complement of `bits`, 1 to 64. */
static int64_t sign_extend(uint64_t v, unsigned bits)
{
	uint64_t sign = 1ull << (bits - 1);
	return (int64_t)((v ^ sign) - sign);
}

/* digits x 10^exponent. */
static void point_put(char dst[VALUE_TEXT], bool minus, const char *digits, int exponent)
{
	char padded[DIGITS_MOST + 1];
	size_t n = strlen(digits), places = exponent < 0 ? (size_t)-exponent : 0;
	size_t zeros = n <= places ? places + 1 - n : 0;
	memset(padded, '0', zeros);
	memcpy(padded + zeros, digits, n + 1);
	n += zeros;
	if (exponent > 0 && strcmp(digits, "0") != 0) {
		memset(padded + n, '0', (size_t)exponent);
		n += (size_t)exponent;
		padded[n] = '\0';
	}
	snprintf(dst, VALUE_TEXT, "%s%.*s%s%s", minus ? "-" : "", (int)(n - places), padded,
		places ? "." : "", padded + n - places);
}

static void whole_show(char dst[VALUE_TEXT], const struct value_type *t, int exponent, uint64_t v)
{
	char digits[24];
	int64_t s = type_is_signed(t) ? sign_extend(v, t->bits) : 0;
	snprintf(digits, sizeof digits, "%llu", (unsigned long long)(s < 0 ? 0 - (uint64_t)s : v));
	point_put(dst, s < 0, digits, exponent);
}

/* IEEE 11073-20601: mantissa and exponent to the base of ten; a few mantissas around the least are
 * no numbers. NULL: it is one. */
static const char *not_a_number(const struct value_type *t, uint64_t v)
{
	static const char *const words[] = { "+infinity", "not a number", "not at this resolution",
		"reserved", "-infinity" };
	uint32_t mantissa = (uint32_t)v & (t->code == VALUE_FLOAT ? 0xFFFFFF : 0xFFF);
	uint32_t first = t->code == VALUE_FLOAT ? 0x7FFFFE : 0x7FE;
	return mantissa >= first && mantissa <= first + 4 ? words[mantissa - first] : NULL;
}

static int64_t decimal_mantissa(const struct value_type *t, uint64_t v)
{
	return t->code == VALUE_FLOAT ? sign_extend(v & 0xFFFFFF, 24) : sign_extend(v & 0xFFF, 12);
}

static int decimal_exponent(const struct value_type *t, uint64_t v)
{
	return (int)(t->code == VALUE_FLOAT ? sign_extend(v >> 24, 8) : sign_extend(v >> 12, 4));
}

static void decimal_show(char dst[VALUE_TEXT], const struct value_type *t, uint64_t v)
{
	char digits[24];
	int64_t m = decimal_mantissa(t, v);
	const char *word = not_a_number(t, v);
	if (word) {
		strcpy(dst, word);
		return;
	}
	snprintf(digits, sizeof digits, "%lld", (long long)(m < 0 ? -m : m));
	point_put(dst, m < 0, digits, decimal_exponent(t, v));
}

static double binary_get(const struct value_type *t, uint64_t v)
{
	uint32_t bits = (uint32_t)v;
	float f;
	double d;
	memcpy(&f, &bits, 4);
	memcpy(&d, &v, 8);
	return t->code == VALUE_F32 ? (double)f : d;
}

bool type_show(char dst[VALUE_TEXT], const struct value_type *type, int exponent, const void *data,
	size_t len)
{
	if (type->size && len != type->size)
		return false;
	uint64_t v = type->bits ? octets_get(type, data) : 0;
	switch (type->code) {
	case VALUE_BOOL: strcpy(dst, v ? "true" : "false"); return true;
	case VALUE_F32:
	case VALUE_F64:
		snprintf(dst, VALUE_TEXT, "%.*g", type->code == VALUE_F32 ? 7 : 15,
			binary_get(type, v));
		return true;
	case VALUE_SFLOAT:
	case VALUE_FLOAT: decimal_show(dst, type, v); return true;
	case VALUE_TEXT_UTF8: text_show(dst, data, len); return true;
	case VALUE_HEX: hex_show(dst, data, len); return true;
	case VALUE_DATE: return date_show(dst, data, len);
	default: whole_show(dst, type, exponent, v); return true;
	}
}

bool type_number(
	double *number, const struct value_type *type, int exponent, const void *data, size_t len)
{
	if (!type->bits || len != type->size)
		return false;
	uint64_t v = octets_get(type, data);
	bool decimal = type->code == VALUE_SFLOAT || type->code == VALUE_FLOAT;
	if (type->code == VALUE_F32 || type->code == VALUE_F64)
		*number = binary_get(type, v);
	else if (decimal)
		*number = (double)decimal_mantissa(type, v) * ten_to(decimal_exponent(type, v));
	else if (type_is_signed(type))
		*number = (double)sign_extend(v, type->bits) * ten_to(exponent);
	else
		*number = (double)v * ten_to(exponent);
	return isfinite(*number) && !(decimal && not_a_number(type, v));
}

void hex_show(char dst[VALUE_TEXT], const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t out = 0;
	*dst = '\0';
	for (size_t i = 0; i < len && out + 8 < VALUE_TEXT; i++)
		out += (size_t)snprintf(dst + out, VALUE_TEXT - out, i ? " %02x" : "%02x", p[i]);
	if (out + 8 >= VALUE_TEXT)
		strcpy(dst + out, " ...");
}

void text_show(char dst[VALUE_TEXT], const void *data, size_t len)
{
	char text[VALUE_TEXT - 3];
	snprintf(dst, VALUE_TEXT, "\"%s\"", safe(text, sizeof text, data, len));
}
