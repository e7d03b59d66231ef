/*
 * usb:[VID:PID], a controller on USB by libusb, for systems and containers without the kernel's Bluetooth. Vol 4 Part B:
 * commands are control transfers, events come by the interrupt endpoint, ACL data by the bulk ones, all without the H4
 * indicator, and a packet may come in several transfers.
 *
 * libusb is asynchronous and calls back from usb_turn() only, so all is on the host's thread. An IN transfer that is
 * complete is not submitted again before the host has taken what was in it.
 */
#define _GNU_SOURCE
#include "usb.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	ATTEMPTS = 2,
	OUTS = 8, /* packets under way to the device */
	IN_OCTETS = 512,
	SETUP = LIBUSB_CONTROL_SETUP_SIZE,
	TO_DEVICE_CLASS = 0x20, /* bmRequestType of a command */
};

/* One direction in: a transfer, and the packet that is put together from it. */
struct usb_in {
	struct libusb_transfer *transfer;
	struct usb *usb;
	bool submitted;
	int begin, end; /* of buf: what the host has not taken */
	size_t have;
	uint8_t indicator, buf[IN_OCTETS], packet[BLE_H4_MAX];
};

struct usb_out {
	struct libusb_transfer *transfer;
	struct usb *usb;
	struct ble_tx *tx; /* NULL: free */
	uint8_t command[SETUP + 255 + 3];
};

struct usb {
	struct ble_transport transport; /* first */
	struct usb_library library;
	void *loaded; /* of dlopen() */
	struct usb_wanted wanted;
	struct driver_greeting greeting;
	libusb_context *context;
	libusb_device_handle *handle;
	struct usb_endpoints endpoints;
	bool gone;
	int set_fd;
	struct ble_tx *head, *tail; /* not under way yet */
	struct usb_in events, acl;
	struct usb_out outs[OUTS];
	char text[];
};

/* A signal that comes meanwhile says nothing of the device. */
static bool turn_within(struct usb *u, long within_us)
{
	struct timeval within = { .tv_usec = within_us };
	int error = u->library.handle_events_timeout_completed(u->context, &within, NULL);
	return !error || error == LIBUSB_ERROR_INTERRUPTED;
}

static void usb_turn(struct usb *u)
{
	if (!turn_within(u, 0))
		u->gone = true;
}

static void LIBUSB_CALL on_in(struct libusb_transfer *t)
{
	struct usb_in *in = t->user_data;
	in->submitted = false;
	in->begin = 0;
	in->end = t->status == LIBUSB_TRANSFER_COMPLETED ? t->actual_length : 0;
	if (t->status != LIBUSB_TRANSFER_COMPLETED && t->status != LIBUSB_TRANSFER_TIMED_OUT)
		in->usb->gone = true; /* unplugged, stalled, or cancelled by close */
}

static void LIBUSB_CALL on_out(struct libusb_transfer *t)
{
	struct usb_out *out = t->user_data;
	struct ble_tx *tx = out->tx;
	out->tx = NULL;
	if (t->status != LIBUSB_TRANSFER_COMPLETED)
		out->usb->gone = true;
	if (tx)
		tx->done(tx);
}

static void submit_in(struct usb_in *in)
{
	struct usb *u = in->usb;
	if (in->submitted || in->begin < in->end || u->gone)
		return;
	in->submitted = u->library.submit_transfer(in->transfer) == 0;
	u->gone = !in->submitted;
}

/* The octets that the packet in p, indicator first, will have; 0: too few to tell. */
static size_t whole(const uint8_t *p, size_t have)
{
	if (p[0] == BLE_H4_EVENT)
		return have < 3 ? 0 : 3u + p[2];
	return have < 5 ? 0 : 5u + (size_t)(p[3] | p[4] << 8);
}

/* The next packet of one direction: its length, 0: none yet. */
static int take_in(struct usb_in *in, const uint8_t **packet)
{
	while (in->begin < in->end) {
		if (!in->have)
			in->packet[in->have++] = in->indicator;
		in->packet[in->have++] = in->buf[in->begin++];
		size_t len = whole(in->packet, in->have);
		if (len > sizeof in->packet) {
			in->usb->gone = true; /* longer than the host has allowed */
			return 0;
		}
		if (len && in->have == len) {
			in->have = 0;
			*packet = in->packet;
			return (int)len;
		}
	}
	submit_in(in);
	return 0;
}

static void give_back(struct usb *u)
{
	while (u->head) {
		struct ble_tx *tx = u->head;
		u->head = tx->next;
		tx->done(tx);
	}
}

