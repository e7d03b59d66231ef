/*
 * What `glint scan` has heard: devices and what they say (scan_devices.c), shown as lines
 * (cmd_scan.c) or as a table that is kept up to date (scan_table.c).
 */
#ifndef TOOLS_GLINT_SCAN_H
#define TOOLS_GLINT_SCAN_H

#include "glint.h"

enum { MOST_DEVICES = 512, MOST_DEVICE_SERVICES = 8, NAME_OCTETS = 96, PACKET = 31 };

struct packet {
	uint8_t len, data[PACKET];
};

struct device {
	struct ble_addr addr;
	int8_t rssi_dbm;                              /* the last one; RSSI_UNKNOWN */
	bool shown, connectable, scannable, answered; /* answered: its scan response was heard */
	uint64_t first_us, last_us;
	unsigned reports;
	char name[NAME_OCTETS];
	unsigned service_count;
	struct uuid services[MOST_DEVICE_SERVICES];
	struct packet adv, scan_rsp;
};

enum order { ORDER_SEEN, ORDER_NAME, ORDER_ADDRESS, ORDER_RSSI, ORDER_AGE };

struct filter {
	const char *name; /* NULL: any */
	bool by_service;
	struct uuid service;
	int rssi_dbm; /* the least */
};

struct scan {
	struct filter filter;
	enum order order;
	bool active;
	unsigned count, lost;
	unsigned long reports;
	uint64_t began_us;
	bool over; /* nothing is heard any more */
	struct device devices[MOST_DEVICES];
};

/* scan_devices.c */
struct device *scan_hear(struct scan *s, const struct ble_event *report); /* NULL: no room */
bool scan_wants(const struct scan *s, const struct device *d);            /* passes the filter */
/* Fills list with the devices that pass, in order; how many. */
unsigned scan_sorted(const struct scan *s, const struct device *list[MOST_DEVICES]);
/* False: it is no UUID, and no service has this name or the beginning of it alone. */
bool scan_service_read(struct uuid *uuid, const char *text);
/* Services by name, then what else its packets say. */
void scan_device_text(struct text *t, const struct device *d);

/* scan_table.c */
bool table_possible(void); /* stdout is a terminal that can do more than print */
void table_begin(void);
void table_draw(const struct scan *s, uint64_t now_us);
void table_apart(void); /* something else has been written: the next drawing comes below it */
void table_end(void);

#endif
