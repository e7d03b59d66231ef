/*
 * Legacy advertising (Vol 4 Part E 7.8.5-7.8.9): what it tells the controller, and how it ends by itself. A directed
 * advertisement carries no data, and one that nobody can answer no scan response.
 */
#include "gap/gap.h"

#define RECORD(name, member) \
	{ HCI_CMD_LE_SET_##name, offsetof(struct gap_adv, member), sizeof(((struct gap_adv *)0)->member) }

static const uint8_t carried[] = {
	[HCI_ADV_IND] = GAP_DATA | GAP_RSP,
	[HCI_ADV_DIRECT_IND_HIGH] = 0,
	[HCI_ADV_SCAN_IND] = GAP_DATA | GAP_RSP,
	[HCI_ADV_NONCONN_IND] = GAP_DATA,
	[HCI_ADV_DIRECT_IND_LOW] = 0,
};

const struct gap_kind gap_adv_kind = {
	.enable = HCI_CMD_LE_SET_ADVERTISING_ENABLE,
	.enable_len = 1,
	.count = 3,
	.records = { RECORD(ADVERTISING_PARAMETERS, params), RECORD(ADVERTISING_DATA, data), RECORD(SCAN_RESPONSE_DATA, rsp) },
	.carried = carried,
};

/* Also in a pause: the connection was on its way when it was disabled. */
void gap_adv_ended(struct gap_adv *adv, bool news)
{
	struct gap_activity *a = &adv->activity;
	a->enabled = false;
	if (!a->told) { /* wanted anew since: it need not be disabled first */
		hci_ask(a->hci);
		return;
	}
	gap_stop(a);
	if (news)
		gap_stopped(a);
	a->told = false;
}
