/*
 * Controller to host flow control (Vol 4 Part E 4.2, 7.3.38-7.3.40): the credits that we give back for received ACL
 * packets, by Host Number Of Completed Packets. That command is outside command flow control and is not answered, so it
 * has a packet of its own. It goes when half of the window is owed: the controller never waits for us without cause, and
 * most packets cost no command.
 */
#include "hci/hci.h"

#include "base/le.h"

static void on_done(struct ble_tx *tx)
{
	CONTAINER_OF(tx, struct hci, back)->back_driven = false;
}

/* At most HCI_BACK_MAX packets can be owed, so at most as many links owe. */
void hci_back_send(struct hci *hci)
{
	uint8_t *p = hci->back_buf + 5;
	uint8_t count = 0;
	for (uint32_t i = 0; i <= hci->mask && hci->owed; i++) {
		for (struct hci_link *link = hci->bucket[i]; link; link = link->next) {
			if (!link->owed)
				continue;
			le16_put(p, link->handle);
			le16_put(p + 2, link->owed);
			p += 4;
			count++;
			hci->owed = (uint8_t)(hci->owed - link->owed);
			link->owed = 0;
		}
	}
	hci->back_buf[0] = HCI_H4_COMMAND;
	le16_put(hci->back_buf + 1, HCI_CMD_HOST_NUMBER_OF_COMPLETED_PACKETS);
	hci->back_buf[3] = (uint8_t)(1 + 4 * count);
	hci->back_buf[4] = count;
	hci->back.data = hci->back_buf;
	hci->back.len = (uint16_t)(5 + 4 * count);
	hci->back.done = on_done;
	hci->back_driven = true;
	hci_write(hci, &hci->back);
}

void hci_back(struct hci *hci, uint16_t handle)
{
	if (!hci->back_on)
		return;
	struct hci_link *link = hci_link_find(hci, handle);
	if (!link || hci->owed == HCI_BACK_MAX) /* more than it was allowed: its error, not ours to pay */
		return;
	link->owed++;
	hci->owed++;
	if (hci->owed >= HCI_BACK_MAX / 2 && !hci->back_driven)
		hci_back_send(hci);
}
