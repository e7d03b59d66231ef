/* Private addresses of our own: the host's, resolvable, as the module's devices have peers that know them. */
#include <ble/privacy.h>

#include "module/module.h"

int ble_privacy(struct ble *ble, bool on, uint32_t rotate_ms)
{
	return ble_privacy_set(ble->host, on ? BLE_PRIVACY_RESOLVABLE : 0, rotate_ms);
}
