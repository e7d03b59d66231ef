/*
 * Trace files, whole in memory, a record at a time: btsnoop version 1 (datalink 1002, H4; 1001,
 * without the octet of the type; 2001, btmon's) and pcap (251 and 256: the air; 187 and 201: H4).
 * What a file does wrong is one sentence with the place.
 */
#include "decode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BTSNOOP_EPOCH_US UINT64_C(0x00dcddb30f2f8000) /* 1970, in microseconds since the year 0 */

enum {
	BTSNOOP_HEADER = 16,
	BTSNOOP_RECORD = 24,
	PCAP_HEADER = 24,
	PCAP_RECORD = 16,
	PHDR = 10,
	CHUNK = 65536,
	LINK_H4 = 187,
	LINK_H4_PHDR = 201,
	LINK_LE_LL = 251,
	LINK_LE_LL_PHDR = 256,
};

static bool bad(struct trace_file *f, size_t offset, const char *what)
{
	f->damaged = true;
	if (!f->quiet)
		complain("decode", "%s: at octet %zu: %s", f->path, offset, what);
	return false;
}

static bool read_all(struct trace_file *f, FILE *file)
{
	size_t room = 0;
	for (;;) {
		if (f->size == room) {
			room = room ? room * 2 : CHUNK;
			uint8_t *more = realloc(f->data, room);
			if (!more) {
				complain("decode", "%s: too large for the memory of this machine",
					f->path);
				return false;
			}
			f->data = more;
		}
		size_t n = fread(f->data + f->size, 1, room - f->size, file);
		f->size += n;
		if (n == 0)
			break;
		progress("reading %s: %zu MB", f->path, f->size >> 20);
	}
	if (!ferror(file))
		return true;
	complain("decode", "%s: %s", f->path, strerror(errno));
	return false;
}

static bool begin_btsnoop(struct trace_file *f)
{
	char what[120];
	uint32_t version = be32_get(f->data + 8), link = be32_get(f->data + 12);
	f->at = BTSNOOP_HEADER;
	if (version != 1) {
		snprintf(what, sizeof what, "btsnoop version %lu, but only 1 is known",
			(unsigned long)version);
		return bad(f, 8, what);
	}
	if (link == 1002)
		f->format = FORMAT_BTSNOOP_H4;
	else if (link == 1001)
		f->format = FORMAT_BTSNOOP_H1;
	else if (link == 2001)
		f->format = FORMAT_BTSNOOP_MONITOR;
	else {
		snprintf(what, sizeof what,
			"btsnoop datalink %lu, but only 1001, 1002 (H4) and 2001 (btmon) are known",
			(unsigned long)link);
		return bad(f, 12, what);
	}
	return true;
}

static uint32_t number(const struct trace_file *f, size_t at)
{
	return f->big_endian ? be32_get(f->data + at) : le32_get(f->data + at);
}

static bool begin_pcap(struct trace_file *f)
{
	char what[160];
	f->format = FORMAT_PCAP;
	f->link_type = number(f, 20) & 0x0FFFFFFF; /* above: FCS length */
	f->at = PCAP_HEADER;
	if (f->link_type == LINK_LE_LL || f->link_type == LINK_LE_LL_PHDR ||
		f->link_type == LINK_H4 || f->link_type == LINK_H4_PHDR)
		return true;
	snprintf(what, sizeof what,
		"pcap link type %lu, but only 251 and 256 (the air), 187 and 201 (HCI) are known",
		(unsigned long)f->link_type);
	return bad(f, 20, what);
}

static bool begin(struct trace_file *f)
{
	static const uint8_t ng[] = { 0x0A, 0x0D, 0x0D, 0x0A };
	if (f->size >= BTSNOOP_HEADER && !memcmp(f->data, "btsnoop", 8))
		return begin_btsnoop(f);
	if (f->size >= 4 && !memcmp(f->data, ng, 4))
		return bad(f, 0, "this is pcapng; `editcap -F pcap` makes a pcap file of it");
	if (f->size >= PCAP_HEADER) {
		uint32_t le = le32_get(f->data), be = be32_get(f->data);
		f->big_endian = be == 0xA1B2C3D4 || be == 0xA1B23C4D;
		f->nanoseconds = le == 0xA1B23C4D || be == 0xA1B23C4D;
		if (f->big_endian || f->nanoseconds || le == 0xA1B2C3D4)
			return begin_pcap(f);
	}
	return bad(f, 0,
		f->size ? "neither a btsnoop nor a pcap header is here; is this a trace?"
			: "the file is empty");
}

/* What a table has room for: the last part of the path, without its suffix. */
static const char *word_of(const char *path)
{
	static char words[MOST_TEXTS][24];
	static unsigned used;
	const char *slash = strrchr(path, '/'), *begins = slash ? slash + 1 : path;
	char *word = words[used++ % MOST_TEXTS];
	safe(word, sizeof words[0], begins, strlen(begins));
	char *dot = strrchr(word, '.');
	if (dot && dot != word)
		*dot = '\0';
	return word;
}

