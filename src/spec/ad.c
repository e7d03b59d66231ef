/*
 * Walking and writing the structures of advertising data: Vol 3 Part C 11.
 */
#include "spec/ad.h"

bool ad_next(struct rd *r, struct ad *out)
{
	if (!r->left)
		return false;
	uint8_t len = rd_u8(r);
	if (len == 0) { /* early termination: what follows is not significant */
		rd_skip(r, r->left);
		return false;
	}
	out->type = rd_u8(r);
	out->len = (uint8_t)(len - 1);
	out->data = rd_take(r, out->len);
	return rd_ok(r);
}

bool ad_find(const uint8_t *data, size_t len, uint8_t type, struct ad *out)
{
	struct rd r = rd_of(data, len);
	while (ad_next(&r, out))
		if (out->type == type)
			return true;
	return false;
}

void ad_write(struct wr *w, uint8_t type, const void *data, size_t len)
{
	uint8_t *at = len < UINT8_MAX ? wr_room(w, len + 2) : NULL;
	if (!at) {
		wr_fault(w);
		return;
	}
	at[0] = (uint8_t)(len + 1);
	at[1] = type;
	if (len)
		memcpy(at + 2, data, len);
}
