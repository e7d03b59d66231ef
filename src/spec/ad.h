/*
 * Advertising data: a row of structures of length, type and value (Vol 3 Part C 11). The walker and
 * the writer of that row; what the values mean is the Core Specification Supplement's, Part A, and
 * the reader's business.
 */
#ifndef GLINT_SPEC_AD_H
#define GLINT_SPEC_AD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

enum ad_type {
#define X(name, num, text) AD_##name = num,
#include "spec/ad_types.def"
#undef X
};

/* Bits of AD_FLAGS: CSS Part A 1.3 */
enum ad_flags {
	AD_FLAG_LE_LIMITED_DISCOVERABLE = 0x01,
	AD_FLAG_LE_GENERAL_DISCOVERABLE = 0x02,
	AD_FLAG_BR_EDR_NOT_SUPPORTED = 0x04,
};

struct ad {
	uint8_t type;        /* enum ad_type */
	uint8_t len;         /* octets of the value */
	const uint8_t *data; /* the value, in the packet */
};

/*
 * Takes the next structure: `for (struct rd r = rd_of(p, n); ad_next(&r, &ad);)`. False at the end,
 * at a zero length octet (the rest is padding), or when a structure says it is longer than what is
 * left; only then !rd_ok(r).
 */
bool ad_next(struct rd *r, struct ad *out);

/* The first structure of that type, false when there is none; a malformed tail is not looked at. */
bool ad_find(const uint8_t *data, size_t len, uint8_t type, struct ad *out);

/* Appends one structure, whole or not at all; what does not fit makes w bad. len is 0..254. */
void ad_write(struct wr *w, uint8_t type, const void *data, size_t len);

#endif
