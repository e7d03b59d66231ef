/* See ll_host.h. */
#include "ll_host.h"

#include <string.h>

static struct link *by_handle(struct host *h, uint16_t handle)
{
	for (unsigned i = h->made; i-- > 0;)
		if (h->links[i % HOST_LINKS].made.connection_handle == handle)
			return &h->links[i % HOST_LINKS];
	return NULL;
}

struct link *host_last(struct host *h)
{
	return &h->links[(h->made - 1) % HOST_LINKS];
}

/* Message number n: its length and its octets follow from n. */
static uint16_t message(uint8_t *dst, uint32_t n)
{
	uint16_t len = (uint16_t)(1 + n * 7 % 251);
	for (uint16_t i = 0; i < len; i++)
		dst[i] = (uint8_t)(n + i * 3);
	return len;
}

static void pump(struct host *h, struct link *l)
{
	uint8_t packet[1 + 4 + 251];
	while (l->up && l->sent < l->to_send && h->credits) {
		uint16_t len = message(packet + 5, l->sent);
		packet[0] = HCI_H4_ACL;
		packet[1] = (uint8_t)l->made.connection_handle;
		packet[2] = (uint8_t)(l->made.connection_handle >> 8);
		packet[3] = (uint8_t)len;
		packet[4] = (uint8_t)(len >> 8);
		int err = ble_ctlr_hci_write(h->ctlr, packet, 5u + len);
		assert_int_equal(err, 0);
		l->sent++;
		l->in_flight++;
		h->credits--;
	}
}

/*
 * What has been gathered is the next message. The peer's messages have their lengths from their
 * numbers.
 */
static void on_acl(struct host *h, const uint8_t *p, int len)
{
	struct hci_acl_hdr hdr;
	struct rd r = rd_of(p + 1, (size_t)len - 1);
	assert_true(hci_acl_hdr_read(&r, &hdr));
	assert_int_equal(r.left, hdr.data_total_length);
	struct link *l = by_handle(h, hdr.handle);
	assert_non_null(l);
	if (l->strange) {
		l->octets += hdr.data_total_length;
		return;
	}
	uint8_t want[251];
	uint16_t want_len = message(want, l->received);
	assert_int_equal(hdr.pb_flag, l->in_len ? HCI_PB_CONTINUING : HCI_PB_FIRST_FLUSHABLE);
	assert_true(l->in_len + r.left <= want_len);
	memcpy(l->in + l->in_len, r.p, r.left);
	l->in_len = (uint16_t)(l->in_len + r.left);
	if (l->in_len < want_len)
		return;
	assert_memory_equal(l->in, want, want_len);
	l->in_len = 0;
	l->received++;
}

static void on_complete(struct host *h, struct rd *r)
{
	struct hci_le_connection_complete made;
	assert_true(hci_le_connection_complete_read(r, &made));
	if (made.status) {
		h->failed++;
		h->failed_status = made.status;
		return;
	}
	h->made++;
	h->made_us = ble_world_now(h->world);
	*host_last(h) = (struct link){ .made = made, .up = true };
}

static void on_reports(struct host *h, struct rd *r)
{
	struct hci_le_advertising_report rep;
	for (uint8_t left = hci_le_advertising_reports_begin(r); left; left--) {
		assert_true(hci_le_advertising_report_next(r, &rep));
		h->reports[rep.event_type]++;
		h->report = rep;
		memcpy(h->report_data, rep.data, rep.data_length);
		h->report.data = h->report_data;
		memcpy(h->report_address, rep.address, 6);
		h->report.address = h->report_address;
		if (h->on_report)
			h->on_report(h, &rep);
	}
}

static void on_length(struct host *h, struct rd *r)
{
	struct hci_le_data_length_change evt;
	assert_true(hci_le_data_length_change_read(r, &evt));
	struct link *l = by_handle(h, evt.connection_handle);
	assert_non_null(l);
	l->length = evt;
	l->lengths++;
}

static void on_phy(struct host *h, struct rd *r)
{
	struct hci_le_phy_update_complete evt;
	assert_true(hci_le_phy_update_complete_read(r, &evt));
	struct link *l = by_handle(h, evt.connection_handle);
	assert_non_null(l);
	l->phy = evt;
	l->phys++;
}

