/*
 * Planning connection events: anchors, channels, latency, window widening (4.2.4, 4.5.1, 4.5.8),
 * and what is settled when an event is over.
 *
 *   central      sends at the anchor
 *   peripheral   |<- widening ->| anchor |<- transmit window, until the anchor is known ->|<- widening ->|
 */
#include "ll/ctlr.h"

/*
 * The shortest event: one packet each way. They are reckoned as long as they may be while there is data on either
 * side, and as short as everyone's without, so that an idle link does not keep others from the radio.
 */
static uint32_t exchange_us(struct ll_conn *k)
{
	bool busy = ll_conn_has_data(k) || k->isr.peer_md;
	uint8_t tx = busy ? atomic_load_explicit(&k->tx_limit, memory_order_relaxed) : LL_DATA_PAYLOAD_MIN;
	uint8_t rx = busy ? k->rx_limit : LL_DATA_PAYLOAD_MIN;
	uint32_t mic = llcp_may_be_encrypted(k) ? LL_MIC_LEN : 0;
	return ll_airtime_us(k->tx_phy, tx + mic) + LL_T_IFS_US + ll_airtime_us(k->rx_phy, rx + mic);
}

uint64_t ll_conn_anchor_us(const struct ll_conn *k, uint16_t event)
{
	return k->anchor_us + (uint64_t)(uint16_t)(event - k->anchor_event) * k->interval_us;
}

static uint32_t widening_us(const struct ll_conn *k, uint16_t event)
{
	return ll_window_widening(k->ppm, ll_conn_anchor_us(k, event) - k->synced_us);
}

static uint64_t start_us(const struct ll_conn *k, uint16_t event)
{
	uint64_t anchor_us = ll_conn_anchor_us(k, event);
	return k->role == HCI_ROLE_CENTRAL ? anchor_us : anchor_us - widening_us(k, event);
}

static void on_supervision(struct tmr *t)
{
	struct ll_conn *k = CONTAINER_OF(t, struct ll_conn, supervision);
	struct ble_ctlr *c = k->llcp.ctlr;
	if (c->sched.active == &k->act)
		return; /* on_ended() knows more in a moment, and looks again */
	if (c->now_us <
		k->deadline_us) { /* heard since: it is set anew only now, not for every packet */
		tmr_start(&c->timers, t, k->deadline_us, on_supervision);
		return;
	}
	uint8_t reason =
		k->established ? HCI_ERR_CONNECTION_TIMEOUT : HCI_ERR_FAILED_TO_BE_ESTABLISHED;
	bool peer_left = k->llcp.reason && !k->llcp.terminates;
	ll_conn_close(c, k, peer_left ? k->llcp.reason : reason);
}

static void supervise(struct ble_ctlr *c, struct ll_conn *k, uint64_t deadline_us)
{
	bool sooner = deadline_us < k->supervision.due_us;
	k->deadline_us = deadline_us;
	if (!tmr_is_armed(&k->supervision) || sooner)
		tmr_start(&c->timers, &k->supervision, deadline_us, on_supervision);
}

void ll_conn_heard(struct ble_ctlr *c, struct ll_conn *k, uint64_t heard_us)
{
	k->established = true;
	supervise(c, k, heard_us + k->timeout * UINT64_C(10000));
}

/* The counter goes to `event`, and the unmapped channel with it: 4.5.8.2. */
static void go_to(struct ll_conn *k, uint16_t event)
{
	uint16_t steps = (uint16_t)(event - k->event);
	k->unmapped = (uint8_t)((k->unmapped + (uint32_t)k->hop * steps) % LL_DATA_CHANNELS);
	k->event = event;
}

static void plan(struct ble_ctlr *c, struct ll_conn *k)
{
	llcp_before_event(c, k);
	if (!k->established && k->event >= LL_ESTABLISH_EVENTS)
		return; /* supervision ends it */
	/* A peer that has heard our LL_TERMINATE_IND acknowledges it in one event, and is gone: that is not to be missed. */
	if (k->llcp.reason)
		k->act.urgency = UINT8_MAX;
	k->act.length_us = exchange_us(k);
	k->listen_us = 0;
	k->act.start_us = start_us(k, k->event);
	if (k->role == HCI_ROLE_PERIPHERAL) {
		uint32_t ww = widening_us(k, k->event);
		if (ww >= k->interval_us / 2 - LL_T_IFS_US) { /* 4.2.4 */
			ll_conn_close(c, k, HCI_ERR_CONNECTION_TIMEOUT);
			return;
		}
		k->listen_us = 2 * ww + k->window_us + LL_PREAMBLE_US;
		k->act.length_us += k->listen_us;
	}
	ll_sched_add(c, &k->act);
}

void ll_conn_plan_first(struct ble_ctlr *c, struct ll_conn *k)
{
	supervise(c, k, k->anchor_us + LL_ESTABLISH_EVENTS * (uint64_t)k->interval_us);
	plan(c, k);
}

