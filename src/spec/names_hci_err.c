/*
 * Names of the error codes that HCI and the air share. Texts come from the lists; names.h has the
 * contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *hci_err_name(uint8_t error_code)
{
	switch (error_code) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/hci_errors.def"
#undef X
	}
	return NULL;
}
