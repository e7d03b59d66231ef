/*
 * What the tabulator key offers at the cursor: a command, a characteristic of this device by name,
 * UUID or handle, a type.
 */
#include "monitor.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void offer(struct offers *o, const char *typed, const char *word)
{
	size_t i = 0;
	while (i < o->typed && tolower((unsigned char)typed[i]) == tolower((unsigned char)word[i]))
		i++;
	if (i < o->typed || o->count == MOST_OFFERS)
		return;
	for (unsigned k = 0; k < o->count; k++)
		if (!strcmp(o->at[k], word))
			return;
	snprintf(o->at[o->count++], UUID_TEXT, "%s", word);
}

static void offer_all(struct offers *o, const char *typed, const char *const *words)
{
	for (; *words; words++)
		offer(o, typed, *words);
}

/* Which characteristics make sense behind a command. */
static bool fits(const struct verb *v, const struct characteristic *c)
{
	if (!strcmp(v->word, "read"))
		return c->properties & PROP_READ;
	if (!strcmp(v->word, "write"))
		return c->properties & PROP_WRITE;
	if (!strcmp(v->word, "write-without-response"))
		return c->properties & PROP_WRITE_COMMAND;
	return c->cccd;
}

/* Names unless a number has been begun; one that several have is of no use, their handles are. */
static void offer_targets(struct offers *o, const char *typed, const struct verb *v, struct tree *t)
{
	char word[UUID_TEXT], handle[8], why[WHY_TEXT];
	struct target target;
	for (unsigned i = 0; i < t->characteristic_count; i++) {
		const struct characteristic *c = &t->characteristics[i];
		if (!fits(v, c))
			continue;
		target_slug(word, c);
		snprintf(handle, sizeof handle, *typed == '#' ? "#%u" : "%u", c->value_handle);
		bool number = *typed == '#' || isdigit((unsigned char)*typed);
		if (!number && target_find(t, word, &target, why))
			offer(o, typed, word);
		else
			offer(o, typed, handle);
		if (number)
			offer(o, typed, uuid_code(word, &c->uuid));
	}
}

static const struct verb *verb_of(const char *line)
{
	size_t len = strcspn(line, " \t");
	for (const struct verb *v = verbs; v->word; v++)
		if (strlen(v->word) == len && !memcmp(v->word, line, len))
			return v;
	return NULL;
}

void complete(struct monitor *m, const char *line, size_t cursor, struct offers *o)
{
	static const char *const as[] = { "as", NULL },
				 *const how[] = { "notifications", "indications", NULL };
	static const char *const number[] = { "number", NULL };
	unsigned before = 0; /* words before the one at the cursor */
	size_t start = 0;
	line += strspn(line, " \t");
	cursor = cursor < strlen(line) ? cursor : strlen(line);
	for (size_t i = 0; i < cursor; i++)
		if (line[i] == ' ' && i + 1 > start) {
			before += i > start;
			start = i + 1;
		}
	const char *typed = line + start;
	const struct verb *v = verb_of(line);
	o->count = 0;
	o->typed = cursor - start;
	if (before == 0) {
		for (const struct verb *at = verbs; at->word; at++)
			offer(o, typed, at->word);
	} else if (v && v->needs_peer && v->most && strstr(v->usage, "CHAR")) {
		bool reads = !strcmp(v->word, "read"), writes = v->most == WORDS_MOST;
		if (before == 1)
			offer_targets(o, typed, v, &m->tree);
		else if (before == 2 && reads)
			offer_all(o, typed, as);
		else if (before == 2 && !writes && v->most == 2)
			offer_all(o, typed, how);
		if ((before == 2 && writes) || (before == 3 && reads))
			offer_all(o, typed, type_words());
		if (before == 2 && writes)
			offer_all(o, typed, number);
	}
}
