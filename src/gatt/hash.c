/*
 * The Database Hash (Vol 3 Part G 7.3): AES-CMAC with a key of zeroes over the declarations of the database, whose values
 * count, and over the descriptors, whose values do not. It is computed from one end of the database to the other when
 * it is asked for; whoever asks often keeps it, with the database's count and next handle, which no two states of a
 * database share within a boot.
 *
 * On the air it is a number, least significant octet first, as all values of several octets are (Vol 3 Part F 3.3.1).
 */
#include "gatt/gatt_db.h"

#include "base/le.h"
#include "crypto/crypto.h"

enum { HEAD = 4 }; /* handle and type */

const struct ble_characteristic gatt_hash = { .uuid = UUID16_DATABASE_HASH, .permission = BLE_READ, .size = GATT_HASH };
static const struct ble_service own_gatt = {
	.uuid = 0x1801, .characteristics = BLE_LIST(&gatt_service_changed, &gatt_features, &gatt_hash) };

/* 7.3.1: values of characteristics, and descriptors that it does not name, are left out. */
static bool is_counted(const struct att_attr *a)
{
	if (a->part != GATT_VALUE)
		return true;
	return gatt_is_descriptor(gatt_at(a)) && !a->base && a->type >= UUID16_EXTENDED_PROPERTIES &&
		a->type <= UUID16_AGGREGATE_FORMAT;
}

static bool is_declaration(const struct att_attr *a)
{
	return a->part == GATT_SERVICE || a->part == GATT_INCLUDE || a->part == GATT_DECLARATION ||
		a->part == GATT_EXTENDED;
}

int gatt_hash_make(struct att_bearer *b, const struct ble_crypto *crypto, uint8_t hash[GATT_HASH])
{
	static const uint8_t key[16];
	const struct att_db *db = b->att->db;
	struct crypto_cmac m;
	struct att_attr a;
	uint8_t sum[GATT_HASH];
	crypto_cmac_begin(&m, crypto, key);
	for (uint32_t handle = 1; handle <= UINT16_MAX && db->find(b->att->db_ctx, &a, (uint16_t)handle);
		handle = a.handle + 1u) {
		struct att_view v = { .len = 0 };
		uint8_t head[HEAD];
		if (!is_counted(&a))
			continue;
		le16_put(head, a.handle);
		le16_put(head + 2, a.type);
		crypto_cmac_add(&m, head, sizeof head);
		if (is_declaration(&a) && !db->value(b, &a, &v))
			crypto_cmac_add(&m, v.data, v.len);
	}
	int err = crypto_cmac_end(&m, sum);
	crypto_turn(hash, sum, sizeof sum);
	return err;
}

bool gatt_is_hash(const struct att_attr *a)
{
	return a->part == GATT_VALUE && gatt_at(a) == &gatt_hash;
}

void gatt_add_hash(struct gatt_db *db)
{
	gatt_add_features(db);
	struct gatt_slot *last = &db->slots[GATT_OWN_SERVICES - 1];
	if (!db->own || db->count != GATT_OWN_SERVICES || last->service != &gatt_own_features)
		return;
	last->service = &own_gatt;
	last->last = (uint16_t)(last->last + 2);
	db->next_handle = (uint16_t)(db->next_handle + 2);
}
