/*
 * Commands: a line is words, the first of them a verb of the table below. One is carried out at a
 * time; what came meanwhile waits. One that needs the peer waits until all is known of it, in a
 * script also for the connection.
 */
#include "monitor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { AGAIN_US = 100000 };

/* clang-format off */
const struct verb verbs[] = {
	{ "tree", "tree", "services, characteristics, values as they were last read",
		0, 0, true, verb_tree, NULL, NULL, false },
	{ "read", "read CHAR [as TYPE]", "the value of a characteristic or a descriptor",
		1, 3, true, verb_read_begin, verb_read_step, verb_read_done, false },
	{ "read-uuid", "read-uuid UUID [FIRST-LAST] [as TYPE]",
		"every attribute of a type, between two handles",
		1, 4, true, verb_read_uuid_begin, verb_read_uuid_step, NULL, false },
	{ "read-multiple", "read-multiple CHAR CHAR...", "several in one request, one behind the other",
		2, WORDS_MOST, true, verb_read_multiple_begin, verb_read_multiple_step,
		verb_read_multiple_done, false },
	{ "read-multiple-variable", "read-multiple-variable CHAR CHAR...",
		"several in one request, each with its length",
		2, WORDS_MOST, true, verb_read_multiple_begin, verb_read_variable_step,
		verb_read_variable_done, false },
	{ "write", "write CHAR VALUE", "write, in parts what is long, and wait for the answer",
		2, WORDS_MOST, true, verb_write_begin, verb_write_step, verb_write_done, false },
	{ "write-without-response", "write-without-response CHAR VALUE", "write, no answer comes",
		2, WORDS_MOST, true, verb_write_begin, verb_write_command_step, NULL, false },
	{ "write-signed", "write-signed CHAR VALUE", "write, signed with the key of a bond; no answer comes",
		2, WORDS_MOST, true, verb_write_begin, verb_write_signed_step, NULL, false },
	{ "write-reliable", "write-reliable CHAR VALUE [, CHAR VALUE]...",
		"prepared and compared, then all are written at once",
		2, WORDS_MOST, true, verb_reliable_begin, verb_reliable_step, verb_reliable_done, false },
	{ "subscribe", "subscribe [CHAR [indications]]", "ask for notifications, without CHAR for all",
		0, 2, true, verb_subscribe_begin, verb_subscribe_step, verb_subscribe_done, true },
	{ "unsubscribe", "unsubscribe [CHAR]", "no more of them",
		0, 1, true, verb_unsubscribe_begin, verb_subscribe_step, verb_subscribe_done, true },
	{ "wait", "wait N", "for so many notifications, before the next command",
		1, 1, true, verb_wait_begin, verb_wait_step, NULL, false },
	{ "info", "info", "addresses, MTU, parameters of the connection, PHY, how strongly it is heard",
		0, 0, true, verb_info_begin, verb_info_step, NULL, false },
	{ "params", "params INTERVAL[-INTERVAL] [LATENCY [SUPERVISION]]",
		"ask for another interval (ms), latency (events), supervision time-out (ms)",
		1, 3, true, verb_params_begin, verb_params_step, NULL, false },
	{ "pair", "pair [none|display|yes-no|keyboard|keyboard-display]",
		"keep keys with the device; with a word what you can do, although there are keys",
		0, 1, true, verb_pair_begin, verb_pair_step, NULL, false },
	{ "unpair", "unpair [ADDRESS]", "forget the keys of a device; without ADDRESS of this one, and disconnect",
		0, 1, false, verb_unpair_begin, verb_unpair_step, NULL, false },
	{ "bonds", "bonds", "whose keys are kept", 0, 0, false, verb_bonds, NULL, NULL, false },
	{ "oob", "oob [R C|TK]", "for a pairing with data that went another way than the air: ours; or what the device told",
		0, 2, false, verb_oob_begin, verb_oob_step, NULL, false },
	{ "passkey", "passkey DIGITS", "what the device shows, when a pairing asks for it",
		1, 1, false, verb_answer, NULL, NULL, false },
	{ "yes", "yes", "both show the same digits", 0, 0, false, verb_answer, NULL, NULL, false },
	{ "no", "no", "they do not, or you have had enough of the pairing", 0, 0, false, verb_answer, NULL, NULL, false },
	{ "connect", "connect [NAME|ADDRESS]", "search and connect, after disconnect",
		0, 1, false, verb_connect_begin, verb_connect_step, NULL, false },
	{ "disconnect", "disconnect", "end the connection, and stay alone",
		0, 0, false, verb_disconnect_begin, verb_disconnect_step, NULL, false },
	{ "help", "help", "this list", 0, 0, false, verb_help, NULL, NULL, false },
	{ "quit", "quit", "leave", 0, 0, false, verb_quit, NULL, NULL, false },
	{ 0 },
};
/* clang-format on */

