/* Who advertises and what they say, gathered from reports; filters and the order of the list. */
#include "scan.h"

#include "spec/ad.h"
#include "spec/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct device *device_of(struct scan *s, const struct ble_addr *addr, uint64_t now_us)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!memcmp(&s->devices[i].addr, addr, sizeof *addr))
			return &s->devices[i];
	if (s->count == MOST_DEVICES) {
		s->lost++;
		return NULL;
	}
	struct device *d = &s->devices[s->count++];
	*d = (struct device){ .addr = *addr, .rssi_dbm = RSSI_UNKNOWN, .first_us = now_us };
	return d;
}

static void add_service(struct device *d, struct uuid uuid)
{
	for (unsigned i = 0; i < d->service_count; i++)
		if (!memcmp(&d->services[i], &uuid, sizeof uuid))
			return;
	if (d->service_count < MOST_DEVICE_SERVICES)
		d->services[d->service_count++] = uuid;
}

static void add_services(struct device *d, const struct ad *ad, size_t size)
{
	for (size_t at = 0; at + size <= ad->len; at += size) {
		const uint8_t *p = ad->data + at;
		add_service(d, size == 2 ? uuid_of(le16_get(p), NULL) : uuid_of(0, p));
	}
}

static void learn(struct device *d, const uint8_t *data, size_t len)
{
	struct ad ad;
	for (struct rd r = rd_of(data, len); ad_next(&r, &ad);) {
		switch (ad.type) {
		case AD_UUIDS16_INCOMPLETE:
		case AD_UUIDS16_COMPLETE: add_services(d, &ad, 2); break;
		case AD_UUIDS128_INCOMPLETE:
		case AD_UUIDS128_COMPLETE: add_services(d, &ad, 16); break;
		case AD_NAME_SHORTENED:
			if (*d->name)
				break; /* only while there is no better */
			safe(d->name, sizeof d->name, ad.data, ad.len);
			break;
		case AD_NAME_COMPLETE: safe(d->name, sizeof d->name, ad.data, ad.len); break;
		default: break;
		}
	}
}

struct device *scan_hear(struct scan *s, const struct ble_event *ev)
{
	struct device *d = device_of(s, &ev->report.addr, ev->t_us);
	uint8_t kind = ev->report.kind;
	s->reports++;
	if (!d)
		return NULL;
	d->last_us = ev->t_us;
	d->reports++;
	if (ev->report.rssi_dbm != RSSI_UNKNOWN)
		d->rssi_dbm = ev->report.rssi_dbm;
	if (kind == BLE_REPORT_CONN_UND || kind == BLE_REPORT_CONN_DIR)
		d->connectable = true;
	if (kind == BLE_REPORT_CONN_UND || kind == BLE_REPORT_SCAN_UND)
		d->scannable = true;
	if (kind == BLE_REPORT_SCAN_RSP)
		d->answered = true;
	struct packet *p = kind == BLE_REPORT_SCAN_RSP ? &d->scan_rsp : &d->adv;
	p->len = ev->report.len < PACKET ? ev->report.len : PACKET;
	if (p->len)
		memcpy(p->data, ev->report.data, p->len);
	learn(d, p->data, p->len);
	return d;
}

static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);
	for (; strlen(text) >= n; text++) {
		if (!strncasecmp(text, part, n))
			return true;
		if (!*text)
			break;
	}
	return false;
}

bool scan_wants(const struct scan *s, const struct device *d)
{
	const struct filter *f = &s->filter;
	if (f->name && !contains(d->name, f->name))
		return false;
	if (f->rssi_dbm > -127 && (d->rssi_dbm == RSSI_UNKNOWN || d->rssi_dbm < f->rssi_dbm))
		return false;
	for (unsigned i = 0; f->by_service && i < d->service_count; i++)
		if (!memcmp(&d->services[i], &f->service, sizeof f->service))
			return true;
	return !f->by_service;
}

