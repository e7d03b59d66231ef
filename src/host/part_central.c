/*
 * The part ble_central: initiating, and the central's answer to a peripheral that asks for other parameters.
 */
#include "host/host.h"

#include "spec/hci_evt_le.h"

static void raised(struct gap_create *create)
{
	host_pending(host_of(create->hci), host_slot(create));
}

/* Vol 3 Part A 4.20: what is valid is accepted, one change at a time. */
static enum l2cap_params on_params_req(void *ctx, const struct l2cap_connection_parameter_update_req *req)
{
	struct ble_conn *c = ctx;
	struct gap_conn_params p = { req->interval_min, req->interval_max, req->latency, req->timeout };
	if (c->role != BLE_ROLE_CENTRAL)
		return L2CAP_PARAMS_NOT_FOR_US;
	if (c->update.state != GAP_UPDATE_IDLE || !gap_params_valid(&p))
		return L2CAP_PARAMS_REJECTED;
	c->update.params = p;
	c->update.ours = false;
	c->update.state = GAP_UPDATE_WANTED;
	hci_ask(&c->host->hci);
	return L2CAP_PARAMS_ACCEPTED;
}

static bool on_params(void *ctx, uint8_t identifier, struct rd *r)
{
	struct ble_conn *c = ctx;
	return l2cap_params_decide(&c->l2cap, identifier, r, on_params_req, c);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct gap_create *c = host_mem(slot);
	(void)config;
	gap_create_init(c, &h->hci, raised);
	host_params_enable(h);
	host_leave_enable(h);
	h->signal.params = on_params;
}

/* Two roles have met in the last slot. */
static void on_stray(struct ble_host *h, const struct hci_le_connection_complete *cc)
{
	uint16_t handle = cc->connection_handle & HCI_HANDLE_MASK;
	if (hci_link_find(&h->hci, handle))
		return;
	h->stray = handle;
	hci_ask(&h->hci);
	if (cc->role == HCI_ROLE_CENTRAL)
		host_error(h, BLE_OP_CONNECT, 0, BLE_ENOMEM);
}

static void complete(struct ble_host *h, struct ble_part_slot *slot, const struct hci_le_connection_complete *cc)
{
	struct gap_create *c = host_mem(slot);
	if (!cc->status && !host_conn_free(h))
		on_stray(h, cc);
	/* A failure is ours unless it is that of directed advertising; some controllers leave the role blank. */
	if (cc->status ? cc->status != HCI_ERR_ADVERTISING_TIMEOUT : cc->role == HCI_ROLE_CENTRAL)
		gap_create_complete(c, cc->status);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	struct gap_create *c = host_mem(slot);
	return host_news(h, ev, &c->news, 0, BLE_OP_CONNECT, c->err);
}

const struct ble_room ble_central_room = { .host_size = sizeof(struct gap_create) };

const struct ble_part ble_central = {
	.name = "ble_central",
	.room = &ble_central_room,
	.attach = attach,
	.complete = complete,
	.poll = poll,
};

/* peer NULL: whoever is in the filter accept list. */
static int create(struct ble_host *h, const struct ble_addr *peer, const struct ble_conn_params *params)
{
	static const struct ble_addr nobody;
	int err = 0;
	struct gap_conn_params p;
	struct gap_create *c = host_own(h, &ble_central, &err);
	if (!c)
		return err;
	if (c->state != GAP_CREATE_IDLE || c->news)
		return BLE_EBUSY;
	if (h->up_count >= h->conn_count)
		return host_refuse(h, BLE_ENOMEM, "connections", h->up_count, 0, h->conn_count - 1);
	c->listed = !peer;
	if (!peer)
		peer = &nobody;
	err = host_range(h, "peer.type", peer->type, 0, BLE_ADDR_RANDOM_IDENTITY);
	if (!err)
		err = host_params(h, params, &p);
	if (err)
		return err;
	c->peer = *peer;
	if (peer->type >= BLE_ADDR_PUBLIC_IDENTITY && h->security)
		h->security->locate(h, &c->peer);
	c->peer.type &= 1; /* an identity of whom nothing was heard is looked for as such */
	c->params = p;
	uint32_t timeout_ms = params ? params->timeout_ms : 0;
	gap_create_start(c, timeout_ms == BLE_FOREVER ? 0 : timeout_ms);
	return 0;
}

int ble_conn_create(struct ble_host *h, const struct ble_addr *peer, const struct ble_conn_params *params)
{
	return create(h, peer, params);
}

int ble_conn_create_listed(struct ble_host *h, const struct ble_conn_params *params)
{
	return create(h, NULL, params);
}

int ble_conn_cancel(struct ble_host *h)
{
	int err = 0;
	struct gap_create *c = host_own(h, &ble_central, &err);
	if (c)
		gap_create_cancel(c, BLE_ECLOSED);
	return err;
}
