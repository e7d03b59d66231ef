/*
 * The one copy of the cursors and of the numbers in octets, for calls that the compiler does not put in place: at -Os most
 * of them, and a copy in every object that reads a packet would be a kilobyte.
 */
#include "base/le.h"
#include "base/rd.h"
#include "base/wr.h"

extern inline uint16_t le16_get(const uint8_t *p);
extern inline uint32_t le24_get(const uint8_t *p);
extern inline uint32_t le32_get(const uint8_t *p);
extern inline uint64_t le64_get(const uint8_t *p);
extern inline uint16_t be16_get(const uint8_t *p);
extern inline uint32_t be24_get(const uint8_t *p);
extern inline uint32_t be32_get(const uint8_t *p);
extern inline uint64_t be64_get(const uint8_t *p);
extern inline void le16_put(uint8_t *p, uint16_t v);
extern inline void le24_put(uint8_t *p, uint32_t v);
extern inline void le32_put(uint8_t *p, uint32_t v);
extern inline void le64_put(uint8_t *p, uint64_t v);
extern inline void be16_put(uint8_t *p, uint16_t v);
extern inline void be24_put(uint8_t *p, uint32_t v);
extern inline void be32_put(uint8_t *p, uint32_t v);
extern inline void be64_put(uint8_t *p, uint64_t v);

extern inline struct rd rd_of(const void *at, size_t n);
extern inline bool rd_ok(const struct rd *r);
extern inline bool rd_done(const struct rd *r);
extern inline void rd_fault(struct rd *r);
extern inline const uint8_t *rd_take(struct rd *r, size_t n);
extern inline void rd_skip(struct rd *r, size_t n);
extern inline const uint8_t *rd_rest(struct rd *r, size_t *n);
extern inline struct rd rd_sub(struct rd *r, size_t n);
extern inline void rd_copy(struct rd *r, void *dst, size_t n);
extern inline bool rd_pass(struct rd *r, size_t n);
extern inline uint8_t rd_u8(struct rd *r);
extern inline int8_t rd_i8(struct rd *r);
extern inline uint16_t rd_le16(struct rd *r);
extern inline uint32_t rd_le24(struct rd *r);
extern inline uint32_t rd_le32(struct rd *r);
extern inline uint64_t rd_le64(struct rd *r);
extern inline uint16_t rd_be16(struct rd *r);
extern inline uint32_t rd_be32(struct rd *r);

extern inline struct wr wr_of(void *at, size_t cap);
extern inline bool wr_ok(const struct wr *w);
extern inline void wr_fault(struct wr *w);
extern inline uint8_t *wr_room(struct wr *w, size_t n);
extern inline void wr_put(struct wr *w, const void *src, size_t n);
extern inline void wr_zero(struct wr *w, size_t n);
extern inline bool wr_pass(struct wr *w, size_t n);
extern inline void wr_u8(struct wr *w, uint8_t v);
extern inline void wr_i8(struct wr *w, int8_t v);
extern inline void wr_le16(struct wr *w, uint16_t v);
extern inline void wr_le24(struct wr *w, uint32_t v);
extern inline void wr_le32(struct wr *w, uint32_t v);
extern inline void wr_le64(struct wr *w, uint64_t v);
extern inline void wr_be16(struct wr *w, uint16_t v);
extern inline void wr_be32(struct wr *w, uint32_t v);
