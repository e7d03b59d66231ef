/*
 * The socket that hosts come to. Its name may be left over from an air that was killed: only who
 * holds the lock beside it may remove it, and whoever serves holds the lock for life.
 */
#define _GNU_SOURCE
#include "air.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LEAVING_MS = 2000, LOOK_MS = 5 };

static int refuse(const char *path, const char *why)
{
	fprintf(stderr, "glint-air: %s: %s\n", path, why);
	return -1;
}

/* An air that is just leaving has the lock for a moment longer than the socket. */
static bool take_lock(const char *path)
{
	char lock[sizeof(struct sockaddr_un) + 8];
	snprintf(lock, sizeof lock, "%s.lock", path);
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOOK_MS) {
		if (waited >= LEAVING_MS || access(path, F_OK) == 0) {
			close(fd);
			errno = EWOULDBLOCK;
			return false;
		}
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	return true; /* fd stays open until we end */
}

int door_open(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct stat st;
	if (strlen(path) >= sizeof at.sun_path)
		return refuse(path, "a socket's path has at most 107 octets");
	memcpy(at.sun_path, path, strlen(path));
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return refuse(path,
			"there is something that is no socket; remove it, or use another --socket");
	if (!take_lock(path))
		return refuse(path,
			errno == EWOULDBLOCK
				? "another glint-air serves here; use it, or another --socket"
				: strerror(errno));
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t old = umask(0077);
	int bound = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&at, sizeof at);
	umask(old);
	if (bound < 0 || listen(fd, 64) < 0)
		return refuse(path, strerror(errno));
	return fd;
}

void door_close(const char *path, int fd)
{
	unlink(path);
	close(fd);
}
