/*
 * Saying what this client can take: Client Supported Features (Vol 3 Part G 7.2) is looked for by its type and read
 * (4.8.2), and written back (4.9.3) with bits added: one that is set may never be cleared, and octets that a later
 * specification has given a meaning are kept as they are.
 */
#include "gatt/client.h"

#include <string.h>

#include "base/le.h"
#include "spec/att_pdu.h"

enum phase { READING = 0, WRITING };

static uint16_t features_write(struct gatt_client *c, uint8_t *p)
{
	if (c->phase == READING)
		return gatt_typed_range_write(p, ATT_READ_BY_TYPE_REQ, c, UUID16_CLIENT_SUPPORTED_FEATURES);
	p[0] = ATT_WRITE_REQ;
	le16_put(p + 1, c->handle);
	memcpy(p + 3, c->features.octets, c->features.len);
	return (uint16_t)(3 + c->features.len);
}

/* A server has one: the first that it gives. */
static void on_read(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	struct rd r = rd_of(pdu + 1, len - 1u);
	struct att_read_by_type_rsp rows;
	uint8_t *octets = c->features.octets;
	if (!att_read_by_type_rsp_read(&r, &rows) || !le16_get(rows.data)) {
		gatt_client_end(c, BLE_EBADPDU);
		return;
	}
	size_t n = rows.length - 2u;
	if (n > sizeof c->features.octets)
		n = sizeof c->features.octets;
	c->handle = le16_get(rows.data);
	memset(octets, 0, sizeof c->features.octets);
	if (n)
		memcpy(octets, rows.data + 2, n);
	c->features.len = (uint8_t)(n ? n : 1);
	if ((octets[0] & c->features.bits) == c->features.bits) {
		gatt_client_end(c, 0);
		return;
	}
	octets[0] |= c->features.bits;
	c->phase = WRITING;
	c->next = true;
}

static bool on_features(struct gatt_client *c, const uint8_t *pdu, uint16_t len)
{
	if (c->phase == READING)
		on_read(c, pdu, len);
	else
		gatt_client_end(c, len == 1 ? 0 : BLE_EBADPDU);
	return false;
}

static bool features_refused(struct gatt_client *c, uint8_t code, uint16_t handle)
{
	(void)handle;
	if (c->phase != READING || code != ATT_ERR_ATTRIBUTE_NOT_FOUND)
		return false;
	gatt_client_end(c, BLE_ENOENT);
	return true;
}

static const struct gatt_procedure features = {
	.id = BLE_PROC_FEATURES,
	.room = GATT_REQUEST_MAX,
	.request = features_write,
	.response = on_features,
	.refused = features_refused,
};

int gatt_features_add(struct gatt_client *c, uint8_t bits)
{
	int err = gatt_client_refusal(c);
	if (err)
		return err;
	if (!bits || (bits & ~(BLE_FEATURE_ROBUST_CACHING | BLE_FEATURE_MULTIPLE_NOTIFICATIONS)))
		return BLE_EINVAL;
	c->features.bits = bits;
	return gatt_client_begin(c, &features, 1, 0xFFFF);
}
