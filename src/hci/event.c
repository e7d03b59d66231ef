/*
 * What comes seldom: events other than Number Of Completed Packets, told apart; and the trace. They are apart from hci.c
 * so that what comes often does not pay for them.
 */
#include "hci/hci.h"

#include "spec/hci_pkt.h"

void hci_trace(const struct hci *hci, uint8_t dir, const uint8_t *packet, size_t len)
{
	hci->trace->put(hci->trace->ctx,
		&(struct ble_trace_rec){ .t_us = hci->timers.now_us, .kind = BLE_TRACE_H4, .dir = dir,
			.data = packet, .len = len });
}

void hci_other(struct hci *hci, const uint8_t *packet, size_t len)
{
	if (len < 3 || packet[0] != HCI_H4_EVENT || packet[2] != len - 3) {
		hci->malformed++;
		return;
	}
	uint8_t event = packet[1], subevent = 0;
	struct rd r = rd_of(packet + 3, len - 3);
	switch (event) {
	case HCI_EVT_COMMAND_COMPLETE:
	case HCI_EVT_COMMAND_STATUS:
		hci_cmd_event(hci, event, &r);
		return;
	case HCI_EVT_HARDWARE_ERROR:
		hci_doom(hci, BLE_EHCI(HCI_ERR_HARDWARE_FAILURE));
		return;
	case HCI_EVT_LE_META:
	case HCI_EVT_NUMBER_OF_COMPLETED_PACKETS: /* without parameters; the others are hci_rx()'s */
		if (!r.left) {
			hci->malformed++;
			return;
		}
		subevent = *r.p++;
		r.left--;
		break;
	default:
		break;
	}
	if (hci->state == HCI_UP)
		hci->hooks->event(hci, event, subevent, &r);
}
