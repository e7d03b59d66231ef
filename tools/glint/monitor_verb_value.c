/* Commands about values: read, write, write-without-response, write-signed, subscribe, unsubscribe, wait. */
#include "monitor.h"

#include <ble/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool find_target(struct monitor *m, const char *word)
{
	char why[WHY_TEXT];
	if (target_find(&m->tree, word, &m->job.target, why))
		return true;
	command_fail(m, "%s", why);
	return false;
}

static const char *target_name(const struct monitor *m, char dst[UUID_TEXT])
{
	return view_called(dst, &m->job.target);
}

/* -- read -------------------------------------------------------------------------------------- */

/* A number with a type of another size, which is not shown but refused. */
static bool misfits(struct monitor *m)
{
	const struct job *j = &m->job;
	char octets[VALUE_TEXT];
	if (!j->as || !j->as->size || j->as->size == j->len)
		return false;
	hex_show(octets, j->data, j->len);
	command_fail(m, "%s has %u octet%s, the value has %u: %.100s", j->as->word, j->as->size,
		j->as->size > 1 ? "s" : "", j->len, octets);
	return true;
}

static bool unknown_type(struct monitor *m, const char *word)
{
	char all[WHY_TEXT] = "";
	for (const char *const *w = type_words(); *w; w++) {
		strcat(all, *all ? " " : ""); /* all of them are below 100 octets */
		strcat(all, *w);
	}
	command_fail(m, "no type %.40s; there are %s", word, all);
	return false;
}

bool verb_as_read(struct monitor *m, const struct words *w, unsigned first)
{
	struct job *j = &m->job;
	if (w->count == first)
		return true;
	if (w->count != first + 2 || strcmp(w->at[first], "as") != 0) {
		command_fail(m, "it is `%s`", j->verb->usage);
		return false;
	}
	j->as = type_named(w->at[first + 1]);
	return j->as || unknown_type(m, w->at[first + 1]);
}

bool verb_read_begin(struct monitor *m, const struct words *w)
{
	return verb_as_read(m, w, 2) && find_target(m, w->at[1]);
}

int verb_read_step(struct monitor *m)
{
	return ble_client_read(m->link.host, m->conn, m->job.target.handle);
}

void verb_read_done(struct monitor *m)
{
	struct job *j = &m->job;
	struct characteristic *c = j->target.characteristic;
	if (c) {
		memcpy(c->value, j->data, j->len);
		c->len = j->len;
		c->read_err = 0;
	}
	if (!misfits(m))
		view_value(&j->target, j->as, j->data, j->len);
}

/* -- write ------------------------------------------------------------------------------------- */

/* The property without which a write that has no answer would be lost. */
static uint8_t needed_of(const struct verb *v)
{
	if (v->step == verb_write_command_step)
		return PROP_WRITE_COMMAND;
	return v->step == verb_write_signed_step ? PROP_WRITE_SIGNED : 0;
}

bool verb_write_begin(struct monitor *m, const struct words *w)
{
	struct job *j = &m->job;
	char why[WHY_TEXT] = "", name[UUID_TEXT];
	if (!find_target(m, w->at[1]))
		return false;
	int len = octets_write(&j->target, w, 2, w->count, j->data, sizeof j->data, why);
	const struct characteristic *c = j->target.characteristic;
	if (len < 0)
		command_fail(m, "%s", why);
	else if (c && (c->properties & needed_of(j->verb)) != needed_of(j->verb))
		command_fail(m, "%s does not permit it, and would not say so; try `write`",
			target_name(m, name));
	j->len = (uint16_t)(len < 0 ? 0 : len);
	return j->verb;
}

/* A long one stays in the job until it is done, as the client wants it. */
int verb_write_step(struct monitor *m)
{
	const struct job *j = &m->job;
	return ble_client_write(m->link.host, m->conn, j->target.handle, j->data, j->len);
}

void verb_write_done(struct monitor *m)
{
	const struct job *j = &m->job;
	view_written(&j->target, j->data, j->len, WRITTEN_ANSWERED);
}

int verb_write_command_step(struct monitor *m)
{
	const struct job *j = &m->job;
	int err =
		ble_client_write_command(m->link.host, m->conn, j->target.handle, j->data, j->len);
	if (err)
		return err;
	view_written(&j->target, j->data, j->len, WRITTEN_UNANSWERED);
	return JOB_OVER;
}

/* On an encrypted link nothing is signed: the library sends what stands for it there. */
int verb_write_signed_step(struct monitor *m)
{
	const struct job *j = &m->job;
	int err = ble_client_write_signed(m->link.host, m->conn, j->target.handle, j->data, j->len);
	if (err == BLE_ENOENT) {
		command_fail(m, "the device has no key of ours that could sign; `pair` with it first");
		return JOB_OVER;
	}
	if (err)
		return err;
	view_written(&j->target, j->data, j->len, pair_is_encrypted(m) ? WRITTEN_UNANSWERED : WRITTEN_SIGNED);
	return JOB_OVER;
}

