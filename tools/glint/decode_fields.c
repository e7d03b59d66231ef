/*
 * Parameters by a text that lists them, "name:letter" with commas between, in the order of the
 * packet. The letter is size and meaning; little endian throughout:
 *
 *	u w d   8, 16, 32 bits           n  octet, on or off      h  connection handle
 *	X       64 bits in hex           e  error code            o  HCI opcode
 *	i s t   16 bits of 1.25 ms, 0.625 ms, 10 ms               q  octet of 1.25 ms
 *	U       16 bits of 1 us          p  signed octet, dBm     r  role
 *	A       address type, address    a  address               T  address type
 *	m       channel map, 5 octets    y  PHY                   Y  PHYs, a bit each
 *	c       version                  C  company               D  length and advertising data
 *	N       count, then handles and how many packets          L  LL control opcode
 *	H       32 bits in hex           l  the rest, its length  x  the rest in hex
 *	V       scan type                R  accepted or rejected  v  advertising type
 *	I       IO capability            B  authentication        K  keys, a bit each
 *	F       why pairing failed
 */
#include "decode.h"

#include "spec/names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { KEY = 40 };

struct field {
	struct out *o;
	char name[KEY], key[KEY + 4];
};

/* A number with its unit; in JSON the unit goes to the key. */
static void scaled(struct field *f, double value, const char *unit)
{
	text_add(&f->o->detail, "%g %s", value, unit);
	strcat(strcat(f->key, "_"), unit);
	out_number(f->o, f->key, value);
}

static void plain_number(struct field *f, unsigned long value)
{
	text_add(&f->o->detail, "%lu", value);
	out_number(f->o, f->key, (double)value);
}

/* A number that has a name, perhaps. */
static void named(struct field *f, unsigned value, const char *name)
{
	text_add(&f->o->detail, name ? "%s (0x%02X)" : "%s0x%02X", name ? name : "", value);
	out_number(f->o, f->key, value);
}

static const char *choice(unsigned value, const char *const *words, unsigned count)
{
	return value < count ? words[value] : NULL;
}

static void hex64(struct field *f, uint64_t value, int digits)
{
	char text[24];
	snprintf(text, sizeof text, "0x%0*llx", digits, (unsigned long long)value);
	text_add(&f->o->detail, "%s", text);
	out_text(f->o, f->key, text);
}

static void address(struct field *f, struct rd *r, bool typed)
{
	struct ble_addr addr = { .type = typed ? rd_u8(r) : 0 };
	char text[ADDR_TEXT];
	rd_copy(r, addr.octets, 6);
	text_add(&f->o->detail, "%s", addr_text(text, &addr));
	if (typed)
		text_add(&f->o->detail, " (%s)", addr_type_text(&addr));
	out_text(f->o, f->key, text);
}

/* "all but 0 to 8": which of the 37 channels are used. */
static void channels(struct field *f, struct rd *r)
{
	uint8_t map[5];
	unsigned used = 0;
	rd_copy(r, map, sizeof map);
	for (unsigned i = 0; i < 37; i++)
		used += map[i / 8] >> i % 8 & 1;
	if (used == 37)
		text_add(&f->o->detail, "all");
	else
		text_add(&f->o->detail, "%u used, map %02x %02x %02x %02x %02x", used, map[0],
			map[1], map[2], map[3], map[4]);
	out_octets(f->o, f->key, map, sizeof map);
}

static void advertising(struct field *f, struct rd *r)
{
	uint8_t len = rd_u8(r);
	const uint8_t *p = rd_take(r, len);
	char text[1024] = "";
	struct text t = { text, sizeof text, 0 };
	if (p && len)
		ad_text(&t, p, len, AD_ALL);
	text_add(&f->o->detail, "%s", *text ? text : "none");
	out_octets(f->o, f->key, p, p ? len : 0);
	rd_skip(r, r->left); /* filled up to 31 octets */
}

static void completed(struct field *f, struct rd *r)
{
	uint8_t count = rd_u8(r);
	for (uint8_t i = 0; i < count && rd_ok(r); i++) {
		unsigned handle = rd_le16(r) & 0x0FFF, packets = rd_le16(r);
		text_add(&f->o->detail, "%s%u packet%s of connection %u", i ? ", " : "", packets,
			packets == 1 ? "" : "s", handle);
		out_number(f->o, "handle", handle);
		out_number(f->o, "packets", packets);
	}
}

static void phys(struct field *f, uint8_t bits)
{
	static const char *const words[] = { "none", "1M", "2M", "1M 2M", "Coded", "1M Coded",
		"2M Coded", "1M 2M Coded" };
	text_add(&f->o->detail, "%s", words[bits & 7]);
	out_number(f->o, f->key, bits);
}

/* The words of the bits that are set. */
static void bits(struct field *f, uint8_t value, const char *const *words, unsigned count)
{
	bool any = false;
	for (unsigned i = 0; i < count; i++) {
		if (!(value >> i & 1) || !words[i])
			continue;
		text_add(&f->o->detail, "%s%s", any ? " " : "", words[i]);
		any = true;
	}
	if (!any)
		text_add(&f->o->detail, "none");
	out_number(f->o, f->key, value);
}

