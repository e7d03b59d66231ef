/*
 * The battery program of examples/c/battery.c on a bare chip: the same service, over ble_init()
 * instead of ble_open(), a loop of its own instead of ble_run(), and advertising that begins again
 * when a central has left.
 */
#include <ble/ble.h>

#include "port.h"
#include "uart.h"

/*
 * What the options below need is ble_memory() of them; ble_init() refuses less, and says how much.
 * Where a pointer has four octets these are 2,048.
 */
static _Alignas(uint64_t) uint8_t memory[1024 + 256 * sizeof(void *)];
static struct uart uart;

static struct ble_characteristic level = {
	.uuid = 0x2A19,
	.permission = BLE_READ | BLE_NOTIFY,
	.size = 1,
	.descriptor = "Battery Level",
	.type = BLE_NUMBER,
};
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

/* What went wrong last, for the debugger; a product has a better place for it, or lights a lamp. */
static char last_error[120];

/* A controller that does not answer yet, among other things: the host goes on trying, and so do we. */
static void on_error(struct ble *ble, const struct ble_event *event, void *ctx)
{
	(void)ctx;
	(void)ble_explain(ble, event->error.err, last_error, sizeof last_error);
}

static int start(struct ble **ble, struct ble_fault *fault)
{
	const struct ble_advertising_params again = { .auto_restart = true };
	uart_init(&uart);
	int err = ble_init(ble, memory, sizeof memory,
		&(struct ble_options){
			.name = "Glint",
			.transport = &uart.transport,
			.platform = port_platform(),
			.services = 1,
			.subscriptions = 1,
			.tx_queue = 2,
			.value_octets = 1,
			.adv_octets = BLE_NONE,
			.scan_cache = BLE_NONE,
			.callbacks = 1,
			.fault = fault,
		});
	if (err)
		return err;
	err = ble_add_callback(*ble, BLE_EV_ERROR, on_error, NULL);
	if (!err)
		err = ble_add_service(*ble, &battery);
	if (!err)
		err = ble_advertising(*ble, &again);
	if (!err)
		err = ble_start(*ble); /* opens the UART */
	return err ? err : ble_start_advertising(*ble);
}

/* Until until_us. What happens while it works is done before it sleeps. */
static int serve(struct ble *ble, uint64_t until_us)
{
	for (;;) {
		uint64_t now_us = port_now_us();
		/* What has left comes back, and the next packet goes; ble_process() sees a failure. */
		(void)uart.transport.flush(uart.transport.ctx);
		int err = ble_process(ble, now_us);
		if (err || now_us >= until_us)
			return err;
		uint64_t due_us = ble_next_due(ble);
		port_sleep_until(due_us < until_us ? due_us : until_us);
	}
}

int main(void)
{
	struct ble *ble = NULL;
	struct ble_fault fault = { 0 };
	int err = port_start(&fault);
	if (!err)
		err = start(&ble, &fault);
	for (unsigned second = 1; !err; second++) {
		err = serve(ble, second * UINT64_C(1000000));
		int percent = (int)(100 - second % 101); /* here: what the fuel gauge says */
		if (!err)
			err = ble_set_number(ble, &level, percent);
		if (err == BLE_EBUSY)
			err = 0; /* it is stored, and was not sent to all; the next one will be */
	}
	board_failed(ble ? ble_explain(ble, err, last_error, sizeof last_error)
			: ble_fault_explain(&fault, err, last_error, sizeof last_error));
}
