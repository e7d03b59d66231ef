/*
 * The counterpart of rd.h: a bounded writer that remembers that something did not fit.
 *
 * Write all the fields, then look at w.bad once. What does not fit is not written, not even in
 * part, and nothing after it either: w.len is the length of what is whole. The memory behind w.p
 * belongs to the caller.
 */
#ifndef BASE_WR_H
#define BASE_WR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/le.h"

struct wr {
	uint8_t *p;      /* the first octet, not the next */
	size_t cap, len; /* cap falls to len once bad */
	bool bad;
};

/* Writes up to cap octets at at; at may be NULL when cap is 0. */
inline struct wr wr_of(void *at, size_t cap)
{
	return (struct wr){ .p = at, .cap = cap, .len = 0, .bad = false };
}

/* Everything fitted so far. */
inline bool wr_ok(const struct wr *w)
{
	return !w->bad;
}

/* For a value that cannot be written: from now on as if the room had ended here. */
inline void wr_fault(struct wr *w)
{
	w->bad = true;
	w->cap = w->len;
}

/* The next n octets, to be filled by the caller; NULL when they do not fit. */
inline uint8_t *wr_room(struct wr *w, size_t n)
{
	if (n == 0) /* apart, so that NULL stays NULL; gone where n is a constant */
		return w->bad || !w->p ? NULL : w->p + w->len;
	if (n > w->cap - w->len) {
		wr_fault(w);
		return NULL;
	}
	uint8_t *at = w->p + w->len;
	w->len += n;
	return at;
}

/* Copies n octets from src; src may be NULL when n is 0. */
inline void wr_put(struct wr *w, const void *src, size_t n)
{
	uint8_t *at = wr_room(w, n);
	if (at && n)
		memcpy(at, src, n);
}

inline void wr_zero(struct wr *w, size_t n)
{
	uint8_t *at = wr_room(w, n);
	if (at)
		memset(at, 0, n);
}

/* Room for n octets, n not 0, made before w.p[w.len]; false and a fault when there is none. Spares
 * the numbers below a second question about a NULL that wr_room could return. */
inline bool wr_pass(struct wr *w, size_t n)
{
	if (n > w->cap - w->len) {
		wr_fault(w);
		return false;
	}
	w->len += n;
	return true;
}

inline void wr_u8(struct wr *w, uint8_t v)
{
	if (wr_pass(w, 1))
		w->p[w->len - 1] = v;
}

inline void wr_i8(struct wr *w, int8_t v)
{
	wr_u8(w, (uint8_t)v);
}

inline void wr_le16(struct wr *w, uint16_t v)
{
	if (wr_pass(w, 2))
		le16_put(w->p + w->len - 2, v);
}

/* The low 24 bits of v. */
inline void wr_le24(struct wr *w, uint32_t v)
{
	if (wr_pass(w, 3))
		le24_put(w->p + w->len - 3, v);
}

inline void wr_le32(struct wr *w, uint32_t v)
{
	if (wr_pass(w, 4))
		le32_put(w->p + w->len - 4, v);
}

inline void wr_le64(struct wr *w, uint64_t v)
{
	if (wr_pass(w, 8))
		le64_put(w->p + w->len - 8, v);
}

inline void wr_be16(struct wr *w, uint16_t v)
{
	if (wr_pass(w, 2))
		be16_put(w->p + w->len - 2, v);
}

inline void wr_be32(struct wr *w, uint32_t v)
{
	if (wr_pass(w, 4))
		be32_put(w->p + w->len - 4, v);
}

#endif
