/*
 * A port to a microcontroller, to be copied: what the port asks of the board.
 *
 *	board.c     the hooks below: the only file that must be written. As it stands each refuses
 *	uart.c      H4 packets over a UART to the controller; its face to interrupts is uart.h
 *	platform.c  randomness, store, clock, and the check at the start that the hooks are written
 *	main.c      the program and its loop
 *
 * Copy the folder, write board.c from top to bottom, and build it with drivers/h4.c and the library
 * `glint`. A controller on the same chip needs no UART: leave uart.c out, and write the functions
 * of transport.h over it.
 *
 * A hook is called from the main part unless it says otherwise. One that returns int returns 0 (or
 * what it says), or a negative error of err.h.
 */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#include <ble/err.h>

struct uart;

/* ---- clock: CLOCK_* registers, before everything else ---- */

/* Starts the oscillators and the timer below. */
int board_start(void);
/*
 * A free-running counter of microseconds that wraps at 2^32 and at nothing less; it runs in every
 * sleep that board_wait() may choose. A 32,768 Hz counter is scaled here, and keeps its fraction.
 */
uint32_t board_ticks_us(void);

/* ---- sleep ---- */

/* Between the two no interrupt handler runs. They do not nest. */
void board_lock(void);
void board_unlock(void);
/*
 * Called while locked. Sleeps until an interrupt is pending or about us microseconds have passed,
 * whichever is first; too early is fine, UINT32_MAX is as long as one likes. An interrupt that is
 * pending already must end it at once: on Arm `wfi` does so although PRIMASK is set.
 */
void board_wait(uint32_t us);

/* ---- randomness ---- */

/*
 * Cryptographic: from a true random number generator, conditioned as its manual says. Not rand(),
 * not a serial number.
 */
int board_random(void *dst, size_t len);

/* ---- store: a page or two of flash ---- */

/*
 * How many octets the store can hold, at least 7; 0: there is none, and the device has another
 * address at each start.
 */
int board_store_start(void);
/*
 * A value of 1..192 octets for each key. load: its length (what exceeds cap is left out),
 * BLE_ENOENT, BLE_EIO. save replaces the old value only when the new one is whole: a reset
 * meanwhile leaves one of the two. Erasing stalls the processor on most chips, so keep a spare page
 * erased.
 */
int board_store_load(uint32_t key, void *dst, size_t cap);
int board_store_save(uint32_t key, const void *src, size_t len);
int board_store_erase(uint32_t key);

/* ---- UART: 8 data bits, no parity, 1 stop bit, RTS and CTS (Vol 4 Part A) ---- */

/*
 * Resets the controller, if there is a line for it, and returns when the UART can be used in both
 * directions. From now on the receive interrupt calls uart_on_octet(u, octet) for each octet, as
 * long as uart_has_room(u); when it has none the interrupt masks itself, so that RTS holds the
 * controller back, until board_uart_listen(). If the hardware has lost an octet it calls
 * uart_on_loss(u).
 */
int board_uart_start(struct uart *u);
/* Unmasks the receive interrupt; often called when it is not masked. */
void board_uart_listen(void);
/*
 * Begins to send len octets and returns at once. data stays as it is until the interrupt, after the
 * last octet has been read, calls uart_on_sent(u), once.
 */
void board_uart_send(const uint8_t *data, uint16_t len);
/* Neither direction any more. No interrupt calls uart_on_...() after it has returned. */
void board_uart_stop(void);

/* ---- the end ---- */

/*
 * Something is refused that the program cannot do without; why is a sentence. Tell somebody, and
 * stop or reset. Does not return. Also called before board_start() has succeeded.
 */
_Noreturn void board_failed(const char *why);

#endif
