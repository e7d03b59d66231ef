/*
 * unix:PATH and tcp:HOST:PORT, a controller behind a stream socket: glint-air, or anything that speaks H4 there. Neither
 * greets: what listens may have a host of its own to wait for first, and the host's time-out tells of one that is mute.
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC, SOCK_NONBLOCK */
#include "stream.h"

#include <ble/posix.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 3000, HOST_MAX = 255, PORT_MAX = 65535 };

struct unix_socket {
	struct stream stream;
	char path[];
};

static int connect_unix(struct stream *s, struct ble_fault *fault)
{
	const char *path = ((struct unix_socket *)s)->path;
	int fd = stream_connect_unix(path);
	if (fd >= 0)
		return fd;
	switch (-fd) {
	case ENOENT:
		return driver_fault(fault, BLE_ENOENT, "unix", path,
			"no such socket; start a controller there, for one `glint air --socket "
			"PATH`");
	case ECONNREFUSED:
		return driver_fault(fault, BLE_EREFUSED, "unix", path,
			"nobody listens on this socket; start its controller again");
	case EACCES:
	case EPERM:
		return driver_fault(fault, BLE_EREFUSED, "unix", path,
			"permission denied; it belongs to another user: run this as that one, or start a controller of your own");
	case ENAMETOOLONG:
		return driver_fault(
			fault, BLE_ETOOBIG, "unix", path, "a socket's path has at most 107 octets");
	case EAGAIN:
		return driver_fault(
			fault, BLE_EBUSY, "unix", path, "too many wait to be let in; try again");
	default:
		return driver_fault(fault, BLE_EIO, "unix", path,
			"it cannot be connected to; is it a stream socket?");
	}
}

static void destroy(void *ctx)
{
	free(ctx);
}

static int create_unix(struct ble_transport **out, const char *rest, const uint8_t *identity,
	struct ble_fault *fault)
{
	(void)identity;
	if (!*rest)
		return driver_fault(fault, BLE_EINVAL, "driver",
			"unix:", "a path is missing: unix:/run/air.sock");
	struct unix_socket *u = calloc(1, sizeof *u + strlen(rest) + 1);
	if (!u)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	memcpy(u->path, rest, strlen(rest) + 1);
	stream_init(&u->stream, STREAM_SOCKET, connect_unix);
	u->stream.transport.destroy = destroy;
	*out = &u->stream.transport;
	return 0;
}

struct tcp_socket {
	struct stream stream;
	char host[HOST_MAX + 1], port[8];
	char text[]; /* as the URI has it */
};

/* Connected, or -errno. */
static int connect_within(int fd, const struct addrinfo *to)
{
	int error = 0;
	socklen_t size = sizeof error;
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return -errno;
	struct pollfd done = { .fd = fd, .events = POLLOUT };
	int64_t until = driver_now_ms() + CONNECT_MS, left = CONNECT_MS;
	int ready;
	do {
		ready = poll(&done, 1, left > 0 ? (int)left : 0);
		left = until - driver_now_ms();
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	return -error;
}

/* The first address that lets us in: its descriptor, or -errno of the last. */
static int connect_any(const struct addrinfo *list)
{
	int error = -EADDRNOTAVAIL;
	for (const struct addrinfo *to = list; to; to = to->ai_next) {
		int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
		if (fd < 0)
			return -errno;
		error = connect_within(fd, to);
		/* A round's packets leave together by themselves; they are not to wait for the next. */
		if (!error && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
			error = -errno;
		if (!error)
			return fd;
		close(fd);
	}
	return error;
}

static int connect_tcp(struct stream *s, struct ble_fault *fault)
{
	const struct tcp_socket *t = (const struct tcp_socket *)s;
	const struct addrinfo how = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	if (getaddrinfo(t->host, t->port, &how, &list) != 0)
		return driver_fault(fault, BLE_ENOENT, "tcp", t->text, "this host has no address; is its name right?");
	int fd = connect_any(list);
	freeaddrinfo(list);
	if (fd >= 0)
		return fd;
	switch (-fd) {
	case ECONNREFUSED:
		return driver_fault(fault, BLE_EREFUSED, "tcp", t->text,
			"nobody listens on this port; start a controller there, for one `glint air --tcp PORT`");
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return driver_fault(fault, BLE_ETIMEOUT, "tcp", t->text,
			"the host does not answer within 3 s; is it on, and on this network?");
	default:
		return driver_fault(fault, BLE_EIO, "tcp", t->text,
			"it cannot be connected to; are its address and port right, and may this machine reach it?");
	}
}

/* HOST:PORT or [IPV6]:PORT. False: it is neither. */
static bool split(struct tcp_socket *t, const char *rest)
{
	const char *colon = strrchr(rest, ':');
	char *end;
	if (!colon || colon == rest)
		return false;
	size_t len = (size_t)(colon - rest);
	if (rest[0] == '[') {
		if (rest[len - 1] != ']')
			return false;
		rest++;
		len -= 2;
	}
	unsigned long port = strtoul(colon + 1, &end, 10);
	if (!len || len > HOST_MAX || colon[1] < '0' || colon[1] > '9' || *end || !port || port > PORT_MAX)
		return false;
	memcpy(t->host, rest, len);
	snprintf(t->port, sizeof t->port, "%lu", port);
	return true;
}

static int create_tcp(struct ble_transport **out, const char *rest, const uint8_t *identity,
	struct ble_fault *fault)
{
	(void)identity;
	struct tcp_socket *t = calloc(1, sizeof *t + strlen(rest) + 1);
	if (!t)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	strcpy(t->text, rest);
	if (!split(t, rest)) {
		free(t);
		return driver_fault(fault, BLE_EINVAL, "driver", rest,
			"a host and a port, 1 to 65535, are wanted: tcp:localhost:6402 or tcp:[::1]:6402");
	}
	stream_init(&t->stream, STREAM_SOCKET, connect_tcp);
	t->stream.transport.destroy = destroy;
	*out = &t->stream.transport;
	return 0;
}

const struct ble_driver ble_driver_unix = { .scheme = "unix", .create = create_unix };
const struct ble_driver ble_driver_tcp = { .scheme = "tcp", .create = create_tcp };
