/*
 * glint doctor from inside: cmd_doctor.c writes the page, doctor_look.c looks at the machine. What is looked at lies below
 * GLINT_ROOT, "" but for tests: /sys, /proc, /dev.
 */
#ifndef TOOLS_GLINT_DOCTOR_H
#define TOOLS_GLINT_DOCTOR_H

#include "glint.h"

enum { MOST_ADAPTERS = 16, MOST_LINES = 32, MOST_USB = 16, DOCTOR_PATH = 512 };

struct adapter {
	unsigned index;
	char bus[16]; /* "usb", "serial"; "": not told */
	bool blocked_soft, blocked_hard;
};

struct usb_adapter {
	uint16_t vendor, product;
	char name[64], node[DOCTOR_PATH]; /* /dev/bus/usb/001/002 */
	bool usable;                      /* by this user */
};

struct machine {
	bool has_bluetooth; /* the kernel has it, at the moment */
	bool has_right;     /* CAP_NET_ADMIN */
	int bluetoothd;     /* its process, 0: it does not run */
	struct adapter adapters[MOST_ADAPTERS];
	unsigned adapter_count;
	struct ble_serial_line lines[MOST_LINES];
	bool line_usable[MOST_LINES];
	char line_group[MOST_LINES][32]; /* whose it is, where it is not usable */
	int line_count;
	struct usb_adapter usb[MOST_USB];
	unsigned usb_count;
	bool has_libusb;   /* built in, and there */
	char air[DOCTOR_PATH]; /* glint-air; "": not found */
};

void doctor_look(struct machine *m);

#endif
