/*
 * glint doctor: one page on what this machine has for Glint, what stands in the way, and the command that takes it away. Each
 * thing that a driver could use is a finding: a line with its URI, and below it the obstacle and the command.
 */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct finding {
	const char *section, *uri, *what;
	const char *obstacle, *fix; /* NULL: none */
};

static const char *last_section;
static char best[64]; /* the first real radio without an obstacle */

static void tell(const struct finding *f)
{
	if (!f->obstacle && !*best && strcmp(f->section, "simulated") != 0 && strcmp(f->section, "chosen") != 0)
		snprintf(best, sizeof best, "%s", f->uri);
	if (say_json) {
		json_begin(f->section);
		json_text("uri", f->uri);
		json_text("what", f->what);
		printf(",\"usable\":%s", f->obstacle ? "false" : "true");
		if (f->obstacle)
			json_text("obstacle", f->obstacle);
		if (f->fix)
			json_text("fix", f->fix);
		json_end();
		return;
	}
	bool same = last_section && !strcmp(last_section, f->section);
	say("%s%-10s%s  %-14s %s", bold(), same ? "" : f->section, plain(), f->uri, f->what);
	if (f->obstacle)
		say("            %s%s%s", tint(33), f->obstacle, plain());
	if (f->fix)
		say("            %s", f->fix);
	last_section = f->section;
}

static void tell_chosen(void)
{
	const char *named = getenv("GLINT_DRIVER");
	tell(&(struct finding){ "chosen", driver_chosen(),
		named && *named ? "by GLINT_DRIVER" : "the simulated air, as no driver is named (GLINT_DRIVER, --driver)", NULL,
		NULL });
}

static void tell_simulated(const struct machine *m)
{
	if (*m->air)
		tell(&(struct finding){ "simulated", "virtual:", m->air, NULL, NULL });
	else
		tell(&(struct finding){ "simulated", "virtual:", "the simulated air", "glint-air is not beside this program",
			"export GLINT_AIR=/path/to/glint-air" });
}

/* The first that stands in the way of the user channel. */
static void look_for_obstacle(const struct machine *m, const struct adapter *a, struct finding *f)
{
	if (a->blocked_hard) {
		f->obstacle = "switched off by the computer's own switch or key";
		f->fix = "rfkill list bluetooth";
	} else if (a->blocked_soft) {
		f->obstacle = "switched off by software";
		f->fix = "sudo rfkill unblock bluetooth";
	} else if (!m->has_right) {
		f->obstacle = "CAP_NET_ADMIN is missing";
		f->fix = "sudo setcap cap_net_admin,cap_net_raw+ep \"$(readlink -f \"$(command -v glint)\")\"";
	} else if (m->bluetoothd) {
		f->obstacle = "bluetoothd uses it";
		f->fix = "sudo systemctl stop bluetooth";
	}
}

static void tell_adapters(const struct machine *m)
{
	if (!m->has_bluetooth)
		tell(&(struct finding){ "adapter", "hci:", "none", "this kernel has no Bluetooth at the moment",
			"sudo modprobe -a bluetooth btusb" });
	else if (!m->adapter_count)
		tell(&(struct finding){ "adapter", "hci:", "none", "the kernel knows no adapter", "lsusb; sudo dmesg | grep -i bluetooth" });
	for (unsigned i = 0; i < m->adapter_count; i++) {
		char uri[16], what[64];
		const struct adapter *a = &m->adapters[i];
		snprintf(uri, sizeof uri, "hci:%u", a->index);
		snprintf(what, sizeof what, "adapter of Linux%s%s", *a->bus ? ", on " : "", a->bus);
		struct finding f = { "adapter", uri, what, NULL, NULL };
		look_for_obstacle(m, a, &f);
		tell(&f);
	}
}

static void tell_usb(const struct machine *m)
{
	for (unsigned i = 0; i < m->usb_count; i++) {
		char uri[16], fix[200];
		const struct usb_adapter *u = &m->usb[i];
		snprintf(uri, sizeof uri, "usb:%04x:%04x", u->vendor, u->product);
		struct finding f = { "usb", uri, *u->name ? u->name : "Bluetooth adapter", NULL, NULL };
		if (!m->has_libusb) {
			f.obstacle = "USB is not built in";
			f.fix = "sudo apt install libusb-1.0-0-dev, and build Glint again";
		} else if (ble_posix_usb_wants_firmware(u->vendor)) {
			f.obstacle = "its chip wants firmware first, which the kernel's driver loads: it is an adapter of Linux then";
			f.fix = "sudo modprobe -a bluetooth btusb";
		} else if (!u->usable) {
			snprintf(fix, sizeof fix,
				"echo 'SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%04x\", TAG+=\"uaccess\"' | sudo tee "
				"/etc/udev/rules.d/70-glint.rules",
				u->vendor);
			f.obstacle = "its device may not be opened by this user; after the rule, plug it in again";
			f.fix = fix;
		}
		tell(&f);
	}
}

static void tell_lines(const struct machine *m)
{
	for (int i = 0; i < m->line_count; i++) {
		char uri[300], what[200], fix[100], name[80];
		const struct ble_serial_line *l = &m->lines[i];
		if (l->scheme)
			snprintf(uri, sizeof uri, "%s:", l->scheme);
		else
			snprintf(uri, sizeof uri, "serial:%s", l->path);
		snprintf(what, sizeof what, "%.80s  %04x:%04x %s%s%s", l->path, l->vendor, l->product,
			safe(name, sizeof name, l->name, strlen(l->name)), l->what ? ": " : "", l->what ? l->what : "");
		struct finding f = { "serial", uri, what, NULL, NULL };
		if (!m->line_usable[i]) {
			snprintf(fix, sizeof fix, "sudo usermod -aG %s \"$USER\", then log in again", m->line_group[i]);
			f.obstacle = "its device may not be opened by this user";
			f.fix = fix;
		}
		tell(&f);
	}
	if (!m->line_count)
		tell(&(struct finding){ "serial", "nrf52: esp32:", "none", "no serial line is on USB",
			"plug a board in whose firmware is a controller (README, Real radios)" });
}

int cmd_doctor(int argc, char **argv)
{
	static struct machine machine;
	struct ble_transport *usb = NULL;
	bool json = false;
	const struct opt opts[] = { { "json", OPT_FLAG, &json }, { 0 } };
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	say_start(json);
	doctor_look(&machine);
	machine.has_libusb = ble_driver_usb.create(&usb, "", NULL, NULL) == 0;
	ble_posix_transport_free(usb);
	tell_chosen();
	tell_simulated(&machine);
	tell_adapters(&machine);
	tell_usb(&machine);
	tell_lines(&machine);
	if (!say_json && *best)
		say("\n`glint info --driver %s` asks it what it can; GLINT_DRIVER=%s is then for all programs.", best, best);
	return EXIT_DONE;
}
