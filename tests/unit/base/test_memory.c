/*
 * Memory: the pool (order, leaks, low water, alignment) and the arena (zeros, alignment, what does
 * not fit, and that measuring with nothing tells exactly what is needed).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/pool.h"

enum { BLOCKS = 7 };

static void gives_all_in_order_then_null(void **state)
{
	(void)state;
	uint32_t block = POOL_BLOCK(20);
	uint8_t *mem = malloc(BLOCKS * block);
	struct pool p;
	pool_init(&p, mem, block, BLOCKS);
	assert_int_equal(p.total, BLOCKS);
	assert_int_equal(p.idle, BLOCKS);
	assert_int_equal(p.low_water, BLOCKS);
	for (unsigned i = 0; i < BLOCKS; i++) {
		uint8_t *b = pool_get(&p);
		assert_ptr_equal(b, mem + i * block);
		memset(b, 0xff, block); /* all of it is ours */
		assert_int_equal(p.idle, BLOCKS - 1 - i);
		assert_int_equal(p.low_water, p.idle);
	}
	assert_null(pool_get(&p));
	assert_null(pool_get(&p));
	assert_int_equal(p.idle, 0);
	for (unsigned i = 0; i < BLOCKS; i++)
		pool_put(&p, mem + i * block);
	assert_int_equal(p.idle, p.total);
	assert_int_equal(p.low_water, 0);
	assert_ptr_equal(pool_get(&p), mem + (BLOCKS - 1) * block); /* the last put */
	free(mem);
}

static void low_water_is_the_fewest_ever(void **state)
{
	(void)state;
	static _Alignas(void *) uint8_t mem[BLOCKS * POOL_BLOCK(1)];
	struct pool p;
	pool_init(&p, mem, POOL_BLOCK(1), BLOCKS);
	void *a = pool_get(&p), *b = pool_get(&p), *c = pool_get(&p);
	assert_int_equal(p.low_water, BLOCKS - 3);
	pool_put(&p, b);
	pool_put(&p, a);
	assert_ptr_equal(pool_get(&p), a);
	assert_int_equal(p.low_water, BLOCKS - 3);
	pool_put(&p, a);
	pool_put(&p, c);
	assert_int_equal(p.idle, p.total);
	assert_int_equal(p.low_water, BLOCKS - 3);
}

static void an_empty_pool(void **state)
{
	(void)state;
	struct pool p;
	pool_init(&p, NULL, POOL_BLOCK(1), 0);
	assert_null(pool_get(&p));
	assert_int_equal(p.idle, p.total);
}

static void block_sizes_round_up(void **state)
{
	(void)state;
	for (size_t n = 0; n < 100; n++) {
		assert_true(POOL_BLOCK(n) >= n && POOL_BLOCK(n) >= sizeof(void *));
		assert_int_equal(POOL_BLOCK(n) % _Alignof(void *), 0);
		assert_true(POOL_BLOCK(n) < n + 2 * sizeof(void *));
	}
}

/* No block is ever out twice, and after all the going and coming none is lost. */
static void no_block_is_lost_or_doubled(void **state)
{
	(void)state;
	static _Alignas(void *) uint8_t mem[BLOCKS * POOL_BLOCK(12)];
	struct pool p;
	uint8_t *out[BLOCKS];
	unsigned taken = 0, fewest = BLOCKS;
	uint32_t seed = 7;
	pool_init(&p, mem, POOL_BLOCK(12), BLOCKS);
	for (unsigned op = 0; op < 10000; op++) {
		seed = seed * 1664525u + 1013904223u;
		if (seed >> 31) {
			uint8_t *b = pool_get(&p);
			assert_int_equal(!b, taken == BLOCKS);
			for (unsigned i = 0; i < taken; i++)
				assert_ptr_not_equal(out[i], b);
			if (b)
				out[taken++] = memset(b, (int)op & 0xff, POOL_BLOCK(12));
		} else if (taken) {
			unsigned i = (seed >> 8) % taken;
			pool_put(&p, out[i]);
			out[i] = out[--taken];
		}
		fewest = BLOCKS - taken < fewest ? BLOCKS - taken : fewest;
		assert_int_equal(p.idle, BLOCKS - taken);
		assert_int_equal(p.low_water, fewest);
	}
	while (taken)
		pool_put(&p, out[--taken]);
	assert_int_equal(p.idle, p.total);
}

