/*
 * Images of the store that time, wear or somebody has made: every bit, torn records, every length and version, keys that are
 * none, garbage. What is read is what was written, or it is absent and reported; and the device starts.
 */
#include "tests/attacks/eight.h"

#include <stdlib.h>

#include <ble/bond.h>

#include "host/bonds.h"

/* A record that was written in part, over the old one or over erased memory: never a mixture. */
static void torn_writes(void **state)
{
	struct peer_item old, new;
	(void)state;
	eight_bonds();
	old = stored(BLE_STORE_BOND + LAST);
	come_as(LAST);
	guarded_pair(SC_USER);
	peer_disconnect(p);
	new = stored(BLE_STORE_BOND + LAST);
	assert_int_equal(old.len, new.len);
	for (unsigned n = 0; n < 4u * (unsigned)new.len; n++) {
		int cut = (int)(n / 4);
		restore();
		struct peer_item *item = peer_item(p, BLE_STORE_BOND + LAST);
		for (int i = 0; i < new.len; i++) {
			uint8_t rest = n % 4 < 2 ? old.data[i] : n % 4 == 2 ? 0xFF : (uint8_t)(new.data[i] | rand());
			item->data[i] = (i < cut) == (n % 4 != 1) ? new.data[i] : rest;
		}
		bool whole = !memcmp(item->data, new.data, (size_t)new.len) || !memcmp(item->data, old.data, (size_t)old.len);
		if (!whole)
			starts_without(LAST);
	}
}

static void every_bit_of_bonds(void **state)
{
	(void)state;
	eight_bonds();
	for (unsigned n = 0; n < BONDS; n++) {
		unsigned bits = 8u * (unsigned)stored(BLE_STORE_BOND + n).len;
		assert_true(bits >= 8 * 136);
		for (unsigned bit = 0; bit < bits; bit++) {
			restore();
			peer_item(p, BLE_STORE_BOND + n)->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			starts_without(n);
		}
		assert_false(encrypts(n, &keys_of[n]));
		assert_true(encrypts((n + 1) % BONDS, &keys_of[(n + 1) % BONDS]));
	}
}

/* What a bond had subscribed to: lost and reported, the bond and the others stay. */
static void every_bit_of_subscriptions(void **state)
{
	(void)state;
	eight_bonds();
	for (unsigned n = 0; n < BONDS; n++) {
		const struct smp_keys *k = &keys_of[n];
		unsigned bits = 8u * (unsigned)stored(BLE_STORE_SUBSCRIPTIONS + n).len;
		assert_true(bits > 0);
		for (unsigned bit = 0; bit < bits; bit++) {
			restore();
			peer_item(p, BLE_STORE_SUBSCRIPTIONS + n)->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			guarded_host(&anyhow);
			come_as(n);
			assert_true(peer_encrypt(p, k->ltk, k->ediv, k->rand));
			assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_EBADPDU);
			for (uint8_t level = 1; level <= 4; level++)
				assert_int_equal(ble_server_subscribed(p->f.host, id, VALUE(level)), 0);
			peer_disconnect(p);
		}
	}
}

/* Our own keys: another identity resolving key is reported, another address is one; bonds stay in either case. */
static void every_bit_of_our_own(void **state)
{
	static const uint32_t keys[] = { BLE_STORE_IRK, BLE_STORE_IDENTITY };
	(void)state;
	eight_bonds();
	for (unsigned i = 0; i < 2; i++) {
		assert_in_range(stored(keys[i]).len, 1, PEER_ITEM);
		for (unsigned bit = 0; bit < 8u * (unsigned)stored(keys[i]).len; bit++) {
			struct ble_addr a;
			restore();
			peer_item(p, keys[i])->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			struct peer_item damaged = stored(keys[i]);
			guarded_host(&anyhow);
			if (keys[i] == BLE_STORE_IRK) { /* a new one, not what the store has made of the old one */
				assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_EBADPDU);
				assert_memory_not_equal(stored(keys[i]).data, damaged.data, 16);
			}
			assert_int_equal(ble_host_address(p->f.host, &a), 0);
			assert_true(a.type == BLE_ADDR_PUBLIC || a.octets[5] >= 0xC0);
			for (unsigned n = 0; n < BONDS; n++)
				assert_true(has_bond(n));
		}
	}
}

/* Several at once, anywhere: no bond but those that were there, with their keys, and the device starts. */
static void many_bits(void **state)
{
	(void)state;
	eight_bonds();
	srand(1);
	for (unsigned n = 0; n < 3000; n++) {
		bool hit[BONDS] = { false };
		restore();
		for (int flips = 2 + rand() % 9; flips; flips--) {
			unsigned k = (unsigned)rand() % BONDS;
			peer_item(p, BLE_STORE_BOND + k)->data[rand() % 136] ^= (uint8_t)(1u << rand() % 8);
			hit[k] = true;
		}
		guarded_host(&anyhow);
		for (unsigned k = 0; k < BONDS; k++)
			assert_true(has_bond(k) || hit[k]);
		unsigned k = n % BONDS;
		if (has_bond(k))
			assert_true(encrypts(k, &keys_of[k]));
	}
}

/* The record is as somebody wants it, and its checksum right. */
static void seal(struct peer_item *item)
{
	uint32_t crc = bonds_crc32(item->data, (size_t)item->len - 4);
	for (int i = 0; i < 4; i++)
		item->data[item->len - 4 + i] = (uint8_t)(crc >> 8 * i);
}

