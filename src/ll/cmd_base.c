/*
 * HCI commands that are not LE's own: baseband, flow control, what we are. Vol 4 Part E 7.3, 7.4.
 */
#include "ll/ctlr.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_ctrl.h"

#include <string.h>

static uint8_t set_event_mask(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_set_event_mask cmd;
	(void)w;
	if (!hci_cmd_set_event_mask_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	c->event_mask = cmd.event_mask;
	return HCI_ERR_SUCCESS;
}

static uint8_t set_event_mask_page_2(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_set_event_mask cmd;
	(void)w;
	if (!hci_cmd_set_event_mask_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	c->page_2_mask = cmd.event_mask;
	return HCI_ERR_SUCCESS;
}

static uint8_t reset(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r, (void)w;
	ll_reset(c);
	return HCI_ERR_SUCCESS;
}

static uint8_t set_flow_control(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_set_controller_to_host_flow_control cmd;
	(void)w;
	if (!hci_cmd_set_controller_to_host_flow_control_read(r, &cmd) ||
		cmd.flow_control_enable > 3)
		return HCI_ERR_INVALID_PARAMETERS;
	for (unsigned i = 0; i < c->conn_count; i++)
		if (c->conns[i].state == LL_CONN_OPEN)
			return HCI_ERR_COMMAND_DISALLOWED; /* 7.3.38: not while there are connections */
	c->out.flow_control = cmd.flow_control_enable & 1;
	c->out.credits = c->out.host_packets;
	return HCI_ERR_SUCCESS;
}

static uint8_t host_buffer_size(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_host_buffer_size cmd;
	(void)w;
	if (!hci_cmd_host_buffer_size_read(r, &cmd) || !cmd.host_total_num_acl_data_packets ||
		cmd.host_acl_data_packet_length < LL_DATA_PAYLOAD_MIN)
		return HCI_ERR_INVALID_PARAMETERS;
	c->out.host_packets = cmd.host_total_num_acl_data_packets;
	c->out.credits = cmd.host_total_num_acl_data_packets;
	return HCI_ERR_SUCCESS;
}

static void give_back(struct ble_ctlr *c, const struct hci_completed *done)
{
	struct ll_conn *k = ll_conn_by_handle(c, done->connection_handle);
	uint16_t n = done->num_completed_packets;
	if (!k || n > k->host_has) {
		c->host_faults++; /* more than it got, or of a connection that is gone */
		n = k ? k->host_has : 0;
	}
	if (!n)
		return;
	k->host_has = (uint16_t)(k->host_has - n);
	ll_out_credit(c, n);
}

static uint8_t host_completed(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_completed_packets cmd;
	(void)w;
	if (!hci_completed_packets_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	for (uint8_t i = 0; i < cmd.num_handles; i++) {
		struct hci_completed done = hci_completed_at(&cmd, i);
		give_back(c, &done);
	}
	return HCI_ERR_SUCCESS;
}

static uint8_t read_le_host(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_put(w, c->le_host, sizeof c->le_host);
	return HCI_ERR_SUCCESS;
}

static uint8_t write_le_host(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_write_le_host_support cmd;
	(void)w;
	if (!hci_cmd_write_le_host_support_read(r, &cmd) || cmd.le_supported_host > 1)
		return HCI_ERR_INVALID_PARAMETERS;
	c->le_host[0] = cmd.le_supported_host;
	return HCI_ERR_SUCCESS;
}

static uint8_t read_version(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)c, (void)r;
	wr_u8(w, LL_VERSION);
	wr_le16(w, LL_SUBVERSION);
	wr_u8(w, LL_VERSION);
	wr_le16(w, LL_COMPANY);
	wr_le16(w, LL_SUBVERSION);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_commands(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	uint8_t *mask = wr_room(w, 64);
	if (mask)
		ll_cmd_supported(c, mask);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_features(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)c, (void)r;
	wr_le64(w,
		UINT64_C(1) << LMP_FEATURE_BR_EDR_NOT_SUPPORTED |
			UINT64_C(1) << LMP_FEATURE_LE_SUPPORTED);
	return HCI_ERR_SUCCESS;
}

/*
 * For hosts that ask here first: the same buffers as LE Read Buffer Size, as there is no BR/EDR to
 * share with.
 */
static uint8_t read_buffer_size(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_le16(w, c->acl_octets);
	wr_u8(w, 0);
	wr_le16(w, c->acl_pool.total);
	wr_le16(w, 0);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_bd_addr(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_put(w, c->public_address, 6);
	return HCI_ERR_SUCCESS;
}

static uint8_t write_bd_addr(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_vs_write_bd_addr cmd;
	(void)w;
	if (!hci_cmd_vs_write_bd_addr_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	memcpy(c->public_address, cmd.bd_addr, 6);
	return HCI_ERR_SUCCESS;
}

static const struct ll_cmd rows[] = {
	LL_CMD(SET_EVENT_MASK, 8, 1, set_event_mask),
	LL_CMD(RESET, 0, 1, reset),
	LL_CMD(SET_CONTROLLER_TO_HOST_FLOW_CONTROL, 1, 1, set_flow_control),
	LL_CMD(HOST_BUFFER_SIZE, 7, 1, host_buffer_size),
	LL_CMD(HOST_NUMBER_OF_COMPLETED_PACKETS, LL_CMD_ANY, LL_CMD_SILENT, host_completed),
	LL_CMD(SET_EVENT_MASK_PAGE_2, 8, 1, set_event_mask_page_2),
	LL_CMD(READ_LE_HOST_SUPPORT, 0, 3, read_le_host),
	LL_CMD(WRITE_LE_HOST_SUPPORT, 2, 1, write_le_host),
	LL_CMD(READ_LOCAL_VERSION_INFORMATION, 0, 9, read_version),
	LL_CMD_NO_BIT(READ_LOCAL_SUPPORTED_COMMANDS, 0, 65, read_commands),
	LL_CMD(READ_LOCAL_SUPPORTED_FEATURES, 0, 9, read_features),
	LL_CMD(READ_BUFFER_SIZE, 0, 8, read_buffer_size),
	LL_CMD(READ_BD_ADDR, 0, 7, read_bd_addr),
	LL_CMD_NO_BIT(VS_WRITE_BD_ADDR, 6, 1, write_bd_addr),
};
const struct ll_cmds ll_cmds_base = { rows, sizeof rows / sizeof rows[0] };
