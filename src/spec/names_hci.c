/*
 * Names of HCI commands and events. Texts come from the lists; names.h has the contract.
 */
#include "spec/names.h"

#include <stddef.h>

const char *hci_cmd_name(uint16_t opcode)
{
	switch (opcode) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/hci_opcodes.def"
#undef X
	}
	return NULL;
}

const char *hci_evt_name(uint8_t event_code)
{
	switch (event_code) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/hci_events.def"
#undef X
	}
	return NULL;
}

const char *hci_le_evt_name(uint8_t subevent_code)
{
	switch (subevent_code) {
#define X(name, num, text) \
	case num:          \
		return text;
#include "spec/le_subevents.def"
#undef X
	}
	return NULL;
}
