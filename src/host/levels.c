/* The transmit power, asked without linking the part that knows it. */
#include <ble/levels.h>

#include "host/host.h"
#include "host/levels.h"

int ble_adv_power(struct ble_host *h, int8_t *dbm)
{
	struct ble_part_slot *slot = host_room(h, &ble_levels_room);
	if (!slot)
		return host_refuse_hint(h, BLE_ENOTSUP, "ble_levels", HOST_LEVELS_HINT);
	const struct host_levels *l = host_mem(slot);
	if (!l->power_known)
		return host_refuse_hint(h, BLE_ESTATE, "transmit power", "the controller has not told it yet");
	*dbm = l->power_dbm;
	return 0;
}
