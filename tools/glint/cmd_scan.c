/*
 * glint scan: who advertises. On a terminal a table that is kept up to date; else a line a device,
 * or a JSON object. A device has its line when its name is known and, if it may be asked, its scan
 * response; or a second after it was first heard; or at the end. With an order other than that of
 * appearance all lines come at the end.
 */
#include "scan.h"

#include <stdio.h>
#include <string.h>

enum { PATIENCE_US = 1000000, REDRAW_US = 200000, DEFAULT_US = 5000000 };

struct listening {
	struct link link;
	struct scan *scan;
	bool table;
	uint64_t duration_us; /* BLE_NEVER: until Ctrl-C */
	uint64_t end_us, draw_us;
};

static void show_json(const struct device *d)
{
	char text[UUID_TEXT];
	json_begin("device");
	json_text("address", addr_text(text, &d->addr));
	json_text("address_type", addr_type_text(&d->addr));
	json_text("name", d->name);
	if (d->rssi_dbm != RSSI_UNKNOWN)
		json_number("rssi", d->rssi_dbm);
	json_number("reports", (long)d->reports);
	printf(",\"connectable\":%s,\"services\":[", d->connectable ? "true" : "false");
	for (unsigned i = 0; i < d->service_count; i++)
		printf("%s\"%s\"", i ? "," : "", uuid_code(text, &d->services[i]));
	putchar(']');
	ad_json(d->adv.data, d->adv.len);
	char details[1024] = "";
	struct text t = { details, sizeof details, 0 };
	ad_text(&t, d->adv.data, d->adv.len, AD_BEYOND_NAMES);
	ad_text(&t, d->scan_rsp.data, d->scan_rsp.len, AD_BEYOND_NAMES);
	json_text("details", details);
	json_octets("advertising_data", d->adv.data, d->adv.len);
	json_octets("scan_response", d->scan_rsp.data, d->scan_rsp.len);
	json_end();
}

static void show(struct device *d)
{
	char addr[ADDR_TEXT], rssi[16] = "", details[1024] = "";
	struct text t = { details, sizeof details, 0 };
	if (d->shown)
		return;
	d->shown = true;
	if (say_json) {
		show_json(d);
		return;
	}
	if (d->rssi_dbm != RSSI_UNKNOWN)
		snprintf(rssi, sizeof rssi, "%d dBm", d->rssi_dbm);
	scan_device_text(&t, d);
	say("%s %s  %8s  %s%s%s%s%s", addr_text(addr, &d->addr), addr_type_text(&d->addr),
		rssi, bold(), *d->name ? d->name : "(no name)", plain(), *details ? "  " : "",
		details);
}

static bool is_complete(const struct scan *s, const struct device *d)
{
	return *d->name && (!s->active || !d->scannable || d->answered);
}

/* Shows who has waited long enough; the next moment at which somebody will have. */
static uint64_t show_waiting(struct listening *l, uint64_t now_us)
{
	struct scan *s = l->scan;
	uint64_t next = l->end_us;
	if (l->table || s->order != ORDER_SEEN)
		return next;
	for (unsigned i = 0; i < s->count; i++) {
		struct device *d = &s->devices[i];
		if (d->shown || !scan_wants(s, d))
			continue;
		if (is_complete(s, d) || now_us >= d->first_us + PATIENCE_US)
			show(d);
		else if (d->first_us + PATIENCE_US < next)
			next = d->first_us + PATIENCE_US;
	}
	return next;
}

/* Draws the table or the progress when it is time to; when it will be again. */
static uint64_t redraw(struct listening *l, uint64_t now_us)
{
	if (now_us >= l->draw_us) {
		l->draw_us = now_us + REDRAW_US;
		if (l->table)
			table_draw(l->scan, now_us);
		else
			progress("listening: %lu s, %u devices",
				(unsigned long)((now_us - l->scan->began_us) / 1000000),
				l->scan->count);
	}
	return l->draw_us;
}

/* False: the controller refuses. */
static bool on_event(struct listening *l, const struct ble_event *ev)
{
	char why[REASON_TEXT];
	if (ev->type == BLE_EV_REPORT)
		scan_hear(l->scan, ev);
	if (ev->type == BLE_EV_SCAN_STARTED) {
		l->scan->began_us = ble_posix_now();
		l->end_us = l->duration_us == BLE_NEVER ? BLE_NEVER
							: l->scan->began_us + l->duration_us;
	}
	if (ev->type == BLE_EV_LOST) {
		complain("scan", "the controller has gone away: %s; starting it again",
			ble_strerror(ev->error.err));
		table_apart();
	}
	if (ev->type != BLE_EV_ERROR)
		return true;
	complain("scan", "the controller refuses: %s", error_text(why, ev->error.err));
	return false;
}

