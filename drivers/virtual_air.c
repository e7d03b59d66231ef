/*
 * Finding and starting glint-air. Of two programs that start at the same moment one holds the lock
 * and starts it, the other then finds it listening. glint-air is a session of its own, so that it
 * does not die of the first program's Ctrl-C; it goes to the background when it listens, and that
 * is what its exit status tells.
 */
#define _GNU_SOURCE /* POSIX_SPAWN_SETSID */
#include "virtual.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool fits(int n, size_t size)
{
	return n >= 0 && (size_t)n < size;
}

/* A folder that is ours alone: another user could put a socket of theirs there. */
static int own_folder(const char *path, struct ble_fault *fault)
{
	struct stat st;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return driver_fault(fault, BLE_EIO, "virtual", path,
			"the folder for the simulated air's socket cannot be made; set "
			"XDG_RUNTIME_DIR");
	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & 077))
		return driver_fault(fault, BLE_EREFUSED, "virtual", path,
			"this must be a folder of yours that nobody else may enter (mode 0700); "
			"remove it, "
			"or set XDG_RUNTIME_DIR");
	return 0;
}

/* Another user's, or one that is no more, is in the environment of many a su or sudo. */
static bool is_usable(const char *runtime)
{
	return runtime && *runtime && access(runtime, W_OK | X_OK) == 0;
}

int virtual_find_socket(struct virtual_driver *v, struct ble_fault *fault)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int n = is_usable(runtime)
		? snprintf(v->path, sizeof v->path, "%s/glint", runtime)
		: snprintf(v->path, sizeof v->path, "/tmp/glint-%ld", (long)geteuid());
	int err = fits(n, sizeof v->path) ? own_folder(v->path, fault) : BLE_ETOOBIG;
	if (err && err != BLE_ETOOBIG)
		return err;
	const char *dash = *v->name ? "-" : "";
	int more = err ? -1
		       : snprintf(v->path + n, sizeof v->path - (size_t)n,
				 "/air-" VIRTUAL_VERSION "%s%s.sock", dash, v->name);
	if (!fits(more, 108 - (size_t)(n < 108 ? n : 108)))
		return driver_fault(fault, BLE_ETOOBIG, "virtual", runtime,
			"a socket's path has at most 107 octets; set XDG_RUNTIME_DIR to a shorter "
			"one");
	return 0;
}

/* Beside this program, else as GLINT_AIR says, else somewhere in PATH. */
static int find_program(struct virtual_driver *v, struct ble_fault *fault)
{
	ssize_t n = readlink("/proc/self/exe", v->program, sizeof v->program);
	if (n > 0 && (size_t)n < sizeof v->program) {
		v->program[n] = '\0';
		char *slash = strrchr(v->program, '/');
		size_t room = sizeof v->program - (size_t)(slash - v->program);
		if (fits(snprintf(slash, room, "/glint-air"), room) &&
			access(v->program, X_OK) == 0)
			return 0;
	}
	const char *air = getenv("GLINT_AIR");
	if (!air || !*air)
		air = "glint-air";
	else if (access(air, X_OK) < 0)
		return driver_fault(fault, BLE_ENOENT, "GLINT_AIR", air, "no such program");
	if (!fits(snprintf(v->program, sizeof v->program, "%s", air), sizeof v->program))
		return driver_fault(fault, BLE_ETOOBIG, "GLINT_AIR", air, NULL);
	return 0;
}

/* What is not ours to give: the first program's terminal, its blocked signals and its handlers. */
static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, const char *log)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setflags(
		attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int err = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(
			files, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return err ? err : posix_spawn_file_actions_adddup2(files, 1, 2);
}

static int spawn(const struct virtual_driver *v, pid_t *pid)
{
	char log[VIRTUAL_PATH_MAX + 8];
	snprintf(log, sizeof log, "%s.log", v->path);
	char *argv[] = { "glint-air", "--background", "--socket", (char *)v->path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	if (posix_spawn_file_actions_init(&files))
		return ENOMEM;
	if (posix_spawnattr_init(&attr)) {
		posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	int err = prepare(&files, &attr, log);
	if (!err)
		err = posix_spawnp(pid, v->program, &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

static int run_air(struct virtual_driver *v, struct ble_fault *fault)
{
	pid_t pid;
	int status = 0, err = find_program(v, fault);
	if (err)
		return err;
	if (spawn(v, &pid))
		return driver_fault(fault, BLE_ENOENT, "virtual", v->program,
			"the simulated air cannot be started; set GLINT_AIR to the path of "
			"glint-air");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 0; /* somebody else has waited for it; connecting will tell */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return driver_fault(fault, BLE_EIO, "virtual", v->path,
		"glint-air could not serve there; what it said is in the .log beside the socket");
}

/* Blocks until we are the only one who starts an air there. A lock that its last holder has removed
 * is none. */
static int take_start_lock(const char *lock)
{
	for (;;) {
		struct stat opened, named;
		int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return -1;
		while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
			;
		if (fstat(fd, &opened) == 0 && lstat(lock, &named) == 0 &&
			opened.st_ino == named.st_ino)
			return fd;
		close(fd);
	}
}

int virtual_start_air(struct virtual_driver *v, struct ble_fault *fault)
{
	char lock[VIRTUAL_PATH_MAX + 8];
	snprintf(lock, sizeof lock, "%s.start", v->path);
	int lock_fd = take_start_lock(lock);
	if (lock_fd < 0)
		return driver_fault(fault, BLE_EIO, "virtual", v->path,
			"no file can be made beside this socket");
	int fd = stream_connect_unix(v->path); /* somebody may have been faster */
	int err = fd < 0 ? run_air(v, fault) : 0;
	if (fd >= 0)
		close(fd);
	unlink(lock);
	close(lock_fd);
	return err;
}
