/* An adapter behind the calls of libusb: fake_usb.h. */
#define _GNU_SOURCE
#include "fake_usb.h"

#include <ble/transport.h>

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { PIECE = 16, MOST = 16 };

static struct wire *wire;
static uint16_t its_vendor;
static int fd = -1, more_fd = -1; /* the controller; that there are octets of its packet left */
static struct libusb_transfer *under_way[MOST];
static uint8_t pending[2][600]; /* octets of a packet for the interrupt endpoint, for the bulk one */
static size_t pending_len[2];
int fake_usb_open_error, fake_usb_transfers, fake_usb_turn_error;
uint16_t fake_usb_other;
bool fake_usb_hangs;

void fake_usb_is(struct wire *w, uint16_t vendor)
{
	wire = w;
	its_vendor = vendor;
	fake_usb_open_error = 0;
}

static int on_init(libusb_context **context)
{
	static int any;
	*context = (libusb_context *)(void *)&any;
	return 0;
}

static void on_exit_usb(libusb_context *context)
{
	(void)context;
	assert_int_equal(fake_usb_transfers, 0);
}

static int its_device, other_device;

static ssize_t on_list(libusb_context *context, libusb_device ***list)
{
	static libusb_device *devices[2];
	unsigned count = 0;
	(void)context;
	if (fake_usb_other)
		devices[count++] = (libusb_device *)(void *)&other_device;
	devices[count++] = (libusb_device *)(void *)&its_device;
	*list = devices;
	return count;
}

static void on_free_list(libusb_device **list, int unref)
{
	(void)list;
	(void)unref;
}

static int on_descriptor(libusb_device *device, struct libusb_device_descriptor *d)
{
	bool is_other = (void *)device == &other_device;
	*d = (struct libusb_device_descriptor){ .idVendor = is_other ? fake_usb_other : its_vendor, .idProduct = 1, .bDeviceClass = 0xE0,
		.bDeviceSubClass = 1, .bDeviceProtocol = 1 };
	return 0;
}

static int on_config(libusb_device *device, struct libusb_config_descriptor **config)
{
	static const struct libusb_endpoint_descriptor ends[] = { { .bEndpointAddress = 0x81, .bmAttributes = 3 },
		{ .bEndpointAddress = 0x02, .bmAttributes = 2 }, { .bEndpointAddress = 0x82, .bmAttributes = 2 } };
	static const struct libusb_interface_descriptor face = { .bNumEndpoints = 3, .endpoint = ends };
	static const struct libusb_interface faces[] = { { .altsetting = &face, .num_altsetting = 1 } };
	static struct libusb_config_descriptor one = { .bNumInterfaces = 1, .interface = faces };
	(void)device;
	*config = &one;
	return 0;
}

static void on_free_config(struct libusb_config_descriptor *config)
{
	(void)config;
}

static int on_open(libusb_device *device, libusb_device_handle **handle)
{
	int pair[2];
	static int any;
	if ((void *)device == &other_device)
		return LIBUSB_ERROR_BUSY;
	if (fake_usb_open_error)
		return fake_usb_open_error;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	fd = pair[0];
	more_fd = eventfd(0, EFD_NONBLOCK);
	assert_true(more_fd >= 0);
	wire_connect(wire, pair[1]);
	pending_len[0] = pending_len[1] = 0;
	*handle = (libusb_device_handle *)(void *)&any;
	return 0;
}

static void on_close(libusb_device_handle *handle)
{
	(void)handle;
	close(fd);
	close(more_fd);
	fd = more_fd = -1;
}

static int on_number(libusb_device_handle *handle, int number)
{
	(void)handle;
	(void)number;
	return 0;
}

static struct libusb_transfer *on_alloc(int iso)
{
	(void)iso;
	fake_usb_transfers++;
	return calloc(1, sizeof(struct libusb_transfer));
}

static void on_free(struct libusb_transfer *t)
{
	fake_usb_transfers -= t != NULL;
	for (unsigned i = 0; i < MOST && t; i++)
		if (under_way[i] == t)
			under_way[i] = NULL;
	free(t);
}

/* What goes out goes at once; that it has gone is told by the next turn. */
static int send_out(struct libusb_transfer *t)
{
	const size_t skip = t->type == LIBUSB_TRANSFER_TYPE_CONTROL ? LIBUSB_CONTROL_SETUP_SIZE : 0;
	uint8_t packet[600] = { skip ? BLE_H4_COMMAND : BLE_H4_ACL };
	size_t len = (size_t)t->length - skip;
	memcpy(packet + 1, t->buffer + skip, len);
	bool ok = send(fd, packet, 1 + len, MSG_NOSIGNAL) == (ssize_t)(1 + len);
	eventfd_write(more_fd, 1);
	return ok ? LIBUSB_TRANSFER_COMPLETED : LIBUSB_TRANSFER_NO_DEVICE;
}

