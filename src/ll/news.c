/*
 * Events that must not be lost are not queued but remembered, as bits of what they are about, and
 * written when there is a buffer: Connection Complete, what commands complete with later, Number Of
 * Completed Packets, Disconnection Complete.
 */
#include "ll/ctlr.h"

#include <string.h>

/*
 * A meta event the host wants: a buffer or NULL. *done says that there is nothing (more) to write.
 */
static struct ll_evt *le_begin(struct ble_ctlr *c, uint8_t subevent, struct wr *w, bool *done)
{
	*done = !ll_le_evt_wanted(c, subevent);
	return *done ? NULL : ll_evt_begin(c, HCI_EVT_LE_META, w, 0);
}

static struct ll_evt *begin(struct ble_ctlr *c, uint8_t code, struct wr *w, bool *done)
{
	*done = !ll_evt_wanted(c, code);
	return *done ? NULL : ll_evt_begin(c, code, w, 0);
}

/* The enhanced event instead of the plain one, where addresses are resolved, to who wants it: Vol 4 Part E 7.7.65.10. */
static bool complete(struct ble_ctlr *c, const struct hci_le_enhanced_connection_complete *evt, const struct ll_addr *air)
{
	bool enhanced = c->platform->crypto && ll_le_evt_wanted(c, HCI_LE_EVT_ENHANCED_CONNECTION_COMPLETE);
	struct wr w;
	bool done;
	struct ll_evt *e = le_begin(
		c, enhanced ? HCI_LE_EVT_ENHANCED_CONNECTION_COMPLETE : HCI_LE_EVT_CONNECTION_COMPLETE, &w, &done);
	if (!e)
		return done;
	struct hci_le_connection_complete plain = {
		.status = evt->status,
		.connection_handle = evt->connection_handle,
		.role = evt->role,
		.peer_address_type = air->type,
		.connection_interval = evt->connection_interval,
		.peripheral_latency = evt->peripheral_latency,
		.supervision_timeout = evt->supervision_timeout,
		.central_clock_accuracy = evt->central_clock_accuracy,
	};
	memcpy(plain.peer_address, air->octets, 6);
	if (enhanced)
		hci_le_enhanced_connection_complete_write(&w, evt);
	else
		hci_le_connection_complete_write(&w, &plain);
	ll_evt_end(c, e, &w);
	return true;
}

static bool tell_complete(struct ble_ctlr *c, struct ll_conn *k)
{
	const struct ll_parties *with = &k->with;
	struct hci_le_enhanced_connection_complete evt = {
		.connection_handle = k->handle,
		.role = k->role,
		.peer_address_type = (uint8_t)(with->id.type | (with->resolved ? BLE_ADDR_PUBLIC_IDENTITY : 0)),
		.connection_interval = k->interval,
		.peripheral_latency = k->latency,
		.supervision_timeout = k->timeout,
		.central_clock_accuracy = k->sca,
	};
	memcpy(evt.peer_address, with->id.octets, 6);
	if (with->own_private)
		memcpy(evt.local_resolvable_private_address, with->own.octets, 6);
	if (with->resolved)
		memcpy(evt.peer_resolvable_private_address, with->peer.octets, 6);
	return complete(c, &evt, &with->peer);
}

/* Hosts look at interval and time-out even of a failure. */
static bool tell_failure(struct ble_ctlr *c, uint8_t status, uint8_t role)
{
	struct ll_addr peer = c->init.peer;
	struct hci_le_enhanced_connection_complete evt = {
		.status = status,
		.role = role,
		.connection_interval = 6,
		.supervision_timeout = 10,
	};
	if (role == HCI_ROLE_CENTRAL) {
		evt.connection_interval = c->init.ind.interval;
		evt.supervision_timeout = c->init.ind.timeout;
	} else {
		peer.type = c->adv.params.peer_address_type;
		memcpy(peer.octets, c->adv.params.peer_address, 6);
	}
	evt.peer_address_type = peer.type;
	memcpy(evt.peer_address, peer.octets, 6);
	return complete(c, &evt, &peer);
}

static bool tell_features(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	bool done;
	struct ll_evt *e = le_begin(c, HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE, &w, &done);
	if (!e)
		return done;
	hci_le_read_remote_features_complete_write(&w,
		&(struct hci_le_read_remote_features_complete){
			.status = k->news_status[LL_NEWS_FEATURES],
			.connection_handle = k->handle,
			.le_features = k->llcp.features,
		});
	ll_evt_end(c, e, &w);
	return true;
}

