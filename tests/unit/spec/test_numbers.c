/*
 * The lists against numbers.golden, which is tshark's and Bumble's idea of the same numbers. Names
 * differ in wording, so a name agrees when half of its words are the other's. What only one of the
 * two names is not compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "spec/ad.h"
#include "spec/att_codes.h"
#include "spec/gap_codes.h"
#include "spec/hci_codes.h"
#include "spec/names.h"

#define BYTE_NAME(fn)                           \
	static const char *fn##_any(unsigned n) \
	{                                       \
		return fn((uint8_t)n);          \
	}
BYTE_NAME(hci_evt_name)
BYTE_NAME(hci_le_evt_name)
BYTE_NAME(hci_err_name)
BYTE_NAME(att_opcode_name)
BYTE_NAME(att_err_name)
BYTE_NAME(ad_type_name)
BYTE_NAME(llcp_name)
BYTE_NAME(l2cap_code_name)
BYTE_NAME(smp_code_name)
BYTE_NAME(smp_reason_name)

static const char *hci_cmd_any(unsigned n)
{
	return hci_cmd_name((uint16_t)n);
}

static const char *uuid16_any(unsigned n)
{
	return uuid16_name((uint16_t)n);
}

static struct {
	const char *family;
	const char *(*name)(unsigned number);
	unsigned expected,
		agreed; /* at least so many comparisons, so that the test cannot be empty */
} families[] = {
	{ "hci_cmd", hci_cmd_any, 110, 0 },
	{ "hci_evt", hci_evt_name_any, 11, 0 },
	{ "hci_le_evt", hci_le_evt_name_any, 35, 0 },
	{ "hci_err", hci_err_name_any, 60, 0 },
	{ "att_opcode", att_opcode_name_any, 28, 0 },
	{ "att_err", att_err_name_any, 19, 0 },
	{ "uuid16", uuid16_any, 150, 0 },
	{ "ad_type", ad_type_name_any, 40, 0 },
	{ "llcp", llcp_name_any, 38, 0 },
	{ "l2cap_code", l2cap_code_name_any, 6, 0 },
	{ "smp_code", smp_code_name_any, 14, 0 },
	{ "smp_reason", smp_reason_name_any, 14, 0 },
};

static bool has_word(const char *text, const char *word, size_t n)
{
	for (; *text; text++)
		if (!strncasecmp(text, word, n))
			return true;
	return false;
}

static bool agree(const char *ours, const char *theirs)
{
	unsigned words = 0, shared = 0;
	for (const char *p = ours; *p;) {
		size_t n = strcspn(p, " _-/()[]");
		if (n) {
			words++;
			shared += has_word(theirs, p, n);
		}
		p += n + (p[n] != '\0');
	}
	return shared * 2 >= words;
}

static uint16_t supported_opcode[64 * 8];

static void compare(const char *family, unsigned number, const char *theirs)
{
	if (!strcmp(family, "supported")) {
		if (supported_opcode[number])
			assert_int_equal(supported_opcode[number], strtoul(theirs, NULL, 10));
		return;
	}
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (strcmp(families[i].family, family) != 0)
			continue;
		if (families[i].name == ad_type_name_any && number == AD_NAME_COMPLETE)
			theirs = "Complete Local Name"; /* tshark says Device Name */
		const char *ours = families[i].name(number);
		if (ours && !agree(ours, theirs))
			fail_msg("%s 0x%x: ours \"%s\", theirs \"%s\"", family, number, ours,
				theirs);
		families[i].agreed += ours != NULL;
	}
}

static void test_numbers(void **state)
{
	(void)state;
#define X(name, octet, bit) supported_opcode[(octet)*8 + (bit)] = HCI_CMD_##name;
#include "spec/supported_commands.def"
#undef X
	FILE *f = fopen("tests/golden/numbers.golden", "r");
	assert_non_null(f);
	char line[200], family[20], name[170];
	unsigned number;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%19s %u %169[^\n]", family, &number, name) == 3)
			compare(family, number, name);
	fclose(f);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (families[i].agreed < families[i].expected)
			fail_msg("%s: only %u compared", families[i].family, families[i].agreed);
}

/* Strictly rising numbers: no two names for one, and whoever bisects a list may. */
static void test_order(void **state)
{
	(void)state;
	long last;
#define X(name, num, text)               \
	assert_true((long)(num) > last); \
	last = (num);
#define RISING last = -1;
	RISING
#include "spec/hci_opcodes.def"
	RISING
#include "spec/hci_events.def"
	RISING
#include "spec/le_subevents.def"
	RISING
#include "spec/hci_errors.def"
	RISING
#include "spec/att_opcodes.def"
	RISING
#include "spec/att_errors.def"
	RISING
#include "spec/ad_types.def"
	RISING
#include "spec/le_features.def"
	RISING
#include "spec/adv_pdu_types.def"
	RISING
#include "spec/l2cap_codes.def"
	RISING
#include "spec/appearances.def"
	RISING
#include "spec/companies.def"
#undef X
}

static void test_unknown(void **state)
{
	(void)state;
	assert_null(hci_cmd_name(0xFFFF));
	assert_null(hci_evt_name(0));
	assert_null(hci_err_name(0xFF));
	assert_null(att_opcode_name(0xFF));
	assert_null(att_err_name(0xA0));
	assert_string_equal(att_err_name(0x9F), "Application Error");
	assert_null(uuid16_name(0));
	assert_string_equal(appearance_name(0x03C1), "Generic Human Interface Device");
	assert_string_equal(company_name(0x0059), "Nordic Semiconductor ASA");
	assert_string_equal(ll_adv_pdu_name(5), "CONNECT_IND");
	assert_string_equal(le_feature_name(LE_FEATURE_PHY_2M), "LE 2M PHY");
	assert_null(le_feature_name(63));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
