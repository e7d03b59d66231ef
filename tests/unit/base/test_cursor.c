/*
 * Reader, writer and the raw accessors under them: every width at every truncation and every
 * capacity. Each buffer has exactly its size on the heap, so that the address sanitizer sees a read
 * or write of one octet too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "base/rd.h"
#include "base/wr.h"

/* 0xf1 f2 f3 ...: every octet differs and every top bit is set, so a lost cast shows. */
static const uint8_t sample[] = { 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8 };

/* One pair of signatures for all widths; a signed value is extended to all 64 bits. */
#define PAIR(name, type)                                   \
	static uint64_t read_##name(struct rd *r)          \
	{                                                  \
		return (uint64_t)rd_##name(r);             \
	}                                                  \
	static void write_##name(struct wr *w, uint64_t v) \
	{                                                  \
		wr_##name(w, (type)v);                     \
	}

PAIR(i8, int8_t)
PAIR(u8, uint8_t)
PAIR(le16, uint16_t)
PAIR(le24, uint32_t)
PAIR(le32, uint32_t)
PAIR(le64, uint64_t)
PAIR(be16, uint16_t)
PAIR(be32, uint32_t)

static const struct width {
	size_t octets;
	uint64_t (*read)(struct rd *r);
	void (*write)(struct wr *w, uint64_t v);
	uint64_t of_sample;
} widths[] = {
	{ 1, read_u8, write_u8, 0xf1 },
	{ 1, read_i8, write_i8, (uint64_t)-15 },
	{ 2, read_le16, write_le16, 0xf2f1 },
	{ 3, read_le24, write_le24, 0xf3f2f1 },
	{ 4, read_le32, write_le32, 0xf4f3f2f1 },
	{ 8, read_le64, write_le64, 0xf8f7f6f5f4f3f2f1 },
	{ 2, read_be16, write_be16, 0xf1f2 },
	{ 4, read_be32, write_be32, 0xf1f2f3f4 },
};
#define WIDTHS (sizeof widths / sizeof widths[0])

static uint8_t *exactly(size_t n)
{
	uint8_t *at = malloc(n ? n : 1);
	assert_non_null(at);
	if (n)
		memcpy(at, sample, n);
	return at;
}

/* Whatever is asked of a faulted reader, it gives nothing. */
static void assert_dry(struct rd *r)
{
	uint8_t into[4] = { 1, 2, 3, 4 };
	size_t n = 99;
	for (size_t i = 0; i < WIDTHS; i++)
		assert_int_equal(widths[i].read(r), 0);
	assert_null(rd_take(r, 0));
	assert_null(rd_take(r, 1));
	assert_null(rd_take(r, SIZE_MAX));
	assert_null(rd_rest(r, &n));
	assert_int_equal(n, 0);
	rd_copy(r, into, sizeof into);
	assert_memory_equal(into, "\0\0\0\0", 4);
	struct rd sub = rd_sub(r, 0);
	assert_true(sub.bad);
	assert_int_equal(sub.left, 0);
	rd_skip(r, 0);
	assert_true(r->bad);
	assert_int_equal(r->left, 0);
	assert_false(rd_ok(r));
	assert_false(rd_done(r));
}

static void reads_every_width_at_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < WIDTHS; i++) {
		for (size_t n = 0; n <= sizeof sample; n++) {
			uint8_t *at = exactly(n);
			struct rd r = rd_of(at, n);
			uint64_t v = widths[i].read(&r);
			if (n < widths[i].octets) {
				assert_int_equal(v, 0);
				assert_dry(&r);
			} else {
				assert_true(v == widths[i].of_sample);
				assert_true(rd_ok(&r));
				assert_int_equal(rd_done(&r), n == widths[i].octets);
				assert_int_equal(r.left, n - widths[i].octets);
				assert_ptr_equal(r.p, at + widths[i].octets);
			}
			free(at);
		}
	}
}

