/*
 * glint monitor: searches for a device by name or address, connects, goes through its database
 * (discover.c), shows it and then every notification. When the connection is lost it says why in
 * words, and searches again.
 */
#include "tree.h"

#include "spec/ad.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

enum {
	CONNECT_MS = 5000,
	AGAIN_US = 100000,
	CONNECTION_TIMEOUT = 0x08,
	FAILED_TO_BE_ESTABLISHED = 0x3E
};

enum state { SEARCHING, FOUND, CONNECTING, CONNECTED, OVER };

struct monitor {
	const struct monitor_options *o;
	struct link link;
	struct ble_addr wanted; /* with --address */
	enum state state;
	struct ble_addr peer;
	ble_conn_id conn;
	uint32_t supervision_ms;
	unsigned notified;
	bool shown, live, was_connected;
	int status;
	struct tree tree;
};

static void over(struct monitor *m, int status)
{
	m->state = OVER;
	m->status = status;
}

static void search(struct monitor *m)
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
	} else if (m->o->name) {
		say("searching for %s", m->o->name);
	} else {
		say("searching for %s",
			m->o->address ? m->o->address : "a device that can be connected to");
	}
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

static bool is_wanted(const struct monitor *m, const struct ble_event *ev)
{
	uint8_t kind = ev->report.kind;
	if (kind == BLE_REPORT_UNCN_UND || kind == BLE_REPORT_SCAN_UND)
		return false;
	if (m->o->address && memcmp(ev->report.addr.octets, m->wanted.octets, 6))
		return false;
	return !m->o->name || has_name(ev, m->o->name);
}

static void on_report(struct monitor *m, const struct ble_event *ev)
{
	char text[ADDR_TEXT];
	if (m->state != SEARCHING || !is_wanted(m, ev))
		return;
	m->peer = ev->report.addr;
	m->state = FOUND;
	if (say_json) {
		json_begin("found");
		json_text("address", addr_text(text, &m->peer));
		json_end();
	} else {
		say("found %s (%s), connecting", addr_text(text, &m->peer),
			addr_type_text(&m->peer));
	}
	ble_scan_stop(m->link.host);
}

static void on_scan_stopped(struct monitor *m)
{
	if (m->state != FOUND)
		return;
	const struct ble_conn_params params = { .timeout_ms = CONNECT_MS };
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
	discover_begin(&m->tree, m->o->read_only);
	if (say_json) {
		json_begin("connected");
		json_text("address", addr_text(text, &ev->connected.peer));
		json_number("interval_us", (long)ev->connected.interval_us);
		json_number("latency", ev->connected.latency);
		json_number("supervision_ms", (long)ev->connected.supervision_ms);
		json_end();
		return;
	}
	say("connected to %s: interval %g ms, latency %u, supervision time-out %g s",
		addr_text(text, &ev->connected.peer), ev->connected.interval_us / 1000.0,
		ev->connected.latency, ev->connected.supervision_ms / 1000.0);
}

static void say_reason(const struct monitor *m, uint8_t reason)
{
	const char *name = hci_err_name(reason);
	if (reason == CONNECTION_TIMEOUT)
		say("disconnected: supervision time-out (0x08): nothing heard for %g s",
			m->supervision_ms / 1000.0);
	else if (reason == FAILED_TO_BE_ESTABLISHED)
		say("disconnected: the device never answered (0x3E)");
	else if (reason == 0x13)
		say("disconnected: the device ended the connection (0x13)");
	else
		say("disconnected: %s (0x%02X)", name ? name : "unknown reason", reason);
}

static void on_disconnected(struct monitor *m, const struct ble_event *ev)
{
	if (ev->conn != m->conn || m->state != CONNECTED)
		return;
	if (say_json) {
		const char *name = hci_err_name(ev->disconnected.reason);
		json_begin("disconnected");
		json_number("reason", ev->disconnected.reason);
		json_text("text", name ? name : "");
		json_end();
	} else {
		say_reason(m, ev->disconnected.reason);
	}
	if (m->o->once)
		over(m, EXIT_LOST);
	else
		search(m);
}

static void on_error(struct monitor *m, const struct ble_event *ev)
{
	if (ev->error.operation == BLE_OP_CONNECT && m->state == CONNECTING) {
		complain(m->o->command, "the device did not answer: %s; searching again",
			ble_strerror(ev->error.err));
		search(m);
		return;
	}
	complain(m->o->command, "the controller refuses: %s", ble_strerror(ev->error.err));
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
	search(m);
}

static void on_mtu(const struct ble_event *ev)
{
	if (say_json) {
		json_begin("mtu");
		json_number("mtu", ev->mtu.mtu);
		json_end();
		return;
	}
	say("ATT_MTU %u", ev->mtu.mtu);
}

