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

static bool begins(const struct verb *v, const char *with)
{
	return !strncmp(v->word, with, strlen(with));
}

/* Which characteristics make sense behind a command. */
static bool fits(const struct verb *v, const struct characteristic *c)
{
	if (begins(v, "read"))
		return c->properties & PROP_READ;
	if (!strcmp(v->word, "write-without-response"))
		return c->properties & PROP_WRITE_COMMAND;
	if (!strcmp(v->word, "write-signed"))
		return c->properties & PROP_WRITE_SIGNED;
	if (begins(v, "write"))
		return c->properties & PROP_WRITE;
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

/* Words before the one at the cursor, of the part behind the last comma of a command that has parts;
 * *start is where the word at the cursor begins. */
static unsigned words_before(const char *line, size_t cursor, size_t *start)
{
	unsigned before = 0;
	*start = 0;
	for (size_t i = 0; i < cursor; i++) {
		if (line[i] != ' ')
			continue;
		if (i == *start + 1 && line[*start] == ',')
			before = 1;
		else
			before += i > *start;
		*start = i + 1;
	}
	return before;
}

/* What may stand behind the word of a command, `before` words in. */
static void offer_arguments(
	struct offers *o, const char *typed, const struct verb *v, unsigned before, struct tree *t)
{
	static const char *const as[] = { "as", NULL }, *const number[] = { "number", NULL },
				 *const how[] = { "notifications", "indications", NULL };
	bool writes = begins(v, "write"), as_type = strstr(v->usage, "[as TYPE]");
	if (before == 1 || begins(v, "read-multiple"))
		offer_targets(o, typed, v, t);
	else if (before == 2 && as_type)
		offer_all(o, typed, as);
	else if (before == 2 && strstr(v->usage, "indications"))
		offer_all(o, typed, how);
	if ((before == 2 && writes) || (before == 3 && as_type))
		offer_all(o, typed, type_words());
	if (before == 2 && writes)
		offer_all(o, typed, number);
}

void complete(struct monitor *m, const char *line, size_t cursor, struct offers *o)
{
	size_t start;
	line += strspn(line, " \t");
	cursor = cursor < strlen(line) ? cursor : strlen(line);
	unsigned before = words_before(line, cursor, &start);
	const char *typed = line + start;
	const struct verb *v = verb_of(line);
	o->count = 0;
	o->typed = cursor - start;
	if (before == 0) {
		for (const struct verb *at = verbs; at->word; at++)
			offer(o, typed, at->word);
	} else if (v && (strstr(v->usage, "CHAR") || !strcmp(v->word, "read-uuid"))) {
		offer_arguments(o, typed, v, before, &m->tree);
	} else if (v && !strcmp(v->word, "pair") && before == 1) {
		offer_all(o, typed, pair_words);
	}
}
