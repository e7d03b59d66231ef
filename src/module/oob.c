/* Out of band data: what two devices tell each other on another way than the air. In a file of its own, since it names the
 * way of pairing that few programs have. */
#include "module/module.h"

#include <ble/bond.h>

int ble_oob_data(struct ble *ble)
{
	int err = ble_oob_make(ble->host);
	return err == BLE_EBUSY ? module_host_code(ble, err, "oob_data", "the last ones are still being made") : err;
}

int ble_set_oob_data(struct ble *ble, const struct ble_oob *theirs, bool legacy)
{
	return ble_oob_set(ble->host, theirs, legacy);
}
