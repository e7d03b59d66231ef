/*
 * The host's cost of one operation, for a counter of instructions: `host_ops NAME` brings a host up over a controller
 * that lives in memory, connects, warms up ten rounds and then does a hundred in rounds(), which bench/run has callgrind
 * count. A round begins with a whole HCI packet in flat memory and ends when the host is idle again; time stands still.
 * `host_ops` alone lists the names. The databases are those of the comparison: small has 22 handles, large 260.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ble/adv.h>
#include <ble/conn.h>
#include <ble/scan.h>
#include <ble/server.h>

#include "kit/memory_ctlr.h"

static const uint8_t base[16] = { 0xfb, 0x34, 0x9b, 0x5f, 0x80, 0, 0, 0x80, 0, 0x10, 0, 0, 0, 0, 0, 0 };
static uint8_t twenty[20] = "twenty octets here..";
static char text[] = "Glint";

/* A value with a length: constant for the server. */
#define VALUE(u, p, v) { .uuid = (u), .permission = (p), .size = sizeof(v), .length = sizeof(v), .value = (v) }

static const struct ble_characteristic name = VALUE(0x2A00, BLE_READ, text), appearance = VALUE(0x2A01, BLE_READ, twenty),
	maker = VALUE(0x2A29, BLE_READ, text), model = VALUE(0x2A24, BLE_READ, text), serial = VALUE(0x2A25, BLE_READ, text),
	level = VALUE(0x2A19, BLE_READ | BLE_NOTIFY, twenty);
static uint8_t large_value[244];
static const struct ble_characteristic plain = { .uuid = 1, .base_uuid = base, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO,
	.size = sizeof large_value, .length = 20, .value = large_value };
static const struct ble_characteristic noted = { .uuid = 2, .base_uuid = base, .permission = BLE_NOTIFY, .size = 244,
	.length = 20, .value = twenty };
static const struct ble_service small[] = {
	{ .uuid = 0x1800, .characteristics = BLE_LIST(&name, &appearance) },
	{ .uuid = 0x180A, .characteristics = BLE_LIST(&maker, &model, &serial) },
	{ .uuid = 0x180F, .characteristics = BLE_LIST(&level) },
	{ .uuid = 3, .base_uuid = base, .characteristics = BLE_LIST(&plain, &noted) },
};

static const struct ble_characteristic five[] = { VALUE(0x2A6E, BLE_READ, twenty), VALUE(0x2A6F, BLE_READ | BLE_NOTIFY, twenty),
	VALUE(0x2A70, BLE_READ, twenty), VALUE(0x2A71, BLE_READ | BLE_NOTIFY, twenty), VALUE(0x2A72, BLE_READ, twenty) };
static const struct ble_characteristic *const all_five[] = { &five[0], &five[1], &five[2], &five[3], &five[4], NULL };
static struct ble_service large[20];

enum { PLAIN_VALUE = 19, NOTED_VALUE = 21, NOTED_CCCD = 22, SMALL_HANDLES = 22, LARGE_HANDLES = 260 };

static struct memory_ctlr ctlr;
static struct ble_host *host;
static ble_conn_id peer;
static _Alignas(16) uint8_t arena[64 * 1024];
static uint32_t reports;

static void random_octets(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	memset(dst, 0x5a, len);
}

static void idle(void)
{
	ble_host_run(host, 1000000);
	for (struct ble_event ev; ble_host_poll(host, &ev);) {
		if (ev.type == BLE_EV_CONNECTED)
			peer = ev.conn;
		reports += ev.type == BLE_EV_REPORT;
	}
}

static void need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "host_ops: %s\n", what);
	exit(1);
}

/* ---- operations ---- */

static uint16_t last_handle;
static size_t notify_len = 20, write_len = 20;

static void att(const uint8_t *pdu, size_t len)
{
	memory_ctlr_acl(&ctlr, pdu, len);
	idle();
}

static void read_handle(uint16_t handle)
{
	att((uint8_t[]){ 0x0A, (uint8_t)handle, (uint8_t)(handle >> 8) }, 3);
}

static void op_read(void) { read_handle(PLAIN_VALUE); }
static void op_read_last(void) { read_handle(last_handle); }
static void op_bad_handle(void) { read_handle(0x7FFF); }

static void write_value(uint8_t opcode)
{
	uint8_t pdu[3 + 244] = { opcode, PLAIN_VALUE };
	att(pdu, 3 + write_len);
}

static void op_write(void) { write_value(0x12); }
static void op_write_command(void) { write_value(0x52); }

static void op_notify(void)
{
	need(ble_server_notify(host, peer, NOTED_VALUE, large_value, notify_len) == 0, "the notification was refused");
	ble_host_run(host, 1000000);
}

static void op_completed(void)
{
	memory_ctlr_event(&ctlr, (uint8_t[]){ 0x13, 5, 1, 0x40, 0, 1, 0 }, 7);
	idle();
}

static void op_report(void)
{
	uint8_t event[2 + 43] = { 0x3E, 43, 2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 31 };
	memory_ctlr_event(&ctlr, event, sizeof event);
	idle();
}