/* What has not been shown, at the end. */
static int finish(struct listening *l)
{
	static const struct device *list[MOST_DEVICES];
	struct scan *s = l->scan;
	unsigned n = scan_sorted(s, list);
	s->over = true;
	if (l->table)
		table_draw(s, ble_posix_now());
	for (unsigned i = 0; !l->table && i < n; i++)
		show(&s->devices[list[i] - s->devices]);
	if (s->lost)
		complain("scan", "more than %d devices: %u reports of others were left out",
			MOST_DEVICES, s->lost);
	if (!n && s->count)
		say("%u device%s heard, but none that was asked for; leave out --name, --service "
		    "or "
		    "--rssi to see all",
			s->count, s->count == 1 ? " was" : "s were");
	else if (!n)
		say("no device was heard in %.3g s; is one advertising with the same driver?",
			(double)(ble_posix_now() - s->began_us) / 1e6);
	return n ? EXIT_DONE : EXIT_NOT_FOUND;
}

static int listen_until(struct listening *l)
{
	const struct ble_scan_params params = { .active = l->scan->active };
	int err = ble_scan_start(l->link.host, &params);
	if (err) {
		link_complain(&l->link, err);
		return EXIT_FAILED;
	}
	l->scan->began_us = ble_posix_now();
	l->end_us = l->duration_us == BLE_NEVER ? BLE_NEVER : l->scan->began_us + l->duration_us;
	bool fine = true;
	if (l->table)
		table_begin();
	while (fine && !link_ended() && ble_posix_now() < l->end_us) {
		struct ble_event ev;
		uint64_t now = ble_posix_now(), next = show_waiting(l, now), draw = redraw(l, now);
		if (link_next(&l->link, draw < next ? draw : next, &ev))
			fine = on_event(l, &ev);
	}
	progress_end();
	int status = fine ? finish(l) : EXIT_FAILED;
	if (l->table)
		table_end();
	return status;
}

struct wishes {
	bool json, active, passive;
	const char *name, *service, *driver;
	struct opt_number rssi;
	unsigned sort;
	uint64_t duration_us;
};

/* False: said why. */
static bool take_wishes(struct scan *s, const struct wishes *w)
{
	if (w->active && w->passive) {
		complain("scan", "--active and --passive: a scan is one of the two; leave one out");
		return false;
	}
	s->active = !w->passive;
	s->order = (enum order)w->sort;
	s->filter = (struct filter){ .name = w->name, .rssi_dbm = (int)w->rssi.value };
	s->filter.by_service = w->service != NULL;
	if (!w->service || scan_service_read(&s->filter.service, w->service))
		return true;
	complain("scan",
		"--service %s: 4 or 32 hex digits are wanted (180f), or the name of one "
		"assigned service (Battery)",
		w->service);
	return false;
}

int cmd_scan(int argc, char **argv)
{
	static struct scan scan; /* large */
	struct wishes w = { .rssi = { -127, -127, 20 } };
	struct listening l = { .scan = &scan };
	const struct opt opts[] = {
		{ "duration", OPT_SECONDS, &w.duration_us },
		{ "active", OPT_FLAG, &w.active },
		{ "passive", OPT_FLAG, &w.passive },
		{ "name", OPT_TEXT, &w.name },
		{ "service", OPT_TEXT, &w.service },
		{ "rssi", OPT_NUMBER, &w.rssi },
		{ "sort", OPT_CHOICE, &w.sort },
		{ "json", OPT_FLAG, &w.json },
		{ "driver", OPT_TEXT, &w.driver },
		{ 0 },
	};
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	if (!take_wishes(&scan, &w))
		return EXIT_USAGE;
	say_start(w.json);
	l.table = !w.json && table_possible();
	l.duration_us = w.duration_us ? w.duration_us : l.table ? BLE_NEVER : DEFAULT_US;
	const struct ble_host_config config = { .parts = BLE_PARTS(&ble_observer, &ble_heartbeat) };
	if (!link_open(&l.link, "scan", w.driver, &config))
		return EXIT_FAILED;
	status = listen_until(&l);
	link_close(&l.link);
	return status;
}
