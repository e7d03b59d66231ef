/* See eight.h. */
#include "tests/attacks/eight.h"

#include <ble/bond.h>

static struct peer_item image[PEER_ITEMS];
struct smp_keys keys_of[BONDS];

enum kind kind_of(unsigned n)
{
	return n & 1 || n == BONDS ? SC_USER : LEGACY_JUST;
}

void restore(void)
{
	memcpy(p->items, image, sizeof image);
}

void eight_bonds(void)
{
	peer_init(p);
	p->no_address = true; /* none from birth: the store has it */
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

void come_as(unsigned n)
{
	guarded_stranger((uint8_t)n);
	guarded_connect(BLE_ROLE_PERIPHERAL);
}

bool encrypts(unsigned n, const struct smp_keys *keys)
{
	come_as(n);
	bool same = peer_encrypt(p, keys->ltk, keys->ediv, keys->rand);
	if (same)
		assert_int_equal(security().level, kind_of(n) == SC_USER ? 4 : 2);
	peer_disconnect(p);
	return same;
}

bool has_bond(unsigned n)
{
	struct ble_bond bond;
	for (unsigned i = 0; ble_bond_next(p->f.host, &i, &bond);)
		if (bond.identity.octets[0] == n) {
			assert_int_equal(bond.level, kind_of(n) == SC_USER ? 4 : 2);
			return true;
		}
	return false;
}

void starts_without(unsigned n)
{
	guarded_host(&anyhow);
	assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_EBADPDU);
	for (unsigned k = 0; k < BONDS; k++)
		assert_int_equal(has_bond(k), k != n);
}
