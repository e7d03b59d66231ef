/* The filter accept list: from what is wanted to the next command. See gap.h. */
#include "gap/gap.h"

#include "spec/hci_cmd_le_adv.h"

static struct gap_accept *accept_of(struct hci_want *w)
{
	return CONTAINER_OF(w, struct gap_accept, want);
}

/* Its end is an event, so it is waited for before anybody else is paused. False: nothing to wait for. */
static bool pause_create(struct gap_create *c)
{
	if (!c || !c->listed || c->state < GAP_CREATE_SENT)
		return false;
	if (c->state == GAP_CREATE_SENT) {
		c->state = GAP_CREATE_CANCEL;
		c->again = true;
		c->err = BLE_ETIMEOUT; /* if the controller never tells of the end */
	}
	return true;
}

/* A directed advertisement does not go by the list: Vol 4 Part E 7.8.5. */
static bool is_advertising(const struct gap_adv *a)
{
	return a && a->activity.enabled && !gap_adv_is_directed(a);
}

static uint16_t pause_adv(struct gap_accept *a, struct wr *w)
{
	a->adv_paused = true;
	wr_u8(w, 0);
	return HCI_CMD_LE_SET_ADVERTISING_ENABLE;
}

static uint16_t pause_scan(struct gap_accept *a, struct wr *w)
{
	a->scan_paused = true;
	wr_zero(w, 2);
	return HCI_CMD_LE_SET_SCAN_ENABLE;
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
	struct gap_accept_users u = a->users(a);
	if (pause_create(u.create))
		return 0;
	if (is_advertising(u.adv) && !a->adv_paused)
		return pause_adv(a, w);
	if (u.scan && u.scan->activity.enabled && !a->scan_paused)
		return pause_scan(a, w);
	if (!a->cleared) {
		a->cleared = true;
		return HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST;
	}
	if (a->at < a->count)
		return add(a, w);
	a->stale = a->adv_paused = a->scan_paused = false;
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

/*
 * Disabled, and still wanted: its own want enables it again. A refusal says that it had ended by itself, of which an
 * event tells.
 */
static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct gap_accept *a = accept_of(want);
	struct gap_accept_users u = a->users(a);
	if (opcode == HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE) {
		on_size(a, status, ret);
	} else if (opcode == HCI_CMD_LE_SET_ADVERTISING_ENABLE) {
		u.adv->activity.enabled &= status != 0;
	} else if (opcode == HCI_CMD_LE_SET_SCAN_ENABLE) {
		u.scan->activity.enabled &= status != 0;
	} else if (status) {
		a->at = a->count;
		a->failed(a, BLE_EHCI(status));
	}
}

static void lost(struct hci_want *want)
{
	struct gap_accept *a = accept_of(want);
	a->asked = a->adv_paused = a->scan_paused = false;
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
