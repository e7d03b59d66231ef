/*
 * Names of Security Manager commands and of the reasons why pairing failed. Texts come from the lists; names.h has the
 * contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *smp_code_name(uint8_t code)
{
	switch (code) {
#define X(name, num, octets, text) \
	case num:                  \
		return text;
#include "spec/smp_codes.def"
#undef X
	}
	return NULL;
}

const char *smp_reason_name(uint8_t reason)
{
	switch (reason) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/smp_reasons.def"
#undef X
	}
	return NULL;
}
