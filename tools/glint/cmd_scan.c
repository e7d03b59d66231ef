/*
 * glint scan: one line a device. A device is shown when its name is known, or a second after it was
 * first heard, or at the end; what a scan response adds in the meantime is in that line.
 */
#include "glint.h"

#include "spec/ad.h"

#include <stdio.h>
#include <string.h>

enum { MOST_DEVICES = 512, MOST_SERVICES = 8, NAME_OCTETS = 96, PATIENCE_US = 1000000 };

struct device {
	struct ble_addr addr;
	int8_t rssi_dbm;
	bool shown, connectable;
	uint64_t first_us;
	char name[NAME_OCTETS];
	unsigned service_count;
	struct uuid services[MOST_SERVICES];
};

struct scan {
	unsigned count, lost;
	struct device devices[MOST_DEVICES];
};

static const char help[] =
	"Usage: glint scan [options]\n"
	"Lists the devices that advertise, one line each.\n"
	"\n"
	"  --duration S   listen for so many seconds (5)\n"
	"  --active       ask for scan responses, too\n"
	"  --json         one JSON object a line\n"
	"  --driver URI   virtual:, virtual:NAME or unix:PATH (GLINT_DRIVER, else virtual:)\n"
	"  --help         this text\n"
	"\n"
	"Examples:\n"
	"  glint scan\n"
	"  glint scan --active --duration 2.5 --json\n"
	"  glint scan --driver unix:/tmp/air.sock\n"
	"\n"
	"Exit codes: 0 devices were found, 1 failed, 2 wrong usage, 3 none was found.\n";

static struct device *device_of(struct scan *s, const struct ble_addr *addr, uint64_t now_us)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!memcmp(&s->devices[i].addr, addr, sizeof *addr))
			return &s->devices[i];
	if (s->count == MOST_DEVICES) {
		s->lost++;
		return NULL;
	}
	struct device *d = &s->devices[s->count++];
	*d = (struct device){ .addr = *addr, .rssi_dbm = 127, .first_us = now_us };
	return d;
}

static void add_service(struct device *d, struct uuid uuid)
{
	for (unsigned i = 0; i < d->service_count; i++)
		if (!memcmp(&d->services[i], &uuid, sizeof uuid))
			return;
	if (d->service_count < MOST_SERVICES)
		d->services[d->service_count++] = uuid;
}

static void add_services(struct device *d, const struct ad *ad, size_t size)
{
	for (size_t at = 0; at + size <= ad->len; at += size) {
		const uint8_t *p = ad->data + at;
		add_service(d, size == 2 ? uuid_of(le16_get(p), NULL) : uuid_of(0, p));
	}
}

static void learn(struct device *d, const uint8_t *data, size_t len)
{
	struct ad ad;
	for (struct rd r = rd_of(data, len); ad_next(&r, &ad);) {
		switch (ad.type) {
		case 0x02: /* incomplete and complete lists: CSS Part A 1.1 */
		case 0x03: add_services(d, &ad, 2); break;
		case 0x06:
		case 0x07: add_services(d, &ad, 16); break;
		case 0x08:
			if (*d->name)
				break; /* shortened: only while there is no better */
				       /* fall through */
		case 0x09: safe(d->name, sizeof d->name, ad.data, ad.len); break;
		default: break;
		}
	}
}

static void show_json(const struct device *d)
{
	char text[UUID_TEXT];
	json_begin("device");
	json_text("address", addr_text(text, &d->addr));
	json_text("address_type", addr_type_text(&d->addr));
	json_text("name", d->name);
	if (d->rssi_dbm != 127)
		json_number("rssi", d->rssi_dbm);
	printf(",\"connectable\":%s,\"services\":[", d->connectable ? "true" : "false");
	for (unsigned i = 0; i < d->service_count; i++)
		printf("%s\"%s\"", i ? "," : "", uuid_code(text, &d->services[i]));
	putchar(']');
	json_end();
}

