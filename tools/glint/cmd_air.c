/* glint air: becomes glint-air, which reads its own options and is found beside this program or in PATH. */
#define _GNU_SOURCE
#include "glint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char air_help_note[] = "glint air: starts glint-air, whose options follow.\n\n";

int cmd_air(int argc, char **argv)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		fputs(air_help_note, stdout);
		fflush(stdout);
	}
	argv[0] = "glint-air";
	if (n > 0) {
		path[n] = '\0';
		strcpy(strrchr(path, '/') + 1, "glint-air");
		execv(path, argv);
	}
	execvp("glint-air", argv);
	complain("air",
		"glint-air cannot be started: %s; it belongs beside this program or into PATH",
		strerror(errno));
	return EXIT_FAILED;
}
