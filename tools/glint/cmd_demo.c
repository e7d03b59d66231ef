/*
 * glint demo: two processes on a simulated air of their own. One is the example program `battery`
 * beside this one (demo_battery.c where it has not been built), the other this one, monitoring it.
 * Whatever happens, the battery goes with us, and the air with the two.
 */
#define _GNU_SOURCE /* prctl's signal needs Linux */
#include "glint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DRIVER_TEXT = 40 };

/* In the new process: never returns. */
static void become_battery(const char *driver, pid_t parent)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || n <= 0)
		_exit(1);
	path[n] = '\0';
	setenv("GLINT_DRIVER", driver, 1);
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0)
		dup2(nowhere,
			STDOUT_FILENO); /* what is shown is what a central sees; errors stay */
	strcpy(strrchr(path, '/') + 1, "battery");
	execl(path, "battery", (char *)NULL);
	execl("/proc/self/exe", "glint", "demo-battery", (char *)NULL);
	complain("demo", "no battery can be started: %s", strerror(errno));
	_exit(1);
}

static void end_battery(pid_t pid)
{
	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int cmd_demo(int argc, char **argv)
{
	char driver[DRIVER_TEXT];
	struct monitor_options o = { .command = argv[0],
		.driver = driver,
		.name = "Glint",
		.once = true,
		.whole = true,
		.count = 6,
		.duration_us = 50000000 };
	const struct opt opts[] = {
		{ "count", OPT_COUNT, &o.count },
		{ "duration", OPT_SECONDS, &o.duration_us },
		{ 0 },
	};
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	say_start(false);
	snprintf(driver, sizeof driver, "virtual:demo%ld", (long)getpid());
	say("A battery is started in a process of its own, on a simulated air; this process looks "
	    "for it.");
	pid_t self = getpid(), battery = fork();
	if (battery == 0)
		become_battery(driver, self);
	if (battery < 0) {
		complain("demo", "no new process can be made: %s", strerror(errno));
		return EXIT_FAILED;
	}
	status = monitor_run(&o);
	end_battery(battery);
	if (status == EXIT_DONE)
		say("That was the whole way: advertised, found, connected, read, notified.");
	return status;
}
