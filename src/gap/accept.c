/* The filter accept list: from what is wanted to the next command. See gap.h. */
#include "gap/gap.h"

#include "spec/hci_cmd_le_adv.h"

static struct gap_accept *accept_of(struct hci_want *w)
{
	return CONTAINER_OF(w, struct gap_accept, want);
}

static uint16_t add(struct gap_accept *a, struct wr *w)
{
	const struct ble_addr *addr = &a->list[a->at++];
	struct hci_cmd_le_filter_accept_list_device p = { .address_type = addr->type & 1 };
	memcpy(p.address, addr->octets, 6);
	hci_cmd_le_filter_accept_list_device_write(w, &p);
	return HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct gap_accept *a = accept_of(want);
	if (!a->stale)
		return 0;
	if (!a->asked)
		return HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE;
	struct gap_users u = a->users(a);
	uint16_t opcode;
	if (!gap_pause(&a->paused, &u, GAP_PAUSE_LISTED, w, &opcode))
		return opcode;
	if (!a->cleared) {
		a->cleared = true;
		return HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST;
	}
	if (a->at < a->count)
		return add(a, w);
	a->stale = false;
	a->paused = (struct gap_pause){ 0 };
	return 0;
}

static void on_size(struct gap_accept *a, uint8_t status, struct rd *ret)
{
	uint8_t size = rd_u8(ret);
	a->asked = true;
	a->size = status ? 0 : size;
	if (a->count <= a->size)
		return;
	a->failed(a, status ? BLE_EHCI(status) : BLE_ENOMEM);
	a->count = 0;
}

static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct gap_accept *a = accept_of(want);
	struct gap_users u = a->users(a);
	if (opcode == HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE) {
		on_size(a, status, ret);
	} else if (!gap_pause_done(&u, opcode, status) && status) {
		a->at = a->count;
		a->failed(a, BLE_EHCI(status));
	}
}

static void lost(struct hci_want *want)
{
	struct gap_accept *a = accept_of(want);
	a->asked = false;
	a->paused = (struct gap_pause){ 0 };
	a->cleared = true; /* by the reset */
	a->at = 0;
	a->stale = a->count != 0;
}

static const struct hci_want_hooks hooks = { .command = command, .done = done, .lost = lost };

void gap_accept_init(struct gap_accept *a, struct hci *hci)
{
	a->hci = hci;
	a->want.hooks = &hooks;
	hci_want_first(hci, &a->want);
}

int gap_accept_set(struct gap_accept *a, const struct ble_addr *list, size_t count)
{
	if (count > gap_accept_room(a))
		return BLE_ENOMEM;
	if (count)
		memcpy(a->list, list, count * sizeof *list);
	a->count = (uint8_t)count;
	a->at = 0;
	a->cleared = false;
	a->stale = true;
	hci_ask(a->hci);
	return 0;
}
