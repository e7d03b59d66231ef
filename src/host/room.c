/* Parts found by the room they take, which can be named without linking them. */
#include "host/host.h"

struct ble_part_slot *host_room(const struct ble_host *h, const struct ble_room *room)
{
	struct ble_part_slot *slot = h->parts;
	while (slot && slot->part->room != room)
		slot = slot->next;
	return slot;
}

bool ble_host_has(const struct ble_host *h, const struct ble_room *room)
{
	return host_room(h, room) != NULL;
}
