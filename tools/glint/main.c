/* glint: one program, a command a task. table.c lists the commands; what they do is in files of
 * their own. */
#define _GNU_SOURCE
#include "glint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void help(FILE *to)
{
	fputs("Usage: glint COMMAND [options]\n\n", to);
	for (const struct command_text *c = command_texts; c->word; c++)
		if (c->what)
			fprintf(to, "  %-10s %s\n", c->word, c->what);
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
	if (!opts_read(argc, argv, none, &status))
		return status;
	puts("glint " GLINT_VERSION);
	return EXIT_DONE;
}

static const char *nearest_command(const char *word)
{
	const char *words[32] = { 0 };
	unsigned n = 0;
	for (const struct command_text *c = command_texts; c->word && n < 31; c++)
		if (c->what)
			words[n++] = c->word;
	return nearest(word, words);
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
	const struct command_text *command = command_find(word);
	if (command) {
		argv[1] = (char *)(uintptr_t)command->word; /* never written to */
		return command->run(argc - 1, argv + 1);
	}
	const char *near = nearest_command(word);
	if (near)
		complain("", "%s: no such command, %s perhaps; `glint --help` lists them", word,
			near);
	else
		complain("", "%s: no such command; `glint --help` lists them", word);
	return EXIT_USAGE;
}
