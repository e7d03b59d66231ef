/*
 * Commands about several attributes at once: read-uuid, read-multiple, read-multiple-variable,
 * write-reliable (Vol 3 Part G 4.8.2, 4.8.4, 4.8.5, 4.9.5).
 */
#include "monitor.h"

#include "base/le.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct target target_of(struct monitor *m, uint16_t handle)
{
	struct target t = { .characteristic = tree_find(&m->tree, handle), .handle = handle };
	if (t.characteristic)
		t.uuid = t.characteristic->uuid;
	for (unsigned i = 0; i < m->tree.descriptor_count; i++)
		if (m->tree.descriptors[i].handle == handle)
			t.uuid = m->tree.descriptors[i].uuid;
	return t;
}

static void say_cut(uint16_t handle)
{
	if (!say_json)
		say("    (there may be more of it: `read %u`)", handle);
}

/* -- read-uuid --------------------------------------------------------------------------------- */

/* "0x10-0x20", "16-32". */
static bool range_read(struct job *j, const char *word)
{
	char *end;
	unsigned long first = strtoul(word, &end, 0), last = 0;
	if (end != word && *end == '-' && end[1] >= '0' && end[1] <= '9')
		last = strtoul(end + 1, &end, 0);
	if (!first || first > last || last > 0xFFFF || *end)
		return false;
	j->first = (uint16_t)first;
	j->last = (uint16_t)last;
	return true;
}

static void on_value_by_uuid(struct monitor *m, const struct ble_event *ev)
{
	struct job *j = &m->job;
	struct target t = target_of(m, ev->value.handle);
	t.uuid = j->target.uuid;
	j->at++;
	if (!say_json)
		printf("%3u  ", t.handle);
	view_value(&t, j->as, ev->value.data, ev->value.len);
	if (ev->value.cut)
		say_cut(t.handle);
}

bool verb_read_uuid_begin(struct monitor *m, const struct words *w)
{
	struct job *j = &m->job;
	char why[WHY_TEXT];
	unsigned next = 2;
	j->first = 1;
	j->last = 0xFFFF;
	j->on_value = on_value_by_uuid;
	j->target = (struct target){ 0 };
	if (!uuid_read(&j->target.uuid, w->at[1]) &&
		!target_find(&m->tree, w->at[1], &j->target, why)) {
		command_fail(m, "%s", why);
		return false;
	}
	if (next < w->count && strcmp(w->at[next], "as") != 0 && !range_read(j, w->at[next++])) {
		command_fail(m, "%.40s: handles are two numbers from 1 to 65535, the lower first "
				"(16-32)", w->at[2]);
		return false;
	}
	return verb_as_read(m, w, next);
}

int verb_read_uuid_step(struct monitor *m)
{
	const struct job *j = &m->job;
	const struct uuid *uuid = &j->target.uuid;
	uint8_t u16[2];
	le16_put(u16, uuid->u16);
	return ble_client_read_uuid(m->link.host, m->conn, j->first, j->last,
		uuid->u16 ? u16 : uuid->u128, uuid->u16 ? 2 : 16);
}

/* -- read-multiple, read-multiple-variable ----------------------------------------------------- */

bool verb_read_multiple_begin(struct monitor *m, const struct words *w)
{
	struct job *j = &m->job;
	char why[WHY_TEXT];
	if (w->count - 1 > MOST_HANDLES) {
		command_fail(m, "at most %u attributes can be read at once", MOST_HANDLES);
		return false;
	}
	j->handle_count = 0;
	for (unsigned i = 1; i < w->count; i++) {
		if (!target_find(&m->tree, w->at[i], &j->target, why)) {
			command_fail(m, "%s", why);
			return false;
		}
		j->handles[j->handle_count++] = j->target.handle;
	}
	return true;
}

int verb_read_multiple_step(struct monitor *m)
{
	struct job *j = &m->job;
	j->on_value = NULL; /* it is kept, and shown at the end */
	return ble_client_read_multiple(m->link.host, m->conn, j->handles, j->handle_count);
}

/* Octets that a value always has; 0: any number. */
static uint8_t fixed_size(const struct target *t)
{
	const struct characteristic *c = t->characteristic;
	struct value_format f = c && c->format.code ? c->format : known_format(&t->uuid);
	const struct value_type *type = type_of(f.code);
	return type ? type->size : 0;
}

