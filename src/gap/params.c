/*
 * Connection parameters: what is allowed, and LE Connection Update (Vol 4 Part E 7.8.18).
 */
#include "gap/gap.h"

#include "spec/hci_cmd_le_conn.h"

bool gap_params_valid(const struct gap_conn_params *p)
{
	bool ranges = p->interval_min >= 6 && p->interval_min <= p->interval_max && p->interval_max <= 3200 &&
		p->latency <= 499 && p->supervision >= 10 && p->supervision <= 3200;
	/* Longer than twice the longest silence: 10 ms * timeout > (1 + latency) * 1.25 ms * interval * 2 */
	return ranges && p->supervision * 4u > (1u + p->latency) * p->interval_max;
}

uint16_t gap_update_write(struct wr *w, uint16_t handle, const struct gap_conn_params *p)
{
	hci_cmd_le_connection_update_write(w,
		&(struct hci_cmd_le_connection_update){ .connection_handle = handle,
			.connection_interval_min = p->interval_min,
			.connection_interval_max = p->interval_max,
			.max_latency = p->latency,
			.supervision_timeout = p->supervision });
	return HCI_CMD_LE_CONNECTION_UPDATE;
}
