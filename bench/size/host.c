/*
 * The host alone, as bench.md's comparison weighs it: peripheral and GATT server without pairing, one connection, MTU 247,
 * ACL 251, 16 attributes (GAP, Device Information with three strings, Battery), and three buffers: one to receive, which
 * is the driver's, one to transmit, one to put a PDU together. It is linked to be weighed (scripts/size.py).
 */
#include <stddef.h>

#include <ble/adv.h>
#include <ble/conn.h>
#include <ble/scan.h>
#include <ble/server.h>

/* host_observer.c, host_connections.c, host_pairing.c, host_whole.c: the same with more. */
#ifndef SERVER
#define SERVER ble_lean_server
#define START ble_host_start_once
#endif
#ifndef MORE_PARTS
#define MORE_PARTS
#define MORE_MEMORY 0
#define CONNECTIONS 1
#endif

/* What memory_needed() says; scripts/size.py runs it and compares. */
_Alignas(uint64_t) uint8_t memory[1336 + MORE_MEMORY];
uint8_t receive_buffer[BLE_H4_MAX];

#define STRING(id, text)                                                                                              \
	{                                                                                                             \
		.uuid = (id), .permission = BLE_READ, .size = sizeof(text) - 1, .length = sizeof(text) - 1,           \
		.value = (void *)(uintptr_t)(text),                                                                   \
	}
static uint8_t level_value = 100;
static const struct ble_characteristic name = STRING(0x2A00, "Glint"), appearance = STRING(0x2A01, "\0"),
	maker = STRING(0x2A29, "Glint"), model = STRING(0x2A24, "Battery"), firmware = STRING(0x2A26, "1.0"),
	level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .length = 1, .value = &level_value };
static const struct ble_service services[] = {
	{ .uuid = 0x1800, .characteristics = BLE_LIST(&name, &appearance) },
	{ .uuid = 0x180A, .characteristics = BLE_LIST(&maker, &model, &firmware) },
	{ .uuid = 0x180F, .characteristics = BLE_LIST(&level) },
};

static int board_open(void *ctx, struct ble_fault *fault)
{
	(void)ctx, (void)fault;
	return 0;
}

static void board_write(void *ctx, struct ble_tx *tx)
{
	(void)ctx;
	tx->done(tx);
}

static int board_flush(void *ctx)
{
	(void)ctx;
	return 0;
}

static int board_read(void *ctx, const uint8_t **packet)
{
	(void)ctx;
	*packet = receive_buffer;
	return ((volatile uint8_t *)receive_buffer)[0];
}

static void board_close(void *ctx)
{
	(void)ctx;
}

static void board_random(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)dst)[i] = (uint8_t)i;
}

static const struct ble_transport board_transport = { .open = board_open, .write = board_write, .flush = board_flush,
	.read = board_read, .close = board_close };
#ifndef MORE_PLATFORM
#define MORE_PLATFORM
#define MORE_CONFIG
#endif
static const struct ble_platform board_platform = { .random = board_random, MORE_PLATFORM };
static volatile uint64_t clock_us;

static struct ble_host_config config_of(void)
{
	static struct ble_transport transport;
	static const struct ble_part *const parts[] = { &ble_peripheral, &SERVER, MORE_PARTS NULL };
	transport = board_transport;
	return (struct ble_host_config){ .transport = &transport, .platform = &board_platform,
		.parts = parts, .services = 3, .subscriptions = 1, .connections = CONNECTIONS, .tx_queue = CONNECTIONS,
		MORE_CONFIG };
}

size_t memory_needed(void);
size_t memory_needed(void)
{
	const struct ble_host_config config = config_of();
	return ble_host_memory(&config);
}

int main(void)
{
	struct ble_host *host;
	const struct ble_host_config config = config_of();
	int err = ble_host_init(&host, memory, sizeof memory, &config, NULL);
	for (unsigned i = 0; !err && i < 3; i++)
		err = ble_server_add(host, &services[i], NULL);
	if (!err)
		err = START(host);
	if (!err)
		err = ble_adv_data(host, "\2\1\6\3\3\x0F\x18", 7, NULL, 0);
	if (!err)
		err = ble_adv_start(host);
#ifdef PAIRING
	if (!err)
		err = ble_pairing_set(host, &pairing);
#endif
#ifdef OBSERVER
	if (!err)
		err = ble_scan_start(host, NULL);
#endif
	ble_conn_id peer = 0;
	while (!err) {
		ble_host_run(host, clock_us);
		for (struct ble_event ev; ble_host_poll(host, &ev);)
			if (ev.type == BLE_EV_CONNECTED)
				peer = ev.conn;
		if (peer)
			(void)ble_server_notify(host, peer, ble_server_handle(host, &level), &level_value, 1);
		(void)ble_host_next_due(host);
	}
	return 1;
}
