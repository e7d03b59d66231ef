/* Legacy scanning (Vol 4 Part E 7.8.10, 7.8.11): what it tells the controller. A restart with other parameters is not told. */
#include "gap/gap.h"

const struct gap_kind gap_scan_kind = {
	.enable = HCI_CMD_LE_SET_SCAN_ENABLE,
	.enable_len = 2,
	.count = 1,
	.records = { { HCI_CMD_LE_SET_SCAN_PARAMETERS, offsetof(struct gap_scan, params),
		sizeof(((struct gap_scan *)0)->params) } },
};
