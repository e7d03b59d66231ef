/*
 * Texts of errors and sentences of faults, without stdio. An object of its own: who prints nothing does not link it.
 */
#include <ble/err.h>

#include <string.h>

#include "spec/names.h"

const char *ble_strerror(int err)
{
	const char *name = BLE_IS_EATT(err) ? att_err_name(BLE_ATT_CODE(err)) :
		BLE_IS_EHCI(err)            ? hci_err_name(BLE_HCI_CODE(err)) :
					      NULL;
	if (name)
		return name;
	switch (err) {
	case 0:
		return "success";
#define TEXT(name, num, text) \
	case BLE_E##name:     \
		return text;
		BLE_ERR_MAP(TEXT)
#undef TEXT
	default:
		return "unknown error";
	}
}

/* A sentence under way: what does not fit is counted, too. */
struct sentence {
	char *dst;
	size_t size, len;
};

static void put(struct sentence *s, const char *text)
{
	for (; *text; text++, s->len++)
		if (s->len + 1 < s->size)
			s->dst[s->len] = *text;
}

static void put_number(struct sentence *s, int32_t value)
{
	char digits[12];
	char *p = digits + sizeof digits - 1;
	uint32_t v = value < 0 ? -(uint32_t)value : (uint32_t)value;
	*p = '\0';
	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	if (value < 0)
		*--p = '-';
	put(s, p);
}

static void put_limits(struct sentence *s, const struct ble_fault *f)
{
	put_number(s, f->value);
	if (f->max == INT32_MAX) {
		put(s, " is too little, ");
		put_number(s, f->min);
		put(s, " needed");
	} else if (f->max == f->min) {
		put(s, " is not ");
		put_number(s, f->min);
	} else {
		put(s, " is outside ");
		put_number(s, f->min);
		put(s, "..");
		put_number(s, f->max);
	}
}

size_t ble_fault_text(const struct ble_fault *f, char *dst, size_t size)
{
	struct sentence s = { dst, size, 0 };
	if (f->subject) {
		put(&s, f->subject);
		put(&s, ": ");
	}
	if (f->text) {
		put(&s, "\"");
		put(&s, f->text);
		put(&s, "\": ");
	}
	/* Zeros throughout are the blank limits of a fault that has none. */
	bool limits = f->max >= f->min && (f->max || f->min || f->value);
	if (limits)
		put_limits(&s, f);
	else if (f->value)
		put_number(&s, f->value);
	if (limits ? f->hint != NULL : f->value != 0)
		put(&s, "; ");
	if (f->hint)
		put(&s, f->hint);
	else if (!limits)
		put(&s, ble_strerror(f->err));
	if (size)
		dst[s.len < size ? s.len : size - 1] = '\0';
	return s.len;
}
