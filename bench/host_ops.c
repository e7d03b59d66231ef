/*
 * The host's cost of one operation, for a counter of instructions: `host_ops NAME` brings a host up over a controller
 * that lives in memory, connects, warms up ten rounds and then does a hundred, of which bench/run counts what happens
 * inside measured_round(). That begins with a whole HCI packet in flat memory and ends when the host is idle again; time
 * stands still. `host_ops` alone lists the names. The databases are those of the comparison: small has 22 handles, large
 * 260; `host_ops NAME standard` puts the services that the host brings by itself in front of the small one. `host_ops
 * NAME stack` says how deep the stack of a round was.
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

enum { ROUNDS = 100, NOW_US = 1000000 };

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
	static struct ble_event ev;
	ble_host_run(host, NOW_US);
	while (ble_host_poll(host, &ev)) {
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

/* ---- operations: `before` lays the packet ready, `measured` has the host work it off, `after` is not counted ---- */

static uint16_t plain_value, noted_value, level_value, last_handle;
static size_t octets = 20;

static void att(const uint8_t *pdu, size_t len)
{
	memory_ctlr_acl(&ctlr, pdu, len);
}

static void read_handle(uint16_t handle)
{
	att((uint8_t[]){ 0x0A, (uint8_t)handle, (uint8_t)(handle >> 8) }, 3);
}

static void lay_read(void) { read_handle(plain_value); }
static void lay_read_last(void) { read_handle(last_handle); }
static void lay_bad_handle(void) { read_handle(0x7FFF); }

static void write_value(uint8_t opcode)
{
	uint8_t pdu[3 + 244] = { opcode, (uint8_t)plain_value };
	att(pdu, 3 + octets);
}

static void lay_write(void) { write_value(0x12); }
static void lay_write_command(void) { write_value(0x52); }

static void lay_completed(void)
{
	memory_ctlr_event(&ctlr, (uint8_t[]){ 0x13, 5, 1, 0x40, 0, 1, 0 }, 7);
}

static void lay_report(void)
{
	uint8_t event[2 + 43] = { 0x3E, 43, 2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 31 };
	memory_ctlr_event(&ctlr, event, sizeof event);
}

/* Gives the credit of the packet that was sent back. */
static void credit(void)
{
	lay_completed();
	idle();
}

static void notify_value(uint16_t handle)
{
	need(ble_server_notify(host, peer, handle, large_value, octets) == 0, "the notification was refused");
	ble_host_run(host, NOW_US);
}

static void notify(void) { notify_value(noted_value); }

/* Two characteristics by turns, so that no handle is the last one. */
static void notify_in_turn(void)
{
	static bool odd;
	odd = !odd;
	notify_value(odd ? level_value : noted_value);
}

static void spend_and_lay_completed(void)
{
	notify();
	lay_completed();
}

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* One discovery procedure to its end: each request starts behind what the last response told. */
static void walk(uint8_t opcode, uint16_t type)
{
	for (uint16_t start = 1;;) {
		uint8_t pdu[7] = { opcode, (uint8_t)start, (uint8_t)(start >> 8), 0xff, 0xff, (uint8_t)type, (uint8_t)(type >> 8) };
		att(pdu, type ? 7 : 5);
		idle();
		const uint8_t *rsp = ctlr.last + 9;
		if (rsp[0] == 0x01)
			return;
		size_t entry = opcode == 0x04 ? (rsp[1] == 1 ? 4 : 18) : rsp[1];
		const uint8_t *end = ctlr.last + ctlr.last_len - entry;
		uint16_t last = le16(opcode == 0x10 ? end + 2 : end);
		need(rsp[0] == opcode + 1 && last >= start, "the discovery does not go on");
		if (last == 0xffff)
			return;
		start = (uint16_t)(last + 1);
	}
}

/* Services, characteristics, descriptors. */
static void discover(void)
{
	walk(0x10, 0x2800);
	walk(0x08, 0x2803);
	walk(0x04, 0);
}

static void nothing(void) { }

static const struct op {
	const char *name;
	void (*before)(void), (*measured)(void), (*after)(void);
	uint16_t octets;
	bool large_database;
	uint8_t packets, reports; /* what a round must give; packets 0: not said */
} ops[] = {
	{ "read", lay_read, idle, credit, 20, false, 1, 0 },
	{ "read-last-of-260", lay_read_last, idle, credit, 20, true, 1, 0 },
	{ "bad-handle", lay_bad_handle, idle, credit, 20, false, 1, 0 },
	{ "write", lay_write, idle, credit, 20, false, 1, 0 },
	{ "write-command", lay_write_command, idle, nothing, 20, false, 0, 0 },
	{ "write-command-244", lay_write_command, idle, nothing, 244, false, 0, 0 },
	{ "notify", nothing, notify, credit, 20, false, 1, 0 },
	{ "notify-in-turn", nothing, notify_in_turn, credit, 20, false, 1, 0 },
	{ "notify-244", nothing, notify, credit, 244, false, 1, 0 },
	{ "completed", spend_and_lay_completed, idle, nothing, 20, false, 1, 0 },
	{ "report", lay_report, idle, nothing, 20, false, 0, 1 },
	{ "discovery", nothing, discover, nothing, 20, true, 0, 0 },
};

