/*
 * Waiting: for the transport, a due time, a wake-up. ble_posix_wait() is one ppoll; ble_posix_fd()
 * keeps the same three in an epoll set, for the loop of another. The rest that a flush left is
 * flushed here as soon as the descriptor takes it: nobody else looks (transport.h).
 */
#define _GNU_SOURCE /* ppoll */
#include "port.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int transport_fd(const struct ble_transport *t)
{
	return t && t->fd ? t->fd(t->ctx) : -1;
}

static bool wants_write(const struct ble_transport *t)
{
	return t && t->want_write && t->want_write(t->ctx);
}

/* A loss is told by the next read. */
static void flush(const struct ble_transport *t)
{
	(void)t->flush(t->ctx);
}

/* True: the rest, or some of it, has gone, and packets may have come back to the host. */
static bool flush_rest(const struct ble_transport *t)
{
	struct pollfd writable = { .fd = transport_fd(t), .events = POLLOUT };
	if (!wants_write(t) || poll(&writable, 1, 0) <= 0)
		return false;
	flush(t);
	return true;
}

static struct timespec span(uint64_t us)
{
	return (struct timespec){ .tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000 * 1000) };
}

/* True if there was a wake-up. */
static bool take_wake(const struct ble_posix *os)
{
	uint64_t count;
	return read(os->wake_fd, &count, sizeof count) == sizeof count;
}

int ble_posix_wait(struct ble_posix *os, const struct ble_transport *transport, uint64_t due_us)
{
	struct pollfd fds[2] = {
		{ .fd = os->wake_fd, .events = POLLIN },
		{ .fd = transport_fd(transport),
			.events = (short)(POLLIN | (wants_write(transport) ? POLLOUT : 0)) },
	};
	uint64_t now = due_us == BLE_NEVER ? 0 : ble_posix_now();
	struct timespec left = span(due_us > now ? due_us - now : 0);
	int ready = ppoll(fds, 2, due_us == BLE_NEVER ? NULL : &left, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : BLE_EIO;
	if (fds[0].revents && take_wake(os))
		os->woken = true;
	if (fds[1].revents & POLLOUT)
		flush(transport);
	return 0;
}

static bool make_set(struct ble_posix *os)
{
	if (os->epoll_fd >= 0)
		return true;
	os->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int set = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event wake = { .events = EPOLLIN }, timer = { .events = EPOLLIN };
	if (os->timer_fd >= 0 && set >= 0 &&
		epoll_ctl(set, EPOLL_CTL_ADD, os->wake_fd, &wake) == 0 &&
		epoll_ctl(set, EPOLL_CTL_ADD, os->timer_fd, &timer) == 0) {
		os->epoll_fd = set;
		return true;
	}
	if (set >= 0)
		close(set);
	if (os->timer_fd >= 0)
		close(os->timer_fd);
	os->timer_fd = -1;
	return false;
}

/* A transport that was reopened may have the same number for another descriptor, which has left the
 * set by itself: so the change is tried, and then the addition. */
static bool watch(struct ble_posix *os, int fd, uint32_t events)
{
	struct epoll_event what = { .events = events };
	if (os->watched_fd >= 0 && os->watched_fd != fd)
		epoll_ctl(os->epoll_fd, EPOLL_CTL_DEL, os->watched_fd,
			NULL); /* closed ones are gone already */
	os->watched_fd = fd;
	if (fd < 0)
		return true;
	return epoll_ctl(os->epoll_fd, EPOLL_CTL_MOD, fd, &what) == 0 ||
		epoll_ctl(os->epoll_fd, EPOLL_CTL_ADD, fd, &what) == 0;
}

int ble_posix_fd(struct ble_posix *os, const struct ble_transport *transport, uint64_t due_us)
{
	struct itimerspec timer = { .it_value = { 0 } }; /* zero disarms */
	if (!make_set(os))
		return BLE_EIO;
	/* Whoever woke us may have done so after the last round of work: so there is one more
	 * before we sleep. A packet that a flush gave back may be work, too. */
	bool woken = take_wake(os), flushed = flush_rest(transport);
	if (woken || flushed)
		due_us = 0;
	if (due_us != BLE_NEVER)
		timer.it_value = span(due_us ? due_us : 1);
	uint32_t events = EPOLLIN | (wants_write(transport) ? (uint32_t)EPOLLOUT : 0);
	if (!watch(os, transport_fd(transport), events) ||
		timerfd_settime(os->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL) < 0)
		return BLE_EIO;
	return os->epoll_fd;
}
