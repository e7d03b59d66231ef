/*
 * Putting PDUs together: every way to split one, and every wrong way (Vol 3 Part A 3.1, 7.2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "l2cap/l2cap.h"

enum { CAP = 251 };

static uint8_t buffer[CAP], pdu[CAP + 10];
static struct l2cap_link link;
static struct l2cap_sdu sdu;

static int setup(void **state)
{
	(void)state;
	link = (struct l2cap_link){ .pdu = buffer, .cap = CAP };
	for (unsigned i = 0; i < sizeof pdu; i++)
		pdu[i] = (uint8_t)(i * 7 + 1);
	return 0;
}

static void head(uint16_t len, uint16_t cid)
{
	pdu[0] = (uint8_t)len;
	pdu[1] = (uint8_t)(len >> 8);
	pdu[2] = (uint8_t)cid;
	pdu[3] = (uint8_t)(cid >> 8);
}

/* A copy without spare room behind it, so that the sanitizer sees a read too far. */
static enum l2cap_rx give(bool first, const uint8_t *data, unsigned len)
{
	static uint8_t copy[CAP + 10];
	memcpy(copy + sizeof copy - len, data, len);
	return l2cap_rx(&link, first, copy + sizeof copy - len, (uint16_t)len, &sdu);
}

static void expect_whole(unsigned total)
{
	assert_int_equal(sdu.len, total - 4);
	assert_int_equal(sdu.cid, 4);
	assert_memory_equal(sdu.data, pdu + 4, total - 4);
}

static void every_split_of_short_pdus(void **state)
{
	(void)state;
	for (unsigned total = 4; total <= 12; total++) {
		head((uint16_t)(total - 4), 4);
		for (unsigned cuts = 0; cuts < 1u << (total - 1); cuts++) {
			unsigned from = 0;
			for (unsigned i = 1; i <= total; i++) {
				if (i < total && !(cuts >> (i - 1) & 1))
					continue;
				enum l2cap_rx rx = give(from == 0, pdu + from, i - from);
				assert_int_equal(rx, i == total ? L2CAP_WHOLE : L2CAP_MORE);
				from = i;
			}
			expect_whole(total);
		}
	}
}

static void the_longest_pdu_in_pieces_of_every_size(void **state)
{
	(void)state;
	head(CAP - 4, 4);
	for (unsigned piece = 1; piece <= CAP; piece++) {
		for (unsigned from = 0; from < CAP; from += piece) {
			unsigned n = CAP - from < piece ? CAP - from : piece;
			assert_int_equal(give(from == 0, pdu + from, n), from + n == CAP ? L2CAP_WHOLE : L2CAP_MORE);
		}
		expect_whole(CAP);
	}
}

/* No link layer sends one: Vol 6 Part B 2.4.1. */
static void an_empty_first_fragment_begins_nothing(void **state)
{
	(void)state;
	head(3, 4);
	assert_int_equal(give(true, pdu, 0), L2CAP_BAD);
	assert_int_equal(give(false, pdu, 7), L2CAP_BAD);
}

static void empty_fragments_change_nothing(void **state)
{
	(void)state;
	head(3, 4);
	assert_int_equal(give(true, pdu, 5), L2CAP_MORE);
	assert_int_equal(give(false, pdu, 0), L2CAP_MORE);
	assert_int_equal(give(false, pdu + 5, 2), L2CAP_WHOLE);
	expect_whole(7);
}

static void a_new_beginning_replaces_what_is_not_complete(void **state)
{
	(void)state;
	head(8, 4);
	assert_int_equal(give(true, pdu, 6), L2CAP_MORE);
	assert_int_equal(give(true, pdu, 12), L2CAP_WHOLE);
	expect_whole(12);
	assert_int_equal(give(true, pdu, 6), L2CAP_MORE);
	assert_int_equal(give(true, pdu, 7), L2CAP_MORE);
	assert_int_equal(give(false, pdu + 7, 5), L2CAP_WHOLE);
	expect_whole(12);
}

static void what_is_wrong_is_passed_over_until_the_next_first(void **state)
{
	(void)state;
	head(8, 4);
	assert_int_equal(give(false, pdu, 12), L2CAP_BAD); /* nothing has begun */
	assert_int_equal(give(true, pdu, 13), L2CAP_BAD);  /* more than the header says */
	assert_int_equal(give(false, pdu, 1), L2CAP_BAD);
	assert_int_equal(give(true, pdu, 5), L2CAP_MORE);
	assert_int_equal(give(false, pdu, 8), L2CAP_BAD);
	assert_int_equal(give(true, pdu, 12), L2CAP_WHOLE);
	assert_int_equal(give(false, pdu, 1), L2CAP_BAD);  /* it was complete */
	head(CAP - 3, 4);
	assert_int_equal(give(true, pdu, 27), L2CAP_BAD);  /* one octet too long for us */
	assert_int_equal(give(false, pdu, 27), L2CAP_BAD);
	head(0xFFFF, 4);
	assert_int_equal(give(true, pdu, 3), L2CAP_MORE);
	assert_int_equal(give(false, pdu + 3, 1), L2CAP_BAD);
	assert_int_equal(give(true, pdu, 2), L2CAP_MORE);
	assert_int_equal(give(false, pdu + 2, CAP), L2CAP_BAD); /* beyond the buffer in one piece */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_split_of_short_pdus, setup),
		cmocka_unit_test_setup(the_longest_pdu_in_pieces_of_every_size, setup),
		cmocka_unit_test_setup(an_empty_first_fragment_begins_nothing, setup),
		cmocka_unit_test_setup(empty_fragments_change_nothing, setup),
		cmocka_unit_test_setup(a_new_beginning_replaces_what_is_not_complete, setup),
		cmocka_unit_test_setup(what_is_wrong_is_passed_over_until_the_next_first, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
