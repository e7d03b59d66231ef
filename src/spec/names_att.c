/*
 * Names of ATT PDUs and errors. Texts come from the lists; names.h has the contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *att_opcode_name(uint8_t opcode)
{
	switch (opcode) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/att_opcodes.def"
#undef X
	}
	return NULL;
}

const char *att_err_name(uint8_t error_code)
{
	switch (error_code) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/att_errors.def"
#undef X
	}
	if (error_code >= 0x80 && error_code <= 0x9F)
		return "Application Error";
	return NULL;
}
