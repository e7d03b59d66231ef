/* What a machine has: doctor.h. Linux: sysfs, proc and the modes of devices; nothing is opened that could be in use. */
#define _GNU_SOURCE
#include "doctor.h"

#include <dirent.h>
#include <grp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CAP_NET_ADMIN_BIT = 12 };

/* A path below the root. */
static const char *at(char dst[DOCTOR_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *at(char dst[DOCTOR_PATH], const char *format, ...)
{
	const char *root = getenv("GLINT_ROOT");
	int n = snprintf(dst, DOCTOR_PATH, "%s", root ? root : "");
	va_list args;
	va_start(args, format);
	if (n >= 0 && n < DOCTOR_PATH)
		vsnprintf(dst + n, (size_t)(DOCTOR_PATH - n), format, args);
	va_end(args);
	return dst;
}

/* The first line of a file, fit for a terminal; "" and false where there is none. */
static bool line_of(const char *path, char *dst, size_t size)
{
	char raw[256] = "";
	FILE *f = fopen(path, "re");
	bool read = f && fgets(raw, sizeof raw, f);
	if (f)
		fclose(f);
	raw[strcspn(raw, "\n")] = '\0';
	safe(dst, size, raw, strlen(raw));
	return read;
}

static bool is_one(const char *path)
{
	char text[8];
	return line_of(path, text, sizeof text) && !strcmp(text, "1");
}

/* Calls back for each entry of a folder, in the order of names. */
static void each(const char *path, void (*look)(struct machine *, const char *folder, const char *name), struct machine *m)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, versionsort);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.')
			look(m, path, names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void look_at_adapter(struct machine *m, const char *folder, const char *name)
{
	unsigned index;
	int end = 0;
	char path[DOCTOR_PATH + 280], target[PATH_MAX];
	/* hci0, not hci0:256, which is a connection */
	if (m->adapter_count == MOST_ADAPTERS || sscanf(name, "hci%u%n", &index, &end) != 1 || name[end])
		return;
	struct adapter *a = &m->adapters[m->adapter_count++];
	*a = (struct adapter){ .index = index };
	snprintf(path, sizeof path, "%s/%s/device/subsystem", folder, name);
	ssize_t n = readlink(path, target, sizeof target - 1);
	if (n > 0) {
		target[n] = '\0';
		const char *slash = strrchr(target, '/');
		snprintf(a->bus, sizeof a->bus, "%.15s", slash ? slash + 1 : target);
	}
}

/* Switches have the adapter's name, or are for all. */
static void look_at_switch(struct machine *m, const char *folder, const char *name)
{
	char path[DOCTOR_PATH + 280], type[32], whose[32];
	unsigned index;
	snprintf(path, sizeof path, "%s/%s/type", folder, name);
	if (!line_of(path, type, sizeof type) || strcmp(type, "bluetooth") != 0)
		return;
	snprintf(path, sizeof path, "%s/%s/name", folder, name);
	(void)line_of(path, whose, sizeof whose);
	bool of_one = sscanf(whose, "hci%u", &index) == 1;
	snprintf(path, sizeof path, "%s/%s/soft", folder, name);
	bool soft = is_one(path);
	snprintf(path, sizeof path, "%s/%s/hard", folder, name);
	bool hard = is_one(path);
	for (unsigned i = 0; i < m->adapter_count; i++) {
		struct adapter *a = &m->adapters[i];
		if (of_one && a->index != index)
			continue;
		a->blocked_soft |= soft;
		a->blocked_hard |= hard;
	}
}

static void look_at_process(struct machine *m, const char *folder, const char *name)
{
	char path[DOCTOR_PATH + 280], comm[32];
	int pid = atoi(name);
	if (pid <= 0 || m->bluetoothd)
		return;
	snprintf(path, sizeof path, "%s/%s/comm", folder, name);
	if (line_of(path, comm, sizeof comm) && !strcmp(comm, "bluetoothd"))
		m->bluetoothd = pid;
}

static bool has_net_admin(void)
{
	char path[DOCTOR_PATH], line[256];
	unsigned long long rights = 0;
	FILE *f = fopen(at(path, "/proc/self/status"), "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "CapEff: %llx", &rights) == 1)
			break;
	if (f)
		fclose(f);
	return rights >> CAP_NET_ADMIN_BIT & 1;
}

static uint16_t hex_of(const char *folder, const char *name, const char *file)
{
	char path[DOCTOR_PATH + 600], text[16];
	snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
	return line_of(path, text, sizeof text) ? (uint16_t)strtoul(text, NULL, 16) : 0;
}

static unsigned number_of(const char *folder, const char *name, const char *file)
{
	char path[DOCTOR_PATH + 600], text[16];
	snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
	return line_of(path, text, sizeof text) ? (unsigned)strtoul(text, NULL, 10) : 0;
}

/* A device of class E0, or whose first interface is: Vol 4 Part B 3.1. */
static void look_at_usb(struct machine *m, const char *folder, const char *name)
{
	char path[DOCTOR_PATH + 600];
	if (m->usb_count == MOST_USB || strchr(name, ':'))
		return;
	char interface[2 * 256 + 5]; /* a name has at most 255 octets */
	snprintf(interface, sizeof interface, "%s/%s:1.0", name, name);
	bool device = hex_of(folder, name, "bDeviceClass") == 0xE0 && hex_of(folder, name, "bDeviceProtocol") == 1;
	bool face = hex_of(folder, interface, "bInterfaceClass") == 0xE0 &&
		hex_of(folder, interface, "bInterfaceProtocol") == 1;
	if (!device && !face)
		return;
	struct usb_adapter *u = &m->usb[m->usb_count++];
	*u = (struct usb_adapter){ .vendor = hex_of(folder, name, "idVendor"), .product = hex_of(folder, name, "idProduct") };
	snprintf(path, sizeof path, "%s/%s/product", folder, name);
	(void)line_of(path, u->name, sizeof u->name);
	at(u->node, "/dev/bus/usb/%03u/%03u", number_of(folder, name, "busnum"), number_of(folder, name, "devnum"));
	u->usable = access(u->node, R_OK | W_OK) == 0;
}

static void look_at_lines(struct machine *m)
{
	m->line_count = ble_posix_serial_lines(m->lines, MOST_LINES);
	for (int i = 0; i < m->line_count; i++) {
		struct stat st;
		const struct group *group;
		m->line_usable[i] = access(m->lines[i].path, R_OK | W_OK) == 0;
		group = !m->line_usable[i] && stat(m->lines[i].path, &st) == 0 ? getgrgid(st.st_gid) : NULL;
		snprintf(m->line_group[i], sizeof m->line_group[i], "%s", group ? group->gr_name : "dialout");
	}
}

/* Beside this program, else as GLINT_AIR says: as the driver looks for it. */
static void look_for_air(struct machine *m)
{
	const char *named = getenv("GLINT_AIR");
	ssize_t n = readlink("/proc/self/exe", m->air, sizeof m->air - 16);
	if (n > 0) {
		m->air[n] = '\0';
		strcpy(strrchr(m->air, '/') + 1, "glint-air");
	}
	if (n > 0 && access(m->air, X_OK) == 0)
		return;
	snprintf(m->air, sizeof m->air, "%s", named ? named : "");
	if (access(m->air, X_OK) != 0)
		m->air[0] = '\0';
}

void doctor_look(struct machine *m)
{
	char path[DOCTOR_PATH];
	*m = (struct machine){ 0 };
	m->has_bluetooth = access(at(path, "/sys/class/bluetooth"), F_OK) == 0;
	m->has_right = has_net_admin();
	each(at(path, "/sys/class/bluetooth"), look_at_adapter, m);
	each(at(path, "/sys/class/rfkill"), look_at_switch, m);
	each(at(path, "/proc"), look_at_process, m);
	each(at(path, "/sys/bus/usb/devices"), look_at_usb, m);
	look_at_lines(m);
	look_for_air(m);
}
