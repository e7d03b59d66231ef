/*
 * Attacks on the store: power that goes, memory that wears out, images that somebody has made, and strangers who fill it.
 * What is read is what was written, or it is absent and the program is told; and the device starts. The files of the
 * POSIX port are cut at every call of the system in tests/unit/posix.
 */
#include "tests/attacks/guarded.h"

#include <stdlib.h>

#include <ble/bond.h>

#include "host/bonds.h"

/* Of a record of a bond: src/host/bonds.c. */
enum { AT_AGE = 1, AT_TYPE = 5, AT_FLAGS = 12, AT_SIZE = 13, AT_THEIRS = 14, AT_OURS = 73, KEY_LTK = 11, KEY_CSRK = 43 };
enum { BONDS = 8, LAST = BONDS - 1 };

static struct peer_item image[PEER_ITEMS];
static struct smp_keys keys_of[BONDS];

static enum kind kind_of(unsigned n)
{
	return n & 1 || n == BONDS ? SC_USER : LEGACY_JUST; /* the ninth is one that comes later */
}

static void restore(void)
{
	memcpy(p->items, image, sizeof image);
}

/* Eight bonds with subscriptions, the weak ones and the strong ones in turns. */
static void eight_bonds(void)
{
	peer_init(p);
	guarded_host(&anyhow);
	for (uint8_t n = 0; n < BONDS; n++) {
		guarded_stranger(n);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		guarded_pair(kind_of(n));
		assert_true(event(BLE_EV_PAIRED)->paired.bonded);
		assert_int_equal(error_of(OCTETS(0x12, CCCD(2), 0, 1, 0)), 0);
		keys_of[n] = p->theirs;
		peer_disconnect(p);
	}
	memcpy(image, p->items, sizeof image);
}

static void come_as(unsigned n)
{
	guarded_stranger((uint8_t)n);
	guarded_connect(BLE_ROLE_PERIPHERAL);
}

/* This peer's link can be encrypted with these keys. */
static bool encrypts(unsigned n, const struct smp_keys *keys)
{
	come_as(n);
	bool same = peer_encrypt(p, keys->ltk, keys->ediv, keys->rand);
	if (same) /* never with a flag that it has not */
		assert_int_equal(security().level, kind_of(n) == SC_USER ? 4 : 2);
	peer_disconnect(p);
	return same;
}

static bool has_bond(unsigned n)
{
	struct ble_bond bond;
	for (unsigned i = 0; ble_bond_next(p->f.host, &i, &bond);)
		if (bond.identity.octets[0] == n) {
			assert_int_equal(bond.level, kind_of(n) == SC_USER ? 4 : 2);
			return true;
		}
	return false;
}

/* The device starts with what is in the store; bond n is gone and reported, the other seven are there. */
static void starts_without(unsigned n)
{
	guarded_host(&anyhow);
	assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_EBADPDU);
	for (unsigned k = 0; k < BONDS; k++)
		assert_int_equal(has_bond(k), k != n);
}

/* -- power ------------------------------------------------------------------------------------------------------------ */

static void subscribe_anew(void)
{
	come_as(LAST);
	assert_true(peer_encrypt(p, keys_of[LAST].ltk, keys_of[LAST].ediv, keys_of[LAST].rand));
	assert_int_equal(error_of(OCTETS(0x12, CCCD(3), 0, 1, 0)), 0);
	peer_disconnect(p);
}

static void pair_anew(void)
{
	come_as(LAST);
	guarded_pair(SC_USER);
	peer_disconnect(p);
}

static void pair_one_more(void)
{
	come_as(BONDS);
	guarded_pair(SC_USER);
	peer_disconnect(p);
}

static void take_another_identity(void)
{
	come_as(LAST);
	assert_true(peer_encrypt(p, keys_of[LAST].ltk, keys_of[LAST].ediv, keys_of[LAST].rand));
	p->smp.identity.octets[0] = BONDS; /* what it tells now */
	guarded_pair(SC_USER);
	peer_disconnect(p);
}

