/*
 * A transport over a connected descriptor (stream.h). Everything is non-blocking: what the
 * device does not take now waits for want_write; the peer that is slow, gone or sends nonsense
 * costs us nothing but the connection.
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC, SOCK_NONBLOCK, accept4's relatives */
#include "stream.h"

#include "tty.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	BURST = 32,     /* packets a system call */
	MOST_READS = 64, /* in a row; what is left keeps the descriptor readable */
};

int stream_connect_unix(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof to.sun_path)
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	int error = errno;
	close(fd);
	return -error;
}

static void give_back(struct stream *s)
{
	while (s->head) {
		struct ble_tx *tx = s->head;
		s->head = tx->next;
		tx->done(tx);
	}
	s->sent = 0;
}

int stream_open(void *ctx, struct ble_fault *fault)
{
	struct stream *s = ctx;
	if (s->fd >= 0)
		return driver_fault(fault, BLE_ESTATE, "transport", NULL, "it is open already");
	int fd = s->connect(s, fault);
	if (fd < 0)
		return fd;
	s->fd = fd;
	s->gone = s->drained = false;
	s->in_a_row = 0;
	s->lost = s->kind == STREAM_TTY;
	ble_h4_init(&s->rx, s->buf, sizeof s->buf, BLE_H4_MAX, BLE_H4_FROM_CTLR);
	return 0;
}

static void write_packet(void *ctx, struct ble_tx *tx)
{
	struct stream *s = ctx;
	if (s->fd < 0 || s->gone) {
		tx->done(tx);
		return;
	}
	tx->next = NULL;
	if (s->head)
		s->tail->next = tx;
	else
		s->head = tx;
	s->tail = tx;
}

/* Takes `n` sent octets off the queue. A packet is out of our hands before its done is called. */
static void advance(struct stream *s, size_t n)
{
	n += s->sent;
	while (s->head && n >= s->head->len) {
		struct ble_tx *tx = s->head;
		n -= tx->len;
		s->head = tx->next;
		s->sent = 0;
		tx->done(tx);
	}
	s->sent = n;
}

static ssize_t send_some(const struct stream *s, struct iovec *iov, size_t count)
{
	if (s->kind == STREAM_TTY)
		return writev(s->fd, iov, (int)count);
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = count };
	return sendmsg(s->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* One burst: true when the device took all of it. */
static bool send_burst(struct stream *s)
{
	struct iovec iov[BURST];
	size_t count = 0, octets = 0, skip = s->sent, most = s->kind == STREAM_PACKETS ? 1 : BURST;
	for (struct ble_tx *tx = s->head; tx && count < most; tx = tx->next, skip = 0) {
		iov[count++] = (struct iovec){ .iov_base = tx->data + skip, .iov_len = tx->len - skip };
		octets += tx->len - skip;
	}
	ssize_t n = send_some(s, iov, count);
	if (n < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			s->gone = true;
		return errno == EINTR;
	}
	advance(s, (size_t)n);
	return (size_t)n == octets;
}

static int flush(void *ctx)
{
	struct stream *s = ctx;
	while (s->head && !s->gone && send_burst(s))
		;
	if (s->gone)
		give_back(s);
	return s->gone ? BLE_EGONE : 0;
}

/* True when something came. */
static bool receive(struct stream *s)
{
	uint8_t *at;
	size_t room = ble_h4_room(&s->rx, &at);
	ssize_t n;
	do
		n = s->kind == STREAM_TTY ? read(s->fd, at, room) : recv(s->fd, at, room, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
			s->gone = true;
		return false;
	}
	s->in_a_row++;
	s->drained = (size_t)n < room && s->kind != STREAM_PACKETS;
	ble_h4_got(&s->rx, (size_t)n);
	return true;
}

static int next_packet(struct stream *s, const uint8_t **packet)
{
	if (s->lost && !ble_h4_find_reset(&s->rx))
		return 0;
	s->lost = false;
	int len = ble_h4_next(&s->rx, packet);
	if (len == 0 && s->kind == STREAM_PACKETS && s->rx.begin < s->rx.end)
		return BLE_EGONE; /* half a packet: its rest will not come */
	return len;
}

static int read_packet(void *ctx, const uint8_t **packet)
{
	struct stream *s = ctx;
	if (s->fd < 0)
		return BLE_EGONE;
	int len = next_packet(s, packet);
	while (len == 0 && !s->gone && !s->drained && s->in_a_row < MOST_READS && receive(s))
		len = next_packet(s, packet);
	if (len > 0)
		return len;
	s->in_a_row = 0;
	s->drained = false; /* once: whoever asks again has waited */
	if (len < 0)
		s->gone = true;
	if (!s->gone)
		return 0;
	give_back(s);
	return BLE_EGONE;
}

static int get_fd(void *ctx)
{
	struct stream *s = ctx;
	return s->fd;
}

static bool want_write(void *ctx)
{
	const struct stream *s = ctx;
	return s->head != NULL;
}

void stream_close(void *ctx)
{
	struct stream *s = ctx;
	if (s->fd >= 0 && s->kind == STREAM_TTY)
		tty_close(s->fd);
	else if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	give_back(s);
}

void stream_init(struct stream *s, enum stream_kind kind, int (*connect)(struct stream *, struct ble_fault *))
{
	s->transport = (struct ble_transport){
		.ctx = s,
		.open = stream_open,
		.write = write_packet,
		.flush = flush,
		.read = read_packet,
		.fd = get_fd,
		.want_write = want_write,
		.close = stream_close,
	};
	s->kind = kind;
	s->connect = connect;
	s->fd = -1;
}
