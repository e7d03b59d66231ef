/*
 * The way to a connection and back: search for the device by name, address or service, connect; when
 * the connection is lost say why, and search again, unless it was ended from here.
 */
#include "monitor.h"

#include <ble/conn.h>
#include <ble/scan.h>
#include <string.h>

#include "spec/ad.h"
#include "spec/names.h"

enum { CONNECT_MS = 5000, NAME_MOST = 29 };

void find_search(struct monitor *m)
{
	const struct ble_scan_params params = { .active = true };
	m->state = SEARCHING;
	m->conn = 0;
	int err = ble_scan_start(m->link.host, &params);
	if (err) {
		link_complain(&m->link, err);
		over(m, EXIT_FAILED);
		return;
	}
	if (say_json) {
		json_begin("searching");
		json_end();
	} else {
		note(m, "searching for %s",
			m->name              ? m->name
				: m->address ? m->address
					     : "a device that can be connected to");
	}
}

bool find_set(struct monitor *m, const char *who)
{
	size_t len = strlen(who);
	if (len == 0 || len > NAME_MOST)
		return false;
	memcpy(m->who, who, len + 1);
	bool is_address = addr_read(&m->wanted, who);
	m->address = is_address ? m->who : NULL;
	m->name = is_address ? NULL : m->who;
	return true;
}

static bool has_name(const struct ble_event *ev, const char *name)
{
	struct ad ad;
	size_t len = strlen(name);
	for (struct rd r = rd_of(ev->report.data, ev->report.len); ad_next(&r, &ad);)
		if ((ad.type == 0x08 || ad.type == 0x09) && ad.len == len &&
			!memcmp(ad.data, name, len))
			return true;
	return false;
}

/* Lists of UUIDs and service data, of 16 and of 128 bits: CSS Part A 1.1, 1.11 */
static bool has_service(const struct ble_event *ev, const struct uuid *service)
{
	struct ad ad;
	for (struct rd r = rd_of(ev->report.data, ev->report.len); ad_next(&r, &ad);) {
		bool list16 = ad.type == 0x02 || ad.type == 0x03, data16 = ad.type == 0x16;
		bool list128 = ad.type == 0x06 || ad.type == 0x07, data128 = ad.type == 0x21;
		uint8_t size = list16 || data16 ? 2 : 16;
		if (!list16 && !data16 && !list128 && !data128)
			continue;
		for (unsigned i = 0; i + size <= ad.len; i += size) {
			uint16_t u16 = (uint16_t)(ad.data[i] | ad.data[i + 1] << 8);
			struct uuid uuid = uuid_of(u16, size == 2 ? NULL : ad.data + i);
			if (uuid_same(&uuid, service))
				return true;
			if (data16 || data128)
				break; /* data follow */
		}
	}
	return false;
}

static bool is_wanted(const struct monitor *m, const struct ble_event *ev)
{
	uint8_t kind = ev->report.kind;
	if (kind == BLE_REPORT_UNCN_UND || kind == BLE_REPORT_SCAN_UND)
		return false;
	if (m->address && memcmp(ev->report.addr.octets, m->wanted.octets, 6))
		return false;
	if (m->o->service && !has_service(ev, &m->service))
		return false;
	return !m->name || has_name(ev, m->name);
}

static void on_report(struct monitor *m, const struct ble_event *ev)
{
	char text[ADDR_TEXT];
	if (m->state != SEARCHING || !is_wanted(m, ev))
		return;
	m->peer = ev->report.addr;
	m->rssi_dbm = ev->report.rssi_dbm;
	m->state = FOUND;
	if (say_json) {
		json_begin("found");
		json_text("address", addr_text(text, &m->peer));
		if (m->rssi_dbm != RSSI_UNKNOWN)
			json_number("rssi", m->rssi_dbm);
		json_end();
	} else {
		note(m, "found %s (%s), connecting", addr_text(text, &m->peer),
			addr_type_text(&m->peer));
	}
	ble_scan_stop(m->link.host);
}

static void on_scan_stopped(struct monitor *m)
{
	if (m->state != FOUND)
		return;
	uint32_t interval_us = (uint32_t)(m->o->interval_ms.value * 1000);
	const struct ble_conn_params params = { .timeout_ms = CONNECT_MS,
		.interval_min_us = interval_us,
		.interval_max_us = interval_us,
		.supervision_ms = interval_us > 500000 ? 32000 : 0 };
	m->state = CONNECTING;
	int err = ble_conn_create(m->link.host, &m->peer, &params);
	if (!err)
		return;
	link_complain(&m->link, err);
	over(m, EXIT_FAILED);
}

