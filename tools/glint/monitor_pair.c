/*
 * Security of the monitor: the commands pair, unpair and bonds, what the user is asked and answers, and what is said of
 * encryption. A peer that wants security asks by itself, and what follows is the same.
 *
 * A question is answered by the next line: six digits, yes, or no, which also ends a pairing. Where no line will come there
 * is nobody who could enter or compare anything, and the monitor says so to the peer: its capabilities are none.
 */
#include "monitor.h"

#include <ble/bond.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec/names.h"

/* By enum ble_capabilities, without its 0. */
const char *const pair_words[] = { "display", "yes-no", "keyboard", "none", "keyboard-display", NULL };
_Static_assert(BLE_CAP_DISPLAY_ONLY == 1 && BLE_CAP_NONE == 4 && BLE_CAP_KEYBOARD_DISPLAY == 5, "the list has their order");

static int set(struct monitor *m, uint8_t capabilities)
{
	return ble_pairing_set(m->link.host,
		&(struct ble_pairing_params){ .capabilities = capabilities, .bonding = true, .legacy_only = m->legacy,
			.on_demand = m->o->on_demand, .initiator_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN,
			.ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison,
				&ble_out_of_band) });
}

void pair_open(struct monitor *m)
{
	const struct input *in = &m->input;
	bool answers = in->kind != INPUT_NONE && !in->ended;
	int err = set(m, answers ? BLE_CAP_KEYBOARD_DISPLAY : BLE_CAP_NONE);
	if (err)
		link_complain(&m->link, err);
}

bool pair_is_encrypted(const struct monitor *m)
{
	struct ble_security_info info;
	return !ble_conn_security(m->link.host, m->conn, &info) && info.key_size;
}

/* -- commands -- */

bool verb_pair_begin(struct monitor *m, const struct words *w)
{
	m->job.anew = w->count > 1;
	if (w->count < 2)
		return true;
	for (uint8_t i = 0; pair_words[i]; i++)
		if (!strcmp(pair_words[i], w->at[1]))
			return set(m, (uint8_t)(i + 1)) == 0; /* all of its ways are there */
	command_fail(m, "%.40s: what you can do is none, display, yes-no, keyboard or keyboard-display", w->at[1]);
	return false;
}

int verb_pair_step(struct monitor *m)
{
	return ble_conn_secure(m->link.host, m->conn, m->job.anew);
}

/* Octets of a word, in the order of the air. */
static bool key_read(struct monitor *m, const char *word, uint8_t key[16])
{
	char why[WHY_TEXT];
	if (hex_write(&word, 1, key, 16, why) == 16)
		return true;
	command_fail(m, "%.40s: 16 octets are wanted, 32 hexadecimal digits", word);
	return false;
}

/* What the device has told goes to the host at once, ours is made by a step. */
bool verb_oob_begin(struct monitor *m, const struct words *w)
{
	struct ble_oob theirs = { 0 };
	bool legacy = w->count == 2;
	if (w->count < 2)
		return true;
	if (!key_read(m, w->at[1], legacy ? theirs.tk : theirs.r) || (!legacy && !key_read(m, w->at[2], theirs.c)))
		return false;
	struct ble_pairing_params now;
	int err = ble_oob_set(m->link.host, &theirs, legacy);
	m->legacy = legacy; /* who offers Secure Connections cannot say that it has a secret of the old kind */
	if (!err)
		err = ble_pairing_get(m->link.host, &now);
	if (!err)
		err = set(m, now.capabilities);
	if (err)
		command_fail(m, "%s", ble_strerror(err));
	return !err;
}

int verb_oob_step(struct monitor *m)
{
	return m->job.words.count > 1 ? JOB_OVER : ble_oob_make(m->link.host);
}

/* As the other side may be told it: `oob R C`. */
static void on_oob(struct monitor *m, const struct ble_event *ev)
{
	bool asked = m->job.phase == JOB_RUNNING && m->job.verb->step == verb_oob_step;
	if (ev->oob.err) {
		command_fail(m, "%s", ble_strerror(ev->oob.err));
		return;
	}
	if (say_json) {
		json_begin("oob");
		json_octets("r", ev->oob.r, 16);
		json_octets("c", ev->oob.c, 16);
		json_end();
	} else {
		char r[2 * 16 + 1], c[2 * 16 + 1];
		for (unsigned i = 0; i < 16; i++) {
			snprintf(r + 2 * i, 3, "%02x", ev->oob.r[i]);
			snprintf(c + 2 * i, 3, "%02x", ev->oob.c[i]);
		}
		say("oob %s %s", r, c);
	}
	if (asked)
		command_end(m);
}

static bool is_pairing_job(const struct monitor *m)
{
	return m->job.phase == JOB_RUNNING && m->job.verb->step == verb_pair_step;
}

static bool is_connected_to(const struct monitor *m, const struct ble_addr *identity)
{
	struct ble_security_info info;
	return m->state == CONNECTED && !ble_conn_security(m->link.host, m->conn, &info) && info.bonded &&
		info.identity.type == identity->type && !memcmp(info.identity.octets, identity->octets, 6);
}

