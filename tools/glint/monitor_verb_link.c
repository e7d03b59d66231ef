/* Commands about the connection and the program: tree, info, params, connect, disconnect, help,
 * quit. */
#include "monitor.h"

#include <ble/bond.h>
#include <ble/conn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool verb_tree(struct monitor *m, const struct words *w)
{
	(void)w;
	tree_show(&m->tree);
	return true;
}

static bool is_encrypted(const struct monitor *m, struct ble_security_info *security)
{
	return !ble_conn_security(m->link.host, m->conn, security) && security->key_size;
}

static void json_info(const struct monitor *m, const struct ble_conn_info *i, const char *ours)
{
	struct ble_security_info security;
	char text[ADDR_TEXT];
	json_begin("info");
	json_text("address", addr_text(text, &i->peer));
	json_text("address_type", addr_type_text(&i->peer));
	json_text("own_address", ours);
	json_number("mtu", i->att_mtu);
	json_number("interval_us", (long)i->interval_us);
	json_number("latency", i->latency);
	json_number("supervision_ms", (long)i->supervision_ms);
	if (m->rssi_dbm != RSSI_UNKNOWN)
		json_number("rssi", m->rssi_dbm);
	json_number("tx_phy", i->tx_phy);
	json_number("rx_phy", i->rx_phy);
	if (is_encrypted(m, &security)) {
		json_number("level", security.level);
		json_number("key_size", security.key_size);
		json_text("bonded", security.bonded ? "yes" : "no");
	}
	json_end();
}

bool verb_info_begin(struct monitor *m, const struct words *w)
{
	(void)w;
	ask_rssi(m);
	return true;
}

static void show_info(struct monitor *m)
{
	struct ble_security_info security;
	struct ble_conn_info i;
	struct ble_addr own = { 0 };
	char peer[ADDR_TEXT], ours[ADDR_TEXT];
	if (ble_conn_info(m->link.host, m->conn, &i) < 0) {
		command_fail(m, "the connection is gone");
		return;
	}
	ble_host_address(m->link.host, &own);
	addr_text(ours, &own);
	if (say_json) {
		json_info(m, &i, ours);
		return;
	}
	say("device      %s (%s)", addr_text(peer, &i.peer), addr_type_text(&i.peer));
	say("this side   %s (%s), central", ours, addr_type_text(&own));
	say("ATT_MTU     %u octets", i.att_mtu);
	say("connection  interval %g ms, latency %u, supervision time-out %g s",
		i.interval_us / 1000.0, i.latency, i.supervision_ms / 1000.0);
	say("PHY         %s to the device, %s back", phy_text(i.tx_phy), phy_text(i.rx_phy));
	if (is_encrypted(m, &security))
		say("security    level %u, key of %u octets%s", security.level, security.key_size,
			security.bonded ? ", bonded" : "");
	if (m->rssi_dbm != RSSI_UNKNOWN)
		say("RSSI        %d dBm%s", m->rssi_dbm, m->rssi_now ? "" : " when it was found");
}

int verb_info_step(struct monitor *m)
{
	if (m->rssi == RSSI_ASKED)
		return JOB_LATER;
	show_info(m);
	return JOB_OVER;
}

/* "30", "7.5-30": milliseconds. */
static bool intervals_read(struct ble_conn_params *p, const char *word)
{
	char *end;
	double least = strtod(word, &end), most = least;
	if (end != word && *end == '-')
		most = strtod(end + 1, &end);
	if (end == word || *end || !(least > 0 && most >= least && most <= 1e6))
		return false;
	p->interval_min_us = (uint32_t)(least * 1000 + 0.5);
	p->interval_max_us = (uint32_t)(most * 1000 + 0.5);
	return true;
}

static bool whole_read(const char *word, unsigned long most, unsigned long *out)
{
	char *end;
	*out = strtoul(word, &end, 10);
	return end != word && !*end && *word != '-' && *out <= most;
}

bool verb_params_begin(struct monitor *m, const struct words *w)
{
	struct ble_conn_params *p = &m->job.params;
	unsigned long latency = 0, supervision = 0;
	*p = (struct ble_conn_params){ 0 };
	if (!intervals_read(p, w->at[1]))
		command_fail(
			m, "%.40s: milliseconds are wanted, 7.5 to 4000, or two (30-50)", w->at[1]);
	else if (w->count > 2 && !whole_read(w->at[2], 499, &latency))
		command_fail(m, "%.40s: a latency is 0 to 499 connection events", w->at[2]);
	else if (w->count > 3 && !whole_read(w->at[3], 32000, &supervision))
		command_fail(m, "%.40s: a supervision time-out is 100 to 32000 ms", w->at[3]);
	p->latency = (uint16_t)latency;
	p->supervision_ms = (uint32_t)supervision;
	return m->job.verb;
}

int verb_params_step(struct monitor *m)
{
	return ble_conn_update(m->link.host, m->conn, &m->job.params);
}

bool verb_connect_begin(struct monitor *m, const struct words *w)
{
	const char *who = w->count > 1 ? w->at[1] : NULL;
	if (m->state == CONNECTED)
		command_fail(m, "there is a connection; `disconnect` ends it");
	else if (m->state == FOUND || m->state == CONNECTING)
		command_fail(m, "a connection is being made");
	else if (who && !find_set(m, who))
		command_fail(m, "%.60s is neither an address nor a name of 1 to 29 octets", who);
	else if (m->state == IDLE)
		find_search(m);
	return m->job.verb;
}

/* Somebody at a terminal sees how it goes; a script goes on when all is known of the device. */
int verb_connect_step(struct monitor *m)
{
	return m->live || m->input.kind == INPUT_PROMPT ? JOB_OVER : JOB_LATER;
}

bool verb_disconnect_begin(struct monitor *m, const struct words *w)
{
	(void)w;
	if (m->state == IDLE) {
		command_fail(m, "there is no connection");
		return false;
	}
	find_disconnect(m);
	return true;
}

int verb_disconnect_step(struct monitor *m)
{
	return m->state == IDLE ? JOB_OVER : JOB_LATER;
}

bool verb_help(struct monitor *m, const struct words *w)
{
	(void)m, (void)w;
	for (const struct verb *v = verbs; v->word; v++) {
		if (!say_json) {
			say("  %s\n      %s", v->usage, v->what);
			continue;
		}
		json_begin("help");
		json_text("usage", v->usage);
		json_text("text", v->what);
		json_end();
	}
	say("CHAR: a name (battery-level, or its beginning), a UUID (2a19), or a handle (12, "
	    "#12).\n"
	    "VALUE: octets in hex (0a ff), \"text\", a type and numbers (u8 5, s16 -3, f32 1.5),\n"
	    "or `number 21.5`, as the characteristic's own format says.");
	return true;
}

bool verb_quit(struct monitor *m, const struct words *w)
{
	(void)w;
	over(m, EXIT_DONE);
	return true;
}
