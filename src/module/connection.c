/* What the program asks of a connection. */
#include "module/module.h"

int ble_disconnect(struct ble *ble, ble_conn_id peer)
{
	if (peer)
		return module_host(ble, ble_conn_disconnect(ble->host, peer, 0));
	int err = 0;
	for (ble_conn_id c = ble_conn_next(ble->host, 0); c; c = ble_conn_next(ble->host, c)) {
		int one = module_host(ble, ble_conn_disconnect(ble->host, c, 0));
		err = err ? err : one;
	}
	return err;
}
