/* glint: one program, a command a task. Commands are a table; what they do is in files of their
 * own. */
#define _GNU_SOURCE
#include "glint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct command {
	const char *word, *what; /* what NULL: not for people */
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "demo", "a battery service on the simulated air: advertised, found, read, notified",
		cmd_demo },
	{ "scan", "list the devices that advertise", cmd_scan },
	{ "monitor", "find a device, connect, show its services and values as they change",
		cmd_monitor },
	{ "air", "serve a simulated air that any Bluetooth host can join", cmd_air },
	{ "version", "the version of this program", cmd_version },
	{ "demo-battery", NULL, cmd_demo_battery },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void help(FILE *to)
{
	fputs("Usage: glint COMMAND [options]\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].what)
			fprintf(to, "  %-10s %s\n", commands[i].word, commands[i].what);
	fputs("\n`glint COMMAND --help` shows its options and examples. Without a driver (--driver "
	      "URI or GLINT_DRIVER)\n"
	      "all commands use the simulated air, virtual:. Exit codes: 0 done, 1 failed, 2 wrong "
	      "usage,\n"
	      "3 nothing found, 4 connection lost.\n",
		to);
}

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

int cmd_version(int argc, char **argv)
{
	static const struct opt none[] = { { 0 } };
	int status;
	if (!opts_read(argc, argv, none, "Usage: glint version\nExample: glint version\n", &status))
		return status;
	puts("glint " GLINT_VERSION);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	if (!*word) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		help(stdout);
		return EXIT_DONE;
	}
	if (!strcmp(word, "--version"))
		word = "version";
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(word, commands[i].word))
			return commands[i].run(argc - 1, argv + 1);
	complain("", "%s: no such command; `glint --help` lists them", word);
	return EXIT_USAGE;
}