static bool tell_version(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	bool done;
	struct ll_evt *e = begin(c, HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE, &w, &done);
	if (!e)
		return done;
	hci_evt_read_remote_version_information_complete_write(&w,
		&(struct hci_evt_read_remote_version_information_complete){
			.status = k->news_status[LL_NEWS_VERSION],
			.connection_handle = k->handle,
			.version = k->llcp.version.version,
			.company_identifier = k->llcp.version.company_identifier,
			.subversion = k->llcp.version.subversion,
		});
	ll_evt_end(c, e, &w);
	return true;
}

static bool tell_update(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	bool done;
	struct ll_evt *e = le_begin(c, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE, &w, &done);
	if (!e)
		return done;
	hci_le_connection_update_complete_write(&w,
		&(struct hci_le_connection_update_complete){
			.status = k->news_status[LL_NEWS_UPDATE],
			.connection_handle = k->handle,
			.connection_interval = k->interval,
			.peripheral_latency = k->latency,
			.supervision_timeout = k->timeout,
		});
	ll_evt_end(c, e, &w);
	return true;
}

static bool tell_length(struct ble_ctlr *c, struct ll_conn *k)
{
	const struct ll_length *is = &k->llcp.length.effective;
	struct wr w;
	bool done;
	struct ll_evt *e = le_begin(c, HCI_LE_EVT_DATA_LENGTH_CHANGE, &w, &done);
	if (!e)
		return done;
	hci_le_data_length_change_write(&w,
		&(struct hci_le_data_length_change){
			.connection_handle = k->handle,
			.max_tx_octets = is->max_tx_octets,
			.max_tx_time = is->max_tx_time,
			.max_rx_octets = is->max_rx_octets,
			.max_rx_time = is->max_rx_time,
		});
	ll_evt_end(c, e, &w);
	return true;
}

static bool tell_phy(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	bool done;
	struct ll_evt *e = le_begin(c, HCI_LE_EVT_PHY_UPDATE_COMPLETE, &w, &done);
	if (!e)
		return done;
	hci_le_phy_update_complete_write(&w,
		&(struct hci_le_phy_update_complete){
			.status = k->news_status[LL_NEWS_PHY],
			.connection_handle = k->handle,
			.tx_phy = k->tx_phy,
			.rx_phy = k->rx_phy,
		});
	ll_evt_end(c, e, &w);
	return true;
}

/* The mask was looked at when the request came: the peer waits, so it is told even if the mask has changed. */
static bool tell_param_request(struct ble_ctlr *c, struct ll_conn *k)
{
	const struct ll_connection_param *req = &k->llcp.param.req;
	struct wr w;
	if (k->state != LL_CONN_OPEN)
		return true; /* nobody waits any more */
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_LE_META, &w, 0);
	if (!e)
		return false;
	hci_le_remote_connection_parameter_request_write(&w,
		&(struct hci_le_remote_connection_parameter_request){
			.connection_handle = k->handle,
			.interval_min = req->interval_min,
			.interval_max = req->interval_max,
			.max_latency = req->latency,
			.timeout = req->timeout,
		});
	ll_evt_end(c, e, &w);
	return true;
}

/* As of the parameter request: the peer waits. */
static bool tell_key_request(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	if (k->state != LL_CONN_OPEN)
		return true;
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_LE_META, &w, 0);
	if (!e)
		return false;
	hci_le_long_term_key_request_write(&w,
		&(struct hci_le_long_term_key_request){
			.connection_handle = k->handle,
			.random_number = k->llcp.enc.rand,
			.encrypted_diversifier = k->llcp.enc.ediv,
		});
	ll_evt_end(c, e, &w);
	return true;
}

/* A connection that was encrypted already has another key now: Vol 4 Part E 7.7.39. */
static bool tell_encryption(struct ble_ctlr *c, struct ll_conn *k)
{
	bool again = k->llcp.enc.refreshed;
	uint8_t status = k->news_status[LL_NEWS_ENCRYPTION];
	struct wr w;
	bool done;
	struct ll_evt *e =
		begin(c, again ? HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE : HCI_EVT_ENCRYPTION_CHANGE, &w, &done);
	if (!e)
		return done;
	if (again)
		hci_evt_encryption_key_refresh_complete_write(&w,
			&(struct hci_evt_encryption_key_refresh_complete){
				.status = status, .connection_handle = k->handle });
	else
		hci_evt_encryption_change_write(&w,
			&(struct hci_evt_encryption_change){
				.status = status, .connection_handle = k->handle, .encryption_enabled = !status });
	ll_evt_end(c, e, &w);
	return true;
}