/* Nothing in the packet tells one value from the next. All but the last have to be of a size that is
 * known. */
static bool can_be_told_apart(struct monitor *m, const struct job *j)
{
	unsigned before = 0;
	for (unsigned i = 0; i + 1 < j->handle_count; i++) {
		struct target t = target_of(m, j->handles[i]);
		if (!fixed_size(&t))
			return false;
		before += fixed_size(&t);
	}
	return before <= j->len;
}

void verb_read_multiple_done(struct monitor *m)
{
	struct job *j = &m->job;
	char octets[VALUE_TEXT];
	if (can_be_told_apart(m, j)) {
		const uint8_t *at = j->data, *end = j->data + j->len;
		for (unsigned i = 0; i < j->handle_count; i++) {
			struct target t = target_of(m, j->handles[i]);
			bool last = i + 1 == j->handle_count;
			size_t size = last ? (size_t)(end - at) : fixed_size(&t);
			view_value(&t, NULL, at, size);
			at += size;
		}
		return;
	}
	hex_show(octets, j->data, j->len);
	if (say_json) {
		json_begin("values");
		json_octets("value", j->data, j->len);
		json_end();
	} else {
		say("%s\n    (one behind the other; `read-multiple-variable` tells them apart)",
			octets);
	}
}

static void on_value_of_several(struct monitor *m, const struct ble_event *ev)
{
	struct target t = target_of(m, ev->value.handle);
	m->job.at++;
	view_value(&t, NULL, ev->value.data, ev->value.len);
	if (ev->value.cut)
		say_cut(t.handle);
}

int verb_read_variable_step(struct monitor *m)
{
	struct job *j = &m->job;
	j->on_value = on_value_of_several;
	return ble_client_read_multiple_variable(
		m->link.host, m->conn, j->handles, j->handle_count);
}

void verb_read_variable_done(struct monitor *m)
{
	const struct job *j = &m->job;
	if (j->at < j->handle_count)
		command_fail(m, "%u of %u values had room in the packet; ask for fewer", j->at,
			j->handle_count);
}

/* -- write-reliable ---------------------------------------------------------------------------- */

/* One CHAR VALUE, from a word to a comma that stands alone or to the end. */
static bool part_read(struct monitor *m, const struct words *w, unsigned first, unsigned end,
	uint8_t **to)
{
	struct job *j = &m->job;
	char why[WHY_TEXT];
	size_t room = (size_t)(j->data + sizeof j->data - *to);
	int len = -1;
	if (j->handle_count == MOST_HANDLES)
		snprintf(why, sizeof why, "at most %u values are written at once", MOST_HANDLES);
	else if (end - first < 2)
		snprintf(why, sizeof why, "it is `%s`, with blanks around a comma", j->verb->usage);
	else if (target_find(&m->tree, w->at[first], &j->target, why))
		len = octets_write(&j->target, w, first + 1, end, *to, room, why);
	if (len < 0) {
		command_fail(m, "%s", why);
		return false;
	}
	j->values[j->handle_count++] = (struct ble_client_value){
		.handle = j->target.handle, .len = (uint16_t)len, .data = *to
	};
	*to += len;
	return true;
}

bool verb_reliable_begin(struct monitor *m, const struct words *w)
{
	uint8_t *to = m->job.data;
	unsigned first = 1;
	m->job.handle_count = 0;
	for (unsigned i = 1; i <= w->count; i++) {
		bool comma = i < w->count && !w->quoted[i] && !strcmp(w->at[i], ",");
		if (i < w->count && !comma)
			continue;
		if (!part_read(m, w, first, i, &to))
			return false;
		first = i + 1;
	}
	return true;
}

int verb_reliable_step(struct monitor *m)
{
	const struct job *j = &m->job;
	return ble_client_write_reliable(m->link.host, m->conn, j->values, j->handle_count);
}

void verb_reliable_done(struct monitor *m)
{
	const struct job *j = &m->job;
	for (unsigned i = 0; i < j->handle_count; i++) {
		struct target t = target_of(m, j->values[i].handle);
		view_written(&t, j->values[i].data, j->values[i].len, WRITTEN_RELIABLY);
	}
}