/* Two fields, cut anywhere: what was whole has been read, what was not is 0, and it stays bad. */
static void a_fault_sticks_in_every_pair(void **state)
{
	(void)state;
	for (size_t i = 0; i < WIDTHS; i++) {
		for (size_t j = 0; j < WIDTHS; j++) {
			size_t first = widths[i].octets, both = first + widths[j].octets;
			for (size_t n = 0; n < both && n <= sizeof sample; n++) {
				uint8_t *at = exactly(n);
				struct rd r = rd_of(at, n);
				uint64_t v = widths[i].read(&r);
				assert_true(v == (n < first ? 0 : widths[i].of_sample));
				assert_int_equal(widths[j].read(&r), 0);
				assert_dry(&r);
				free(at);
			}
		}
	}
}

static void takes_copies_skips_at_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof sample; n++) {
		for (size_t want = 0; want <= sizeof sample + 1; want++) {
			uint8_t *at = exactly(n), into[9];
			bool fits = want <= n;
			struct rd r = rd_of(at, n), s = r, c = r;

			assert_ptr_equal(rd_take(&r, want), fits ? at : NULL);
			rd_skip(&s, want);
			memset(into, 0x55, sizeof into);
			rd_copy(&c, into, want);
			for (size_t k = 0; k < sizeof into; k++)
				assert_int_equal(into[k], k >= want ? 0x55 : fits ? sample[k] : 0);
			assert_memory_equal(&r.p, &s.p, sizeof r.p);
			assert_memory_equal(&r.p, &c.p, sizeof r.p);
			assert_int_equal(r.left, fits ? n - want : 0);
			assert_int_equal(rd_ok(&r), fits);
			assert_int_equal(rd_ok(&s), fits);
			assert_int_equal(rd_ok(&c), fits);
			if (!fits) {
				assert_dry(&r);
				assert_dry(&s);
				assert_dry(&c);
			}
			free(at);
		}
	}
}

static void rest_and_sub_at_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof sample; n++) {
		for (size_t want = 0; want <= sizeof sample + 1; want++) {
			uint8_t *at = exactly(n);
			struct rd r = rd_of(at, n), sub = rd_sub(&r, want);
			size_t rest = 99;
			if (want > n) {
				assert_dry(&sub);
				assert_dry(&r);
			} else {
				assert_int_equal(sub.left, want);
				assert_ptr_equal(sub.p, at);
				rd_skip(&sub, want);
				assert_true(rd_done(&sub));
				assert_int_equal(rd_u8(&sub), 0); /* not into r's octets */
				assert_dry(&sub);
				assert_ptr_equal(rd_rest(&r, &rest), at + want);
				assert_int_equal(rest, n - want);
				assert_true(rd_done(&r));
			}
			free(at);
		}
	}
}

static void an_empty_reader_from_null_is_whole(void **state)
{
	(void)state;
	struct rd r = rd_of(NULL, 0);
	size_t n = 99;
	uint8_t into = 7;
	assert_true(rd_done(&r));
	assert_null(rd_rest(&r, &n));
	assert_int_equal(n, 0);
	rd_copy(&r, &into, 0);
	assert_int_equal(into, 7);
	assert_true(rd_done(&r));
	assert_int_equal(rd_u8(&r), 0);
	assert_dry(&r);
}

static void faults_on_request(void **state)
{
	(void)state;
	struct rd r = rd_of(sample, sizeof sample);
	rd_fault(&r);
	assert_dry(&r);
	uint8_t into[4];
	struct wr w = wr_of(into, sizeof into);
	wr_u8(&w, 1);
	wr_fault(&w);
	wr_u8(&w, 2);
	assert_true(w.bad);
	assert_int_equal(w.len, 1);
}

/* Nothing more goes into a faulted writer, not even what would fit. */
static void assert_full(struct wr *w, size_t len)
{
	for (size_t i = 0; i < WIDTHS; i++)
		widths[i].write(w, UINT64_MAX);
	wr_put(w, sample, 1);
	wr_put(w, NULL, 0);
	wr_zero(w, 1);
	assert_null(wr_room(w, 0));
	assert_null(wr_room(w, 1));
	assert_null(wr_room(w, SIZE_MAX));
	assert_true(w->bad);
	assert_false(wr_ok(w));
	assert_int_equal(w->len, len);
}