static bool submit_out(struct usb *u, struct usb_out *out, struct ble_tx *tx)
{
	struct libusb_transfer *t = out->transfer;
	uint16_t len = (uint16_t)(tx->len - 1);
	if (tx->data[0] == BLE_H4_COMMAND) {
		libusb_fill_control_setup(out->command, TO_DEVICE_CLASS, 0, 0, 0, len);
		memcpy(out->command + SETUP, tx->data + 1, len);
		libusb_fill_control_transfer(t, u->handle, out->command, on_out, out, 0);
	} else {
		libusb_fill_bulk_transfer(t, u->handle, u->endpoints.acl_out, tx->data + 1, len, on_out, out, 0);
	}
	out->tx = tx;
	if (u->library.submit_transfer(t) == 0)
		return true;
	out->tx = NULL;
	u->gone = true;
	return false;
}

static void send_all(struct usb *u)
{
	for (unsigned i = 0; i < OUTS && u->head && !u->gone; i++) {
		struct ble_tx *tx = u->head;
		if (u->outs[i].tx)
			continue;
		u->head = tx->next;
		if (!submit_out(u, &u->outs[i], tx))
			tx->done(tx);
	}
}

static int read_packet(void *ctx, const uint8_t **packet)
{
	struct usb *u = ctx;
	if (!u->handle)
		return BLE_EGONE;
	int len = take_in(&u->events, packet);
	if (!len)
		len = take_in(&u->acl, packet);
	if (len)
		return len;
	usb_turn(u);
	send_all(u); /* what has found a place */
	len = take_in(&u->events, packet);
	if (!len)
		len = take_in(&u->acl, packet);
	if (len || !u->gone)
		return len;
	give_back(u);
	return BLE_EGONE;
}

