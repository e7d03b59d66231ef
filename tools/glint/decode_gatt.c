/*
 * What a trace tells of its connections: who speaks, and which attributes each device has. A
 * database belongs to an address, so that what one connection or file has told names things in the
 * others; a device whose address the trace does not tell has one for its connection alone.
 */
#include "decode.h"

#include "spec/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session *sessions;
static struct database *databases;

void *grow(void *old, size_t size)
{
	void *p = realloc(old, size);
	if (!p) {
		complain("decode", "out of memory");
		exit(EXIT_FAILED);
	}
	return p;
}

static struct database *database_of(const struct ble_addr *addr)
{
	for (struct database *d = databases; addr && d; d = d->next)
		if (d->has_addr && !memcmp(d->addr.octets, addr->octets, 6))
			return d;
	struct database *d = grow(NULL, sizeof *d);
	*d = (struct database){ .next = databases, .has_addr = addr != NULL };
	if (addr)
		d->addr = *addr;
	databases = d;
	return d;
}

struct session *session_begin(const struct trace_file *file, bool air, uint32_t key,
	const struct ble_addr *addr0, const struct ble_addr *addr1)
{
	struct session *s = sessions, *next = NULL;
	struct stream streams[2] = { { 0 }, { 0 } };
	while (s && (s->file != file || s->air != air || s->key != key))
		s = s->next;
	if (s) { /* its buffers serve again */
		next = s->next;
		streams[0].data = s->from[0].data;
		streams[1].data = s->from[1].data;
	} else {
		s = grow(NULL, sizeof *s);
		next = sessions;
		sessions = s;
	}
	*s = (struct session){ .next = next,
		.file = file,
		.air = air,
		.key = key,
		.rssi_dbm = RSSI_UNKNOWN,
		.last_side = 1,
		.from = { streams[0], streams[1] },
		.databases = { database_of(addr0), database_of(addr1) } };
	return s;
}

struct session *session_find(const struct trace_file *file, bool air, uint32_t key)
{
	for (struct session *s = sessions; s; s = s->next)
		if (s->file == file && s->air == air && s->key == key)
			return s;
	return session_begin(file, air, key, NULL, NULL);
}

void sessions_free(void)
{
	while (sessions) {
		struct session *s = sessions;
		sessions = s->next;
		free(s->from[0].data);
		free(s->from[1].data);
		free(s);
	}
	while (databases) {
		struct database *d = databases;
		databases = d->next;
		free(d->attributes);
		free(d);
	}
}

void database_add(struct database *d, const struct attribute *a)
{
	size_t i = 0;
	while (i < d->count && d->attributes[i].handle < a->handle)
		i++;
	if (i < d->count && d->attributes[i].handle == a->handle) {
		/* what Find Information calls by its type is known better from a declaration */
		if (a->kind != ATTRIBUTE_DESCRIPTOR ||
			d->attributes[i].kind == ATTRIBUTE_DESCRIPTOR)
			d->attributes[i] = *a;
		return;
	}
	if (d->count == d->room) {
		d->room = d->room ? d->room * 2 : 32;
		d->attributes = grow(d->attributes, d->room * sizeof *d->attributes);
	}
	memmove(d->attributes + i + 1, d->attributes + i, (d->count - i) * sizeof *d->attributes);
	d->attributes[i] = *a;
	d->count++;
}

/* The characteristic whose descriptor stands at this place. */
static const struct attribute *owner_of(const struct database *d, size_t i)
{
	while (i-- > 0 && d->attributes[i].kind >= ATTRIBUTE_DECLARATION)
		if (d->attributes[i].kind != ATTRIBUTE_DESCRIPTOR)
			return &d->attributes[i];
	return NULL;
}

const char *database_name(
	const struct database *d, uint16_t handle, char dst[UUID_TEXT * 2], struct uuid *uuid)
{
	size_t i = 0;
	char word[UUID_TEXT], owner[UUID_TEXT];
	*uuid = (struct uuid){ 0 };
	while (i < d->count && d->attributes[i].handle < handle)
		i++;
	if (i == d->count || d->attributes[i].handle != handle)
		return NULL;
	const struct attribute *a = &d->attributes[i], *of = owner_of(d, i);
	uuid_word(word, &a->uuid);
	if (a->kind == ATTRIBUTE_VALUE || a->kind == ATTRIBUTE_DESCRIPTOR)
		*uuid = a->uuid;
	if (a->kind == ATTRIBUTE_SERVICE)
		snprintf(dst, UUID_TEXT * 2, "service %s", word);
	else if (a->kind == ATTRIBUTE_DECLARATION)
		snprintf(dst, UUID_TEXT * 2, "declaration of %s", word);
	else if (a->kind == ATTRIBUTE_DESCRIPTOR && of)
		snprintf(dst, UUID_TEXT * 2, "%s of %s", word, uuid_word(owner, &of->uuid));
	else
		snprintf(dst, UUID_TEXT * 2, "%s", word);
	return dst;
}
