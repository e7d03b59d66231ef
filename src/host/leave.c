/*
 * Disconnect: connections that the program wants to end, and one that has no slot. Linked when ble_conn_disconnect() or
 * ble_central is mentioned: without either there is nothing to end, for advertising ends with the connection that it makes.
 */
#include "host/host.h"

#include "spec/hci_cmd_base.h"

/* Vol 4 Part E 7.1.6 */
static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct ble_host *h = CONTAINER_OF(want, struct ble_host, leave);
	struct hci_cmd_disconnect d = { .connection_handle = h->stray, .reason = HCI_ERR_REMOTE_LOW_RESOURCES };
	h->stray = NO_HANDLE;
	h->leaving = UINT8_MAX; /* no slot has this number */
	for (struct ble_conn *c = h->conns; d.connection_handle == NO_HANDLE; c++) {
		if (c == h->conns + h->conn_count)
			return 0;
		if (c->state != CONN_TO_LEAVE)
			continue;
		c->state = CONN_LEAVING;
		h->leaving = c->slot;
		d = (struct hci_cmd_disconnect){ c->hci.handle, c->reason };
	}
	hci_cmd_disconnect_write(w, &d);
	return HCI_CMD_DISCONNECT;
}

/* Opcode 0: not the command, but what it began has failed. */
static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct ble_host *h = CONTAINER_OF(want, struct ble_host, leave);
	(void)ret;
	/* 0x02: it has just gone, Disconnection Complete is on its way or here. */
	if (!status || (opcode && status == HCI_ERR_UNKNOWN_CONNECTION) || h->leaving >= h->conn_count)
		return;
	struct ble_conn *c = &h->conns[h->leaving];
	if (c->state != CONN_LEAVING)
		return;
	c->state = CONN_UP;
	host_error(h, BLE_OP_DISCONNECT, c->id, BLE_EHCI(status));
}

static void lost(struct hci_want *want)
{
	CONTAINER_OF(want, struct ble_host, leave)->stray = NO_HANDLE;
}

void host_leave_enable(struct ble_host *h)
{
	static const struct hci_want_hooks hooks = { .command = command, .done = done, .lost = lost };
	if (h->leave.hooks)
		return;
	h->leave.hooks = &hooks;
	h->stray = NO_HANDLE;
	hci_want_first(&h->hci, &h->leave);
}
