/*
 * The numbers of HCI as enums, made from the lists. No code and no text: names.h has the printers,
 * in objects of their own, so that an image that prints nothing carries no names.
 */
#ifndef GLINT_SPEC_HCI_CODES_H
#define GLINT_SPEC_HCI_CODES_H

#include <stdint.h>

/* First octet of a packet on a UART or socket: Vol 4 Part A 2 */
enum hci_h4 {
	HCI_H4_COMMAND = 1,
	HCI_H4_ACL = 2,
	HCI_H4_SYNCHRONOUS = 3,
	HCI_H4_EVENT = 4,
	HCI_H4_ISO = 5,
};

enum hci_cmd {
#define X(name, num, text) HCI_CMD_##name = num,
#include "spec/hci_opcodes.def"
#undef X
};

enum hci_evt {
#define X(name, num, text) HCI_EVT_##name = num,
#include "spec/hci_events.def"
#undef X
};

enum hci_le_evt {
#define X(name, num, text) HCI_LE_EVT_##name = num,
#include "spec/le_subevents.def"
#undef X
};

/* Also the reasons of Disconnect and LL_TERMINATE_IND. */
enum hci_err {
#define X(name, num, text) HCI_ERR_##name = num,
#include "spec/hci_errors.def"
#undef X
};

/* Bit numbers in Read Local Supported Commands: octet * 8 + bit */
enum hci_supported {
#define X(name, octet, bit) HCI_SUPPORTED_##name = (octet)*8 + (bit),
#include "spec/supported_commands.def"
#undef X
};

/* Bit numbers in the LE FeatureSet */
enum le_feature {
#define X(name, bit, text) LE_FEATURE_##name = bit,
#include "spec/le_features.def"
#undef X
};
#define LE_FEATURE_MASK(name) (UINT64_C(1) << LE_FEATURE_##name)

/* The LMP features that an LE controller speaks of, as bit numbers: Vol 2 Part C 3.3 */
enum lmp_feature {
	LMP_FEATURE_BR_EDR_NOT_SUPPORTED = 37,
	LMP_FEATURE_LE_SUPPORTED = 38,
};

/*
 * Bits of the event mask: Vol 4 Part E 7.3.1; of LE events the bit is the subevent code less one.
 */
#define HCI_EVENT_MASK_DEFAULT                              UINT64_C(0x00001FFFFFFFFFFF)
#define HCI_EVENT_MASK(evt)                                 (UINT64_C(1) << ((evt)-1))
#define HCI_LE_EVENT_MASK_DEFAULT                           UINT64_C(0x1F)
#define HCI_LE_EVENT_MASK(subevent)                         (UINT64_C(1) << ((subevent)-1))
#define HCI_EVENT_MASK_PAGE_2_AUTHENTICATED_PAYLOAD_TIMEOUT (UINT64_C(1) << 23)

#define HCI_HANDLE_MASK                                     0x0FFFu /* 12 bits */
#define HCI_HANDLE_MAX                                      0x0EFFu

/* Address types that a command or event carries */
enum hci_address_type {
	HCI_ADDRESS_PUBLIC = 0,
	HCI_ADDRESS_RANDOM = 1,
	HCI_ADDRESS_PUBLIC_IDENTITY = 2,
	HCI_ADDRESS_RANDOM_IDENTITY = 3,
};

/* Advertising_Type of LE Set Advertising Parameters: Vol 4 Part E 7.8.5 */
enum hci_adv_type {
	HCI_ADV_IND = 0,
	HCI_ADV_DIRECT_IND_HIGH = 1,
	HCI_ADV_SCAN_IND = 2,
	HCI_ADV_NONCONN_IND = 3,
	HCI_ADV_DIRECT_IND_LOW = 4,
};

/* Event_Type of LE Advertising Report: Vol 4 Part E 7.7.65.2 */
enum hci_adv_report_type {
	HCI_REPORT_ADV_IND = 0,
	HCI_REPORT_ADV_DIRECT_IND = 1,
	HCI_REPORT_ADV_SCAN_IND = 2,
	HCI_REPORT_ADV_NONCONN_IND = 3,
	HCI_REPORT_SCAN_RSP = 4,
};

enum hci_role {
	HCI_ROLE_CENTRAL = 0,
	HCI_ROLE_PERIPHERAL = 1,
};

#define HCI_RSSI_UNAVAILABLE 127

#endif
