/*
 * serial:PATH[,BAUD][,OPTION]..., a controller on a serial line: H4 with flow control by wire, or the three-wire H5
 * (h5_line.c) when it is asked for. The line is opened, and the controller greeted (driver.h), so that a wrong speed or
 * a board without HCI firmware is told at once, and octets of a packet that began earlier are passed over.
 */
#include "serial.h"

#include "h5.h"

#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 2 };

static int connect_serial(struct stream *s, struct ble_fault *fault)
{
	const struct serial *l = (const struct serial *)s;
	return tty_open(&l->tty, l->scheme, fault);
}

int serial_refuse_greeting(const char *scheme, const char *path, int err, struct ble_fault *fault)
{
	if (err == BLE_EGONE)
		return driver_fault(fault, err, scheme, path,
			"the line was hung up when it was spoken to; plug its adapter or board in again");
	return driver_fault(fault, err, scheme, path,
		"no controller answers here: is its firmware HCI over UART (README, Real radios), the speed its own "
		"(serial:PATH,115200), RTS and CTS wired (else: ,noflow)?");
}

static int open_serial(void *ctx, struct ble_fault *fault)
{
	struct serial *l = ctx;
	int err = stream_open(&l->stream, fault);
	if (err)
		return err;
	err = driver_greet(&l->stream.transport, &l->greeting, ATTEMPTS, l->answer_ms);
	if (!err)
		return 0;
	stream_close(&l->stream);
	return serial_refuse_greeting(l->scheme, l->tty.path, err, fault);
}

static const uint8_t *address(void *ctx)
{
	const struct serial *l = ctx;
	return l->greeting.has_address ? l->greeting.address : NULL;
}

static void destroy(void *ctx)
{
	free(ctx);
}

void serial_init(struct serial *l, const char *scheme)
{
	l->scheme = scheme;
	l->answer_ms = DRIVER_ANSWER_MS;
	stream_init(&l->stream, STREAM_TTY, connect_serial);
	l->stream.transport.open = open_serial;
	l->stream.transport.address = address;
	l->stream.transport.destroy = destroy;
}

/* One option between commas; false: there is no such one. */
static bool take_option(struct serial_options *o, const char *word, size_t len)
{
	static const char *const names[] = { "h4", "h5", "crc", "even", "noflow" };
	size_t i = 0;
	while (i < 5 && (strlen(names[i]) != len || memcmp(names[i], word, len) != 0))
		i++;
	switch (i) {
	case 0: o->h5 = false; return true;
	case 1: o->h5 = true; return true;
	case 2: return o->crc = true;
	case 3: return o->tty.even = true;
	case 4: return o->noflow = true;
	default: break;
	}
	char *end;
	unsigned long baud = strtoul(word, &end, 10);
	o->tty.baud = (unsigned)baud;
	return end == word + len && baud <= 4000000 && tty_baud_is_known((unsigned)baud);
}

int serial_options_read(struct serial_options *o, const char *rest, struct ble_fault *fault)
{
	size_t len = strcspn(rest, ",");
	*o = (struct serial_options){ .tty.baud = TTY_DEFAULT_BAUD };
	if (!len || len >= sizeof o->tty.path)
		return driver_fault(fault, len ? BLE_ETOOBIG : BLE_EINVAL, "driver", rest,
			"a device is wanted, of 1 to 255 octets: serial:/dev/ttyACM0,1000000");
	memcpy(o->tty.path, rest, len);
	for (const char *word = rest + len; *word;) {
		word++;
		len = strcspn(word, ",");
		if (!take_option(o, word, len))
			return driver_fault(fault, BLE_EINVAL, "driver", rest,
				"behind the device stand a speed (9600, 115200, 230400, 460800, 921600, 1000000, 2000000 ... "
				"4000000), h4 or h5, and crc, even, noflow");
		word += len;
	}
	if (o->crc && !o->h5)
		return driver_fault(fault, BLE_EINVAL, "driver", rest, "H4 has no check of its own: crc goes with h5");
	o->tty.rts_cts = !o->noflow && !o->h5; /* three wires have none */
	return 0;
}

static int create_serial(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	(void)identity;
	struct serial_options o;
	int err = serial_options_read(&o, rest, fault);
	if (err)
		return err;
	if (o.h5)
		return h5_line_create(out, &o.tty, o.crc, fault);
	struct serial *l = calloc(1, sizeof *l);
	if (!l)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	serial_init(l, "serial");
	l->tty = o.tty;
	*out = &l->stream.transport;
	return 0;
}

const struct ble_driver ble_driver_serial = { .scheme = "serial", .create = create_serial };
