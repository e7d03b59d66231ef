/*
 * The radio seam over the air: one chain of operations at a time, each waiting for one event.
 *
 *   IDLE --post--> POSTED --start--> SENDING ---end--> told SENT --turn--> LISTENING
 *                                    LISTENING --end of lock--> told RECEIVED --turn--> SENDING
 *                                              --close--------> told SILENCE, IDLE
 *   post too late: LATE, told at the same instant from the clock, never from within post().
 *
 * T_IFS is exact in the turning node's own clock. Interrupt and main part take no time here; the
 * leads stand for what they cost elsewhere: 40 us for the ramp of a nRF52 and 20 us to set up its
 * timers and PPI; from sleep the crystal's 360 us come on top.
 */
#include "base/container.h"
#include "sim/air.h"

#include <string.h>

#define LEAD_US       60
#define SLEEP_LEAD_US 420
#define FAR_US        (UINT64_MAX / 8000) /* 70,000 years: nothing overflows below */

static void on_event(struct ev *e);

static struct radio *radio_of(struct ev *e)
{
	return CONTAINER_OF(e, struct radio, ev);
}

static uint64_t now_us(void *ctx)
{
	const struct radio *r = ctx;
	return drift_now_us(&r->drift, r->air->clock->now_ns);
}

static void wait_until(struct radio *r, uint64_t t_ns, enum ev_kind kind)
{
	clock_schedule(r->air->clock, &r->ev, t_ns, kind);
}

static const struct ble_radio_next *tell(struct radio *r, const struct ble_radio_result *result)
{
	const struct ble_radio_next *next =
		r->seam.on_result ? r->seam.on_result(r->seam.user, result) : NULL;
	if (r->after)
		r->after(r);
	return next;
}

/* The operation ended now and there was no packet. */
static void tell_end(struct radio *r, enum ble_radio_status status)
{
	uint64_t end_us = drift_stamp_us(&r->drift, r->air->clock->now_ns);
	r->state = RADIO_IDLE;
	tell(r,
		&(struct ble_radio_result){
			.status = (uint8_t)status,
			.channel = r->op.channel,
			.start_us = end_us,
			.end_us = end_us,
			.pdu = r->op.pdu,
		});
}

static bool has_phy(uint8_t phy)
{
	return phy == BLE_PHY_1M || phy == BLE_PHY_2M;
}

static int post(void *ctx, const struct ble_radio_op *op)
{
	struct radio *r = ctx;
	if (r->state != RADIO_IDLE)
		return BLE_EBUSY;
	if (!has_phy(op->phy) || (op->turn_phy && !has_phy(op->turn_phy)))
		return BLE_ENOTSUP;
	if (op->channel >= AIR_CHANNELS || !op->pdu || op->ccm)
		return BLE_EINVAL;
	if ((op->dir != BLE_RADIO_RX && op->dir != BLE_RADIO_TX) || op->start_us > FAR_US)
		return BLE_EINVAL;
	r->op = *op;
	if (!op->turn_phy)
		r->op.turn_phy = op->phy;
	r->turned = false;
	if (op->start_us < now_us(r) + LEAD_US) {
		r->state = RADIO_LATE;
		wait_until(r, 0, EV_RX_CLOSE);
		return 0;
	}
	r->flow = op->access_address == AIR_ADV_ADDRESS ? BLE_FLOW_ADV
		: op->dir == BLE_RADIO_TX               ? BLE_FLOW_CENTRAL
							: BLE_FLOW_PERIPHERAL;
	r->state = RADIO_POSTED;
	wait_until(r, drift_us_to_world(&r->drift, op->start_us),
		op->dir == BLE_RADIO_TX ? EV_TX_START : EV_RX_OPEN);
	return 0;
}

void radio_silence(struct radio *r)
{
	if (r->state == RADIO_SENDING)
		air_end(r->air, r->tx);
	if (r->link)
		air_leave(r->air, r);
	r->link = NULL;
	r->tx = NULL;
	r->state = RADIO_IDLE;
	clock_cancel(r->air->clock, &r->ev);
}

static void cancel(void *ctx)
{
	struct radio *r = ctx;
	if (r->state == RADIO_IDLE)
		return;
	radio_silence(r);
	tell_end(r, BLE_RADIO_ABORTED);
}

void radio_init(struct radio *r, struct air *a, uint16_t node)
{
	r->air = a;
	r->ev = (struct ev){ .fire = on_event, .node = node };
	r->caps = (struct ble_radio_caps){
		.lead_us = LEAD_US,
		.sleep_lead_us = SLEEP_LEAD_US,
		.granularity_us = 1,
		.sca_ppm = 50,
		.phy_2m = true,
	};
	r->seam = (struct ble_radio){
		.ctx = r,
		.caps = &r->caps,
		.now = now_us,
		.post = post,
		.cancel = cancel,
	};
}

static void start_sending(struct radio *r)
{
	struct air_tx *tx = air_tx_get(r->air);
	if (!tx) {
		tell_end(r, BLE_RADIO_ABORTED);
		return;
	}
	int power = r->op.power_dbm + r->gain_db;
	tx->place = r->place;
	tx->access_address = r->op.access_address;
	tx->crc_init = r->op.crc_init & 0xffffff;
	tx->node = r->ev.node;
	tx->power_dbm = (int8_t)(power < -127 ? -127 : power > 127 ? 127 : power);
	tx->channel = r->op.channel;
	tx->phy = r->op.phy;
	tx->flow = r->flow;
	tx->len = (uint16_t)(2 + r->op.pdu[1]);
	memcpy(tx->pdu, r->op.pdu, tx->len);
	r->tx = tx;
	r->state = RADIO_SENDING;
	air_begin(r->air, tx);
	wait_until(r, tx->end_ns, EV_TX_END);
}

