/* HCI LE commands for legacy advertising and scanning: Vol 4 Part E 7.8.5 to 7.8.11. */
#include "ll/ctlr.h"

#include <string.h>

#define TX_POWER_DBM 0

/* 2 and 3 are resolvable private addresses, which want a cipher: 7.8.5, 7.8.10. */
static bool is_own_type(const struct ble_ctlr *c, uint8_t type)
{
	return type <= (c->platform->crypto ? BLE_ADDR_RANDOM_IDENTITY : BLE_ADDR_RANDOM);
}

static bool is_adv_valid(const struct ble_ctlr *c, const struct hci_cmd_le_set_advertising_parameters *p)
{
	bool intervals = p->advertising_interval_min >= 0x20 &&
		p->advertising_interval_max <= 0x4000 &&
		p->advertising_interval_min <= p->advertising_interval_max;
	/* high duty cycle: the interval is not the host's */
	return (intervals || p->advertising_type == HCI_ADV_DIRECT_IND_HIGH) &&
		p->advertising_type <= HCI_ADV_DIRECT_IND_LOW &&
		is_own_type(c, p->own_address_type) && p->peer_address_type <= BLE_ADDR_RANDOM &&
		p->advertising_channel_map && p->advertising_channel_map <= 7 &&
		p->advertising_filter_policy <= 3;
}

static uint8_t set_adv_params(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_advertising_parameters cmd;
	(void)w;
	if (!hci_cmd_le_set_advertising_parameters_read(r, &cmd) || !is_adv_valid(c, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	if (c->adv.enabled)
		return HCI_ERR_COMMAND_DISALLOWED;
	c->adv.params = cmd;
	return HCI_ERR_SUCCESS;
}

static uint8_t read_adv_power(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)c, (void)r;
	wr_i8(w, TX_POWER_DBM);
	return HCI_ERR_SUCCESS;
}

static uint8_t set_adv_data(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_adv_data cmd;
	(void)w;
	if (!hci_cmd_le_adv_data_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	memcpy(c->adv.data, cmd.data, cmd.data_length);
	c->adv.data_len = cmd.data_length;
	c->adv.changed = true; /* from the next event on */
	return HCI_ERR_SUCCESS;
}

static uint8_t set_rsp_data(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_adv_data cmd;
	(void)w;
	if (!hci_cmd_le_adv_data_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	memcpy(c->adv.rsp, cmd.data, cmd.data_length);
	c->adv.rsp_len = cmd.data_length;
	c->adv.changed = true;
	return HCI_ERR_SUCCESS;
}

static uint8_t set_adv_enable(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_advertising_enable cmd;
	(void)w;
	if (!hci_cmd_le_set_advertising_enable_read(r, &cmd) || cmd.advertising_enable > 1)
		return HCI_ERR_INVALID_PARAMETERS;
	return ll_adv_enable(c, cmd.advertising_enable);
}

static uint8_t set_scan_params(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_scan_parameters cmd;
	(void)w;
	if (!hci_cmd_le_set_scan_parameters_read(r, &cmd) || cmd.le_scan_type > 1 ||
		cmd.le_scan_interval < 4 || cmd.le_scan_interval > 0x4000 ||
		cmd.le_scan_window < 4 || cmd.le_scan_window > cmd.le_scan_interval ||
		!is_own_type(c, cmd.own_address_type) ||
		cmd.scanning_filter_policy >
			1) /* 2 and 3 are the Extended Scanner Filter Policies feature */
		return HCI_ERR_INVALID_PARAMETERS;
	if (c->scan.enabled)
		return HCI_ERR_COMMAND_DISALLOWED;
	c->scan.params = cmd;
	return HCI_ERR_SUCCESS;
}

static uint8_t set_scan_enable(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_scan_enable cmd;
	(void)w;
	if (!hci_cmd_le_set_scan_enable_read(r, &cmd) || cmd.le_scan_enable > 1 ||
		cmd.filter_duplicates > 1)
		return HCI_ERR_INVALID_PARAMETERS;
	return ll_scan_enable(c, cmd.le_scan_enable, cmd.filter_duplicates);
}

static const struct ll_cmd rows[] = {
	LL_CMD(LE_SET_ADVERTISING_PARAMETERS, 15, 1, set_adv_params),
	LL_CMD(LE_READ_ADVERTISING_PHYSICAL_CHANNEL_TX_POWER, 0, 2, read_adv_power),
	LL_CMD(LE_SET_ADVERTISING_DATA, 32, 1, set_adv_data),
	LL_CMD(LE_SET_SCAN_RESPONSE_DATA, 32, 1, set_rsp_data),
	LL_CMD(LE_SET_ADVERTISING_ENABLE, 1, 1, set_adv_enable),
	LL_CMD(LE_SET_SCAN_PARAMETERS, 7, 1, set_scan_params),
	LL_CMD(LE_SET_SCAN_ENABLE, 2, 1, set_scan_enable),
};
const struct ll_cmds ll_cmds_adv = { rows, sizeof rows / sizeof rows[0] };