bool ll_conn_has_data(struct ll_conn *k)
{
	return ring_used(&k->ctrl) || ring_used(&k->acl);
}

/*
 * A peripheral may sleep through `latency` events when it has nothing to say and the peer has said
 * all.
 */
static bool may_sleep(struct ll_conn *k)
{
	const struct ll_conn_isr *s = &k->isr;
	return k->role == HCI_ROLE_PERIPHERAL && k->latency && s->good && !s->peer_md &&
		!ll_conn_has_data(k) && !llcp_waits_for_instant(k) && !k->llcp.reason;
}

static void advance(struct ble_ctlr *c, struct ll_conn *k)
{
	go_to(k, (uint16_t)(k->event + 1 + (may_sleep(k) ? k->latency : 0)));
	plan(c, k);
}

void ll_conn_hurry(struct ble_ctlr *c, struct ll_conn *k)
{
	if (k->role != HCI_ROLE_PERIPHERAL || !k->act.queued)
		return;
	uint64_t soonest_us = ll_sched_soonest(c);
	uint16_t event = k->event;
	while ((uint16_t)(event - k->anchor_event) > 1 &&
		(uint16_t)(k->event - event) < k->latency &&
		start_us(k, (uint16_t)(event - 1)) >= soonest_us)
		event--;
	if (event == k->event)
		return;
	uint32_t back = (uint16_t)(k->event - event);
	uint32_t down = (uint32_t)k->hop * back % LL_DATA_CHANNELS;
	k->unmapped = (uint8_t)((k->unmapped + LL_DATA_CHANNELS - down) % LL_DATA_CHANNELS);
	k->event = event;
	plan(c, k);
}

static void on_begin(struct ble_ctlr *c, struct ll_act *act, uint64_t until_us)
{
	struct ll_conn *k = CONTAINER_OF(act, struct ll_conn, act);
	struct ll_conn_isr *s = &k->isr;
	bool central = k->role == HCI_ROLE_CENTRAL;
	s->any = s->good = s->peer_md = false;
	s->bad = 0;
	s->rx_octets = (uint8_t)(k->rx_limit + (llcp_may_be_encrypted(k) ? LL_MIC_LEN : 0));
	s->next_us = start_us(k, (uint16_t)(k->event + 1)) - 2 * c->radio->caps->lead_us;
	struct ble_radio_op op = {
		.dir = central ? BLE_RADIO_TX : BLE_RADIO_RX,
		.then = BLE_RADIO_TURN,
		.channel = ll_channel_select(k->map, k->used, k->unmapped),
		.phy = central ? k->tx_phy : k->rx_phy,
		.turn_phy = central ? k->rx_phy : k->tx_phy,
		.access_address = k->access_address,
		.crc_init = k->crc_init,
		.start_us = act->start_us,
		.window_us = k->listen_us,
		.pdu = central ? ll_conn_next_pdu(c, k, false) : NULL,
		.rx_octets = s->rx_octets,
	};
	ll_chain_post(c, central ? ll_central_isr : ll_peripheral_isr, k, &op, until_us);
}

/* Peripheral: the first packet shows where the anchor is; central: it is where we sent. */
static void settle_anchor(struct ll_conn *k)
{
	const struct ll_conn_isr *s = &k->isr;
	bool central = k->role == HCI_ROLE_CENTRAL;
	if (!central && !s->any)
		return;
	k->anchor_us = central ? k->act.start_us : s->first_us;
	k->anchor_event = k->event;
	k->synced_us = k->anchor_us;
	k->window_us = 0;
}

static void on_ended(struct ble_ctlr *c, struct ll_act *act, uint8_t status)
{
	struct ll_conn *k = CONTAINER_OF(act, struct ll_conn, act);
	if (status == BLE_RADIO_LATE)
		c->events_missed++;
	else
		settle_anchor(k);
	if (k->isr.good) {
		act->urgency = 0;
		ll_conn_heard(c, k, k->isr.good_us);
	} else {
		act->urgency = (uint8_t)(act->urgency + (act->urgency < UINT8_MAX));
	}
	ll_acl_reap(c, k);
	llcp_after_event(c, k);
	if (k->state == LL_CONN_OPEN && !tmr_is_armed(&k->supervision))
		on_supervision(&k->supervision); /* it was due while the event went on */
	if (k->state == LL_CONN_OPEN)
		advance(c, k);
}

static void on_missed(struct ble_ctlr *c, struct ll_act *act, uint64_t free_us)
{
	struct ll_conn *k = CONTAINER_OF(act, struct ll_conn, act);
	(void)free_us;
	c->events_missed++;
	if (act->urgency < UINT8_MAX)
		act->urgency++;
	go_to(k, (uint16_t)(k->event + 1));
	plan(c, k);
}

const struct ll_act_ops ll_conn_ops = { on_begin, on_ended, on_missed };
