/*
 * Controller to host flow control (Vol 4 Part E 4.2, 7.3.38-7.3.40): the credits that we give back for received ACL
 * packets, by Host Number Of Completed Packets. That command is outside command flow control and is not answered, so all
 * that it can wait for is the command packet. It goes when half of the window is owed: the controller never waits for us
 * without cause, and most packets cost no command.
 *
 * It needs three commands, and one of them without the others is of no use.
 */
#include "hci/hci.h"

#include "base/le.h"

enum { ACL_HOST_MAX = 251 }; /* data octets of one packet that we can receive, see BLE_H4_MAX */

uint16_t hci_back_step(struct hci *hci, unsigned step, struct wr *params)
{
	/* 7.3.39: octets of an ACL packet (2), of a synchronous one (1), how many ACL packets (2), synchronous ones (2) */
	static const uint8_t buffers[7] = { ACL_HOST_MAX, 0, 0, HCI_BACK_MAX };
	if ((hci->skip & HCI_FLOW) || step > 1)
		return 0;
	if (step) {
		wr_u8(params, 1); /* 7.3.38: ACL alone */
		return HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL;
	}
	wr_put(params, buffers, sizeof buffers);
	return HCI_CMD_HOST_BUFFER_SIZE;
}

void hci_back_stepped(struct hci *hci, unsigned step, uint8_t status)
{
	if (step)
		hci->back_on = !status;
	else if (status)
		hci->step++; /* a size that was refused: no flow control either */
}

void hci_back_send(struct hci *hci)
{
	uint8_t *count = hci->cmd_buf + 4, *p = count + 1;
	if (hci->owed < HCI_BACK_MAX / 2 + hci->back_held || hci->cmd_driven)
		return;
	*count = 0;
	for (uint32_t i = 0; i <= hci->mask && hci->owed; i++) {
		for (struct hci_link *link = hci->bucket[i]; link; link = link->next) {
			if (!link->owed)
				continue;
			le16_put(p, link->handle);
			le16_put(p + 2, link->owed);
			p += 4;
			++*count;
			hci->owed = (uint8_t)(hci->owed - link->owed);
			link->owed = 0;
		}
	}
	hci_cmd_write(hci, HCI_CMD_HOST_NUMBER_OF_COMPLETED_PACKETS, (size_t)(p - count));
}

void hci_back(struct hci *hci, uint16_t handle)
{
	struct hci_link *link = hci_link_find(hci, handle);
	if (!link || hci->owed == HCI_BACK_MAX) /* more than it was allowed: its error, not ours to pay */
		return;
	link->owed++;
	hci->owed++;
	hci_back_send(hci);
}
