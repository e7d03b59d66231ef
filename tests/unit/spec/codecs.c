/*
 * The table behind codecs.h, made from codecs.def, and the reader of golden files.
 */
#include "tests/unit/spec/codecs.h"

#include <stdlib.h>
#include <string.h>

#include "spec/att_pdu.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_adv.h"
#include "spec/hci_cmd_le_conn.h"
#include "spec/hci_cmd_le_ctrl.h"
#include "spec/hci_cmd_le_enc.h"
#include "spec/hci_evt.h"
#include "spec/hci_evt_le.h"
#include "spec/hci_pkt.h"
#include "spec/l2cap_pdu.h"
#include "spec/ll_pdu.h"
#include "spec/llcp_pdu.h"
#include "spec/smp_pdu.h"

/* Of each codec: read and write through void pointers, and its fields. */
#define UINT(f)     { #f, FIELD_UINT, offsetof(self, f), sizeof(((self *)0)->f), 0, 0 },
#define SIGNED(f)   { #f, FIELD_SIGNED, offsetof(self, f), sizeof(((self *)0)->f), 0, 0 },
#define OCTETS(f)   { #f, FIELD_OCTETS, offsetof(self, f), sizeof(((self *)0)->f), 0, 0 },
#define WORDS(f)    { #f, FIELD_WORDS, offsetof(self, f), sizeof(((self *)0)->f), 0, 0 },
#define FIXED(f, n) { #f, FIELD_FIXED, offsetof(self, f), n, 0, 0 },
#define TAIL(f, len_field)                                                 \
	{ #f, FIELD_TAIL, offsetof(self, f), 0, offsetof(self, len_field), \
		sizeof(((self *)0)->len_field) },

#define THUNKS(name, call, ...)                                                \
	static bool read_##name(struct rd *r, void *out)                       \
	{                                                                      \
		return name##_read(r, out);                                    \
	}                                                                      \
	static void write_##name(struct wr *w, uint8_t opcode, const void *in) \
	{                                                                      \
		(void)opcode;                                                  \
		call;                                                          \
	}                                                                      \
	static const struct field *fields_##name(size_t *count)                \
	{                                                                      \
		typedef struct name self;                                      \
		static const struct field fields[] = { __VA_ARGS__ };          \
		*count = sizeof fields / sizeof *fields;                       \
		return fields;                                                 \
	}
#define CODEC(name, ...)    THUNKS(name, name##_write(w, in), __VA_ARGS__)
#define CODEC_OP(name, ...) THUNKS(name, name##_write(w, opcode, in), __VA_ARGS__)
#include "tests/unit/spec/codecs.def"
#undef CODEC
#undef CODEC_OP

#define CODEC(name, ...)    { #name, sizeof(struct name), read_##name, write_##name, fields_##name },
#define CODEC_OP(name, ...) CODEC(name, __VA_ARGS__)
const struct codec codecs[] = {
#include "tests/unit/spec/codecs.def"
};
const size_t codec_count = sizeof codecs / sizeof *codecs;

const struct codec *codec_find(const char *name)
{
	for (size_t i = 0; i < codec_count; i++)
		if (!strcmp(codecs[i].name, name))
			return &codecs[i];
	return NULL;
}

bool codec_has_tail(const struct codec *c)
{
	size_t count;
	const struct field *f = c->fields(&count);
	for (size_t i = 0; i < count; i++)
		if (f[i].kind == FIELD_TAIL)
			return strcmp(c->name, "hci_cmd_le_adv_data") != 0; /* always 32 octets */
	return false;
}

static uint64_t number(const uint8_t *at, size_t size)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	switch (size) {
	case 1: return at[0];
	case 2: memcpy(&u16, at, 2); return u16;
	case 4: memcpy(&u32, at, 4); return u32;
	default: memcpy(&u64, at, 8); return u64;
	}
}

void text_octets(const uint8_t *at, size_t n, char *text, size_t cap)
{
	size_t len = (size_t)snprintf(text, cap, "x");
	for (size_t i = 0; i < n && len + 2 < cap; i++)
		len += (size_t)snprintf(text + len, cap - len, "%02x", at[i]);
}

void codec_show(const struct field *f, const void *in, bool as_octets, char *text, size_t cap)
{
	const uint8_t *at = (const uint8_t *)in + f->at;
	const uint8_t *pointed;
	uint8_t le[12];
	switch (f->kind) {
	case FIELD_UINT:
		if (as_octets) {
			for (size_t i = 0; i < f->size; i++)
				le[i] = (uint8_t)(number(at, f->size) >> 8 * i);
			text_octets(le, f->size, text, cap);
		} else {
			snprintf(text, cap, "%llu", (unsigned long long)number(at, f->size));
		}
		break;
	case FIELD_SIGNED: snprintf(text, cap, "%d", *(const int8_t *)at); break;
	case FIELD_OCTETS: text_octets(at, f->size, text, cap); break;
	case FIELD_WORDS:
		for (size_t i = 0; i < f->size; i += 2)
			le16_put(le + i, (uint16_t)number(at + i, 2));
		text_octets(le, f->size, text, cap);
		break;
	case FIELD_FIXED:
	case FIELD_TAIL:
		memcpy(&pointed, at, sizeof pointed);
		text_octets(pointed,
			f->kind == FIELD_FIXED
				? f->size
				: (size_t)number((const uint8_t *)in + f->len_at, f->len_size),
			text, cap);
		break;
	}
}

size_t golden_octets(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;
	unsigned octet;
	for (; n < cap && sscanf(text, "%2x", &octet) == 1; text += 2)
		out[n++] = (uint8_t)octet;
	return n;
}

/* One "key value" line into the record. */
static void take(struct golden *out, const char *key, const char *value)
{
	if (!strcmp(key, "source")) {
		snprintf(out->source, sizeof out->source, "%.119s", value);
	} else if (!strcmp(key, "skip")) {
		out->skip = strtoul(value, NULL, 10);
	} else if (!strcmp(key, "hex")) {
		out->len = golden_octets(value, out->hex, sizeof out->hex);
	} else if (out->count < GOLDEN_FIELDS) {
		snprintf(out->fields[out->count].name, sizeof out->fields[0].name, "%.63s", key);
		snprintf(out->fields[out->count++].value, sizeof out->fields[0].value, "%.299s",
			value);
	}
}

bool golden_next(FILE *f, int *line, struct golden *out)
{
	char text[700];
	memset(out, 0, sizeof *out);
	while (fgets(text, sizeof text, f)) {
		++*line;
		text[strcspn(text, "\n")] = '\0';
		if (text[0] == '#' || !strncmp(text, "crc ", 4))
			continue;
		if (!text[0]) {
			if (out->name[0])
				return true;
			continue;
		}
		char *value = strchr(text, ' ');
		if (value)
			*value++ = '\0';
		if (!strcmp(text, "pdu")) {
			snprintf(out->name, sizeof out->name, "%.79s", value);
			out->line = *line;
		} else {
			take(out, text, value ? value : "");
		}
	}
	return out->name[0] != '\0';
}
