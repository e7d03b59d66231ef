/* Bonds, as the program sees them: addresses. They are there as soon as the device is, before its start. */
#include "module/module.h"

#include <ble/bond.h>

static int need(struct ble *ble, const char *verb)
{
	if (ble_host_has(ble->host, &ble_pairing_room))
		return 0;
	return module_refuse_hint(ble, BLE_ENOTSUP, verb, "bonds need the part ble_pairing");
}

int ble_bonded(struct ble *ble, struct ble_addr *out, size_t cap)
{
	int err = need(ble, "bonded"), count = 0;
	struct ble_bond bond;
	if (err)
		return err;
	for (unsigned i = 0; ble_bond_next(ble->host, &i, &bond); count++)
		if ((size_t)count < cap)
			out[count] = bond.identity;
	return count;
}

int ble_remove_bonded(struct ble *ble, const struct ble_addr *addr)
{
	int err = need(ble, "remove_bonded");
	if (!err)
		err = ble_bond_remove(ble->host, addr);
	if (err == BLE_EIO)
		return module_refuse_hint(ble, err, "store", "the bond is forgotten now, and may be back after a restart");
	return err == BLE_ENOENT ? 0 : err;
}
