/*
 * Attacks on the store from outside: power that goes, operations that fail, strangers who fill it, keys that stay behind.
 * What is read is what was written, or it is absent and the program is told. The files of the POSIX port are cut at every
 * call of the system in tests/unit/posix.
 */
#include "tests/attacks/eight.h"

#include <ble/bond.h>

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
static void is_old_or_new(const struct smp_keys *new, bool may_go)
{
	guarded_host(&anyhow);
	assert_false(has_event(BLE_EV_ERROR));
	for (unsigned n = 1; n < LAST; n++)
		assert_true(has_bond(n) && encrypts(n, &keys_of[n]));
	bool old = encrypts(LAST, &keys_of[LAST]), now = new->have && (encrypts(LAST, new) || encrypts(BONDS, new));
	assert_true(old || now || (may_go && !has_bond(LAST)));
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
		bool may_go = acts[i] == take_another_identity || acts[i] == remove_one;
		unsigned ops = 1;
		for (unsigned first = 0; first <= ops; first++) {
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
				is_old_or_new(&new, may_go);
				if (first == ops || !encrypts(LAST, &keys_of[LAST]))
					break; /* it came to its end */
				p->power = second; /* tried once more, and once more cut */
				p->theirs = (struct smp_keys){ 0 };
				acts[i]();
				new = p->theirs;
				p->power = UINT32_MAX;
				is_old_or_new(&new, may_go);
			}
		}
		assert_true(ops >= 1); /* there was something to cut */
	}
}

static void strangers_come(uint8_t count, enum kind kind, bool evict)
{
	struct ble_pairing_params params = anyhow;
	params.evict = evict;
	assert_int_equal(ble_pairing_set(p->f.host, &params), 0);
	for (uint8_t n = 0; n < count; n++) {
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
	strangers_come(100, LEGACY_JUST, false);
	for (unsigned n = 0; n < BONDS; n++)
		assert_true(encrypts(n, &keys_of[n]));
	guarded_host(&anyhow); /* nor is it otherwise in the store */
	for (unsigned n = 0; n < BONDS; n++)
		assert_true(encrypts(n, &keys_of[n]));
	strangers_come(100, LEGACY_JUST, true); /* by request: those with MITM protection stay all the same */
	for (unsigned n = 0; n < BONDS; n++)
		assert_int_equal(encrypts(n, &keys_of[n]), kind_of(n) == SC_USER);
	eight_bonds();
	strangers_come(9, SC_USER, false);
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
			strangers_come(100, LEGACY_JUST, true);
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
		ATTACK("ST-006 a hundred strangers", strangers),
		ATTACK("ST-011 a store that fails", failing_store),
		ATTACK("ST-012 remnants of keys", remnants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
