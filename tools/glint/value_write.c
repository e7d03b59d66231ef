/*
 * Values from words: numbers with the decimal point moved by an exponent, without rounding; text,
 * dates, octets in hex. What cannot be told in the type is refused in one sentence.
 */
#include "value.h"

#include "base/le.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void octets_put(uint8_t *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

struct decimal {
	bool minus;
	uint64_t mantissa;
	int exponent;
};

/* "-21.5": 215, exponent -1. */
static bool decimal_read(struct decimal *d, const char *word)
{
	bool point = false, any = false;
	*d = (struct decimal){ .minus = *word == '-' };
	for (word += *word == '-' || *word == '+'; *word; word++) {
		if (*word == '.' && !point) {
			point = true;
			continue;
		}
		unsigned digit = (unsigned)(*word - '0');
		if (digit > 9 || d->mantissa > (UINT64_MAX - digit) / 10)
			return false;
		d->mantissa = d->mantissa * 10 + digit;
		d->exponent -= point;
		any = true;
	}
	return any;
}

/* The same number with another exponent; false: it has not got one. */
static bool rescale(struct decimal *d, int exponent)
{
	for (; d->exponent > exponent && d->mantissa; d->exponent--) {
		if (d->mantissa > UINT64_MAX / 10)
			return false;
		d->mantissa *= 10;
	}
	for (; d->exponent < exponent && d->mantissa; d->exponent++) {
		if (d->mantissa % 10)
			return false;
		d->mantissa /= 10;
	}
	d->exponent = exponent;
	return true;
}

static bool whole_fits(const struct value_type *t, const struct decimal *d)
{
	uint64_t most = t->bits == 64 ? UINT64_MAX : (1ull << t->bits) - 1;
	if (type_is_signed(t))
		return d->mantissa <= most / 2 + d->minus;
	return d->mantissa <= most && !(d->minus && d->mantissa);
}

static int whole_write(const struct value_type *t, int exponent, const char *word, uint8_t *dst,
	char why[WHY_TEXT])
{
	struct decimal d = { 0 };
	char *end;
	errno = 0;
	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X') && !exponent) {
		d.mantissa = strtoull(word, &end, 16);
		if (*end || errno || !word[2])
			end = NULL;
	} else {
		end = decimal_read(&d, word) ? (char *)(uintptr_t)word : NULL;
	}
	if (!end)
		snprintf(why, WHY_TEXT, "%.60s is not a whole number", word);
	else if (!rescale(&d, exponent))
		snprintf(why, WHY_TEXT, "%.60s cannot be told in steps of 10^%d", word, exponent);
	else if (!whole_fits(t, &d))
		snprintf(why, WHY_TEXT, "%.60s is out of range: %s has %u bits", word, t->word,
			t->bits);
	else {
		uint64_t v = d.minus ? 0 - d.mantissa : d.mantissa;
		octets_put(dst, t->size, t->bits < 64 ? v & ((1ull << t->bits) - 1) : v);
		return t->size;
	}
	return -1;
}

static int decimal_write(
	const struct value_type *t, const char *word, uint8_t *dst, char why[WHY_TEXT])
{
	struct decimal d;
	bool is_float = t->code == VALUE_FLOAT;
	uint64_t most = is_float ? 0x7FFFFD : 0x7FD;
	int least_exponent = is_float ? -128 : -8;
	bool is = decimal_read(&d, word);
	while (is && d.mantissa && d.mantissa % 10 == 0 &&
		(d.mantissa > most || d.exponent < least_exponent)) {
		d.mantissa /= 10;
		d.exponent++;
	}
	if (!is || d.mantissa > most || d.exponent < least_exponent || d.exponent > 7) {
		snprintf(why, WHY_TEXT,
			is ? "%.60s is out of range of %s, or has too many digits for it"
			   : "%.60s is not a number such as 36.5 (%s)",
			word, t->word);
		return -1;
	}
	uint64_t mantissa = d.minus ? 0 - d.mantissa : d.mantissa;
	uint64_t v = is_float
		? (mantissa & 0xFFFFFF) | (uint64_t)((uint32_t)d.exponent & 0xFF) << 24
		: (mantissa & 0xFFF) | (uint64_t)((uint32_t)d.exponent & 0xF) << 12;
	octets_put(dst, t->size, v);
	return t->size;
}

