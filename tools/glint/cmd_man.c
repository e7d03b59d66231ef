/* glint man: the manual page, from table.c, in the macros of man(7). man/glint.1 is its output. */
#include "glint.h"

#include <stdio.h>
#include <string.h>

/* Text for troff: a backslash stays one, a minus stays an ASCII minus, and no line begins with a
 * character of command. */
static void put(const char *text)
{
	bool begins = true;
	for (; *text; text++) {
		if (begins && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		begins = *text == '\n';
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
}

static void put_option(const char *name, char letter, const char *value, const char *text)
{
	printf(".TP\n");
	if (letter)
		printf("\\fB\\-%c\\fR, ", letter);
	printf("\\fB\\-\\-");
	put(name);
	printf("\\fR");
	if (value)
		printf(" \\fI%s\\fR", value);
	putchar('\n');
	put(text);
	putchar('\n');
}

static void put_command(const struct command_text *c)
{
	printf(".SS \"glint %s", c->word);
	if (c->arguments)
		printf(" %s", c->arguments);
	printf("\"\n");
	put(c->story);
	for (const struct opt_text *t = c->options; t->name; t++)
		put_option(t->name, t->letter, t->value, t->text);
	printf(".PP\nExamples:\n.PP\n.nf\n.RS 4\n");
	put(c->examples);
	printf(".RE\n.fi\n.PP\nExit codes: ");
	put(c->exits);
	printf(".\n");
}

int cmd_man(int argc, char **argv)
{
	static const struct opt none[] = { { 0 } };
	int status;
	if (!opts_read(argc, argv, none, &status))
		return status;
	printf(".\\\" Made by `glint man`.\n"
	       ".TH GLINT 1 \"\" \"Glint " GLINT_VERSION "\" \"User Commands\"\n"
	       ".SH NAME\nglint \\- Bluetooth Low Energy devices: find, watch, trace, simulate\n"
	       ".SH SYNOPSIS\n.B glint\n.I COMMAND\n[\\fIoptions\\fR]\n"
	       ".SH DESCRIPTION\n"
	       "One program, a command a task. Without a driver all of them use the simulated air\n"
	       "\\fBvirtual:\\fR, which starts by itself and leaves with its last host.\n"
	       ".PP\nAll commands have these options:\n");
	put_option("no-color", 0, NULL, "no colours, also on a terminal (as with NO_COLOR)");
	put_option("help", 'h', NULL, "the command's options and examples");
	printf(".SH COMMANDS\n");
	for (const struct command_text *c = command_texts; c->word; c++)
		if (c->what)
			put_command(c);
	printf(".SH ENVIRONMENT\n"
	       ".TP\n.B GLINT_DRIVER\nthe driver where no \\-\\-driver is given: virtual:, "
	       "virtual:NAME or unix:PATH\n"
	       ".TP\n.B GLINT_STORE\nthe name of the folder of identities and bonds below "
	       "$XDG_STATE_HOME/glint\n"
	       ".TP\n.B NO_COLOR\nset to anything: no colours\n"
	       ".SH \"EXIT STATUS\"\n"
	       "0 done, 1 failed, 2 wrong usage, 3 nothing found, 4 connection lost.\n"
	       ".SH \"SEE ALSO\"\n\\fBbtmon\\fR(1), \\fBtshark\\fR(1), \\fBwireshark\\fR(1)\n");
	return EXIT_DONE;
}
