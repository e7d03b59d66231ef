/* See raw_peer.h. All of it but the verbs at the end runs as the radio's interrupt. */
#include "raw_peer.h"

#include <string.h>

#define WINDOW_US 100000
#define DEAF      6 /* events: the CONNECT_IND was not heard */

static void post(struct raw_peer *p, const struct ble_radio_op *op)
{
	assert_int_equal(p->radio->post(p->radio->ctx, op), 0);
}

static void seek(struct raw_peer *p)
{
	p->state = RAW_SEEKS;
	post(p,
		&(struct ble_radio_op){
			.dir = BLE_RADIO_RX,
			.then = BLE_RADIO_TURN,
			.channel = 37,
			.phy = BLE_PHY_1M,
			.keep_open = true,
			.access_address = LL_ADV_ACCESS_ADDRESS,
			.crc_init = LL_ADV_CRC_INIT,
			.start_us = p->radio->now(p->radio->ctx) + p->radio->caps->sleep_lead_us,
			.window_us = WINDOW_US,
			.pdu = p->rx,
			.rx_octets = 255,
		});
}

/* Channel selection #1, 4.5.8.2, from the text and not by the link layer's own function. */
static uint8_t channel(const struct raw_peer *p)
{
	uint8_t used[37], n = 0;
	for (uint8_t i = 0; i < 37; i++)
		if (p->ind.ch_m[i / 8] >> i % 8 & 1)
			used[n++] = i;
	bool is_used = p->ind.ch_m[p->unmapped / 8] >> p->unmapped % 8 & 1;
	return is_used ? p->unmapped : used[p->unmapped % n];
}

static void make_pdu(struct raw_peer *p)
{
	static const uint8_t empty[2] = { LL_LLID_CONTINUE, 0 };
	const uint8_t *pdu = p->queued ? p->queue[0] : empty;
	if (!p->pending)
		memcpy(p->tx, pdu, 2u + pdu[1]);
	p->tx[0] = (uint8_t)((p->tx[0] & 3) | p->nesn << 2 | p->sn << 3);
	p->pending = true;
}

static void post_event(struct raw_peer *p)
{
	p->unmapped = (uint8_t)((p->unmapped + p->ind.hop) % 37);
	make_pdu(p);
	post(p,
		&(struct ble_radio_op){
			.dir = p->silent ? BLE_RADIO_RX : BLE_RADIO_TX,
			.then = p->silent ? BLE_RADIO_STOP : BLE_RADIO_TURN,
			.channel = channel(p),
			.phy = BLE_PHY_1M,
			.access_address = p->ind.aa,
			.crc_init = p->ind.crc_init,
			.start_us = p->anchor_us,
			.window_us = 1,
			.pdu = p->silent ? p->rx : p->tx,
			.rx_octets = 255,
		});
}

static const struct ble_radio_next *on_adv(struct raw_peer *p, const struct ble_radio_result *r)
{
	bool is_peer = r->status == BLE_RADIO_RECEIVED && r->crc_ok &&
		(p->rx[0] & 0xF) == LL_ADV_IND && (p->rx[0] >> 6 & 1) == p->peer_random &&
		!memcmp(p->rx + 2, p->ind.adv_a, 6);
	if (r->status == BLE_RADIO_RECEIVED && !r->crc_ok)
		return NULL; /* the window goes on */
	if (!is_peer) {
		seek(p);
		return NULL;
	}
	struct wr w = wr_of(p->tx, sizeof p->tx);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){
			.pdu_type = LL_CONNECT_IND,
			.rx_add = p->peer_random,
			.length = LL_CONNECT_IND_LEN,
		});
	ll_connect_ind_write(&w, &p->ind);
	p->state = RAW_CALLS;
	p->next = (struct ble_radio_next){ .pdu = p->tx };
	return &p->next;
}

static void on_called(struct raw_peer *p, uint64_t end_us)
{
	p->calls++;
	p->state = RAW_OFF;
	if (p->spoilt)
		return;
	p->state = RAW_LINKED;
	p->sn = p->nesn = p->pending = p->silent = p->answered = false;
	p->deaf = 0;
	p->unmapped = 0;
	p->anchor_us = end_us + 1250 + p->ind.win_offset * 1250u + 100;
	post_event(p);
}

static void on_packet(struct raw_peer *p)
{
	bool nesn = p->rx[0] >> 2 & 1, sn = p->rx[0] >> 3 & 1;
	uint8_t llid = p->rx[0] & 3, len = p->rx[1];
	if (nesn != p->sn) {
		bool was_queued = p->tx[1] || (p->tx[0] & 3) != LL_LLID_CONTINUE;
		p->sn = !p->sn;
		p->pending = false;
		if (was_queued) {
			p->queued--;
			memmove(p->queue[0], p->queue[1], p->queued * sizeof p->queue[0]);
		}
	}
	if (sn != p->nesn)
		return;
	p->nesn = !p->nesn;
	if (llid == LL_LLID_CONTROL) {
		assert_in_range(p->heard_count, 0, RAW_HEARD - 1);
		memcpy(p->heard[p->heard_count++], p->rx + 2, len);
	} else if (len) {
		p->data_count++;
	}
}

