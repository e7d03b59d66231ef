/*
 * One line a record, for people and for diff:
 *
 *     12.000376 n2 > Reset: 01 03 0c 00
 *     12.000900 n2 air ch 37 1M 0 dBm ADV_IND: d6 be 89 8e ...
 *
 * > is to the controller, < to the host. Names come from the lists; a number without a name is
 * shown. The line is put together in a small buffer, so that the sink's `write` is called a few
 * times a line.
 */
#include <ble/radio.h>
#include <ble/trace.h>

#include <string.h>

#include "base/le.h"
#include "spec/names.h"

#define ADV_ADDRESS 0x8e89bed6

struct line {
	const struct ble_trace_out *out;
	uint8_t len;
	char text[128];
};

static void add_char(struct line *l, char c)
{
	if (l->len == sizeof l->text) {
		l->out->write(l->out->ctx, l->text, l->len);
		l->len = 0;
	}
	l->text[l->len++] = c;
}

static void add(struct line *l, const char *s)
{
	while (*s)
		add_char(l, *s++);
}

/* At least `width` digits. */
static void add_number(struct line *l, uint64_t v, unsigned width)
{
	char digits[20];
	unsigned n = 0;
	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) || n < width);
	while (n)
		add_char(l, digits[--n]);
}

static void add_hex(struct line *l, uint8_t v)
{
	static const char hex[] = "0123456789abcdef";
	add_char(l, hex[v >> 4]);
	add_char(l, hex[v & 15]);
}

/* The name, or `kind` and the number. */
static void add_name(struct line *l, const char *name, const char *kind, uint16_t number)
{
	add_char(l, ' ');
	if (name) {
		add(l, name);
		return;
	}
	add(l, kind);
	add(l, " 0x");
	if (number > 0xff)
		add_hex(l, (uint8_t)(number >> 8));
	add_hex(l, (uint8_t)number);
}

static void add_h4(struct line *l, const struct ble_trace_rec *rec)
{
	const uint8_t *p = rec->data;
	add(l, rec->dir == BLE_TRACE_TO_HOST ? " <" : " >");
	if (rec->len >= 3 && p[0] == 1)
		add_name(l, hci_cmd_name(le16_get(p + 1)), "command", le16_get(p + 1));
	else if (rec->len >= 4 && p[0] == 4 && p[1] == 0x3e) /* LE Meta: Vol 4 Part E 7.7.65 */
		add_name(l, hci_le_evt_name(p[3]), "LE event", p[3]);
	else if (rec->len >= 2 && p[0] == 4)
		add_name(l, hci_evt_name(p[1]), "event", p[1]);
	else if (rec->len >= 3 && p[0] == 2)
		add_name(l, NULL, "ACL", le16_get(p + 1));
	else
		add(l, " packet");
}

static void add_pdu_name(struct line *l, const uint8_t *p, size_t len)
{
	if (len < 6)
		return;
	if (le32_get(p) == ADV_ADDRESS)
		add_name(l, ll_adv_pdu_name(p[4] & 15), "advertising PDU", p[4] & 15);
	else if ((p[4] & 3) != 3)
		add(l, p[5] ? " data" : " empty");
	else if (len > 6)
		add_name(l, llcp_name(p[6]), "control", p[6]);
}

static void add_air(struct line *l, const struct ble_trace_rec *rec)
{
	const struct ble_trace_air *air = rec->air;
	add(l, " air");
	if (air) {
		add(l, " ch ");
		add_number(l, air->channel, 1);
		add(l,
			air->phy == BLE_PHY_2M           ? " 2M "
				: air->phy == BLE_PHY_1M ? " 1M "
							 : " coded ");
		if (air->rssi_dbm < 0)
			add_char(l, '-');
		add_number(l, (uint64_t)(air->rssi_dbm < 0 ? -air->rssi_dbm : air->rssi_dbm), 1);
		add(l, " dBm");
		if (air->flow)
			add(l, air->flow == BLE_FLOW_CENTRAL ? " central" : " peripheral");
		if (!air->crc_ok)
			add(l, " bad CRC");
	}
	add_pdu_name(l, rec->data, rec->len);
}

/* Words may come from a peer: what is not printable ASCII is a dot. */
static void add_words(struct line *l, const struct ble_trace_rec *rec)
{
	const char *s = rec->data;
	add(l, rec->kind == BLE_TRACE_STATE ? " state " : " ");
	for (size_t i = 0; i < rec->len; i++)
		add_char(l, s[i] >= ' ' && s[i] <= '~' ? s[i] : '.');
}

static void put(void *ctx, const struct ble_trace_rec *rec)
{
	const uint8_t *p = rec->data;
	struct line l = { .out = ctx };
	add_number(&l, rec->t_us / 1000000, 1);
	add_char(&l, '.');
	add_number(&l, rec->t_us % 1000000, 6);
	add(&l, " n");
	add_number(&l, rec->node, 1);
	if (rec->kind == BLE_TRACE_H4 || rec->kind == BLE_TRACE_AIR) {
		if (rec->kind == BLE_TRACE_H4)
			add_h4(&l, rec);
		else
			add_air(&l, rec);
		add_char(&l, ':');
		for (size_t i = 0; i < rec->len; i++) {
			add_char(&l, ' ');
			add_hex(&l, p[i]);
		}
	} else {
		add_words(&l, rec);
	}
	add_char(&l, '\n');
	l.out->write(l.out->ctx, l.text, l.len);
}

struct ble_trace ble_trace_text(const struct ble_trace_out *out)
{
	return (struct ble_trace){ .ctx = (void *)(uintptr_t)out, .put = put };
}
