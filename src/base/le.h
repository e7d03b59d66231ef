/*
 * Numbers in octets, little endian (the air, HCI, L2CAP and above) and big endian (trace files,
 * some of the cryptographic toolbox). Any alignment, either byte order of the machine.
 *
 * A packed struct is the one form of which gcc and clang make a single load or store where the
 * machine allows unaligned access (gcc 12 does not merge octet stores for Cortex-M4), and inline
 * octet accesses, not a call of memcpy, where it does not (Cortex-M0+).
 * Nothing is bounded here: input from outside is read through rd.h and written through wr.h.
 */
#ifndef BASE_LE_H
#define BASE_LE_H

#include <stdint.h>

#define LE_ANYWHERE __attribute__((packed, may_alias))
struct le_any16 {
	uint16_t v;
} LE_ANYWHERE;
struct le_any32 {
	uint32_t v;
} LE_ANYWHERE;
struct le_any64 {
	uint64_t v;
} LE_ANYWHERE;
#undef LE_ANYWHERE

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LE_ORDER(bits, v) (v)
#define BE_ORDER(bits, v) __builtin_bswap##bits(v)
#else
#define LE_ORDER(bits, v) __builtin_bswap##bits(v)
#define BE_ORDER(bits, v) (v)
#endif

inline uint16_t le16_get(const uint8_t *p)
{
	return LE_ORDER(16, ((const struct le_any16 *)p)->v);
}

inline uint32_t le24_get(const uint8_t *p)
{
	return le16_get(p) | (uint32_t)p[2] << 16;
}

inline uint32_t le32_get(const uint8_t *p)
{
	return LE_ORDER(32, ((const struct le_any32 *)p)->v);
}

inline uint64_t le64_get(const uint8_t *p)
{
	return LE_ORDER(64, ((const struct le_any64 *)p)->v);
}

inline uint16_t be16_get(const uint8_t *p)
{
	return BE_ORDER(16, ((const struct le_any16 *)p)->v);
}

inline uint32_t be24_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | be16_get(p + 1);
}

inline uint32_t be32_get(const uint8_t *p)
{
	return BE_ORDER(32, ((const struct le_any32 *)p)->v);
}

inline uint64_t be64_get(const uint8_t *p)
{
	return BE_ORDER(64, ((const struct le_any64 *)p)->v);
}

inline void le16_put(uint8_t *p, uint16_t v)
{
	((struct le_any16 *)p)->v = LE_ORDER(16, v);
}

/* The top octet of v is not written. */
inline void le24_put(uint8_t *p, uint32_t v)
{
	le16_put(p, (uint16_t)v);
	p[2] = (uint8_t)(v >> 16);
}

inline void le32_put(uint8_t *p, uint32_t v)
{
	((struct le_any32 *)p)->v = LE_ORDER(32, v);
}

inline void le64_put(uint8_t *p, uint64_t v)
{
	((struct le_any64 *)p)->v = LE_ORDER(64, v);
}

inline void be16_put(uint8_t *p, uint16_t v)
{
	((struct le_any16 *)p)->v = BE_ORDER(16, v);
}

/* The top octet of v is not written. */
inline void be24_put(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 16);
	be16_put(p + 1, (uint16_t)v);
}

inline void be32_put(uint8_t *p, uint32_t v)
{
	((struct le_any32 *)p)->v = BE_ORDER(32, v);
}

inline void be64_put(uint8_t *p, uint64_t v)
{
	((struct le_any64 *)p)->v = BE_ORDER(64, v);
}

#undef LE_ORDER
#undef BE_ORDER

#endif
