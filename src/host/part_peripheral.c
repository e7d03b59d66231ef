/*
 * The part ble_peripheral: advertising and its verbs, adv.h.
 */
#include <ble/adv.h>

#include "host/host.h"
#include "spec/hci_cmd_le_adv.h"
#include "spec/hci_evt_le.h"

struct peripheral {
	struct gap_adv adv; /* first; its parameters are sent at the next start, or when the controller comes back */
};

#define OCTETS(v) (uint8_t)(v), (uint8_t)((v) >> 8)
enum { INTERVAL_DEFAULT_US = 187500, UNIT_US = 625, CHANNELS_ALL = 7 };

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct peripheral *p = host_mem(slot);
	static const uint8_t params[] = { OCTETS(INTERVAL_DEFAULT_US / UNIT_US), OCTETS(INTERVAL_DEFAULT_US / UNIT_US),
		HCI_ADV_IND, 0, 0, 0, 0, 0, 0, 0, 0, CHANNELS_ALL, 0 };
	(void)config;
	_Static_assert(sizeof params == sizeof p->adv.params, "7.8.5");
	memcpy(p->adv.params, params, sizeof params);
	gap_init(&p->adv.activity, &gap_adv_kind, &h->hci, host_raised);
}

/* The controller leaves advertising by itself when it is connected, and when directed advertising times out. */
static void complete(struct ble_host *h, struct ble_part_slot *slot, const struct hci_le_connection_complete *cc)
{
	struct peripheral *p = host_mem(slot);
	if (cc->status == HCI_ERR_ADVERTISING_TIMEOUT)
		gap_adv_ended(&p->adv, true);
	else if (!cc->status && cc->role == HCI_ROLE_PERIPHERAL) /* without a slot it is sent away, conn.c */
		gap_adv_ended(&p->adv, !host_conn_free(h));
}

static void start(struct peripheral *p)
{
	p->adv.restart = p->adv.restart & GAP_RESTART_ASKED ? GAP_RESTART_ASKED | GAP_RESTART_NOW : 0;
	gap_start(&p->adv.activity);
	p->adv.activity.told = false; /* a restart is told as a start */
}

static bool conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *conn, struct ble_event *ev)
{
	struct peripheral *p = host_mem(slot);
	(void)ev;
	if (conn->role == BLE_ROLE_PERIPHERAL && (p->adv.restart & GAP_RESTART_NOW) && !p->adv.activity.on &&
		h->hci.state != HCI_CLOSED)
		start(p);
	return false;
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	struct peripheral *p = host_mem(slot);
	return host_news(h, ev, &p->adv.activity.news, BLE_EV_ADV_STARTED, BLE_OP_ADVERTISE, p->adv.activity.err);
}

const struct ble_room ble_peripheral_room = { .host_size = sizeof(struct peripheral) };

const struct ble_part ble_peripheral = {
	.name = "ble_peripheral",
	.room = &ble_peripheral_room,
	.attach = attach,
	.complete = complete,
	.conn_down = conn_down,
	.poll = poll,
};

/* Directed with no interval named: high duty cycle, which ends by itself after 1.28 s (Vol 6 Part B 4.4.2.4.3). */
static uint8_t type_of(const struct ble_adv_params *in)
{
	static const uint8_t types[] = {
		[BLE_ADV_DEFAULT] = HCI_ADV_IND,
		[BLE_ADV_CONN_UND] = HCI_ADV_IND,
		[BLE_ADV_CONN_DIR] = HCI_ADV_DIRECT_IND_LOW,
		[BLE_ADV_SCAN_UND] = HCI_ADV_SCAN_IND,
		[BLE_ADV_UNCN_UND] = HCI_ADV_NONCONN_IND,
	};
	bool high = in->mode == BLE_ADV_CONN_DIR && !in->interval_min_us && !in->interval_max_us;
	return high ? HCI_ADV_DIRECT_IND_HIGH : types[in->mode];
}