/* One word from *at, quoted or not, to *to. Within quotation marks, a backslash keeps the next
 * character, and \n is a new line. */
static bool word_read(const char **at, char **to, bool *quoted)
{
	const char *p = *at;
	*quoted = *p == '"';
	for (p += *quoted; *quoted ? *p != '"' : *p && !strchr(" \t\"", *p); p++) {
		if (!*p)
			return false;
		if (*quoted && *p == '\\' && p[1])
			*(*to)++ = *++p == 'n' ? '\n' : *p;
		else
			*(*to)++ = *p;
	}
	*(*to)++ = '\0';
	*at = p + *quoted;
	return true;
}

bool words_read(struct words *w, const char *line, char why[WHY_TEXT])
{
	char *to = w->text;
	w->count = 0;
	if (strlen(line) == LINE_MOST - 1) {
		snprintf(why, WHY_TEXT, "a line has at most %u octets", LINE_MOST - 2);
		return false;
	}
	for (;;) {
		line += strspn(line, " \t\r");
		if (!*line || (*line == '#' && !w->count))
			return true;
		if (w->count == WORDS_MOST) {
			snprintf(why, WHY_TEXT, "a line has at most %u words", WORDS_MOST);
			return false;
		}
		w->at[w->count] = to;
		if (!word_read(&line, &to, &w->quoted[w->count])) {
			snprintf(why, WHY_TEXT, "a quotation mark is missing");
			return false;
		}
		w->count++;
	}
}

/* By its word, or by a beginning that no other has. */
static const struct verb *verb_named(const char *word)
{
	const struct verb *only = NULL;
	unsigned count = 0;
	size_t len = strlen(word);
	for (const struct verb *v = verbs; v->word; v++) {
		if (!strcmp(v->word, word))
			return v;
		if (len && !strncmp(v->word, word, len)) {
			only = v;
			count++;
		}
	}
	return count == 1 ? only : NULL;
}

static const char *unknown(const char *word, char why[WHY_TEXT])
{
	const char *words[32] = { 0 };
	for (unsigned i = 0; verbs[i].word && i < 31; i++)
		words[i] = verbs[i].word;
	const char *near = nearest(word, words);
	snprintf(why, WHY_TEXT, "no such command%s%s%s; `help` lists them", near ? ", `" : "",
		near ? near : "", near ? "` perhaps" : "");
	return why;
}

const char *command_wrong(struct words *w, const char *line, char why[WHY_TEXT])
{
	if (!words_read(w, line, why))
		return why;
	if (!w->count)
		return NULL;
	const struct verb *v = verb_named(w->at[0]);
	if (!v)
		return unknown(w->at[0], why);
	if (w->count - 1 >= v->least && w->count - 1 <= v->most)
		return NULL;
	snprintf(why, WHY_TEXT, "it is `%s`", v->usage);
	return why;
}

void command_end(struct monitor *m)
{
	m->job.verb = NULL;
	m->job.phase = JOB_NONE;
}

void command_fail(struct monitor *m, const char *format, ...)
{
	char why[WHY_TEXT + REASON_TEXT], line[80];
	va_list args;
	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	safe(line, sizeof line, m->job.line, strlen(m->job.line));
	m->failed = true;
	command_end(m);
	if (say_json) {
		json_begin("failed");
		json_text("command", line);
		json_text("text", why);
		json_end();
	} else if (m->input.kind == INPUT_PROMPT) {
		say("%s: %s", line, why);
	} else {
		complain(m->o->command, "%s: %s", line, why);
	}
}

/* The bearer is of no more use after a time-out: Vol 3 Part F 3.3.3 */
static void job_failed(struct monitor *m, int err)
{
	char reason[REASON_TEXT];
	const struct ble_fault *fault = ble_host_fault(m->link.host);
	if ((err == BLE_ERANGE || err == BLE_EINVAL || err == BLE_ETOOBIG) && fault->err == err)
		ble_fault_text(fault, reason, sizeof reason);
	else
		error_text(reason, err);
	const char *hint = BLE_IS_EATT(err) ? att_hint(BLE_ATT_CODE(err)) : NULL;
	command_fail(m, "%s%s%s%s", BLE_IS_EATT(err) ? "the device refuses: " : "", reason,
		hint ? "; " : "", hint ? hint : "");
	if (err == BLE_ETIMEOUT || err == BLE_ECLOSED)
		ble_conn_disconnect(m->link.host, m->conn, 0);
}

