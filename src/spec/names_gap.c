/*
 * Names of what advertising carries. Texts come from the lists; names.h has the contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *ad_type_name(uint8_t type)
{
	switch (type) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/ad_types.def"
#undef X
	}
	return NULL;
}

const char *appearance_name(uint16_t appearance)
{
	switch (appearance & ~0x3F) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/appearances.def"
#undef X
	}
	return NULL;
}

const char *company_name(uint16_t company)
{
	switch (company) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/companies.def"
#undef X
	}
	return NULL;
}