static void open_window(struct radio *r)
{
	uint64_t now = r->air->clock->now_ns;
	/* Having turned, nothing is known before an access address could have been received. */
	uint64_t close = now +
		drift_span(&r->drift,
			r->turned ? 2 * AIR_TURN_WINDOW_NS : (uint64_t)r->op.window_us * 1000);
	r->close_ns = close;
	r->state = RADIO_LISTENING;
	air_listen(r->air, r);
	wait_until(r, r->turned ? close + air_sync_ns(r->op.phy) : close, EV_RX_CLOSE);
}

void radio_locked(struct radio *r)
{
	wait_until(r, r->lock->end_ns, EV_RX_END);
}

void radio_unlocked(struct radio *r)
{
	wait_until(r, r->turned ? r->close_ns + air_sync_ns(r->op.phy) : r->close_ns, EV_RX_CLOSE);
}

/* The opposite direction, T_IFS after end_ns. */
static void turn(struct radio *r, const struct ble_radio_next *next, uint64_t end_ns)
{
	r->op.pdu = next->pdu;
	r->op.then = next->then;
	r->op.keep_open = false;
	uint8_t phy = r->op.turn_phy;
	r->op.turn_phy = r->op.phy;
	r->op.phy = phy;
	r->turned = true;
	r->state = RADIO_POSTED;
	if (r->op.dir == BLE_RADIO_RX) {
		r->op.dir = BLE_RADIO_TX;
		wait_until(r, end_ns + drift_span(&r->drift, AIR_T_IFS_NS), EV_TX_START);
	} else {
		r->op.dir = BLE_RADIO_RX;
		wait_until(r, end_ns + drift_span(&r->drift, AIR_T_IFS_NS - AIR_TURN_WINDOW_NS),
			EV_RX_OPEN);
	}
}

/*
 * Tells of a packet that has ended and obeys the answer. While the handler runs its answer decides,
 * so post() is BUSY; it may cancel(), and then the answer is void.
 */
static void tell_packet(struct radio *r, const struct ble_radio_result *result, uint64_t end_ns)
{
	bool may_turn = r->op.then == BLE_RADIO_TURN;
	r->state = may_turn ? RADIO_HANDLER : RADIO_IDLE;
	const struct ble_radio_next *next = tell(r, result);
	if (!may_turn || r->state != RADIO_HANDLER)
		return;
	r->state = RADIO_IDLE;
	if (next && next->pdu)
		turn(r, next, end_ns);
}

static void on_sent(struct radio *r)
{
	uint64_t end_ns = r->tx->end_ns;
	struct ble_radio_result result = {
		.status = BLE_RADIO_SENT,
		.crc_ok = true,
		.channel = r->op.channel,
		.start_us = drift_stamp_us(&r->drift, r->tx->start_ns),
		.end_us = drift_stamp_us(&r->drift, end_ns),
		.pdu = r->op.pdu,
	};
	air_end(r->air, r->tx);
	r->tx = NULL;
	tell_packet(r, &result, end_ns);
}

/* Copies what fits; true when the CRC is right. A wrong one comes with a wrong bit somewhere. */
static bool receive(struct radio *r, const struct air_tx *tx)
{
	size_t room = 2 + (size_t)r->op.rx_octets, n = tx->len < room ? tx->len : room;
	memcpy(r->op.pdu, tx->pdu, n);
	if (tx->crc_init != (r->op.crc_init & 0xffffff) || tx->len > room)
		return false;
	if (!r->spoilt && !tx->bad_crc && tx->len == 2 + tx->pdu[1])
		return true;
	uint32_t bit = prng_below(&r->air->prng, (uint32_t)n * 8);
	r->op.pdu[bit / 8] = (uint8_t)(r->op.pdu[bit / 8] ^ 1u << bit % 8);
	return false;
}

/* The packet had a bad CRC and the window goes on, until it closes or the handler cancels. */
static void keep_open(struct radio *r, const struct ble_radio_result *result)
{
	r->state = RADIO_HANDLER;
	tell(r, result);
	if (r->state != RADIO_HANDLER)
		return;
	r->state = RADIO_LISTENING;
	air_listen(r->air, r);
	radio_unlocked(r);
}

static void on_received(struct radio *r)
{
	struct air_tx *tx = r->lock;
	uint64_t end_ns = tx->end_ns;
	struct ble_radio_result result = {
		.status = BLE_RADIO_RECEIVED,
		.crc_ok = receive(r, tx),
		.rssi_dbm = r->rssi_dbm,
		.channel = r->op.channel,
		.start_us = drift_stamp_us(&r->drift, tx->start_ns),
		.end_us = drift_stamp_us(&r->drift, end_ns),
		.pdu = r->op.pdu,
	};
	r->air->stats.receptions += result.crc_ok;
	air_leave(r->air, r);
	r->link = NULL;
	if (r->op.keep_open && !result.crc_ok)
		keep_open(r, &result);
	else
		tell_packet(r, &result, end_ns);
}

static void on_event(struct ev *e)
{
	struct radio *r = radio_of(e);
	switch ((enum radio_state)r->state) {
	case RADIO_POSTED:
		if (r->op.dir == BLE_RADIO_TX)
			start_sending(r);
		else
			open_window(r);
		return;
	case RADIO_LATE: tell_end(r, BLE_RADIO_LATE); return;
	case RADIO_SENDING: on_sent(r); return;
	case RADIO_LISTENING:
		if (r->lock) {
			on_received(r);
			return;
		}
		air_leave(r->air, r);
		r->link = NULL;
		tell_end(r, BLE_RADIO_SILENCE);
		return;
	case RADIO_IDLE:
	case RADIO_HANDLER: return;
	}
}
