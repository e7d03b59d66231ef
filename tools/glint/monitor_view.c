/*
 * Values as they come and go: what was read, written, notified or indicated. Numbers that come unasked
 * leave a trace on a terminal: a line of blocks, the oldest at the left, the least at the bottom.
 */
#include "monitor.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEVELS = 8, BLOCK_OCTETS = 3, TREND_TEXT = TREND_POINTS * BLOCK_OCTETS + 1 };

static void remember(struct characteristic *c, double number)
{
	if (c->points == TREND_POINTS)
		memmove(c->trend, c->trend + 1, --c->points * sizeof *c->trend);
	c->trend[c->points++] = number;
}

/* "" for less than two numbers. */
static const char *trend_text(char dst[TREND_TEXT], const struct characteristic *c)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const marks[] = { "_", ".", ",", "-", "=", "+", "*", "#" };
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	double least = c->trend[0], most = c->trend[0];
	*dst = '\0';
	for (unsigned i = 0; i < c->points; i++) {
		least = c->trend[i] < least ? c->trend[i] : least;
		most = c->trend[i] > most ? c->trend[i] : most;
	}
	for (unsigned i = 0; c->points > 1 && i < c->points; i++) {
		double part = most > least ? (c->trend[i] - least) / (most - least) : 0;
		unsigned level = (unsigned)(part * (LEVELS - 1) + 0.5);
		strcat(dst, utf8 ? blocks[level] : marks[level]);
	}
	return dst;
}

const char *view_called(char dst[UUID_TEXT], const struct target *t)
{
	static const struct uuid unknown;
	char code[UUID_TEXT];
	if (uuid_same(&t->uuid, &unknown))
		snprintf(dst, UUID_TEXT, "handle %u", t->handle);
	else if (!strcmp(uuid_word(dst, &t->uuid), uuid_code(code, &t->uuid)) &&
		t->characteristic && *t->characteristic->description)
		snprintf(dst, UUID_TEXT, "%s", t->characteristic->description);
	return dst;
}

static void json_value(
	const char *event, const struct target *t, const void *data, size_t len, const char *text)
{
	char word[UUID_TEXT];
	json_begin(event);
	json_number("handle", t->handle);
	json_text("uuid", uuid_code(word, &t->uuid));
	json_text("name", view_called(word, t));
	json_octets("value", data, len);
	json_text("text", text);
	json_end();
}

void view_value(const struct target *t, const struct value_type *as, const void *data, size_t len)
{
	const struct characteristic *c = t->characteristic;
	char word[UUID_TEXT], value[VALUE_TEXT];
	if (!as || !type_show(value, as, 0, data, len))
		value_show(value, &t->uuid, c ? &c->format : NULL, data, len);
	if (say_json)
		json_value("value", t, data, len, value);
	else
		say("%s%s%s %s", bold(), view_called(word, t), plain(), value);
}

void view_written(const struct target *t, const void *data, uint16_t len, enum written how)
{
	static const char *const ends[] = { ", no answer comes", "", ", reliably", " and signed, no answer comes" };
	char name[UUID_TEXT];
	view_called(name, t);
	if (!say_json) {
		say("%s: %u octet%s written%s", name, len, len == 1 ? "" : "s", ends[how]);
		return;
	}
	json_begin("written");
	json_number("handle", t->handle);
	json_text("name", name);
	json_octets("value", data, len);
	json_text("response", how == WRITTEN_UNANSWERED || how == WRITTEN_SIGNED ? "no" : "yes");
	if (how == WRITTEN_RELIABLY)
		json_text("reliable", "yes");
	if (how == WRITTEN_SIGNED)
		json_text("signed", "yes");
	json_end();
}

void view_notified(
	struct characteristic *c, uint16_t handle, const void *data, size_t len, bool indication)
{
	struct target t = { .characteristic = c, .handle = handle };
	char word[UUID_TEXT], value[VALUE_TEXT], trend[TREND_TEXT] = "";
	double number;
	if (c)
		t.uuid = c->uuid;
	value_show(value, &t.uuid, c ? &c->format : NULL, data, len);
	if (say_json) {
		json_value(indication ? "indication" : "notification", &t, data, len, value);
		return;
	}
	if (c && value_number(&number, &t.uuid, &c->format, data, len)) {
		remember(c, number);
		if (isatty(STDOUT_FILENO))
			trend_text(trend, c);
	}
	say("%s%s%s %s%s%s", bold(), view_called(word, &t), plain(), value, *trend ? "  " : "",
		trend);
}
