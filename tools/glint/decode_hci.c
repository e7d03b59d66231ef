/*
 * HCI in words: commands, events and, through the connections that they tell of, data. Vol 4 Part E
 * 5.4 and 7. Who has which address is remembered for each file, as it has one host.
 */
#include "decode.h"

#include "spec/hci_evt_le.h"
#include "spec/hci_pkt.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

/* The addresses of the host whose trace a file is. */
struct own {
	const struct trace_file *file;
	bool has[2];
	struct ble_addr addr[2]; /* public, random */
	uint8_t type;            /* which is used */
};

static struct own *own_of(const struct trace_file *f)
{
	static struct own all[MOST_TEXTS];
	for (unsigned i = 0; i < MOST_TEXTS; i++)
		if (all[i].file == f || !all[i].file) {
			all[i].file = f;
			return &all[i];
		}
	return &all[0];
}

static void learn_address(struct own *own, uint8_t type, const uint8_t *octets)
{
	own->has[type] = true;
	own->addr[type].type = type;
	memcpy(own->addr[type].octets, octets, 6);
}

/* Which address is used is said where advertising or connecting is asked for. */
static void learn_from_command(struct own *own, uint16_t opcode, const uint8_t *p, size_t len)
{
	if (opcode == HCI_CMD_LE_SET_RANDOM_ADDRESS && len >= 6)
		learn_address(own, 1, p);
	if (opcode == HCI_CMD_LE_SET_ADVERTISING_PARAMETERS && len >= 6)
		own->type = p[5] & 1;
	if (opcode == HCI_CMD_LE_CREATE_CONNECTION && len >= 13)
		own->type = p[12] & 1;
}

static void command(struct out *o, const struct trace_file *f, struct rd *r)
{
	struct hci_cmd_hdr h;
	if (!hci_cmd_hdr_read(r, &h)) {
		o->malformed = true;
		return;
	}
	const char *fields = fields_of_command(h.opcode);
	o->malformed |= h.parameter_total_length != r->left;
	out_name(o, "HCI", hci_cmd_name(h.opcode), "command", h.opcode);
	out_number(o, "opcode", h.opcode);
	o->quiet = h.opcode == HCI_CMD_HOST_NUMBER_OF_COMPLETED_PACKETS;
	learn_from_command(own_of(f), h.opcode, r->p, r->left);
	o->malformed |= !fields_show(o, r, fields ? fields : ":x");
}

static void command_complete(struct out *o, const struct trace_file *f, struct rd *r)
{
	uint8_t credits = rd_u8(r);
	uint16_t opcode = rd_le16(r);
	const char *name = hci_cmd_name(opcode), *fields = fields_of_return(opcode);
	out_number(o, "commands_allowed", credits);
	out_number(o, "to", opcode);
	if (!opcode || !r->left) {
		text_add(&o->detail, "%u commands allowed", credits);
		return;
	}
	if (name)
		text_add(&o->detail, "%s", name);
	else
		text_add(&o->detail, "0x%04X", opcode);
	bool fine = *r->p == 0;
	if (opcode == HCI_CMD_READ_BD_ADDR && fine && r->left == 7)
		learn_address(own_of(f), 0, r->p + 1);
	if (opcode == HCI_CMD_READ_RSSI && fine && r->left == 4)
		session_find(f, false, le16_get(r->p + 1) & 0x0FFF)->rssi_dbm = (int8_t)r->p[3];
	/* one that refuses may return the status alone */
	o->malformed |= !fields_show(o, r, "status:e");
	if (fine && r->left)
		o->malformed |= !fields_show(o, r, fields ? fields : ":x");
}

static void reports(struct out *o, struct rd *r)
{
	static const char *const kinds[] = { "ADV_IND", "ADV_DIRECT_IND", "ADV_SCAN_IND",
		"ADV_NONCONN_IND", "SCAN_RSP" };
	struct hci_le_advertising_report rep;
	uint8_t left = hci_le_advertising_reports_begin(r);
	for (; left && hci_le_advertising_report_next(r, &rep); left--) {
		struct ble_addr addr = { .type = rep.address_type };
		char text[ADDR_TEXT], data[1024] = "";
		struct text t = { data, sizeof data, 0 };
		memcpy(addr.octets, rep.address, 6);
		ad_text(&t, rep.data, rep.data_length, AD_ALL);
		text_add(&o->detail, "%s%s %s (%s), ", o->detail.len ? " | " : "",
			rep.event_type < 5 ? kinds[rep.event_type] : "?", addr_text(text, &addr),
			addr_type_text(&addr));
		if (rep.rssi != RSSI_UNKNOWN)
			text_add(&o->detail, "%d dBm, ", rep.rssi);
		text_add(&o->detail, "%s", *data ? data : "no data");
		out_text(o, "address", text);
		out_number(o, "rssi", rep.rssi);
		out_octets(o, "data", rep.data, rep.data_length);
	}
	o->malformed |= left != 0;
}

