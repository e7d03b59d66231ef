/*
 * HCI commands that need a cipher: Vol 4 Part E 7.8.22, 7.8.24 to 7.8.26. A platform without one has none of them
 * (cmd.c).
 */
#include "ll/ctlr.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_ctrl.h"

static uint8_t encrypt(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_encrypt cmd;
	if (!hci_cmd_le_encrypt_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	uint8_t *out = wr_room(w, 16);
	int err = crypto_e(c->platform->crypto, cmd.key, cmd.plaintext_data, out);
	crypto_wipe(&cmd, sizeof cmd);
	return err ? HCI_ERR_HARDWARE_FAILURE : HCI_ERR_SUCCESS;
}

static uint8_t enable_encryption(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_enable_encryption cmd;
	(void)w;
	if (!hci_cmd_le_enable_encryption_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	uint8_t status = k ? llcp_encryption_ask(c, k, &cmd) : HCI_ERR_UNKNOWN_CONNECTION;
	crypto_wipe(&cmd, sizeof cmd);
	return status;
}

static uint8_t key_reply(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_long_term_key_request_reply cmd;
	if (!hci_cmd_le_long_term_key_request_reply_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	wr_le16(w, cmd.connection_handle);
	uint8_t status = k ? llcp_encryption_reply(c, k, cmd.long_term_key) : HCI_ERR_UNKNOWN_CONNECTION;
	crypto_wipe(&cmd, sizeof cmd);
	return status;
}

static uint8_t key_refuse(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_handle cmd;
	if (!hci_cmd_handle_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	wr_le16(w, cmd.connection_handle);
	return k ? llcp_encryption_reply(c, k, NULL) : HCI_ERR_UNKNOWN_CONNECTION;
}

static const struct ll_cmd rows[] = {
	LL_CMD(LE_ENCRYPT, 32, 17, encrypt),
	LL_CMD(LE_ENABLE_ENCRYPTION, 28, LL_CMD_STATUS, enable_encryption),
	LL_CMD(LE_LONG_TERM_KEY_REQUEST_REPLY, 18, 3, key_reply),
	LL_CMD(LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY, 2, 3, key_refuse),
};
const struct ll_cmds ll_cmds_crypt = { rows, sizeof rows / sizeof rows[0] };
