/*
 * The battery program as a product without an operating system would have it: one connection, MTU 247, ACL 251, one
 * packet to transmit; GAP and GATT services, Device Information with three strings, Battery. It is linked to be weighed (scripts/size.py) and to see what is not in it (scripts/check_map.py); the board is three
 * functions that are somewhere else.
 */
#include <ble/ble.h>

extern struct ble_transport board_transport;
extern const struct ble_platform board_platform;
uint64_t board_now_us(void);
void board_sleep_until(uint64_t due_us);

/* What memory_needed() says; scripts/size.py runs it and compares. */
_Alignas(uint64_t) uint8_t memory[1544];
uint8_t receive_buffer[BLE_H4_MAX]; /* the driver's */

static struct ble_characteristic level = {
	.uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .type = BLE_NUMBER,
};
static uint8_t maker_name[] = "Glint", model_name[] = "Battery", firmware_name[] = "1.0";
static struct ble_characteristic maker = {
	.uuid = 0x2A29, .permission = BLE_READ, .size = 5, .type = BLE_STRING, .value = maker_name,
};
static struct ble_characteristic model = {
	.uuid = 0x2A24, .permission = BLE_READ, .size = 7, .type = BLE_STRING, .value = model_name,
};
static struct ble_characteristic firmware = {
	.uuid = 0x2A26, .permission = BLE_READ, .size = 3, .type = BLE_STRING, .value = firmware_name,
};
static struct ble_service information = { .uuid = 0x180A, .characteristics = BLE_LIST(&maker, &model, &firmware) };
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

static const struct ble_options options = {
	.transport = &board_transport,
	.platform = &board_platform,
	.name = "Glint",
	.services = 2,
	.subscriptions = 1,
	.tx_queue = 1,
	.value_octets = 1,
	.adv_octets = BLE_NONE,
	.scan_cache = BLE_NONE,
	.callbacks = BLE_NONE,
};

size_t memory_needed(void);
size_t memory_needed(void)
{
	return ble_memory(&options);
}

int main(void)
{
	struct ble *ble;
	int err = ble_init(&ble, memory, sizeof memory, &options);
	if (!err)
		err = ble_add_service(ble, &information);
	if (!err)
		err = ble_add_service(ble, &battery);
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	for (unsigned second = 0; !err; second++) {
		uint64_t until = board_now_us() + 1000000;
		while (!err && board_now_us() < until) {
			err = ble_process(ble, board_now_us());
			board_sleep_until(ble_next_due(ble) < until ? ble_next_due(ble) : until);
		}
		if (!err)
			err = ble_set_number(ble, &level, second % 101);
	}
	return 1;
}

/* A board that does nothing, so that the image links. */
static int board_open(void *ctx, struct ble_fault *fault)
{
	(void)ctx;
	(void)fault;
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

struct ble_transport board_transport = { .open = board_open, .write = board_write, .flush = board_flush,
	.read = board_read, .close = board_close };
const struct ble_platform board_platform = { .random = board_random };

static volatile uint64_t clock_us;

uint64_t board_now_us(void)
{
	return clock_us;
}

void board_sleep_until(uint64_t due_us)
{
	clock_us = due_us;
}
