/* Up and down. What was wanted before the start (advertising, scanning) is the host's to remember. */
#include "module/module.h"

int ble_start(struct ble *ble)
{
	int err = ble_host_start(ble->host);
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
