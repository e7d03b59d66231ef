/*
 * The UART transport of ports/template on a board made of arrays: what is sent is looked at, what is received is put into
 * the ring octet by octet as an interrupt would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ports/template/uart.c"

/* ---- the board ---- */

static struct {
	int start_err;
	bool running;
	unsigned wakes, listens, sends;
	const uint8_t *sending;
	uint16_t len;
} board;

void port_wake(void)
{
	board.wakes++;
}

int board_uart_start(struct uart *u)
{
	(void)u;
	board.running = !board.start_err;
	return board.start_err;
}

void board_uart_listen(void)
{
	board.listens++;
}

void board_uart_send(const uint8_t *data, uint16_t len)
{
	assert_true(board.running);
	board.sending = data;
	board.len = len;
	board.sends++;
}

void board_uart_stop(void)
{
	board.running = false;
}

/* ---- the host ---- */

static struct uart uart;
static unsigned done_count;
static struct ble_tx *done_last, *again;

static void on_done(struct ble_tx *tx)
{
	done_count++;
	done_last = tx;
	if (again == tx) { /* the next fragment, as the host does it */
		again = NULL;
		uart.transport.write(&uart, tx);
	}
}

static struct ble_tx packet_of(uint8_t *octets, uint16_t len)
{
	return (struct ble_tx){ .data = octets, .len = len, .done = on_done };
}

static int setup(void **state)
{
	(void)state;
	memset(&board, 0, sizeof board);
	done_count = 0;
	again = NULL;
	uart_init(&uart);
	return uart.transport.open(&uart, NULL);
}

static void receive_octets(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		uart_on_octet(&uart, octets[i]);
}

static void test_one_packet_at_a_time(void **state)
{
	(void)state;
	uint8_t reset[] = { 1, 3, 0x0C, 0 }, data[] = { 2, 0x40, 0, 1, 0, 7 };
	struct ble_tx a = packet_of(reset, sizeof reset), b = packet_of(data, sizeof data);
	uart.transport.write(&uart, &a);
	uart.transport.write(&uart, &b);
	assert_int_equal(board.sends, 0); /* flush sends */
	assert_int_equal(uart.transport.flush(&uart), 0);
	assert_ptr_equal(board.sending, reset);
	assert_int_equal(board.len, sizeof reset);
	assert_int_equal(uart.transport.flush(&uart), 0); /* still on its way */
	assert_int_equal(board.sends, 1);
	assert_int_equal(done_count, 0);
	uart_on_sent(&uart);
	assert_int_equal(done_count, 0); /* `done` is not the interrupt's */
	assert_int_equal(board.wakes, 1);
	assert_int_equal(uart.transport.flush(&uart), 0);
	assert_ptr_equal(done_last, &a);
	assert_ptr_equal(board.sending, data);
	assert_true(uart.transport.want_write(&uart));
	uart_on_sent(&uart);
	assert_int_equal(uart.transport.flush(&uart), 0);
	assert_ptr_equal(done_last, &b);
	assert_false(uart.transport.want_write(&uart));
}

static void test_written_again_by_done(void **state)
{
	(void)state;
	uint8_t octets[] = { 2, 0x40, 0, 1, 0, 7 };
	struct ble_tx a = packet_of(octets, sizeof octets);
	again = &a;
	uart.transport.write(&uart, &a);
	uart.transport.flush(&uart);
	uart_on_sent(&uart);
	uart.transport.flush(&uart);
	assert_int_equal(done_count, 1);
	assert_int_equal(board.sends, 2);
	uart_on_sent(&uart);
	uart.transport.flush(&uart);
	assert_int_equal(done_count, 2);
}

