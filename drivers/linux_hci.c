/*
 * hci:N, adapter hciN of Linux by the kernel's HCI user channel: a socket that has the adapter for itself and carries H4
 * packets, one at a time. The kernel has loaded the chip's firmware before, so every adapter that Linux knows will do.
 *
 * The channel is given for an adapter that is down, to who may administer networks. One that is up is brought down first,
 * as its other user, bluetoothd, is told by the kernel; we do not touch that program, but say how to stop it.
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "linux_hci.h"

#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef AF_BLUETOOTH
#define AF_BLUETOOTH 31
#endif

enum { PROTOCOL_HCI = 1, CHANNEL_USER = 1, INDEX_MAX = 255, ATTEMPTS = 2, ANSWER_MS = 2000 };
#define DEVICE_DOWN _IOW('H', 202, int)

/* The kernel's; no header of the C library has it. */
struct hci_address {
	unsigned short family, index, channel;
};

struct linux_hci {
	struct stream stream; /* first */
	const struct linux_hci_calls *calls;
	struct driver_greeting greeting;
	int index;
	char name[16];
};

static int call_open(void)
{
	return socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, PROTOCOL_HCI);
}

static int call_down(int fd, int index)
{
	return ioctl(fd, DEVICE_DOWN, index);
}

static int call_bind(int fd, int index)
{
	const struct hci_address to = { .family = AF_BLUETOOTH, .index = (unsigned short)index, .channel = CHANNEL_USER };
	return bind(fd, (const struct sockaddr *)&to, sizeof to);
}

static int refuse(const struct linux_hci *l, int error, struct ble_fault *fault)
{
	switch (error) {
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
		return driver_fault(fault, BLE_ENOTSUP, "hci", l->name,
			"this kernel has no Bluetooth: `sudo modprobe bluetooth`; a container has its host's kernel, and no adapters");
	case EPERM:
	case EACCES:
		return driver_fault(fault, BLE_EREFUSED, "hci", l->name,
			"the capability CAP_NET_ADMIN is missing: run it by sudo, or `sudo setcap cap_net_admin,cap_net_raw+ep` its "
			"program");
	case ENODEV:
		return driver_fault(fault, BLE_ENOENT, "hci", l->name, "no such adapter; `glint doctor` lists those that are there");
	case EBUSY:
		return driver_fault(fault, BLE_EBUSY, "hci", l->name,
			"the adapter is in use and cannot be brought down: `sudo systemctl stop bluetooth` frees it from bluetoothd");
	case EUSERS:
		return driver_fault(fault, BLE_EBUSY, "hci", l->name,
			"another program has the adapter for itself already; end that first");
	case ERFKILL:
		return driver_fault(fault, BLE_EREFUSED, "hci", l->name,
			"the adapter is switched off: `sudo rfkill unblock bluetooth`, or the switch of the computer");
	case EMFILE:
	case ENFILE:
		return driver_fault(fault, BLE_EIO, "descriptors", NULL, "the system has none left (ulimit -n)");
	default:
		return driver_fault(fault, BLE_EIO, "hci", l->name,
			"the adapter does not start; unplug it, or `sudo modprobe -r btusb; sudo modprobe btusb`");
	}
}

/* Down first, for which we may lack the right, as it may be down already: the channel's refusal tells. But it calls an
 * adapter busy in either case: one that cannot even be brought down is in somebody's user channel. */
static int connect_hci(struct stream *s, struct ble_fault *fault)
{
	const struct linux_hci *l = (const struct linux_hci *)s;
	int fd = l->calls->open();
	if (fd < 0)
		return refuse(l, errno, fault);
	bool taken = l->calls->down(fd, l->index) < 0 && errno == EBUSY;
	if (l->calls->bind(fd, l->index) == 0)
		return fd;
	int error = errno == EBUSY && taken ? EUSERS : errno;
	close(fd);
	return refuse(l, error, fault);
}

static int open_hci(void *ctx, struct ble_fault *fault)
{
	struct linux_hci *l = ctx;
	int err = stream_open(&l->stream, fault);
	if (err)
		return err;
	err = driver_greet(&l->stream.transport, &l->greeting, ATTEMPTS, ANSWER_MS);
	if (!err)
		return 0;
	stream_close(&l->stream);
	return driver_fault(fault, err, "hci", l->name,
		"the adapter does not answer a Reset; unplug it, or `sudo modprobe -r btusb; sudo modprobe btusb`");
}

static const uint8_t *address(void *ctx)
{
	const struct linux_hci *l = ctx;
	return l->greeting.has_address ? l->greeting.address : NULL;
}

static void destroy(void *ctx)
{
	free(ctx);
}

/* "0", and "hci0" for who types it so. -1: neither. */
static int index_of(const char *rest)
{
	char *end;
	if (!strncmp(rest, "hci", 3))
		rest += 3;
	unsigned long n = strtoul(rest, &end, 10);
	return *rest < '0' || *rest > '9' || *end || n > INDEX_MAX ? -1 : (int)n;
}

int linux_hci_create(struct ble_transport **out, const char *rest, const struct linux_hci_calls *calls,
	struct ble_fault *fault)
{
	int index = index_of(rest);
	if (index < 0)
		return driver_fault(fault, BLE_EINVAL, "driver", *rest ? rest : "hci:",
			"the number of an adapter is wanted, 0 to 255: hci:0");
	struct linux_hci *l = calloc(1, sizeof *l);
	if (!l)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	l->calls = calls;
	l->index = index;
	snprintf(l->name, sizeof l->name, "hci%d", index);
	stream_init(&l->stream, STREAM_PACKETS, connect_hci);
	l->stream.transport.open = open_hci;
	l->stream.transport.address = address;
	l->stream.transport.destroy = destroy;
	*out = &l->stream.transport;
	return 0;
}

static int create_hci(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	static const struct linux_hci_calls kernel = { call_open, call_down, call_bind };
	(void)identity;
	return linux_hci_create(out, rest, &kernel, fault);
}

const struct ble_driver ble_driver_hci = { .scheme = "hci", .create = create_hci };
