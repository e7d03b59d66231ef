/*
 * nrf52:[SERIAL] and esp32:[SERIAL], a board on USB serial whose firmware is a controller (README, Real radios). Lines that
 * may be such a board are tried one after the other, each with the settings that its stock firmware is built with, until one
 * answers a Reset. The line that did is tried first when it has to be opened again.
 */
#include "serial.h"

#include <ble/posix.h>

#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 32, MOST_SETTINGS = 3, ANSWER_MS = 400 };

struct setting {
	unsigned baud;
	bool rts_cts;
};

struct kind {
	const char *scheme, *none, *mute;
	struct setting settings[MOST_SETTINGS]; /* baud 0: no more */
};

static const struct kind nrf52 = { "nrf52", "no nRF52 board is on USB serial: is it plugged in? `glint doctor` lists what is",
	"the nRF52 board does not answer as a controller: it wants Zephyr's hci_uart in its flash (README, Real radios)",
	{ { 1000000, true }, { 115200, true } } };
static const struct kind esp32 = { "esp32", "no ESP32 board is on USB serial: is it plugged in? `glint doctor` lists what is",
	"the ESP32 board does not answer as a controller: it wants ESP-IDF's controller_hci_uart in its flash (README, Real "
	"radios)",
	{ { 921600, true }, { 921600, false }, { 115200, false } } };

struct board {
	struct serial serial; /* first */
	int (*open_serial)(void *ctx, struct ble_fault *fault);
	const struct kind *kind;
	bool found;           /* serial.tty is what answered */
	char tried[TTY_PATH_MAX]; /* the last line: a fault's text lives as long as the driver */
	char wanted[];        /* the USB serial number, "": any */
};

static bool try_line(struct board *b, const struct setting *s, const char *path, struct ble_fault *fault)
{
	b->serial.tty = (struct tty){ .baud = s->baud, .rts_cts = s->rts_cts };
	memcpy(b->serial.tty.path, path, strlen(path) + 1);
	return b->open_serial(b, fault) == 0;
}

/* True: it is open. *fault: why not, if it is something else than silence. */
static bool try_board(struct board *b, const char *path, struct ble_fault *fault)
{
	for (int i = 0; i < MOST_SETTINGS && b->kind->settings[i].baud; i++) {
		if (try_line(b, &b->kind->settings[i], path, fault))
			return true;
		if (fault->err != BLE_ETIMEOUT)
			return false; /* its line cannot be opened: another speed will not help */
	}
	return false;
}

static int open_board(void *ctx, struct ble_fault *fault)
{
	struct ble_serial_line lines[MOST_LINES];
	struct board *b = ctx;
	struct ble_fault why = { .err = BLE_ENOENT };
	if (b->found && b->open_serial(b, &why) == 0)
		return 0;
	int count = ble_posix_serial_lines(lines, MOST_LINES), tried = 0;
	for (int i = 0; i < count; i++) {
		if (!lines[i].scheme || strcmp(lines[i].scheme, b->kind->scheme) != 0 ||
			(*b->wanted && strcmp(b->wanted, lines[i].serial) != 0))
			continue;
		tried++;
		b->found = try_board(b, lines[i].path, &why);
		if (b->found)
			return 0;
		memcpy(b->tried, lines[i].path, sizeof b->tried);
	}
	b->found = false;
	if (!tried)
		return driver_fault(fault, BLE_ENOENT, b->kind->scheme, *b->wanted ? b->wanted : NULL, b->kind->none);
	return driver_fault(fault, why.err, b->kind->scheme, b->tried, why.err == BLE_ETIMEOUT ? b->kind->mute : why.hint);
}

static int create(struct ble_transport **out, const char *rest, const struct kind *kind, struct ble_fault *fault)
{
	struct board *b = calloc(1, sizeof *b + strlen(rest) + 1);
	if (!b)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	strcpy(b->wanted, rest);
	b->kind = kind;
	serial_init(&b->serial, kind->scheme);
	b->serial.answer_ms = ANSWER_MS;
	b->open_serial = b->serial.stream.transport.open;
	b->serial.stream.transport.open = open_board;
	*out = &b->serial.stream.transport;
	return 0;
}

static int create_nrf52(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	(void)identity;
	return create(out, rest, &nrf52, fault);
}

static int create_esp32(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	(void)identity;
	return create(out, rest, &esp32, fault);
}

const struct ble_driver ble_driver_nrf52 = { .scheme = "nrf52", .create = create_nrf52 };
const struct ble_driver ble_driver_esp32 = { .scheme = "esp32", .create = create_esp32 };
