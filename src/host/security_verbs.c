/*
 * The verbs of bond.h, and the ways to pair that a program names.
 */
#include "host/security.h"

#include "crypto/crypto.h"

const struct ble_way ble_legacy_pairing = { .legacy = &smp_legacy };
const struct ble_way ble_passkey_entry = { .passkey = &smp_model_passkey };
const struct ble_way ble_numeric_comparison = { .numeric = &smp_model_numeric };
const struct ble_way ble_out_of_band = { .oob = &smp_model_oob };

static struct host_security *need(struct ble_host *h, int *err)
{
	static const char hint[] = "pairing, encryption and bonds need the part ble_pairing";
	struct ble_part_slot *slot = host_need(h, &ble_pairing, hint, err);
	struct host_security *s = slot ? host_mem(slot) : NULL;
	if (s && !s->smp.crypto) {
		*err = host_refuse_hint(h, BLE_ENOTSUP, "platform", "pairing and encryption need a platform with crypto (crypto.h)");
		return NULL;
	}
	return s;
}

static struct security_link *need_link(struct ble_host *h, ble_conn_id id, int *err)
{
	struct host_security *s = need(h, err);
	const struct ble_conn *c = s ? host_conn(h, id) : NULL;
	if (s && !c)
		*err = BLE_ECONN;
	return c ? security_link(c) : NULL;
}

/* As SMP numbers them. */
static uint8_t io_of(uint8_t capabilities)
{
	return capabilities == BLE_CAP_DEFAULT ? SMP_IO_NONE : (uint8_t)(capabilities - 1);
}

static uint8_t keys_of(uint8_t keys)
{
	if (keys == BLE_KEY_DEFAULT)
		return SMP_DIST_ENC | SMP_DIST_ID;
	return keys & (SMP_DIST_ENC | SMP_DIST_ID | SMP_DIST_SIGN);
}

static int check_ranges(struct ble_host *h, const struct ble_pairing_params *p, const struct smp_config *c)
{
	/* The public key is the longest PDU (Vol 3 Part H 3.2), and L2CAP's buffers are as long as ATT's PDUs. */
	int err = c->sc ? host_range(h, "att_mtu", h->mtu, SMP_PDU_MAX, 517) : 0;
	if (!err)
		err = host_range(h, "capabilities", p->capabilities, 0, BLE_CAP_KEYBOARD_DISPLAY);
	if (!err)
		err = host_range(h, "level", p->level, 0, BLE_LEVEL_SIGNED_AUTHENTICATED);
	if (!err)
		err = host_range(h, "key_size_max", c->key_max, 7, 16);
	if (!err && p->level == 4 && (!c->sc || c->key_max < 16))
		err = host_refuse_hint(h, BLE_EINVAL, "level", "level 4 needs Secure Connections and keys of 16 octets");
	if (!err)
		err = host_range(h, "key_size_min", c->key_min, 7, c->key_max);
	if (!err)
		err = host_range(h, "passkey", p->passkey, 0, 999999);
	return err;
}

/* A signature is made with a key of a bond. */
static int check_signing(struct ble_host *h, const struct ble_pairing_params *p)
{
	if (p->level < BLE_LEVEL_SIGNED)
		return 0;
	if (!security_signing(h))
		return host_refuse_hint(h, BLE_ENOTSUP, "level", "security mode 2, signed data, needs the part ble_signing");
	return p->bonding ? 0 : host_refuse_hint(h, BLE_EINVAL, "bonding", "security mode 2, signed data, needs bonding");
}

/* What can never be is refused now rather than at each pairing. */
static int check_sense(struct ble_host *h, const struct smp_config *c)
{
	bool no_user = c->io == SMP_IO_NONE;
	bool compares = c->io == SMP_IO_DISPLAY_YES_NO || c->io == SMP_IO_KEYBOARD_DISPLAY;
	if (!no_user && !c->passkey)
		return host_refuse_hint(h, BLE_EINVAL, "ways", "these capabilities need ble_passkey_entry in ways");
	if (compares && !c->numeric && c->sc)
		return host_refuse_hint(h, BLE_EINVAL, "ways", "these capabilities need ble_numeric_comparison in ways");
	if (!c->sc && !c->legacy)
		return host_refuse_hint(h, BLE_EINVAL, "ways", "legacy_only needs ble_legacy_pairing in ways");
	if (c->mitm && no_user && !c->oob_model)
		return host_refuse_hint(h, BLE_EINVAL, "capabilities",
			"MITM protection needs a display, a keyboard or ble_out_of_band");
	return 0;
}