/* QEMU's log is counted between its first instruction and its last, so there it must not end in a jump. */
__attribute__((noinline)) void measured_round(const struct op *op);
__attribute__((noinline)) void measured_round(const struct op *op)
{
	op->measured();
#ifdef __arm__
	__asm__ volatile("" ::: "memory");
#endif
}

/*
 * The deepest stack of a round: below measured_round()'s frame a stretch is painted, and looked through afterwards. Both
 * functions have the same frame, so the stretch lies where the round's frames come to lie.
 */
enum { STRETCH = 2048, PAINT = 0xA5 };

__attribute__((noinline)) static size_t stretch(bool paint)
{
	volatile uint8_t octets_below[STRETCH];
	size_t untouched = 0;
	__asm__ volatile("" : "=m"(octets_below)); /* what is there is there */
	if (paint)
		for (size_t i = 0; i < STRETCH; i++)
			octets_below[i] = PAINT;
	else
		while (untouched < STRETCH && octets_below[untouched] == PAINT)
			untouched++;
	return STRETCH - untouched;
}

/* Those of the comparison, or with the services that the host brings by itself in front of them. */
static void add_small(bool standard)
{
	uint16_t handle = 0;
	for (size_t i = standard; i < 4; i++)
		need(ble_server_add(host, &small[i], &handle) == 0, "a service was refused");
	plain_value = ble_server_handle(host, &plain);
	noted_value = ble_server_handle(host, &noted);
	level_value = ble_server_handle(host, &level);
	need(standard || noted_value + 1 == 22, "the small database has not 22 handles");
}

static void add_large(void)
{
	uint16_t handle = 0;
	for (size_t i = 0; i < 20; i++) {
		large[i] = (struct ble_service){ .uuid = (uint16_t)(0x1820 + i), .characteristics = all_five };
		need(ble_server_add(host, &large[i], &handle) == 0, "a service was refused");
	}
	last_handle = (uint16_t)(handle + 12);
	need(last_handle == 260, "the large database has not 260 handles");
}

static void subscribe(uint16_t value)
{
	att((uint8_t[]){ 0x12, (uint8_t)(value + 1), 0, 1, 0 }, 5);
	idle();
	credit();
}

static void set_up(const struct op *op, bool standard)
{
	memory_ctlr_init(&ctlr, op->measured == discover);
	static const struct ble_platform platform = { .random = random_octets };
	const struct ble_host_config config = { .transport = &ctlr.transport, .platform = &platform,
		.parts = standard ? BLE_PARTS(&ble_peripheral, &ble_server, &ble_observer) :
				    BLE_PARTS(&ble_peripheral, &ble_bare_server, &ble_observer), .services = 20, .subscriptions = 48 };
	need(ble_host_memory(&config) <= sizeof arena, "the arena is too small");
	need(ble_host_init(&host, arena, sizeof arena, &config, NULL) == 0, "no host");
	if (op->large_database)
		add_large();
	else
		add_small(standard);
	need(ble_host_start(host) == 0, "no start");
	if (op->reports)
		need(ble_scan_start(host, NULL) == 0, "no scan");
	for (int i = 0; i < 100; i++)
		idle();
	memory_ctlr_connect(&ctlr);
	idle();
	need(peer != 0, "no connection");
	att((uint8_t[]){ 0x02, 247, 0 }, 3);
	idle();
	credit();
	if (!op->large_database) {
		subscribe(noted_value);
		subscribe(level_value);
	}
}

static void rounds(const struct op *op, int n, void (*run)(const struct op *))
{
	for (int i = 0; i < n; i++) {
		op->before();
		run(op);
		op->after();
	}
}

static void warm_up(const struct op *op)
{
	op->measured();
}

/* Counted from the call, so without the frame of who delivers the packet. */
static int stack(const struct op *op)
{
	op->before();
	(void)stretch(true);
	op->measured();
	printf("%u octets of stack\n", (unsigned)stretch(false));
	return 0;
}

static int bench(const struct op *op, bool standard)
{
	octets = op->octets;
	set_up(op, standard);
	rounds(op, 10, warm_up);
	uint32_t sent = ctlr.sent, seen = reports;
	rounds(op, ROUNDS, measured_round);
	need(op->measured == discover || ctlr.sent - sent == (uint32_t)ROUNDS * op->packets, "not every round sent its packet");
	need(reports - seen == (uint32_t)ROUNDS * op->reports, "not every round gave its report");
	return 0;
}

int main(int argc, char **argv)
{
	for (const struct op *op = ops; op < ops + sizeof ops / sizeof *ops; op++) {
		if (argc < 2)
			puts(op->name);
		else if (!strcmp(argv[1], op->name))
			return bench(op, argc > 2 && !strcmp(argv[2], "standard")) || (argc > 2 && !strcmp(argv[2], "stack") && stack(op));
	}
	return argc < 2 ? 0 : 2;
}
