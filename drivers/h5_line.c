/*
 * The three-wire transport on a serial line: serial:PATH,BAUD,h5. The machine of h5.c wants to be called when octets come,
 * when the line takes some, and when something is to be sent again; all three are in one epoll set, which is the
 * descriptor that the port waits on. So nothing of this shows outside: want_write is never true.
 */
#define _GNU_SOURCE
#include "h5.h"
#include "serial.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { ESTABLISH_MS = 3000, ATTEMPTS = 2 };

struct h5_line {
	struct ble_transport transport; /* first */
	struct tty tty;
	bool crc;
	struct driver_greeting greeting;
	int tty_fd, timer_fd, set_fd; /* -1: not open */
	bool gone, waits_to_write;
	uint64_t armed_us;
	struct h5 h5;
};

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool watch(const struct h5_line *l, int operation, int fd, uint32_t events)
{
	struct epoll_event what = { .events = events };
	return epoll_ctl(l->set_fd, operation, fd, &what) == 0;
}

/* The timer follows the machine. */
static void arm(struct h5_line *l)
{
	struct itimerspec at = { .it_value = { 0 } };
	if (l->armed_us == l->h5.due_us)
		return;
	l->armed_us = l->h5.due_us;
	if (l->armed_us != BLE_NEVER)
		at.it_value = (struct timespec){ .tv_sec = (time_t)(l->armed_us / 1000000),
			.tv_nsec = (long)(l->armed_us % 1000000 * 1000) };
	if (timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) < 0)
		l->gone = true;
}

static void send_all(struct h5_line *l)
{
	const uint8_t *data;
	size_t len;
	bool waits = false;
	while (!l->gone && !waits && (len = h5_output(&l->h5, now_us(), &data)) > 0) {
		ssize_t n = write(l->tty_fd, data, len);
		if (n >= 0)
			h5_taken(&l->h5, (size_t)n);
		else if (errno == EAGAIN)
			waits = true;
		else if (errno != EINTR)
			l->gone = true;
	}
	if (waits != l->waits_to_write)
		(void)watch(l, EPOLL_CTL_MOD, l->tty_fd, EPOLLIN | (waits ? (uint32_t)EPOLLOUT : 0));
	l->waits_to_write = waits;
	arm(l);
}