/* The next line becomes the job. False: there is none. */
static bool job_next(struct monitor *m)
{
	struct job *j = &m->job;
	char why[WHY_TEXT];
	if (!input_take(m, j->line))
		return false;
	j->at = j->left = 0;
	j->as = NULL;
	j->on_value = NULL;
	j->len = 0;
	if (command_wrong(&j->words, j->line, why))
		command_fail(m, "%s", why);
	else if (j->words.count) {
		j->verb = verb_named(j->words.at[0]);
		j->phase = JOB_WAITING;
	}
	return true;
}

/* False: it has to wait for the peer, or it has been refused. */
static bool may_begin(struct monitor *m)
{
	if (!m->job.verb->needs_peer || m->live)
		return true;
	if (m->state == IDLE)
		command_fail(m, "not connected; `connect` searches for the device");
	else if (m->state != CONNECTED && m->input.kind == INPUT_PROMPT)
		command_fail(m, "not connected: the device is being searched for");
	return false;
}

static bool job_begin(struct monitor *m)
{
	struct job *j = &m->job;
	if (!may_begin(m))
		return j->phase == JOB_NONE;
	j->phase = JOB_BEGUN;
	if (j->verb->begin(m, &j->words) && !j->verb->step)
		command_end(m);
	return true;
}

static bool job_step(struct monitor *m, uint64_t *until_us)
{
	int err = m->job.verb->step(m);
	uint64_t again = ble_posix_now() + AGAIN_US;
	if (err == BLE_EBUSY && again < *until_us)
		*until_us = again;
	if (err == BLE_EBUSY || err == JOB_LATER)
		return false;
	if (err == JOB_OVER)
		command_end(m);
	else if (err < 0)
		job_failed(m, err);
	else
		m->job.phase = JOB_RUNNING;
	return true;
}

/* One move forward; false: not now. */
static bool job_move(struct monitor *m, uint64_t *until_us)
{
	switch (m->job.phase) {
	case JOB_NONE: return job_next(m);
	case JOB_WAITING: return job_begin(m);
	case JOB_BEGUN: return job_step(m, until_us);
	case JOB_RUNNING: break;
	}
	return false;
}

/* All commands are done; what was subscribed to is shown for as long as the options say. */
static void finish(struct monitor *m)
{
	bool subscribed = false;
	for (unsigned i = 0; i < m->tree.characteristic_count; i++)
		subscribed = subscribed || m->tree.characteristics[i].bits;
	m->script_done = true;
	if (m->state != CONNECTED || !subscribed || (!m->o->count && !m->o->duration_us))
		over(m, EXIT_DONE);
}

void command_step(struct monitor *m, uint64_t *until_us)
{
	const struct input *in = &m->input;
	while (m->state != OVER && (pair_answer(m) || (m->ask == ASK_NOTHING && job_move(m, until_us))))
		;
	if (m->state != OVER && m->job.phase == JOB_NONE && in->ended && in->any && !m->script_done)
		finish(m);
}

static void on_value(struct monitor *m, const struct ble_event *ev)
{
	struct job *j = &m->job;
	if (j->on_value)
		j->on_value(m, ev);
	if (j->on_value || ev->value.offset > LONGEST_VALUE || ev->value.len > LONGEST_VALUE - ev->value.offset)
		return;
	memcpy(j->data + ev->value.offset, ev->value.data, ev->value.len);
	j->len = (uint16_t)(ev->value.offset + ev->value.len);
}

bool command_is_params(const struct monitor *m)
{
	return m->job.phase == JOB_RUNNING && m->job.verb->step == verb_params_step;
}

void command_event(struct monitor *m, const struct ble_event *ev)
{
	struct job *j = &m->job;
	bool params = ev->type == BLE_EV_PARAMS && command_is_params(m);
	if (j->phase != JOB_RUNNING || ev->conn != m->conn)
		return;
	if (ev->type == BLE_EV_VALUE)
		on_value(m, ev);
	if (ev->type != BLE_EV_DONE && !params)
		return;
	int err = params ? ev->params.err : ev->done.err;
	j->phase = JOB_BEGUN;
	if (err)
		job_failed(m, err);
	else if (j->verb->done)
		j->verb->done(m);
	if (j->verb && !j->verb->more)
		command_end(m);
}

void command_lost(struct monitor *m)
{
	if (m->job.phase >= JOB_BEGUN && m->job.verb->needs_peer)
		command_fail(m, "the connection is gone");
}