/* Vol 4 Part E 7.7.75; bit 23 of the second page of events, 7.3.69 */
static bool tell_payload_timeout(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	if (!(c->page_2_mask & UINT64_C(1) << 23))
		return true;
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_AUTHENTICATED_PAYLOAD_TIMEOUT_EXPIRED, &w, 0);
	if (!e)
		return false;
	hci_evt_authenticated_payload_timeout_expired_write(&w,
		&(struct hci_evt_authenticated_payload_timeout_expired){ .connection_handle = k->handle });
	ll_evt_end(c, e, &w);
	return true;
}

/*
 * Behind the connection's last data. What the host has of it counts as given back: Vol 4 Part E
 * 7.7.5.
 */
static bool tell_closed(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	bool done;
	if (k->waiting)
		return false;
	struct ll_evt *e = begin(c, HCI_EVT_DISCONNECTION_COMPLETE, &w, &done);
	if (e) {
		hci_evt_disconnection_complete_write(&w,
			&(struct hci_evt_disconnection_complete){
				.connection_handle = k->handle,
				.reason = k->reason,
			});
		ll_evt_end(c, e, &w);
	} else if (!done) {
		return false;
	}
	ll_out_credit(c, k->host_has);
	k->state = LL_CONN_FREE;
	return true;
}

static bool (*const rows[LL_NEWS_COUNT])(struct ble_ctlr *c, struct ll_conn *k) = {
	[LL_NEWS_COMPLETE] = tell_complete,
	[LL_NEWS_FEATURES] = tell_features,
	[LL_NEWS_VERSION] = tell_version,
	[LL_NEWS_LENGTH] = tell_length,
	[LL_NEWS_KEY_REQUEST] = tell_key_request,
	[LL_NEWS_ENCRYPTION] = tell_encryption,
	[LL_NEWS_PAYLOAD_TIMEOUT] = tell_payload_timeout,
	[LL_NEWS_PHY] = tell_phy,
	[LL_NEWS_PARAM_REQUEST] = tell_param_request,
	[LL_NEWS_UPDATE] = tell_update,
	[LL_NEWS_CLOSED] = tell_closed,
};

/* True when all is told. */
static bool tell(struct ble_ctlr *c, struct ll_conn *k)
{
	for (unsigned i = 0; i < LL_NEWS_COUNT; i++) {
		if (!(k->news & 1u << i))
			continue;
		if (!rows[i](c, k))
			return false;
		k->news = (uint16_t)(k->news & ~(1u << i));
	}
	return true;
}

static bool tell_completed(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	if (!k->completed || k->news & 1u << LL_NEWS_COMPLETE)
		return true;
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_NUMBER_OF_COMPLETED_PACKETS, &w, 0);
	if (!e)
		return false;
	wr_u8(&w, 1);
	hci_completed_write(&w,
		&(struct hci_completed){
			.connection_handle = k->handle,
			.num_completed_packets = k->completed,
		});
	ll_evt_end(c, e, &w);
	k->completed = 0;
	return true;
}

static bool each(struct ble_ctlr *c, bool (*fn)(struct ble_ctlr *c, struct ll_conn *k))
{
	bool all = true;
	for (unsigned i = 0; i < c->conn_count; i++)
		all &= fn(c, &c->conns[i]);
	return all;
}

void ll_news_run(struct ble_ctlr *c)
{
	if (c->init_cancelled)
		c->init_cancelled = !tell_failure(c, HCI_ERR_UNKNOWN_CONNECTION, HCI_ROLE_CENTRAL);
	if (c->adv_timed_out)
		c->adv_timed_out =
			!tell_failure(c, HCI_ERR_ADVERTISING_TIMEOUT, HCI_ROLE_PERIPHERAL);
	if (c->has_completed)
		c->has_completed = !each(c, tell_completed);
	if (c->has_news)
		c->has_news = !each(c, tell);
}