static int by_name(const void *a, const void *b)
{
	const struct device *x = *(const struct device *const *)a,
			    *y = *(const struct device *const *)b;
	if (!*x->name != !*y->name)
		return *x->name ? -1 : 1; /* those without come last */
	return strcasecmp(x->name, y->name);
}

static int by_address(const void *a, const void *b)
{
	const struct device *x = *(const struct device *const *)a,
			    *y = *(const struct device *const *)b;
	for (int i = 5; i >= 0; i--)
		if (x->addr.octets[i] != y->addr.octets[i])
			return x->addr.octets[i] - y->addr.octets[i];
	return x->addr.type - y->addr.type;
}

static int strength(const struct device *d)
{
	return d->rssi_dbm == RSSI_UNKNOWN ? -128 : d->rssi_dbm;
}

static int by_rssi(const void *a, const void *b)
{
	return strength(*(const struct device *const *)b) -
		strength(*(const struct device *const *)a);
}

static int by_age(const void *a, const void *b)
{
	uint64_t x = (*(const struct device *const *)a)->last_us,
		 y = (*(const struct device *const *)b)->last_us;
	return x < y ? 1 : x > y ? -1 : 0;
}

unsigned scan_sorted(const struct scan *s, const struct device *list[MOST_DEVICES])
{
	static int (*const orders[])(
		const void *, const void *) = { NULL, by_name, by_address, by_rssi, by_age };
	unsigned n = 0;
	for (unsigned i = 0; i < s->count; i++)
		if (scan_wants(s, &s->devices[i]))
			list[n++] = &s->devices[i];
	if (s->order != ORDER_SEEN)
		qsort(list, n, sizeof *list, orders[s->order]);
	return n;
}

/* 32 digits with or without dashes, the most significant first. */
static bool read_128(struct uuid *uuid, const char *text)
{
	unsigned digits = 0;
	for (; *text; text++) {
		const char *hex = "0123456789abcdef", *at;
		if (*text == '-')
			continue;
		at = strchr(hex, *text >= 'A' && *text <= 'F' ? *text + 32 : *text);
		if (!at || digits == 32)
			return false;
		uint8_t *octet = &uuid->u128[15 - digits / 2];
		*octet = (uint8_t)(*octet << 4 | (at - hex));
		digits++;
	}
	return digits == 32;
}

static bool read_16(struct uuid *uuid, const char *text)
{
	char *end;
	size_t len = strlen(text);
	unsigned long n = strtoul(text, &end, 16);
	if (*end || (len != 4 && len != 6) || n == 0 || n > 0xFFFF ||
		!strchr("0123456789abcdefABCDEF", *text))
		return false;
	uuid->u16 = (uint16_t)n;
	return true;
}

bool scan_service_read(struct uuid *uuid, const char *text)
{
	unsigned found = 0;
	memset(uuid, 0, sizeof *uuid);
	if (read_16(uuid, text))
		return true;
	if (read_128(uuid, text))
		return true;
	memset(uuid, 0, sizeof *uuid);
	for (unsigned n = 0x1800; n < 0x1900; n++) {
		const char *name = uuid16_name((uint16_t)n);
		if (!name || !*text || strncasecmp(name, text, strlen(text)))
			continue;
		uuid->u16 = (uint16_t)n;
		if (strlen(name) == strlen(text))
			return true;
		found++;
	}
	return found == 1;
}

void scan_device_text(struct text *t, const struct device *d)
{
	char word[UUID_TEXT];
	for (unsigned i = 0; i < d->service_count; i++)
		text_add(t, "%s%s", i ? ", " : "", uuid_word(word, &d->services[i]));
	ad_text(t, d->adv.data, d->adv.len, AD_BEYOND_NAMES);
	if (d->scan_rsp.len)
		ad_text(t, d->scan_rsp.data, d->scan_rsp.len, AD_BEYOND_NAMES);
}
