/*
 * Characteristics of the SIG whose values have a form of their own: plain numbers are a table row
 * (GATT Specification Supplement 3), the others a function each.
 */
#include "value.h"

#include "base/le.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

enum { PERCENT = 0x27AD, CELSIUS = 0x272F, PASCAL = 0x2724, BPM = 0x27AF };

static const struct {
	uint16_t uuid;
	struct value_format format;
} plain_numbers[] = {
	{ 0x2A07, { VALUE_S8, 0, UNIT_DBM } },  /* Tx Power Level */
	{ 0x2A19, { VALUE_U8, 0, PERCENT } },   /* Battery Level */
	{ 0x2A6D, { VALUE_U32, -1, PASCAL } },  /* Pressure */
	{ 0x2A6E, { VALUE_S16, -2, CELSIUS } }, /* Temperature */
	{ 0x2A6F, { VALUE_U16, -2, PERCENT } }, /* Humidity */
	{ 0x2A8D, { VALUE_U8, 0, BPM } },       /* Heart Rate Max */
};

struct value_format known_format(const struct uuid *uuid)
{
	for (size_t i = 0; i < sizeof plain_numbers / sizeof *plain_numbers; i++)
		if (uuid->u16 && plain_numbers[i].uuid == uuid->u16)
			return plain_numbers[i].format;
	return (struct value_format){ .code = VALUE_NONE };
}

bool date_show(char dst[VALUE_TEXT], const void *data, size_t len)
{
	const uint8_t *p = data;
	if (len != 7)
		return false;
	unsigned year = le16_get(p);
	if (!year && !p[2] && !p[3]) /* zeros: not known */
		snprintf(dst, VALUE_TEXT, "(no date) %02u:%02u:%02u", p[4], p[5], p[6]);
	else
		snprintf(dst, VALUE_TEXT, "%04u-%02u-%02u %02u:%02u:%02u", year, p[2], p[3], p[4],
			p[5], p[6]);
	return true;
}

/* The word for a small number; false: there is none. */
static bool word_show(
	char dst[VALUE_TEXT], const char *const *words, size_t count, const uint8_t *p, size_t len)
{
	if (len != 1 || p[0] >= count)
		return false;
	snprintf(dst, VALUE_TEXT, "%s", words[p[0]]);
	return true;
}

static bool appearance_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	const char *name = len == 2 ? appearance_name(le16_get(p)) : NULL;
	if (name)
		snprintf(dst, VALUE_TEXT, "%s", name);
	return name;
}

/* Vol 3 Part C 12.3; 0xFFFF: no preference */
static const char *preference(char dst[16], uint16_t raw, double unit_ms)
{
	if (raw == 0xFFFF)
		return "any";
	snprintf(dst, 16, "%g", raw * unit_ms);
	return dst;
}

static bool preferred_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	char least[16], most[16], supervision[16];
	if (len != 8)
		return false;
	snprintf(dst, VALUE_TEXT, "interval %s to %s ms, latency %u, supervision %s ms",
		preference(least, le16_get(p), 1.25), preference(most, le16_get(p + 2), 1.25),
		le16_get(p + 4), preference(supervision, le16_get(p + 6), 10));
	return true;
}

static bool changed_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	if (len != 4)
		return false;
	snprintf(dst, VALUE_TEXT, "handles %u to %u", le16_get(p), le16_get(p + 2));
	return true;
}

/* Flags: unit, time stamp, type. */
static bool temperature_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	char date[VALUE_TEXT];
	if (len < 5 || !type_show(dst, type_of(VALUE_FLOAT), 0, p + 1, 4))
		return false;
	strcat(dst, p[0] & 1 ? " °F" : " °C");
	size_t n = strlen(dst);
	if (p[0] & 2 && len >= 12 && date_show(date, p + 5, 7))
		snprintf(dst + n, VALUE_TEXT - n, " at %.40s", date);
	return true;
}

/* Flags: 16 bits, contact (two bits), energy, intervals. */
static bool heart_rate_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	bool wide = len && p[0] & 1;
	if (len < (wide ? 3u : 2u))
		return false;
	snprintf(dst, VALUE_TEXT, "%u bpm%s", wide ? le16_get(p + 1) : p[1],
		(p[0] & 6) == 4 ? ", no skin contact" : "");
	return true;
}

static bool current_time_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	static const char *const days[] = { "", " Monday", " Tuesday", " Wednesday", " Thursday",
		" Friday", " Saturday", " Sunday" };
	if (len != 10 || !date_show(dst, p, 7))
		return false;
	strcat(dst, p[7] < 8 ? days[p[7]] : "");
	return true;
}

