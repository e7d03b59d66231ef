/*
 * The table of `glint scan` on a terminal, drawn over itself: the cursor goes up as many lines as
 * were drawn, and each line clears what was behind it. The size is asked for at each drawing; when
 * it has changed, lines may have been folded, and the screen is begun anew. Nothing else of a
 * terminal is used than ECMA-48's cursor and erasing.
 */
#define _GNU_SOURCE /* wcwidth, TIOCGWINSZ */
#include "scan.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum {
	SCREEN = 262144,
	NAME_LEAST = 8,
	NAME_MOST = 24,
	FIXED = 17 + 2 + 2 + 10 + 2 + 5 + 2,
	BARS = 5
};

static char screen[SCREEN];
static unsigned rows, columns, drawn;
static bool wide; /* the terminal's characters are UTF-8 */

bool table_possible(void)
{
	const char *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* True: another size than the last time. */
static bool measure(void)
{
	struct winsize size;
	unsigned r = 24, c = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		r = size.ws_row;
		c = size.ws_col;
	}
	bool changed = r != rows || c != columns;
	rows = r;
	columns = c;
	return changed;
}

void table_begin(void)
{
	setlocale(LC_CTYPE, "");
	wide = !strcmp(nl_langinfo(CODESET), "UTF-8");
	measure();
	drawn = 0;
	fputs("\033[?25l", stdout); /* no cursor meanwhile */
	fflush(stdout);
}

void table_apart(void)
{
	drawn = 0;
}

void table_end(void)
{
	fputs("\033[?25h", stdout);
	fflush(stdout);
}

/* As much of the text as has room, then blanks up to the width. */
static void add_cell(struct text *t, const char *text, unsigned width)
{
	unsigned used = 0;
	mbstate_t state = { 0 };
	size_t left = strlen(text);
	while (left) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, left, &state);
		int w = n > 0 && n <= left ? wcwidth(c) : -1;
		if (n == 0 || n > left) { /* not of this locale */
			memset(&state, 0, sizeof state);
			n = 1;
		}
		unsigned need = w < 0 ? 1 : (unsigned)w;
		if (used + need > width)
			break;
		if (w < 0)
			text_add(t, "?");
		else
			text_add(t, "%.*s", (int)n, text);
		used += need;
		text += n;
		left -= n;
	}
	text_add(t, "%*s", (int)(width - used), "");
}

/* Five steps of 10 dB from -90 dBm. */
static void add_rssi(struct text *t, int rssi_dbm)
{
	if (rssi_dbm == RSSI_UNKNOWN) {
		text_add(t, "%10s", "");
		return;
	}
	int steps = (rssi_dbm + 100) / 10;
	text_add(t, "%s", tint(rssi_dbm >= -60 ? 32 : rssi_dbm >= -80 ? 33 : 31));
	for (int i = 0; i < BARS; i++)
		text_add(t, "%s", i >= steps ? " " : wide ? "\u25A0" : "#");
	text_add(t, "%s %4d", plain(), rssi_dbm);
}

static void add_age(struct text *t, uint64_t age_us)
{
	char age[24];
	unsigned long seconds = (unsigned long)(age_us / 1000000);
	if (seconds < 100)
		snprintf(age, sizeof age, "%lu s", seconds);
	else
		snprintf(age, sizeof age, "%lu m", seconds / 60);
	text_add(t, "%5s", age);
}

static void add_device(struct text *t, const struct device *d, unsigned name_width, uint64_t now_us)
{
	char addr[ADDR_TEXT], rest[1024] = "";
	struct text details = { rest, sizeof rest, 0 };
	scan_device_text(&details, d);
	text_add(t, "%s  %s", addr_text(addr, &d->addr), bold());
	add_cell(t, *d->name ? d->name : "-", name_width);
	text_add(t, "%s  ", plain());
	add_rssi(t, d->rssi_dbm);
	text_add(t, "  ");
	add_age(t, now_us > d->last_us ? now_us - d->last_us : 0);
	if (columns > FIXED + name_width) {
		text_add(t, "  ");
		add_cell(t, rest, columns - FIXED - name_width);
	}
}

static void add_head(struct text *t, const struct scan *s, unsigned shown, uint64_t now_us)
{
	char line[120];
	snprintf(line, sizeof line, "%u device%s, %lu reports in %lu s%s", shown,
		shown == 1 ? "" : "s", s->reports,
		(unsigned long)((now_us - s->began_us) / 1000000), s->over ? "" : "; Ctrl-C ends");
	add_cell(t, line, columns);
	text_add(t, "\033[K\r\n%s", bold());
}

/* The names' column is as wide as they are, within reason. */
static unsigned name_width_of(const struct device *const *list, unsigned n)
{
	size_t most = NAME_LEAST;
	for (unsigned i = 0; i < n; i++)
		if (strlen(list[i]->name) > most)
			most = strlen(list[i]->name);
	return (unsigned)(most < NAME_MOST ? most : NAME_MOST);
}

void table_draw(const struct scan *s, uint64_t now_us)
{
	static const struct device *list[MOST_DEVICES];
	struct text t = { screen, sizeof screen, 0 };
	char heading[160], more[40] = "";
	unsigned n = scan_sorted(s, list), room, name_width = name_width_of(list, n);
	if (measure())
		text_add(&t, "\033[H\033[2J");
	else if (drawn)
		text_add(&t, "\033[%uA\r", drawn);
	room = rows > 4 ? rows - 4 : 1;
	add_head(&t, s, n, now_us);
	snprintf(heading, sizeof heading, "%-17s  %-*s  %-10s  %5s  %s", "ADDRESS", (int)name_width,
		"NAME", "RSSI dBm", "AGE", "SERVICES AND DATA");
	add_cell(&t, heading, columns);
	text_add(&t, "%s\033[K\r\n", plain());
	drawn = 2;
	for (unsigned i = 0; i < n && i < room; i++, drawn++) {
		add_device(&t, list[i], name_width, now_us);
		text_add(&t, "\033[K\r\n");
	}
	if (n > room) {
		snprintf(more, sizeof more, "and %u more", n - room);
		add_cell(&t, more, columns);
		text_add(&t, "\033[K\r\n");
		drawn++;
	}
	text_add(&t, "\033[J");
	fwrite(screen, 1, t.len, stdout);
	fflush(stdout);
}
