/*
 * What the golden tests know of a codec: read, write, and its struct's fields by name; and the golden files,
 * which are read without knowing any codec.
 */
#ifndef TEST_SPEC_CODECS_H
#define TEST_SPEC_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/rd.h"
#include "base/wr.h"

enum field_kind { FIELD_UINT, FIELD_SIGNED, FIELD_OCTETS, FIELD_WORDS, FIELD_FIXED, FIELD_TAIL };

struct field {
	const char *name;
	enum field_kind kind;
	size_t at, size; /* in the struct; FIXED: size is that of the octets pointed to */
	size_t len_at, len_size;
};

struct codec {
	const char *name;
	size_t size;
	bool (*read)(struct rd *r, void *out);
	void (*write)(struct wr *w, uint8_t opcode, const void *in);
	const struct field *(*fields)(size_t *count);
};

extern const struct codec codecs[];
extern const size_t codec_count;

const struct codec *codec_find(const char *name);
bool codec_has_tail(const struct codec *c);
void text_octets(const uint8_t *at, size_t n, char *text, size_t cap); /* x and hex digits */
/* The field as a golden file shows it: a decimal number, or x and octets; as_octets asks for the latter. */
void codec_show(const struct field *f, const void *in, bool as_octets, char *text, size_t cap);

enum { GOLDEN_FIELDS = 24, GOLDEN_OCTETS = 300 };

/* One record of a golden file */
struct golden {
	char name[80], source[120];
	uint8_t hex[GOLDEN_OCTETS];
	size_t len, skip; /* octets, and how many of them the dispatcher has taken before _read */
	struct {
		char name[64], value[300];
	} fields[GOLDEN_FIELDS];
	size_t count;
	int line; /* where it begins */
};

/* The next record; false at the end. Lines that begin with "crc" are for another reader. */
bool golden_next(FILE *f, int *line, struct golden *out);
size_t golden_octets(const char *text, uint8_t *out, size_t cap);

#endif