/* Whatever the peer wishes. */
static void on_param_request(struct host *h, struct rd *r)
{
	struct hci_le_remote_connection_parameter_request req;
	assert_true(hci_le_remote_connection_parameter_request_read(r, &req));
	by_handle(h, req.connection_handle)->requests++;
	uint8_t packet[4 + 14] = { HCI_H4_COMMAND, HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY & 0xFF,
		HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY >> 8, 14 };
	struct wr w = wr_of(packet + 4, 14);
	hci_cmd_le_remote_connection_parameter_request_reply_write(&w,
		&(struct hci_cmd_le_remote_connection_parameter_request_reply){ .connection_handle = req.connection_handle,
			.interval_min = req.interval_min,
			.interval_max = req.interval_max,
			.max_latency = req.max_latency,
			.timeout = req.timeout });
	assert_int_equal(ble_ctlr_hci_write(h->ctlr, packet, sizeof packet), 0);
	h->replies++;
}

static void on_key_request(struct host *h, struct rd *r)
{
	struct hci_le_long_term_key_request req;
	assert_true(hci_le_long_term_key_request_read(r, &req));
	by_handle(h, req.connection_handle)->key_requests++;
	uint16_t opcode = h->has_key ? HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY : HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY;
	uint8_t packet[4 + 18] = { HCI_H4_COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), h->has_key ? 18 : 2,
		(uint8_t)req.connection_handle, (uint8_t)(req.connection_handle >> 8) };
	memcpy(packet + 6, h->key, 16);
	assert_int_equal(ble_ctlr_hci_write(h->ctlr, packet, 4u + packet[3]), 0);
	h->replies++;
}

/* Encryption Change and Encryption Key Refresh Complete begin alike. */
static void on_encryption(struct host *h, struct rd *r, bool again)
{
	uint8_t status = rd_u8(r);
	struct link *l = by_handle(h, rd_le16(r));
	assert_non_null(l);
	l->encryption_status = status;
	l->encrypted += !status && !again;
	l->refreshed += !status && again;
}

static void on_meta(struct host *h, struct rd *r)
{
	uint8_t sub = rd_u8(r);
	if (sub == HCI_LE_EVT_LONG_TERM_KEY_REQUEST)
		on_key_request(h, r);
	if (sub == HCI_LE_EVT_CONNECTION_COMPLETE)
		on_complete(h, r);
	if (sub == HCI_LE_EVT_ADVERTISING_REPORT)
		on_reports(h, r);
	if (sub == HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE) {
		assert_true(hci_le_read_remote_features_complete_read(r, &h->features));
		h->feature_events++;
	}
	if (sub == HCI_LE_EVT_DATA_LENGTH_CHANGE)
		on_length(h, r);
	if (sub == HCI_LE_EVT_PHY_UPDATE_COMPLETE)
		on_phy(h, r);
	if (sub == HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST)
		on_param_request(h, r);
	if (sub == HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE) {
		struct hci_le_connection_update_complete u;
		assert_true(hci_le_connection_update_complete_read(r, &u));
		struct link *l = by_handle(h, u.connection_handle);
		assert_non_null(l);
		l->update = u;
		l->updates++;
	}
}

static void on_disconnected(struct host *h, struct rd *r)
{
	struct hci_evt_disconnection_complete evt;
	assert_true(hci_evt_disconnection_complete_read(r, &evt));
	struct link *l = by_handle(h, evt.connection_handle);
	assert_non_null(l);
	assert_true(l->up);
	l->up = false;
	l->reason = evt.reason;
	h->credits += l->in_flight;
	h->lost++;
	h->lost_us = ble_world_now(h->world);
}

static void on_completed(struct host *h, struct rd *r)
{
	struct hci_completed_packets list;
	assert_true(hci_completed_packets_read(r, &list));
	h->completed_events++;
	for (uint8_t i = 0; i < list.num_handles; i++) {
		struct hci_completed done = hci_completed_at(&list, i);
		struct link *l = by_handle(h, done.connection_handle);
		assert_non_null(l);
		assert_true(done.num_completed_packets <= l->in_flight);
		l->in_flight -= done.num_completed_packets;
		h->credits += done.num_completed_packets;
	}
}

static bool is_reply(uint16_t opcode)
{
	return opcode == HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY ||
		opcode == HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY ||
		opcode == HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY;
}