/* The bond that a word means, which has no address type; without a word that of the connected device. */
static bool find_bond(struct monitor *m, const struct words *w, struct ble_bond *bond)
{
	struct ble_addr wanted = { 0 };
	if (w->count > 1 && !addr_read(&wanted, w->at[1])) {
		command_fail(m, "%.40s: an address is six octets in hex: 02:00:5E:00:00:01", w->at[1]);
		return false;
	}
	for (unsigned i = 0; ble_bond_next(m->link.host, &i, bond);)
		if (w->count > 1 ? !memcmp(wanted.octets, bond->identity.octets, 6) : is_connected_to(m, &bond->identity))
			return true;
	command_fail(m, w->count > 1 ? "there is no such bond; `bonds` lists them"
				     : "there is no connection to a device with a bond; `bonds` lists them");
	return false;
}

static void forget(struct monitor *m)
{
	struct ble_bond bond;
	char text[ADDR_TEXT];
	if (!find_bond(m, &m->job.words, &bond))
		return;
	m->leaving = is_connected_to(m, &bond.identity);
	int err = ble_bond_remove(m->link.host, &bond.identity);
	addr_text(text, &bond.identity);
	if (err) {
		command_fail(m, "the keys could not be erased: %s", ble_strerror(err));
	} else if (!say_json) {
		say("%s is forgotten", text);
	} else {
		json_begin("forgotten");
		json_text("address", text);
		json_end();
	}
}

bool verb_unpair_begin(struct monitor *m, const struct words *w)
{
	(void)m, (void)w;
	return true;
}

/* Of this device: a script waits until it is there. */
int verb_unpair_step(struct monitor *m)
{
	if (m->job.words.count == 1 && m->script && !m->live && m->state != IDLE)
		return JOB_LATER;
	forget(m);
	return JOB_OVER;
}

static void show_bond(const struct ble_bond *b)
{
	char text[ADDR_TEXT];
	addr_text(text, &b->identity);
	if (!say_json) {
		say("%s (%s)  level %u, key of %u octets%s", text, addr_type_text(&b->identity), b->level, b->key_size,
			b->resolvable ? ", may come with private addresses" : "");
		return;
	}
	json_begin("bond");
	json_text("address", text);
	json_text("address_type", addr_type_text(&b->identity));
	json_number("level", b->level);
	json_number("key_size", b->key_size);
	json_end();
}

bool verb_bonds(struct monitor *m, const struct words *w)
{
	struct ble_bond bond;
	unsigned i = 0, count = 0;
	(void)w;
	for (; ble_bond_next(m->link.host, &i, &bond); count++)
		show_bond(&bond);
	if (!count && !say_json)
		say("there are no bonds");
	return true;
}

/* -- questions and answers -- */

static bool number_read(const char *word, uint32_t *number)
{
	size_t len = strlen(word);
	*number = (uint32_t)strtoul(word, NULL, 10);
	return len && len <= 6 && strspn(word, "0123456789") == len;
}

static bool is_word(const char *word, const char *whole)
{
	return *word && !strncmp(word, whole, strlen(word));
}

/* NULL, or what would have been an answer. */
static const char *answer(struct monitor *m, const struct words *w)
{
	uint32_t number;
	const char *word = w->count ? w->at[0] : "";
	if (m->ask == ASK_NOTHING)
		return "nothing is asked";
	if (is_word(word, "no") && m->ask == ASK_SAME)
		(void)ble_conn_confirm(m->link.host, m->conn, false);
	else if (is_word(word, "no"))
		(void)ble_conn_unpair(m->link.host, m->conn);
	else if (is_word(word, "yes") && m->ask == ASK_SAME)
		(void)ble_conn_confirm(m->link.host, m->conn, true);
	else if (m->ask == ASK_PASSKEY && w->count && number_read(w->at[w->count - 1], &number))
		(void)ble_conn_passkey(m->link.host, m->conn, number);
	else
		return m->ask == ASK_SAME ? "`yes` or `no` is wanted" : "six digits are wanted, or `no`";
	m->ask = ASK_NOTHING;
	return NULL;
}

bool verb_answer(struct monitor *m, const struct words *w)
{
	const char *why = answer(m, w);
	if (why)
		command_fail(m, "%s", why);
	return !why;
}

bool pair_answer(struct monitor *m)
{
	struct words w;
	char line[LINE_MOST], why[WHY_TEXT];
	if (m->ask == ASK_NOTHING)
		return false;
	if (!input_pending(m) && (m->input.ended || m->input.kind == INPUT_NONE)) {
		complain(m->o->command, "a pairing asks for what only a user knows, and no line is left to answer");
		m->ask = ASK_NOTHING;
		(void)ble_conn_unpair(m->link.host, m->conn);
		return false;
	}
	if (!input_take(m, line))
		return false;
	const char *wrong = words_read(&w, line, why) ? answer(m, &w) : why;
	if (wrong)
		complain(m->o->command, "%s", wrong);
	return true;
}

