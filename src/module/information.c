/* What can be asked: of a connection, and what has been counted. Each verb is the host's, with a sentence for a refusal. */
#include "module/module.h"

int ble_connection(struct ble *ble, ble_conn_id peer, struct ble_conn_info *out)
{
	return module_host_code(ble, ble_conn_info(ble->host, peer, out), "peer", NULL);
}

void ble_stats(const struct ble *ble, struct ble_host_stats *out)
{
	ble_host_stats(ble->host, out);
}
