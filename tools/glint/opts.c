/* Options: --name value or --name=value, from a table. Wrong ones are named in one sentence, and
 * the exit code is 2. */
#include "glint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A packet has 31 octets for the name, two of them its length and type: Vol 6 Part B 2.3.1 */
enum { NAME_MOST = 29 };

static bool wrong(const char *command, const char *arg, const char *why)
{
	complain(command, "%s: %s; `glint %s --help` shows how", arg, why, command);
	return false;
}

/* A value, what it is of, and what was wanted instead. */
static bool wrong_value(
	const char *command, const struct opt *o, const char *value, const char *wanted)
{
	complain(command, "--%s %s: %s; `glint %s --help` shows how", o->name, value, wanted,
		command);
	return false;
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

static bool store(const char *command, const struct opt *o, const char *value)
{
	switch (o->kind) {
	case OPT_FLAG: *(bool *)o->to = true; return true;
	case OPT_TEXT: *(const char **)o->to = value; return true;
	case OPT_NAME:
		return read_name(value, o->to) ||
			wrong_value(command, o, value, "an advertised name has 1 to 29 octets");
	case OPT_SECONDS:
		return read_seconds(value, o->to) ||
			wrong_value(command, o, value,
				"seconds are wanted, more than 0 and at most 1000000000 (2.5)");
	case OPT_COUNT:
		return read_count(value, o->to) ||
			wrong_value(
				command, o, value, "a whole number from 1 to 1000000000 is wanted");
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

/* One argument at argv[*i], and its value if that is the next. */
static bool read_one(int argc, char **argv, int *i, const struct opt *opts)
{
	const char *command = argv[0], *arg = argv[*i];
	if (arg[0] != '-' || arg[1] != '-' || !arg[2])
		return wrong(command, arg, arg[0] == '-' ? "no such option" : "no such argument");
	const char *name = arg + 2, *equals = strchr(name, '=');
	const struct opt *o = find(opts, name, equals ? (size_t)(equals - name) : strlen(name));
	if (!o)
		return wrong(command, arg, "no such option");
	if (o->kind == OPT_FLAG)
		return equals ? wrong(command, arg, "this option takes no value")
			      : store(command, o, NULL);
	if (equals)
		return store(command, o, equals + 1);
	if (*i + 1 >= argc)
		return wrong(command, arg, "its value is missing");
	return store(command, o, argv[++*i]);
}

bool opts_read(int argc, char **argv, const struct opt *opts, const char *help, int *status)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(help, stdout);
			*status = EXIT_DONE;
			return false;
		}
		if (!read_one(argc, argv, &i, opts)) {
			*status = EXIT_USAGE;
			return false;
		}
	}
	return true;
}
