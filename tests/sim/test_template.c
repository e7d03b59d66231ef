/*
 * ports/template, its main() included, on a board that is a node of a world: its UART leads to the node's controller,
 * board_wait() lets the world's time pass, and a central finds the battery, reads it and listens to it. What the template
 * leaves to whoever copies it is written here, in the shortest way that works.
 */
#include "example_kit.h"

#define main template_main
#include "ports/template/main.c"
#undef main
#include "ports/template/platform.c"
#include "ports/template/uart.c"

enum { OCTET_US = 10, /* 1 Mbit/s, ten bits */ PIECE = 4 /* octets an interrupt */ };

static struct {
	struct ble_world *world;
	struct ble_node *node;
	struct kit_central *central;
	struct uart *uart;
	const uint8_t *packet; /* from the controller, on the wire */
	int left;
	uint64_t sent_us; /* when what is being sent will have left; 0: nothing */
	const uint8_t *sending;
	uint16_t sending_len;
	bool masked, locked;
	const char *why;
	jmp_buf end;
} board;

int board_start(void)
{
	return 0;
}

uint32_t board_ticks_us(void)
{
	ble_world_run_until(board.world, ble_world_now(board.world) + 1); /* reading takes time */
	return (uint32_t)ble_world_now(board.world);
}

int board_random(void *dst, size_t len)
{
	const struct ble_platform *p = ble_node_platform(board.node);
	p->random(p->ctx, dst, len);
	return 0;
}

int board_store_start(void)
{
	return 7;
}

int board_store_load(uint32_t key, void *dst, size_t cap)
{
	const struct ble_platform *p = ble_node_platform(board.node);
	return p->load(p->ctx, key, dst, cap);
}

int board_store_save(uint32_t key, const void *src, size_t len)
{
	const struct ble_platform *p = ble_node_platform(board.node);
	return p->save(p->ctx, key, src, len);
}

int board_store_erase(uint32_t key)
{
	const struct ble_platform *p = ble_node_platform(board.node);
	return p->erase(p->ctx, key);
}

/* The receive interrupt: some octets of the controller's packet, as long as there is room. */
static void interrupt_rx(void)
{
	for (int i = 0; i < PIECE && board.uart && !board.masked; i++) {
		if (!board.left) {
			board.left = ble_ctlr_hci_read(ble_node_ctlr(board.node), &board.packet);
			ble_node_kick(board.node);
		}
		if (board.left <= 0)
			return;
		board.masked = !uart_has_room(board.uart);
		if (board.masked)
			return;
		uart_on_octet(board.uart, *board.packet++);
		board.left--;
	}
}

/* The transmit interrupt: the last octet has left, so the controller has the packet. */
static void interrupt_tx(void)
{
	if (!board.sent_us || ble_world_now(board.world) < board.sent_us)
		return;
	int err = ble_ctlr_hci_write(ble_node_ctlr(board.node), board.sending, board.sending_len);
	ble_node_kick(board.node);
	if (err == BLE_EBUSY)
		return; /* CTS */
	assert_int_equal(err, 0);
	board.sent_us = 0;
	uart_on_sent(board.uart);
}

void board_lock(void)
{
	assert_false(board.locked);
	board.locked = true;
}

void board_unlock(void)
{
	assert_true(board.locked);
	board.locked = false;
	interrupt_rx();
	interrupt_tx();
	if (board.central->level_count >= 5)
		board_failed("enough");
}

/* A wire is busy every 40 us; so nothing is pending for longer than that. */
void board_wait(uint32_t us)
{
	assert_true(board.locked);
	uint64_t now_us = ble_world_now(board.world);
	assert_true(now_us < 60000000);
	ble_world_run_until(board.world, now_us + (us < PIECE * OCTET_US ? us : PIECE * OCTET_US));
}

int board_uart_start(struct uart *u)
{
	board.uart = u;
	return 0;
}

void board_uart_listen(void)
{
	board.masked = false;
}

void board_uart_send(const uint8_t *data, uint16_t len)
{
	assert_int_equal(board.sent_us, 0);
	board.sending = data;
	board.sending_len = len;
	board.sent_us = ble_world_now(board.world) + len * OCTET_US;
}

void board_uart_stop(void)
{
	board.uart = NULL;
}

_Noreturn void board_failed(const char *why)
{
	board.why = why;
	longjmp(board.end, 1);
}

static void test_template(void **state)
{
	(void)state;
	static struct kit_central central = { .name = "Glint", .service = { 0x0f, 0x18 }, .service_len = 2,
		.characteristic = 0x2A19, .read = true, .subscribe = true };
	board.world = ble_world_new(&(struct ble_world_options){ .seed = 3 });
	board.node = ble_world_add(board.world, NULL);
	board.central = &central;
	kit_central_add(&central, board.world);
	if (!setjmp(board.end))
		template_main();
	assert_string_equal(board.why, "enough");
	assert_int_equal(central.failure, 0);
	assert_int_equal(central.value_len, 1);
	for (unsigned i = 1; i < central.level_count; i++)
		assert_int_equal(central.levels[i], central.levels[i - 1] - 1);
	kit_central_remove(&central);
	ble_world_free(board.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_template) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
