/*
 * The part ble_link_update: connection parameters by the link layer's own procedure (Vol 6 Part B 5.1.7). As
 * peripheral ble_conn_update() then asks by LE Connection Update, and by L2CAP only whom that does not reach
 * (params.c). What the peer asks for comes as LE Remote Connection Parameter Request (Vol 4 Part E 7.7.65.6), which
 * the controller sends to hosts that want it: every bring-up says so again. What is valid is granted, as it is by
 * L2CAP.
 */
#include "host/link_update.h"

#include "spec/hci_cmd_le_conn.h"
#include "spec/hci_evt_le.h"

enum { NO_REPLY, GRANTED, REFUSED };

struct host_link_update {
	struct ble_host *host;
	struct hci_want want;
	bool told; /* the controller has the event mask */
};

static uint16_t write_reply(const struct ble_conn *c, struct link_update *l, struct wr *w)
{
	bool granted = l->reply == GRANTED;
	const struct gap_conn_params *p = &l->params;
	l->reply = NO_REPLY;
	if (!granted) {
		hci_cmd_le_remote_connection_parameter_request_negative_reply_write(w,
			&(struct hci_cmd_le_remote_connection_parameter_request_negative_reply){
				.connection_handle = c->hci.handle,
				.reason = HCI_ERR_UNACCEPTABLE_CONNECTION_PARAMETERS });
		return HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_NEGATIVE_REPLY;
	}
	hci_cmd_le_remote_connection_parameter_request_reply_write(w,
		&(struct hci_cmd_le_remote_connection_parameter_request_reply){ .connection_handle = c->hci.handle,
			.interval_min = p->interval_min,
			.interval_max = p->interval_max,
			.max_latency = p->latency,
			.timeout = p->supervision });
	return HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct host_link_update *u = CONTAINER_OF(want, struct host_link_update, want);
	struct ble_host *h = u->host;
	if (!u->told) {
		u->told = true;
		return hci_le_events(&h->hci, w);
	}
	for (unsigned i = 0; i < h->conn_count; i++) {
		const struct ble_conn *c = &h->conns[i];
		struct link_update *l = link_update_of(c);
		if (conn_is_up(c) && l->reply)
			return write_reply(c, l, w);
	}
	return 0;
}

/* A reply that comes too late is refused, and nobody waits for it any more. */
static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	(void)want, (void)opcode, (void)status, (void)ret;
}

static void lost(struct hci_want *want)
{
	CONTAINER_OF(want, struct host_link_update, want)->told = false;
}

static const struct hci_want_hooks hooks = { .command = command, .done = done, .lost = lost };

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct host_link_update *u = host_mem(slot);
	(void)config;
	u->host = h;
	u->want.hooks = &hooks;
	h->hci.le_events |= (uint32_t)HCI_LE_EVENT_MASK(HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST);
	hci_want_add(&h->hci, &u->want);
}

/* LE Remote Connection Parameter Request */
static void le_event(struct ble_host *h, struct ble_part_slot *slot, struct rd *r)
{
	struct hci_le_remote_connection_parameter_request req;
	(void)slot;
	if (!hci_le_remote_connection_parameter_request_read(r, &req)) {
		h->hci.malformed++;
		return;
	}
	struct hci_link *link = hci_link_find(&h->hci, req.connection_handle & HCI_HANDLE_MASK);
	if (!link)
		return;
	struct link_update *l = link_update_of(CONTAINER_OF(link, struct ble_conn, hci));
	l->params = (struct gap_conn_params){ .interval_min = req.interval_min,
		.interval_max = req.interval_max,
		.latency = req.max_latency,
		.supervision = req.timeout };
	l->reply = gap_params_valid(&l->params) ? GRANTED : REFUSED;
	hci_ask(&h->hci);
}

const struct ble_room ble_link_update_room = {
	.host_size = sizeof(struct host_link_update), .conn_size = sizeof(struct link_update)
};

const struct ble_part ble_link_update = {
	.name = "ble_link_update",
	.room = &ble_link_update_room,
	.subevent = HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST,
	.attach = attach,
	.le_event = le_event,
};
