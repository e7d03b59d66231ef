/*
 * Options: --name value or --name=value, from a command's list and the texts in table.c. Wrong ones
 * are named in one sentence, with the one that was probably meant, and the exit code is 2. The help
 * of a command is made here, too.
 */
#include "glint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A packet has 31 octets for the name, two of them its length and type: Vol 6 Part B 2.3.1 */
enum { NAME_MOST = 29, LONGEST_WORD = 32, MOST_OPTIONS = 32, HELP_COLUMN = 20 };

struct reading {
	const struct command_text *command;
	const struct opt *opts;
};

static bool wrong(const struct reading *r, const char *arg, const char *why)
{
	complain(r->command->word, "%s: %s; `glint %s --help` shows how", arg, why,
		r->command->word);
	return false;
}

/* A value, what it is of, and what was wanted instead. */
static bool wrong_value(
	const struct reading *r, const struct opt *o, const char *value, const char *wanted)
{
	complain(r->command->word, "--%s %s: %s; `glint %s --help` shows how", o->name, value,
		wanted, r->command->word);
	return false;
}

/* How many letters must be put in, left out or exchanged (Levenshtein); words that are too long are
 * far from everything. */
static unsigned distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);
	unsigned row[LONGEST_WORD + 1];
	if (m > LONGEST_WORD || n > LONGEST_WORD)
		return LONGEST_WORD;
	for (unsigned k = 0; k <= n; k++)
		row[k] = k;
	for (unsigned i = 1; i <= m; i++) {
		unsigned before = row[0];
		row[0] = i;
		for (unsigned k = 1; k <= n; k++) {
			unsigned best = before + (a[i - 1] != b[k - 1]);
			before = row[k];
			if (row[k] + 1 < best)
				best = row[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[n];
}

const char *nearest(const char *word, const char *const *words)
{
	const char *best = NULL;
	unsigned least = (unsigned)strlen(word) / 3 + 1; /* one letter in three may be wrong */
	for (; *words; words++) {
		bool begins = strlen(word) > 1 && !strncmp(word, *words, strlen(word));
		unsigned d = begins ? 0 : distance(word, *words);
		if (d <= least && (!best || d < least)) {
			best = *words;
			least = d;
		}
	}
	return best;
}

static bool read_seconds(const char *text, uint64_t *us)
{
	char *end;
	double seconds = strtod(text, &end);
	if (end == text || *end || !(seconds > 0 && seconds <= 1e9))
		return false;
	*us = (uint64_t)(seconds * 1e6);
	return true;
}

static bool read_count(const char *text, unsigned *count)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	if (end == text || *end || *text == '-' || n == 0 || n > 1000000000)
		return false;
	*count = (unsigned)n;
	return true;
}

static bool read_name(const char *text, const char **name)
{
	size_t len = strlen(text);
	*name = text;
	return len > 0 && len <= NAME_MOST;
}

static bool store_number(const struct reading *r, const struct opt *o, const char *value)
{
	char *end, wanted[80];
	struct opt_number *to = o->to;
	double number = strtod(value, &end);
	snprintf(wanted, sizeof wanted, "a number from %g to %g is wanted", to->min, to->max);
	if (end == value || *end || !(number >= to->min && number <= to->max))
		return wrong_value(r, o, value, wanted);
	to->value = number;
	return true;
}

static const struct opt_text *text_of(const struct command_text *c, const char *name)
{
	for (const struct opt_text *t = c->options; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static bool store_choice(const struct reading *r, const struct opt *o, const char *value)
{
	const char *choices = text_of(r->command, o->name)->choices;
	char wanted[120];
	unsigned i = 0;
	for (const char *at = choices; at && *at; i++) {
		size_t len = strcspn(at, " ");
		if (len == strlen(value) && !memcmp(at, value, len)) {
			*(unsigned *)o->to = i;
			return true;
		}
		at += len + strspn(at + len, " ");
	}
	snprintf(wanted, sizeof wanted, "one of these is wanted: %s", choices);
	return wrong_value(r, o, value, wanted);
}

static bool store_text(const struct reading *r, const struct opt *o, const char *value)
{
	struct opt_texts *to = o->to;
	if (to->count == MOST_TEXTS)
		return wrong(r, value, "no more than 64 of these are taken");
	to->at[to->count++] = value;
	return true;
}

static bool store(const struct reading *r, const struct opt *o, const char *value)
{
	switch (o->kind) {
	case OPT_FLAG: *(bool *)o->to = true; return true;
	case OPT_TEXT: *(const char **)o->to = value; return true;
	case OPT_NAME:
		return read_name(value, o->to) ||
			wrong_value(r, o, value, "an advertised name has 1 to 29 octets");
	case OPT_SECONDS:
		return read_seconds(value, o->to) ||
			wrong_value(r, o, value,
				"seconds are wanted, more than 0 and at most 1000000000 (2.5)");
	case OPT_COUNT:
		return read_count(value, o->to) ||
			wrong_value(r, o, value, "a whole number from 1 to 1000000000 is wanted");
	case OPT_NUMBER: return store_number(r, o, value);
	case OPT_CHOICE: return store_choice(r, o, value);
	case OPT_TEXTS: return store_text(r, o, value);
	}
	return false;
}

static const struct opt *find(const struct opt *o, const char *name, size_t len)
{
	for (; o->name; o++)
		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	return NULL;
}

/* --name, --name=value or -n; NULL: none of them. *equals is the value behind =, NULL: none. */
static const struct opt *option_of(const struct reading *r, const char *arg, const char **equals)
{
	*equals = NULL;
	if (arg[0] != '-')
		return NULL;
	if (arg[1] == '-') {
		*equals = strchr(arg, '=');
		size_t len = *equals ? (size_t)(*equals - arg - 2) : strlen(arg + 2);
		*equals += *equals != NULL;
		return len ? find(r->opts, arg + 2, len) : NULL;
	}
	for (const struct opt_text *t = r->command->options; t->name; t++)
		if (t->letter && arg[1] == t->letter && !arg[2])
			return find(r->opts, t->name, strlen(t->name));
	return NULL;
}

static bool unknown(const struct reading *r, const char *arg)
{
	const char *words[MOST_OPTIONS + 3] = { 0 };
	unsigned n = 0;
	if (arg[0] != '-')
		return wrong(r, arg, "no such argument");
	for (const struct opt_text *t = r->command->options; t->name && n < MOST_OPTIONS; t++)
		words[n++] = t->name;
	words[n++] = "help";
	words[n++] = "no-color";
	char word[LONGEST_WORD + 1], why[100];
	snprintf(word, sizeof word, "%.*s", (int)strcspn(arg + strspn(arg, "-"), "="),
		arg + strspn(arg, "-"));
	const char *near = *word ? nearest(word, words) : NULL;
	snprintf(why, sizeof why, near ? "no such option, --%s perhaps" : "no such option", near);
	return wrong(r, arg, why);
}

/* One argument at argv[*i], and its value if that is the next. */
static bool read_one(int argc, char **argv, int *i, const struct reading *r)
{
	const char *arg = argv[*i], *equals;
	const struct opt *rest = find(r->opts, "", 0);
	const struct opt *o = option_of(r, arg, &equals);
	if (!strcmp(arg, "--no-color"))
		return say_no_color = true;
	if (!o && rest && (arg[0] != '-' || !arg[1]))
		return store(r, rest, arg);
	if (!o)
		return unknown(r, arg);
	if (o->kind == OPT_FLAG)
		return equals ? wrong(r, arg, "this option takes no value") : store(r, o, NULL);
	if (equals)
		return store(r, o, equals);
	if (*i + 1 >= argc)
		return wrong(r, arg, "its value is missing");
	return store(r, o, argv[++*i]);
}

/* The left column of an option in the help, and its text with further lines below. */
static void show_option(const char *left, const char *text)
{
	printf("  %-*s", HELP_COLUMN - 2, left);
	if (strlen(left) > HELP_COLUMN - 3)
		printf("\n%*s", HELP_COLUMN, "");
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n')
			printf("%*s", HELP_COLUMN, "");
	}
	putchar('\n');
}

static void help(const struct command_text *c)
{
	char left[80];
	printf("Usage: glint %s%s%s [options]\n%s\n", c->word, c->arguments ? " " : "",
		c->arguments ? c->arguments : "", c->story);
	for (const struct opt_text *t = c->options; t->name; t++) {
		char letter[] = { '-', t->letter, ',', ' ', 0 };
		snprintf(left, sizeof left, "%s--%s%s%s", t->letter ? letter : "", t->name,
			t->value ? " " : "", t->value ? t->value : "");
		show_option(left, t->text);
	}
	show_option("--no-color", "no colours, also on a terminal (as with NO_COLOR)");
	show_option("--help", "this text");
	printf("\nExamples:\n");
	for (const char *at = c->examples; *at; at += strcspn(at, "\n") + 1)
		printf("  %.*s\n", (int)strcspn(at, "\n"), at);
	printf("\nExit codes: %s.\n", c->exits);
}

/* What is read and what is told are the same options; a program in which they differ was never
 * tried. */
static bool agrees(const struct reading *r)
{
	for (const struct opt *o = r->opts; o->name; o++) {
		const struct opt_text *t = *o->name ? text_of(r->command, o->name) : NULL;
		bool flag = o->kind == OPT_FLAG;
		if (*o->name ? !t || flag != !t->value : !r->command->arguments) {
			complain(r->command->word, "table.c: no row for --%s", o->name);
			return false;
		}
	}
	for (const struct opt_text *t = r->command->options; t->name; t++)
		if (!find(r->opts, t->name, strlen(t->name))) {
			complain(r->command->word, "table.c: nobody reads --%s", t->name);
			return false;
		}
	return true;
}

bool opts_read(int argc, char **argv, const struct opt *opts, int *status)
{
	const struct reading r = { command_find(argv[0]), opts };
	*status = EXIT_FAILED;
	if (!agrees(&r))
		return false;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			help(r.command);
			*status = EXIT_DONE;
			return false;
		}
		if (!read_one(argc, argv, &i, &r)) {
			*status = EXIT_USAGE;
			return false;
		}
	}
	return true;
}