static void on_answer(struct host *h, struct rd *r, uint8_t code)
{
	if (h->replies && code == HCI_EVT_COMMAND_COMPLETE && is_reply((uint16_t)(r->p[1] | r->p[2] << 8))) {
		assert_int_equal(r->p[3], 0);
		h->replies--; /* nobody waits for it */
		return;
	}
	h->answers++;
	if (code == HCI_EVT_COMMAND_STATUS) {
		struct hci_evt_command_status evt;
		assert_true(hci_evt_command_status_read(r, &evt));
		h->opcode = evt.command_opcode;
		h->status = evt.status;
		return;
	}
	struct hci_evt_command_complete evt;
	assert_true(hci_evt_command_complete_read(r, &evt));
	assert_true(evt.return_parameters_len && evt.return_parameters_len <= sizeof h->ret);
	h->opcode = evt.command_opcode;
	h->status = evt.return_parameters[0];
	h->ret_len = evt.return_parameters_len;
	memcpy(h->ret, evt.return_parameters, evt.return_parameters_len);
}

static void on_event(struct host *h, const uint8_t *p, int len)
{
	struct hci_evt_hdr hdr;
	struct rd r = rd_of(p + 1, (size_t)len - 1);
	assert_true(hci_evt_hdr_read(&r, &hdr));
	assert_int_equal(r.left, hdr.parameter_total_length);
	if (hdr.event_code == HCI_EVT_COMMAND_COMPLETE || hdr.event_code == HCI_EVT_COMMAND_STATUS)
		on_answer(h, &r, hdr.event_code);
	if (hdr.event_code == HCI_EVT_LE_META)
		on_meta(h, &r);
	if (hdr.event_code == HCI_EVT_ENCRYPTION_CHANGE || hdr.event_code == HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE)
		on_encryption(h, &r, hdr.event_code == HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE);
	if (hdr.event_code == HCI_EVT_DISCONNECTION_COMPLETE)
		on_disconnected(h, &r);
	if (hdr.event_code == HCI_EVT_NUMBER_OF_COMPLETED_PACKETS)
		on_completed(h, &r);
	if (hdr.event_code == HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE) {
		assert_true(hci_evt_read_remote_version_information_complete_read(&r, &h->version));
		h->versions++;
	}
}

static void run(void *ctx, uint64_t now_us)
{
	struct host *h = ctx;
	const uint8_t *p;
	bool any = false;
	(void)now_us;
	for (int len; !h->holds_back && (len = ble_ctlr_hci_read(h->ctlr, &p)) > 0; any = true) {
		if (p[0] == HCI_H4_ACL)
			on_acl(h, p, len);
		else
			on_event(h, p, len);
	}
	uint32_t before = h->credits;
	for (unsigned i = 0; i < HOST_LINKS; i++)
		pump(h, &h->links[i]);
	if (any || before != h->credits)
		ble_node_kick(h->node);
}

static uint64_t next_due(void *ctx)
{
	(void)ctx;
	return BLE_NEVER;
}

void host_add(struct host *h, struct ble_world *w, const struct ble_node_options *options)
{
	*h = (struct host){ .world = w, .node = ble_world_add(w, options) };
	assert_non_null(h->node);
	h->ctlr = ble_node_ctlr(h->node);
	struct ble_process process = { .ctx = h, .run = run, .next_due = next_due };
	assert_int_equal(ble_node_attach(h->node, &process), 0);
	assert_int_equal(host_reset(h), 0);
}

void host_run(struct host *h, uint64_t us)
{
	ble_world_run_until(h->world, ble_world_now(h->world) + us);
}

struct wait {
	struct host *h;
	unsigned answers;
};

static bool answered(void *ctx)
{
	struct wait *w = ctx;
	return w->h->answers != w->answers;
}

uint8_t host_cmd(struct host *h, uint16_t opcode, const void *params, uint8_t len)
{
	uint8_t packet[4 + 255] = { HCI_H4_COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), len };
	struct wait wait = { h, h->answers };
	if (len)
		memcpy(packet + 4, params, len);
	assert_int_equal(ble_ctlr_hci_write(h->ctlr, packet, 4u + len), 0);
	ble_node_kick(h->node);
	assert_true(ble_world_run_while(h->world, ble_world_now(h->world) + 1000, answered, &wait));
	assert_int_equal(h->opcode, opcode);
	return h->status;
}

