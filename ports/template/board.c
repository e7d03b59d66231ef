/*
 * The board, not written yet: each hook of board.h says so instead of pretending. port_start() in
 * platform.c calls those that can refuse, in the order of this file, and hands the first refusal to
 * board_failed(); so a copy that is half written names the next hook to write. Those that return no
 * error are only reached when the one above them in their section has been written, and end in
 * board_failed() at once.
 */
#include "board.h"

/* ---- clock ---- */

int board_start(void)
{
	/* Here: oscillators, and a timer of 1 MHz and 32 bits. */
	return BLE_ENOTSUP;
}

uint32_t board_ticks_us(void)
{
	/* Here: return TIMER->COUNTER. */
	board_failed("board_ticks_us: not written yet: board.h says what it must do");
}

/* ---- sleep ---- */

void board_lock(void)
{
	/* Here, on Arm: __asm volatile("cpsid i" ::: "memory"). */
	board_failed("board_lock: not written yet: board.h says what it must do");
}

void board_unlock(void)
{
	/* Here, on Arm: __asm volatile("cpsie i" ::: "memory"). */
	board_failed("board_unlock: not written yet: board.h says what it must do");
}

void board_wait(uint32_t us)
{
	/* Here: set the timer's compare register to now + us; __asm volatile("wfi"). */
	(void)us;
	board_failed("board_wait: not written yet: board.h says what it must do");
}

/* ---- randomness ---- */

int board_random(void *dst, size_t len)
{
	/* Here: RNG->... */
	(void)dst;
	(void)len;
	return BLE_ENOTSUP;
}

/* ---- store ---- */

int board_store_start(void)
{
	/* Here: find the newest page. Or return 0: a decision, which nobody takes for you. */
	return BLE_ENOTSUP;
}

int board_store_load(uint32_t key, void *dst, size_t cap)
{
	(void)key;
	(void)dst;
	(void)cap;
	return BLE_ENOTSUP;
}

int board_store_save(uint32_t key, const void *src, size_t len)
{
	(void)key;
	(void)src;
	(void)len;
	return BLE_ENOTSUP;
}

int board_store_erase(uint32_t key)
{
	(void)key;
	return BLE_ENOTSUP;
}

/* ---- UART ---- */

int board_uart_start(struct uart *u)
{
	/* Here: pins, baud rate, interrupts; and remember u for the handlers. */
	(void)u;
	return BLE_ENOTSUP;
}

void board_uart_listen(void)
{
	/* Here: UART->INTENSET = RXRDY. */
	board_failed("board_uart_listen: not written yet: board.h says what it must do");
}

void board_uart_send(const uint8_t *data, uint16_t len)
{
	/* Here: DMA->ADDRESS = data; DMA->COUNT = len; DMA->START = 1. */
	(void)data;
	(void)len;
	board_failed("board_uart_send: not written yet: board.h says what it must do");
}

void board_uart_stop(void)
{
	board_failed("board_uart_stop: not written yet: board.h says what it must do");
}

/* ---- the end ---- */

/* For the debugger, until there is a better place. */
const char *volatile board_last_words;

_Noreturn void board_failed(const char *why)
{
	board_last_words = why;
	for (;;)
		;
}