static void remove_one(void)
{
	guarded_stranger(LAST);
	(void)ble_bond_remove(p->f.host, &p->smp.identity);
}

/* Whatever was cut: every record is whole, and bond LAST has the old keys, the new ones or none. */
static void is_old_or_new(const struct smp_keys *new)
{
	guarded_host(&anyhow);
	assert_false(has_event(BLE_EV_ERROR));
	for (unsigned n = 1; n < LAST; n++)
		assert_true(has_bond(n) && encrypts(n, &keys_of[n]));
	bool old = encrypts(LAST, &keys_of[LAST]), now = new->have && (encrypts(LAST, new) || encrypts(BONDS, new));
	assert_true(old || now || !has_bond(LAST));
	/* whoever has encrypted has his own subscriptions or none, and the device serves on */
	if (old) {
		come_as(LAST);
		assert_true(peer_encrypt(p, keys_of[LAST].ltk, keys_of[LAST].ediv, keys_of[LAST].rand));
		assert_int_equal(error_of(OCTETS(0x0A, CCCD(2), 0)), 0);
		assert_int_equal(ble_server_subscribed(p->f.host, id, VALUE(4)), 0);
		peer_disconnect(p);
	}
}

static void power_goes(void **state)
{
	static void (*const acts[])(void) = { subscribe_anew, pair_anew, pair_one_more, take_another_identity, remove_one };
	(void)state;
	eight_bonds();
	for (unsigned i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		for (unsigned first = 0, ops = 1; first <= ops; first++) {
			for (unsigned second = 0; second <= ops; second++) {
				struct smp_keys new;
				restore();
				guarded_host(&anyhow);
				p->theirs = (struct smp_keys){ 0 };
				p->ops = 0;
				p->power = first;
				acts[i]();
				ops = p->ops;
				new = p->theirs;
				p->power = UINT32_MAX;
				is_old_or_new(&new);
				if (first == ops || !encrypts(LAST, &keys_of[LAST]))
					break; /* it came to its end */
				p->power = second; /* tried once more, and once more cut */
				p->theirs = (struct smp_keys){ 0 };
				acts[i]();
				new = p->theirs;
				p->power = UINT32_MAX;
				is_old_or_new(&new);
			}
		}
		assert_true(p->ops > 0);
	}
}

/* A record that was written in part, over the old one or over erased memory: never a mixture. */
static void torn_writes(void **state)
{
	struct peer_item old, new;
	(void)state;
	eight_bonds();
	old = stored(BLE_STORE_BOND + LAST);
	pair_anew();
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

/* -- bits ------------------------------------------------------------------------------------------------------------- */

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

/* -- images ----------------------------------------------------------------------------------------------------------- */

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

/* -- strangers and failures ------------------------------------------------------------------------------------------- */

static void hundred_strangers(enum kind kind, bool evict)
{
	struct ble_pairing_params params = anyhow;
	params.evict = evict;
	assert_int_equal(ble_pairing_set(p->f.host, &params), 0);
	for (uint8_t n = 0; n < 100; n++) {
		guarded_stranger((uint8_t)(100 + n));
		guarded_connect(BLE_ROLE_PERIPHERAL);
		guarded_pair(kind);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.err, 0); /* it is served, and not kept */
		peer_disconnect(p);
	}
}

static void strangers(void **state)
{
	(void)state;
	eight_bonds();
	hundred_strangers(LEGACY_JUST, false);
	for (unsigned n = 0; n < BONDS; n++)
		assert_true(encrypts(n, &keys_of[n]));
	guarded_host(&anyhow); /* nor is it otherwise in the store */
	for (unsigned n = 0; n < BONDS; n++)
		assert_true(encrypts(n, &keys_of[n]));
	hundred_strangers(LEGACY_JUST, true); /* by request: those with MITM protection stay all the same */
	for (unsigned n = 0; n < BONDS; n++)
		assert_int_equal(encrypts(n, &keys_of[n]), kind_of(n) == SC_USER);
	eight_bonds();
	hundred_strangers(SC_USER, false);
	for (unsigned n = 1; n < BONDS; n += 2)
		assert_true(encrypts(n, &keys_of[n]));
}

