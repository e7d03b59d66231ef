/* The peer's database as lines: services and which others they include, characteristics with what
 * they permit, values, and the descriptors that are not told otherwise. */
#include "monitor.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_MOST = 80 }; /* letters in a line */

struct characteristic *tree_find(struct tree *t, uint16_t value_handle)
{
	for (unsigned i = 0; i < t->characteristic_count; i++)
		if (t->characteristics[i].value_handle == value_handle)
			return &t->characteristics[i];
	return NULL;
}

enum { PROPERTIES_TEXT = 120 };

/* What the extended ones are is said instead of that there are some, when it is known. */
static const char *properties_text(char dst[PROPERTIES_TEXT], const struct characteristic *c)
{
	static const char *const words[] = { "broadcast", "read", "write-without-response", "write",
		"notify", "indicate", "signed-write", "extended", "reliable-write",
		"writable-auxiliaries" };
	unsigned bits = c->properties | (c->extended & 3u) << 8;
	if (bits >> 8)
		bits &= ~(unsigned)PROP_EXTENDED;
	*dst = '\0';
	for (unsigned i = 0; i < 10; i++) {
		if (!(bits >> i & 1))
			continue;
		strcat(dst, *dst ? " " : "");
		strcat(dst, words[i]); /* all of them with their spaces are 110 octets */
	}
	return dst;
}

static void json_characteristic(
	const struct characteristic *c, const char *properties, const char *value)
{
	char title[UUID_TEXT], format[VALUE_TEXT];
	json_begin("characteristic");
	json_text("uuid", uuid_code(title, &c->uuid));
	json_text("name", uuid_word(title, &c->uuid));
	json_number("handle", c->value_handle);
	json_text("properties", properties);
	if (*c->description)
		json_text("description", c->description);
	if (c->format.code)
		json_text("format", format_title(format, &c->format));
	if (c->read_err == 0) {
		json_octets("value", c->value, c->len);
		json_text("text", value);
	}
	json_end();
}

/* What is long is cut in the tree; `read` shows more of it. */
static void cut(char value[VALUE_TEXT], uint16_t len)
{
	size_t at = VALUE_MOST - 3;
	if (strlen(value) <= VALUE_MOST)
		return;
	while ((value[at] & 0xC0) == 0x80) /* not within a letter */
		at--;
	snprintf(value + at, VALUE_TEXT - at, "... (%u octets)", len);
}

static void show_characteristic(const struct characteristic *c)
{
	char title[UUID_TEXT], properties[PROPERTIES_TEXT], value[VALUE_TEXT] = "", reason[REASON_TEXT];
	properties_text(properties, c);
	if (c->read_err == 0)
		value_show(value, &c->uuid, &c->format, c->value, c->len);
	else if (c->read_err < 0)
		snprintf(value, sizeof value, "(not read: %s)", error_text(reason, c->read_err));
	if (say_json) {
		json_characteristic(c, properties, value);
		return;
	}
	cut(value, c->len);
	uuid_title(title, &c->uuid);
	bool says_more =
		*c->description && strncmp(title, c->description, strlen(c->description)) != 0;
	printf("  %-32s %3u  %s%s%s%s%s%s\n", title, c->value_handle, properties,
		*value ? "  " : "", value, says_more ? "  (" : "", says_more ? c->description : "",
		says_more ? ")" : "");
}

/* Whose content is part of the line above: extended properties, description, format, and what a
 * subscription writes. */
static bool is_told(const struct descriptor *d)
{
	const uint16_t u16 = d->uuid.u16;
	return u16 == 0x2900 || u16 == 0x2901 || u16 == 0x2902 || u16 == 0x2904;
}

static void show_descriptor(const struct descriptor *d)
{
	char title[UUID_TEXT];
	if (!say_json) {
		if (!is_told(d))
			printf("    %-30s %3u  descriptor\n", uuid_title(title, &d->uuid),
				d->handle);
		return;
	}
	json_begin("descriptor");
	json_text("uuid", uuid_code(title, &d->uuid));
	json_text("name", uuid_word(title, &d->uuid));
	json_number("handle", d->handle);
	json_end();
}

static void show_service(const struct service *s)
{
	char title[UUID_TEXT];
	if (!say_json) {
		printf("%s%s%s  %shandles %u to %u\n", bold(), uuid_title(title, &s->uuid),
			plain(), s->secondary ? "secondary, " : "", s->start, s->end);
		return;
	}
	json_begin("service");
	json_text("uuid", uuid_code(title, &s->uuid));
	json_text("name", uuid_word(title, &s->uuid));
	json_text("kind", s->secondary ? "secondary" : "primary");
	json_number("start", s->start);
	json_number("end", s->end);
	json_end();
}

static void show_inclusion(const struct inclusion *i)
{
	char title[UUID_TEXT];
	if (!say_json) {
		printf("  includes %s  handles %u to %u\n", uuid_title(title, &i->uuid), i->start,
			i->end);
		return;
	}
	json_begin("included");
	json_text("uuid", uuid_code(title, &i->uuid));
	json_text("name", uuid_word(title, &i->uuid));
	json_number("handle", i->handle);
	json_number("start", i->start);
	json_number("end", i->end);
	json_end();
}

static void show_inclusions(const struct tree *t, const struct service *s)
{
	for (unsigned i = 0; i < t->inclusion_count; i++)
		if (t->inclusions[i].handle >= s->start && t->inclusions[i].handle <= s->end)
			show_inclusion(&t->inclusions[i]);
}

void tree_show(struct tree *t)
{
	for (unsigned i = 0; i < t->service_count; i++) {
		const struct service *s = &t->services[i];
		show_service(s);
		show_inclusions(t, s);
		for (unsigned k = 0; k < t->characteristic_count; k++) {
			const struct characteristic *c = &t->characteristics[k];
			if (c->handle < s->start || c->handle > s->end)
				continue;
			show_characteristic(c);
			for (unsigned j = 0; j < t->descriptor_count; j++)
				if (t->descriptors[j].characteristic == k)
					show_descriptor(&t->descriptors[j]);
		}
	}
	if (t->cut)
		say("(the device has more than is shown)");
}