static void writes_every_width_at_every_capacity(void **state)
{
	(void)state;
	for (size_t i = 0; i < WIDTHS; i++) {
		size_t octets = widths[i].octets;
		for (size_t before = 0; before <= 8; before++) {
			for (size_t cap = before; cap <= before + 9; cap++) {
				uint8_t *at = malloc(cap ? cap : 1);
				assert_non_null(at);
				memset(at, 0x55, cap);
				struct wr w = wr_of(at, cap);
				wr_zero(&w, before);
				widths[i].write(&w, widths[i].of_sample);
				size_t len = before + octets <= cap ? before + octets : before;
				assert_int_equal(wr_ok(&w), before + octets <= cap);
				if (!wr_ok(&w))
					assert_full(&w, before);
				assert_int_equal(w.len, len);
				for (size_t k = 0; k < cap; k++) {
					uint8_t want = k < before ? 0 : 0x55;
					if (k >= before && k < len)
						want = sample[k - before];
					assert_int_equal(at[k], want);
				}
				free(at);
			}
		}
	}
}

static void puts_and_rooms_at_every_capacity(void **state)
{
	(void)state;
	for (size_t cap = 0; cap <= 8; cap++) {
		for (size_t n = 0; n <= 8; n++) {
			uint8_t *at = malloc(cap ? cap : 1);
			assert_non_null(at);
			struct wr put = wr_of(at, cap), zero = put, room = put;
			wr_put(&put, sample, n);
			assert_int_equal(put.bad, n > cap);
			if (n <= cap)
				assert_memory_equal(at, sample, n);
			else
				assert_full(&put, 0);
			wr_zero(&zero, n);
			assert_int_equal(zero.bad, n > cap);
			for (size_t k = 0; k < n && n <= cap; k++)
				assert_int_equal(at[k], 0);
			assert_ptr_equal(wr_room(&room, n), n > cap ? NULL : at);
			assert_int_equal(room.len, n > cap ? 0 : n);
			free(at);
		}
	}
}

static void an_empty_writer_from_null_takes_nothing(void **state)
{
	(void)state;
	struct wr w = wr_of(NULL, 0);
	wr_put(&w, NULL, 0);
	wr_zero(&w, 0);
	assert_null(wr_room(&w, 0));
	assert_true(wr_ok(&w));
	wr_u8(&w, 1);
	assert_full(&w, 0);
}

/* At every misalignment, and nothing beside the number is touched. */
static void raw_accessors(void **state)
{
	(void)state;
	for (size_t off = 0; off < 8; off++) {
		uint8_t at[18];
#define TRIP(name, octets, value)                                  \
	do {                                                       \
		memset(at, 0x55, sizeof at);                       \
		memcpy(at + 1 + off, sample, octets);              \
		assert_true(name##_get(at + 1 + off) == (value));  \
		memset(at, 0x55, sizeof at);                       \
		name##_put(at + 1 + off, (value));                 \
		assert_memory_equal(at + 1 + off, sample, octets); \
		assert_int_equal(at[off], 0x55);                   \
		assert_int_equal(at[1 + off + (octets)], 0x55);    \
	} while (0)
		TRIP(le16, 2, 0xf2f1);
		TRIP(le24, 3, 0xf3f2f1);
		TRIP(le32, 4, 0xf4f3f2f1);
		TRIP(le64, 8, 0xf8f7f6f5f4f3f2f1);
		TRIP(be16, 2, 0xf1f2);
		TRIP(be24, 3, 0xf1f2f3);
		TRIP(be32, 4, 0xf1f2f3f4);
		TRIP(be64, 8, 0xf1f2f3f4f5f6f7f8);
#undef TRIP
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_width_at_every_length),
		cmocka_unit_test(a_fault_sticks_in_every_pair),
		cmocka_unit_test(takes_copies_skips_at_every_length),
		cmocka_unit_test(rest_and_sub_at_every_length),
		cmocka_unit_test(an_empty_reader_from_null_is_whole),
		cmocka_unit_test(faults_on_request),
		cmocka_unit_test(writes_every_width_at_every_capacity),
		cmocka_unit_test(puts_and_rooms_at_every_capacity),
		cmocka_unit_test(an_empty_writer_from_null_takes_nothing),
		cmocka_unit_test(raw_accessors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
