/* Dispatch of HCI commands: see cmd.h. Every command has exactly one answer (HCI-030, HCI-031). */
#include "ll/ctlr.h"

#include <string.h>

static const struct ll_cmds *const groups[] = { &ll_cmds_base, &ll_cmds_ctrl, &ll_cmds_adv,
	&ll_cmds_conn, &ll_cmds_link, &ll_cmds_crypt, &ll_cmds_resolve };

enum { WITH_CIPHER = 2 }; /* groups, the last ones */

static unsigned group_count(const struct ble_ctlr *c)
{
	unsigned all = sizeof groups / sizeof groups[0];
	return c->platform->crypto ? all : all - WITH_CIPHER;
}

const struct ll_cmd *ll_cmd_find(const struct ble_ctlr *c, uint16_t opcode)
{
	for (unsigned g = 0; g < group_count(c); g++)
		for (unsigned i = 0; i < groups[g]->count; i++)
			if (groups[g]->rows[i].opcode == opcode)
				return &groups[g]->rows[i];
	return NULL;
}

void ll_cmd_supported(const struct ble_ctlr *c, uint8_t mask[64])
{
	memset(mask, 0, 64);
	for (unsigned g = 0; g < group_count(c); g++)
		for (unsigned i = 0; i < groups[g]->count; i++)
			if (groups[g]->rows[i].supported != LL_CMD_UNLISTED)
				bit_set(mask, groups[g]->rows[i].supported);
}

static void answer_status(struct ble_ctlr *c, uint16_t opcode, uint8_t status)
{
	struct wr w;
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_COMMAND_STATUS, &w, 0);
	if (!e)
		return; /* ll_cmd_write() has looked */
	hci_evt_command_status_write(&w,
		&(struct hci_evt_command_status){
			.status = status,
			.num_hci_command_packets = c->num_commands,
			.command_opcode = opcode,
		});
	ll_evt_end(c, e, &w);
}

/*
 * A refusal is as long as a success: some hosts take nothing shorter. The handle, if any, is
 * echoed.
 */
static void pad(struct wr *w, size_t start, const struct ll_cmd *cmd, const struct rd *params)
{
	size_t want = start + cmd->ret;
	bool has_address = cmd->params == 7; /* in front of all else, with its type: no handle */
	bool has_handle = cmd->ret >= 3 && cmd->params >= 2 && params->left >= 2 && !has_address;
	w->len = start + 1;
	if (has_handle)
		wr_put(w, params->p, 2);
	if (want > w->len)
		wr_zero(w, want - w->len);
}

static void answer_complete(struct ble_ctlr *c, uint16_t opcode, const struct ll_cmd *cmd,
	uint8_t status, struct rd params)
{
	struct wr w;
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_COMMAND_COMPLETE, &w, 0);
	if (!e)
		return; /* ll_cmd_write() has looked */
	wr_u8(&w, c->num_commands);
	wr_le16(&w, opcode);
	size_t start = w.len;
	wr_u8(&w, status);
	struct rd r = params;
	if (!status)
		status = cmd->fn(c, &r, &w);
	w.p[start] = status;
	if (status && cmd && cmd->ret != LL_CMD_SILENT)
		pad(&w, start, cmd, &params);
	if (cmd && cmd->ret == LL_CMD_SILENT && !status)
		pool_put(&c->evt_pool, e);
	else
		ll_evt_end(c, e, &w);
}

static void carry_out(struct ble_ctlr *c, const struct hci_cmd_hdr *hdr, struct rd *r)
{
	const struct ll_cmd *cmd = ll_cmd_find(c, hdr->opcode);
	uint8_t status = HCI_ERR_SUCCESS;
	if (!cmd)
		status = HCI_ERR_UNKNOWN_COMMAND;
	else if (cmd->params != LL_CMD_ANY && cmd->params != r->left)
		status = HCI_ERR_INVALID_PARAMETERS;
	if (cmd && cmd->ret == LL_CMD_STATUS)
		answer_status(c, hdr->opcode, status ? status : cmd->fn(c, r, NULL));
	else
		answer_complete(c, hdr->opcode, cmd, status, *r);
}

int ll_cmd_write(struct ble_ctlr *c, const uint8_t *packet, size_t len)
{
	struct hci_cmd_hdr hdr;
	struct rd r = rd_of(packet, len);
	if (!hci_cmd_hdr_read(&r, &hdr) || r.left != hdr.parameter_total_length)
		return BLE_EBADPDU;
	if (!c->evt_pool.idle)
		return BLE_EBUSY;
	carry_out(c, &hdr, &r);
	return BLE_OK;
}
