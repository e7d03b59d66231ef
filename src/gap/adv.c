/*
 * Legacy advertising (Vol 4 Part E 7.8.5-7.8.9): from what is wanted to the next command.
 *
 * Parameters can only be set while advertising is disabled; data at any time. A directed advertisement carries no data.
 */
#include "gap/gap.h"

#include "spec/hci_cmd_le_adv.h"

static struct gap_adv *adv_of(struct hci_want *w)
{
	return CONTAINER_OF(w, struct gap_adv, want);
}

static void raise_news(struct gap_adv *a, uint8_t news)
{
	a->news |= news;
	a->raised(a);
}

static uint16_t enable(struct wr *w, uint8_t on)
{
	wr_u8(w, on);
	return HCI_CMD_LE_SET_ADVERTISING_ENABLE;
}

static uint16_t params(struct gap_adv *a, struct wr *w)
{
	struct hci_cmd_le_set_advertising_parameters p = {
		.advertising_interval_min = a->params.interval_min,
		.advertising_interval_max = a->params.interval_max,
		.advertising_type = a->params.type,
		.own_address_type = a->hci->address.type,
		.peer_address_type = a->params.peer.type & 1,
		.advertising_channel_map = a->params.channels,
		.advertising_filter_policy = a->filter,
	};
	memcpy(p.peer_address, a->params.peer.octets, 6);
	hci_cmd_le_set_advertising_parameters_write(w, &p);
	a->type = p.advertising_type;
	return HCI_CMD_LE_SET_ADVERTISING_PARAMETERS;
}

static uint16_t data(struct wr *w, uint16_t opcode, const uint8_t *octets, uint8_t len)
{
	hci_cmd_le_adv_data_write(w, &(struct hci_cmd_le_adv_data){ len, octets });
	return opcode;
}

static bool is_directed(const struct gap_adv *a)
{
	return a->type == HCI_ADV_DIRECT_IND_HIGH || a->type == HCI_ADV_DIRECT_IND_LOW;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct gap_adv *a = adv_of(want);
	if (a->enabled && (!a->on || !a->params_sent))
		return enable(w, 0);
	if (!a->on)
		return 0;
	if (!a->params_sent)
		return params(a, w);
	if (!a->data_sent && !is_directed(a))
		return data(w, HCI_CMD_LE_SET_ADVERTISING_DATA, a->data, a->data_len);
	if (!a->rsp_sent && !is_directed(a) && a->type != HCI_ADV_NONCONN_IND)
		return data(w, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, a->rsp, a->rsp_len);
	return a->enabled ? 0 : enable(w, 1);
}

static void on_timeout(struct tmr *t)
{
	gap_adv_stop(CONTAINER_OF(t, struct gap_adv, timer));
}

static void off(struct gap_adv *a)
{
	a->on = false;
	tmr_stop(&a->hci->timers, &a->timer);
}

static void stopped(struct gap_adv *a)
{
	if (a->told)
		raise_news(a, GAP_STOPPED);
	a->told = false;
}

static void on_enabled(struct gap_adv *a)
{
	a->enabled = true;
	if (!a->told)
		raise_news(a, GAP_STARTED);
	a->told = true;
	if (a->on && a->timeout_ms && !tmr_is_armed(&a->timer))
		tmr_after(&a->hci->timers, &a->timer, a->timeout_ms * UINT64_C(1000), on_timeout);
}

/* Also when the controller refuses: it disallows what is off already, because a connection came first. */
static void on_disabled(struct gap_adv *a)
{
	a->enabled = false;
	if (!a->on)
		stopped(a);
}

static void fail(struct gap_adv *a, uint8_t status)
{
	off(a);
	a->err = (int16_t)BLE_EHCI(status);
	raise_news(a, GAP_ERROR);
	if (!a->enabled)
		stopped(a);
}

static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct gap_adv *a = adv_of(want);
	(void)ret;
	if (opcode == HCI_CMD_LE_SET_ADVERTISING_ENABLE && a->disabling)
		on_disabled(a);
	else if (status)
		fail(a, status);
	else if (opcode == HCI_CMD_LE_SET_ADVERTISING_ENABLE)
		on_enabled(a);
}

/* A command has been written: what it carries counts as told, so that a change before its answer is seen. */
static uint16_t command_and_note(struct hci_want *want, struct wr *w)
{
	struct gap_adv *a = adv_of(want);
	uint16_t opcode = command(want, w);
	a->disabling = a->enabled;
	if (opcode == HCI_CMD_LE_SET_ADVERTISING_PARAMETERS)
		a->params_sent = true;
	else if (opcode == HCI_CMD_LE_SET_ADVERTISING_DATA)
		a->data_sent = true;
	else if (opcode == HCI_CMD_LE_SET_SCAN_RESPONSE_DATA)
		a->rsp_sent = true;
	return opcode;
}

static void lost(struct hci_want *want)
{
	struct gap_adv *a = adv_of(want);
	a->enabled = a->params_sent = a->data_sent = a->rsp_sent = false;
	if (!a->on)
		stopped(a);
}

static const struct hci_want_hooks want_hooks = { .command = command_and_note, .done = done, .lost = lost };

void gap_adv_init(struct gap_adv *a, struct hci *hci, void (*raised)(struct gap_adv *))
{
	a->hci = hci;
	a->raised = raised;
	a->want.hooks = &want_hooks;
	hci_want_add(hci, &a->want);
}

void gap_adv_start(struct gap_adv *a)
{
	if (!a->on)
		stopped(a);
	off(a);
	a->on = true;
	a->told = false; /* a restart is told as a start */
	a->params_sent = false;
	hci_ask(a->hci);
}

void gap_adv_stop(struct gap_adv *a)
{
	off(a);
	hci_ask(a->hci);
}

void gap_adv_data_changed(struct gap_adv *a)
{
	a->data_sent = a->rsp_sent = false;
	hci_ask(a->hci);
}

void gap_adv_ended(struct gap_adv *a, bool news)
{
	if (!a->enabled)
		return;
	a->enabled = false;
	if (a->on && !a->params_sent) { /* wanted anew since: it need not be disabled first */
		hci_ask(a->hci);
		return;
	}
	off(a);
	if (news)
		stopped(a);
	a->told = false;
}
