/*
 * glint completion and glint man: what shells and man(1) want to know of commands and options, made
 * from table.c. The files in completion/ and man/ are their output, which is what is installed; a
 * test compares.
 */
#include "glint.h"

#include <stdio.h>
#include <string.h>

/* What follows an option, by the word that its help has for it. */
static bool is_file(const char *value)
{
	return value &&
		(!strcmp(value, "FILE") || !strcmp(value, "FILE...") || !strcmp(value, "PATH") ||
			!strcmp(value, "DIR"));
}

static void each_option(const struct command_text *c, void (*fn)(const struct opt_text *))
{
	static const struct opt_text common[] = {
		{ "no-color", 0, NULL, "no colours, also on a terminal", NULL },
		{ "help", 0, NULL, "options and examples", NULL },
	};
	for (const struct opt_text *t = c->options; t->name; t++)
		fn(t);
	/* glint-air, which reads its options itself, has no colours */
	for (unsigned i = c->run == cmd_air ? 1 : 0; i < 2; i++)
		fn(&common[i]);
}

/* The first line of a text, with something before each of some characters. */
static void put_escaped(const char *text, const char *special, const char *with)
{
	for (; *text && *text != '\n'; text++) {
		if (strchr(special, *text))
			fputs(with, stdout);
		putchar(*text);
	}
}

/* For zsh, between quotes: those are left for a quote, and a backslash takes the meaning of others. */
static void put_zsh(const char *text, const char *special)
{
	for (; *text && *text != '\n'; text++) {
		if (*text == '\'')
			fputs("'\\'", stdout);
		else if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

/* --- bash */

static void bash_option(const struct opt_text *t)
{
	printf(" --%s", t->name);
}

static void bash_values(const struct command_text *c)
{
	for (const struct opt_text *t = c->options; t->name; t++) {
		if (!t->value)
			continue;
		printf("\t%s:--%s) ", c->word, t->name);
		if (t->choices)
			printf("COMPREPLY=($(compgen -W '%s' -- \"$word\"))", t->choices);
		else if (is_file(t->value))
			printf("compopt -o default; COMPREPLY=()");
		else
			printf("COMPREPLY=()");
		printf("; return ;;\n");
	}
}

static void bash(void)
{
	printf("# bash completion of glint; made by `glint completion bash`\n"
	       "_glint() {\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
	       "command=${COMP_WORDS[1]}\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '");
	for (const struct command_text *c = command_texts; c->word; c++)
		if (c->what)
			printf("%s%s", c == command_texts ? "" : " ", c->word);
	printf("' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $command:$before in\n");
	for (const struct command_text *c = command_texts; c->word; c++)
		if (c->what)
			bash_values(c);
	printf("\tesac\n\tcase $command:$word in\n"
	       "\tcompletion:*) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")) ;;\n");
	for (const struct command_text *c = command_texts; c->word; c++) {
		if (!c->what || !strcmp(c->word, "completion"))
			continue;
		printf("\t%s:%s) COMPREPLY=($(compgen -W '", c->word,
			is_file(c->arguments) ? "-*" : "*");
		each_option(c, bash_option);
		printf("' -- \"$word\")) ;;\n");
		if (is_file(c->arguments))
			printf("\t%s:*) compopt -o default; COMPREPLY=() ;;\n", c->word);
	}
	printf("\tesac\n}\ncomplete -F _glint glint\n");
}

/* --- zsh */

static void zsh_option(const struct opt_text *t)
{
	printf(" \\\n\t\t\t'--%s[", t->name);
	put_zsh(t->text, "[]:");
	putchar(']');
	if (t->choices)
		printf(":%s:(%s)", t->value, t->choices);
	else if (t->value)
		printf(":%s:%s", t->value, is_file(t->value) ? "_files" : " ");
	putchar('\'');
}

static void zsh(void)
{
	printf("#compdef glint\n# zsh completion of glint; made by `glint completion zsh`\n"
	       "_glint() {\n"
	       "\tlocal -a commands\n\tcommands=(\n");
	for (const struct command_text *c = command_texts; c->word; c++) {
		if (!c->what)
			continue;
		printf("\t\t'%s:", c->word);
		put_zsh(c->what, ":");
		printf("'\n");
	}
	printf("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n"
	       "\tfi\n\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n"
	       "\tcase $command in\n");
	for (const struct command_text *c = command_texts; c->word; c++) {
		if (!c->what)
			continue;
		printf("\t%s)\n\t\t_arguments", c->word);
		each_option(c, zsh_option);
		if (is_file(c->arguments))
			printf(" \\\n\t\t\t'*:file:_files'");
		else if (c->arguments)
			printf(" \\\n\t\t\t'1:shell:(bash zsh fish)'");
		printf("\n\t\t;;\n");
	}
	printf("\tesac\n}\n"
	       "if [ \"$funcstack[1]\" = \"_glint\" ]; then\n\t_glint \"$@\"\nelse\n"
	       "\tcompdef _glint glint\nfi\n");
}

/* --- fish */

static const char *fish_command;

static void fish_option(const struct opt_text *t)
{
	printf("complete -c glint -n '__fish_seen_subcommand_from %s' -l %s", fish_command,
		t->name);
	if (t->letter)
		printf(" -s %c", t->letter);
	if (t->choices)
		printf(" -x -a '%s'", t->choices);
	else if (t->value)
		printf(is_file(t->value) ? " -r -F" : " -x");
	printf(" -d '");
	put_escaped(t->text, "'\\", "\\");
	printf("'\n");
}

static void fish(void)
{
	printf("# fish completion of glint; made by `glint completion fish`\n"
	       "complete -c glint -f\n");
	for (const struct command_text *c = command_texts; c->word; c++) {
		if (!c->what)
			continue;
		printf("complete -c glint -n __fish_use_subcommand -a %s -d '", c->word);
		put_escaped(c->what, "'\\", "\\");
		printf("'\n");
		if (is_file(c->arguments))
			printf("complete -c glint -n '__fish_seen_subcommand_from %s' -F\n",
				c->word);
		else if (c->arguments)
			printf("complete -c glint -n '__fish_seen_subcommand_from %s' -a 'bash zsh "
			       "fish'\n",
				c->word);
		fish_command = c->word;
		each_option(c, fish_option);
	}
}

/* The one argument of the command, the shell. */
static int the_shell(const char *word)
{
	static const char *const shells[] = { "bash", "zsh", "fish", NULL };
	static void (*const write[])(void) = { bash, zsh, fish };
	for (int i = 0; shells[i]; i++)
		if (!strcmp(word, shells[i])) {
			write[i]();
			return EXIT_DONE;
		}
	complain("completion", "%s: this shell is not known; bash, zsh and fish are", word);
	return EXIT_USAGE;
}

int cmd_completion(int argc, char **argv)
{
	static struct opt_texts shells;
	const struct opt opts[] = { { "", OPT_TEXTS, &shells }, { 0 } };
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	if (shells.count == 1)
		return the_shell(shells.at[0]);
	complain("completion",
		"one shell is wanted: bash, zsh or fish; `glint completion --help` shows "
		"how");
	return EXIT_USAGE;
}
