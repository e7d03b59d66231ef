/*
 * HCI commands of the resolving list: Vol 4 Part E 7.8.38 to 7.8.45, 7.8.77. There where there is a cipher.
 */
#include "ll/ctlr.h"
#include "spec/hci_cmd_le_ctrl.h"

#include <string.h>

enum { TIMEOUT_MAX_S = 0x0E10 };

static bool is_active(const struct ble_ctlr *c)
{
	return c->adv.enabled || c->scan.enabled || c->init.state != LL_INIT_OFF;
}

/* While addresses are resolved, and somebody lives by it. */
static bool is_used(const struct ble_ctlr *c)
{
	return c->resolve.on && is_active(c);
}

static bool is_key(const uint8_t irk[16])
{
	static const uint8_t none[16];
	return memcmp(irk, none, 16) != 0;
}

/* What the interrupt has handed over names entries by their index, so that is worked off first. */
static void change(struct ble_ctlr *c)
{
	ll_rx_drain(c);
	ll_resolve_changed(c);
}

static bool is_listed(const struct ll_resolve *r, const struct hci_cmd_le_add_device_to_resolving_list *cmd)
{
	if (ll_resolve_find(r, cmd->peer_identity_address_type, cmd->peer_identity_address) >= 0)
		return true;
	for (unsigned i = 0; i < r->count && is_key(cmd->peer_irk); i++)
		if (!memcmp(r->list[i].peer_irk, cmd->peer_irk, 16))
			return true;
	return false;
}

static uint8_t add(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_add_device_to_resolving_list cmd;
	struct ll_resolve *list = &c->resolve;
	(void)w;
	if (!hci_cmd_le_add_device_to_resolving_list_read(r, &cmd) || cmd.peer_identity_address_type > BLE_ADDR_RANDOM)
		return HCI_ERR_INVALID_PARAMETERS;
	if (is_used(c))
		return HCI_ERR_COMMAND_DISALLOWED;
	if (is_listed(list, &cmd))
		return HCI_ERR_INVALID_PARAMETERS; /* 7.8.38 */
	if (list->count == LL_RESOLVE_SIZE)
		return HCI_ERR_MEMORY_CAPACITY_EXCEEDED;
	change(c);
	struct ll_identity *id = &list->list[list->count++];
	*id = (struct ll_identity){ .peer.type = cmd.peer_identity_address_type, .has_peer_irk = is_key(cmd.peer_irk),
		.has_local_irk = is_key(cmd.local_irk) };
	memcpy(id->peer.octets, cmd.peer_identity_address, 6);
	memcpy(id->peer_irk, cmd.peer_irk, 16);
	memcpy(id->local_irk, cmd.local_irk, 16);
	crypto_wipe(&cmd, sizeof cmd);
	return HCI_ERR_SUCCESS;
}

/* The entry that a command is about: HCI_ERR_SUCCESS and *at. */
static uint8_t find(const struct ble_ctlr *c, struct rd *r, int *at)
{
	struct hci_cmd_le_remove_device_from_resolving_list cmd;
	if (!hci_cmd_le_remove_device_from_resolving_list_read(r, &cmd) ||
		cmd.peer_identity_address_type > BLE_ADDR_RANDOM)
		return HCI_ERR_INVALID_PARAMETERS;
	*at = ll_resolve_find(&c->resolve, cmd.peer_identity_address_type, cmd.peer_identity_address);
	return *at < 0 ? HCI_ERR_UNKNOWN_CONNECTION : HCI_ERR_SUCCESS;
}

static uint8_t remove_one(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct ll_resolve *list = &c->resolve;
	int at;
	uint8_t status = find(c, r, &at);
	(void)w;
	if (status == HCI_ERR_INVALID_PARAMETERS)
		return status;
	if (is_used(c))
		return HCI_ERR_COMMAND_DISALLOWED;
	if (status)
		return status;
	change(c);
	list->list[at] = list->list[--list->count];
	crypto_wipe(&list->list[list->count], sizeof list->list[0]);
	return HCI_ERR_SUCCESS;
}

