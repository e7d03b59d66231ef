/*
 * What is written: lines for people, or one JSON object a line. Names and values come from
 * strangers, so nothing of theirs reaches a terminal as anything but printable text.
 */
#include "glint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROGRESS_US = 200000, PATIENCE_US = 1000000 };

bool say_json, say_no_color;
static bool coloured, progress_shown;
static uint64_t progress_us, begun_us; /* the last one; the first call, 0: none yet */

void say_start(bool json)
{
	say_json = json;
	const char *environment =
		getenv("NO_COLOR"); /* no-color.org: any value but the empty one */
	if (environment && *environment)
		say_no_color = true;
	coloured = !json && !say_no_color && isatty(STDOUT_FILENO);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

const char *bold(void)
{
	return coloured ? "\033[1m" : "";
}

const char *plain(void)
{
	return coloured ? "\033[0m" : "";
}

const char *tint(unsigned sgr)
{
	static const char *const codes[] = { "\033[31m", "\033[32m", "\033[33m", "\033[34m",
		"\033[35m", "\033[36m" };
	return coloured && sgr >= 31 && sgr <= 36 ? codes[sgr - 31] : "";
}

void text_add(struct text *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(t->dst + t->len, t->size - t->len, format, args);
	va_end(args);
	if (n > 0)
		t->len += (size_t)n < t->size - t->len ? (size_t)n : t->size - t->len - 1;
}

/* What is written now may be on the same terminal. */
static void take_progress_away(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

void say(const char *format, ...)
{
	if (say_json)
		return;
	take_progress_away();
	va_list args;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void complain(const char *command, const char *format, ...)
{
	va_list args;
	take_progress_away();
	va_start(args, format);
	fprintf(stderr, "glint%s%s: ", *command ? " " : "", command);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

void progress(const char *format, ...)
{
	uint64_t now = ble_posix_now();
	begun_us = begun_us ? begun_us : now;
	if (now < begun_us + PATIENCE_US || now < progress_us + PROGRESS_US ||
		!isatty(STDERR_FILENO))
		return;
	va_list args;
	va_start(args, format);
	fputs("\r\033[K", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	progress_us = now;
	progress_shown = true;
}

void progress_end(void)
{
	take_progress_away();
	begun_us = 0;
}

/* Octets of the well-formed, printable UTF-8 character at p; 0: it is not one. (RFC 3629) */
static size_t printable(const uint8_t *p, size_t left)
{
	if (p[0] >= 0x20 && p[0] < 0x7F)
		return 1;
	size_t n = p[0] >= 0xC2 && p[0] < 0xE0 ? 2
		: p[0] >= 0xE0 && p[0] < 0xF0  ? 3
		: p[0] >= 0xF0 && p[0] < 0xF5  ? 4
					       : 0;
	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	/* C1 controls, overlong forms, surrogates, beyond U+10FFFF */
	if ((p[0] == 0xC2 && p[1] < 0xA0) || (p[0] == 0xE0 && p[1] < 0xA0) ||
		(p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) ||
		(p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	/* separators of lines, marks that turn the direction of text: U+061C, U+2000..200F, U+2028..202F,
	 * U+2060..206F */
	bool general =
		p[0] == 0xE2 && p[1] == 0x80 && (p[2] < 0x90 || (p[2] >= 0xA8 && p[2] < 0xB0));
	bool more = p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xA0 && p[2] < 0xB0;
	if (general || more || (p[0] == 0xD8 && p[1] == 0x9C))
		return 0;
	return n;
}

const char *safe(char *dst, size_t size, const void *text, size_t len)
{
	const uint8_t *p = text;
	size_t out = 0;
	for (size_t i = 0; i < len;) {
		size_t n = printable(p + i, len - i);
		if (out + (n ? n : 1) >= size)
			break;
		if (n)
			memcpy(dst + out, p + i, n);
		else
			dst[out] = '?';
		out += n ? n : 1;
		i += n ? n : 1;
	}
	dst[out] = '\0';
	return dst;
}

void json_begin(const char *event)
{
	take_progress_away();
	printf("{\"event\":\"%s\"", event);
}

void json_number(const char *key, long value)
{
	printf(",\"%s\":%ld", key, value);
}

/* What safe() made: of the rest only two characters need care. */
void json_text(const char *key, const char *text)
{
	printf(",\"%s\":\"", key);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

void json_octets(const char *key, const void *data, size_t len)
{
	const uint8_t *p = data;
	printf(",\"%s\":\"", key);
	for (size_t i = 0; i < len; i++)
		printf("%02x", p[i]);
	putchar('"');
}

void json_end(void)
{
	puts("}");
}

const char *addr_text(char dst[ADDR_TEXT], const struct ble_addr *addr)
{
	const uint8_t *o = addr->octets;
	snprintf(dst, ADDR_TEXT, "%02X:%02X:%02X:%02X:%02X:%02X", o[5], o[4], o[3], o[2], o[1],
		o[0]);
	return dst;
}

const char *addr_type_text(const struct ble_addr *addr)
{
	return addr->type & 1 ? "random" : "public";
}

const char *phy_text(uint8_t phy)
{
	return phy == BLE_PHY_1M ? "1M" : phy == BLE_PHY_2M ? "2M" : phy == BLE_PHY_CODED ? "coded" : "?";
}

/* Two digits each, with colons between. */
bool addr_read(struct ble_addr *addr, const char *text)
{
	addr->type = 0;
	for (int i = 5; i >= 0; i--, text += 3) {
		unsigned octet;
		if (strspn(text, "0123456789abcdefABCDEF") != 2 || text[2] != (i ? ':' : '\0'))
			return false;
		sscanf(text, "%2x", &octet);
		addr->octets[i] = (uint8_t)octet;
	}
	return true;
}