static void write_packet(void *ctx, struct ble_tx *tx)
{
	struct usb *u = ctx;
	if (!u->handle || u->gone) {
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
	struct usb *u = ctx;
	if (u->handle)
		send_all(u);
	if (!u->gone)
		return 0;
	give_back(u);
	return BLE_EGONE;
}

static int get_fd(void *ctx)
{
	const struct usb *u = ctx;
	return u->set_fd;
}

static bool is_under_way(const struct usb *u)
{
	bool busy = u->events.submitted || u->acl.submitted;
	for (unsigned i = 0; i < OUTS; i++)
		busy |= u->outs[i].tx != NULL;
	return busy;
}

/* A cancelled transfer is ours again when it has been called back. */
static void cancel_all(struct usb *u)
{
	struct usb_in *const ins[] = { &u->events, &u->acl };
	for (unsigned i = 0; i < 2; i++)
		if (ins[i]->submitted)
			(void)u->library.cancel_transfer(ins[i]->transfer);
	for (unsigned i = 0; i < OUTS; i++)
		if (u->outs[i].tx)
			(void)u->library.cancel_transfer(u->outs[i].transfer);
	for (unsigned i = 0; i < 10 && is_under_way(u); i++)
		if (!turn_within(u, 100000))
			break;
}

/* Packets of transfers that a device which hangs has not given back by now: they will be called back no more. */
static void take_back(struct usb *u)
{
	for (unsigned i = 0; i < OUTS; i++) {
		struct ble_tx *tx = u->outs[i].tx;
		u->outs[i].tx = NULL;
		if (tx)
			tx->done(tx);
	}
}

static void free_transfers(struct usb *u)
{
	struct libusb_transfer **const ins[] = { &u->events.transfer, &u->acl.transfer };
	for (unsigned i = 0; i < 2; i++) {
		u->library.free_transfer(*ins[i]); /* NULL is fine */
		*ins[i] = NULL;
	}
	for (unsigned i = 0; i < OUTS; i++) {
		u->library.free_transfer(u->outs[i].transfer);
		u->outs[i].transfer = NULL;
	}
}

static void close_usb(void *ctx)
{
	struct usb *u = ctx;
	if (u->handle) {
		cancel_all(u);
		(void)u->library.release_interface(u->handle, 0);
		u->library.close(u->handle);
	}
	if (u->context) {
		free_transfers(u);
		u->library.exit(u->context);
	}
	u->handle = NULL;
	u->context = NULL;
	if (u->set_fd >= 0)
		close(u->set_fd);
	u->set_fd = -1;
	take_back(u);
	give_back(u);
}

static int load(struct usb *u, struct ble_fault *fault)
{
	if (u->library.init)
		return 0;
	u->loaded = dlopen("libusb-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
	bool found = u->loaded != NULL;
#define LOAD(name)                                                        \
	if (found) {                                                      \
		void *address = dlsym(u->loaded, "libusb_" #name);        \
		memcpy(&u->library.name, &address, sizeof address);       \
		found = address != NULL;                                  \
	}
	USB_CALLS(LOAD)
#undef LOAD
	if (found)
		return 0;
	u->library.init = NULL;
	return driver_fault(fault, BLE_ENOTSUP, "usb", u->text, "libusb is missing: `sudo apt install libusb-1.0-0`");
}

static bool start_in(struct usb *u, struct usb_in *in, uint8_t indicator, uint8_t endpoint)
{
	*in = (struct usb_in){ .usb = u, .indicator = indicator };
	in->transfer = u->library.alloc_transfer(0);
	if (!in->transfer)
		return false;
	if (indicator == BLE_H4_EVENT)
		libusb_fill_interrupt_transfer(in->transfer, u->handle, endpoint, in->buf, IN_OCTETS, on_in, in, 0);
	else
		libusb_fill_bulk_transfer(in->transfer, u->handle, endpoint, in->buf, IN_OCTETS, on_in, in, 0);
	submit_in(in);
	return in->submitted;
}

static bool start_transfers(struct usb *u)
{
	for (unsigned i = 0; i < OUTS; i++) {
		u->outs[i] = (struct usb_out){ .usb = u, .transfer = u->library.alloc_transfer(0) };
		if (!u->outs[i].transfer)
			return false;
	}
	return start_in(u, &u->events, BLE_H4_EVENT, u->endpoints.events) &&
		start_in(u, &u->acl, BLE_H4_ACL, u->endpoints.acl_in);
}

/* libusb's own descriptors, its timer among them, in one set. */
static bool watch(struct usb *u)
{
	const struct libusb_pollfd **list = u->library.get_pollfds(u->context);
	u->set_fd = epoll_create1(EPOLL_CLOEXEC);
	bool ok = list && u->set_fd >= 0;
	for (unsigned i = 0; ok && list[i]; i++) {
		struct epoll_event what = { .events = (uint32_t)list[i]->events }; /* POLLIN and EPOLLIN are the same */
		ok = epoll_ctl(u->set_fd, EPOLL_CTL_ADD, list[i]->fd, &what) == 0;
	}
	if (list)
		u->library.free_pollfds(list);
	return ok;
}

static int bring_up(struct usb *u, struct ble_fault *fault)
{
	int err = load(u, fault);
	if (err)
		return err;
	if (u->library.init(&u->context) != 0) {
		u->context = NULL;
		return driver_fault(fault, BLE_EIO, "usb", u->text,
			"the system lets nobody see its USB devices; is /dev/bus/usb there? (A container has to be given it.)");
	}
	err = usb_find(&u->library, u->context, &u->wanted, &u->handle, &u->endpoints, fault);
	if (err)
		return err;
	u->gone = false;
	if (!watch(u) || !start_transfers(u))
		return driver_fault(fault, BLE_EIO, "usb", u->text, "it was unplugged, or the system is short of memory");
	err = driver_greet(&u->transport, &u->greeting, ATTEMPTS, DRIVER_ANSWER_MS);
	if (err)
		return driver_fault(fault, err, "usb", u->text, "the adapter does not answer a Reset; unplug it and try again");
	return usb_maker_wants_firmware(u->greeting.maker) ? usb_refuse_firmware(u->text, fault) : 0;
}

static int open_usb(void *ctx, struct ble_fault *fault)
{
	struct usb *u = ctx;
	if (u->handle)
		return driver_fault(fault, BLE_ESTATE, "transport", NULL, "it is open already");
	int err = bring_up(u, fault);
	if (err)
		close_usb(u);
	return err;
}

static const uint8_t *address(void *ctx)
{
	const struct usb *u = ctx;
	return u->greeting.has_address ? u->greeting.address : NULL;
}

static void destroy(void *ctx)
{
	struct usb *u = ctx;
	if (u->loaded)
		dlclose(u->loaded);
	free(u);
}

/* "": any; "0a12:0001". */
static bool wants(struct usb_wanted *w, const char *rest)
{
	char *end;
	if (!*rest)
		return w->any = true;
	if (strlen(rest) != 9 || rest[4] != ':' || strspn(rest, "0123456789abcdefABCDEF") != 4 ||
		strspn(rest + 5, "0123456789abcdefABCDEF") != 4)
		return false;
	w->vendor = (uint16_t)strtoul(rest, &end, 16);
	w->product = (uint16_t)strtoul(rest + 5, &end, 16);
	return true;
}

int usb_create(struct ble_transport **out, const char *rest, const struct usb_library *library, struct ble_fault *fault)
{
	struct usb_wanted wanted = { 0 };
	if (!wants(&wanted, rest))
		return driver_fault(fault, BLE_EINVAL, "driver", rest,
			"vendor and product are four hex digits each, as lsusb shows them: usb:0a12:0001, or usb: for the first adapter");
	struct usb *u = calloc(1, sizeof *u + strlen(rest) + 5);
	if (!u)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	sprintf(u->text, "usb:%s", rest);
	u->wanted = wanted;
	u->wanted.text = u->text;
	if (library)
		u->library = *library;
	u->set_fd = -1;
	u->transport = (struct ble_transport){ .ctx = u, .open = open_usb, .write = write_packet, .flush = flush,
		.read = read_packet, .fd = get_fd, .close = close_usb, .destroy = destroy, .address = address };
	*out = &u->transport;
	return 0;
}

static int create_usb(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	(void)identity;
	return usb_create(out, rest, NULL, fault);
}

const struct ble_driver ble_driver_usb = { .scheme = "usb", .create = create_usb };