static struct ble_way all_of(const struct ble_way *const *ways)
{
	struct ble_way all = { .legacy = NULL };
	for (; ways && *ways; ways++) {
		all.legacy = (*ways)->legacy ? (*ways)->legacy : all.legacy;
		all.passkey = (*ways)->passkey ? (*ways)->passkey : all.passkey;
		all.numeric = (*ways)->numeric ? (*ways)->numeric : all.numeric;
		all.oob = (*ways)->oob ? (*ways)->oob : all.oob;
	}
	return all;
}

static struct smp_config config_of(struct host_security *s, const struct ble_pairing_params *p, const struct ble_way *ways)
{
	uint8_t max = p->key_size_max ? p->key_size_max : p->key_size_min;
	uint8_t min = p->key_size_min ? p->key_size_min : p->key_size_max;
	bool sc_only = p->sc_only || p->level == BLE_LEVEL_STRICT;
	struct smp_config c = { .sc = p->legacy_only ? NULL : &smp_sc, .io = io_of(p->capabilities), .oob = &s->oob,
		.bonding = p->bonding, .mitm = p->mitm || security_key_level(p->level) > BLE_LEVEL_ENCRYPTED,
		.keypress = p->keypress, .debug = p->debug,
		.key_min = min ? min : 16, .key_max = max ? max : 16, .initiator_keys = keys_of(p->initiator_keys),
		.responder_keys = keys_of(p->responder_keys), .passkey_fixed = p->passkey,
		.legacy = sc_only ? NULL : ways->legacy, .passkey = ways->passkey, .numeric = ways->numeric,
		.oob_model = ways->oob, .wanted_keys = p->level < BLE_LEVEL_SIGNED ? 0 : SMP_DIST_SIGN };
	if (p->level == BLE_LEVEL_STRICT)
		c.key_min = 16;
	return c;
}

static int set(struct host_security *s, const struct ble_pairing_params *p, const struct ble_way *ways)
{
	struct smp_config c = config_of(s, p, ways);
	int err = check_ranges(s->host, p, &c);
	if (!err)
		err = check_signing(s->host, p);
	if (!err)
		err = check_sense(s->host, &c);
	if (err)
		return err;
	s->smp.config = c;
	s->params = *p;
	s->params.ways = NULL;
	s->ways = *ways;
	s->level = p->level;
	s->keep_bonded = p->keep_bonded;
	s->bonds.evict = p->evict;
	s->on_demand = p->on_demand;
	return 0;
}

int ble_pairing_set(struct ble_host *h, const struct ble_pairing_params *p)
{
	int err = 0;
	struct host_security *s = need(h, &err);
	struct ble_way ways = all_of(p->ways);
	return s ? set(s, p, &ways) : err;
}

int ble_pairing_level(struct ble_host *h, uint8_t level)
{
	int err = 0;
	struct host_security *s = need(h, &err);
	if (!s)
		return err;
	struct ble_pairing_params p = s->params;
	struct ble_way ways = s->ways;
	p.level = level;
	return set(s, &p, &ways);
}

int ble_pairing_get(struct ble_host *h, struct ble_pairing_params *out)
{
	int err = 0;
	const struct host_security *s = need(h, &err);
	if (s)
		*out = s->params;
	return err;
}

int ble_conn_secure(struct ble_host *h, ble_conn_id id, bool anew)
{
	int err = 0;
	struct security_link *l = need_link(h, id, &err);
	if (!l)
		return err;
	const struct host_security *s = security_of(h);
	if (l->encrypting || smp_is_pairing(&l->smp))
		return BLE_EBUSY;
	if (l->conn->role == BLE_ROLE_CENTRAL && !anew) {
		uint8_t wanted = security_key_level(s->level);
		if (wanted < BLE_LEVEL_ENCRYPTED)
			wanted = BLE_LEVEL_ENCRYPTED;
		if (smp_level(&l->strength) >= wanted) {
			security_news(l, SECURITY_ENCRYPTED); /* it is, already */
			return 0;
		}
		if (l->bond >= 0 && smp_level(&s->bonds.slots[l->bond].strength) >= wanted && security_use_bond(l))
			return 0;
	}
	return smp_pair(&l->smp);
}

