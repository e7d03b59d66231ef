/*
 * Every golden vector through its codec: octets to struct, each field against the outside reading,
 * struct to the same octets; then all truncations, and one octet too many. The packets lie on the
 * heap in exactly their size, so that the address sanitizer sees a read too far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/spec/codecs.h"

static const char *const files[] = {
	"tests/golden/hci.golden",
	"tests/golden/att.golden",
	"tests/golden/ll.golden",
	"tests/golden/smp.golden",
};

static uint64_t object[32], again[32]; /* room and alignment for any struct of spec */

static bool is_header(const struct codec *c)
{
	return strstr(c->name, "_hdr") != NULL;
}

/* What read accepted is written back octet for octet, opcode and all. */
static void writes_back(const struct codec *c, const struct golden *g, size_t len)
{
	uint8_t out[GOLDEN_OCTETS];
	struct wr w = wr_of(out, sizeof out);
	c->write(&w, g->hex[0], object);
	assert_true(wr_ok(&w));
	assert_int_equal(w.len, len);
	assert_memory_equal(out, g->hex, len);
	for (size_t cap = 0; cap < len; cap++) {
		w = wr_of(out, cap);
		c->write(&w, g->hex[0], object);
		assert_true(w.bad);
	}
}

static bool reads(const struct codec *c, const struct golden *g, size_t len, void *into)
{
	uint8_t *copy = malloc(len ? len : 1);
	memcpy(copy, g->hex, len);
	memset(into, 0xA5, c->size);
	struct rd r = rd_of(copy + g->skip, len - g->skip);
	bool ok = c->read(&r, into);
	free(copy);
	return ok;
}

static void fields_agree(const struct codec *c, const struct golden *g)
{
	size_t count;
	const struct field *fields = c->fields(&count);
	for (size_t i = 0; i < g->count; i++) {
		size_t k = 0;
		while (k < count && strcmp(fields[k].name, g->fields[i].name) != 0)
			k++;
		if (k == count)
			fail_msg(
				"line %d: %s has no field %s", g->line, g->name, g->fields[i].name);
		char text[300];
		codec_show(&fields[k], object, g->fields[i].value[0] == 'x', text, sizeof text);
		if (strcmp(text, g->fields[i].value) != 0)
			fail_msg("line %d: %s.%s is %s, outside it reads %s (%s)", g->line, g->name,
				g->fields[i].name, text, g->fields[i].value, g->source);
	}
}

static void one_vector(const struct codec *c, struct golden *g)
{
	struct rd r = rd_of(g->hex + g->skip, g->len - g->skip);
	memset(object, 0xA5, sizeof object);
	if (!c->read(&r, object))
		fail_msg("line %d: %s does not read", g->line, g->name);
	fields_agree(c, g);
	writes_back(c, g, g->len);
	for (size_t len = g->skip; len < g->len; len++) {
		bool ok = reads(c, g, len, again);
		if (!codec_has_tail(c))
			assert_false(ok);
		else if (ok) { /* shorter and still well formed: it has to be what it says */
			r = rd_of(g->hex + g->skip, len - g->skip);
			assert_true(c->read(&r, object));
			writes_back(c, g, len);
		}
	}
	g->hex[g->len] = 0x5A;
	bool longer = reads(c, g, g->len + 1, again);
	if (is_header(c))
		assert_true(longer); /* data follows it */
	else if (!codec_has_tail(c))
		assert_false(longer);
}

static void test_vectors(void **state)
{
	(void)state;
	static bool seen[512];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		FILE *f = fopen(files[i], "r");
		assert_non_null(f);
		struct golden g;
		for (int line = 0; golden_next(f, &line, &g);) {
			assert_in_range(g.len, g.skip, GOLDEN_OCTETS - 1);
			const struct codec *c = codec_find(g.name);
			if (!c) /* a list: test_lists.c has it */
				continue;
			assert_true(c->size <= sizeof object);
			one_vector(c, &g);
			seen[c - codecs] = true;
		}
		fclose(f);
	}
	for (size_t i = 0; i < codec_count; i++)
		if (!seen[i])
			fail_msg("no golden vector for %s", codecs[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
