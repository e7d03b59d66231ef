/*
 * Names of L2CAP signalling commands. Texts come from the lists; names.h has the contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *l2cap_code_name(uint8_t code)
{
	switch (code) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/l2cap_codes.def"
#undef X
	}
	return NULL;
}
