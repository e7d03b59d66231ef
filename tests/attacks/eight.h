/*
 * A store with eight bonds, for attacks on it: the weak ones (legacy, Just Works) and the strong ones (Secure Connections, a
 * passkey) in turns, all with subscriptions.
 */
#ifndef TESTS_ATTACKS_EIGHT_H
#define TESTS_ATTACKS_EIGHT_H

#include "tests/attacks/guarded.h"

/* Of a record of a bond: src/host/bonds.c. */
enum { AT_AGE = 1, AT_TYPE = 5, AT_FLAGS = 12, AT_SIZE = 13, AT_THEIRS = 14, AT_OURS = 73, KEY_LTK = 11, KEY_CSRK = 43 };
enum { BONDS = 8, LAST = BONDS - 1 };

/* As peer n has them. */
extern struct smp_keys keys_of[BONDS];

/* Makes them, and remembers the image. */
void eight_bonds(void);
/* The store is that image again. */
void restore(void);
/* The ninth, who comes later, is a strong one. */
enum kind kind_of(unsigned n);
void come_as(unsigned n);
/* Peer n's link can be encrypted with these keys; never with another level than its bond has. */
bool encrypts(unsigned n, const struct smp_keys *keys);
bool has_bond(unsigned n);
/* The device starts with what is in the store; bond n is gone and reported, the other seven are there. */
void starts_without(unsigned n);

#endif