/* Vol 4 Part E 7.7.14: Command Complete of Reset; in pieces, and two at once. */
static void test_whole_packets(void **state)
{
	(void)state;
	static const uint8_t complete[] = { 4, 0x0E, 4, 1, 3, 0x0C, 0 };
	const uint8_t *packet;
	receive_octets(complete, 3);
	assert_int_equal(uart.transport.read(&uart, &packet), 0);
	receive_octets(complete + 3, sizeof complete - 3);
	receive_octets(complete, sizeof complete);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(uart.transport.read(&uart, &packet), sizeof complete);
		assert_memory_equal(packet, complete, sizeof complete);
	}
	assert_int_equal(uart.transport.read(&uart, &packet), 0);
	assert_true(board.listens > 0);
}

/* Many times the ring and the frames, so that both wrap. */
static void test_wraps(void **state)
{
	(void)state;
	uint8_t event[BLE_H4_MAX] = { 4, 0x3E, 255 };
	const uint8_t *packet;
	for (unsigned round = 0; round < 100; round++) {
		memset(event + 3, (int)round, sizeof event - 3);
		event[2] = (uint8_t)(100 + round);
		receive_octets(event, event[2] + 3u);
		assert_int_equal(uart.transport.read(&uart, &packet), event[2] + 3);
		assert_memory_equal(packet, event, event[2] + 3u);
	}
}

static void fill(void)
{
	while (uart_has_room(&uart))
		uart_on_octet(&uart, 4);
}

static void test_held_back(void **state)
{
	(void)state;
	const uint8_t *packet;
	uint8_t event[] = { 4, 0x3E, 0 };
	while (uart.in < UART_RING - UART_RING % 3)
		receive_octets(event, sizeof event);
	unsigned packets = UART_RING / 3, n = 0, listens = board.listens;
	while (uart.transport.read(&uart, &packet) == sizeof event)
		n++;
	assert_int_equal(n, packets);
	assert_true(board.listens > listens);
	assert_true(uart_has_room(&uart));
}

static void test_loss_is_the_end(void **state)
{
	(void)state;
	const uint8_t *packet;
	uint8_t octets[] = { 1, 3, 0x0C, 0 };
	struct ble_tx a = packet_of(octets, sizeof octets), b = packet_of(octets, sizeof octets);
	uart.transport.write(&uart, &a);
	uart.transport.flush(&uart);
	fill();
	uart_on_octet(&uart, 4);
	assert_int_equal(uart.transport.read(&uart, &packet), BLE_EGONE);
	assert_int_equal(uart.transport.flush(&uart), BLE_EGONE);
	uart.transport.write(&uart, &b);
	assert_ptr_equal(done_last, &b); /* at once */
	uart.transport.close(&uart);
	assert_false(board.running);
	assert_ptr_equal(done_last, &a);
	assert_int_equal(done_count, 2);
	assert_int_equal(uart.transport.open(&uart, NULL), 0);
	assert_int_equal(uart.transport.read(&uart, &packet), 0); /* nothing is left of what was before */
	assert_true(uart_has_room(&uart));
}

static void test_nonsense_is_the_end(void **state)
{
	(void)state;
	const uint8_t *packet;
	receive_octets((const uint8_t[]){ 9 }, 1);
	assert_int_equal(uart.transport.read(&uart, &packet), BLE_EGONE);
	assert_int_equal(uart.transport.read(&uart, &packet), BLE_EGONE);
}

static void test_refused_start(void **state)
{
	(void)state;
	struct ble_fault fault;
	char text[100];
	uart.transport.close(&uart);
	board.start_err = BLE_ENOTSUP;
	assert_int_equal(uart.transport.open(&uart, &fault), BLE_ENOTSUP);
	ble_fault_text(&fault, text, sizeof text);
	assert_string_equal(text, "board_uart_start: not written yet: board.h says what it must do");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_packet_at_a_time, setup),
		cmocka_unit_test_setup(test_written_again_by_done, setup),
		cmocka_unit_test_setup(test_whole_packets, setup),
		cmocka_unit_test_setup(test_wraps, setup),
		cmocka_unit_test_setup(test_held_back, setup),
		cmocka_unit_test_setup(test_loss_is_the_end, setup),
		cmocka_unit_test_setup(test_nonsense_is_the_end, setup),
		cmocka_unit_test_setup(test_refused_start, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
