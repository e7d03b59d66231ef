/*
 * Bonded peers with private addresses: whose an address is, and where its owner is now. A peer is looked for with the
 * address that it was last heard with; a central that has a bond's identity in hand scans until it is reported, or connects
 * to the report.
 */
#include "host/security.h"

void security_resolve(struct ble_host *h, struct ble_addr *address)
{
	struct host_security *s = security_of(h);
	if (address->type != BLE_ADDR_RANDOM)
		return;
	int at = bonds_by_address(&s->bonds, s->smp.crypto, address);
	if (at < 0 || bonds_by_identity(&s->bonds, address) == at) /* as itself */
		return;
	*address = s->bonds.slots[at].identity;
	address->type |= BLE_ADDR_PUBLIC_IDENTITY;
}

void security_locate(struct ble_host *h, struct ble_addr *peer)
{
	static const uint8_t never[6];
	const struct host_security *s = security_of(h);
	int at = bonds_by_identity(&s->bonds, peer);
	if (at < 0 || !memcmp(s->bonds.slots[at].heard, never, 6))
		return;
	peer->type = BLE_ADDR_RANDOM;
	memcpy(peer->octets, s->bonds.slots[at].heard, 6);
}