int ble_conn_passkey(struct ble_host *h, ble_conn_id id, uint32_t passkey)
{
	int err = 0;
	struct security_link *l = need_link(h, id, &err);
	if (!l)
		return err;
	err = host_range(h, "passkey", passkey, 0, 999999);
	return err ? err : smp_passkey(&l->smp, passkey);
}

int ble_conn_confirm(struct ble_host *h, ble_conn_id id, bool same)
{
	int err = 0;
	struct security_link *l = need_link(h, id, &err);
	return l ? smp_consent(&l->smp, same) : err;
}

/* Whoever has been asked for a passkey says so: Vol 3 Part H 3.5.5. */
int ble_conn_unpair(struct ble_host *h, ble_conn_id id)
{
	int err = 0;
	struct security_link *l = need_link(h, id, &err);
	if (!l)
		return err;
	bool asked = l->smp.user == SMP_USER_ASKED && l->smp.method != SMP_NUMERIC;
	return smp_cancel(&l->smp, asked ? SMP_ERR_PASSKEY_ENTRY_FAILED : SMP_ERR_UNSPECIFIED_REASON);
}

int ble_conn_security(const struct ble_host *h, ble_conn_id id, struct ble_security_info *out)
{
	const struct ble_conn *c = host_conn(h, id);
	if (!host_room(h, &ble_pairing_room))
		return BLE_ENOTSUP;
	if (!c)
		return BLE_ECONN;
	const struct security_link *l = security_link(c);
	*out = (struct ble_security_info){ .level = smp_level(&l->strength), .key_size = l->strength.key_size,
		.bonded = l->bond >= 0, .pairing = smp_is_pairing(&l->smp), .identity = c->peer };
	out->identity.type &= 1;
	return 0;
}

bool ble_bond_next(const struct ble_host *h, unsigned *index, struct ble_bond *out)
{
	const struct host_security *s = host_room(h, &ble_pairing_room) ? security_of(h) : NULL;
	for (; s && *index < s->bonds.count; ++*index) {
		const struct host_bond *b = &s->bonds.slots[*index];
		if (!b->used)
			continue;
		*out = (struct ble_bond){ .identity = b->identity, .level = smp_level(&b->strength),
			.key_size = b->strength.key_size,
			.resolvable = bonds_has_irk(b) };
		++*index;
		return true;
	}
	return false;
}

int ble_bond_resolves(struct ble_host *h, ble_conn_id id, bool resolves)
{
	int err = 0;
	struct security_link *l = need_link(h, id, &err);
	if (!l)
		return err;
	if (l->bond < 0 || !l->known)
		return BLE_ENOENT;
	bool *now = &security_of(h)->bonds.slots[l->bond].resolves;
	if (*now != resolves)
		security_subscribed(l);
	*now = resolves;
	return 0;
}

int ble_bond_address(struct ble_host *h, const struct ble_addr *identity, struct ble_addr *out)
{
	int err = 0;
	struct host_security *s = need(h, &err);
	if (!s)
		return err;
	int at = bonds_by_identity(&s->bonds, identity);
	if (at < 0)
		return BLE_ENOENT;
	const struct host_bond *bond = &s->bonds.slots[at];
	*out = bond->identity;
	if (!bonds_has_irk(bond))
		return 0;
	if (!security_resolves(s, at))
		return host_refuse_hint(h, BLE_EREFUSED, "peer",
			"it has not said that it finds itself by its private addresses: Central Address Resolution");
	out->type = BLE_ADDR_RANDOM;
	return crypto_resolvable(s->smp.platform, bond->theirs.irk, out->octets);
}

int ble_bond_remove(struct ble_host *h, const struct ble_addr *identity)
{
	int err = 0;
	struct host_security *s = need(h, &err);
	if (!s)
		return err;
	int at = bonds_by_identity(&s->bonds, identity);
	if (at < 0)
		return BLE_ENOENT;
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct security_link *l = security_link(&h->conns[i]);
		if (!conn_is_up(&h->conns[i]) || l->bond != at)
			continue;
		l->bond = -1;
		/* a peer that does not hear of the end may no more than others */
		l->strength = l->next = (struct smp_strength){ 0 };
		(void)smp_cancel(&l->smp, SMP_ERR_UNSPECIFIED_REASON); /* it would bring the bond back */
		(void)ble_conn_disconnect(h, h->conns[i].id, HCI_ERR_AUTHENTICATION_FAILURE);
	}
	return bonds_drop(&s->bonds, (unsigned)at);
}
