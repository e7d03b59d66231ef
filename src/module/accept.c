/* The accept list: the host's, with the limits that it names. */
#include <ble/accept.h>

#include "module/module.h"

int ble_accept_list(struct ble *ble, const struct ble_addr *addrs, size_t count)
{
	return ble_accept_set(ble->host, addrs, count);
}