static void show(struct device *d)
{
	char addr[ADDR_TEXT], uuid[UUID_TEXT], rssi[16] = "";
	if (d->shown)
		return;
	d->shown = true;
	if (say_json) {
		show_json(d);
		return;
	}
	if (d->rssi_dbm != 127)
		snprintf(rssi, sizeof rssi, "%d dBm", d->rssi_dbm);
	printf("%s %s  %8s  %s%s%s", addr_text(addr, &d->addr), addr_type_text(&d->addr), rssi,
		bold(), *d->name ? d->name : "(no name)", plain());
	for (unsigned i = 0; i < d->service_count; i++)
		printf("%s%s", i ? ", " : "  ", uuid_word(uuid, &d->services[i]));
	putchar('\n');
}

static void on_report(struct scan *s, const struct ble_event *ev)
{
	struct device *d = device_of(s, &ev->report.addr, ev->t_us);
	if (!d)
		return;
	if (ev->report.rssi_dbm != 127)
		d->rssi_dbm = ev->report.rssi_dbm;
	if (ev->report.kind == BLE_REPORT_CONN_UND || ev->report.kind == BLE_REPORT_CONN_DIR)
		d->connectable = true;
	learn(d, ev->report.data, ev->report.len);
	if (*d->name)
		show(d);
}

/* The next moment at which a nameless device has waited long enough. */
static uint64_t show_nameless(struct scan *s, uint64_t now_us, uint64_t end_us)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct device *d = &s->devices[i];
		if (!d->shown && now_us >= d->first_us + PATIENCE_US)
			show(d);
		else if (!d->shown && d->first_us + PATIENCE_US < end_us)
			end_us = d->first_us + PATIENCE_US;
	}
	return end_us;
}

static int listen_until(
	struct link *l, struct scan *s, const struct ble_scan_params *params, uint64_t duration_us)
{
	int err = ble_scan_start(l->host, params);
	if (err) {
		link_complain(l, err);
		return EXIT_FAILED;
	}
	uint64_t end = ble_posix_now() + duration_us;
	for (struct ble_event ev; !link_ended() && ble_posix_now() < end;) {
		if (!link_next(l, show_nameless(s, ble_posix_now(), end), &ev))
			continue;
		if (ev.type == BLE_EV_REPORT)
			on_report(s, &ev);
		if (ev.type == BLE_EV_SCAN_STARTED)
			end = ble_posix_now() + duration_us;
		if (ev.type == BLE_EV_LOST)
			complain("scan", "the controller has gone away: %s; starting it again",
				ble_strerror(ev.error.err));
		if (ev.type == BLE_EV_ERROR) {
			complain("scan", "the controller refuses: %s", ble_strerror(ev.error.err));
			return EXIT_FAILED;
		}
	}
	for (unsigned i = 0; i < s->count; i++)
		show(&s->devices[i]);
	if (s->lost)
		complain("scan", "more than %d devices: %u reports of others were left out",
			MOST_DEVICES, s->lost);
	if (!s->count)
		say("no device was heard in %.3g s; is one advertising with the same driver?",
			(double)duration_us / 1e6);
	return s->count ? EXIT_DONE : EXIT_NOT_FOUND;
}

int cmd_scan(int argc, char **argv)
{
	static struct scan scan; /* large */
	bool json = false, active = false;
	uint64_t duration_us = 5000000;
	const char *driver = NULL;
	const struct opt opts[] = {
		{ "duration", OPT_SECONDS, &duration_us },
		{ "active", OPT_FLAG, &active },
		{ "json", OPT_FLAG, &json },
		{ "driver", OPT_TEXT, &driver },
		{ 0 },
	};
	int status;
	if (!opts_read(argc, argv, opts, help, &status))
		return status;
	say_start(json);
	struct link link;
	const struct ble_host_config config = { .parts = BLE_PARTS(&ble_observer) };
	if (!link_open(&link, "scan", driver, &config))
		return EXIT_FAILED;
	const struct ble_scan_params params = { .active = active };
	status = listen_until(&link, &scan, &params, duration_us);
	link_close(&link);
	return status;
}
