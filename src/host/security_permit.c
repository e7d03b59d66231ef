/*
 * The one question whether an attribute may be read or written over a link: levels of both security modes, for every
 * request and command alike (Vol 3 Part C 10.2, 10.3.1). In mode 2 a write without a signature wants what stands for one,
 * an encrypted link. What describes a database (declarations, properties) stays open, so that it can be
 * discovered; so do the services GAP and GATT that ble_server brings. A notification is a read that nobody asked for.
 */
#include "host/security.h"

#include "gatt/gatt.h"

/* A value, a configuration, and the descriptors that say something about the value. */
static uint8_t level_of(const struct host_security *s, const struct gatt_db *db, const struct att_attr *a,
	enum host_access access)
{
	const struct gatt_slot *slot = a->slot;
	bool own = db->own && slot < db->slots + GATT_OWN_SERVICES;
	if (own || !gatt_is_guarded(a, access != HOST_READ))
		return BLE_LEVEL_OPEN;
	return slot->service->level ? slot->service->level : s->level;
}

static bool suffices(const struct smp_strength *has, uint8_t level)
{
	return smp_level(has) >= level;
}

/* 10.3.1, table 10.2 */
int security_permit(struct att_bearer *b, const struct att_attr *a, enum host_access access)
{
	const struct ble_conn *c = host_conn_of(b);
	const struct host_security *s = security_of(c->host);
	const struct security_link *l = security_link(c);
	const struct smp_strength *bond = l->bond >= 0 ? &s->bonds.slots[l->bond].strength : NULL;
	uint8_t wanted = level_of(s, c->host->att.db_ctx, a, access), level = security_link_level(wanted, access);
	bool of_mitm = access == HOST_WRITE_SIGNED && wanted == BLE_LEVEL_SIGNED_AUTHENTICATED;
	if (of_mitm && !(bond && bond->authenticated))
		return BLE_EATT(ATT_ERR_INSUFFICIENT_AUTHENTICATION);
	if (suffices(&l->strength, level))
		return 0;
	struct smp_strength whole = l->strength;
	if (!whole.key_size) { /* not encrypted: is there a key that would do? */
		bool key = bond && suffices(bond, level);
		return BLE_EATT(key ? ATT_ERR_INSUFFICIENT_ENCRYPTION : ATT_ERR_INSUFFICIENT_AUTHENTICATION);
	}
	whole.key_size = 16;
	return BLE_EATT(suffices(&whole, level) ? ATT_ERR_ENCRYPTION_KEY_SIZE_TOO_SHORT :
						  ATT_ERR_INSUFFICIENT_AUTHENTICATION);
}

bool security_may_tell(struct att_bearer *b, uint16_t value_handle)
{
	struct att_attr a;
	if (smp_level(&security_link(host_conn_of(b))->strength) == 4)
		return true;
	return b->att->db->find(b->att->db_ctx, &a, value_handle) && a.handle == value_handle && !security_permit(b, &a, HOST_READ);
}
