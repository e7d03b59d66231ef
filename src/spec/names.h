/*
 * What a number is called, for people: made from the lists, one object for each family (names_*.c),
 * so that a program links the texts it prints and no others. All return a constant string, or NULL
 * for a number without a name.
 */
#ifndef GLINT_SPEC_NAMES_H
#define GLINT_SPEC_NAMES_H

#include <stdint.h>

/* names_hci.c */
const char *hci_cmd_name(uint16_t opcode);
const char *hci_evt_name(uint8_t event_code);
const char *hci_le_evt_name(uint8_t subevent_code);
/* names_hci_err.c */
const char *hci_err_name(
	uint8_t error_code); /* status, reason of a disconnection, error on the air */
/* names_att.c */
const char *att_opcode_name(uint8_t opcode);
const char *att_err_name(uint8_t error_code); /* "Application Error" for 0x80 to 0x9F */
/* names_uuid.c */
const char *uuid16_name(uint16_t uuid);
/* names_gap.c */
const char *ad_type_name(uint8_t type);
const char *appearance_name(uint16_t appearance); /* of its category */
const char *company_name(uint16_t company);
/* names_ll.c */
const char *ll_adv_pdu_name(uint8_t pdu_type);
const char *llcp_name(uint8_t opcode);
const char *le_feature_name(uint8_t bit);
/* names_l2cap.c */
const char *l2cap_code_name(uint8_t code);
/* names_smp.c */
const char *smp_code_name(uint8_t code);
const char *smp_reason_name(uint8_t reason); /* why pairing failed */

#endif