/* Vol 3 Part H 3.5.1, 3.6.1. Bonding is 1 in a field of two bits. */
static void pairing_octet(struct field *f, uint8_t v, char letter)
{
	static const char *const capabilities[] = { "display only", "display and yes/no",
		"keyboard only", "none", "keyboard and display" };
	static const char *const wishes[] = { "bonding", NULL, "MITM", "secure connections",
		"keypress", "CT2" };
	static const char *const keys[] = { "LTK", "IRK", "CSRK", "link" };
	switch (letter) {
	case 'I': named(f, v, choice(v, capabilities, 5)); break;
	case 'B': bits(f, v, wishes, 6); break;
	case 'K': bits(f, v, keys, 4); break;
	default: named(f, v, smp_reason_name(v)); break;
	}
}

static void version(struct field *f, uint8_t value)
{
	static const char *const words[] = { NULL, NULL, NULL, NULL, NULL, NULL, "4.0", "4.1",
		"4.2", "5.0", "5.1", "5.2", "5.3", "5.4", "6.0" };
	named(f, value, choice(value, words, sizeof words / sizeof *words));
}

static void one_octet(struct field *f, struct rd *r, char letter)
{
	static const char *const off_on[] = { "off", "on" },
				 *const roles[] = { "central", "peripheral" };
	static const char *const types[] = { "public", "random", "resolvable or public",
		"resolvable or random" };
	static const char *const adv[] = { "ADV_IND", "ADV_DIRECT_IND, high duty cycle",
		"ADV_SCAN_IND", "ADV_NONCONN_IND", "ADV_DIRECT_IND, low duty cycle" };
	static const char *const scans[] = { "passive", "active" };
	static const char *const phy[] = { NULL, "1M", "2M", "Coded" };
	uint8_t v = rd_u8(r);
	char text[REASON_TEXT];
	switch (letter) {
	case 'n': named(f, v, choice(v, off_on, 2)); break;
	case 'I':
	case 'B':
	case 'K':
	case 'F': pairing_octet(f, v, letter); break;
	case 'r': named(f, v, choice(v, roles, 2)); break;
	case 'T': named(f, v, choice(v, types, 4)); break;
	case 'v': named(f, v, choice(v, adv, 5)); break;
	case 'V': named(f, v, choice(v, scans, 2)); break;
	case 'y': named(f, v, choice(v, phy, 4)); break;
	case 'L': named(f, v, llcp_name(v)); break;
	case 'Y': phys(f, v); break;
	case 'c': version(f, v); break;
	case 'q': scaled(f, v * 1.25, "ms"); break;
	case 'p': scaled(f, (int8_t)v, "dBm"); break;
	case 'e':
		text_add(
			&f->o->detail, "%s", v ? reason_text(text, v, 0, RSSI_UNKNOWN) : "success");
		out_number(f->o, f->key, v);
		f->o->alarm |= v != 0;
		break;
	default: plain_number(f, v); break;
	}
}

static void two_octets(struct field *f, struct rd *r, char letter)
{
	uint16_t v = rd_le16(r);
	switch (letter) {
	case 'h': plain_number(f, v & 0x0FFFu); break;
	case 'i': scaled(f, v * 1.25, "ms"); break;
	case 's': scaled(f, v * 0.625, "ms"); break;
	case 't': scaled(f, v * 10.0, "ms"); break;
	case 'U': scaled(f, v, "us"); break;
	case 'o': named(f, v, v ? hci_cmd_name(v) : "none"); break;
	case 'C': named(f, v, company_name(v)); break;
	case 'R': named(f, v, v ? "rejected" : "accepted"); break;
	default: plain_number(f, v); break;
	}
}

static void show(struct field *f, struct rd *r, char letter)
{
	size_t n;
	const uint8_t *p;
	if (strchr("hwistUoCR", letter)) {
		two_octets(f, r, letter);
		return;
	}
	switch (letter) {
	case 'd': plain_number(f, rd_le32(r)); break;
	case 'H': hex64(f, rd_le32(r), 8); break;
	case 'X': hex64(f, rd_le64(r), 1); break;
	case 'A': address(f, r, true); break;
	case 'a': address(f, r, false); break;
	case 'm': channels(f, r); break;
	case 'D': advertising(f, r); break;
	case 'N': completed(f, r); break;
	case 'l':
		rd_rest(r, &n);
		text_add(&f->o->detail, "%zu octets", n);
		break;
	case 'x':
		p = rd_rest(r, &n);
		out_hex(f->o, p, n);
		out_octets(f->o, f->key, p, n);
		break;
	default: one_octet(f, r, letter); break;
	}
}

bool fields_show(struct out *o, struct rd *r, const char *fields)
{
	while (*fields && rd_ok(r)) {
		struct field f = { .o = o };
		size_t n = strcspn(fields, ":");
		char letter = fields[n + 1];
		snprintf(f.name, sizeof f.name, "%.*s", (int)n, fields);
		for (size_t i = 0; i < n && i + 1 < KEY; i++)
			f.key[i] =
				(char)(fields[i] == ' ' ? '_' : tolower((unsigned char)fields[i]));
		fields += n + 2;
		fields += *fields == ',';
		if (letter == 'x' && r->left == 0)
			continue;
		text_add(&o->detail, "%s%s%s", o->detail.len ? ", " : "", f.name,
			*f.name ? " " : "");
		show(&f, r, letter);
	}
	return rd_ok(r);
}