/* Read By Group Type, then Read By Type (characteristics), then Find Information, all to the end. */
static void walk(uint8_t opcode, uint16_t type)
{
	uint16_t start = 1;
	for (;;) {
		uint8_t pdu[7] = { opcode, (uint8_t)start, (uint8_t)(start >> 8), 0xff, 0xff, (uint8_t)type, (uint8_t)(type >> 8) };
		att(pdu, type ? 7 : 5);
		const uint8_t *rsp = ctlr.last + 9;
		size_t len = ctlr.last_len - 9;
		if (rsp[0] == 0x01)
			return;
		const uint8_t *entry = rsp + len - (opcode == 0x04 ? (rsp[1] == 1 ? 4 : 18) : rsp[1]);
		if (opcode == 0x10)
			entry += 2;
		uint16_t last = (uint16_t)(entry[0] | entry[1] << 8);
		if (last == 0xffff)
			return;
		start = (uint16_t)(last + 1);
	}
}

static void op_discovery(void)
{
	walk(0x10, 0x2800);
	walk(0x08, 0x2803);
	walk(0x04, 0);
}

/* After each notification a completed packet outside the count gives the credit back. */
static void credit(void)
{
	memory_ctlr_event(&ctlr, (uint8_t[]){ 0x13, 5, 1, 0x40, 0, 1, 0 }, 7);
	idle();
}

static void spend(void) { op_notify(); }
static void nothing(void) { }

static const struct op {
	const char *name;
	void (*before)(void), (*measured)(void), (*after)(void);
	bool large_database;
	uint16_t octets;
} ops[] = {
	{ "read", nothing, op_read, credit, false, 20 },
	{ "read-last-of-260", nothing, op_read_last, credit, true, 20 },
	{ "bad-handle", nothing, op_bad_handle, credit, false, 20 },
	{ "write", nothing, op_write, credit, false, 20 },
	{ "write-command", nothing, op_write_command, nothing, false, 20 },
	{ "write-command-244", nothing, op_write_command, nothing, false, 244 },
	{ "notify", nothing, op_notify, credit, false, 20 },
	{ "notify-244", nothing, op_notify, credit, false, 244 },
	{ "completed", spend, op_completed, nothing, false, 20 },
	{ "report", nothing, op_report, nothing, false, 20 },
	{ "discovery", nothing, op_discovery, nothing, true, 20 },
};

__attribute__((noinline)) void measured_round(const struct op *op);
__attribute__((noinline)) void measured_round(const struct op *op)
{
	op->measured();
}

static void set_up(const struct op *op)
{
	memory_ctlr_init(&ctlr, op->measured == op_discovery);
	static const struct ble_platform platform = { .random = random_octets };
	const struct ble_host_config config = { .transport = &ctlr.transport, .platform = &platform, .bare_database = true,
		.parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_observer), .services = 20, .subscribable = 48 };
	need(ble_host_memory(&config) <= sizeof arena, "the arena is too small");
	need(ble_host_init(&host, arena, sizeof arena, &config, NULL) == 0, "no host");
	uint16_t handle = 0;
	if (op->large_database) {
		for (size_t i = 0; i < 20; i++) {
			large[i] = (struct ble_service){ .uuid = (uint16_t)(0x1820 + i), .characteristics = all_five };
			need(ble_server_add(host, &large[i], &handle) == 0, "a service was refused");
		}
		last_handle = (uint16_t)(handle + 12);
		need(last_handle == LARGE_HANDLES, "the large database has not 260 handles");
	} else {
		for (size_t i = 0; i < 4; i++)
			need(ble_server_add(host, &small[i], &handle) == 0, "a service was refused");
		need(ble_server_handle(host, &noted) == NOTED_VALUE, "the small database has not 22 handles");
	}
	need(ble_host_start(host) == 0, "no start");
	for (int i = 0; i < 100; i++)
		idle();
	memory_ctlr_connect(&ctlr);
	idle();
	need(peer != 0, "no connection");
	att((uint8_t[]){ 0x02, 247, 0 }, 3);
	credit();
	if (!op->large_database) {
		att((uint8_t[]){ 0x12, NOTED_CCCD, 0, 1, 0 }, 5);
		credit();
	}
}

int main(int argc, char **argv)
{
	for (const struct op *op = ops; op < ops + sizeof ops / sizeof *ops; op++) {
		if (argc < 2) {
			puts(op->name);
			continue;
		}
		if (strcmp(argv[1], op->name))
			continue;
		write_len = notify_len = op->octets;
		set_up(op);
		for (int i = 0; i < 10; i++) { /* warm up */
			op->before();
			op->measured();
			op->after();
		}
		uint32_t sent = ctlr.sent, seen = reports;
		for (int i = 0; i < 100; i++) {
			op->before();
			measured_round(op);
			op->after();
		}
		printf("%s: %u packets out, %u reports\n", op->name, ctlr.sent - sent, reports - seen);
		return 0;
	}
	return argc < 2 ? 0 : 2;
}
