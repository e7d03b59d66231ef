/*
 * Which attribute a word means: a UUID that is there, else a handle, else a name or its beginning,
 * in small or capital letters, with - for blanks. A name is the assigned one of the UUID; what has
 * none is called as the device describes it (0x2901). What means more than one is refused with all
 * of them.
 */
#include "monitor.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folded(char c)
{
	return c == ' ' || c == '_' ? '-' : (char)tolower((unsigned char)c);
}

const char *target_slug(char dst[UUID_TEXT], const struct characteristic *c)
{
	char code[UUID_TEXT];
	bool named = strcmp(uuid_word(dst, &c->uuid), uuid_code(code, &c->uuid)) != 0;
	if (!named && *c->description)
		snprintf(dst, UUID_TEXT, "%s", c->description);
	for (char *at = dst; *at; at++)
		*at = folded(*at);
	return dst;
}

struct search {
	unsigned count;
	struct target first;
	char all[WHY_TEXT - 100];
};

static void found(
	struct search *s, struct characteristic *c, uint16_t handle, const struct uuid *uuid)
{
	size_t n = strlen(s->all);
	char word[UUID_TEXT] = "descriptor";
	if (s->count++ == 0)
		s->first = (struct target){ c, handle, *uuid };
	int more = snprintf(s->all + n, sizeof s->all - n, "%s%u (%s)", n ? ", " : "", handle,
		c ? target_slug(word, c) : word);
	if (n && n + (size_t)more >= sizeof s->all - 4) /* not all of them fit */
		strcpy(s->all + n, s->all[n - 1] == '.' ? "" : ", ...");
}

static bool begins(const char *slug, const char *word, bool whole)
{
	for (; *word && *slug == folded(*word); word++, slug++)
		;
	return !*word && (!whole || !*slug);
}

static void by_uuid(struct tree *t, const struct uuid *uuid, struct search *s)
{
	for (unsigned i = 0; i < t->characteristic_count; i++)
		if (uuid_same(&t->characteristics[i].uuid, uuid))
			found(s, &t->characteristics[i], t->characteristics[i].value_handle, uuid);
	for (unsigned i = 0; i < t->descriptor_count; i++)
		if (uuid_same(&t->descriptors[i].uuid, uuid))
			found(s, NULL, t->descriptors[i].handle, uuid);
}

static void by_name(struct tree *t, const char *word, bool whole, struct search *s)
{
	char slug[UUID_TEXT], code[UUID_TEXT];
	for (unsigned i = 0; i < t->characteristic_count; i++) {
		struct characteristic *c = &t->characteristics[i];
		bool by_code = !c->uuid.u16 && begins(uuid_code(code, &c->uuid), word, whole);
		if (by_code || begins(target_slug(slug, c), word, whole))
			found(s, c, c->value_handle, &c->uuid);
	}
}

static bool by_handle(struct tree *t, const char *word, struct target *to)
{
	char *end;
	const char *digits = word + (*word == '#');
	unsigned long handle = isdigit((unsigned char)*digits) ? strtoul(digits, &end, 0) : 0;
	if (!handle || handle > 0xFFFF || *end)
		return false;
	struct characteristic *c = tree_find(t, (uint16_t)handle);
	*to = (struct target){ .characteristic = c, .handle = (uint16_t)handle };
	if (c)
		to->uuid = c->uuid;
	for (unsigned i = 0; i < t->descriptor_count; i++)
		if (t->descriptors[i].handle == handle)
			to->uuid = t->descriptors[i].uuid;
	return true;
}

bool target_find(struct tree *t, const char *word, struct target *to, char why[WHY_TEXT])
{
	struct search s = { 0 };
	struct uuid uuid;
	if (*word != '#' && uuid_read(&uuid, word))
		by_uuid(t, &uuid, &s);
	if (!s.count && by_handle(t, word, to))
		return true;
	if (!s.count)
		by_name(t, word, true, &s);
	if (!s.count)
		by_name(t, word, false, &s);
	*to = s.first;
	if (!s.count || !*word)
		snprintf(why, WHY_TEXT,
			"the device has no characteristic %.60s; `tree` shows what there is", word);
	else if (s.count > 1)
		snprintf(why, WHY_TEXT, "%.60s can be %s; say a handle", word, s.all);
	return s.count == 1 && *word;
}
