/*
 * What a server keeps of a client with a bond: its configurations (Vol 3 Part G 3.3.3.3) and Client Supported Features
 * (7.2). They are told one by one, by handle, and set again at the next connection.
 */
#include "gatt/gatt_db.h"

#include "base/bits.h"

bool gatt_is_kept(const struct att_attr *a)
{
	return a->part == GATT_CCCD || (a->part == GATT_VALUE && gatt_at(a) == &gatt_features);
}

uint8_t gatt_kept_next(struct att_bearer *b, const uint8_t *cccd, uint16_t *handle,
	const struct ble_characteristic **ch)
{
	struct att_attr a;
	for (uint32_t at = *handle + 1u; at <= UINT16_MAX && b->att->db->find(b->att->db_ctx, &a, (uint16_t)at);
		at = a.handle + 1u) {
		uint8_t bits = a.part == GATT_CCCD ? bit2_get(cccd, a.sub) : 0;
		if (!bits)
			continue;
		*handle = a.handle;
		*ch = gatt_at(&a);
		return bits;
	}
	return 0;
}

bool gatt_kept_put(struct att_bearer *b, uint8_t *cccd, uint16_t handle, uint8_t bits)
{
	struct att_attr a;
	if (!b->att->db->find(b->att->db_ctx, &a, handle) || a.handle != handle || a.part != GATT_CCCD)
		return false;
	/* NOTIFY and INDICATE, moved, are the bits of a CCCD: access.c */
	bits = (uint8_t)(bits & (gatt_at(&a)->permission >> 4));
	if (!bits || bit2_get(cccd, a.sub)) /* what the client has written now is newer */
		return false;
	bit2_put(cccd, a.sub, bits);
	return true;
}
