/*
 * Bonds in the store: see bonds.h. A record is
 *
 *	version 1 | age 4 | identity 7 | flags 1 | key size 1 | their keys 59 | our keys 59 | CRC-32 4
 *	keys: have 1 | EDIV 2 | Rand 8 | LTK 16 | IRK 16 | CSRK 16
 *
 * all least significant octet first. An identity of our own is not kept with each bond: it is the device's.
 */
#include "host/bonds.h"

#include <string.h>

#include "base/rd.h"
#include "base/wr.h"
#include "crypto/crypto.h"

enum { VERSION = 1, KEYS_LEN = 59, RECORD = 14 + 2 * KEYS_LEN + 4 };
enum { FLAG_AUTHENTICATED = 1, FLAG_SC = 2, FLAGS = 3 };

/* CRC-32 of IEEE 802.3: finds every error of up to three bits in a record. */
uint32_t bonds_crc32(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;
	while (len--) {
		crc ^= *p++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (UINT32_C(0xEDB88320) & -(crc & 1));
	}
	return ~crc;
}

static void keys_write(struct wr *w, const struct smp_keys *k)
{
	wr_u8(w, k->have);
	wr_le16(w, k->ediv);
	wr_le64(w, k->rand);
	wr_put(w, k->ltk, 16);
	wr_put(w, k->irk, 16);
	wr_put(w, k->csrk, 16);
}

static void keys_read(struct rd *r, struct smp_keys *k)
{
	k->have = rd_u8(r);
	k->ediv = rd_le16(r);
	k->rand = rd_le64(r);
	rd_copy(r, k->ltk, 16);
	rd_copy(r, k->irk, 16);
	rd_copy(r, k->csrk, 16);
}

static void record_write(uint8_t record[RECORD], const struct host_bond *bond)
{
	struct wr w = wr_of(record, RECORD);
	wr_u8(&w, VERSION);
	wr_le32(&w, bond->age);
	wr_u8(&w, bond->identity.type);
	wr_put(&w, bond->identity.octets, 6);
	wr_u8(&w, (uint8_t)((bond->strength.authenticated ? FLAG_AUTHENTICATED : 0) | (bond->strength.sc ? FLAG_SC : 0)));
	wr_u8(&w, bond->strength.key_size);
	keys_write(&w, &bond->theirs);
	keys_write(&w, &bond->ours);
	wr_le32(&w, bonds_crc32(record, w.len));
}

/* What the checksum cannot know: keys that are none, and sizes that nobody has. */
static bool makes_sense(const struct host_bond *b, uint8_t version, uint8_t flags)
{
	const struct smp_keys *keys[] = { &b->theirs, &b->ours };
	for (unsigned i = 0; i < 2; i++) {
		if (keys[i]->have & SMP_DIST_ENC && crypto_is_weak(keys[i]->ltk))
			return false;
		if (keys[i]->have & SMP_DIST_SIGN && crypto_is_weak(keys[i]->csrk))
			return false;
	}
	return version == VERSION && !(flags & ~FLAGS) && b->identity.type <= BLE_ADDR_RANDOM &&
		b->strength.key_size >= 7 && b->strength.key_size <= 16;
}

static bool record_read(const uint8_t record[RECORD], struct host_bond *bond)
{
	struct rd r = rd_of(record, RECORD);
	*bond = (struct host_bond){ .used = true };
	uint8_t version = rd_u8(&r);
	bond->age = rd_le32(&r);
	bond->identity.type = rd_u8(&r);
	rd_copy(&r, bond->identity.octets, 6);
	uint8_t flags = rd_u8(&r);
	bond->strength.authenticated = flags & FLAG_AUTHENTICATED;
	bond->strength.sc = flags & FLAG_SC;
	bond->strength.key_size = rd_u8(&r);
	keys_read(&r, &bond->theirs);
	keys_read(&r, &bond->ours);
	bond->theirs.identity = bond->identity;
	uint32_t crc = rd_le32(&r);
	return rd_done(&r) && crc == bonds_crc32(record, RECORD - 4) && makes_sense(bond, version, flags);
}

void bonds_load(struct host_bonds *b)
{
	const struct ble_platform *p = b->platform;
	struct host_bond bond;
	for (unsigned i = 0; p->load && i < b->count; i++) {
		uint8_t record[RECORD];
		int len = p->load(p->ctx, BLE_STORE_BOND + i, record, sizeof record);
		bool whole = len == RECORD && record_read(record, &bond);
		crypto_wipe(record, sizeof record);
		/* Two records of one peer: a drop that failed. The newer holds. */
		int twin = whole ? bonds_by_identity(b, &bond.identity) : -1;
		if (len != BLE_ENOENT && !whole)
			b->damaged++;
		if (!whole || (twin >= 0 && b->slots[twin].age > bond.age))
			continue;
		if (twin >= 0)
			crypto_wipe(&b->slots[twin], sizeof b->slots[twin]);
		b->slots[i] = bond;
		b->age = bond.age > b->age ? bond.age : b->age;
	}
	crypto_wipe(&bond, sizeof bond);
}

