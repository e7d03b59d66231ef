/*
 * A transport (transport.h) over a UART: H4 packets to a controller and from it (Vol 4 Part A). One
 * packet is sent at a time, from where it lies; what comes is kept in a ring by the interrupt, and
 * framed by h4.h in the main part.
 */
#ifndef PORT_UART_H
#define PORT_UART_H

#include <ble/h4.h>
#include <ble/transport.h>

#include <stdatomic.h>

/* Octets, a power of two: what may come while the program does something else. */
#define UART_RING 512

struct uart {
	struct ble_transport transport; /* for struct ble_options; its ctx is the uart */
	bool open, sending;
	struct ble_tx *head, *tail; /* head: being sent, if `sending` */
	struct ble_h4_rx rx;
	uint8_t frames[2 * BLE_H4_MAX];
	/* Shared with the interrupt, which sets the flags and `in`; the main part takes them back. */
	atomic_bool sent, lost;
	_Atomic uint32_t in, out; /* octets ever put into the ring, ever taken */
	uint8_t ring[UART_RING];
};

/* Nothing is opened yet. */
void uart_init(struct uart *u);

/* Interrupt. Is there room for one more octet? */
bool uart_has_room(const struct uart *u);
/* Interrupt. An octet that came when there was no room is a loss. */
void uart_on_octet(struct uart *u, uint8_t octet);
/*
 * Interrupt. Octets were lost: framing is, too, so the host gives the controller up and opens it
 * again.
 */
void uart_on_loss(struct uart *u);
/* Interrupt. What board_uart_send() began has left. */
void uart_on_sent(struct uart *u);

#endif
