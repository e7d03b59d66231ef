/*
 * HCI commands and the event of LE encryption, as a host gives and gets them (Vol 4 Part E 7.8.24 to 7.8.26, 7.7.65.5).
 * Long Term Key Request Reply and its negative answer with hci_ret_handle (hci_cmd_base.h); the negative one has only a
 * handle: hci_cmd_handle.
 */
#ifndef GLINT_SPEC_HCI_CMD_LE_ENC_H
#define GLINT_SPEC_HCI_CMD_LE_ENC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

/* 7.8.24 */
struct hci_cmd_le_enable_encryption {
	uint16_t connection_handle;
	uint64_t random_number;
	uint16_t encrypted_diversifier;
	uint8_t long_term_key[16]; /* least significant octet first */
};
bool hci_cmd_le_enable_encryption_read(struct rd *r, struct hci_cmd_le_enable_encryption *out);
void hci_cmd_le_enable_encryption_write(struct wr *w, const struct hci_cmd_le_enable_encryption *in);

/* 7.8.25 */
struct hci_cmd_le_long_term_key_request_reply {
	uint16_t connection_handle;
	uint8_t long_term_key[16];
};
bool hci_cmd_le_long_term_key_request_reply_read(
	struct rd *r, struct hci_cmd_le_long_term_key_request_reply *out);
void hci_cmd_le_long_term_key_request_reply_write(
	struct wr *w, const struct hci_cmd_le_long_term_key_request_reply *in);

/* 7.7.65.5; as in hci_evt_le.h _read is behind the subevent code, and _write puts it */
struct hci_le_long_term_key_request {
	uint16_t connection_handle;
	uint64_t random_number;
	uint16_t encrypted_diversifier;
};
bool hci_le_long_term_key_request_read(struct rd *r, struct hci_le_long_term_key_request *out);
void hci_le_long_term_key_request_write(struct wr *w, const struct hci_le_long_term_key_request *in);

#endif