int ble_adv_set(struct ble_host *h, const struct ble_adv_params *in)
{
	int err = 0;
	struct peripheral *p = host_own(h, &ble_peripheral, &err);
	if (!p)
		return err;
	uint32_t min = in->interval_min_us ? in->interval_min_us : in->interval_max_us;
	uint32_t max = in->interval_max_us ? in->interval_max_us : in->interval_min_us;
	if (!max)
		min = max = INTERVAL_DEFAULT_US;
	err = host_range(h, "mode", in->mode, 0, BLE_ADV_UNCN_UND);
	if (!err)
		err = host_range(h, "interval_min_us", min, 20000, 10240000);
	if (!err)
		err = host_range(h, "interval_max_us", max, min, 10240000);
	if (!err)
		err = host_range(h, "channels", in->channels, 0, CHANNELS_ALL);
	if (!err)
		err = host_range(h, "peer.type", in->peer.type, 0, BLE_ADDR_RANDOM_IDENTITY);
	if (err)
		return err;
	struct hci_cmd_le_set_advertising_parameters q = {
		.advertising_interval_min = gap_units(min, UNIT_US),
		.advertising_interval_max = gap_units(max, UNIT_US),
		.advertising_type = type_of(in),
		.peer_address_type = in->peer.type & 1,
		.advertising_channel_map = in->channels ? in->channels : CHANNELS_ALL,
		.advertising_filter_policy = p->adv.params[GAP_ADV_FILTER],
	};
	memcpy(q.peer_address, in->peer.octets, 6);
	struct wr w = wr_of(p->adv.params, sizeof p->adv.params);
	hci_cmd_le_set_advertising_parameters_write(&w, &q);
	p->adv.activity.timeout_ms = in->timeout_ms == BLE_FOREVER ? 0 : in->timeout_ms;
	p->adv.restart = (uint8_t)((p->adv.restart & GAP_RESTART_NOW) | (in->auto_restart ? GAP_RESTART_ASKED : 0));
	return 0;
}

/* As the command has them: length, octets, zeroes. */
static void put(uint8_t *dst, const void *data, size_t len)
{
	memset(dst, 0, 1 + GAP_ADV_DATA_MAX);
	*dst = (uint8_t)len;
	if (len)
		memcpy(dst + 1, data, len);
}

int ble_adv_data(struct ble_host *h, const void *adv, size_t adv_len, const void *scan_rsp, size_t scan_rsp_len)
{
	int err = 0;
	struct peripheral *p = host_own(h, &ble_peripheral, &err);
	if (!p)
		return err;
	bool fits = adv_len <= GAP_ADV_DATA_MAX;
	if (!fits || scan_rsp_len > GAP_ADV_DATA_MAX)
		return host_refuse(h, BLE_ETOOBIG, fits ? "scan_rsp_len" : "adv_len",
			(int32_t)(fits ? scan_rsp_len : adv_len), 0, GAP_ADV_DATA_MAX);
	put(p->adv.data, adv, adv_len);
	put(p->adv.rsp, scan_rsp, scan_rsp_len);
	p->adv.activity.stale |= GAP_DATA | GAP_RSP;
	hci_ask(&h->hci);
	return 0;
}

int ble_adv_start(struct ble_host *h)
{
	int err = 0;
	struct peripheral *p = host_own(h, &ble_peripheral, &err);
	if (!p)
		return err;
	uint8_t type = p->adv.params[GAP_ADV_TYPE];
	if (type != HCI_ADV_SCAN_IND && type != HCI_ADV_NONCONN_IND && h->up_count >= h->conn_count)
		return host_refuse(h, BLE_ESTATE, "connections", h->up_count, 0, h->conn_count - 1);
	start(p);
	return 0;
}

int ble_adv_stop(struct ble_host *h)
{
	int err = 0;
	struct peripheral *p = host_own(h, &ble_peripheral, &err);
	if (!p)
		return err;
	p->adv.restart &= GAP_RESTART_ASKED;
	gap_stop(&p->adv.activity);
	return 0;
}

int ble_adv_filter(struct ble_host *h, uint8_t only)
{
	int err = 0;
	struct peripheral *p = host_own(h, &ble_peripheral, &err);
	if (!p)
		return err;
	err = host_range(h, "only", only, 0, BLE_ADV_ONLY_SCANS | BLE_ADV_ONLY_CONNECTIONS);
	if (!err)
		p->adv.params[GAP_ADV_FILTER] = only;
	return err;
}