static bool is_address(const struct ble_addr *a, const struct ble_addr *b)
{
	return ((a->type ^ b->type) & 1) == 0 && !memcmp(a->octets, b->octets, 6);
}

int bonds_by_identity(const struct host_bonds *b, const struct ble_addr *identity)
{
	for (unsigned i = 0; i < b->count; i++)
		if (b->slots[i].used && is_address(&b->slots[i].identity, identity))
			return (int)i;
	return -1;
}

bool bonds_has_irk(const struct host_bond *bond)
{
	return (bond->theirs.have & SMP_DIST_ID) && !crypto_is_weak(bond->theirs.irk);
}

/* Bonds have come or gone. */
static void forget_resolved(struct host_bonds *b)
{
	memset(b->cache, 0, sizeof b->cache);
}

static int resolve(const struct host_bonds *b, const struct ble_crypto *crypto, const uint8_t address[6])
{
	for (unsigned i = 0; i < b->count; i++)
		if (b->slots[i].used && bonds_has_irk(&b->slots[i]) && crypto_resolves(crypto, b->slots[i].theirs.irk, address))
			return (int)i;
	return -1;
}

int bonds_by_address(struct host_bonds *b, const struct ble_crypto *crypto, const struct ble_addr *address)
{
	int by_identity = bonds_by_identity(b, address);
	if (by_identity >= 0 || !(address->type & 1) || !crypto_is_resolvable(address->octets) || !crypto)
		return by_identity;
	for (unsigned i = 0; i < BONDS_CACHE; i++)
		if (!memcmp(b->cache[i].address, address->octets, 6))
			return b->cache[i].bond;
	int at = resolve(b, crypto, address->octets);
	struct bonds_resolved *kept = &b->cache[b->cache_next++ % BONDS_CACHE];
	memcpy(kept->address, address->octets, 6);
	kept->bond = (int8_t)at;
	if (at >= 0)
		memcpy(b->slots[at].heard, address->octets, 6);
	return at;
}

/* The oldest bond that has to make room; -1: none. */
static int give_up(const struct host_bonds *b, bool (*busy)(void *, unsigned), void *ctx)
{
	int at = -1;
	for (unsigned i = 0; i < b->count; i++)
		if (!b->slots[i].strength.authenticated && !busy(ctx, i) && (at < 0 || b->slots[i].age < b->slots[at].age))
			at = (int)i;
	return at;
}

/* The slot for an identity, its own or a free one; -1: there is no room. */
static int place(const struct host_bonds *b, const struct ble_addr *identity)
{
	int at = bonds_by_identity(b, identity);
	for (unsigned i = 0; at < 0 && i < b->count; i++)
		if (!b->slots[i].used)
			at = (int)i;
	return at;
}

int bonds_keep(struct host_bonds *b, struct host_bond *bond, bool (*busy)(void *ctx, unsigned index), void *ctx)
{
	const struct ble_platform *p = b->platform;
	uint8_t record[RECORD];
	int at = place(b, &bond->identity);
	if (at < 0 && (b->evict || bond->strength.authenticated)) /* strangers push out nobody */
		at = give_up(b, busy, ctx);
	if (at < 0)
		return BLE_ENOMEM;
	bond->used = true;
	bond->age = b->age + 1;
	record_write(record, bond);
	int err = p->save ? p->save(p->ctx, BLE_STORE_BOND + (uint32_t)at, record, sizeof record) : 0;
	crypto_wipe(record, sizeof record);
	if (err)
		return BLE_EIO;
	b->age++;
	b->slots[at] = *bond;
	forget_resolved(b);
	return at;
}

int bonds_drop(struct host_bonds *b, unsigned index)
{
	const struct ble_platform *p = b->platform;
	crypto_wipe(&b->slots[index], sizeof b->slots[index]);
	forget_resolved(b);
	if (!p->erase)
		return 0;
	/* The bond last: when the power goes, nothing waits here for the next one, who may come to have the same age. */
	(void)p->erase(p->ctx, BLE_STORE_SUBSCRIPTIONS + index);
	(void)p->erase(p->ctx, BLE_STORE_SIGNING + index);
	int err = p->erase(p->ctx, BLE_STORE_BOND + index);
	return err && err != BLE_ENOENT ? BLE_EIO : 0;
}

bool bonds_irk(const struct ble_platform *p, uint8_t irk[16])
{
	uint8_t record[20] = { 0 };
	int len = p->load ? p->load(p->ctx, BLE_STORE_IRK, record, sizeof record) : BLE_ENOENT;
	memcpy(irk, record, 16);
	if (len == (int)sizeof record && le32_get(record + 16) == bonds_crc32(record, 16) && !crypto_is_weak(irk))
		return true;
	p->random(p->ctx, irk, 16);
	memcpy(record, irk, 16);
	le32_put(record + 16, bonds_crc32(record, 16));
	if (p->save)
		(void)p->save(p->ctx, BLE_STORE_IRK, record, sizeof record);
	return len == BLE_ENOENT;
}
