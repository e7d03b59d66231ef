/*
 * The line that is edited at a terminal, by libedit: one key at a time, so that the host runs
 * between keys. What is said meanwhile is kept by stdio until prompt_show() takes the line away,
 * lets it out, and draws the line again below. libedit writes by a stream of its own.
 */
#define _GNU_SOURCE /* SIGWINCH */
#include "monitor.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

enum { SAID_MOST = 1 << 16, HISTORY_MOST = 500, PATH_MOST = 4096, PROMPT_WIDTH = 7 };

static struct {
	struct monitor *m;
	EditLine *line;
	History *history;
	FILE *out;
	bool drawn, left;
	char path[PATH_MOST]; /* of the history; "": none is kept */
	char said[SAID_MOST], complaints[SAID_MOST];
} prompt;

static volatile sig_atomic_t resized, continued;

static void on_winch(int number)
{
	(void)number;
	resized = 1;
}

static void on_cont(int number)
{
	(void)number;
	continued = 1;
}

static char *text_of_prompt(EditLine *line)
{
	static char text[PROMPT_WIDTH + 1] = "glint> ";
	(void)line;
	return text;
}

/* $XDG_STATE_HOME/glint/monitor.history, below ~/.local/state without it. The folders are made. */
static void find_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	const char *parts[] = { "", "/.local", "/state", "/glint", "/monitor.history" };
	bool own = state && *state == '/';
	char *p = prompt.path;
	size_t room = sizeof prompt.path - 64;
	*p = '\0';
	if ((!own && (!home || *home != '/')) || strlen(own ? state : home) > room)
		return;
	strcpy(p, own ? state : home);
	for (unsigned i = own ? 3 : 1; i < 5; i++) {
		if (mkdir(p, 0700) < 0 && errno != EEXIST) {
			*p = '\0';
			return;
		}
		strcat(p, parts[i]);
	}
}

static void open_history(void)
{
	HistEvent ev;
	prompt.history = history_init();
	if (!prompt.history)
		return;
	history(prompt.history, &ev, H_SETSIZE, HISTORY_MOST);
	history(prompt.history, &ev, H_SETUNIQUE, 1);
	find_path();
	if (*prompt.path)
		history(prompt.history, &ev, H_LOAD, prompt.path);
	el_set(prompt.line, EL_HIST, history, prompt.history);
}

static void close_history(void)
{
	HistEvent ev;
	if (!prompt.history)
		return;
	mode_t before = umask(0077);
	if (*prompt.path)
		history(prompt.history, &ev, H_SAVE, prompt.path);
	umask(before);
	history_end(prompt.history);
	prompt.history = NULL;
}

/* Rows above the cursor that the line takes, and none of them is left. */
static void take_away(void)
{
	struct winsize size = { 0 };
	const LineInfo *info = el_line(prompt.line);
	size_t width = PROMPT_WIDTH + (size_t)(info->cursor - info->buffer);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		size.ws_col = 80;
	fputc('\r', prompt.out);
	if (prompt.drawn && width / size.ws_col)
		fprintf(prompt.out, "\033[%zuA", width / size.ws_col);
	fputs("\033[J", prompt.out);
	fflush(prompt.out);
	prompt.drawn = false;
}

static void draw(void)
{
	el_set(prompt.line, EL_REFRESH);
	prompt.drawn = true;
}

void prompt_show(void)
{
	bool said = __fpending(stdout) || __fpending(stderr);
	if (continued)
		el_set(prompt.line, EL_PREP_TERM, 1);
	if (said || resized || continued)
		take_away();
	if (resized)
		el_resize(prompt.line);
	fflush(stdout);
	fflush(stderr);
	if (!prompt.drawn)
		draw();
	resized = continued = 0;
}

/* The longest beginning that all offers have. */
static size_t common(const struct offers *o)
{
	size_t len = strlen(o->at[0]);
	for (unsigned i = 1; i < o->count; i++)
		for (size_t k = 0; k < len; k++)
			if (o->at[i][k] != o->at[0][k])
				len = k;
	return len;
}

/* The offers that go on differently, in columns above the line. */
static void list(const struct offers *o)
{
	size_t width = 0, column = 0;
	for (unsigned i = 0; i < o->count; i++)
		width = strlen(o->at[i]) > width ? strlen(o->at[i]) : width;
	for (unsigned i = 0; i < o->count; i++) {
		bool last = i + 1 == o->count || column + 2 * (width + 2) > 80;
		printf("%-*s%s", last ? 0 : (int)width + 2, o->at[i], last ? "\n" : "");
		column = last ? 0 : column + width + 2;
	}
}

