/*
 * The part ble_levels: RSSI and PHY of connections, transmit power of advertising. One want asks the controller: the
 * power once a bring-up, an RSSI when the program has asked for it. A PHY is 1M until LE PHY Update Complete says
 * otherwise (Vol 4 Part E 7.7.65.12).
 */
#include <ble/levels.h>

#include "host/levels.h"
#include "host/host.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_evt_le.h"

enum news { RSSI_WANTED = 1, RSSI_ASKED, RSSI_KNOWN };

static struct ble_part_slot *slot_of(struct host_levels *l)
{
	return host_slot(l);
}

static struct host_conn_levels *of(struct host_levels *l, const struct ble_conn *c)
{
	return host_conn_mem(slot_of(l), c);
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct host_levels *l = CONTAINER_OF(want, struct host_levels, want);
	struct ble_host *h = l->host;
	if (!l->power_asked) {
		l->power_asked = true;
		return HCI_CMD_LE_READ_ADVERTISING_PHYSICAL_CHANNEL_TX_POWER;
	}
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *c = &h->conns[i];
		if (!conn_is_up(c) || of(l, c)->rssi_state != RSSI_WANTED)
			continue;
		of(l, c)->rssi_state = RSSI_ASKED;
		l->asking = c->slot;
		wr_le16(w, c->hci.handle);
		return HCI_CMD_READ_RSSI;
	}
	return 0;
}

static void on_power(struct host_levels *l, uint8_t status, struct rd *ret)
{
	int8_t dbm = rd_i8(ret);
	l->power_known = !status && rd_ok(ret);
	l->power_dbm = dbm;
	l->power_told = !l->power_known; /* a controller that does not know has nothing to tell */
	host_pending(l->host, slot_of(l));
}

/* The connection may have gone meanwhile, and its slot been used again: then nobody is asking. */
static void on_rssi(struct host_levels *l, uint8_t status, struct rd *ret)
{
	const struct ble_conn *c = &l->host->conns[l->asking];
	struct host_conn_levels *of_conn = of(l, c);
	uint16_t handle = rd_le16(ret);
	int8_t rssi = rd_i8(ret);
	if (!conn_is_up(c) || of_conn->rssi_state != RSSI_ASKED)
		return;
	if (!status && (!rd_ok(ret) || handle != c->hci.handle))
		status = HCI_ERR_UNSPECIFIED;
	of_conn->rssi_state = RSSI_KNOWN;
	of_conn->rssi_err = status ? BLE_EHCI(status) : 0;
	of_conn->rssi_dbm = status ? BLE_RSSI_UNKNOWN : rssi;
	host_pending(l->host, slot_of(l));
}

static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct host_levels *l = CONTAINER_OF(want, struct host_levels, want);
	if (opcode == HCI_CMD_READ_RSSI)
		on_rssi(l, status, ret);
	else
		on_power(l, status, ret);
}

static void lost(struct hci_want *want)
{
	struct host_levels *l = CONTAINER_OF(want, struct host_levels, want);
	l->power_asked = l->power_known = false;
	l->power_told = true;
}

static const struct hci_want_hooks hooks = { .command = command, .done = done, .lost = lost };

static void conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn)
{
	struct host_conn_levels *l = host_conn_mem(slot, conn);
	(void)h;
	l->rssi_dbm = BLE_RSSI_UNKNOWN;
	l->tx_phy = l->rx_phy = BLE_PHY_1M;
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct host_levels *l = host_mem(slot);
	(void)config;
	l->host = h;
	l->power_told = true;
	l->want.hooks = &hooks;
	hci_want_first(&h->hci, &l->want); /* the power may be wanted in the advertising data */
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			conn_up(h, slot, &h->conns[i]);
}

/* LE PHY Update Complete */
static void le_event(struct ble_host *h, struct ble_part_slot *slot, struct rd *r)
{
	struct hci_le_phy_update_complete e;
	if (!hci_le_phy_update_complete_read(r, &e)) {
		h->hci.malformed++;
		return;
	}
	struct hci_link *link = hci_link_find(&h->hci, e.connection_handle & HCI_HANDLE_MASK);
	if (!link || e.status)
		return;
	struct host_conn_levels *l = host_conn_mem(slot, CONTAINER_OF(link, struct ble_conn, hci));
	l->tx_phy = e.tx_phy;
	l->rx_phy = e.rx_phy;
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	struct host_levels *l = host_mem(slot);
	if (!l->power_told) {
		l->power_told = true;
		ev->tx_power.dbm = l->power_dbm;
		return host_event_in(h, ev, BLE_EV_TX_POWER, 0);
	}
	for (unsigned i = 0; i < h->conn_count; i++) {
		const struct ble_conn *c = &h->conns[i];
		struct host_conn_levels *of_conn = of(l, c);
		if (!conn_is_up(c) || of_conn->rssi_state != RSSI_KNOWN)
			continue;
		of_conn->rssi_state = 0;
		ev->rssi.err = of_conn->rssi_err;
		ev->rssi.dbm = of_conn->rssi_dbm;
		return host_event_in(h, ev, BLE_EV_RSSI, c->id);
	}
	return false;
}

const struct ble_room ble_levels_room = {
	.host_size = sizeof(struct host_levels), .conn_size = sizeof(struct host_conn_levels)
};

const struct ble_part ble_levels = {
	.name = "ble_levels",
	.room = &ble_levels_room,
	.attach = attach,
	.subevent = HCI_LE_EVT_PHY_UPDATE_COMPLETE,
	.le_event = le_event,
	.conn_up = conn_up,
	.poll = poll,
};

int ble_conn_rssi(struct ble_host *h, ble_conn_id id)
{
	int err = 0;
	struct ble_part_slot *slot = host_need(h, &ble_levels, HOST_LEVELS_HINT, &err);
	const struct ble_conn *c = slot ? host_conn(h, id) : NULL;
	if (!slot)
		return err;
	if (!c)
		return BLE_ECONN;
	struct host_conn_levels *l = host_conn_mem(slot, c);
	if (l->rssi_state != RSSI_ASKED)
		l->rssi_state = RSSI_WANTED;
	hci_ask(&h->hci);
	return 0;
}
