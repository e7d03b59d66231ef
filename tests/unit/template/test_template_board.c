/*
 * ports/template/platform.c on a board whose hooks are written one after the other: a half-written copy says which is
 * missing; then its clock, its sleep and its store. And ports/template/board.c as it stands refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The unwritten hooks, under another name: what the real folder does until somebody writes it. */
#define board_start            unwritten_start
#define board_ticks_us         unwritten_ticks_us
#define board_lock             unwritten_lock
#define board_unlock           unwritten_unlock
#define board_wait             unwritten_wait
#define board_random           unwritten_random
#define board_store_start      unwritten_store_start
#define board_store_load       unwritten_store_load
#define board_store_save       unwritten_store_save
#define board_store_erase      unwritten_store_erase
#define board_uart_start       unwritten_uart_start
#define board_uart_listen      unwritten_uart_listen
#define board_uart_send        unwritten_uart_send
#define board_uart_stop        unwritten_uart_stop
#define board_failed           unwritten_failed
#include "ports/template/board.c"
#undef board_start
#undef board_ticks_us
#undef board_lock
#undef board_unlock
#undef board_wait
#undef board_random
#undef board_store_start
#undef board_store_load
#undef board_store_save
#undef board_store_erase
#undef board_uart_start
#undef board_uart_listen
#undef board_uart_send
#undef board_uart_stop
#undef board_failed
#undef PORT_BOARD_H
#include "ports/template/board.h"

#include "ports/template/platform.c"

static struct {
	int start, random, store, load, save;
	bool stands_still, same_random;
	uint32_t ticks, slept_us;
	unsigned waits, locked;
	uint8_t draw;
	const char *why;
	jmp_buf end;
} board;

int board_start(void)
{
	return board.start;
}

uint32_t board_ticks_us(void)
{
	return board.stands_still ? board.ticks : board.ticks++;
}

void board_lock(void)
{
	board.locked++;
}

void board_unlock(void)
{
	assert_int_equal(board.locked--, 1);
}

void board_wait(uint32_t us)
{
	assert_int_equal(board.locked, 1);
	board.waits++;
	board.slept_us = us;
}

int board_random(void *dst, size_t len)
{
	memset(dst, board.same_random ? 1 : board.draw++, len);
	return board.random;
}

int board_store_start(void)
{
	return board.store;
}

int board_store_load(uint32_t key, void *dst, size_t cap)
{
	(void)key;
	memset(dst, 0, cap);
	return board.load;
}

int board_store_save(uint32_t key, const void *src, size_t len)
{
	(void)key;
	(void)src;
	(void)len;
	return board.save;
}

int board_store_erase(uint32_t key)
{
	(void)key;
	return board.save;
}

_Noreturn void board_failed(const char *why)
{
	board.why = why;
	longjmp(board.end, 1);
}

static int setup(void **state)
{
	(void)state;
	memset(&board, 0, sizeof board);
	memset(&port, 0, sizeof port);
	return 0;
}

static void assert_refused(int err, const char *sentence)
{
	struct ble_fault fault;
	char text[120];
	assert_int_equal(port_start(&fault), err);
	assert_int_equal(fault.err, err);
	ble_fault_text(&fault, text, sizeof text);
	assert_string_equal(text, sentence);
}

/* Each hook that can refuse does, and says so by its return value alone. */
static void test_as_it_stands(void **state)
{
	(void)state;
	uint8_t octet;
	assert_int_equal(unwritten_start(), BLE_ENOTSUP);
	assert_int_equal(unwritten_random(&octet, 1), BLE_ENOTSUP);
	assert_int_equal(unwritten_store_start(), BLE_ENOTSUP);
	assert_int_equal(unwritten_store_load(1, &octet, 1), BLE_ENOTSUP);
	assert_int_equal(unwritten_store_save(1, &octet, 1), BLE_ENOTSUP);
	assert_int_equal(unwritten_store_erase(1), BLE_ENOTSUP);
	assert_int_equal(unwritten_uart_start(NULL), BLE_ENOTSUP);
}