static void keys_that_are_none(void **state)
{
	static const uint8_t fills[] = { 0x00, 0xFF };
	static const int places[] = { AT_THEIRS + KEY_LTK, AT_OURS + KEY_LTK };
	(void)state;
	assert_int_equal(bonds_crc32((const uint8_t *)"123456789", 9), 0xCBF43926); /* the check value of CRC-32 */
	eight_bonds();
	for (unsigned n = 0; n < BONDS; n++) {
		for (unsigned i = 0; i < 4; i++) {
			restore();
			struct peer_item *item = peer_item(p, BLE_STORE_BOND + n);
			memset(item->data + places[i / 2], fills[i % 2], 16);
			seal(item);
			starts_without(n);
			come_as(n);
			unsigned negative = p->negative;
			uint8_t key[16];
			memset(key, fills[i % 2], sizeof key);
			assert_false(peer_encrypt(p, key, keys_of[n].ediv, keys_of[n].rand));
			assert_int_equal(p->negative, negative + 1);
			peer_disconnect(p);
		}
		for (unsigned size = 0; size < 256; size++) {
			if (size >= 7 && size <= 16)
				continue;
			restore();
			struct peer_item *item = peer_item(p, BLE_STORE_BOND + n);
			item->data[AT_SIZE] = (uint8_t)size;
			seal(item);
			starts_without(n);
		}
		for (unsigned bit = 2; bit < 8; bit++) { /* flags that nobody knows; a type that is none */
			restore();
			struct peer_item *item = peer_item(p, BLE_STORE_BOND + n);
			item->data[bit & 1 ? AT_FLAGS : AT_TYPE] |= (uint8_t)(1u << bit);
			seal(item);
			starts_without(n);
		}
	}
}

static void lengths_and_versions(void **state)
{
	(void)state;
	eight_bonds();
	int whole = stored(BLE_STORE_BOND).len;
	for (int len = 1; len <= PEER_ITEM; len++) {
		restore();
		peer_item(p, BLE_STORE_BOND + 3)->len = len;
		if (len != whole)
			starts_without(3);
	}
	for (unsigned version = 0; version < 256; version++) {
		restore();
		struct peer_item *item = peer_item(p, BLE_STORE_BOND + 3);
		if (item->data[0] == version)
			continue;
		item->data[0] = (uint8_t)version;
		seal(item);
		starts_without(3);
	}
	for (unsigned newer = 0; newer < 2; newer++) { /* two of one peer: the newer holds, wherever it is */
		restore();
		struct peer_item *first = peer_item(p, BLE_STORE_BOND), *second = peer_item(p, BLE_STORE_BOND + 4);
		struct peer_item *old = newer ? first : second, *new = newer ? second : first;
		memcpy(old->data, new->data, PEER_ITEM);
		new->data[AT_AGE + 1] = 1;
		old->data[AT_OURS + KEY_LTK] ^= 1;
		seal(old);
		seal(new);
		guarded_host(&anyhow);
		unsigned n = newer ? 4 : 0;
		assert_true(has_bond(n) && encrypts(n, &keys_of[n]));
		assert_false(has_bond(4 - n));
	}
}

/* Anything under every key: the device starts, and bonds again. */
static void garbage(void **state)
{
	static const uint32_t keys[] = { BLE_STORE_IDENTITY, BLE_STORE_IRK, BLE_STORE_BOND, BLE_STORE_BOND + 1,
		BLE_STORE_BOND + 7, BLE_STORE_SUBSCRIPTIONS, BLE_STORE_SUBSCRIPTIONS + 1 };
	struct ble_bond bond;
	(void)state;
	srand(2);
	for (unsigned n = 0; n < 2000; n++) {
		peer_init(p);
		for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
			struct peer_item *item = &p->items[i];
			item->key = keys[i];
			item->len = 1 + rand() % PEER_ITEM;
			for (int k = 0; k < item->len; k++)
				item->data[k] = (uint8_t)(n & 1 ? rand() : n & 2 ? 0xFF : 0);
		}
		if (n == 0)
			p->load_err = BLE_EIO; /* nor does the memory answer */
		guarded_host(&anyhow);
		assert_int_equal(event(BLE_EV_ERROR)->error.operation, BLE_OP_BONDS);
		unsigned index = 0;
		assert_false(ble_bond_next(p->f.host, &index, &bond));
		p->load_err = 0;
		if (n > 20 && n % 100)
			continue;
		guarded_stranger(1);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		guarded_pair(SC_JUST);
		assert_true(event(BLE_EV_PAIRED)->paired.bonded);
		peer_disconnect(p);
		struct smp_keys keys_now = p->theirs;
		guarded_host(&anyhow);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		assert_true(peer_encrypt(p, keys_now.ltk, 0, 0));
		peer_disconnect(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ST-002 torn writes", torn_writes),
		ATTACK("ST-003 every bit of bonds", every_bit_of_bonds),
		ATTACK("ST-003 every bit of subscriptions", every_bit_of_subscriptions),
		ATTACK("ST-003 every bit of our own keys", every_bit_of_our_own),
		ATTACK("ST-003 many bits", many_bits),
		ATTACK("ST-004 keys that are none", keys_that_are_none),
		ATTACK("ST-005 lengths, versions, twins", lengths_and_versions),
		ATTACK("ST-015 garbage under every key", garbage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
