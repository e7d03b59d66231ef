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

enum { LEAVING_MS = 2000, LOOK_MS = 5, BESIDE_MAX = sizeof(struct sockaddr_un) + 8 };

static int refuse(const char *path, const char *why)
{
	fprintf(stderr, "glint-air: %s: %s\n", path, why);
	return -1;
}

static bool is_same_file(int fd, const char *path)
{
	struct stat opened, named;
	return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
		opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Of one file: 1 locked, 0 it was removed meanwhile by one that left, -1 refused (errno). An air
 * that is just leaving has the lock for a moment longer than the socket. */
static int lock_file(const char *path, const char *lock)
{
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOOK_MS) {
		if (waited >= LEAVING_MS || access(path, F_OK) == 0) {
			close(fd);
			errno = EWOULDBLOCK;
			return -1;
		}
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	if (is_same_file(fd, lock))
		return 1; /* fd stays open until we end */
	close(fd);
	return 0;
}

static bool take_lock(const char *path)
{
	char lock[BESIDE_MAX];
	int taken;
	snprintf(lock, sizeof lock, "%s.lock", path);
	while ((taken = lock_file(path, lock)) == 0)
		;
	return taken > 0;
}

static const char *why_no_lock(void)
{
	switch (errno) {
	case EWOULDBLOCK: return "another glint-air serves here; use it, or another --socket";
	case ENOENT: return "its folder does not exist; make it, or use another --socket";
	case EACCES:
	case EROFS: return "its folder cannot be written; use another --socket";
	default: return strerror(errno);
	}
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
		return refuse(path, why_no_lock());
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t old = umask(0077);
	int bound = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&at, sizeof at);
	umask(old);
	if (bound < 0 || listen(fd, 64) < 0)
		return refuse(path, strerror(errno));
	return fd;
}

/* The log that the virtual: driver gave us, when there is nothing in it. */
static void remove_empty_log(const char *path)
{
	char log[BESIDE_MAX];
	struct stat st;
	snprintf(log, sizeof log, "%s.log", path);
	if (fstat(STDERR_FILENO, &st) == 0 && st.st_size == 0 && is_same_file(STDERR_FILENO, log))
		unlink(log);
}

/* The lock goes last, and still locked: who opened it meanwhile sees that it has no name. */
void door_close(const char *path, int fd)
{
	char lock[BESIDE_MAX];
	snprintf(lock, sizeof lock, "%s.lock", path);
	unlink(path);
	remove_empty_log(path);
	unlink(lock);
	close(fd);
}
