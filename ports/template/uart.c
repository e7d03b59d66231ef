/*
 * The transport over a UART. The host writes packets and flushes once a round; the loop flushes as
 * well, after each wake-up, because here one packet follows the other by way of an interrupt, and
 * `done` belongs to the main part.
 *
 *	interrupt   uart_on_octet -> ring      uart_on_sent -> sent
 *	main        ring -> frames -> read()   flush(): sent -> done(), board_uart_send() of the next
 */
#include "uart.h"

#include "port.h"

static void give_back(struct uart *u)
{
	while (u->head) {
		struct ble_tx *tx = u->head;
		u->head = tx->next;
		tx->done(tx);
	}
	u->sending = false;
}

static bool is_gone(struct uart *u)
{
	return !u->open || u->rx.bad || atomic_load_explicit(&u->lost, memory_order_acquire);
}

static int open_uart(void *ctx, struct ble_fault *fault)
{
	struct uart *u = ctx;
	ble_h4_init(&u->rx, u->frames, sizeof u->frames, BLE_H4_MAX, BLE_H4_FROM_CTLR);
	atomic_store_explicit(&u->sent, false, memory_order_relaxed);
	atomic_store_explicit(&u->lost, false, memory_order_relaxed);
	atomic_store_explicit(&u->in, 0, memory_order_relaxed);
	atomic_store_explicit(&u->out, 0, memory_order_relaxed);
	int err = board_uart_start(u);
	u->open = err >= 0;
	if (err < 0 && fault)
		*fault = (struct ble_fault){ .err = err,
			.subject = "board_uart_start",
			.max = -1,
			.hint = err == BLE_ENOTSUP ? "not written yet: board.h says what it must do"
						   : NULL };
	return err < 0 ? err : 0;
}

static void write_packet(void *ctx, struct ble_tx *tx)
{
	struct uart *u = ctx;
	if (is_gone(u)) {
		tx->done(tx);
		return;
	}
	tx->next = NULL;
	if (u->head)
		u->tail->next = tx;
	else
		u->head = tx;
	u->tail = tx;
}

static int flush(void *ctx)
{
	struct uart *u = ctx;
	if (is_gone(u))
		return BLE_EGONE;
	if (u->sending && atomic_load_explicit(&u->sent, memory_order_acquire)) {
		struct ble_tx *tx = u->head;
		atomic_store_explicit(&u->sent, false, memory_order_relaxed);
		u->head = tx->next;
		u->sending = false;
		tx->done(tx); /* may write it again: behind what waits here */
	}
	if (!u->sending && u->head) {
		u->sending = true;
		board_uart_send(u->head->data, u->head->len);
	}
	return 0;
}

/* From the ring to the frames: true when something came. */
static bool receive(struct uart *u)
{
	uint8_t *at;
	size_t room = ble_h4_room(&u->rx, &at), n = 0;
	uint32_t in = atomic_load_explicit(&u->in, memory_order_acquire);
	uint32_t out = atomic_load_explicit(&u->out, memory_order_relaxed);
	for (; n < room && out != in; n++)
		at[n] = u->ring[out++ % UART_RING];
	if (!n)
		return false;
	atomic_store_explicit(&u->out, out, memory_order_release);
	ble_h4_got(&u->rx, n);
	board_uart_listen();
	return true;
}

static int read_packet(void *ctx, const uint8_t **packet)
{
	struct uart *u = ctx;
	if (is_gone(u))
		return BLE_EGONE;
	int len = ble_h4_next(&u->rx, packet);
	while (len == 0 && receive(u))
		len = ble_h4_next(&u->rx, packet);
	return len;
}

static bool want_write(void *ctx)
{
	const struct uart *u = ctx;
	return u->head != NULL;
}

static void close_uart(void *ctx)
{
	struct uart *u = ctx;
	if (u->open)
		board_uart_stop();
	u->open = false;
	give_back(u);
}

void uart_init(struct uart *u)
{
	*u = (struct uart){
		.transport = {
			.ctx = u,
			.open = open_uart,
			.write = write_packet,
			.flush = flush,
			.read = read_packet,
			.want_write = want_write,
			.close = close_uart,
		},
	};
}

bool uart_has_room(const struct uart *u)
{
	uint32_t in = atomic_load_explicit(&u->in, memory_order_relaxed);
	return in - atomic_load_explicit(&u->out, memory_order_acquire) < UART_RING;
}

void uart_on_octet(struct uart *u, uint8_t octet)
{
	uint32_t in = atomic_load_explicit(&u->in, memory_order_relaxed);
	if (!uart_has_room(u)) {
		uart_on_loss(u);
		return;
	}
	u->ring[in % UART_RING] = octet;
	atomic_store_explicit(&u->in, in + 1, memory_order_release);
	port_wake();
}

void uart_on_loss(struct uart *u)
{
	atomic_store_explicit(&u->lost, true, memory_order_release);
	port_wake();
}

void uart_on_sent(struct uart *u)
{
	atomic_store_explicit(&u->sent, true, memory_order_release);
	port_wake();
}