uint8_t host_reset(struct host *h)
{
	static const uint8_t all[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	/* but LE Enhanced Connection Complete, in whose place the plain one comes */
	static const uint8_t le[8] = { 255, 253, 255, 255, 255, 255, 255, 255 };
	uint8_t status = host_cmd(h, HCI_CMD_RESET, NULL, 0);
	status |= host_cmd(h, HCI_CMD_SET_EVENT_MASK, all, 8);
	status |= host_cmd(h, HCI_CMD_LE_SET_EVENT_MASK, le, 8);
	status |= host_cmd(h, HCI_CMD_LE_READ_BUFFER_SIZE, NULL, 0);
	h->acl_buffers = h->credits = h->ret[3];
	return status;
}

static uint8_t set_data(struct host *h, uint16_t opcode, const char *data)
{
	uint8_t params[32] = { (uint8_t)strlen(data) };
	memcpy(params + 1, data, params[0]);
	return host_cmd(h, opcode, params, sizeof params);
}

uint8_t host_advertise(
	struct host *h, uint8_t type, uint16_t interval, const char *data, const char *rsp)
{
	uint8_t params[15];
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_set_advertising_parameters_write(&w,
		&(struct hci_cmd_le_set_advertising_parameters){
			.advertising_interval_min = interval,
			.advertising_interval_max = interval,
			.advertising_type = type,
			.advertising_channel_map = 7,
		});
	uint8_t status = host_cmd(h, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, sizeof params);
	status |= set_data(h, HCI_CMD_LE_SET_ADVERTISING_DATA, data);
	status |= set_data(h, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, rsp);
	return status | host_cmd(h, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1);
}

uint8_t host_stop_advertising(struct host *h)
{
	return host_cmd(h, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\0", 1);
}

uint8_t host_scan(struct host *h, bool active, uint16_t interval, uint16_t window, bool filter)
{
	uint8_t params[7], enable[2] = { 1, filter };
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_set_scan_parameters_write(&w,
		&(struct hci_cmd_le_set_scan_parameters){
			.le_scan_type = active,
			.le_scan_interval = interval,
			.le_scan_window = window,
		});
	uint8_t status = host_cmd(h, HCI_CMD_LE_SET_SCAN_PARAMETERS, params, sizeof params);
	return status | host_cmd(h, HCI_CMD_LE_SET_SCAN_ENABLE, enable, 2);
}

uint8_t host_stop_scan(struct host *h)
{
	return host_cmd(h, HCI_CMD_LE_SET_SCAN_ENABLE, "\0\0", 2);
}

void host_address(const struct host *h, uint8_t octets[6])
{
	uint16_t n = ble_node_number(h->node);
	memcpy(octets, (const uint8_t[]){ (uint8_t)n, (uint8_t)(n >> 8), 0, 0x5e, 0, 2 }, 6);
}

uint8_t host_connect(
	struct host *h, struct host *peer, uint16_t interval, uint16_t latency, uint16_t timeout)
{
	uint8_t params[25];
	struct hci_cmd_le_create_connection cmd = {
		.le_scan_interval = 16,
		.le_scan_window = 16,
		.connection_interval_min = interval,
		.connection_interval_max = interval,
		.max_latency = latency,
		.supervision_timeout = timeout,
	};
	host_address(peer, cmd.peer_address);
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_create_connection_write(&w, &cmd);
	return host_cmd(h, HCI_CMD_LE_CREATE_CONNECTION, params, sizeof params);
}

struct pair {
	struct host *a, *b;
	unsigned a_made, b_made, a_lost;
};

static bool made_or_lost(void *ctx)
{
	struct pair *p = ctx;
	return p->a->lost != p->a_lost || (p->a->made != p->a_made && p->b->made != p->b_made);
}

/* The air may have lost CONNECT_IND: then the central finds nobody, and connects anew. */
void host_link(struct host *central, struct host *peripheral, uint16_t interval, uint16_t latency,
	uint16_t timeout)
{
	struct pair p = { central, peripheral, central->made, peripheral->made, central->lost };
	assert_int_equal(host_advertise(peripheral, HCI_ADV_IND, 32, "", ""), 0);
	do {
		p.a_made = central->made;
		p.a_lost = central->lost;
		assert_int_equal(host_connect(central, peripheral, interval, latency, timeout), 0);
		assert_true(ble_world_run_while(central->world,
			ble_world_now(central->world) + 60000000, made_or_lost, &p));
	} while (central->lost != p.a_lost);
}

uint8_t host_disconnect(struct host *h, struct link *l, uint8_t reason)
{
	uint8_t params[3] = { (uint8_t)l->made.connection_handle,
		(uint8_t)(l->made.connection_handle >> 8), reason };
	return host_cmd(h, HCI_CMD_DISCONNECT, params, sizeof params);
}

void host_send(struct host *h, struct link *l, uint32_t count)
{
	l->to_send += count;
	ble_node_wake(h->node);
}

void host_check_leaks(struct host *h)
{
	struct ble_ctlr_stats s;
	host_run(h, 1000);
	ble_ctlr_stats(h->ctlr, &s);
	assert_int_equal(s.pool_idle, s.pool_total);
}
