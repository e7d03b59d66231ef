/*
 * What VALUE means in a command: text in quotation marks, a type and what is to be told in it, a
 * number as the attribute's own format says, or octets in hex.
 */
#include "monitor.h"

#include <stdio.h>
#include <string.h>

struct room {
	uint8_t *at;
	size_t left;
};

static int numbers_write(const struct value_type *type, int exponent, const char *const *words,
	unsigned count, struct room room, char why[WHY_TEXT])
{
	size_t len = 0;
	for (unsigned i = 0; i < count; i++) {
		if (room.left - len < type->size) {
			snprintf(why, WHY_TEXT, "there is room for %zu octets only", room.left);
			return -1;
		}
		int n = type_write(type, exponent, words[i], room.at + len, room.left - len, why);
		if (n < 0)
			return n;
		len += (size_t)n;
	}
	return (int)len;
}

/* As the 0x2904, or the assigned characteristic, says. */
static int by_format_write(const struct target *t, const char *const *words, unsigned count,
	struct room room, char why[WHY_TEXT])
{
	const struct characteristic *c = t->characteristic;
	struct value_format f = c && c->format.code ? c->format : known_format(&t->uuid);
	const struct value_type *type = type_of(f.code);
	if (type)
		return numbers_write(type, f.exponent, words, count, room, why);
	snprintf(why, WHY_TEXT,
		"the device does not say what numbers look like here; say it: u8, s16, ...");
	return -1;
}

int octets_write(const struct target *t, const struct words *w, unsigned first, unsigned end,
	uint8_t *dst, size_t cap, char why[WHY_TEXT])
{
	const char *const *words = w->at + first;
	unsigned count = end - first;
	struct room room = { dst, cap };
	bool quoted = w->quoted[first];
	const struct value_type *type = quoted ? type_of(VALUE_TEXT_UTF8) : type_named(words[0]);
	bool by_format = !quoted && !strcmp(words[0], "number");
	bool typed = !quoted && (type || by_format);
	if (typed && count == 1) {
		snprintf(why, WHY_TEXT, "a value is missing behind %s", words[0]);
		return -1;
	}
	words += typed;
	count -= typed;
	if (by_format)
		return by_format_write(t, words, count, room, why);
	if (!type || type->code == VALUE_HEX)
		return hex_write(words, count, dst, cap, why);
	if (!type->size && count > 1) {
		snprintf(why, WHY_TEXT, "text with blanks is put in quotation marks");
		return -1;
	}
	return numbers_write(type, 0, words, count, room, why);
}