/* -- subscribe, unsubscribe, wait -------------------------------------------------------------- */

/* Remembered for the next connection. */
static void choose(struct monitor *m, const struct characteristic *c, uint8_t bits)
{
	unsigned i = 0;
	while (i < m->choice_count && m->choices[i].value_handle != c->value_handle)
		i++;
	if (i == MOST_CHOICES)
		return;
	m->choices[i] = (struct choice){ .value_handle = c->value_handle, .bits = bits };
	if (i == m->choice_count)
		m->choice_count++;
}

/* One if it is named, else all there are. */
static bool subscribe_begin(struct monitor *m, const struct words *w, uint8_t bits)
{
	struct job *j = &m->job;
	char name[UUID_TEXT];
	j->target = (struct target){ 0 };
	j->bits = bits;
	j->at = 0;
	j->left = m->tree.characteristic_count;
	if (w->count == 1)
		return true;
	if (!find_target(m, w->at[1]))
		return false;
	const struct characteristic *c = j->target.characteristic;
	if (!c || !c->cccd) {
		command_fail(m, "%s neither notifies nor indicates", target_name(m, name));
		return false;
	}
	j->at = (unsigned)(c - m->tree.characteristics);
	j->left = 1;
	return true;
}

enum { AS_PERMITTED = 3 };

bool verb_subscribe_begin(struct monitor *m, const struct words *w)
{
	const char *how = w->count == 3 ? w->at[2] : "";
	bool notifications = !strcmp(how, "notifications"),
	     indications = !strcmp(how, "indications");
	if (*how && !notifications && !indications) {
		command_fail(m, "it is `%s`", m->job.verb->usage);
		return false;
	}
	return subscribe_begin(m, w, indications ? 2 : notifications ? 1 : AS_PERMITTED);
}

bool verb_unsubscribe_begin(struct monitor *m, const struct words *w)
{
	return subscribe_begin(m, w, 0);
}

int verb_subscribe_step(struct monitor *m)
{
	struct job *j = &m->job;
	struct tree *t = &m->tree;
	bool all = j->words.count == 1;
	for (; j->left && all; j->at++, j->left--)
		if (t->characteristics[j->at].cccd && (j->bits || t->characteristics[j->at].bits))
			break;
	if (!j->left) {
		if (all && !j->target.handle)
			say("there is nothing to %s", j->verb->word);
		return JOB_OVER;
	}
	const struct characteristic *c = &t->characteristics[j->at];
	uint8_t bits[2] = { j->bits, 0 };
	if (j->bits == AS_PERMITTED)
		bits[0] = c->properties & PROP_NOTIFY ? 1 : 2;
	j->data[0] = bits[0];
	return ble_client_write(m->link.host, m->conn, c->cccd, bits, sizeof bits);
}

void verb_subscribe_done(struct monitor *m)
{
	struct job *j = &m->job;
	struct characteristic *c = &m->tree.characteristics[j->at++];
	char name[UUID_TEXT];
	j->left--;
	j->target = (struct target){ c, c->value_handle, c->uuid };
	c->bits = j->data[0];
	choose(m, c, c->bits);
	target_name(m, name);
	if (say_json) {
		json_begin(c->bits ? "subscribed" : "unsubscribed");
		json_number("handle", c->value_handle);
		json_text("name", name);
		if (c->bits)
			json_text("by", c->bits == 2 ? "indications" : "notifications");
		json_end();
	} else if (c->bits) {
		say("subscribed to %s: %s", name, c->bits == 2 ? "indications" : "notifications");
	} else {
		say("unsubscribed from %s", name);
	}
}

bool verb_wait_begin(struct monitor *m, const struct words *w)
{
	char *end;
	unsigned long n = strtoul(w->at[1], &end, 10);
	bool subscribed = false;
	for (unsigned i = 0; i < m->tree.characteristic_count; i++)
		subscribed = subscribed || m->tree.characteristics[i].bits;
	if (*end || *w->at[1] == '-' || n == 0 || n > 1000000000)
		command_fail(m, "a whole number from 1 to 1000000000 is wanted");
	else if (!subscribed)
		command_fail(m, "nothing is subscribed to; `subscribe` comes first");
	else
		m->job.left = m->notified + (unsigned)n;
	return m->job.verb;
}

int verb_wait_step(struct monitor *m)
{
	return m->notified >= m->job.left ? JOB_OVER : JOB_LATER;
}
