/*
 * From reset to main() on QEMU's mps2-an386: the vector table with the interrupts that board.c handles. The image is
 * loaded where it runs, so nothing is copied; what is to be zero is made so.
 */
#include <stdint.h>
#include <string.h>

#include <ble/types.h>

#include "ports/template/board.h"

extern uint32_t stack_top[], bss_start[], bss_end[];
int main(void);
void reset(void);
void uart_rx_isr(void);
void uart_tx_isr(void);
void timer_isr(void);

void reset(void)
{
	memset(bss_start, 0, (size_t)((char *)bss_end - (char *)bss_start));
	(void)main();
	board_failed("main() returned");
}

static void fault(void)
{
	board_failed("a fault of the processor");
}

/* A word of the table: where the stack begins, then handlers. */
union vector {
	const void *stack;
	void (*handler)(void);
};

/* Interrupts of the board: 0 UART 0 receives, 1 UART 0 transmits, 8 timer 0 (Application Note 386). */
__attribute__((section(".vectors"), used)) static const union vector vectors[16 + 9] = {
	[0].stack = stack_top,
	[1].handler = reset,
	[2].handler = fault,
	[3].handler = fault,
	[4].handler = fault,
	[5].handler = fault,
	[6].handler = fault,
	[16 + 0].handler = uart_rx_isr,
	[16 + 1].handler = uart_tx_isr,
	[16 + 8].handler = timer_isr,
};