static const struct ble_radio_next *on_event(struct raw_peer *p, const struct ble_radio_result *r)
{
	if (r->status == BLE_RADIO_SENT) {
		p->next = (struct ble_radio_next){ .pdu = p->rx };
		return &p->next;
	}
	bool good = r->status == BLE_RADIO_RECEIVED && r->crc_ok;
	p->deaf = good ? 0 : p->deaf + 1;
	p->answered |= good;
	if (good)
		on_packet(p);
	if (!p->answered && p->deaf == DEAF) {
		seek(p); /* the CONNECT_IND was lost */
		return NULL;
	}
	p->anchor_us += p->ind.interval * 1250u;
	post_event(p);
	return NULL;
}

static const struct ble_radio_next *on_result(void *user, const struct ble_radio_result *r)
{
	struct raw_peer *p = user;
	if (r->status == BLE_RADIO_ABORTED)
		return NULL;
	assert_int_not_equal(r->status, BLE_RADIO_LATE);
	switch ((enum raw_state)p->state) {
	case RAW_OFF: break;
	case RAW_SEEKS: return on_adv(p, r);
	case RAW_CALLS: on_called(p, r->end_us); break;
	case RAW_LINKED: return on_event(p, r);
	}
	return NULL;
}

void raw_add(struct raw_peer *p, struct ble_world *w, const struct ble_node_options *options)
{
	*p = (struct raw_peer){ .world = w, .node = ble_world_add(w, options) };
	assert_non_null(p->node);
	p->radio = ble_node_radio(p->node);
	p->radio->user = p;
	p->radio->on_result = on_result;
}

struct ll_connect_ind raw_connect_ind(const uint8_t adv_a[6])
{
	struct ll_connect_ind ind = {
		.init_a = { 0x21, 0x22, 0x23, 0x24, 0x25, 0x26 },
		.aa = 0x50654321,
		.crc_init = 0x123456,
		.win_size = 2,
		.win_offset = 3,
		.interval = 24,
		.timeout = 200,
		.ch_m = { 0xFF, 0xFF, 0xFF, 0xFF, 0x1F },
		.hop = 7,
		.sca = 5,
	};
	memcpy(ind.adv_a, adv_a, 6);
	return ind;
}

static bool is_linked(void *ctx)
{
	const struct raw_peer *p = ctx;
	return p->state == RAW_LINKED && p->answered;
}

static bool is_idle(void *ctx)
{
	return ((const struct raw_peer *)ctx)->state == RAW_OFF;
}

static bool is_flushed(void *ctx)
{
	return !((const struct raw_peer *)ctx)->queued;
}

static bool has_heard(void *ctx)
{
	return ((const struct raw_peer *)ctx)->heard_count;
}

static void run(struct raw_peer *p, bool (*stop)(void *ctx))
{
	if (!ble_world_run_while(p->world, ble_world_now(p->world) + 10000000, stop, p))
		fail_msg("the raw peer waited 10 s in vain");
}

void raw_connect(struct raw_peer *p, const struct ll_connect_ind *ind, bool random)
{
	raw_vanish(p);
	p->ind = *ind;
	p->peer_random = random;
	p->spoilt = false;
	p->queued = p->heard_count = p->data_count = 0;
	seek(p);
	run(p, is_linked);
}

void raw_call(struct raw_peer *p, const struct ll_connect_ind *ind, bool random, unsigned times)
{
	raw_vanish(p);
	p->ind = *ind;
	p->peer_random = random;
	p->spoilt = true;
	while (times--) {
		seek(p);
		run(p, is_idle);
	}
}

void raw_send(struct raw_peer *p, uint8_t llid, const void *payload, uint8_t len)
{
	assert_in_range(p->queued, 0, RAW_QUEUE - 1);
	uint8_t *pdu = p->queue[p->queued++];
	pdu[0] = llid;
	pdu[1] = len;
	memcpy(pdu + 2, payload, len);
}

void raw_flush(struct raw_peer *p)
{
	run(p, is_flushed);
}

const uint8_t *raw_expect(struct raw_peer *p, uint8_t opcode)
{
	static uint8_t pdu[27];
	do {
		run(p, has_heard);
		memcpy(pdu, p->heard[0], sizeof pdu);
		p->heard_count--;
		memmove(p->heard[0], p->heard[1], p->heard_count * sizeof p->heard[0]);
	} while (pdu[0] != opcode);
	return pdu;
}

void raw_vanish(struct raw_peer *p)
{
	p->state = RAW_OFF;
	p->radio->cancel(p->radio->ctx);
}
