/*
 * The one way in for octets from outside: a bounded cursor that remembers a fault.
 *
 * Read all the fields, then ask rd_done (or rd_ok) once. A read past the end takes nothing, marks
 * the reader bad and empties it; from then on every read gives 0 or NULL, so the struct filled from
 * a faulted reader holds nothing that was not checked. The octets are not copied: pointers from
 * rd_take and rd_rest live as long as the memory that was given to rd_of.
 */
#ifndef BASE_RD_H
#define BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/le.h"

struct rd {
	const uint8_t *p; /* the next octet */
	size_t left;      /* octets from p to the end; 0 once bad */
	bool bad;
};

/* Reads n octets at at; at may be NULL when n is 0. */
inline struct rd rd_of(const void *at, size_t n)
{
	return (struct rd){ .p = at, .left = n, .bad = false };
}

/* Nothing missing so far. */
inline bool rd_ok(const struct rd *r)
{
	return !r->bad;
}

/* Nothing missing, nothing left over. */
inline bool rd_done(const struct rd *r)
{
	return !r->bad && r->left == 0;
}

/* For a value that was there but cannot be: from now on as if octets had been missing. */
inline void rd_fault(struct rd *r)
{
	r->bad = true;
	r->left = 0;
}

/* The next n octets in place; NULL when there are fewer, or the reader is bad. */
inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	if (n == 0) /* apart, so that NULL stays NULL; gone where n is a constant */
		return r->bad ? NULL : r->p;
	if (n > r->left) {
		rd_fault(r);
		return NULL;
	}
	const uint8_t *at = r->p;
	r->p += n;
	r->left -= n;
	return at;
}

inline void rd_skip(struct rd *r, size_t n)
{
	(void)rd_take(r, n);
}

/* All that is left, its length in *n; NULL and 0 when bad. May well be empty. */
inline const uint8_t *rd_rest(struct rd *r, size_t *n)
{
	*n = r->left;
	return rd_take(r, r->left);
}

/* A reader of the next n octets only; bad, as r then is, when there are fewer. */
inline struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *at = rd_take(r, n);
	return (struct rd){ .p = at, .left = r->bad ? 0 : n, .bad = r->bad };
}

/* Copies n octets to dst, or fills dst with zeros when there are fewer. */
inline void rd_copy(struct rd *r, void *dst, size_t n)
{
	const uint8_t *at = rd_take(r, n);
	if (at)
		memcpy(dst, at, n);
	else if (n)
		memset(dst, 0, n);
}

/* Past n octets, n not 0; false and a fault when there are fewer. The numbers below use it rather
 * than rd_take: the compiler cannot know that a pointer taken is not NULL, and would ask again. */
inline bool rd_pass(struct rd *r, size_t n)
{
	if (n > r->left) {
		rd_fault(r);
		return false;
	}
	r->p += n;
	r->left -= n;
	return true;
}

inline uint8_t rd_u8(struct rd *r)
{
	return rd_pass(r, 1) ? r->p[-1] : 0;
}

inline int8_t rd_i8(struct rd *r)
{
	return (int8_t)rd_u8(r);
}

inline uint16_t rd_le16(struct rd *r)
{
	return rd_pass(r, 2) ? le16_get(r->p - 2) : 0;
}

inline uint32_t rd_le24(struct rd *r)
{
	return rd_pass(r, 3) ? le24_get(r->p - 3) : 0;
}

inline uint32_t rd_le32(struct rd *r)
{
	return rd_pass(r, 4) ? le32_get(r->p - 4) : 0;
}

inline uint64_t rd_le64(struct rd *r)
{
	return rd_pass(r, 8) ? le64_get(r->p - 8) : 0;
}

inline uint16_t rd_be16(struct rd *r)
{
	return rd_pass(r, 2) ? be16_get(r->p - 2) : 0;
}

inline uint32_t rd_be32(struct rd *r)
{
	return rd_pass(r, 4) ? be32_get(r->p - 4) : 0;
}

#endif
