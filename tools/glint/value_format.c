/*
 * The Characteristic Presentation Format (Vol 3 Part G 3.3.3.5): seven octets that say what a value's
 * octets mean. Units are the common ones of Assigned Numbers 3.5; one that is not here is shown by
 * its number.
 */
#include "value.h"

#include "base/le.h"

#include <stdio.h>
#include <string.h>

enum { FORMAT_SIZE = 7, UNITLESS = 0x2700 };

static const struct {
	uint16_t uuid;
	const char *text;
} units[] = {
	{ 0x2701, "m" },
	{ 0x2702, "kg" },
	{ 0x2703, "s" },
	{ 0x2704, "A" },
	{ 0x2705, "K" },
	{ 0x2706, "mol" },
	{ 0x2707, "cd" },
	{ 0x2710, "m²" },
	{ 0x2711, "m³" },
	{ 0x2712, "m/s" },
	{ 0x2713, "m/s²" },
	{ 0x2722, "Hz" },
	{ 0x2723, "N" },
	{ 0x2724, "Pa" },
	{ 0x2725, "J" },
	{ 0x2726, "W" },
	{ 0x2727, "C" },
	{ 0x2728, "V" },
	{ 0x2729, "F" },
	{ 0x272A, "Ω" },
	{ 0x272B, "S" },
	{ 0x272D, "T" },
	{ 0x272E, "H" },
	{ 0x272F, "°C" },
	{ 0x2730, "lm" },
	{ 0x2731, "lx" },
	{ 0x2732, "Bq" },
	{ 0x2733, "Gy" },
	{ 0x2734, "Sv" },
	{ 0x2760, "min" },
	{ 0x2761, "h" },
	{ 0x2762, "d" },
	{ 0x2763, "°" },
	{ 0x2767, "l" },
	{ 0x2780, "bar" },
	{ 0x2781, "mmHg" },
	{ 0x27A2, "in" },
	{ 0x27A3, "ft" },
	{ 0x27A4, "mi" },
	{ 0x27A5, "psi" },
	{ 0x27A6, "km/h" },
	{ 0x27A7, "mph" },
	{ 0x27A8, "rpm" },
	{ 0x27AB, "kWh" },
	{ 0x27AC, "°F" },
	{ 0x27AD, "%" },
	{ 0x27AE, "‰" },
	{ 0x27AF, "bpm" },
	{ 0x27B0, "Ah" },
	{ 0x27B8, "lb" },
	{ 0x27C3, "dB" },
	{ 0x27C4, "ppm" },
	{ 0x27C5, "ppb" },
};
enum { UNITS = sizeof units / sizeof *units };

const char *unit_text(uint16_t unit)
{
	for (size_t i = 0; i < UNITS; i++)
		if (units[i].uuid == unit)
			return units[i].text;
	return unit == UNIT_DBM ? "dBm" : "";
}

bool format_read(struct value_format *format, const void *data, size_t len)
{
	const uint8_t *p = data;
	if (len != FORMAT_SIZE)
		return false;
	format->code = p[0];
	format->exponent = (int8_t)p[1];
	format->unit = le16_get(p + 2);
	return true;
}

bool format_show(
	char dst[VALUE_TEXT], const struct value_format *format, const void *data, size_t len)
{
	const struct value_type *type = type_of(format->code);
	const char *unit = unit_text(format->unit);
	if (!type || !type_show(dst, type, format->exponent, data, len))
		return false;
	size_t n = strlen(dst);
	if (*unit)
		snprintf(dst + n, VALUE_TEXT - n, " %s", unit);
	else if (format->unit && format->unit != UNITLESS)
		snprintf(dst + n, VALUE_TEXT - n, " (unit 0x%04X)", format->unit);
	return true;
}

const char *format_title(char dst[VALUE_TEXT], const struct value_format *format)
{
	const struct value_type *type = type_of(format->code);
	const char *unit = unit_text(format->unit);
	char exponent[24] = "", code[24];
	snprintf(code, sizeof code, "format 0x%02X", format->code);
	if (format->exponent)
		snprintf(exponent, sizeof exponent, ", x 10^%d", format->exponent);
	snprintf(dst, VALUE_TEXT, "%s%s%s%s", type ? type->word : code, exponent, *unit ? ", " : "",
		unit);
	return dst;
}
