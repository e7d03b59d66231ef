/*
 * What UUIDs are called and values look like: assigned names, "83 %", text in quotes, octets in hex.
 * A 128-bit UUID of the SIG's range is its short form; some others are known by what vendors
 * publish of them.
 */
#include "value.h"

#include "base/le.h"
#include "spec/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last twelve octets of 0000xxxx-0000-1000-8000-00805F9B34FB, least first: Vol 3 Part B 2.5.1 */
static const uint8_t sig_base[12] = { 0xFB, 0x34, 0x9B, 0x5F, 0x80, 0x00, 0x00, 0x80, 0x00, 0x10,
	0x00, 0x00 };

/* Codes as uuid_code() writes them. */
static const struct {
	const char *code, *name;
} vendors[] = {
	{ "6e400001-b5a3-f393-e0a9-e50e24dcca9e", "Nordic UART" },
	{ "6e400002-b5a3-f393-e0a9-e50e24dcca9e", "Nordic UART RX" },
	{ "6e400003-b5a3-f393-e0a9-e50e24dcca9e", "Nordic UART TX" },
	{ "00001523-1212-efde-1523-785feabcd123", "Nordic LED Button" },
	{ "00001524-1212-efde-1523-785feabcd123", "Nordic Button" },
	{ "00001525-1212-efde-1523-785feabcd123", "Nordic LED" },
	{ "8d53dc1d-1db7-4cd3-868b-8a527460aa84", "Simple Management Protocol" },
	{ "da2e7828-fbce-4e01-ae9e-261174997c48", "Simple Management Protocol Data" },
	{ "7905f431-b5ce-4e99-a40f-4b1e122d00d0", "Apple Notification Center" },
	{ "9fbf120d-6301-42d9-8c58-25e699a21dbd", "Apple Notification Source" },
	{ "69d1d8f3-45e1-49a8-9821-9bbdfdaad9d9", "Apple Notification Control Point" },
	{ "22eac6e9-24d6-4bb5-be44-b36ace7c7bfb", "Apple Notification Data Source" },
	{ "89d3502b-0f36-433a-8ef4-c502ad55f8dc", "Apple Media" },
};

struct uuid uuid_of(uint16_t u16, const uint8_t *u128)
{
	struct uuid uuid = { .u16 = u128 ? 0 : u16 };
	if (!u128)
		return uuid;
	if (!memcmp(u128, sig_base, 12) && !le16_get(u128 + 14) && le16_get(u128 + 12))
		uuid.u16 = le16_get(u128 + 12);
	else
		memcpy(uuid.u128, u128, 16);
	return uuid;
}

const char *uuid_code(char dst[UUID_TEXT], const struct uuid *uuid)
{
	if (uuid->u16) {
		snprintf(dst, UUID_TEXT, "%04x", uuid->u16);
		return dst;
	}
	char *at = dst;
	for (int i = 15; i >= 0; i--) /* as text, the most significant octet is first */
		at += sprintf(at, i == 12 || i == 10 || i == 8 || i == 6 ? "%02x-" : "%02x",
			uuid->u128[i]);
	return dst;
}

bool uuid_same(const struct uuid *a, const struct uuid *b)
{
	return a->u16 == b->u16 && (a->u16 || !memcmp(a->u128, b->u128, 16));
}

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdefABCDEF") >= len;
}

/* As dashes are where they have to be, the digits between them are 32. */
static bool uuid128_read(uint8_t u128[16], const char *text)
{
	static const uint8_t lengths[] = { 8, 4, 4, 4, 12 };
	int octet = 15;
	for (size_t i = 0; i < sizeof lengths; i++) {
		if (!is_hex(text, lengths[i]) || text[lengths[i]] != (i < 4 ? '-' : '\0'))
			return false;
		for (unsigned k = 0; k < lengths[i]; k += 2, octet--) {
			unsigned v;
			sscanf(text + k, "%2x", &v);
			u128[octet] = (uint8_t)v;
		}
		text += lengths[i] + 1;
	}
	return true;
}

bool uuid_read(struct uuid *uuid, const char *text)
{
	uint8_t u128[16];
	const char *digits = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? text + 2 : text;
	if (strlen(digits) == 4 && is_hex(digits, 4)) {
		*uuid = uuid_of((uint16_t)strtoul(digits, NULL, 16), NULL);
		return uuid->u16;
	}
	if (!uuid128_read(u128, text))
		return false;
	*uuid = uuid_of(0, u128);
	return true;
}

/* NULL: none. */
static const char *uuid_name(const struct uuid *uuid)
{
	char code[UUID_TEXT];
	if (uuid->u16)
		return uuid16_name(uuid->u16);
	uuid_code(code, uuid);
	for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
		if (!strcmp(vendors[i].code, code))
			return vendors[i].name;
	return NULL;
}

const char *uuid_word(char dst[UUID_TEXT], const struct uuid *uuid)
{
	const char *name = uuid_name(uuid);
	if (!name)
		return uuid_code(dst, uuid);
	snprintf(dst, UUID_TEXT, "%s", name);
	return dst;
}

const char *uuid_title(char dst[UUID_TEXT], const struct uuid *uuid)
{
	char code[UUID_TEXT];
	const char *name = uuid_name(uuid);
	uuid_code(code, uuid);
	if (!name)
		return strcpy(dst, code);
	if (uuid->u16)
		snprintf(dst, UUID_TEXT, "%s (0x%04X)", name, uuid->u16);
	else
		snprintf(dst, UUID_TEXT, "%.36s (%.36s)", name, code);
	return dst;
}

static bool is_text(const uint8_t *p, size_t len)
{
	char text[520]; /* a value has 512 octets at most */
	safe(text, sizeof text, p, len);
	return len > 1 && strlen(text) == len && !memcmp(text, p, len);
}

const char *value_show(char dst[VALUE_TEXT], const struct uuid *uuid,
	const struct value_format *format, const void *data, size_t len)
{
	struct value_format known = known_format(uuid);
	if (format && format->code && format_show(dst, format, data, len))
		return dst;
	if (known.code && format_show(dst, &known, data, len))
		return dst;
	if (known_show(dst, uuid, data, len))
		return dst;
	if (len == 0)
		strcpy(dst, "(empty)");
	else if (is_text(data, len))
		text_show(dst, data, len);
	else
		hex_show(dst, data, len);
	return dst;
}

const char *value_text(char dst[VALUE_TEXT], const struct uuid *uuid, const void *data, size_t len)
{
	return value_show(dst, uuid, NULL, data, len);
}

bool value_number(double *number, const struct uuid *uuid, const struct value_format *format,
	const void *data, size_t len)
{
	struct value_format f = format && format->code ? *format : known_format(uuid);
	const uint8_t *p = data;
	if (f.code && type_of(f.code))
		return type_number(number, type_of(f.code), f.exponent, data, len);
	if (uuid->u16 == 0x2A37 && len >= 2 && !(p[0] & 1)) /* Heart Rate Measurement */
		return type_number(number, type_of(VALUE_U8), 0, p + 1, 1);
	if ((uuid->u16 == 0x2A1C || uuid->u16 == 0x2A1E) && len >= 5) /* temperatures */
		return type_number(number, type_of(VALUE_FLOAT), 0, p + 1, 4);
	/* nothing is known: short ones are most often counters and levels */
	const struct value_type *type = type_of(len == 1 ? VALUE_U8 : VALUE_U16);
	return !f.code && !uuid->u16 && len <= 2 && type_number(number, type, 0, data, len);
}