/* What the events that make, change and end connections tell. */
static void learn_from_le_event(
	const struct trace_file *f, uint8_t code, const uint8_t *p, size_t len)
{
	struct own *own = own_of(f);
	bool made = code == HCI_LE_EVT_CONNECTION_COMPLETE ||
		code == HCI_LE_EVT_ENHANCED_CONNECTION_COMPLETE;
	size_t params = code == HCI_LE_EVT_ENHANCED_CONNECTION_COMPLETE ? 23 : 11;
	if (made && len >= params + 6 && p[0] == 0) {
		struct ble_addr peer = { .type = p[4] };
		memcpy(peer.octets, p + 5, 6);
		struct session *s = session_begin(f, false, le16_get(p + 1) & 0x0FFF,
			own->has[own->type] ? &own->addr[own->type] : NULL, &peer);
		s->supervision_ms = le16_get(p + params + 4) * 10u;
	}
	if (code == HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE && len >= 9 && p[0] == 0)
		session_find(f, false, le16_get(p + 1) & 0x0FFF)->supervision_ms =
			le16_get(p + 7) * 10u;
}

static void le_event(struct out *o, const struct trace_file *f, struct rd *r)
{
	uint8_t code = rd_u8(r);
	const char *fields = fields_of_le_event(code);
	o->name.len = 0;
	out_name(o, "HCI", hci_le_evt_name(code), "LE event", code);
	out_number(o, "subevent", code);
	learn_from_le_event(f, code, r->p, r->left);
	if (code == HCI_LE_EVT_ADVERTISING_REPORT)
		reports(o, r);
	else
		o->malformed |= !fields_show(o, r, fields ? fields : ":x");
}

static void disconnection(struct out *o, const struct trace_file *f, struct rd *r)
{
	char why[REASON_TEXT];
	uint8_t status = rd_u8(r);
	uint16_t handle = rd_le16(r) & 0x0FFF;
	uint8_t reason = rd_u8(r);
	if (!rd_ok(r)) {
		o->malformed = true;
		return;
	}
	struct session *s = session_find(f, false, handle);
	out_number(o, "status", status);
	out_number(o, "handle", handle);
	out_number(o, "reason", reason);
	text_add(&o->detail, "connection %u: ", handle);
	if (status)
		text_add(&o->detail, "refused, %s", reason_text(why, status, 0, RSSI_UNKNOWN));
	else
		text_add(
			&o->detail, "%s", reason_text(why, reason, s->supervision_ms, s->rssi_dbm));
	out_text(o, "reason_text", why);
	o->alarm = true;
}

static void event(struct out *o, const struct trace_file *f, struct rd *r)
{
	struct hci_evt_hdr h;
	if (!hci_evt_hdr_read(r, &h)) {
		o->malformed = true;
		return;
	}
	const char *fields = fields_of_event(h.event_code);
	o->malformed |= h.parameter_total_length != r->left;
	out_name(o, "HCI", hci_evt_name(h.event_code), "event", h.event_code);
	out_number(o, "code", h.event_code);
	o->quiet = h.event_code == HCI_EVT_NUMBER_OF_COMPLETED_PACKETS;
	if (h.event_code == HCI_EVT_LE_META)
		le_event(o, f, r);
	else if (h.event_code == HCI_EVT_COMMAND_COMPLETE)
		command_complete(o, f, r);
	else if (h.event_code == HCI_EVT_DISCONNECTION_COMPLETE)
		disconnection(o, f, r);
	else
		o->malformed |= !fields_show(o, r, fields ? fields : ":x");
}

static void data(struct out *o, const struct trace_file *f, const struct rec *rec, struct rd *r)
{
	struct hci_acl_hdr h;
	if (!hci_acl_hdr_read(r, &h) || h.data_total_length > r->left) {
		o->malformed = true;
		return;
	}
	o->malformed |= h.data_total_length != r->left;
	out_number(o, "connection", h.handle);
	text_add(&o->tag, "conn %u", h.handle);
	struct session *s = session_find(f, false, h.handle);
	decode_piece(o, s, rec->to_host ? 1 : 0, h.pb_flag != HCI_PB_CONTINUING, r);
}

void decode_hci(struct out *o, const struct trace_file *f, const struct rec *rec)
{
	struct rd r = rd_of(rec->data, rec->len);
	o->arrow = rec->to_host ? '<' : '>';
	out_name(o, "HCI", NULL, "packet of type", rec->type);
	o->name.len = 0;
	switch (rec->type) {
	case HCI_H4_COMMAND: command(o, f, &r); break;
	case HCI_H4_EVENT: event(o, f, &r); break;
	case HCI_H4_ACL: data(o, f, rec, &r); break;
	default:
		out_name(o, "HCI", NULL, "packet of type", rec->type);
		out_hex(o, rec->data, rec->len);
		break;
	}
	if (o->name.len == 0)
		out_name(o, "HCI", "cut packet", "", 0);
}
