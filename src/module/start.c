/* Up and down. What was wanted before the start (advertising, scanning) is the host's to remember. */
#include "module/module.h"

int module_secure(struct ble *ble)
{
	const struct module_family *f = ble->families[FAMILY_SECURITY];
	if (f)
		return f->secure(ble);
	if (ble->security_level < 2)
		return 0;
	return module_refuse_hint(ble, BLE_ESTATE, "security_level", "levels above 1 need ble_security()");
}

int ble_start(struct ble *ble)
{
	int err = module_secure(ble);
	if (!err)
		err = ble_host_start(ble->host);
	if (!err)
		ble->started = ble->served = true;
	return err;
}

int ble_stop(struct ble *ble)
{
	if (!ble->started)
		return 0;
	ble->started = false;
	ble_host_stop(ble->host);
	return 0;
}
