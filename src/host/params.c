/*
 * Connection parameters after the connection is up: asked for by the program or by the peer, changed by the controller.
 *
 * As peripheral we ask by L2CAP (Vol 3 Part A 4.20): the peer accepts, and LE Connection Update Complete comes some time
 * later; 30 seconds for all of it. As central, for ourselves or for a peer that asked, LE Connection Update it is.
 * Linked when ble_conn_update() or ble_central is mentioned. With the part ble_link_update a peripheral asks by LE
 * Connection Update as well, and by L2CAP whom that does not reach.
 */
#include "host/link_update.h"

#define PARAMS_TIMEOUT_US UINT64_C(30000000) /* the longest GAP waits: TGAP(conn_param_timeout), Vol 3 Part C 9.3.9 */

enum { SUPERVISION_MAX_MS = 32000 };

static uint16_t update_command(struct hci_want *want, struct wr *w)
{
	struct ble_host *h = CONTAINER_OF(want, struct ble_host, update);
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *c = &h->conns[i];
		if (!conn_is_up(c) || c->update.state != GAP_UPDATE_WANTED)
			continue;
		c->update.state = GAP_UPDATE_SENT;
		h->updating = c->slot;
		return gap_update_write(w, c->hci.handle, &c->update.params);
	}
	return 0;
}

static void on_timeout(struct tmr *t)
{
	host_params_end(CONTAINER_OF(t, struct ble_conn, update_timer), BLE_ETIMEOUT);
}

static int ask_peer(struct ble_host *h, struct ble_conn *c)
{
	const struct gap_conn_params *p = &c->update.params;
	int err = l2cap_params_request(&c->l2cap, &c->signal,
		&(struct l2cap_connection_parameter_update_req){
			p->interval_min, p->interval_max, p->latency, p->supervision });
	if (err)
		return err;
	c->update.state = GAP_UPDATE_ASKED;
	host_timer(h, &c->update_timer, PARAMS_TIMEOUT_US, on_timeout);
	return 0;
}

/* As peripheral, by the link layer: 0x1A from the peer, or whatever a controller says that has no such procedure. */
static bool ask_otherwise(struct ble_host *h, struct ble_conn *c, bool event, uint8_t status)
{
	struct link_update *l = c->role == BLE_ROLE_PERIPHERAL ? link_update_of(c) : NULL;
	if (!l || (event && status != HCI_ERR_UNSUPPORTED_REMOTE_FEATURE))
		return false;
	l->lacks = true;
	int err = ask_peer(h, c);
	if (err)
		host_params_end(c, err);
	return true;
}

/* Opcode 0: not the command, but the procedure that it began has failed. */
static void update_done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct ble_host *h = CONTAINER_OF(want, struct ble_host, update);
	struct ble_conn *c = &h->conns[h->updating];
	(void)ret;
	if (!conn_is_up(c) || c->update.state != (opcode ? GAP_UPDATE_SENT : GAP_UPDATE_ASKED))
		return;
	if (!status)
		c->update.state = c->update.ours ? GAP_UPDATE_ASKED : GAP_UPDATE_GRANTED;
	else if (!c->update.ours)
		c->update.state = GAP_UPDATE_IDLE;
	else if (!ask_otherwise(h, c, !opcode, status))
		host_params_end(c, BLE_EHCI(status));
}

static void on_answer(void *ctx, const struct l2cap_sig_hdr *hdr, struct rd *r)
{
	struct ble_conn *c = ctx;
	bool accepted;
	if (!l2cap_params_answered(&c->signal, hdr, r, &accepted))
		return;
	if (!accepted && c->update.state == GAP_UPDATE_ASKED)
		host_params_end(c, BLE_EREFUSED);
}

static const struct hci_want_hooks update_hooks = { .command = update_command, .done = update_done };

void host_params_enable(struct ble_host *h)
{
	if (h->update.hooks)
		return;
	h->update.hooks = &update_hooks;
	h->signal.answer = on_answer;
	hci_want_add(&h->hci, &h->update);
}

int host_params(struct ble_host *h, const struct ble_conn_params *in, struct gap_conn_params *out)
{
	struct ble_conn_params p = in ? *in : (struct ble_conn_params){ 0 };
	if (!p.interval_min_us && !p.interval_max_us) {
		p.interval_min_us = 30000;
		p.interval_max_us = 50000;
	} else if (!p.interval_min_us) {
		p.interval_min_us = p.interval_max_us;
	} else if (!p.interval_max_us) {
		p.interval_max_us = p.interval_min_us;
	}
	if (!p.supervision_ms)
		p.supervision_ms = 4000;
	int err = host_range(h, "interval_min_us", p.interval_min_us, 7500, 4000000);
	if (!err)
		err = host_range(h, "interval_max_us", p.interval_max_us, p.interval_min_us, 4000000);
	if (!err)
		err = host_range(h, "latency", p.latency, 0, 499);
	if (err)
		return err;
	*out = (struct gap_conn_params){
		.interval_min = gap_units(p.interval_min_us, 1250),
		.interval_max = gap_units(p.interval_max_us, 1250),
		.latency = p.latency,
	};
	/* The least that is longer than twice the longest silence. */
	uint32_t least = (1u + out->latency) * out->interval_max * 5u / 2 + 1;
	if (least > SUPERVISION_MAX_MS)
		return host_range(h, "latency", p.latency, 0, 12799u / out->interval_max - 1);
	err = host_range(h, "supervision_ms", p.supervision_ms, least < 100 ? 100 : least, SUPERVISION_MAX_MS);
	/* Rounded up like the rest; then the rule holds for the unit as well. */
	out->supervision = (uint16_t)((p.supervision_ms + 9) / 10);
	return err;
}

int ble_conn_update(struct ble_host *h, ble_conn_id id, const struct ble_conn_params *params)
{
	struct gap_conn_params p;
	struct ble_conn *c = host_conn(h, id);
	if (!c)
		return BLE_ECONN;
	if (c->update.state != GAP_UPDATE_IDLE || (c->pending & CONN_PENDING_PARAMS))
		return BLE_EBUSY;
	int err = host_params(h, params, &p);
	if (err)
		return err;
	host_params_enable(h);
	c->update.params = p;
	c->update.ours = true;
	const struct link_update *l = link_update_of(c);
	if (c->role == BLE_ROLE_PERIPHERAL && (!l || l->lacks))
		return ask_peer(h, c);
	c->update.state = GAP_UPDATE_WANTED;
	hci_ask(&h->hci);
	return 0;
}
