/*
 * A serial line is opened as Vol 4 Part A 2.2 wants it. A USB adapter takes any of these speeds; a UART of the computer's own
 * often ends at 115200, and says so by refusing.
 */
#define _GNU_SOURCE /* CRTSCTS, B1000000, O_CLOEXEC */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct speed {
	unsigned baud;
	speed_t code;
};

static const struct speed speeds[] = {
	{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
	{ 230400, B230400 }, { 460800, B460800 }, { 500000, B500000 }, { 576000, B576000 }, { 921600, B921600 },
	{ 1000000, B1000000 }, { 1152000, B1152000 }, { 1500000, B1500000 }, { 2000000, B2000000 },
	{ 2500000, B2500000 }, { 3000000, B3000000 }, { 3500000, B3500000 }, { 4000000, B4000000 },
};

static const struct speed *find(unsigned baud)
{
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].baud == baud)
			return &speeds[i];
	return NULL;
}

bool tty_baud_is_known(unsigned baud)
{
	return find(baud) != NULL;
}

static bool set(int fd, const struct tty *tty)
{
	struct termios t;
	if (tcgetattr(fd, &t) < 0)
		return false;
	cfmakeraw(&t);
	t.c_cflag &= (tcflag_t) ~(CSTOPB | PARENB | PARODD | CRTSCTS | HUPCL);
	t.c_cflag |= (tcflag_t)(CS8 | CREAD | CLOCAL) | (tty->rts_cts ? (tcflag_t)CRTSCTS : 0) |
		(tcflag_t)(tty->even ? PARENB : 0);
	t.c_iflag |= (tcflag_t)(tty->even ? INPCK | IGNPAR : 0); /* a damaged octet is left out: the frame's checks tell */
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	speed_t code = find(tty->baud)->code;
	return cfsetispeed(&t, code) == 0 && cfsetospeed(&t, code) == 0 && tcsetattr(fd, TCSANOW, &t) == 0 &&
		tcflush(fd, TCIOFLUSH) == 0;
}

static int refuse_open(const char *scheme, const char *path, int error, struct ble_fault *fault)
{
	switch (error) {
	case ENOENT:
		return driver_fault(fault, BLE_ENOENT, scheme, path,
			"no such device; is it plugged in? `glint doctor` lists the serial lines that are there");
	case ENXIO:
	case ENODEV:
	case EIO:
		return driver_fault(fault, BLE_ENOENT, scheme, path,
			"there is nothing behind this device; `glint doctor` lists the serial lines that are there");
	case EACCES:
	case EPERM:
		return driver_fault(fault, BLE_EREFUSED, scheme, path,
			"permission denied; its group may use it: `sudo usermod -aG dialout $USER`, then log in again");
	case EBUSY:
		return driver_fault(fault, BLE_EBUSY, scheme, path, "another program uses it; `fuser` of its path tells which");
	default:
		return driver_fault(fault, BLE_EIO, scheme, path,
			"it cannot be opened; `glint doctor` lists the serial lines that are there");
	}
}

/* Nobody else is to have the line: TIOCEXCL says so to all but root, the lock to all who ask for it. */
int tty_open(const struct tty *tty, const char *scheme, struct ble_fault *fault)
{
	int fd = open(tty->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return refuse_open(scheme, tty->path, errno, fault);
	int err = 0;
	if (!isatty(fd))
		err = driver_fault(fault, BLE_EINVAL, scheme, tty->path, "this is no serial line; for a socket use unix:PATH");
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		err = refuse_open(scheme, tty->path, EBUSY, fault);
	else if (ioctl(fd, TIOCEXCL) < 0 || !set(fd, tty))
		err = driver_fault(fault, BLE_EIO, scheme, tty->path,
			"the line cannot be set to this speed; its adapter may be too slow, try 115200");
	if (!err)
		return fd;
	close(fd);
	return err;
}

void tty_close(int fd)
{
	(void)ioctl(fd, TIOCNXCL);
	close(fd);
}
