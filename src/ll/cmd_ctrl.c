/*
 * HCI LE commands about the controller itself: buffers, features, states, the random address,
 * random numbers, the filter accept list. Vol 4 Part E 7.8.
 */
#include "ll/ctlr.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_ctrl.h"

#include <string.h>

/*
 * LE_States (7.8.27): all combinations of legacy roles, bits 0 to 41. The scheduler refuses none of
 * them.
 */
#define LE_STATES UINT64_C(0x000003FFFFFFFFFF)

static uint8_t set_le_event_mask(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_set_event_mask cmd;
	(void)w;
	if (!hci_cmd_set_event_mask_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	c->le_event_mask = cmd.event_mask;
	return HCI_ERR_SUCCESS;
}

static uint8_t read_buffer_size(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_le16(w, c->acl_octets);
	wr_u8(w, (uint8_t)c->acl_pool.total);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_features(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	wr_le64(w, ll_features(c) | (c->platform->crypto ? LE_FEATURE_MASK(LL_PRIVACY) : 0)); /* not the peer's concern: 4.6 */
	return HCI_ERR_SUCCESS;
}

static uint8_t set_random_address(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_random_address cmd;
	(void)w;
	if (!hci_cmd_le_set_random_address_read(r, &cmd))
		return HCI_ERR_INVALID_PARAMETERS;
	if (c->adv.enabled || c->scan.enabled || c->init.state != LL_INIT_OFF)
		return HCI_ERR_COMMAND_DISALLOWED; /* 7.8.4 */
	memcpy(c->random_address, cmd.random_address, 6);
	c->has_random_address = true;
	return HCI_ERR_SUCCESS;
}

static uint8_t read_states(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)c, (void)r;
	wr_le64(w, LE_STATES);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_random(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r;
	uint8_t *to = wr_room(w, 8);
	if (to)
		c->platform->random(c->platform->ctx, to, 8);
	return HCI_ERR_SUCCESS;
}

/* The list stands still while somebody goes by it: 7.8.15 to 7.8.17. */
static bool is_list_used(const struct ble_ctlr *c)
{
	return (c->adv.enabled && c->adv.params.advertising_filter_policy) ||
		(c->scan.enabled && c->scan.params.scanning_filter_policy & 1) ||
		(c->init.state != LL_INIT_OFF && c->init.by_list);
}

static uint8_t read_list_size(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)c, (void)r;
	wr_u8(w, LL_FILTER_SIZE);
	return HCI_ERR_SUCCESS;
}

static uint8_t clear_list(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r, (void)w;
	if (is_list_used(c))
		return HCI_ERR_COMMAND_DISALLOWED;
	c->filter.count = 0;
	return HCI_ERR_SUCCESS;
}

static uint8_t read_device(const struct ble_ctlr *c, struct rd *r, struct ll_addr *out)
{
	struct hci_cmd_le_filter_accept_list_device cmd;
	if (!hci_cmd_le_filter_accept_list_device_read(r, &cmd) ||
		cmd.address_type > BLE_ADDR_RANDOM)
		return HCI_ERR_INVALID_PARAMETERS; /* 0xFF, anonymous, is extended advertising's */
	if (is_list_used(c))
		return HCI_ERR_COMMAND_DISALLOWED;
	out->type = cmd.address_type;
	memcpy(out->octets, cmd.address, 6);
	return HCI_ERR_SUCCESS;
}

static uint8_t add_device(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct ll_addr a;
	uint8_t status = read_device(c, r, &a);
	(void)w;
	if (!status && !ll_filter_add(&c->filter, &a))
		return HCI_ERR_MEMORY_CAPACITY_EXCEEDED;
	return status;
}

static uint8_t remove_device(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct ll_addr a;
	uint8_t status = read_device(c, r, &a);
	(void)w;
	if (!status)
		ll_filter_remove(&c->filter, &a);
	return status;
}

static const struct ll_cmd rows[] = {
	LL_CMD(LE_SET_EVENT_MASK, 8, 1, set_le_event_mask),
	LL_CMD(LE_READ_BUFFER_SIZE, 0, 4, read_buffer_size),
	LL_CMD(LE_READ_LOCAL_SUPPORTED_FEATURES, 0, 9, read_features),
	LL_CMD(LE_SET_RANDOM_ADDRESS, 6, 1, set_random_address),
	LL_CMD(LE_READ_FILTER_ACCEPT_LIST_SIZE, 0, 2, read_list_size),
	LL_CMD(LE_CLEAR_FILTER_ACCEPT_LIST, 0, 1, clear_list),
	LL_CMD(LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, 7, 1, add_device),
	LL_CMD(LE_REMOVE_DEVICE_FROM_FILTER_ACCEPT_LIST, 7, 1, remove_device),
	LL_CMD(LE_RAND, 0, 9, read_random),
	LL_CMD(LE_READ_SUPPORTED_STATES, 0, 9, read_states),
};
const struct ll_cmds ll_cmds_ctrl = { rows, sizeof rows / sizeof rows[0] };
