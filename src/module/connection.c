/* Ending a connection, or all. */
#include "module/module.h"

int ble_disconnect(struct ble *ble, ble_conn_id peer)
{
	if (peer)
		return module_host_code(ble, ble_conn_disconnect(ble->host, peer, 0), "peer", NULL);
	for (ble_conn_id c = ble_conn_next(ble->host, 0); c; c = ble_conn_next(ble->host, c))
		(void)ble_conn_disconnect(ble->host, c, 0); /* refuses none that is there */
	return 0;
}