static bool pnp_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	if (len != 7)
		return false;
	const char *company = p[0] == 1 ? company_name(le16_get(p + 1)) : NULL;
	snprintf(dst, VALUE_TEXT, "%s vendor 0x%04X%s%s%s, product 0x%04X, version %x.%x.%x",
		p[0] == 1           ? "Bluetooth"
			: p[0] == 2 ? "USB"
				    : "unknown",
		le16_get(p + 1), company ? " (" : "", company ? company : "", company ? ")" : "",
		le16_get(p + 3), p[6], p[5] >> 4, p[5] & 15);
	return true;
}

/* Vol 3 Part G 3.3.3.3 */
static bool subscription_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	static const char *const words[] = { "off", "notifications", "indications",
		"notifications and indications" };
	if (len != 2 || p[0] > 3 || p[1])
		return false;
	return word_show(dst, words, 4, p, 1);
}

static bool presentation_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	struct value_format format;
	if (!format_read(&format, p, len))
		return false;
	format_title(dst, &format);
	return true;
}

/* Alert Category ID */
static const char *const categories[] = { "simple alert", "email", "news", "call", "missed call",
	"SMS or MMS", "voice mail", "schedule", "high prioritized alert", "instant message" };
enum { CATEGORIES = sizeof categories / sizeof *categories, EVERY_CATEGORY = 0xFF };

/* "missed call: 2, \"Ada\"": New Alert, Unread Alert Status. */
static bool alert_show(char dst[VALUE_TEXT], const char *what, const uint8_t *p, size_t len)
{
	char who[VALUE_TEXT] = "";
	if (len < 2 || p[0] >= CATEGORIES)
		return false;
	if (len > 2)
		text_show(who, p + 2, len - 2);
	snprintf(dst, VALUE_TEXT, "%s: %s%u %s%s%.60s", categories[p[0]], p[1] == 255 ? "over " : "",
		p[1] == 255 ? 254u : p[1], what, *who ? ", " : "", who);
	return true;
}

static bool categories_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	unsigned bits = len == 1 ? p[0] : len == 2 ? le16_get(p) : 0x10000;
	struct text t = { .dst = dst, .size = VALUE_TEXT };
	if (bits >> CATEGORIES)
		return false;
	if (!bits)
		text_add(&t, "none");
	for (unsigned i = 0; i < CATEGORIES; i++)
		if (bits >> i & 1)
			text_add(&t, "%s%s", t.len ? ", " : "", categories[i]);
	return true;
}

static bool alert_command_show(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	static const char *const words[] = { "enable new alerts", "enable unread status",
		"disable new alerts", "disable unread status", "notify new alerts now",
		"notify unread status now" };
	if (len != 2 || p[0] >= sizeof words / sizeof *words ||
		(p[1] >= CATEGORIES && p[1] != EVERY_CATEGORY))
		return false;
	snprintf(dst, VALUE_TEXT, "%s: %s", words[p[0]],
		p[1] == EVERY_CATEGORY ? "all categories" : categories[p[1]]);
	return true;
}

bool known_show(char dst[VALUE_TEXT], const struct uuid *uuid, const void *data, size_t len)
{
	static const char *const levels[] = { "no alert", "mild alert", "high alert" };
	static const char *const body[] = { "other", "chest", "wrist", "finger", "hand", "ear lobe",
		"foot" };
	static const char *const site[] = { "", "armpit", "body", "ear", "finger",
		"gastro-intestinal tract", "mouth", "rectum", "toe", "ear drum" };
	const uint8_t *p = data;
	switch (uuid->u16) {
	case 0x2901: text_show(dst, data, len); return true;
	case 0x2902: return subscription_show(dst, p, len);
	case 0x2904: return presentation_show(dst, p, len);
	case 0x2A00: text_show(dst, data, len); return true;
	case 0x2A01: return appearance_show(dst, p, len);
	case 0x2A04: return preferred_show(dst, p, len);
	case 0x2A05: return changed_show(dst, p, len);
	case 0x2A06: return word_show(dst, levels, 3, p, len);
	case 0x2A08: return date_show(dst, p, len);
	case 0x2A1C:
	case 0x2A1E: return temperature_show(dst, p, len);
	case 0x2A1D: return word_show(dst, site, 10, p, len);
	case 0x2A2B: return current_time_show(dst, p, len);
	case 0x2A37: return heart_rate_show(dst, p, len);
	case 0x2A38: return word_show(dst, body, 7, p, len);
	case 0x2A44: return alert_command_show(dst, p, len);
	case 0x2A45: return alert_show(dst, "unread", p, len);
	case 0x2A46: return alert_show(dst, "new", p, len);
	case 0x2A47:
	case 0x2A48: return categories_show(dst, p, len);
	case 0x2A50: return pnp_show(dst, p, len);
	default: return false;
	}
}
