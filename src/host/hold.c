/* Holding back who sends: the credits for received packets are owed, and not given, until it is let go. */
#include "host/host.h"

void ble_host_hold(struct ble_host *h, bool hold)
{
	h->hci.back_held = hold ? HCI_BACK_MAX : 0;
	if (!hold && h->hci.back_on)
		h->hci.hooks->care->back_send(&h->hci);
}

bool ble_host_is_held(const struct ble_host *h)
{
	return h->hci.back_held;
}
