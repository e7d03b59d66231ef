/* Who uses our own address or the accept list: found by the room they take, which can be named without linking them. */
#include "host/privacy.h"

static void *mem_of(const struct ble_host *h, const struct ble_room *room)
{
	struct ble_part_slot *slot = host_room(h, room);
	return slot ? host_mem(slot) : NULL;
}

/* What GAP has of each of these parts comes first in its memory. */
struct gap_users host_gap_users(const struct ble_host *h)
{
	return (struct gap_users){ .adv = mem_of(h, &ble_peripheral_room), .scan = mem_of(h, &ble_observer_room),
		.create = mem_of(h, &ble_central_room) };
}
