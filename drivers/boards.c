/*
 * The serial lines on USB, from sysfs, and which boards they may be: what nrf52: and esp32: choose from, and what
 * `glint doctor` shows; and whose adapters on USB want firmware. Nothing is opened here. Numbers of vendors are the
 * USB-IF's; a chip that turns USB into serial is on many boards, so a number is a guess that the driver makes sure of.
 */
#define _GNU_SOURCE
#include <ble/posix.h>

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANY = 0, LEVELS = 5 }; /* from a line's folder up to its USB device's */

struct board {
	uint16_t vendor, product;
	const char *scheme, *what;
};

static const struct board boards[] = {
	{ 0x1366, ANY, "nrf52", "J-Link of a Nordic development kit" },
	{ 0x1915, 0x521F, "nrf52", "bootloader of an nRF52840 dongle, which waits for firmware" },
	{ 0x1915, ANY, "nrf52", "Nordic Semiconductor" },
	{ 0x2FE3, ANY, "nrf52", "Zephyr" },
	{ 0x0D28, 0x0204, "nrf52", "DAPLink, as on the micro:bit" },
	{ 0x303A, ANY, "esp32", "Espressif" },
	{ 0x10C4, 0xEA60, "esp32", "CP210x, as on many ESP32 boards" },
	{ 0x1A86, 0x7523, "esp32", "CH340, as on many ESP32 boards" },
	{ 0x1A86, 0x55D4, "esp32", "CH9102, as on many ESP32 boards" },
	{ 0x0403, ANY, "esp32", "FTDI, as on some ESP32 boards" },
};

static const char *root(void)
{
	const char *of_test = getenv("GLINT_ROOT");
	return of_test ? of_test : "";
}

/* The first line of a file; "" where there is none. */
static void read_line(const char *folder, const char *name, char *dst, size_t size)
{
	char path[PATH_MAX + 32];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	*dst = '\0';
	FILE *f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(dst, (int)size, f))
		dst[strcspn(dst, "\n")] = '\0';
	else
		*dst = '\0';
	fclose(f);
}

/* Goes up from a line's device to the USB device that it belongs to. False: it is none of USB. */
static bool find_usb(char *folder)
{
	for (int i = 0; i < LEVELS; i++) {
		char id[8];
		read_line(folder, "idVendor", id, sizeof id);
		if (*id)
			return true;
		char *slash = strrchr(folder, '/');
		if (!slash || slash == folder)
			return false;
		*slash = '\0';
	}
	return false;
}

static void guess(struct ble_serial_line *line)
{
	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		const struct board *b = &boards[i];
		if (b->vendor == line->vendor && (b->product == ANY || b->product == line->product)) {
			line->scheme = b->scheme;
			line->what = b->what;
			return;
		}
	}
}

static bool read_usb(struct ble_serial_line *line, const char *name)
{
	char link[PATH_MAX], folder[PATH_MAX], id[8];
	snprintf(link, sizeof link, "%s/sys/class/tty/%s/device", root(), name);
	if (!realpath(link, folder) || !find_usb(folder))
		return false;
	read_line(folder, "idVendor", id, sizeof id);
	line->vendor = (uint16_t)strtoul(id, NULL, 16);
	read_line(folder, "idProduct", id, sizeof id);
	line->product = (uint16_t)strtoul(id, NULL, 16);
	read_line(folder, "product", line->name, sizeof line->name);
	read_line(folder, "serial", line->serial, sizeof line->serial);
	int n = snprintf(line->path, sizeof line->path, "%s/dev/%s", root(), name);
	guess(line);
	return n > 0 && (size_t)n < sizeof line->path;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct ble_serial_line *)a)->path, ((const struct ble_serial_line *)b)->path);
}

bool ble_posix_usb_wants_firmware(uint16_t vendor)
{
	return vendor == 0x8087 || vendor == 0x0BDA || vendor == 0x0E8D || vendor == 0x0CF3; /* Intel, Realtek, MediaTek, Atheros */
}

int ble_posix_serial_lines(struct ble_serial_line *lines, int most)
{
	char folder[PATH_MAX];
	int count = 0;
	snprintf(folder, sizeof folder, "%s/sys/class/tty", root());
	DIR *d = opendir(folder);
	if (!d)
		return 0;
	for (const struct dirent *entry; count < most && (entry = readdir(d));) {
		lines[count] = (struct ble_serial_line){ 0 };
		if (entry->d_name[0] != '.' && read_usb(&lines[count], entry->d_name))
			count++;
	}
	closedir(d);
	qsort(lines, (size_t)count, sizeof *lines, by_path);
	return count;
}