static int binary_write(
	const struct value_type *t, const char *word, uint8_t *dst, char why[WHY_TEXT])
{
	char *end;
	double d = strtod(word, &end);
	if (end == word || *end) {
		snprintf(why, WHY_TEXT, "%.60s is not a number", word);
		return -1;
	}
	float f = (float)d;
	uint32_t bits;
	uint64_t v;
	memcpy(&bits, &f, 4);
	memcpy(&v, &d, 8);
	octets_put(dst, t->size, t->code == VALUE_F32 ? bits : v);
	return t->size;
}

static int bool_write(const char *word, uint8_t *dst, char why[WHY_TEXT])
{
	bool yes = !strcmp(word, "true") || !strcmp(word, "1") || !strcmp(word, "on");
	if (!yes && strcmp(word, "false") != 0 && strcmp(word, "0") != 0 &&
		strcmp(word, "off") != 0) {
		snprintf(why, WHY_TEXT, "%.60s is neither true nor false", word);
		return -1;
	}
	*dst = yes;
	return 1;
}

static int date_write(const char *word, uint8_t *dst, char why[WHY_TEXT])
{
	unsigned t[6] = { 0 };
	int end = 0,
	    n = sscanf(word, "%4u-%2u-%2u%*1[T ]%2u:%2u:%2u%n", t, t + 1, t + 2, t + 3, t + 4,
		    t + 5, &end);
	if (n != 6 || word[end] || t[1] > 12 || t[2] > 31 || t[3] > 23 || t[4] > 59 || t[5] > 59) {
		snprintf(why, WHY_TEXT, "%.60s is not a date and time: 2024-05-31T23:59:00", word);
		return -1;
	}
	le16_put(dst, (uint16_t)t[0]);
	for (int i = 1; i < 6; i++)
		dst[1 + i] = (uint8_t)t[i];
	return 7;
}

int type_write(const struct value_type *type, int exponent, const char *word, uint8_t *dst,
	size_t cap, char why[WHY_TEXT])
{
	size_t len = strlen(word);
	switch (type->code) {
	case VALUE_HEX: return hex_write(&word, 1, dst, cap, why);
	case VALUE_BOOL: return bool_write(word, dst, why);
	case VALUE_DATE: return date_write(word, dst, why);
	case VALUE_F32:
	case VALUE_F64: return binary_write(type, word, dst, why);
	case VALUE_SFLOAT:
	case VALUE_FLOAT: return decimal_write(type, word, dst, why);
	case VALUE_TEXT_UTF8:
		if (len > cap) {
			snprintf(why, WHY_TEXT, "the text has %zu octets, at most %zu fit", len,
				cap);
			return -1;
		}
		memcpy(dst, word, len);
		return (int)len;
	default: return whole_write(type, exponent, word, dst, why);
	}
}

static int nibble(char c)
{
	return c >= '0' && c <= '9'    ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10
				       : -1;
}

int hex_write(
	const char *const *words, unsigned count, uint8_t *dst, size_t cap, char why[WHY_TEXT])
{
	size_t len = 0;
	for (unsigned i = 0; i < count; i++) {
		const char *at = words[i];
		if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
			at += 2;
		for (; *at; at += 2) {
			int high = nibble(at[0]), low = high < 0 ? -1 : nibble(at[1]);
			if (low < 0) {
				snprintf(why, WHY_TEXT,
					"%.60s is not octets in hex, two digits each (0a ff)",
					words[i]);
				return -1;
			}
			if (len == cap) {
				snprintf(why, WHY_TEXT, "a value has at most %zu octets", cap);
				return -1;
			}
			dst[len++] = (uint8_t)(high << 4 | low);
		}
	}
	return (int)len;
}