static bool receive(struct h5_line *l)
{
	uint8_t *at;
	size_t room = h5_room(&l->h5, &at);
	ssize_t n;
	do
		n = read(l->tty_fd, at, room);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		h5_got(&l->h5, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		l->gone = true;
	return n > 0;
}

static void run_timer(struct h5_line *l)
{
	uint64_t times;
	if (read(l->timer_fd, &times, sizeof times) == sizeof times)
		l->armed_us = BLE_NEVER; /* it is armed no more */
	h5_run(&l->h5, now_us());
}

static int read_packet(void *ctx, const uint8_t **packet)
{
	struct h5_line *l = ctx;
	int len = 0;
	if (l->tty_fd < 0)
		return BLE_EGONE;
	run_timer(l);
	do
		len = h5_next(&l->h5, now_us(), packet);
	while (len == 0 && !l->gone && receive(l));
	send_all(l); /* acknowledgements, and what they have made room for */
	if (len > 0)
		return len;
	if (len == 0 && !l->gone)
		return 0;
	l->gone = true;
	h5_give_back(&l->h5);
	return BLE_EGONE;
}

static void write_packet(void *ctx, struct ble_tx *tx)
{
	struct h5_line *l = ctx;
	if (l->tty_fd < 0 || l->gone)
		tx->done(tx);
	else
		h5_write(&l->h5, tx);
}

static int flush(void *ctx)
{
	struct h5_line *l = ctx;
	if (l->tty_fd >= 0 && !l->gone)
		send_all(l);
	if (!l->gone)
		return 0;
	h5_give_back(&l->h5);
	return BLE_EGONE;
}

static int get_fd(void *ctx)
{
	const struct h5_line *l = ctx;
	return l->set_fd;
}

static void close_line(void *ctx)
{
	struct h5_line *l = ctx;
	int *const fds[] = { &l->timer_fd, &l->set_fd };
	if (l->tty_fd >= 0)
		tty_close(l->tty_fd);
	l->tty_fd = -1;
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	h5_give_back(&l->h5);
}

/* A slow line needs longer for a window of packets each way than the machine would wait. */
static uint32_t retry_us(const struct h5_line *l)
{
	enum { BITS = 11 }; /* of an octet, with parity */
	uint64_t window_us = UINT64_C(1000000) * BITS * H5_WINDOW * H5_FRAME_MAX / l->tty.baud;
	return (uint32_t)(H5_RETRY_US + 2 * window_us);
}

static int establish(struct h5_line *l)
{
	const uint8_t *packet;
	uint64_t until = now_us() + ESTABLISH_MS * UINT64_C(1000);
	h5_start(&l->h5, l->crc, retry_us(l), now_us());
	for (;;) {
		int len = read_packet(l, &packet); /* sends what there is to be sent, too */
		if (len < 0 || l->h5.state == H5_ACTIVE)
			return len < 0 ? len : 0;
		uint64_t now = now_us();
		if (now >= until)
			return BLE_ETIMEOUT;
		struct pollfd ready = { .fd = l->set_fd, .events = POLLIN };
		if (poll(&ready, 1, (int)((until - now) / 1000) + 1) < 0 && errno != EINTR)
			return BLE_EIO;
	}
}

static int open_descriptors(struct h5_line *l, struct ble_fault *fault)
{
	l->tty_fd = tty_open(&l->tty, "serial", fault);
	if (l->tty_fd < 0)
		return l->tty_fd;
	l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	l->set_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->timer_fd < 0 || l->set_fd < 0 || !watch(l, EPOLL_CTL_ADD, l->tty_fd, EPOLLIN) ||
		!watch(l, EPOLL_CTL_ADD, l->timer_fd, EPOLLIN))
		return driver_fault(fault, BLE_EIO, "descriptors", NULL, "the system has none left (ulimit -n)");
	l->gone = l->waits_to_write = false;
	l->armed_us = BLE_NEVER;
	return 0;
}

static int open_line(void *ctx, struct ble_fault *fault)
{
	struct h5_line *l = ctx;
	if (l->tty_fd >= 0)
		return driver_fault(fault, BLE_ESTATE, "transport", NULL, "it is open already");
	int err = open_descriptors(l, fault);
	if (err) {
		close_line(l);
		return err;
	}
	err = establish(l);
	if (err) {
		close_line(l);
		return driver_fault(fault, err, "serial", l->tty.path,
			"nobody answers the three-wire protocol here: does the firmware speak H5, is the speed its own, the parity "
			"(,even)?");
	}
	err = driver_greet(&l->transport, &l->greeting, ATTEMPTS, DRIVER_ANSWER_MS);
	if (!err)
		return 0;
	close_line(l);
	return serial_refuse_greeting("serial", l->tty.path, err, fault);
}

static const uint8_t *address(void *ctx)
{
	const struct h5_line *l = ctx;
	return l->greeting.has_address ? l->greeting.address : NULL;
}

static void destroy(void *ctx)
{
	free(ctx);
}

int h5_line_create(struct ble_transport **out, const struct tty *tty, bool crc, struct ble_fault *fault)
{
	struct h5_line *l = calloc(1, sizeof *l);
	if (!l)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	l->transport = (struct ble_transport){ .ctx = l, .open = open_line, .write = write_packet, .flush = flush,
		.read = read_packet, .fd = get_fd, .close = close_line, .destroy = destroy, .address = address };
	l->tty = *tty;
	l->crc = crc;
	l->tty_fd = l->timer_fd = l->set_fd = -1;
	*out = &l->transport;
	return 0;
}
