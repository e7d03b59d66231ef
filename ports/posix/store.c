/*
 * The store: a folder for each identity, a file for each key, all readable by the user only. A
 * value is replaced by writing a new file, syncing it, renaming it over the old and syncing the
 * folder, so that a crash leaves one of the two. The folder's lock keeps two programs from being
 * one device: the second takes name.2.
 */
#define _GNU_SOURCE /* O_DIRECTORY, openat's relatives, program_invocation_short_name */
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_OF_A_KIND = 99, NAME_MAX_OCTETS = 64 };

struct posix_store {
	int folder_fd, lock_fd;
};

static const char *home(void)
{
	const char *from_env = getenv("HOME");
	if (from_env && *from_env)
		return from_env;
	const struct passwd *user = getpwuid(geteuid());
	return user ? user->pw_dir : NULL;
}

/* The folder of all identities. False when there is no place for it. */
static bool state_folder(char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *of_user = home();
	int n = -1;
	if (state && *state == '/')
		n = snprintf(path, size, "%s/glint", state);
	else if (of_user)
		n = snprintf(path, size, "%s/.local/state/glint", of_user);
	return n > 0 && (size_t)n < size;
}

static bool make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int made = mkdir(path, 0700);
		int error = errno;
		*slash = '/';
		if (made < 0 && error != EEXIST)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* 1: it is ours; 0: another program has it; -1: it cannot be. */
static int try_folder(struct posix_store *s, const char *path)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -1;
	s->folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (s->folder_fd < 0)
		return -1;
	s->lock_fd = openat(s->folder_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd >= 0 && flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 1;
	int busy = s->lock_fd >= 0 && errno == EWOULDBLOCK;
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	close(s->folder_fd);
	return busy ? 0 : -1;
}

/* A folder's name from anything: what could lead elsewhere becomes '_'. */
static void clean(char *dst, const char *name)
{
	size_t n = 0;
	for (; name[n] && n < NAME_MAX_OCTETS; n++)
		dst[n] = name[n] == '/' || (n == 0 && name[n] == '.') ? '_' : name[n];
	dst[n] = '\0';
}

static bool take_folder(struct posix_store *s, const char *name)
{
	char state[PATH_MAX], path[PATH_MAX + NAME_MAX_OCTETS + 16], word[NAME_MAX_OCTETS + 1];
	if (!state_folder(state, sizeof state) || !make_folders(state))
		return false;
	clean(word, name);
	for (int i = 1; i <= MOST_OF_A_KIND; i++) {
		char nth[16] = "";
		if (i > 1)
			snprintf(nth, sizeof nth, ".%d", i);
		snprintf(path, sizeof path, "%s/%s%s", state, word, nth);
		int taken = try_folder(s, path);
		if (taken > 0)
			(void)unlinkat(s->folder_fd, "new", 0); /* what a crash has left, keys may be in it */
		if (taken)
			return taken > 0;
	}
	return false;
}

int posix_store_open(struct posix_store **out, const char *name)
{
	*out = NULL;
	if (!name)
		name = getenv("GLINT_STORE");
	if (!name)
		name = program_invocation_short_name;
	if (!*name)
		return 0;
	struct posix_store *s = calloc(1, sizeof *s);
	if (!s)
		return BLE_ENOMEM;
	if (take_folder(s, name))
		*out = s;
	else
		free(s);
	return 0;
}

void posix_store_close(struct posix_store *s)
{
	if (!s)
		return;
	close(s->lock_fd);
	close(s->folder_fd);
	free(s);
}

static void file_name(char dst[16], uint32_t key)
{
	snprintf(dst, 16, "%08lx", (unsigned long)key);
}

int posix_store_load(struct posix_store *s, uint32_t key, void *dst, size_t cap)
{
	char name[16];
	file_name(name, key);
	int fd = openat(s->folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? BLE_ENOENT : BLE_EIO;
	size_t have = 0;
	while (have < cap) {
		ssize_t n = read(fd, (uint8_t *)dst + have, cap - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return n < 0 ? BLE_EIO : (int)have;
		}
		have += (size_t)n;
	}
	close(fd);
	return (int)have;
}

static bool write_whole(int fd, const uint8_t *src, size_t len)
{
	while (len) {
		ssize_t n = write(fd, src, len);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			src += n;
			len -= (size_t)n;
		}
	}
	return fsync(fd) == 0;
}

int posix_store_save(struct posix_store *s, uint32_t key, const void *src, size_t len)
{
	char name[16];
	file_name(name, key);
	int fd = openat(
		s->folder_fd, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return BLE_EIO;
	bool ok = write_whole(fd, src, len);
	ok = close(fd) == 0 && ok;
	if (!ok || renameat(s->folder_fd, "new", s->folder_fd, name) < 0) {
		unlinkat(s->folder_fd, "new", 0);
		return BLE_EIO;
	}
	return fsync(s->folder_fd) == 0 ? 0 : BLE_EIO;
}

int posix_store_erase(struct posix_store *s, uint32_t key)
{
	char name[16];
	file_name(name, key);
	if (unlinkat(s->folder_fd, name, 0) < 0)
		return errno == ENOENT ? BLE_ENOENT : BLE_EIO;
	return fsync(s->folder_fd) == 0 ? 0 : BLE_EIO;
}
