/* HCI commands that make, change, ask about and end connections: Vol 4 Part E 7.1, 7.5, 7.8. */
#include "ll/ctlr.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_ctrl.h"

#include <string.h>

static struct ll_conn *conn_of(struct ble_ctlr *c, struct rd *r)
{
	struct hci_cmd_handle cmd;
	return hci_cmd_handle_read(r, &cmd) ? ll_conn_by_handle(c, cmd.connection_handle) : NULL;
}

static bool is_reason(uint8_t reason) /* 7.1.6 */
{
	switch (reason) {
	case HCI_ERR_AUTHENTICATION_FAILURE:
	case HCI_ERR_REMOTE_USER_TERMINATED:
	case HCI_ERR_REMOTE_LOW_RESOURCES:
	case HCI_ERR_REMOTE_POWER_OFF:
	case HCI_ERR_UNSUPPORTED_REMOTE_FEATURE:
	case HCI_ERR_UNIT_KEY_NOT_SUPPORTED:
	case HCI_ERR_UNACCEPTABLE_CONNECTION_PARAMETERS: return true;
	default: return false;
	}
}

static uint8_t disconnect(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_disconnect cmd;
	(void)w;
	if (!hci_cmd_disconnect_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	if (!is_reason(cmd.reason))
		return HCI_ERR_INVALID_PARAMETERS;
	if (k->llcp.reason)
		return HCI_ERR_COMMAND_DISALLOWED; /* it is going already */
	llcp_terminate(c, k, cmd.reason, HCI_ERR_LOCAL_HOST_TERMINATED);
	return HCI_ERR_SUCCESS;
}

static bool is_asked(const struct ll_conn *k, enum llcp_proc_id id)
{
	return k->llcp.running == id || k->llcp.wanted >> id & 1;
}

/* One question of a kind at a time. */
static uint8_t ask(struct ble_ctlr *c, struct ll_conn *k, enum llcp_proc_id id)
{
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	if (is_asked(k, id))
		return HCI_ERR_COMMAND_DISALLOWED;
	llcp_want(c, k, id);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_remote_version(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)w;
	return ask(c, conn_of(c, r), LLCP_VERSION);
}

static uint8_t read_remote_features(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)w;
	return ask(c, conn_of(c, r), LLCP_FEATURES);
}

static uint8_t read_rssi(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct ll_conn *k = conn_of(c, r);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	wr_le16(w, k->handle);
	wr_i8(w, k->established ? k->isr.rssi_dbm : HCI_RSSI_UNAVAILABLE);
	return HCI_ERR_SUCCESS;
}

