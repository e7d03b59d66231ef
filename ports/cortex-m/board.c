/*
 * The template's board, written for QEMU's mps2-an386, a Cortex-M4 with Arm's simple peripherals (CMSDK: Application
 * Note 386): UART 0 carries H4, the FPGA's counter is the clock, timer 0 ends sleeps. There is no random number
 * generator on this board and no flash; the randomness is the host's, by semihosting, and the store is left out, so the
 * device has another address at each start. Run it with -semihosting and -serial unix:SOCKET of glint-air.
 */
#include "ports/template/board.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ports/template/uart.h"

void uart_rx_isr(void);
void uart_tx_isr(void);
void timer_isr(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define TIMER_CTRL        REGISTER(0x40000000)
#define TIMER_VALUE       REGISTER(0x40000004)
#define TIMER_CLEAR       REGISTER(0x4000000C)
#define UART_DATA         REGISTER(0x40004000)
#define UART_STATE        REGISTER(0x40004004)
#define UART_CTRL         REGISTER(0x40004008)
#define UART_CLEAR        REGISTER(0x4000400C)
#define UART_BAUDDIV      REGISTER(0x40004010)
#define FPGA_COUNTER      REGISTER(0x40028018)
#define FPGA_PRESCALE     REGISTER(0x4002801C)
#define NVIC_ENABLE       REGISTER(0xE000E100)

enum {
	CLOCK_MHZ = 25,
	TIMER_ENABLE = 1, TIMER_INTERRUPT = 8,
	UART_RX_FULL = 2,
	UART_TX_ON = 1, UART_RX_ON = 2, UART_TX_INTERRUPT = 4, UART_RX_INTERRUPT = 8,
	UART_CLEAR_TX = 1, UART_CLEAR_RX = 2,
	BAUDDIV = 25, /* 1,000,000 baud; 16 is the least that the UART takes */
	IRQ_UART_RX = 1 << 0, IRQ_UART_TX = 1 << 1, IRQ_TIMER = 1 << 8,
};

static struct {
	struct uart *uart;
	const uint8_t *next; /* octet to send */
	uint16_t left;
	int random; /* semihosting handle */
} board;

/* ---- semihosting: what a debugger, here QEMU, does for us ---- */

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_READ = 0x06, SYS_EXIT = 0x18, OPEN_RB = 1 };

static int semihost(int operation, const void *block)
{
	register int r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = block;
	__asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

/* ---- clock ---- */

int board_start(void)
{
	static const char path[] = "/dev/urandom";
	const uint32_t block[3] = { (uint32_t)(uintptr_t)path, OPEN_RB, sizeof path - 1 };
	FPGA_PRESCALE = CLOCK_MHZ - 1;
	NVIC_ENABLE = IRQ_UART_RX | IRQ_UART_TX | IRQ_TIMER;
	board.random = semihost(SYS_OPEN, block);
	return 0;
}

uint32_t board_ticks_us(void)
{
	return FPGA_COUNTER;
}

/* ---- sleep ---- */

void board_lock(void)
{
	__asm__ volatile("cpsid i" ::: "memory");
}

void board_unlock(void)
{
	__asm__ volatile("cpsie i" ::: "memory");
}

void board_wait(uint32_t us)
{
	const uint32_t longest_us = UINT32_MAX / CLOCK_MHZ;
	TIMER_CTRL = 0;
	TIMER_VALUE = (us < longest_us ? us : longest_us) * CLOCK_MHZ;
	TIMER_CTRL = TIMER_ENABLE | TIMER_INTERRUPT;
	__asm__ volatile("wfi" ::: "memory");
	TIMER_CTRL = 0;
}

void timer_isr(void)
{
	TIMER_CLEAR = 1;
}

/* ---- randomness ---- */

int board_random(void *dst, size_t len)
{
	const uint32_t block[3] = { (uint32_t)board.random, (uint32_t)(uintptr_t)dst, (uint32_t)len };
	/* How many octets were not read. */
	return board.random >= 0 && semihost(SYS_READ, block) == 0 ? 0 : BLE_EIO;
}

/* ---- store: none ---- */

int board_store_start(void)
{
	return 0;
}

int board_store_load(uint32_t key, void *dst, size_t cap)
{
	(void)key, (void)dst, (void)cap;
	return BLE_ENOENT;
}

int board_store_save(uint32_t key, const void *src, size_t len)
{
	(void)key, (void)src, (void)len;
	return BLE_EIO;
}

int board_store_erase(uint32_t key)
{
	(void)key;
	return BLE_ENOENT;
}

/* ---- UART: one octet at a time in each direction ---- */

int board_uart_start(struct uart *u)
{
	board.uart = u;
	board.left = 0;
	UART_BAUDDIV = BAUDDIV;
	UART_CTRL = UART_TX_ON | UART_RX_ON | UART_TX_INTERRUPT | UART_RX_INTERRUPT;
	return 0;
}

void board_uart_listen(void)
{
	UART_CTRL |= UART_RX_INTERRUPT;
}

/* While an octet is in the receiver the UART takes no other one: that is its RTS. */
void uart_rx_isr(void)
{
	UART_CLEAR = UART_CLEAR_RX;
	while (UART_STATE & UART_RX_FULL) {
		if (!uart_has_room(board.uart)) {
			UART_CTRL &= ~(uint32_t)UART_RX_INTERRUPT;
			return;
		}
		uart_on_octet(board.uart, (uint8_t)UART_DATA);
	}
}

void board_uart_send(const uint8_t *data, uint16_t len)
{
	board.next = data + 1;
	board.left = len;
	UART_DATA = data[0];
}

/* An octet has left. */
void uart_tx_isr(void)
{
	UART_CLEAR = UART_CLEAR_TX;
	if (!board.left)
		return;
	if (--board.left)
		UART_DATA = *board.next++;
	else
		uart_on_sent(board.uart);
}

void board_uart_stop(void)
{
	UART_CTRL = 0;
}

/* ---- the end ---- */

_Noreturn void board_failed(const char *why)
{
	(void)semihost(SYS_WRITE0, why);
	(void)semihost(SYS_WRITE0, "\n");
	for (;;)
		(void)semihost(SYS_EXIT, (const void *)0x20026); /* ADP_Stopped_ApplicationExit */
}
