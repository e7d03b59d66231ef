/*
 * The codecs of hci_cmd_le_enc.h: fields in the order of the Core Specification, nothing decided here.
 */
#include "spec/hci_cmd_le_enc.h"

#include "spec/hci_codes.h"

bool hci_cmd_le_enable_encryption_read(struct rd *r, struct hci_cmd_le_enable_encryption *out)
{
	out->connection_handle = rd_le16(r);
	out->random_number = rd_le64(r);
	out->encrypted_diversifier = rd_le16(r);
	rd_copy(r, out->long_term_key, 16);
	return rd_done(r);
}

void hci_cmd_le_enable_encryption_write(struct wr *w, const struct hci_cmd_le_enable_encryption *in)
{
	wr_le16(w, in->connection_handle);
	wr_le64(w, in->random_number);
	wr_le16(w, in->encrypted_diversifier);
	wr_put(w, in->long_term_key, 16);
}

bool hci_cmd_le_long_term_key_request_reply_read(
	struct rd *r, struct hci_cmd_le_long_term_key_request_reply *out)
{
	out->connection_handle = rd_le16(r);
	rd_copy(r, out->long_term_key, 16);
	return rd_done(r);
}

void hci_cmd_le_long_term_key_request_reply_write(
	struct wr *w, const struct hci_cmd_le_long_term_key_request_reply *in)
{
	wr_le16(w, in->connection_handle);
	wr_put(w, in->long_term_key, 16);
}

bool hci_le_long_term_key_request_read(struct rd *r, struct hci_le_long_term_key_request *out)
{
	out->connection_handle = rd_le16(r);
	out->random_number = rd_le64(r);
	out->encrypted_diversifier = rd_le16(r);
	return rd_done(r);
}

void hci_le_long_term_key_request_write(struct wr *w, const struct hci_le_long_term_key_request *in)
{
	wr_u8(w, HCI_LE_EVT_LONG_TERM_KEY_REQUEST);
	wr_le16(w, in->connection_handle);
	wr_le64(w, in->random_number);
	wr_le16(w, in->encrypted_diversifier);
}
