/*
 * unix:PATH, a controller behind a unix stream socket: glint-air, or anything that speaks H4 there.
 * tcp: is known by name only, so that who asks for it learns why there is none.
 */
#include "stream.h"

#include <ble/posix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
			"permission denied; it belongs to another user");
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
	stream_init(&u->stream, connect_unix);
	u->stream.transport.destroy = destroy;
	*out = &u->stream.transport;
	return 0;
}

static int create_tcp(struct ble_transport **out, const char *rest, const uint8_t *identity,
	struct ble_fault *fault)
{
	(void)out;
	(void)rest;
	(void)identity;
	return driver_fault(fault, BLE_ENOTSUP, "driver", "tcp:",
		"TCP is not in this version; use unix:PATH, and a forwarder such as socat between");
}

const struct ble_driver ble_driver_unix = { .scheme = "unix", .create = create_unix };
const struct ble_driver ble_driver_tcp = { .scheme = "tcp", .create = create_tcp };
