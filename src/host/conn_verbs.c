/*
 * Verbs of conn.h that either role has and that need no part.
 */
#include "host/host.h"
#include "host/levels.h"

/* Vol 4 Part E 7.1.6 */
static bool is_allowed(uint8_t reason)
{
	static const uint8_t allowed[] = { 0x13, 0x05, 0x14, 0x15, 0x1A, 0x29, 0x3B };
	for (size_t i = 0; i < sizeof allowed; i++)
		if (allowed[i] == reason)
			return true;
	return false;
}

int ble_conn_disconnect(struct ble_host *h, ble_conn_id id, uint8_t reason)
{
	struct ble_conn *c = host_conn(h, id);
	if (!c)
		return BLE_ECONN;
	if (!reason)
		reason = HCI_ERR_REMOTE_USER_TERMINATED;
	if (!is_allowed(reason))
		return host_refuse(h, BLE_EINVAL, "reason", reason, 0, -1);
	if (c->state == CONN_UP) {
		c->state = CONN_TO_LEAVE;
		c->reason = reason;
		host_leave_enable(h);
		hci_ask(&h->hci);
	}
	return 0;
}

int ble_conn_info(const struct ble_host *h, ble_conn_id id, struct ble_conn_info *out)
{
	const struct ble_conn *c = host_conn(h, id);
	if (!c)
		return BLE_ECONN;
	*out = (struct ble_conn_info){
		.peer = c->peer,
		.role = c->role,
		.handle = c->hci.handle,
		.interval_us = c->interval * 1250u,
		.supervision_ms = c->supervision * 10u,
		.latency = c->latency,
		.att_mtu = c->att.mtu,
		.att_us = c->att_us,
		.rssi_dbm = HCI_RSSI_UNAVAILABLE,
	};
	const struct ble_part_slot *slot = host_room(h, &ble_levels_room);
	if (slot) {
		const struct host_conn_levels *l = host_conn_mem(slot, c);
		out->tx_phy = l->tx_phy;
		out->rx_phy = l->rx_phy;
		out->rssi_dbm = l->rssi_dbm;
	}
	return 0;
}

/* In the order of slots; `after` may have gone meanwhile, its slot still says where to go on. */
ble_conn_id ble_conn_next(const struct ble_host *h, ble_conn_id after)
{
	for (unsigned i = after ? (after & 0xFF) + 1 : 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			return h->conns[i].id;
	return 0;
}
