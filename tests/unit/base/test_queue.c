/*
 * Queues: the intrusive first-in-first-out list, and the mailbox between two contexts with its
 * indices past their 65,536.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fifo.h"
#include "base/ring.h"

struct letter {
	unsigned number;
	struct fifo_node node;
};

#define LETTER(n)             \
	{                     \
		.number = (n) \
	}
#define LETTERS                                                       \
	{                                                             \
		LETTER(0), LETTER(1), LETTER(2), LETTER(3), LETTER(4) \
	}

static unsigned number_of(const struct fifo_node *n)
{
	return CONTAINER_OF(n, const struct letter, node)->number;
}

static void fifo_keeps_the_order(void **state)
{
	(void)state;
	struct fifo f = { 0 };
	struct letter l[5] = LETTERS;
	for (unsigned round = 0; round < 3; round++) {
		assert_true(fifo_empty(&f));
		assert_null(fifo_peek(&f));
		assert_null(fifo_pop(&f));
		for (unsigned i = 0; i < 5; i++)
			fifo_push(&f, &l[i].node);
		for (unsigned i = 0; i < 5; i++) {
			assert_false(fifo_empty(&f));
			assert_int_equal(number_of(fifo_peek(&f)), i);
			assert_int_equal(number_of(fifo_pop(&f)), i);
		}
	}
}

/* Out of a queue of every length, from every place; pushing goes on behind what is left. */
static void fifo_removes_from_anywhere(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 4; n++) {
		for (unsigned out = 0; out < n; out++) {
			struct fifo f = { 0 };
			struct letter l[5] = LETTERS;
			for (unsigned i = 0; i < n; i++)
				fifo_push(&f, &l[i].node);
			assert_true(fifo_remove(&f, &l[out].node));
			assert_false(fifo_remove(&f, &l[out].node));
			fifo_push(&f, &l[4].node);
			for (unsigned i = 0; i < n; i++)
				if (i != out)
					assert_int_equal(number_of(fifo_pop(&f)), i);
			assert_int_equal(number_of(fifo_pop(&f)), 4);
			assert_true(fifo_empty(&f));
			assert_false(fifo_remove(&f, &l[0].node));
		}
	}
}

/* Through the wrap of the indices twice, at every filling of each size, against plain counters. */
static void ring_past_its_indices(void **state)
{
	(void)state;
	for (uint16_t count = 1; count <= 8; count = (uint16_t)(count * 2)) {
		uint32_t *mem = malloc(count * sizeof *mem);
		struct ring r;
		uint32_t in = 0, out = 0;
		ring_init(&r, mem, sizeof *mem, count);
		while (out < 2 * 65536 + 100) {
			uint32_t fill = 1 + in % count;
			while (in - out < fill) {
				uint32_t *e = ring_reserve(&r);
				assert_non_null(e);
				assert_ptr_equal(ring_reserve(&r), e);
				*e = in++;
				ring_commit(&r);
			}
			assert_int_equal(ring_used(&r), in - out);
			assert_int_equal(ring_reserve(&r) == NULL, in - out == count);
			uint32_t *e = ring_peek(&r);
			assert_non_null(e);
			assert_ptr_equal(ring_peek(&r), e);
			assert_true(*e == out++);
			ring_release(&r);
		}
		while (out != in) {
			assert_true(*(uint32_t *)ring_peek(&r) == out++);
			ring_release(&r);
		}
		assert_null(ring_peek(&r));
		assert_int_equal(ring_used(&r), 0);
		free(mem);
	}
}

/* A full and an empty ring at each of the 65,536 values of the indices. */
static void ring_full_and_empty_at_every_index(void **state)
{
	(void)state;
	uint8_t mem[4];
	struct ring r;
	ring_init(&r, mem, 1, 4);
	for (uint32_t at = 0; at <= 65536; at++) {
		assert_null(ring_peek(&r));
		for (uint8_t i = 0; i < 4; i++) {
			*(uint8_t *)ring_reserve(&r) = i;
			ring_commit(&r);
		}
		assert_null(ring_reserve(&r));
		for (uint8_t i = 0; i < 4; i++) {
			assert_int_equal(*(uint8_t *)ring_peek(&r), i);
			ring_release(&r);
		}
		assert_null(ring_peek(&r));
		*(uint8_t *)ring_reserve(&r) = 9; /* so that the next turn begins one further */
		ring_commit(&r);
		ring_release(&r);
	}
}

static void ring_of_the_largest_count(void **state)
{
	(void)state;
	uint8_t *mem = malloc(0x8000);
	struct ring r;
	ring_init(&r, mem, 1, 0x8000);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 0x8000; i++) {
			*(uint8_t *)ring_reserve(&r) = (uint8_t)(i * 7);
			ring_commit(&r);
		}
		assert_null(ring_reserve(&r));
		assert_int_equal(ring_used(&r), 0x8000);
		for (unsigned i = 0; i < 0x8000; i++) {
			assert_int_equal(*(uint8_t *)ring_peek(&r), (uint8_t)(i * 7));
			ring_release(&r);
		}
		assert_null(ring_peek(&r));
	}
	free(mem);
}

/* Elements of an odd size lie side by side and do not touch. */
static void ring_of_odd_elements(void **state)
{
	(void)state;
	uint8_t *mem = malloc((size_t)4 * 7);
	struct ring r;
	ring_init(&r, mem, 7, 4);
	for (unsigned i = 0; i < 1000; i++) {
		memset(ring_reserve(&r), (int)(i & 0xff), 7);
		ring_commit(&r);
		if (i < 3)
			continue;
		uint8_t want[7];
		memset(want, (int)(i - 3) & 0xff, 7);
		assert_memory_equal(ring_peek(&r), want, 7);
		ring_release(&r);
	}
	free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fifo_keeps_the_order),
		cmocka_unit_test(fifo_removes_from_anywhere),
		cmocka_unit_test(ring_past_its_indices),
		cmocka_unit_test(ring_full_and_empty_at_every_index),
		cmocka_unit_test(ring_of_the_largest_count),
		cmocka_unit_test(ring_of_odd_elements),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
