/* glint: one program, a command a task. table.c lists the commands; what they do is in files of
 * their own. */
#include "glint.h"

#include <stdio.h>
#include <string.h>

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