static uint8_t clear(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)r, (void)w;
	if (is_used(c))
		return HCI_ERR_COMMAND_DISALLOWED;
	change(c);
	c->resolve.count = 0;
	crypto_wipe(c->resolve.list, sizeof c->resolve.list);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_size(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	(void)c, (void)r;
	wr_u8(w, LL_RESOLVE_SIZE);
	return HCI_ERR_SUCCESS;
}

static uint8_t read_peer(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	int at;
	uint8_t status = find(c, r, &at);
	if (!status)
		wr_put(w, c->resolve.list[at].seen, 6);
	return status;
}

static uint8_t read_local(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	int at;
	uint8_t status = find(c, r, &at);
	if (status)
		return status;
	if (!is_active(c)) /* else between chains */
		(void)ll_resolve_refresh(c);
	wr_put(w, c->resolve.list[at].own, 6);
	return HCI_ERR_SUCCESS;
}

static uint8_t enable(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_address_resolution_enable cmd;
	(void)w;
	if (!hci_cmd_le_set_address_resolution_enable_read(r, &cmd) || cmd.address_resolution_enable > 1)
		return HCI_ERR_INVALID_PARAMETERS;
	if (is_active(c))
		return HCI_ERR_COMMAND_DISALLOWED; /* 7.8.44 */
	ll_rx_drain(c);
	c->resolve.on = cmd.address_resolution_enable;
	return HCI_ERR_SUCCESS;
}

static uint8_t set_timeout(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_resolvable_private_address_timeout cmd;
	(void)w;
	if (!hci_cmd_le_set_resolvable_private_address_timeout_read(r, &cmd) || !cmd.rpa_timeout ||
		cmd.rpa_timeout > TIMEOUT_MAX_S)
		return HCI_ERR_INVALID_PARAMETERS;
	c->resolve.timeout_s = cmd.rpa_timeout;
	c->resolve.stale = true; /* the new time begins with the next chain */
	return HCI_ERR_SUCCESS;
}

static uint8_t set_mode(struct ble_ctlr *c, struct rd *r, struct wr *w)
{
	struct hci_cmd_le_set_privacy_mode cmd;
	(void)w;
	if (!hci_cmd_le_set_privacy_mode_read(r, &cmd) || cmd.peer_identity_address_type > BLE_ADDR_RANDOM ||
		cmd.privacy_mode > 1)
		return HCI_ERR_INVALID_PARAMETERS;
	if (is_used(c))
		return HCI_ERR_COMMAND_DISALLOWED;
	int at = ll_resolve_find(&c->resolve, cmd.peer_identity_address_type, cmd.peer_identity_address);
	if (at < 0)
		return HCI_ERR_UNKNOWN_CONNECTION;
	c->resolve.list[at].device_mode = cmd.privacy_mode;
	return HCI_ERR_SUCCESS;
}

static const struct ll_cmd rows[] = {
	LL_CMD(LE_ADD_DEVICE_TO_RESOLVING_LIST, 39, 1, add),
	LL_CMD(LE_REMOVE_DEVICE_FROM_RESOLVING_LIST, 7, 1, remove_one),
	LL_CMD(LE_CLEAR_RESOLVING_LIST, 0, 1, clear),
	LL_CMD(LE_READ_RESOLVING_LIST_SIZE, 0, 2, read_size),
	LL_CMD(LE_READ_PEER_RESOLVABLE_ADDRESS, 7, 7, read_peer),
	LL_CMD(LE_READ_LOCAL_RESOLVABLE_ADDRESS, 7, 7, read_local),
	LL_CMD(LE_SET_ADDRESS_RESOLUTION_ENABLE, 1, 1, enable),
	LL_CMD(LE_SET_RESOLVABLE_PRIVATE_ADDRESS_TIMEOUT, 2, 1, set_timeout),
	LL_CMD(LE_SET_PRIVACY_MODE, 8, 1, set_mode),
};
const struct ll_cmds ll_cmds_resolve = { rows, sizeof rows / sizeof rows[0] };