static uint8_t create(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_create_connection cmd;
	(void)w;
	if (!hci_cmd_le_create_connection_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	return ll_init_start(c, &cmd);
}

static uint8_t create_cancel(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r, (void)w;
	return ll_init_cancel(c);
}

static uint8_t update(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_connection_update cmd;
	(void)w;
	if (!hci_cmd_le_connection_update_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, cmd.connection_handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	if (cmd.connection_interval_min < 6 ||
		cmd.connection_interval_min > cmd.connection_interval_max ||
		cmd.min_ce_length > cmd.max_ce_length ||
		!ll_params_valid(
			cmd.connection_interval_max, cmd.max_latency, cmd.supervision_timeout))
		return HCI_ERR_INVALID_PARAMETERS;
	if (is_asked(k, LLCP_CONN_UPDATE) || is_asked(k, LLCP_CONN_PARAM))
		return HCI_ERR_COMMAND_DISALLOWED;
	/* A central asks whom it knows to be one that can be asked: 5.1.1. A peripheral can but ask. */
	bool central = k->role == HCI_ROLE_CENTRAL;
	bool can_ask = k->llcp.features & LE_FEATURE_MASK(CONNECTION_PARAMETERS_REQUEST);
	if (!central && llcp_peer_lacks(&k->llcp, LE_FEATURE_MASK(CONNECTION_PARAMETERS_REQUEST)))
		return HCI_ERR_UNSUPPORTED_REMOTE_FEATURE;
	k->llcp.asked = (struct llcp_params){ cmd.connection_interval_min, cmd.connection_interval_max,
		cmd.max_latency, cmd.supervision_timeout };
	llcp_want(c, k, central && !can_ask ? LLCP_CONN_UPDATE : LLCP_CONN_PARAM);
	return HCI_ERR_SUCCESS;
}

static uint8_t classify_channels(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_host_channel_classification cmd;
	(void)w;
	if (!hci_cmd_le_set_host_channel_classification_read(r, &cmd) ||
		ll_channels_used(cmd.channel_map) < 2 || cmd.channel_map[4] > 0x1F)
		return HCI_ERR_INVALID_PARAMETERS;
	memcpy(c->host_channels, cmd.channel_map, 5);
	for (unsigned i = 0; i < c->conn_count; i++) {
		struct ll_conn *k = &c->conns[i];
		if (k->state == LL_CONN_OPEN && k->role == HCI_ROLE_CENTRAL)
			llcp_want(c, k, LLCP_CHANNEL_MAP);
	}
	return HCI_ERR_SUCCESS;
}

static uint8_t read_channel_map(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct ll_conn *k = conn_of(c, r);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	wr_le16(w, k->handle);
	wr_put(w, k->map, 5);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_payload_timeout(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct ll_conn *k = conn_of(c, r);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	wr_le16(w, k->handle);
	wr_le16(w, k->payload_timeout);
	return HCI_ERR_SUCCESS;
}

/* 7.3.94: at least one event in which the peripheral listens, in units of 10 ms. */
static uint8_t write_payload_timeout(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	uint16_t handle = rd_le16(r);
	uint16_t timeout = rd_le16(r);
	if (!rd_done(r))
		return HCI_ERR_INVALID_PARAMETERS;
	struct ll_conn *k = ll_conn_by_handle(c, handle);
	if (!k)
		return HCI_ERR_UNKNOWN_CONNECTION;
	if (timeout * 10000u < k->interval * 1250u * (1u + k->latency))
		return HCI_ERR_INVALID_PARAMETERS;
	k->payload_timeout = timeout;
	if (tmr_is_armed(&k->llcp.payload))
		llcp_ping_begin(c, k); /* the time begins anew: 7.3.94 */
	wr_le16(w, handle);
	return HCI_ERR_SUCCESS;
}

static const struct ll_cmd rows[] = {
	LL_CMD(DISCONNECT, 3, LL_CMD_STATUS, disconnect),
	LL_CMD(READ_REMOTE_VERSION_INFORMATION, 2, LL_CMD_STATUS, read_remote_version),
	LL_CMD(READ_RSSI, 2, 4, read_rssi),
	LL_CMD(READ_AUTHENTICATED_PAYLOAD_TIMEOUT, 2, 6, read_payload_timeout),
	LL_CMD(WRITE_AUTHENTICATED_PAYLOAD_TIMEOUT, 4, 4, write_payload_timeout),
	LL_CMD(LE_CREATE_CONNECTION, 25, LL_CMD_STATUS, create),
	LL_CMD(LE_CREATE_CONNECTION_CANCEL, 0, 1, create_cancel),
	LL_CMD(LE_CONNECTION_UPDATE, 14, LL_CMD_STATUS, update),
	LL_CMD(LE_SET_HOST_CHANNEL_CLASSIFICATION, 5, 1, classify_channels),
	LL_CMD(LE_READ_CHANNEL_MAP, 2, 8, read_channel_map),
	LL_CMD(LE_READ_REMOTE_FEATURES, 2, LL_CMD_STATUS, read_remote_features),
};
const struct ll_cmds ll_cmds_conn = { rows, sizeof rows / sizeof rows[0] };
