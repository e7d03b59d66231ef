/*
 * The kit of the conformance cases: an implementation under test (a host, or the module on top of one) and a lower
 * tester (lower.h) in a world. A case is a cmocka test whose name is the id of the test specification's case; what is
 * sent and expected is written as octets, in the notation of the exchanges:
 *
 *	ATT(k, "T 0A 03 00", "I 0B 01 02 03 04");    the tester sends, the implementation answers
 *	ATT(k, "T 52 03 00 05", "I -");              nothing is said for two seconds
 *
 * `@` is the handle k->at that the case has found, `^` the one behind it: of a value, its CCCD.
 * In what is expected `..` stands for any octet, and `*` at the end for any rest. Every expectation fails the case by
 * itself. After a case nothing may be left over: packets, timers, events, or frames that it did not expect.
 */
#ifndef TESTS_CONFORMANCE_KIT_H
#define TESTS_CONFORMANCE_KIT_H

#include <ble/adv.h>
#include <ble/ble.h>
#include <ble/client.h>
#include <ble/conn.h>
#include <ble/scan.h>
#include <ble/server.h>

#include "lower.h"

enum { KIT_SIG = 5, KIT_ATT = 4 };

struct kit {
	struct ble_world *world;
	struct lt lt, second; /* kit_second(): a second tester */
	struct lt *tester;    /* which of the two connects, sends and receives */
	struct ble_node *node;
	/* one of the two; host is there in either case */
	struct ble_host *host;
	struct ble *ble;
	void *memory;
	/* what came up; its pointers lead to data */
	unsigned count[BLE_EV_COUNT];
	struct ble_event last[BLE_EV_COUNT];
	uint8_t data[600];
	ble_conn_id conn;
	/* the program's part: every event, before it is counted. May call verbs. */
	void (*program)(struct kit *k, const struct ble_event *ev);
	const void *row;  /* of a ROW */
	uint16_t at;      /* a handle, for `@` and `^` */
	/* what the leak check lets pass */
	bool malformed, violations;
	/* packets of ours on the air, by the PDU type of the advertising channels */
	unsigned aired[16];
};

/* For CMUnitTest: a world with the lower tester in it, and the end of that. */
int kit_setup(void **state);
int kit_teardown(void **state);
#define CASE(id, fn) { id, fn, kit_setup, kit_teardown, NULL }
/* Cases that differ only in octets: fn finds its row in k->row. */
#define ROW(id, fn, row) { id, fn, kit_setup, kit_teardown, (void *)(uintptr_t)(row) }

/* The implementation under test. NULL: the defaults. parts and such are filled in. The host is ready afterwards. */
#define KIT_PARTS(server) \
	BLE_PARTS(&ble_peripheral, &server, &ble_observer, &ble_central, &ble_client, &ble_prepared, &ble_multiple, \
		&ble_caching, &ble_descriptors)
void kit_host(struct kit *k, const struct ble_host_config *config);
/* The module, before its start; ut_start() brings it up. */
void kit_module(struct kit *k, const struct ble_options *options);

/* From now on a second tester connects and speaks; k->tester = &k->lt goes back. */
void kit_second(struct kit *k);

/* Upper tester. */
void ut_start(struct kit *k);
struct ble_addr ut_address(struct kit *k);
/* Runs until the event comes up once more than now, and returns it. */
const struct ble_event *ut_expect(struct kit *k, uint8_t type, uint32_t within_ms);
/* Connectable advertising, and the lower tester connects: the implementation is the peripheral. */
void ut_peripheral(struct kit *k);
/* The lower tester advertises, the implementation connects. */
void ut_central(struct kit *k);

void kit_run(struct kit *k, uint32_t ms);
/* Lets the host or module run now: after verbs. */
void kit_wake(struct kit *k);
void kit_pdus(struct kit *k, uint16_t cid, const char *const *lines, const char *file, int line);
#define PDUS(k, cid, ...) kit_pdus(k, cid, (const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)
#define ATT(k, ...) PDUS(k, KIT_ATT, __VA_ARGS__)
#define SIG(k, ...) PDUS(k, KIT_SIG, __VA_ARGS__)

/*
 * The value handle of a characteristic of 16-bit UUID, as a client finds it: by its declaration, Vol 3 Part G 4.6.1.
 * Fails the case unless there is exactly one. properties, if not NULL, gets the declaration's.
 */
uint16_t kit_find(struct kit *k, uint16_t uuid, uint8_t *properties);

/* Octets from text, "02 01 06"; returns how many. */
size_t kit_octets(const char *text, uint8_t *out, size_t cap);
/* Advertising data or any other octets against such a text. */
void kit_equal(const uint8_t *octets, size_t len, const char *text, const char *file, int line);
#define EQUAL(octets, len, text) kit_equal(octets, len, text, __FILE__, __LINE__)

#endif