/* Every operation of a pairing fails, alone or with all behind it: what memory says and what the store says is one. */
static void failing_store(void **state)
{
	(void)state;
	for (unsigned anew = 0; anew < 2; anew++) {
		for (unsigned nth = 0; nth < 4; nth++) {
			eight_bonds();
			for (uint8_t n = anew ? BONDS : LAST; n < BONDS; n++) { /* room for one */
				guarded_stranger(n);
				assert_int_equal(ble_bond_remove(p->f.host, &p->smp.identity), 0);
			}
			come_as(LAST);
			p->power = nth;
			guarded_pair(SC_USER);
			bool kept = event(BLE_EV_PAIRED)->paired.bonded;
			assert_int_equal(kept, nth > 0);
			if (!kept)
				assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_EIO);
			struct smp_keys new = p->theirs;
			peer_disconnect(p);
			p->power = UINT32_MAX;
			for (unsigned life = 0; life < 2; life++) {
				assert_int_equal(encrypts(LAST, &new), kept);
				if (anew)
					assert_int_equal(encrypts(LAST, &keys_of[LAST]), !kept);
				guarded_host(&anyhow);
			}
			pair_anew(); /* and tried again it is well */
			new = p->theirs;
			assert_true(encrypts(LAST, &new));
		}
	}
	eight_bonds(); /* what cannot be removed is said to be there still */
	p->power = 0;
	guarded_stranger(LAST);
	assert_int_equal(ble_bond_remove(p->f.host, &p->smp.identity), BLE_EIO);
	assert_false(has_bond(LAST));
}

/* Behind an unbonding no key of it is anywhere: by a verb, by being replaced, by being pushed out. */
static void remnants(void **state)
{
	struct ble_pairing_params params = anyhow;
	(void)state;
	params.evict = true;
	for (unsigned how = 0; how < 3; how++) {
		unsigned n = how == 2 ? 0 : LAST;
		eight_bonds();
		const struct smp_keys k = keys_of[n];
		struct peer_item gone = stored(BLE_STORE_BOND + n);
		assert_true(is_in_host(k.ltk, 16) && is_in_host(gone.data + AT_THEIRS + KEY_CSRK, 16));
		assert_int_equal(ble_pairing_set(p->f.host, &params), 0);
		guarded_stranger((uint8_t)n);
		if (how == 0)
			assert_int_equal(ble_bond_remove(p->f.host, &p->smp.identity), 0);
		else if (how == 1)
			pair_anew();
		else
			hundred_strangers(LEGACY_JUST, true);
		peer_connect(p, BLE_ROLE_PERIPHERAL, &(struct ble_addr){ 0, { 9 } }); /* packets are used again */
		peer_disconnect(p);
		const uint8_t *secrets[] = { k.ltk, k.csrk, gone.data + AT_THEIRS + KEY_LTK, gone.data + AT_THEIRS + KEY_CSRK };
		for (unsigned i = 0; i < 4; i++) {
			assert_false(is_in_host(secrets[i], 16));
			for (unsigned item = 0; item < PEER_ITEMS; item++)
				for (unsigned at = 0; at + 16 <= PEER_ITEM && p->items[item].len; at++)
					assert_memory_not_equal(p->items[item].data + at, secrets[i], 16);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ST-001 the power goes", power_goes),
		ATTACK("ST-002 torn writes", torn_writes),
		ATTACK("ST-003 every bit of bonds", every_bit_of_bonds),
		ATTACK("ST-003 every bit of subscriptions", every_bit_of_subscriptions),
		ATTACK("ST-003 every bit of our own keys", every_bit_of_our_own),
		ATTACK("ST-003 many bits", many_bits),
		ATTACK("ST-004 keys that are none", keys_that_are_none),
		ATTACK("ST-005 lengths, versions, twins", lengths_and_versions),
		ATTACK("ST-015 garbage under every key", garbage),
		ATTACK("ST-006 a hundred strangers", strangers),
		ATTACK("ST-011 a store that fails", failing_store),
		ATTACK("ST-012 remnants of keys", remnants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
