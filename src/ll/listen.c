/* Pieces of windows: see listen.h. */
#include "ll/ctlr.h"

#define UNIT_US   625
#define PIECE_MIN 1000 /* us; a shorter piece hardly holds a packet */

/* A packet that begins as the window closes is still received. */
static uint32_t tail_us(void)
{
	return ll_airtime_us(LL_PHY_1M, LL_ADV_PAYLOAD_MAX);
}

static uint64_t end_us(const struct ll_listen *l)
{
	return l->window_us + l->length_us;
}

/* The next piece begins at or after from_us: in this window or in a later one. */
static void plan(struct ble_ctlr *c, struct ll_listen *l, uint64_t from_us)
{
	while (from_us + PIECE_MIN > end_us(l)) {
		/* windows that were taken away are lost, but then their channel's turn is, too */
		l->channel = l->channel == 39 ? 37 : (uint8_t)(l->channel + 1);
		l->window_us += l->interval_us;
		if (l->window_us + l->interval_us < from_us)
			l->window_us = from_us;
	}
	l->act.start_us = from_us > l->window_us ? from_us : l->window_us;
	l->act.length_us = PIECE_MIN + tail_us();
	ll_sched_add(c, &l->act);
}

static struct ll_listen *of(struct ll_act *act)
{
	return CONTAINER_OF(act, struct ll_listen, act);
}

static void on_begin(struct ble_ctlr *c, struct ll_act *act, uint64_t until_us)
{
	struct ll_listen *l = of(act);
	uint64_t close_us = end_us(l);
	if (close_us + tail_us() > until_us)
		close_us = until_us - tail_us();
	act->urgency = 0;
	if (l->before)
		l->before(c);
	struct ble_radio_op op = {
		.dir = BLE_RADIO_RX,
		.then = l->answers ? BLE_RADIO_TURN : BLE_RADIO_STOP,
		.channel = l->channel,
		.phy = BLE_PHY_1M,
		.keep_open = true,
		.access_address = LL_ADV_ACCESS_ADDRESS,
		.crc_init = LL_ADV_CRC_INIT,
		.start_us = act->start_us,
		.window_us = (uint32_t)(close_us - act->start_us),
		.rx_octets = LL_RX_OCTETS,
	};
	ll_chain_post(c, l->on, l, &op, until_us);
}

static void on_ended(struct ble_ctlr *c, struct ll_act *act, uint8_t status)
{
	struct ll_listen *l = of(act);
	(void)status;
	if (!l->done || !l->done(c))
		plan(c, l, ll_sched_soonest(c));
}

static void on_missed(struct ble_ctlr *c, struct ll_act *act, uint64_t free_us)
{
	if (act->urgency < UINT8_MAX)
		act->urgency++;
	plan(c, of(act), free_us);
}

static const struct ll_act_ops listen_ops = { on_begin, on_ended, on_missed };

void ll_listen_start(struct ble_ctlr *c, struct ll_listen *l, uint16_t interval, uint16_t window)
{
	l->act = (struct ll_act){ .ops = &listen_ops, .prio = LL_PRIO_LISTEN };
	l->interval_us = interval * (uint32_t)UNIT_US;
	l->length_us = window * (uint32_t)UNIT_US;
	l->channel = 37;
	l->window_us = ll_sched_soonest(c);
	plan(c, l, l->window_us);
}

void ll_listen_stop(struct ble_ctlr *c, struct ll_listen *l)
{
	ll_sched_drop(c, &l->act);
}
