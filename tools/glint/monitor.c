/*
 * glint monitor: finds a device, goes through its database, shows it and then every value that comes
 * unasked, and does what commands say. Here are the loop and what follows from each event; the
 * other files of the monitor are named in monitor.h.
 */
#include "monitor.h"
#include "scan.h"

#include <ble/levels.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { AGAIN_US = 100000, RSSI_US = 1000000 };

/* A script has done what it was for when all of its commands went well. */
void over(struct monitor *m, int status)
{
	bool failed = m->failed && m->input.kind != INPUT_PROMPT;
	m->state = OVER;
	m->status = status == EXIT_DONE && failed ? EXIT_FAILED : status;
}

void note(const struct monitor *m, const char *format, ...)
{
	FILE *to = m->aside ? stderr : stdout;
	va_list args;
	if (say_json)
		return;
	va_start(args, format);
	vfprintf(to, format, args);
	va_end(args);
	fputc('\n', to);
}

static void on_mtu(const struct monitor *m, const struct ble_event *ev)
{
	if (say_json) {
		json_begin("mtu");
		json_number("mtu", ev->mtu.mtu);
		json_end();
		return;
	}
	note(m, "ATT_MTU %u", ev->mtu.mtu);
}

/* The answer to a command, or the peripheral's wish. */
static void on_params(struct monitor *m, const struct ble_event *ev)
{
	char text[120];
	if (ev->params.err)
		return;
	m->supervision_ms = ev->params.supervision_ms;
	if (!say_json) {
		snprintf(text, sizeof text,
			"parameters: interval %g ms, latency %u, supervision time-out %g s",
			ev->params.interval_us / 1000.0, ev->params.latency,
			ev->params.supervision_ms / 1000.0);
		if (command_is_params(m))
			say("%s", text);
		else
			note(m, "%s", text);
		return;
	}
	json_begin("params");
	json_number("interval_us", (long)ev->params.interval_us);
	json_number("latency", ev->params.latency);
	json_number("supervision_ms", (long)ev->params.supervision_ms);
	json_end();
}

void ask_rssi(struct monitor *m)
{
	if (m->rssi != RSSI_IDLE || ble_conn_rssi(m->link.host, m->conn))
		return;
	m->rssi = RSSI_ASKED;
	m->rssi_us = ble_posix_now();
}

/* So that the last one is known when the connection is lost: while something is heard of the peer, at
 * most once a second. */
static void keep_rssi(struct monitor *m, const struct ble_event *ev)
{
	bool heard = ev->type == BLE_EV_NOTIFIED || ev->type == BLE_EV_VALUE ||
		ev->type == BLE_EV_DONE || ev->type == BLE_EV_MTU;
	if (heard && ev->conn == m->conn && ble_posix_now() >= m->rssi_us + RSSI_US)
		ask_rssi(m);
}

/* A controller that cannot say is not asked again. */
static void on_rssi(struct monitor *m, const struct ble_event *ev)
{
	m->rssi = ev->rssi.err ? RSSI_REFUSED : RSSI_IDLE;
	if (ev->rssi.err || ev->rssi.dbm == BLE_RSSI_UNKNOWN)
		return;
	m->rssi_dbm = ev->rssi.dbm;
	m->rssi_now = true;
}

static void on_notified(struct monitor *m, const struct ble_event *ev)
{
	view_notified(tree_find(&m->tree, ev->value.handle), ev->value.handle, ev->value.data,
		ev->value.len, ev->value.indication);
	if (++m->notified == m->o->count)
		over(m, EXIT_DONE);
}

/* What is known of the database holds no more: Vol 3 Part G 7.1 */
static void on_service_changed(struct monitor *m, const struct ble_event *ev)
{
	if (say_json) {
		json_begin("service_changed");
		json_number("start", ev->service_changed.start);
		json_number("end", ev->service_changed.end);
		json_end();
	} else {
		note(m, "the services have changed (handles %u to %u): looking again",
			ev->service_changed.start, ev->service_changed.end);
	}
	m->changed = true;
}