bool file_open(struct trace_file *f, const char *path)
{
	bool standard = !strcmp(path, "-");
	*f = (struct trace_file){ .path = path, .word = standard ? "-" : word_of(path) };
	FILE *file = standard ? stdin : fopen(path, "rb");
	if (!file) {
		complain("decode", "%s: %s", path, strerror(errno));
		return false;
	}
	bool fine = read_all(f, file);
	if (!standard)
		fclose(file);
	return fine && begin(f);
}

void file_close(struct trace_file *f)
{
	free(f->data);
	f->data = NULL;
}

/* Passes over a record's header and its octets; NULL: damaged. */
static const uint8_t *take(struct trace_file *f, size_t header, uint32_t len)
{
	char what[120];
	size_t left = f->size - f->at - header;
	if (len > left) {
		snprintf(what, sizeof what,
			"record %u says that it has %lu octets, but %zu are left of the file",
			f->records + 1, (unsigned long)len, left);
		bad(f, f->at, what);
		return NULL;
	}
	const uint8_t *p = f->data + f->at + header;
	f->at += header + len;
	f->records++;
	return p;
}

static bool has_header(struct trace_file *f, size_t header)
{
	char what[120];
	if (f->at == f->size)
		return false;
	if (f->size - f->at >= header)
		return true;
	snprintf(what, sizeof what, "the header of record %u is cut: %zu of %zu octets are there",
		f->records + 1, f->size - f->at, header);
	return bad(f, f->at, what);
}

/* H4: the first octet is the type. False: not a packet. */
static bool is_h4(struct rec *r)
{
	if (r->len < 1)
		return false;
	r->type = r->data[0];
	r->data++;
	r->len--;
	return true;
}

/* btmon: what kind of record, in the low half of the flags. */
static bool is_monitor(struct rec *r, uint32_t flags)
{
	static const uint8_t types[] = { [2] = 1, [3] = 4, [4] = 2, [5] = 2 };
	uint32_t kind = flags & 0xFFFF;
	if (kind < 2 || kind > 5)
		return false;
	r->type = types[kind];
	r->to_host = kind == 3 || kind == 5;
	return true;
}

static bool next_btsnoop(struct trace_file *f, struct rec *r)
{
	while (has_header(f, BTSNOOP_RECORD)) {
		const uint8_t *h = f->data + f->at;
		uint32_t original = be32_get(h), len = be32_get(h + 4), flags = be32_get(h + 8);
		uint64_t t = (uint64_t)be32_get(h + 16) << 32 | be32_get(h + 20);
		const uint8_t *p = take(f, BTSNOOP_RECORD, len);
		if (!p)
			return false;
		*r = (struct rec){ .t_us = t - BTSNOOP_EPOCH_US,
			.number = f->records,
			.data = p,
			.len = len,
			.cut = len < original,
			.to_host = flags & 1 };
		if (f->format == FORMAT_BTSNOOP_MONITOR
				? is_monitor(r, flags)
				: f->format == FORMAT_BTSNOOP_H1 || is_h4(r)) {
			if (f->format == FORMAT_BTSNOOP_H1)
				r->type = !(flags & 2) ? 2 : flags & 1 ? 4 : 1;
			return true;
		}
	}
	return false;
}

/* Ten octets about the reception: LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR. */
static bool take_phdr(struct rec *r)
{
	if (r->len < PHDR)
		return false;
	uint16_t flags = le16_get(r->data + 8);
	r->rf_channel = r->data[0];
	r->rssi_dbm = flags & 0x0002 ? (int8_t)r->data[1] : RSSI_UNKNOWN;
	r->flow = flags >> 7 & 7;
	r->crc_bad = (flags & 0x0C00) == 0x0400;
	r->opened = flags & 0x0008;
	r->mic = r->opened && flags & 0x1000;
	r->data += PHDR;
	r->len -= PHDR;
	return true;
}

static bool next_pcap(struct trace_file *f, struct rec *r)
{
	while (has_header(f, PCAP_RECORD)) {
		uint32_t seconds = number(f, f->at), rest = number(f, f->at + 4);
		uint32_t len = number(f, f->at + 8), original = number(f, f->at + 12);
		const uint8_t *p = take(f, PCAP_RECORD, len);
		if (!p)
			return false;
		*r = (struct rec){ .t_us = seconds * UINT64_C(1000000) +
				(f->nanoseconds ? rest / 1000 : rest),
			.number = f->records,
			.data = p,
			.len = len,
			.cut = len < original,
			.air = f->link_type >= LINK_LE_LL,
			.rf_channel = 0xFF,
			.rssi_dbm = RSSI_UNKNOWN,
			.flow = 1 };
		if (f->link_type == LINK_LE_LL)
			return true;
		if (f->link_type == LINK_LE_LL_PHDR && take_phdr(r))
			return true;
		if (f->link_type == LINK_H4_PHDR && r->len >= 4) {
			r->to_host = be32_get(r->data) & 1;
			r->data += 4;
			r->len -= 4;
		}
		if (!r->air && is_h4(r)) {
			if (f->link_type == LINK_H4)
				r->to_host = r->type == 4;
			return true;
		}
	}
	return false;
}

bool file_next(struct trace_file *f, struct rec *r)
{
	if (f->damaged)
		return false;
	return f->format == FORMAT_PCAP ? next_pcap(f, r) : next_btsnoop(f, r);
}
