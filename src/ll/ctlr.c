/*
 * The public face: one piece of memory, one run, packets in and out. See include/ble/controller.h.
 */
#include "ll/ctlr.h"

#include <string.h>

/*
 * Receive buffers beside the host's: one that the radio fills, one that only control PDUs may take.
 */
#define RX_EXTRA 2

struct sizes {
	uint8_t connections, acl_buffers, rx_buffers, event_buffers, num_commands;
	uint16_t acl_octets, rx_octets;
};

static bool is_length(uint16_t octets)
{
	return octets >= LL_DATA_PAYLOAD_MIN && octets <= LL_DATA_PAYLOAD_MAX;
}

static bool sizes_of(struct sizes *s, const struct ble_ctlr_config *cfg)
{
	s->connections = cfg->connections ? cfg->connections : 2;
	s->acl_buffers = cfg->acl_buffers ? cfg->acl_buffers : 8;
	s->rx_buffers = cfg->rx_buffers ? cfg->rx_buffers : 8;
	s->event_buffers = cfg->event_buffers ? cfg->event_buffers : 16;
	s->num_commands = cfg->num_commands ? cfg->num_commands : 1;
	s->acl_octets = cfg->acl_octets ? cfg->acl_octets : LL_DATA_PAYLOAD_MAX;
	s->rx_octets = cfg->rx_octets ? cfg->rx_octets : LL_DATA_PAYLOAD_MAX;
	return s->connections <= 250 && s->event_buffers > LL_EVT_RESERVE &&
		is_length(s->acl_octets) && is_length(s->rx_octets);
}

static uint16_t places(unsigned n)
{
	uint16_t p = 1;
	while (p < n)
		p = (uint16_t)(p * 2);
	return p;
}

static void take_ring(struct arena *a, struct ring *r, size_t elem, unsigned count)
{
	uint16_t n = places(count);
	void *mem = arena_take(a, elem * n, _Alignof(void *));
	if (mem)
		ring_init(r, mem, (uint16_t)elem, n);
}

static void take_pool(struct arena *a, struct pool *p, size_t block, uint16_t count)
{
	void *mem = arena_take(a, block * count, _Alignof(uint64_t));
	if (mem)
		pool_init(p, mem, (uint32_t)block, count);
}

/* Of a receive buffer. */
static size_t rx_size(const struct sizes *s)
{
	size_t data = (size_t)s->rx_octets + LL_MIC_LEN;
	size_t payload = data > LL_RX_OCTETS ? data : LL_RX_OCTETS;
	size_t align = _Alignof(struct ll_rx);
	size_t size = sizeof(struct ll_rx) + LL_RX_HEADROOM + LL_DATA_HDR_LEN + payload;
	return (size + align - 1) / align * align;
}

/* c: NULL when only measured. */
static void take_rx(struct arena *a, struct ble_ctlr *c, const struct sizes *s)
{
	struct ring none;
	unsigned count = (unsigned)s->rx_buffers + RX_EXTRA;
	size_t size = rx_size(s);
	uint8_t *rx = arena_take(a, size * count, _Alignof(struct ll_rx));
	take_ring(a, c ? &c->isr.fresh : &none, sizeof(struct ll_rx *), count);
	take_ring(a, c ? &c->isr.full : &none, sizeof(struct ll_rx *), count);
	if (!arena_ok(a) || !c)
		return;
	c->rx_total = (uint16_t)count;
	c->isr.rx = (void *)rx;
	for (unsigned i = 1; i < count; i++)
		ll_rx_free(c, (void *)(rx + i * size));
}

static void take_conns(struct arena *a, struct ble_ctlr *c, const struct sizes *s)
{
	struct ll_conn *k = arena_take(a, sizeof *k * s->connections, _Alignof(struct ll_conn));
	for (unsigned i = 0; i < s->connections; i++) {
		struct ring none, *ctrl = k ? &k[i].ctrl : &none, *acl = k ? &k[i].acl : &none;
		take_ring(a, ctrl, LL_CTRL_OCTETS, LL_CTRL_RING);
		take_ring(a, acl, sizeof(struct ll_acl *), s->acl_buffers);
		if (k)
			k[i].index = (uint8_t)i;
	}
	if (!c)
		return;
	c->conns = k;
	c->conn_count = s->connections;
}

