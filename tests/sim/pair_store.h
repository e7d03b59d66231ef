/*
 * A platform with a store that needs no heap: the simulated one does, and a bond is written long after the start.
 */
#ifndef TESTS_SIM_PAIR_STORE_H
#define TESTS_SIM_PAIR_STORE_H

#include <stddef.h>
#include <stdint.h>

#include <ble/platform.h>

struct pair_store {
	struct ble_platform platform;
	struct {
		uint32_t key;
		size_t len;
		uint8_t data[200];
	} slots[16];
};

/* Empty; the platform has the cipher, and randomness that is the same in each run. */
void pair_store_init(struct pair_store *store);

#endif
