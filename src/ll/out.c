/* The two queues towards the host: see out.h. */
#include "ll/ctlr.h"

#include <string.h>

#define EVT_HEADER (1 + HCI_EVT_HDR_LEN)

bool ll_evt_wanted(const struct ble_ctlr *c, uint8_t code)
{
	return code > 0x3E || c->event_mask & HCI_EVENT_MASK(code);
}

bool ll_le_evt_wanted(const struct ble_ctlr *c, uint8_t subevent)
{
	return ll_evt_wanted(c, HCI_EVT_LE_META) && c->le_event_mask & HCI_LE_EVENT_MASK(subevent);
}

struct ll_evt *ll_evt_begin(struct ble_ctlr *c, uint8_t code, struct wr *w, unsigned spare)
{
	struct ll_evt *e = c->evt_pool.idle > spare ? pool_get(&c->evt_pool) : NULL;
	if (!e)
		return NULL;
	e->octets[0] = HCI_H4_EVENT;
	e->octets[1] = code;
	*w = wr_of(e->octets + EVT_HEADER, LL_EVT_OCTETS - EVT_HEADER);
	return e;
}

void ll_evt_end(struct ble_ctlr *c, struct ll_evt *e, const struct wr *w)
{
	e->octets[2] = (uint8_t)w->len;
	e->len = (uint16_t)(EVT_HEADER + w->len);
	e->seq = c->out.seq++;
	fifo_push(&c->out.events, &e->node);
}

void ll_out_data(struct ble_ctlr *c, struct ll_rx *rx)
{
	rx->seq = c->out.seq++;
	fifo_push(&c->out.data, &rx->node);
}

void ll_out_credit(struct ble_ctlr *c, uint16_t n)
{
	uint32_t sum = (uint32_t)c->out.credits + n;
	c->out.credits = (uint16_t)(sum > c->out.host_packets ? c->out.host_packets : sum);
}

static void release_held(struct ble_ctlr *c)
{
	struct ll_out *o = &c->out;
	if (o->held_evt)
		pool_put(&c->evt_pool, o->held_evt);
	if (o->held_rx)
		ll_rx_free(c, o->held_rx);
	o->held_evt = NULL;
	o->held_rx = NULL;
}

static struct ll_evt *next_evt(const struct ll_out *o)
{
	struct fifo_node *n = fifo_peek(&o->events);
	return n ? CONTAINER_OF(n, struct ll_evt, node) : NULL;
}

/* A host that turned it on without saying how much it can take is not meant. */
static bool counts(const struct ll_out *o)
{
	return o->flow_control && o->host_packets;
}

static struct ll_rx *next_data(const struct ll_out *o)
{
	struct fifo_node *n = fifo_peek(&o->data);
	bool held_back = counts(o) && !o->credits;
	return n && !held_back ? CONTAINER_OF(n, struct ll_rx, node) : NULL;
}

static int read_evt(struct ble_ctlr *c, struct ll_evt *e, const uint8_t **packet)
{
	fifo_pop(&c->out.events);
	c->out.held_evt = e;
	*packet = e->octets;
	return e->len;
}

static int read_data(struct ble_ctlr *c, struct ll_rx *rx, const uint8_t **packet)
{
	struct ll_conn *k =
		&c->conns[rx->handle & 0xFF]; /* not told of its end before its data is read */
	fifo_pop(&c->out.data);
	c->out.held_rx = rx;
	k->waiting--;
	if (counts(&c->out)) {
		c->out.credits--;
		k->host_has++;
	}
	*packet = rx->octets;
	return 1 + HCI_ACL_HDR_LEN + le16_get(rx->octets + 3);
}

int ll_out_read(struct ble_ctlr *c, const uint8_t **packet)
{
	release_held(c);
	ll_news_run(c);
	struct ll_evt *e = next_evt(&c->out);
	struct ll_rx *rx = next_data(&c->out);
	if (e && (!rx || (int16_t)(e->seq - rx->seq) < 0))
		return read_evt(c, e, packet);
	return rx ? read_data(c, rx, packet) : 0;
}

static bool is_answer(const struct ll_evt *e)
{
	return e->octets[1] == HCI_EVT_COMMAND_COMPLETE || e->octets[1] == HCI_EVT_COMMAND_STATUS;
}

void ll_out_reset(struct ble_ctlr *c, bool answers_too)
{
	struct ll_out *o = &c->out;
	struct fifo kept = { 0 };
	for (struct fifo_node *n; (n = fifo_pop(&o->events));) {
		struct ll_evt *e = CONTAINER_OF(n, struct ll_evt, node);
		if (!answers_too && is_answer(e))
			fifo_push(&kept, n);
		else
			pool_put(&c->evt_pool, e);
	}
	for (struct fifo_node *n; (n = fifo_pop(&o->data));)
		ll_rx_free(c, CONTAINER_OF(n, struct ll_rx, node));
	if (answers_too)
		release_held(c);
	o->events = kept;
	o->flow_control = false;
	o->credits = o->host_packets = 0;
}
