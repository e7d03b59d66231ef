/*
 * A host of a few arrays in the place of the real one: it writes down what the module asks for, and gives the events
 * that a test has put down. One at a time.
 */
#ifndef TESTS_MODULE_FAKE_HOST_H
#define TESTS_MODULE_FAKE_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/ble.h>

enum { FAKE_EVENTS = 16, FAKE_CONNS = 3, FAKE_SERVICES = 4, FAKE_PARTS = 5 };

struct fake {
	struct ble_host_config config;
	struct ble_fault fault;
	uint64_t now_us, due_us;
	struct ble_event events[FAKE_EVENTS];
	unsigned event_count, event_at;
	const struct ble_part *parts[FAKE_PARTS];
	unsigned part_count;
	bool started;
	bool has_all; /* ble_accept and ble_levels are attached */
	bool power_unknown; /* else it is -4 dBm */
	const struct ble_addr *accept;
	size_t accept_count;
	ble_conn_id rssi; /* asked for */
	/* advertising */
	struct ble_adv_params adv;
	uint8_t adv_data[31], scan_rsp[31];
	size_t adv_len, scan_rsp_len;
	unsigned adv_sets, adv_datas, adv_starts, adv_stops;
	uint8_t adv_only;
	/* scanning */
	struct ble_scan_params scan;
	unsigned scan_starts, scan_stops;
	bool scan_only;
	/* server */
	const struct ble_service *services[FAKE_SERVICES];
	unsigned server_adds;
	int add_err;
	struct ble_gap_info gap;
	int notify_err[FAKE_CONNS]; /* by connection; 0: accepted */
	unsigned notified[FAKE_CONNS];
	uint8_t value[512];
	size_t value_len;
	uint32_t replied, deferred, answered; /* answered: not 0, the token that cannot be answered again */
	int reply_err, reply_result;
	uint8_t reply[512];
	size_t reply_len;
	/* connections: ids 1 .. conn_count in slots 0 .. */
	unsigned conn_count, disconnects, updates;
	bool held;
	struct ble_conn_info info;
	struct ble_conn_params update;
	int update_err;
	/* security */
	struct ble_pairing_params pairing;
	uint8_t reach; /* the highest level that ble_pairing_set() takes */
	unsigned pairing_sets;
	struct ble_security_info security; /* of every connection */
	ble_conn_id asked; /* who waits for an answer */
	uint32_t entered;  /* the last answer */
	uint8_t reason;    /* of the last disconnection */
	struct ble_bond bonds[2];
	unsigned bond_count;
};

extern struct fake fake;

/* A device over a fresh fake, started; options NULL: the defaults. */
struct ble *fake_device(const struct ble_options *options);
/* The event comes with the next ble_process(). */
void fake_event(const struct ble_event *ev);
/* ble_explain() as a string that lives until the next call. */
const char *fake_why(const struct ble *ble);

#endif