static struct ble_ctlr *take_all(struct arena *a, const struct sizes *s)
{
	struct ble_ctlr *c = arena_take(a, sizeof *c, _Alignof(struct ble_ctlr));
	struct pool none;
	size_t acl = POOL_BLOCK(sizeof(struct ll_acl) + HCI_ACL_HDR_LEN + s->acl_octets);
	take_rx(a, c, s);
	take_pool(a, c ? &c->acl_pool : &none, acl, s->acl_buffers);
	take_pool(a, c ? &c->evt_pool : &none, POOL_BLOCK(sizeof(struct ll_evt)), s->event_buffers);
	take_conns(a, c, s);
	return c;
}

size_t ble_ctlr_memory(const struct ble_ctlr_config *config)
{
	struct sizes s;
	struct arena a = arena_of(NULL, 0);
	if (!sizes_of(&s, config))
		return 0;
	take_all(&a, &s);
	return a.used;
}

static void power_on(struct ble_ctlr *c)
{
	memcpy(c->public_address, c->configured_address, 6);
	ll_reset(c);
}

int ble_ctlr_init(
	struct ble_ctlr **ctlr, void *memory, size_t size, const struct ble_ctlr_config *config)
{
	struct sizes s;
	struct arena a = arena_of(memory, size);
	if (!config->radio || !config->platform || !sizes_of(&s, config))
		return BLE_EINVAL;
	if ((uintptr_t)memory % _Alignof(max_align_t))
		return BLE_EINVAL;
	struct ble_ctlr *c = take_all(&a, &s);
	if (!c || !arena_ok(&a))
		return BLE_ENOMEM;
	c->radio = config->radio;
	c->platform = config->platform;
	c->acl_octets = s.acl_octets;
	c->rx_octets = s.rx_octets;
	c->num_commands = s.num_commands;
	memcpy(c->configured_address, config->public_address, 6);
	uint32_t seeds[2];
	c->platform->random(c->platform->ctx, seeds, sizeof seeds);
	c->rng = seeds[0] | 1; /* xorshift stays at zero */
	c->isr.rng = seeds[1] | 1;
	c->radio->user = c;
	c->radio->on_result = ll_on_result;
	c->now_us = c->radio->now(c->radio->ctx);
	c->sched.idle_since_us = c->now_us;
	power_on(c);
	*ctlr = c;
	return BLE_OK;
}

bool ll_own_address(const struct ble_ctlr *c, uint8_t type, struct ll_addr *out)
{
	static const uint8_t none[6];
	const uint8_t *octets = type == BLE_ADDR_RANDOM ? c->random_address : c->public_address;
	bool there = type == BLE_ADDR_RANDOM ? c->has_random_address : memcmp(octets, none, 6) != 0;
	if (type > BLE_ADDR_RANDOM || !there)
		return false;
	out->type = type;
	memcpy(out->octets, octets, 6);
	return true;
}

void ll_reset(struct ble_ctlr *c)
{
	ll_adv_reset(c);
	ll_scan_reset(c);
	ll_init_reset(c);
	for (unsigned i = 0; i < c->conn_count; i++)
		ll_conn_free(c, &c->conns[i]);
	ll_rx_drain(c);
	ll_out_reset(c, false);
	c->filter.count = 0;
	ll_resolve_reset(c);
	c->event_mask = HCI_EVENT_MASK_DEFAULT;
	c->le_event_mask = HCI_LE_EVENT_MASK_DEFAULT;
	c->page_2_mask = 0;
	c->has_random_address = false;
	memset(c->random_address, 0, 6);
	memcpy(c->host_channels, (const uint8_t[5]){ 0xFF, 0xFF, 0xFF, 0xFF, 0x1F }, 5);
	memset(c->le_host, 0, sizeof c->le_host);
	c->suggested_octets = LL_DATA_PAYLOAD_MIN;
	c->suggested_time = LL_DATA_TIME_MIN;
	c->default_tx_phys = c->default_rx_phys = llcp_phys(c);
	c->prefers_phys = false;
	c->has_news = c->has_completed = c->init_cancelled = c->adv_timed_out = false;
}