static void json_passkey(const char *event, uint32_t number)
{
	char text[12];
	snprintf(text, sizeof text, "%06lu", (unsigned long)number);
	json_begin(event);
	json_text("passkey", text);
	json_end();
}

static void ask(struct monitor *m, const struct ble_event *ev)
{
	m->ask = ev->type == BLE_EV_COMPARE ? ASK_SAME : ASK_PASSKEY;
	if (say_json && ev->type == BLE_EV_COMPARE) {
		json_passkey("compare", ev->passkey.number);
	} else if (say_json) {
		json_begin("passkey_wanted");
		json_end();
	} else if (ev->type == BLE_EV_COMPARE) {
		note(m, "the device shows %06lu: yes or no?", (unsigned long)ev->passkey.number);
	} else {
		note(m, "which six digits does the device show?");
	}
}

static void on_passkey(const struct monitor *m, const struct ble_event *ev)
{
	if (say_json)
		json_passkey("passkey", ev->passkey.number);
	else
		note(m, "passkey %06lu, to be entered on the device", (unsigned long)ev->passkey.number);
}

static void on_encrypted(struct monitor *m, const struct ble_event *ev)
{
	char why[REASON_TEXT];
	error_text(why, ev->encrypted.err);
	if (say_json) {
		json_begin("encrypted");
		json_number("level", ev->encrypted.level);
		json_number("key_size", ev->encrypted.key_size);
		if (ev->encrypted.err)
			json_text("error", why);
		json_end();
	} else if (!ev->encrypted.err) {
		note(m, "encrypted: level %u, key of %u octets", ev->encrypted.level, ev->encrypted.key_size);
	} else if (ev->encrypted.err == BLE_EHCI(0x06)) { /* Vol 1 Part F 2.6 */
		note(m, "not encrypted: the device has no key of this bond any more; `unpair` forgets it here, too");
	} else {
		note(m, "not encrypted: %s", why);
	}
}

/* What a command has asked for is its answer; all else is progress. */
static void tell(const struct monitor *m, const char *text)
{
	if (is_pairing_job(m))
		say("%s", text);
	else
		note(m, "%s", text);
}

static const char *failure_text(char dst[REASON_TEXT], const struct ble_event *ev)
{
	const char *name = smp_reason_name(ev->paired.reason);
	if (ev->paired.err != BLE_EREFUSED)
		return error_text(dst, ev->paired.err);
	snprintf(dst, REASON_TEXT, "%s (0x%02X), says %s", name ? name : "unknown reason", ev->paired.reason,
		ev->paired.by_peer ? "the device" : "this side");
	return dst;
}

/* What was refused for want of a key is asked for again. */
static void on_paired(struct monitor *m, const struct ble_event *ev)
{
	char why[REASON_TEXT];
	m->ask = ASK_NOTHING;
	m->changed |= !ev->paired.err && !m->script;
	if (say_json) {
		json_begin("paired");
		json_number("level", ev->paired.level);
		json_number("key_size", ev->paired.key_size);
		json_text("bonded", ev->paired.bonded ? "yes" : "no");
		if (ev->paired.err)
			json_text("error", failure_text(why, ev));
		json_end();
	} else if (!ev->paired.err) {
		snprintf(why, sizeof why, "paired: level %u, key of %u octets%s", ev->paired.level, ev->paired.key_size,
			ev->paired.bonded ? ", which are kept" : "");
		tell(m, why);
	} else if (!is_pairing_job(m)) { /* whose command says so */
		note(m, "not paired: %s", failure_text(why, ev));
	}
}

/* A pairing ends with PAIRED; encryption with a bond that is there has no more to say. */
static void end_job(struct monitor *m, const struct ble_event *ev)
{
	struct ble_security_info info;
	char why[REASON_TEXT];
	bool paired = ev->type == BLE_EV_PAIRED;
	int err = paired ? ev->paired.err : ev->encrypted.err;
	if (!is_pairing_job(m) || ev->conn != m->conn)
		return;
	if (!paired && !err && !ble_conn_security(m->link.host, m->conn, &info) && info.pairing)
		return;
	if (err)
		command_fail(m, "%s", paired ? failure_text(why, ev) : error_text(why, err));
	else
		command_end(m);
}

void pair_event(struct monitor *m, const struct ble_event *ev)
{
	switch (ev->type) {
	case BLE_EV_PASSKEY: on_passkey(m, ev); break;
	case BLE_EV_PASSKEY_WANTED:
	case BLE_EV_COMPARE: ask(m, ev); break;
	case BLE_EV_ENCRYPTED:
		on_encrypted(m, ev);
		end_job(m, ev);
		break;
	case BLE_EV_PAIRED:
		on_paired(m, ev);
		end_job(m, ev);
		break;
	case BLE_EV_OOB: on_oob(m, ev); break;
	case BLE_EV_DISCONNECTED: m->ask = ASK_NOTHING; break;
	default: break;
	}
}