static void on_notified(struct monitor *m, const struct ble_event *ev)
{
	const struct characteristic *c = tree_find(&m->tree, ev->value.handle);
	const struct characteristic unknown = { .value_handle = ev->value.handle };
	tree_show_notified(c ? c : &unknown, ev->value.data, ev->value.len, ev->value.indication);
	if (++m->notified == m->o->count)
		over(m, EXIT_DONE);
}

static void on_event(struct monitor *m, const struct ble_event *ev)
{
	switch (ev->type) {
	case BLE_EV_REPORT: on_report(m, ev); break;
	case BLE_EV_SCAN_STOPPED: on_scan_stopped(m); break;
	case BLE_EV_CONNECTED: on_connected(m, ev); break;
	case BLE_EV_DISCONNECTED: on_disconnected(m, ev); break;
	case BLE_EV_PARAMS:
		if (!ev->params.err)
			m->supervision_ms = ev->params.supervision_ms;
		break;
	case BLE_EV_MTU: on_mtu(ev); break;
	case BLE_EV_NOTIFIED: on_notified(m, ev); break;
	case BLE_EV_ERROR: on_error(m, ev); break;
	case BLE_EV_LOST: on_lost(m, ev); break;
	default: break;
	}
	if (m->state == CONNECTED && !discover_event(&m->tree, ev))
		ble_conn_disconnect(m->link.host, m->conn, 0); /* DISCONNECTED says more */
}

/* What has become known since: shows the tree once it is whole, and says when all subscriptions are
 * made. */
static void show_progress(struct monitor *m)
{
	if (m->tree.stage >= STAGE_SUBSCRIBE && !m->shown) {
		m->shown = true;
		tree_show(&m->tree);
	}
	if (m->tree.stage != STAGE_LIVE || m->live)
		return;
	m->live = true;
	if (m->o->read_only) {
		over(m, EXIT_DONE);
		return;
	}
	if (say_json) {
		json_begin("subscribed");
		json_number("count", (long)m->tree.subscribed);
		json_end();
	} else if (m->tree.subscribed) {
		say("subscribed to %u characteristic%s", m->tree.subscribed,
			m->tree.subscribed > 1 ? "s" : "");
	} else {
		say("there is nothing to subscribe to");
	}
}

/* Time to look again at what was busy; the deadline of the whole otherwise. */
static uint64_t go_on(struct monitor *m, uint64_t end_us)
{
	if (m->state != CONNECTED)
		return end_us;
	int err = discover_step(&m->tree, m->link.host, m->conn);
	show_progress(m);
	if (err == 0)
		return end_us;
	if (err != BLE_EBUSY) {
		ble_conn_disconnect(m->link.host, m->conn, 0);
		return end_us;
	}
	uint64_t again = ble_posix_now() + AGAIN_US;
	return again < end_us ? again : end_us;
}

/* Time is up, or somebody pressed Ctrl-C. */
static int early(const struct monitor *m)
{
	if (!m->was_connected && !link_ended())
		return EXIT_NOT_FOUND;
	if (!m->o->whole)
		return EXIT_DONE;
	complain(m->o->command, "ended after %u of %u values", m->notified, m->o->count);
	return EXIT_FAILED;
}

static void run(struct monitor *m)
{
	uint64_t end = m->o->duration_us ? ble_posix_now() + m->o->duration_us : BLE_NEVER;
	search(m);
	for (struct ble_event ev; m->state != OVER;) {
		uint64_t until = go_on(m, end);
		if (m->state == OVER)
			break;
		if (link_next(&m->link, until, &ev))
			on_event(m, &ev);
		else if (link_ended() || ble_posix_now() >= end)
			over(m, early(m));
	}
	if (m->status == EXIT_NOT_FOUND)
		complain(m->o->command,
			"nothing found: is the device advertising, and with the same driver?");
}

int monitor_run(const struct monitor_options *options)
{
	static struct monitor monitor; /* large */
	struct monitor *m = &monitor;
	m->o = options;
	if (options->address && !addr_read(&m->wanted, options->address)) {
		complain(options->command, "%s: an address is six octets in hex: 02:00:5E:00:00:01",
			options->address);
		return EXIT_USAGE;
	}
	say_start(options->json);
	const struct ble_host_config config = {
		.parts = BLE_PARTS(&ble_observer, &ble_central, &ble_client),
		.name = "glint monitor",
	};
	if (!link_open(&m->link, options->command, options->driver, &config))
		return EXIT_FAILED;
	run(m);
	link_close(&m->link);
	return m->status;
}
