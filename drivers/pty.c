/*
 * pty:PATH, a controller that wants a serial device of its own: a pseudo-terminal is made, PATH is a symbolic link to its
 * other side, and a controller that opens that is greeted like one on a line (serial.c). The terminal stays as long as
 * the driver, so that a controller that is started again finds it where it was.
 */
#define _GNU_SOURCE
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 2, PATIENCE_MS = 5000, LOOK_MS = 10 };

struct pty {
	struct stream stream; /* first */
	struct driver_greeting greeting;
	int master;      /* -1: not made */
	bool has_waited; /* once is enough: whoever loses it looks again by itself */
	char path[TTY_PATH_MAX];
};

/* Raw, and opened once: from then on POLLHUP tells that nobody has it. */
static bool prepare(int master, const char *name)
{
	struct termios t;
	int other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	bool ok = other >= 0 && tcgetattr(other, &t) == 0;
	if (ok) {
		cfmakeraw(&t);
		ok = tcsetattr(other, TCSANOW, &t) == 0;
	}
	if (other >= 0)
		close(other);
	return ok && fcntl(master, F_SETFD, FD_CLOEXEC) == 0 && fcntl(master, F_SETFL, O_NONBLOCK) == 0;
}

/* A link to a pseudo-terminal is left over and replaced; anything else, as udev's to a device, is somebody's. */
static int link_to(const char *name, const char *path, struct ble_fault *fault)
{
	static const char ours[] = "/dev/pts/";
	char target[sizeof ours] = "";
	struct stat st;
	if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
		return driver_fault(fault, BLE_EEXIST, "pty", path, "there is something that is no link; use another path");
	if (readlink(path, target, sizeof ours - 1) > 0 && strcmp(target, ours) != 0)
		return driver_fault(fault, BLE_EEXIST, "pty", path,
			"there is a link to something else; use another path, or serial:PATH for the device behind it");
	unlink(path);
	if (symlink(name, path) == 0)
		return 0;
	return driver_fault(fault, BLE_EIO, "pty", path, "the link cannot be made; is its folder there, and yours?");
}

static int make(struct pty *p, struct ble_fault *fault)
{
	char name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
		ptsname_r(master, name, sizeof name) != 0 || !prepare(master, name)) {
		if (master >= 0)
			close(master);
		return driver_fault(fault, BLE_EIO, "pty", p->path, "the system makes no pseudo-terminal; is /dev/pts mounted?");
	}
	int err = link_to(name, p->path, fault);
	if (err)
		close(master);
	else
		p->master = master;
	return err;
}

static bool somebody_is_there(const struct pty *p)
{
	struct pollfd other = { .fd = p->master, .events = POLLIN };
	return poll(&other, 1, 0) >= 0 && !(other.revents & POLLHUP);
}

static int connect_pty(struct stream *s, struct ble_fault *fault)
{
	struct pty *p = (struct pty *)s;
	int err = p->master < 0 ? make(p, fault) : 0;
	if (err)
		return err;
	for (int waited = 0; !somebody_is_there(p); waited += LOOK_MS) {
		if (p->has_waited || waited >= PATIENCE_MS) {
			p->has_waited = true;
			return driver_fault(fault, BLE_ENOENT, "pty", p->path, "no controller has opened it; start one with this device");
		}
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	p->has_waited = true;
	tcflush(p->master, TCIOFLUSH);
	int fd = fcntl(p->master, F_DUPFD_CLOEXEC, 0);
	return fd >= 0 ? fd : driver_fault(fault, BLE_EIO, "descriptors", NULL, "the system has none left (ulimit -n)");
}

static int open_pty(void *ctx, struct ble_fault *fault)
{
	struct pty *p = ctx;
	int err = stream_open(&p->stream, fault);
	if (err)
		return err;
	err = driver_greet(&p->stream.transport, &p->greeting, ATTEMPTS, DRIVER_ANSWER_MS);
	if (!err)
		return 0;
	stream_close(&p->stream);
	return driver_fault(fault, err, "pty", p->path,
		"who has opened it does not answer as a controller does: is it one, and does it speak H4 there?");
}

static const uint8_t *address(void *ctx)
{
	const struct pty *p = ctx;
	return p->greeting.has_address ? p->greeting.address : NULL;
}

static void destroy(void *ctx)
{
	struct pty *p = ctx;
	if (p->master >= 0) {
		unlink(p->path);
		close(p->master);
	}
	free(p);
}

static int create_pty(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	(void)identity;
	size_t len = strlen(rest);
	if (!len || len >= TTY_PATH_MAX)
		return driver_fault(fault, len ? BLE_ETOOBIG : BLE_EINVAL, "driver", *rest ? rest : "pty:",
			"the path of a link to the new terminal is wanted, of 1 to 255 octets: pty:/tmp/controller");
	struct pty *p = calloc(1, sizeof *p);
	if (!p)
		return driver_fault(fault, BLE_ENOMEM, "driver", NULL, NULL);
	memcpy(p->path, rest, len);
	p->master = -1;
	stream_init(&p->stream, STREAM_TTY, connect_pty);
	p->stream.transport.open = open_pty;
	p->stream.transport.address = address;
	p->stream.transport.destroy = destroy;
	*out = &p->stream.transport;
	return 0;
}

const struct ble_driver ble_driver_pty = { .scheme = "pty", .create = create_pty };
