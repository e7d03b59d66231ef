/*
 * Names of assigned 16-bit UUIDs. Texts come from the lists; names.h has the contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *uuid16_name(uint16_t uuid)
{
	switch (uuid) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/uuids16.def"
#undef X
	}
	return NULL;
}
