/* The peer's database as lines: services, characteristics with what they permit, values. */
#include "tree.h"

#include <stdio.h>
#include <string.h>

struct characteristic *tree_find(struct tree *t, uint16_t value_handle)
{
	for (unsigned i = 0; i < t->characteristic_count; i++)
		if (t->characteristics[i].value_handle == value_handle)
			return &t->characteristics[i];
	return NULL;
}

static const char *properties_text(char dst[80], uint8_t bits)
{
	static const char *const words[] = { "broadcast", "read", "write-without-response", "write",
		"notify", "indicate", "signed-write", "extended" };
	*dst = '\0';
	for (unsigned i = 0; i < 8; i++) {
		if (!(bits >> i & 1))
			continue;
		strcat(dst, *dst ? " " : "");
		strcat(dst, words[i]); /* all of them with their spaces are 73 octets */
	}
	return dst;
}

static void show_characteristic(const struct characteristic *c)
{
	char title[UUID_TEXT], properties[80], value[VALUE_TEXT] = "";
	properties_text(properties, c->properties);
	if (c->read_err == 0)
		value_text(value, &c->uuid, c->value, c->len);
	else if (c->read_err < 0)
		snprintf(value, sizeof value, "(not read: %s)", ble_strerror(c->read_err));
	if (!say_json) {
		printf("  %-32s %3u  %s%s%s\n", uuid_title(title, &c->uuid), c->value_handle,
			properties, *value ? "  " : "", value);
		return;
	}
	json_begin("characteristic");
	json_text("uuid", uuid_code(title, &c->uuid));
	json_text("name", uuid_word(title, &c->uuid));
	json_number("handle", c->value_handle);
	json_text("properties", properties);
	if (c->read_err == 0) {
		json_octets("value", c->value, c->len);
		json_text("text", value);
	}
	json_end();
}

static void show_service(const struct service *s)
{
	char title[UUID_TEXT];
	if (!say_json) {
		printf("%s%s%s  handles %u to %u\n", bold(), uuid_title(title, &s->uuid), plain(),
			s->start, s->end);
		return;
	}
	json_begin("service");
	json_text("uuid", uuid_code(title, &s->uuid));
	json_text("name", uuid_word(title, &s->uuid));
	json_number("start", s->start);
	json_number("end", s->end);
	json_end();
}

void tree_show(struct tree *t)
{
	for (unsigned i = 0; i < t->service_count; i++) {
		const struct service *s = &t->services[i];
		show_service(s);
		for (unsigned k = 0; k < t->characteristic_count; k++) {
			const struct characteristic *c = &t->characteristics[k];
			if (c->handle >= s->start && c->handle <= s->end)
				show_characteristic(c);
		}
	}
	if (t->cut)
		say("(the device has more than is shown)");
}

void tree_show_notified(
	const struct characteristic *c, const void *data, size_t len, bool indication)
{
	char word[UUID_TEXT], value[VALUE_TEXT];
	uuid_word(word, &c->uuid);
	value_text(value, &c->uuid, data, len);
	if (!say_json) {
		printf("%s%s%s %s\n", bold(), word, plain(), value);
		return;
	}
	json_begin(indication ? "indication" : "notification");
	json_number("handle", c->value_handle);
	json_text("name", word);
	json_octets("value", data, len);
	json_text("text", value);
	json_end();
}
