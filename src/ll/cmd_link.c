/*
 * HCI commands about how a connection uses the air: the peer's request for other parameters, data length, PHY. Vol 4
 * Part E 7.8.31 to 7.8.35 and 7.8.46 to 7.8.49.
 */
#include "ll/ctlr.h"
#include "spec/hci_cmd_base.h"

enum {
	TX_OCTETS_MAX = LL_DATA_PAYLOAD_MAX,
	TX_TIME_MAX = 0x4290, /* us: 251 octets on LE Coded PHY, which a host may name whatever we have */
	NO_TX_PREFERENCE = 1,
	NO_RX_PREFERENCE = 2,
};

static bool is_length(uint16_t octets, uint16_t time_us)
{
	return octets >= LL_DATA_PAYLOAD_MIN && octets <= TX_OCTETS_MAX && time_us >= LL_DATA_TIME_MIN &&
		time_us <= TX_TIME_MAX;
}

static uint8_t param_reply(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_remote_connection_parameter_request_reply cmd;
	if (!hci_cmd_le_remote_connection_parameter_request_reply_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	if (cmd.min_ce_length > cmd.max_ce_length)
		return HCI_ERR_INVALID_PARAMETERS;
	wr_le16(w, k->handle);
	return llcp_conn_param_reply(c, k,
		&(struct llcp_params){ cmd.interval_min, cmd.interval_max, cmd.max_latency, cmd.timeout }, 0);
}

static uint8_t param_refuse(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_remote_connection_parameter_request_negative_reply cmd;
	if (!hci_cmd_le_remote_connection_parameter_request_negative_reply_read(r, &cmd) || !cmd.reason)
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	wr_le16(w, k->handle);
	return llcp_conn_param_reply(c, k, NULL, cmd.reason);
}

static uint8_t set_data_length(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_data_length cmd;
	if (!hci_cmd_le_set_data_length_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	if (!is_length(cmd.tx_octets, cmd.tx_time))
		return HCI_ERR_INVALID_PARAMETERS;
	wr_le16(w, k->handle);
	llcp_length_set(c, k, cmd.tx_octets, cmd.tx_time);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_suggested(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_le16(w, c->suggested_octets);
	wr_le16(w, c->suggested_time);
	return HCI_ERR_SUCCESS;
}

static uint8_t write_suggested(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_write_suggested_default_data_length cmd;
	(void)w;
	if (!hci_cmd_le_write_suggested_default_data_length_read(r, &cmd) ||
		!is_length(cmd.suggested_max_tx_octets, cmd.suggested_max_tx_time))
		return HCI_ERR_INVALID_PARAMETERS;
	c->suggested_octets = cmd.suggested_max_tx_octets;
	c->suggested_time = cmd.suggested_max_tx_time;
	return HCI_ERR_SUCCESS;
}

static uint8_t read_maximum(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_le16(w, c->acl_octets);
	wr_le16(w, (uint16_t)ll_airtime_us(LL_PHY_1M, c->acl_octets + LL_MIC_LEN));
	wr_le16(w, c->rx_octets);
	wr_le16(w, (uint16_t)ll_airtime_us(LL_PHY_1M, c->rx_octets + LL_MIC_LEN));
	return HCI_ERR_SUCCESS;
}

static uint8_t read_phy(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_handle cmd;
	struct ll_conn *k = hci_cmd_handle_read(r, &cmd) ? ll_conn_by_handle(c, cmd.connection_handle) : NULL;
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	wr_le16(w, k->handle);
	wr_u8(w, k->tx_phy);
	wr_u8(w, k->rx_phy);
	return HCI_ERR_SUCCESS;
}

/* What the host says of PHYs, in its place the masks that come of it. 7.8.48, 7.8.49 */
static uint8_t preferences(const struct ble_ctlr *c, uint8_t all_phys, uint8_t *tx, uint8_t *rx)
{
	uint8_t have = llcp_phys(c);
	*tx = all_phys & NO_TX_PREFERENCE ? have : *tx;
	*rx = all_phys & NO_RX_PREFERENCE ? have : *rx;
	if (!*tx || !*rx)
		return HCI_ERR_INVALID_PARAMETERS;
	return (*tx | *rx) & ~have || all_phys & ~(NO_TX_PREFERENCE | NO_RX_PREFERENCE) ? HCI_ERR_UNSUPPORTED_FEATURE
											 : HCI_ERR_SUCCESS;
}

static uint8_t set_default_phy(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_default_phy cmd;
	(void)w;
	if (!hci_cmd_le_set_default_phy_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	uint8_t status = preferences(c, cmd.all_phys, &cmd.tx_phys, &cmd.rx_phys);
	if (status)
		return status;
	c->default_tx_phys = cmd.tx_phys;
	c->default_rx_phys = cmd.rx_phys;
	c->prefers_phys = (cmd.all_phys & (NO_TX_PREFERENCE | NO_RX_PREFERENCE)) != (NO_TX_PREFERENCE | NO_RX_PREFERENCE);
	return HCI_ERR_SUCCESS;
}

/* PHY_options are about LE Coded PHY. */
static uint8_t set_phy(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_phy cmd;
	(void)w;
	if (!hci_cmd_le_set_phy_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	uint8_t status = preferences(c, cmd.all_phys, &cmd.tx_phys, &cmd.rx_phys);
	if (status)
		return status;
	if (k->llcp.phy.host_asks || k->llcp.phy.asked_by_host)
		return HCI_ERR_COMMAND_DISALLOWED;
	k->llcp.phy.tx = cmd.tx_phys;
	k->llcp.phy.rx = cmd.rx_phys;
	k->llcp.phy.host_asks = true;
	llcp_want(c, k, LLCP_PHY);
	return HCI_ERR_SUCCESS;
}

static const struct ll_cmd rows[] = {
	LL_CMD(LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY, 14, 3, param_reply),
	LL_CMD(LE_REMOTE_CONNECTION_PARAMETER_REQUEST_NEGATIVE_REPLY, 3, 3, param_refuse),
	LL_CMD(LE_SET_DATA_LENGTH, 6, 3, set_data_length),
	LL_CMD(LE_READ_SUGGESTED_DEFAULT_DATA_LENGTH, 0, 5, read_suggested),
	LL_CMD(LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH, 4, 1, write_suggested),
	LL_CMD(LE_READ_MAXIMUM_DATA_LENGTH, 0, 9, read_maximum),
	LL_CMD(LE_READ_PHY, 2, 5, read_phy),
	LL_CMD(LE_SET_DEFAULT_PHY, 3, 1, set_default_phy),
	LL_CMD(LE_SET_PHY, 7, LL_CMD_STATUS, set_phy),
};
const struct ll_cmds ll_cmds_link = { rows, sizeof rows / sizeof rows[0] };
