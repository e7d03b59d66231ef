/*
 * The other ways in: TCP, of this machine only, and pseudo-terminals, for hosts that know serial lines. A terminal is one host's; it
 * stays when its host leaves, for the next one. That somebody opens it is told by inotify, as a terminal that nobody has
 * polls as hung up all the time.
 */
#define _GNU_SOURCE
#include "air.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "glint-air: %s: %s\n", what, why);
	return -1;
}

int tcp_open(long port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
		bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 64) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &size) < 0) {
		if (fd >= 0 && errno == EADDRINUSE)
			refuse("--tcp", "this port is in use; take another, or 0 for a free one");
		else
			refuse("--tcp", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (!port) {
		printf("glint-air: tcp:127.0.0.1:%u\n", ntohs(at.sin_port));
		fflush(stdout);
	}
	return fd;
}

/* Raw, and opened once: from then on POLLHUP tells that nobody has it. */
static bool prepare(int fd, const char *name)
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
	return ok && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/* A link to a pseudo-terminal is left over and replaced; anything else, as udev's to a device, is somebody's. */
static bool name_it(const char *name, const char *path)
{
	static const char ours[] = "/dev/pts/";
	char target[sizeof ours] = "";
	struct stat st;
	if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
		return refuse(path, "there is something that is no link; remove it, or use another --pty") == 0;
	if (readlink(path, target, sizeof ours - 1) > 0 && strcmp(target, ours) != 0)
		return refuse(path, "there is a link to something else; remove it, or use another --pty") == 0;
	unlink(path);
	return symlink(name, path) == 0 || refuse(path, strerror(errno)) == 0;
}

static bool terminal_make(struct served *s, struct terminal *t)
{
	char name[64];
	t->fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (t->fd < 0 || grantpt(t->fd) < 0 || unlockpt(t->fd) < 0 || ptsname_r(t->fd, name, sizeof name) != 0 ||
		!prepare(t->fd, name) || inotify_add_watch(s->opened_fd, name, IN_OPEN) < 0)
		return refuse(t->path, strerror(errno)) == 0;
	t->named = name_it(name, t->path);
	return t->named;
}

bool terminals_open(struct served *s)
{
	for (unsigned i = 0; i < s->options->terminal_count; i++)
		s->terminals[i] = (struct terminal){ .path = s->options->terminals[i], .fd = -1 };
	if (!s->options->terminal_count)
		return true;
	s->opened_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (s->opened_fd < 0)
		return refuse("--pty", strerror(errno)) == 0;
	for (unsigned i = 0; i < s->options->terminal_count; i++)
		if (!terminal_make(s, &s->terminals[i]))
			return false;
	return true;
}

bool terminal_is_held(const struct terminal *t)
{
	struct pollfd other = { .fd = t->fd, .events = POLLIN };
	return poll(&other, 1, 0) >= 0 && !(other.revents & POLLHUP);
}

int terminal_opened(struct served *s, struct terminal **which)
{
	char events[4096];
	while (s->opened_fd >= 0 && read(s->opened_fd, events, sizeof events) > 0)
		; /* only that there were some */
	for (unsigned i = 0; i < s->options->terminal_count; i++) {
		struct terminal *t = &s->terminals[i];
		if (t->taken || !terminal_is_held(t))
			continue;
		*which = t;
		return fcntl(t->fd, F_DUPFD_CLOEXEC, 0);
	}
	return -1;
}

void terminals_close(struct served *s)
{
	for (unsigned i = 0; i < s->options->terminal_count; i++) {
		const struct terminal *t = &s->terminals[i];
		if (t->named) /* what has the name otherwise is not ours to remove */
			unlink(t->path);
		if (t->path && t->fd >= 0)
			close(t->fd);
	}
	if (s->opened_fd >= 0)
		close(s->opened_fd);
}
