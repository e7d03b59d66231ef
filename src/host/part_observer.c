/*
 * The part ble_observer: scanning and its verbs, scan.h. A packet of several reports gives one a poll, where it lies.
 */
#include <ble/scan.h>

#include "host/host.h"
#include "spec/hci_evt_le.h"

struct observer {
	struct gap_scan scan; /* first */
	struct rd rest; /* of the packet in hand */
	uint8_t left;   /* reports in it */
};

enum { UNIT_US = 625, INTERVAL_DEFAULT_US = 10000 };

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct observer *o = host_mem(slot);
	(void)config;
	gap_init(&o->scan.activity, &gap_scan_kind, &h->hci, host_raised);
}

static bool more(struct ble_host *h, struct ble_event *ev);

/* The next report of the packet, which begins at rest, into ev; false: it has none, or is malformed from here on. */
static bool report(struct ble_host *h, struct observer *o, struct rd *rest, struct ble_event *ev)
{
	struct hci_le_advertising_report rep;
	if (!o->left || !hci_le_advertising_report_next(rest, &rep)) {
		h->hci.malformed++;
		return false;
	}
	if (--o->left) {
		o->rest = *rest;
		host_next(h, more);
	}
	ev->report.kind = rep.event_type;
	ev->report.rssi_dbm = rep.rssi;
	ev->report.len = rep.data_length;
	ev->report.data = rep.data;
	_Static_assert(sizeof ev->report.addr == 7, "type and octets");
	memcpy(&ev->report.addr, rep.address - 1, sizeof ev->report.addr); /* as they lie in the packet */
	if (h->security)
		h->security->resolve(h, &ev->report.addr);
	return host_event_in(h, ev, BLE_EV_REPORT, 0);
}

static bool more(struct ble_host *h, struct ble_event *ev)
{
	struct observer *o = host_mem(host_part(h, &ble_observer));
	return report(h, o, &o->rest, ev);
}

/* What comes when the program has stopped, or was never told of a start, is passed over. */
static void le_event(struct ble_host *h, struct ble_part_slot *slot, struct rd *r)
{
	struct observer *o = host_mem(slot);
	if (!o->scan.activity.on || !o->scan.activity.told)
		return;
	o->left = hci_le_advertising_reports_begin(r);
	(void)report(h, o, r, h->ev);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	struct observer *o = host_mem(slot);
	return host_news(h, ev, &o->scan.activity.news, BLE_EV_SCAN_STARTED, BLE_OP_SCAN, o->scan.activity.err);
}

const struct ble_room ble_observer_room = { .host_size = sizeof(struct observer) };

const struct ble_part ble_observer = {
	.name = "ble_observer",
	.room = &ble_observer_room,
	.attach = attach,
	.subevent = HCI_LE_EVT_ADVERTISING_REPORT,
	.le_event = le_event,
	.poll = poll,
};

int ble_scan_start(struct ble_host *h, const struct ble_scan_params *in)
{
	int err = 0;
	struct observer *o = host_own(h, &ble_observer, &err);
	if (!o)
		return err;
	struct ble_scan_params p = { 0 };
	if (in)
		p = *in;
	uint32_t interval = p.interval_us ? p.interval_us : INTERVAL_DEFAULT_US;
	uint32_t window = p.window_us ? p.window_us :
			  interval < INTERVAL_DEFAULT_US ? interval : INTERVAL_DEFAULT_US;
	err = host_range(h, "interval_us", interval, 2500, 10240000);
	if (!err)
		err = host_range(h, "window_us", window, 2500, interval);
	if (err)
		return err;
	uint16_t every = gap_units(interval, UNIT_US), for_so_long = gap_units(window, UNIT_US);
	uint8_t *params = o->scan.params; /* 7.8.10 */
	params[0] = p.active;
	le16_put(params + 1, every);
	le16_put(params + 3, for_so_long);
	o->scan.activity.timeout_ms = p.duration_ms == BLE_FOREVER ? 0 : p.duration_ms;
	o->scan.activity.filter_duplicates = p.filter_duplicates;
	gap_start(&o->scan.activity);
	return 0;
}

int ble_scan_stop(struct ble_host *h)
{
	int err = 0;
	struct observer *o = host_own(h, &ble_observer, &err);
	if (o)
		gap_stop(&o->scan.activity);
	return err;
}

int ble_scan_filter(struct ble_host *h, bool only)
{
	int err = 0;
	struct observer *o = host_own(h, &ble_observer, &err);
	if (o)
		o->scan.params[GAP_SCAN_FILTER] = only;
	return err;
}
