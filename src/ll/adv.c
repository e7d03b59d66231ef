/*
 * Advertising events: the same PDU on each channel of the map, back to back, then again after the
 * interval and a random delay of up to 10 ms (4.4.2.2.1). The delay is what keeps two advertisers
 * of one interval from colliding for ever. Who answers is adv_isr.c's; a CONNECT_IND comes back
 * here to be judged.
 */
#include "ll/ctlr.h"

#include <string.h>

#define UNIT_US      625
#define HIGH_DUTY_US 3750    /* at most, between two PDUs on one channel: 4.4.2.4.3 */
#define HIGH_END_US  1280000 /* 4.4.2.4.3 */

static bool is_high_duty(const struct ll_adv_part *adv)
{
	return adv->params.advertising_type == HCI_ADV_DIRECT_IND_HIGH;
}

static bool is_directed(const struct ll_adv_part *adv)
{
	return is_high_duty(adv) || adv->params.advertising_type == HCI_ADV_DIRECT_IND_LOW;
}

static bool is_answered(const struct ll_adv_part *adv)
{
	return adv->params.advertising_type != HCI_ADV_NONCONN_IND;
}

/* One channel, with the longest answer: a CONNECT_IND, or a SCAN_REQ and its SCAN_RSP. */
static uint32_t channel_us(const struct ble_ctlr *c)
{
	const struct ll_adv_part *adv = &c->adv;
	uint32_t us = ll_airtime_us(LL_PHY_1M, adv->pdu[1]) + c->radio->caps->lead_us;
	if (!is_answered(adv))
		return us;
	uint32_t connect = ll_airtime_us(LL_PHY_1M, LL_CONNECT_IND_LEN);
	uint32_t scan = ll_airtime_us(LL_PHY_1M, LL_SCAN_REQ_LEN) + LL_T_IFS_US +
		ll_airtime_us(LL_PHY_1M, adv->rsp_pdu[1]);
	return us + LL_T_IFS_US + (scan > connect ? scan : connect);
}

/* The next channel of the map from this one on, 37..39; 40: none. */
static uint8_t next_channel(const struct ll_adv_part *adv, uint8_t from)
{
	while (from < 40 && !(adv->params.advertising_channel_map >> (from - 37) & 1))
		from++;
	return from;
}

static unsigned channels(const struct ll_adv_part *adv)
{
	uint8_t map = adv->params.advertising_channel_map;
	return (map & 1u) + (map >> 1 & 1u) + (map >> 2 & 1u);
}

static void pdu_of(
	uint8_t *pdu, uint8_t type, const struct ll_adv_part *adv, const uint8_t *data, uint8_t len)
{
	struct wr w = wr_of(pdu, LL_ADV_HDR_LEN + LL_ADV_PAYLOAD_MAX);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){
			.pdu_type = type,
			.tx_add = adv->own.type,
			.length = (uint8_t)(LL_ADV_A_LEN + len),
		});
	struct ll_adv body = { .data = data, .data_len = len };
	memcpy(body.adv_a, adv->own.octets, 6);
	ll_adv_write(&w, &body);
}

static void direct_pdu(struct ll_adv_part *adv)
{
	struct wr w = wr_of(adv->pdu, sizeof adv->pdu);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){
			.pdu_type = LL_ADV_DIRECT_IND,
			.tx_add = adv->own.type,
			.rx_add = adv->target.type,
			.length = LL_ADV_DIRECT_IND_LEN,
		});
	struct ll_adv_direct_ind body;
	memcpy(body.adv_a, adv->own.octets, 6);
	memcpy(body.target_a, adv->target.octets, 6);
	ll_adv_direct_ind_write(&w, &body);
}

/* Own and target address: private ones if they are asked for, and the peer is in the resolving list. 7.8.5 */
static bool take_addresses(struct ble_ctlr *c)
{
	struct ll_adv_part *adv = &c->adv;
	const struct hci_cmd_le_set_advertising_parameters *p = &adv->params;
	struct ll_addr own, target = { .type = p->peer_address_type };
	memcpy(target.octets, p->peer_address, 6);
	adv->generation = c->resolve.generation;
	int at = p->own_address_type > BLE_ADDR_RANDOM ? ll_resolve_find(&c->resolve, p->peer_address_type, p->peer_address)
						       : -1;
	if (!ll_resolve_own(c, p->own_address_type, at, &own) || !ll_resolve_target(c, at, &target))
		return false;
	adv->own = own;
	adv->own_private = ll_resolve_is_private(c, p->own_address_type, at);
	adv->target = target;
	return true;
}

static void make_pdus(struct ll_adv_part *adv)
{
	static const uint8_t types[] = {
		[HCI_ADV_IND] = LL_ADV_IND,
		[HCI_ADV_SCAN_IND] = LL_ADV_SCAN_IND,
		[HCI_ADV_NONCONN_IND] = LL_ADV_NONCONN_IND,
	};
	adv->changed = false;
	if (is_directed(adv))
		direct_pdu(adv);
	else
		pdu_of(adv->pdu, types[adv->params.advertising_type], adv, adv->data,
			adv->data_len);
	pdu_of(adv->rsp_pdu, LL_SCAN_RSP, adv, adv->rsp, adv->rsp_len);
}

static void plan(struct ble_ctlr *c, uint64_t start_us)
{
	struct ll_adv_part *adv = &c->adv;
	if (adv->changed)
		make_pdus(adv);
	adv->channel = next_channel(adv, 37);
	adv->act.start_us = start_us;
	adv->act.length_us = channels(adv) * channel_us(c);
	ll_sched_add(c, &adv->act);
}

