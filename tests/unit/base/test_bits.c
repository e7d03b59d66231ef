/*
 * Small maps, every value of an octet and every place of a five-octet map, and ASSERT in both of
 * its lives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bits.h"

#undef NDEBUG
#include "base/ensure.h"

enum { MAP = 5 }; /* octets of a channel map */

static void single_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < MAP * 8; i++) {
		uint8_t *map = calloc(MAP, 1);
		assert_non_null(map);
		bit_set(map, i);
		bit_set(map, i);
		for (size_t k = 0; k < MAP * 8; k++)
			assert_int_equal(bit_get(map, k), k == i);
		for (size_t k = 0; k < MAP; k++)
			assert_int_equal(map[k], k == i / 8 ? 1 << i % 8 : 0);
		assert_int_equal(bits_count(map, MAP), 1);
		memset(map, 0xff, MAP);
		bit_clear(map, i);
		bit_clear(map, i);
		for (size_t k = 0; k < MAP * 8; k++)
			assert_int_equal(bit_get(map, k), k != i);
		assert_int_equal(bits_count(map, MAP), MAP * 8 - 1);
		bit_put(map, i, true);
		assert_int_equal(bits_count(map, MAP), MAP * 8);
		bit_put(map, i, false);
		assert_false(bit_get(map, i));
		free(map);
	}
}

static void counts_every_octet(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 256; v++) {
		uint8_t map[MAP] = { 0, (uint8_t)v, 0, 0xff, (uint8_t)v };
		unsigned want = 0;
		for (unsigned bit = 0; bit < 8; bit++)
			want += v >> bit & 1;
		assert_int_equal(bits_count(map, MAP), 2 * want + 8);
		assert_int_equal(bits_count(map, 2), want);
		assert_int_equal(bits_count(map, 0), 0);
	}
}

static void two_bit_fields(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 256; before++) {
		for (size_t i = 0; i < 12; i++) {
			for (uint8_t v = 0; v < 4; v++) {
				uint8_t map[3], old[3];
				memset(map, (int)before, sizeof map);
				memcpy(old, map, sizeof old);
				bit2_put(map, i, v);
				for (size_t k = 0; k < 12; k++)
					assert_int_equal(
						bit2_get(map, k), k == i ? v : bit2_get(old, k));
				assert_int_equal(map[i / 4] >> i % 4 * 2 & 3, v);
			}
		}
	}
	uint8_t map = 0;
	bit2_put(&map, 1, 0xff); /* only two bits of it */
	assert_int_equal(map, 0x0c);
}

static void a_kept_promise_passes(void **state)
{
	(void)state;
	int turns = 0;
	ASSERT(++turns == 1);
	assert_int_equal(turns, 1);
}

#undef ASSERT
#undef BASE_ENSURE_H
#define NDEBUG
#include "base/ensure.h"

static void not_evaluated_in_a_release(void **state)
{
	(void)state;
	int turns = 0;
	ASSERT(++turns == 7);
	assert_int_equal(turns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_bits),
		cmocka_unit_test(counts_every_octet),
		cmocka_unit_test(two_bit_fields),
		cmocka_unit_test(a_kept_promise_passes),
		cmocka_unit_test(not_evaluated_in_a_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
