/* How strongly a peer is heard, how strongly we advertise: what the host asks the controller. */
#include <ble/levels.h>

#include "module/module.h"

int ble_rssi(struct ble *ble, ble_conn_id peer)
{
	int err = ble_conn_rssi(ble->host, peer);
	return err == BLE_ECONN ? module_host_code(ble, err, "peer", NULL) : err;
}

int ble_tx_power(struct ble *ble, int8_t *dbm)
{
	return ble_adv_power(ble->host, dbm);
}