static int on_submit(struct libusb_transfer *t)
{
	bool in = t->type != LIBUSB_TRANSFER_TYPE_CONTROL && (t->endpoint & LIBUSB_ENDPOINT_IN);
	for (unsigned i = 0; i < MOST; i++)
		if (!under_way[i]) {
			under_way[i] = t;
			t->status = in ? LIBUSB_TRANSFER_COMPLETED : (enum libusb_transfer_status)send_out(t);
			return 0;
		}
	return LIBUSB_ERROR_NO_MEM;
}

static void finish(unsigned i, enum libusb_transfer_status status, int len)
{
	struct libusb_transfer *t = under_way[i];
	under_way[i] = NULL;
	t->status = status;
	t->actual_length = len;
	t->callback(t);
}

static int on_cancel(struct libusb_transfer *t)
{
	for (unsigned i = 0; i < MOST; i++)
		if (under_way[i] == t)
			under_way[i]->status = LIBUSB_TRANSFER_CANCELLED; /* told by the next turn */
	return 0;
}

/* A packet from the controller goes to the endpoint of its indicator, which USB has not. */
static void receive(void)
{
	uint8_t packet[600];
	if (pending_len[0] || pending_len[1])
		return;
	ssize_t n = recv(fd, packet, sizeof packet, MSG_DONTWAIT);
	if (n < 2)
		return;
	unsigned where = packet[0] == BLE_H4_ACL;
	pending_len[where] = (size_t)n - 1;
	memcpy(pending[where], packet + 1, (size_t)n - 1);
}

static void turn_in(unsigned i)
{
	struct libusb_transfer *t = under_way[i];
	unsigned where = t->type == LIBUSB_TRANSFER_TYPE_BULK;
	size_t n = pending_len[where] < PIECE ? pending_len[where] : PIECE;
	if (!n)
		return;
	memcpy(t->buffer, pending[where], n);
	pending_len[where] -= n;
	memmove(pending[where], pending[where] + n, pending_len[where]);
	finish(i, LIBUSB_TRANSFER_COMPLETED, (int)n);
}

static int on_turn(libusb_context *context, struct timeval *within, int *completed)
{
	(void)context;
	(void)within;
	(void)completed;
	eventfd_t count;
	int error = fake_usb_turn_error;
	fake_usb_turn_error = 0;
	if (error)
		return error;
	(void)eventfd_read(more_fd, &count);
	receive();
	for (unsigned i = 0; i < MOST; i++) {
		struct libusb_transfer *t = under_way[i];
		if (!t || (fake_usb_hangs && !(t->endpoint & LIBUSB_ENDPOINT_IN)))
			continue;
		if (t->status == LIBUSB_TRANSFER_CANCELLED)
			finish(i, LIBUSB_TRANSFER_CANCELLED, 0);
		else if (t->endpoint & LIBUSB_ENDPOINT_IN)
			turn_in(i);
		else
			finish(i, t->status, t->length);
	}
	if (pending_len[0] || pending_len[1])
		eventfd_write(more_fd, 1); /* as the next completed transfer would */
	return 0;
}

static const struct libusb_pollfd **on_pollfds(libusb_context *context)
{
	static struct libusb_pollfd two[2];
	static const struct libusb_pollfd *list[3] = { &two[0], &two[1] };
	(void)context;
	two[0] = (struct libusb_pollfd){ .fd = fd, .events = POLLIN };
	two[1] = (struct libusb_pollfd){ .fd = more_fd, .events = POLLIN };
	return list;
}

static void on_free_pollfds(const struct libusb_pollfd **list)
{
	(void)list;
}

const struct usb_library fake_usb = { .init = on_init, .exit = on_exit_usb, .get_device_list = on_list,
	.free_device_list = on_free_list, .get_device_descriptor = on_descriptor,
	.get_active_config_descriptor = on_config, .free_config_descriptor = on_free_config, .open = on_open,
	.close = on_close, .set_auto_detach_kernel_driver = on_number, .claim_interface = on_number,
	.release_interface = on_number, .alloc_transfer = on_alloc, .free_transfer = on_free, .submit_transfer = on_submit,
	.cancel_transfer = on_cancel, .handle_events_timeout_completed = on_turn, .get_pollfds = on_pollfds,
	.free_pollfds = on_free_pollfds };
