/* What UUIDs are called and values look like: assigned names, "83 %", text in quotes, octets in
 * hex. */
#include "glint.h"

#include "base/le.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

struct uuid uuid_of(uint16_t u16, const uint8_t *u128)
{
	struct uuid uuid = { .u16 = u128 ? 0 : u16 };
	if (u128)
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

const char *uuid_word(char dst[UUID_TEXT], const struct uuid *uuid)
{
	const char *name = uuid->u16 ? uuid16_name(uuid->u16) : NULL;
	if (!name)
		return uuid_code(dst, uuid);
	snprintf(dst, UUID_TEXT, "%s", name);
	return dst;
}

const char *uuid_title(char dst[UUID_TEXT], const struct uuid *uuid)
{
	const char *name = uuid->u16 ? uuid16_name(uuid->u16) : NULL;
	if (!name)
		return uuid_code(dst, uuid);
	snprintf(dst, UUID_TEXT, "%s (0x%04X)", name, uuid->u16);
	return dst;
}

static void hex(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	size_t out = 0;
	*dst = '\0';
	for (size_t i = 0; i < len && out + 8 < VALUE_TEXT; i++)
		out += (size_t)snprintf(dst + out, VALUE_TEXT - out, i ? " %02x" : "%02x", p[i]);
	if (out + 8 >= VALUE_TEXT)
		strcpy(dst + out, " ...");
}

static bool is_text(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x20 || p[i] == 0x7F)
			return false;
	return len > 1;
}

static void quoted(char dst[VALUE_TEXT], const uint8_t *p, size_t len)
{
	char text[VALUE_TEXT - 3];
	snprintf(dst, VALUE_TEXT, "\"%s\"", safe(text, sizeof text, p, len));
}

enum {
	APPEARANCE = 0x2A01,
	PREFERRED_PARAMETERS = 0x2A04,
	BATTERY_LEVEL = 0x2A19,
	DEVICE_NAME = 0x2A00
};

const char *value_text(char dst[VALUE_TEXT], const struct uuid *uuid, const void *data, size_t len)
{
	const uint8_t *p = data;
	const char *name = NULL;
	if (uuid->u16 == BATTERY_LEVEL && len == 1)
		snprintf(dst, VALUE_TEXT, "%u %%", p[0]);
	else if (uuid->u16 == APPEARANCE && len == 2 &&
		(name = appearance_name(le16_get(p))) != NULL)
		snprintf(dst, VALUE_TEXT, "%s", name);
	else if (uuid->u16 == PREFERRED_PARAMETERS && len == 8)
		snprintf(dst, VALUE_TEXT, "interval %g to %g ms, latency %u, supervision %u ms",
			le16_get(p) * 1.25, le16_get(p + 2) * 1.25, le16_get(p + 4),
			le16_get(p + 6) * 10u);
	else if (len == 0)
		strcpy(dst, "(empty)");
	else if (uuid->u16 == DEVICE_NAME || is_text(p, len))
		quoted(dst, p, len);
	else
		hex(dst, p, len);
	return dst;
}