static void plan_next(struct ble_ctlr *c)
{
	struct ll_adv_part *adv = &c->adv;
	uint64_t next_us = adv->event_us;
	if (is_high_duty(adv))
		next_us += HIGH_DUTY_US;
	else
		next_us += adv->params.advertising_interval_min * (uint32_t)UNIT_US +
			ll_prng(&c->rng) % (LL_ADV_DELAY_US + 1);
	if (next_us >= adv->end_us) {
		ll_adv_stop(c);
		c->adv_timed_out = true;
		return;
	}
	uint64_t soonest_us = ll_sched_soonest(c);
	plan(c, next_us > soonest_us ? next_us : soonest_us);
}

static void post(struct ble_ctlr *c, uint64_t start_us, uint64_t until_us)
{
	struct ll_adv_part *adv = &c->adv;
	struct ble_radio_op op = {
		.dir = BLE_RADIO_TX,
		.then = is_answered(adv) ? BLE_RADIO_TURN : BLE_RADIO_STOP,
		.channel = adv->channel,
		.phy = BLE_PHY_1M,
		.access_address = LL_ADV_ACCESS_ADDRESS,
		.crc_init = LL_ADV_CRC_INIT,
		.start_us = start_us,
		.pdu = adv->pdu,
		.rx_octets = LL_RX_OCTETS,
	};
	ll_chain_post(c, ll_adv_isr, adv, &op, until_us);
}

static void on_begin(struct ble_ctlr *c, struct ll_act *act, uint64_t until_us)
{
	act->urgency = 0;
	c->adv.event_us = act->start_us; /* later than planned if something was in the way */
	ll_resolve_refresh(c);
	if (c->adv.generation != c->resolve.generation && take_addresses(c)) /* else the old ones serve on */
		c->adv.changed = true;
	if (c->adv.changed)
		make_pdus(&c->adv);
	post(c, act->start_us, until_us);
}

static void on_ended(struct ble_ctlr *c, struct ll_act *act, uint8_t status)
{
	struct ll_adv_part *adv = &c->adv;
	adv->channel = next_channel(adv, (uint8_t)(adv->channel + 1));
	uint64_t start_us = ll_sched_soonest(c);
	bool fits = start_us + channel_us(c) <= c->isr.until_us;
	if (status == BLE_RADIO_LATE || status == BLE_RADIO_ABORTED || adv->channel == 40 ||
		!fits) {
		plan_next(c);
		return;
	}
	c->sched.active = act;
	post(c, start_us, c->isr.until_us);
}

static void on_missed(struct ble_ctlr *c, struct ll_act *act, uint64_t free_us)
{
	if (act->urgency < UINT8_MAX)
		act->urgency++;
	act->start_us = free_us;
	ll_sched_add(c, act);
}

static const struct ll_act_ops adv_ops = { on_begin, on_ended, on_missed };

void ll_adv_reset(struct ble_ctlr *c)
{
	ll_adv_stop(c);
	c->adv = (struct ll_adv_part){
		.act = { .ops = &adv_ops, .prio = LL_PRIO_ADV },
		.params = {
			.advertising_interval_min = 0x0800, /* Vol 4 Part E 7.8.5 */
			.advertising_interval_max = 0x0800,
			.advertising_channel_map = 7,
		},
	};
}

static uint8_t start(struct ble_ctlr *c)
{
	struct ll_adv_part *adv = &c->adv;
	bool connectable = adv->params.advertising_type != HCI_ADV_SCAN_IND && is_answered(adv);
	ll_resolve_ready(c);
	if (!take_addresses(c))
		return HCI_ERR_INVALID_PARAMETERS;
	if (connectable && !ll_conn_free_slot(c))
		return HCI_ERR_CONNECTION_LIMIT_EXCEEDED;
	uint64_t now_us = ll_sched_soonest(c);
	adv->changed = true;
	adv->enabled = true;
	adv->end_us = is_high_duty(adv) ? now_us + HIGH_END_US : BLE_NEVER;
	plan(c, now_us);
	return HCI_ERR_SUCCESS;
}

uint8_t ll_adv_enable(struct ble_ctlr *c, bool on)
{
	ll_adv_stop(c); /* enabling again begins anew: Vol 4 Part E 7.8.9 */
	return on ? start(c) : HCI_ERR_SUCCESS;
}

void ll_adv_stop(struct ble_ctlr *c)
{
	if (!c->adv.enabled)
		return;
	c->adv.enabled = false;
	ll_sched_drop(c, &c->adv.act);
}

/* The addresses were right. LL-007 to LL-012: whatever else is wrong, there was no CONNECT_IND. */
void ll_adv_on_connect(struct ble_ctlr *c, struct ll_rx *rx)
{
	struct ll_adv_part *adv = &c->adv;
	const uint8_t *pdu = ll_rx_pdu(rx);
	struct ll_connect_ind ind;
	struct rd r = rd_of(pdu + LL_ADV_HDR_LEN, LL_CONNECT_IND_LEN);
	struct ll_parties with = { .own = adv->own, .peer.type = pdu[0] >> 6 & 1, .own_private = adv->own_private };
	uint64_t end_us = rx->end_us;
	bool valid = ll_connect_ind_read(&r, &ind) && ll_connect_ind_valid(&ind) && adv->enabled;
	memcpy(with.peer.octets, ind.init_a, 6);
	ll_parties_know(c, &with, rx->at, rx->resolved);
	ll_rx_free(c, rx);
	if (!valid || ll_addr_eq(&adv->own, with.peer.type, with.peer.octets) || ll_conn_between(c, &with))
		return;
	struct ll_conn *k = ll_conn_free_slot(c);
	if (!k)
		return;
	ll_adv_stop(c);
	ll_conn_open_peripheral(c, k, &ind, &with, end_us);
}
