/*
 * Names of PDUs on the air and of link layer features. Texts come from the lists; names.h has the
 * contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *ll_adv_pdu_name(uint8_t pdu_type)
{
	switch (pdu_type) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/adv_pdu_types.def"
#undef X
	}
	return NULL;
}

const char *llcp_name(uint8_t opcode)
{
	switch (opcode) {
#define X(name, num, len, text) \
	case num:               \
		return text;
#include "spec/llcp_opcodes.def"
#undef X
	}
	return NULL;
}

const char *le_feature_name(uint8_t bit)
{
	switch (bit) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/le_features.def"
#undef X
	}
	return NULL;
}