static void test_half_written(void **state)
{
	(void)state;
	board.start = BLE_ENOTSUP;
	assert_refused(BLE_ENOTSUP, "board_start: not written yet: board.h says what it must do");
	board.start = 0;
	board.stands_still = true;
	assert_refused(BLE_EIO, "board_ticks_us: the clock stands still");
	board.stands_still = false;
	board.random = BLE_ENOTSUP;
	assert_refused(BLE_ENOTSUP, "board_random: not written yet: board.h says what it must do");
	board.random = 0;
	board.same_random = true;
	assert_refused(BLE_EIO, "board_random: it gives the same octets twice");
	board.same_random = false;
	board.store = BLE_ENOTSUP;
	assert_refused(BLE_ENOTSUP, "board_store_start: not written yet: board.h says what it must do");
	board.store = 4096;
	board.load = BLE_ENOTSUP;
	assert_refused(BLE_ENOTSUP, "board_store_load: not written yet: board.h says what it must do");
	board.load = BLE_ENOENT;
	struct ble_fault fault;
	assert_int_equal(port_start(&fault), 0);
	const struct ble_platform *p = port_platform();
	board.save = BLE_EIO;
	assert_int_equal(p->save(p->ctx, 1, "", 1), BLE_EIO);
	board.save = BLE_ENOTSUP;
	if (!setjmp(board.end))
		p->save(p->ctx, 1, "", 1);
	assert_string_equal(board.why, "board_store_save: not written yet: board.h says what it must do");
}

static void test_without_store(void **state)
{
	(void)state;
	struct ble_fault fault;
	assert_int_equal(port_start(&fault), 0);
	assert_null(port_platform()->load);
	assert_null(port_platform()->save);
	assert_null(port_platform()->erase);
}

static void test_random_that_dies(void **state)
{
	(void)state;
	struct ble_fault fault;
	uint8_t octet;
	assert_int_equal(port_start(&fault), 0);
	const struct ble_platform *p = port_platform();
	p->random(p->ctx, &octet, 1);
	assert_null(board.why);
	board.random = BLE_EIO;
	if (!setjmp(board.end))
		p->random(p->ctx, &octet, 1);
	assert_non_null(board.why);
}

/* The counter wraps, the clock does not. */
static void test_clock(void **state)
{
	(void)state;
	struct ble_fault fault;
	board.ticks = UINT32_MAX - 100;
	assert_int_equal(port_start(&fault), 0);
	uint64_t last = port_now_us();
	assert_true(last < 10);
	for (unsigned i = 0; i < 5; i++) {
		board.ticks += UINT32_C(0xF0000000);
		uint64_t now = port_now_us();
		assert_true(now - last >= UINT32_C(0xF0000000) && now - last < UINT32_C(0xF0000010));
		last = now;
	}
}

static void test_sleep(void **state)
{
	(void)state;
	struct ble_fault fault;
	assert_int_equal(port_start(&fault), 0);
	board.stands_still = true;
	uint64_t now = port_now_us();
	port_sleep_until(now + 500);
	assert_int_equal(board.slept_us, 500);
	port_sleep_until(0);
	port_sleep_until(now);
	assert_int_equal(board.waits, 1);
	port_sleep_until(BLE_NEVER);
	assert_int_equal(board.slept_us, 1800000000);
	port_platform()->wake(NULL); /* while it worked: it does not sleep, once */
	port_sleep_until(BLE_NEVER);
	assert_int_equal(board.waits, 2);
	port_sleep_until(BLE_NEVER);
	assert_int_equal(board.waits, 3);
	assert_int_equal(board.locked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_as_it_stands, setup),
		cmocka_unit_test_setup(test_half_written, setup),
		cmocka_unit_test_setup(test_without_store, setup),
		cmocka_unit_test_setup(test_random_that_dies, setup),
		cmocka_unit_test_setup(test_clock, setup),
		cmocka_unit_test_setup(test_sleep, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