void ble_ctlr_silence(struct ble_ctlr *c)
{
	c->now_us = c->radio->now(c->radio->ctx);
	power_on(c);
	ll_out_reset(c, true);
}

void ll_rx_drain(struct ble_ctlr *c)
{
	for (struct ll_rx **slot; (slot = ring_peek(&c->isr.full));) {
		struct ll_rx *rx = *slot;
		ring_release(&c->isr.full);
		switch ((enum ll_rx_kind)rx->kind) {
		case LL_RX_REPORT: ll_scan_on_report(c, rx); break;
		case LL_RX_CONNECT: ll_adv_on_connect(c, rx); break;
		case LL_RX_DATA: ll_acl_on_rx(c, rx); break;
		}
	}
}

static void reap_active(struct ble_ctlr *c)
{
	struct ll_act *act = c->sched.active;
	if (act && act->prio == LL_PRIO_CONN)
		ll_acl_reap_many(c, CONTAINER_OF(act, struct ll_conn, act));
}

void ble_ctlr_run(struct ble_ctlr *c, uint64_t now_us)
{
	if (now_us > c->now_us)
		c->now_us = now_us;
	c->work = false;
	ll_rx_drain(c);
	reap_active(c);
	tmr_run(&c->timers, c->now_us);
	ll_sched_run(c);
	ll_news_run(c);
}

uint64_t ble_ctlr_next_due(const struct ble_ctlr *c)
{
	uint64_t sched_us = ll_sched_next_due(c), timer_us = tmr_next(&c->timers);
	if (c->work)
		return 0;
	return sched_us < timer_us ? sched_us : timer_us;
}

int ble_ctlr_hci_write(struct ble_ctlr *c, const uint8_t *packet, size_t len)
{
	if (!len)
		return BLE_EBADPDU;
	uint64_t now_us = c->radio->now(c->radio->ctx);
	if (now_us > c->now_us)
		c->now_us = now_us;
	c->work = true;
	switch (packet[0]) {
	case HCI_H4_COMMAND: return ll_cmd_write(c, packet + 1, len - 1);
	case HCI_H4_ACL: return ll_acl_write(c, packet + 1, len - 1);
	default: return BLE_EBADPDU;
	}
}

int ble_ctlr_hci_read(struct ble_ctlr *c, const uint8_t **packet)
{
	return ll_out_read(c, packet);
}

void ble_ctlr_stats(const struct ble_ctlr *c, struct ble_ctlr_stats *out)
{
	const struct ll_isr *isr = &c->isr;
	uint16_t tail = atomic_load_explicit(&isr->fresh.tail, memory_order_acquire);
	uint16_t head = atomic_load_explicit(&isr->fresh.head, memory_order_acquire);
	*out = (struct ble_ctlr_stats){
		.radio_tx_us = isr->tx_us,
		.radio_rx_us = isr->rx_us,
		.reports_lost = c->reports_lost + isr->reports_lost,
		.crc_errors = isr->crc_errors,
		.retransmissions = isr->retransmissions,
		.late = c->late,
		.events_missed = c->events_missed,
		.unknown_pdus = c->unknown_pdus,
		.unexpected_acks = isr->unexpected_acks,
		.pool_idle = 1u + (uint16_t)(head - tail) + c->acl_pool.idle + c->evt_pool.idle,
		.pool_total = (uint32_t)c->rx_total + c->acl_pool.total + c->evt_pool.total,
	};
}
