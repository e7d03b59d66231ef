/*
 * What the fuzzers share: the host of tests/attacks/victim.h with every part, told a fuzzer's octets, and looked at for
 * leaks afterwards. An input is a row of packets, each behind an octet that says how long it is.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/rd.h"
#include "tests/attacks/victim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two peers are connected. */
void fuzz_up(void);
/* The next packet of the input: false at its end, or when it says it is longer than what is left. */
bool fuzz_next(struct rd *r, const uint8_t **packet, size_t *len);
/* A packet of the controller, unless the host has given it up and does not listen. */
void fuzz_packet(const uint8_t *packet, size_t len);
/* The controller is done with what it was given, the program with what it was told. */
void fuzz_settle(void);
/* The bystander is still served; then nothing is left over. */
void fuzz_serves(void);
void fuzz_end(void);

#endif