static const struct piece {
	size_t size, align;
} pieces[] = { { 1, 1 }, { 8, 8 }, { 3, 2 }, { 0, 4 }, { 16, 16 }, { 5, 1 }, { 4, 4 } };
#define PIECES (sizeof pieces / sizeof pieces[0])

/* 1, pad 7, 8, 3 at 16, pad 1 and 0 at 20, pad 12, 16 at 32, 5 at 48, pad 3, 4 at 56 */
enum { PIECES_NEED = 60 };

static void arena_deals_out_zeros_aligned(void **state)
{
	(void)state;
	static _Alignas(16) uint8_t mem[PIECES_NEED];
	memset(mem, 0xff, sizeof mem);
	struct arena a = arena_of(mem, sizeof mem);
	uint8_t *end = mem;
	for (size_t i = 0; i < PIECES; i++) {
		uint8_t *at = arena_take(&a, pieces[i].size, pieces[i].align);
		assert_non_null(at);
		assert_int_equal((uintptr_t)at % pieces[i].align, 0);
		assert_true(at >= end);
		for (size_t k = 0; k < pieces[i].size; k++)
			assert_int_equal(at[k], 0);
		end = at + pieces[i].size;
	}
	assert_ptr_equal(end, mem + sizeof mem);
	assert_int_equal(a.used, PIECES_NEED);
	assert_true(arena_ok(&a));
}

/* Too small by any amount, or nothing at all: the same need is told. */
static void arena_tells_the_need_whatever_its_size(void **state)
{
	(void)state;
	for (size_t size = 0; size <= PIECES_NEED + 1; size++) {
		void *mem = NULL;
		assert_int_equal(posix_memalign(&mem, 16, size ? size : 1), 0);
		struct arena a = arena_of(mem, size), measure = arena_of(NULL, size);
		for (size_t i = 0; i < PIECES; i++) {
			void *at = arena_take(&a, pieces[i].size, pieces[i].align);
			assert_int_equal(at != NULL, a.used <= size);
			assert_null(arena_take(&measure, pieces[i].size, pieces[i].align));
			assert_int_equal(a.used, measure.used);
		}
		assert_int_equal(a.used, PIECES_NEED);
		assert_int_equal(arena_ok(&a), size >= PIECES_NEED);
		assert_false(arena_ok(&measure));
		free(mem);
	}
}

static void arena_gives_nothing_after_a_miss(void **state)
{
	(void)state;
	uint8_t mem[4];
	struct arena a = arena_of(mem, sizeof mem);
	assert_null(arena_take(&a, 5, 1));
	assert_null(arena_take(&a, 1, 1));
	assert_int_equal(a.used, 6);
}

static void arena_at_an_odd_address_still_aligns(void **state)
{
	(void)state;
	static _Alignas(16) uint8_t mem[64];
	for (size_t off = 0; off < 16; off++) {
		struct arena a = arena_of(mem + off, sizeof mem - off);
		uint8_t *at = arena_take(&a, 8, 16);
		assert_ptr_equal(at, mem + (off ? 16 : 0));
		assert_int_equal(a.used, (size_t)(at - mem) + 8 - off);
	}
}

static void arena_sums_do_not_wrap(void **state)
{
	(void)state;
	static _Alignas(8) uint8_t mem[64];
	struct arena a = arena_of(mem, sizeof mem);
	assert_non_null(arena_take(&a, 8, 8));
	assert_null(arena_take(&a, SIZE_MAX - 4, 1));
	assert_true(a.used == SIZE_MAX);
	assert_null(arena_take(&a, 1, 8));
	assert_null(arena_take(&a, SIZE_MAX, 8));
	assert_true(a.used == SIZE_MAX);
	assert_false(arena_ok(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_all_in_order_then_null),
		cmocka_unit_test(low_water_is_the_fewest_ever),
		cmocka_unit_test(an_empty_pool),
		cmocka_unit_test(block_sizes_round_up),
		cmocka_unit_test(no_block_is_lost_or_doubled),
		cmocka_unit_test(arena_deals_out_zeros_aligned),
		cmocka_unit_test(arena_tells_the_need_whatever_its_size),
		cmocka_unit_test(arena_gives_nothing_after_a_miss),
		cmocka_unit_test(arena_at_an_odd_address_still_aligns),
		cmocka_unit_test(arena_sums_do_not_wrap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
