/*
 * The scanning verbs, and which reports the program gets: by kind, by address type, of the accept list, and each once. "Once" is ours and
 * not the controller's, because controllers differ in what they call a duplicate: here reports are equal in address
 * type, address, kind and data. The cache holds a 32-bit hash of each (FNV-1a); when it is full the oldest is
 * forgotten. Two reports of one hash are taken for one: one in some 70 million at 64 entries.
 */
#include "module/module.h"

#include <string.h>

static uint32_t hash(uint32_t h, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ data[i]) * 16777619u;
	return h;
}

static bool is_new(struct ble *ble, const struct ble_event *ev)
{
	struct module_scanning *s = ble->scan;
	uint8_t head[2] = { ev->report.kind, ev->report.addr.type };
	uint32_t h = hash(2166136261u, head, sizeof head);
	h = hash(h, ev->report.addr.octets, sizeof ev->report.addr.octets);
	h = hash(h, ev->report.data, ev->report.len);
	for (uint16_t i = 0; i < s->count; i++)
		if (ble->scan_cache[i] == h)
			return false;
	ble->scan_cache[s->at] = h;
	s->at = (uint16_t)((s->at + 1u) % ble->scan_cache_count);
	if (s->count < ble->scan_cache_count)
		s->count++;
	return true;
}

enum { ALL_FILTERS = 2 * BLE_SCAN_ACCEPT_LIST - 1 };

static bool is_wanted_kind(uint8_t filter, uint8_t kind)
{
	static const uint8_t bits[] = {
		[BLE_REPORT_CONN_UND] = BLE_SCAN_CONNECTABLE | BLE_SCAN_SCANNABLE,
		[BLE_REPORT_CONN_DIR] = BLE_SCAN_CONNECTABLE,
		[BLE_REPORT_SCAN_UND] = BLE_SCAN_SCANNABLE,
		[BLE_REPORT_UNCN_UND] = BLE_SCAN_NONCONN,
		[BLE_REPORT_SCAN_RSP] = BLE_SCAN_RSP,
	};
	uint8_t kinds = filter & (uint8_t)~BLE_SCAN_ACCEPT_LIST; /* that one is the controller's */
	return !kinds || (kind < sizeof bits && (bits[kind] & kinds));
}

static bool on_event(struct ble *ble, const struct ble_event *ev)
{
	const struct module_scanning *s = ble->scan;
	if (ev->type != BLE_EV_REPORT)
		return true;
	if (!is_wanted_kind(s->now.filter, ev->report.kind))
		return false;
	bool is_random = ev->report.addr.type & 1; /* identities, too: 0 and 2 are public */
	if (s->now.addr && is_random != (s->now.addr == BLE_SCAN_ADDR_RANDOM_ONLY))
		return false;
	return s->now.duplicates || is_new(ble, ev);
}

static const struct module_family family = { .on_event = on_event };

static int no_room(struct ble *ble)
{
	return module_refuse_hint(ble, BLE_ENOMEM, "scan_cache", "it is BLE_NONE: the device has no memory for scanning");
}

int ble_scanning(struct ble *ble, const struct ble_scanning_params *p)
{
	uint32_t interval = p->interval_us ? p->interval_us : p->window_us > 10000 ? p->window_us : 10000;
	uint32_t window = p->window_us ? p->window_us : interval < 10000 ? interval : 10000;
	if (!ble->scan)
		return no_room(ble);
	int err = module_range(ble, "interval_us", interval, 2500, 10240000);
	if (!err)
		err = module_range(ble, "window_us", window, 2500, interval);
	if (err)
		return err;
	if (p->filter > ALL_FILTERS)
		return module_refuse(ble, BLE_EINVAL, "filter", p->filter, 0, ALL_FILTERS);
	if ((p->filter & BLE_SCAN_ACCEPT_LIST) && !ble_host_has(ble->host, &ble_accept_room))
		return module_refuse_hint(ble, BLE_ENOTSUP, "filter", "BLE_SCAN_ACCEPT_LIST needs the part ble_accept");
	if (p->addr > BLE_SCAN_ADDR_RANDOM_ONLY)
		return module_refuse(ble, BLE_EINVAL, "addr", p->addr, 0, BLE_SCAN_ADDR_RANDOM_ONLY);
	ble->scan->params = (struct ble_scan_params){ .interval_us = interval, .window_us = window, .active = p->active };
	ble->scan->next = (struct module_scan_choice){
		.filter = p->filter, .addr = p->addr, .duplicates = p->duplicates
	};
	return 0;
}

int ble_start_scanning(struct ble *ble, uint32_t duration_ms)
{
	if (!ble->scan)
		return no_room(ble);
	int err = module_use(ble, FAMILY_SCANNING, &family, &ble_observer);
	if (err)
		return err;
	ble->scan->params.duration_ms = duration_ms == BLE_FOREVER ? 0 : duration_ms;
	err = ble_scan_filter(ble->host, ble->scan->next.filter & BLE_SCAN_ACCEPT_LIST);
	if (!err)
		err = ble_scan_start(ble->host, &ble->scan->params);
	if (err)
		return err;
	ble->scan->now = ble->scan->next;
	ble->scan->at = ble->scan->count = 0;
	return 0;
}

int ble_stop_scanning(struct ble *ble)
{
	if (!ble->families[FAMILY_SCANNING])
		return 0;
	return ble_scan_stop(ble->host);
}
