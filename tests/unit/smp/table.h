/*
 * What the specification says of every pair of devices that pairs, for the tests that go through all of them: Vol 3
 * Part H 2.3.5.1, tables 2.6 to 2.8, and what the key is worth, Vol 3 Part C 10.2.1. Written from the book, cell by cell.
 */
#ifndef TEST_SMP_TABLE_H
#define TEST_SMP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Table 2.8, as (responder's row, initiator's column): what is used by legacy pairing and by Secure Connections. j Just
 * Works; i, r: Passkey Entry, the initiator or the responder shows it; b: both enter it; n: Numeric Comparison. Rows and
 * columns: DisplayOnly, DisplayYesNo, KeyboardOnly, NoInputNoOutput, KeyboardDisplay.
 */
static const char *const table_2_8[5][5] = {
	{ "jj", "jj", "rr", "jj", "rr" },
	{ "jj", "jn", "rr", "jj", "rn" },
	{ "ii", "ii", "bb", "jj", "ii" },
	{ "jj", "jj", "jj", "jj", "jj" },
	{ "ii", "in", "rr", "jj", "in" },
};

/* Two devices; mitm, bond, oob: bit 0 the initiator, bit 1 the responder. oob: has the other's data, for this scheme. */
struct cell {
	unsigned io[2], mitm, bond, oob;
	bool sc;
};

/* Legacy pairing needs the data of both (table 2.6), Secure Connections of one (table 2.7); o: Out of Band. */
static inline char method_of(const struct cell *c)
{
	if (c->sc ? c->oob : c->oob == 3)
		return 'o';
	return c->mitm ? table_2_8[c->io[1]][c->io[0]][c->sc] : 'j';
}

/* Security mode 1: an encrypted link, an authenticated key, and by Secure Connections with 16 octets. */
static inline uint8_t level_of(const struct cell *c, unsigned key_size)
{
	if (method_of(c) == 'j')
		return 2;
	return c->sc && key_size == 16 ? 4 : 3;
}

/* Who wants protection and does not get it: bits as above. The responder is the first to know. */
static inline unsigned refuses(const struct cell *c)
{
	return method_of(c) == 'j' ? c->mitm : 0;
}

#endif