static void on_connected(struct monitor *m, const struct ble_event *ev)
{
	char text[ADDR_TEXT];
	m->state = CONNECTED;
	m->conn = ev->conn;
	m->supervision_ms = ev->connected.supervision_ms;
	m->was_connected = true;
	m->shown = m->live = false;
	m->rssi_now = false;
	m->rssi = RSSI_IDLE;
	m->rssi_us = 0;
	discover_begin(&m->tree);
	if (m->leaving) {
		ble_conn_disconnect(m->link.host, m->conn, 0);
	} else if (say_json) {
		json_begin("connected");
		json_text("address", addr_text(text, &ev->connected.peer));
		json_number("interval_us", (long)ev->connected.interval_us);
		json_number("latency", ev->connected.latency);
		json_number("supervision_ms", (long)ev->connected.supervision_ms);
		json_end();
	} else {
		note(m, "connected to %s: interval %g ms, latency %u, supervision time-out %g s",
			addr_text(text, &ev->connected.peer), ev->connected.interval_us / 1000.0,
			ev->connected.latency, ev->connected.supervision_ms / 1000.0);
	}
}

void find_disconnect(struct monitor *m)
{
	m->leaving = true;
	if (m->state == CONNECTED) {
		ble_conn_disconnect(m->link.host, m->conn, 0);
	} else if (m->state == CONNECTING) {
		ble_conn_cancel(m->link.host);
	} else {
		ble_scan_stop(m->link.host);
		m->state = IDLE;
		m->leaving = false;
	}
}

static void say_disconnected(const struct monitor *m, uint8_t reason)
{
	char text[REASON_TEXT];
	if (!say_json) {
		note(m, "disconnected: %s",
			reason_text(text, reason, m->supervision_ms, m->rssi_dbm));
		return;
	}
	const char *name = hci_err_name(reason);
	json_begin("disconnected");
	json_number("reason", reason);
	json_text("text", name ? name : "");
	json_text("why", reason_text(text, reason, m->supervision_ms, m->rssi_dbm));
	json_end();
}

static void on_disconnected(struct monitor *m, const struct ble_event *ev)
{
	if (ev->conn != m->conn || m->state != CONNECTED)
		return;
	bool alone = m->leaving;
	m->live = m->leaving = false;
	m->state = alone ? IDLE : SEARCHING;
	discover_begin(&m->tree);
	say_disconnected(m, ev->disconnected.reason);
	command_lost(m);
	if (!alone && (m->o->once || m->script))
		over(m, EXIT_LOST);
	else if (!alone)
		find_search(m);
}

static void on_error(struct monitor *m, const struct ble_event *ev)
{
	char reason[REASON_TEXT];
	if (ev->error.operation == BLE_OP_CONNECT && m->state == CONNECTING) {
		if (m->leaving) {
			m->leaving = false;
			m->state = IDLE;
			return;
		}
		complain(m->o->command, "the device did not answer: %s; searching again",
			error_text(reason, ev->error.err));
		find_search(m);
		return;
	}
	complain(m->o->command, "the controller refuses: %s", error_text(reason, ev->error.err));
	if (ev->error.operation == BLE_OP_SCAN || ev->error.operation == BLE_OP_START)
		over(m, EXIT_FAILED);
}

/* A scan is taken up again by the host; an attempt to connect is ours to repeat. */
static void on_lost(struct monitor *m, const struct ble_event *ev)
{
	complain(m->o->command, "the controller has gone away: %s; starting it again",
		ble_strerror(ev->error.err));
	if (m->state != FOUND && m->state != CONNECTING)
		return;
	ble_conn_cancel(m->link.host);
	find_search(m);
}

void find_event(struct monitor *m, const struct ble_event *ev)
{
	switch (ev->type) {
	case BLE_EV_REPORT: on_report(m, ev); break;
	case BLE_EV_SCAN_STOPPED: on_scan_stopped(m); break;
	case BLE_EV_CONNECTED: on_connected(m, ev); break;
	case BLE_EV_DISCONNECTED: on_disconnected(m, ev); break;
	case BLE_EV_ERROR: on_error(m, ev); break;
	case BLE_EV_LOST: on_lost(m, ev); break;
	default: break;
	}
}