static unsigned char on_tab(EditLine *line, wint_t key)
{
	static struct offers offers; /* large */
	char text[LINE_MOST], more[UUID_TEXT + 1];
	const LineInfo *info = el_line(line);
	size_t cursor = (size_t)(info->cursor - info->buffer);
	(void)key;
	if (cursor >= sizeof text)
		return CC_ERROR;
	memcpy(text, info->buffer, cursor);
	text[cursor] = '\0';
	complete(prompt.m, text, cursor, &offers);
	if (!offers.count)
		return CC_ERROR;
	size_t len = common(&offers);
	if (len == offers.typed && offers.count > 1) {
		list(&offers);
		return CC_NORM;
	}
	el_deletestr(line, (int)offers.typed); /* capital letters become small ones */
	snprintf(more, sizeof more, "%.*s%s", (int)len, offers.at[0], offers.count == 1 ? " " : "");
	el_insertstr(line, more);
	return CC_REFRESH;
}

/* At the end of an empty line it leaves, elsewhere it takes a character away. */
static unsigned char on_ctrl_d(EditLine *line, wint_t key)
{
	const LineInfo *info = el_line(line);
	(void)key;
	if (info->lastchar == info->buffer) {
		prompt.left = true;
		return CC_NORM;
	}
	if (info->cursor == info->lastchar)
		return CC_ERROR;
	el_cursor(line, 1);
	el_deletestr(line, 1);
	return CC_REFRESH;
}

bool prompt_open(struct monitor *m)
{
	const char *term = getenv("TERM");
	int copy = term && *term && strcmp(term, "dumb") != 0 ? dup(STDOUT_FILENO) : -1;
	prompt.m = m;
	prompt.out = copy >= 0 ? fdopen(copy, "w") : NULL;
	prompt.line = prompt.out ? el_init("glint", stdin, prompt.out, prompt.out) : NULL;
	if (!prompt.line) {
		if (prompt.out)
			fclose(prompt.out);
		return false;
	}
	el_set(prompt.line, EL_PROMPT, text_of_prompt);
	el_set(prompt.line, EL_EDITOR, "emacs");
	/* by el_set() its words would be copied, and never freed */
	el_wset(prompt.line, EL_ADDFN, L"glint-complete", L"complete the word", on_tab);
	el_set(prompt.line, EL_BIND, "^I", "glint-complete", NULL);
	el_wset(prompt.line, EL_ADDFN, L"glint-leave", L"leave, or delete", on_ctrl_d);
	el_set(prompt.line, EL_BIND, "^D", "glint-leave", NULL);
	el_set(prompt.line, EL_BIND, "^R", "em-inc-search-prev", NULL);
	open_history();
	el_source(prompt.line, NULL); /* ~/.editrc */
	el_set(prompt.line, EL_UNBUFFERED, 1);
	prompt.drawn = true;
	setvbuf(stdout, prompt.said, _IOFBF, sizeof prompt.said);
	setvbuf(stderr, prompt.complaints, _IOFBF, sizeof prompt.complaints);
	sigaction(SIGWINCH, &(struct sigaction){ .sa_handler = on_winch }, NULL);
	sigaction(SIGCONT, &(struct sigaction){ .sa_handler = on_cont }, NULL);
	return true;
}

void prompt_close(void)
{
	take_away();
	el_set(prompt.line, EL_UNBUFFERED, 0);
	close_history();
	el_end(prompt.line);
	fclose(prompt.out);
	fflush(stdout);
	fflush(stderr);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stderr, NULL, _IONBF, 0);
}

/* A whole line, with its end. */
static void on_line(struct monitor *m, const char *text)
{
	HistEvent ev;
	if (prompt.history && text[strspn(text, " \t\r\n")])
		history(prompt.history, &ev, H_ENTER, text);
	if (!input_add(m, text))
		complain(m->o->command, "too many commands are waiting; this one is left out");
	el_set(prompt.line, EL_UNBUFFERED, 0);
	prompt.drawn = false;
	el_set(prompt.line, EL_UNBUFFERED, 1);
	prompt.drawn = true;
}

void prompt_read(struct monitor *m)
{
	int count = 0;
	errno = 0;
	const char *text = el_gets(prompt.line, &count);
	if (text && count > 0 && text[count - 1] == '\n') {
		char line[LINE_MOST + 2];
		snprintf(line, sizeof line, "%.*s", count, text);
		on_line(m, line);
	}
	if (prompt.left)
		over(m, EXIT_DONE);
}
