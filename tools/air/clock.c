/*
 * --clock: the air's time stands still until a client says how far it may go. The client writes a time in microseconds, eight
 * octets, least significant first, and reads back the time that was reached, when all that hosts had sent was taken and
 * all that they are to receive was sent. One client at a time; the next is heard when it has left.
 */
#define _GNU_SOURCE
#include "air.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool clock_open(struct air_clock *c, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	if (!path)
		return true;
	if (strlen(path) >= sizeof at.sun_path) {
		fprintf(stderr, "glint-air: --clock: a socket's path has at most 107 octets\n");
		return false;
	}
	memcpy(at.sun_path, path, strlen(path));
	c->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listen_fd >= 0 && bind(c->listen_fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(c->listen_fd, 1) == 0)
		return true;
	fprintf(stderr, "glint-air: --clock: %s: %s\n", path,
		errno == EADDRINUSE ? "there is something of this name; remove it, or use another" : strerror(errno));
	if (c->listen_fd >= 0)
		close(c->listen_fd);
	c->listen_fd = -1; /* what has the name is not ours to remove */
	return false;
}

void clock_close(struct air_clock *c, const char *path)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->listen_fd < 0)
		return;
	close(c->listen_fd);
	unlink(path);
}

static void hang_up(struct air_clock *c)
{
	close(c->fd);
	c->fd = -1;
	c->have = 0;
	c->asked = false;
}

void clock_receive(struct air_clock *c)
{
	if (c->fd < 0) {
		c->fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		return;
	}
	ssize_t n = recv(c->fd, c->in + c->have, sizeof c->in - c->have, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(c);
		return;
	}
	c->have += (unsigned)n;
	if (c->have < sizeof c->in)
		return;
	c->have = 0;
	c->asked = true;
	c->target_us = 0;
	for (unsigned i = 8; i-- > 0;)
		c->target_us = c->target_us << 8 | c->in[i];
}

void clock_answer(struct air_clock *c, uint64_t reached_us)
{
	uint8_t out[8];
	c->asked = false;
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(reached_us >> 8 * i);
	if (send(c->fd, out, sizeof out, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof out)
		hang_up(c);
}