static void on_event(struct monitor *m, const struct ble_event *ev)
{
	pair_event(m, ev);
	switch (ev->type) {
	case BLE_EV_PARAMS: on_params(m, ev); break;
	case BLE_EV_MTU: on_mtu(m, ev); break;
	case BLE_EV_NOTIFIED: on_notified(m, ev); break;
	case BLE_EV_SERVICE_CHANGED: on_service_changed(m, ev); break;
	case BLE_EV_RSSI: on_rssi(m, ev); break;
	default: find_event(m, ev); break;
	}
	if (m->state == CONNECTED && !discover_event(m, ev))
		ble_conn_disconnect(m->link.host, m->conn, 0); /* DISCONNECTED says more */
	if (m->state == CONNECTED) {
		command_event(m, ev);
		keep_rssi(m, ev);
	}
}

static void say_subscribed(const struct monitor *m)
{
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

/* What has become known since: shows the tree once it is whole, and says when all subscriptions are
 * made. */
static void show_progress(struct monitor *m)
{
	if (m->tree.stage >= STAGE_SUBSCRIBE && !m->shown) {
		m->shown = true;
		if (!m->script)
			tree_show(&m->tree);
	}
	if (m->tree.stage != STAGE_LIVE || m->live)
		return;
	m->live = true;
	if (m->o->read_only)
		over(m, EXIT_DONE);
	else if (!m->script)
		say_subscribed(m);
}

/* From the beginning, when nothing is going on. The MTU is exchanged once a connection. */
static void discover_again(struct monitor *m)
{
	if (!m->changed || m->tree.running || m->job.phase >= JOB_BEGUN)
		return;
	m->changed = m->live = m->shown = false;
	discover_begin(&m->tree);
	m->tree.stage = STAGE_SERVICES;
}

/* Time to look again at what was busy; the deadline of the whole otherwise. */
static uint64_t go_on(struct monitor *m, uint64_t end_us)
{
	if (m->state != CONNECTED)
		return end_us;
	discover_again(m);
	int err = discover_step(m);
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
	if (m->script && !m->script_done) {
		complain(m->o->command, "ended before all commands were done");
		return EXIT_FAILED;
	}
	if (!m->o->whole)
		return EXIT_DONE;
	complain(m->o->command, "ended after %u of %u values", m->notified, m->o->count);
	return EXIT_FAILED;
}

static void run(struct monitor *m)
{
	uint64_t end = m->o->duration_us ? ble_posix_now() + m->o->duration_us : BLE_NEVER;
	find_search(m);
	for (struct ble_event ev; m->state != OVER;) {
		uint64_t until = go_on(m, end);
		if (m->state != OVER)
			command_step(m, &until);
		if (m->state == OVER)
			break;
		if (m->input.kind == INPUT_PROMPT)
			prompt_show();
		if (input_wait(m, until, &ev))
			on_event(m, &ev);
		else if (m->state != OVER && (link_ended() || ble_posix_now() >= end))
			over(m, early(m));
	}
	if (m->status == EXIT_NOT_FOUND)
		complain(m->o->command,
			"nothing found: is the device advertising, and with the same driver?");
}

/* What can be said to be wrong before anything is begun. */
static bool check(struct monitor *m)
{
	const struct monitor_options *o = m->o;
	char why[WHY_TEXT];
	for (unsigned i = 0; i < o->commands.count; i++)
		if (command_wrong(&m->job.words, o->commands.at[i], why)) {
			complain(o->command, "%s: %s", o->commands.at[i], why);
			return false;
		}
	if (o->address && !addr_read(&m->wanted, o->address))
		complain(o->command, "%s: an address is six octets in hex: 02:00:5E:00:00:01",
			o->address);
	else if (o->service && !scan_service_read(&m->service, o->service))
		complain(o->command, "%s: a service is 180f, 128 bits, or an assigned name",
			o->service);
	else
		return true;
	return false;
}

int monitor_run(const struct monitor_options *options)
{
	static struct monitor monitor; /* large */
	struct monitor *m = &monitor;
	m->o = options;
	m->name = options->name;
	m->address = options->address;
	m->rssi_dbm = RSSI_UNKNOWN;
	if (!check(m))
		return EXIT_USAGE;
	setlocale(LC_CTYPE, ""); /* which letters the terminal has */
	say_start(options->json);
	const struct ble_host_config config = {
		.parts = BLE_PARTS(&ble_observer, &ble_central, &ble_client, &ble_levels, &ble_pairing, &ble_signing,
			&ble_heartbeat),
		.name = "glint monitor",
	};
	if (!link_open(&m->link, options->command, options->driver, &config))
		return EXIT_FAILED;
	input_open(m);
	pair_open(m);
	run(m);
	input_close(m);
	link_close(&m->link);
	return m->status;
}
